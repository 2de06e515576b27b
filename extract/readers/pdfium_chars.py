"""The characters of a page by pdfium, in pdfplumber's boxes: from the origin on, an advance wide, a size high."""

from collections.abc import Sequence
from ctypes import c_double
from itertools import repeat
from typing import NamedTuple

from extract.readers import pdfium_binding as pdfium
from extract.readers.pdf_page import Char
from extract.readers.pdfium_binding import NotSure, Room, call
from extract.readers.pdfium_shapes import fills, object_boxes

_INVISIBLE_MODES = frozenset({3, 7})
_WIDEST = 1.5
"""No character is wider than this part of its size."""
_HYPHEN = 0x2D
_CHINESE = "\u2e80"
"""Where the characters begin that are as wide as high in almost every font."""


class _Style(NamedTuple):
    """What the characters of one text object share."""

    size: float
    own_size: float
    """The size before the text's matrix is applied."""
    font: int
    drop: float
    """How far the boxes of its characters reach below their baseline."""
    invisible: bool
    white: bool


def page_chars(page: int, objects: Sequence[int], height: float) -> list[Char]:
    """The characters that a page prints; those that pdfium adds, blanks between words, belong to no text object.

    Raises NotSure where pdfium leaves some out, moves them, or does not know which they are.
    """
    owner_of_all = list(map(pdfium.char_object, repeat(page), range(pdfium.char_count(page))))
    numbers = [number for number, owner in enumerate(owner_of_all) if owner]
    owners = [owner for owner in owner_of_all if owner]
    styles = _styles(objects, set(owners))
    texts = _texts(page, numbers)
    origins, boxes = Room(len(numbers), 2, c_double), Room(len(numbers), 4)
    call(pdfium.char_origin, repeat(page), numbers, *origins.all_places())
    call(pdfium.char_loose_box, repeat(page), numbers, boxes.places())
    lefts, baselines = origins.columns()
    chars = [
        _char(text, styles[owner], left, height - baseline, right)
        for text, owner, left, baseline, right in zip(texts, owners, lefts, baselines, boxes.columns()[2], strict=True)
    ]
    _refuse_misplaced(
        page,
        [number for number, char in zip(numbers, chars, strict=True) if char.text >= _CHINESE and _is_narrow(char)],
    )
    return chars


def _is_narrow(char: Char) -> bool:
    """Whether a character is not as wide as high."""
    return abs(char.x1 - char.x0 - char.size) > 0.02 * char.size


def _char(text: str, style: _Style, left: float, baseline: float, right: float) -> Char:
    size, own_size, font, drop, invisible, white = style
    if -0.01 < right - left <= _WIDEST * size:
        bottom = baseline + drop
    elif abs(right - left - own_size) < 0.01:
        # In a font for writing downwards pdfium gives the bottom left corner, and a width that is not scaled.
        right, bottom = left + size, baseline
    else:
        raise NotSure("characters of an odd width")
    return Char(text, left, bottom - size, right, bottom, size, font, True, invisible, white)


def _texts(page: int, numbers: Sequence[int]) -> list[str]:
    codes = list(map(pdfium.char_code, repeat(page), numbers))
    if 0 in codes or any(map(pdfium.char_is_unmapped, repeat(page), numbers)):
        raise NotSure("characters without a code")
    if min(codes, default=_HYPHEN) < 32:  # pdfium marks a hyphen at the end of a line
        codes = [
            _HYPHEN if code < 32 and pdfium.char_is_hyphen(page, number) else code
            for code, number in zip(codes, numbers, strict=True)
        ]
    return list(map(chr, codes))


def _refuse_misplaced(page: int, numbers: Sequence[int]) -> None:
    """Raise NotSure where pdfium has put the usual character in a radical's place, for it may have other coordinates.

    The loose box of such a one is its tight one.
    """
    tight, loose = Room(len(numbers), 4, c_double), Room(len(numbers), 4)
    call(pdfium.char_box, repeat(page), numbers, *tight.all_places())
    call(pdfium.char_loose_box, repeat(page), numbers, loose.places())
    lefts, rights, bottoms, tops = tight.columns()
    for box, loose_box in zip(
        zip(lefts, tops, rights, bottoms, strict=True), zip(*loose.columns(), strict=True), strict=True
    ):
        if all(abs(side - loose_side) < 0.001 for side, loose_side in zip(box, loose_box, strict=True)):
            raise NotSure("characters put in the place of radicals")


def _styles(objects: Sequence[int], owners: set[int]) -> dict[int, _Style]:
    """The style of each text object."""
    shown = [each for each in objects if each in owners]
    if len(shown) < len(objects):
        _refuse_unless_doubles([each for each in objects if each not in owners], shown)
    if len(shown) < len(owners):
        raise NotSure("text that stands in no object of the page")
    matrices, sizes = Room(len(shown), 6), Room(len(shown), 1)
    call(pdfium.object_matrix, shown, matrices.places())
    call(pdfium.text_size, shown, sizes.places())
    across, turned, slanted, up, _, _ = matrices.columns()
    modes = list(map(pdfium.text_mode, shown))
    if any(turned) or any(slanted) or min(across + up, default=1) <= 0 or min(modes, default=0) < 0:
        raise NotSure("text that is turned or drawn in an unknown way")
    fonts = list(map(pdfium.text_font, shown))
    drops = {font: _drop(font) for font in set(fonts)}
    own_sizes = sizes.columns()[0]
    return {
        each: _Style(
            size := own_size * scale, own_size, font, drops[font] * size, mode in _INVISIBLE_MODES or clear, light
        )
        for each, own_size, scale, font, mode, (light, clear) in zip(
            shown, own_sizes, up, fonts, modes, fills(shown), strict=True
        )
    }


def _refuse_unless_doubles(hidden: Sequence[int], shown: Sequence[int]) -> None:
    """Raise NotSure unless the objects that pdfium leaves out are others drawn again within a point, to look bold."""
    places = {(round(box[0]), round(box[3])) for box in object_boxes(shown, 0)}
    for left, _, _, bottom in object_boxes(hidden, 0):
        if not any((round(left) + dx, round(bottom) + dy) in places for dx in (-1, 0, 1) for dy in (-1, 0, 1)):
            raise NotSure("text that pdfium leaves out")


def _drop(font: int) -> float:
    """How far a font's boxes reach below the baseline, as a part of its size."""
    room = Room(2, 1)
    ascent, descent = room.places()
    if not (pdfium.font_ascent(font, 1000, ascent) and pdfium.font_descent(font, 1000, descent)):
        raise NotSure("a font without measures")
    [[above, below]] = room.columns()
    if above == below == 0:
        raise NotSure("a font drawn by the file itself (Type 3)")
    return float(-below / 1000)
