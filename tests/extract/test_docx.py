"""Word documents: the grid as Word lays it out, and of the text what Word shows."""

import io
import zipfile

import pytest
from word_files import cell, paragraph, row, run, table, word_file

from bench.accuracy import measure
from extract import UnreadableFile
from extract.document import Grid, Text
from extract.readers import DOUBT
from extract.readers.docx import read_docx
from simulator.generator import generate

BEGIN, SEPARATE, END = (f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "separate", "end"))
FORMULA = "<w:r><w:instrText>=SUM(LEFT)</w:instrText></w:r>"
CIRCLED = r"<w:r><w:instrText>EQ \o\ac(○,6)</w:instrText></w:r>"
PICTURE = "<w:r><w:drawing/></w:r>"


def only_cell(*content: str, styles: str = "") -> str:
    body = table(row("一", "二"), row("label", cell(*content)))
    [grid] = read_docx(word_file(body, styles=styles), "x").blocks
    assert isinstance(grid, Grid)
    found = grid.at(1, 1)
    assert found is not None
    return found.text


@pytest.mark.parametrize(
    ("content", "shown"),
    [
        ((), ""),
        (("12",), "12"),
        ((paragraph(run("1"), run("2")),), "12"),
        ((paragraph("1", "<w:del><w:r><w:delText>2</w:delText></w:r></w:del>"),), "1"),
        ((paragraph("1", f"<w:ins>{run('2')}</w:ins>"),), f"12{DOUBT}"),
        ((paragraph("1", f"<w:moveFrom>{run('2')}</w:moveFrom>"),), "1"),
        ((paragraph("1", run("2", "<w:vanish/>")),), "1"),
        ((paragraph("1", run("2", '<w:vanish w:val="0"/>')),), "12"),
        ((paragraph("1", run("2", '<w:rStyle w:val="Secret"/>')),), "1"),
        ((paragraph("1", properties='<w:pStyle w:val="Below"/>'),), ""),
        ((paragraph("1", run("2", "<w:strike/>")),), f"1{DOUBT}2"),
        ((paragraph("1", run("2", '<w:vertAlign w:val="superscript"/>')),), "1 2"),
        ((paragraph("1", run("2", '<w:sz w:val="12"/>')),), "1 2"),
        ((paragraph(BEGIN, FORMULA, SEPARATE, "12", END),), "12"),
        ((paragraph(BEGIN, BEGIN, FORMULA, SEPARATE, "99", END, SEPARATE, "12", END),), "12"),
        ((paragraph(BEGIN, FORMULA, "12"),), DOUBT),
        ((paragraph(BEGIN, FORMULA, END),), DOUBT),
        ((paragraph("1", BEGIN, FORMULA, SEPARATE, END),), f"1{DOUBT}"),
        ((paragraph(BEGIN, BEGIN, FORMULA, END, FORMULA, SEPARATE, "12", END),), "12"),
        ((paragraph(BEGIN, CIRCLED, SEPARATE, "6", END),), f"6{DOUBT}"),
        ((paragraph(f'<w:fldSimple w:instr=" eq \\o(0,/)">{run("0")}</w:fldSimple>'),), f"0{DOUBT}"),
        ((paragraph(f'<w:fldSimple w:instr="PAGE">{run("3")}</w:fldSimple>'),), "3"),
        ((paragraph('<w:fldSimple w:instr="=3+4"/>'),), DOUBT),
        ((paragraph("12", PICTURE),), f"12{DOUBT}"),
        ((paragraph("<m:oMath><m:r><m:t>12</m:t></m:r></m:oMath>"),), DOUBT),
        ((paragraph(f"<w:sdt><w:sdtContent>{run('12')}</w:sdtContent></w:sdt>"),), "12"),
        ((f"<w:sdt><w:sdtContent>{paragraph('12')}</w:sdtContent></w:sdt>",), "12"),
        (("商业", "企业"), "商业\n企业"),
        (("<w:p><w:r><w:t>商业</w:t><w:br/><w:t>企业</w:t></w:r></w:p>",), "商业\n企业"),
    ],
)
def test_cell_holds_what_word_shows(content: tuple[str, ...], shown: str) -> None:
    styles = (
        '<w:style w:styleId="Secret"><w:rPr><w:vanish/></w:rPr></w:style>'
        '<w:style w:styleId="Below"><w:basedOn w:val="Secret"/></w:style>'
    )
    assert only_cell(*content, styles=styles) == shown


WHITE, BLACK = '<w:color w:val="FFFFFF"/>', '<w:shd w:val="clear" w:fill="000000"/>'


@pytest.mark.parametrize(
    "look",
    [
        WHITE,
        BLACK,
        '<w:color w:val="F2F2F2"/>',
        '<w:sz w:val="2"/>',
        '<w:highlight w:val="black"/>',
        '<w:rFonts w:ascii="Wingdings"/>',
        '<w:rStyle w:val="Struck"/>',
    ],
)
def test_digits_that_can_hardly_be_seen_are_doubtful(look: str) -> None:
    styles = '<w:style w:styleId="Struck"><w:rPr><w:strike/></w:rPr></w:style>'
    assert only_cell(paragraph(run("36", look)), styles=styles).replace(" ", "") == f"36{DOUBT}"
    assert only_cell(paragraph(run("商业", look)), styles=styles) == "商业"


def test_digits_are_seen_on_the_colour_of_their_cell() -> None:
    white, black = paragraph(run("36", WHITE)), paragraph(run("36", '<w:color w:val="000000"/>'))
    texts = [cell_text(cell(content, properties=fill)) for content in (white, black) for fill in ("", BLACK)]
    assert texts == [f"36 {DOUBT}", "36", "36", f"36{DOUBT}"]


def test_the_text_that_asks_for_an_entry_is_doubtful() -> None:
    control = "<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>"
    assert only_cell(paragraph(control.format(run("36")))) == f"36{DOUBT}"
    assert only_cell(control.format(paragraph("36"))) == f"36{DOUBT}"


def cell_text(written: str) -> str:
    found = grid_of(row("一", "二"), row("label", written)).at(1, 1)
    assert found is not None
    return found.text


def grid_of(*rows: str) -> Grid:
    [grid] = read_docx(word_file(table(*rows)), "x").blocks
    assert isinstance(grid, Grid)
    return grid


def places(grid: Grid) -> list[list[str]]:
    return [
        [found.text if (found := grid.at(r, c)) else "∅" for c in range(grid.column_count)]
        for r in range(grid.row_count)
    ]


def test_spans_are_put_in_place() -> None:
    grid = grid_of(
        row(cell("A", properties='<w:gridSpan w:val="2"/><w:vMerge w:val="restart"/>'), "B"),
        row(cell(properties='<w:gridSpan w:val="2"/><w:vMerge/>'), "C"),
        row("D", properties='<w:gridBefore w:val="1"/>'),
        row("E", cell("F", properties='<w:hMerge w:val="restart"/>'), cell(properties="<w:hMerge/>")),
        row("deleted", "1", "2", properties="<w:del/>"),
        row("hidden", "1", "2", properties="<w:hidden/>"),
    )
    assert places(grid) == [["A", "A", "B"], ["A", "A", "C"], ["∅", "D", "∅"], ["E", "F", "F"]]
    assert grid.ragged_rows == frozenset()
    assert str(grid.at(1, 2).locator) == '{"table":1,"row":2,"column":2}'  # type: ignore[union-attr]


def test_merges_that_do_not_fit_are_doubtful() -> None:
    start, go_on = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    wider = grid_of(
        row(cell("A", properties=start), "B", "C"), row(cell(properties=f'<w:gridSpan w:val="2"/>{go_on}'), "D")
    )
    filled = grid_of(row(cell("A", properties=start), "B"), row(cell("9", properties=go_on), "C"))
    inserted = grid_of(row("A", "B"), row("C", "1", properties="<w:ins/>"))
    assert (wider.ragged_rows, filled.ragged_rows) == ({1}, {1})
    assert places(inserted)[1] == [f"C{DOUBT}", f"1{DOUBT}"]


def test_text_is_read_out_of_layout_tables_and_text_boxes_once() -> None:
    box = (
        "<w:r><mc:AlternateContent><mc:Choice><w:drawing><w:txbxContent>{0}</w:txbxContent></w:drawing></mc:Choice>"
        "<mc:Fallback><w:pict><w:txbxContent>{0}</w:txbxContent></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )
    inner = table(row("A", "B"))
    body = table(row(cell("above", inner, "below"))) + paragraph("x", box.format(paragraph("in the box")))
    blocks = read_docx(word_file(body), "x").blocks
    assert [block.text if isinstance(block, Text) else places(block) for block in blocks] == [
        "above",
        [["A", "B"]],
        "below",
        "x",
        "in the box",
    ]


def test_a_frame_around_a_figure_leaves_the_table_whole() -> None:
    framed = grid_of(row("A", "B"), row("label", cell(table(row("36")), paragraph())))
    assert places(framed) == [["A", "B"], ["label", DOUBT]]


def test_numbers_that_word_puts_in_are_part_of_headings_and_labels() -> None:
    levels = (
        '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="%1、"/></w:lvl>'
        '<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%2."/></w:lvl>'
    )
    numbering = (
        f'<w:abstractNum w:abstractNumId="0">{levels}</w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    )
    styles = '<w:style w:styleId="Head"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
    head = '<w:pStyle w:val="Head"/>'
    item = '<w:numPr><w:ilvl w:val="1"/><w:numId w:val="1"/></w:numPr>'
    body = (
        paragraph("总体情况", properties=head)
        + paragraph("主动公开政府信息情况", properties=head)
        + table(row(cell(paragraph("国家秘密", properties=item)), cell(paragraph("5", properties=item))))
        + paragraph("其他", properties=head)
    )
    first, second, grid, third = read_docx(word_file(body, styles=styles, numbering=numbering), "x").blocks
    assert isinstance(grid, Grid)
    assert [block.text for block in (first, second, third) if isinstance(block, Text)] == [
        "一、总体情况",
        "二、主动公开政府信息情况",
        "三、其他",
    ]
    assert places(grid) == [["1.国家秘密", f"2.{DOUBT}5"]]


@pytest.mark.parametrize("seed", range(3))
def test_generated_documents_are_read_without_a_wrong_figure(seed: int) -> None:
    plain, odd = measure(generate(seed, "docx", ())), measure(generate(seed, "docx"))
    assert (plain.faults, plain.score.complete) == ((), 1)
    assert odd.score.cells["wrong"] == 0, odd.faults


def packed(**parts: str | bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(f"word/{name}.xml", content)
    return out.getvalue()


BOMB = '<!DOCTYPE w [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><w>&b;</w>'
WHOLE = word_file(paragraph("一、总体情况"))


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (packed(document="<w"), "damaged"),
        (packed(document="<other/>"), "damaged"),
        (packed(document=BOMB), "damaged"),
        (packed(document="<w>" * 5000), "damaged"),
        (packed(document=b"<w>" + b" " * (17 * 2**20)), "too_large"),
        (word_file(""), "empty"),
        (WHOLE[: len(WHOLE) // 2], "damaged"),
        (WHOLE.replace(b"\x14\x00\x00\x00", b"\x14\x00\x01\x00"), "encrypted"),
    ],
    ids=["not xml", "not word", "entities", "nested too deep", "too large", "no text", "cut short", "password"],
)
def test_bad_documents_are_refused_by_reason(body: bytes, kind: str) -> None:
    with pytest.raises(UnreadableFile) as raised:
        read_docx(body, "bad.docx")
    assert (raised.value.path, raised.value.kind) == ("bad.docx", kind)


def test_a_table_larger_than_any_forms_is_read_as_text() -> None:
    huge = table(*[row(*["1"] * 60) for _ in range(900)])
    blocks = read_docx(word_file(huge), "x").blocks
    assert not any(isinstance(block, Grid) for block in blocks)
