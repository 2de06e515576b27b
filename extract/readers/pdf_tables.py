"""The ruled tables of a PDF page, and the text in their cells."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import attrgetter, itemgetter

from extract.errors import UnreadableFile
from extract.labels import fold_radicals, is_rubric
from extract.readers import DOUBT
from extract.readers.lattice import TOLERANCE, Rule, clip, find_tables, merge, rules_of
from extract.readers.pdf_doubts import PageDoubts, cut_numbers
from extract.readers.pdf_page import Box, Char, Page
from extract.readers.pdf_text import text_of, without_doubles
from extract.readers.pieces import around

# Tables are sought among all crossings of rules, ever slower: real pages have up to 4000 pairs of rules that might
# cross, and up to 3000 characters.
_MOST_CROSSINGS = 8000
_MOST_CHARACTERS = 10_000


def ruled_page(readings: Iterable[Page], name: str) -> "RuledPage":
    """The first of several readings of a page whose rules draw a table, if they are many enough for one; or the last.

    Raises :class:`UnreadableFile` for a page on which the search for tables would take minutes.
    """
    for reading in readings:
        page = RuledPage(reading, name)
        if page.draws_what_its_rules_promise:
            break
    return page


class RuledPage:
    """A page with its rules, and the tables that they seem to draw."""

    def __init__(self, page: Page, name: str) -> None:
        self.number = page.number
        self.height = page.height
        self.shown = sum(not char.invisible for char in page.chars)
        self._page = page
        level, self._upright = rules_of(page.shapes)
        self._merged = merge(level), merge(self._upright)
        _refuse_if_crowded(page, *self._merged, name)
        self._found = find_tables(*self._merged)
        self._chars = sorted(without_doubles(page.chars), key=attrgetter("top"))
        self._tops = [char.top for char in self._chars]
        self._highest = max((char.bottom - char.top for char in self._chars), default=0.0)
        self._doubts = PageDoubts(page, level)

    @property
    def draws_what_its_rules_promise(self) -> bool:
        """Whether there is a table, or too few rules for one."""
        return bool(self._found) or min(map(len, self._merged)) < 3

    def tables(self) -> list[dict[Box, str]]:
        """The text in each cell of each table, without tables of one column: those are backgrounds of text."""
        return [table for cells in self._found if (table := self._table(cells))]

    def chars_outside(self, tables: Iterable[Iterable[Box]]) -> list[Char]:
        """The characters that show, outside tables."""
        inside: set[int] = set()
        for table in tables:
            left, top, right, bottom = around(list(table))
            for place in self._places_between(top, bottom):
                _, x0, y0, x1, y1, *_ = self._chars[place]
                if top <= (y0 + y1) / 2 <= bottom and left <= (x0 + x1) / 2 <= right:
                    inside.add(place)
        return [char for place, char in enumerate(self._chars) if place not in inside and not char.invisible]

    def _places_between(self, top: float, bottom: float) -> range:
        """Where the characters stand in the list whose middles may lie between these heights."""
        return range(bisect_left(self._tops, top - self._highest), bisect_right(self._tops, bottom))

    def _table(self, found: Sequence[Box]) -> dict[Box, str]:
        """The text in each cell of a table, without the rows above and below it that are really text.

        White backgrounds behind paragraphs look like rules: they yield tables of one column, and rows of a single cell
        that are glued to a real table's top or bottom.
        """
        cells = sorted(self._find_again(found), key=itemgetter(1, 0))
        rows = [list(row) for _, row in groupby(cells, key=itemgetter(1))]
        if all(len(row) < 2 for row in rows):
            return {}
        texts = self._cell_texts(cells)
        left, _, right, _ = around(cells)

        def is_text(row: Sequence[Box]) -> bool:
            return len(row) == 1 and row[0][2] - row[0][0] > 0.9 * (right - left) and not is_rubric(texts[row[0]])

        while is_text(rows[0]):
            rows.pop(0)
        while is_text(rows[-1]):
            rows.pop()
        return {box: texts[box] for row in rows for box in row}

    def _find_again(self, found: Sequence[Box]) -> Sequence[Box]:
        """The cells of a table found anew on its part of the page alone.

        On the whole page, rules of one table are moved onto nearby rules of another. And a row cut by a page break may
        lack the rule that closes it: where the upright rules go on beyond the table, a level one is put at their end.
        """
        left, top, right, bottom = around(found)
        ends = self._ends_of_upright_rules((left, top, right, bottom))
        top, bottom = min([top, *ends]), max([bottom, *ends])
        margin = TOLERANCE + 1  # the box's sides are averages of rules that lie up to the tolerance apart
        part = (
            max(left - margin, 0),
            max(top - margin, 0),
            min(right + margin, self._page.width),
            min(bottom + margin, self._page.height),
        )
        clipped = clip(self._page.shapes, part)
        if not ends and clipped == self._page.shapes:
            return found
        level, upright = rules_of(clipped)
        merged = merge([*level, *((y, part[0], part[2]) for y in ends)]), merge(upright)
        if all(set(rules).issubset(on_page) for rules, on_page in zip(merged, self._merged, strict=True)):
            return found
        return max(find_tables(*merged), key=len, default=[])

    def _ends_of_upright_rules(self, box: Box) -> list[float]:
        """Where three or more upright rules of a table end beyond its box, above it or below it."""
        left, top, right, bottom = box
        upright = [
            rule
            for rule in self._upright
            if left - TOLERANCE <= rule[0] <= right + TOLERANCE and rule[1] <= bottom + 1 and rule[2] >= top - 1
        ]
        above = [rule for rule in upright if rule[1] < top - TOLERANCE]
        below = [rule for rule in upright if rule[2] > bottom + TOLERANCE]
        ends = []
        if len({round(x) for x, _, _ in above}) > 2:
            ends.append(min(start for _, start, _ in above))
        if len({round(x) for x, _, _ in below}) > 2:
            ends.append(max(end for _, _, end in below))
        return ends

    def _cell_texts(self, boxes: Sequence[Box]) -> dict[Box, str]:
        """The text in each box: a character belongs to the box that holds its middle.

        Where a number runs over a box's side, so that its digits are in two cells, or the box is otherwise doubtful,
        the text ends in the sign for doubt.
        """
        table = around(boxes)
        held = self._chars_in(boxes)
        is_doubtful = self._doubts.is_doubtful
        doubtful = cut_numbers(held) | {box for box, inside in held.items() if is_doubtful(box, inside, table)}
        texts = {box: fold_radicals(text_of(inside)).strip() if inside else "" for box, inside in held.items()}
        return {box: text + DOUBT if box in doubtful else text for box, text in texts.items()}

    def _chars_in(self, boxes: Sequence[Box]) -> dict[Box, list[Char]]:
        held: dict[Box, list[Char]] = {box: [] for box in boxes}
        xs = sorted({side for box in boxes for side in box[::2]})
        ys = sorted({side for box in boxes for side in box[1::2]})
        box_at = {
            (column, row): box
            for box in reversed(boxes)
            for column in range(bisect_left(xs, box[0]), bisect_left(xs, box[2]))
            for row in range(bisect_left(ys, box[1]), bisect_left(ys, box[3]))
        }
        for place in self._places_between(ys[0], ys[-1]):
            char = self._chars[place]
            _, x0, top, x1, bottom, *_ = char
            box = box_at.get((bisect_right(xs, (x0 + x1) / 2) - 1, bisect_right(ys, (top + bottom) / 2) - 1))
            if box:
                held[box].append(char)
        return held


def _refuse_if_crowded(page: Page, level: Sequence[Rule], upright: Sequence[Rule], name: str) -> None:
    if len(level) * len(upright) > _MOST_CROSSINGS:
        raise UnreadableFile(
            name, "not_a_report", f"page {page.number} has {len(level) + len(upright)} ruled lines: a drawing?"
        )
    if len(page.chars) > _MOST_CHARACTERS:
        raise UnreadableFile(
            name, "not_a_report", f"page {page.number} has {len(page.chars)} characters: no report's page has"
        )
