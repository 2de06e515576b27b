"""Which grid is which table of the form, and which cell is which figure: by labels and headers, never by position."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from extract import notices
from extract.alignment import covers, fits, is_aligned, is_number, moved_header, numeric_row
from extract.captions import caption_years, stated_unit
from extract.document import Block, Cell, Grid
from extract.figures import doubt, keep_figure
from extract.forms import load_form
from extract.headers import Column, Header, find_header
from extract.labels import label_key, squash
from extract.numbers import parse_number
from extract.report import Figure, FigureStatus
from extract.tables import Tables
from extract.torn_rows import mend_torn_rows
from extract.vocabulary import KnownLine, printed_unit, vocabulary

_CHALLENGES = {line.key: line.label for line in load_form("2021").table("4").blocks[0].rows}
_CHANGE_COLUMN = "items_change"
_SINGLE_OTHER = "applications.other."
_MONEY = ("万元", "元")
_COUNT = re.compile(r"(?:案?件?数量?|件)?(?:\(件\))?|本年度?")


def match_tables(blocks: Iterable[Block]) -> Tables:
    """Match the grids among the blocks of a document, in reading order, to the tables of the forms.

    A row or column that no label explains becomes a finding and its figures are left out. Tables of indicators are
    taken here and read by :func:`extract.tables.settle`, when the year of the report is known.
    """
    matcher = _Matcher()
    lines: list[str] = []
    for block in blocks:
        if isinstance(block, Grid):
            if matcher.tables.indicators.take(block, lines):
                matcher.leave()
            else:
                matcher.read(mend_torn_rows(block), lines)
            lines = []
        else:
            lines.append(block.text)
    _doubt_single_other(matcher.tables)
    matcher.tables.findings = list(dict.fromkeys(matcher.tables.findings))
    return matcher.tables


def _doubt_single_other(tables: Tables) -> None:
    """Where some of the three sub-rows of （六） are lost, figures read for （六） itself may be a sub-row's."""
    single = [code for code in tables.figures if code.startswith(_SINGLE_OTHER) and code.count(".") == 2]
    split = {code.split(".")[2] for code in tables.figures if code.startswith(_SINGLE_OTHER) and code.count(".") == 3}
    if single and len(split) in {1, 2}:
        tables.findings.append(notices.uncertain_row("（六）其他处理", single))
        doubt(tables.figures, single)


class _Matcher:
    """Reads grids row by row; a header rules the rows below it, over the end of a grid where the table goes on."""

    def __init__(self) -> None:
        self.tables = Tables()
        self.header: Header | None = None
        self.width = 0
        self.group: str | None = None
        self.unknown_columns: dict[int, list[str]] = {}
        self.lines: list[str] = []
        self.years: frozenset[int] = frozenset()
        self.unit: str | None = None
        self.blank_codes: list[str] = []
        self.is_loose = False
        self.is_unknown = False
        self.is_guessed = False

    def leave(self) -> None:
        """A table of another kind stands between: what comes next goes on with none."""
        self.header = None

    def read(self, grid: Grid, lines: Sequence[str]) -> None:
        """Read a grid; ``lines`` stand between it and the grid before."""
        self._continue_on(grid)
        self.lines = list(lines)
        row = 0
        while row < grid.row_count:
            header = find_header(grid, row)
            if header is not None:
                self._begin(header, grid, row)
                row = header.end_row
                continue
            self.lines += _only_text(grid.row(row))
            self._read_next(grid, row)
            row += 1
        self._report_unknown_columns()
        self.width = grid.column_count

    def _read_next(self, grid: Grid, row: int) -> None:
        """Read a row; figures without a label may be those of a labelled blank row next to them (a row torn apart).

        So may those of an unknown label beside a blank row whose label was only guessed.
        """
        printed = [cell for cell in grid.row(row) if cell.row == row and squash(cell.text)]
        above, was_loose, was_unknown, was_guessed = self.blank_codes, self.is_loose, self.is_unknown, self.is_guessed
        self.is_unknown = self.is_guessed = False
        if printed:
            self.blank_codes, self.is_loose = [], numeric_row(printed) and any(is_number(cell) for cell in printed)
        if self.header is not None:
            self._read_row(grid, row)
        if self.is_loose or (self.is_unknown and was_guessed):
            codes = above
        else:
            codes = self.blank_codes if was_loose or (was_unknown and self.is_guessed) else []
        if printed and codes:
            self.tables.findings.append(notices.torn_row(codes))
            doubt(self.tables.figures, codes)

    def _begin(self, header: Header, grid: Grid, row: int) -> None:
        self._report_unknown_columns()
        self.blank_codes, self.is_loose = [], False
        if self.header is None or self.header.table_id != header.table_id:
            self.group = None
        self.header = header
        self.width = grid.column_count
        self.years = caption_years(self.lines)
        self.unit = stated_unit([*self.lines, *(c.text for c in grid.row(row) if c.column < header.first_column)])
        for column in header.columns:
            if len(column.forms) == 1:
                self.tables.evidence[header.table_id].update(column.forms)
        for cell in header.unknown:
            self.tables.findings.append(notices.unknown_column(header.table_id, cell.text))

    def _continue_on(self, grid: Grid) -> None:
        """Keep the header for a grid without one where it is plainly the next part of the same table, else drop it."""
        if self.header is None:
            return
        if not self._goes_on(grid):
            self.header = None
            return
        shift = grid.column_count - self.width
        if shift == 0:
            return
        last = max(column.end for column in self.header.columns)
        if last == self.width and fits(self.header.shifted(shift), grid):
            self.header = self.header.shifted(shift)
            return
        self.tables.findings.append(notices.continuation_lost(self.header.table_id))
        self.header = None

    def _goes_on(self, grid: Grid) -> bool:
        """Whether the rows before any new header belong to the table in hand."""
        assert self.header is not None
        for row in range(grid.row_count):
            if find_header(grid, row) is not None:
                return False
            if self.header.table_id == "4":
                return numeric_row(grid.row(row))
            words = vocabulary(self.header.table_id)
            if any(words.find_row(cell.text) for cell in grid.row(row)):
                return True
        return False

    def _read_row(self, grid: Grid, row: int) -> None:
        assert self.header is not None
        first = self.header.first_column
        cells = grid.row(row)
        if self.header.table_id == "4":
            self._read_challenges(grid, row, cells)
            return
        if (moved := moved_header(self.header, cells)) is not None:
            self.header, usual = moved, self.header
            self._read_row(grid, row)
            self.header = usual
            return
        labels = [c for c in cells if c.column < first and squash(c.text) and not is_number(c)]
        values = [c for c in cells if c.column >= first]
        for cell in cells:
            if cell.column < first and is_number(cell):
                self.unknown_columns.setdefault(cell.column, []).append(squash(cell.text))
        if not labels:
            if any(is_number(c) for c in values):
                self._unknown_row("", values)
            return
        line = self._identify(labels)
        if line is None:
            if any(is_number(c) for c in values):
                self._unknown_row(labels[-1].text, values)
            self._remember_group(labels)
            return
        self._take_row(grid, row, line, labels, cells)

    def _identify(self, labels: Sequence[Cell]) -> KnownLine | None:
        assert self.header is not None
        words = vocabulary(self.header.table_id)
        leaf = labels[-1]
        match = words.find_row(leaf.text)
        if match is None or (leaf.row_span > 1 and words.find_group(leaf.text)):
            return None  # a group label: the row's own label is lost
        if not match.exact:
            self.is_guessed = True
            codes = [f"{match.line.key}.{column.key}" for column in self.header.columns]
            self.tables.findings.append(notices.bridged_label(self.header.table_id, leaf.text, match.line.label, codes))
        return match.line

    def _remember_group(self, labels: Sequence[Cell]) -> None:
        assert self.header is not None
        words = vocabulary(self.header.table_id)
        for label in labels:
            self.group = words.find_group(label.text) or self.group

    def _take_row(self, grid: Grid, row: int, line: KnownLine, labels: Sequence[Cell], cells: Sequence[Cell]) -> None:
        assert self.header is not None
        codes = [f"{line.key}.{column.key}" for column in self.header.columns]
        stated = [group for c in labels[:-1] if (group := vocabulary(self.header.table_id).find_group(c.text))]
        group = stated[-1] if stated else self.group
        certain = True
        if line.groups and line.groups[-1] != group and (stated or _needs_group(line)):
            name = vocabulary("3").groups.get(group or "", "？")
            self.tables.findings.append(notices.group_conflict(labels[-1].text, name, codes))
            certain = False
        self.group = line.groups[-1] if line.groups else None
        if not is_aligned(self.header, grid, row, cells):
            self.tables.findings.append(notices.uncertain_row(labels[-1].text, codes))
            certain = False
        if len(line.forms) == 1 and self.header.table_id == "3":
            self.tables.evidence["3"].update(line.forms)
        for column in self.header.columns:
            self._take_cell(f"{line.key}.{column.key}", labels[-1].text, row, column, cells, certain=certain)
        self._stray_values(cells)
        if not any(is_number(cell) for cell in cells):
            self.blank_codes = codes

    def _read_challenges(self, grid: Grid, row: int, cells: Sequence[Cell]) -> None:
        """Table 4 has one row of figures and no row label; blank rows above it are layout."""
        assert self.header is not None
        if not numeric_row(_figures_of_row(self.header, cells)):
            return
        blank = not any(is_number(cell) for cell in cells)
        later = (grid.row(r) for r in range(row + 1, grid.row_count))
        figures = (_figures_of_row(self.header, cells) for cells in later)
        if blank and any(numeric_row(r) and any(is_number(c) for c in r) for r in figures):
            return
        codes = [column.key for column in self.header.columns]
        certain = is_aligned(self.header, grid, row, cells)
        if not certain:
            self.tables.findings.append(notices.uncertain_row("行政复议、行政诉讼", codes))
        for column in self.header.columns:
            label = _CHALLENGES[column.key.rpartition(".")[0]]
            self._take_cell(column.key, label, row, column, cells, certain=certain)
        self._stray_values(cells)

    def _take_cell(
        self, code: str, label: str, row: int, column: Column, cells: Sequence[Cell], *, certain: bool
    ) -> None:
        assert self.header is not None
        under = [cell for cell in cells if covers(cell, column)]
        if not under:
            return
        if not vocabulary(self.header.table_id).has_cell(code, column.forms):
            if any(is_number(cell) for cell in under):
                self.tables.findings.append(
                    notices.unknown_column(self.header.table_id, column.header, [squash(c.text) for c in under])
                )
            return
        filled = [cell for cell in under if squash(cell.text)]
        cell = (filled or under)[0]
        within = column.start <= cell.column and cell.end_column <= column.end
        shared = not within and any(other is not column and covers(cell, other) for other in self.header.columns)
        certain = certain and column.certain and len(filled) < 2 and not shared and cell.row == row
        raw = "|".join(c.text for c in filled) if len(filled) > 1 else cell.text
        stated = [unit for unit in (printed_unit(label), column.printed_unit, self.unit) if unit]
        self._record(Figure(code, None, raw, "unsure", str(cell.locator)), f"{label} {column.header}", stated, certain)

    def _record(self, figure: Figure, label: str, stated_units: Sequence[str], certain: bool) -> None:
        """Read the text of a figure; ``stated_units`` are those that row, column and caption state, nearest first."""
        assert self.header is not None
        code, raw = figure.code, figure.raw
        unit = vocabulary(self.header.table_id).units[code]
        stated = list(dict.fromkeys(stated_units if unit in _MONEY else ()))
        parsed = parse_number(
            raw, unit=unit, printed_unit=next(iter(stated), None), change=code.endswith(_CHANGE_COLUMN)
        )
        findings = self.tables.findings
        value = parsed.value
        typed = next((money for money in ("亿元", *_MONEY) if squash(raw).endswith(money)), None)
        certain = certain and (value is None or typed is not None or len(stated) < 2)
        printed = typed or next(iter(stated), unit)
        if parsed.reading == "text":
            findings.append(notices.not_a_number(code, label, raw))
        elif parsed.reading == "unsure" or (not certain and value is not None):
            findings.append(notices.doubtful_number(code, label, raw, value))
        elif value is not None and printed != unit and unit in _MONEY:
            findings.append(notices.other_unit(code, printed, unit, raw, value))
        is_sure = certain and parsed.reading in {"reported", "blank"}
        status: FigureStatus = "unsure" if not is_sure else "blank" if parsed.reading == "blank" else "reported"
        keep_figure(self.tables.figures, findings, replace(figure, value=value, status=status))
        if self.years:
            self.tables.caption_years[code] = self.years

    def _stray_values(self, cells: Sequence[Cell]) -> None:
        """Numbers under no column of the header."""
        assert self.header is not None
        for cell in cells:
            under = any(covers(cell, column) for column in self.header.columns)
            if not under and cell.column >= self.header.first_column and is_number(cell):
                self.unknown_columns.setdefault(cell.column, []).append(squash(cell.text))

    def _unknown_row(self, label: str, values: Sequence[Cell]) -> None:
        self.is_unknown = True
        assert self.header is not None
        self.tables.findings.append(
            notices.unknown_row(self.header.table_id, label, [squash(cell.text) for cell in values])
        )

    def _report_unknown_columns(self) -> None:
        if self.header is not None:
            for column in sorted(self.unknown_columns):
                values = self.unknown_columns[column]
                self.tables.findings.append(notices.unknown_column(self.header.table_id, "", values))
        self.unknown_columns.clear()


def _figures_of_row(header: Header, cells: Sequence[Cell]) -> list[Cell]:
    """The cells of a row of table 4 without a label left of the columns that says no more than 件数."""
    return [c for c in cells if c.end_column > header.first_column or not _COUNT.fullmatch(squash(c.text))]


def _needs_group(line: KnownLine) -> bool:
    """A label as short as 3.其他 says nothing without the group it stands in."""
    return len(label_key(line.label)) <= 2 and len(line.groups) > 1


def _only_text(cells: Sequence[Cell]) -> list[str]:
    """The text of a row that holds nothing else: a caption inside the table."""
    filled = [cell for cell in cells if squash(cell.text)]
    return [cell.text for cell in filled if len(filled) == 1 and not is_number(cell)]
