"""A report's layout as the body of a web page and as text with tabs. PDFs: :mod:`simulator.pdf`."""

from collections.abc import Iterator
from html import escape
from itertools import chain

from simulator.printed import PrintedReport, printed
from simulator.reports import SimulatedReport
from simulator.tables import PrintedCell, Table, placed


def html_body(report: SimulatedReport) -> str:
    """Sections and tables, without the title: what a portal puts into the article's container."""
    return layout_html(printed(report))


def layout_html(layout: PrintedReport) -> str:
    """The parts of a layout as HTML, without the title."""
    parts: list[str] = []
    for part in layout.parts:
        parts += [f'<p style="text-indent: 2em;"><strong>{escape(part.heading)}</strong></p>'] if part.heading else []
        parts += [f'<p style="text-indent: 2em;">{escape(text)}</p>' for text in part.paragraphs]
        parts += [html_table(table) for table in part.tables]
    return "\n".join(parts)


def html_table(table: Table) -> str:
    """The table with its spans; a blank cell holds a no-break space, as editors write it."""
    rows = "\n".join(f"<tr>{''.join(map(_html_cell, cells))}</tr>" for cells in table)
    return f'<table border="1" cellspacing="0" cellpadding="4"><tbody>\n{rows}\n</tbody></table>'


def span_attributes(cell: PrintedCell) -> str:
    """``rowspan`` and ``colspan`` of a cell, with a blank before each."""
    spans = f' rowspan="{cell.row_span}"' if cell.row_span > 1 else ""
    return spans + (f' colspan="{cell.column_span}"' if cell.column_span > 1 else "")


def _html_cell(cell: PrintedCell) -> str:
    side = "left" if cell.is_label else "center"
    return f'<td{span_attributes(cell)}><p style="text-align: {side};">{html_text(cell.text) or "&nbsp;"}</p></td>'


def html_text(text: str) -> str:
    """Text with its line breaks as ``<br>``."""
    return "<br>".join(map(escape, text.split("\n")))


def tab_text(report: SimulatedReport) -> str:
    """The report as plain text: a table row a line, a cell a tab; a spanned cell's text stands once, then blanks."""
    return layout_text(printed(report))


def layout_text(layout: PrintedReport) -> str:
    """A layout as plain text with tabs, titles first."""
    lines = [*layout.titles, ""]
    for part in layout.parts:
        lines += [part.heading, "", *chain.from_iterable((text, "") for text in part.paragraphs)]
        for table in part.tables:
            lines += [*("\t".join(row) for row in text_rows(table)), ""]
    return "\n".join(lines)


def text_rows(table: Table) -> Iterator[list[str]]:
    """The rows of a table, each with the text of every column; a spanned cell's text stands once, then blanks."""
    places = placed(table)
    width = max(column + cell.column_span for (_, column), cell in places.items())
    for row in range(len(table)):
        texts = (places[row, column].text if (row, column) in places else "" for column in range(width))
        yield [text.replace("\n", "") for text in texts]
