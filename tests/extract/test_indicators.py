"""The form of 2014: its 58 indicators in every layout, and local tables that must not pass for it."""

import random
from collections.abc import Callable

import pytest
from indicator_pages import CAPTION, FIGURES, HEADER, ROWS, TITLE, Lines, is_heading, lines, page, table, wrong

from extract import Report, UnreadableFile, read_bytes
from extract.indicator_labels import find_indicators, find_mistyped, find_part, noted_unit
from simulator import shapes_office, shapes_web
from simulator.pdf import layout_pdf
from simulator.printed import Part, PrintedReport
from simulator.tables import PrintedCell
from validate import check


def read(*rows_of_tables: Lines, **options: str) -> Report:
    [report] = read_bytes(page(*map(table, rows_of_tables), **options), "indicators")
    return report


def rules(report: Report) -> set[str]:
    return {finding.rule for finding in check(report)}


def test_every_label_and_variant_names_its_indicator() -> None:
    for row in ROWS:
        for spelling in (row.label, *row.variants):
            assert row.key in {indicator.code for indicator in find_indicators(spelling)}, spelling


@pytest.mark.parametrize(
    ("label", "code"),
    [
        ("1.其中：涉及国家秘密", "stat.replies.refused.state_secret"),
        ("（四）收到申請數", "stat.requests.received"),
        ("主動公開政府資訊數", "stat.proactive.items"),
        ("当面申请", "stat.requests.in_person"),
        ("五、行政诉讼数量（件）", "stat.lawsuit.total"),
        ("专职人员數(shù)", "stat.capacity.staff_full_time"),
    ],
)
def test_spellings_of_labels(label: str, code: str) -> None:
    assert [indicator.code for indicator in find_indicators(label)] == [code]


def test_labels_that_need_their_part_or_mean_something_else() -> None:
    assert [i.code for i in find_indicators("其他情形数")] == ["stat.review.other", "stat.lawsuit.other"]
    assert find_indicators("不予公开答复数") == ()
    mistyped = find_mistyped("4.政务微信公幵政府信息数")
    assert mistyped is None  # 微信 and 微博 differ by one character: too near
    mistyped = find_mistyped("属于已主动公幵范围数")
    assert mistyped is not None
    assert mistyped.code == "stat.replies.already_public"
    assert find_mistyped("不属于已主动公开范围数") is None
    assert find_part("九、政府信息公开会议和培训情况") == find_part("政府信息公开会议和培训情况")
    assert noted_unit("七、收取的费用（单位：万元）") == "万元"


def test_the_whole_form() -> None:
    report = read([HEADER, *lines()])
    assert report.figures == FIGURES
    assert (report.form, report.status, report.unsure, report.quantities) == ("2014", "complete", [], [])
    assert not {rule for rule in rules(report) if rule.startswith("form.")}


def test_nought_blank_and_missing_are_three_things() -> None:
    rows = lines({"stat.review.total": "0", "stat.review.upheld": "", "stat.review.corrected": "/"})
    rows = [row for row in rows if not row[0].startswith("六、")]
    report = read([HEADER, *rows])
    shown = {code: (f.value, f.status) for code, f in report.cells.items() if code.startswith("stat.review.")}
    assert shown["stat.review.total"] == (0, "reported")
    assert shown["stat.review.upheld"] == shown["stat.review.corrected"] == (None, "blank")
    assert "stat.complaints.total" not in report.cells
    assert report.status == "partial"
    assert [f.codes for f in check(report) if f.rule == "form.missing_cells"] == [("stat.complaints.total",)]


def with_columns(headers: tuple[str, ...], *columns: Callable[[str], str]) -> Lines:
    """The table with these columns of figures, each made from the true number."""
    body = [(label, unit, *(c(text) if text.isdigit() else text for c in columns)) for label, unit, text in lines()]
    return [headers, *body]


def own(text: str) -> str:
    return text


def other(text: str) -> str:
    return f"{text}9"


@pytest.mark.parametrize(
    "rows",
    [
        with_columns(("指标", "单位", "2017年", "历年累计"), own, other),
        with_columns(("指标", "单位", "2016年", "2017年"), other, own),
        with_columns(("指标", "单位", "本期实际", "本年累计"), other, own),
        with_columns(("指标", "计量单位", "本年度", "上年度", "同比增减"), own, other, other),
        with_columns(("指标", "单位", "区政府", "区直单位", "乡镇街道", "合计"), other, other, other, own),
        with_columns(("指标", "单位", "数量", "备注"), own, lambda text: ""),
    ],
)
def test_the_column_of_the_years_own_whole_figure_is_taken(rows: Lines) -> None:
    report = read(rows)
    assert report.figures == FIGURES
    assert report.status == "complete"
    beside = len(rows[0]) - 3 if "备注" not in rows[0] else 0
    assert len(report.quantities) == beside * len(ROWS)
    assert all(quantity.column_label in rows[0] for quantity in report.quantities)


@pytest.mark.parametrize(
    "headers",
    [("指标", "单位", "区政府统计数", "区直单位统计数", "乡镇街道统计数"), ("指标", "单位", "数量", "数量", "备注1")],
)
def test_no_column_is_taken_where_none_is_plainly_the_whole(headers: tuple[str, ...]) -> None:
    report = read(with_columns(headers, own, other, other))
    assert report.figures == {}
    assert (report.form, report.status) == ("2014", "partial")
    assert {"form.unknown_column", "form.missing_table"} <= rules(report)
    assert [(q.column_label, q.value, q.unit) for q in report.quantities[:2]] == [
        (headers[2], 101, "条"),
        (headers[3], 1019, "条"),
    ]


def test_a_table_of_another_year_is_unsure() -> None:
    report = read(with_columns(("指标", "单位", "2016年"), own))
    assert set(report.unsure) == set(FIGURES)
    assert "form.other_year" in rules(report)
    report = read([HEADER, *lines()], caption="政府信息公开情况统计表（2016年度）")
    assert set(report.unsure) == set(FIGURES)


def test_two_halves_side_by_side() -> None:
    rows = lines()
    left, right = rows[:36], rows[36:]
    right += [("", "", "")] * (len(left) - len(right))
    both = [(*one, *two) for one, two in zip(left, right, strict=True)]
    report = read([(*HEADER, *HEADER), *both])
    assert (report.figures, report.status) == (FIGURES, "complete")


def test_a_table_over_three_pages() -> None:
    rows = lines()
    first, second, third = [HEADER, *rows[:20]], [HEADER, *rows[20:52]], rows[52:]
    wide = [("", *row) for row in third]  # the last page has lost its header, and is cut otherwise
    report = read(first, second, wide)
    assert (report.figures, report.status) == (FIGURES, "complete")


def test_labels_in_a_column_for_each_level() -> None:
    """The parts stand in a column of their own, merged over their rows, without numbering."""
    parts: dict[str, list[str]] = {}
    for row in ROWS:
        parts.setdefault((*row.path, row.label)[0], []).append(row.key)
    labels = {row.key: row for row in ROWS}
    body = ""
    for part, keys in parts.items():
        for key in keys:
            head = f'<td rowspan="{len(keys)}">{part[2:]}</td>' if key == keys[0] else ""
            text = labels[key].label.rpartition("）")[2] or labels[key].label
            body += f"<tr>{head}<td>{text}</td><td>{labels[key].unit}</td><td>{FIGURES[key]}</td></tr>"
    header = '<tr><td colspan="2">指标</td><td>单位</td><td>数量</td></tr>'
    [report] = read_bytes(page(f"<table>{header}{body}</table>"), "levels")
    assert (report.figures, report.unsure) == (FIGURES, [])


def test_units_are_those_of_the_row() -> None:
    printed = {
        "stat.fees_collected.amount": ("元", "14900"),
        "stat.capacity.budget": ("千元", "25"),
        "stat.proactive.items": ("万条", "1.5"),
        "stat.channel.website": ("篇", "105"),
        "stat.training.people": ("人", "158人"),
        "stat.requests.received": ("万元", "113"),
    }
    units = {row.label: row.key for row in ROWS}
    rows = [(label, *printed.get(units.get(label, ""), (unit, text))) for label, unit, text in lines()]
    report = read([HEADER, *rows])
    assert report.figures["stat.fees_collected.amount"] == 1.49
    assert report.figures["stat.capacity.budget"] == 2.5
    assert report.figures["stat.proactive.items"] == 15000
    assert report.figures["stat.training.people"] == 158
    assert report.unsure == ["stat.requests.received"]
    converted = [f.codes for f in report.findings if f.rule == "form.unit" and len(f.codes) == 1]
    assert sorted(converted) == [
        ("stat.capacity.budget",),
        ("stat.fees_collected.amount",),
        ("stat.proactive.items",),
    ]
    [drift] = [f for f in report.findings if f.rule == "form.unit" and len(f.codes) > 1]
    assert set(drift.codes) == {"stat.channel.website", "stat.training.people", "stat.requests.received"}


def test_rows_that_the_form_has_not_are_quantities() -> None:
    rows = lines()
    extra = [("其中：机构领导人事", "条", "5"), ("十、宣传情况", "—", "—"), ("（一）其他情形数", "次", "1,003")]
    rows = [*rows[:4], extra[0], *rows[4:], *extra[1:]]
    rows = [(a, b, "483") if a.startswith("（二）通过不同渠道和方式公开") else (a, b, c) for a, b, c in rows]
    report = read([HEADER, *rows])
    assert (report.figures, report.status) == (FIGURES, "complete")
    assert [(q.row_label.rpartition("/")[2], q.unit, q.value) for q in report.quantities] == [
        ("其中：机构领导人事", "条", 5),
        ("（二）通过不同渠道和方式公开政府信息的情况", "", 483),
        ("（一）其他情形数", "次", 1003),
    ]
    assert report.quantities[2].row_label == "十、宣传情况/（一）其他情形数"
    assert "form.quantities" in rules(report)


LOCAL: Lines = [
    ("指标", "计量单位", "代码", "本期实际", "本年累计"),
    ("主动公开信息数", "条", "01", "12", "52"),
    ("其中：全文电子化", "条", "02", "12", "50"),
    ("新增的行政规范性文件数", "条", "03", "", "2"),
    ("申请总数", "条", "10", "3", "9"),
    ("当面申请", "条", "11", "1", "2"),
    ("传真申请", "条", "12", "0", "0"),
    ("对申请的答复总数", "条", "17", "3", "9"),
    ("否决公开答复总数", "条", "20", "0", "1"),
    ("免予公开范围1", "条", "24", "0", "1"),
    ("行政复议", "件", "32", "0", "0"),
    ("收取费用总数", "元", "36", "0", "38.5"),
]


@pytest.mark.parametrize("year", [2011, 2014])
def test_a_local_table_is_kept_as_quantities_only(year: int) -> None:
    report = read(LOCAL, title=f"东河县人民政府{year}年政府信息公开工作年度报告", caption="附表")
    assert (report.form, report.figures, report.status) == ("2008", {}, "partial")
    yearly = {
        q.row_label.rpartition("/")[2]: (q.value, q.unit) for q in report.quantities if q.column_label == "本年累计"
    }
    assert yearly["收取费用总数"] == (38.5, "元")
    assert yearly["其中：全文电子化"] == (50, "条")
    assert len(report.quantities) == 22
    [blank] = [q for q in report.quantities if q.value is None]
    assert (blank.row_label, blank.raw) == ("新增的行政规范性文件数", "")
    assert ("form.year" in rules(report)) == (year == 2014)


def test_a_short_table_before_2014_is_local_even_where_its_labels_are_the_forms() -> None:
    rows = [HEADER, *(line for line in lines()[16:30] if not is_heading(line))]
    assert read(rows, caption="附表").form == "2014"
    early = read(rows, title=TITLE.replace("2017", "2012"), caption="附表")
    assert (early.form, early.figures) == ("2008", {})


def test_a_local_table_does_not_make_a_report_of_any_page() -> None:
    with pytest.raises(UnreadableFile):
        read_bytes(f"<html><body><p>统计</p>{table(LOCAL)}</body></html>".encode(), "statistics")


def test_a_form_of_2014_beside_later_tables() -> None:
    later = [
        ("信息内容", "本年制发件数", "本年废止件数", "现行有效件数"),
        ("规章", "0", "0", "0"),
        ("行政规范性文件", "3", "1", "9"),
    ]
    report = read(later, [HEADER, *lines()], title=TITLE.replace("2017", "2021"), caption="")
    assert report.form == "2021"
    assert report.figures["normative.in_force"] == 9
    assert report.figures["stat.review.other"] == FIGURES["stat.review.other"]
    assert "form.mixed" in rules(report)
    assert read(later, [HEADER, *lines()]).form == "2014"


Damage = Callable[[Lines, int], Lines]
DAMAGES: dict[str, Damage] = {
    "row lost": lambda rows, at: [*rows[:at], *rows[at + 1 :]],
    "two rows lost": lambda rows, at: [*rows[:at], *rows[at + 2 :]],
    "three rows lost": lambda rows, at: [*rows[:at], *rows[at + 3 :]],
    "row twice": lambda rows, at: [*rows[: at + 1], *rows[at:]],
    "label lost": lambda rows, at: [*rows[:at], ("", *rows[at][1:]), *rows[at + 1 :]],
    "label of the next": lambda rows, at: [*rows[:at], (rows[(at + 1) % len(rows)][0], *rows[at][1:]), *rows[at + 1 :]],
    "unit lost": lambda rows, at: [*rows[:at], (rows[at][0], rows[at][2]), *rows[at + 1 :]],
    "value lost": lambda rows, at: [*rows[:at], rows[at][:2], *rows[at + 1 :]],
    "blank put in": lambda rows, at: [*rows[:at], (rows[at][0], "", *rows[at][1:]), *rows[at + 1 :]],
    "merged": lambda rows, at: [*rows[:at], (f"{rows[at][0]} {rows[at][1]}", rows[at][2], ""), *rows[at + 1 :]],
    "typo": lambda rows, at: [*rows[:at], (rows[at][0][:4] + "口" + rows[at][0][5:], *rows[at][1:]), *rows[at + 1 :]],
    "torn": lambda rows, at: [*rows[:at], (*rows[at][:2], ""), ("", "", rows[at][2]), *rows[at + 1 :]],
    "torn above": lambda rows, at: [*rows[:at], ("", "", rows[at][2]), (*rows[at][:2], ""), *rows[at + 1 :]],
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_no_damage_makes_a_figure_wrong_in_silence(damage: str) -> None:
    rows = lines()
    challenges = range(44, 53)  # where labels recur
    for at in [*challenges, *range(3, len(rows), 9)]:
        report = read([HEADER, *DAMAGES[damage](rows, at)])
        assert wrong(report) == {}, rows[at]
        missing = FIGURES.keys() - report.cells.keys()
        assert (report.status == "complete") == (not missing and not report.unsure), rows[at]


def paragraphs(rows: Lines) -> str:
    return "".join(f"<p>{cell or '&nbsp;'}</p>" for row in rows for cell in row)


def test_a_cell_a_paragraph() -> None:
    rows = lines({"stat.review.upheld": "", "stat.training.people": "0"})
    [report] = read_bytes(page(paragraphs([HEADER, *rows]), "<p>以上数据由各单位报送。</p>"), "paragraphs")
    truth = FIGURES | {"stat.review.upheld": None, "stat.training.people": 0}
    assert (report.figures, report.status) == (truth, "complete")


@pytest.mark.parametrize("damage", ["unit lost", "value lost", "blank put in", "row lost", "label lost"])
def test_a_cell_a_paragraph_with_one_lost_or_too_many(damage: str) -> None:
    rows = lines()
    for at in range(2, len(rows), 7):
        [report] = read_bytes(page(paragraphs([HEADER, *DAMAGES[damage](rows, at)])), "paragraphs")
        assert wrong(report) == {}, rows[at]


@pytest.mark.parametrize("blank", [" ", ""], ids=["blanks", "glued"])
@pytest.mark.parametrize("head", [True, False], ids=["with header", "without"])
def test_a_row_a_line(blank: str, head: bool) -> None:
    printed = [blank.join(row) for row in lines({"stat.review.upheld": "/"})]
    body = [" ".join(HEADER), *printed] if head else printed
    text = "\n".join([TITLE, "一、概述", "全县政府信息公开工作有序推进。", *body, "（二）收到申请数 5 件，均已办结。"])
    [report] = read_bytes(text.encode(), "lines")
    assert report.figures == FIGURES | {"stat.review.upheld": None}
    assert report.status == "complete"


def test_a_row_a_line_with_several_figures() -> None:
    printed = ["指标 单位 2016年 2017年", *(f"{a} {b} {c}9 {c}" for a, b, c in lines() if c.isdigit())]
    [report] = read_bytes("\n".join([TITLE, *printed]).encode(), "lines")
    assert report.figures == FIGURES
    headless = read_bytes("\n".join([TITLE, *printed[1:]]).encode(), "lines")[0]
    assert headless.figures == {}
    assert "form.unknown_column" in rules(headless)


def test_sentences_about_indicators_are_no_table() -> None:
    sentences = [
        "收到申请数5件。",
        "申请办结数 5",
        "行政复议数量为0",
        "举报投诉数量：2",
        "兼职人员数3人",
        "专职人员数2人",
    ]
    with pytest.raises(UnreadableFile):
        read_bytes("\n".join([TITLE, "一、概述", *sentences]).encode(), "sentences")


def printed_2014(cut: int | None) -> PrintedReport:
    """The report as simulated pages, files and prints take it; the table cut above a row, or whole."""
    rows = [[PrintedCell(cell) for cell in row] for row in (HEADER, *lines())]
    pieces = (rows,) if cut is None else (rows[:cut], rows[cut:])
    return PrintedReport((TITLE,), (Part("一、概述", ("全县工作有序推进。",)), Part("附件", (CAPTION,), pieces)))


def pdf(layout: PrintedReport, rng: random.Random) -> shapes_web.Files:
    return [("report.pdf", layout_pdf(layout))]


@pytest.mark.parametrize("cut", [None, 30])
@pytest.mark.parametrize(
    "shape",
    [shapes_web.word, shapes_web.nested, shapes_web.tabs, shapes_office.word_file, shapes_office.workbook, pdf],
    ids=["word html", "nested", "tabs", "docx", "xlsx", "pdf"],
)
def test_the_form_in_every_format(shape: Callable[[PrintedReport, random.Random], shapes_web.Files], cut: int) -> None:
    for name, body in shape(printed_2014(cut), random.Random(cut)):
        [report] = read_bytes(body, name)
        assert (report.figures, report.status) == (FIGURES, "complete")


def test_labels_that_slipped_by_a_row_make_all_unsure() -> None:
    rows = lines()
    slipped = [(label, *rows[at - 1][1:]) for at, (label, _, _) in enumerate(rows) if at]
    report = read([HEADER, *slipped])
    assert wrong(report) == {}
    assert set(report.unsure) == report.cells.keys()
    assert "form.row_alignment" in rules(report)


def test_a_local_table_in_a_report_since_2019_stands_for_no_form() -> None:
    """Its official tables are elsewhere: in pictures or an attachment."""
    with pytest.raises(UnreadableFile, match="none of its tables"):
        read(LOCAL, title=TITLE.replace("2017", "2021"), caption="附表")


def test_two_tables_of_one_report_that_differ_are_both_doubted() -> None:
    """The organ's own and the whole area's, or a correction: which one is meant cannot be told."""
    whole = [(label, unit, f"{text}7" if text.isdigit() else text) for label, unit, text in lines()]
    [report] = read_bytes(page(table([HEADER, *lines()]), "<p>附表2：全县汇总</p>", table([HEADER, *whole])), "two")
    assert set(report.unsure) == set(FIGURES)
    assert read([HEADER, *lines()], [HEADER, *lines()]).status == "complete"
