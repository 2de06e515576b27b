"""What a reader sees beside a number's digits: marks, drawings and hidden text make a figure unsure, never another."""

import io
import json
from collections.abc import Callable
from time import perf_counter

import pytest
from PIL import Image
from reportlab.lib.colors import Color, black, white
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.pdfgen.canvas import Canvas

from extract import Report, UnreadableFile, read_bytes
from simulator.render import html_body
from simulator.reports import real_report

FONT = "STSong-Light"
TITLE = "东河县人民政府2022年政府信息公开工作年度报告"
ROWS = [
    ["信息内容", "制发件数", "废止件数", "现行有效件数"],
    ["规章", "", "7", "8"],
]
EDGES = [50, 150, 195, 240, 305]
# The first figure's place, in points from the page's bottom left corner: 45 points wide, 20 high.
LEFT, BASE = 153, 322

Drawing = Callable[[Canvas], None]


def pdf_with(draw: Drawing, *, last_label: str = "规范性文件", stated_title: str = TITLE) -> Report:
    """A first block of table 2 whose first figure is what ``draw`` puts at LEFT and BASE."""
    registerFont(UnicodeCIDFont(FONT))
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(600, 400))
    canvas.setTitle(stated_title)
    canvas.setFont(FONT, 10)
    canvas.drawString(50, 380, TITLE)
    for level in range(4):
        canvas.line(EDGES[0], 350 - 20 * level, EDGES[-1], 350 - 20 * level)
    for edge in EDGES:
        canvas.line(edge, 350, edge, 290)
    for level, row in enumerate([*ROWS, [last_label, "9", "1", "2"]]):
        for edge, text in zip(EDGES, row, strict=False):
            canvas.drawString(edge + 3, 342 - 20 * level, text)
    draw(canvas)
    canvas.save()
    [report] = read_bytes(out.getvalue(), "drawn.pdf")
    return report


def number(text: str, *, x: float = LEFT, y: float = BASE, size: float = 10) -> Drawing:
    def draw(canvas: Canvas) -> None:
        canvas.setFont(FONT, size)
        canvas.drawString(x, y, text)

    return draw


def all_of(*drawings: Drawing) -> Drawing:
    def draw(canvas: Canvas) -> None:
        for drawing in drawings:
            drawing(canvas)

    return draw


def invisible(text: str, x: float) -> Drawing:
    def draw(canvas: Canvas) -> None:
        line = canvas.beginText(x, BASE)
        line.setTextRenderMode(3)
        line.textOut(text)
        line.setTextRenderMode(0)
        canvas.drawText(line)

    return draw


def coloured(colour: Color, drawing: Drawing) -> Drawing:
    def draw(canvas: Canvas) -> None:
        canvas.setFillColor(colour)
        drawing(canvas)
        canvas.setFillColor(black)

    return draw


def turned(degrees: int, text: str) -> Drawing:
    def draw(canvas: Canvas) -> None:
        canvas.saveState()
        canvas.translate(LEFT + 20, BASE + 2)
        canvas.rotate(degrees)
        number(text, x=-6, y=0, size=5)(canvas)
        canvas.restoreState()

    return draw


def clipped(drawing: Drawing, *boxes: tuple[float, float, float, float]) -> Drawing:
    """A drawing of which only what lies in these boxes (left, bottom, width, height) shows."""

    def draw(canvas: Canvas) -> None:
        canvas.saveState()
        path = canvas.beginPath()
        for box in boxes:
            path.rect(*box)
        canvas.clipPath(path, stroke=0, fill=0)
        drawing(canvas)
        canvas.restoreState()

    return draw


def in_form(drawing: Drawing) -> Drawing:
    def draw(canvas: Canvas) -> None:
        canvas.beginForm("part", 0, 0, LEFT + 5, 400)
        drawing(canvas)
        canvas.endForm()
        canvas.doForm("part")

    return draw


def picture(canvas: Canvas) -> None:
    canvas.drawImage(ImageReader(Image.new("RGB", (8, 8), "black")), LEFT, BASE, 10, 10)


def outline(canvas: Canvas) -> None:
    """A digit drawn as a shape, as programs do that turn text to curves."""
    path = canvas.beginPath()
    path.moveTo(LEFT, BASE)
    path.curveTo(LEFT + 3, BASE, LEFT + 5, BASE + 4, LEFT + 2, BASE + 8)
    path.close()
    canvas.drawPath(path, stroke=0, fill=1)


def curve(canvas: Canvas) -> None:
    canvas.circle(500, 200, 20)


def form_field(canvas: Canvas) -> None:
    canvas.acroForm.textfield(value="5", x=LEFT, y=BASE, width=30, height=12)


@pytest.mark.parametrize("offset", [0, 0.3])
def test_bold_by_drawing_twice_is_one_number(offset: float) -> None:
    report = pdf_with(all_of(number("2"), number("2", x=LEFT + offset)))
    assert report.figures["rules.made"] == 2
    assert report.unsure == []


@pytest.mark.parametrize(
    "draw",
    [
        pytest.param(all_of(number("5"), number("1", x=LEFT + 5.2, y=BASE + 4, size=6)), id="raised and small"),
        pytest.param(all_of(number("5"), number("1", x=LEFT + 5.2, y=BASE + 3)), id="raised"),
        pytest.param(all_of(number("5"), number("1", x=LEFT + 5.2, size=6)), id="small"),
        pytest.param(all_of(number("9"), number("5", x=LEFT + 2)), id="overprinted"),
        pytest.param(all_of(number("5"), coloured(white, number("9", x=LEFT + 5.2))), id="white"),
        pytest.param(all_of(number("5"), invisible("9", LEFT + 5.2)), id="invisible"),
        pytest.param(invisible("9", LEFT), id="wholly invisible"),
        pytest.param(
            all_of(number("95"), lambda canvas: canvas.line(LEFT, BASE + 3.5, LEFT + 5, BASE + 3.5)), id="struck"
        ),
        pytest.param(
            all_of(number("95"), lambda canvas: canvas.rect(LEFT, BASE + 3.5, 5, 0.5, stroke=0, fill=1)),
            id="struck by a bar",
        ),
        pytest.param(
            all_of(number("95"), lambda canvas: canvas.line(LEFT, BASE, LEFT + 5, BASE + 8)), id="struck aslant"
        ),
        pytest.param(turned(90, "287"), id="running up"),
        pytest.param(turned(180, "986"), id="upside down"),
        pytest.param(clipped(number("287"), (LEFT, BASE - 3, 5.2, 20)), id="all but a digit clipped"),
        pytest.param(clipped(number("287"), (500, 5, 1, 1)), id="clipped away"),
        pytest.param(clipped(number("287"), (0, 0, 600, 400), (LEFT, BASE, 9, 9)), id="clipped by a hole"),
        pytest.param(in_form(number("287")), id="beyond the box of a form"),
        pytest.param(coloured(Color(0.93, 0.95, 0.9), number("287")), id="pale"),
        pytest.param(all_of(coloured(Color(0.9, 0.9, 0.9), number("287")), curve), id="pale, with a curve elsewhere"),
        pytest.param(number("287", size=0.5), id="tiny"),
        pytest.param(
            all_of(number("287", x=LEFT + 6), lambda canvas: canvas.line(LEFT, BASE + 3.5, LEFT + 4, BASE + 3.5)),
            id="a line for a minus",
        ),
        pytest.param(
            all_of(number("287"), lambda canvas: canvas.rect(LEFT + 18, BASE, 1, 8, stroke=0, fill=1)),
            id="a bar for the last digit",
        ),
        pytest.param(picture, id="picture"),
        pytest.param(outline, id="outline"),
        pytest.param(form_field, id="form field"),
        pytest.param(lambda canvas: canvas.rect(LEFT + 10, BASE - 4, 2, 8, stroke=0, fill=1), id="a bar for a digit"),
        pytest.param(lambda canvas: canvas.line(LEFT + 10, BASE - 4, LEFT + 10, BASE + 4), id="a stroke for a digit"),
        pytest.param(all_of(number("12"), number("34", x=LEFT + 12)), id="two numbers side by side"),
    ],
)
def test_cell_with_more_than_its_digits_is_unsure(draw: Drawing) -> None:
    report = pdf_with(draw)
    assert report.unsure == ["rules.made"]
    assert report.figures["rules.in_force"] == 8


def test_spaced_digits_are_one_number() -> None:
    def draw(canvas: Canvas) -> None:
        line = canvas.beginText(LEFT, BASE)
        line.setCharSpace(1.5)
        line.textOut("12345")
        line.setCharSpace(0)
        canvas.drawText(line)

    report = pdf_with(draw)
    assert report.figures["rules.made"] == 12345
    assert report.unsure == []


def test_marks_beside_a_number_leave_it_certain() -> None:
    """A background, a clip to it, a link's underline, white on a dark ground and a seal over all raise no doubt."""

    def draw(canvas: Canvas) -> None:
        canvas.setFillColorRGB(0.1, 0.1, 0.5)
        canvas.rect(150, 310, 45, 20, stroke=0, fill=1)
        canvas.setFillColor(white)
        clipped(number("95"), (150, 310, 45, 20))(canvas)
        canvas.setFillColor(black)
        canvas.line(LEFT, BASE - 1.2, LEFT + 10, BASE - 1.2)
        canvas.drawImage(ImageReader(Image.new("RGBA", (8, 8), (200, 0, 0, 40))), 200, 260, 60, 60, mask="auto")

    report = pdf_with(draw)
    assert report.figures["rules.made"] == 95
    assert report.unsure == []


@pytest.mark.parametrize("offset", [-1.2, -0.9, -0.6, -0.3, 0, 0.3])
def test_number_in_a_label_is_not_part_of_the_figure_before_it(offset: float) -> None:
    """A label's numbering stands almost as high as the figures of its row, which end far to the right of it."""
    label = number("2.规范性文件", x=EDGES[0] + 3, y=302 + offset, size=10.4)
    report = pdf_with(all_of(number("95"), label), last_label="")
    assert report.unsure == []
    assert report.figures["normative.in_force"] == 2


def crossing_lines(count: int) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(800, 800))
    canvas.drawString(50, 780, "2022")
    for place in range(10, 10 + 6 * count, 6):
        canvas.line(10, place, 10 + 6 * count, place)
        canvas.line(place, 10, place, 10 + 6 * count)
    canvas.save()
    return out.getvalue()


def test_page_of_crossing_lines_ends_soon() -> None:
    started = perf_counter()
    with pytest.raises(UnreadableFile, match=r"page 1 .* lines"):
        read_bytes(crossing_lines(120), "hatched.pdf")
    assert perf_counter() - started < 5


def test_page_crowded_with_characters_ends_soon() -> None:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(800, 800))
    canvas.setFont("Helvetica", 2)
    for line in range(300):
        canvas.drawString(10, 10 + 2.5 * line, "12345 67890 " * 10)
    canvas.save()
    with pytest.raises(UnreadableFile, match=r"page 1 .* characters"):
        read_bytes(out.getvalue(), "crowded.pdf")


def html_with(cell: str, *, head: str = "") -> Report:
    """The same block as a page, with the markup of its first figure's cell."""
    page = f"""<html><head><title>{TITLE}</title>{head}</head><body><table>
        <tr><td>信息内容</td><td>制发件数</td><td>废止件数</td><td>现行有效件数</td></tr>
        <tr><td>规章</td>{cell}<td>7</td><td>8</td></tr>
        <tr><td>规范性文件</td><td>9</td><td>1</td><td>2</td></tr></table></body></html>"""
    [report] = read_bytes(page.encode(), "page.html")
    return report


@pytest.mark.parametrize(
    "markup",
    [
        '110<span style="vertical-align:super">1</span>',
        '110<span style="vertical-align: 3pt">1</span>',
        '110<span style="position:relative; top:-3pt">1</span>',
        '<span style="text-decoration:line-through">5</span>110',
        "<s>5</s>",
        '<span style="text-decoration:line-through">5</span>',
        '110<a href="#_ftn1">1</a>',
        "110<small>2</small>",
        '110<span style="font-size:6pt">1</span>',
        '110<font size="1">1</font>',
        '<span style="color: #FFF">9</span>110',
        '<font color="white">9</font>110',
        "<details><summary>1</summary>10</details>",
        "<math><msup><mn>110</mn><mn>1</mn></msup></math>",
        "<ruby>110<rt>9</rt></ruby>",
        '<span class="pc">110</span><span class="mobile">110</span>',
        '1<span class="note">10</span>',
        '<span style="display:block">1</span><span style="display:block">10</span>',
        '<span style="display:inline-block">1</span>10',
        "<script>document.write(110)</script>",
        "<button>110</button>",
        "<noscript>110</noscript>",
        '<iframe src="110.html"></iframe>',
        '<input value="110">',
        '<img src="110.png">',
    ],
)
def test_cell_that_shows_more_than_one_text_is_unsure(markup: str) -> None:
    report = html_with(f"<td>{markup}</td>")
    assert report.unsure == ["rules.made"]
    assert report.figures["rules.in_force"] == 8


@pytest.mark.parametrize(
    "markup",
    [
        '<span style="visibility:hidden">9</span>110',
        '<span style="font-size:0px">9</span>110',
        '<span style="font-size:0"><span style="font-size:12px">110</span></span>',
        '<span style="display: none !important">9</span>110',
        '<span style="opacity:0">9</span>110',
        '<input type="hidden" value="9">110',
        # Word splits a number over spans at will.
        '<p class="MsoNormal"><span lang="EN-US">1</span><span style="color:black">10<o:p></o:p></span></p>',
        '<span class="s1">1</span><span class="s1">10</span>',
        '<span style="font-size:9pt"><b style="font-size:10pt">1</b></span><span style="font-size:10pt">10</span>',
        '1<a name="_GoBack"></a>10',
        '<a href="list.html">110</a>',
        '<div style="vertical-align:middle"><span style="font-size:10.5pt">110</span></div>',
    ],
)
def test_cell_that_shows_one_number_is_certain(markup: str) -> None:
    report = html_with(f"<td>{markup}</td>")
    assert report.unsure == []
    assert report.figures["rules.made"] == 110


def test_hidden_cell_keeps_its_place() -> None:
    report = html_with('<td style="visibility:hidden">5</td>')
    assert (report.figures["rules.made"], report.figures["rules.repealed"]) == (None, 7)


@pytest.mark.parametrize("cell", ["5<sup>1</sup>", '<img src="5.png">'])
def test_table_written_as_paragraphs_has_the_same_doubts(cell: str) -> None:
    cells = ["信息内容", "制发件数", "废止件数", "现行有效件数", "规章", cell, "7", "8"]
    page = f"<title>{TITLE}</title>" + "".join(f"<p>{cell}</p>" for cell in cells)
    [report] = read_bytes(page.encode(), "page.html")
    assert "rules.made" in report.unsure


TABLE = """<table><tr><td>信息内容</td><td>制发件数</td><td>废止件数</td><td>现行有效件数</td></tr>
    <tr><td>规章</td><td>5</td><td>7</td><td>8</td></tr></table>"""


def gkmlpt(content: str, visible: str) -> Report:
    """A page that holds its article in a script, and text around it."""
    detail = json.dumps({"title": TITLE, "content": content}, ensure_ascii=False).replace("<", "\\u003C")
    page = f"<html><script>window._CONFIG = {{DETAIL: {detail}, TREE: []}}</script><body>{visible}</body></html>"
    [report] = read_bytes(page.encode(), "page.html")
    return report


def test_embedded_report_is_read_though_the_text_around_it_is_longer() -> None:
    report = gkmlpt(f"<p>{TITLE}</p>{TABLE}", "<p>" + "网站导航与其他公开目录的说明，" * 100 + "</p>")
    assert report.figures["rules.made"] == 5
    assert "DETAIL.content:" in report.cells["rules.made"].locator


@pytest.mark.parametrize("content", ["<!-- 正文 -->", "<!-- 正文", "<p>" + "相关说明，" * 100 + "</p>"])
def test_shown_report_is_read_where_the_embedded_article_holds_none(content: str) -> None:
    assert gkmlpt(content, f"<p>{TITLE}</p>{TABLE}").figures["rules.made"] == 5


def test_title_left_in_a_reused_pdf_counts_less_than_the_printed_one() -> None:
    report = pdf_with(number("5"), stated_title="西河县人民政府2021年政府信息公开工作年度报告")
    assert (report.title, report.agency, report.year) == (TITLE, "东河县人民政府", 2022)
    assert {"identity.year", "identity.agency"} <= {finding.rule for finding in report.findings}


def test_title_of_the_list_counts_less_than_the_printed_one() -> None:
    page = f"<p>{TITLE}</p>{TABLE}".encode()
    [report] = read_bytes(page, "page.html", title_hint="西河县人民政府2021年政府信息公开工作年度报告")
    assert (report.title, report.agency, report.year) == (TITLE, "东河县人民政府", 2022)


def test_what_follows_the_end_of_a_page_is_read_too() -> None:
    """Saved or merged pages: a second whole document after the first, which browsers show as well."""
    report = real_report("hongze-2023")
    page = f"<html><body><h1>{report.title}</h1>{html_body(report)}</body></html>"
    other = page.replace("洪泽区", "清河县").replace("4119", "4120")
    reports = read_bytes((page + other).encode(), "merged.html")
    assert [found.figures["penalties.decisions"] for found in reports] == [4119, 4120]
    assert reports[1].agency == "清河县人民政府"


def test_a_corrected_table_below_the_article_is_not_left_out() -> None:
    report = real_report("hongze-2023")
    page = html_body(report)
    table = page[page.rindex("<table") : page.rindex("</table>") + len("</table>")]
    body = f"<div><h1>{report.title}</h1>{page}</div><div><p>更正</p>{table.replace('>10<', '>12<')}</div>"

    (read,) = read_bytes(f"<html><body>{body}</body></html>".encode(), "corrected.html")

    assert read.cells["review.upheld"].status == "unsure"
    assert "form.printed_twice" in {finding.rule for finding in read.findings}
