"""The lines and rectangles of a page by pdfium, their colours, and the boxes of its pictures."""

from collections.abc import Sequence
from itertools import chain
from typing import Literal

import pypdfium2_raw as raw

from extract.readers import pdfium_binding as pdfium
from extract.readers.pdf_page import Box, Shape
from extract.readers.pdfium_binding import NotSure, Room, call

# Of 255: colours at least so light are as good as white, what is less opaque does not show.
_LIGHT, _CLEAR = 217, 25

_LINE = [raw.FPDF_SEGMENT_MOVETO, raw.FPDF_SEGMENT_LINETO]
_Outline = tuple[Literal["line", "rect"], float, float, float, float]


def page_shapes(paths: Sequence[int], height: float, *, with_colours: bool) -> list[Shape]:
    """The lines and rectangles that paths draw; raises NotSure where one draws something else.

    Without colours, none counts as white.
    """
    matrices, modes = Room(len(paths), 6), Room(len(paths), 2, "i")
    call(pdfium.object_matrix, paths, matrices.places())
    call(pdfium.draw_mode, paths, *modes.all_places())
    across, turned, slanted, up, right, above = matrices.columns()
    if any(turned) or any(slanted):
        raise NotSure("turned or slanted drawings")
    lengths, segments, every_x, every_y = _corners(paths)
    whites = fills(paths)[0] if with_colours else [False] * len(paths)
    shapes: list[Shape] = []
    end = 0
    for length, filled, stroked, white, a, d, e, f in zip(
        lengths, *modes.columns(), whites, across, up, right, above, strict=True
    ):
        begin, end = end, end + length
        if filled or stroked:
            for kind, x, y, other_x, other_y in outlines(every_x[begin:end], every_y[begin:end], segments[begin:end]):
                xs = e + a * x, e + a * other_x
                ys = height - f - d * y, height - f - d * other_y
                box = min(xs), min(ys), max(xs), max(ys)
                shapes.append(Shape(kind, *box, bool(stroked), bool(filled), white))
    return shapes


def fills(objects: Sequence[int]) -> tuple[list[bool], list[bool]]:
    """For each object, whether its fill is white, and whether it is transparent; raises NotSure for a pattern."""
    room = Room(len(objects), 4, "I")
    if not all(map(pdfium.fill_colour, objects, *room.all_places())):
        raise NotSure("a fill that is not a colour")
    red, green, blue, alpha = room.columns()
    light = [False] * len(red)
    if max(red, default=0) >= _LIGHT:
        light = [min(colour) >= _LIGHT for colour in zip(red, green, blue, strict=True)]
    return light, [part <= _CLEAR for part in alpha]


def object_boxes(objects: Sequence[int], height: float) -> list[Box]:
    """The bounding boxes of objects."""
    room = Room(len(objects), 4)
    call(pdfium.object_bounds, objects, *room.all_places())
    return [(x0, height - y1, x1, height - y0) for x0, y0, x1, y1 in zip(*room.columns(), strict=True)]


def _corners(paths: Sequence[int]) -> tuple[list[int], list[int], list[float], list[float]]:
    """The number of segments of each path, and the handles and points of all, before their matrices are applied."""
    lengths = list(map(pdfium.segment_count, paths))
    owners = [path for path, length in zip(paths, lengths, strict=True) for _ in range(length)]
    segments = list(map(pdfium.segment, owners, chain.from_iterable(map(range, lengths))))
    points = Room(len(segments), 2)
    call(pdfium.segment_point, segments, *points.all_places())
    xs, ys = points.columns()
    return lengths, segments, xs, ys


def outlines(xs: Sequence[float], ys: Sequence[float], segments: Sequence[int]) -> Sequence[_Outline]:
    """The lines and rectangles of a path, each by two opposite corners; raises NotSure for anything else."""
    if len(xs) == 5 and xs[0] == xs[4] and ys[0] == ys[4] and _is_square(xs, ys):
        return (("rect", xs[0], ys[0], xs[2], ys[2]),)
    kinds = list(map(pdfium.segment_kind, segments))
    if kinds == _LINE:
        return (("line", xs[0], ys[0], xs[1], ys[1]),)
    starts = [place for place, kind in enumerate(kinds) if kind == raw.FPDF_SEGMENT_MOVETO]
    if raw.FPDF_SEGMENT_BEZIERTO in kinds or starts[:1] != [0]:
        raise NotSure("a curve")
    outlines = []
    for start, end in zip(starts, [*starts[1:], len(kinds)], strict=True):
        if end - start > 1:  # a lone point draws nothing
            is_closed = bool(pdfium.segment_closes(segments[end - 1]))
            outlines.append(_outline(xs[start:end], ys[start:end], is_closed=is_closed))
    return outlines


def _outline(xs: Sequence[float], ys: Sequence[float], *, is_closed: bool) -> _Outline:
    count = len(xs)
    returns = xs[0] == xs[-1] and ys[0] == ys[-1]
    if count == 2:
        return "line", xs[0], ys[0], xs[1], ys[1]
    if count > 3 and _is_square(xs, ys) and ((count == 4 and is_closed) or (count == 5 and returns)):
        return "rect", xs[0], ys[0], xs[2], ys[2]
    raise NotSure("a drawing that is neither line nor rectangle")


def _is_square(xs: Sequence[float], ys: Sequence[float]) -> bool:
    return (xs[0] == xs[1] and ys[1] == ys[2] and xs[2] == xs[3] and ys[3] == ys[0]) or (
        ys[0] == ys[1] and xs[1] == xs[2] and ys[2] == ys[3] and xs[3] == xs[0]
    )
