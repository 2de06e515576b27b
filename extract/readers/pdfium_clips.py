"""The clipping paths of a page's objects by pdfium."""

from collections.abc import Sequence
from itertools import repeat

from extract.readers import pdfium_binding as pdfium
from extract.readers.pdf_clips import Clip
from extract.readers.pdf_page import Box
from extract.readers.pdfium_binding import Room, call
from extract.readers.pdfium_shapes import outlines


def clips_of(objects: Sequence[int]) -> list[Clip]:
    """The clip of each object; raises NotSure for one that is not of rectangles."""
    handles = list(map(pdfium.object_clip, objects))
    known: dict[int, tuple[Box, ...]] = {}
    clips = []
    for handle, count in zip(handles, map(pdfium.clip_path_count, handles), strict=True):
        paths = []
        for number in range(count):
            first = pdfium.clip_segment(handle, number, 0)  # objects share their paths
            if first not in known:
                known[first] = _rectangles(handle, number)
            paths.append(known[first])
        clips.append(tuple(paths))
    return clips


def _rectangles(clip: int, number: int) -> tuple[Box, ...]:
    count = pdfium.clip_segment_count(clip, number)
    segments = list(map(pdfium.clip_segment, repeat(clip), repeat(number), range(count)))
    points = Room(count, 2)
    call(pdfium.segment_point, segments, *points.all_places())
    xs, ys = points.columns()
    return tuple(
        (min(x, other_x), min(y, other_y), max(x, other_x), max(y, other_y))
        for kind, x, y, other_x, other_y in outlines(xs, ys, segments)
        if kind == "rect"
    )
