"""Tables of mixed and odd forms: read right, or with a word on what is missing or doubtful."""

from dataclasses import replace

import pytest
from test_damaged_tables import _paragraph_texts, page, printed_report, text_rows, wrong_figures

from extract import Report, read_bytes
from extract.report import Number
from simulator.render import html_table
from simulator.reports import HEADINGS, SimulatedReport
from simulator.tables import PrintedCell, Table, tables
from validate import check

NEW = printed_report("2021", set(), single_other=False)
OLD = printed_report("2019", set(), single_other=True)
OUTCOMES = ("结果维持", "结果纠正", "其他结果", "尚未审结", "总计")


def laid_out(report: SimulatedReport, **changed: Table | str) -> dict[str, str]:
    """Section number to markup; ``table_2`` and so on stand in the place of the report's own tables."""
    parts = {number: html_table(table) for number, table in tables(report).items()}
    given = {name[-1]: t if isinstance(t, str) else html_table(t) for name, t in changed.items()}
    return parts | given


def read(report: SimulatedReport, **changed: Table | str) -> Report:
    [found] = read_bytes(page(laid_out(report, **changed)), "odd")
    assert wrong_figures(found, report) == {}
    return found


def rules(report: Report) -> set[str]:
    return {finding.rule for finding in check(report)}


def relabelled(table: Table, texts: dict[str, str]) -> Table:
    return [[c if c.code else replace(c, text=texts.get(c.text, c.text)) for c in row] for row in table]


def refilled(table: Table, texts: dict[str, str]) -> Table:
    return [[replace(c, text=texts[c.code]) if c.code in texts else c for c in row] for row in table]


def test_headers_of_2019_over_rows_of_2021() -> None:
    old_headers = {"本年制发件数": "本年新制作数量", "本年废止件数": "本年新公开数量", "现行有效件数": "对外公开总数量"}
    report = read(NEW, table_2=relabelled(tables(NEW)["2"], old_headers))
    assert (report.form, report.status) == ("2021", "partial")
    [mixed] = [f for f in report.findings if f.rule == "form.mixed"]
    assert set(mixed.codes) == {f"{row}.{c}" for row in ("rules", "normative") for c in ("disclosed", "public_total")}
    missing = {code for f in check(report) if f.rule == "form.missing_cells" for code in f.codes}
    assert missing == {f"{row}.{c}" for row in ("rules", "normative") for c in ("repealed", "in_force")}


def test_table_2_of_2019_beside_table_3_of_2021() -> None:
    [report] = read_bytes(page(laid_out(NEW, table_2=tables(OLD)["2"])), "odd")
    assert report.form == "2019"
    assert "form.mixed" in rules(report)
    assert "form.missing_cells" not in rules(report)  # the three rows of （六） stand for the one of 2019
    assert report.figures["procurement.amount"] == OLD.figures["procurement.amount"]


def test_the_form_of_2019_printed_in_2022() -> None:
    report = read(OLD)
    assert (report.form, report.year, report.status) == ("2019", 2022, "complete")
    assert "form.year" in rules(report)


def test_a_row_that_the_form_has_not() -> None:
    table = tables(OLD)["2"]
    at = next(number for number, row in enumerate(table) if row[0].text == "规范性文件")
    extra = [PrintedCell("其他主动公开文件"), *(PrintedCell(text) for text in "789")]
    report = read(OLD, table_2=[*table[: at + 1], extra, *table[at + 1 :]])
    assert report.figures == dict(OLD.figures)
    assert [f.subject for f in report.findings if f.rule == "form.unknown_row"] == ["2:其他主动公开文件:7、8、9"]


def test_two_columns_cut_to_the_same_label() -> None:
    cut = {"本年新制作数量": "本年新", "本年新公开数量": "本年新"}
    report = read(OLD, table_2=relabelled(tables(OLD)["2"], cut))
    assert report.figures == dict(OLD.figures)
    assert set(report.unsure) == {f"{row}.{c}" for row in ("rules", "normative") for c in ("made", "disclosed")}


@pytest.mark.parametrize(("place", "key"), [((1, 0), "natural"), ((1, 2), "total"), ((2, 3), "legal")])
def test_a_column_without_a_label_is_told_by_those_beside_it(place: tuple[int, int], key: str) -> None:
    table = [list(row) for row in tables(NEW)["3"]]
    table[place[0]][place[1]] = replace(table[place[0]][place[1]], text="")
    report = read(NEW, table_3=table)
    assert report.figures == dict(NEW.figures)
    assert {code.rpartition(".")[2] for code in report.unsure} == {key}
    assert report.status == "partial"


@pytest.mark.parametrize(
    "texts",
    [
        {"社会公益组织": "社会公益组", "法律服务机构": "法律服务机", "其他": "其它"},
        {"本年制发件数": "本年发件", "现行有效件数": "现行有效件"},
        {"本年制发件数": "制发件数", "现行有效件数": "有效件数"},
        {"结果维持": "维持", "结果纠正": "纠正", "其他结果": "其他", "尚未审结": "未审结"},
    ],
)
def test_labels_cut_where_only_one_can_be_meant(texts: dict[str, str]) -> None:
    changed = {f"table_{number}": relabelled(table, texts) for number, table in tables(NEW).items()}
    report = read(NEW, **changed)
    assert (report.figures, report.status) == (dict(NEW.figures), "complete")


def test_columns_in_another_order() -> None:
    table = [[row[0], *reversed(row[1:])] if len(row) == 4 else row for row in tables(NEW)["2"]]
    report = read(NEW, table_2=table)
    assert (report.figures, report.status) == (dict(NEW.figures), "complete")


HEADS = tables(NEW)["3"][:3]
KINDS = HEADS[2]


@pytest.mark.parametrize(
    "heads",
    [
        [[replace(HEADS[0][0], row_span=1), HEADS[1][0], *KINDS, HEADS[1][2]]],
        [[replace(HEADS[0][0], row_span=2), *HEADS[1]], KINDS],
        [[HEADS[0][0], PrintedCell("申请人情况", 1, 6), PrintedCell("总计", 3)], HEADS[1][:2], KINDS],
        [HEADS[0], [HEADS[1][0], PrintedCell("法人或其他组织", 1, 6)], [*KINDS, PrintedCell("总计")]],
        [HEADS[0], [HEADS[1][0], PrintedCell("法人或其他组织", 1, 6)], [*KINDS, PrintedCell("合计")]],
    ],
    ids=["one row", "two rows", "total apart", "total among the kinds", "another word"],
)  # fmt: skip
def test_heads_merged_in_another_way(heads: Table) -> None:
    if len(heads[0]) == 8:
        heads = [[replace(cell, row_span=1) for cell in heads[0]]]
    report = read(NEW, table_3=[*heads, *tables(NEW)["3"][3:]])
    assert (report.figures, report.status) == (dict(NEW.figures), "complete")


def challenge_heads(*groups: tuple[str, int]) -> Table:
    return [
        [PrintedCell(text, 1, 5 * span) for text, span in groups],
        [PrintedCell(o) for _ in range(3) for o in OUTCOMES],
    ]


FIGURES_OF_4 = tables(NEW)["4"][3]
GROUPS = [PrintedCell(text, 1, 5) for text in ("行政复议", "未经复议直接起诉", "复议后起诉")]
THREE = [GROUPS, [PrintedCell(outcome) for _ in GROUPS for outcome in OUTCOMES]]
IN_THREE = [[[group], THREE[1][:5], FIGURES_OF_4[5 * n : 5 * n + 5]] for n, group in enumerate(GROUPS)]


@pytest.mark.parametrize(
    "table",
    [
        [*THREE, FIGURES_OF_4],
        [[PrintedCell("项目"), *THREE[0]], [PrintedCell(""), *THREE[1]], [PrintedCell("件数"), *FIGURES_OF_4]],
        "".join(map(html_table, IN_THREE)),
    ],
    ids=["without 行政诉讼", "with a label", "in three"],
)  # fmt: skip
def test_table_4_laid_out_otherwise(table: Table | str) -> None:
    report = read(NEW, table_4=table)
    assert (report.figures, report.status) == (dict(NEW.figures), "complete")


def test_a_label_that_names_another_year_is_not_passed_over() -> None:
    table = [[PrintedCell("项目"), *THREE[0]], [PrintedCell(""), *THREE[1]], [PrintedCell("上年"), *FIGURES_OF_4]]
    assert not any(code.startswith("review") for code in read(NEW, table_4=table).cells)


AMOUNTS: dict[str, tuple[str, Number]] = {
    "procurement.amount": ("1276.5534万元", 12765534),
    "permits.items_change": ("增10", 10),
    "services.items_change": ("减少22", -22),
    "penalties.items_change": ("0/0", 0),
    "coercion.items_change": ("-417", -417),
    "fees.items_change": ("+3", 3),
    "rules.made": ("1,113", 1113),
    "normative.made": ("12件", 12),
}


def test_signs_units_and_commas_in_cells() -> None:
    texts = {code: text for code, (text, _) in AMOUNTS.items()}
    [report] = read_bytes(page(laid_out(OLD, table_2=refilled(tables(OLD)["2"], texts))), "odd")
    assert {code: report.figures[code] for code in AMOUNTS} == {code: value for code, (_, value) in AMOUNTS.items()}
    assert report.unsure == []


@pytest.mark.parametrize("text", ["增", "增10%", "增2减1", "持平", "↑3"])
def test_changes_that_are_no_number(text: str) -> None:
    table = refilled(tables(OLD)["2"], {"permits.items_change": text})
    [report] = read_bytes(page(laid_out(OLD, table_2=table)), "odd")
    assert report.cells["permits.items_change"].value is None
    assert report.unsure == ["permits.items_change"]


def test_all_cells_blank_are_blank_and_told() -> None:
    empty = {
        f"table_{n}": [[replace(c, text="") if c.code else c for c in row] for row in table]
        for n, table in tables(NEW).items()
    }
    [report] = read_bytes(page(laid_out(NEW, **empty)), "odd")
    assert set(report.figures.values()) == {None}
    assert len(report.figures) == len(NEW.figures)
    assert "form.blank" in rules(report)
    some = refilled(empty["table_4"], {"review.total": "0"})
    assert "form.blank" not in rules(read_bytes(page(laid_out(NEW, **{**empty, "table_4": some})), "odd")[0])


def test_a_table_printed_again_after_a_correction() -> None:
    corrected = refilled(tables(NEW)["3"], {"applications.granted.total": "999"})
    again = html_table(tables(NEW)["3"]) + "<p>更正后：</p>" + html_table(corrected)
    report = read(NEW, table_3=again)
    assert report.unsure == ["applications.granted.total"]
    assert [f.codes for f in report.findings if f.rule == "form.printed_twice"] == [("applications.granted.total",)]
    assert read(NEW, table_3=html_table(tables(NEW)["3"]) * 2).status == "complete"


# Characters of the forms' labels that differ; 資訊, 檔案 and 專案 are Taiwan's words.
TRADITIONAL = str.maketrans(
    "废发规范项对总数据归为东务无结转办认农执处审关会场组织机构业声说请职责纠维诉讼复议类种个实现开继续费",
    "廢發規範項對總數據歸為東務無結轉辦認農執處審關會場組織機構業聲說請職責糾維訴訟復議類種個實現開繼續費",
)


@pytest.mark.parametrize("source", [NEW, OLD], ids=["2021", "2019"])
def test_labels_in_traditional_characters(source: SimulatedReport) -> None:
    words = {"信息": "資訊", "规范性文件": "规范性檔案", "项目": "專案"}
    body = page(laid_out(source)).decode()
    for word, other in words.items():
        body = body.replace(word, other)
    [report] = read_bytes(body.translate(TRADITIONAL).encode(), "traditional")
    assert (report.figures, report.status) == (dict(source.figures), "complete")


@pytest.mark.parametrize("hint", ["(shù)", "（xiàn）"])
def test_pinyin_hints_in_labels(hint: str) -> None:
    body = page(laid_out(NEW)).decode()
    for character in "数现结务":
        body = body.replace(character, character + hint)
    [report] = read_bytes(body.encode(), "hints")
    assert (report.figures, report.status) == (dict(NEW.figures), "complete")


def text_of(form: str) -> bytes:
    """The report as text: a Markdown table, framed bars, or a cell a line with a bar behind it."""
    lines = ["东河县人民政府2022年政府信息公开工作年度报告"]
    for number, heading in enumerate(HEADINGS, start=1):
        lines.append(heading)
        table = tables(NEW).get(str(number))
        if table is None:
            continue
        if form == "lone bars":
            lines += [f"{text}|" for text in _paragraph_texts(table)]
            continue
        rows = [f"| {' | '.join(row)} |" for row in text_rows(table)]
        lines += [rows[0], "|" + " --- |" * len(text_rows(table)[0]), *rows[1:]] if form == "Markdown" else rows
    return "\n".join(lines).encode()


@pytest.mark.parametrize("form", ["Markdown", "framed bars", "lone bars"])
def test_bars_in_text(form: str) -> None:
    [report] = read_bytes(text_of(form), "bars")
    assert (report.figures, report.unsure) == (dict(NEW.figures), [])


def test_cells_glued_together_are_missing_not_guessed() -> None:
    glued = "<p>信息内容本年制发件数本年废止件数现行有效件数规章000行政规范性文件000</p>"
    report = read(NEW, table_2=glued)
    assert not any(code.startswith(("rules", "normative")) for code in report.cells)
    assert "form.missing_table" in rules(report)


def test_two_reports_on_one_page_keep_apart() -> None:
    one, two = page(laid_out(NEW)).decode(), page(laid_out(OLD)).decode()
    body = one.replace("</div></body></html>", "") + two.partition("<body><div>")[2]
    first, second = read_bytes(body.encode(), "two")
    assert (first.form, second.form) == ("2021", "2019")
    assert (first.figures, second.figures) == (dict(NEW.figures), dict(OLD.figures))


def test_a_title_with_the_word_of_taiwan() -> None:
    body = page(laid_out(NEW)).decode().replace("信息", "資訊")
    [report] = read_bytes(body.encode(), "title")
    assert (report.agency, report.year) == ("东河县人民政府", 2022)
