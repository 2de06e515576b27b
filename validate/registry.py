"""The rules that a report is held against, alone or beside the year before: what a rule is, and the list of all."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from extract.report import Finding, Report, Severity

RuleFunction = Callable[[Report], Iterable[Finding]]
HistoryFunction = Callable[[Report, Report], Iterable[Finding]]
"""Takes an agency's report of the year before and the report of the year; its findings stand on the latter."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule with what it stands on.

    ``severity`` is the gravest that its findings take; ``forms`` are the forms whose reports it can judge (empty: all);
    ``ground_zh`` and ``ground_en`` give the clause, or the identity that the form prints.
    """

    id: str
    severity: Severity
    forms: tuple[str, ...]
    ground_zh: str
    ground_en: str
    function: RuleFunction

    def applies_to(self, report: Report) -> bool:
        """Whether the rule can judge the report.

        A report of no recognised form is judged too: a code means the same quantity in every form.
        """
        return not self.forms or report.form is None or report.form in self.forms


@dataclass(frozen=True, slots=True)
class HistoryRule:
    """A rule on two reports of one agency, of a year and of the year before; attributes as in :class:`Rule`."""

    id: str
    severity: Severity
    ground_zh: str
    ground_en: str
    function: HistoryFunction


_rules: dict[str, Rule] = {}
_history_rules: dict[str, HistoryRule] = {}


def rule(
    rule_id: str, *, severity: Severity, ground_zh: str, ground_en: str, forms: tuple[str, ...] = ()
) -> Callable[[RuleFunction], RuleFunction]:
    """Register the decorated function as a rule; ValueError if the id is taken."""

    def register(function: RuleFunction) -> RuleFunction:
        _refuse_second(rule_id)
        _rules[rule_id] = Rule(rule_id, severity, forms, ground_zh, ground_en, function)
        return function

    return register


def history_rule(
    rule_id: str, *, severity: Severity, ground_zh: str, ground_en: str
) -> Callable[[HistoryFunction], HistoryFunction]:
    """Register the decorated function as a rule on two years; ValueError if the id is taken."""

    def register(function: HistoryFunction) -> HistoryFunction:
        _refuse_second(rule_id)
        _history_rules[rule_id] = HistoryRule(rule_id, severity, ground_zh, ground_en, function)
        return function

    return register


def _refuse_second(rule_id: str) -> None:
    if rule_id in _rules or rule_id in _history_rules:
        raise ValueError(f"two rules are called {rule_id}")


def all_history_rules() -> tuple[HistoryRule, ...]:
    """Every registered rule on two years, in the order of registration."""
    return tuple(_history_rules.values())


def all_rules() -> tuple[Rule, ...]:
    """Every registered rule, in the order of registration."""
    return tuple(_rules.values())
