"""What the narrative says about cells of the form: sentences to claims. Pure functions on text."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from extract.clauses import PLACE, Clause, Item, split_clauses
from extract.headings import is_report_heading
from extract.quantities import plain_prose
from extract.report import Claim, Number, Section
from extract.traditional import simplified
from extract.wording import Entry, entries_about, wording
from extract.zeros import never_happened

FIRST_YEAR_OF_TABLES = 2019
"""Before it reports counted in the quantities of the form of 2014, with or without its table."""

RECEIVED, CARRIED_IN = "applications.received.total", "applications.carried_in.total"
CONCLUDED, CARRIED_OUT = "applications.concluded.total", "applications.carried_out.total"
WITH_CARRY_OVER = "group:received_plus_carried_in"
_BY_CHANNEL = "by_channel"
"""收到书面申请N件: all that came, unless others came another way. Never the code of a claim."""
_HANDLED = "handled"
"""办理N件: concluded, or received, by what stands beside it. Never the code of a claim."""

_YEAR = re.compile(r"20\d\d(?=年)")
_NUMBER = re.compile(r"\d+")
_SENTENCE = re.compile(r"[^。！？!?\n]*[。！？!?]?")
_MAY_STATE = re.compile(
    r"\d|[零一二两三四五六七八九十百千][余多]?[件条起宗例次份项个期场人名篇部]|没有|未|无|不存在|为零|是零|零申请|零复议|零诉讼"
)
"""Sentences without any of these are not looked at further: most are, and reading one takes time."""
_NO_WORDS = re.compile(r"\s+|\([a-z\u00e0-\u01dc]+\)")
_ZERO_WORD = re.compile(r"(?<=[为是])零(?=[，。；、)]|$)")
_NOT_ONE = re.compile(r"(没有|未|无)((?:发生|收到|出现|产生|接到|有)?(?:过|任何)?)一[起件例宗次个](?=[^，。]{2})")
_LONGEST_SUBHEAD = 25
_LONGEST_SENTENCE = 2000
_ALL_DONE = re.compile(
    r"^(?:且|并|目前|现|以上申请|所有申请)*(?:已|均|全部|都|皆|悉数).{0,14}?(?:办结|答复|回复|办复|办理完毕|处理完毕)(?!率)"
)
_ALL_GRANTED = re.compile(r"^(?:已)?(?:均|全部|都|皆)(?:已|为|依法)?(?:予以?|同意|给予)公开")
_ALL_NATURAL = re.compile(r"^(?:申请人)?(?:全部|均|都|皆)(?:为|是|来自)自然人")
_ALL_ENDED = re.compile(
    r"^(?:(?:复议|判决)?结果(?:全部|均|都)?为?|全部|均|都|皆)(?:为|是|被|予以|获得?|结果)*(?P<how>维持|纠正|纠错)"
)
_NOT_ALL = re.compile(r"除|其余|其他|未|部分|率|延期")
_INCLUSIVE = re.compile(r"^(?:其中|含|包括|包含)")
_EXCLUSIVE = re.compile(r"^(?:不含|不包括|另|除)")
_NEW = re.compile(r"新收|新增|新受理|新申请|本年|当年|今年")
_COMPARED_YEAR = re.compile(r"(?:比|较).*(?:20\d\d年度?|去年|上一?年度?|同期)$")
_CHANNELS = tuple(f"stat.requests.{way}" for way in ("in_person", "fax", "online", "letter"))
_APPLICATIONS = ("applications", "weak")


@dataclass(frozen=True, slots=True)
class _Stated:
    """A figure that a clause states. ``parent`` is the figure whose bracket or 其中 it stands in."""

    code: str
    value: Number
    approximate: bool
    clause: int
    depth: int
    words: str = ""
    parent: "_Stated | None" = None


def read_claims(
    sections: Sequence[Section], opening: Sequence[str] = (), *, form: str | None = None, year: int | None = None
) -> list[Claim]:
    """The claims of a narrative, in the order of its sentences; ``opening`` are the lines before the first heading.

    Which quantities the sentences speak of is told by ``form``, and by the year where no table tells the form.
    """
    in_2014_form = form == "2014" or (form is None and year is not None and year < FIRST_YEAR_OF_TABLES)
    claims = []
    for section in [Section("", "\n".join(opening)), *sections]:
        subject = "applications" if is_report_heading(section.heading) == 3 else None
        for line in section.text.splitlines():
            topic = subject
            for sentence in _sentences(line):
                if (subhead := _subhead_topic(sentence)) is not None:
                    subject = topic = subhead or None
                    continue
                found, topic = sentence_claims(sentence, in_2014_form=in_2014_form, topic=topic or subject, year=year)
                claims += [replace(claim, section=section.heading) for claim in found]
    return list(dict.fromkeys(claims))


def _sentences(line: str) -> Iterator[str]:
    return (match[0].strip() for match in _SENTENCE.finditer(line) if match[0].strip())


def _subhead_topic(sentence: str) -> str | None:
    """The topic that a sub-head (（二）依申请公开情况) sets, ``""`` where it ends one; None for any other sentence."""
    sentence = simplified(sentence)
    plain = re.sub(r"^[(（]?[一二三四五六七八九十\d]+[)）、.,]+", "", sentence)
    if plain == sentence or len(plain) > _LONGEST_SUBHEAD or re.search(r"[\d，,没未无]", plain):
        return None
    return "applications" if "依申请" in plain or "申请" in plain else ""


def sentence_claims(
    sentence: str, *, in_2014_form: bool = False, topic: str | None = None, year: int | None = None
) -> tuple[list[Claim], str | None]:
    """The claims of one sentence and the topic it ends with.

    ``topic`` is what the text before it was about, ``year`` the report's.
    """
    subjects = wording().subjects["form_2014" if in_2014_form else "since_2019"]
    plain = simplified(sentence[:_LONGEST_SENTENCE])
    if _MAY_STATE.search(plain) is None or not (topic or subjects.search(_NO_WORDS.sub("", plain))):
        return [], None
    text = _NOT_ONE.sub(r"\1\2", _ZERO_WORD.sub("0件", plain_prose(plain)))
    clauses = list(split_clauses(text))
    reading = _SentenceReading(clauses, text, topic, in_2014_form, year)
    scope = wording().scope(text)
    claims: dict[str, Claim] = {}
    for stated in reading.settled():
        for code in _expanded(stated):
            own_scope = "with_carry_over" if code == WITH_CARRY_OVER else scope
            if scope == "cumulative" and _NEW.search(stated.words):  # 累计560条，其中本年新增120条
                own_scope = None
                claims.pop(code, None)
            claims.setdefault(code, Claim(code, stated.value, stated.approximate, sentence, "", own_scope))
    ends_with = reading.topic if reading.topic in ("applications", "review", "lawsuits") else None
    return list(claims.values()), ends_with


def _expanded(stated: _Stated) -> tuple[str, ...]:
    """No lawsuits at all are none of either kind; a number of them is not told apart."""
    if stated.value == 0 and stated.code.startswith("group:lawsuits"):
        outcome = stated.code.removeprefix("group:lawsuits") or ".total"
        return (f"lawsuit_direct{outcome}", f"lawsuit_after_review{outcome}")
    return (stated.code,)


class _SentenceReading:
    """Goes through the clauses of a sentence, with the topic that each hands on to the next."""

    def __init__(
        self, clauses: list[Clause], text: str, topic: str | None, in_2014_form: bool, year: int | None
    ) -> None:
        self.clauses = clauses
        self.text = text
        self.year = year
        self.topic = topic or self._topic_ahead()
        self.in_2014_form = in_2014_form
        self.stated: list[_Stated] = []
        self.all_done: list[int] = []
        outside: list[str | None] = []
        for number, clause in enumerate(clauses):
            while len(outside) > clause.depth:
                self.topic = outside.pop()
            while len(outside) < clause.depth:
                outside.append(self.topic)
            self._read(number, clause)

    def _topic_ahead(self) -> str | None:
        topics = [topic for clause in self.clauses if (topic := wording().topic(clause.text)) is not None]
        first = topics[0] if topics else None
        if "applications" in topics and first not in ("services", "documents", "publication"):
            return "weak"
        return "normative" if "normative" in topics and first == "normative" else None

    def _hand_on(self, text: str) -> None:
        topic = wording().topic(text)
        if topic == "media":
            topic = None if self.topic in _APPLICATIONS else "publication"
        if topic == "documents" and self.topic in ("normative", "rules"):
            topic = None
        self.topic = topic or self.topic

    def _read(self, number: int, clause: Clause) -> None:
        if not clause.items:
            self._hand_on(clause.text)
            self._read_without_number(number, clause)
        if _is_comparison(clause, self.clauses[number - 1] if number else None):
            return
        for item in clause.items:
            self._hand_on(item.words)
            parent = self._parent(clause)
            if wording().no_count.search(item.words) or self._is_of_another_year(item):
                continue
            for code in self._codes(item):
                quantity = item.quantity
                self.stated.append(
                    _Stated(code, quantity.value, quantity.approximate, number, clause.depth, item.words, parent)
                )

    def _is_of_another_year(self, item: Item) -> bool:
        years = {int(number) for number in _YEAR.findall(item.before)}
        return self.year is not None and bool(years) and self.year not in years and "转" not in item.before

    def _read_without_number(self, number: int, clause: Clause) -> None:
        for code in never_happened(clause.text, self.topic, in_2014_form=self.in_2014_form):
            self.stated.append(_Stated(code, 0, False, number, clause.depth))
        if self.in_2014_form or not self.stated:
            return
        if _ALL_DONE.search(clause.text) and not _NOT_ALL.search(clause.text):
            self.all_done.append(number)
        self._read_of_all(number, clause.text)

    def _read_of_all(self, number: int, text: str) -> None:
        """均为自然人, 均予公开, 均维持: the number is that of the clause before."""
        last, received, ended = self.stated[-1], self._last(RECEIVED), _ALL_ENDED.search(text)
        if received is not None and _ALL_NATURAL.search(text):
            self.stated.append(replace(received, code="applications.received.natural", clause=number))
        if received is not None and _ALL_GRANTED.search(text):
            self.stated.append(replace(received, code="applications.granted.total", clause=number))
        if ended is not None and last.code in ("review.total", "group:lawsuits") and last.value:
            outcome = "upheld" if ended["how"] == "维持" else "corrected"
            code = f"{last.code.removesuffix('.total')}.{outcome}"
            self.stated.append(replace(last, code=code, clause=number))

    def _last(self, *codes: str) -> _Stated | None:
        return next((stated for stated in reversed(self.stated) if stated.code in codes), None)

    def _parent(self, clause: Clause) -> _Stated | None:
        if _EXCLUSIVE.search(clause.text):
            return None
        if clause.depth:
            return next((stated for stated in reversed(self.stated) if stated.depth < clause.depth), None)
        is_part = clause.mark == "：" or _INCLUSIVE.search(clause.text)
        return self.stated[-1] if self.stated and is_part else None

    def _codes(self, item: Item) -> tuple[str, ...]:
        entries = entries_about(self.topic or "none", in_2014_form=self.in_2014_form)
        matching = [entry for entry in entries if self._matches(entry, item)]
        if not matching:
            return ()
        first = matching[0]
        family = [entry for entry in matching if first.family and entry.family == first.family]
        codes = dict.fromkeys(code for entry in family or [first] for code in self._own(entry))
        if len(family) > 1 and len(codes) > 1 and item.quantity.value != 0:
            return ()
        return tuple(codes)

    def _own(self, entry: Entry) -> tuple[str, ...]:
        return entry.stat if self.in_2014_form else entry.codes

    def _matches(self, entry: Entry, item: Item) -> bool:
        return (
            item.quantity.unit in entry.units
            and (not entry.only_zero or item.quantity.value == 0)
            and (entry.unless is None or entry.unless.search(_NUMBER.sub(PLACE, self.text)) is None)
            and entry.words.describe(item.words)
            and (entry.needs is None or entry.needs.search(item.lead + PLACE + item.words) is not None)
        )

    def settled(self) -> list[_Stated]:
        """What the sentence states, once it is known which totals hold the carry-over."""
        ways = [one for one in self.stated if one.code == _BY_CHANNEL]
        came = "stat.requests.received" if self.in_2014_form else RECEIVED
        is_all = len(ways) == 1 and not ways[0].parent and self._last(came) is None and not self._last(*_CHANNELS)
        stated = [
            replace(one, code=came) if one.code == _BY_CHANNEL else one
            for one in self.stated
            if one.code != _BY_CHANNEL or is_all
        ]
        if self.in_2014_form:
            return [one for one in stated if one.code != _HANDLED]
        stated = [settled for one in stated if (settled := self._direction(one)) is not None]
        stated = [settled for one in stated if (settled := self._inclusive(one, stated)) is not None]
        concluded = any(one.code == CONCLUDED for one in stated)
        stated = [
            replace(one, code=CONCLUDED) if one.code == _HANDLED else one
            for one in stated
            if one.code != _HANDLED or not concluded
        ]
        return [*_without_rivals(stated), *self._all_concluded(stated)]

    def _direction(self, one: _Stated) -> _Stated | None:
        """Last year's rest or this year's, by the year it names (结转2022年2件) or by what stands before it."""
        if one.code == CARRIED_OUT and (named := _YEAR.search(one.words)) is not None:
            others = {int(number) for number in _YEAR.findall(self.text)} - {int(named[0])}
            year = self.year or max(others, default=0)
            return replace(one, code=CARRIED_IN) if int(named[0]) < year else one
        if one.code != CARRIED_IN or not re.fullmatch(rf"(?:含|其中|包括)?结转(?:申请)?{PLACE}", one.words):
            return one
        if one.parent is not None:
            return one if one.parent.code in (RECEIVED, _HANDLED) else None
        before = [other.code for other in self.stated[: self.stated.index(one)]]
        if CONCLUDED in before:
            return replace(one, code=CARRIED_OUT)
        return one if RECEIVED in before else None

    def _inclusive(self, one: _Stated, stated: list[_Stated]) -> _Stated | None:
        """A total of which the sentence says that the carry-over is in it; None for a part of another total."""
        if one.parent is not None and one.code == one.parent.code and not _NEW.search(one.words):
            return None
        if one.code not in (RECEIVED, _HANDLED):
            return one
        parts = {part.code: part for part in stated if part.parent is one and part.code in (RECEIVED, CARRIED_IN)}
        new, carried_in = parts.get(RECEIVED), parts.get(CARRIED_IN)
        if new is not None and _NEW.search(new.words):
            return one if new.value == one.value else replace(one, code=WITH_CARRY_OVER)
        is_in = carried_in is not None and _INCLUSIVE.search(self.clauses[carried_in.clause].text)
        if carried_in is None or not is_in or self._balances(one, carried_in.value, stated):
            return one
        return replace(one, code=WITH_CARRY_OVER)

    def _balances(self, one: _Stated, carried_in: Number, stated: list[_Stated]) -> bool:
        """Whether 新收＋上年结转＝办结＋转下年 shows that the total leaves the carry-over out."""
        out = {part.code: part.value for part in stated if part.code in (CONCLUDED, CARRIED_OUT)}
        return len(out) == 2 and one.value + carried_in == sum(out.values())

    def _all_concluded(self, stated: list[_Stated]) -> Iterator[_Stated]:
        """均已办结: as many concluded as came in."""
        rest = [one for one in stated if one.code == CONCLUDED or (one.code == CARRIED_OUT and one.value)]
        if not self.all_done or rest:
            return
        came_in = [one for one in stated if one.code in (RECEIVED, WITH_CARRY_OVER) and one.clause < self.all_done[-1]]
        left_over = any(one.code == CARRIED_IN and one.value for one in stated)
        if came_in and (came_in[0].code == WITH_CARRY_OVER or not left_over):
            yield replace(came_in[0], code=CONCLUDED)


def _without_rivals(stated: list[_Stated]) -> list[_Stated]:
    """Without figures that clauses of one rank state differently for one cell, for nobody can tell which it is.

    Where the first of them is taken apart (其中自然人15件，法人3件), the others are parts of it.
    """
    first: dict[tuple[str, int], _Stated] = {}
    for one in stated:
        first.setdefault((one.code, one.depth), one)
    rivals = {(one.code, one.depth) for one in stated if one.value != first[one.code, one.depth].value}
    whole = [one.parent for one in stated if one.parent is not None]
    return [
        one
        for one in stated
        if (place := (one.code, one.depth)) not in rivals or (one is first[place] and one in whole)
    ]


def _is_comparison(clause: Clause, before: Clause | None) -> bool:
    return clause.mark == "(" and before is not None and _COMPARED_YEAR.search(before.text) is not None
