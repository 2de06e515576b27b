"""An agency's report against its report of the year before.

Where the year before is not held, or a cell is missing on one side, nothing is assessed.
"""

import re
from collections.abc import Iterator

from extract.forms import APPLICANTS
from extract.labels import squash
from extract.report import Figure, Finding, Number, Report
from validate.labels import column_label
from validate.registry import history_rule
from validate.sums import as_number, exact, figures_of

# So many figures that are not nought must agree before equal tables are more than chance; small offices have few.
_LEAST_TELLING = 8
_SHINGLE = 8
# Share of the narrative that stands in last year's: reports of one office share their phrases, but not so much.
_COPIED_SHARE = 0.9
_LEAST_NARRATIVE = 300
# An amount of one year over that of the other, when 元 was printed for 万元: about 10,000.
_UNIT_JUMP = 2_000


@history_rule(
    "history.carried",
    severity="error",
    ground_zh="本年“上年结转”应等于上年“结转下年度继续办理”",
    ground_en="Carried in equals what the report of the year before carries out",
)
def carried_over(before: Report, report: Report) -> Iterator[Finding]:
    """Each applicant column: carried in = carried out of the year before; a blank counts as 0, but is a warning."""
    for kind in APPLICANTS:
        old = figures_of(before, [f"applications.carried_out.{kind}"])
        new = figures_of(report, [f"applications.carried_in.{kind}"])
        if old is not None and new is not None and exact(old[0]) != exact(new[0]):
            yield _not_carried(old[0], new[0], report)


def _not_carried(old: Figure, new: Figure, report: Report) -> Finding:
    column = column_label(new.code, report.form)
    expected = as_number(exact(old))
    actual = None if new.value is None else as_number(exact(new))
    shown_zh, shown_en = ("空白", "blank") if actual is None else (str(actual), str(actual))
    doubtful = new.value is None or old.value is None or "unsure" in {old.status, new.status}
    return Finding(
        "history.carried",
        "warning" if doubtful else "error",
        f"「{column.zh}」一列：上年结转为 {shown_zh}，而上一年度报告的结转下年为 {expected}。",
        f"Column {column.en}: carried in is {shown_en}, but the report of the year before carries out {expected}.",
        (new.code, old.code),
        expected,
        actual,
    )


@history_rule(
    "history.in_force",
    severity="warning",
    ground_zh="现行有效件数应等于上年现行有效件数加本年制发、减本年废止（统计范围可能有变化）",
    ground_en="In force equals last year's in force + made - repealed (the scope may have changed)",
)
def in_force(before: Report, report: Report) -> Iterator[Finding]:
    """Rules and normative documents: in force = last year's + made - repealed; not where a cell is blank or unsure."""
    for row in ("rules", "normative"):
        old = figures_of(before, [f"{row}.in_force"])
        new = figures_of(report, [f"{row}.{column}" for column in ("in_force", "made", "repealed")])
        if old is None or new is None or any(figure.status != "reported" for figure in (*old, *new)):
            continue
        now, made, repealed = map(exact, new)
        expected = exact(old[0]) + made - repealed
        if now != expected:
            yield _not_in_force(row, [as_number(value) for value in (exact(old[0]), made, repealed, expected, now)])


def _not_in_force(row: str, values: list[Number]) -> Finding:
    old, made, repealed, expected, now = values
    zh, en = {"rules": ("规章", "rules"), "normative": ("行政规范性文件", "normative documents")}[row]
    return Finding(
        "history.in_force",
        "warning",
        f"{zh}：上年现行有效 {old}＋本年制发 {made}－本年废止 {repealed}＝{expected}，本年现行有效印为 {now}。",
        f"{en.capitalize()}: {old} in force last year + {made} made - {repealed} repealed = {expected}, but {now} are"
        " printed as in force.",
        (f"{row}.in_force", f"{row}.made", f"{row}.repealed"),
        expected,
        now,
    )


@history_rule(
    "history.copied",
    severity="warning",
    ground_zh="表格或叙述与上年度报告相同",
    ground_en="Tables or narrative are those of the year before",
)
def copied(before: Report, report: Report) -> Iterator[Finding]:
    """The tables are the same cell for cell, or nearly all of the narrative stands in last year's."""
    telling = {code for code, figure in report.cells.items() if figure.value}
    if len(telling) >= _LEAST_TELLING and report.figures == before.figures:
        yield Finding(
            "history.copied",
            "warning",
            f"各表数字与上一年度报告完全相同（非零数字 {len(telling)} 个），请核对是否误用上年数据。",
            f"All figures are those of the year before ({len(telling)} of them not nought): last year's tables?",
            subject="tables",
        )
    new = _narrative(report)
    share, passage = copied_share(_narrative(before), new)
    if len(new) >= _LEAST_NARRATIVE and share >= _COPIED_SHARE:
        yield Finding(
            "history.copied",
            "warning",
            f"叙述部分有 {share:.0%} 与上一年度报告相同，其中最长的一段：“{passage[:60]}”。",
            f"{share:.0%} of the narrative stands in the report of the year before; longest passage: {passage[:60]}",
            actual=round(share, 2),
            subject="narrative",
        )


def copied_share(before: str, now: str) -> tuple[float, str]:
    """The share of a text's passages of eight characters that another text has, and the longest run of them.

    Digits count as equal, so that a new year's figures in old sentences do not hide them.
    """
    known = {before[start : start + _SHINGLE] for start in range(len(before) - _SHINGLE + 1)}
    held = [now[start : start + _SHINGLE] in known for start in range(len(now) - _SHINGLE + 1)]
    longest, start = (0, 0), None
    for position, is_held in enumerate([*held, False]):
        if is_held and start is None:
            start = position
        elif not is_held and start is not None:
            longest, start = max(longest, (position - start, start)), None
    length, first = longest
    passage = now[first : first + length + _SHINGLE - 1] if length else ""
    return (sum(held) / len(held) if held else 0.0), passage


def _narrative(report: Report) -> str:
    text = "".join(squash(section.text) for section in report.sections)
    return re.sub(r"\d+", "0", text)


@history_rule(
    "units.amount",
    severity="warning",
    ground_zh="金额与上年相差约一万倍，可能混用元与万元",
    ground_en="An amount about 10,000 times the other year's: 元 for 万元, or the reverse",
)
def unit_of_amounts(before: Report, report: Report) -> Iterator[Finding]:
    """Fees and procurement: not thousands of times what they were the year before."""
    for code in ("fees.amount", "procurement.amount"):
        old, new = before.cells.get(code), report.cells.get(code)
        if old is None or new is None or not old.value or not new.value or "unsure" in {old.status, new.status}:
            continue
        ratio = max(abs(new.value / old.value), abs(old.value / new.value))
        raws = [figure.raw.strip() for figure in (old, new)]
        if ratio >= _UNIT_JUMP:
            yield Finding(
                "units.amount",
                "warning",
                f"金额印为 {raws[1]}，上一年度为 {raws[0]}，相差约 {ratio:.0f} 倍，请核对单位（元／万元）。",
                f"The amount is printed as {raws[1]}, the year before as {raws[0]}: {ratio:.0f} times as much or as"
                " little; check the unit (元 or 万元).",
                (code,),
                old.value,
                new.value,
            )
