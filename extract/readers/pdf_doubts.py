"""What on a PDF page makes the digits of a cell doubtful, or a cell without text not blank."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from itertools import combinations, pairwise

from extract.readers.lattice import Rule
from extract.readers.pdf_page import Box, Char, Page

# Characters of one number stand this close (points); numbers of two cells are kept apart by the cells' padding.
_TOUCHING = 0.5
# Digits that begin nearer to each other than these parts of their size and width are printed one over the other. Boxes
# that overlap say nothing: where a file states no widths, they are all too wide.
_OVERPRINTED_SIZE, _OVERPRINTED_WIDTH = 0.25, 0.6
# A gap between characters this much wider than another of the cell, as a part of their size, may part two numbers.
_PARTED = 0.12
# The middle of what is drawn within a cell is this far from its sides (points); rules and grounds fill its length.
_INSET = 1.5
# Print smaller than this (points) cannot be read; a stroke beside digits is thinner than this part of their size.
_SMALLEST, _THIN = 3.0, 0.3
# Digits of one number differ less than this, as parts of their size; a footnote's mark is smaller or raised.
_SAME_SIZE, _SAME_BASELINE = 0.1, 0.15


class _ByMiddle:
    """Boxes sorted by the height of their middles, so that those of a stretch of the page are found at once."""

    def __init__(self, boxes: Iterable[Box]) -> None:
        self._boxes = sorted(boxes, key=lambda box: box[1] + box[3])
        self._middles = [(box[1] + box[3]) / 2 for box in self._boxes]

    def between(self, top: float, bottom: float) -> list[Box]:
        """The boxes whose middles lie between these heights."""
        return self._boxes[bisect_left(self._middles, top) : bisect_right(self._middles, bottom)]


class PageDoubts:
    """The marks of a page beside its text: strokes, pictures, drawings, annotations, text that does not show."""

    def __init__(self, page: Page, level: Iterable[Rule]) -> None:
        self._page = page
        self._levels = sorted(level)
        self._heights = [rule[0] for rule in self._levels]
        self._slanted = [
            shape[1:5]
            for shape in page.shapes
            if shape.kind == "line" and shape.x1 - shape.x0 > 1 and shape.bottom - shape.top > 1
        ]

    @cached_property
    def _drawings(self) -> _ByMiddle:
        return _ByMiddle(
            shape[1:5] for shape in self._page.shapes if shape.stroked or not shape.white or shape.kind == "curve"
        )

    @cached_property
    def _grounds(self) -> list[Box]:
        return [shape[1:5] for shape in self._page.shapes if shape.filled and not shape.white]

    def is_doubtful(self, box: Box, chars: Sequence[Char], table: Box) -> bool:
        """Whether a cell's digits may not be what is printed; for a cell without text, whether it may not be blank."""
        if any(_meets(annotation, box) for annotation in self._page.annotations):
            return True
        if not any(char.text.strip() for char in chars):
            return any(_meets(image, box) and not _encloses(image, table) for image in self._page.images) or any(
                _lies_in(drawing, box) for drawing in self._drawings.between(box[1], box[3])
            )
        digits = [char for char in chars if char.text.isdigit()]
        if any(self._is_unseen(digit) or self._is_struck(digit) for digit in digits):
            return True
        if digits and self._has_stroke(box, digits[0]):
            return True
        if len(digits) < 2:
            return False
        return (
            _are_uneven(digits)
            or _are_overprinted(digits)
            or _are_parted([char for char in chars if _is_numeric(char.text)])
        )

    def _is_unseen(self, char: Char) -> bool:
        """Whether a digit does not show, or not so that it can be read as it is here."""
        return (
            char.invisible
            or not char.upright
            or char.size < _SMALLEST
            or (char.white and not any(_holds_middle(ground, char) for ground in self._grounds))
        )

    def _has_stroke(self, box: Box, digit: Char) -> bool:
        """Whether a thin drawing stands beside a cell's digits, as high as they do: a minus, or a digit 1."""
        quarter = (digit.bottom - digit.top) / 4
        return any(
            drawing[1] < digit.bottom - quarter
            and drawing[3] > digit.top + quarter
            and min(drawing[2] - drawing[0], drawing[3] - drawing[1]) < _THIN * digit.size
            and _lies_in(drawing, box)
            for drawing in self._drawings.between(box[1], box[3])
        )

    def _is_struck(self, char: Char) -> bool:
        _, x0, top, x1, bottom, *_ = char
        quarter = (bottom - top) / 4
        upper, lower, middle = top + quarter, bottom - quarter, (x0 + x1) / 2
        first, last = bisect_right(self._heights, upper), bisect_left(self._heights, lower)
        return any(start <= middle <= end for _, start, end in self._levels[first:last]) or any(
            left <= middle <= right and start < lower and end > upper for left, start, right, end in self._slanted
        )


def cut_numbers(held: Mapping[Box, Sequence[Char]]) -> set[Box]:
    """The boxes whose sides cut a number: two of its characters that touch, each in another box."""
    parts = [(char, box) for box, chars in held.items() for char in chars if _is_numeric(char.text)]
    parts.sort(key=lambda part: part[0].x0)
    starts = [char.x0 for char, _ in parts]
    cut: set[Box] = set()
    for char, box in parts:
        first, last = bisect_left(starts, char.x1 - _TOUCHING), bisect_right(starts, char.x1 + _TOUCHING)
        for other, other_box in parts[first:last]:
            if box != other_box and _on_one_line(char, other):
                cut |= {box, other_box}
    return cut


def _is_numeric(text: str) -> bool:
    return text.isdigit() or text in {",", "."}


def _on_one_line(one: Char, two: Char) -> bool:
    shared = min(one.bottom, two.bottom) - max(one.top, two.top)
    return shared > 0.5 * min(one.bottom - one.top, two.bottom - two.top)


def _are_uneven(digits: Sequence[Char]) -> bool:
    """Whether digits on one line differ in size or stand on different levels."""
    return any(
        _on_one_line(one, two)
        and (
            abs(one.size - two.size) > _SAME_SIZE * one.size or abs(one.bottom - two.bottom) > _SAME_BASELINE * one.size
        )
        for one, two in combinations(digits, 2)
    )


def _are_overprinted(digits: Sequence[Char]) -> bool:
    return any(
        abs(one.x0 - two.x0) < min(_OVERPRINTED_SIZE * one.size, _OVERPRINTED_WIDTH * (one.x1 - one.x0))
        and _on_one_line(one, two)
        for one, two in combinations(digits, 2)
    )


def _are_parted(chars: Sequence[Char]) -> bool:
    """Whether one gap in a number is wider than the others, but too narrow to be read as a blank."""
    ordered = sorted(chars, key=lambda char: char.x0)
    gaps = [two.x0 - one.x1 for one, two in pairwise(ordered) if _on_one_line(one, two)]
    least = _PARTED * min((char.size for char in chars), default=0)
    return bool(gaps) and max(gaps) > least and max(gaps) - min(gaps) > least


def _holds_middle(box: Box, char: Char) -> bool:
    x, y = (char.x0 + char.x1) / 2, (char.top + char.bottom) / 2
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]


def _meets(item: Box, box: Box) -> bool:
    """Whether an item covers a tenth of the box, or a tenth of it lies in the box."""
    width = min(item[2], box[2]) - max(item[0], box[0])
    height = min(item[3], box[3]) - max(item[1], box[1])
    own = (item[2] - item[0]) * (item[3] - item[1])
    return width > 0 and height > 0 and width * height >= 0.1 * min(own, (box[2] - box[0]) * (box[3] - box[1]))


def _lies_in(item: Box, box: Box) -> bool:
    """Whether a drawing stands within a box, smaller than it and clear of its sides."""
    x, y = (item[0] + item[2]) / 2, (item[1] + item[3]) / 2
    is_clear = box[0] + _INSET < x < box[2] - _INSET and box[1] + _INSET < y < box[3] - _INSET
    is_small = item[2] - item[0] < box[2] - box[0] - _INSET and item[3] - item[1] < box[3] - box[1] - _INSET
    return is_clear and is_small


def _encloses(item: Box, box: Box) -> bool:
    return item[0] <= box[0] + 1 and item[2] >= box[2] - 1 and item[1] <= box[1] + 1 and item[3] >= box[3] - 1
