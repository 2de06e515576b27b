"""Plain text to Document: lines are paragraphs, lines with tabs or bars are rows of a table."""

from collections.abc import Iterator, Sequence

from extract.document import Block, Cell, Document, Grid, Locator, Text
from extract.errors import UnreadableFile
from extract.readers.html import decode


def read_text(body: bytes, name: str, *, title_hint: str | None = None) -> Document:
    """Read plain text whose tables have tab- or bar-separated cells.

    A spanned cell's text stands once, with blanks for the rest of its span. Raises :class:`UnreadableFile` where the
    bytes are in no encoding that fits or hold no text.
    """
    text = decode(body, name, None)
    if not text.strip():
        raise UnreadableFile(name, "empty", "the file holds no text")
    blocks = tuple(_blocks(text.splitlines()))
    return Document(blocks=blocks, reader="text", titles=(title_hint,) if title_hint else ())


def _blocks(lines: Sequence[str]) -> Iterator[Block]:
    rows: list[tuple[int, list[str]]] = []
    for number, line in enumerate(lines, start=1):
        separator = "\t" if "\t" in line else "|" if line.count("|") > 1 else None
        if separator is not None:
            rows.append((number, _split(line, separator)))
            continue
        if rows:
            yield _grid(rows)
            rows = []
        if line.strip():
            yield Text(line.strip(), Locator(line=number))
    if rows:
        yield _grid(rows)


def _split(line: str, separator: str) -> list[str]:
    if separator == "|":
        line = line.strip().removeprefix("|").removesuffix("|")
    return [cell.strip() for cell in line.split(separator)]


def _grid(rows: Sequence[tuple[int, list[str]]]) -> Grid:
    return Grid(
        tuple(
            Cell(row, column, text, Locator(line=line, column=column + 1))
            for row, (line, cells) in enumerate(rows)
            for column, text in enumerate(cells)
        )
    )
