"""Born-digital PDF to Document: ruled tables, joined over page breaks, and the text between them.

pdfium gives a page's characters and lines; where it is not sure to see what is drawn, pdfplumber does, far slower.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import itemgetter

from extract.document import Document
from extract.errors import UnreadableFile
from extract.labels import fold_radicals, is_rubric, squash
from extract.readers import DOUBT
from extract.readers.lattice import TOLERANCE, Rule, clip, find_tables, merge, rules_of
from extract.readers.pdf_doubts import PageDoubts, cut_numbers
from extract.readers.pdf_page import Box, Char, Page
from extract.readers.pdf_source import PdfSource
from extract.readers.pdf_text import lines_of, text_of, without_doubles
from extract.readers.pieces import Line, Piece, RuledCell, Table, around, blocks_of, is_footer, piece_text
from extract.readers.scan import Scan, image_pages

# Tables are sought among all crossings of rules, ever slower: real pages have up to 4000 pairs of rules that might
# cross, and up to 3000 characters.
_MOST_CROSSINGS = 8000
_MOST_CHARACTERS = 10_000
# A page with fewer characters than this besides a picture that fills it is a scan with a line printed over it.
_LEAST_TEXT = 100
_UNMAPPED_GLYPH = re.compile(r"\(cid:\d+\)")


def read_pdf(body: bytes, name: str, *, title_hint: str | None = None) -> Document:
    """Read a PDF; pages that are pictures are read as scans.

    Raises :class:`UnreadableFile` where the file is damaged, locked, blank, in fonts whose characters are not mapped to
    Unicode, or too crowded to be a report, or where a page is a picture and what reads scans is not installed.
    """
    with PdfSource(body, name) as source:
        pages = {page.number: (_page_pieces(page, name), _count_shown(page)) for page in source.pages()}
        stated_title, page_count = source.title, source.page_count
    few = [number for number, (_, count) in pages.items() if count < _LEAST_TEXT]
    # Where no page shows text, the print may also be drawn as curves.
    is_drawn = not any(count for _, count in pages.values())
    images = frozenset(few) if is_drawn else image_pages(body, few)
    scan = Scan(name) if images else None
    pieces = []
    for number, (found, _) in pages.items():
        pieces += scan.read_pdf_page(body, number) if scan and number in images else found
    text = "".join(piece_text(piece) for piece in pieces)
    if not squash(text):
        raise UnreadableFile(name, "scan" if images else "empty", f"the PDF's {page_count} pages show no text")
    if len(_UNMAPPED_GLYPH.findall(text)) > len(text) // 100:
        raise UnreadableFile(name, "encoding", "the PDF's fonts do not say which characters they print")
    blocks = tuple(blocks_of(pieces))
    if scan:
        blocks = scan.settled(blocks)
    titles = [title for title in (stated_title, title_hint or "") if "\ufffd" not in title and _is_chinese(title)]
    reader = "scan" if len(images) == page_count else "pdf"
    return Document(blocks=blocks, reader=reader, fallback_titles=tuple(titles))


def _count_shown(page: Page) -> int:
    return sum(not char.invisible for char in page.chars)


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


def _page_pieces(page: Page, name: str) -> list[Piece]:
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
    lines = [Line(page.number, box, fold_radicals(text)) for text, box in lines_of(rest)]
    pieces: list[Piece] = [*tables, *(line for line in lines if not is_footer(line, page.height))]
    return sorted(pieces, key=lambda piece: piece.box[1])


def _is_inside(char: Char, boxes: Iterable[Box]) -> bool:
    x, y = (char.x0 + char.x1) / 2, (char.top + char.bottom) / 2
    return any(x0 <= x <= x1 and top <= y <= bottom for x0, top, x1, bottom in boxes)


def _table(page: Page, chars: Sequence[Char], found: Sequence[Box], doubts: PageDoubts) -> Table | None:
    """The ruled table of these cells, without the rows above and below it that are really text.

    White backgrounds behind paragraphs look like rules: they yield tables of one column, and rows of a single cell that
    are glued to a real table's top or bottom.
    """
    cells = sorted(_find_again(page, around(found)), key=itemgetter(1, 0))
    rows = [list(row) for _, row in groupby(cells, key=itemgetter(1))]
    if all(len(row) < 2 for row in rows):
        return None
    texts = _cell_texts(chars, cells, doubts)
    left, _, right, _ = around(cells)

    def is_text(row: Sequence[Box]) -> bool:
        return len(row) == 1 and row[0][2] - row[0][0] > 0.9 * (right - left) and not is_rubric(texts[row[0]])

    while is_text(rows[0]):
        rows.pop(0)
    while is_text(rows[-1]):
        rows.pop()
    return Table([RuledCell(page.number, box, texts[box]) for row in rows for box in row])


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
    table = around(boxes)
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
