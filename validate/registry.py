"""The rules that a report is held against: what a rule is, and the list of all of them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from extract.report import Finding, Report, Severity

RuleFunction = Callable[[Report], Iterable[Finding]]


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


_rules: dict[str, Rule] = {}


def rule(
    rule_id: str, *, severity: Severity, ground_zh: str, ground_en: str, forms: tuple[str, ...] = ()
) -> Callable[[RuleFunction], RuleFunction]:
    """Register the decorated function as a rule; ValueError if the id is taken."""

    def register(function: RuleFunction) -> RuleFunction:
        if rule_id in _rules:
            raise ValueError(f"two rules are called {rule_id}")
        _rules[rule_id] = Rule(rule_id, severity, forms, ground_zh, ground_en, function)
        return function

    return register


def all_rules() -> tuple[Rule, ...]:
    """Every registered rule, in the order of registration."""
    return tuple(_rules.values())
