"""The rules on the form of 2014."""

import pytest
from rule_reports import figure, make_report

from extract.forms import load_form
from extract.report import Finding, Number
from validate import all_rules, check
from validate.statistics import _PARTS, _SUMS

CODES = [cell.code for cell in load_form("2014").cells()]


def findings(changes: dict[str, Number | None], *, blank: bool = False) -> list[Finding]:
    """What is found in a report of noughts (or blanks) with these figures."""
    cells = dict.fromkeys(CODES, None if blank else 0) | changes
    return check(make_report(cells, "2014", 2016))


def test_a_report_of_noughts_or_blanks_yields_nothing() -> None:
    assert findings({}) == []
    assert findings({}, blank=True) == []


@pytest.mark.parametrize("rule", _SUMS)
def test_a_total_that_is_not_the_sum(rule: str) -> None:
    total, addends = _SUMS[rule]
    right = {code: number for number, code in enumerate(addends, start=2)}
    nested = {"stat.replies.refused.privacy": right["stat.replies.refused"]} if rule == "stat.replies" else {}
    above = {"stat.replies.total": sum(right.values()) + 1} if rule == "stat.refused" else {}
    assert [f for f in findings({**right, **nested, total: sum(right.values())}) if f.rule == rule] == []
    found = [f for f in findings({**right, **nested, **above, total: sum(right.values()) + 1}) if f.rule == rule]
    assert [(f.severity, f.expected, f.actual) for f in found] == [
        ("error", sum(right.values()), sum(right.values()) + 1)
    ]
    assert found[0].codes == (total, *addends)
    [blank] = [f for f in findings({**right, **nested, total: None}) if f.rule == rule]
    assert (blank.severity, blank.actual) == ("warning", None)


def test_replies_short_of_just_the_refused_are_a_warning() -> None:
    changes = {"stat.replies.granted": 5, "stat.replies.refused": 2, "stat.replies.refused.privacy": 2}
    [found] = findings({**changes, "stat.replies.total": 5})
    assert (found.rule, found.severity, found.expected) == ("stat.replies", "warning", 7)
    [found] = findings({**changes, "stat.replies.total": 6})
    assert found.severity == "error"


@pytest.mark.parametrize(("part", "whole"), _PARTS)
def test_a_part_that_is_more_than_the_whole(part: str, whole: str) -> None:
    [found] = findings({part: 3, whole: 2})
    assert (found.rule, found.severity, found.codes, found.actual) == ("stat.part", "warning", (part, whole), 3)
    assert findings({part: 2, whole: 2}) == findings({part: 3, whole: None}) == []


def test_what_is_no_identity_is_not_checked() -> None:
    assert findings({"stat.channel.website": 483, "stat.proactive.items": 52}) == []
    assert findings({"stat.proactive.normative_issued": 9, "stat.proactive.normative_disclosed": 0}) == []


def test_a_missing_or_unsure_figure() -> None:
    cells = {code: figure(code, 0) for code in CODES}
    report = make_report({}, "2014", 2016)
    report.cells = {code: f for code, f in cells.items() if code != "stat.requests.fax"}
    report.cells["stat.requests.received"] = figure("stat.requests.received", 4)
    assert [f.rule for f in check(report)] == ["form.missing_cells"]


def test_the_rules_say_what_they_stand_on() -> None:
    rules = [rule for rule in all_rules() if rule.id.startswith("stat.")]
    assert len(rules) == len(_SUMS) + 1
    assert all("2014" in rule.ground_zh and "2014" in rule.ground_en for rule in rules)
