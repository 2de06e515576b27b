"""Checking what the archive holds: each report alone, and beside its agency's report of the year before."""

from collections.abc import Iterable
from dataclasses import dataclass

from archive import Archive
from extract.report import Finding, Report
from validate import run_history_rules, run_rules


@dataclass
class CheckSummary:
    """How many reports were checked, and how many of them have figures that contradict each other."""

    reports: int = 0
    contradicted: int = 0


def check_archive(archive: Archive, agency_ids: Iterable[int] | None = None) -> CheckSummary:
    """Check the current reports of all agencies, or of these, and save the findings; reviews are kept."""
    summary = CheckSummary()
    for history in archive.histories(agency_ids):
        by_year = {report.year: report for _, report in history}
        for report_id, report in history:
            findings = check_beside(by_year.get(report.year - 1) if report.year is not None else None, report)
            archive.save_check_findings(report_id, findings)
            summary.reports += 1
            summary.contradicted += any(finding.severity == "error" for finding in findings)
    return summary


def check_beside(before: Report | None, report: Report) -> list[Finding]:
    """What the rules find in a report, and between it and the report of the year before where that is held."""
    return run_rules(report) + (run_history_rules(before, report) if before is not None else [])
