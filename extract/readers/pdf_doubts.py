"""What on a PDF page makes the digits of a cell doubtful, or a cell without text not blank."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from itertools import combinations, pairwise
from typing import Any

from pdfminer.pdfdevice import PDFTextDevice
from pdfminer.pdfinterp import PDFPageInterpreter

Box = tuple[float, float, float, float]
Char = dict[str, Any]

# Characters of one number stand this close (points); numbers of two cells are kept apart by the cells' padding.
_TOUCHING = 0.5
# Digits that begin nearer to each other than these parts of their size and width are printed one over the other. Boxes
# that overlap say nothing: where a file states no widths, they are all too wide.
_OVERPRINTED_SIZE, _OVERPRINTED_WIDTH = 0.25, 0.6
# A gap between characters this much wider than another of the cell, as a part of their size, may part two numbers.
_PARTED = 0.12
# The middle of what is drawn within a cell is this far from its sides (points); rules and grounds fill its length.
_INSET = 1.5
# Digits of one number differ less than this, as parts of their size; a footnote's mark is smaller or raised.
_SAME_SIZE, _SAME_BASELINE = 0.1, 0.15
_INVISIBLE_MODES = frozenset({3, 7})
# Colour spaces in which the greatest values are white; in others (inks, palettes) values say nothing.
_LIGHT_SPACES = frozenset({"DeviceGray", "CalGray", "DeviceRGB", "CalRGB", "ICCBased"})
_UNPRINTED_ANNOTATIONS = frozenset({"Link", "Popup"})


class _InvisibleText(PDFTextDevice):
    """Notes where characters are placed that are neither filled nor stroked: pdfplumber does not tell."""

    def __init__(self, resources: Any) -> None:
        super().__init__(resources)
        self.mode = 0
        self.places: set[tuple[float, float]] = set()

    def render_string(self, textstate: Any, seq: Any, ncs: Any, graphicstate: Any) -> None:
        self.mode = textstate.render
        super().render_string(textstate, seq, ncs, graphicstate)

    def render_char(self, matrix: Any, font: Any, fontsize: float, scaling: float, *rest: Any) -> float:
        _, cid, *_ = rest
        if self.mode in _INVISIBLE_MODES:
            self.places.add(_place(matrix))
        return float(font.char_width(cid) * fontsize * scaling)


def _place(matrix: Sequence[float]) -> tuple[float, float]:
    return round(matrix[4], 1), round(matrix[5], 1)


class PageDoubts:
    """The marks of a page beside its text: strokes, pictures, drawings, annotations, text that does not show."""

    def __init__(self, page: Any) -> None:
        device = _InvisibleText(page.pdf.rsrcmgr)
        PDFPageInterpreter(page.pdf.rsrcmgr, device).process_page(page.page_obj)
        self._unseen = device.places
        slanted = [line for line in page.lines if line["width"] > 1 and line["height"] > 1]
        self._strokes = [*slanted, *(edge for edge in page.edges if edge["orientation"] == "h")]
        self._grounds = [shape for shape in page.rects if shape["fill"] and not _is_white(shape)]
        self._images = page.images
        drawn = [*page.curves, *page.lines, *page.rects]
        self._drawings = [item for item in drawn if item["stroke"] or not _is_white(item)]
        self._annotations = [a for a in page.annots if _subtype(a) not in _UNPRINTED_ANNOTATIONS]

    def is_invisible(self, char: Char) -> bool:
        """Whether a character is placed but not painted, as over a scanned page."""
        return bool(self._unseen) and _place(char["matrix"]) in self._unseen

    def is_doubtful(self, box: Box, chars: Sequence[Char], table: Box) -> bool:
        """Whether a cell's digits may not be what is printed; for a cell without text, whether it may not be blank."""
        if any(_meets(item, box) for item in self._annotations):
            return True
        if not any(char["text"].strip() for char in chars):
            pictures = [image for image in self._images if not _encloses(image, table)]
            return any(_meets(item, box) for item in pictures) or any(_lies_in(item, box) for item in self._drawings)
        digits = [char for char in chars if char["text"].isdigit()]
        return (
            any(self._is_unseen(digit) or self._is_struck(digit) for digit in digits)
            or _are_uneven(digits)
            or _are_overprinted(digits)
            or _are_parted([char for char in chars if _is_numeric(char["text"])])
        )

    def _is_unseen(self, char: Char) -> bool:
        return self.is_invisible(char) or (
            _is_white(char) and not any(_holds_middle(ground, char) for ground in self._grounds)
        )

    def _is_struck(self, char: Char) -> bool:
        quarter = (char["bottom"] - char["top"]) / 4
        middle = (char["x0"] + char["x1"]) / 2
        return any(
            stroke["x0"] <= middle <= stroke["x1"]
            and stroke["top"] < char["bottom"] - quarter
            and stroke["bottom"] > char["top"] + quarter
            for stroke in self._strokes
        )


def cut_numbers(held: Mapping[Box, Sequence[Char]]) -> set[Box]:
    """The boxes whose sides cut a number: two of its characters that touch, each in another box."""
    parts = [(char, box) for box, chars in held.items() for char in chars if _is_numeric(char["text"])]
    parts.sort(key=lambda part: part[0]["x0"])
    starts = [char["x0"] for char, _ in parts]
    cut: set[Box] = set()
    for char, box in parts:
        for position in range(bisect_left(starts, char["x1"] - _TOUCHING), len(parts)):
            other, other_box = parts[position]
            if other["x0"] - char["x1"] > _TOUCHING:
                break
            if box != other_box and _on_one_line(char, other):
                cut |= {box, other_box}
    return cut


def _is_numeric(text: str) -> bool:
    return text.isdigit() or text in {",", "."}


def _on_one_line(one: Char, two: Char) -> bool:
    shared = min(one["bottom"], two["bottom"]) - max(one["top"], two["top"])
    return bool(shared > 0.5 * min(one["height"], two["height"]))


def _are_uneven(digits: Sequence[Char]) -> bool:
    """Whether digits on one line differ in size or stand on different levels."""
    return any(
        _on_one_line(one, two)
        and (
            abs(one["size"] - two["size"]) > _SAME_SIZE * one["size"]
            or abs(one["bottom"] - two["bottom"]) > _SAME_BASELINE * one["size"]
        )
        for one, two in combinations(digits, 2)
    )


def _are_overprinted(digits: Sequence[Char]) -> bool:
    return any(
        _on_one_line(one, two)
        and abs(one["x0"] - two["x0"]) < min(_OVERPRINTED_SIZE * one["size"], _OVERPRINTED_WIDTH * one["width"])
        for one, two in combinations(digits, 2)
    )


def _are_parted(chars: Sequence[Char]) -> bool:
    """Whether one gap in a number is wider than the others, but too narrow to be read as a blank."""
    ordered = sorted(chars, key=lambda char: char["x0"])
    gaps = [two["x0"] - one["x1"] for one, two in pairwise(ordered) if _on_one_line(one, two)]
    least = _PARTED * min((char["size"] for char in chars), default=0)
    return bool(gaps) and max(gaps) > least and max(gaps) - min(gaps) > least


def _is_white(item: Char) -> bool:
    colour = item.get("non_stroking_color")
    values: list[Any] = list(colour) if isinstance(colour, list | tuple) else [colour]
    if not values or not all(isinstance(value, int | float) for value in values):
        return False
    if len(values) == 4:
        return all(value < 0.05 for value in values)
    return item.get("ncs") in _LIGHT_SPACES and all(value > 0.95 for value in values)


def _subtype(annotation: Mapping[str, Any]) -> str:
    return str(getattr(annotation["data"].get("Subtype"), "name", ""))


def _holds_middle(shape: Mapping[str, Any], char: Char) -> bool:
    x, y = (char["x0"] + char["x1"]) / 2, (char["top"] + char["bottom"]) / 2
    return bool(shape["x0"] <= x <= shape["x1"] and shape["top"] <= y <= shape["bottom"])


def _meets(item: Mapping[str, Any], box: Box) -> bool:
    """Whether an item covers a tenth of the box, or a tenth of it lies in the box."""
    width = min(item["x1"], box[2]) - max(item["x0"], box[0])
    height = min(item["bottom"], box[3]) - max(item["top"], box[1])
    own = (item["x1"] - item["x0"]) * (item["bottom"] - item["top"])
    return bool(width > 0 and height > 0 and width * height >= 0.1 * min(own, (box[2] - box[0]) * (box[3] - box[1])))


def _lies_in(item: Mapping[str, Any], box: Box) -> bool:
    """Whether a drawing stands within a box, smaller than it and clear of its sides."""
    x, y = (item["x0"] + item["x1"]) / 2, (item["top"] + item["bottom"]) / 2
    is_clear = box[0] + _INSET < x < box[2] - _INSET and box[1] + _INSET < y < box[3] - _INSET
    is_small = item["width"] < box[2] - box[0] - _INSET and item["height"] < box[3] - box[1] - _INSET
    return bool(is_clear and is_small)


def _encloses(item: Mapping[str, Any], box: Box) -> bool:
    return bool(
        item["x0"] <= box[0] + 1
        and item["x1"] >= box[2] - 1
        and item["top"] <= box[1] + 1
        and item["bottom"] >= box[3] - 1
    )
