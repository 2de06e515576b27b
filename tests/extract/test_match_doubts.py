"""Tables that look whole but may mean something else: another year's or agency's, another unit, figures slipped."""

from dataclasses import replace
from datetime import date
from types import MappingProxyType

import pytest

from extract import Report, read_bytes
from extract.captions import caption_years, stated_unit
from extract.forms import load_form
from simulator.render import html_table
from simulator.reports import HEADINGS, SimulatedReport
from simulator.tables import PrintedCell, Table, tables

AGENCY = "东河县人民政府"
TITLE = f"{AGENCY}2022年政府信息公开工作年度报告"


def printed_report(first: int = 100) -> SimulatedReport:
    """A report in which no two cells print the same number."""
    cells = [cell.code for cell in load_form("2021").cells()]
    codes = [code for code in cells if not (code.startswith("applications.other.") and code.count(".") == 2)]
    return SimulatedReport(
        agency=AGENCY,
        year=2022,
        form="2021",
        title=TITLE,
        figures=MappingProxyType({code: first + n for n, code in enumerate(codes)}),
        published_on=date(2023, 1, 20),
        sections=((), (), (), (), (), ()),
    )


def parts(laid_out: dict[str, Table], *, above: str = "") -> list[str]:
    """The six sections as HTML; ``above`` stands above each table."""
    return [
        f"<p>{heading}</p>" + (above + html_table(laid_out[str(n)]) if str(n) in laid_out else "")
        for n, heading in enumerate(HEADINGS, start=1)
    ]


def read(*pieces: str) -> list[Report]:
    page = f"<html><head><title>{TITLE}</title></head><body><div>{''.join(pieces)}</div></body></html>"
    return read_bytes(page.encode(), "doubts")


def rules(report: Report, severity: str = "warning") -> set[str]:
    return {finding.rule for finding in report.findings if finding.severity == severity}


@pytest.mark.parametrize(
    "other", ["西山县财政局2022年政府信息公开工作年度报告", "东河县人民政府2021年政府信息公开工作年度报告"]
)
def test_a_second_report_without_headings_is_not_read_into_the_first(other: str) -> None:
    """The first report lacks table 4; the other's title stands directly above its own."""
    mine, others = tables(printed_report()), tables(printed_report(900))
    mine_without = {number: mine[number] for number in "23"}
    one, two = read(f"<p>{TITLE}</p>", *parts(mine_without), f"<p>{other}</p>", html_table(others["4"]))
    assert not any(code.startswith(("review.", "lawsuit")) for code in one.cells)
    assert one.status == "partial"
    assert (two.agency, two.year) == (other[: other.index("20")], int(other[other.index("20") :][:4]))
    assert {code.split(".")[0] for code in two.cells} == {"review", "lawsuit_direct", "lawsuit_after_review"}


@pytest.mark.parametrize(
    "line",
    [
        TITLE,  # a running head
        "东河县2022年政府信息公开工作年度报告",
        "政府信息公开工作年度报告",
        "西山县财政局2022年政府信息公开工作年度报告",  # a link below the last table
    ],
)
def test_a_title_that_begins_no_other_report(line: str) -> None:
    pieces = parts(tables(printed_report()))
    between = [] if "西山" in line else [f"<p>{line}</p>"]
    [report] = read(f"<p>{TITLE}</p>", *pieces[:3], *between, *pieces[3:], f"<p>{line}</p>")
    assert report.figures == dict(printed_report().figures)
    assert report.unsure == []


def test_a_table_captioned_with_another_year_is_unsure() -> None:
    laid_out = tables(printed_report())
    pieces = parts({number: laid_out[number] for number in "23"})
    pieces.insert(4, f"<p>附：2021年行政复议、行政诉讼情况</p>{html_table(laid_out['4'])}")
    [report] = read(*pieces)
    challenges = {row.code for row in load_form("2021").cells() if row.table == "4"}
    assert set(report.unsure) == challenges
    [finding] = [f for f in report.findings if f.rule == "form.other_year"]
    assert set(finding.codes) == challenges
    assert finding.severity == "warning"


@pytest.mark.parametrize("caption", ["2022年行政复议、行政诉讼情况", "情况如下", "2023年1月20日", "（2023）3号"])
def test_a_caption_of_this_year_or_none_is_no_doubt(caption: str) -> None:
    [report] = read(*parts(tables(printed_report()), above=f"<p>{caption}</p>"))
    assert report.unsure == []
    assert report.status == "complete"


def test_years_of_captions() -> None:
    assert caption_years(["附：2021年情况", "单位：件", "", "第二十条第（一）项", "— 3 —"]) == {2021}
    assert caption_years(["2020年、2021年对比"]) == {2020, 2021}
    assert caption_years(["附：2021年情况", "情况如下："]) == frozenset()
    assert caption_years(["四、2021年政府信息公开行政复议、行政诉讼情况"]) == frozenset()
    assert caption_years(["2021年" + "我局继续推进公开工作" * 5]) == frozenset()


@pytest.mark.parametrize(
    ("line", "unit"),
    [
        ("单位：元", "元"),
        ("（单位：件、万元）", "万元"),
        ("收费情况（元）", "元"),
        ("单位：件", None),
        ("本单位全称", None),
    ],
)
def test_units_in_lines(line: str, unit: str | None) -> None:
    assert stated_unit([line, ""]) == unit


def fees(
    *, label: str = "行政事业性收费", header: str = "本年收费金额", above: str = "", amount: str = "5000"
) -> Report:
    """A report whose fees are printed with these words around them."""
    texts = {"行政事业性收费": label, "本年收费金额（单位：万元）": header}
    laid_out = tables(printed_report())
    laid_out["2"] = [
        [replace(cell, text=amount if cell.code == "fees.amount" else texts.get(cell.text, cell.text)) for cell in row]
        for row in laid_out["2"]
    ]
    pieces = parts(laid_out)
    pieces[1] = pieces[1].replace("<table", f"<p>{above}</p><table")
    [report] = read(*pieces)
    return report


@pytest.mark.parametrize(
    "words", [{"label": "行政事业性收费（元）"}, {"above": "单位：元"}, {"header": "本年收费金额（元）"}]
)
def test_an_amount_in_yuan_is_converted_wherever_the_unit_stands(words: dict[str, str]) -> None:
    report = fees(**words)
    assert (report.figures["fees.amount"], report.unsure) == (0.5, [])
    assert [f.codes for f in report.findings if f.rule == "form.unit"] == [("fees.amount",)]


@pytest.mark.parametrize(
    "words",
    [{}, {"label": "行政事业性收费（万元）"}, {"above": "单位：万元"}, {"header": "本年收费金额（单位：万元）"}],
)
def test_an_amount_in_the_forms_unit_stays(words: dict[str, str]) -> None:
    report = fees(**words)
    assert (report.figures["fees.amount"], report.unsure, rules(report)) == (5000, [], set())
    assert "form.unit" not in rules(report, "info")


@pytest.mark.parametrize("words", [{"label": "行政事业性收费（元）"}, {"above": "单位：元"}])
def test_units_that_contradict_each_other_are_told(words: dict[str, str]) -> None:
    report = fees(header="本年收费金额（单位：万元）", **words)
    assert report.unsure == ["fees.amount"]
    assert [f.codes for f in report.findings if f.rule == "form.doubtful_number"] == [("fees.amount",)]
    typed = fees(header="本年收费金额（单位：万元）", amount="5000元", **words)
    assert (typed.figures["fees.amount"], typed.unsure) == (0.5, [])


ROW = 6  # （二）部分公开
ROW_CODES = {f"applications.partly_granted.{c.key}" for c in load_form("2021").table("3").blocks[0].columns}


def torn(*, below: bool) -> Table:
    """Table 3 with the figures of one row moved out of it, into a row without a label."""
    table = tables(printed_report())["3"]
    labels = [cell for cell in table[ROW] if cell.code is None]
    empty = [replace(cell, text="") for cell in table[ROW] if cell.code is not None]
    figures = [PrintedCell(""), *(cell for cell in table[ROW] if cell.code is not None)]
    figures[0] = replace(figures[0], column_span=2)
    group = table[ROW - 1][0]
    table[ROW - 1] = [replace(group, row_span=group.row_span + 1), *table[ROW - 1][1:]]
    rows = [[*labels, *empty], figures]
    return [*table[:ROW], *(rows if below else rows[::-1]), *table[ROW + 1 :]]


@pytest.mark.parametrize("below", [True, False])
def test_figures_that_slipped_out_of_their_row_make_it_unsure(below: bool) -> None:
    [report] = read(*parts({"3": torn(below=below)}))
    assert set(report.unsure) == ROW_CODES
    assert any(f.rule == "form.row_alignment" and set(f.codes) == ROW_CODES for f in report.findings)


def test_a_row_torn_by_a_page_break_is_unsure() -> None:
    table = torn(below=True)
    first = [[replace(cell, row_span=min(cell.row_span, ROW + 1 - r)) for cell in table[r]] for r in range(ROW + 1)]
    rest = [cell for cell in table[ROW + 1] if cell.code is not None]  # the labels stay behind on the first page
    [report] = read(*parts({"3": first}), html_table([rest]))
    assert set(report.unsure) == ROW_CODES


def test_a_blank_row_between_labelled_rows_is_blank() -> None:
    table = tables(printed_report())["3"]
    table[ROW] = [cell if cell.code is None else replace(cell, text="") for cell in table[ROW]]
    [report] = read(*parts({"3": table}))
    assert report.unsure == []
    assert {code for code, figure in report.cells.items() if figure.status == "blank"} == ROW_CODES


def test_a_finding_made_twice_is_kept_once() -> None:
    """The database keeps one finding for a fingerprint: two that differ must not share one."""
    table = tables(printed_report())["3"]
    short = [replace(cell, text="见附件") if cell.code else cell for cell in table[ROW][:-1]]
    other = [replace(cell, text="无") if cell.code else cell for cell in table[ROW][:-1]]
    [report] = read(*parts({"3": [*table[:ROW], short, short, other, *table[ROW + 1 :]]}))
    fingerprints = [finding.fingerprint(AGENCY, 2022) for finding in report.findings]
    assert len(fingerprints) == len(set(fingerprints)) == len(set(report.findings))
    said = [f.subject for f in report.findings if f.codes == ("applications.partly_granted.natural",)]
    assert said == ["见附件", "无"]
