"""The characters of a page by pdfium, in pdfplumber's boxes: from the origin on, an advance wide, a size high."""

from collections.abc import Collection, Sequence
from itertools import compress, repeat
from typing import cast

from extract.readers import pdfium_binding as pdfium
from extract.readers.pdf_clips import is_cut
from extract.readers.pdf_page import Char
from extract.readers.pdfium_binding import NotSure, Room, call
from extract.readers.pdfium_clips import clips_of
from extract.readers.pdfium_shapes import fills, object_boxes

_INVISIBLE_MODES = frozenset({3, 7})
_SMALL = 0.02
_WIDEST = 1.5
"""No character is wider than this part of its size."""
_HYPHEN = 0x2D
_CHINESE = "\u2e80"
"""Where the characters begin that are as wide as high in almost every font."""

_Style = tuple[float, float, int, float, float, bool, bool]
"""Of a text object: size, size before its matrix is applied, font, baseline, how far the boxes of its characters reach
below that, whether it is invisible, whether it is white."""


class TextObjects:
    """The text objects of a page, by the characters that show; the blanks that pdfium adds belong to none."""

    def __init__(self, page: int) -> None:
        self._page = page
        owners = list(map(pdfium.char_object, repeat(page), range(pdfium.char_count(page))))
        self._numbers: list[int] = list(compress(range(len(owners)), owners))
        self._owners: list[int] = list(filter(None, owners))
        self.handles = dict.fromkeys(self._owners)  # in the order of the page: memory is read along it

    def chars(self, hidden: Sequence[int], height: float) -> list[Char]:
        """The characters that the page prints; ``hidden`` are the text objects that pdfium shows no character of.

        Raises NotSure where pdfium leaves some out, moves them, or does not know which they are.
        """
        handles = list(self.handles)
        if hidden:
            _refuse_unless_doubles(hidden, handles)
        texts = self._texts()
        with_digits = {owner for owner, text in zip(self._owners, texts, strict=True) if text.isdigit()}
        styles = _styles(handles, with_digits)
        sizes, own_sizes, fonts, baselines, below, invisible, white = (
            zip(*[styles[owner] for owner in self._owners], strict=True) if self._owners else repeat((), 7)
        )
        room = Room(len(texts), 4)
        call(pdfium.char_loose_box, repeat(self._page), self._numbers, room.places())
        lefts, _, rights, _ = room.columns()
        bottoms = [height - baseline + depth for baseline, depth in zip(baselines, below, strict=True)]
        tops = [bottom - size for bottom, size in zip(bottoms, sizes, strict=True)]
        columns = texts, lefts, tops, rights, bottoms, sizes, fonts, repeat(True), invisible, white
        chars = cast("list[Char]", list(map(tuple.__new__, repeat(Char), zip(*columns, strict=False))))
        widths = [(right - left) / size for left, right, size in zip(lefts, rights, sizes, strict=True)]
        odd = [place for place, width in enumerate(widths) if not -_SMALL < width < _WIDEST]
        for place in odd:
            chars[place] = self._turned(place, chars[place], own_sizes[place], height)
        narrow = [
            number
            for number, text, width in zip(self._numbers, texts, widths, strict=True)
            if text >= _CHINESE and not 1 - _SMALL < width < 1 + _SMALL
        ]
        _refuse_misplaced(self._page, narrow)
        self._refuse_clipped(chars, list(with_digits), height)
        return chars

    def _refuse_clipped(self, chars: Sequence[Char], with_digits: Sequence[int], height: float) -> None:
        clips = {owner: clip for owner, clip in zip(with_digits, clips_of(with_digits), strict=True) if clip}
        for owner, (text, x0, top, x1, bottom, *_) in zip(self._owners, chars, strict=True) if clips else ():
            if owner in clips and text.isdigit() and is_cut((x0, height - bottom, x1, height - top), clips[owner]):
                raise NotSure("digits that may be cut off")

    def _texts(self) -> list[str]:
        codes = list(map(pdfium.char_code, repeat(self._page), self._numbers))
        if 0 in codes or any(map(pdfium.char_is_unmapped, repeat(self._page), self._numbers)):
            raise NotSure("characters without a code")
        if min(codes, default=_HYPHEN) < 32:  # pdfium marks a hyphen at the end of a line
            codes = [
                _HYPHEN if code < 32 and pdfium.char_is_hyphen(self._page, number) else code
                for code, number in zip(codes, self._numbers, strict=True)
            ]
        return list(map(chr, codes))

    def _turned(self, place: int, char: Char, own_size: float, height: float) -> Char:
        """A character in a font for writing downwards: its width is not scaled, its origin the bottom left corner."""
        if abs(char.x1 - char.x0 - own_size) > _SMALL:
            raise NotSure("characters of an odd width")
        room = Room(1, 2, "d")
        pdfium.char_origin(self._page, self._numbers[place], *(address[0] for address in room.all_places()))
        [x], [y] = room.columns()
        return char._replace(x0=x, top=height - y - char.size, x1=x + char.size, bottom=height - y)


def _styles(handles: Sequence[int], with_digits: Collection[int]) -> dict[int, _Style]:
    """The style of each text object; the colour only of those with digits: no other's matters."""
    matrices, sizes = Room(len(handles), 6), Room(len(handles), 1)
    call(pdfium.object_matrix, handles, matrices.places())
    call(pdfium.text_size, handles, sizes.places())
    across, turned, slanted, up, _, baselines = matrices.columns()
    modes = list(map(pdfium.text_mode, handles))
    if any(turned) or any(slanted) or min(across + up, default=1) <= 0 or min(modes, default=0) < 0:
        raise NotSure("text that is turned or drawn in an unknown way")
    fonts = list(map(pdfium.text_font, handles))
    part_below = {font: _part_below(font) for font in set(fonts)}
    [own_sizes] = sizes.columns()
    real_sizes = [own_size * scale for own_size, scale in zip(own_sizes, up, strict=True)]
    if min(real_sizes, default=1) <= 0:
        raise NotSure("text without a size")
    below = [part_below[font] * size for font, size in zip(fonts, real_sizes, strict=True)]
    coloured = list(with_digits)
    light, clear = (set(compress(coloured, flags)) for flags in fills(coloured))
    invisible = [mode in _INVISIBLE_MODES or handle in clear for mode, handle in zip(modes, handles, strict=True)]
    white = [handle in light for handle in handles]
    styles = zip(real_sizes, own_sizes, fonts, baselines, below, invisible, white, strict=True)
    return dict(zip(handles, styles, strict=True))


def _part_below(font: int) -> float:
    """How far a font's boxes reach below the baseline, as a part of its size."""
    room = Room(2, 1)
    ascent, descent = room.places()
    if not (pdfium.font_ascent(font, 1000, ascent) and pdfium.font_descent(font, 1000, descent)):
        raise NotSure("a font without measures")
    [[above, below]] = room.columns()
    if above == below == 0:
        raise NotSure("a font drawn by the file itself (Type 3)")
    return float(-below / 1000)


def _refuse_unless_doubles(hidden: Sequence[int], shown: Sequence[int]) -> None:
    """Raise NotSure unless the objects that pdfium leaves out are others drawn again within a point, to look bold."""
    places = {(round(box[0]), round(box[3])) for box in object_boxes(shown, 0)}
    for left, _, _, bottom in object_boxes(hidden, 0):
        if not any((round(left) + dx, round(bottom) + dy) in places for dx in (-1, 0, 1) for dy in (-1, 0, 1)):
            raise NotSure("text that pdfium leaves out")


def _refuse_misplaced(page: int, numbers: Sequence[int]) -> None:
    """Raise NotSure where pdfium has put the usual character in a radical's place, for it may have other coordinates.

    The loose box of such a one is its tight one.
    """
    tight, loose = Room(len(numbers), 4, "d"), Room(len(numbers), 4)
    call(pdfium.char_box, repeat(page), numbers, *tight.all_places())
    call(pdfium.char_loose_box, repeat(page), numbers, loose.places())
    lefts, rights, bottoms, tops = tight.columns()
    for box, loose_box in zip(
        zip(lefts, tops, rights, bottoms, strict=True), zip(*loose.columns(), strict=True), strict=True
    ):
        if all(abs(side - loose_side) < 0.001 for side, loose_side in zip(box, loose_box, strict=True)):
            raise NotSure("characters put in the place of radicals")
