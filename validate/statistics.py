"""The identities of the form of 2014, by the sense of its rows; none is printed on it."""

from collections.abc import Iterator

from extract.report import Finding, Report
from validate.labels import Label, row_label
from validate.registry import RuleFunction, rule
from validate.sums import Mismatch, as_number, compare, contributing, describe, exact, figures_of

_REPLIES = "stat.replies.total"
_REFUSED = "stat.replies.refused"

_SUMS: dict[str, tuple[str, tuple[str, ...]]] = {
    "stat.received": (
        "stat.requests.received",
        ("stat.requests.in_person", "stat.requests.fax", "stat.requests.online", "stat.requests.letter"),
    ),
    "stat.concluded": (
        "stat.requests.concluded",
        ("stat.requests.concluded_on_time", "stat.requests.concluded_extended"),
    ),
    "stat.replies": (
        _REPLIES,
        (
            "stat.replies.already_public",
            "stat.replies.granted",
            "stat.replies.partly_granted",
            _REFUSED,
            "stat.replies.not_this_agency",
            "stat.replies.does_not_exist",
            "stat.replies.asked_to_correct",
            "stat.replies.other_channel",
        ),
    ),
    "stat.refused": (
        _REFUSED,
        (
            "stat.replies.refused.state_secret",
            "stat.replies.refused.trade_secret",
            "stat.replies.refused.privacy",
            "stat.replies.refused.safety_stability",
            "stat.replies.refused.not_government_information",
            "stat.replies.refused.other_law",
        ),
    ),
    "stat.review": ("stat.review.total", ("stat.review.upheld", "stat.review.corrected", "stat.review.other")),
    "stat.lawsuit": ("stat.lawsuit.total", ("stat.lawsuit.upheld", "stat.lawsuit.corrected", "stat.lawsuit.other")),
    "stat.staff": ("stat.capacity.staff", ("stat.capacity.staff_full_time", "stat.capacity.staff_part_time")),
}
"""Rule to total and addends."""

_PARTS = (
    ("stat.proactive.normative_disclosed", "stat.proactive.items"),
    ("stat.response.press_conferences_leader", "stat.response.press_conferences"),
    ("stat.response.interviews_leader", "stat.response.interviews"),
)
"""其中 rows, and what they are part of."""


def _register(rule_id: str, total: str, addends: tuple[str, ...]) -> None:
    zh, en = row_label(total, "2014")

    def check_sum(report: Report) -> Iterator[Finding]:
        figures = figures_of(report, (total, *addends))
        if figures is not None and (wrong := compare(figures[0], figures[1:])) is not None:
            yield _sum_finding(rule_id, wrong, report.form)

    function: RuleFunction = check_sum
    rule(
        rule_id,
        severity="error",
        ground_zh=f"2014 年格式：「{zh}」为其下各项之和",
        ground_en=f"Form of 2014: {en} is the sum of the rows under it",
    )(function)


def _sum_finding(rule_id: str, wrong: Mismatch, form: str | None) -> Finding:
    zh, en = row_label(wrong.total.code, form)
    message = describe(
        wrong, Label(f"「{zh}」", en), Label("合计", "total"), Label("其下各项", "the rows under it"), form
    )
    severity = "warning" if _leaves_out_the_refused(wrong) else wrong.severity
    codes = (wrong.total.code, *contributing(wrong.addends))
    return Finding(rule_id, severity, message.zh, message.en, codes, expected=wrong.expected, actual=wrong.actual)


def _leaves_out_the_refused(wrong: Mismatch) -> bool:
    """Local programs counted as replies all kinds but the refused: then the total is short of just these."""
    if wrong.total.code != _REPLIES or wrong.actual is None:
        return False
    refused = next((exact(figure) for figure in wrong.addends if figure.code == _REFUSED), None)
    return refused is not None and exact(wrong.total) + refused == sum(map(exact, wrong.addends))


for _rule_id, (_total, _addends) in _SUMS.items():
    _register(_rule_id, _total, _addends)


@rule(
    "stat.part",
    severity="warning",
    ground_zh="2014 年格式：“其中”一项不大于其所属的数",
    ground_en="Form of 2014: a row 其中 (of which) is not more than what it is part of",
)
def parts_are_not_more_than_the_whole(report: Report) -> Iterator[Finding]:
    """A part is not more than its whole, where both are printed as numbers."""
    for part_code, whole_code in _PARTS:
        figures = figures_of(report, (part_code, whole_code))
        if figures is None or any(figure.value is None for figure in figures) or exact(figures[0]) <= exact(figures[1]):
            continue
        part, whole = row_label(part_code, report.form), row_label(whole_code, report.form)
        printed, most = as_number(exact(figures[0])), as_number(exact(figures[1]))
        yield Finding(
            "stat.part",
            "warning",
            f"「{part.zh}」印为 {printed}，多于其所属的「{whole.zh}」{most}。",
            f"{part.en}: the printed {printed} is more than {most}, {whole.en}, which it is part of.",
            (part_code, whole_code),
            actual=printed,
        )
