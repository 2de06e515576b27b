"""Rules on the form: is it the right one, is all of it there, and was it read with certainty."""

from collections.abc import Iterator

from extract.forms import Form, FormBlock, FormTable, Line, cell_code, form_for_year, load_form
from extract.report import Finding, Report
from validate.arithmetic import OTHER, OTHER_PARTS
from validate.labels import Label, cell_label, column_label, row_label, table_label
from validate.registry import rule

_UNSURE_NAMED = 10

_FORM_ZH = "国办发〔2014〕32号统计表，国办公开办函〔2019〕60号、〔2021〕30号规定的年度报告格式"
_FORM_EN = (
    "The form of Guobanfa 〔2014〕32, and those of State Council General Office letters 〔2019〕60 and 〔2021〕30"
)


def _form(report: Report) -> Form | None:
    """The form that the report uses, None where it is unknown or older than the forms that are checked."""
    try:
        return load_form(report.form) if report.form is not None else None
    except KeyError:
        return None


def _warning(rule_id: str, message: Label, codes: tuple[str, ...] = ()) -> Finding:
    return Finding(rule_id, "warning", message.zh, message.en, codes)


@rule("form.unknown", severity="warning", ground_zh=_FORM_ZH, ground_en=_FORM_EN)
def form_is_known(report: Report) -> Iterator[Finding]:
    """The report uses an official form."""
    if report.form is None:
        yield _warning(
            "form.unknown",
            Label("未识别出官方格式的统计表。", "No table of an official form was recognised in this report."),
        )


@rule("form.year", severity="warning", ground_zh=_FORM_ZH, ground_en=_FORM_EN)
def form_is_in_force(report: Report) -> Iterator[Finding]:
    """The form used is the one in force for the report year."""
    if report.form is None or report.year is None:
        return
    in_force = form_for_year(report.year)
    if in_force is not None and in_force.form != report.form:
        yield _warning(
            "form.year",
            Label(
                f"{report.year} 年度应使用 {in_force.form} 年版格式（{in_force.issued_as}），"
                f"报告使用的是 {report.form} 年版。",
                f"For {report.year} the {in_force.form} form ({in_force.issued_as}) is in force; "
                f"the report uses the {report.form} form.",
            ),
        )
    elif in_force is None and _form(report) is not None:
        yield _warning(
            "form.year",
            Label(
                f"报告年度为 {report.year}，当时尚未发布 {report.form} 年版格式，请核对年度。",
                f"The report is for {report.year}, before the {report.form} form was issued; check the year.",
            ),
        )


@rule("form.missing_table", severity="warning", ground_zh=_FORM_ZH, ground_en=_FORM_EN)
def tables_are_there(report: Report) -> Iterator[Finding]:
    """Every table of the form is there; ``codes`` lists all its cells."""
    form = _form(report)
    for table in form.tables if form is not None else ():
        if _lacks(report, table):
            label = table_label(table)
            codes = tuple(
                cell_code(row, column)
                for block in table.blocks
                for row in _required_rows(report, block)
                for column in block.columns
            )
            message = Label(f"报告中没有找到{label.zh}。", f"{label.en} was not found in the report.")
            yield _warning("form.missing_table", message, codes)


@rule("form.missing_cells", severity="warning", ground_zh=_FORM_ZH, ground_en=_FORM_EN)
def cells_are_there(report: Report) -> Iterator[Finding]:
    """Every row and column of a table that is there; one finding for each that lacks cells."""
    form = _form(report)
    for table in form.tables if form is not None else ():
        if not _lacks(report, table):
            for block in table.blocks:
                yield from _missing_lines(report, table, block)


def _lacks(report: Report, table: FormTable) -> bool:
    return not any(
        cell_code(row, column) in report.cells
        for block in table.blocks
        for row in block.rows
        for column in block.columns
    )


def _required_rows(report: Report, block: FormBlock) -> list[Line]:
    """The rows a block must have: （六）其他处理 as its three parts, or as one row where only that is printed."""
    parts = [row for row in block.rows if row.key in OTHER_PARTS]
    if not parts:
        is_split = not _has_row(report, OTHER) and any(_has_row(report, part) for part in OTHER_PARTS)
        return [row for row in block.rows if row.key != OTHER or not is_split]
    left_out = OTHER_PARTS if _has_single_other_row(report) else (OTHER,)
    return [row for row in block.rows if row.key not in left_out]


def _has_row(report: Report, row_key: str) -> bool:
    return any(code.rpartition(".")[0] == row_key for code in report.cells)


def _has_single_other_row(report: Report) -> bool:
    return _has_row(report, OTHER) and not any(_has_row(report, part) for part in OTHER_PARTS)


def _missing_lines(report: Report, table: FormTable, block: FormBlock) -> Iterator[Finding]:
    """Whole rows first, then whole columns of the rows that are left, then what single rows still lack."""
    where = table_label(table)
    rows = []
    for row in _required_rows(report, block):
        codes = tuple(cell_code(row, column) for column in block.columns)
        if any(code in report.cells for code in codes):
            rows.append(row)
            continue
        label = row_label(codes[0], report.form)
        yield _warning(
            "form.missing_cells",
            Label(f"{where.zh}缺少「{label.zh}」一行。", f"{where.en}: row {label.en} is missing."),
            codes,
        )
    columns = []
    for column in block.columns:
        codes = tuple(cell_code(row, column) for row in rows)
        if not codes or any(code in report.cells for code in codes):
            columns.append(column)
            continue
        label = column_label(codes[0], report.form)
        yield _warning(
            "form.missing_cells",
            Label(f"{where.zh}缺少「{label.zh}」一列。", f"{where.en}: column {label.en} is missing."),
            codes,
        )
    for row in rows:
        codes = tuple(code for column in columns if (code := cell_code(row, column)) not in report.cells)
        if codes:
            yield _warning("form.missing_cells", _some_cells_of_row(report, where, codes), codes)


def _some_cells_of_row(report: Report, where: Label, codes: tuple[str, ...]) -> Label:
    row = row_label(codes[0], report.form)
    columns = [column_label(code, report.form) for code in codes]
    return Label(
        f"{where.zh}「{row.zh}」一行缺少：{'、'.join(column.zh for column in columns)}。",
        f"{where.en}: row {row.en} lacks {', '.join(column.en for column in columns)}.",
    )


def _prints_three_other_rows(form: Form) -> bool:
    return any(cell.code.startswith(f"{OTHER_PARTS[0]}.") for cell in form.cells())


@rule("form.single_other_row", severity="info", ground_zh=_FORM_ZH, ground_en=_FORM_EN)
def other_row_is_split(report: Report) -> Iterator[Finding]:
    """（六）其他处理 has its three rows; the single row of the 2019 form is common and no figure is lost by it."""
    form = _form(report)
    if form is not None and _prints_three_other_rows(form) and _has_single_other_row(report):
        codes = tuple(code for code in report.cells if code.rpartition(".")[0] == OTHER)
        yield Finding(
            "form.single_other_row",
            "info",
            f"（六）其他处理只印一行，未按 {form.form} 年版格式分为三项。",
            f"（六）其他处理 (handled otherwise) is printed as one row, not as the three rows of the {form.form} form.",
            codes,
        )


@rule(
    "form.unsure",
    severity="warning",
    ground_zh="未能确切读出的数字须对照原文核实",
    ground_en="A figure that was not read with certainty is to be compared with the source",
)
def figures_are_sure(report: Report) -> Iterator[Finding]:
    """Every figure was read with certainty; one finding lists all that were not."""
    codes = tuple(report.unsure)
    if not codes:
        return
    labels = [cell_label(code, report.form) for code in codes[:_UNSURE_NAMED]]
    more = len(codes) > _UNSURE_NAMED
    yield _warning(
        "form.unsure",
        Label(
            f"{len(codes)} 个数字未能确切读出，请对照原文核实："
            f"{'、'.join(label.zh for label in labels)}{'等' if more else ''}。",
            f"{len(codes)} figure(s) not read with certainty, compare with the source: "
            f"{'; '.join(label.en for label in labels)}{' and others' if more else ''}.",
        ),
        codes,
    )
