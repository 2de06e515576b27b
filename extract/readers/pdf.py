"""Born-digital PDF to Document: ruled tables, joined over page breaks, and the text between them.

pdfium gives a page's characters and lines; where it is not sure to see what is drawn, pdfplumber does, far slower.
"""

import re
from collections.abc import Iterable

from extract.document import Document
from extract.errors import UnreadableFile
from extract.labels import fold_radicals, squash
from extract.readers.pdf_page import Page
from extract.readers.pdf_source import PdfSource
from extract.readers.pdf_tables import ruled_page
from extract.readers.pdf_text import lines_of
from extract.readers.pieces import Line, Piece, RuledCell, Table, blocks_of, is_footer, piece_text
from extract.readers.scan import Scan, image_pages

# A page with fewer characters than this besides a picture that fills it is a scan with a line printed over it.
_LEAST_TEXT = 100
_UNMAPPED_GLYPH = re.compile(r"\(cid:\d+\)")


def read_pdf(body: bytes, name: str, *, title_hint: str | None = None) -> Document:
    """Read a PDF; pages that are pictures are read as scans.

    Raises :class:`UnreadableFile` where the file is damaged, locked, blank, in fonts whose characters are not mapped to
    Unicode, or too crowded to be a report, or where a page is a picture and what reads scans is not installed.
    """
    with PdfSource(body, name) as source:
        numbers = range(1, source.page_count + 1)
        pages = {number: page_pieces(source.readings(number), name) for number in numbers}
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


def _is_chinese(text: str) -> bool:
    return bool(re.search("[\u4e00-\u9fff]{2}", text))


def page_pieces(readings: Iterable[Page], name: str) -> tuple[list[Piece], int]:
    """The tables and text lines of a page, top to bottom, without text that does not show; and how many
    characters show."""
    page = ruled_page(readings, name)
    found = page.tables()
    tables = [Table([RuledCell(page.number, box, text) for box, text in table.items()]) for table in found]
    lines = [Line(page.number, box, fold_radicals(text)) for text, box in lines_of(page.chars_outside(found))]
    pieces: list[Piece] = [*tables, *(line for line in lines if not is_footer(line, page.height))]
    return sorted(pieces, key=lambda piece: piece.box[1]), page.shown
