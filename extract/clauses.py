"""A sentence taken apart: clauses, and in them the quantities with the words that say what they count."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from extract.quantities import Quantity, find_quantities

PLACE = "#"
"""Stands in an item's words where its number stood."""

_CLAUSE = re.compile(r"[，；：()。！？]")
# A number that no measure word follows counts something only if the words end there.
_LONE = re.compile(r"$|[，；：()。、和与及中]|以及|占")
_LEADING_JOINT = re.compile(r"^(?:、|和|与|及|以及|并|或)+")
_FILLER = re.compile(r"(?:其中|另外|另|还|尚|仅|只|共计|共|总计|合计|计|有|为|是|达到|达|：|、|即|含|包括)*")
_PROVIDES = re.compile(r"(?:明确|配备|确定|安排|指定|落实|抽调|现有|共有|设有|拥有)$")
"""Verbs whose object is counted from the front: 配备1名专职人员、2名兼职人员."""
_RESPECTIVELY = re.compile(r"分别(?:为|是|有|达|达到)?$")
_EACH = re.compile(r"(?:各|均|都)(?:为|是|有|收到|发生)?$")
_JOINT = re.compile(r"、|以及|和|与|及|或")


@dataclass(frozen=True, slots=True)
class Item:
    """A quantity with the words that say what it counts, :data:`PLACE` standing for the number.

    ``before`` and ``after`` are the words on its two sides; ``lead`` those of the clause's first item where this one
    follows it (发布规章4部、规范性文件19件: the verb).
    """

    quantity: Quantity
    before: str
    after: str
    lead: str = ""

    @property
    def words(self) -> str:
        """All that is said of the number itself."""
        return f"{self.before}{PLACE}{self.after}"


@dataclass(frozen=True, slots=True)
class Clause:
    """A stretch between two marks: its text, the mark before it, how deep it stands in brackets, its quantities."""

    text: str
    mark: str
    depth: int
    items: tuple[Item, ...]


def split_clauses(sentence: str) -> Iterator[Clause]:
    """The clauses of a sentence from :func:`extract.quantities.plain_prose`, in order; empty ones left out.

    Words without a number that 、 or 和 ties to the next number belong to it (申请行政复议、提起行政诉讼0件).
    """
    depth, start, mark = 0, 0, ""
    for end in [*(match.start() for match in _CLAUSE.finditer(sentence)), len(sentence)]:
        text = sentence[start:end]
        if text:
            yield Clause(text, mark, depth, tuple(_items(text)))
        mark = sentence[end : end + 1]
        depth = max(0, depth + (mark == "(") - (mark == ")"))
        start = end + 1


def _items(text: str) -> list[Item]:
    quantities = [quantity for quantity in find_quantities(text) if _is_count(text, quantity)]
    if not quantities:
        return []
    head = text[: quantities[0].start]
    if (shared := _RESPECTIVELY.search(head)) is not None:
        return _shared_out(head[: shared.start()], quantities)
    if (each := _EACH.search(head)) is not None and len(quantities) == 1:
        names = _JOINT.split(head[: each.start()])
        if len(names) > 1:
            return [Item(quantities[0], name, "", head) for name in names]
    ends = [*(quantity.start for quantity in quantities[1:]), len(text)]
    gaps = [text[quantity.end : end] for quantity, end in zip(quantities, ends, strict=True)]
    provided = _PROVIDES.search(head) is not None and all(gaps)
    if provided or (_FILLER.fullmatch(head) and gaps[0].strip("、")):  # 3件予以公开，1件部分公开
        return [
            Item(q, "", _LEADING_JOINT.sub("", gap).rstrip("、和与及有"))
            for q, gap in zip(quantities, gaps, strict=True)
        ]
    befores = [head, *(_LEADING_JOINT.sub("", gap) for gap in gaps[:-1])]
    afters = [*([""] * (len(quantities) - 1)), gaps[-1]]
    return [
        Item(quantity, before, after, head if number else "")
        for number, (quantity, before, after) in enumerate(zip(quantities, befores, afters, strict=True))
    ]


def _shared_out(names: str, quantities: list[Quantity]) -> list[Item]:
    """Items of 复议、诉讼分别为2件和1件; none where names and numbers are not as many."""
    parts = [part for part in _JOINT.split(names) if part]
    if len(parts) != len(quantities):
        return []
    return [Item(quantity, part, "", names) for quantity, part in zip(quantities, parts, strict=True)]


def _is_count(text: str, quantity: Quantity) -> bool:
    if quantity.unit:
        return True
    is_year = isinstance(quantity.value, int) and 1990 <= quantity.value <= 2050
    return not is_year and _LONE.match(text[quantity.end :]) is not None
