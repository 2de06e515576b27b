"""What the narrative says about cells of the form: sentences to claims. Pure functions on text."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from extract.clauses import PLACE, Clause, Item, split_clauses
from extract.headings import is_report_heading
from extract.quantities import Quantity, plain_prose
from extract.report import Claim, Section
from extract.settling import (
    CARRIED_OUT,
    CHANNELS,
    CONCLUDED,
    INCLUSIVE,
    NEW,
    RECEIVED,
    RECEIVED_IN_2014_FORM,
    TOTAL,
    WITH_CARRY_OVER,
    YEAR,
    Sentence,
    Stated,
    last_of,
    settle,
)
from extract.traditional import simplified
from extract.wording import Entry, entries_about, wording
from extract.zeros import never_happened

FIRST_YEAR_OF_TABLES = 2019
"""Before it reports counted in the quantities of the form of 2014, with or without its table."""

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
    r"^(?:且|并|目前|现|以上申请|所有申请)*(?:已|均|全部|都|皆|悉数|件件).{0,14}?(?:办结|答复|回复|办复|办理完毕|处理完毕)(?!率)"
)
_ALL_GRANTED = re.compile(r"^(?:已)?(?:均|全部|都|皆)(?:已|为|依法)?(?:予以?|同意|给予)公开")
_ALL_NATURAL = re.compile(r"^(?:申请人)?(?:全部|均|都|皆)(?:为|是|来自)自然人")
_OF_ALL = re.compile(
    r"^(?:(?:以上)?申请人?|(?:复议|判决|答复|处理|办理|审理)?结果|(?:人民)?法院|复议机关|经复议)?"
    r"(?:全部|均|都|皆|(?<=结果)为)已?(?P<what>(?!无|未|没)[^率除]+)$"
)
_OF_ONE = re.compile(
    r"^(?:被?(?:人民)?法院|复议机关|经审理|经审查)?(?:已|被|依法|予以|裁定|判决|决定)*"
    r"(?P<what>(?:维持|驳回|纠正|撤销|责令)[^率]{0,10}|予以公开|部分公开|不予公开)$"
)
"""Of a single case its outcome is told without a number."""
_REFUSALS = ("applications.refused.", "applications.unavailable.", "applications.not_processed.")
_OUTCOMES = ("applications.granted", "applications.partly_granted", "group:refused", "group:unavailable", *_REFUSALS)
_KINDS = {f"group:{one.split('.')[1]}": one for one in _REFUSALS}
"""What a group of outcomes is made of: 重复申请不予处理 names both, and is the second."""
_PARTS = {
    RECEIVED: ("applications.received.", *_OUTCOMES),
    CONCLUDED: _OUTCOMES,
    "group:refused": _REFUSALS[:1],
    "group:unavailable": _REFUSALS[1:2],
    "group:not_processed": _REFUSALS[2:],
    "review.total": ("review.",),
    "group:lawsuits": ("group:lawsuits.",),
    "lawsuit_direct.total": ("lawsuit_direct.",),
    "lawsuit_after_review.total": ("lawsuit_after_review.",),
    RECEIVED_IN_2014_FORM: (*CHANNELS, "stat.replies.granted", "stat.replies.partly_granted", "stat.replies.refused"),
    "stat.requests.concluded": ("stat.requests.concluded_",),
    "stat.review.total": ("stat.review.",),
    "stat.lawsuit.total": ("stat.lawsuit.",),
}
"""What all of a figure can be: the codes (their beginnings) that 均为 after it may name."""
_NOT_ALL = re.compile(r"除|其余|其他|未|部分|率|延期")
_EXCLUSIVE = re.compile(r"^(?:不含|不包括|另|除)")
_COMPARED_YEAR = re.compile(r"(?:比|较).*(?:20\d\d年度?|去年|上一?年度?|同期)$")
_LAST_YEAR = re.compile(r"^(?:上一?年度?|去年度?|前年)(?!.*[结转])")
_THIS_YEAR = re.compile(r"今年|本年|当年|全年|20\d\d年")
_ALL_APPLIED = re.compile(r"(?<=\d[件条宗起份]申请)(?=已?(?:均|全部|都))")
_LEFT_OVER = re.compile(r"^[^，]{0,8}(?:结转|转入|转至|转到|顺延|延期)")
_TOTAL = re.compile(rf"^(?:以上|两项|总共|累计)*(?:合计|共计|总计|总数|共)(?:为)?{PLACE}$")
_APPLICATIONS = ("applications", "weak")


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
    text = _ALL_APPLIED.sub("，", plain_prose(plain))
    text = _NOT_ONE.sub(r"\1\2", _ZERO_WORD.sub("0件", text))
    clauses = list(split_clauses(text))
    reading = _SentenceReading(clauses, text, topic, in_2014_form, year)
    scope = wording().scope(text)
    claims: dict[str, Claim] = {}
    for stated in settle(reading.stated, reading.sentence):
        for code in _expanded(stated):
            own_scope = "with_carry_over" if code == WITH_CARRY_OVER else scope
            if scope == "cumulative" and NEW.search(stated.words):  # 累计560条，其中本年新增120条
                own_scope = None
                claims.pop(code, None)
            claims.setdefault(code, Claim(code, stated.value, stated.approximate, sentence, "", own_scope))
    ends_with = reading.topic if reading.topic in ("applications", "review", "lawsuits") else None
    return list(claims.values()), ends_with


def _expanded(stated: Stated) -> tuple[str, ...]:
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
        self.stated: list[Stated] = []
        self.all_done: list[int] = []
        self.in_last_year = False
        self.loose: Quantity | None = None  # of a number that no words have told yet what it counts
        outside: list[str | None] = []
        for number, clause in enumerate(clauses):
            while len(outside) > clause.depth:
                self.topic = outside.pop()
            while len(outside) < clause.depth:
                outside.append(self.topic)
            self._read(number, clause)

    @property
    def sentence(self) -> Sentence:
        """What settling needs to know."""
        return Sentence(self.clauses, self.text, self.year, self.all_done, self.in_2014_form)

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
        before = self.clauses[number - 1] if number else None
        self.in_last_year = bool(_LAST_YEAR.search(clause.text)) or (
            self.in_last_year and _THIS_YEAR.search(clause.text) is None
        )
        if self.in_last_year or _is_comparison(clause, before):
            return
        parent = self._parent(clause)
        verb = before.text if before is not None and clause.mark == "，" and before.depth == clause.depth else ""
        for item in clause.items:
            if not (item.lead and self.topic == "authority"):  # 因征地引发复议6件、诉讼9件
                self._hand_on(item.words)
            if wording().no_count.search(item.words) or self._is_of_another_year(item):
                continue
            codes = self._codes(item, verb) or (TOTAL,) * bool(_TOTAL.search(item.words))
            self.loose = None if codes else item.quantity
            if self._is_share(number):
                codes = tuple(code for code in codes if code not in (RECEIVED, RECEIVED_IN_2014_FORM))
            quantity = item.quantity
            self.stated += [
                Stated(code, quantity.value, quantity.approximate, number, clause.depth, item.words, parent)
                for code in codes
            ]

    def _is_share(self, number: int) -> bool:
        after = self.clauses[number + 1 : number + 2]
        return bool(after) and after[0].text.startswith("占")

    def _is_of_another_year(self, item: Item) -> bool:
        years = {int(number) for number in YEAR.findall(item.before)}
        return self.year is not None and bool(years) and self.year not in years and "转" not in item.before

    def _read_without_number(self, number: int, clause: Clause) -> None:
        for code in never_happened(clause.text, self.topic, in_2014_form=self.in_2014_form):
            self.stated.append(Stated(code, 0, False, number, clause.depth))
        if self.loose is not None and self.topic in _APPLICATIONS and _LEFT_OVER.search(clause.text):
            left, item = self.loose, Item(self.loose, clause.text, "")
            codes = (code for code in self._codes(item) if code == CARRIED_OUT)
            self.stated += [Stated(code, left.value, left.approximate, number, clause.depth) for code in codes]
        if not self.stated:
            return
        if not self.in_2014_form and _ALL_DONE.search(clause.text) and not _NOT_ALL.search(clause.text):
            self.all_done.append(number)
        self._read_of_all(number, clause.text)

    def _read_of_all(self, number: int, text: str) -> None:
        """均为自然人, 均予公开, 均维持: the number is that of the clause before, where it is known what that counts."""
        if self.loose is not None:
            return
        last, received, of_all = self.stated[-1], last_of(self.stated, RECEIVED), _OF_ALL.search(text)
        if of_all is None and last.value == 1:
            of_all = _OF_ONE.search(text)
        if received is not None and _ALL_NATURAL.search(text):
            self.stated.append(replace(received, code="applications.received.natural", clause=number))
        if received is not None and _ALL_GRANTED.search(text):
            self.stated.append(replace(received, code="applications.granted.total", clause=number))
        if of_all is None or not last.value:
            return
        item = Item(Quantity(last.value, last.approximate, "", 0, 0), of_all["what"], "")
        self.stated += [
            replace(last, code=code, clause=number, words=item.words)
            for code in self._codes(item)
            if code != last.code and code.startswith(_PARTS.get(last.code, ()))
        ]

    def _parent(self, clause: Clause) -> Stated | None:
        if _EXCLUSIVE.search(clause.text):
            return None
        if clause.depth:
            return next((stated for stated in reversed(self.stated) if stated.depth < clause.depth), None)
        is_part = clause.mark == "：" or INCLUSIVE.search(clause.text)
        return self.stated[-1] if self.stated and is_part else None

    def _codes(self, item: Item, verb: str = "") -> tuple[str, ...]:
        entries = entries_about(self.topic or "none", in_2014_form=self.in_2014_form)
        matching = [entry for entry in entries if self._matches(entry, item, verb)]
        if not matching:
            return ()
        first = matching[0]
        family = [entry for entry in matching if first.family and entry.family == first.family]
        codes = dict.fromkeys(code for entry in family or [first] for code in self._own(entry))
        for whole in [code for code in codes if any(other.startswith(_KINDS.get(code, ())) for other in codes)]:
            del codes[whole]
        if len(family) > 1 and len(codes) > 1 and item.quantity.value != 0:
            return ()
        return tuple(codes)

    def _own(self, entry: Entry) -> tuple[str, ...]:
        return entry.stat if self.in_2014_form else entry.codes

    def _matches(self, entry: Entry, item: Item, verb: str) -> bool:
        return (
            item.quantity.unit in entry.units
            and (not entry.only_zero or item.quantity.value == 0)
            and (entry.unless is None or entry.unless.search(_NUMBER.sub(PLACE, self.text)) is None)
            and (not entry.after or (bool(self.stated) and self.stated[-1].code.startswith(entry.after)))
            and entry.words.describe(item.words)
            and (entry.needs is None or entry.needs.search((item.lead or verb) + PLACE + item.words) is not None)
        )


def _is_comparison(clause: Clause, before: Clause | None) -> bool:
    return clause.mark == "(" and before is not None and _COMPARED_YEAR.search(before.text) is not None
