"""A simulated report as the body of a web page and as text with tabs. PDFs: :mod:`simulator.pdf`."""

from html import escape
from itertools import chain

from simulator.reports import HEADINGS, SimulatedReport
from simulator.tables import PrintedCell, Table, placed, tables


def html_body(report: SimulatedReport) -> str:
    """Sections and tables, without the title: what a portal puts into the article's container."""
    laid_out = tables(report)
    parts: list[str] = []
    for number, (heading, paragraphs) in enumerate(zip(HEADINGS, report.sections, strict=True), start=1):
        parts.append(f'<p style="text-indent: 2em;"><strong>{heading}</strong></p>')
        parts += [f'<p style="text-indent: 2em;">{escape(text)}</p>' for text in paragraphs]
        if str(number) in laid_out:
            parts.append(html_table(laid_out[str(number)]))
    return "\n".join(parts)


def html_table(table: Table) -> str:
    """The table with its spans; a blank cell holds a no-break space, as editors write it."""
    rows = "\n".join(f"<tr>{''.join(map(_html_cell, cells))}</tr>" for cells in table)
    return f'<table border="1" cellspacing="0" cellpadding="4"><tbody>\n{rows}\n</tbody></table>'


def _html_cell(cell: PrintedCell) -> str:
    spans = f' rowspan="{cell.row_span}"' if cell.row_span > 1 else ""
    spans += f' colspan="{cell.column_span}"' if cell.column_span > 1 else ""
    side = "left" if cell.is_label else "center"
    return f'<td{spans}><p style="text-align: {side};">{escape(cell.text) or "&nbsp;"}</p></td>'


def tab_text(report: SimulatedReport) -> str:
    """The report as plain text: a table row a line, a cell a tab; a spanned cell's text stands once, then blanks."""
    laid_out = tables(report)
    lines = [report.title, ""]
    for number, (heading, paragraphs) in enumerate(zip(HEADINGS, report.sections, strict=True), start=1):
        lines += [heading, "", *chain.from_iterable((text, "") for text in paragraphs)]
        if str(number) in laid_out:
            lines += [*_tab_rows(laid_out[str(number)]), ""]
    return "\n".join(lines)


def _tab_rows(table: Table) -> list[str]:
    places = placed(table)
    width = max(column + cell.column_span for (_, column), cell in places.items())
    return [
        "\t".join(places[row, column].text if (row, column) in places else "" for column in range(width))
        for row in range(len(table))
    ]
