"""Workbooks: what a sheet shows, by its address; a formula without a result is no blank cell."""

import io
import zipfile
from collections.abc import Callable

import pytest
import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from bench.accuracy import measure
from extract import UnreadableFile
from extract.document import Document, Grid, Text
from extract.readers import DOUBT
from extract.readers.sheet import read_sheet
from simulator.generator import generate
from simulator.shapes_office import SOFFICE, convert


def book(*fill: Callable[[Worksheet], object]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as workbook:
        for one in fill:
            one(workbook.add_worksheet())
    return out.getvalue()


def changed(body: bytes, part: str, old: str, new: str) -> bytes:
    """The workbook with a part changed: what no library would write."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name).decode()
            assert name != part or old in content
            target.writestr(name, content.replace(old, new) if name == part else content)
    return out.getvalue()


def shown(document: Document) -> list[object]:
    return [
        block.text if isinstance(block, Text) else [[c.text for c in block.row(r)] for r in range(block.row_count)]
        for block in document.blocks
    ]


SHEET_1 = "xl/worksheets/sheet1.xml"


def fill_cells(sheet: Worksheet) -> None:
    sheet.write_row(1, 1, ["label", 21, "007", 7730.28, 0.1 + 0.2])
    sheet.write_row(2, 1, ["label", "", 1, "2\n3", True])


def test_values_are_read_as_a_sheet_shows_them() -> None:
    [grid] = read_sheet(book(fill_cells), "x").blocks
    assert isinstance(grid, Grid)
    assert [c.text for c in grid.row(0)] == ["label", "21", "007", "7730.28", "0.3"]
    assert [c.text for c in grid.row(1)] == ["label", "", "1", "2\n3", "TRUE"]
    assert str(grid.at(0, 1).locator) == '{"sheet":"Sheet1","cell":"C2"}'  # type: ignore[union-attr]


def fill_formulas(sheet: Worksheet) -> None:
    sheet.write_row(0, 0, ["label", "a", "b", "c"])
    sheet.write(1, 0, "label")
    sheet.write_formula(1, 1, "=999+1", None, 1000)
    sheet.write_formula(1, 2, "=1/0", None, "#DIV/0!")
    sheet.write_formula(1, 3, '="—"', None, "—")


def test_formulas_without_a_result_are_doubtful_not_blank() -> None:
    body = book(fill_formulas)
    recalculated = "xl/workbook.xml", ' fullCalcOnLoad="1"', ""
    as_saved = changed(body, *recalculated)
    without = changed(as_saved, SHEET_1, "<v>1000</v>", "")
    assert shown(read_sheet(as_saved, "x")) == [[["label", "a", "b", "c"], ["label", "1000", DOUBT, "—"]]]
    assert shown(read_sheet(without, "x")) == [[["label", "a", "b", "c"], ["label", DOUBT, DOUBT, "—"]]]
    # The program that opens it works the formulas out anew: the results in the file are not what it shows.
    assert shown(read_sheet(body, "x")) == [[["label", "a", "b", "c"], ["label", f"1000{DOUBT}", DOUBT, f"—{DOUBT}"]]]


def fill_hidden(sheet: Worksheet) -> None:
    sheet.write_row(0, 0, ["label", "a", "b", "c"])
    sheet.write_row(1, 0, ["hidden", 1, 2, 3])
    sheet.write_row(2, 0, ["label", 4, 5, 6])
    sheet.merge_range(3, 0, 5, 0, "tall")
    sheet.write_row(3, 1, [7, 8, 9])
    sheet.write_row(4, 1, [10, 11, 12])
    sheet.write_row(5, 1, [13, 14, 15])
    sheet.set_row(1, None, None, {"hidden": True})
    sheet.set_row(4, None, None, {"hidden": True})
    sheet.set_column(2, 2, None, None, {"hidden": True})


def fill_hidden_sheet(sheet: Worksheet) -> None:
    sheet.write_row(0, 0, ["last year", 99])
    sheet.hide()


@pytest.mark.parametrize("suffix", ["xlsx", "xls"])
def test_what_is_hidden_is_left_out(suffix: str) -> None:
    body = book(fill_hidden, fill_hidden_sheet)
    if suffix == "xls":
        if SOFFICE is None:
            pytest.skip("LibreOffice is not installed")
        [body] = convert([body], "xlsx", "xls")
    document = read_sheet(body, "x")
    assert document.reader == suffix
    [grid] = document.blocks
    assert isinstance(grid, Grid)
    assert shown(document) == [[["label", "a", "c"], ["label", "4", "6"], ["tall", "7", "9"], ["tall", "13", "15"]]]
    assert str(grid.at(3, 2).locator) == '{"sheet":"Sheet1","cell":"D6"}'  # type: ignore[union-attr]


def fill_noughts(sheet: Worksheet) -> None:
    sheet.write_row(0, 0, ["label", 0, 5])
    sheet.write_row(1, 0, ["label", 1, 5])
    sheet.hide_zero()


def test_noughts_that_the_sheet_does_not_show_are_doubtful() -> None:
    assert shown(read_sheet(book(fill_noughts), "x")) == [[["label", f"0{DOUBT}", "5"], ["label", "1", "5"]]]


ACCOUNTING = '_ * #,##0_ ;_ * -#,##0_ ;_ * "-"_ ;_ @_ '


@pytest.mark.parametrize(
    ("code", "value", "is_shown"),
    [
        ("General", 24.56, True),
        ("0", 25, True),
        ("0", 24.56, False),
        ("0_ ", 25, True),
        ("0.00_);[Red]\\(0.00\\)", 24.5, True),
        ("0.00_);[Red]\\(0.00\\)", -24.5, False),
        ("0.0", 24.56, False),
        ("#,##0;-#,##0", -1234, True),
        ("#,##0;[Red]#,##0", -1234, False),
        ("#", 0, False),
        ("#.0", 0.5, False),
        ("@", 12.5, True),
        ("0!.0000", 245000, False),
        ("0;-0;;@", 0, False),
        (ACCOUNTING, 0, False),
        (ACCOUNTING, 5, True),
        (ACCOUNTING, "—", True),
        (";;;", 5, False),
        (";;;", "5", False),
        ("0%", 5, False),
        ("0,", 5000, False),
        ("000", 5, False),
        ('"5"', 7, False),
        ('0"5"', 7, False),
        ("[White]0", 7, False),
        ("[>5]0;", 7, False),
        ("[DBNum1]0", 7, False),
    ],
)
def test_number_formats_that_show_another_value_are_doubtful(code: str, value: str | float, is_shown: bool) -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as workbook:
        sheet = workbook.add_worksheet()
        sheet.write_row(0, 0, ["label", 5])
        sheet.write(0, 2, value, workbook.add_format({"num_format": code}))
    [[[_, plain, styled]]] = shown(read_sheet(out.getvalue(), "x"))  # type: ignore[misc]
    assert (plain, styled) == ("5", f"{value}{'' if is_shown else DOUBT}")


def test_number_formats_of_the_older_workbooks_are_looked_up() -> None:
    if SOFFICE is None:
        pytest.skip("LibreOffice is not installed")
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as workbook:
        sheet = workbook.add_worksheet()
        looks = ({}, {"num_format": "0.0000"}, {"num_format": "0!.0000"}, {"font_strikeout": True})
        for column, look in enumerate(looks, start=1):
            sheet.write(0, column, 24, workbook.add_format(look))
    [body] = convert([out.getvalue()], "xlsx", "xls")
    assert shown(read_sheet(body, "x")) == [[["24", "24", f"24{DOUBT}", f"24{DOUBT}"]]]


def test_text_that_is_struck_out_or_raised_is_doubtful() -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as workbook:
        sheet = workbook.add_worksheet()
        struck, raised, bold = (
            workbook.add_format({look: value})
            for look, value in (("font_strikeout", True), ("font_script", 1), ("bold", True))
        )
        sheet.write_row(0, 0, ["label", 5])
        for column, look in enumerate((struck, raised, bold), start=2):
            sheet.write_rich_string(0, column, "7", look, "3")
        sheet.write(0, 5, 9, struck)
    body = out.getvalue()
    row = ["label", "5", f"73{DOUBT}", f"73{DOUBT}", "73", f"9{DOUBT}"]
    assert shown(read_sheet(body, "x")) == [[row]]
    inline = "<is><r><rPr><strike/></rPr><t>3</t></r><r><t>7</t></r></is>"
    written = changed(body, SHEET_1, '<c r="B1"><v>5</v>', f'<c r="B1" t="inlineStr">{inline}')
    assert shown(read_sheet(written, "x")) == [[["label", f"37{DOUBT}", *row[2:]]]]


def fill_narrative(sheet: Worksheet) -> None:
    sheet.write(0, 0, "东河县财政局2022年政府信息公开工作年度报告")
    sheet.write(1, 0, "一、总体情况")
    sheet.merge_range(2, 0, 2, 5, "本年度" + "主动公开" * 20)
    sheet.write_row(3, 0, ["label", "a", "b"])
    sheet.write(4, 0, "blank row of the table")


def test_lines_are_text_and_a_blank_row_of_a_table_is_none() -> None:
    blocks = shown(read_sheet(book(fill_narrative), "x"))
    assert [type(block) for block in blocks] == [str, str, str, list]
    assert blocks[3] == [["label", "a", "b"], ["blank row of the table", "", ""]]


def test_a_table_with_a_number_under_a_merged_cell_is_doubtful() -> None:
    body = book(lambda sheet: (sheet.merge_range(0, 0, 0, 1, "label"), sheet.write(0, 1, 5), sheet.write(0, 2, 6)))
    [grid] = read_sheet(body, "x").blocks
    assert isinstance(grid, Grid)
    assert grid.ragged_rows == {0}


@pytest.mark.parametrize("shape", ["xlsx", "xls"])
@pytest.mark.parametrize("seed", [3, 4])
def test_generated_workbooks_are_read_without_a_wrong_figure(shape: str, seed: int) -> None:
    if shape == "xls" and SOFFICE is None:
        pytest.skip("LibreOffice is not installed")
    plain, odd = measure(generate(seed, shape, ())), measure(generate(seed, shape))
    assert (plain.faults, plain.score.complete) == ((), 1)
    assert odd.score.cells["wrong"] == 0, odd.faults


WHOLE = book(fill_cells)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (book(lambda sheet: None), "empty"),
        (book(lambda sheet: sheet.write(1_048_575, 16_383, 1)), "too_large"),
        (changed(WHOLE, SHEET_1, "<sheetData>", f"<sheetData>{' ' * 17 * 2**20}"), "too_large"),
        (changed(WHOLE, SHEET_1, "</worksheet>", ""), "damaged"),
        (WHOLE[: len(WHOLE) // 2], "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000), "damaged"),
    ],
    ids=["nothing in it", "huge sheet", "bomb", "not xml", "cut short", "xls of noughts"],
)
def test_bad_workbooks_are_refused_by_reason(body: bytes, kind: str) -> None:
    with pytest.raises(UnreadableFile) as raised:
        read_sheet(body, "bad.xlsx")
    assert (raised.value.path, raised.value.kind) == ("bad.xlsx", kind)
