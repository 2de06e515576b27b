"""Characters to words and lines, by pdfplumber's rules: gaps of three points part words, and lines."""

from collections.abc import Callable, Sequence
from itertools import groupby, pairwise
from operator import attrgetter, itemgetter
from typing import Any, NamedTuple, TypeVar

from extract.readers.pdf_page import Box, Char

_GAP = 3.0
_BOLD = 1.0
# Boxes that share so much of their height are of one line.
_LEAST_SHARED = 0.7
_X0, _TOP, _X1, _BOTTOM, _UPRIGHT = (Char._fields.index(field) for field in ("x0", "top", "x1", "bottom", "upright"))
_LIGATURES = {"ﬀ": "ff", "ﬃ": "ffi", "ﬄ": "ffl", "ﬁ": "fi", "ﬂ": "fl", "ﬆ": "st", "ﬅ": "st"}

T = TypeVar("T")


class _Word(NamedTuple):
    text: str
    x0: float
    top: float
    x1: float
    bottom: float


def without_doubles(chars: list[Char]) -> list[Char]:
    """The characters without those drawn again within a point, as is done to print bold."""
    if not _may_have_doubles(chars):
        return chars
    alike: dict[tuple[object, ...], list[Char]] = {}
    for char in chars:
        alike.setdefault((char.text, char.font, char.size, char.upright), []).append(char)
    doubles: set[int] = set()
    for same in alike.values():
        for line in _clusters(same, attrgetter("top"), _BOLD):
            for spot in _clusters(line, attrgetter("x0"), _BOLD):
                first = min(spot, key=attrgetter("top", "x0"))
                doubles.update(id(char) for char in spot if char is not first)
    return [char for char in chars if id(char) not in doubles]


def _may_have_doubles(chars: list[Char]) -> bool:
    """Whether two equal characters stand within a point of each other."""
    last_text, last_x0 = "", 0.0
    tops: list[float] = []
    for char in sorted(chars):
        text, x0, top = char[:3]
        if text != last_text or x0 > last_x0 + _BOLD:
            if len(tops) > 1 and _are_close(tops):
                return True
            tops = []
        tops.append(top)
        last_text, last_x0 = text, x0
    return _are_close(tops)


def _are_close(places: list[float]) -> bool:
    places.sort()
    return any(after - before <= _BOLD for before, after in pairwise(places))


def text_of(chars: Sequence[Char]) -> str:
    """The characters of a cell as text: words parted by blanks, lines by line feeds."""
    if len(chars) == 1:
        text = chars[0].text.strip()
        return _LIGATURES.get(text, text)
    words = _words(chars)
    if len(words) < 2:
        return words[0].text if words else ""
    lines = _clusters(words, attrgetter("top"), _GAP, in_order=True)
    return "\n".join(" ".join(word.text for word in line) for line in lines)


def lines_of(chars: Sequence[Char]) -> list[tuple[str, Box]]:
    """The lines of text that characters make, each with its box."""
    words = _words(chars)
    line_of = {id(word): n for n, line in enumerate(_clusters(words, attrgetter("top"), _GAP)) for word in line}
    lines: list[list[_Word]] = []
    for _, group in groupby(words, key=lambda word: line_of[id(word)]):
        line = list(group)
        if lines and _is_one_line(lines[-1], line):
            lines[-1] = sorted([*lines[-1], *line], key=attrgetter("x0"))
        else:
            lines.append(line)
    return [(" ".join(word.text for word in line), _box(line)) for line in lines]


def _is_one_line(above: Sequence[_Word], below: Sequence[_Word]) -> bool:
    """Whether words stand beside each other though their boxes begin at other heights: large digits in another font."""
    _, top, _, bottom = _box(above)
    _, next_top, _, next_bottom = _box(below)
    shared = min(bottom, next_bottom) - max(top, next_top)
    if shared < _LEAST_SHARED * min(bottom - top, next_bottom - next_top):
        return False
    return all(one.x1 <= other.x0 + 1 or other.x1 <= one.x0 + 1 for one in above for other in below)


def _words(chars: Sequence[Char]) -> list[_Word]:
    words: list[_Word] = []
    for upright, group in groupby(chars, key=itemgetter(_UPRIGHT)):
        for line in _clusters(list(group), itemgetter(_TOP if upright else _X0), _GAP):
            line.sort(key=itemgetter(_X0 if upright else _TOP))
            words += _words_of_line(line, upright=upright)
    return words


def _words_of_line(line: Sequence[Any], *, upright: bool) -> list[_Word]:
    """The words of one line; where characters are turned, the line runs down the page."""
    start, end, across = (_X0, _X1, _TOP) if upright else (_TOP, _BOTTOM, _X0)
    words: list[list[Char]] = [[]]
    for char in line:
        if char[0].isspace():
            words.append([])
            continue
        if words[-1]:
            last = words[-1][-1]
            if char[start] - last[end] > _GAP or abs(char[across] - last[across]) > _GAP:
                words.append([])
        words[-1].append(char)
    return [_word(word) for word in words if word]


def _word(chars: Sequence[Char]) -> _Word:
    if len(chars) == 1:
        char = chars[0]
        return _Word(_LIGATURES.get(char.text, char.text), *char[1:5])
    return _Word("".join(_LIGATURES.get(char.text, char.text) for char in chars), *_box(chars))


def _box(parts: Sequence[Any]) -> Box:
    _, x0, top, x1, bottom, *_ = zip(*parts, strict=True)
    return min(x0), min(top), max(x1), max(bottom)


def _clusters(items: Sequence[T], key: Callable[[T], float], gap: float, *, in_order: bool = False) -> list[list[T]]:
    """Items parted where the next greater key is more than the gap away; sorted by key, or else as they came."""
    if len(items) < 2:
        return [list(items)] if items else []
    ordered = sorted(items, key=key)
    keys = [key(item) for item in ordered]
    if keys[-1] - keys[0] <= gap:
        return [list(items) if in_order else ordered]
    clusters = [[ordered[0]]]
    for place in range(1, len(ordered)):
        if keys[place] - keys[place - 1] > gap:
            clusters.append([])
        clusters[-1].append(ordered[place])
    if in_order:
        position = {id(item): n for n, item in enumerate(items)}
        for cluster in clusters:
            cluster.sort(key=lambda item: position[id(item)])
    return clusters
