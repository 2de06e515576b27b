"""The six section headings of the report since 2019."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import pairwise

from extract.document import Block, Text
from extract.labels import plain_label
from extract.traditional import in_simplified_characters

_HEADING = re.compile(r"^(?P<number>[一二三四五六七八]|[—–―-]{1,2})\s*[、.,:]\s*(?P<words>\S.*)$")
_LIST = re.compile(r"[一二三四五六七八]、|[;、,]$")
_TABLE_ROW = re.compile(r"数量|办理结果|结转|新收")
_MAX_LENGTH = 40
_NUMERALS = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二")
_ANY_HEADING = re.compile(rf"^(?P<number>{'|'.join(reversed(_NUMERALS))})\s*[、.,:]\s*(?P<words>[^。;!?,:]+)[。:]?$")

# Headings known to their last word: only these are looked for inside a paragraph.
_KNOWN = (
    "总体情况|总体概述|总体工作情况|总体公开情况|政务公开工作总体情况|概述|主动公开政府信息的?情况|"
    "收到和处理政府信息公开申请的?情况|因?政府信息公开(?:工作)?(?:被申请)?行政复议[、和](?:提起)?行政诉讼的?情况|"
    "(?:政府信息公开工作)?存在的(?:主要)?问题[及和与](?:下一步)?改进(?:情况|措施)|其[他它]需要报告的?(?:事项|情况)"
)
_GLUED = re.compile(
    rf"(?<![；;、，,和及第十\u3008-\u3011“])[一二三四五六七八]\s*[、.．]\s*(?:{_KNOWN})(?![\w]{{0,2}}[；;、，,(（]|[及和与等的”》])"
)
_LONE_NUMERAL = re.compile(r"[一二三四五六七八]\s*[、.．]")
_LONE_WORDS = re.compile(_KNOWN)

# In the order of trial: the heading on challenges also speaks of 申请, the first section's is the least distinct.
_SECTIONS = (
    (4, re.compile(r"复议|诉讼")),
    (3, re.compile(r"(?:收到|处理|依).*申请|申请.*(?:处理|办理|情况)")),
    (2, re.compile(r"主动公开")),
    (5, re.compile(r"问题|不足")),
    (6, re.compile(r"其[他它].*(?:事项|情况|报告|说明)|需要?(?:报告|说明)的")),
    (1, re.compile(r"总体|概述|概况|基本情况|(?:工作)?(?:开展|完成)情况")),
)


def split_headings(blocks: Iterable[Block]) -> Iterator[Block]:
    """The blocks with every heading in a block of its own.

    Some pages print a heading in one paragraph with the sentence before or after it, or its numeral above its words.
    The list of parts in an introduction is left as it is.
    """
    numeral: Text | None = None
    for block in blocks:
        text = block.text.strip() if isinstance(block, Text) else ""
        if numeral is not None and text and _LONE_WORDS.fullmatch(text):
            assert isinstance(block, Text)
            yield Text(numeral.text.strip() + text, numeral.locator)
            numeral = None
            continue
        if numeral is not None:
            yield numeral
            numeral = None
        if isinstance(block, Text) and _LONE_NUMERAL.fullmatch(text):
            numeral = block
        elif isinstance(block, Text):
            yield from _parts(block)
        else:
            yield block
    if numeral is not None:
        yield numeral


def _parts(block: Text) -> Iterator[Text]:
    found = _GLUED.finditer(in_simplified_characters(block.text))
    edges = sorted({0, len(block.text), *(edge for heading in found for edge in heading.span())})
    parts = [block.text[start:end].strip() for start, end in pairwise(edges)]
    if len(parts) < 2 or not any(
        part.strip("：:。.") for part in parts if not _GLUED.fullmatch(in_simplified_characters(part))
    ):
        yield block
        return
    yield from (
        Text(part.removeprefix("：").removeprefix(":"), block.locator) for part in parts if part.strip("：:。.")
    )


def is_report_heading(text: str) -> int | None:
    """Number (1 to 6) of the section that a line is the heading of, None for any other line.

    The words decide, not the numeral: an extra or a missing heading shifts the numbering by one, and 一 is also typed
    as a dash. A heading is a short line that starts with its numeral; sub-heads (（一）, 1.), the rows of the official
    tables and the list of parts in an introduction are none.
    """
    if len(text) > 4 * _MAX_LENGTH:
        return None
    line = unicodedata.normalize("NFKC", text).strip()
    match = _HEADING.match(line)
    if match is None or len(line) >= _MAX_LENGTH:
        return None
    words = plain_label(match["words"])
    if _LIST.search(words) or _TABLE_ROW.search(words):
        return None
    numeral = "一二三四五六七八".find(match["number"]) + 1 or 1
    section = next((number for number, pattern in _SECTIONS if pattern.search(words)), None)
    if section is None or abs(section - numeral) > 1 or (section == 1 and numeral != 1):
        return None
    return section


def is_next_heading(text: str, last: str) -> bool:
    """Whether a line is a heading by its numeral alone, that after ``last``: a part that the form does not have.

    Older reports have other parts (收费及减免情况), some of today an extra one.
    """
    line = unicodedata.normalize("NFKC", text).strip()
    match, before = _ANY_HEADING.match(line), re.match("[一二三四五六七八九十]+", last)
    if match is None or before is None or before[0] not in _NUMERALS or len(line) >= _MAX_LENGTH:
        return False
    words = plain_label(match["words"])
    follows = _NUMERALS.index(match["number"]) == _NUMERALS.index(before[0]) + 1
    return follows and not (_LIST.search(words) or _TABLE_ROW.search(words))
