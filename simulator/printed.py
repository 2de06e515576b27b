"""A report as it is laid out for printing: title, parts with heading, paragraphs and tables.

What renderers (:mod:`simulator.render`, :mod:`simulator.pdf`, …) take, and what oddities (:mod:`simulator.oddities`)
change.
"""

from dataclasses import dataclass, replace

from simulator import statistics
from simulator.reports import HEADINGS, SimulatedReport
from simulator.tables import HEADER_ROWS_OF_TABLE_3, PrintedCell, Table, split, tables

BREAK_ROW = HEADER_ROWS_OF_TABLE_3 + 14
"""Table 3 is usually cut above this row, in the middle of （四）无法提供."""


@dataclass(frozen=True, slots=True)
class Part:
    """A section as printed. Several tables are one official table cut at page breaks."""

    heading: str
    paragraphs: tuple[str, ...]
    tables: tuple[Table, ...] = ()


@dataclass(frozen=True, slots=True)
class PrintedReport:
    """A report as printed; ``titles`` are the lines of its title."""

    titles: tuple[str, ...]
    parts: tuple[Part, ...]


def printed(report: SimulatedReport) -> PrintedReport:
    """The report as the form lays it out."""
    laid_out = tables(report)
    if report.form == "2014":
        chapters = [Part(*pair) for pair in zip(statistics.HEADINGS, report.sections, strict=True)]
        return PrintedReport((report.title,), (*chapters, Part(statistics.TABLE_HEADING, (), (laid_out["stat"],))))
    return PrintedReport(
        (report.title,),
        tuple(
            Part(heading, paragraphs, (laid_out[str(number)],) if str(number) in laid_out else ())
            for number, (heading, paragraphs) in enumerate(zip(HEADINGS, report.sections, strict=True), start=1)
        ),
    )


def with_page_break(layout: PrintedReport, *, repeat_header: bool, at_row: int = BREAK_ROW) -> PrintedReport:
    """The report with table 3 cut by a page break above a row (counted with the header's rows)."""
    parts = list(layout.parts)
    for index, part in enumerate(parts):
        if len(part.tables) == 1 and is_table_3(part.tables[0]):
            first, rest = split(part.tables[0], at_row)
            header: list[list[PrintedCell]] = part.tables[0][:HEADER_ROWS_OF_TABLE_3] if repeat_header else []
            parts[index] = replace(part, tables=(first, header + rest))
    return replace(layout, parts=tuple(parts))


def is_table_3(table: Table) -> bool:
    """Whether it is the table of applications, of all rows or of those above a page break."""
    return any(cell.text == "申请人情况" for cell in table[0])
