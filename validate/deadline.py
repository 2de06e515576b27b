"""Whether the report was published in time."""

from collections.abc import Iterator
from datetime import date

from extract.agencies import agency_level
from extract.report import Finding, Report
from validate.registry import rule

_GOVERNMENTS = frozenset({"province", "city", "county"})
# The Regulation as revised (in force since 15 May 2019) gives departments until 31 January.
_FIRST_YEAR_OF_ARTICLE_49 = 2019


@rule(
    "deadline.published",
    severity="warning",
    ground_zh="《政府信息公开条例》第四十九条（2019年前为原条例第三十一条）",
    ground_en="Regulation on Open Government Information, Article 49 (before 2019: Article 31)",
)
def published_in_time(report: Report) -> Iterator[Finding]:
    """Departments publish by 31 January of the next year, governments (before 2019 all) by 31 March.

    Not assessed where no date of publication is known, or the agency is neither a department nor a government of a
    county or above. A date over a year late is more likely that of a page that was moved: an info. ``actual`` counts
    the days late.
    """
    due = _due(report)
    if due is None or report.published_on is None:
        return
    late = (date.fromisoformat(report.published_on[:10]) - due).days
    if late > 0:
        is_moved = late > 365
        note_zh = "（也可能是网页迁移后的日期）" if is_moved else ""
        note_en = "; more likely the date on which the page was moved" if is_moved else ""
        yield Finding(
            "deadline.published",
            "info" if is_moved else "warning",
            f"公开日期 {report.published_on[:10]} 晚于规定期限 {due}，迟 {late} 天{note_zh}。",
            f"Published on {report.published_on[:10]}, {late} days after the deadline of {due}{note_en}.",
            expected=0,
            actual=late,
        )


def _due(report: Report) -> date | None:
    level = agency_level(report.agency)
    if report.year is None or not 2007 <= report.year <= 9000:
        return None
    if level in _GOVERNMENTS or (level == "department" and report.year < _FIRST_YEAR_OF_ARTICLE_49):
        return date(report.year + 1, 3, 31)
    return date(report.year + 1, 1, 31) if level == "department" else None
