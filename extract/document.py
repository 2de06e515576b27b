"""What a reader hands on: blocks of text and grids of cells in reading order, each with the place it was read from."""

import json
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

_compact_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Locator(NamedTuple):
    """Where a piece of the source stands, in the terms of its format.

    HTML: ``table``, ``row``, ``column`` (all counted from 1) and ``xpath``.
    PDF, OFD: ``page`` (from 1) and ``box`` = (x0, top, x1, bottom) in points from the page's top left corner.
    Plain text: ``line`` and ``column`` (from 1; column counts tab-separated cells).
    Word (DOCX, and DOC, WPS and RTF converted to it): ``table``, ``row``, ``column`` (cells counted from 1 as they
    stand in the row) or ``paragraph`` (those outside of tables counted from 1).
    Sheets: ``sheet`` (its name) and ``cell`` (its address: C7).
    """

    table: int | None = None
    row: int | None = None
    column: int | None = None
    xpath: str | None = None
    page: int | None = None
    box: tuple[float, float, float, float] | None = None
    line: int | None = None
    paragraph: int | None = None
    sheet: str | None = None
    cell: str | None = None

    def __str__(self) -> str:
        """Compact JSON, as kept in ``figures.locator``."""
        kept = {name: value for name, value in zip(self._fields, self, strict=True) if value is not None}
        return _compact_json(kept)


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a grid: its top left place (from 0), how far it spans, its text and where it was read."""

    row: int
    column: int
    text: str
    locator: Locator
    row_span: int = 1
    column_span: int = 1

    @property
    def end_column(self) -> int:
        """First column to the right of the cell."""
        return self.column + self.column_span


@dataclass(frozen=True)
class Grid:
    """A table. Cells do not overlap; a place that no cell covers is simply absent."""

    cells: tuple[Cell, ...]
    ragged_rows: frozenset[int] = frozenset()
    """Rows whose cells could not be put under the header with certainty (text with lost tabs)."""

    @cached_property
    def row_count(self) -> int:
        """Rows, spans included."""
        return max((c.row + c.row_span for c in self.cells), default=0)

    @cached_property
    def column_count(self) -> int:
        """Columns, spans included."""
        return max((c.end_column for c in self.cells), default=0)

    @cached_property
    def _places(self) -> dict[tuple[int, int], Cell]:
        return {
            (row, column): cell
            for cell in self.cells
            for row in range(cell.row, cell.row + cell.row_span)
            for column in range(cell.column, cell.end_column)
        }

    def at(self, row: int, column: int) -> Cell | None:
        """The cell that covers a place, or None."""
        return self._places.get((row, column))

    def row(self, row: int) -> list[Cell]:
        """The cells that cover a row, left to right, each once."""
        return self._rows[row] if row < len(self._rows) else []

    @cached_property
    def _rows(self) -> list[list[Cell]]:
        rows: list[list[Cell]] = []
        for row in range(self.row_count):
            covering: dict[int, Cell] = {}
            for column in range(self.column_count):
                if (cell := self.at(row, column)) is not None:
                    covering.setdefault(cell.column, cell)
            rows.append(list(covering.values()))
        return rows


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph or line. Empty ones are kept: in a table written as paragraphs they are blank cells."""

    text: str
    locator: Locator


Block = Text | Grid


@dataclass(frozen=True)
class Document:
    """A source as its reader saw it.

    ``reader`` names the reader (``html``, ``pdf``, ``docx``, …); ``titles`` are the titles that the source states
    about itself (meta tag, first heading, title element), the most trusted first; ``fallback_titles`` those that count
    less than what is printed (a PDF's metadata, which a reused file keeps; the list that linked the document);
    ``published_on`` is the ISO date that it states, if any; ``attachments`` are linked files as (address, link text).
    """

    blocks: tuple[Block, ...]
    reader: str
    titles: tuple[str, ...] = ()
    fallback_titles: tuple[str, ...] = ()
    published_on: str | None = None
    attachments: tuple[tuple[str, str], ...] = ()
