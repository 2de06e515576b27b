"""What a workbook's own bytes say that the library that reads its values does not: what is hidden, what has no result.

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
_ERROR_RESULT = 2


@dataclass
class SheetFacts:
    """Of one sheet, rows and columns counted from 0: how far it goes, what it hides, whose value is doubtful."""

    rows: int = 0
    columns: int = 0
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    doubtful: set[tuple[int, int]] = field(default_factory=set)
    """Formulas without a result or with an error for it: the library gives both as blank."""
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
    for strings in package.targets(main, "sharedStrings"):
        package.read(strings)  # within limits
    book, parts = package.xml(main), package.relations(main)
    recalculated = any(_is_on(e, "fullCalcOnLoad") for e in book.iter("{*}calcPr"))
    facts = {}
    for sheet in book.iter("{*}sheet"):
        part = parts.get(sheet.get(_RELATION) or sheet.get(_STRICT_RELATION) or "")
        if part is not None:
            facts[str(sheet.get("name"))] = _xlsx_sheet(package.xml(part), recalculated=recalculated)
    return facts


def _xlsx_sheet(sheet: Element, *, recalculated: bool) -> SheetFacts:
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
    return [_xls_sheet(stream, start) for start in starts]


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


def _xls_sheet(stream: bytes, start: int) -> SheetFacts:
    facts = SheetFacts()
    for kind, content in _records(stream, start):
        if kind in _CELLS and len(content) >= 6:
            row, column = struct.unpack_from("<HH", content)
            facts.extend(row, column)
            if _has_no_value(kind, content):
                facts.doubtful.add((row, column))
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


def _has_no_value(kind: int, content: bytes) -> bool:
    """Whether a cell holds an error, or a formula whose result is one."""
    if kind == _BOOLERR:
        return len(content) >= 8 and content[7] == 1
    return kind == _FORMULA and len(content) >= 14 and content[12:14] == b"\xff\xff" and content[6] == _ERROR_RESULT
