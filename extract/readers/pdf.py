"""Born-digital PDF to Document, with pdfplumber: ruled tables, joined over page breaks, and the text between them."""

import io
import logging
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pdfplumber
from pdfplumber.table import merge_edges
from pdfplumber.utils.text import extract_text

from extract.document import Block, Cell, Document, Grid, Locator, Text
from extract.errors import UnreadableFile
from extract.labels import fold_radicals, is_page_number, is_rubric, squash
from extract.readers import DOUBT
from extract.readers.pdf_doubts import Box, PageDoubts, cut_numbers

# Rules of one column drawn on two pages, or twice on one, lie this close (points).
_EDGE_TOLERANCE = 3.0
# A paragraph's first line is set in by about two characters; this much tells it from a line that goes on (points).
_LEAST_INDENT = 12.0
# Tables are sought among all crossings of rules, ever slower: real pages have up to 4000 pairs of rules that might
# cross, and up to 3000 characters.
_MOST_CROSSINGS = 8000
_MOST_CHARACTERS = 10_000
# The same character drawn twice this close (points) is a bold one, not two.
_BOLD = 1.0
_UNMAPPED_GLYPH = re.compile(r"\(cid:\d+\)")

# pdfminer warns on every incomplete font descriptor; the text it extracts is not affected.
logging.getLogger("pdfminer").setLevel(logging.ERROR)


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
    def left(self) -> float:
        return min(cell.box[0] for cell in self.cells)

    @property
    def right(self) -> float:
        return max(cell.box[2] for cell in self.cells)

    @property
    def top(self) -> float:
        return min(cell.box[1] for cell in self.cells)

    @property
    def bottom(self) -> float:
        return max(cell.box[3] for cell in self.cells)


def read_pdf(body: bytes, name: str, *, title_hint: str | None = None) -> Document:
    """Read a PDF that carries its text.

    Raises :class:`UnreadableFile` where the file is damaged, locked, an image without text, in fonts whose characters
    are not mapped to Unicode, or too crowded to be a report.
    """
    try:
        with pdfplumber.open(io.BytesIO(body), raise_unicode_errors=False) as pdf:
            pieces = [piece for page in pdf.pages for piece in _page_pieces(page, name)]
            stated_title = str((pdf.metadata or {}).get("Title") or "")
            page_count = len(pdf.pages)
    except UnreadableFile:
        raise
    except Exception as error:  # pdfminer raises whatever a damaged file makes it trip over
        raise UnreadableFile(
            name,
            "damaged",
            f"the PDF cannot be opened ({type(error).__name__}: {error}); it may be truncated or locked",
        ) from error
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


def _refuse_if_crowded(page: Any, name: str) -> None:
    """Raise UnreadableFile for a page on which the search for tables would take minutes."""
    rules = merge_edges([edge for edge in page.edges if edge["orientation"]], *[_EDGE_TOLERANCE] * 4)
    level = sum(1 for rule in rules if rule["orientation"] == "h")
    if level * (len(rules) - level) > _MOST_CROSSINGS:
        raise UnreadableFile(name, "not_a_report", f"page {page.page_number} has {len(rules)} ruled lines: a drawing?")
    if len(page.chars) > _MOST_CHARACTERS:
        raise UnreadableFile(
            name, "not_a_report", f"page {page.page_number} has {len(page.chars)} characters: no report's page has"
        )


def _page_pieces(page: Any, name: str) -> list[_Line | _Table]:
    """The tables and text lines of a page, top to bottom, without text that does not show."""
    _refuse_if_crowded(page, name)
    page = page.dedupe_chars(tolerance=_BOLD)
    doubts = PageDoubts(page)
    tables = [table for found in page.find_tables() if (table := _table(page, found.bbox, doubts)) is not None]

    boxes = [(table.left, table.top, table.right, table.bottom) for table in tables]

    def outside(item: dict[str, Any]) -> bool:
        middle_x, middle_y = (item["x0"] + item["x1"]) / 2, (item["top"] + item["bottom"]) / 2
        return not any(x0 <= middle_x <= x1 and top <= middle_y <= bottom for x0, top, x1, bottom in boxes)

    rest = page.filter(lambda item: item["object_type"] != "char" or (outside(item) and not doubts.is_invisible(item)))
    lines = [
        _Line(page.page_number, (line["x0"], line["top"], line["x1"], line["bottom"]), fold_radicals(line["text"]))
        for line in rest.extract_text_lines(return_chars=False)
    ]
    pieces: list[_Line | _Table] = [*tables, *(line for line in lines if not _is_footer(line, page))]
    return sorted(pieces, key=lambda piece: piece.top if isinstance(piece, _Table) else piece.box[1])


def _is_footer(line: _Line, page: Any) -> bool:
    near_edge = line.box[1] < 0.08 * page.height or line.box[3] > 0.9 * page.height
    return near_edge and is_page_number(line.text)


def _table(page: Any, box: Box, doubts: PageDoubts) -> _Table | None:
    """The ruled table in a box, without the rows above and below it that are really text.

    White backgrounds behind paragraphs look like rules: they yield tables of one column, and rows of a single cell that
    are glued to a real table's top or bottom.
    """
    ruled = _find_again(page, box)
    if ruled is None:
        return None
    rows = [[cell for cell in row.cells if cell is not None] for row in ruled.rows]
    if all(len(row) < 2 for row in rows):
        return None
    texts = _cell_texts(page, list(dict.fromkeys(box for row in rows for box in row)), doubts)
    width = ruled.bbox[2] - ruled.bbox[0]

    def is_text(row: Sequence[Box]) -> bool:
        if len(row) != 1:
            return not row
        return row[0][2] - row[0][0] > 0.9 * width and not is_rubric(texts[row[0]])

    while is_text(rows[0]):
        rows.pop(0)
    while is_text(rows[-1]):
        rows.pop()
    boxes = dict.fromkeys(box for row in rows for box in row)
    return _Table([_RuledCell(page.page_number, box, texts[box]) for box in boxes])


def _find_again(page: Any, box: Box) -> Any | None:
    """The table in a box, found anew on that part of the page alone.

    On the whole page, rules of one table are moved onto nearby rules of another. And a row cut by a page break may lack
    the rule that closes it: where the upright rules go on beyond the table, a level one is put at their end.
    """
    left, top, right, bottom = box
    upright = [
        edge
        for edge in page.edges
        if edge["orientation"] == "v"
        and left - _EDGE_TOLERANCE <= edge["x0"] <= right + _EDGE_TOLERANCE
        and edge["top"] <= bottom + 1
        and edge["bottom"] >= top - 1
    ]
    above = [edge for edge in upright if edge["top"] < top - _EDGE_TOLERANCE]
    below = [edge for edge in upright if edge["bottom"] > bottom + _EDGE_TOLERANCE]
    levels = []
    if len({round(edge["x0"]) for edge in above}) > 2:
        top = min(edge["top"] for edge in above)
        levels.append(top)
    if len({round(edge["x0"]) for edge in below}) > 2:
        bottom = max(edge["bottom"] for edge in below)
        levels.append(bottom)
    page_left, page_top, page_right, page_bottom = page.bbox
    margin = _EDGE_TOLERANCE + 1  # the box's sides are averages of rules that lie up to the tolerance apart
    part = page.crop(
        (
            max(left - margin, page_left),
            max(top - margin, page_top),
            min(right + margin, page_right),
            min(bottom + margin, page_bottom),
        )
    )
    return max(
        part.find_tables({"explicit_horizontal_lines": levels} if levels else {}),
        key=lambda table: len(table.cells),
        default=None,
    )


def _cell_texts(page: Any, boxes: Sequence[Box], doubts: PageDoubts) -> dict[Box, str]:
    """The text in each box: a character belongs to the box that holds its middle.

    Where a number runs over a box's side, so that its digits are in two cells, or the box is otherwise doubtful, the
    text ends in the sign for doubt.
    """
    top, bottom = min(b[1] for b in boxes), max(b[3] for b in boxes)
    held: dict[Box, list[dict[str, Any]]] = {box: [] for box in boxes}
    for char in page.chars:
        middle_y = (char["top"] + char["bottom"]) / 2
        if not top <= middle_y < bottom:
            continue
        middle_x = (char["x0"] + char["x1"]) / 2
        for box in boxes:
            if box[0] <= middle_x < box[2] and box[1] <= middle_y < box[3]:
                held[box].append(char)
                break
    table = (min(b[0] for b in boxes), top, max(b[2] for b in boxes), bottom)
    doubtful = cut_numbers(held) | {box for box, chars in held.items() if doubts.is_doubtful(box, chars, table)}
    texts = {box: fold_radicals(extract_text(chars)).strip() if chars else "" for box, chars in held.items()}
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
    same_width = abs(above.left - below.left) <= _EDGE_TOLERANCE and abs(above.right - below.right) <= _EDGE_TOLERANCE
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
        if not clusters or edge - clusters[-1] > _EDGE_TOLERANCE:
            clusters.append(edge)
    return clusters


def _index(clusters: Sequence[float], edge: float) -> int:
    return min(range(len(clusters)), key=lambda i: abs(clusters[i] - edge))


def _rounded(box: Box) -> Box:
    x0, top, x1, bottom = (round(value, 1) for value in box)
    return (x0, top, x1, bottom)


def _piece_text(piece: _Line | _Table) -> str:
    return piece.text if isinstance(piece, _Line) else "".join(cell.text for cell in piece.cells)
