"""Plain text to Document: lines are paragraphs, lines with tabs or bars are rows of a table."""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from extract.document import Block, Cell, Document, Grid, Locator, Text
from extract.errors import UnreadableFile
from extract.readers.html import decode

_MOST_BYTES = 2_000_000
_LEAST_LONE_BARS = 20
# The line below the head of a Markdown table.
_RULE = re.compile(r"\|?(?:\s*:?-{3,}:?\s*\|)+(?:\s*:?-{3,}:?\s*)?")


def read_text(body: bytes, name: str, *, title_hint: str | None = None) -> Document:
    """Read plain text whose tables have tab- or bar-separated cells.

    A spanned cell's text stands once, with blanks for the rest of its span. Raises :class:`UnreadableFile` where the
    bytes are in no encoding that fits or hold no text.
    """
    if len(body) > _MOST_BYTES:
        raise UnreadableFile(name, "not_a_report", f"a text of {len(body)} bytes: no report is so long")
    text = decode(body, name, None)
    if not text.strip():
        raise UnreadableFile(name, "empty", "the file holds no text")
    blocks = tuple(_blocks(text.splitlines()))
    return Document(blocks=blocks, reader="text", fallback_titles=(title_hint,) if title_hint else ())


def _blocks(lines: Sequence[str]) -> Iterator[Block]:
    numbered = [(number, line) for number, line in enumerate(lines, start=1) if not _RULE.fullmatch(line.strip())]
    has_cells = _has_a_cell_a_line([line for _, line in numbered])
    for separator, run in groupby(numbered, key=lambda pair: _separator(pair[1])):
        if separator is not None:
            yield _grid(separator, list(run))
            continue
        for number, line in run:
            text = line.strip()
            if has_cells and text.endswith("|"):  # a blank cell is kept
                yield Text(text[:-1].strip(), Locator(line=number))
            elif text:
                yield Text(text, Locator(line=number))


def _has_a_cell_a_line(lines: Sequence[str]) -> bool:
    """Whether a bar ends the line of every cell, and parts none."""
    lone = sum(line.count("|") == 1 and line.rstrip().endswith("|") for line in lines)
    return lone >= _LEAST_LONE_BARS and all(line.count("|") < 2 and "\t" not in line for line in lines)


def _separator(line: str) -> str | None:
    return "\t" if "\t" in line else "|" if line.count("|") > 1 else None


def _grid(separator: str, lines: Sequence[tuple[int, str]]) -> Grid:
    """A row a line. Bars at the lines' ends are a frame only where every line has them, else blank cells."""
    texts = [line.strip() if separator == "|" else line for _, line in lines]
    if separator == "|" and all(text.startswith("|") for text in texts):
        texts = [text[1:] for text in texts]
    if separator == "|" and all(text.endswith("|") for text in texts):
        texts = [text[:-1] for text in texts]
    return Grid(
        tuple(
            Cell(row, column, text.strip(), Locator(line=line, column=column + 1))
            for row, (line, cells) in enumerate(zip((number for number, _ in lines), texts, strict=True))
            for column, text in enumerate(cells.split(separator))
        )
    )
