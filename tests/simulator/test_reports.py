"""Made-up reports add up, and every rendering prints each figure where the form puts it."""

import io
import itertools
import json

import pdfplumber
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from extract.forms import APPLICANTS, CHALLENGE_OUTCOMES, CHALLENGES, FormBlock, Line, load_form
from simulator.agencies import YEARS, Agency, government_reports, reports_of, with_quirk
from simulator.figures import outcome_keys
from simulator.pdf import pdf
from simulator.render import html_body, tab_text
from simulator.reports import SimulatedReport, real_report
from simulator.tables import number_text, split, tables
from simulator.world import demo_world

A = "applications"
agencies = st.builds(
    Agency, name=st.sampled_from(["岚港市澄川区教育局", "沅泽市枫渡区民政局", "云屿镇"]), scale=st.integers(0, 300)
)


def broken_identities(report: SimulatedReport) -> set[str]:
    """The identities of the contract that the printed figures break, a blank counting as nought."""
    figures = {code: value or 0 for code, value in report.figures.items()}
    form = load_form(report.form)
    rows = [f"{A}.{key}" for key in ("received", "carried_in", "concluded", "carried_out")]
    undivided = f"{A}.other.total" in figures
    outcomes = [key for key in outcome_keys(form) if f"{key}.total" in figures]
    outcomes += [f"{A}.other"] if undivided and f"{A}.other" not in outcomes else []
    broken = set()
    for kind in APPLICANTS:
        received, carried_in, concluded, carried_out = (figures[f"{row}.{kind}"] for row in rows)
        if received + carried_in != concluded + carried_out:
            broken.add(f"balance {kind}")
        if concluded != sum(figures[f"{key}.{kind}"] for key in outcomes):
            broken.add(f"concluded {kind}")
    for row in [*rows, *outcomes]:
        if figures[f"{row}.total"] != sum(figures[f"{row}.{kind}"] for kind in APPLICANTS[:-1]):
            broken.add(f"total {row}")
    for row in CHALLENGES:
        if figures[f"{row}.total"] != sum(figures[f"{row}.{key}"] for key in CHALLENGE_OUTCOMES):
            broken.add(f"challenges {row}")
    return broken


@settings(max_examples=25, deadline=None)
@given(agencies)
def test_made_up_figures_hold_every_identity_and_fill_the_form(agency: Agency) -> None:
    for year, report in reports_of(agency).items():
        assert broken_identities(report) == set()
        wanted = {cell.code for cell in load_form(report.form).cells()}
        if report.form == "2021":
            wanted = {code for code in wanted if not (code.startswith(f"{A}.other.") and code.count(".") == 2)}
        assert set(report.figures) == wanted
        assert report.published_on.year == year + 1


@settings(max_examples=25, deadline=None)
@given(agencies)
def test_each_year_goes_on_from_the_one_before(agency: Agency) -> None:
    reports = reports_of(agency)
    for before, after in itertools.pairwise(reports[year].figures for year in YEARS):
        for kind in APPLICANTS:
            assert after[f"{A}.carried_in.{kind}"] == before[f"{A}.carried_out.{kind}"]
        if "normative.in_force" in before:
            change = after["normative.made"] - after["normative.repealed"]
            assert after["normative.in_force"] == before["normative.in_force"] + change
        if "permits.items_last_year" in after:
            assert (
                after["permits.items_last_year"] == before["permits.items_last_year"] + before["permits.items_change"]
            )
        assert after != before


def test_the_same_agency_draws_the_same_reports() -> None:
    agency = Agency("岚港市澄川区教育局", 20)
    first, second = reports_of(agency)[2023], reports_of(agency)[2023]
    assert (first.figures, first.sections) == (second.figures, second.sections)
    assert pdf(first) == pdf(second)


def test_a_district_is_more_than_the_sum_of_the_members_that_are_known() -> None:
    member = Agency("岚港市澄川区教育局", 20)
    whole = government_reports(Agency("岚港市澄川区人民政府", 90), (member,))[2022]
    assert broken_identities(whole) == set()
    part = reports_of(member)[2022]
    assert all(whole.figures[code] >= part.figures[code] for code in part.figures)
    assert whole.figures[f"{A}.received.total"] > part.figures[f"{A}.received.total"]


@pytest.mark.parametrize(
    ("quirk", "broken"),
    [
        ("broken_balance", {"balance natural", "balance total"}),
        ("misprinted_total", {f"total {A}.granted", "concluded total"}),
        ("blank_column", set()),
        ("blank_half", set()),
        ("single_other", set()),
        ("old_form", set()),
        ("wrong_title_year", set()),
    ],
)
def test_a_quirk_breaks_what_it_says_and_nothing_else(quirk: str, broken: set[str]) -> None:
    report = with_quirk(reports_of(Agency("沅泽市枫渡区民政局", 12))[2022], quirk)
    assert broken_identities(report) == broken
    assert report.quirks == {quirk}


def test_quirks_print_what_they_are_called() -> None:
    right = reports_of(Agency("沅泽市枫渡区民政局", 12))[2022]
    assert {code for code, value in with_quirk(right, "blank_half").figures.items() if value is None} == {
        f"review.{key}" for key in (*CHALLENGE_OUTCOMES, "total")
    }
    blank = {
        code.rpartition(".")[2] for code, value in with_quirk(right, "blank_column").figures.items() if value is None
    }
    assert len(blank) == 1
    assert f"{A}.other.rest.total" not in with_quirk(right, "single_other").figures
    assert with_quirk(right, "single_other").form == "2021"
    assert "permits.items_change" in with_quirk(right, "old_form").figures
    assert "2021年" in with_quirk(right, "wrong_title_year").title
    assert "2022年12月31日" in with_quirk(right, "wrong_title_year").sections[0][0]


@pytest.mark.parametrize(("name", "truth"), [("panyu-2021", "panyu2021"), ("hongze-2023", "hzq2023")])
def test_real_reports_carry_the_published_figures(name: str, truth: str, samples) -> None:
    published = json.loads((samples / "truth" / f"{truth}.json").read_text(encoding="utf-8"))
    report = real_report(name)
    assert dict(report.figures) == published["cells"]
    assert (report.agency, report.year, report.form) == (published["agency"], published["year"], published["form"])


def test_real_reports_break_only_what_the_agency_printed() -> None:
    assert broken_identities(real_report("panyu-2021")) == set()
    assert broken_identities(real_report("hongze-2023")) == {"challenges review", "challenges lawsuit_after_review"}
    assert real_report("panyu-2021").figures["review.total"] is None


# -- renderings -------------------------------------------------------------------------------------------------------


def grid_of(table: html.HtmlElement) -> list[list[str]]:
    """The text that covers each place of an HTML table; fails where cells overlap or leave a hole."""
    covered: dict[tuple[int, int], str] = {}
    rows = table.xpath(".//tr")
    for y, row in enumerate(rows):
        x = 0
        for cell in row.xpath("./td"):
            while (y, x) in covered:
                x += 1
            for dy, dx in itertools.product(range(int(cell.get("rowspan", 1))), range(int(cell.get("colspan", 1)))):
                assert (y + dy, x + dx) not in covered
                covered[y + dy, x + dx] = cell.text_content().replace("\xa0", "").strip()
    width = max(x for _, x in covered) + 1
    assert len(covered) == width * len(rows)
    return [[covered[y, x] for x in range(width)] for y in range(len(rows))]


def printed(report: SimulatedReport, code: str) -> str:
    return number_text(report.figures[code], report.blank_mark, signed=code.endswith(".items_change"))


def labels(line: Line) -> list[str]:
    return [*line.path, line.label]


def assert_table_2(report: SimulatedReport, grid: list[list[str]], blocks: tuple[FormBlock, ...]) -> None:
    rows = iter(grid)
    for block in blocks:
        assert set(next(rows)) == {block.article}
        header = next(rows)
        assert header[0] == "信息内容"
        assert list(dict.fromkeys(header[1:])) == [column.label for column in block.columns]
        for line in block.rows:
            row = next(rows)
            assert row[0] == line.label
            for column in block.columns:
                places = [x for x in range(1, len(row)) if header[x] == column.label]
                assert {row[x] for x in places} == {printed(report, f"{line.key}.{column.key}")}
    assert next(rows, None) is None


def assert_table_3(report: SimulatedReport, grid: list[list[str]], block: FormBlock) -> None:
    lines = [line for line in block.rows if f"{line.key}.total" in report.figures]
    assert len(grid) == 3 + len(lines)
    for y, line in enumerate(lines, start=3):
        assert list(dict.fromkeys(grid[y][:3])) == labels(line)
    for x, column in enumerate(block.columns, start=3):
        assert list(dict.fromkeys(grid[y][x] for y in range(3))) == labels(column)
        for y, line in enumerate(lines, start=3):
            assert grid[y][x] == printed(report, f"{line.key}.{column.key}")
    assert all(grid[y][x].startswith("（本列数据的勾稽关系") for y in range(3) for x in range(3))


def assert_table_4(report: SimulatedReport, grid: list[list[str]], block: FormBlock) -> None:
    assert len(grid) == 4
    for x, (line, column) in enumerate(itertools.product(block.rows, block.columns)):
        assert list(dict.fromkeys(grid[y][x] for y in range(3))) == [*labels(line), column.label]
        assert grid[3][x] == printed(report, f"{line.key}.{column.key}")


WORLD = demo_world()
SHAPES = [
    real_report("panyu-2021"),
    *(report for report in WORLD.reports if report.quirks or (report.agency.endswith("教育局") and report.year < 2022)),
]


@pytest.mark.parametrize("report", SHAPES, ids=lambda report: f"{report.agency}{report.year}")
def test_every_cell_stands_in_the_html_where_the_form_puts_it(report: SimulatedReport) -> None:
    form = load_form(report.form)
    second, third, fourth = (
        grid_of(table) for table in html.fromstring(f"<div>{html_body(report)}</div>").iter("table")
    )
    assert_table_2(report, second, form.table("2").blocks)
    assert_table_3(report, third, form.table("3").blocks[0])
    assert_table_4(report, fourth, form.table("4").blocks[0])


def test_a_pdf_prints_the_same_tables_over_its_page_breaks() -> None:
    report = next(each for each in WORLD.reports if "blank_half" in each.quirks)
    rows = pdf_rows(report)
    lines = [line for line in load_form("2021").table("3").blocks[0].rows if f"{line.key}.total" in report.figures]
    wanted = [[printed(report, f"{line.key}.{kind}") for kind in APPLICANTS] for line in lines]
    assert [row[-7:] for row in rows if len(row) > 7 and row[-1].isdigit() and row[-7].isdigit()][
        : len(lines)
    ] == wanted
    assert rows[-1][:5] == ["/"] * 5
    assert rows[-1][5:] == [
        printed(report, f"{row}.{key}") for row in CHALLENGES[1:] for key in (*CHALLENGE_OUTCOMES, "total")
    ]


@pytest.mark.parametrize(("year", "headers"), [(2021, 1), (2022, 2)])
def test_table_3_repeats_its_header_after_the_page_break_in_some_reports(year: int, headers: int) -> None:
    report = next(each for each in WORLD.reports if "石榴湾" in each.agency and each.year == year)
    seen = sum("申请人情况" in row for row in pdf_rows(report))
    assert seen == headers


def pdf_rows(report: SimulatedReport) -> list[list[str]]:
    with pdfplumber.open(io.BytesIO(pdf(report))) as document:
        found = [row for page in document.pages for table in page.extract_tables() for row in table]
    return [[(cell or "").replace("\n", "") for cell in row] for row in found]


def test_a_cut_table_keeps_every_row_and_loses_the_running_labels() -> None:
    table = tables(real_report("panyu-2021"))["3"]
    first, rest = split(table, 17)
    assert len(first) + len(rest) == len(table)
    assert [cell.text for cell in rest[0]][:3] == ["", "", "3.补正后申请内容仍不明确"]
    codes = [cell.code for row in [*first, *rest] for cell in row if cell.code]
    assert codes == [cell.code for row in table for cell in row if cell.code]


def test_tab_text_prints_a_row_a_line_and_a_cell_a_tab() -> None:
    lines = tab_text(real_report("panyu-2021")).splitlines()
    assert "一、本年新收政府信息公开申请数量\t\t\t32\t2\t0\t0\t0\t0\t34" in lines
    assert "\t\t2.没有现成信息需要另行制作\t3\t0\t0\t0\t0\t0\t3" in lines
    assert "\t" * 5 + "\t".join("0" * 10) in lines  # the blank half of table 4
