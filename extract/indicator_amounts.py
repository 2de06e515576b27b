"""What a cell of an indicator table says, in the unit of the form or as printed."""

from dataclasses import dataclass
from decimal import Decimal

from extract.indicator_labels import MONEY
from extract.labels import squash
from extract.numbers import ParsedNumber, parse_number
from extract.report import Number

# Units that the number parser does not know: what they count, and how many.
_FACTORS = {"千元": ("元", Decimal(1000)), **{f"万{one}": (one, Decimal(10_000)) for one in ("条", "件", "次", "人次")}}


@dataclass(frozen=True, slots=True)
class Amount:
    """A cell as read: ``parsed`` is in the form's unit, ``printed`` the unit that it was printed in.

    ``is_same_unit`` is False where the row counts something else than the form (篇 for 条), or counts where the form
    has money, or the reverse; these last are never certain.
    """

    parsed: ParsedNumber
    printed: str
    is_same_unit: bool


def read_amount(raw: str, unit: str, printed: str | None) -> Amount:
    """Read a cell of an indicator in ``unit`` (条, 件, 万元 …), whose row states the unit ``printed`` or none."""
    if printed in _FACTORS:
        known, factor = _FACTORS[printed]
        parsed = parse_number(raw, unit="元")
        if (known == "元") == (unit in MONEY):
            return Amount(_scaled(parsed, factor / (10_000 if unit == "万元" else 1)), printed, is_same_unit=True)
        return Amount(_unsure(parsed), unit, is_same_unit=False)
    if unit in MONEY:
        parsed = parse_number(raw, unit=unit, printed_unit=printed if printed in MONEY else None)
        typed = next((money for money in ("亿元", "万元", "元") if squash(raw).endswith(money)), None)
        if printed is not None and printed not in MONEY:
            return Amount(_unsure(parsed), unit, is_same_unit=False)
        return Amount(parsed, typed or printed or unit, is_same_unit=True)
    parsed = parse_number(raw, unit="件")
    if printed in MONEY:
        return Amount(_unsure(parsed), unit, is_same_unit=False)
    return Amount(parsed, unit, is_same_unit=printed in {None, unit})


def read_quantity(raw: str, printed: str | None) -> Number | None:
    """The number of a cell in the unit printed beside it; None where it is blank or not certain."""
    for unit in (printed if printed in MONEY else "件", "元"):
        parsed = parse_number(raw, unit=unit if unit != "千元" else "元")
        if parsed.reading == "reported":
            return parsed.value
    return None


def _unsure(parsed: ParsedNumber) -> ParsedNumber:
    return parsed if parsed.reading in {"blank", "text"} else ParsedNumber("unsure", parsed.value)


def _scaled(parsed: ParsedNumber, factor: Decimal) -> ParsedNumber:
    if parsed.value is None:
        return parsed
    value = Decimal(str(parsed.value)) * factor
    return ParsedNumber(parsed.reading, int(value) if value == value.to_integral_value() else float(value))
