"""The six section headings of the report since 2019."""

import re
import unicodedata

_HEADING = re.compile(r"^(?P<number>[一二三四五六七八]|[—–―-]{1,2})\s*[、.,:]\s*(?P<words>\S.*)$")
_LIST = re.compile(r"[一二三四五六七八]、|[;、,]$")
_TABLE_ROW = re.compile(r"数量|办理结果|结转|新收")
_MAX_LENGTH = 40

# In the order of trial: the heading on challenges also speaks of 申请, the first section's is the least distinct.
_SECTIONS = (
    (4, re.compile(r"复议|诉讼")),
    (3, re.compile(r"(?:收到|处理|依).*申请|申请.*(?:处理|办理|情况)")),
    (2, re.compile(r"主动公开")),
    (5, re.compile(r"问题|不足")),
    (6, re.compile(r"其[他它].*(?:事项|情况|报告|说明)|需要?(?:报告|说明)的")),
    (1, re.compile(r"总体|概述|概况|基本情况|(?:工作)?(?:开展|完成)情况")),
)


def is_report_heading(text: str) -> int | None:
    """Number (1 to 6) of the section that a line is the heading of, None for any other line.

    The words decide, not the numeral: an extra or a missing heading shifts the numbering by one, and 一 is also typed
    as a dash. A heading is a short line that starts with its numeral; sub-heads (（一）, 1.), the rows of the official
    tables and the list of parts in an introduction are none.
    """
    line = unicodedata.normalize("NFKC", text).strip()
    match = _HEADING.match(line)
    if match is None or len(line) >= _MAX_LENGTH:
        return None
    words = re.sub(r"\s+", "", match["words"])
    if _LIST.search(words) or _TABLE_ROW.search(words):
        return None
    numeral = "一二三四五六七八".find(match["number"]) + 1 or 1
    section = next((number for number, pattern in _SECTIONS if pattern.search(words)), None)
    if section is None or abs(section - numeral) > 1 or (section == 1 and numeral != 1):
        return None
    return section
