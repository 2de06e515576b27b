"""The shapes of article addresses: which one it is, which day it states, and what is none."""

from datetime import date

import pytest

from crawler.dialects import ARTICLE, DIALECTS, date_of, dialect_of, matches

HEX = "0123456789abcdef0123456789abcdef"
UUID = "8aef2fa0-cc14-409e-9f68-fbdba00a0c72"
DAY = date(2024, 1, 19)
EXAMPLES = [
    ("trs", "/nb/202401/t20240119_3541184.html", DAY),
    ("trs", "/nb/202401/t20241399_3541184.shtml", None),
    ("hanweb", "/art/2024/1/19/art_5555_900001.html", DAY),
    ("jpaas", f"/nb/art/2024/art_{HEX}.html", None),
    ("content", "/2024-01/19/content_12.shtml", DAY),
    ("content", "/2024-01/19/c_12.htm", DAY),
    ("xinhua", "/20240119/0a1b/c.html", DAY),
    ("web_index", "/web/zwgkx/nb/2024011910203012/index.shtml", DAY),
    ("arti", "/2024/01/19/ARTI17.shtml", DAY),
    ("nfcms", "/zwgk/content/post_9485858.html", None),
    ("nfcms", "/gkmlpt/content/9/9485/post_9485858.html", None),
    ("numid", "/zwgk/nb/1234567/index.html", None),
    ("tsid", "/nb/202401191234/index.shtml", DAY),
    ("tsid_undated", "/nb/990011223344/index.shtml", None),
    ("ucap_hex", f"/nb/202401/{HEX}.shtml", None),
    ("ucap_c01", "/hebmlx/c111204c/202401/c01_77.shtml", None),
    ("pnidpv", "/zt/pnidpv155pntypepvnbpnnfpv2023.html", None),
    ("pnidpv", "/zt/pnidpv908771.html", None),
    ("ccontent", "/n81/c102384/content.html", None),
    ("portal_article", "/portal/article/2/20240119101010", None),
    ("nsfc", "/p1/3381/2824/91234.html", None),
    ("spc", "/fabu/xiangqing/423592.html", None),
    ("safe", "/safe/2024/0119/23853.html", DAY),
    ("date_path", "/nb/2024-01-19/33.html", DAY),
    ("date_path", f"/govxxgk/LY/2024-01-19/{UUID}.html?deptcode=033", DAY),
    ("ymd", "/nb/20240119/33.html", DAY),
    ("ymd", "/nb/20240119/i3312345.html", DAY),
    ("sc_hex", f"/nb/2024/1/19/{HEX}.shtml", DAY),
    ("hb_long", "/www/zfxxgk/col/1583312345678/2024/01/19/1705654321000", DAY),
    ("hb_uuid", f"/columns/{UUID}/202401/19/{UUID}.html", DAY),
    ("sh_hex", f"/gknb_lnnb/20240119/{HEX}.html", DAY),
    ("year_day", "/2024/01-19/1234567.html", DAY),
    ("doc", "/doc/2024/01/19/4321.shtml", DAY),
    ("user_data", "/UserData/DocHtml/731/2024/1/19/77.html", DAY),
    ("gx_tid", "/zwgk/H1_/N1_/t20240119.shtml", None),
    ("info", "/info/1042/8123.htm", None),
    ("snowflake", "/nb/1748123456789012345.html", None),
    ("gongkai_doc", f"/gongkai/site_a1/channel_{HEX[:24]}/doc_{HEX[:24]}.html", None),
    ("gongkai_show", f"/gongkai/show/{HEX}.html", None),
    ("openness", f"/xxgkAnnualReport/detail/{HEX[:24]}.html", None),
    ("openness", f"/xxgk/openness/detail/annual_report/{HEX[:24]}.html", None),
    ("annual_report", "/XxgkAnnualReport/show/12.html", None),
    ("site_label", "/public/16551/6711.html", None),
    ("dynamic", f"/dynamic/gggs/{HEX}.html", None),
    ("single", "/single/29/17.html", None),
    ("content_bare", "/gk/zfxxgknb/sub/content_1234", None),
    ("number", "/zfxxgk/nb/rhq/4512345.shtml", None),
    ("dept_year", "/year_details.aspx?dept=221&year=2021", None),
    ("details", f"/xxgk/buffersInformation/details?id={UUID}", None),
    ("php_show", "/index.php?c=show&id=9", None),
    ("php_show", "/show.php?tid=3&id=9", None),
]


@pytest.mark.parametrize(("name", "path", "day"), EXAMPLES)
def test_an_address_is_known_by_its_shape(name: str, path: str, day: date | None) -> None:
    url = f"http://www.example.gov.cn{path}"
    assert dialect_of(url) == name
    assert date_of(url) == day
    assert matches(ARTICLE, url)


def test_every_shape_has_an_example() -> None:
    assert {name for name, _, _ in EXAMPLES} == set(DIALECTS)


@pytest.mark.parametrize(
    "path",
    [
        "/zwgk/nb/",
        "/zwgk/nb/index.html",
        "/zwgk/nb/index_2.shtml",
        "/zwgk/nb/2023/index.html",
        "/zwgk/nb/1.html",
        "/nb/list_12.shtml",
        "/col/col1229/index.html",
        "/zfxxgk/zfxxgknb/3.htm",
        "/year_details.aspx?dept=221",
    ],
)
def test_lists_and_columns_are_no_articles(path: str) -> None:
    assert dialect_of(f"http://www.example.gov.cn{path}") is None
