from dataclasses import replace

import pytest
from rule_reports import figure, make_report, zero_cells

from extract.forms import all_forms, load_form
from extract.report import Finding, Report
from validate import all_rules, check, run_rules
from validate.arithmetic import OTHER
from validate.labels import cell_label, column_label, row_label
from validate.registry import rule


def without(report: Report, *prefixes: str) -> Report:
    report.cells = {code: f for code, f in report.cells.items() if not code.startswith(prefixes)}
    return report


@pytest.mark.parametrize("form", ["2019", "2021"])
def test_a_complete_report_yields_nothing(form: str) -> None:
    assert check(make_report(zero_cells(form), form, 2020 if form == "2019" else 2024)) == []


@pytest.mark.parametrize(
    ("form", "year", "told"),
    [("2019", 2020, False), ("2019", 2022, True), ("2021", 2020, True), ("2021", 2021, False), ("2019", 2018, True)],
)
def test_form_of_another_year(form: str, year: int, told: bool) -> None:
    found = run_rules(make_report(zero_cells(form), form, year))
    assert [(f.rule, f.severity) for f in found] == ([("form.year", "warning")] if told else [])
    assert all(str(year) in f.message_zh and form in f.message_zh for f in found)


def test_old_form_that_is_not_checked_raises_no_question_in_its_own_years() -> None:
    assert run_rules(make_report({}, "2008", 2012)) == []
    assert [f.rule for f in run_rules(make_report({}, "2008", 2022))] == ["form.year"]


def test_no_form_is_one_finding_not_a_missing_table_each() -> None:
    assert [(f.rule, f.severity) for f in run_rules(make_report({}, None))] == [("form.unknown", "warning")]


def test_missing_table_is_one_finding_with_all_its_cells() -> None:
    (found,) = run_rules(without(make_report(zero_cells()), "review", "lawsuit"))
    assert (found.rule, found.severity, len(found.codes)) == ("form.missing_table", "warning", 15)
    assert "第四部分" in found.message_zh


def test_missing_row_and_column_are_one_finding_each() -> None:
    report = without(make_report(zero_cells()), "applications.refused.third_party")
    report.cells = {code: f for code, f in report.cells.items() if not code.endswith(".legal")}
    del report.cells["applications.granted.company"]
    found = run_rules(report)
    assert {f.rule for f in found} == {"form.missing_cells"}
    column, row, cell = sorted(found, key=lambda f: -len(f.codes))
    assert "「法律服务机构」一列" in column.message_zh
    assert len(column.codes) == 24  # 25 rows, one of which is told as a row
    assert "「（三）不予公开／4.保护第三方合法权益」一行" in row.message_zh
    assert len(row.codes) == 7
    assert cell.codes == ("applications.granted.company",)
    assert "「三、本年度办理结果／（一）予以公开」一行缺少：商业企业" in cell.message_zh


def test_single_other_row_is_told_but_not_missing() -> None:
    (found,) = run_rules(make_report(zero_cells(single_other=True)))
    assert (found.rule, found.severity) == ("form.single_other_row", "info")
    assert found.codes[0] == f"{OTHER}.natural"


def test_unsure_figures_are_listed_in_one_finding() -> None:
    report = make_report(zero_cells())
    codes = [code for code in report.cells if code.startswith("review")]
    report.cells |= {code: figure(code, 0, "unsure") for code in codes}
    (found,) = run_rules(report)
    assert (found.rule, found.severity, found.codes) == ("form.unsure", "warning", tuple(codes))
    assert "「行政复议」的「结果维持」" in found.message_zh


@pytest.mark.parametrize(("field", "value"), [("agency", ""), ("year", None)])
def test_missing_identity_is_told_once(field: str, value: str | None) -> None:
    report = replace(make_report(zero_cells()), **{field: value})
    assert [(f.rule, f.severity) for f in check(report)] == [(f"identity.{field}", "warning")]
    noticed = Finding(f"identity.{field}", "error", "读取时已发现", "noticed while reading")
    assert check(replace(report, findings=[noticed])) == [noticed]


def test_findings_come_errors_first_then_in_printed_order() -> None:
    cells = zero_cells() | {"review.total": 1, "lawsuit_direct.total": 1, "applications.other.rest.total": 1}
    report = without(make_report(cells, year=2020), "fees")
    report.findings = [Finding("form.text", "warning", "有文字", "text", ("normative.made",))]
    found = check(report)
    assert [(f.rule, f.codes[:1]) for f in found] == [
        ("applications.total", ("applications.other.rest.total",)),
        ("applications.concluded", ("applications.concluded.total",)),
        ("challenges.total", ("review.total",)),
        ("challenges.total", ("lawsuit_direct.total",)),
        ("form.year", ()),
        ("form.text", ("normative.made",)),
        ("form.missing_cells", ("fees.amount",)),
    ]
    assert report.findings == [found[5]]


def test_rules_are_registered_once_and_keep_to_their_id_and_severity() -> None:
    gravity = ["error", "warning", "info"]
    rules = {r.id: r for r in all_rules()}
    broken = make_report(zero_cells() | {"review.total": 1, "applications.received.natural": 2}, year=2020)
    broken.cells.pop("rules.made")
    for found in run_rules(broken):
        assert gravity.index(found.severity) >= gravity.index(rules[found.rule].severity)
    assert all(r.ground_zh and r.ground_en for r in rules.values())
    with pytest.raises(ValueError, match=r"challenges\.total"):
        rule("challenges.total", severity="error", ground_zh="", ground_en="")(lambda report: [])


def test_every_cell_of_the_forms_has_a_name_in_both_languages() -> None:
    for form in all_forms():
        names = set()
        for cell in form.cells():
            label = cell_label(cell.code, form.form)
            assert cell.code not in label.zh + label.en
            assert row_label(cell.code, form.form).zh.endswith(cell.row_label.rpartition("/")[2])
            names.add((cell.table, label.en))
        assert len(names) == len(list(form.cells()))
    assert column_label("rules.made", "2019").zh == "本年新制作数量"
    assert column_label("rules.made", "2021").zh == "本年制发件数"
    assert row_label("services.decisions", "2021").zh == load_form("2019").table("2").blocks[1].rows[1].label
    assert cell_label("stat.items").zh == "stat.items"
