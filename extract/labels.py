"""Labels of the forms as documents print them: brought to one spelling, told apart from numbers."""

import re
import unicodedata
from functools import lru_cache

from extract.traditional import simplified

# Radicals that PDF producers write in place of characters; NFKC covers the Kangxi block but not this one.
_RADICALS = dict(
    zip(
        "⺠⻁⻄⻅⻆⻉⻋⻓⻔⻘⻚⻛⻜⻝⻢⻣⻤⻥⻦⻩⻬⻮⻰",
        "民虎西见角贝车长门青页风飞食马骨鬼鱼鸟黄齐齿龙",
        strict=True,
    )
)
_RADICAL = re.compile(f"[\u2f00-\u2fd5{''.join(_RADICALS)}]")
_NUMBERING = re.compile(
    r"^(?:第?[一二三四五六七八九十]+[、,.:]|\(?[一二三四五六七八九十]+\)|\(?\d+[.、,)]+|\d+(?=[\u4e00-\u9fff]))+"
)
_PAGE_NUMBER = re.compile(r"[-—–]*第?\d{1,3}页?(?:[/共]\d+页?)?[-—–]*")
_PINYIN = re.compile(r"\([a-z\u00e0-\u0148\u01ce-\u01f9]+\)")
_NOT_A_WORD = re.compile(r"[^\w]|_")


def fold_radicals(text: str) -> str:
    """Kangxi and supplementary radicals to the characters they stand for (⼯作 to 工作); all else stays."""
    if text.isascii():
        return text
    return _RADICAL.sub(lambda m: _RADICALS.get(m[0]) or unicodedata.normalize("NFKC", m[0]), text)


@lru_cache(maxsize=4096)
def squash(text: str) -> str:
    """NFKC without any white space or invisible characters: 商 业<br>企 业 becomes 商业企业."""
    text = unicodedata.normalize("NFKC", fold_radicals(text))
    return "".join(c for c in text if not c.isspace() and unicodedata.category(c) != "Cf")


@lru_cache(maxsize=4096)
def label_key(text: str) -> str:
    """What two spellings of a label have in common: numbering, punctuation, blanks and 據(jù) hints dropped.

    Traditional characters are brought to simplified ones.
    """
    return _NOT_A_WORD.sub("", _NUMBERING.sub("", plain_label(text)))


def plain_label(text: str) -> str:
    """A text squashed, in simplified characters, without 據(jù) hints."""
    return simplified(_PINYIN.sub("", squash(text)))


def numbering(text: str) -> str | None:
    """The last arabic number that the label's numbering carries (``2`` in 2.重复申请 and （六）2、…), or None."""
    match = _NUMBERING.match(squash(text))
    digits = re.findall(r"\d+", match[0]) if match else []
    return digits[-1] if digits else None


def is_rubric(text: str) -> bool:
    """Whether a line is the one that table 2 prints above a block: 第二十条第（一）项."""
    squashed = plain_label(text)
    return squashed.removeprefix("第").startswith("二十条") and len(squashed) < 12


def is_corner_note(text: str) -> bool:
    """Whether a text is the note in the corner of table 3 on how its rows add up."""
    squashed = plain_label(text)
    return any(words in squashed for words in ("勾稽关系", "钩稽关系", "第一项加第二项之和"))


def is_page_number(text: str) -> bool:
    """Whether a line is a page number (— 3 —, 第3页)."""
    return _PAGE_NUMBER.fullmatch(squash(text)) is not None
