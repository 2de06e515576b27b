"""The generator: the same documents for the same seed, each oddity in them, and what they print readable."""

import pytest

from bench.accuracy import cell_outcome, measure
from extract.forms import load_form
from extract.report import Figure, Report
from simulator.generator import SHAPES, generate
from simulator.oddities import LAYOUT_ODDITIES, ODDITIES, REPORT_ODDITIES
from simulator.printed import printed
from simulator.render import layout_html
from simulator.shapes_print import FONTS

PLAIN_SHAPES = [
    name for name, shape in SHAPES.items() if name.startswith(("html", "text", "pdf")) and not shape.converted
]


@pytest.mark.parametrize("shape", ["html_word", "pdf", "docx", "xlsx", "page_linking_xlsx"])
def test_a_seed_gives_the_same_document_each_time(shape: str) -> None:
    first, second = generate(5, shape), generate(5, shape)

    assert (first.oddities, first.report.figures) == (second.oddities, second.report.figures)
    if shape in {"html_word", "pdf"}:  # Office libraries write the time into their files
        assert first.files == second.files
    assert generate(6, shape).report.figures != first.report.figures


@pytest.mark.parametrize("oddity", ODDITIES)
def test_each_oddity_changes_what_is_printed(oddity: str) -> None:
    def changed(seed: int) -> bool:
        plain, odd = generate(seed, "html_plain", ()), generate(seed, "html_plain", (oddity,))
        return plain.files != odd.files

    assert any(changed(seed) for seed in range(12))


def test_an_oddity_of_the_layout_leaves_the_figures_as_they_are() -> None:
    for oddity in LAYOUT_ODDITIES:
        assert generate(7, "html_plain", (oddity,)).report.figures == generate(7, "html_plain", ()).report.figures
    blank = generate(7, "html_plain", ("all_blank",)).report
    assert set(blank.figures.values()) == {None}
    assert "all_blank" in REPORT_ODDITIES


@pytest.mark.parametrize("shape", PLAIN_SHAPES)
def test_every_figure_of_a_document_without_oddities_is_read(shape: str) -> None:
    if SHAPES[shape].needs_font and not FONTS:
        pytest.skip("no Chinese TrueType font is installed (Debian: fonts-wqy-zenhei)")

    outcome = measure(generate(11, shape, ()))

    assert outcome.faults == ()
    assert (outcome.score.complete, outcome.score.agency, outcome.score.year) == (1, 1, 1)


@pytest.mark.parametrize("seed", range(4))
def test_no_figure_is_read_wrong_whatever_the_oddities(seed: int) -> None:
    outcome = measure(generate(seed, "html_plain"))

    assert outcome.score.cells["wrong"] == 0, outcome.faults


def test_the_outcome_of_a_cell_tells_nought_blank_missing_and_unsure_apart() -> None:
    truth = generate(3, "html_plain", ()).report.with_figures({"rules.made": 0, "rules.repealed": None})

    def outcome(code: str, value: int | None, status: str) -> str:
        figure = Figure(code, value, "", status, "")  # type: ignore[arg-type]
        return cell_outcome(Report("f", "", "", None, None, "partial", "html", cells={code: figure}), truth, code)

    assert outcome("rules.made", 0, "reported") == "right"
    assert outcome("rules.made", None, "blank") == "wrong"
    assert outcome("rules.repealed", 0, "reported") == "wrong"
    assert outcome("rules.repealed", None, "blank") == "right"
    assert outcome("rules.made", 7, "unsure") == "unsure"
    assert outcome("no.such.cell", 1, "reported") == "wrong"
    assert cell_outcome(Report("f", "", "", None, None, "partial", "html"), truth, "rules.made") == "missing"


def test_the_layout_prints_every_figure_once() -> None:
    report = generate(9, "html_plain", ()).report
    codes = [cell.code for part in printed(report).parts for table in part.tables for row in table for cell in row]

    assert sorted(code for code in codes if code) == sorted(report.figures)
    assert layout_html(printed(report)).count("<table") == len(load_form(report.form).tables)
