"""Characters to words and lines, by pdfplumber's rules: gaps of three points part words, and lines."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple, TypeVar

from extract.readers.pdf_page import Box, Char

_GAP = 3.0
_BOLD = 1.0
_LIGATURES = {"ﬀ": "ff", "ﬃ": "ffi", "ﬄ": "ffl", "ﬁ": "fi", "ﬂ": "fl", "ﬆ": "st", "ﬅ": "st"}

T = TypeVar("T")


class _Word(NamedTuple):
    text: str
    x0: float
    top: float
    x1: float
    bottom: float


def without_doubles(chars: Sequence[Char]) -> list[Char]:
    """The characters without those drawn again within a point, as is done to print bold."""
    alike: dict[tuple[object, ...], list[Char]] = {}
    for char in chars:
        alike.setdefault((char.text, char.font, char.size, char.upright), []).append(char)
    doubles: set[int] = set()
    for same in alike.values():
        if len(same) < 2:
            continue
        for line in _clusters(same, attrgetter("top"), _BOLD):
            for spot in _clusters(line, attrgetter("x0"), _BOLD):
                first = min(spot, key=attrgetter("top", "x0"))
                doubles.update(id(char) for char in spot if char is not first)
    return [char for char in chars if id(char) not in doubles] if doubles else list(chars)


def text_of(chars: Sequence[Char]) -> str:
    """The characters of a cell as text: words parted by blanks, lines by line feeds."""
    words = _words(chars)
    if len(words) < 2:
        return words[0].text if words else ""
    lines = _clusters(words, attrgetter("top"), _GAP, in_order=True)
    return "\n".join(" ".join(word.text for word in line) for line in lines)


def lines_of(chars: Sequence[Char]) -> list[tuple[str, Box]]:
    """The lines of text that characters make, each with its box."""
    words = _words(chars)
    line_of = {id(word): n for n, line in enumerate(_clusters(words, attrgetter("top"), _GAP)) for word in line}
    lines = []
    for _, group in groupby(words, key=lambda word: line_of[id(word)]):
        line = list(group)
        lines.append((" ".join(word.text for word in line), _box(line)))
    return lines


def _words(chars: Iterable[Char]) -> list[_Word]:
    return [
        word
        for upright, group in groupby(chars, key=attrgetter("upright"))
        for line in _clusters(list(group), attrgetter("top" if upright else "x0"), _GAP)
        for word in _words_of_line(sorted(line, key=attrgetter("x0" if upright else "top")), upright=upright)
    ]


def _words_of_line(line: Sequence[Char], *, upright: bool) -> Iterator[_Word]:
    """The words of one line; where characters are turned, the line runs down the page."""
    word: list[Char] = []
    for char in line:
        if char.text.isspace():
            if word:
                yield _word(word)
            word = []
            continue
        if word:
            last = word[-1]
            across, along = (
                (char.top - last.top, char.x0 - last.x1) if upright else (char.x0 - last.x0, char.top - last.bottom)
            )
            if along > _GAP or abs(across) > _GAP:
                yield _word(word)
                word = []
        word.append(char)
    if word:
        yield _word(word)


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
