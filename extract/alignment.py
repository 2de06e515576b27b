"""Whether the cells of a row stand under the header they were printed under."""

from collections.abc import Sequence
from itertools import pairwise

from extract.document import Cell, Grid
from extract.headers import Column, Header
from extract.labels import squash
from extract.numbers import parse_number
from extract.readers import DOUBT
from extract.vocabulary import vocabulary


def moved_header(header: Header, cells: Sequence[Cell]) -> Header | None:
    """The header moved for a row with more or fewer label cells than it (lost spans), else None.

    Only where the last label is a row of the form, the header is complete, and exactly as many cells follow the
    label as there are columns. A blank first among them may be a label cell, so that a figure is lost.
    """
    label = next((cell for cell in reversed(cells) if parse_number(cell.text).reading == "text"), None)
    if label is None or not header.certain or not header.is_complete:
        return None
    values = [cell for cell in cells if cell.column >= label.end_column]
    shift = label.end_column - header.first_column
    if shift == 0 or len(values) != len(header.columns) or values[0].column != label.end_column:
        return None
    if shift < 0 and not is_number(values[0]):
        return None
    return header.shifted(shift) if vocabulary(header.table_id).find_row(label.text) else None


def fits(header: Header, grid: Grid) -> bool:
    """Whether every row has labels left of the header's columns and numbers under them, nothing else."""
    first = header.first_column
    if first < 1:
        return False
    for row in range(grid.row_count):
        for cell in grid.row(row):
            is_text = not is_number(cell) and bool(squash(cell.text))
            if (cell.column >= first and is_text) or (cell.column < first and is_number(cell)):
                return False
    return True


def is_aligned(header: Header, grid: Grid, row: int, cells: Sequence[Cell]) -> bool:
    """Whether the row's figures are under the labels they were printed under.

    They may have slipped where the row is longer or shorter than the header (an editor that strips blanks at line
    ends leaves a figure last), a column has no cell, a figure stands beside the columns, or a label under one. A cell
    that reaches over the edge of a column, or down from the row above, may make up for a cell that is missing.
    """
    if not header.certain or row in grid.ragged_rows:
        return False
    end = max(cell.end_column for cell in cells)
    is_stripped = header.is_complete and max(column.start for column in header.columns) < end < header.end_column
    if end != header.end_column and not (is_stripped and squash(cells[-1].text)):
        return False
    words = vocabulary(header.table_id)
    first = header.first_column
    if header.is_complete and any(is_number(one) for one, two in pairwise(cells) if two.column == first):
        return False  # a figure where the row's label belongs
    for column in header.columns:
        under = [cell for cell in cells if covers(cell, column)]
        if not under or any(cell.row != row or _reaches_over(cell, column, header) for cell in under):
            return False
    return not any(
        cell.column >= first and (words.find_row(cell.text) or words.find_group(cell.text)) for cell in cells
    )


def _reaches_over(cell: Cell, column: Column, header: Header) -> bool:
    """Whether a cell under a column is under another too, or partly left of all of them."""
    if column.start <= cell.column and cell.end_column <= column.end:
        return False  # columns don't overlap
    shared = any(other is not column and covers(cell, other) for other in header.columns)
    return shared or cell.column < header.first_column


def is_number(cell: Cell) -> bool:
    """Whether the cell holds a number, certain or not."""
    return parse_number(cell.text).reading in {"reported", "unsure"}


def covers(cell: Cell, column: Column) -> bool:
    """Whether any part of the cell stands in the column."""
    return cell.column < column.end and cell.column + cell.column_span > column.start


def numeric_row(cells: Sequence[Cell]) -> bool:
    """Whether the row has cells and none holds text (all may be blank, or in doubt)."""
    return bool(cells) and all(parse_number(cell.text.rstrip(DOUBT)).reading != "text" for cell in cells)
