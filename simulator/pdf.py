"""A simulated report as a PDF: ruled tables with merged cells, table 3 running over a page break."""

from functools import cache, lru_cache
from html import escape
from io import BytesIO

from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import cm
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.platypus import Flowable, PageBreak, Paragraph, SimpleDocTemplate, Spacer
from reportlab.platypus import Table as FlowTable

from simulator.reports import HEADINGS, SimulatedReport
from simulator.tables import HEADER_ROWS_OF_TABLE_3, Table, placed, split, tables

FONT = "STSong-Light"
WIDTH = A4[0] - 4 * cm
BREAK_ROW = HEADER_ROWS_OF_TABLE_3 + 14
"""Table 3 is cut above this row, in the middle of （四）无法提供."""


@lru_cache(maxsize=256)
def pdf(report: SimulatedReport) -> bytes:
    """The report as a PDF file; the same bytes each time."""
    registerFont(UnicodeCIDFont(FONT))
    out = BytesIO()
    document = SimpleDocTemplate(
        out, pagesize=A4, leftMargin=2 * cm, rightMargin=2 * cm, title=report.title, author=report.agency, invariant=1
    )
    document.build(_story(report))
    return out.getvalue()


def _story(report: SimulatedReport) -> list[Flowable]:
    laid_out = tables(report)
    story: list[Flowable] = [Paragraph(escape(report.title), _style("title")), Spacer(1, 12)]
    for number, (heading, paragraphs) in enumerate(zip(HEADINGS, report.sections, strict=True), start=1):
        story.append(Paragraph(heading, _style("heading")))
        story += [Paragraph(escape(text), _style("text")) for text in paragraphs]
        if number == 3:
            story += _broken_table(laid_out["3"], repeat_header=report.repeat_header)
        elif str(number) in laid_out:
            story.append(_flow_table(laid_out[str(number)]))
    return story


def _broken_table(table: Table, *, repeat_header: bool) -> list[Flowable]:
    first, rest = split(table, BREAK_ROW)
    header = table[:HEADER_ROWS_OF_TABLE_3] if repeat_header else []
    return [_flow_table(first), PageBreak(), _flow_table(header + rest)]


def _flow_table(table: Table) -> FlowTable:
    places = placed(table)
    width = max(column + cell.column_span for (_, column), cell in places.items())
    content: list[list[Paragraph | str]] = [[""] * width for _ in table]
    commands: list[tuple[object, ...]] = [
        ("GRID", (0, 0), (-1, -1), 0.5, colors.black),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        *((side, (0, 0), (-1, -1), 2) for side in ("LEFTPADDING", "RIGHTPADDING", "TOPPADDING", "BOTTOMPADDING")),
    ]
    for (row, column), cell in places.items():
        content[row][column] = Paragraph(escape(cell.text), _style("label" if cell.is_label else "cell"))
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
def _style(name: str) -> ParagraphStyle:
    common = {"fontName": FONT, "wordWrap": "CJK"}
    if name == "title":
        return ParagraphStyle(name, fontSize=17, leading=24, alignment=TA_CENTER, **common)
    if name == "heading":
        return ParagraphStyle(name, fontSize=13, leading=20, spaceBefore=8, spaceAfter=4, **common)
    if name == "text":
        return ParagraphStyle(name, fontSize=11, leading=18, firstLineIndent=22, **common)
    return ParagraphStyle(name, fontSize=8, leading=10, alignment=0 if name == "label" else TA_CENTER, **common)
