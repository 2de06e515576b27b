"""Indicator tables (指标 | 单位 | 数量): the form of 2014 by label and part, and local tables kept as quantities."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from extract import notices
from extract.document import Cell, Grid
from extract.figures import doubt, keep_figure
from extract.indicator_amounts import read_amount, read_quantity
from extract.indicator_columns import ValueColumn
from extract.indicator_labels import (
    TABLE_ID,
    Indicator,
    codes,
    find_indicators,
    find_mistyped,
    find_part,
    is_local,
    is_subject,
    opens_chapter,
    parts,
)
from extract.indicator_rows import Row, RowReader, is_indicator_table, is_number, known_rows
from extract.labels import squash
from extract.report import Figure, FigureStatus, Finding, Quantity

# So many rows of the form make a table the form's, whatever else stands in it; a short one must be mostly the form's.
_SURELY_THE_FORM = 40
_LARGELY_THE_FORM = 20
_LEAST_OF_THE_FORM = 5
_FIRST_YEAR = 2014
# So many headings with unit and figure, and as many indicators with the dashes of a heading: the labels have slipped.
_SLIPPED = 2


@dataclass
class IndicatorReading:
    """What the indicator tables of a document say: figures of the form of 2014, all else as quantities.

    ``caption_years`` are the years that caption or column header name, by code; ``is_local`` tells whether a table of
    a place's own was among them, ``is_the_form`` whether one of the form was.
    """

    figures: dict[str, Figure] = field(default_factory=dict)
    quantities: list[Quantity] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    caption_years: dict[str, frozenset[int]] = field(default_factory=dict)
    is_local: bool = False
    is_the_form: bool = False


class IndicatorTables:
    """Takes the indicator tables of a document in reading order; read when all of their parts are there."""

    def __init__(self) -> None:
        self._tables: list[list[Row]] = []
        self._reader: RowReader | None = None

    def __bool__(self) -> bool:
        return any(self._tables)

    def take(self, grid: Grid, lines: Sequence[str]) -> bool:
        """Keep a grid if it is an indicator table or goes on with one; ``lines`` stand above it, below the last."""
        goes_on = self._reader is not None and (known_rows(grid) > 0 or _is_on_the_subject(grid))
        if not goes_on and not is_indicator_table(grid):
            self._reader = None
            return False
        if self._reader is None:
            self._reader = RowReader()
            self._tables.append([])
        self._tables[-1] += self._reader.rows(grid, lines)
        return True

    def leave(self) -> None:
        """A table of another kind stands between: what comes next goes on with none."""
        self._reader = None

    def read(self, year: int | None) -> IndicatorReading:
        """Read all tables taken, in a report for ``year``."""
        reading = IndicatorReading()
        for rows in self._tables:
            if _is_the_form(rows, year):
                reading.is_the_form = True
                _FormReader(reading, year).read(rows)
            elif quantities := [quantity for row in rows for quantity in _quantities(row)]:
                reading.is_local = True
                reading.quantities += quantities
                reading.findings.append(notices.local_table(quantities))
        return reading


def _is_on_the_subject(grid: Grid) -> bool:
    """Whether a grid without known labels may go on with the table above: label, figure, and the same subject."""
    labelled = (row for row in map(grid.row, range(grid.row_count)) if row and is_subject(row[0].text))
    return any(len(row[0].text) < 60 and any(is_number(cell) for cell in row[1:]) for row in labelled)


def _is_the_form(rows: Sequence[Row], year: int | None) -> bool:
    """Whether the rows are those of the form of 2014, not of a local table that has some labels in common with it."""
    labels = [row.label.text for row in rows if row.label is not None]
    known = {found for label in labels if (found := find_indicators(label))}
    if len(known) >= _SURELY_THE_FORM:
        return True
    if any(map(is_local, labels)) or (year is not None and year < _FIRST_YEAR):
        return False
    counted = [row for row in rows if row.label is not None and (row.has_numbers or row.unit is not None)]
    return len(known) >= _LARGELY_THE_FORM or len(known) >= max(_LEAST_OF_THE_FORM, len(counted) / 2)


def _quantities(row: Row, taken: ValueColumn | None = None) -> Iterator[Quantity]:
    """The figures of a row but that of the column taken. A blank is one where the row states a unit."""
    for column in row.layout.values:
        cells = row.under(column) if column is not taken else []
        filled = [cell for cell in cells if squash(cell.text)]
        for cell in filled or cells[:1]:
            if is_number(cell) or row.unit is not None or _is_worded(cell):
                value = read_quantity(cell.text, row.unit)
                label = "/".join(row.path)
                yield Quantity(label, column.header, row.unit or "", value, cell.text, str(cell.locator))


def _is_worded(cell: Cell) -> bool:
    return any(character.isalnum() for character in cell.text)


class _FormReader:
    """Reads the rows of a table of the form of 2014."""

    def __init__(self, reading: IndicatorReading, year: int | None) -> None:
        self._reading = reading
        self._year = year
        self._part: str | None = None
        self._is_lost = False
        self._after_loose = False
        self._last = ""
        self._previous: str | None = None
        self._slipped = [0, 0]
        self._other_units: list[tuple[str, str, str]] = []

    def read(self, rows: Sequence[Row]) -> None:
        """Read all rows; findings on columns and units come once for the table."""
        before = len(self._reading.quantities)
        for row in rows:
            self._read_row(row)
        unclear = dict.fromkeys(row.layout.values for row in rows if row.layout.whole(self._year) is None)
        for values in unclear:
            self._reading.findings.append(notices.no_whole_column([value.header for value in values]))
        if min(self._slipped) >= _SLIPPED:
            self._reading.findings.append(notices.slipped_labels(list(self._reading.figures)))
            doubt(self._reading.figures, list(self._reading.figures))
        if beside := self._reading.quantities[before:]:
            self._reading.findings.append(notices.beside_the_form(beside))
        if self._other_units:
            self._reading.findings.append(notices.other_count_units(self._other_units))

    def _read_row(self, row: Row) -> None:
        if row.label is None:
            self._unlabelled(row)
            self._after_loose = True
            return
        self._read_labelled(row, row.label)
        self._after_loose = False

    def _read_labelled(self, row: Row, label: Cell) -> None:
        if row.is_after_text:
            self._is_lost = True
        indicator, certain = self._identify(row, label)
        self._slipped[0] += indicator is None and find_part(label.text) is not None and row.has_unit and row.has_numbers
        self._slipped[1] += indicator is not None and row.has_dashes_for_unit
        if indicator is None:
            self._without_cell(row, label)
            return
        column = row.layout.whole(self._year)
        self._reading.quantities += _quantities(row, column)
        if column is not None:
            self._take(row, label, indicator, column, certain=certain)

    def _unlabelled(self, row: Row) -> None:
        """Figures without a label: perhaps those of the labelled rows next to them (a row torn, labels slipped)."""
        self._is_lost = True
        printed = [squash(cell.text) for cell in row.cells if is_number(cell)]
        self._reading.findings.append(notices.unknown_row(TABLE_ID, "", printed))
        if self._previous is not None:
            self._doubt_torn(self._previous)

    def _doubt_torn(self, code: str) -> None:
        self._reading.findings.append(notices.torn_row([code]))
        doubt(self._reading.figures, [code])

    def _identify(self, row: Row, label: Cell) -> tuple[Indicator | None, bool]:
        """The indicator of a row, and whether it is certain; the part of the table that the row stands in goes on."""
        stated = next((part for cell in reversed(row.above) if (part := _part(cell.text))), None)
        part = stated or self._part
        candidates = find_indicators(label.text)
        if len(candidates) > 1:
            in_part = [indicator for indicator in candidates if indicator.part == part]
            return (self._next_in_part(in_part[0]) if len(in_part) == 1 else None), not self._is_lost
        found = candidates[0] if candidates else self._mistyped(label, part)
        if found is None:
            return None, False
        certain = stated is None or stated == found.part
        if not certain:
            self._reading.findings.append(notices.group_conflict(label.text, str(stated), [found.code]))
        self._part, self._is_lost, self._last = found.part, False, ""
        return found, certain

    def _next_in_part(self, found: Indicator) -> Indicator:
        """A row known by its part alone. Out of the form's order, the head of another part may be lost above it."""
        order = list(codes())
        if self._last and order.index(found.code) <= order.index(self._last):
            self._is_lost = True
        self._last = found.code
        return found

    def _mistyped(self, label: Cell, part: str | None) -> Indicator | None:
        """The indicator that a mistyped label means, where the part that the row stands in bears it out."""
        if find_part(label.text) is not None:
            return None
        found = find_mistyped(label.text)
        if found is None or (part is not None and found.part not in {part, _next_part(part)}):
            return None
        self._reading.findings.append(notices.bridged_label(TABLE_ID, label.text, found.label, [found.code]))
        return found

    def _without_cell(self, row: Row, label: Cell) -> None:
        """A heading, or a row of the place's own."""
        part = find_part(label.text)
        self._previous = None
        if part is not None:
            self._part, self._is_lost, self._last = part, False, ""
        elif opens_chapter(label.text):
            self._part = None
        self._reading.quantities += _quantities(row)

    def _take(self, row: Row, label: Cell, indicator: Indicator, column: ValueColumn, *, certain: bool) -> None:
        cells = row.under(column)
        if not cells:
            self._reading.findings.append(notices.uncertain_row(label.text, [indicator.code]))
            doubt(self._reading.figures, [indicator.code])
            return
        if not row.is_aligned():
            self._reading.findings.append(notices.uncertain_row(label.text, [indicator.code]))
            certain = False
        filled = [cell for cell in cells if squash(cell.text)]
        cell = (filled or cells)[0]
        raw = "|".join(one.text for one in filled) if len(filled) > 1 else cell.text
        figure = Figure(indicator.code, None, raw, "unsure", str(cell.locator))
        self._record(figure, indicator, label.text, row.unit, certain=certain)
        if self._after_loose:
            self._doubt_torn(indicator.code)
        self._previous = indicator.code
        if years := column.years or row.years:
            self._reading.caption_years[indicator.code] = years

    def _record(self, figure: Figure, indicator: Indicator, label: str, printed: str | None, *, certain: bool) -> None:
        """Read the text of a figure, in the unit that the row states."""
        amount = read_amount(figure.raw, indicator.unit, printed)
        parsed, findings = amount.parsed, self._reading.findings
        if parsed.reading == "text":
            findings.append(notices.not_a_number(indicator.code, label, figure.raw))
        elif parsed.reading == "unsure" or (not certain and parsed.value is not None):
            findings.append(notices.doubtful_number(indicator.code, label, figure.raw, parsed.value))
        elif amount.printed != indicator.unit and parsed.value is not None:
            findings.append(
                notices.other_unit(indicator.code, amount.printed, indicator.unit, figure.raw, parsed.value)
            )
        if printed is not None and not amount.is_same_unit:
            self._other_units.append((indicator.code, printed, indicator.unit))
        is_sure = certain and parsed.reading in {"reported", "blank"}
        status: FigureStatus = "unsure" if not is_sure else "blank" if parsed.reading == "blank" else "reported"
        keep_figure(self._reading.figures, findings, replace(figure, value=parsed.value, status=status))


def _part(text: str) -> str | None:
    """The part of the table that a label on the left names, a heading's or an indicator's."""
    candidates = find_indicators(text)
    return candidates[0].part if len(candidates) == 1 else find_part(text)


def _next_part(part: str) -> str | None:
    known = parts()
    at = known.index(part) + 1
    return known[at] if at < len(known) else None
