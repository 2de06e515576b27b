"""Shapes of a report as pages and text: as editors, Word and careless converters leave them."""

import json
import random
from collections.abc import Iterator
from html import escape

from simulator.printed import PrintedReport, is_table_3
from simulator.render import html_table, html_text, layout_html, layout_text, span_attributes
from simulator.tables import HEADER_ROWS_OF_TABLE_3, PrintedCell, Table

Files = list[tuple[str, bytes]]
"""The files of a document by name; the one to open comes first."""


def page(title: str, body: str, *, charset: str = "utf-8") -> str:
    """A page with a title and a body."""
    return (
        f'<!DOCTYPE html>\n<html><head><meta charset="{charset}"><title>{escape(title)}</title></head>\n'
        f"<body>\n{body}\n</body></html>\n"
    )


def headline(layout: PrintedReport) -> str:
    """The title's lines in a heading each."""
    return "\n".join(f"<h1>{escape(line)}</h1>" for line in layout.titles)


def plain(layout: PrintedReport, rng: random.Random) -> Files:
    """A clean page in UTF-8."""
    return _one_page(layout, layout_html(layout))


def word(layout: PrintedReport, rng: random.Random) -> Files:
    """Word's export pasted into a page in GBK: numbers split over spans, no-break spaces, CRLF."""
    parts: list[str] = []
    for part in layout.parts:
        parts += [_word_paragraph(text, rng) for text in (part.heading, *part.paragraphs) if text]
        for table in part.tables:
            rows = "\n".join(f"<tr>{''.join(_word_cell(cell, rng) for cell in row)}</tr>" for row in table)
            parts.append(f"<table class=MsoNormalTable border=1 cellspacing=0 cellpadding=0>\n{rows}\n</table>")
    body = headline(layout) + "\n<div class=WordSection1>\n" + "\n".join(parts) + "\n</div>"
    text = page("".join(layout.titles), body, charset="gb2312")
    return [("index.html", text.replace("\n", "\r\n").encode("gb18030"))]


def paragraphs(layout: PrintedReport, rng: random.Random) -> Files:
    """No table markup: each cell a paragraph, a blank one a paragraph with a no-break space."""
    parts: list[str] = []
    for part in layout.parts:
        parts += [f"<p>{escape(text)}</p>" for text in (part.heading, *part.paragraphs) if text]
        for table in part.tables:
            parts += [f"<p>{html_text(cell.text).strip() or '&nbsp;'}</p>" for row in table for cell in row]
    return _one_page(layout, "\n".join(parts))


def nested(layout: PrintedReport, rng: random.Random) -> Files:
    """The report in layout tables, among navigation and tables of other things."""
    title = escape("".join(layout.titles))
    links = "".join(f'<td><a href="/{n}/">{name}</a></td>' for n, name in enumerate(_NAVIGATION))
    years = "".join(
        f'<tr><td><a href="t{year}.html">{year}年政府信息公开工作年度报告</a></td><td>{rng.randint(9, 9999)}</td></tr>'
        for year in (2018, 2019)
    )
    visits = f"<tr><td>自然人</td><td>{rng.randint(10000, 99999)}</td></tr><tr><td>法人或其他组织</td><td>77</td></tr>"
    body = f"""<table width="1000"><tr><td colspan="3"><table><tr>{links}</tr></table></td></tr>
<tr><td><table><tr><td>历年年报</td><td>点击量</td></tr>{years}</table>
<table border="1"><tr><td>网站访问统计</td><td>总计</td></tr>{visits}</table></td><td></td>
<td><table><tr><td align="center"><b>{title}</b></td></tr>
<tr><td>发布时间：2022-01-26　来源：本站　字体：[大 中 小]</td></tr>
<tr><td><table><tr><td id="zoom">
{layout_html(layout)}
</td></tr></table></td></tr></table></td></tr>
<tr><td colspan="3">主办：办公室　网站标识码：3200000001　<a href="/map/">网站地图</a></td></tr></table>"""
    return [("index.html", page("".join(layout.titles), body).encode())]


def in_script(layout: PrintedReport, rng: random.Random) -> Files:
    """The text only inside the page's script, escaped, as gkmlpt has it."""
    detail = json.dumps({"title": "".join(layout.titles), "content": layout_html(layout)}, ensure_ascii=False)
    detail = detail.replace("<", "\\u003C").replace(">", "\\u003E").replace('\\"', "\\u0022").replace("/", "\\/")
    title = escape("".join(layout.titles))
    text = (
        f'<!DOCTYPE html>\n<html><head><meta charset="UTF-8"><meta name="ArticleTitle" content="{title}">'
        f"<title>{title} - 政府信息公开平台</title>\n"
        f"<script>\nwindow._CONFIG = {{\n  DETAIL: {detail},\n  SHARE: false\n}};\n"
        '</script></head>\n<body><div class="article-content"></div></body></html>'
    )
    return [("index.html", text.encode())]


def cut(layout: PrintedReport, rng: random.Random) -> Files:
    """Every table cut in two with its header repeated, as a converter cuts it at page breaks."""
    parts: list[str] = []
    for part in layout.parts:
        parts += [f"<p>{escape(text)}</p>" for text in (part.heading, *part.paragraphs) if text]
        for table in part.tables:
            parts += [html_table(piece) for piece in _pieces(table, rng)]
    return _one_page(layout, "\n".join(parts))


def tabs(layout: PrintedReport, rng: random.Random) -> Files:
    """Plain text with tabs."""
    return [("report.txt", layout_text(layout).encode())]


def _one_page(layout: PrintedReport, body: str) -> Files:
    return [("index.html", page("".join(layout.titles), f"{headline(layout)}\n{body}").encode())]


def _pieces(table: Table, rng: random.Random) -> Iterator[Table]:
    """Table 3 in two; a small table whole."""
    if not is_table_3(table) or len(table) < HEADER_ROWS_OF_TABLE_3 + 6:
        yield table
        return
    free = [row for row in range(HEADER_ROWS_OF_TABLE_3 + 2, len(table) - 1) if not _is_crossed(table, row)]
    at = rng.choice(free) if free else len(table)
    yield table[:at]
    if at < len(table):
        yield table[:HEADER_ROWS_OF_TABLE_3] + table[at:]


def _is_crossed(table: Table, at: int) -> bool:
    """Whether a cell spans over the upper edge of a row."""
    return any(row + cell.row_span > at for row in range(at) for cell in table[row])


def _word_paragraph(text: str, rng: random.Random) -> str:
    return f"<p class=MsoNormal style='text-indent:32.0pt'>{_word_runs(text, rng)}</p>"


def _word_cell(cell: PrintedCell, rng: random.Random) -> str:
    runs = "<br>".join(_word_runs(line, rng) for line in cell.text.split("\n")) if cell.text else "&nbsp;"
    return (
        f"<td{span_attributes(cell)} style='border:solid windowtext 1.0pt'><p class=MsoNormal align=center>{runs}"
        "<span lang=EN-US><o:p></o:p></span></p></td>"
    )


def _word_runs(text: str, rng: random.Random) -> str:
    """Text in spans as Word exports it; digits in a span of their own, sometimes in two."""
    runs: list[str] = []
    for run in _runs(text):
        if run[0].isascii() and run.isdigit():
            at = rng.randrange(len(run)) if len(run) > 1 and rng.random() < 0.3 else 0
            runs += [f"<span lang=EN-US>{piece}</span>" for piece in (run[:at], run[at:]) if piece]
        else:
            runs.append(f"<span style='font-family:仿宋_GB2312'>{escape(run).replace(' ', '&nbsp;')}</span>")
    return "".join(runs)


def _runs(text: str) -> Iterator[str]:
    start = 0
    for end in range(1, len(text) + 1):
        if end == len(text) or _is_digit(text[end]) != _is_digit(text[start]):
            yield text[start:end]
            start = end


def _is_digit(letter: str) -> bool:
    return letter.isascii() and letter.isdigit()


_NAVIGATION = ("首页", "政务公开", "政府信息公开指南", "政府信息公开年报", "依申请公开", "互动交流")
