"""Ruled lines to tables: where rules cross, cells lie between them. Pure geometry, the same as pdfplumber's.

A level rule is (y, x0, x1), an upright one (x, top, bottom); lengths in points, y grows downwards.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from operator import itemgetter

from extract.readers.pdf_page import Box, Shape

Rule = tuple[float, float, float]

TOLERANCE = 3.0
"""Rules this close are one; rules that end this far from each other meet."""
_SHORTEST_PART, _SHORTEST_RULE = 1.0, 3.0

# At each crossing: the upright and the level rules that pass there, each a set of bits; by x, then y.
_Crossings = dict[float, dict[float, tuple[int, int]]]


def rules_of(shapes: Iterable[Shape]) -> tuple[list[Rule], list[Rule]]:
    """The level and the upright rules that shapes draw; a rectangle draws four, a slanted line an upright one."""
    level: list[Rule] = []
    upright: list[Rule] = []
    for kind, x0, top, x1, bottom, _, _, _, points in shapes:
        if kind == "rect":
            level += ((top, x0, x1), (bottom, x0, x1))
            upright += ((x0, top, bottom), (x1, top, bottom))
        elif kind == "line":
            if top == bottom:
                level.append((top, x0, x1))
            else:
                upright.append((x0, top, bottom))
        else:
            for (x, y), (next_x, next_y) in pairwise(points):
                if x == next_x:
                    upright.append((x, min(y, next_y), max(y, next_y)))
                elif y == next_y:
                    level.append((y, min(x, next_x), max(x, next_x)))
    return level, upright


def clip(shapes: Iterable[Shape], box: Box) -> list[Shape]:
    """The parts of shapes that lie in a box; the corners of a curve stay where they are."""
    left, top, right, bottom = box
    clipped = []
    for shape in shapes:
        x0, y0, x1, y1 = shape[1:5]
        if x0 >= left and y0 >= top and x1 <= right and y1 <= bottom:
            clipped.append(shape)
            continue
        x0, y0, x1, y1 = max(x0, left), max(y0, top), min(x1, right), min(y1, bottom)
        if x1 >= x0 and y1 >= y0 and x1 + y1 > x0 + y0:
            clipped.append(shape._replace(x0=x0, top=y0, x1=x1, bottom=y1))
    return clipped


def merge(rules: Iterable[Rule]) -> list[Rule]:
    """Rules drawn in parts, or twice side by side, made one; what remains very short is dropped."""
    parts = sorted(rule for rule in rules if rule[2] - rule[1] >= _SHORTEST_PART)
    merged: list[Rule] = []
    for cluster in _clusters(parts):
        place = sum(map(itemgetter(0), cluster)) / len(cluster)
        spans = sorted(rule[1:] for rule in cluster)
        start, end = spans[0]
        for next_start, next_end in spans:
            if next_start > end + TOLERANCE:
                merged.append((place, start, end))
                start, end = next_start, next_end
            elif next_end > end:
                end = next_end
        merged.append((place, start, end))
    return [rule for rule in merged if rule[2] - rule[1] >= _SHORTEST_RULE]


def _clusters(rules: Sequence[Rule]) -> Iterator[Sequence[Rule]]:
    """Sorted rules parted where the next lies further off than the tolerance."""
    first = 0
    for place in range(1, len(rules)):
        if rules[place][0] > rules[place - 1][0] + TOLERANCE:
            yield rules[first:place]
            first = place
    if rules:
        yield rules[first:]


def find_tables(level: Sequence[Rule], upright: Sequence[Rule]) -> list[list[Box]]:
    """The cells of each table of two or more cells that merged rules draw, from the top of the page."""
    tables = [table for table in _connected(_cells(_crossings(level, upright))) if len(table) > 1]
    return sorted(tables, key=lambda table: min((cell[1], cell[0]) for cell in table))


def _crossings(level: Sequence[Rule], upright: Sequence[Rule]) -> _Crossings:
    level = sorted(level)
    heights = [rule[0] for rule in level]
    numbered = [(1 << number, *rule) for number, rule in enumerate(level)]
    crossings: _Crossings = {}
    for number, (x, top, bottom) in enumerate(sorted(upright)):
        bit = 1 << number
        first, last = bisect_left(heights, top - TOLERANCE), bisect_right(heights, bottom + TOLERANCE)
        for level_bit, y, x0, x1 in numbered[first:last]:
            if x0 - TOLERANCE <= x <= x1 + TOLERANCE:
                column = crossings.setdefault(x, {})
                uprights, levels = column.get(y, (0, 0))
                column[y] = uprights | bit, levels | level_bit
    return crossings


def _cells(crossings: _Crossings) -> Iterator[Box]:
    """The smallest rectangle to the right of and below each crossing whose four sides are ruled."""
    right_of: dict[float, list[float]] = defaultdict(list)
    for x in sorted(crossings):
        for y in crossings[x]:
            right_of[y].append(x)
    for x in sorted(crossings):
        column = crossings[x]
        ys = sorted(column)
        for place, y in enumerate(ys, start=1):
            on_level = right_of[y]
            corner = _opposite_corner(crossings, (x, y), below=ys[place:], right=on_level[bisect_right(on_level, x) :])
            if corner:
                yield x, y, *corner


def _opposite_corner(
    crossings: _Crossings, point: tuple[float, float], *, below: Sequence[float], right: Sequence[float]
) -> tuple[float, float] | None:
    column, top = crossings[point[0]], point[1]
    uprights, levels = column[top]
    for y in below:
        below_uprights, below_levels = column[y]
        if not below_uprights & uprights:
            continue
        for x in right:
            corner = crossings[x].get(y)
            if not corner or not corner[1] & below_levels:
                continue
            right_uprights, right_levels = crossings[x][top]
            if right_levels & levels and corner[0] & right_uprights:
                return x, y
    return None


def _connected(cells: Iterable[Box]) -> list[list[Box]]:
    """Cells that touch at a corner, directly or through others, together."""
    table_at: dict[tuple[float, float], list[Box]] = {}
    tables: dict[int, list[Box]] = {}
    for cell in cells:
        corners = _corners(cell)
        table: list[Box] | None = None
        for corner in corners:
            other = table_at.get(corner)
            if table is None:
                table = other
            elif other is not None and other is not table:
                table += other
                del tables[id(other)]
                table_at.update({corner: table for cell in other for corner in _corners(cell)})
        if table is None:
            table = []
            tables[id(table)] = table
        table.append(cell)
        for corner in corners:
            table_at[corner] = table
    return list(tables.values())


def _corners(cell: Box) -> tuple[tuple[float, float], ...]:
    x0, top, x1, bottom = cell
    return (x0, top), (x0, bottom), (x1, top), (x1, bottom)
