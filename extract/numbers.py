"""The one number parser: what a cell of a form says, strictly."""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from extract.report import Number

Reading = Literal["reported", "blank", "unsure", "text"]

# A dash, a stroke, or a row of them: the form of 2014 prints ---- where no figure belongs.
_BLANK_MARKS = re.compile(r"[-—–−―─_/\\]*")
# No cell of a form holds more than a number, its unit and a remark.
_LONGEST = 80
_MOST_DIGITS = 15
_COUNT_UNITS = "件|项|条|宗|个|份|次|人|起|例|人次|篇|部"
_MONEY_FACTORS = {"元": Decimal(1), "万元": Decimal(10**4), "万": Decimal(10**4), "亿元": Decimal(10**8)}

_PLAIN = re.compile(r"(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
_GROUPED = re.compile(r"[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]+)?")
_WITH_UNIT = re.compile(rf"(?P<number>.*?\d)\s*(?P<unit>亿元|万元|万|元|{_COUNT_UNITS})")
_WITH_NOTE = re.compile(r"(?P<number>[\d,.\s]*\d\s*(?:亿元|万元|元|件|项)?)\s*\(.*\)")
_CHANGE = re.compile(r"(?P<sign>\+|-|−|增加|减少|增|减)?\s*(?P<number>[\d,. ]+)")
_SIGNS = {"-": -1, "−": -1, "减少": -1, "减": -1}


@dataclass(frozen=True, slots=True)
class ParsedNumber:
    """What a cell says: ``reported`` (certain), ``blank``, ``unsure`` (``value``: best reading or None) or ``text``.

    ``value`` is in the unit that was asked for.
    """

    reading: Reading
    value: Number | None = None


@lru_cache(maxsize=4096)
def parse_number(raw: str, *, unit: str = "件", printed_unit: str | None = None, change: bool = False) -> ParsedNumber:
    """Read the text of a cell as a figure in ``unit``.

    ``unit`` is the unit of the form's cell (件, 项, 万元, 元); ``printed_unit`` what the column header states where it
    differs; an amount with its own unit typed into the cell is converted (24.5万元 in a column of 元 is 245000).
    ``change`` admits signs and 增/减, as in the 2019 form's 本年增/减.

    Blank are the empty cell, ``/``, dashes and underscores. Anything else that is not wholly a number is ``text``; a
    number that might be two (blanks between digits), that carries a remark, that is negative where no change is
    counted, or a count with a point (2.5, 1.000), is ``unsure``.
    """
    if len(raw) > _LONGEST or any(unicodedata.category(c) == "No" for c in raw):
        return ParsedNumber("text")  # superscripts, circled digits: a footnote's mark, not a digit
    text = _clean(raw)
    if _BLANK_MARKS.fullmatch(text.replace(" ", "")):
        return ParsedNumber("blank")
    if change:
        return _parse_change(text)
    note = _WITH_NOTE.fullmatch(text)
    negative = text.startswith(("-", "−"))
    amount, typed_unit = _split_unit(note["number"] if note else text.lstrip("-− ") if negative else text)
    value, certain = _digits(amount)
    if value is None:
        return ParsedNumber("text")
    factor = _conversion(typed_unit or printed_unit, unit)
    is_part = unit not in _MONEY_FACTORS and "." in amount  # 1.000 may be a thousand
    if factor is None or negative or note or is_part:
        certain = False
    return ParsedNumber("reported" if certain else "unsure", _plain(value * (factor or 1) * (-1 if negative else 1)))


def _clean(raw: str) -> str:
    """Full-width to half-width, invisible characters dropped, white space folded."""
    text = unicodedata.normalize("NFKC", raw).replace("﹣", "-")
    text = "".join(c for c in text if unicodedata.category(c) != "Cf")
    return " ".join(text.split())


def _parse_change(text: str) -> ParsedNumber:
    if re.fullmatch(r"0 ?/ ?0", text):
        return ParsedNumber("reported", 0)
    match = _CHANGE.fullmatch(re.sub(rf"\s*(?:{_COUNT_UNITS})$", "", text))
    if not match:
        return ParsedNumber("text")
    value, certain = _digits(match["number"].strip())
    if value is None:
        return ParsedNumber("text")
    certain = certain and "." not in match["number"]
    return ParsedNumber("reported" if certain else "unsure", _plain(value * _SIGNS.get(match["sign"] or "", 1)))


def _split_unit(text: str) -> tuple[str, str | None]:
    match = _WITH_UNIT.fullmatch(text)
    return (match["number"], match["unit"]) if match else (text, None)


def _digits(text: str) -> tuple[Decimal | None, bool]:
    """The number and whether it is certainly one number."""
    if len(text) > 2 * _MOST_DIGITS or sum(c.isdigit() for c in text) > _MOST_DIGITS:
        return None, False
    if _PLAIN.fullmatch(text):
        return Decimal(text), True
    if _GROUPED.fullmatch(text):
        return Decimal(text.replace(",", "")), True
    joined = text.replace(" ", "")
    if joined != text and (_PLAIN.fullmatch(joined) or _GROUPED.fullmatch(joined)):
        return Decimal(joined.replace(",", "")), False
    return None, False


def _conversion(stated: str | None, unit: str) -> Decimal | None:
    """Factor from the stated unit to the form's; None where the two cannot be converted."""
    if stated is None or stated == unit:
        return Decimal(1)
    if unit in _MONEY_FACTORS:
        return _MONEY_FACTORS[stated] / _MONEY_FACTORS[unit] if stated in _MONEY_FACTORS else None
    return None if stated in _MONEY_FACTORS else Decimal(1)


def _plain(value: Decimal) -> Number:
    return int(value) if value == value.to_integral_value() else float(value)
