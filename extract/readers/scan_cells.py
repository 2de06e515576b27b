"""The cells of a table in a scan: what is printed in each, and which signals agree on it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from extract.readers.scan_lines import Lattice, LatticeCell
from extract.readers.scan_page import Picture
from extract.readers.scan_text import (
    Reading,
    Recogniser,
    as_number,
    contrasted,
    crop,
    has_trace,
    ink_mask,
    line_boxes,
    trace,
)

# Pixels between a cell's rule and its print.
_INSET = 3
_LEAST_CONFIDENCE = 0.6
# Holes that a digit's strokes enclose.
_HOLES = {"0": {1, 2}, "4": {0, 1}, "6": {1}, "8": {2}, "9": {1}}
_DASHES = frozenset("一-—–_~ー―")
_STROKES = frozenset("/丿ノ∕／")
# What a recogniser makes of a stroke; one that leans may be a slash, which is a blank cell, or a 1 in italics.
_LIKE_A_STROKE = frozenset("1lI|丨")
_SLASH, _UPRIGHT, _STRAIGHT = 0.27, 0.1, 0.09


@dataclass(frozen=True)
class ReadCell:
    """A cell as read. ``number`` is the crop of one that holds a number.

    ``is_agreed``: two independent signals say the same; ``is_doubtful``: nothing the table says can make it sure.
    """

    place: LatticeCell
    text: str
    is_agreed: bool = True
    is_doubtful: bool = False
    number: Picture | None = None
    confidence: float = 1.0
    has_red: bool = False


def read_cells(lattice: Lattice, recogniser: Recogniser) -> list[ReadCell]:
    """Read every cell of a table."""
    parts = [_Part(lattice, place) for place in lattice.cells]
    readings = iter(recogniser.read([crop(part.grey, box, 0.25) for part in parts for box in part.lines]))
    cells = [part.cell([next(readings) for _ in part.lines]) for part in parts]
    return _second_look(cells, recogniser)


def reread(crops: Sequence[Picture], recogniser: Recogniser) -> list[str]:
    """The numbers in crops at higher effort: each enlarged and cleaned in two more ways; "" where those differ."""
    first = recogniser.read([contrasted(picture, sharpness=9.0) for picture in crops])
    second = recogniser.read([_thinned(picture) for picture in crops])
    return [one.text if one.text == two.text else "" for one, two in zip(first, second, strict=True)]


class _Part:
    """The picture of a cell and what can be measured in it."""

    def __init__(self, lattice: Lattice, place: LatticeCell) -> None:
        x0, y0, x1, y1 = place.box
        inner = (slice(y0 + _INSET, y1 - _INSET + 1), slice(x0 + _INSET, x1 - _INSET + 1))
        self.place = place
        self.grey = _without_remains(lattice.grey[inner])
        self.has_red = bool(lattice.red[inner].any())
        self.ink = ink_mask(self.grey) if self.grey.size else np.zeros((1, 1), np.uint8)
        self.lines = line_boxes(self.ink)
        self.has_sign = len(self.lines) == 1 and self._take_in_sign()

    def _take_in_sign(self) -> bool:
        """Whether something faint stands just before a line of print, as a minus does; the line then begins with it."""
        x0, y0, x1, y1 = self.lines[0]
        before = trace(self.grey[y0:y1, max(x0 - (y1 - y0), 0) : max(x0 - 2, 0)])
        if not before.any():
            return False
        self.lines = [(max(x0 - (y1 - y0), 0) + int(np.flatnonzero(before.any(axis=0))[0]), y0, x1, y1)]
        return True

    def cell(self, readings: Sequence[Reading]) -> ReadCell:
        """The cell, from what was read in its lines."""
        if not self.lines:
            faint = self.has_red or has_trace(self.grey)
            return ReadCell(self.place, "", is_doubtful=faint or self.place.is_doubtful)
        text = "".join(reading.text for reading in readings)
        confidence = min(reading.confidence for reading in readings)
        if len(self.lines) == 1 and (mark := self._blank_mark(text)) is not None:
            return ReadCell(self.place, mark, is_doubtful=self.place.is_doubtful)
        if len(self.lines) > 1 or as_number(text) is None:
            unread = any(not reading.text for reading in readings)
            return ReadCell(self.place, text, is_doubtful=unread or self.place.is_doubtful, confidence=confidence)
        leans = text in _LIKE_A_STROKE and abs(self.lean()) > _UPRIGHT
        picture = crop(self.grey, self.lines[0], 0.25)
        return ReadCell(
            self.place,
            text,
            is_agreed=confidence >= _LEAST_CONFIDENCE and has_shape_of(picture, text),
            has_red=self.has_red,
            is_doubtful=self.place.is_doubtful or leans or (self.has_sign and text[0].isdigit()),
            number=picture,
            confidence=confidence,
        )

    def _blank_mark(self, text: str) -> str | None:
        """The sign for a blank cell that the ink has the shape of, where the text read allows it."""
        x0, y0, x1, y1 = self.lines[0]
        if (y1 - y0) * 3 < x1 - x0 and set(text) <= _DASHES:
            return "—"
        if len(text) == 1 and (text in _STROKES or text in _LIKE_A_STROKE) and self.lean() < -_SLASH:
            return "/"
        return None

    def lean(self) -> float:
        """How far a single straight stroke leans: pixels to the right for one down; 0 for any other ink.

        A slash leans by -0.3 and more, an italic 1 less.
        """
        x0, y0, x1, y1 = self.lines[0]
        ink = np.ascontiguousarray(self.ink[y0:y1, x0:x1])
        ys, xs = np.nonzero(ink)
        if len(xs) < 10 or cv2.connectedComponents(ink)[0] != 2 or np.std(ys) < 1:
            return 0.0
        slope = float(np.cov(xs, ys)[0, 1] / np.var(ys, ddof=1))
        return slope if np.std(xs - slope * ys) < _STRAIGHT * (y1 - y0) else 0.0


def _second_look(cells: list[ReadCell], recogniser: Recogniser) -> list[ReadCell]:
    """Read numbers again in another rendering, but for noughts whose shape agrees and that no seal covers."""

    def is_plain(cell: ReadCell) -> bool:
        return cell.text == "0" and cell.is_agreed and not cell.has_red

    again = [i for i, cell in enumerate(cells) if cell.number is not None and not is_plain(cell)]
    readings = recogniser.read([contrasted(cells[i].number) for i in again])
    for i, second in zip(again, readings, strict=True):
        same = second.text == cells[i].text
        is_agreed = cells[i].is_agreed and same and second.confidence >= _LEAST_CONFIDENCE
        cells[i] = replace(cells[i], is_agreed=is_agreed)
    return cells


@dataclass(frozen=True, slots=True)
class _Glyph:
    """A piece of ink: its size, and how far down (0 to 1) the middle of each hole in it is."""

    width: int
    height: int
    holes: tuple[float, ...]


def has_shape_of(picture: Picture, text: str) -> bool:
    """Whether the ink in a crop has the glyphs of a number, left to right: points low, holes where digits have them.

    Digits that touch are one glyph: it must be as wide as they are, and have the holes of all of them.
    """
    glyphs = _glyphs(picture)
    if not glyphs:
        return False
    return _fits(glyphs, text, max(glyph.height for glyph in glyphs))


def _fits(glyphs: Sequence[_Glyph], text: str, tallest: int) -> bool:
    if not glyphs or not text:
        return not glyphs and not text
    return any(
        _is_run(glyphs[0], text[:count], tallest) and _fits(glyphs[1:], text[count:], tallest)
        for count in range(1, len(text) - len(glyphs) + 2)
    )


def _is_run(glyph: _Glyph, characters: str, tallest: int) -> bool:
    """Whether a glyph may be these characters, grown together where they are several."""
    if not characters.isdigit():
        return len(characters) == 1 and glyph.height <= 0.5 * tallest
    if glyph.height < 0.75 * tallest:
        return False
    if len(characters) > 1:
        pitch = glyph.width / len(characters) / tallest
        fewest = sum(min(_HOLES.get(digit, {0})) for digit in characters)
        most = sum(max(_HOLES.get(digit, {0})) for digit in characters)
        return 0.35 < pitch < 0.95 and fewest <= len(glyph.holes) <= most
    if len(glyph.holes) not in _HOLES.get(characters, {0}):
        return False
    return all(map(_HOLE_PLACES.get(characters, lambda _: True), glyph.holes))


# The hole of a nought is in the middle (a stroke through it makes it two), of a six below it, of a nine above it; the
# two of an eight are on either side.
_HOLE_PLACES: dict[str, Callable[[float], bool]] = {
    "0": lambda place: 0.37 < place < 0.63,
    "6": lambda place: place > 0.55,
    "8": lambda place: not 0.37 < place < 0.63,
    "9": lambda place: place < 0.45,
}


def _glyphs(picture: Picture) -> list[_Glyph]:
    """The pieces of ink, left to right; pieces above each other are one glyph."""
    large = cv2.GaussianBlur(cv2.resize(picture, None, fx=3, fy=3, interpolation=cv2.INTER_CUBIC), (5, 5), 0)
    _, ink = cv2.threshold(large, 0, 1, cv2.THRESH_BINARY_INV + cv2.THRESH_OTSU)
    contours, hierarchy = cv2.findContours(np.asarray(ink, np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    if hierarchy is None:
        return []
    pieces: list[tuple[int, int, int, int, list[float]]] = []
    for index, contour in enumerate(contours):
        if hierarchy[0][index][3] >= 0 or cv2.contourArea(contour) < 30:
            continue
        x, y, width, height = cv2.boundingRect(contour)
        pieces.append((x, x + width, y, y + height, _holes(contours, hierarchy[0], index)))
    glyphs: list[tuple[int, int, int, int, list[float]]] = []
    for left, right, top, bottom, holes in sorted(pieces):
        if glyphs and left < glyphs[-1][1] - 3:
            start, end, high, low, others = glyphs.pop()
            glyphs.append((start, max(end, right), min(high, top), max(low, bottom), others + holes))
        else:
            glyphs.append((left, right, top, bottom, holes))
    return [
        _Glyph(right - left, bottom - top, tuple((hole - top) / (bottom - top) for hole in holes))
        for left, right, top, bottom, holes in glyphs
    ]


def _holes(contours: Sequence[Any], hierarchy: NDArray[np.int32], outer: int) -> list[float]:
    """The middle (y) of each hole in a piece, specks left out."""
    return [
        y + height / 2
        for index, contour in enumerate(contours)
        if hierarchy[index][3] == outer and cv2.contourArea(contour) >= 12
        for _, y, _, height in [cv2.boundingRect(contour)]
    ]


def _thinned(picture: Picture) -> Picture:
    """The crop enlarged, with strokes a little thinner: what noise has grown together parts again."""
    large = cv2.resize(picture, None, fx=3, fy=3, interpolation=cv2.INTER_LANCZOS4)
    return np.asarray(cv2.dilate(cv2.medianBlur(large, 3), np.ones((3, 3), np.uint8)), np.uint8)


def _without_remains(grey: Picture) -> Picture:
    """Without what a rule left along the sides of a cell: thin pieces of ink that touch its edge."""
    faint = (grey < 200).astype(np.uint8)
    if not faint.any():
        return grey
    count, labels, stats, _ = cv2.connectedComponentsWithStats(faint, connectivity=8)
    height, width = grey.shape
    remains = [i for i in range(1, count) if _is_remains(stats[i], width, height)]
    return np.where(np.isin(labels, remains), np.uint8(245), grey) if remains else grey


def _is_remains(stats: Iterable[Any], width: int, height: int) -> bool:
    x, y, across, down, _ = (int(value) for value in stats)
    beside = x <= 1 or x + across >= width - 1
    above = y <= 1 or y + down >= height - 1
    return (beside and across <= 4) or (above and down <= 4)
