"""The indicators of the form of 2014 by their labels, and the words that mark a local table."""

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from extract.forms import table_blocks
from extract.labels import label_key, plain_label, squash
from extract.vocabulary import nearest

TABLE_ID = "stat"

_NOTE = re.compile(r"\((?![一二三四五六七八九十\d]+\))[^()]*\)")
_PART = re.compile(r"^其中[:,、]?")
_COUNT = re.compile(r"(?<=..)(?:总?[次个件条]?数量?|总量)$")
_UNIT_NOTE = re.compile(r"\((?:单位:?)?([^()]{1,3})\)")
_CHAPTER = re.compile(r"^[一二三四五六七八九十]+[、,.]")

# Words of the tables that places had of their own before the form of 2014.
_LOCAL = re.compile(r"否决公开|免予公开|免于公开|递送费|邮寄费|指定专职|历年累计")
_SUBJECT = re.compile(r"公开|申请|答复|复议|诉讼|申诉|规范性文件|收费|收取|政府信息")

_UNIT = re.compile(r"万?(?:条|件|次|人次)|[篇个人名期场部份宗起例项处家]|场次|期次|[千万亿]?元")
MONEY = frozenset(["元", "万元", "亿元", "千元"])


@dataclass(frozen=True, slots=True)
class Indicator:
    """A row of the form: its code, label, unit, and the key of the part of the table (一、 to 九、) that holds it."""

    code: str
    label: str
    unit: str
    part: str


def indicator_key(text: str) -> str:
    """What two spellings of an indicator have in common: numbering, 其中, notes and the closing 数 are set aside."""
    text = plain_label(text)
    bare = _PART.sub("", _NOTE.sub("", text))
    return _COUNT.sub("", label_key(_PART.sub("", _without_numbering(bare))))


def _without_numbering(text: str) -> str:
    """So that 其中 is found behind a number (1.其中：…)."""
    return re.sub(r"^(?:\(?[一二三四五六七八九十\d]+\)?[、.,)]?)(?=其中)", "", text)


@dataclass(frozen=True)
class _Labels:
    indicators: dict[str, Indicator]
    by_key: dict[str, tuple[str, ...]]
    headings: dict[str, str]


@cache
def _labels() -> _Labels:
    indicators: dict[str, Indicator] = {}
    by_key: dict[str, dict[str, None]] = {}
    headings: dict[str, str] = {}
    for _, block in table_blocks(TABLE_ID):
        for row in block.rows:
            part = indicator_key((*row.path, row.label)[0])
            indicators[row.key] = Indicator(row.key, row.label, row.unit, part)
            for spelling in (row.label, *row.variants):
                by_key.setdefault(indicator_key(spelling), {})[row.key] = None
            headings.update({indicator_key(label): part for label in row.path})
    for key in by_key:
        headings.pop(key, None)
    return _Labels(indicators, {key: tuple(codes) for key, codes in by_key.items()}, headings)


@lru_cache(maxsize=4096)
def find_indicators(text: str) -> tuple[Indicator, ...]:
    """The indicators that a label is the name of: several for 其他情形数, none for any other text."""
    labels = _labels()
    return tuple(labels.indicators[code] for code in labels.by_key.get(indicator_key(text), ()))


@lru_cache(maxsize=4096)
def find_mistyped(text: str) -> Indicator | None:
    """The indicator that a label with a typo can only mean, None where several or none could be meant."""
    labels = _labels()
    alone = {key: codes[0] for key, codes in labels.by_key.items() if len(codes) == 1}
    code = nearest(indicator_key(text), alone)
    return labels.indicators[code] if code is not None else None


@lru_cache(maxsize=4096)
def find_part(text: str) -> str | None:
    """The key of the part of the table that a heading row opens or belongs to (一、主动公开情况), or None."""
    return _labels().headings.get(indicator_key(text))


@cache
def codes() -> tuple[str, ...]:
    """The codes of all indicators, in the order printed."""
    return tuple(_labels().indicators)


@cache
def parts() -> tuple[str, ...]:
    """The keys of the parts of the table, in the order printed."""
    return tuple(dict.fromkeys(indicator.part for indicator in _labels().indicators.values()))


def opens_chapter(text: str) -> bool:
    """Whether a label is numbered as the parts of the table are (十、…), whatever it says."""
    return _CHAPTER.match(squash(text)) is not None


def is_local(text: str) -> bool:
    """Whether a label is one of the tables before 2014."""
    return _LOCAL.search(plain_label(text)) is not None


def is_subject(text: str) -> bool:
    """Whether a label speaks of the disclosure of information at all."""
    return _SUBJECT.search(plain_label(text)) is not None


def as_unit(text: str) -> str | None:
    """The unit that a cell or a text in brackets states, or None."""
    squashed = plain_label(text).strip("()")
    return squashed if _UNIT.fullmatch(squashed) else None


def noted_unit(label: str) -> str | None:
    """The unit that a label states in brackets: 收取的费用（万元）."""
    return next((unit for match in _UNIT_NOTE.finditer(squash(label)) if (unit := as_unit(match[1]))), None)
