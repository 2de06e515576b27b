"""Clipping paths: the parts of a page outside which what is drawn does not show."""

from collections.abc import Sequence

from extract.readers.pdf_page import Box

Clip = tuple[tuple[Box, ...], ...]
"""Paths, each of rectangles (left, bottom, right, top; the page's own points); nothing shows but what lies in each
path. A path of another form has none."""

# A character's box is wider and higher than its ink by so much of it on each side.
_BESIDE, _ABOVE = 0.1, 0.25


def is_cut(box: Box, clip: Clip) -> bool:
    """Whether a digit with this box may not show as a whole; where rectangles overlap, one may be a hole in another."""
    if not clip:
        return False
    x0, y0, x1, y1 = box
    beside, above = _BESIDE * (x1 - x0), _ABOVE * (y1 - y0)
    core = x0 + beside, y0 + above, x1 - beside, y1 - above
    return not all(_is_held(core, [rect for rect in path if _meets(rect, core)]) for path in clip)


def _is_held(box: Box, met: Sequence[Box]) -> bool:
    x0, y0, x1, y1 = box
    return len(met) == 1 and met[0][0] <= x0 and met[0][1] <= y0 and x1 <= met[0][2] and y1 <= met[0][3]


def _meets(rect: Box, box: Box) -> bool:
    return rect[0] < box[2] and box[0] < rect[2] and rect[1] < box[3] and box[1] < rect[3]
