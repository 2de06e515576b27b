"""Tables written as text, one cell a paragraph: recognised by their headers and put back into grids."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import takewhile

from extract.document import Block, Cell, Grid, Text
from extract.forms import APPLICANTS, CHALLENGES, FormTable, all_forms, load_form
from extract.headers import ORGANISATION, column_orders
from extract.headings import is_report_heading
from extract.indicator_flow import restore_indicators
from extract.labels import label_key, squash
from extract.numbers import parse_number
from extract.vocabulary import vocabulary

_APPLICANT_LABELS = {line.key: line.label for line in load_form("2021").table("3").blocks[0].columns}
_OUTCOME_LABELS = [line.label for line in load_form("2021").table("4").blocks[0].columns]
_CHALLENGE_LABELS = {line.key: line.label for line in load_form("2021").table("4").blocks[0].rows}
_CONTENT = "信息内容"
_NUMBERINGS = (r"\1、", r"(\1)")
# A label is at most so many pieces: 三、本年度办理结果 written one character a line.
_MOST_PIECES = 12


@dataclass
class _Row:
    """Labels and then figures, at most as many as the header has columns; ``rest`` is the text after them."""

    labels: list[Text]
    values: list[Text]
    rest: Sequence[Text]

    def is_certain(self, width: int, *, is_last: bool) -> bool:
        """Whether each figure is under its header.

        A blank paragraph may be a cell or mere spacing, as below the last row of a table. One among the figures may
        make up for another that is missing, so the last must then be a figure and no blank may follow.
        """
        filled = [bool(squash(value.text)) for value in self.values]
        more = bool(self.rest) and _is_value(self.rest[0].text)
        if len(filled) != width or (more and squash(self.rest[0].text)):
            return False
        if not any(filled):
            return width > 1 or not is_last  # a single blank at the end may be spacing below a figure that is lost
        return is_last and all(filled) if more else filled[-1]


def restore_grids(blocks: Iterable[Block]) -> Iterator[Block]:
    """Replace runs of paragraphs that spell out an official table by a grid; all else passes through.

    Only a complete, official header is taken for one: the order of its labels says which figure stands under which.
    A row that may have a blank too many or too few is named in ``ragged_rows``.
    """
    run: list[Text] = []
    for block in blocks:
        if isinstance(block, Text):
            run.append(block)
            continue
        yield from _restore_run(_with_whole_labels(run))
        run = []
        yield block
    yield from _restore_run(_with_whole_labels(run))


def _with_whole_labels(texts: Sequence[Text]) -> list[Text]:
    """The texts with labels put together that stand broken over several (本年新收… / 申请数量)."""
    whole: list[Text] = []
    position = 0
    while position < len(texts):
        pieces = _pieces_of_label(texts, position)
        whole.append(replace(texts[position], text="".join(text.text for text in texts[position : position + pieces])))
        position += pieces
    return whole


def _pieces_of_label(texts: Sequence[Text], start: int) -> int:
    """How many texts make up the longest label that begins here; 1 where it is whole, or no label."""
    starts, labels = _label_starts()
    pieces, joined = 1, ""
    for number, text in enumerate(texts[start : start + _MOST_PIECES], start=1):
        piece = squash(text.text)
        joined += piece
        if not piece or joined not in starts:
            break
        if joined in labels:
            pieces = number
    return pieces


@cache
def _label_starts() -> tuple[frozenset[str], frozenset[str]]:
    """The beginnings of all labels of the tables, and the labels, both without white space."""
    printed = {squash(label) for form in all_forms() for table in form.tables for label in _labels(table)} | {_CONTENT}
    labels = printed | {re.sub(r"^(\d)\.", numbering, label) for label in printed for numbering in _NUMBERINGS}
    return frozenset(label[:end] for label in labels for end in range(1, len(label) + 1)), frozenset(labels)


def _labels(table: FormTable) -> Iterator[str]:
    for block in table.blocks:
        for line in (*block.rows, *block.columns):
            yield from (line.label, *line.variants, *line.path)


def _restore_run(texts: Sequence[Text]) -> Iterator[Block]:
    position = 0
    while position < len(texts):
        for restore in (_applications, _challenges, _disclosure, restore_indicators):
            found = restore(texts, position)
            if found is not None:
                grid, position = found
                yield grid
                break
        else:
            yield texts[position]
            position += 1


def _header_run(texts: Sequence[Text], start: int, table_id: str) -> list[Text]:
    """The unbroken run of header labels of a table that begins at ``start``."""
    words = vocabulary(table_id)
    row_names = {label_key(label) for label in _CHALLENGE_LABELS.values()} if table_id == "4" else set()
    run = []
    for position in range(start, len(texts)):
        text = texts[position]
        known = words.find_column(text.text) or words.find_group(text.text) or label_key(text.text) in row_names
        if not squash(text.text) or not known:
            break
        run.append(text)
    return run


def _applications(texts: Sequence[Text], start: int) -> tuple[Grid, int] | None:
    words = vocabulary("3")
    header = _header_run(texts, start, "3")
    leaves = {known.key: text for text in header if (known := words.find_column(text.text))}
    order = _column_order(list(leaves))
    if order is None:
        return None
    first = start + len(header)
    # Labels that run over a page break are blank below the header that is printed again.
    first += len(list(takewhile(lambda text: not squash(text.text), texts[first:])))
    rows, end = _labelled_rows(texts, first, "3", len(APPLICANTS))
    group = next((text for text in header if label_key(text.text) == ORGANISATION), None)
    return _as_grid([leaves[key] for key in order], rows, ends_table=True, organisation=group), end


def _column_order(met: Sequence[str]) -> list[str] | None:
    """The columns of table 3 from left to right, by the order in which their labels are met; None if some lack.

    Labels are met row by row as printed (自然人, 总计, then the kinds of organisation) or leaf by leaf.
    """
    if set(met) != set(APPLICANTS) or met[0] != APPLICANTS[0]:
        return None
    total = APPLICANTS[-1]
    if met[1] != total and met[-1] != total:
        return None
    return [key for key in met if key != total] + [total]


def _disclosure(texts: Sequence[Text], start: int) -> tuple[Grid, int] | None:
    if squash(texts[start].text) != _CONTENT:
        return None
    header = _header_run(texts, start + 1, "2")
    words = vocabulary("2")
    keys = tuple(known.key for text in header if (known := words.find_column(text.text)))
    if keys not in column_orders("2"):
        return None
    rows, end = _labelled_rows(texts, start + 1 + len(header), "2", len(header))
    # More blocks follow on most, and on a row of one figure a blank below says nothing.
    return (_as_grid(header, rows, ends_table=len(header) == 1), end) if rows else None


def _labelled_rows(texts: Sequence[Text], start: int, table_id: str, width: int) -> tuple[list[_Row], int]:
    """Rows of one or more labels and then figures, up to the first text that is neither."""
    words = vocabulary(table_id)
    rows: list[_Row] = []
    position = start
    while position < len(texts):
        labels: list[Text] = []
        while position < len(texts) and _is_label(texts[position].text, table_id):
            labels.append(texts[position])
            position += 1
        if not labels:
            break
        values = _values(texts, position, width)
        position += len(values)
        if not values and not any(words.find_row(label.text) for label in labels):
            position -= len(labels)
            break
        rows.append(_Row(labels, values, texts[position : position + 1]))
        while position < len(texts) and values and _is_value(texts[position].text):
            position += 1  # cells too many: the row is not certain
    return rows, position


def _values(texts: Sequence[Text], start: int, most: int) -> list[Text]:
    return list(takewhile(lambda text: _is_value(text.text), texts[start : start + most]))


def _is_label(text: str, table_id: str) -> bool:
    if not squash(text) or is_report_heading(text) is not None:
        return False
    words = vocabulary(table_id)
    return words.find_row(text) is not None or words.find_group(text) is not None


def _is_value(text: str) -> bool:
    return parse_number(text).reading != "text" or parse_number(text, change=True).reading != "text"


def _challenges(texts: Sequence[Text], start: int) -> tuple[Grid, int] | None:
    """Table 4: four group labels among three times five outcome labels, then fifteen figures."""
    header = _header_run(texts, start, "4")
    words = vocabulary("4")
    leaves = [text for text in header if words.find_column(text.text)]
    if len(leaves) != len(CHALLENGES) * len(_OUTCOME_LABELS) or len(header) != len(leaves) + 4:
        return None
    if [label_key(leaf.text) for leaf in leaves] != [label_key(label) for label in _OUTCOME_LABELS] * len(CHALLENGES):
        return None
    position = start + len(header)
    values = _values(texts, position, len(leaves))
    position += len(values)
    row = _Row([], values, texts[position : position + 1])
    if len(values) < len(leaves) and not any(squash(value.text) for value in values):
        return None
    groups = [
        Cell(0, number * len(_OUTCOME_LABELS), _CHALLENGE_LABELS[key], leaves[0].locator, 1, len(_OUTCOME_LABELS))
        for number, key in enumerate(CHALLENGES)
    ]
    names = [Cell(1, column, leaf.text, leaf.locator) for column, leaf in enumerate(leaves)]
    figures = [Cell(2, column, value.text, value.locator) for column, value in enumerate(values)]
    is_certain = row.is_certain(len(leaves), is_last=True) or _is_blank_by_halves(row)
    ragged = frozenset[int]() if is_certain else frozenset({2})
    return Grid((*groups, *names, *figures), ragged), position


def _is_blank_by_halves(row: _Row) -> bool:
    """Whether the fifteen cells are blank in whole groups of five: no blank can then make up for one that is lost."""
    width = len(_OUTCOME_LABELS)
    filled = [bool(squash(value.text)) for value in row.values]
    more = bool(row.rest) and _is_value(row.rest[0].text)
    groups = [filled[start : start + width] for start in range(0, len(filled), width)]
    return len(filled) == width * len(CHALLENGES) and not more and all(len(set(group)) == 1 for group in groups)


def _as_grid(
    header: Sequence[Text], rows: Sequence[_Row], *, ends_table: bool, organisation: Text | None = None
) -> Grid:
    """Header and rows with as many label columns as the deepest row has labels.

    ``organisation`` is the label 法人或其他组织, which stands over all columns but the first and the last.
    """
    depth = max((len(row.labels) for row in rows), default=1)
    cells = []
    if organisation is not None:
        cells.append(Cell(0, depth + 1, organisation.text, organisation.locator, 1, len(header) - 2))
    top = len(cells)
    cells += [Cell(top, depth + column, text.text, text.locator) for column, text in enumerate(header)]
    ragged = set()
    for number, row in enumerate(rows, start=top + 1):
        if row.values and not row.is_certain(len(header), is_last=ends_table and row is rows[-1]):
            ragged.add(number)
        cells += [Cell(number, column, text.text, text.locator) for column, text in enumerate(row.labels)]
        cells += [Cell(number, depth + column, text.text, text.locator) for column, text in enumerate(row.values)]
    return Grid(tuple(cells), frozenset(ragged))
