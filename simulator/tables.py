"""The official forms' tables laid out as they are printed; HTML, PDF and text are made from the same layout."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import groupby

from extract.forms import Form, FormBlock, Line, load_form
from extract.report import Number
from simulator.reports import SimulatedReport

CORNER_NOTE = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"
HEADER_ROWS_OF_TABLE_3 = 3


@dataclass(frozen=True, slots=True)
class PrintedCell:
    """A cell: its text, how far it spans, the figure's code where it prints one, and whether it is a row's label."""

    text: str
    row_span: int = 1
    column_span: int = 1
    code: str | None = None
    is_label: bool = False


Table = list[list[PrintedCell]]
"""Rows of cells; a place covered by a span has no cell of its own, as in HTML."""


def tables(report: SimulatedReport) -> dict[str, Table]:
    """Section number ('2', '3', '4') to its table; ``stat`` to the one of the form of 2014."""
    form = load_form(report.form)

    def figure(code: str, column_span: int = 1) -> PrintedCell:
        text = number_text(report.figures[code], report.blank_mark, signed=code.endswith(".items_change"))
        return PrintedCell(text, column_span=column_span, code=code)

    if report.form == "2014":
        return {"stat": _statistics(form, figure)}
    return {
        "2": _disclosures(form, figure),
        "3": _applications(form, figure, printed=set(report.figures)),
        "4": _challenges(form, figure),
    }


def number_text(value: Number | None, blank_mark: str = "", *, signed: bool = False) -> str:
    """A number as reports print it; a change carries its sign."""
    if value is None:
        return blank_mark
    return f"{value:+}" if signed and value else f"{value}"


def placed(table: Table) -> dict[tuple[int, int], PrintedCell]:
    """Each cell by the row and column (from 0) of its top left corner."""
    taken: set[tuple[int, int]] = set()
    places: dict[tuple[int, int], PrintedCell] = {}
    for row, cells in enumerate(table):
        column = 0
        for cell in cells:
            while (row, column) in taken:
                column += 1
            places[row, column] = cell
            taken |= {(row + r, column + c) for r in range(cell.row_span) for c in range(cell.column_span)}
    return places


def split(table: Table, at_row: int) -> tuple[Table, Table]:
    """The table cut above a row, as a page break cuts it: a cell that runs over goes on without its text."""
    first = [[replace(c, row_span=min(c.row_span, at_row - r)) for c in table[r]] for r in range(at_row)]
    running = [
        (column, replace(cell, text="", row_span=row + cell.row_span - at_row))
        for (row, column), cell in placed(table).items()
        if row < at_row < row + cell.row_span
    ]
    places = placed(table)
    starting = [(column, cell) for (row, column), cell in places.items() if row == at_row]
    head = [cell for _, cell in sorted([*running, *starting], key=lambda entry: entry[0])]
    return first, [head, *table[at_row + 1 :]]


def _disclosures(form: Form, figure: Callable[..., PrintedCell]) -> Table:
    blocks = form.table("2").blocks
    width = 1 + max(len(block.columns) for block in blocks)
    table: Table = []
    for block in blocks:
        spans = [1] * (len(block.columns) - 1) + [width - len(block.columns)]
        table.append([PrintedCell(block.article or "", column_span=width)])
        headers = [PrintedCell(c.label, column_span=span) for c, span in zip(block.columns, spans, strict=True)]
        table.append([PrintedCell("信息内容"), *headers])
        for row in block.rows:
            cells = [figure(f"{row.key}.{c.key}", span) for c, span in zip(block.columns, spans, strict=True)]
            table.append([PrintedCell(row.label, is_label=True), *cells])
    return table


def _applications(form: Form, figure: Callable[..., PrintedCell], printed: set[str]) -> Table:
    block = form.table("3").blocks[0]
    rows = [row for row in block.rows if f"{row.key}.total" in printed]
    table = _applicant_headers(block)
    started: set[tuple[str, ...]] = set()
    for row in rows:
        cells: list[PrintedCell] = []
        for depth in range(1, len(row.path) + 1):
            group = row.path[:depth]
            if group not in started:
                started.add(group)
                members = sum(other.path[:depth] == group for other in rows)
                cells.append(PrintedCell(group[-1], row_span=members, is_label=True))
        cells.append(PrintedCell(row.label, column_span=3 - len(row.path), is_label=True))
        table.append(cells + [figure(f"{row.key}.{column.key}") for column in block.columns])
    return table


def _applicant_headers(block: FormBlock) -> Table:
    """Three header rows beside the corner note: 申请人情况, 法人或其他组织, the kinds of applicant."""
    top = block.columns[0].path[0]
    second: list[PrintedCell] = []
    third: list[PrintedCell] = []
    for path, columns in groupby(block.columns, key=_path):
        members = list(columns)
        if len(path) == 1:
            second += [PrintedCell(column.label, row_span=2) for column in members]
        else:
            second.append(PrintedCell(path[1], column_span=len(members)))
            third += [PrintedCell(column.label) for column in members]
    corner = PrintedCell(CORNER_NOTE, row_span=HEADER_ROWS_OF_TABLE_3, column_span=3)
    return [[corner, PrintedCell(top, column_span=len(block.columns))], second, third]


def _challenges(form: Form, figure: Callable[..., PrintedCell]) -> Table:
    block = form.table("4").blocks[0]
    width = len(block.columns)
    first: list[PrintedCell] = []
    second: list[PrintedCell] = []
    third: list[PrintedCell] = []
    for path, rows in groupby(block.rows, key=_path):
        members = list(rows)
        if path:
            first.append(PrintedCell(path[0], column_span=width * len(members)))
            second += [PrintedCell(row.label, column_span=width) for row in members]
            third += [PrintedCell(column.label) for _ in members for column in block.columns]
        else:
            first += [PrintedCell(row.label, column_span=width) for row in members]
            second += [PrintedCell(column.label, row_span=2) for _ in members for column in block.columns]
    figures = [figure(f"{row.key}.{column.key}") for row in block.rows for column in block.columns]
    return [first, second, third, figures]


def _statistics(form: Form, figure: Callable[..., PrintedCell]) -> Table:
    """指标, 单位, 数量: a row for each indicator, and one without a figure for each heading."""
    rows = form.tables[0].blocks[0].rows
    table: Table = [[PrintedCell("统计指标"), PrintedCell("单位"), PrintedCell("统计数")]]
    printed: set[tuple[str, ...]] = set()
    for row in rows:
        for depth in range(1, len(row.path) + 1):
            path = row.path[:depth]
            has_figure = any(other.label.startswith(path[-1]) for other in rows)
            if path not in printed and not has_figure:
                table.append([PrintedCell(path[-1], is_label=True), PrintedCell("——"), PrintedCell("——")])
            printed.add(path)
        table.append([PrintedCell(row.label, is_label=True), PrintedCell(row.unit), figure(row.key)])
    return table


def _path(line: Line) -> tuple[str, ...]:
    return line.path
