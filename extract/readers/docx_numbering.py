"""The numbers that Word puts before paragraphs by itself: 一、 of a heading is often not typed."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from extract.readers.docx_text import VAL, W
from extract.readers.packages import Element

_DIGITS = "零一二三四五六七八九"
_CHINESE = frozenset([
    "chineseCounting", "chineseCountingThousand", "ideographDigital", "japaneseCounting", "japaneseDigitalTenThousand",
    "taiwaneseCounting", "taiwaneseCountingThousand",
])  # fmt: skip
_UNNUMBERED = frozenset(["bullet", "none"])
_LEVELS = 9


@dataclass(frozen=True, slots=True)
class _Level:
    style: str
    text: str
    start: int


@dataclass
class Numbering:
    """The lists of a document, and how far each has been counted.

    ``lists`` maps a list's id to (its family, its levels): lists of one family are counted on together; ``styles``
    maps a paragraph style to its list's id and level.
    """

    lists: Mapping[str, tuple[str, Mapping[int, _Level]]] = field(default_factory=dict)
    styles: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    counts: dict[str, dict[int, int]] = field(default_factory=dict)

    def next_number(self, paragraph: Element) -> str:
        """The number that stands before the next paragraph in reading order (``二、``), ``""`` where it has none."""
        if not self.lists:
            return ""
        number, level = self._place(paragraph)
        family, levels = self.lists.get(number, ("", {}))
        if level not in levels:
            return ""
        counts = self.counts.setdefault(family, {})
        counts[level] = counts.get(level, levels[level].start - 1) + 1
        for deeper in range(level + 1, _LEVELS):
            counts.pop(deeper, None)
        if levels[level].style in _UNNUMBERED:
            return ""
        return re.sub(r"%([1-9])", lambda match: _shown(int(match[1]) - 1, levels, counts), levels[level].text)

    def _place(self, paragraph: Element) -> tuple[str, int]:
        """The list and level of a paragraph: its own, else its style's."""
        properties = paragraph.find(W + "pPr")
        if properties is None:
            return "", 0
        style = properties.find(W + "pStyle")
        inherited = self.styles.get((style.get(VAL) or "") if style is not None else "", ("", 0))
        own = properties.find(W + "numPr")
        return inherited if own is None else _list_and_level(own, inherited)


def read_numbering(numbering: Element, styles: Element | None) -> Numbering:
    """The lists that ``numbering.xml`` defines, and the styles that use them."""
    abstract = {e.get(W + "abstractNumId") or "": _levels(e) for e in numbering.iterfind(W + "abstractNum")}
    lists = {}
    for number in numbering.iterfind(W + "num"):
        family = _value(number, "abstractNumId")
        name = number.get(W + "numId") or ""
        # A list with levels of its own is counted for itself.
        overrides = {level: found for e in number.iterfind(W + "lvlOverride") for level, found in _levels(e).items()}
        restarts = number.find(f"{W}lvlOverride/{W}startOverride") is not None
        lists[name] = (f"{family}/{name}" if restarts else family, {**abstract.get(family, {}), **overrides})
    return Numbering(lists, _numbered_styles(styles) if styles is not None else {})


def _levels(element: Element) -> dict[int, _Level]:
    return {
        int(level.get(W + "ilvl") or 0): _Level(
            _value(level, "numFmt"), _value(level, "lvlText"), int(_value(level, "start") or 1)
        )
        for level in element.iterfind(W + "lvl")
        if (level.get(W + "ilvl") or "0").isdecimal() and (_value(level, "start") or "1").isdecimal()
    }


def _numbered_styles(styles: Element) -> dict[str, tuple[str, int]]:
    found = {}
    for style in styles.iterfind(W + "style"):
        own = style.find(f"{W}pPr/{W}numPr")
        if own is not None:
            found[style.get(W + "styleId") or ""] = _list_and_level(own, ("", 0))
    return found


def _list_and_level(properties: Element, inherited: tuple[str, int]) -> tuple[str, int]:
    number, level = _value(properties, "numId"), _value(properties, "ilvl")
    return number or inherited[0], int(level) if level.isdecimal() else inherited[1]


def _value(element: Element, tag: str) -> str:
    found = element.find(W + tag)
    return (found.get(VAL) or "") if found is not None else ""


def _shown(level: int, levels: Mapping[int, _Level], counts: Mapping[int, int]) -> str:
    if level not in levels:
        return ""
    count = counts.get(level, levels[level].start)
    if levels[level].style in _CHINESE and 0 < count < 100:
        tens, ones = divmod(count, 10)
        return ("" if tens < 2 else _DIGITS[tens]) + "十" * (tens > 0) + (_DIGITS[ones] if ones or not tens else "")
    return str(count)
