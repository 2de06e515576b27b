"""Rows, dates, folders and attachments in the markups that the portals write."""

import re
from datetime import date

import pytest
from scrapy.http import HtmlResponse, Request, TextResponse

from crawler.errors import Refused
from crawler.listing import attachments, child_folders, read_date, rows
from crawler.refusals import check_answer
from crawler.spiders.gkmlpt import embedded_json
from crawler.spiders.trs import TrsSpider

BASE = "http://www.example.gov.cn/zwgk/nb/"
TRS = TrsSpider.article_path
LINK = "./202401/t20240119_1.html"
TITLE = "某某区2023年政府信息公开工作年度报告"


def page(markup: str, url: str = BASE) -> HtmlResponse:
    return HtmlResponse(url, body=f"<html><body>{markup}</body></html>", encoding="utf-8")


@pytest.mark.parametrize(
    "row",
    [
        f'<ul><li><a href="{LINK}" title="{TITLE}">某某区2023年…</a><span>2024-01-23</span></li></ul>',
        f'<ul><li><a href="{LINK}"><span>2024-01-23</span>{TITLE}</a></li></ul>',
        f'<table><tr><td><a href="{LINK}">{TITLE}</a></td><td class="huise">2024.1.23</td></tr></table>',
        f'<div class="card"><div><a href="{LINK}"><p class="c-bt-t">{TITLE}</p></a></div>'
        "<p>[2024-\n 01-\n 23]</p></div><div><a href='./202401/t20240118_2.html'>另一条</a></div>",
        f'<script>url = "{LINK}"; title = "{TITLE}"; document.writeln("2024-01-23 17:32")</script>',
        f'<ul><li><a href="{LINK}" title="某某区<br/>2023年政府信息公开工作年度报告">x</a>2024年1月23日</li></ul>',
    ],
)
def test_a_row_is_read_in_every_markup(row: str) -> None:
    found = rows(page(row), TRS)[0]
    assert found.url == "http://www.example.gov.cn/zwgk/nb/202401/t20240119_1.html"
    assert found.title == TITLE
    assert found.published_on == date(2024, 1, 23)


def test_the_date_in_the_address_serves_where_the_row_has_none() -> None:
    (row,) = rows(page(f'<li><a href="./202401/t20240119_1.html">{TITLE}</a></li>'), TRS)
    assert row.published_on == date(2024, 1, 19)


def test_comments_empty_flags_and_second_links_make_no_rows() -> None:
    markup = (
        "<!-- <li><a href='./202301/t20230101_9.html'>旧</a></li> -->"
        "<li><a href='./202401/t20240119_1.html'><img></a><a href='./202401/t20240119_1.html'>年报</a></li>"
        "<li><i class='flag'></i><a href='./202401/t20240119_2.html'>未发布</a></li>"
        "<li><i class='flag'>是</i><a href='./202401/t20240119_3.html'>已发布</a></li>"
        "<li><a href='/about.html'>关于</a></li><li><a href='./P020240119.pdf'>某局年报</a></li>"
    )
    assert [(row.url.rpartition("/")[2], row.title) for row in rows(page(markup), TRS)] == [
        ("t20240119_1.html", "年报"),
        ("t20240119_3.html", "已发布"),
        ("P020240119.pdf", "某局年报"),
    ]


def test_gbk_without_a_charset_is_read() -> None:
    body = f"<html><body><li><a href='./202401/t20240119_1.html'>{TITLE}</a></li></body></html>".encode("gb18030")
    (row,) = rows(HtmlResponse(BASE, body=body), TRS)
    assert row.title == TITLE


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("成文 2024- 01- 22 17: 11", date(2024, 1, 22)),
        ("2024/2/30 2024/3/1", date(2024, 3, 1)),
        ("索引号 2026-02-00018", None),
    ],
)
def test_dates(text: str, day: date | None) -> None:
    assert read_date(text) == day


def test_child_folders_are_those_below_the_column() -> None:
    markup = "".join(
        f"<a href='{href}'>x</a>"
        for href in (
            "./2023n/",
            "2022n",
            "./2021n/index.html",
            "../zcwj/",
            "/zwgk/nb/",
            "index_2.html",
            "http://other.gov.cn/zwgk/nb/x/",
        )
    )
    assert child_folders(page(markup), BASE) == [BASE + "2023n/", BASE + "2022n/", BASE + "2021n/"]


def test_attachments_wherever_they_are_named() -> None:
    markup = (
        "<a href='./P02024.pdf' title='附件.pdf'>x</a>"
        "<iframe src='/pdfjs/viewer.html?file=%2Ffiles%2Fscan.pdf'></iframe>"
        "<embed src='/files/a.docx'><object data='b.xlsx'></object><script>var f = '/files/c.zip';</script>"
        "<a href='javascript:void(0)'>y</a><a href='./t20240119_1.html'>z</a>"
    )
    names = [url.rpartition("/")[2] for url, _ in attachments(page(markup))]
    assert names == ["P02024.pdf", "scan.pdf", "a.docx", "b.xlsx", "c.zip"]


@pytest.mark.parametrize(
    ("script", "pages"),
    [
        ('createPageHTML(3, 0, "index", "html");', 3),
        ('createPageHTML(45, 3, 0, "index", "html");', 3),
        ('createPage(7, 0, "index","html")', 7),
        ("var currentPage=0; var countPage = 4;", 4),
        ("pagination({ total: 5, size: 10 })", 5),
        ("</script>共 6 页<script>", 6),
        ("<!-- createPageHTML(9, 0, 'index', 'html') -->", None),
    ],
)
def test_page_counts(script: str, pages: int | None) -> None:
    assert TrsSpider.page_count(TrsSpider.__new__(TrsSpider), page(f"<script>{script}</script>")) == pages


def test_json_is_found_inside_a_script_that_is_none() -> None:
    text = 'window._CONFIG = { SID: \'755001\', TREE: [{"name": "a]}\\u003C", "children": []}], SERVICE_AREA_ID: 7 }'
    assert embedded_json(text, "TREE") == [{"name": "a]}<", "children": []}]
    with pytest.raises(ValueError, match="no DETAIL"):
        embedded_json(text, "DETAIL")


REAL = b"<html><body>" + b"<p>text</p><a href='/x'>y</a>" * 60 + b"</body></html>"


@pytest.mark.parametrize(
    ("status", "body", "kind", "verdict"),
    [
        (412, REAL, "list", "blocked"),
        (521, b"<script>document.cookie='__jsl_clearance_s=1'</script>", "article", "blocked"),
        (200, b"<script>document.cookie='C3VK=5d5cf3; path=/'; location.reload()</script>", "list", "blocked"),
        (200, b"<html><script>$_ts=window['$_ts'];" + b"x" * 2000 + b"</script></html>", "list", "blocked"),
        (200, "信息模板页面配置实体不能为空".encode(), "list", "soft404"),
        (200, b"<script>location.replace('/home')</script>", "list", "soft404"),
        (200, b"<html><title>404 Not Found</title>" + REAL, "article", "soft404"),
        (200, b"<!DOCTYPE html><html>" + REAL, "attachment", "soft404"),
        (200, b"%PDF-1.4 <script>document.cookie='x'</script>", "attachment", None),
        (200, b"<script src='/__jsluid.js'></script>" + REAL, "article", None),
        (200, b'{"articles": []}', "list", None),
        (200, REAL, "article", None),
        (200, "<title>第404街道办事处2023年政府信息公开工作年度报告</title>".encode() + REAL, "article", None),
        (200, "<title>404错误</title>".encode() + REAL, "article", "soft404"),
    ],
)
def test_refusals_are_told_from_pages(status: int, body: bytes, kind: str, verdict: str | None) -> None:
    url = BASE + ("a.pdf" if kind == "attachment" else "a.html")
    response = TextResponse(url, status=status, body=body, request=Request(url))
    if verdict is None:
        check_answer(response, kind)
        return
    with pytest.raises(Refused) as caught:
        check_answer(response, kind)
    assert caught.value.kind == verdict


PADDING = "<!-- padding -->" * 80
CAPTCHA = (
    "<title>安全验证</title><p>您的访问过于频繁，请输入验证码后继续访问</p>"
    "<form action='/verify'><img src='/captcha.jpg'><input name='captcha'><button>提交</button></form>"
)
LOGIN = "<title>用户登录</title><form>用户名<input name='u'>密码<input type='Password' name='p'></form>"
FIREWALL = "<title>访问被拒绝</title><h1>请求存在安全风险，已被防火墙拦截</h1>" + "<p>如有疑问请联系管理员</p>" * 60
COOKIE = f"<script>{'var _0x1=[];' * 80}document.cookie='wzws_cid=a;path=/';location.reload();</script>"
SHELL = "<script>window._CONFIG={{'content':'{}'}};document.cookie='skin=1';location.href='#top'</script><div></div>"
FRAME = "<form>密码<input type='password'></form><form>验证码<input name='captcha'><img src='/captcha.jpg'></form>"
SAYS = f"<title>{TITLE}</title>"


@pytest.mark.parametrize(
    ("markup", "reason"),
    [
        (CAPTCHA, "challenge page with a captcha"),
        ("<title>访问验证</title><p>请完成验证</p>", "challenge page: 访问验证"),
        (LOGIN, "a login form"),
        (f"<table>{'<tr><td>x</td></tr>' * 3}</table>{LOGIN}", "a login form"),
        (FIREWALL, "a refusal with status 200"),
        ("<title>提示</title><p>您的请求已被拦截</p>", "a refusal with status 200"),
        (COOKIE, "challenge script"),
    ],
)
@pytest.mark.parametrize(("kind", "page"), [("list", 1), ("list", 2), ("article", 1)])
def test_what_stands_before_a_page_is_a_refusal(markup: str, reason: str, kind: str, page: int) -> None:
    response = HtmlResponse(BASE, body=f"<html>{markup}{PADDING}</html>", encoding="utf-8", request=Request(BASE))
    with pytest.raises(Refused, match=f"^{reason}") as caught:
        check_answer(response, kind, page)
    assert caught.value.kind == "blocked"


@pytest.mark.parametrize(
    "markup",
    [
        f"{SAYS}{FRAME}<p>见附件<a href='a.pdf'>附件</a></p>",
        f"{FRAME}<p>{TITLE}</p><img src='/pages/1.jpg'>",
        f"{FRAME}<p>{'公开了政府信息。' * 60}</p>",
        f"{FRAME}<table>{'<tr><td>1</td><td>2</td></tr>' * 8}</table>",
        FRAME + "<a href='/x'>栏目</a>" * 12,
        f"{FRAME}<p>暂无相关信息</p>",
        SHELL.format("公开了政府信息。" * 60) + FRAME,
        f"{SAYS}<p>网站防火墙拦截攻击3次，未出现访问频繁的情况。</p>",
        "<title>政府信息公开</title><ul><li>访问受限</li></ul>" + "<p>公开了政府信息。</p>" * 90,
    ],
)
def test_a_login_or_a_captcha_in_the_frame_of_a_page_is_no_refusal(markup: str) -> None:
    response = HtmlResponse(BASE, body=f"<html>{markup}{PADDING}</html>", encoding="utf-8", request=Request(BASE))
    check_answer(response, "article")
    check_answer(response, "list", 2)


def test_a_stub_after_the_first_page_is_left_to_the_spider() -> None:
    check_answer(TextResponse(BASE, body=b"<html></html>", request=Request(BASE)), "list", page=2)


def test_a_redirect_to_the_home_page_is_no_answer() -> None:
    asked = Request("http://www.example.gov.cn/", meta={"redirect_urls": [BASE + "a.html"]})
    with pytest.raises(Refused, match="home page"):
        check_answer(HtmlResponse(asked.url, body=REAL, request=asked), "article")


def test_article_patterns_take_only_articles() -> None:
    assert re.search(TRS, "/nb/202401/t20240119_1.shtml")
    assert not re.search(TRS, "/nb/t1234567.html")
