"""Born-digital PDF to Document: ruled tables, joined over page breaks, and the text between them.

pdfium gives a page's characters and lines; where it is not sure to see what is drawn, pdfplumber does, far slower.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from extract.document import Block, Cell, Document, Grid, Locator, Text
from extract.errors import UnreadableFile
from extract.labels import fold_radicals, is_page_number, is_rubric, squash
from extract.readers import DOUBT
from extract.readers.lattice import TOLERANCE, Rule, clip, find_tables, merge, rules_of
from extract.readers.pdf_doubts import PageDoubts, cut_numbers
from extract.readers.pdf_page import Box, Char, Page
from extract.readers.pdf_source import PdfSource
from extract.readers.pdf_text import lines_of, text_of, without_doubles

# A paragraph's first line is set in by about two characters; this much tells it from a line that goes on (points).
_LEAST_INDENT = 12.0
# Tables are sought among all crossings of rules, ever slower: real pages have up to 4000 pairs of rules that might
# cross, and up to 3000 characters.
_MOST_CROSSINGS = 8000
_MOST_CHARACTERS = 10_000
_UNMAPPED_GLYPH = re.compile(r"\(cid:\d+\)")


@dataclass(frozen=True, slots=True)
class _RuledCell:
    """A cell on a page: its box in points from the page's top left corner, and its text."""

    page: int
    box: Box
    text: str


@dataclass(frozen=True, slots=True)
class _Line:
    page: int
    box: Box
    text: str


@dataclass
class _Table:
    """A table as ruled on one page, or on several once joined."""

    cells: list[_RuledCell]

    @property
    def box(self) -> Box:
        """The box around all cells."""
        return _around([cell.box for cell in self.cells])


def read_pdf(body: bytes, name: str, *, title_hint: str | None = None) -> Document:
    """Read a PDF that carries its text.

    Raises :class:`UnreadableFile` where the file is damaged, locked, an image without text, in fonts whose characters
    are not mapped to Unicode, or too crowded to be a report.
    """
    with PdfSource(body, name) as source:
        pieces = [piece for page in source.pages() for piece in _page_pieces(page, name)]
        stated_title, page_count = source.title, source.page_count
    text = "".join(_piece_text(piece) for piece in pieces)
    if not squash(text):
        raise UnreadableFile(
            name, "scan", f"the PDF's {page_count} pages show no text, only pictures: a scan, which is not read yet"
        )
    if len(_UNMAPPED_GLYPH.findall(text)) > len(text) // 100:
        raise UnreadableFile(name, "encoding", "the PDF's fonts do not say which characters they print")
    blocks = tuple(_blocks(_join_over_pages(pieces)))
    titles = [title for title in (stated_title, title_hint or "") if "\ufffd" not in title and _is_chinese(title)]
    return Document(blocks=blocks, reader="pdf", fallback_titles=tuple(titles))


def _is_chinese(text: str) -> bool:
    return bool(re.search("[\u4e00-\u9fff]{2}", text))


def _refuse_if_crowded(page: Page, level: Sequence[Rule], upright: Sequence[Rule], name: str) -> None:
    """Raise UnreadableFile for a page on which the search for tables would take minutes."""
    if len(level) * len(upright) > _MOST_CROSSINGS:
        raise UnreadableFile(
            name, "not_a_report", f"page {page.number} has {len(level) + len(upright)} ruled lines: a drawing?"
        )
    if len(page.chars) > _MOST_CHARACTERS:
        raise UnreadableFile(
            name, "not_a_report", f"page {page.number} has {len(page.chars)} characters: no report's page has"
        )


def _page_pieces(page: Page, name: str) -> list[_Line | _Table]:
    """The tables and text lines of a page, top to bottom, without text that does not show."""
    level, upright = map(merge, rules_of(page.shapes))
    _refuse_if_crowded(page, level, upright, name)
    chars = without_doubles(page.chars)
    doubts = PageDoubts(page)
    tables = []
    for cells in find_tables(level, upright):
        table = _table(page, chars, cells, doubts)
        if table is not None:
            tables.append(table)
    boxes = [table.box for table in tables]
    rest = [char for char in chars if not (char.invisible or _is_inside(char, boxes))]
    lines = [_Line(page.number, box, fold_radicals(text)) for text, box in lines_of(rest)]
    pieces: list[_Line | _Table] = [*tables, *(line for line in lines if not _is_footer(line, page))]
    return sorted(pieces, key=lambda piece: piece.box[1])


def _is_inside(char: Char, boxes: Iterable[Box]) -> bool:
    x, y = (char.x0 + char.x1) / 2, (char.top + char.bottom) / 2
    return any(x0 <= x <= x1 and top <= y <= bottom for x0, top, x1, bottom in boxes)


def _is_footer(line: _Line, page: Page) -> bool:
    near_edge = line.box[1] < 0.08 * page.height or line.box[3] > 0.9 * page.height
    return near_edge and is_page_number(line.text)


def _table(page: Page, chars: Sequence[Char], found: Sequence[Box], doubts: PageDoubts) -> _Table | None:
    """The ruled table of these cells, without the rows above and below it that are really text.

    White backgrounds behind paragraphs look like rules: they yield tables of one column, and rows of a single cell that
    are glued to a real table's top or bottom.
    """
    cells = sorted(_find_again(page, _around(found)), key=itemgetter(1, 0))
    rows = [list(row) for _, row in groupby(cells, key=itemgetter(1))]
    if all(len(row) < 2 for row in rows):
        return None
    texts = _cell_texts(chars, cells, doubts)
    left, _, right, _ = _around(cells)

    def is_text(row: Sequence[Box]) -> bool:
        return len(row) == 1 and row[0][2] - row[0][0] > 0.9 * (right - left) and not is_rubric(texts[row[0]])

    while is_text(rows[0]):
        rows.pop(0)
    while is_text(rows[-1]):
        rows.pop()
    return _Table([_RuledCell(page.number, box, texts[box]) for row in rows for box in row])


def _around(boxes: Sequence[Box]) -> Box:
    left, top, right, bottom = zip(*boxes, strict=True)
    return min(left), min(top), max(right), max(bottom)


def _find_again(page: Page, box: Box) -> list[Box]:
    """The cells of the table in a box, found anew on that part of the page alone.

    On the whole page, rules of one table are moved onto nearby rules of another. And a row cut by a page break may lack
    the rule that closes it: where the upright rules go on beyond the table, a level one is put at their end.
    """
    left, top, right, bottom = box
    upright = [
        (x, start, end)
        for x, start, end in rules_of(page.shapes)[1]
        if left - TOLERANCE <= x <= right + TOLERANCE and start <= bottom + 1 and end >= top - 1
    ]
    above = [rule for rule in upright if rule[1] < top - TOLERANCE]
    below = [rule for rule in upright if rule[2] > bottom + TOLERANCE]
    levels = []
    if len({round(x) for x, _, _ in above}) > 2:
        top = min(start for _, start, _ in above)
        levels.append(top)
    if len({round(x) for x, _, _ in below}) > 2:
        bottom = max(end for _, _, end in below)
        levels.append(bottom)
    margin = TOLERANCE + 1  # the box's sides are averages of rules that lie up to the tolerance apart
    part = (
        max(left - margin, 0),
        max(top - margin, 0),
        min(right + margin, page.width),
        min(bottom + margin, page.height),
    )
    level, upright = rules_of(clip(page.shapes, part))
    level += [(y, part[0], part[2]) for y in levels]
    return max(find_tables(merge(level), merge(upright)), key=len, default=[])


def _cell_texts(chars: Sequence[Char], boxes: Sequence[Box], doubts: PageDoubts) -> dict[Box, str]:
    """The text in each box: a character belongs to the box that holds its middle.

    Where a number runs over a box's side, so that its digits are in two cells, or the box is otherwise doubtful, the
    text ends in the sign for doubt.
    """
    table = _around(boxes)
    held: dict[Box, list[Char]] = {box: [] for box in boxes}
    xs = sorted({side for box in boxes for side in box[::2]})
    ys = sorted({side for box in boxes for side in box[1::2]})
    box_at = {
        (column, row): box
        for box in reversed(boxes)
        for column in range(bisect_left(xs, box[0]), bisect_left(xs, box[2]))
        for row in range(bisect_left(ys, box[1]), bisect_left(ys, box[3]))
    }
    for char in chars:
        _, x0, top, x1, bottom, *_ = char
        place = bisect_right(xs, (x0 + x1) / 2) - 1, bisect_right(ys, (top + bottom) / 2) - 1
        if place in box_at:
            held[box_at[place]].append(char)
    doubtful = cut_numbers(held) | {box for box, inside in held.items() if doubts.is_doubtful(box, inside, table)}
    texts = {box: fold_radicals(text_of(inside)).strip() for box, inside in held.items()}
    return {box: text + DOUBT if box in doubtful else text for box, text in texts.items()}


def _join_over_pages(pieces: Iterable[_Line | _Table]) -> Iterator[_Line | _Table]:
    """Join a table that ends a page with the one of the same width that begins the next."""
    last: _Table | None = None
    for piece in pieces:
        if last is not None and isinstance(piece, _Table) and _goes_on(last, piece):
            last.cells.extend(piece.cells)
            continue
        if last is not None:
            yield last
            last = None
        if isinstance(piece, _Table):
            last = piece
        else:
            yield piece
    if last is not None:
        yield last


def _goes_on(above: _Table, below: _Table) -> bool:
    next_page = below.cells[0].page == above.cells[-1].page + 1
    same_width = all(abs(above.box[side] - below.box[side]) <= TOLERANCE for side in (0, 2))
    return next_page and same_width


def _blocks(pieces: Iterable[_Line | _Table]) -> Iterator[Block]:
    lines: list[_Line] = []
    for piece in pieces:
        if isinstance(piece, _Line):
            lines.append(piece)
            continue
        yield from _paragraphs(lines)
        lines = []
        yield _grid(piece)
    yield from _paragraphs(lines)


def _paragraphs(lines: Sequence[_Line]) -> Iterator[Text]:
    """Join lines into paragraphs: a new one begins where a line is set in, or the line above ends short."""
    if not lines:
        return
    left, right = min(line.box[0] for line in lines), max(line.box[2] for line in lines)
    paragraph: list[_Line] = []
    for line in lines:
        if paragraph:
            above = paragraph[-1]
            size = above.box[3] - above.box[1]
            if line.box[0] > left + _LEAST_INDENT or above.box[2] < right - 2.5 * size:
                yield _text(paragraph)
                paragraph = []
        paragraph.append(line)
    yield _text(paragraph)


def _text(lines: Sequence[_Line]) -> Text:
    return Text("".join(line.text for line in lines), Locator(page=lines[0].page, box=_rounded(lines[0].box)))


def _grid(table: _Table) -> Grid:
    """Boxes to rows and columns: columns from the vertical edges of all pages together, rows page by page."""
    x_edges = _cluster(edge for cell in table.cells for edge in (cell.box[0], cell.box[2]))
    cells: list[Cell] = []
    first_row = 0
    for page in sorted({cell.page for cell in table.cells}):
        on_page = [cell for cell in table.cells if cell.page == page]
        y_edges = _cluster(edge for cell in on_page for edge in (cell.box[1], cell.box[3]))
        for ruled in sorted(on_page, key=lambda cell: (cell.box[1], cell.box[0])):
            column, end_column = _index(x_edges, ruled.box[0]), _index(x_edges, ruled.box[2])
            row, end_row = _index(y_edges, ruled.box[1]), _index(y_edges, ruled.box[3])
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
        first_row += len(y_edges) - 1
    return Grid(tuple(cells))


def _cluster(edges: Iterable[float]) -> list[float]:
    """Sorted edges, those within the tolerance of the one before taken as one."""
    clusters: list[float] = []
    for edge in sorted(edges):
        if not clusters or edge - clusters[-1] > TOLERANCE:
            clusters.append(edge)
    return clusters


def _index(clusters: Sequence[float], edge: float) -> int:
    """The number of the cluster nearest to an edge."""
    place = bisect_left(clusters, edge)
    if place and (place == len(clusters) or edge - clusters[place - 1] <= clusters[place] - edge):
        return place - 1
    return place


def _rounded(box: Box) -> Box:
    x0, top, x1, bottom = (round(value, 1) for value in box)
    return (x0, top, x1, bottom)


def _piece_text(piece: _Line | _Table) -> str:
    return piece.text if isinstance(piece, _Line) else "".join(cell.text for cell in piece.cells)
