"""Scans and photographs, read by OCR: the samples, and pages made here with what scanners and cameras do to them."""

import io
import json
import sys
from pathlib import Path

import cv2
import numpy as np
import pypdfium2
import pytest
from PIL import Image

from extract.document import Grid, Text
from extract.errors import UnreadableFile
from extract.files import read_bytes, read_pages
from extract.readers import DOUBT
from extract.readers.pdf import read_pdf
from extract.readers.scan import read_picture

HZQ = "hzq2023"


def truth(samples: Path, key: str) -> dict[str, float | None]:
    cells: dict[str, float | None] = json.loads((samples / "truth" / f"{key}.json").read_text(encoding="utf-8"))[
        "cells"
    ]
    return cells


def test_scan_at_200_dpi_is_read_whole(samples: Path) -> None:
    body = (samples / "docs" / HZQ / "scan_200.pdf").read_bytes()
    [report] = read_bytes(body, "scan_200.pdf")
    assert report.reader == "scan"
    assert (report.agency, report.year, report.status) == ("洪泽区人民政府", 2023, "complete")
    assert report.figures == truth(samples, HZQ)
    assert len(report.sections) == 6


def test_a_title_whose_bold_strokes_look_like_rules_is_text(samples: Path) -> None:
    with (
        pypdfium2.PdfDocument(samples / "docs" / "panyu2021" / "scan_200.pdf") as scanned,
        pypdfium2.PdfDocument.new() as first,
    ):
        first.import_pages(scanned, [0])
        out = io.BytesIO()
        first.save(out)
    document = read_pdf(out.getvalue(), "first.pdf")

    title = "".join(block.text for block in document.blocks[:2] if isinstance(block, Text))
    assert title == "广州市番禺区人民政府办公室2021年政府信息公开工作年度报告"


def test_a_minus_before_a_number_is_not_lost() -> None:
    page = drawn_numbers([["12", "-3", "40"], ["7", "-25", "8"]])
    faint = cv2.GaussianBlur(np.where(page < 128, 90, 245).astype(np.uint8), (5, 5), 1.2)
    blocks = read_picture(cv2.imencode(".png", faint)[1].tobytes(), "page.png").blocks

    [grid] = [block for block in blocks if isinstance(block, Grid)]
    read = [cell.text for cell in grid.cells]
    assert read[1].startswith("-3") or DOUBT in read[1]
    assert read[4].startswith("-25") or DOUBT in read[4]


@pytest.mark.parametrize(("foot", "top", "is_blank"), [(16, 0, True), (0, 0, False), (0, 16, False), (7, 0, False)])
def test_a_slash_is_a_blank_and_no_stroke_that_leans_is_a_sure_1(foot: int, top: int, is_blank: bool) -> None:
    page = drawn_numbers([["12", "", "40"], ["7", "25", "8"]])
    cv2.line(page, (370 - foot // 2, 345), (370 - foot // 2 + foot - top, 315), 0, 3, cv2.LINE_AA)
    blocks = read_picture(cv2.imencode(".png", page)[1].tobytes(), "page.png").blocks

    [grid] = [block for block in blocks if isinstance(block, Grid)]
    text = grid.cells[1].text
    if is_blank:
        assert text == "/"
    else:
        assert DOUBT in text or (text == "1" and not foot and not top)


def test_photographs_of_pages_are_one_report(samples: Path) -> None:
    files = sorted((samples / "docs" / HZQ / "scan_photo").glob("*.jpg"))
    [report] = read_pages([(file.read_bytes(), file.name) for file in files], "scan_photo")
    assert report.figures == truth(samples, HZQ)
    assert report.status == "complete"


def drawn_numbers(rows: list[list[str]]) -> np.ndarray:
    """A page with a ruled table of numbers, each 150 x 60 pixels a cell, at 200 dpi."""
    page = np.full((2339, 1654), 255, np.uint8)
    for row, texts in enumerate(rows):
        for column, text in enumerate(texts):
            x, y = 150 + 150 * column, 300 + 60 * row
            cv2.rectangle(page, (x, y), (x + 150, y + 60), 0, 2)
            cv2.putText(page, text, (x + 50, y + 40), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 0, 2, cv2.LINE_AA)
    return page


def png(page: np.ndarray) -> bytes:
    return bytes(cv2.imencode(".png", page)[1])


def read_cells(page: np.ndarray) -> list[list[str]]:
    document = read_picture(png(page), "page.png", title_hint=None)
    grids = [block for block in document.blocks if isinstance(block, Grid)]
    assert len(grids) == 1
    return [[cell.text for cell in grids[0].row(row)] for row in range(grids[0].row_count)]


NUMBERS = [["12", "0", "345", "6.78"], ["9", "", "10", "0"], ["4", "51", "", "2"]]


def test_numbers_and_blanks_are_told_apart_on_a_skewed_noisy_page() -> None:
    turn = cv2.getRotationMatrix2D((800, 1100), 1.3, 1.0)
    page = cv2.warpAffine(drawn_numbers(NUMBERS), turn, (1654, 2339), borderValue=255)
    page = np.clip(page + np.random.default_rng(1).normal(0, 9, page.shape), 0, 255).astype(np.uint8)
    cells = read_cells(page)
    assert [[text.rstrip(DOUBT) for text in row] for row in cells] == NUMBERS
    assert cells[1][1] == cells[2][2] == ""


def test_faint_ink_that_is_not_read_is_no_blank() -> None:
    page = drawn_numbers(NUMBERS)
    cv2.line(page, (360, 375), (380, 395), 195, 2)  # in the blank cell of the second row
    assert read_cells(page)[1][1] == DOUBT


def test_a_figure_that_breaks_its_shape_is_in_doubt() -> None:
    page = drawn_numbers(NUMBERS)
    cv2.circle(page, (245, 337), 4, 0, -1)  # a blot at the foot of the first number: a point?
    first = read_cells(page)[0][0]
    assert first != "12"


def test_a_seal_over_a_table_takes_no_figure_away() -> None:
    page = np.repeat(drawn_numbers(NUMBERS)[:, :, None], 3, axis=2)
    seal = page.copy()
    cv2.circle(seal, (450, 390), 120, (40, 40, 220), 8)
    cells = read_cells(np.minimum(page, seal))
    assert [[text.rstrip(DOUBT) for text in row] for row in cells] == NUMBERS


def test_blank_pages_give_no_figures_but_an_error() -> None:
    blank = np.full((2339, 1654), 250, np.uint8)
    with pytest.raises(UnreadableFile) as raised:
        read_bytes(png(blank), "blank.png")
    assert raised.value.kind == "scan"


def test_what_reading_scans_needs_is_named_where_it_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "extract.readers.scan_reader", None)
    with pytest.raises(UnreadableFile, match=r"pip install nianbao\[ocr\]"):
        read_bytes(png(drawn_numbers(NUMBERS)), "page.png")


def test_a_picture_larger_than_any_page_is_refused_unread() -> None:
    out = io.BytesIO()
    Image.new("1", (12_000, 12_000)).save(out, "PNG")
    with pytest.raises(UnreadableFile) as raised:
        read_bytes(out.getvalue(), "huge.png")
    assert raised.value.kind in {"too_large", "damaged"}


def test_pages_of_a_tiff_are_one_document() -> None:
    out = io.BytesIO()
    first, second = (Image.fromarray(drawn_numbers(rows)) for rows in (NUMBERS[:2], NUMBERS[2:]))
    first.save(out, "TIFF", save_all=True, append_images=[second])
    document = read_picture(out.getvalue(), "pages.tif")
    cells = [cell for block in document.blocks if isinstance(block, Grid) for cell in block.cells]
    assert [cell.text for cell in cells] == [text for row in NUMBERS for text in row]
    assert {cell.locator.page for cell in cells} == {1, 2}


def test_a_printed_error_stays_as_printed(samples: Path) -> None:
    """Where a sum does not hold its numbers are read again; what then agrees is what is printed."""
    with pypdfium2.PdfDocument(samples / "docs" / HZQ / "scan_200.pdf") as document:
        pages = [page.render(scale=200 / 72, rev_byteorder=True).to_numpy()[:, :, :3].copy() for page in document]
    # The total of （一）予以公开 (0 on the third page) is painted over with the 4 of the row below it.
    page = pages[2]
    page[327:363, 1425:1460] = page[404:440, 1425:1460]
    files = [(png(np.ascontiguousarray(page[:, :, ::-1])), f"{n}.png") for n, page in enumerate(pages, start=1)]
    [report] = read_pages(files, "misprinted")
    expected = truth(samples, HZQ) | {"applications.granted.total": 4}
    assert report.figures == expected
