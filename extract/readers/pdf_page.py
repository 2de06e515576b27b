"""What a reader sees on a PDF page: characters, drawn shapes, pictures and annotations, whichever library found them.

Lengths are points, from the page's top left corner.
"""

from dataclasses import dataclass
from typing import Literal, NamedTuple

Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""


class Char(NamedTuple):
    """A printed character; its box is as wide as its advance and as high as its size."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    size: float
    font: str | int
    upright: bool = True
    invisible: bool = False
    white: bool = False


class Shape(NamedTuple):
    """A drawn line, rectangle or other path."""

    kind: Literal["line", "rect", "curve"]
    x0: float
    top: float
    x1: float
    bottom: float
    stroked: bool
    filled: bool
    white: bool
    points: tuple[tuple[float, float], ...] = ()
    """The corners of a curve; empty for lines and rectangles."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page's content; ``annotations`` are those that print, so not links."""

    number: int
    width: float
    height: float
    chars: list[Char]
    shapes: list[Shape]
    images: list[Box]
    annotations: list[Box]
