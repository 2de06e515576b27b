"""Labels find their own line of the form, in every spelling known; with a typo their own line or none."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extract.forms import Line, all_forms, cell_catalogue, form_for_year, load_form
from extract.headers import column_orders
from extract.labels import is_corner_note, is_page_number, is_rubric, label_key, numbering, squash
from extract.vocabulary import printed_unit, vocabulary


def lines(kind: str) -> Iterator[tuple[str, Line, str]]:
    """(table, line, spelling) of every row or column of the forms since 2019."""
    for form in all_forms():
        for table in (table for table in form.tables if table.id != "stat"):
            for block in table.blocks:
                for line in block.rows if kind == "rows" else block.columns:
                    for spelling in (line.label, *line.variants):
                        yield table.id, line, spelling


ROWS = sorted({(table, line.key, spelling) for table, line, spelling in lines("rows")})
COLUMNS = sorted({(table, line.key, spelling) for table, line, spelling in lines("columns")})


def spellings(label: str) -> list[str]:
    """The label as documents break it."""
    half = len(label) // 2
    return [
        label,
        " ".join(label),
        f"{label[:half]}\n{label[half:]}",
        f"{label[:half]}\u3000{label[half:]}",
        f"\u200b{label}",
        label.replace("（", "(").replace("）", ")"),
        label.replace("(", "（").replace(")", "）"),
        label.replace(".", "、"),
        label.replace(".", "．"),
    ]


@pytest.mark.parametrize(("table", "key", "label"), ROWS)
def test_every_row_label_finds_its_row(table: str, key: str, label: str) -> None:
    for spelling in spellings(label):
        match = vocabulary(table).find_row(spelling)
        assert match is not None, spelling
        assert (match.line.key, match.exact) == (key, True), spelling


@pytest.mark.parametrize(("table", "key", "label"), COLUMNS)
def test_every_column_label_finds_its_column(table: str, key: str, label: str) -> None:
    for spelling in spellings(label):
        column = vocabulary(table).find_column(spelling)
        assert column is not None, spelling
        assert column.key == key, spelling


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_a_label_with_a_typo_finds_its_row_or_none(data: st.DataObject) -> None:
    table, key, label = data.draw(st.sampled_from(ROWS))
    at = data.draw(st.integers(0, len(label) - 1))
    typed = data.draw(st.sampled_from(["", "x", "的", "其", "不", "予", "止", "1", " "]))
    mistyped = label[:at] + typed + label[at + data.draw(st.integers(0, 1)) :]
    match = vocabulary(table).find_row(mistyped)
    assert match is None or match.line.key == key, (mistyped, match)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("2.其他法律行政止公开", "applications.refused.law_forbids"),
        ("1.信仿举报投诉类申请", "applications.not_processed.petition"),
        ("4.无正当理由大量反复申清", "applications.not_processed.mass_repeat"),
    ],
)
def test_typos_seen_are_bridged(text: str, key: str) -> None:
    match = vocabulary("3").find_row(text)
    assert match is not None
    assert match.line.key == key


@pytest.mark.parametrize(
    ("table", "text"),
    [
        ("3", "1.不属于国家秘密"),
        ("3", "2.其他法律行政法规允许公开"),
        ("3", "四、结转上年度继续办理"),
        ("3", "一、去年新收政府信息公开申请数量"),
        ("3", "一、本年新收政府信息公开申请数量（去年）"),
        ("3", "1.本机关掌握相关政府信息"),
        ("3", "2.有现成信息需要另行制作"),
        ("3", "4.有正当理由大量反复申请"),
        ("2", "行政规范性文件备案数"),
        ("2", "委托行政许可"),
        ("3", "2.其他法律行政法规禁止公开 145"),  # two cells in one
    ],
)
def test_a_label_of_another_meaning_is_no_typo(table: str, text: str) -> None:
    assert vocabulary(table).find_row(text) is None


@pytest.mark.parametrize(
    "text", ["", " ", "0", "12", "（三）不予公开", "三、本年度办理结果", "信息内容", "小计", "領导信息"]
)
def test_what_is_no_row_finds_none(text: str) -> None:
    assert vocabulary("3").find_row(text) is None


@pytest.mark.parametrize("form", ["2014", "2019", "2021"])
def test_a_form_is_the_catalogue_cell_by_cell(form: str) -> None:
    catalogue = [cell for cell in cell_catalogue() if cell.form == form]
    assert sorted(catalogue, key=lambda cell: cell.code) == sorted(load_form(form).cells(), key=lambda cell: cell.code)


def test_the_catalogue_names_a_cell_once_per_form() -> None:
    named = [(cell.code, cell.form) for cell in cell_catalogue()]
    assert len(named) == len(set(named))


def test_forms_by_year() -> None:
    in_force = {year: form_for_year(year) for year in (2013, 2014, 2018, 2019, 2020, 2021, 2030)}
    assert {year: form.form for year, form in in_force.items() if form} == {
        2014: "2014",
        2018: "2014",
        2019: "2019",
        2020: "2019",
        2021: "2021",
        2030: "2021",
    }


def test_columns_of_table_4_are_in_printed_order() -> None:
    [order] = column_orders("4")
    assert order[:2] == ("review.upheld", "review.corrected")
    assert (order[5], order[-1], len(order)) == ("lawsuit_direct.upheld", "lawsuit_after_review.total", 15)


def test_a_cell_is_known_by_the_form_of_its_column() -> None:
    words = vocabulary("2")
    assert words.has_cell("fees.amount", frozenset({"2021"}))
    assert not words.has_cell("fees.amount", frozenset({"2019"}))
    assert not words.has_cell("fees.decisions", frozenset())


@pytest.mark.parametrize(
    ("header", "unit"),
    [
        ("本年收费金额（单位：万元）", "万元"),
        ("采购总金额（元）", "元"),
        ("本年收费金额", None),
        ("处理决定数量", None),
    ],
)
def test_units_of_headers(header: str, unit: str | None) -> None:
    assert printed_unit(header) == unit


def test_labels_are_brought_to_one_spelling() -> None:
    assert squash("商 业\n企\u3000业") == "商业企业"
    assert label_key("（六）1.重复申请") == label_key("２．重复申请") == "重复申请"
    assert label_key("自然人(rén)") == "自然人"
    assert label_key("⼯作") == "工作"
    assert (numbering("（六）2、重复申请"), numbering("重复申请")) == ("2", None)


def test_lines_that_are_no_labels() -> None:
    assert is_rubric("第二十条第（一）项")
    assert is_rubric("二十条 第(八)项")
    assert not is_rubric("第二十条规定的应当主动公开的政府信息")
    assert is_corner_note("（本列数据的钩稽关系为：第一项加第二项之和，等于第三项加第四项之和）")
    assert is_page_number("— 3 —")
    assert not is_page_number("2023")
