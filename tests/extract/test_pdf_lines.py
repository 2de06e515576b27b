"""Lines of text from characters of several fonts."""

from extract.readers.pdf_page import Char
from extract.readers.pdf_text import lines_of


def characters(text: str, x0: float, top: float, size: float) -> list[Char]:
    chars = []
    for letter in text:
        width = size if letter > "\u2e80" else size / 2
        chars.append(Char(letter, x0, top, x0 + width, top + size, size, "F"))
        x0 += width
    return chars


def test_large_digits_in_another_font_stay_in_their_line() -> None:
    chars = [
        *characters("财政局", 40, 100, 28),
        *characters("2019", 124, 104.5, 26),
        *characters("年度报告", 176, 100, 28),
        *characters("一、总体情况", 40, 140, 12),
    ]

    assert [text.replace(" ", "") for text, _ in lines_of(chars)] == ["财政局2019年度报告", "一、总体情况"]


def test_lines_that_touch_stay_two() -> None:
    chars = [*characters("第一行文字", 40, 100, 12), *characters("第二行", 40, 110, 12)]

    assert [text for text, _ in lines_of(chars)] == ["第一行文字", "第二行"]
