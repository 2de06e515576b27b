"""Rows torn by a page break: the label begins on one page and ends on the next, the figures are on one of them."""

from collections.abc import Sequence
from dataclasses import replace

from extract.alignment import is_number
from extract.document import Cell, Grid
from extract.labels import squash
from extract.vocabulary import vocabulary

_TABLES = ("2", "3")


def mend_torn_rows(grid: Grid) -> Grid:
    """The grid with each torn row in one piece.

    Two rows are one only where the first label alone is none of the form's, both together are exactly one, and the
    figures all stand on one side: the other has none.
    """
    torn = {row for row in range(grid.row_count - 1) if _is_torn(grid, row)}
    if not torn:
        return grid
    joined = [_joined(grid, cell) for cell in grid.cells if cell.row in torn]
    rest = [cell for cell in grid.cells if cell.row not in torn and (cell.row - 1 not in torn or cell.row_span > 1)]
    return replace(grid, cells=tuple(sorted([*joined, *rest], key=lambda cell: (cell.row, cell.column))))


def _is_torn(grid: Grid, row: int) -> bool:
    above, below = _starting(grid, row), _starting(grid, row + 1)
    first, second = _leaf(above), _leaf(below)
    if first is None or second is None or (first.column, first.end_column) != (second.column, second.end_column):
        return False
    if all(any(is_number(cell) for cell in cells) for cells in (above, below)):
        return False
    if [(c.column, c.end_column) for c in above if c.column > first.column] != [
        (c.column, c.end_column) for c in below if c.column > first.column
    ]:
        return False
    return any(_makes_a_label(first.text, second.text, table_id) for table_id in _TABLES)


def _makes_a_label(first: str, second: str, table_id: str) -> bool:
    words = vocabulary(table_id)
    known, whole = words.find_row(first), words.find_row(first + second)
    return whole is not None and whole.exact and (known is None or not known.exact)


def _starting(grid: Grid, row: int) -> list[Cell]:
    return [cell for cell in grid.row(row) if cell.row == row]


def _leaf(cells: Sequence[Cell]) -> Cell | None:
    """The row's own label: the last text before the figures that is not of a group of rows."""
    labels = [cell for cell in cells if cell.row_span == 1 and squash(cell.text) and not is_number(cell)]
    return labels[-1] if labels else None


def _joined(grid: Grid, cell: Cell) -> Cell:
    below = grid.at(cell.row + 1, cell.column)
    if below is None or below.row != cell.row + 1 or below.row_span > 1 or cell.row_span > 1:
        return cell
    # A figure keeps the place where it was read.
    locator = below.locator if not squash(cell.text) and squash(below.text) else cell.locator
    return replace(cell, text=cell.text + below.text, locator=locator)
