"""What a workbook's own bytes say that the library that reads its values does not: what is hidden, what has no result,
and how the values are shown.

XLSX is looked up in its XML, XLS in its records ([MS-XLS] 2.4).
"""

import io
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

import olefile

from extract.errors import UnreadableFile
from extract.readers.packages import Element, Package
from extract.readers.sheet_formats import CellStyles, is_set_apart, xls_styles, xlsx_styles

_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"
_ADDRESS = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")

# Records of XLS.
_FORMULA, _BOOLERR, _ROW, _COLINFO, _WINDOW2, _BOF, _BOUNDSHEET, _FILEPASS = (
    0x0006, 0x0205, 0x0208, 0x007D, 0x023E, 0x0809, 0x0085, 0x002F,
)  # fmt: skip
_CELLS = frozenset([_FORMULA, _BOOLERR, 0x0203, 0x0204, 0x027E, 0x00FD, 0x00BD])
_BLANK, _MULTIPLE_BLANK = 0x0201, 0x00BE
_BLANKS = frozenset([_BLANK, _MULTIPLE_BLANK])
_MULTIPLE_NUMBER = 0x00BD
_ERROR_RESULT = 2


@dataclass
class SheetFacts:
    """Of one sheet, rows and columns counted from 0: how far it goes, what it hides, whose value is doubtful."""

    rows: int = 0
    columns: int = 0
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    doubtful: set[tuple[int, int]] = field(default_factory=set)
    """Formulas without a result or with an error for it (the library gives both as blank), and struck out text."""
    formats: dict[tuple[int, int], str] = field(default_factory=dict)
    """The number formats of the cells with a value."""
    framed: dict[int, int] = field(default_factory=dict)
    """Rows with cells that are only formatted (framed, as a rule), and up to which column they go."""
    hides_noughts: bool = False

    def extend(self, row: int, column: int) -> None:
        """Note that there is a cell."""
        self.rows, self.columns = max(self.rows, row + 1), max(self.columns, column + 1)


def column_name(column: int) -> str:
    """``A`` for 0, ``AA`` for 26."""
    name = ""
    while column >= 0:
        name, column = chr(ord("A") + column % 26) + name, column // 26 - 1
    return name


def xlsx_facts(body: bytes, name: str) -> dict[str, SheetFacts]:
    """The facts of each sheet by its name. Raises :class:`UnreadableFile` for a damaged or oversized package."""
    package = Package(body, name)
    main = package.target("officeDocument") or "xl/workbook.xml"
    styles = [xlsx_styles(package.xml(part)) for part in package.targets(main, "styles")[:1]]
    # Read in any case, for its limits.
    strings = [package.xml(part) for part in package.targets(main, "sharedStrings")[:1]]
    texts = (text for part in strings for text in part.iterchildren("{*}si"))
    set_apart = frozenset(str(number) for number, text in enumerate(texts) if is_set_apart(text))
    looks = _Looks(styles[0] if styles else CellStyles(), set_apart)
    book, parts = package.xml(main), package.relations(main)
    recalculated = any(_is_on(e, "fullCalcOnLoad") for e in book.iter("{*}calcPr"))
    facts = {}
    for sheet in book.iter("{*}sheet"):
        part = parts.get(sheet.get(_RELATION) or sheet.get(_STRICT_RELATION) or "")
        if part is not None:
            facts[str(sheet.get("name"))] = _xlsx_sheet(package.xml(part), looks, recalculated=recalculated)
    return facts


@dataclass(frozen=True)
class _Looks:
    """What a workbook of XLSX defines for all its sheets."""

    styles: CellStyles
    set_apart: frozenset[str]
    """Numbers of the shared texts of which a part is struck out or raised."""

    def note(self, cell: Element, place: tuple[int, int], facts: SheetFacts) -> None:
        """Note how a cell is shown."""
        stated = cell.get("s") or "0"
        style = int(stated) if stated.isdecimal() and len(stated) < 6 else 0
        facts.formats[place] = self.styles.format(style)
        inline = cell.find("{*}is")
        is_shared = cell.get("t") == "s" and (cell.findtext("{*}v") or "").strip() in self.set_apart
        if self.styles.is_struck(style) or is_shared or (inline is not None and is_set_apart(inline)):
            facts.doubtful.add(place)


def _xlsx_sheet(sheet: Element, looks: _Looks, *, recalculated: bool) -> SheetFacts:
    """``recalculated``: the results in the file are not those that a program shows, which works them out anew."""
    facts = SheetFacts()
    facts.hides_noughts = any(view.get("showZeros") in {"0", "false"} for view in sheet.iter("{*}sheetView"))
    number = 0
    for row in sheet.iter("{*}row"):
        stated = row.get("r") or ""
        number = int(stated) if stated.isdecimal() and len(stated) < 8 else number + 1
        if _is_on(row, "hidden"):
            facts.hidden_rows.add(number - 1)
        for position, cell in enumerate(row.iterchildren("{*}c")):
            column = _column(cell.get("r") or "", position)
            if len(cell):
                facts.extend(number - 1, column)
                looks.note(cell, (number - 1, column), facts)
            else:
                facts.framed[number - 1] = column
            has_formula, value = cell.find("{*}f") is not None, cell.findtext("{*}v")
            is_string = cell.get("t") == "str"
            if cell.get("t") == "e" or (has_formula and (recalculated or (not value and not is_string))):
                facts.doubtful.add((number - 1, column))
    for columns in sheet.iter("{*}col"):
        if _is_on(columns, "hidden"):
            first, last = int(columns.get("min") or 1), int(columns.get("max") or 1)
            facts.hidden_columns.update(range(first - 1, min(last, facts.columns)))
    return facts


def _is_on(element: Element, attribute: str) -> bool:
    return element.get(attribute) in {"1", "true"}


def _column(address: str, position: int) -> int:
    """The column of a cell's address; cells without one stand side by side."""
    letters = _ADDRESS.fullmatch(address)
    number = 0
    for letter in letters[1] if letters else "":
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1 if letters else position


def xls_facts(body: bytes, name: str) -> list[SheetFacts]:
    """The facts of each sheet in the order of the file. Raises :class:`UnreadableFile` for what is no workbook."""
    try:
        with olefile.OleFileIO(io.BytesIO(body)) as compound:
            stream = compound.openstream("Workbook" if compound.exists("Workbook") else "Book").read()
    except Exception as error:  # olefile raises whatever its reading of a damaged file meets
        raise UnreadableFile(name, "damaged", f"the file is damaged (cut short?): {error}") from error
    starts = []
    for kind, content in _records(stream, 0):
        if kind == _FILEPASS:
            raise UnreadableFile(name, "encrypted", "the file is protected by a password")
        if kind == _BOUNDSHEET and len(content) >= 4:
            starts.append(struct.unpack_from("<I", content)[0])
    styles = xls_styles(_records(stream, 0))
    return [_xls_sheet(stream, start, styles) for start in starts]


def _records(stream: bytes, position: int) -> Iterator[tuple[int, bytes]]:
    """The records of one part of a workbook, up to the end of the part."""
    depth = 0
    while position + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, position)
        yield kind, stream[position + 4 : position + 4 + length]
        depth += (kind == _BOF) - (kind == 0x000A)
        if depth <= 0:
            return
        position += 4 + length


def _xls_sheet(stream: bytes, start: int, styles: CellStyles) -> SheetFacts:
    facts = SheetFacts()
    for kind, content in _records(stream, start):
        if kind in _CELLS and len(content) >= 6:
            row, column = struct.unpack_from("<HH", content)
            facts.extend(row, column)
            for place, style in _styles_of(kind, content):
                facts.formats[place] = styles.format(style)
                if styles.is_struck(style) or _has_no_value(kind, content):
                    facts.doubtful.add(place)
        elif kind in _BLANKS and len(content) >= 6:
            row, column = struct.unpack_from("<HH", content)
            facts.framed[row] = column if kind == _BLANK else struct.unpack_from("<H", content, len(content) - 2)[0]
        elif kind == _ROW and len(content) >= 16 and content[12] & 0x20:
            facts.hidden_rows.add(struct.unpack_from("<H", content)[0])
        elif kind == _COLINFO and len(content) >= 10 and content[8] & 1:
            first, last = struct.unpack_from("<HH", content)
            facts.hidden_columns.update(range(first, min(last, 255) + 1))
        elif kind == _WINDOW2 and len(content) >= 2:
            facts.hides_noughts = not content[0] & 0x10
    return facts


def _styles_of(kind: int, content: bytes) -> Iterator[tuple[tuple[int, int], int]]:
    """The places of the cells in a record, and the numbers of their styles."""
    row, column, style = struct.unpack_from("<HHH", content)
    yield (row, column), style
    if kind == _MULTIPLE_NUMBER:  # row, column, (style, number of 4 bytes) ..., last column
        for place, start in enumerate(range(10, len(content) - 7, 6), start=column + 1):
            yield (row, place), struct.unpack_from("<H", content, start)[0]


def _has_no_value(kind: int, content: bytes) -> bool:
    """Whether a cell holds an error, or a formula whose result is one."""
    if kind == _BOOLERR:
        return len(content) >= 8 and content[7] == 1
    return kind == _FORMULA and len(content) >= 14 and content[12:14] == b"\xff\xff" and content[6] == _ERROR_RESULT
