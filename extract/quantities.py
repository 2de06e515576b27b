"""Counts and amounts in running text: arabic and Chinese numerals, exact or approximate."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from extract.report import Number
from extract.traditional import simplified

_MONEY = {"元": Decimal("0.0001"), "万元": Decimal(1), "亿元": Decimal(10**4)}
"""Units of money and what one of them is in 万元, the unit in which the forms print amounts of the narrative."""

_SCALES = {"万": Decimal(10**4), "亿": Decimal(10**8)}
_MOST_DIGITS = 12

_MEASURES = "人次|家次|件次|件|条|起|宗|例|次|份|项|期|场|人|名|个|篇|部|批|封|户|家|元|处|位|卷|册|则|幅|万元|亿元"
_ARABIC = r"\d+(?:\.\d+)?"
_CHINESE = "[零〇一二两三四五六七八九十百千]+"
_QUANTITY = re.compile(
    rf"(?P<before>近|约|大约|超过|超|逾|突破|接近|不足|不到|将近)?"
    rf"(?:(?P<arabic>(?<![\d.〔\[]){_ARABIC})(?P<gap>[余多]?)(?P<scale>[万亿]?)"
    rf"|(?P<chinese>(?<![第每同某这那任统唯逐另之十百千万]){_CHINESE})(?P<gap2>[余多几]?)(?P<scale2>[万亿]?))"
    rf"(?P<after>[余多几]?)(?P<unit>{_MEASURES})?(?P<tail>以上|左右)?"
)
# What follows a number that counts nothing of interest: a date, a share, a document's number, a place in an order.
_NO_COUNT = re.compile(
    r"年|月|日|号|时|分(?!别)|秒|天|周岁?|个?(?:工作日|月|百分点|小时)|%|‰|倍|成(?!功)|级|届|层|类|种|岁|[./\-~～]\d|\d|"
    r"[〕\]]|[A-Za-z]"
)
_NO_COUNT_BEFORE = re.compile(r"(?:第|百分之|[A-Za-z_\-/~～:]|[〔\[]|\d[.]|分之)$")
_GROUPED = re.compile(r"(?<![\d.,])\d{1,3}(?:,\d{3})+(?![\d,])")
_PINYIN = re.compile(r"\([a-z\u00e0-\u01dc]+\)")
_GAP_IN_NUMBER = re.compile(r"(?<=\d)\s+(?=\d)")
_NOT_A_COUNT = re.compile(
    r"一(?:件事|个|些|部分|次性|项项|条条|件件|条龙|期工程)|[一二两三四五六七八九十](?:项制度|个工作|是)"
)

_DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_PLACES = {"十": 10, "百": 100, "千": 1000}

BREAK = "\x01"
"""Stands where blanks part two digits: one number or two, nobody can tell."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A count or amount and where it stands: ``start`` and ``end`` in the text, ``unit`` the measure word or ``""``.

    ``value`` is in 万元 where the unit is one of money. ``approximate`` where the text says 余, 约, 近 or the like.
    """

    value: Number
    approximate: bool
    unit: str
    start: int
    end: int

    @property
    def is_money(self) -> bool:
        """Whether it is an amount of money."""
        return self.unit in _MONEY


def plain_prose(text: str) -> str:
    """Running text for reading: signs half-width (but full-width commas kept apart from those in 1,113), no blanks.

    Blanks between two digits become :data:`BREAK`; traditional characters become simplified, 開(kāi) loses its hint.
    """
    parts = (unicodedata.normalize("NFKC", part) for part in text.split("，"))
    text = "，".join(_GROUPED.sub(lambda number: number[0].replace(",", ""), part) for part in parts)
    text = _GAP_IN_NUMBER.sub(BREAK, simplified(_PINYIN.sub("", text)))
    text = "".join(c for c in text if not c.isspace() and unicodedata.category(c) != "Cf")
    return text.replace(",", "，").replace(":", "：").replace(";", "；").replace("｡", "。")


def find_quantities(text: str) -> Iterator[Quantity]:
    """The counts and amounts in a text from :func:`plain_prose`, left to right.

    Left out are dates, shares, ordinals and document numbers; Chinese numerals without a measure word (一是, 两会); and
    numbers that a blank may have cut in two.
    """
    position = 0
    while (match := _QUANTITY.search(text, position)) is not None:
        position = match.end()
        if _counts_nothing(text, match):
            continue
        value = _value(match)
        if value is None:
            continue
        unit = match["unit"] or ""
        vague = any(match[part] for part in ("before", "gap", "gap2", "after", "tail"))
        yield Quantity(_plain(value * _MONEY.get(unit, 1)), vague, unit, match.start(), match.end())


def _counts_nothing(text: str, match: re.Match[str]) -> bool:
    number = match["arabic"] or match["chinese"]
    start = match.start("arabic") if match["arabic"] else match.start("chinese")
    after_number = text[start + len(number) :]
    if BREAK in (text[start - 1 : start], text[match.end() : match.end() + 1]) or after_number.startswith(BREAK):
        return True
    if _NO_COUNT.match(after_number) or _NO_COUNT_BEFORE.search(text[:start]):
        return True
    if match["chinese"]:
        return not match["unit"] or _NOT_A_COUNT.match(text[start:]) is not None
    return len(number) > _MOST_DIGITS or (len(number) > 1 and number[0] == "0" and number[1] != ".")


def _value(match: re.Match[str]) -> Decimal | None:
    scale = _SCALES.get(match["scale"] or match["scale2"] or "", Decimal(1))
    number = Decimal(match["arabic"]) if match["arabic"] else _chinese_value(match["chinese"])
    return None if number is None else number * scale


def _chinese_value(numeral: str) -> Decimal | None:
    """三百二十 to 320, 一百一十 to 110, 二〇 to 20; None where the places do not fall (十百)."""
    if not any(character in _PLACES for character in numeral):
        return Decimal("".join(str(_DIGITS[character]) for character in numeral))
    total, digit, last_place = 0, 0, 10**4
    for character in numeral:
        if character in _DIGITS:
            digit = _DIGITS[character]
            continue
        place = _PLACES[character]
        if place >= last_place:
            return None
        total, digit, last_place = total + (digit or 1) * place, 0, place
    return Decimal(total + digit)


def _plain(value: Decimal) -> Number:
    return int(value) if value == value.to_integral_value() else float(value)
