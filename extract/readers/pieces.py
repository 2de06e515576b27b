"""Lines and ruled tables as found on pages, put together to paragraphs and grids."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from extract.document import Block, Cell, Grid, Locator, Text
from extract.labels import is_page_number
from extract.readers.lattice import TOLERANCE
from extract.readers.pdf_page import Box

# A paragraph's first line is set in by about two characters; this much tells it from a line that goes on (points).
_LEAST_INDENT = 12.0


@dataclass(frozen=True, slots=True)
class RuledCell:
    """A cell on a page: its box in points from the page's top left corner, and its text."""

    page: int
    box: Box
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text outside of tables; the box is in points from the page's top left corner."""

    page: int
    box: Box
    text: str


@dataclass
class Table:
    """A table as ruled on one page, or on several once joined."""

    cells: list[RuledCell]

    @property
    def box(self) -> Box:
        """The box around all cells."""
        return around([cell.box for cell in self.cells])


Piece = Line | Table


def around(boxes: Sequence[Box]) -> Box:
    """The box around boxes."""
    left, top, right, bottom = zip(*boxes, strict=True)
    return min(left), min(top), max(right), max(bottom)


def _join_over_pages(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Join a table that ends a page with the one of the same width that begins the next."""
    last: Table | None = None
    for piece in pieces:
        if last is not None and isinstance(piece, Table) and _goes_on(last, piece):
            last.cells.extend(piece.cells)
            continue
        if last is not None:
            yield last
            last = None
        if isinstance(piece, Table):
            last = piece
        else:
            yield piece
    if last is not None:
        yield last


def _goes_on(above: Table, below: Table) -> bool:
    next_page = below.cells[0].page == above.cells[-1].page + 1
    same_width = all(abs(above.box[side] - below.box[side]) <= TOLERANCE for side in (0, 2))
    return next_page and same_width


def is_footer(line: Line, page_height: float) -> bool:
    """Whether a line is the number at the top or bottom of a page so high."""
    near_edge = line.box[1] < 0.08 * page_height or line.box[3] > 0.9 * page_height
    return near_edge and is_page_number(line.text)


def blocks_of(pieces: Iterable[Piece]) -> Iterator[Block]:
    """Paragraphs and grids, tables joined over pages. Pieces come in reading order."""
    lines: list[Line] = []
    for piece in _join_over_pages(pieces):
        if isinstance(piece, Line):
            lines.append(piece)
            continue
        yield from _paragraphs(lines)
        lines = []
        yield _grid(piece)
    yield from _paragraphs(lines)


def _paragraphs(lines: Sequence[Line]) -> Iterator[Text]:
    """Join lines into paragraphs: a new one begins where a line is set in, or the line above ends short."""
    if not lines:
        return
    left, right = min(line.box[0] for line in lines), max(line.box[2] for line in lines)
    paragraph: list[Line] = []
    for line in lines:
        if paragraph:
            above = paragraph[-1]
            size = above.box[3] - above.box[1]
            if line.box[0] > left + _LEAST_INDENT or above.box[2] < right - 2.5 * size:
                yield _text(paragraph)
                paragraph = []
        paragraph.append(line)
    yield _text(paragraph)


def _text(lines: Sequence[Line]) -> Text:
    return Text("".join(line.text for line in lines), Locator(page=lines[0].page, box=_rounded(lines[0].box)))


def _grid(table: Table) -> Grid:
    """Boxes to rows and columns: columns from the vertical edges of all pages together, rows page by page."""
    column_at = _numbered(edge for cell in table.cells for edge in (cell.box[0], cell.box[2]))
    cells: list[Cell] = []
    first_row = 0
    for page in sorted({cell.page for cell in table.cells}):
        on_page = [cell for cell in table.cells if cell.page == page]
        row_at = _numbered(edge for cell in on_page for edge in (cell.box[1], cell.box[3]))
        for ruled in sorted(on_page, key=lambda cell: (cell.box[1], cell.box[0])):
            x0, top, x1, bottom = ruled.box
            column, end_column = column_at[x0], column_at[x1]
            row, end_row = row_at[top], row_at[bottom]
            cells.append(
                Cell(
                    row=first_row + row,
                    column=column,
                    text=ruled.text,
                    locator=Locator(page=page, box=_rounded(ruled.box)),
                    row_span=max(end_row - row, 1),
                    column_span=max(end_column - column, 1),
                )
            )
        first_row += max(row_at.values())
    return Grid(tuple(cells))


def _numbered(edges: Iterable[float]) -> dict[float, int]:
    """The number of the row or column that begins at each edge; edges within the tolerance of a first one are one."""
    firsts: list[float] = []
    ordered = sorted(set(edges))
    for edge in ordered:
        if not firsts or edge - firsts[-1] > TOLERANCE:
            firsts.append(edge)
    return {edge: _nearest(firsts, edge) for edge in ordered}


def _nearest(places: Sequence[float], edge: float) -> int:
    after = bisect_left(places, edge)
    if after and (after == len(places) or edge - places[after - 1] <= places[after] - edge):
        return after - 1
    return after


def _rounded(box: Box) -> Box:
    x0, top, x1, bottom = box
    return round(x0, 1), round(top, 1), round(x1, 1), round(bottom, 1)


def piece_text(piece: Piece) -> str:
    """All text of a piece."""
    return piece.text if isinstance(piece, Line) else "".join(cell.text for cell in piece.cells)
