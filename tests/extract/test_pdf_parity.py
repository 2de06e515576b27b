"""pdfium's pages against pdfplumber's: the same grids, cell for cell, or the page is left to pdfplumber."""

import io
import shutil
import subprocess
from collections.abc import Callable
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import pdfplumber
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pdfplumber.table import cells_to_tables, edges_to_intersections, intersections_to_cells, merge_edges
from reportlab.lib import colors
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import SimpleDocTemplate
from reportlab.platypus import Table as FlowTable

from extract.document import Document, Grid
from extract.labels import squash
from extract.readers import pdf_source
from extract.readers.lattice import find_tables, merge
from extract.readers.pdf import read_pdf
from extract.readers.pdfium import PdfiumDocument
from extract.readers.pdfium_binding import NotSure
from simulator.pdf import pdf
from simulator.render import html_body
from simulator.reports import real_report

FONT = "STSong-Light"


def by_pdfplumber(body: bytes, monkeypatch: pytest.MonkeyPatch) -> Document:
    def refuse(body: bytes) -> None:
        raise NotSure("not asked")

    with monkeypatch.context() as patched:
        patched.setattr(pdf_source, "PdfiumDocument", refuse)
        return read_pdf(body, "slow.pdf")


def sure_pages(body: bytes) -> list[bool]:
    document = PdfiumDocument(body)
    try:
        return [is_sure(document, number) for number in range(1, len(document) + 1)]
    finally:
        document.close()


def is_sure(document: PdfiumDocument, number: int) -> bool:
    try:
        document.page(number)
    except NotSure:
        return False
    return True


def content(document: Document) -> list[object]:
    return [
        [(cell.row, cell.column, cell.row_span, cell.column_span, cell.text) for cell in block.cells]
        if isinstance(block, Grid)
        else squash(block.text)
        for block in document.blocks
    ]


def boxes(document: Document) -> list[tuple[float, ...]]:
    return [cell.locator.box or () for block in document.blocks if isinstance(block, Grid) for cell in block.cells]


def assert_same(body: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    fast, slow = read_pdf(body, "fast.pdf"), by_pdfplumber(body, monkeypatch)
    assert content(fast) == content(slow)
    for box, other in zip(boxes(fast), boxes(slow), strict=True):
        assert box == pytest.approx(other, abs=0.2)


def test_an_agencys_own_file(samples: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    body = (samples / "docs" / "hzq2023" / "pdf_original.pdf").read_bytes()
    assert all(sure_pages(body))
    assert_same(body, monkeypatch)


@pytest.mark.parametrize("key", ["hzq2023", "panyu2021"])
def test_pages_printed_by_a_browser(samples: Path, monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    """Chromium writes radicals for characters, which pdfium maps back, sometimes with other coordinates."""
    body = (samples / "docs" / key / "pdf_print.pdf").read_bytes()
    assert not any(sure_pages(body))
    assert_same(body, monkeypatch)


@pytest.mark.parametrize("name", ["hongze-2023", "panyu-2021"])
def test_reports_of_the_simulator(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    body = pdf(real_report(name))
    assert all(sure_pages(body))
    assert_same(body, monkeypatch)


def test_pages_by_libreoffice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("LibreOffice is not here: no soffice on the path")
    page = f"<html><meta charset=utf-8><body>{html_body(real_report('hongze-2023'))}</body></html>"
    (tmp_path / "report.html").write_text(page.replace("<table", "<table border=1"), encoding="utf-8")
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [program, profile, "--headless", "--convert-to", "pdf:writer_web_pdf_Export", "report.html"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=120)
    body = (tmp_path / "report.pdf").read_bytes()
    assert any(sure_pages(body))
    assert_same(body, monkeypatch)


def drawn(draw: Callable[[Canvas], None]) -> bytes:
    registerFont(UnicodeCIDFont(FONT))
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(400, 300), invariant=1)
    canvas.setFont(FONT, 10)
    for level in range(4):
        canvas.line(50, 100 + 20 * level, 250, 100 + 20 * level)
        canvas.line(50 + 60 * level, 100, 50 + 60 * level, 160)
    for row in range(3):
        for column, text in enumerate(("规章", "12", "0")):
            canvas.drawString(55 + 60 * column, 106 + 20 * row, text)
    draw(canvas)
    canvas.save()
    return out.getvalue()


def curve(canvas: Canvas) -> None:
    canvas.circle(300, 200, 20)


def form(canvas: Canvas) -> None:
    canvas.beginForm("stamp")
    canvas.drawString(300, 200, "章")
    canvas.endForm()
    canvas.doForm("stamp")


def turned_text(canvas: Canvas) -> None:
    canvas.rotate(90)
    canvas.drawString(100, -300, "2023")


def text_over_text(canvas: Canvas) -> None:
    canvas.drawString(300, 200, "55")
    canvas.drawString(304, 200, "55")


def field(canvas: Canvas) -> None:
    canvas.acroForm.textfield(value="5", x=300, y=200, width=30, height=12)


def clipped(canvas: Canvas, width: float = 3) -> None:
    path = canvas.beginPath()
    path.rect(300, 195, width, 20)
    canvas.clipPath(path, stroke=0, fill=0)
    canvas.drawString(300, 200, "287")


def cropped(canvas: Canvas) -> None:
    canvas.setCropBox((10, 10, 390, 290))


@pytest.mark.parametrize(
    "draw",
    [
        curve,
        form,
        turned_text,
        text_over_text,
        field,
        cropped,
        clipped,
        lambda canvas: canvas.setPageRotation(90),
        lambda canvas: canvas.linearGradient(300, 200, 320, 220, (colors.red, colors.blue)),
    ],
)
def test_page_that_pdfium_may_see_otherwise_is_left_to_pdfplumber(
    monkeypatch: pytest.MonkeyPatch, draw: Callable[[Canvas], None]
) -> None:
    body = drawn(draw)
    assert sure_pages(body) == [False]
    assert sure_pages(drawn(lambda canvas: clipped(canvas, width=20))) == [True]
    assert_same(body, monkeypatch)


@pytest.mark.parametrize(
    "damage", [lambda body: body[: len(body) * 4 // 5], lambda body: body.replace(b"xref", b"xxxx")]
)
def test_damaged_file_is_left_to_pdfplumber(damage: Callable[[bytes], bytes]) -> None:
    """pdfium searches such a file for what may be left of it."""
    with pytest.raises(NotSure):
        PdfiumDocument(damage(drawn(lambda canvas: None)))


@st.composite
def merged_tables(draw: st.DrawFn) -> tuple[list[list[str]], list[tuple[Any, ...]]]:
    """A table's texts and reportlab's commands to merge some of its cells."""
    rows, columns = draw(st.integers(2, 6)), draw(st.integers(2, 5))
    texts = st.sampled_from(["", "0", "7", "1234", "规章", "制发件数", "12 34", "—", "/"])
    cells = [[draw(texts) for _ in range(columns)] for _ in range(rows)]
    cells[0][0] = "信息内容"
    spans: list[tuple[Any, ...]] = []
    taken: set[tuple[int, int]] = set()
    for _ in range(draw(st.integers(0, 3))):
        left, top = draw(st.integers(0, columns - 1)), draw(st.integers(0, rows - 1))
        right, bottom = (
            draw(st.integers(left, min(left + 2, columns - 1))),
            draw(st.integers(top, min(top + 2, rows - 1))),
        )
        places = {(x, y) for x in range(left, right + 1) for y in range(top, bottom + 1)}
        if places.isdisjoint(taken):
            taken |= places
            spans.append(("SPAN", (left, top), (right, bottom)))
    return cells, spans


def without_text_rows(cells: list[tuple[float, ...]]) -> list[tuple[float, ...]]:
    """The cells without rows of a single one at the table's top and bottom, which are read as text."""
    left, right = min(cell[0] for cell in cells), max(cell[2] for cell in cells)
    rows = [list(row) for _, row in groupby(sorted(cells, key=itemgetter(1)), key=itemgetter(1))]
    for end in (0, -1):
        while rows and (rows[end][0][0], rows[end][0][2]) == (left, right):
            rows.pop(end)
    return [cell for row in rows for cell in row]


@settings(max_examples=12, deadline=None, derandomize=True)
@given(merged_tables(), st.sampled_from([0.25, 0.5, 1.5]), st.integers(45, 70))
def test_merged_cells_are_those_of_pdfplumber(
    table: tuple[list[list[str]], list[tuple[Any, ...]]], rule: float, width: int
) -> None:
    registerFont(UnicodeCIDFont(FONT))
    cells, spans = table
    style = [("GRID", (0, 0), (-1, -1), rule, colors.black), ("FONT", (0, 0), (-1, -1), FONT, 9), *spans]
    out = io.BytesIO()
    SimpleDocTemplate(out, pagesize=(500, 400), invariant=1).build([FlowTable(cells, colWidths=width, style=style)])
    body = out.getvalue()
    with pdfplumber.open(io.BytesIO(body)) as plumbed:
        expected = [
            tuple(round(side, 1) for side in cell) for found in plumbed.pages[0].find_tables() for cell in found.cells
        ]
    with pytest.MonkeyPatch.context() as monkeypatch:
        assert_same(body, monkeypatch)
    read = read_pdf(body, "drawn.pdf")
    found = [cell.locator.box for block in read.blocks if isinstance(block, Grid) for cell in block.cells]
    if found:
        expected = without_text_rows(expected)
        assert sorted(box for box in found if box) == [pytest.approx(cell, abs=0.11) for cell in sorted(expected)]


# Lines of a table are well apart, and what belongs to one is within half a point of it: where rules lie just so far
# apart that some join and others don't, rounding decides, and the two libraries round at other places.
PLACES = st.builds(lambda n, off: 7.5 * n + off, st.integers(0, 12), st.sampled_from([0.0, 0.0, 0.25, 0.5]))
# Rules without length are on no page: the fast path leaves them out, pdfplumber joins others to them.
RULES = st.lists(
    st.tuples(PLACES, PLACES, PLACES).map(lambda r: (r[0], min(r[1:]), max(r[1:]))).filter(lambda r: r[2] - r[1] > 1),
    max_size=14,
)


def as_edge(rule: tuple[float, float, float], *, level: bool) -> dict[str, Any]:
    place, start, end = rule
    if level:
        box = {"x0": start, "x1": end, "top": place, "bottom": place}
    else:
        box = {"x0": place, "x1": place, "top": start, "bottom": end}
    size = {"width": box["x1"] - box["x0"], "height": box["bottom"] - box["top"], "doctop": box["top"]}
    return {**box, **size, "orientation": "h" if level else "v", "object_type": "line"}


@settings(max_examples=150, deadline=None, derandomize=True)
@given(RULES, RULES)
def test_lattice_is_pdfplumbers(
    level: list[tuple[float, float, float]], upright: list[tuple[float, float, float]]
) -> None:
    edges = [as_edge(rule, level=True) for rule in level] + [as_edge(rule, level=False) for rule in upright]
    long_enough = [edge for edge in edges if edge["width"] + edge["height"] >= 1]
    merged = [edge for edge in merge_edges(long_enough, 3, 3, 3, 3) if edge["width"] + edge["height"] >= 3]
    expected = cells_to_tables(intersections_to_cells(edges_to_intersections(merged, 3, 3)))
    found = find_tables(merge(level), merge(upright))

    def rounded(tables: Any) -> list[list[tuple[float, ...]]]:
        return sorted(sorted(tuple(round(side, 3) for side in cell) for cell in table) for table in tables)

    assert rounded(found) == rounded(expected)
