"""Pictures of pages brought to one shape: paper cut out, light evened, upright, level, at 200 dpi of an A4 sheet."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
"""Pixels of a picture: height x width of grey (255 is white), or with three channels red, green, blue."""

LONG_SIDE = 2339
"""Pixels of a page's long side: A4 at 200 dpi. All lengths in the scan readers are in such pixels."""

# Paper that fills more of a photograph than this has no desk around it; less than the other is no page.
_MOST_PAPER, _LEAST_PAPER = 0.97, 0.25
# A pixel whose red stands out by this much is a seal or a red letterhead.
_RED = 45
_INK = 128
# Print darker than the first needs no help; where nothing is darker than the second there is none.
_DARK, _PAPER = 90, 200
# So many more pieces on the other side say nothing yet: a page of a few figures.
_FEW_PIECES = 12


@dataclass(frozen=True)
class Page:
    """A page in one shape: ``grey`` (255 paper, 0 ink, red left out), ``red`` where red ink is (bool)."""

    number: int
    grey: Picture
    red: NDArray[np.bool_]

    def turned_over(self) -> "Page":
        """The page turned by 180 degrees."""
        return Page(self.number, np.ascontiguousarray(self.grey[::-1, ::-1]), self.red[::-1, ::-1])


def normal_page(picture: Picture, number: int) -> Page:
    """The page in a picture (RGB). Whether it stands on its head is not seen here: see :meth:`Page.turned_over`."""
    picture = _scaled(_paper(picture))
    grey, red = _split_red(_evened(picture))
    grey = _darkened(grey)
    quarter = _lies_on_its_side(grey)
    if quarter:
        grey, red = _pixels(np.rot90(grey).copy()), _pixels(np.rot90(red).copy())
    angle = _skew(grey)
    if abs(angle) > 0.02:
        grey = _turned(grey, angle, 255)
        red = _turned(red, angle, 0)
    return Page(number, grey, red.astype(np.bool_))


def is_empty(page: Page) -> bool:
    """Whether there is less ink than a line of text would leave."""
    core = page.grey[60:-60, 60:-60]
    return int((core < _INK).sum()) < 400 and not page.red.any()


def _scaled(picture: Picture) -> Picture:
    factor = LONG_SIDE / max(picture.shape[:2])
    if abs(factor - 1) < 0.01:
        return picture
    method = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    return _pixels(cv2.resize(picture, None, fx=factor, fy=factor, interpolation=method))


def _paper(picture: Picture) -> Picture:
    """The sheet in a photograph seen straight from above; the picture itself where no darker desk is around it."""
    factor = 700 / max(picture.shape[:2])
    small = cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    # The darkest channel tells paper from a brown desk better than brightness does; closing takes the print away.
    light = cv2.morphologyEx(small.min(axis=2), cv2.MORPH_CLOSE, np.ones((15, 15), np.uint8))
    light = cv2.GaussianBlur(light, (5, 5), 0)
    level, mask = cv2.threshold(light, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    border = np.concatenate([light[:3].ravel(), light[-3:].ravel(), light[:, :3].ravel(), light[:, -3:].ravel()])
    if (border > level).mean() > 0.35:
        return picture
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    sheet = max(contours, key=cv2.contourArea)
    share = cv2.contourArea(sheet) / mask.size
    corners = _four_corners(sheet)
    if not _LEAST_PAPER < share < _MOST_PAPER or corners is None:
        return picture
    return _straightened(picture, corners / factor)


def _four_corners(contour: Any) -> NDArray[np.float32] | None:
    """The corners of a contour that is a quadrilateral: top left, top right, bottom right, bottom left."""
    hull = cv2.convexHull(contour)
    length = cv2.arcLength(hull, True)
    for tolerance in (0.01, 0.02, 0.03, 0.05):
        corners = cv2.approxPolyDP(hull, tolerance * length, True).reshape(-1, 2).astype(np.float32)
        if len(corners) == 4 and cv2.contourArea(corners) > 0.95 * cv2.contourArea(hull):
            return in_order(corners)
    return None


def in_order(corners: NDArray[np.float32]) -> NDArray[np.float32]:
    """Four points as top left, top right, bottom right, bottom left."""
    sums, differences = corners.sum(axis=1), corners[:, 0] - corners[:, 1]
    order = [sums.argmin(), differences.argmax(), sums.argmax(), differences.argmin()]
    return np.asarray(corners[order], dtype=np.float32)


def _straightened(picture: Picture, corners: NDArray[np.float32]) -> Picture:
    top_left, top_right, bottom_right, bottom_left = corners
    across = float(np.linalg.norm(top_right - top_left) + np.linalg.norm(bottom_right - bottom_left))
    down = float(np.linalg.norm(bottom_left - top_left) + np.linalg.norm(bottom_right - top_right))
    factor = LONG_SIDE / max(across, down)
    width, height = round(across * factor), round(down * factor)
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    matrix = cv2.getPerspectiveTransform(corners.astype(np.float32), target)
    straight = cv2.warpPerspective(picture, matrix, (width, height), flags=cv2.INTER_CUBIC)
    edge = 12  # what is left of the desk and of the sheet's shadow
    return _pixels(straight[edge:-edge, edge:-edge])


def _evened(picture: Picture) -> Picture:
    """Each channel divided by the paper's light around it, so that paper is white everywhere."""
    small = cv2.resize(picture, None, fx=0.125, fy=0.125, interpolation=cv2.INTER_AREA)
    paper = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
    paper = cv2.medianBlur(paper, 9)
    paper = cv2.resize(paper, (picture.shape[1], picture.shape[0]), interpolation=cv2.INTER_LINEAR)
    return _pixels(cv2.divide(picture, np.maximum(paper, 40), scale=245))


def _split_red(picture: Picture) -> tuple[Picture, Picture]:
    """Grey without red ink, and 1 where the red is. In the red channel a seal is as bright as paper, print is not."""
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    rest = np.maximum(picture[:, :, 1], picture[:, :, 2])
    stands_out = (cv2.subtract(picture[:, :, 0], rest) > _RED).astype(np.uint8)
    red = _pixels(cv2.morphologyEx(stands_out, cv2.MORPH_OPEN, np.ones((2, 2), np.uint8)))
    if not red.any():
        return _pixels(grey), red
    around = cv2.dilate(red, np.ones((5, 5), np.uint8)).astype(np.bool_)
    return _pixels(np.where(around, picture[:, :, 0], grey)), red


def _at_75_dpi(ink: Any) -> Picture:
    small = cv2.resize(ink * 255, None, fx=0.375, fy=0.375, interpolation=cv2.INTER_AREA)
    return _pixels((small > 60).astype(np.uint8))


def _darkened(grey: Picture) -> Picture:
    """Faint print made dark; a page without print stays as it is."""
    dark = float(np.percentile(grey[::3, ::3], 0.3))
    if not _DARK < dark < _PAPER:
        return grey
    return _pixels(np.clip((grey.astype(np.float32) - dark) * (225 / (245 - dark)) + 20, 0, 255))


def _small_ink(grey: Picture) -> Picture:
    """The print, at 75 dpi, without the rules of tables: 1 where ink is."""
    ink = (grey < 150).astype(np.uint8)
    for shape in ((1, 80), (80, 1)):
        ink[cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones(shape, np.uint8)) > 0] = 0
    return _at_75_dpi(ink)


def _sharpness(ink: Picture) -> float:
    """How sharply lines of text part along the rows: mean square of the steps of the row profile."""
    profile = ink.sum(axis=1, dtype=np.int64)
    return float((np.diff(profile) ** 2).sum())


def _lies_on_its_side(grey: Picture) -> bool:
    """Whether characters stand closer above each other than beside each other. (Columns of figures are no lines.)"""
    ink = _small_ink(grey)
    pieces = [
        cv2.connectedComponents(cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones(shape, np.uint8)))[0]
        for shape in ((1, 5), (5, 1))
    ]
    return bool(pieces[0] > 1.15 * pieces[1] + _FEW_PIECES)


def _skew(grey: Picture) -> float:
    """Degrees by which the page has to be turned to be level: where the row profile is sharpest."""
    ink = _at_75_dpi((grey < 150).astype(np.uint8))
    best = 0.0
    for reach, step in ((6.0, 0.5), (0.5, 0.1), (0.1, 0.02)):
        angles = best + np.arange(-reach, reach + step / 2, step)
        best = float(max(angles, key=lambda angle: _sharpness(_turned(ink, angle, 0))))
    return best


def _turned(picture: Any, angle: float, background: int) -> Picture:
    height, width = picture.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    method = cv2.INTER_NEAREST if background == 0 else cv2.INTER_CUBIC
    return _pixels(
        cv2.warpAffine(
            np.ascontiguousarray(picture), matrix, (width, height), flags=method,
            borderMode=cv2.BORDER_CONSTANT, borderValue=background,
        )
    )  # fmt: skip


def _pixels(array: Any) -> Picture:
    return np.asarray(array, dtype=np.uint8)
