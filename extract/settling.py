"""Figures that a sentence states, and what becomes of them once the whole sentence is known. Pure functions."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from extract.clauses import PLACE, Clause
from extract.report import Number

RECEIVED, CARRIED_IN = "applications.received.total", "applications.carried_in.total"
CONCLUDED, CARRIED_OUT = "applications.concluded.total", "applications.carried_out.total"
WITH_CARRY_OVER = "group:received_plus_carried_in"
RECEIVED_IN_2014_FORM = "stat.requests.received"
BY_CHANNEL = "by_channel"
"""收到书面申请N件: all that came, unless others came another way. Never the code of a claim."""
HANDLED = "handled"
"""办理N件: concluded, or received, by what stands beside it. Never the code of a claim."""
TOTAL = "total"
"""合计N件: the sum of what stands before it, where it is their sum. Never the code of a claim."""

YEAR = re.compile(r"20\d\d(?=年)")
NEW = re.compile(r"新收|新增|新受理|新申请|本年|当年|今年")
INCLUSIVE = re.compile(r"^(?:其中|含|包括|包含)")
CHANNELS = tuple(f"stat.requests.{way}" for way in ("in_person", "fax", "online", "letter"))
_BARE = re.compile(rf"(?:含|其中|包括)?结转(?:申请)?{PLACE}|{PLACE}(?:申请)?结转")
"""A carry-over of which nothing says whether it came from last year or goes to the next."""
_OUTCOMES = (".upheld", ".corrected", ".other", ".pending")


@dataclass(frozen=True, slots=True)
class Stated:
    """A figure that a clause states. ``parent`` is the figure whose bracket or 其中 it stands in."""

    code: str
    value: Number
    approximate: bool
    clause: int
    depth: int
    words: str = ""
    parent: "Stated | None" = None


@dataclass(frozen=True, slots=True)
class Sentence:
    """What settling needs to know of a sentence: ``all_done`` are the places of clauses like 均已办结."""

    clauses: Sequence[Clause]
    text: str
    year: int | None
    all_done: Sequence[int]
    in_2014_form: bool


def last_of(stated: Sequence[Stated], *codes: str) -> Stated | None:
    """The last figure stated for one of the cells."""
    return next((one for one in reversed(stated) if one.code in codes), None)


def settle(stated: list[Stated], sentence: Sentence) -> list[Stated]:
    """What the sentence states, once it is known which totals hold the carry-over."""
    stated = _by_channel(_summed(stated), sentence)
    if sentence.in_2014_form:
        return [one for one in stated if one.code != HANDLED]
    stated = [settled for one in stated if (settled := _direction(one, stated, sentence)) is not None]
    stated = [settled for one in stated if (settled := _inclusive(one, stated, sentence)) is not None]
    return [*_without_rivals(_handled(stated)), *_all_concluded(stated, sentence.all_done)]


def _summed(stated: list[Stated]) -> list[Stated]:
    """合计N件 where N is the sum of the figures before it; else nobody can tell what it counts."""
    settled: list[Stated] = []
    for one in stated:
        if one.code != TOTAL:
            settled.append(one)
        elif (code := _summed_code(one.value, settled)) is not None:
            settled = [*(other for other in settled if other.code != code), replace(one, code=code)]
        else:  # 转办申请2件，直接受理申请7件，共计9件: the 7 are a part, of what nobody can tell
            came = (RECEIVED, RECEIVED_IN_2014_FORM)
            settled = [other for other in settled if other.code not in came or other.value >= one.value]
    return settled


def _summed_code(total: Number, before: Sequence[Stated]) -> str | None:
    values = {one.code: one.value for one in before}
    if RECEIVED in values and CARRIED_IN in values and values[RECEIVED] + values[CARRIED_IN] == total:
        return WITH_CARRY_OVER
    parts = [one for one in before if before[-1].code == one.code] if before else []
    if len(parts) > 1 and sum(one.value for one in parts) == total:
        return parts[0].code
    outcomes = [one for one in before if one.code.endswith(_OUTCOMES)]
    kinds = {one.code.rsplit(".", 1)[0] for one in outcomes}
    if len(kinds) != 1 or sum(one.value for one in outcomes) != total:
        return None
    kind = kinds.pop()
    return kind if kind.startswith("group:") else f"{kind}.total"


def _by_channel(stated: list[Stated], sentence: Sentence) -> list[Stated]:
    ways = [one for one in stated if one.code == BY_CHANNEL]
    came = RECEIVED_IN_2014_FORM if sentence.in_2014_form else RECEIVED
    is_all = len(ways) == 1 and not ways[0].parent and last_of(stated, came, *CHANNELS) is None
    return [
        replace(one, code=came) if one.code == BY_CHANNEL else one for one in stated if one.code != BY_CHANNEL or is_all
    ]


def _handled(stated: list[Stated]) -> list[Stated]:
    """办理N件 is what was concluded, unless that is told apart or it is all that was there to be done."""
    values = {one.code: one.value for one in stated}
    there = values.get(RECEIVED, 0) + values.get(CARRIED_IN, 0) if values.get(CARRIED_IN) else None
    return [
        replace(one, code=WITH_CARRY_OVER if one.value == there else CONCLUDED) if one.code == HANDLED else one
        for one in stated
        if one.code != HANDLED or CONCLUDED not in values
    ]


def _direction(one: Stated, all_stated: list[Stated], sentence: Sentence) -> Stated | None:
    """Last year's rest or this year's, by the year it names (结转2022年2件) or by what stands before it."""
    if one.code == CARRIED_OUT and (named := YEAR.search(one.words)) is not None:
        others = {int(number) for number in YEAR.findall(sentence.text)} - {int(named[0])}
        year = sentence.year or max(others, default=0)
        return replace(one, code=CARRIED_IN) if int(named[0]) < year else one
    if one.code != CARRIED_IN or _BARE.fullmatch(one.words) is None:
        return one
    if one.parent is not None:
        return one if one.parent.code in (RECEIVED, HANDLED) else None
    before = [other.code for other in all_stated[: all_stated.index(one)]]
    if CONCLUDED in before or (HANDLED in before and RECEIVED in before):
        return replace(one, code=CARRIED_OUT)
    return one if RECEIVED in before else None


def _inclusive(one: Stated, stated: list[Stated], sentence: Sentence) -> Stated | None:
    """A total of which the sentence says that the carry-over is in it; None for a part of another total."""
    if one.parent is not None and one.code == one.parent.code and not NEW.search(one.words):
        return None
    if one.code not in (RECEIVED, HANDLED):
        return one
    parts = {part.code: part for part in stated if part.parent is one and part.code in (RECEIVED, CARRIED_IN)}
    new, carried_in = parts.get(RECEIVED), parts.get(CARRIED_IN)
    if new is not None and NEW.search(new.words):
        return one if new.value == one.value else replace(one, code=WITH_CARRY_OVER)
    is_in = carried_in is not None and INCLUSIVE.search(sentence.clauses[carried_in.clause].text)
    if carried_in is None or not is_in or _balances(one, carried_in.value, stated):
        return one
    return replace(one, code=WITH_CARRY_OVER)


def _balances(one: Stated, carried_in: Number, stated: list[Stated]) -> bool:
    """Whether 新收＋上年结转＝办结＋转下年 shows that the total leaves the carry-over out."""
    out = {part.code: part.value for part in stated if part.code in (CONCLUDED, CARRIED_OUT)}
    return len(out) == 2 and one.value + carried_in == sum(out.values())


def _all_concluded(stated: list[Stated], all_done: Sequence[int]) -> Iterator[Stated]:
    """均已办结: as many concluded as came in."""
    rest = [one for one in stated if one.code == CONCLUDED or (one.code == CARRIED_OUT and one.value)]
    if not all_done or rest:
        return
    came_in = [one for one in stated if one.code in (RECEIVED, WITH_CARRY_OVER) and one.clause < all_done[-1]]
    came_in.sort(key=lambda one: one.code != WITH_CARRY_OVER)
    left_over = any(one.code == CARRIED_IN and one.value for one in stated)
    if came_in and (came_in[0].code == WITH_CARRY_OVER or not left_over):
        yield replace(came_in[0], code=CONCLUDED)


def _without_rivals(stated: list[Stated]) -> list[Stated]:
    """Without figures that clauses of one rank state differently for one cell, for nobody can tell which it is.

    Where the first of them is taken apart (其中自然人15件，法人3件), the others are parts of it.
    """
    first: dict[tuple[str, int], Stated] = {}
    for one in stated:
        first.setdefault((one.code, one.depth), one)
    rivals = {(one.code, one.depth) for one in stated if one.value != first[one.code, one.depth].value}
    whole = [one.parent for one in stated if one.parent is not None]
    return [
        one
        for one in stated
        if (place := (one.code, one.depth)) not in rivals or (one is first[place] and one in whole)
    ]
