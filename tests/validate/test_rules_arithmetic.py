from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rule_reports import ARITHMETIC, FLOW, balanced, figure, make_report, sample_report, zero_cells

from extract.forms import APPLICANTS
from extract.report import Finding, Report
from validate import check, run_rules
from validate.arithmetic import OTHER, OTHER_PARTS

few = settings(max_examples=60, deadline=None)


def arithmetic(report: Report) -> list[Finding]:
    return [finding for finding in run_rules(report) if finding.rule in ARITHMETIC]


@few
@given(balanced())
def test_figures_that_reconcile_yield_no_finding_at_all(report: Report) -> None:
    assert [finding for finding in run_rules(report) if finding.severity != "info"] == []


@few
@given(balanced(blanks=True))
def test_a_blank_in_place_of_a_nought_addend_yields_no_finding(report: Report) -> None:
    assert arithmetic(report) == []


@few
@given(balanced(), st.data(), st.integers(-50, 50).filter(bool))
def test_any_single_changed_cell_is_an_error_that_names_it(report: Report, data: st.DataObject, delta: int) -> None:
    code = data.draw(st.sampled_from([c for c in report.cells if c.startswith(("app", "review", "law"))]))
    report.cells[code] = figure(code, report.cells[code].value + delta)
    errors = [finding for finding in arithmetic(report) if finding.severity == "error"]
    assert errors
    row, _, column = code.rpartition(".")
    assert all(found.codes[0].startswith(row) or found.codes[0].endswith(column) for found in errors)
    assert all(abs(found.expected - found.actual) == abs(delta) for found in errors)


@few
@given(balanced(), st.data())
def test_missing_cells_yield_no_arithmetic_finding(report: Report, data: st.DataObject) -> None:
    lost = data.draw(st.sets(st.sampled_from(list(report.cells)), min_size=1))
    report.cells = {code: kept for code, kept in report.cells.items() if code not in lost}
    findings = run_rules(report)
    assert not [finding for finding in findings if finding.rule in ARITHMETIC]
    named = {
        code for found in findings if found.rule in {"form.missing_table", "form.missing_cells"} for code in found.codes
    }
    single_row = any(code.startswith(f"{OTHER}.") and code.count(".") == 2 for code in lost)
    assert lost <= named or single_row  # with the single row gone, its three successors are named instead
    assert not named & set(report.cells)


def test_a_fully_lost_single_other_row_is_still_told() -> None:
    cells = {code: 0 for code in zero_cells(single_other=True) if not (code.startswith(OTHER) and code.count(".") == 2)}
    missing = [finding for finding in run_rules(make_report(cells)) if finding.rule == "form.missing_cells"]
    assert [finding.codes[0] for finding in missing] == [f"{part}.natural" for part in OTHER_PARTS]


# The four outcomes, the total, and what is found: severity, expected, actual. B is a blank cell.
B = None
BLANKS = [
    ((B, B, B, B), B, None),
    ((B, B, B, B), 0, None),
    ((0, 0, 0, 0), 0, None),
    ((2, B, B, B), 2, None),
    ((0, B, 0, B), 0, None),
    ((2, 1, B, 0), 5, ("error", 3, 5)),
    ((B, B, B, B), 3, ("error", 0, 3)),
    ((2, 1, 0, 0), 0, ("error", 3, 0)),
    ((2, 1, 0, 0), B, ("warning", 3, None)),
    ((2, B, B, B), B, ("warning", 2, None)),
    ((0, 0, 0, 0), B, ("warning", 0, None)),
    ((0.1, 0.2, 0, 0), 0.3, None),
    ((0.1, 0.2, 0, 0), 0.4, ("error", 0.3, 0.4)),
]


@pytest.mark.parametrize(("outcomes", "total", "found"), BLANKS)
def test_blank_cells_in_a_sum(outcomes, total, found) -> None:
    columns = ("upheld", "corrected", "other", "pending", "total")
    cells = zero_cells() | {f"review.{c}": v for c, v in zip(columns, (*outcomes, total), strict=True)}
    findings = arithmetic(make_report(cells))
    assert [(f.severity, f.expected, f.actual) for f in findings] == ([found] if found else [])
    assert [f.codes for f in findings] == [("review.total",)] * len(findings)
    if found and B in outcomes:
        assert "空白" in findings[0].message_zh
        assert "按 0 计" in findings[0].message_zh
        assert "count" in findings[0].message_en


@pytest.mark.parametrize("total", [None, 0])
def test_a_table_of_blanks_with_blank_or_nought_totals_holds(total) -> None:
    cells = {code: total if code.endswith(".total") else None for code in zero_cells()}
    assert run_rules(make_report(cells)) == []


# received, carried_in, concluded, carried_out of one column, and what applications.balance finds.
BALANCES = [
    ((5, 2, 4, 3), None),
    ((5, 2, 4, 2), ("error", 5, 4)),
    ((5, B, 5, B), None),
    ((5, B, B, 5), None),
    ((B, B, B, B), None),
    ((0, 0, B, 0), None),
    ((5, B, 4, B), ("error", 5, 4)),
    ((B, B, 4, 0), ("error", 0, 4)),
    ((5, 0, B, 0), ("warning", 5, None)),
    ((5, 0, B, B), ("warning", 5, None)),
]


@pytest.mark.parametrize(("flow", "found"), BALANCES)
def test_balance_of_a_column(flow, found) -> None:
    cells = zero_cells() | {f"{row}.company": value for row, value in zip(FLOW, flow, strict=True)}
    findings = [f for f in arithmetic(make_report(cells)) if f.rule == "applications.balance"]
    assert [(f.severity, f.expected, f.actual) for f in findings] == ([found] if found else [])
    if found:
        assert findings[0].codes[0] == "applications.concluded.company"
        assert "商业企业" in findings[0].message_zh
        assert ("按 0 计" in findings[0].message_zh) == (B in flow)


def concluded_otherwise(other_cells: dict[str, int | None]) -> Report:
    """A natural person's 5 requests, all concluded as （六）其他处理, whose rows are printed as given."""
    rows = {"applications.received": 5, "applications.concluded": 5, **other_cells}
    cells = zero_cells()
    for row, value in rows.items():
        rest = None if value is None else 0
        cells |= {f"{row}.{column}": value if column in {"natural", "total"} else rest for column in APPLICANTS}
    return make_report(cells)


def test_single_other_row_and_its_parts_are_counted_once() -> None:
    report = concluded_otherwise({OTHER: 5, OTHER_PARTS[0]: 2, OTHER_PARTS[2]: 3})
    assert arithmetic(report) == []


def test_single_other_row_that_contradicts_its_parts() -> None:
    found = arithmetic(concluded_otherwise({OTHER: 4, OTHER_PARTS[0]: 2, OTHER_PARTS[2]: 3}))
    assert {f.rule for f in found} == {"applications.concluded"}
    assert [(f.codes, f.expected, f.actual) for f in found] == [
        ((f"{OTHER}.{column}", f"{OTHER_PARTS[0]}.{column}", f"{OTHER_PARTS[2]}.{column}"), 5, 4)
        for column in ("natural", "total")
    ]


def test_blank_single_other_row_above_its_parts_is_a_heading() -> None:
    report = concluded_otherwise({OTHER: None, OTHER_PARTS[0]: 2, OTHER_PARTS[2]: 3})
    assert arithmetic(report) == []


def test_single_other_row_above_blank_parts_is_what_the_total_counts() -> None:
    found = arithmetic(concluded_otherwise({OTHER: 5, **dict.fromkeys(OTHER_PARTS)}))
    assert [(f.rule, f.codes, f.expected, f.actual) for f in found] == [
        ("applications.concluded", (f"{OTHER}.{column}",), 0, 5) for column in ("natural", "total")
    ]


def test_single_other_row_alone_is_counted_in_both_forms() -> None:
    for form in ("2019", "2021"):
        cells = zero_cells(form, single_other=True)
        for row in ("applications.received", OTHER, "applications.concluded"):
            cells |= {f"{row}.legal": 3, f"{row}.total": 3}
        assert arithmetic(make_report(cells, form)) == []
        cells |= {f"{OTHER}.legal": 2, f"{OTHER}.total": 2}
        found = [f for f in arithmetic(make_report(cells, form)) if f.rule == "applications.concluded"]
        assert [(f.codes, f.expected, f.actual) for f in found] == [
            ((f"applications.concluded.{column}", f"{OTHER}.{column}"), 2, 3) for column in ("legal", "total")
        ]


def test_a_report_of_no_recognised_form_is_still_added_up() -> None:
    findings = run_rules(make_report(zero_cells() | {"review.total": 1}, form=None))
    assert [f.rule for f in findings] == ["challenges.total", "form.unknown"]


@pytest.mark.parametrize("unsure", ["review.total", "review.upheld"])
def test_unsure_figure_makes_the_finding_a_warning_that_says_so(unsure: str) -> None:
    report = make_report(zero_cells() | {"review.upheld": 2, "review.total": 3})
    assert [f.severity for f in arithmetic(report)] == ["error"]
    report.cells[unsure] = replace(report.cells[unsure], status="unsure")
    (found,) = arithmetic(report)
    assert found.severity == "warning"
    assert found.codes[0] == "review.total"
    assert unsure in found.codes
    assert "读数不确定" in found.message_zh
    assert "Not read with certainty" in found.message_en


def test_unsure_figure_without_a_reading_is_not_taken_for_a_blank() -> None:
    report = make_report(zero_cells() | {"review.upheld": 2, "review.total": 3})
    report.cells["review.upheld"] = figure("review.upheld", None, "unsure")
    assert arithmetic(report) == []
    assert [(f.rule, f.codes) for f in run_rules(report)] == [("form.unsure", ("review.upheld",))]


def test_messages_name_row_column_and_sum() -> None:
    cells = zero_cells() | {"review.upheld": 10, "review.corrected": 1}
    (found,) = arithmetic(make_report(cells))
    assert found.message_zh == "「行政复议」总计印为 0，四项结果之和为 11（10＋1＋0＋0）。"
    assert found.message_en == (
        "Reconsiderations (行政复议): the printed total is 0 but the four outcomes add up to 11 (10 + 1 + 0 + 0)."
    )


def test_fingerprint_follows_the_values_not_the_wording() -> None:
    def found(total: int) -> Finding:
        return arithmetic(make_report(zero_cells() | {"review.upheld": 11, "review.total": total}))[0]

    def mark(finding: Finding) -> str:
        return finding.fingerprint("某某区人民政府", 2023)

    assert mark(found(0)) == mark(replace(found(0), message_zh="换个说法", message_en="reworded"))
    assert mark(found(0)) != mark(found(1))
    whole = arithmetic(make_report(zero_cells() | {"review.upheld": 11.0, "review.total": 0}))[0]
    assert mark(whole) == mark(found(0))


def test_real_report_with_wrong_totals(samples: Path) -> None:
    errors = [f for f in check(sample_report(samples, "hzq2023")) if f.severity == "error"]
    assert [(f.rule, f.codes, f.expected, f.actual) for f in errors] == [
        ("challenges.total", ("review.total",), 11, 0),
        ("challenges.total", ("lawsuit_after_review.total",), 5, 0),
    ]


def test_real_report_that_reconciles(samples: Path) -> None:
    assert [f for f in check(sample_report(samples, "panyu2021")) if f.severity == "error"] == []
