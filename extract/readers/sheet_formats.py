"""How workbooks show values: number formats, and text that is struck out or raised.

The number formats are those of ECMA-376 part 1, 18.8.30 and 18.8.31; the records of XLS those of [MS-XLS] 2.4.
"""

import re
import struct
from collections.abc import Iterable
from dataclasses import dataclass

from extract.readers.packages import Element

# Formats with a number of their own; those left out (dates, %, currency) do not show the plain number.
_ACCOUNTING = '_ * #,##0{0}_ ;_ * -#,##0{0}_ ;_ * "-"_ ;_ @_ '
_BUILT_IN = {
    0: "General", 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 41: _ACCOUNTING.format(""),
    43: _ACCOUNTING.format(".00"), 49: "@",
}  # fmt: skip
_OTHER = "?"
_TOKEN = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]|.', re.DOTALL)
# A blank as wide as a character, filling, a language, a colour that can be read: no part of what is shown.
_SILENT = re.compile(r"_.|\*.|\[\$-[0-9a-f]+\]|\[(?:black|blue|green|magenta|red)\]|\s|\\\s", re.IGNORECASE)
_NUMBER = re.compile(r"(-?)(?:(?P<general>general|g/通用格式)|(?:[#?]+,)?[#?]*([#?0])(?:\.([0#?]+))?)", re.IGNORECASE)
_SECTIONS = 4

_FONT, _FORMAT, _XF = 0x0031, 0x041E, 0x00E0
_OLDER_VERSION = 0x0500


@dataclass(frozen=True)
class CellStyles:
    """Of each cell style of a workbook, in its order: the number format, and whether the text is struck out."""

    formats: tuple[str, ...] = ()
    struck: tuple[bool, ...] = ()

    def format(self, style: int) -> str:
        """The number format of a style; of one that is not there, the usual one."""
        return self.formats[style] if style < len(self.formats) else _BUILT_IN[0]

    def is_struck(self, style: int) -> bool:
        """Whether a style strikes out what the cell shows."""
        return style < len(self.struck) and self.struck[style]


def shows_value(code: str, value: object) -> bool:
    """Whether a number format shows a value as it is stored, but for commas and noughts after the point."""
    sections = _sections(code)
    words = sections.pop() if len(sections) > 1 and (len(sections) == _SECTIONS or "@" in sections[-1]) else None
    if isinstance(value, str):
        words = sections[0] if words is None and "@" in sections[0] else words
        return not value or words is None or words in {"@", "General"}
    if isinstance(value, bool) or not isinstance(value, int | float):
        return True
    place = 2 if value == 0 else 1 if value < 0 else 0
    own_section = place < len(sections)
    section = sections[place if own_section else 0]
    if section == "@" and len(sections) == 1:
        return True
    found = _NUMBER.fullmatch(section)
    if found is None or found[1] != ("-" if value < 0 and own_section else ""):
        return False
    return found["general"] is not None or _shows_digits(abs(value), found[3], len(found[4] or ""))


def _shows_digits(value: float, last: str, places: int) -> bool:
    """Whether so many decimal places are enough, and a nought before the point is shown where there is one."""
    return float(f"{value:.{places}f}") == float(f"{value:.15g}") and (last == "0" or value >= 1)


def _sections(code: str) -> list[str]:
    """The parts of a number format (positive; negative; nought; text) without what is not shown."""
    sections = [""]
    for token in _TOKEN.findall(code):
        if token[0] == ";":
            sections.append("")
        elif not _SILENT.fullmatch(token):
            sections[-1] += token.strip('"') if token[0] == '"' else token[-1] if token[0] == "\\" else token
    return sections


def xlsx_styles(styles: Element) -> CellStyles:
    """The cell styles that ``styles.xml`` defines."""
    own = {_whole(e.get("numFmtId")): e.get("formatCode") or "" for e in styles.iterfind("{*}numFmts/{*}numFmt")}
    fonts = [_is_on(font, "strike") for font in styles.iterfind("{*}fonts/{*}font")]
    pairs = [(_whole(xf.get("fontId")), _whole(xf.get("numFmtId"))) for xf in styles.iterfind("{*}cellXfs/{*}xf")]
    return _cell_styles(pairs, own, dict(enumerate(fonts)))


def is_set_apart(text: Element) -> bool:
    """Whether a text of XLSX (``si``, ``is``) has a run that is struck out, raised or lowered."""
    raised = (place.get("val") != "baseline" for place in text.iterfind("{*}r/{*}rPr/{*}vertAlign"))
    return any(raised) or any(_is_on(look, "strike") for look in text.iterfind("{*}r/{*}rPr"))


def xls_styles(records: Iterable[tuple[int, bytes]]) -> CellStyles:
    """The cell styles that the records of the whole workbook define."""
    own: dict[int, str] = {}
    fonts: list[bool] = []
    pairs: list[tuple[int, int]] = []
    is_older = False
    for kind, content in records:
        if len(content) < 4:
            continue
        first, second = struct.unpack_from("<HH", content)
        if kind == 0x0809:
            is_older = first <= _OLDER_VERSION
        elif kind == _FONT:
            fonts.append(bool(second & 0x08))
        elif kind == _XF:
            pairs.append((first, second))
        elif kind == _FORMAT:
            own[first] = _format_text(content, is_older=is_older)
    # There is no font 4: the fifth font bears the number 5.
    return _cell_styles(pairs, own, {number + (number > 3): struck for number, struck in enumerate(fonts)})


def _format_text(content: bytes, *, is_older: bool) -> str:
    if is_older:
        return content[3:].decode("gbk", "replace")
    return content[5:].decode("utf-16-le" if content[4:5] == b"\x01" else "latin-1", "replace")


def _cell_styles(pairs: list[tuple[int, int]], own: dict[int, str], struck: dict[int, bool]) -> CellStyles:
    """``pairs``: the font and the number format of each style."""
    formats = tuple(own.get(number, _BUILT_IN.get(number, _OTHER)) or _BUILT_IN[0] for _, number in pairs)
    return CellStyles(formats, tuple(struck.get(font, False) for font, _ in pairs))


def _is_on(look: Element, tag: str) -> bool:
    found = look.find("{*}" + tag)
    return found is not None and found.get("val") not in {"0", "false"}


def _whole(number: str | None) -> int:
    return int(number) if number is not None and number.isascii() and number.isdigit() and len(number) < 6 else 0
