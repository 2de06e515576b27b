"""The labels of all forms, ready to be looked up as documents print them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from rapidfuzz import fuzz, process
from rapidfuzz.distance import Levenshtein

from extract.forms import Line, all_forms, table_blocks
from extract.labels import label_key, numbering

# A label that is not in the vocabulary may still be a known one with a typo. Both bounds were set on the typos seen in
# real reports: similar enough, and much more similar than the runner-up.
_LEAST_SIMILARITY = 78.0
_LEAST_LEAD = 12.0
# What is left of a cut label.
_LEAST_PIECE = 4
_TELLING = frozenset("不未非无没上下去前允许禁止0123456789")
_UNIT = re.compile(r"(?:单位)?(亿元|万元|元)$")


@dataclass(frozen=True, slots=True)
class KnownLine:
    """A row or column of one or more forms. ``groups`` are the keys of the labels it stands under, outermost first."""

    key: str
    label: str
    number: str | None
    groups: tuple[str, ...]
    unit: str
    forms: frozenset[str]


@dataclass(frozen=True, slots=True)
class LineMatch:
    """A label found in the vocabulary; ``exact`` is False where a typo was bridged."""

    line: KnownLine
    exact: bool


class Vocabulary:
    """The rows, columns and group labels of one table (``2``, ``3`` or ``4``) over all forms."""

    def __init__(self, table_id: str) -> None:
        self.rows: dict[str, KnownLine] = {}
        self.columns: dict[str, KnownLine] = {}
        self.groups: dict[str, str] = {}
        for form, block in table_blocks(table_id):
            for line in block.rows:
                self._learn(self.rows, line, form.form, "")
            for line in block.columns:
                self._learn(self.columns, line, form.form, line.unit)
        cells = [cell for form in all_forms() for cell in form.cells() if cell.table == table_id]
        self.units = {cell.code: cell.unit for cell in cells}
        self._printed = {(cell.code, cell.form) for cell in cells}

    def _learn(self, lines: dict[str, KnownLine], line: Line, form: str, unit: str) -> None:
        groups = tuple(label_key(label) for label in line.path)
        self.groups.update({label_key(label): label for label in line.path})
        for spelling in (line.label, *line.variants):
            key = _without_unit(label_key(spelling))
            known = lines.get(key)
            # A variant of one form may be the proper label of another: only the proper label speaks for its form.
            forms = frozenset({form}) if spelling == line.label else frozenset()
            if known is not None and known.key == line.key:
                forms |= known.forms
            lines[key] = KnownLine(line.key, line.label, numbering(line.label), groups, unit, forms)

    def has_cell(self, code: str, forms: frozenset[str]) -> bool:
        """Whether one of these forms (any form, if none is given) prints such a cell."""
        return code in self.units and (not forms or any((code, form) in self._printed for form in forms))

    @lru_cache(maxsize=4096)  # noqa: B019  vocabularies live as long as the process; the bridging of typos is slow
    def find_row(self, text: str) -> LineMatch | None:
        """The row that a label names, typos bridged where only one row can be meant; None where no row explains it."""
        key = label_key(text)
        if not key:
            return None
        known = self.rows.get(key) or self.rows.get(_without_unit(key))
        if known is not None:
            return LineMatch(known, exact=True)
        return self._similar(key, numbering(text))

    @lru_cache(maxsize=4096)  # noqa: B019
    def find_column(self, text: str) -> KnownLine | None:
        """The column that a header cell names (its unit set aside, cut at one end where one is meant), or None."""
        key = _without_unit(label_key(text))
        return self.columns.get(key) or self._cut(key)

    @lru_cache(maxsize=4096)  # noqa: B019
    def _cut(self, key: str) -> KnownLine | None:
        """社会公益组, 制作数量: converters lose a line or the last character of a header."""
        if len(key) < _LEAST_PIECE:
            return None
        whole = [line for label, line in self.columns.items() if label.startswith(key) or label.endswith(key)]
        return whole[0] if len({line.key for line in whole}) == 1 else None

    @lru_cache(maxsize=4096)  # noqa: B019
    def find_group(self, text: str) -> str | None:
        """The key of a group label (不予公开, 法人或其他组织), or None."""
        key = label_key(text)
        return key if key in self.groups else None

    def _similar(self, key: str, number: str | None) -> LineMatch | None:
        name = nearest(key, {spelling: line.key for spelling, line in self.rows.items()})
        if name is None:
            return None
        line = next(line for line in self.rows.values() if line.key == name)
        if number is not None and line.number is not None and number != line.number:
            return None
        return LineMatch(line, exact=False)


def nearest(key: str, names: Mapping[str, str]) -> str | None:
    """The name whose spelling a label with a typo can only mean, or None; ``names`` maps spelling to name."""
    if len(key) < 4:
        return None
    best: dict[str, tuple[float, str]] = {}
    for spelling, score, _ in process.extract(key, names.keys(), scorer=fuzz.ratio, limit=6):
        best.setdefault(names[spelling], (score, spelling))
    ranked = sorted(((score, name, spelling) for name, (score, spelling) in best.items()), key=lambda one: -one[0])
    score, name, spelling = ranked[0]
    runner_up = ranked[1][0] if len(ranked) > 1 else 0.0
    if score < _LEAST_SIMILARITY or score - runner_up < _LEAST_LEAD or _changes_meaning(key, spelling):
        return None
    return name


@cache
def vocabulary(table_id: str) -> Vocabulary:
    """The vocabulary of a table, built once."""
    return Vocabulary(table_id)


@lru_cache(maxsize=4096)
def printed_unit(header: str) -> str | None:
    """The unit that a header or row label states (本年收费金额（单位：万元）: 万元), or None."""
    match = _UNIT.search(label_key(header))
    return match[1] if match else None


def _changes_meaning(printed: str, label: str) -> bool:
    """Whether the difference is more than a typo: a negation, another year, permission, a number, a word put beside.

    不属于国家秘密, 结转上年度, 允许公开, 属于国家秘密 12, 行政规范性文件备案数.
    """
    for edit in Levenshtein.opcodes(label, printed):
        old, new = label[edit.src_start : edit.src_end], printed[edit.dest_start : edit.dest_end]
        if edit.tag != "equal" and _TELLING.intersection(old + new):
            return True
    return printed != label and label in printed and len(printed) - len(label) > 1


def _without_unit(key: str) -> str:
    return _UNIT.sub("", key)
