"""Finding the header of an official table in a grid, and which columns stand under it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise

from extract.document import Cell, Grid
from extract.forms import APPLICANTS, table_blocks
from extract.labels import is_corner_note, label_key, squash
from extract.lost_labels import lost_columns
from extract.numbers import parse_number
from extract.vocabulary import printed_unit, vocabulary

# The groups of table 4 that name a row of the form; 行政诉讼 alone does not say which lawsuits.
_CHALLENGE_ROWS = {label_key(row.label): row.key for row in vocabulary("4").rows.values()}

ORGANISATION = label_key("法人或其他组织")
"""Key of the label that stands over the five kinds of organisation in table 3."""


# The forms have three rows; converters put blank ones between and break labels.
_MOST_ROWS = 10


@dataclass(frozen=True, slots=True)
class Column:
    """A value column: the form's column key (for table 4 the whole code), grid columns [start, end), header text.

    ``certain`` is False where the header is blank or cut short, and the columns beside it tell which it is.
    """

    key: str
    start: int
    end: int
    header: str
    printed_unit: str | None
    forms: frozenset[str]
    certain: bool = True


@dataclass(frozen=True, slots=True)
class Header:
    """A header in a grid. ``unknown`` are header cells that nothing explains.

    ``end_row`` is the first row below it, ``end_column`` the first column to the right of it. ``certain`` is False
    where its labels may stand over other columns than they were printed over (a header cell lost or one too many).
    """

    table_id: str
    columns: tuple[Column, ...]
    end_row: int
    end_column: int
    unknown: tuple[Cell, ...]
    certain: bool

    @property
    def first_column(self) -> int:
        """The grid column of the leftmost value."""
        return min((column.start for column in self.columns), default=self.end_column)

    @property
    def is_complete(self) -> bool:
        """Whether it has every column of a block of the form, side by side."""
        keys = {column.key for column in self.columns}
        side_by_side = all(one.end == two.start for one, two in pairwise(self.columns))
        return side_by_side and any(keys == set(order) for order in column_orders(self.table_id))

    def shifted(self, by: int) -> "Header":
        """The same header over a grid that has ``by`` more label columns."""
        moved = tuple(replace(column, start=column.start + by, end=column.end + by) for column in self.columns)
        return replace(self, columns=moved, end_column=self.end_column + by, unknown=())


@cache
def column_orders(table_id: str) -> tuple[tuple[str, ...], ...]:
    """The column keys of each block of a table, over all forms, in the order printed (table 4: whole codes)."""
    blocks = [block for _, block in table_blocks(table_id)]
    if table_id == "4":
        return tuple({tuple(f"{row.key}.{c.key}" for row in block.rows for c in block.columns) for block in blocks})
    return tuple({tuple(column.key for column in block.columns) for block in blocks})


def find_header(grid: Grid, row: int) -> Header | None:
    """The header that begins in ``row`` of a grid, or None."""
    for find in (_applicants_header, _challenges_header, _disclosure_header):
        header = find(grid, row)
        if header is not None:
            return header
    return None


def _starting_cells(grid: Grid, row: int) -> list[Cell]:
    return [cell for cell in grid.row(row) if cell.row == row and squash(cell.text)]


def _header_rows(grid: Grid, row: int, is_header_word: Callable[[str], bool], table_id: str) -> int:
    """First row after ``row`` that is not made of header words (blank rows inside a header belong to it)."""
    words = vocabulary(table_id)
    end = row
    for candidate in range(row, min(grid.row_count, row + _MOST_ROWS)):
        cells = _starting_cells(grid, candidate)
        if any(parse_number(cell.text).reading in {"reported", "unsure"} for cell in cells):
            break
        if any(words.find_row(cell.text) and not is_header_word(cell.text) for cell in cells):
            break  # a blank row of the table under a group label, which is a header word too
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
    end = _header_rows(grid, row, is_word, "3")
    cells = [cell for r in range(row, end) for cell in _starting_cells(grid, r)]
    columns = [_column(known.key, cell, known.forms) for cell in cells if (known := words.find_column(cell.text))]
    if len({column.key for column in columns}) < 5:
        return None
    first = min(column.start for column in columns)
    unknown = [c for c in cells if c.column >= first and not is_word(c.text)]
    return _header("3", grid, range(row, end), columns, unknown)


def _challenges_header(grid: Grid, row: int) -> Header | None:
    """Table 4: three groups of five columns, told apart by the group label above each."""
    words = vocabulary("4")

    def is_word(text: str) -> bool:
        return bool(words.find_column(text) or words.find_group(text)) or label_key(text) in _CHALLENGE_ROWS

    if not any(is_word(cell.text) for cell in _starting_cells(grid, row)):
        return None
    end = _header_rows(grid, row, is_word, "4")
    columns: list[Column] = []
    unknown: list[Cell] = []
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
    first = min(column.start for column in columns)
    return _header("4", grid, range(row, end), columns, [cell for cell in unknown if cell.end_column > first])


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
    unknown = [c for c in cells if c.column >= first and words.find_column(c.text) is None]
    return _header("2", grid, range(row, row + 1), columns, unknown)


def _header(table_id: str, grid: Grid, rows: range, columns: Sequence[Column], unknown: Sequence[Cell]) -> Header:
    printed = list(dict.fromkeys(sorted(columns, key=lambda column: column.start)))  # a header may be repeated at once
    keys = [column.key for column in printed]
    # Two columns with one label cannot be told apart, so neither is kept.
    kept = tuple(column for column in printed if keys.count(column.key) == 1)
    is_plain = len(kept) == len(printed)
    kept, unknown = _with_lost_labels(table_id, grid.row(rows[-1]), kept, unknown)
    ends = [*(cell.end_column for cell in grid.row(rows[-1])), *(column.end for column in columns)]
    certain = (
        grid.ragged_rows.isdisjoint(rows)
        and all(cell.end_column <= max(ends) for row in rows for cell in _starting_cells(grid, row))
        and is_plain
        and _stand_in_place(table_id, kept, unknown)
        and (table_id != "3" or _is_grouped(grid, rows, kept))
    )
    return Header(table_id, kept, rows.stop, max(ends), tuple(unknown), certain)


def _with_lost_labels(
    table_id: str, lowest: Sequence[Cell], columns: tuple[Column, ...], unknown: Sequence[Cell]
) -> tuple[tuple[Column, ...], Sequence[Cell]]:
    """The columns with those added, as not certain, whose label is blank or cut, where only one block can be meant."""
    known = {(column.start, column.end): column.key for column in columns}
    orders = () if table_id == "4" else column_orders(table_id)
    found = [lost for order in orders if (lost := lost_columns(order, known, lowest, table_id))]
    if len(found) != 1:
        return columns, unknown
    added = [replace(_column(key, cell, frozenset()), certain=False) for key, cell in found[0].items()]
    ordered = tuple(sorted((*columns, *added), key=lambda column: column.start))
    return ordered, [cell for cell in unknown if cell not in found[0].values()]


def _is_grouped(grid: Grid, rows: range, columns: Sequence[Column]) -> bool:
    """Table 3: whether the columns are in the form's order, or 法人或其他组织 stands over its kinds and no other."""
    keys = [column.key for column in columns]
    if keys == sorted(keys, key=APPLICANTS.index):
        return True
    group = next((c for r in rows for c in _starting_cells(grid, r) if label_key(c.text) == ORGANISATION), None)
    if group is None:
        return False
    # Text formats lose the group's span and leave blanks to its right.
    beside = [cell.column for cell in _starting_cells(grid, group.row) if cell.column > group.column]
    end = max(group.end_column, min(beside, default=group.end_column))
    return all(
        (group.column <= column.start and column.end <= end) == (column.key not in {"natural", "total"})
        for column in columns
    )


def _stand_in_place(table_id: str, columns: Sequence[Column], unknown: Sequence[Cell]) -> bool:
    """Whether the labels stand where they were printed.

    A place without a label is a label lost, with the others in place, only where the form's order has that label there;
    else a cell was lost and the labels right of it have moved. Table 4's labels recur, so they must be in order.
    """
    keys = {column.key for column in columns}
    order = next((order for order in column_orders(table_id) if keys <= set(order)), None)
    if order is None:
        return False
    named = {place for cell in unknown for place in range(cell.column, cell.end_column)}
    gaps: list[tuple[bool, int]] = []
    for one, two in pairwise(columns):
        step = order.index(two.key) - order.index(one.key)
        between = set(range(one.end, two.start))
        if two.start < one.end or (table_id == "4" and step < 1):
            return False
        if not between or not between <= named:
            gaps.append((bool(between), step))
    if any(step > 1 for _, step in gaps) and len({column.end - column.start for column in columns}) > 1:
        return False  # the wide one may stand in the place of the one that is lost
    return not any(gap for gap, _ in gaps) or all(gap == (step > 1) for gap, step in gaps)
