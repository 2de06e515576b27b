"""The tables on a page: rules found, straightened, and the cells that they enclose."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from extract.readers.scan_page import Page, Picture

# Pixels at 200 dpi. A rule is longer than the strokes of the print in tables; rows and columns are wider apart than
# the parts of one bent rule.
_LEAST_PIECE, _LEAST_LEVEL, _LEAST_UPRIGHT = 32, 44, 40
_APART = 10
_WINDOW = 6
# A table takes up so much of the page's width; the strokes of a bold title, which make boxes too, do not.
_LEAST_SHARE = 0.25
_RULE_INK = 205
# Share of a cell's side that must be ruled to part it from its neighbour; less than the other is no rule; between them
# the cell is doubtful.
_RULED, _UNRULED = 0.7, 0.25

Box = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class LatticeCell:
    """A cell of a table: its place, its box (x0, y0, x1, y1) in the table's picture; doubtful if its sides are."""

    row: int
    column: int
    row_span: int
    column_span: int
    box: Box
    is_doubtful: bool


@dataclass(frozen=True)
class Lattice:
    """A table: ``grey`` is its picture, straightened and without rules; ``red`` the red ink; ``box`` is on the page.

    ``edges`` are the x of the column edges in the picture.
    """

    page: int
    box: Box
    grey: Picture
    red: NDArray[np.bool_]
    cells: tuple[LatticeCell, ...]
    edges: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Rule:
    """A piece of a rule: where it is (across) and from where to where it runs (along)."""

    across: float
    start: int
    end: int


def find_lattices(page: Page) -> list[Lattice]:
    """The ruled tables of a page, top to bottom; boxes of a single cell are left out."""
    level, upright = _rule_masks(page.grey)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(cv2.dilate(level | upright, np.ones((5, 5), np.uint8)))
    found = []
    for label in range(1, count):
        x, y, width, height, _ = (int(value) for value in stats[label])
        if width < _LEAST_SHARE * page.grey.shape[1] or height < 40:
            continue
        part = labels[y : y + height, x : x + width] == label
        lattice = _lattice(page, (x, y, x + width, y + height), part)
        if lattice is not None and len(lattice.cells) > 1 and len(lattice.edges) > 2:
            found.append(lattice)
    return sorted(found, key=lambda lattice: lattice.box[1])


def _rule_masks(grey: Picture) -> tuple[Any, Any]:
    ink = (grey < _RULE_INK).astype(np.uint8)
    masks = []
    for level, length in ((True, _LEAST_LEVEL), (False, _LEAST_UPRIGHT)):
        # Pieces longer than a stroke of the print, gaps between pieces mended, then only what is long.
        thick = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, _line(3, level=not level))
        pieces = cv2.morphologyEx(thick, cv2.MORPH_OPEN, _line(_LEAST_PIECE, level=level))
        mended = cv2.morphologyEx(pieces, cv2.MORPH_CLOSE, _line(25, level=level))
        masks.append(_without_blocks(cv2.morphologyEx(mended, cv2.MORPH_OPEN, _line(length, level=level))))
    return masks[0], masks[1]


def _line(length: int, *, level: bool) -> Any:
    return np.ones((1, length) if level else (length, 1), np.uint8)


def _without_blocks(mask: Any) -> Any:
    """Without what is thick in both directions: shadows and pictures."""
    blocks = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((14, 14), np.uint8))
    return np.where(cv2.dilate(blocks, np.ones((5, 5), np.uint8)) > 0, 0, mask) if blocks.any() else mask


def _lattice(page: Page, box: Box, part: NDArray[np.bool_]) -> Lattice | None:
    matrix, size = _straightening(box, part)
    if matrix is None:
        return None
    grey = np.asarray(cv2.warpPerspective(page.grey, matrix, size, flags=cv2.INTER_CUBIC, borderValue=255), np.uint8)
    red = cv2.warpPerspective(page.red.astype(np.uint8), matrix, size, flags=cv2.INTER_NEAREST).astype(np.bool_)
    level, upright = _rule_masks(grey)
    levels, uprights = _rules(level), _rules(upright.T)
    uprights = [rule for rule in uprights if _touches(rule, levels)]
    levels = [rule for rule in levels if _touches(rule, uprights)]
    xs, ys = _clusters(uprights), _clusters(levels)
    if len(xs) < 2 or not ys:
        return None
    ys = _with_open_ends(ys, uprights)
    if len(ys) < 2:
        return None
    cells = _cells(xs, ys, level, upright)
    rules = cv2.dilate(level | upright, np.ones((3, 3), np.uint8)) > 0
    grey = np.where(rules & _near(xs, ys, grey.shape), 255, grey).astype(np.uint8)
    return Lattice(page.number, box, grey, red, tuple(cells), tuple(xs))


def _straightening(box: Box, part: NDArray[np.bool_]) -> tuple[Any, tuple[int, int]]:
    """The transformation that makes a table's outline a rectangle, None if it has none, and the picture's size.

    Each side is fitted to the outermost ink of every row or column.
    """
    height, width = part.shape
    rows, columns = np.flatnonzero(part.any(axis=1)), np.flatnonzero(part.any(axis=0))
    left = _fitted(rows, part[rows].argmax(axis=1))
    right = _fitted(rows, width - 1 - part[rows][:, ::-1].argmax(axis=1))
    top = _fitted(columns, part[:, columns].argmax(axis=0))
    bottom = _fitted(columns, height - 1 - part[::-1][:, columns].argmax(axis=0))
    if any(abs(slope) > 0.12 for slope, _ in (left, right, top, bottom)):
        return None, (0, 0)
    corners = np.array(
        [_crossing(left, top), _crossing(right, top), _crossing(right, bottom), _crossing(left, bottom)], np.float32
    )
    across = round(float(np.linalg.norm(corners[1] - corners[0]) + np.linalg.norm(corners[2] - corners[3])) / 2)
    down = round(float(np.linalg.norm(corners[3] - corners[0]) + np.linalg.norm(corners[2] - corners[1])) / 2)
    if across < 150 or down < 20:
        return None, (0, 0)
    # Upright rules may reach beyond the first and last level one, where a page break left a row open.
    above, below = max(0, round(corners[:2, 1].min())), max(0, round(height - corners[2:, 1].max()))
    margin = 14
    origin = np.array([margin, above + margin], np.float32)
    target = np.array([[0, 0], [across, 0], [across, down], [0, down]], np.float32) + origin
    offset = np.array([box[0], box[1]], np.float32)
    matrix = cv2.getPerspectiveTransform(corners + offset, target.astype(np.float32))
    return matrix, (across + 2 * margin, down + above + below + 2 * margin)


def _fitted(along: Any, across: Any) -> tuple[float, float]:
    """Slope and offset of the line through most of the points."""
    points = np.stack([along, across], axis=1).astype(np.float32)
    half = len(points) // 2
    (x0, y0), (x1, y1) = np.median(points[:half], axis=0), np.median(points[half:], axis=0)
    slope = float((y1 - y0) / max(x1 - x0, 1.0))
    for _ in range(3):
        offset = float(np.median(points[:, 1] - slope * points[:, 0]))
        near = np.abs(points[:, 1] - slope * points[:, 0] - offset) < 6
        if near.sum() < 20:
            break
        slope, offset = (float(value) for value in np.polyfit(points[near, 0], points[near, 1], 1))
    return slope, float(np.median(points[:, 1] - slope * points[:, 0]))


def _crossing(upright: tuple[float, float], level: tuple[float, float]) -> tuple[float, float]:
    """Where x = a·y + b meets y = c·x + d."""
    (a, b), (c, d) = upright, level
    x = (a * d + b) / (1 - a * c)
    return x, c * x + d


def _rules(mask: Any) -> list[_Rule]:
    """The pieces of level rules in a mask (transposed: of upright ones)."""
    count, _, stats, centres = cv2.connectedComponentsWithStats(np.ascontiguousarray(mask))
    return [
        _Rule(float(centres[i][1]), int(stats[i][0]), int(stats[i][0] + stats[i][2]))
        for i in range(1, count)
        if stats[i][3] < 40
    ]


def _touches(rule: _Rule, others: Sequence[_Rule]) -> bool:
    """Whether a rule meets one of the other direction: a stroke of the print does not."""
    return any(
        rule.start - _APART <= other.across <= rule.end + _APART
        and other.start - _APART <= rule.across <= other.end + _APART
        for other in others
    )


def _clusters(rules: Iterable[_Rule]) -> list[int]:
    """Where rules lie, pieces of one rule taken together: weighted by their length."""
    groups: list[list[_Rule]] = []
    for rule in sorted(rules, key=lambda rule: rule.across):
        if not groups or rule.across - groups[-1][-1].across > _APART:
            groups.append([])
        groups[-1].append(rule)
    return [
        round(sum(r.across * (r.end - r.start) for r in group) / sum(r.end - r.start for r in group))
        for group in groups
    ]


def _with_open_ends(ys: list[int], uprights: Sequence[_Rule]) -> list[int]:
    """The level rules, with one where upright ones end beyond the last: a page break left the row open."""
    above = [rule for rule in uprights if rule.start < ys[0] - 16]
    below = [rule for rule in uprights if rule.end > ys[-1] + 16]
    if len({round(rule.across / _APART) for rule in above}) > 1:
        ys = [int(np.median([rule.start for rule in above])), *ys]
    if len({round(rule.across / _APART) for rule in below}) > 1:
        ys = [*ys, int(np.median([rule.end for rule in below]))]
    return ys


def _near(xs: Sequence[int], ys: Sequence[int], shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Where the lattice's lines run."""
    near = np.zeros(shape, np.bool_)
    for x in xs:
        near[:, max(x - _APART, 0) : x + _APART] = True
    for y in ys:
        near[max(y - _APART, 0) : y + _APART] = True
    return near


def _cells(xs: Sequence[int], ys: Sequence[int], level: Any, upright: Any) -> list[LatticeCell]:
    """Places joined to cells where no rule parts them. Joined places that make no rectangle stay apart, in doubt."""
    columns, rows = len(xs) - 1, len(ys) - 1
    parent = {place: place for place in product(range(rows), range(columns))}
    doubtful: set[tuple[int, int]] = set()

    def root(place: tuple[int, int]) -> tuple[int, int]:
        while parent[place] != place:
            place = parent[place]
        return place

    for row, column in list(parent):
        beside = xs[column + 1] if column + 1 < columns else None
        below = ys[row + 1] if row + 1 < rows else None
        neighbours = (
            ((row, column + 1), _ruled(upright.T, beside, ys[row], ys[row + 1])),
            ((row + 1, column), _ruled(level, below, xs[column], xs[column + 1])),
        )
        for other, share in neighbours:
            if share is None:
                continue
            if share < _UNRULED:
                parent[root(other)] = root((row, column))
            elif share < _RULED:
                doubtful |= {(row, column), other}
    groups: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for place in parent:
        groups.setdefault(root(place), []).append(place)
    cells: list[LatticeCell] = []
    for places in groups.values():
        cells += _joined(places, xs, ys, is_doubtful=not doubtful.isdisjoint(places))
    return sorted(cells, key=lambda cell: (cell.row, cell.column))


def _ruled(mask: Any, across: int | None, start: int, end: int) -> float | None:
    """Share of a side that is ruled; None for a side of the whole table."""
    if across is None:
        return None
    inset = min(8, (end - start) // 4)
    strip = mask[max(across - _WINDOW, 0) : across + _WINDOW + 1, start + inset : end - inset]
    return float(strip.any(axis=0).mean()) if strip.size else 1.0


def _joined(
    places: list[tuple[int, int]], xs: Sequence[int], ys: Sequence[int], *, is_doubtful: bool
) -> list[LatticeCell]:
    top, left = min(row for row, _ in places), min(column for _, column in places)
    bottom, right = max(row for row, _ in places) + 1, max(column for _, column in places) + 1
    if len(places) == (bottom - top) * (right - left):
        box = (xs[left], ys[top], xs[right], ys[bottom])
        return [LatticeCell(top, left, bottom - top, right - left, box, is_doubtful)]
    return [
        LatticeCell(row, column, 1, 1, (xs[column], ys[row], xs[column + 1], ys[row + 1]), is_doubtful=True)
        for row, column in places
    ]
