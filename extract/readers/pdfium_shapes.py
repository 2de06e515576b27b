"""The lines and rectangles of a page by pdfium, their colours, and the boxes of its pictures."""

from collections.abc import Iterator, Sequence
from ctypes import c_int, c_uint
from itertools import repeat
from typing import Literal

import pypdfium2_raw as raw

from extract.readers import pdfium_binding as pdfium
from extract.readers.pdf_page import Box, Shape
from extract.readers.pdfium_binding import NotSure, Room, call

# Of 255: colours at least so light are white, what is less opaque does not show.
_LIGHT, _CLEAR = 242, 25

_Outline = tuple[Literal["line", "rect"], float, float, float, float]


def page_shapes(paths: Sequence[int], height: float) -> list[Shape]:
    """The lines and rectangles that paths draw; raises NotSure where one draws something else."""
    matrices, modes = Room(len(paths), 6), Room(len(paths), 2, c_int)
    call(pdfium.object_matrix, paths, matrices.places())
    call(pdfium.draw_mode, paths, *modes.all_places())
    across, turned, slanted, up, right, above = matrices.columns()
    if any(turned) or any(slanted):
        raise NotSure("turned or slanted drawings")
    shapes: list[Shape] = []
    for (xs, ys, segments), filled, stroked, (light, clear), a, d, e, f in zip(
        _corners(paths), *modes.columns(), fills(paths), across, up, right, above, strict=True
    ):
        if filled or stroked:
            corners = [e + a * x for x in xs], [height - f - d * y for y in ys]
            shapes += (
                Shape(*outline, bool(stroked), bool(filled), light or clear)
                for outline in _outlines(*corners, segments)
            )
    return shapes


def fills(objects: Sequence[int]) -> list[tuple[bool, bool]]:
    """For each object, whether its fill is white, and whether it is transparent; raises NotSure for a pattern."""
    room = Room(len(objects), 4, c_uint)
    if not all(map(pdfium.fill_colour, objects, *room.all_places())):
        raise NotSure("a fill that is not a colour")
    return [
        (min(red, green, blue) >= _LIGHT, alpha <= _CLEAR)
        for red, green, blue, alpha in zip(*room.columns(), strict=True)
    ]


def object_boxes(objects: Sequence[int], height: float) -> list[Box]:
    """The bounding boxes of objects."""
    room = Room(len(objects), 4)
    call(pdfium.object_bounds, objects, *room.all_places())
    return [(x0, height - y1, x1, height - y0) for x0, y0, x1, y1 in zip(*room.columns(), strict=True)]


def _corners(paths: Sequence[int]) -> Iterator[tuple[list[float], list[float], list[int]]]:
    """The points of each path, before its matrix is applied, and the handles of its segments."""
    lengths = list(map(pdfium.segment_count, paths))
    segments = [
        segment
        for path, length in zip(paths, lengths, strict=True)
        for segment in map(pdfium.segment, repeat(path), range(length))
    ]
    points = Room(len(segments), 2)
    call(pdfium.segment_point, segments, *points.all_places())
    xs, ys = points.columns()
    end = 0
    for length in lengths:
        begin, end = end, end + length
        yield xs[begin:end], ys[begin:end], segments[begin:end]


def _outlines(xs: Sequence[float], ys: Sequence[float], segments: Sequence[int]) -> Iterator[_Outline]:
    if len(xs) == 5 and xs[0] == xs[4] and ys[0] == ys[4] and _is_square(xs, ys):
        yield "rect", min(xs), min(ys), max(xs), max(ys)
        return
    kinds = list(map(pdfium.segment_kind, segments))
    starts = [place for place, kind in enumerate(kinds) if kind == raw.FPDF_SEGMENT_MOVETO]
    if raw.FPDF_SEGMENT_BEZIERTO in kinds or starts[:1] != [0]:
        raise NotSure("a curve")
    for start, end in zip(starts, [*starts[1:], len(kinds)], strict=True):
        yield from _outline(xs[start:end], ys[start:end], is_closed=bool(pdfium.segment_closes(segments[end - 1])))


def _outline(xs: Sequence[float], ys: Sequence[float], *, is_closed: bool) -> Iterator[_Outline]:
    """A line or rectangle from its corners; a lone point draws nothing."""
    count = len(xs)
    if count == 1:
        return
    returns = xs[0] == xs[-1] and ys[0] == ys[-1]
    if count == 2:
        yield "line", min(xs), min(ys), max(xs), max(ys)
    elif _is_square(xs, ys) and ((count == 4 and is_closed) or (count == 5 and returns)):
        yield "rect", min(xs), min(ys), max(xs), max(ys)
    else:
        raise NotSure("a drawing that is neither line nor rectangle")


def _is_square(xs: Sequence[float], ys: Sequence[float]) -> bool:
    if len(xs) < 4:
        return False
    return (xs[0] == xs[1] and ys[1] == ys[2] and xs[2] == xs[3] and ys[3] == ys[0]) or (
        ys[0] == ys[1] and xs[1] == xs[2] and ys[2] == ys[3] and xs[3] == xs[0]
    )
