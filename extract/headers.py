"""Finding the header of an official table in a grid, and which columns stand under it."""

from collections.abc import Callable
from dataclasses import dataclass

from extract.document import Cell, Grid
from extract.labels import is_corner_note, label_key, squash
from extract.numbers import parse_number
from extract.vocabulary import printed_unit, vocabulary

# The groups of table 4 that name a row of the form; 行政诉讼 alone does not say which lawsuits.
_CHALLENGE_ROWS = {label_key(row.label): row.key for row in vocabulary("4").rows.values()}


@dataclass(frozen=True, slots=True)
class Column:
    """A value column: the form's column key (for table 4 the whole code), grid columns [start, end), header text."""

    key: str
    start: int
    end: int
    header: str
    printed_unit: str | None
    forms: frozenset[str]


@dataclass(frozen=True, slots=True)
class Header:
    """A header in a grid. ``end_row`` is the first row below it; ``unknown`` are header cells that nothing explains."""

    table_id: str
    columns: tuple[Column, ...]
    end_row: int
    unknown: tuple[Cell, ...]

    @property
    def first_column(self) -> int:
        """The grid column of the leftmost value."""
        return min(column.start for column in self.columns)

    def shifted(self, by: int) -> "Header":
        """The same header over a grid that has ``by`` more label columns."""
        moved = tuple(Column(c.key, c.start + by, c.end + by, c.header, c.printed_unit, c.forms) for c in self.columns)
        return Header(self.table_id, moved, self.end_row, ())


def find_header(grid: Grid, row: int) -> Header | None:
    """The header that begins in ``row`` of a grid, or None."""
    for find in (_applicants_header, _challenges_header, _disclosure_header):
        header = find(grid, row)
        if header is not None:
            return header
    return None


def _starting_cells(grid: Grid, row: int) -> list[Cell]:
    return [cell for cell in grid.row(row) if cell.row == row and squash(cell.text)]


def _header_rows(grid: Grid, row: int, is_header_word: Callable[[str], bool]) -> int:
    """First row after ``row`` that is not made of header words (blank rows inside a header belong to it)."""
    end = row
    for candidate in range(row, grid.row_count):
        cells = _starting_cells(grid, candidate)
        if any(parse_number(cell.text).reading in {"reported", "unsure"} for cell in cells):
            break
        if any(is_header_word(cell.text) for cell in cells):
            end = candidate + 1
        elif cells or end == row:
            break
    return end


def _column(key: str, cell: Cell, forms: frozenset[str]) -> Column:
    return Column(key, cell.column, cell.end_column, cell.text, printed_unit(cell.text), forms)


def _applicants_header(grid: Grid, row: int) -> Header | None:
    """Table 3: 自然人, five kinds of organisation, 总计, below 申请人情况 and 法人或其他组织."""
    words = vocabulary("3")

    def is_word(text: str) -> bool:
        return bool(words.find_column(text) or words.find_group(text)) or is_corner_note(text)

    if not any(is_word(cell.text) for cell in _starting_cells(grid, row)):
        return None
    end = _header_rows(grid, row, is_word)
    cells = [cell for r in range(row, end) for cell in _starting_cells(grid, r)]
    columns = [_column(known.key, cell, known.forms) for cell in cells if (known := words.find_column(cell.text))]
    if len({column.key for column in columns}) < 5:
        return None
    first = min(column.start for column in columns)
    unknown = tuple(c for c in cells if c.column >= first and not is_word(c.text))
    return Header("3", _in_order(columns), end, unknown)


def _challenges_header(grid: Grid, row: int) -> Header | None:
    """Table 4: three groups of five columns, told apart by the group label above each."""
    words = vocabulary("4")

    def is_word(text: str) -> bool:
        return bool(words.find_column(text) or words.find_group(text)) or label_key(text) in _CHALLENGE_ROWS

    if not any(is_word(cell.text) for cell in _starting_cells(grid, row)):
        return None
    end = _header_rows(grid, row, is_word)
    columns, unknown = [], []
    for r in range(row, end):
        for cell in _starting_cells(grid, r):
            known = words.find_column(cell.text)
            if known is None:
                if not is_word(cell.text):
                    unknown.append(cell)
                continue
            group = _challenge_group(grid, cell, row)
            if group is None:
                unknown.append(cell)
            else:
                columns.append(_column(f"{group}.{known.key}", cell, known.forms))
    if len({column.key for column in columns}) < 4:
        return None
    return Header("4", _in_order(columns), end, tuple(unknown))


def _challenge_group(grid: Grid, leaf: Cell, first_row: int) -> str | None:
    """The row of the form (review, lawsuit_direct …) that stands above a leaf header.

    Text formats lose the span of a group label and leave blanks to its right, so a blank looks to its left.
    """
    for row in range(leaf.row - 1, first_row - 1, -1):
        for column in range(leaf.column, -1, -1):
            cell = grid.at(row, column)
            key = label_key(cell.text) if cell else ""
            if key in _CHALLENGE_ROWS:
                return _CHALLENGE_ROWS[key]
            if key:
                break
    return None


def _disclosure_header(grid: Grid, row: int) -> Header | None:
    """Table 2: a line of headers above each block."""
    words = vocabulary("2")
    cells = _starting_cells(grid, row)
    columns = [_column(known.key, cell, known.forms) for cell in cells if (known := words.find_column(cell.text))]
    if not columns or any(parse_number(cell.text).reading in {"reported", "unsure"} for cell in cells):
        return None
    first = min(column.start for column in columns)
    unknown = tuple(c for c in cells if c.column >= first and words.find_column(c.text) is None)
    return Header("2", _in_order(columns), row + 1, unknown)


def _in_order(columns: list[Column]) -> tuple[Column, ...]:
    """The columns from left to right; two with one label cannot be told apart, so neither is kept."""
    keys = [column.key for column in columns]
    kept = (column for column in columns if keys.count(column.key) == 1)
    return tuple(sorted(kept, key=lambda column: column.start))
