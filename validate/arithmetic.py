"""The identities of tables 3 and 4.

A place where a cell is missing is not assessed here: ``form.*`` reports the missing cell.
"""

from collections.abc import Iterator
from functools import cache

from extract.forms import APPLICANTS, CHALLENGE_OUTCOMES, CHALLENGES, table_blocks
from extract.report import Figure, Finding, Report
from validate.labels import Label, column_label, row_label
from validate.registry import rule
from validate.sums import (
    Mismatch,
    as_number,
    compare,
    contributing,
    describe,
    exact,
    figures_of,
    reading_notes,
    severity_of,
)

OTHER = "applications.other"
"""（六）其他处理 as one row: the 2019 form, and many reports that should use the 2021 form."""
OTHER_PARTS = ("applications.other.uncorrected", "applications.other.unpaid", "applications.other.rest")
"""（六）其他处理 as the three rows of the 2021 form."""
_FLOW = ("applications.received", "applications.carried_in", "applications.concluded", "applications.carried_out")


@rule(
    "applications.balance",
    severity="error",
    ground_zh="表头所印勾稽关系：第一项加第二项之和，等于第三项加第四项之和",
    ground_en="Identity printed in the head of table 3: item 1 + item 2 = item 3 + item 4",
)
def applications_balance(report: Report) -> Iterator[Finding]:
    """Each applicant column: received + carried in = concluded + carried out, a blank counting as 0.

    ``actual`` is the printed total of the outcomes, ``expected`` what it should be if the other three are right. Where
    it is blank, the finding is a warning; there is none if the other three come to 0.
    """
    for column in APPLICANTS:
        figures = figures_of(report, (f"{row}.{column}" for row in _FLOW))
        if figures is None:
            continue
        received, carried_in, concluded, carried_out = map(exact, figures)
        if received + carried_in != concluded + carried_out:
            yield _unbalanced(report, figures)


def _unbalanced(report: Report, figures: list[Figure]) -> Finding:
    received, carried_in, concluded, carried_out = figures
    inflow = as_number(exact(received) + exact(carried_in))
    outflow = as_number(exact(concluded) + exact(carried_out))
    expected = as_number(exact(received) + exact(carried_in) - exact(carried_out))
    actual = None if concluded.value is None else as_number(exact(concluded))
    shown = [None if figure.value is None else as_number(exact(figure)) for figure in figures]
    zh = ["空白" if number is None else str(number) for number in shown]
    en = ["blank" if number is None else str(number) for number in shown]
    column = column_label(concluded.code, report.form)
    notes = reading_notes(figures, figures, report.form)
    return Finding(
        rule="applications.balance",
        severity=severity_of(figures, total=concluded),
        message_zh=(
            f"「{column.zh}」一列：新收 {zh[0]}＋上年结转 {zh[1]}＝{inflow}，"
            f"办理结果总计 {zh[2]}＋结转下年 {zh[3]}＝{outflow}，两边应相等；"
            f"如其他三项无误，办理结果总计应为 {expected}。{notes.zh}"
        ),
        message_en=(
            f"Column {column.en}: received {en[0]} + carried in {en[1]} = {inflow}, "
            f"but concluded {en[2]} + carried out {en[3]} = {outflow}; "
            f"if the other three are right, concluded should be {expected}.{notes.en}"
        ),
        codes=(concluded.code, carried_out.code, received.code, carried_in.code),
        expected=expected,
        actual=actual,
    )


@rule(
    "applications.concluded",
    severity="error",
    ground_zh="“三、本年度办理结果”中，（七）总计为（一）至（六）各项之和",
    ground_en="In part 三 of table 3, the total （七） is the sum of the outcome rows （一） to （六）",
)
def applications_concluded(report: Report) -> Iterator[Finding]:
    """Each applicant column: concluded = the sum of the outcome rows."""
    for column in APPLICANTS:
        if (other := _other_parts_mismatch(report, column)) is not None:
            names = Label("（六）其他处理", "single row （六）其他处理"), Label("三个分项", "its three parts")
            yield _column_finding(report, other, *names)
        outcomes = _outcomes(report, column)
        total = figures_of(report, [f"applications.concluded.{column}"])
        if outcomes is not None and total is not None and (wrong := compare(total[0], outcomes)) is not None:
            names = Label("（七）总计", "total concluded （七）"), Label("各项办理结果", "the outcome rows")
            yield _column_finding(report, wrong, *names)


def _column_finding(report: Report, wrong: Mismatch, total: Label, addends: Label) -> Finding:
    column = column_label(wrong.total.code, report.form)
    where = Label(f"「{column.zh}」一列：", f"Column {column.en}")
    message = describe(wrong, where, total, addends, report.form)
    codes = (wrong.total.code, *contributing(wrong.addends))
    return _finding("applications.concluded", wrong, message, codes)


def _outcomes(report: Report, column: str) -> list[Figure] | None:
    """The outcome rows of a column, （六）其他处理 counted once; None where one is missing."""
    parts = figures_of(report, (f"{row}.{column}" for row in OTHER_PARTS))
    single = figures_of(report, [f"{OTHER}.{column}"])
    only_single_filled = parts and single and single[0].value is not None and all(p.value is None for p in parts)
    other = single if parts is None or only_single_filled else parts
    rest = figures_of(report, (f"{row}.{column}" for row in _outcome_rows()))
    return None if other is None or rest is None else rest + other


def _other_parts_mismatch(report: Report, column: str) -> Mismatch | None:
    """A figure printed beside （六）其他处理 is the sum of its three parts; a blank there makes it a heading."""
    parts = figures_of(report, (f"{row}.{column}" for row in OTHER_PARTS))
    single = figures_of(report, [f"{OTHER}.{column}"])
    if parts is None or single is None or single[0].value is None:
        return None
    return compare(single[0], parts)


@rule(
    "applications.total",
    severity="error",
    ground_zh="表三每行的“总计”为自然人与五类法人或其他组织之和",
    ground_en="In each row of table 3 the total is the sum of the six applicant columns",
)
def applications_total(report: Report) -> Iterator[Finding]:
    """Each row of table 3: total = the six applicant columns."""
    for row in _request_rows():
        figures = figures_of(report, (f"{row}.{column}" for column in APPLICANTS))
        if figures is None or (wrong := compare(figures[-1], figures[:-1])) is None:
            continue
        label = row_label(wrong.total.code, report.form)
        where = Label(f"「{label.zh}」一行：", f"Row {label.en}")
        names = Label("总计", "total"), Label("六类申请人", "the six kinds of applicant")
        message = describe(wrong, where, *names, report.form)
        yield _finding("applications.total", wrong, message, (wrong.total.code, *contributing(wrong.addends)))


@rule(
    "challenges.total",
    severity="error",
    ground_zh="表四每组的“总计”为结果维持、结果纠正、其他结果、尚未审结四项之和",
    ground_en="In each group of table 4 the total is upheld + corrected + other + pending",
)
def challenges_total(report: Report) -> Iterator[Finding]:
    """Reconsiderations and both kinds of lawsuit: total = the four outcomes."""
    for row in CHALLENGES:
        figures = figures_of(report, (f"{row}.{column}" for column in (*CHALLENGE_OUTCOMES, "total")))
        if figures is None or (wrong := compare(figures[-1], figures[:-1])) is None:
            continue
        label = row_label(wrong.total.code, report.form)
        names = Label("总计", "total"), Label("四项结果", "the four outcomes")
        message = describe(wrong, Label(f"「{label.zh}」", label.en), *names, report.form)
        unsure = tuple(figure.code for figure in wrong.addends if figure.status == "unsure")
        yield _finding("challenges.total", wrong, message, (wrong.total.code, *unsure))


def _finding(rule_id: str, wrong: Mismatch, message: Label, codes: tuple[str, ...]) -> Finding:
    return Finding(
        rule=rule_id,
        severity=wrong.severity,
        message_zh=message.zh,
        message_en=message.en,
        codes=codes,
        expected=wrong.expected,
        actual=wrong.actual,
    )


@cache
def _request_rows() -> tuple[str, ...]:
    """Keys of the rows of table 3, of all forms, in printed order."""
    rows = (row.key for _, block in reversed(table_blocks("3")) for row in block.rows)
    return tuple(dict.fromkeys(rows))


@cache
def _outcome_rows() -> tuple[str, ...]:
    """Keys of the outcome rows that every form prints: all of part 三 but （六）其他处理 and （七）总计."""
    return tuple(row for row in _request_rows() if row not in {*_FLOW, OTHER, *OTHER_PARTS})
