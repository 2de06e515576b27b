"""Pages of a scan to lines and tables, and what makes a figure in them sure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np

from extract.document import Block, Cell, Grid, Locator
from extract.match import match_tables
from extract.readers import DOUBT
from extract.readers.pieces import Line, Piece, RuledCell, Table, is_footer
from extract.readers.scan_cells import ReadCell, read_cells, reread
from extract.readers.scan_lines import Lattice, find_lattices
from extract.readers.scan_page import LONG_SIDE, Page, Picture, is_empty, normal_page
from extract.readers.scan_text import Reading, crop, ink_mask, line_boxes, recogniser
from extract.sums import kept_and_broken

_POINTS = 72 / 200
# The same table on two pages of a scan differs by this much at most in width and place (share of the page's width).
_SAME_WIDTH = 0.03
# Lines of a page read with less than this (the median) may stand on their heads.
_LEAST_CONFIDENCE = 0.7
# Characters on a line lie this close (pixels at 200 dpi); print smaller than the other is noise.
_GAP, _LEAST_HEIGHT = 60, 12


@dataclass(frozen=True)
class _ReadPage:
    """What was read on a page: its tables with their cells, and its lines with their boxes in pixels."""

    tables: list[tuple[Lattice, list[ReadCell]]]
    lines: list[tuple[tuple[int, int, int, int], Reading]]

    @property
    def confidence(self) -> float:
        """Median confidence of the lines and labels."""
        found = [reading.confidence for _, reading in self.lines]
        found += [cell.confidence for _, cells in self.tables for cell in cells if cell.text and cell.number is None]
        return float(np.median(found)) if found else 1.0


class ScanReader:
    """Reads the pages of one document; remembers its numbers until the whole document settles how sure they are."""

    long_side = LONG_SIDE

    def __init__(self) -> None:
        self._recogniser = recogniser()
        self._numbers: dict[str, ReadCell] = {}
        self._last_table: tuple[int, float, float] | None = None

    def read(self, picture: Any, number: int) -> list[Piece]:
        """The lines and tables in a picture (RGB), top to bottom."""
        page = normal_page(np.ascontiguousarray(picture), number)
        if is_empty(page):
            return []
        read = self._read_page(page)
        if read.confidence < _LEAST_CONFIDENCE:
            read = max(read, self._read_page(page.turned_over()), key=lambda one: one.confidence)
        height = page.grey.shape[0] * _POINTS
        lines = [Line(number, _in_points(box), reading.text) for box, reading in read.lines if reading.text.strip()]
        pieces: list[tuple[float, Piece]] = [(line.box[1], line) for line in lines if not is_footer(line, height)]
        pieces += [(lattice.box[1] * _POINTS, self._table(lattice, cells)) for lattice, cells in read.tables]
        return [piece for _, piece in sorted(pieces, key=lambda pair: pair[0])]

    def settled(self, blocks: tuple[Block, ...]) -> tuple[Block, ...]:
        """The blocks with the sign for doubt in each number that no two signals agree on.

        Signals are two readings of a number, the shape of its glyphs, and the sums of the form that it is part of. In
        a sum that does not hold, every number is read again with more effort: what then agrees is what is printed.
        """
        figures = match_tables(blocks).figures
        kept, broken = kept_and_broken(figures)
        place = {figure.locator: code for code, figure in figures.items()}
        suspects = [key for key in self._numbers if place.get(key) in broken]
        again = dict(zip(suspects, reread([self._picture(key) for key in suspects], self._recogniser), strict=True))

        def is_sure(key: str, cell: ReadCell) -> bool:
            if key in again:
                return cell.is_agreed and again[key] == cell.text
            # A sum cannot tell a nought from a blank or from dirt.
            return cell.is_agreed or (place.get(key) in kept and cell.text != "0")

        doubtful = {key for key, cell in self._numbers.items() if cell.is_doubtful or not is_sure(key, cell)}
        return tuple(_with_doubts(block, doubtful) if isinstance(block, Grid) else block for block in blocks)

    def _picture(self, key: str) -> Picture:
        picture = self._numbers[key].number
        assert picture is not None
        return picture

    def _read_page(self, page: Page) -> _ReadPage:
        lattices = find_lattices(page)
        tables = [(lattice, read_cells(lattice, self._recogniser)) for lattice in lattices]
        boxes = _text_lines(page, lattices)
        readings = self._recogniser.read([crop(page.grey, box, 0.4) for box in boxes])
        return _ReadPage(tables, list(zip(boxes, readings, strict=True)))

    def _table(self, lattice: Lattice, cells: Sequence[ReadCell]) -> Table:
        """The table with boxes in points; as wide as the one on the page before where it may be its next part."""
        left, right = lattice.box[0] * _POINTS, lattice.box[2] * _POINTS
        page_width = 595.0
        if self._last_table is not None and self._last_table[0] in (lattice.page, lattice.page - 1):
            _, last_left, last_right = self._last_table
            if max(abs(left - last_left), abs(right - last_right)) < _SAME_WIDTH * page_width:
                left, right = last_left, last_right
        self._last_table = (lattice.page, left, right)
        scale = (right - left) / (lattice.edges[-1] - lattice.edges[0])
        top = lattice.box[1] * _POINTS
        ruled = []
        for cell in cells:
            x0, y0, x1, y1 = cell.place.box
            box = (
                round(left + (x0 - lattice.edges[0]) * scale, 1),
                round(top + y0 * _POINTS, 1),
                round(left + (x1 - lattice.edges[0]) * scale, 1),
                round(top + y1 * _POINTS, 1),
            )
            text = cell.text
            if cell.number is None and cell.is_doubtful:
                text += DOUBT
            ruled.append(RuledCell(lattice.page, box, text))
            if cell.number is not None:
                self._numbers[_key(lattice.page, box)] = cell
        return Table(ruled)


def _key(page: int, box: tuple[float, float, float, float]) -> str:
    """A cell's locator as figures carry it."""
    return str(Locator(page=page, box=box))


def _in_points(box: tuple[int, int, int, int]) -> tuple[float, float, float, float]:
    x0, y0, x1, y1 = (value * _POINTS for value in box)
    return (x0, y0, x1, y1)


def _with_doubts(grid: Grid, doubtful: set[str]) -> Grid:
    cells = tuple(_doubted(cell) if str(cell.locator) in doubtful else cell for cell in grid.cells)
    return Grid(cells, grid.ragged_rows)


def _doubted(cell: Cell) -> Cell:
    return replace(cell, text=cell.text + DOUBT)


def _text_lines(page: Page, lattices: Sequence[Lattice]) -> list[tuple[int, int, int, int]]:
    """The boxes of the lines of text outside the tables, top to bottom."""
    ink = ink_mask(page.grey)
    for x0, y0, x1, y1 in (lattice.box for lattice in lattices):
        ink[max(y0 - 4, 0) : y1 + 4, max(x0 - 4, 0) : x1 + 4] = 0
    ink[cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((1, 80), np.uint8)) > 0] = 0
    smeared = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((1, _GAP), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(smeared, connectivity=8)
    boxes = [(int(x), int(y), int(x + width), int(y + height)) for x, y, width, height, _ in stats[1:]]
    merged = _one_a_line([box for box in boxes if box[3] - box[1] >= 4])
    lines = []
    for x0, y0, x1, y1 in merged:
        if y1 - y0 < 70:
            lines.append((x0, y0, x1, y1))
            continue
        lines += [(x0 + a, y0 + b, x0 + c, y0 + d) for a, b, c, d in line_boxes(ink[y0:y1, x0:x1])]
    lines = [box for box in lines if box[3] - box[1] >= _LEAST_HEIGHT and box[3] - box[1] < 200]
    return sorted(lines, key=lambda box: (box[1], box[0]))


def _one_a_line(boxes: Sequence[tuple[int, int, int, int]]) -> list[tuple[int, int, int, int]]:
    """Pieces beside each other put together: what overlaps another by more than half of the lower one's height."""
    lines: list[tuple[int, int, int, int]] = []
    for box in sorted(boxes, key=lambda box: box[3] - box[1], reverse=True):
        for index, line in enumerate(lines):
            overlap = min(box[3], line[3]) - max(box[1], line[1])
            gap = max(box[0], line[0]) - min(box[2], line[2])
            if overlap > 0.5 * (box[3] - box[1]) and gap < 2 * _GAP:
                lines[index] = (
                    min(box[0], line[0]), min(box[1], line[1]), max(box[2], line[2]), max(box[3], line[3]),
                )  # fmt: skip
                break
        else:
            lines.append(box)
    return lines
