"""Tables written as text, one cell a paragraph: recognised by their headers and put back into grids."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from extract.document import Block, Cell, Grid, Text
from extract.forms import APPLICANTS, CHALLENGES, load_form
from extract.headers import column_orders
from extract.headings import is_report_heading
from extract.labels import label_key, squash
from extract.numbers import parse_number
from extract.vocabulary import vocabulary

_APPLICANT_LABELS = {line.key: line.label for line in load_form("2021").table("3").blocks[0].columns}
_OUTCOME_LABELS = [line.label for line in load_form("2021").table("4").blocks[0].columns]
_CHALLENGE_LABELS = {line.key: line.label for line in load_form("2021").table("4").blocks[0].rows}
# The orders in which a reader meets the headers of table 3: row by row as printed, or leaf by leaf.
_APPLICANT_ORDERS = (
    ("natural", "total", "company", "research", "charity", "legal", "other"),
    APPLICANTS,
)


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
        yield from _restore_run(run)
        run = []
        yield block
    yield from _restore_run(run)


def _restore_run(texts: Sequence[Text]) -> Iterator[Block]:
    position = 0
    while position < len(texts):
        for restore in (_applications, _challenges, _disclosure):
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
    leaves = [(known.key, text) for text in header if (known := words.find_column(text.text))]
    if tuple(key for key, _ in leaves) not in _APPLICANT_ORDERS:
        return None
    by_key = dict(leaves)
    rows, end = _labelled_rows(texts, start + len(header), "3", len(APPLICANTS))
    return _as_grid([by_key[key] for key in APPLICANTS], rows, ends_table=True), end


def _disclosure(texts: Sequence[Text], start: int) -> tuple[Grid, int] | None:
    if squash(texts[start].text) != "信息内容":
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
    if not any(squash(value.text) for value in values):
        return None
    groups = [
        Cell(0, number * len(_OUTCOME_LABELS), _CHALLENGE_LABELS[key], leaves[0].locator, 1, len(_OUTCOME_LABELS))
        for number, key in enumerate(CHALLENGES)
    ]
    names = [Cell(1, column, leaf.text, leaf.locator) for column, leaf in enumerate(leaves)]
    figures = [Cell(2, column, value.text, value.locator) for column, value in enumerate(values)]
    ragged = frozenset[int]() if row.is_certain(len(leaves), is_last=True) else frozenset({2})
    return Grid((*groups, *names, *figures), ragged), position


def _as_grid(header: Sequence[Text], rows: Sequence[_Row], *, ends_table: bool) -> Grid:
    """Header and rows with as many label columns as the deepest row has labels."""
    depth = max((len(row.labels) for row in rows), default=1)
    cells = [Cell(0, depth + column, text.text, text.locator) for column, text in enumerate(header)]
    ragged = set()
    for number, row in enumerate(rows, start=1):
        if row.values and not row.is_certain(len(header), is_last=ends_table and row is rows[-1]):
            ragged.add(number)
        cells += [Cell(number, column, text.text, text.locator) for column, text in enumerate(row.labels)]
        cells += [Cell(number, depth + column, text.text, text.locator) for column, text in enumerate(row.values)]
    return Grid(tuple(cells), frozenset(ragged))
