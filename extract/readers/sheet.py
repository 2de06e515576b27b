"""Workbooks (XLSX, XLS) to Document: what the visible sheets show, table by table."""

import datetime
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import python_calamine

from extract.document import Block, Cell, Document, Grid, Locator, Text
from extract.errors import UnreadableFile
from extract.formats import file_format
from extract.headers import find_header
from extract.headings import is_report_heading
from extract.labels import squash
from extract.readers import DOUBT, MOST_PLACES
from extract.readers.sheet_facts import SheetFacts, column_name, xls_facts, xlsx_facts
from extract.readers.sheet_formats import shows_value
from extract.titles import read_title

_MOST_BYTES = 20 * 2**20
_MOST_SHEETS = 100
_MOST_BLANK_ROWS = 30
# A line of the narrative, where it fills one cell of a row, is longer than a label.
_LONGEST_LABEL = 60

Value = str | float | bool | datetime.date | datetime.time | datetime.timedelta


def read_sheet(body: bytes, name: str, *, title_hint: str | None = None) -> Document:
    """Read a workbook: hidden sheets, rows and columns left out, formulas by their results in the file.

    A formula without a result, or with an error for it, is a cell that is not certain. Raises :class:`UnreadableFile`
    where the workbook is damaged, encrypted, larger than any report's, or empty.
    """
    if len(body) > _MOST_BYTES:
        raise UnreadableFile(
            name, "too_large", f"a workbook of {len(body) >> 20} MB; up to {_MOST_BYTES >> 20} MB are read"
        )
    found = file_format(body)
    facts = _all_facts(body, name, is_xlsx=found == "xlsx")
    blocks = tuple(block for shown in _shown_sheets(body, name, facts) for block in _blocks(shown))
    if not blocks:
        raise UnreadableFile(name, "empty", "the sheets of the workbook are empty")
    return Document(blocks=blocks, reader=found, fallback_titles=(title_hint,) if title_hint else ())


def _all_facts(body: bytes, name: str, *, is_xlsx: bool) -> Callable[[int, str], SheetFacts]:
    """How to look up the facts of a sheet by its position and name; refuses workbooks beyond all measure."""
    by_name, in_order = (xlsx_facts(body, name), []) if is_xlsx else ({}, xls_facts(body, name))
    sheets = [*by_name.values(), *in_order]
    if len(sheets) > _MOST_SHEETS:
        raise UnreadableFile(name, "too_large", f"{len(sheets)} sheets: no report has so many")
    if any(sheet.rows * sheet.columns > MOST_PLACES * 10 for sheet in sheets):
        raise UnreadableFile(name, "too_large", "a sheet of the workbook is larger than any report's")
    if is_xlsx:
        return lambda _, sheet: by_name.get(sheet, SheetFacts())
    return lambda position, _: in_order[position] if position < len(in_order) else SheetFacts()


@dataclass(frozen=True)
class _Sheet:
    """What a sheet shows: the places that are left when the hidden ones are out, and what is merged there."""

    name: str
    rows: Sequence[int]
    columns: Sequence[int]
    texts: Sequence[Sequence[str]]
    framed: frozenset[int]
    """Places of the rows that are cells of a table though they may all be blank."""
    merged: Sequence[Cell]
    """Row and column as places in ``rows`` and ``columns``."""

    def locator(self, row: int, column: int) -> Locator:
        return Locator(sheet=self.name, cell=f"{column_name(self.columns[column])}{self.rows[row] + 1}")


def _shown_sheets(body: bytes, name: str, facts: Callable[[int, str], SheetFacts]) -> Iterator[_Sheet]:
    try:
        with python_calamine.load_workbook(io.BytesIO(body)) as book:
            for position, sheet in enumerate(book.sheets_metadata):
                if sheet.visible == python_calamine.SheetVisibleEnum.Visible and _is_worksheet(sheet):
                    yield _shown(book.get_sheet_by_index(position), facts(position, sheet.name))
    except python_calamine.PasswordError as error:
        raise UnreadableFile(name, "encrypted", "the file is protected by a password") from error
    except (KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:  # a panic of the library is no Exception
        raise UnreadableFile(name, "damaged", f"the workbook is damaged: {error}") from error


def _is_worksheet(sheet: python_calamine.SheetMetadata) -> bool:
    return bool(sheet.typ == python_calamine.SheetTypeEnum.WorkSheet)


def _shown(sheet: python_calamine.CalamineSheet, facts: SheetFacts) -> _Sheet:
    values = sheet.to_python(skip_empty_area=False)
    # The library ends the sheet with the last value: a formula without a result or a blank row of a table may follow.
    height = max([len(values), *(row + 1 for row, _ in facts.doubtful)])
    while height in facts.framed and height < len(values) + _MOST_BLANK_ROWS:
        height += 1
    width = max([*(len(row) for row in values[:1]), *(column + 1 for _, column in facts.doubtful), 0])
    rows = [row for row in range(height) if row not in facts.hidden_rows]
    columns = [column for column in range(width) if column not in facts.hidden_columns]
    texts = [[_shown_text(values, row, column, facts) for column in columns] for row in rows]
    framed = frozenset(place for place, row in enumerate(rows) if facts.framed.get(row, 0) > 0)
    return _Sheet(sheet.name, rows, columns, texts, framed, _merged(sheet.merged_cell_ranges or [], rows, columns))


def _merged(
    ranges: Sequence[tuple[tuple[int, int], tuple[int, int]]], rows: Sequence[int], columns: Sequence[int]
) -> list[Cell]:
    """Merged ranges as cells without text, as far as they are shown."""
    cells = []
    for (top, left), (bottom, right) in ranges:
        shown_rows = [place for place, row in enumerate(rows) if top <= row <= bottom]
        shown_columns = [place for place, column in enumerate(columns) if left <= column <= right]
        if shown_rows and shown_columns:
            cells.append(Cell(shown_rows[0], shown_columns[0], "", Locator(), len(shown_rows), len(shown_columns)))
    return cells


def _shown_text(values: Sequence[Sequence[Value]], row: int, column: int, facts: SheetFacts) -> str:
    value = values[row][column] if row < len(values) and column < len(values[row]) else ""
    is_hidden_nought = facts.hides_noughts and not isinstance(value, str) and value == 0
    is_changed = (row, column) in facts.formats and not shows_value(facts.formats[row, column], value)
    return _text(value) + (DOUBT if is_hidden_nought or is_changed or (row, column) in facts.doubtful else "")


def _text(value: Value) -> str:
    """A value as a sheet shows it by default: 21.0 as 21, no more than 15 digits."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return f"{value:.15g}"
    return "\n".join(filter(None, (" ".join(line.split()) for line in str(value).splitlines())))


def _blocks(sheet: _Sheet) -> Iterator[Block]:
    """Lines of text, and the tables between them; tables that follow each other directly are told by their headers."""
    covered = {
        (row, column): cell
        for cell in sheet.merged
        for row in range(cell.row, cell.row + cell.row_span)
        for column in range(cell.column, cell.end_column)
    }
    run: list[int] = []
    for row, texts in enumerate(sheet.texts):
        filled = [column for column, text in enumerate(texts) if text]
        line = texts[filled[0]] if len(filled) == 1 else ""
        is_line = _is_line(line) and covered.get((row, filled[0]), _SINGLE).row_span == 1
        if (filled and not is_line) or (run and not filled and row in sheet.framed):
            run.append(row)
            continue
        yield from _tables(sheet, run, covered)
        run = []
        if is_line:
            yield from (Text(part, sheet.locator(row, filled[0])) for part in line.split("\n"))
    yield from _tables(sheet, run, covered)


_SINGLE = Cell(0, 0, "", Locator())


def _is_line(text: str) -> bool:
    """Whether the only text in a row is a heading, a title or a paragraph, not the label of a row that is blank."""
    if not text:
        return False
    return is_report_heading(text) is not None or len(squash(text)) > _LONGEST_LABEL or read_title(text) is not None


def _tables(sheet: _Sheet, rows: Sequence[int], covered: dict[tuple[int, int], Cell]) -> Iterator[Block]:
    """A run of rows without a blank one as grids: each header of an official table begins another."""
    if not rows:
        return
    whole = _grid(sheet, rows, covered)
    if len({cell.column for cell in whole.cells if cell.text}) == 1:
        yield from (Text(cell.text, cell.locator) for cell in whole.cells if cell.text)
        return
    starts = [0]
    row = 0
    while row < len(rows):
        header = find_header(whole, row)
        if header is not None and row > starts[-1]:
            starts.append(row)
        row = max(header.end_row, row + 1) if header is not None else row + 1
    if len(starts) == 1:
        yield whole
        return
    for start, end in zip(starts, [*starts[1:], len(rows)], strict=True):
        yield _grid(sheet, rows[start:end], covered)


def _grid(sheet: _Sheet, rows: Sequence[int], covered: dict[tuple[int, int], Cell]) -> Grid:
    """The cells of some rows, as far to the left and right as there is text or a merged cell."""
    used = [
        column
        for row in rows
        for column, text in enumerate(sheet.texts[row])
        if text or ((row, column) in covered and _is_filled(sheet, covered[row, column]))
    ]
    first, last = min(used, default=0), max(used, default=0)
    cells: list[Cell] = []
    ragged = set()
    places = 0
    for number, row in enumerate(rows):
        for column in range(first, last + 1):
            text, around = sheet.texts[row][column], covered.get((row, column))
            locator = sheet.locator(row, column)
            if around is None:
                cells.append(Cell(number, column - first, text, locator))
            elif column == around.column and row == max(around.row, rows[0]):
                height = min(around.row + around.row_span, rows[-1] + 1) - row
                cells.append(Cell(number, column - first, text, locator, height, around.column_span))
            elif text:  # under a merged cell: not shown
                ragged.add(number)
            places += 1
        if places > MOST_PLACES:
            break
    return Grid(tuple(cells), frozenset(ragged))


def _is_filled(sheet: _Sheet, cell: Cell) -> bool:
    return bool(sheet.texts[cell.row][cell.column]) if cell.column < len(sheet.columns) else False
