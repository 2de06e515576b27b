"""The platform of a column is told from its address and its page; what tells nothing is not guessed at."""

import pytest

from crawler.recognise import PLATFORM_OF_SHAPE, SIGNS, WEAK_SIGNS, read_page
from crawler.registry import known_platforms

COLUMN = "http://www.example.gov.cn/zwgk/nb/"
TITLE = "澄川区水务局{}年政府信息公开工作年度报告"


def page(*hrefs: str, head: str = "", title: str = TITLE) -> str:
    rows = "".join(f'<li><a href="{href}">{title.format(2020 + n)}</a></li>' for n, href in enumerate(hrefs))
    return f"<html><head>{head}</head><body><ul>{rows}</ul></body></html>"


HEX, UUID = "0123456789abcdef" * 2, "01234567-89ab-cdef-0123-456789abcdef"


@pytest.mark.parametrize(
    ("platform", "hrefs"),
    [
        ("trs", ("./202401/t20240119_3541184.html", "./202301/t20230119_3541183.shtml")),
        ("gd_nfcms", ("/zwgk/nb/content/post_9485858.html",)),
        ("gd_nfcms", ("/gkmlpt/content/9/9123/post_9123456.html",)),
        ("hanweb", ("/art/2024/1/9/art_5555_900001.html",)),
        ("jpaas", (f"/xxgk/nb/art/2024/art_{HEX}.html",)),
        ("ucap_hex", (f"/site/nb/202401/{HEX}.shtml",)),
        ("ucap_hex", ("/hebmlx/c111204/202401/c01_123456.shtml",)),
        ("hb_uuid", (f"/columns/{UUID}/202401/09/{UUID}.html",)),
        ("shhex", (f"/gknb_lnnb/20240119/{HEX}.html",)),
        ("sx_longid", ("/zwgk/nb/1234567890123456789.html",)),
        ("gx_tid", ("./t1234567.shtml",)),
        ("visualsite_info", ("/info/1648/12345.htm",)),
        ("openness", (f"/xxgk/openness/detail/annual_report/{HEX[:24]}.html",)),
        ("column", ("/bjtz/zfxxgknb/202401191234/index.shtml",)),
        ("column", ("/2024/01-19/123456.html",)),
    ],
)
def test_by_the_addresses_of_its_articles(platform: str, hrefs: tuple[str, ...]) -> None:
    reading = read_page(COLUMN, page(*hrefs))
    assert reading.recognition is not None
    assert (reading.recognition.platform, reading.recognition.column_url) == (platform, COLUMN)
    assert reading.recognition.base_url == "http://www.example.gov.cn"
    assert reading.reports == len(hrefs)


@pytest.mark.parametrize(
    ("platform", "path", "text"),
    [
        ("hanweb", "/col/col1229720664/index.html", ""),
        ("site_label", "/public/column/16551?type=3&nav=5&sub=3", ""),
        ("openness", "/XxgkAnnualReport/", ""),
        ("openness", "/XxgkContent/showList/996/0/page_1.html", ""),
        ("hb_uuid", f"/columns/{UUID}/index.html", ""),
        ("jpaas", "/col/col123/index.html", "url='/api-gateway/jpaas-publish-server/front/page/build/unit'"),
        ("ucap_hex", "/nb/list.shtml", "createPageHTML('page_div',3,1,'list','shtml',40)"),
        ("trs", "/nb/", 'createPageHTML(3, 0, "index", "html")'),
    ],
)
def test_by_its_own_address_or_script(platform: str, path: str, text: str) -> None:
    reading = read_page(f"http://www.example.gov.cn{path}", f"<html><script>{text}</script></html>")
    assert reading.recognition is not None
    assert reading.recognition.platform == platform
    assert reading.reports == 0


def test_the_index_of_a_directory_gives_its_root_and_number() -> None:
    text = "<script>window._CONFIG = { SID: '758019', TREE: [] }</script>"
    found = read_page("https://www.example.gov.cn/zqhjj/gkmlpt/index", text).recognition
    assert found is not None
    assert (found.platform, found.base_url, found.column_url, found.sid) == (
        "gkmlpt",
        "https://www.example.gov.cn/zqhjj",
        None,
        "758019",
    )


def test_reports_decide_where_other_links_look_otherwise() -> None:
    news = "".join(f"<a href='/content/post_{n}.html'>新闻</a>" for n in range(9))
    found = read_page(COLUMN, page("./202401/t20240119_3541184.html") + news).recognition
    assert found is not None
    assert found.platform == "trs"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<html><a href='/about'>关于我们</a></html>",
        "<html><script>window._CONFIG = { SHARE: false }</script></html>",
        page("https://mirror.example.com/202401/t20240119_3541184.html"),
        f"<!-- {page('./202401/t20240119_3541184.html')} -->",
    ],
)
def test_nothing_is_guessed(text: str) -> None:
    reading = read_page(COLUMN, text)
    assert (reading.recognition, reading.reports) == (None, 0)


def test_rows_that_a_script_writes_count() -> None:
    script = f"""var url = "./202602/t20260214_2730572.shtml"; title = "{TITLE.format(2025)}";
        document.writeln("2026-02-14 17:32")"""
    reading = read_page(COLUMN, f"<html><body><script>{script}</script></body></html>")
    assert reading.recognition is not None
    assert (reading.recognition.platform, reading.reports) == ("trs", 1)


def test_records_inside_xml_count() -> None:
    record = (
        f'<record><![CDATA[<li><a href="/art/2024/1/9/art_5_9.html" title="{TITLE.format(2023)}">…</a></li>]]></record>'
    )
    reading = read_page(COLUMN, f"<html><body><script><datastore>{record}</datastore></script></body></html>")
    assert reading.reports == 1


def test_sub_columns_alone_are_for_the_fallback() -> None:
    reading = read_page(COLUMN, "<a href='2023n/'>2023年</a><a href='../tzgg/'>2023年通知</a>")
    assert reading.recognition is not None
    assert (reading.recognition.platform, reading.columns) == ("column", 1)


@pytest.mark.parametrize(
    ("head", "site"),
    [
        ('<meta name="SiteName" content="广州市番禺区人民政府门户网站"><title>年报</title>', "广州市番禺区人民政府"),
        ("<title>政府信息公开年报-广州市番禺区人民政府</title>", "广州市番禺区人民政府"),
        ("<title>政府信息公开年报</title>", ""),
        ("", ""),
    ],
)
def test_whose_the_site_is(head: str, site: str) -> None:
    assert read_page(COLUMN, page("./202401/t20240119_3541184.html", head=head)).site == site


def test_every_sign_is_of_a_platform_with_a_spider() -> None:
    named = {sign.platform for sign in (*SIGNS, *WEAK_SIGNS)} | set(PLATFORM_OF_SHAPE.values())
    assert named == set(known_platforms()) - {"column"}
