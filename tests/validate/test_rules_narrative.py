"""The rule that holds the text against the tables."""

import pytest
from rule_reports import Cells, make_report, zero_cells

from extract.narrative import read_claims
from extract.report import Figure, Finding, Section
from validate import check


def findings(text: str, cells: Cells, *, agency: str = "某某区人民政府", unsure: str = "") -> list[Finding]:
    report = make_report({**zero_cells(), **cells})
    report.agency = agency
    report.claims = read_claims([Section("一、总体情况", text)], form="2021")
    if unsure:
        report.cells[unsure] = Figure(unsure, report.figures[unsure], "7", "unsure", "{}")
    return [finding for finding in check(report) if finding.rule == "narrative.claim"]


RECEIVED, CARRIED_IN = "applications.received.total", "applications.carried_in.total"
CONCLUDED, REFUSED = "applications.concluded.total", "applications.refused.third_party.total"


def test_a_figure_that_differs_from_its_cell_is_a_warning_with_both_numbers() -> None:
    (finding,) = findings("本年度共收到政府信息公开申请17件。", {RECEIVED: 95})
    assert (finding.severity, finding.codes, finding.expected, finding.actual) == ("warning", (RECEIVED,), 17, 95)
    assert "17" in finding.message_zh
    assert "95" in finding.message_en


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("本年度共收到政府信息公开申请17件。", {RECEIVED: 17}),
        ("共受理申请21件（新收18件，结转3件）。", {RECEIVED: 18, CARRIED_IN: 3}),
        ("全年收到公开申请近百件。", {RECEIVED: 96}),
        ("全年收到公开申请120余件。", {RECEIVED: 129}),
        ("收到申请5件，不予公开2件。", {RECEIVED: 5, REFUSED: 1, "applications.refused.deliberative.total": 1}),
        ("因信息公开发生行政诉讼3件。", {"lawsuit_direct.total": 1, "lawsuit_after_review.total": 2}),
        ("未收到政府信息公开申请。", {RECEIVED: None}),
        ("收到申请34件，均已办结。", {RECEIVED: 34, CARRIED_IN: 2, CONCLUDED: 36}),
        ("作出行政处罚决定4件。", {"penalties.decisions": 4}),
    ],
)
def test_text_and_table_that_say_the_same_give_no_finding(text: str, cells: Cells) -> None:
    assert findings(text, cells) == []


@pytest.mark.parametrize(
    ("text", "agency", "severity"),
    [
        ("区政府办公室收到公开申请17件。", "某某区人民政府", "info"),
        ("区政府办公室收到公开申请17件。", "某某区人民政府办公室", "warning"),
        ("全区收到公开申请17件。", "某某区人民政府", "warning"),
        ("全区收到公开申请17件。", "某某区教育局", "info"),
        ("全市收到公开申请17件。", "某某区人民政府", "info"),
        ("全市收到公开申请17件。", "杭州市人民政府", "warning"),
        ("截至年底，累计收到公开申请17件。", "某某区人民政府", "info"),
    ],
)
def test_a_sentence_of_another_scope_is_only_an_info(text: str, agency: str, severity: str) -> None:
    assert [finding.severity for finding in findings(text, {RECEIVED: 95}, agency=agency)] == [severity]


def test_beside_a_sentence_that_agrees_a_part_is_only_an_info() -> None:
    text = "共收到公开申请95件。\n县教育局收到公开申请17件。"
    assert [finding.severity for finding in findings(text, {RECEIVED: 95})] == ["info"]


def test_an_approximate_figure_far_off_and_a_sum_of_cells_that_differs_are_found() -> None:
    assert len(findings("全年收到公开申请120余件。", {RECEIVED: 160})) == 1
    (finding,) = findings("收到申请5件，不予公开2件。", {RECEIVED: 5, REFUSED: 1})
    assert (finding.expected, finding.actual) == (2, 1)
    assert REFUSED in finding.codes


def test_a_cell_that_is_unsure_or_missing_is_not_assessed() -> None:
    assert findings("共收到公开申请17件。", {RECEIVED: 95}, unsure=RECEIVED) == []
    report = make_report({})
    report.claims = read_claims([Section("一、总体情况", "共收到公开申请17件。")], form="2021")
    assert [finding for finding in check(report) if finding.rule == "narrative.claim"] == []


def test_a_blank_cell_beside_a_number_in_the_text_is_told_from_nought() -> None:
    (finding,) = findings("共收到公开申请17件。", {RECEIVED: None})
    assert finding.actual is None
    assert "blank" in finding.message_en
