from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract.numbers import ParsedNumber, parse_number

counts = st.integers(0, 10**9)
amounts = st.decimals(0, 10**9, places=4, allow_nan=False)


def full_width(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


@given(
    counts, st.sampled_from(["{}", " {} ", "{:,}", "{}件", "{} 件", "\n{}\n", "\u200b{}", "\xa0{}\xa0"]), st.booleans()
)
def test_a_count_is_read_in_every_written_form(number: int, form: str, is_wide: bool) -> None:
    text = form.format(number)
    assert parse_number(full_width(text) if is_wide else text) == ParsedNumber("reported", number)


@given(amounts, st.sampled_from(["{}", "{:,}", "{}万元"]), st.booleans())
def test_an_amount_is_read_in_every_written_form(amount: Decimal, form: str, is_wide: bool) -> None:
    text = form.format(amount)
    parsed = parse_number(full_width(text) if is_wide else text, unit="万元")
    assert parsed == ParsedNumber("reported", float(amount))


@pytest.mark.parametrize(
    ("raw", "unit", "printed_unit", "value"),
    [
        ("24.5万元", "元", None, 245000),
        ("3405820元", "万元", None, 340.582),
        ("1.2亿元", "万元", None, 12000),
        ("5000", "万元", "元", 0.5),
        ("7万元", "万元", "元", 7),
        ("1,113.50", "万元", None, 1113.5),
    ],
)
def test_amounts_are_converted_to_the_forms_unit(raw: str, unit: str, printed_unit: str | None, value: float) -> None:
    assert parse_number(raw, unit=unit, printed_unit=printed_unit) == ParsedNumber("reported", value)


@pytest.mark.parametrize("raw", ["", " ", "\xa0", "\u3000", "/", "／", "—", "——", "―", "-", "－", "–", "_", "＿", "\\"])
@pytest.mark.parametrize("change", [False, True])
def test_blank_marks_are_blank_and_not_nought(raw: str, change: bool) -> None:
    assert parse_number(raw, change=change) == ParsedNumber("blank")


@pytest.mark.parametrize(
    ("raw", "value"),
    [("增10", 10), ("+3", 3), ("-417", -417), ("减少22", -22), ("增加5项", 5), ("0/0", 0), ("0", 0), ("－3", -3)],
)
def test_changes(raw: str, value: int) -> None:
    assert parse_number(raw, unit="项", change=True) == ParsedNumber("reported", value)


@pytest.mark.parametrize(
    "raw",
    [
        *("无", "增", "约5", "5%", "2021年", "5/3", "5、3", "3+2", "007", "1,13", "5.", ".5", "1.2.3", "12-31", "1e5"),
        *("５²", "5①", "②", "½", "O", "l", "五", "0x10", "10个工作日内", "5▯", "▯", "NaN", "٣٤x", "9" * 40),
    ],
)
def test_what_is_not_wholly_a_number_is_text(raw: str) -> None:
    assert parse_number(raw) == ParsedNumber("text")


@pytest.mark.parametrize(
    ("raw", "value"),
    [("1 234", 1234), ("1\n234", 1234), ("5 3", 53), ("-3", -3), ("13(其中上年3)", 13), ("1.5", 1.5), ("5万元", 5)],
)
def test_doubtful_counts_are_unsure(raw: str, value: float) -> None:
    assert parse_number(raw) == ParsedNumber("unsure", value)


@given(st.text(alphabet="0123456789.,，、 \n/+-—()（）%件万元年²①增减约无", max_size=12))
def test_only_one_whole_number_is_ever_reported(raw: str) -> None:
    parsed = parse_number(raw)
    if parsed.reading == "reported":
        digits = [c for c in raw if c.isdigit()]
        assert digits
        assert "".join(digits) in raw.replace(",", "").replace("，", "").replace(".", "")
        assert not set(raw) & set("/+-—()（）%年²①增减约无、")
        assert parsed.value is not None
        assert parsed.value >= 0
    else:
        assert parsed.value is None or parsed.reading == "unsure"
