"""The columns of an indicator table (指标 | 单位 | 数量): which hold labels, which the year's own whole figure."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from extract.document import Cell, Grid
from extract.indicator_labels import as_unit, find_indicators
from extract.labels import label_key, plain_label, squash
from extract.numbers import parse_number

_LABEL = re.compile(r"(?:一级|二级|三级|统计|主要|具体|信息公开|公开)?(?:指标|项目|内容)(?:名称|内容)?|名称")
_UNIT = re.compile(r"(?:计量|统计)?单位")
_BESIDE = re.compile(r"序号|编号|代码|指标代码|行次|备注|说明|填报说明")
_YEAR = re.compile(r"20[0-4]\d(?=年|$)")
# Not the year's own whole figure: a running total, another year, a comparison, part of a year, one level of several.
_NOT_WHOLE = re.compile(
    r"历年|上年|去年|上一?年|同期|同比|增减|增长|增幅|季度|半年|[一二三四五六七八九十\d]月|"
    r"区直|县直|市直|省直|乡镇|镇街|街道|部门|直属|下级|所属|政府(?!信息|网站)|机关|单位"
)
_RUNNING = re.compile(r"累计")
# The wordings of the whole figure, the plainest statement first.
_WHOLE = (
    re.compile(r"合计|总计|总数|总量"),
    re.compile(r"全年|(?:本|当|年)年?度?累计|20[0-4]\d年?度?(?!.*季)"),
    re.compile(r"本年|当年|年度|本期|实际"),
    re.compile(r"统计|数量|数值|数据|数字|数目|结果|数$|件数|情况|填报"),
)


@dataclass(frozen=True, slots=True)
class ValueColumn:
    """A column of figures: grid columns [start, end) and its header as printed."""

    start: int
    end: int
    header: str

    @property
    def years(self) -> frozenset[int]:
        """The years that the header names."""
        return frozenset(int(year) for year in _YEAR.findall(plain_label(self.header)))

    @property
    def rank(self) -> int | None:
        """How plainly the header names the year's whole figure (0: most); None where it names something else."""
        text = plain_label(self.header)
        if _NOT_WHOLE.search(text):
            return None
        rank = next((number for number, pattern in enumerate(_WHOLE) if pattern.search(text)), None)
        return None if rank != 1 and _RUNNING.search(text) else rank


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of an indicator table, or of one half of two that stand side by side.

    ``labels`` are the grid columns [start, end) of the labels; ``unit`` is the column of the unit, None where there is
    none; ``end_row`` the first row below the header; ``stated`` is False where the header was lost and the columns
    were told by what stands in them.
    """

    labels: tuple[int, int]
    unit: int | None
    values: tuple[ValueColumn, ...]
    end_row: int
    stated: bool = True

    @property
    def end(self) -> int:
        """First grid column right of the table (or half)."""
        return max([self.labels[1], *(value.end for value in self.values), *([self.unit + 1] if self.unit else [])])

    def whole(self, year: int | None) -> ValueColumn | None:
        """The column of the whole figure of ``year`` (the report's), None where the header leaves it open.

        A single column is it unless its header says otherwise; of columns for several years it is the report's, or the
        latest.
        """
        if len(self.values) == 1:
            only = self.values[0]
            return only if only.rank is not None or not _says_otherwise(only.header) else None
        ranked = sorted(
            (
                (value.rank, year not in value.years, -max(value.years, default=0), value)
                for value in self.values
                if value.rank is not None
            ),
            key=lambda one: one[:3],
        )
        if not ranked or (len(ranked) > 1 and ranked[0][:3] == ranked[1][:3]):
            return None
        return ranked[0][3]


def _says_otherwise(header: str) -> bool:
    text = plain_label(header)
    return bool(_NOT_WHOLE.search(text) or _RUNNING.search(text))


def find_layouts(grid: Grid, row: int) -> tuple[Layout, ...]:
    """The layouts that a header beginning in ``row`` gives: one, several for tables side by side, none for no header.

    A header has a cell 指标 (项目, 内容) and, right of it, a cell 单位 or one that names figures.
    """
    starting = [cell for cell in grid.row(row) if cell.row == row and squash(cell.text)]
    if not any(_is(_LABEL, cell.text) for cell in starting) or any(_number(cell) for cell in starting):
        return ()
    end = max(cell.row + cell.row_span for cell in starting if _is(_LABEL, cell.text))
    headers = _lowest(grid, row, end)
    halves: list[list[Cell]] = []
    for cell in headers:
        if not halves or (_is(_LABEL, cell.text) and any(_names_figures(c, grid, row) for c in halves[-1])):
            halves.append([])
        halves[-1].append(cell)
    found = [_layout(grid, half, row, end) for half in halves]
    return tuple(layout for layout in found if layout is not None)


def is_label_word(text: str) -> bool:
    """Whether a header cell is the one above the labels: 指标, 统计项目."""
    return _is(_LABEL, text)


def is_unit_word(text: str) -> bool:
    """Whether a header cell is the one above the units."""
    return _is(_UNIT, text)


def _is(pattern: re.Pattern[str], text: str) -> bool:
    return pattern.fullmatch(re.sub(r"\(.*\)", "", plain_label(text)) or "-") is not None


def _number(cell: Cell) -> bool:
    return parse_number(cell.text).reading in {"reported", "unsure"}


def _lowest(grid: Grid, row: int, end: int) -> list[Cell]:
    """The header cells directly above the figures, left to right."""
    return list(dict.fromkeys(cell for cell in grid.row(end - 1) if cell.row + cell.row_span >= end))


def _names_figures(cell: Cell, grid: Grid, row: int) -> bool:
    known = any(_is(pattern, cell.text) for pattern in (_LABEL, _UNIT, _BESIDE))
    return bool(squash(cell.text)) and not known


def _layout(grid: Grid, headers: Sequence[Cell], row: int, end: int) -> Layout | None:
    labels = [cell for cell in headers if _is(_LABEL, cell.text)]
    units = [cell for cell in headers if _is(_UNIT, cell.text)]
    if not labels:
        return None
    first, last = labels[0].column, max(cell.end_column for cell in labels)
    values = [c for c in headers if c.column >= last and _names_figures(c, grid, row)]
    if not values or not (units or len(headers) <= 3 + len(values)):
        return None
    columns = tuple(ValueColumn(c.column, c.end_column, _full_header(grid, c, row)) for c in values)
    return Layout((first, last), units[0].column if units else None, columns, end)


def _full_header(grid: Grid, cell: Cell, row: int) -> str:
    """The header of a column with what stands above it in the header."""
    above = dict.fromkeys(c for r in range(row, cell.row) if (c := grid.at(r, cell.column)) is not None)
    return " ".join(c.text.strip() for c in (*above, cell) if squash(c.text))


def guess_layout(grid: Grid) -> Layout | None:
    """The layout of a table whose header is lost, told by its labels, units and numbers; None where that is unclear."""
    labels = Counter(cell.column for cell in grid.cells if find_indicators(cell.text))
    if not labels:
        return None
    start, last = min(labels), max(labels)
    units = Counter(c.column for c in grid.cells if c.column > last and label_key(c.text) and as_unit(c.text))
    numbers = Counter(c.column for c in grid.cells if c.column > last and _number(c))
    unit = units.most_common(1)[0][0] if units else None
    columns = sorted(column for column in numbers if column != unit)
    if not columns:
        return None
    values = tuple(ValueColumn(column, column + 1, "") for column in columns)
    end = min([*columns, *([unit] if unit is not None else [])])
    return Layout((start, end), unit, values, 0, stated=False)


def continued(layouts: Sequence[Layout]) -> tuple[Layout, ...]:
    """The same layouts for a part of the table without a header."""
    return tuple(replace(layout, end_row=0) for layout in layouts)
