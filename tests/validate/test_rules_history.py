"""Rules on two years of one agency, and on the deadline."""

from dataclasses import replace

import pytest
from rule_reports import figure, make_report, zero_cells

from extract.report import Report, Section
from validate import run_history_rules, run_rules
from validate.history import copied_share


def report_of(year: int, **cells: float | None) -> Report:
    named = {code.replace("__", "."): value for code, value in cells.items()}
    return make_report(zero_cells() | named, year=year)  # type: ignore[operator]


def broken(before: Report, report: Report, rule: str) -> list[tuple[str, str, float | None, float | None]]:
    findings = run_history_rules(before, report)
    return [(f.severity, f.codes[0] if f.codes else "", f.expected, f.actual) for f in findings if f.rule == rule]


def test_what_is_carried_in_is_what_was_carried_out() -> None:
    before = report_of(2022, applications__carried_out__natural=3, applications__carried_out__total=3)
    right = report_of(2023, applications__carried_in__natural=3, applications__carried_in__total=3)
    wrong = report_of(2023, applications__carried_in__natural=2, applications__carried_in__total=3)

    assert broken(before, right, "history.carried") == []
    assert broken(before, wrong, "history.carried") == [("error", "applications.carried_in.natural", 3, 2)]


def test_a_blank_carried_in_is_a_warning_and_none_where_nothing_was_carried_out() -> None:
    before = report_of(2022, applications__carried_out__natural=3)
    blank = report_of(2023, applications__carried_in__natural=None, applications__carried_in__legal=None)

    assert broken(before, blank, "history.carried") == [("warning", "applications.carried_in.natural", 3, None)]


def test_a_missing_or_unsure_cell_is_no_error() -> None:
    before = report_of(2022, applications__carried_out__natural=3)
    missing = report_of(2023)
    del missing.cells["applications.carried_in.natural"]
    unsure = report_of(2023)
    unsure.cells["applications.carried_in.natural"] = figure("applications.carried_in.natural", 2, "unsure")

    assert broken(before, missing, "history.carried") == []
    assert broken(before, unsure, "history.carried") == [("warning", "applications.carried_in.natural", 3, 2)]


def test_documents_in_force_follow_from_those_made_and_repealed() -> None:
    before = report_of(2022, normative__in_force=10)
    right = report_of(2023, normative__in_force=11, normative__made=3, normative__repealed=2)
    wrong = report_of(2023, normative__in_force=13, normative__made=3, normative__repealed=2)
    blank = report_of(2023, normative__in_force=None, normative__made=3, normative__repealed=2)

    assert broken(before, right, "history.in_force") == []
    assert broken(before, wrong, "history.in_force") == [("warning", "normative.in_force", 11, 13)]
    assert broken(before, blank, "history.in_force") == []
    wrong.cells["normative.in_force"] = figure("normative.in_force", 13, "unsure")
    assert broken(before, wrong, "history.in_force") == []


def test_equal_tables_are_copied_only_where_there_is_something_in_them() -> None:
    cells = {f"applications__received__{kind}": number for number, kind in enumerate(
        ("natural", "company", "research", "charity", "legal", "other"), start=2)}  # fmt: skip
    few = report_of(2022, applications__received__natural=2), report_of(2023, applications__received__natural=2)
    many = cells | {"permits__decisions": 9, "penalties__decisions": 4}

    assert broken(*few, "history.copied") == []
    assert len(broken(report_of(2022, **many), report_of(2023, **many), "history.copied")) == 1
    assert broken(report_of(2022, **many), report_of(2023, **many | {"permits__decisions": 8}), "history.copied") == []


def test_a_narrative_of_last_year_with_new_figures_is_copied() -> None:
    sentences = [f"第{n}项工作由专人负责，全年办理7件，比计划提前完成，群众反映良好。" for n in "甲乙丙丁戊己庚辛壬癸"]
    sentences += [f"关于{place}的公开事项，已于7月在网站公布。" for place in "城乡山水田林路桥"]
    old = replace(report_of(2022), sections=[Section("一、总体情况", "".join(sentences))])
    renewed = replace(report_of(2023), sections=[Section("一、总体情况", "".join(sentences).replace("7", "93"))])
    other = "".join(sentence[::-1] for sentence in sentences)

    assert [actual for *_, actual in broken(old, renewed, "history.copied")] == [1.0]
    assert broken(old, replace(renewed, sections=[Section("一、总体情况", other)]), "history.copied") == []


def test_the_share_that_is_copied_and_its_longest_passage() -> None:
    share, passage = copied_share("一二三四五六七八九十甲乙丙丁", "子丑寅卯一二三四五六七八九十子丑寅卯")

    assert share == pytest.approx(3 / 11)
    assert passage == "一二三四五六七八九十"
    assert copied_share("", "") == (0.0, "")


def test_an_amount_ten_thousand_times_the_other_years_is_doubted() -> None:
    before, jump, growth = (report_of(y, fees__amount=v) for y, v in ((2022, 12.5), (2023, 125_000), (2023, 1250)))

    assert broken(before, jump, "units.amount") == [("warning", "fees.amount", 12.5, 125_000)]
    assert broken(before, growth, "units.amount") == []
    jump.cells["fees.amount"] = figure("fees.amount", 125_000, "unsure")
    assert broken(before, jump, "units.amount") == []


@pytest.mark.parametrize(
    ("agency", "year", "published_on", "found"),
    [
        ("洪泽区人民政府", 2023, "2024-03-31", None),
        ("洪泽区人民政府", 2023, "2024-04-02", ("warning", 2)),
        ("洪泽区财政局", 2023, "2024-01-31", None),
        ("洪泽区财政局", 2023, "2024-02-01", ("warning", 1)),
        ("洪泽区财政局", 2016, "2017-03-31", None),
        ("洪泽区财政局", 2020, "2023-08-21", ("info", 932)),
        ("洪泽区财政局", 2023, None, None),
        ("洪泽区岔河镇人民政府", 2023, "2024-05-01", None),
    ],
)
def test_the_deadline(agency: str, year: int, published_on: str | None, found: tuple[str, int] | None) -> None:
    report = replace(report_of(year), agency=agency, published_on=published_on)

    late = [(f.severity, f.actual) for f in run_rules(report) if f.rule == "deadline.published"]

    assert late == ([] if found is None else [found])
