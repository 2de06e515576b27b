"""A simulated report as a PDF: ruled tables with merged cells, table 3 running over a page break."""

from functools import cache, lru_cache
from html import escape
from io import BytesIO
from pathlib import Path

from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import cm
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Flowable, PageBreak, Paragraph, SimpleDocTemplate, Spacer
from reportlab.platypus import Table as FlowTable

from simulator.printed import PrintedReport, printed, with_page_break
from simulator.reports import SimulatedReport
from simulator.tables import Table, placed

FONT = "STSong-Light"
"""Named in the file, not embedded: no font need be installed to make such a PDF, but one to show it."""
WIDTH = A4[0] - 4 * cm


@lru_cache(maxsize=256)
def pdf(report: SimulatedReport) -> bytes:
    """The report as a PDF file, table 3 over two pages; the same bytes each time."""
    return layout_pdf(with_page_break(printed(report), repeat_header=report.repeat_header), author=report.agency)


def layout_pdf(layout: PrintedReport, *, author: str = "", font: Path | None = None) -> bytes:
    """A layout as a PDF file, with a page break between the tables of a part; ``font`` (TrueType) is embedded."""
    name = _register(font)
    out = BytesIO()
    title = "".join(layout.titles)
    document = SimpleDocTemplate(
        out, pagesize=A4, leftMargin=2 * cm, rightMargin=2 * cm, title=title, author=author, invariant=1
    )
    document.build(_story(layout, name))
    return out.getvalue()


def _register(font: Path | None) -> str:
    """The name of a font after making it known."""
    registerFont(UnicodeCIDFont(FONT) if font is None else TTFont(font.stem, font))
    return FONT if font is None else font.stem


def _story(layout: PrintedReport, font: str) -> list[Flowable]:
    story: list[Flowable] = [Paragraph(escape(line), _style("title", font)) for line in layout.titles]
    story.append(Spacer(1, 12))
    for part in layout.parts:
        story += [Paragraph(escape(part.heading), _style("heading", font))] if part.heading else []
        story += [Paragraph(escape(text), _style("text", font)) for text in part.paragraphs]
        for position, table in enumerate(part.tables):
            story += [PageBreak()] if position else []
            story.append(_flow_table(table, font))
    return story


def _flow_table(table: Table, font: str) -> FlowTable:
    places = placed(table)
    width = max(column + cell.column_span for (_, column), cell in places.items())
    content: list[list[Paragraph | str]] = [[""] * width for _ in table]
    commands: list[tuple[object, ...]] = [
        ("GRID", (0, 0), (-1, -1), 0.5, colors.black),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        *((side, (0, 0), (-1, -1), 2) for side in ("LEFTPADDING", "RIGHTPADDING", "TOPPADDING", "BOTTOMPADDING")),
    ]
    for (row, column), cell in places.items():
        content[row][column] = Paragraph(
            escape(cell.text).replace("\n", "<br/>"), _style("label" if cell.is_label else "cell", font)
        )
        if cell.row_span > 1 or cell.column_span > 1:
            commands.append(("SPAN", (column, row), (column + cell.column_span - 1, row + cell.row_span - 1)))
    return FlowTable(content, colWidths=_column_widths(width), style=commands)


def _column_widths(width: int) -> list[float]:
    """Points. Table 3 has three label columns of their own; the other tables share the width evenly."""
    if width == 10:
        labels = [1.2 * cm, 2 * cm, 4.6 * cm]
        return labels + [(WIDTH - sum(labels)) / 7] * 7
    return [WIDTH / width] * width


@cache
def _style(name: str, font: str) -> ParagraphStyle:
    common = {"fontName": font, "wordWrap": "CJK"}
    if name == "title":
        return ParagraphStyle(name, fontSize=17, leading=24, alignment=TA_CENTER, **common)
    if name == "heading":
        return ParagraphStyle(name, fontSize=13, leading=20, spaceBefore=8, spaceAfter=4, **common)
    if name == "text":
        return ParagraphStyle(name, fontSize=11, leading=18, firstLineIndent=22, **common)
    return ParagraphStyle(name, fontSize=8, leading=10, alignment=0 if name == "label" else TA_CENTER, **common)
