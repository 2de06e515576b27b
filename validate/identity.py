"""Rules on whose report it is and for which year.

Where title, body and statistics period disagree, the reading itself says so (``identity.*`` in ``report.findings``);
what is left for a rule is that nothing was said at all.
"""

from collections.abc import Iterator

from extract.report import Finding, Report
from validate.registry import rule

_GROUND_ZH = "标题、正文和统计期限应写明机关和年度，且前后一致"
_GROUND_EN = "Title, body and statistics period name the organ and the year, and agree"


@rule("identity.agency", severity="warning", ground_zh=_GROUND_ZH, ground_en=_GROUND_EN)
def agency_is_named(report: Report) -> Iterator[Finding]:
    """The report says whose it is."""
    if not report.agency and not _noticed(report, "identity.agency"):
        yield Finding(
            rule="identity.agency",
            severity="warning",
            message_zh="报告中没有读到发布机关的名称。",
            message_en="The report does not say which agency it is of.",
        )


@rule("identity.year", severity="warning", ground_zh=_GROUND_ZH, ground_en=_GROUND_EN)
def year_is_named(report: Report) -> Iterator[Finding]:
    """The report says which year it is for."""
    if report.year is None and not _noticed(report, "identity.year"):
        yield Finding(
            rule="identity.year",
            severity="warning",
            message_zh="报告中没有读到报告年度。",
            message_en="The report does not say which year it is for.",
        )


def _noticed(report: Report, rule_id: str) -> bool:
    return any(finding.rule == rule_id for finding in report.findings)
