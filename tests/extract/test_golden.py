"""Real reports in many shapes: every figure as printed, and every locator leads back to it."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import lxml.html
import pdfplumber
import pytest

from extract import Figure, Report, read_bytes, read_file
from extract.headings import is_report_heading
from extract.labels import squash
from extract.readers.html import decode
from simulator.shapes_office import SOFFICE

DATA = Path(__file__).resolve().parent / "data"
AGENCIES = {
    "hzq2023": {"洪泽区人民政府", "淮安市洪泽区人民政府", "淮安市洪泽区人民政府办公室"},
    "panyu2021": {"广州市番禺区人民政府办公室"},
}
HTML = [
    "html_plain",
    "html_word",
    "html_split",
    "html_text",
    "html_nested",
    "html_broken_labels",
    "html_typo_labels",
    "gkmlpt_page",
]
CASES = [
    *((key, shape) for key in AGENCIES for shape in [*HTML, "text_tab", "pdf_print", "docx", "xlsx_attachment"]),
    ("hzq2023", "pdf_original"),
    ("panyu2021", "text_original"),
]


def sample_path(samples: Path, key: str, shape: str) -> Path:
    with (samples / "manifest.csv").open(encoding="utf-8", newline="") as file:
        return next(
            samples / line["path"] for line in csv.DictReader(file) if (line["key"], line["shape"]) == (key, shape)
        )


def assert_is_whole(report: Report, truth: dict[str, Any], agencies: set[str]) -> None:
    assert report.figures == truth["cells"]
    assert {code for code, cell in report.cells.items() if cell.status == "blank"} == {
        code for code, value in truth["cells"].items() if value is None
    }
    assert report.unsure == []
    assert (report.year, report.form, report.status) == (truth["year"], truth["form"], "complete")
    assert report.agency in agencies
    assert [is_report_heading(section.heading) for section in report.sections] == [1, 2, 3, 4, 5, 6]
    fingerprints = [finding.fingerprint(report.agency, report.year) for finding in report.findings]
    assert len(fingerprints) == len(set(fingerprints))


@pytest.mark.parametrize(("key", "shape"), CASES)
def test_sample_is_read_exactly(samples: Path, key: str, shape: str) -> None:
    path = sample_path(samples, key, shape)
    truth = json.loads((samples / "truth" / f"{key}.json").read_text(encoding="utf-8"))
    [report] = read_file(path)
    assert_is_whole(report, truth, AGENCIES[key])
    for figure in report.cells.values():
        assert json.loads(figure.locator)
    if shape.startswith("pdf"):
        assert_boxes_hold_figures(path, report)
    elif shape.startswith("text"):
        assert_lines_hold_figures(path.read_text(encoding="utf-8"), report)
    elif shape in HTML and shape != "gkmlpt_page":
        assert_paths_lead_to_figures(path.read_bytes(), report)


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed (make test installs it where it can)")
@pytest.mark.parametrize("key", AGENCIES)
def test_sample_of_an_old_word_file_is_read_exactly(samples: Path, key: str) -> None:
    path = sample_path(samples, key, "doc")
    truth = json.loads((samples / "truth" / f"{key}.json").read_text(encoding="utf-8"))
    [report] = read_file(path)
    assert_is_whole(report, truth, AGENCIES[key])


@pytest.mark.parametrize("key", AGENCIES)
def test_page_that_only_links_its_report_is_resolved_to_it(samples: Path, key: str) -> None:
    """The page and both of its attachments, which hold the same, are one report, from the page and from the folder."""
    page = sample_path(samples, key, "attachment_page")
    truth = json.loads((samples / "truth" / f"{key}.json").read_text(encoding="utf-8"))
    [report] = read_file(page)
    assert_is_whole(report, truth, AGENCIES[key])
    assert report.file.startswith(str(page.parent))
    assert "form.readings_differ" not in {finding.rule for finding in report.findings}


def test_cells_of_a_page_and_its_workbook_come_only_from_both(samples: Path) -> None:
    page = sample_path(samples, "hzq2023", "xlsx_attachment")
    body = page.read_bytes()
    [alone] = read_bytes(body, "index.html")
    [both] = read_file(page.parent)
    assert (alone.status, both.status) == ("partial", "complete")
    assert {code for code in both.cells if code not in alone.cells} == {
        code for code in both.cells if code.startswith("applications.")
    }
    place = json.loads(both.cells["applications.received.total"].locator)
    assert place == {"sheet": place["sheet"], "cell": "J5"}


def assert_paths_lead_to_figures(body: bytes, report: Report) -> None:
    tree = lxml.html.document_fromstring(decode(body, "sample", None))
    for figure in report.cells.values():
        [element] = tree.xpath(json.loads(figure.locator)["xpath"])
        assert squash(element.text_content()) == squash(figure.raw), figure


def assert_lines_hold_figures(text: str, report: Report) -> None:
    lines = text.splitlines()
    for figure in report.cells.values():
        place = json.loads(figure.locator)
        assert lines[place["line"] - 1].split("\t")[place["column"] - 1].strip() == figure.raw, figure


def assert_boxes_hold_figures(path: Path, report: Report) -> None:
    by_page: dict[int, list[Figure]] = {}
    for figure in report.cells.values():
        by_page.setdefault(json.loads(figure.locator)["page"], []).append(figure)
    with pdfplumber.open(io.BytesIO(path.read_bytes())) as pdf:
        for number, figures in by_page.items():
            chars = pdf.pages[number - 1].chars
            for figure in figures:
                x0, top, x1, bottom = json.loads(figure.locator)["box"]
                inside = [
                    c["text"]
                    for c in chars
                    if x0 <= (c["x0"] + c["x1"]) / 2 < x1 and top <= (c["top"] + c["bottom"]) / 2 < bottom
                ]
                assert squash("".join(inside)) == squash(figure.raw), figure


def test_the_cells_are_the_contracts(samples: Path) -> None:
    contract = samples.parent / "contract" / "cells.csv"
    shipped = Path(__file__).resolve().parents[2] / "data" / "forms" / "cells.csv"
    assert shipped.read_text(encoding="utf-8") == contract.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "agency"), [("hongze-2023.html", "洪泽区人民政府"), ("panyu-2021.txt", "广州市番禺区人民政府办公室")]
)
def test_own_copy_of_published_figures_is_read_exactly(name: str, agency: str) -> None:
    """Figures that two agencies published, in a layout and words of our own; the figures stand beside as JSON."""
    path = DATA / name
    truth = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    [report] = read_file(path)
    assert_is_whole(report, truth, {agency})
