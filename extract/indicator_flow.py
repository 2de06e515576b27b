"""Indicator tables written as text, a row a line or a cell a paragraph, put back into grids."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from extract.document import Cell, Grid, Text
from extract.indicator_columns import is_label_word, is_unit_word
from extract.indicator_labels import as_unit, find_indicators, find_part
from extract.labels import squash
from extract.numbers import parse_number

_LEAST_LINES = 5
_MOST_COLUMNS = 8
_LONGEST_LABEL = 60
_VALUE = r"(?:[\d,，.]*\d|[-—–─_/]+)"
_UNIT = r"(?:万?(?:人次|[条件次])|场次|期次|[篇个人名期场部份宗起例项处家]|[千万亿]?元|[-—–─]+)"
# 1.政府公报公开政府信息数 条 5, also glued: …数条5. Without a unit only blanks part label and figure.
_LINE = re.compile(
    rf"(?P<label>.*?[\u4e00-\u9fff)）》])(?:\s*(?P<unit>{_UNIT})\s*|\s+)(?P<values>{_VALUE}(?:\s+{_VALUE})*)"
)


_WITHOUT_LABEL = re.compile(rf"(?P<unit>{_UNIT})\s+(?P<values>{_VALUE}(?:\s+{_VALUE})*)")
_UNIT_AT_END = re.compile(rf"\s+{_UNIT}$")


@dataclass
class _Rows:
    """Rows of texts with their places; ``ragged`` are those with a cell too many or too few."""

    rows: list[list[tuple[str, Text]]] = field(default_factory=list)
    ragged: set[int] = field(default_factory=set)

    def grid(self) -> Grid:
        cells = (
            Cell(number, column, text, source.locator)
            for number, row in enumerate(self.rows)
            for column, (text, source) in enumerate(row)
        )
        return Grid(tuple(cells), frozenset(self.ragged))


def restore_indicators(texts: Sequence[Text], start: int) -> tuple[Grid, int] | None:
    """The indicator table that begins with the text at ``start``, and the first text after it; None for none."""
    if not squash(texts[start].text):
        return None
    return _lines(texts, start) or _paragraphs(texts, start)


def _lines(texts: Sequence[Text], start: int) -> tuple[Grid, int] | None:
    """A row a line: label, unit and figures, below a line 指标 单位 数量 or without one."""
    found = _Rows()
    header = texts[start].text.split()
    position, width = start, 0
    if len(header) > 1 and is_label_word(header[0]):
        found.rows.append([(word, texts[start]) for word in header])
        position, width = start + 1, len(header)
    lines = 0
    while position < len(texts):
        if squash(texts[position].text):
            row = _line(texts[position], without_unit=width == 2)
            if row is None or not (row[0][0] or lines):
                break
            lines += len(row) > 1
            if row[-1][0] == "" or (len(row) > 1 and width and len(row) != width):
                found.ragged.add(len(found.rows))
            found.rows.append(row)
        position += 1
    return (found.grid(), position) if lines >= _LEAST_LINES else None


def _line(text: Text, *, without_unit: bool) -> list[tuple[str, Text]] | None:
    """The cells of a line; None for a line of anything else.

    A heading has only its label; a row without a figure ends in a blank cell: its figure may stand elsewhere.
    """
    line = text.text.strip()
    if find_part(line) is not None:
        return [(line, text)]
    if find_indicators(_UNIT_AT_END.sub("", line)):
        return [(_UNIT_AT_END.sub("", line), text), ("", text), ("", text)][: 2 if without_unit else 3]
    if (bare := _WITHOUT_LABEL.fullmatch(line)) is not None and not without_unit:
        return [("", text), (bare["unit"], text), *((value, text) for value in bare["values"].split())]
    match = _LINE.fullmatch(line)
    if match is None or not (find_indicators(match["label"]) or find_part(match["label"])):
        return None
    unit = [] if without_unit else [(match["unit"] or "", text)]
    return [(match["label"], text), *unit, *((value, text) for value in match["values"].split())]


def _paragraphs(texts: Sequence[Text], start: int) -> tuple[Grid, int] | None:
    """A cell a paragraph, below the cells of the header."""
    position = _end_of_header(texts, start)
    width = position - start
    if not 2 <= width <= _MOST_COLUMNS:
        return None
    found = _Rows([[(text.text, text) for text in texts[start:position]]])
    lines, is_loose = 0, False
    while position < len(texts) and _is_label(texts, position):
        end = position + 1
        while end < len(texts) and _is_cell(texts[end].text):
            end += 1
        cells = [(text.text, text) for text in texts[position + 1 : end]]
        surplus = any(squash(text) for text, _ in cells[width - 1 :])
        if cells and (len(cells) < width - 1 or surplus or is_loose):
            found.ragged.add(len(found.rows))
        is_loose = surplus  # a figure too many may be the next row's
        found.rows.append([(texts[position].text, texts[position]), *cells[: width - 1]])
        lines += bool(cells)
        position = end
    return (found.grid(), position) if lines >= _LEAST_LINES else None


def _end_of_header(texts: Sequence[Text], start: int) -> int:
    """First text below a header of one cell a paragraph; ``start`` where there is no such header."""
    if not is_label_word(texts[start].text):
        return start
    end = start + 1
    while end < len(texts) and end - start <= _MOST_COLUMNS and not _names_a_row(texts[end].text):
        if not squash(texts[end].text):
            return start
        end += 1
    headers = [text.text for text in texts[start + 1 : end]]
    return end if end < len(texts) and (any(map(is_unit_word, headers)) or len(headers) == 1) else start


def _names_a_row(text: str) -> bool:
    return bool(find_indicators(text)) or find_part(text) is not None


def _is_label(texts: Sequence[Text], position: int) -> bool:
    """A row of the form, or any short text that a unit follows."""
    text = texts[position].text
    if not squash(text) or _is_cell(text):
        return False
    after = texts[position + 1].text if position + 1 < len(texts) else ""
    return _names_a_row(text) or (len(text) < _LONGEST_LABEL and as_unit(after) is not None)


def _is_cell(text: str) -> bool:
    return as_unit(text) is not None or parse_number(text).reading != "text"
