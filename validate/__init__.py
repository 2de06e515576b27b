"""Validation: from a report to findings. Nothing is ever corrected here, only pointed at."""

from extract.report import Finding, Report
from validate import (  # noqa: F401  (importing a module of rules registers them)
    arithmetic,
    deadline,
    form,
    history,
    identity,
    narrative,
    statistics,
)
from validate.labels import position
from validate.registry import HistoryRule, Rule, all_history_rules, all_rules

__all__ = ["HistoryRule", "Rule", "all_history_rules", "all_rules", "check", "run_history_rules", "run_rules"]

_GRAVITY = {"error": 0, "warning": 1, "info": 2}


def check(report: Report) -> list[Finding]:
    """Everything a person should look at: what the reading noticed and what the rules find, in reading order."""
    return _ordered([*report.findings, *run_rules(report)])


def run_rules(report: Report) -> list[Finding]:
    """What the rules find in one report: errors first, then in the order in which the form prints the cells.

    Nothing where it was refused for its host: there is nothing of it to judge.
    """
    if any(finding.rule == "identity.host" for finding in report.findings):
        return []
    return _ordered([finding for rule in all_rules() if rule.applies_to(report) for finding in rule.function(report)])


def run_history_rules(before: Report, report: Report) -> list[Finding]:
    """What the rules find between two reports of one agency, ``before`` being of the year before."""
    return _ordered([finding for rule in all_history_rules() for finding in rule.function(before, report)])


def _ordered(findings: list[Finding]) -> list[Finding]:
    """Findings about the report as a whole (no codes) come first among those of their severity."""
    return sorted(findings, key=lambda f: (_GRAVITY[f.severity], position(f.codes[0]) if f.codes else -1))
