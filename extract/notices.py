"""What reading notices about a document, worded for a clerk: the ``form.*`` findings that need the document itself."""

from collections.abc import Sequence

from extract.report import Finding, Number, Quantity

_TABLES_EN = {
    "2": "table 2 (disclosure)",
    "3": "table 3 (applications)",
    "4": "table 4 (reconsiderations, lawsuits)",
    "stat": "the statistics form",
}
_TABLES_ZH = {"2": "表二（主动公开）", "3": "表三（依申请公开）", "4": "表四（复议、诉讼）", "stat": "统计表"}
_SHOWN = 5


def _one_line(text: str) -> str:
    return " ".join(text.split())[:60]


def unknown_row(table: str, label: str, values: Sequence[str]) -> Finding:
    """A row with figures whose label is not the form's: its figures are left out, not guessed."""
    printed = "、".join(v for v in values if v) or "—"
    return Finding(
        "form.unknown_row",
        "warning",
        f"{_TABLES_ZH[table]}中“{_one_line(label)}”一行不在规定格式之内，该行数字（{printed}）未录入。",
        f"{_TABLES_EN[table]}: the row “{_one_line(label)}” is not the form's; its figures ({printed}) were left out.",
        subject=f"{table}:{_one_line(label)}:{printed}",
    )


def unknown_column(table: str, header: str, values: Sequence[str] = ()) -> Finding:
    """A column whose header is not the form's (or is lost): its figures are left out."""
    printed = "、".join(v for v in values if v) or "—"
    name_zh = f"“{_one_line(header)}”一列" if header.strip() else "有一列没有列名，"
    name_en = f"the column “{_one_line(header)}”" if header.strip() else "a column without a header"
    return Finding(
        "form.unknown_column",
        "warning",
        f"{_TABLES_ZH[table]}中{name_zh}无法与规定格式对应，该列数字（{printed}）未录入。",
        f"{_TABLES_EN[table]}: {name_en} matches no column of the form; its figures ({printed}) were left out.",
        subject=f"{table}:{_one_line(header)}:{printed}",
    )


def continuation_lost(table: str) -> Finding:
    """A table goes on without its header and with other columns than the part above."""
    return Finding(
        "form.unknown_column",
        "warning",
        f"{_TABLES_ZH[table]}的续表没有表头，列数也与上文不同，续表数字未录入。",
        f"{_TABLES_EN[table]} goes on without a header and with other columns than above; those figures were left out.",
        subject=f"{table}:continuation",
    )


def bridged_label(table: str, printed: str, label: str, codes: Sequence[str]) -> Finding:
    """A label with a typo that can only mean one row."""
    return Finding(
        "form.label",
        "info",
        f"{_TABLES_ZH[table]}中“{_one_line(printed)}”按“{label}”录入（名称与规定格式有出入）。",
        f"{_TABLES_EN[table]}: “{_one_line(printed)}” was read as “{label}” (the label differs from the form's).",
        tuple(codes),
        subject=_one_line(printed),
    )


def group_conflict(label: str, group: str, codes: Sequence[str]) -> Finding:
    """A row stands under a group that the form does not put it in."""
    return Finding(
        "form.group",
        "warning",
        f"“{_one_line(label)}”印在“{group}”之下，与规定格式不符，该行数字存疑。",
        f"“{_one_line(label)}” is printed under “{group}”, not where the form has it; its figures are unsure.",
        tuple(codes),
        subject=group,
    )


def uncertain_row(label: str, codes: Sequence[str]) -> Finding:
    """A row whose cells do not line up with the header."""
    return Finding(
        "form.row_alignment",
        "warning",
        f"“{_one_line(label)}”一行的单元格与表头对不齐，该行数字存疑。",
        f"The cells of “{_one_line(label)}” do not line up with the header; its figures are marked unsure.",
        tuple(codes),
        subject=_one_line(label),
    )


def slipped_labels(codes: Sequence[str]) -> Finding:
    """Headings of the statistics form carry figures, and indicators the dashes of headings."""
    return Finding(
        "form.row_alignment",
        "warning",
        "统计表的标题行印有数字，而指标行印有横线，名称与数字可能错行，全表数字存疑。",
        "Headings of the statistics form carry figures and indicators dashes: labels may stand beside other rows'"
        " figures; all are unsure.",
        tuple(codes),
        subject="slipped labels",
    )


def torn_row(codes: Sequence[str]) -> Finding:
    """A row next to figures without a label, which may be its own."""
    return Finding(
        "form.row_alignment",
        "warning",
        "相邻一行有数字却无名称，可能错行，该行数字存疑。",
        "Figures without a label stand next to this row: they may be its own.",
        tuple(codes),
        subject="torn row",
    )


def not_a_number(code: str, label: str, raw: str) -> Finding:
    """Text, a percentage or a date where a number belongs."""
    return Finding(
        "form.not_a_number",
        "warning",
        f"“{_one_line(label)}”应填数字处印为“{_one_line(raw)}”，未录入数值。",
        f"“{_one_line(label)}”: “{_one_line(raw)}” is printed where a number belongs; no value was taken.",
        (code,),
        subject=_one_line(raw),
    )


def doubtful_number(code: str, label: str, raw: str, value: Number | None) -> Finding:
    """A number that may not be what it looks like."""
    return Finding(
        "form.doubtful_number",
        "warning",
        f"“{_one_line(label)}”印为“{_one_line(raw)}”，读作 {value}，存疑，请核对原件。",
        f"“{_one_line(label)}”: “{_one_line(raw)}” was read as {value}, but not with certainty; compare the source.",
        (code,),
        actual=value,
        subject=_one_line(raw),
    )


def other_unit(code: str, printed: str, unit: str, raw: str, value: Number) -> Finding:
    """An amount printed in another unit than the form's, converted."""
    return Finding(
        "form.unit",
        "info",
        f"“{_one_line(raw)}”以{printed}印出，已折合为 {value} {unit}。",
        f"“{_one_line(raw)}” is printed in {printed} and was converted to {value} {unit}.",
        (code,),
        actual=value,
        subject=_one_line(raw),
    )


def printed_twice(code: str, first: Number | None, second: Number | None) -> Finding:
    """The same cell is printed twice with different figures."""
    return Finding(
        "form.printed_twice",
        "warning",
        f"同一单元格（{code}）印了两次且数字不同：{_shown(first)}、{_shown(second)}，存疑。",
        f"The same cell ({code}) is printed twice with different figures: {_shown(first)} and {_shown(second)}.",
        (code,),
        expected=first,
        actual=second,
    )


def other_year(years: Sequence[int], codes: Sequence[str]) -> Finding:
    """A table captioned with another year than the report's: it may be the table of an older report."""
    named = "、".join(str(year) for year in years)
    return Finding(
        "form.other_year",
        "warning",
        f"表格上方写明{named}年，与报告年度不符，该表数字存疑，请核对是否为往年数据。",
        f"The line above the table names {named}, not the report's year: its figures are unsure, maybe of that year.",
        tuple(codes),
        subject=named,
    )


def mixed_forms(disclosure: str, applications: str) -> Finding:
    """Tables of two different forms in one report."""
    return Finding(
        "form.mixed",
        "warning",
        f"表二用 {disclosure} 年格式，表三用 {applications} 年格式，前后不一。",
        f"Table 2 uses the form of {disclosure}, table 3 that of {applications}.",
    )


def all_blank() -> Finding:
    """Every cell of every table is blank: agencies print 0 where there is nothing, so the figures may be lost."""
    return Finding(
        "form.blank",
        "warning",
        "所有表格的单元格均为空白，请核对原件是否另以图片或附件给出数字。",
        "Every cell of the tables is blank: see whether the figures stand in a picture or an attachment.",
    )


def foreign_cells(form: str, codes: Sequence[str]) -> Finding:
    """Cells that the form of the report does not print: headers of one form over rows of another."""
    return Finding(
        "form.mixed",
        "warning",
        f"报告用 {form} 年格式，但有 {len(codes)} 格的列名或行名属于另一格式，请核对这些数字的含义。",
        f"The report is on the form of {form}, but {len(codes)} cells stand under labels of another form: check what"
        " their figures count.",
        tuple(codes),
        subject="cells",
    )


def indicators_beside(codes: Sequence[str]) -> Finding:
    """A table of the form of 2014 beside tables of a later form."""
    return Finding(
        "form.mixed",
        "warning",
        "报告中既有 2014 年格式的统计表，又有 2019 年以后格式的表格，前后不一。",
        "The report has a table of the form of 2014 beside tables of a later form.",
        tuple(codes),
    )


def no_whole_column(headers: Sequence[str]) -> Finding:
    """A statistics form with several columns of figures, none of which is the year's own whole figure."""
    named = "、".join(_one_line(header) or "—" for header in headers)
    return Finding(
        "form.unknown_column",
        "warning",
        f"统计表的数字列（{named}）中无法确定哪一列是本单位全年数，各列数字仅作为其他数量保存，未录入指标。",
        f"None of the columns of the statistics form ({named}) is plainly the year's whole figure: all are kept as"
        " quantities only.",
        subject=f"stat:{named}",
    )


def beside_the_form(quantities: Sequence[Quantity]) -> Finding:
    """Figures in rows or columns that the statistics form does not have."""
    zh, en = _some_quantities(quantities)
    return Finding(
        "form.quantities",
        "info",
        f"统计表中有 {len(quantities)} 个数字不在规定格式之内，作为其他数量保存：{zh}。",
        f"{len(quantities)} figures of the statistics form are not the form's and are kept as quantities: {en}.",
        subject="beside the form",
    )


def local_table(quantities: Sequence[Quantity]) -> Finding:
    """A table of a place's own, as before the form of 2014."""
    zh, en = _some_quantities(quantities)
    return Finding(
        "form.quantities",
        "info",
        f"本表为地方自定的统计表，{len(quantities)} 个数字按原样作为其他数量保存，不与全国统一格式对应：{zh}。",
        f"A table of the place's own: its {len(quantities)} figures are kept as printed, as quantities: {en}.",
        subject=f"local table:{quantities[0].locator}",
    )


def _some_quantities(quantities: Sequence[Quantity]) -> tuple[str, str]:
    shown = [f"{_one_line(q.row_label.rpartition('/')[2])} {_one_line(q.raw)}" for q in quantities[:_SHOWN]]
    more = len(quantities) > _SHOWN
    return "、".join(shown) + ("等" if more else ""), "; ".join(shown) + ("; …" if more else "")


def other_count_units(printed: Sequence[tuple[str, str, str]]) -> Finding:
    """Rows that count in another unit than the form's (篇 for 条): the numbers are taken as they stand."""
    zh = "、".join(f"{code}：{own}（应为{unit}）" for code, own, unit in printed[:_SHOWN])
    en = "; ".join(f"{code}: {own} (form: {unit})" for code, own, unit in printed[:_SHOWN])
    return Finding(
        "form.unit",
        "info",
        f"{len(printed)} 行的计量单位与规定格式不同，数字照录：{zh}。",
        f"{len(printed)} rows state another unit than the form's; the numbers are as printed: {en}.",
        tuple(code for code, _, _ in printed),
        subject="other count",
    )


def _shown(value: Number | None) -> str:
    return "空白" if value is None else str(value)
