"""Shapes of a report as Office files, alone or linked from a page; LibreOffice converts the older formats.

Needs python-docx and XlsxWriter, which only tests and the accuracy run install.
"""

import random
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from html import escape
from io import BytesIO
from pathlib import Path

import docx
import xlsxwriter
from docx.shared import Pt

from simulator.printed import PrintedReport, is_table_3
from simulator.render import layout_html
from simulator.shapes_web import Files, headline, page
from simulator.tables import PrintedCell, Table, placed

SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")
"""LibreOffice's program, None where it is not installed."""

_FILTERS = {
    "doc": "doc:MS Word 97",
    "rtf": "rtf",
    "odt": "odt",
    "xls": "xls:MS Excel 97",
    "pdf": "pdf",
    "docx": "docx:MS Word 2007 XML",
}


def word_file(layout: PrintedReport, rng: random.Random) -> Files:
    """A DOCX with merged cells."""
    document = docx.Document()
    document.styles["Table Grid"].font.size = Pt(8)
    for line in layout.titles:
        document.add_heading(line, level=0)
    for part in layout.parts:
        for text in (part.heading, *part.paragraphs):
            document.add_paragraph(text)
        for table in part.tables:
            _add_word_table(document, table)
            document.add_paragraph()  # as Word has it: DOC loses a table that ends the document
    out = BytesIO()
    document.save(out)
    return [("report.docx", out.getvalue())]


def _add_word_table(document: "docx.document.Document", table: Table) -> None:
    places = placed(table)
    width = max(column + cell.column_span for (_, column), cell in places.items())
    drawn = document.add_table(len(table), width, style="Table Grid")
    grid = [list(row.cells) for row in drawn.rows]
    for (row, column), cell in places.items():
        grid[row][column].text = cell.text
        if cell.row_span > 1 or cell.column_span > 1:
            grid[row][column].merge(grid[row + cell.row_span - 1][column + cell.column_span - 1])


def workbook(layout: PrintedReport, rng: random.Random) -> Files:
    """The whole report on one sheet, a paragraph a row."""
    rows: list[Table] = []
    for part in layout.parts:
        texts = [PrintedCell(text) for text in (part.heading, *part.paragraphs) if text]
        rows += [[[cell]] for cell in texts] + list(part.tables)
    return [("report.xlsx", sheet_file([[[PrintedCell("".join(layout.titles))]], *rows], rng))]


def sheet_file(tables: Sequence[Table], rng: random.Random) -> bytes:
    """A workbook with the tables below one another on one sheet, some numbers stored as text."""
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet, top, frame = book.add_worksheet("Sheet1"), 0, book.add_format({"border": 1})
        for table in tables:
            for (row, column), cell in placed(table).items():
                is_number = cell.text.isdecimal() and cell.text.isascii() and rng.random() < 0.9
                value: int | str = int(cell.text) if is_number else cell.text
                first, last = (top + row, column), (top + row + cell.row_span - 1, column + cell.column_span - 1)
                if first == last:
                    sheet.write(*first, value, frame)
                else:
                    sheet.merge_range(*first, *last, value, frame)
            top += len(table) + 1
        book.add_worksheet("Sheet2")
    return out.getvalue()


def linked_word(layout: PrintedReport, rng: random.Random) -> Files:
    """A page of one sentence that links the report as a Word file."""
    return [
        ("index.html", _linking_page(layout, "", "P0202401261.docx")),
        ("P0202401261.docx", word_file(layout, rng)[0][1]),
    ]


def linked_sheet(layout: PrintedReport, rng: random.Random) -> Files:
    """A page with all but table 3, which stands in a workbook that the page links."""
    parts = tuple(replace(part, tables=tuple(t for t in part.tables if not is_table_3(t))) for part in layout.parts)
    sheet = sheet_file([t for part in layout.parts for t in part.tables if is_table_3(t)], rng)
    body = layout_html(replace(layout, parts=parts))
    return [("index.html", _linking_page(layout, body, "W0202401265.xlsx")), ("W0202401265.xlsx", sheet)]


def _linking_page(layout: PrintedReport, body: str, name: str) -> bytes:
    title = escape("".join(layout.titles))
    link = f'<p>附件：<a href="./{name}" appendix="true">{title}.{name.rpartition(".")[2]}</a></p>'
    return page(
        "".join(layout.titles), f"{headline(layout)}\n{body or f'<p>现将{title}予以公布。</p>'}\n{link}"
    ).encode()


def zipped(layout: PrintedReport, rng: random.Random) -> Files:
    """The Word file in a ZIP, with another file that is no report."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bundle:
        bundle.writestr("年报/说明.txt", "本压缩包内为年度报告。".encode())
        bundle.writestr("年报/report.docx", word_file(layout, rng)[0][1])
    return [("report.zip", out.getvalue())]


def convert(bodies: Sequence[bytes], suffix: str, target: str) -> list[bytes]:
    """Files of one format converted to another by one run of LibreOffice; RuntimeError where it fails or is missing."""
    if SOFFICE is None:
        raise RuntimeError("LibreOffice is not installed")
    with tempfile.TemporaryDirectory() as folder:
        sources = [Path(folder) / f"{number}.{suffix}" for number in range(len(bodies))]
        for source, body in zip(sources, bodies, strict=True):
            source.write_bytes(body)
        out = Path(folder) / "out"
        command = [SOFFICE, f"-env:UserInstallation={(Path(folder) / 'profile').as_uri()}", "--headless"]
        if suffix == "html":  # else it opens as a web page, which is not saved as Word
            command.append("--infilter=HTML (StarWriter)")
        command += ["--convert-to", _FILTERS[target], "--outdir", str(out), *map(str, sources)]
        subprocess.run(command, check=True, capture_output=True, timeout=60 + 10 * len(bodies))  # noqa: S603  our own files
        converted = [out / f"{source.stem}.{target}" for source in sources]
        if lost := [path.name for path in converted if not path.is_file()]:
            raise RuntimeError(f"LibreOffice made no {', '.join(lost)}")
        return [path.read_bytes() for path in converted]
