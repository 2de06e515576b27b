"""The form of 2014: made-up figures that add up, and sentences around them."""

import random
from collections.abc import Mapping

from extract.forms import Form
from extract.report import Number

HEADINGS = (
    "一、概述",
    "二、主动公开政府信息情况",
    "三、依申请公开政府信息情况",
    "四、政府信息公开的收费及减免情况",
    "五、因政府信息公开申请行政复议、提起行政诉讼情况",
    "六、存在的主要问题和改进措施",
)
"""The chapters that the law prescribed before 2019."""
TABLE_HEADING = "附件：政府信息公开情况统计表"

_SUMS = {
    "stat.requests.received": ("in_person", "fax", "online", "letter"),
    "stat.requests.concluded": ("concluded_on_time", "concluded_extended"),
    "stat.review.total": ("upheld", "corrected", "other"),
    "stat.lawsuit.total": ("upheld", "corrected", "other"),
    "stat.capacity.staff": ("staff_full_time", "staff_part_time"),
}
_REPLIES = "stat.replies.total"
_REFUSED = "stat.replies.refused"


def draw_statistics(seed: str, form: Form, scale: int) -> dict[str, Number]:
    """Every figure of the form; ``scale`` is about how many applications the agency receives."""
    rng = random.Random(seed)  # noqa: S311  figures, not secrets
    codes = [cell.code for cell in form.cells()]
    figures: dict[str, Number] = {code: rng.randint(0, scale // 4 + 3) for code in codes}
    for total, parts in _SUMS.items():
        group = total.rpartition(".")[0]
        figures[total] = sum(figures[f"{group}.{part}"] for part in parts)
    figures[_REFUSED] = sum(figures[code] for code in codes if code.startswith(f"{_REFUSED}."))
    replies = [code for code in codes if code.startswith("stat.replies.") and code.count(".") == 2 and code != _REPLIES]
    figures[_REPLIES] = sum(figures[code] for code in replies)
    figures["stat.proactive.items"] = figures["stat.proactive.normative_disclosed"] + rng.randint(0, 40 * scale + 9)
    for part in ("press_conferences", "interviews"):
        figures[f"stat.response.{part}"] += figures[f"stat.response.{part}_leader"]
    for code in ("stat.fees_collected.amount", "stat.capacity.budget"):
        figures[code] = round(rng.uniform(0, 9), 2) if rng.random() < 0.5 else 0
    return figures


def statistics_sections(agency: str, year: int, figures: Mapping[str, Number | None]) -> tuple[tuple[str, ...], ...]:
    """The paragraphs under each of :data:`HEADINGS`."""
    return (
        (f"本报告由{agency}编制，所列数据的统计期限为{year}年1月1日至12月31日。",),
        (f"全年主动公开政府信息{figures['stat.proactive.items']}条。",),
        (f"全年收到政府信息公开申请{figures['stat.requests.received']}件，均依法办理。",),
        ("依申请提供信息未收取费用。",),
        (f"申请行政复议{figures['stat.review.total']}件，提起行政诉讼{figures['stat.lawsuit.total']}件。",),
        ("公开的内容还不够全面，今后将逐项补充。",),
    )
