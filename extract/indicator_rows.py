"""The rows of indicator tables: what is label, unit and figure in each, over halves side by side and repeated heads."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from extract.captions import caption_years
from extract.document import Cell, Grid
from extract.indicator_columns import Layout, ValueColumn, continued, find_layouts, guess_layout
from extract.indicator_labels import as_unit, find_indicators, is_subject, noted_unit
from extract.labels import is_page_number, plain_label, squash
from extract.numbers import parse_number

_LEAST_ROWS = 3
_LONGEST_UNIT = 6
# A header stands in the first rows of a grid, below a title and 填报单位.
_HEADER_ROWS = 8
_LEVELS = (
    re.compile(r"[一二三四五六七八九十]+[、.,]"),
    re.compile(r"\([一二三四五六七八九十]+\)"),
    re.compile(r"\d+[、.,]?(?!\d)"),
    re.compile(r"(?!其中)"),
)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of an indicator table.

    ``label`` is the cell with the row's own label, ``above`` the label cells left of it and those that run in from
    above; ``path`` are the labels that the row stands under by its numbering, and its own; ``years`` those of the
    table's caption; ``is_after_text`` marks the first row below a text inside the table, in which rows may be lost.
    """

    grid: Grid
    number: int
    layout: Layout
    label: Cell | None
    above: tuple[Cell, ...]
    path: tuple[str, ...]
    cells: tuple[Cell, ...]
    years: frozenset[int]
    is_after_text: bool = False

    def under(self, column: ValueColumn) -> list[Cell]:
        """The cells that stand in a column."""
        return [cell for cell in self.cells if cell.column < column.end and cell.end_column > column.start]

    @property
    def unit(self) -> str | None:
        """The unit that the row states: in its own cell, in its label's brackets or in the header."""
        own = as_unit(self._unit_text)
        label = noted_unit(self.label.text) if self.label is not None else None
        return own or label or next((unit for c in self.layout.values if (unit := noted_unit(c.header))), None)

    @property
    def _unit_text(self) -> str:
        at = self.grid.at(self.number, self.layout.unit) if self.layout.unit is not None else None
        return at.text if at is not None else ""

    @property
    def has_unit(self) -> bool:
        """Whether a unit stands in the cell for it."""
        return as_unit(self._unit_text) is not None

    @property
    def has_dashes_for_unit(self) -> bool:
        """Whether dashes stand in the place of the unit, as headings have them."""
        text = squash(self._unit_text)
        return bool(text) and parse_number(text).reading == "blank"

    @property
    def has_numbers(self) -> bool:
        """Whether a number stands right of the labels."""
        return any(is_number(cell) for cell in self.cells if cell.end_column > self.layout.labels[1])

    def is_aligned(self) -> bool:
        """Whether each cell stands where the header has it: no number beside the columns, no unit or label in them."""
        if self.number in self.grid.ragged_rows or self.label is None:
            return False
        columns = [self.under(value) for value in self.layout.values]
        if any(len(cells) != 1 or cells[0].row != self.number for cells in columns):
            return False
        figures = {id(cells[0]) for cells in columns}
        if len(figures) < len(columns) or self.label.end_column > self.layout.labels[1]:
            return False
        for cell in self.cells:
            is_figure = id(cell) in figures
            if is_figure and (as_unit(cell.text) or find_indicators(cell.text)):
                return False
            if not is_figure and cell.column >= self.label.end_column and (is_number(cell) or self._is_stray(cell)):
                return False
        return True

    def _is_stray(self, cell: Cell) -> bool:
        """Whether a cell between label and figures holds a text that cannot be a unit."""
        text = squash(cell.text)
        if cell.column >= min(value.start for value in self.layout.values) or not any(map(str.isalnum, text)):
            return False
        return cell.column != self.layout.unit or len(text) > _LONGEST_UNIT


def is_number(cell: Cell) -> bool:
    """Whether the cell holds a number, certain or not."""
    return parse_number(cell.text).reading in {"reported", "unsure"}


def _may_be_rows(line: str) -> bool:
    """Whether a text between two parts of a table may be a row that was not put into a grid."""
    squashed = squash(line)
    return bool(squashed) and not is_page_number(line) and not squashed.strip("()").startswith(("续", "单位"))


def known_rows(grid: Grid) -> int:
    """How many cells of a grid are labels of the form of 2014."""
    return sum(1 for cell in grid.cells if find_indicators(cell.text))


def first_header(grid: Grid) -> tuple[int, tuple[Layout, ...]]:
    """The row of the first header of an indicator table, and its layouts; none at the first row where there is none."""
    for row in range(min(grid.row_count, _HEADER_ROWS)):
        if layouts := find_layouts(grid, row):
            return row, layouts
    return 0, ()


def is_indicator_table(grid: Grid) -> bool:
    """Whether a grid is an indicator table by itself: rows of the form, or a header over rows on the same subject."""
    if known_rows(grid) >= _LEAST_ROWS:
        return True
    row, layouts = first_header(grid)
    return bool(layouts) and _is_local_table(grid, row, layouts[0])


def _is_local_table(grid: Grid, row: int, layout: Layout) -> bool:
    about = [
        cell
        for cell in grid.cells
        if cell.row > row and layout.labels[0] <= cell.column < layout.labels[1] and is_subject(cell.text)
    ]
    return sum(1 for cell in about if any(is_number(c) for c in grid.row(cell.row))) >= _LEAST_ROWS


class RowReader:
    """Makes rows of the grids of one table, in reading order."""

    def __init__(self) -> None:
        self._layouts: tuple[Layout, ...] = ()
        self._width = 0
        self._path: dict[int, str] = {}

    def rows(self, grid: Grid, lines: Sequence[str]) -> Iterator[Row]:
        """The rows of the next grid; ``lines`` stand above it. Of tables side by side the left comes first."""
        start, stated = first_header(grid)
        layouts = stated or self._without_header(grid)
        above = [cell.text for r in range(start) for cell in grid.row(r) if cell.row == r]
        years = caption_years([*lines, *above])
        heads = [(row, found) for row in range(start + 1, grid.row_count) if (found := find_layouts(grid, row))]
        starts = [(start, layouts), *heads]
        is_after_text = bool(self._layouts) and not stated and any(map(_may_be_rows, lines))
        for (_, segment), end in zip(starts, [*(row for row, _ in heads), grid.row_count], strict=True):
            for layout in segment:
                for row in self._segment(grid, layout, end, years):
                    yield replace(row, is_after_text=True) if is_after_text else row
                    is_after_text = False
        self._layouts, self._width = starts[-1][1], grid.column_count

    def _without_header(self, grid: Grid) -> tuple[Layout, ...]:
        if self._layouts and grid.column_count == self._width:
            return continued(self._layouts)
        guessed = guess_layout(grid)
        return (guessed,) if guessed is not None else ()

    def _segment(self, grid: Grid, layout: Layout, end: int, years: frozenset[int]) -> Iterator[Row]:
        first, last = layout.labels
        for number in range(layout.end_row, end):
            cells = tuple(cell for cell in grid.row(number) if first <= cell.column < layout.end)
            labels = [c for c in cells if c.column < last and squash(c.text) and not is_number(c)]
            own = next((c for c in reversed(labels) if c.row == number), None)
            if own is None and not any(is_number(cell) for cell in cells):
                continue
            above = tuple(cell for cell in labels if cell is not own)
            yield Row(grid, number, layout, own, above, self._path_of(own, above), cells, years)

    def _path_of(self, label: Cell | None, above: Sequence[Cell]) -> tuple[str, ...]:
        if label is None:
            return ()
        text = " ".join(label.text.split())
        plain = plain_label(text)
        level = next((number for number, pattern in enumerate(_LEVELS) if pattern.match(plain)), len(_LEVELS))
        self._path = {deeper: known for deeper, known in self._path.items() if deeper < level}
        groups = [" ".join(cell.text.split()) for cell in above]
        path = tuple(dict.fromkeys([*groups, *(known for known in self._path.values() if known not in groups)]))
        self._path[level] = text
        return (*path, text)
