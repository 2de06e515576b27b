"""Hanweb's columns: every way to the later records, and what the portals do about them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pytest
from crawling import captures, crawl
from scrapy.http import HtmlResponse, XmlResponse

from crawler.jpage import batch, jpage_lists, report_columns
from simulator.district import District, district
from simulator.hanweb import HanwebColumn
from simulator.jpaas import JpaasColumn
from simulator.portals import Entry, Page, Portal, RunningPortal, serve_all

COLUMN = "http://www.example.gov.cn/col/col5555/index.html"
TITLE = "某县2023年政府信息公开工作年度报告"
ALL = 20
PER_PAGE = 3
FIRST_BATCH = 3 * PER_PAGE


@dataclass(frozen=True)
class Instead:
    """Answers in the proxy's place."""

    body: str

    def answer(self, path: str, query: dict[str, str], base_url: str) -> Page | None:
        return Page(self.body.encode()) if path.endswith("dataproxy.jsp") else None


class Everywhere(Instead):
    """Answers in everybody's place."""

    def answer(self, path: str, query: dict[str, str], base_url: str) -> Page | None:
        return Page(self.body.encode())


def column(here: District, **quirks: Any) -> HanwebColumn:
    return HanwebColumn(12946, "政府信息公开年报", here.postings, per_page=PER_PAGE, **quirks)


def by_year(here: District) -> HanwebColumn:
    years = [
        HanwebColumn(
            700 + i, name, [p for p in here.reports if p.published_on.year == year], unit_id=90 + i, per_page=1
        )
        for i, (year, name) in enumerate((y + 1, f"{y}年") for y in range(2019, 2024))
    ]
    return replace(column(here), postings=list(here.notices), children=tuple(years))


def portals() -> dict[str, Portal]:
    here = district()
    parts: dict[str, tuple[Any, ...]] = {
        "range": (column(here, forms=frozenset({"range"})),),
        "post": (column(here, forms=frozenset({"post"})),),
        "post_alone": (column(here, forms=frozenset({"post"}), refuses_get=True),),
        "group": (column(here, forms=frozenset({"group"})),),
        "group_counted_from_1": (column(here, forms=frozenset({"group"}), next_group=1, has_settings=False),),
        "encrypted": (column(here, forms=frozenset({"group"}), is_encrypted=True, has_settings=False),),
        "encrypted_and_empty": (column(here, forms=frozenset(), is_encrypted=True),),
        "more": (column(here, forms=frozenset({"more"}), has_settings=False),),
        "html": (column(here, forms=frozenset({"html"}), first="links"),),
        "links_only": (column(here, forms=frozenset(), first="links"),),
        "range_breaks_off": (column(here, range_until=12),),
        "record_without_link": (column(here, strays=("<li>更早的年报请到档案馆查阅</li>",)),),
        "table_rows": (column(here, record="tr", has_root=False),),
        "too_few_claimed": (column(here, claimed=5),),
        "too_many_claimed": (column(here, claimed=40),),
        "by_year": (by_year(here),),
        "proxy_out_of_order": (Instead("<html><body>系统维护中</body></html>"), column(here)),
        "really_jpaas": (
            JpaasColumn("/col/col12946/", "政府信息公开年报", here.postings, page_size=8, block="inline"),
        ),
        "json": (Everywhere('{"code": 500, "message": "系统繁忙"}'),),
        "proxy_gone": (Instead("您访问的页面不存在"), column(here, forms=frozenset({"html"}), first="links")),
    }
    return {
        key: Portal(key, (Entry(key, key, "hanweb", "/col/col12946/index.html"),), found)
        for key, found in parts.items()
    }


@dataclass
class Crawled:
    runs: dict[str, dict[str, Any]]
    running: dict[str, RunningPortal]
    days: dict[str, dict[str, str | None]]
    """By portal: title of each fetched report, and the day that the list gave for it."""
    lists: list[str]
    """The addresses under which lists are kept."""


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    """The reports of 2019, which stand at the end of every list, from all portals in one crawl."""
    data = tmp_path_factory.mktemp("hanweb")
    with serve_all(portals()) as running:
        runs = crawl([entry for each in running.values() for entry in each.registry], data, years=[2019, 2020])
        days: dict[str, dict[str, str | None]] = {key: {} for key in running}
        for capture, _ in captures(data, "article"):
            days[capture.portal or ""][capture.title or ""] = capture.published_on
        yield Crawled(runs, running, days, [capture.url for capture, _ in captures(data, "list")])


WHOLE = (
    "range",
    "range_breaks_off",
    "group",
    "group_counted_from_1",
    "encrypted",
    "more",
    "html",
    "table_rows",
    "by_year",
)


@pytest.mark.parametrize("key", [*WHOLE, "too_few_claimed", "too_many_claimed", "proxy_gone"])
def test_every_record_is_found_with_its_day(crawled: Crawled, key: str) -> None:
    run = crawled.runs[key]
    assert (run["listed"], run["failed"]) == (ALL, 0), run["failures"]
    expected = {p.title: str(p.published_on) for p in district().reports if p.report and p.report.year == 2019}
    assert crawled.days[key] == expected


@pytest.mark.parametrize("key", WHOLE)
def test_a_whole_list_has_nothing_missing(crawled: Crawled, key: str) -> None:
    assert (crawled.runs[key]["unlisted"], crawled.runs[key]["pages_missing"]) == (0, 0)


def test_ranges_follow_each_other_with_the_numbers_of_that_column(crawled: Crawled) -> None:
    asked = [path for path in crawled.running["range"].paths() if "dataproxy" in path]
    assert [re.findall(r"(?:start|end)record=(\d+)", path) for path in asked] == [["10", "18"], ["19", "27"]]
    units = {re.findall(r"unitid=(\d+)", path)[0] for path in crawled.running["by_year"].paths() if "dataproxy" in path}
    assert units == {"90", "91", "92", "93", "94"}


@pytest.mark.parametrize("key", ["post", "post_alone"])
def test_a_proxy_that_wants_a_form_is_posted_to(crawled: Crawled, key: str) -> None:
    asked = [(each.method, each.path) for each in crawled.running[key].requests if "dataproxy" in each.path]
    ranges = [re.findall(r"(?:start|end)record=(\d+)", path) for method, path in asked if method == "POST"]
    assert ranges == [["10", "18"], ["19", "27"]]
    assert [method for method, _ in asked] == ["GET", "POST", "POST"]


def test_what_was_posted_for_is_kept_apart_by_what_was_posted(crawled: Crawled) -> None:
    posted = [url for url in crawled.lists if url.startswith(crawled.running["post"].base_url) and "POST" in url]
    assert len(posted) == 2
    assert all("columnid=12946" in url.partition("__wb_method=POST")[2] for url in posted)


def test_a_record_without_a_link_is_passed_and_counted(crawled: Crawled) -> None:
    asked = [path for path in crawled.running["record_without_link"].paths() if "startrecord" in path]
    assert [re.findall(r"startrecord=(\d+)", path)[0] for path in asked[:2]] == ["10", "19"]
    run = crawled.runs["record_without_link"]
    assert (run["listed"], run["unlisted"], run["pages_missing"]) == (ALL, 1, 0)


def test_of_an_encrypted_link_only_the_page_changes(crawled: Crawled) -> None:
    asked = [path for path in crawled.running["encrypted"].paths() if "dataproxy" in path]
    assert {re.sub(r"page=\d+", "", path) for path in asked} == {re.sub(r"page=\d+", "", asked[0])}
    assert [re.findall(r"page=(\d+)", path) for path in asked] == [["2"], ["3"], ["4"]]


def test_where_the_proxy_gives_nothing_the_first_records_are_kept_and_the_rest_counted(crawled: Crawled) -> None:
    records = len(district().postings)
    run = crawled.runs["encrypted_and_empty"]
    assert run["unlisted"] == records - FIRST_BATCH
    assert run["pages_missing"] == -(-records // PER_PAGE) - 3
    run = crawled.runs["links_only"]
    assert run["unlisted"] == records - PER_PAGE
    assert run["pages_missing"] == -(-records // PER_PAGE) - 1
    assert run["listed"] > 0


def test_records_that_are_claimed_and_not_given_are_counted(crawled: Crawled) -> None:
    assert crawled.runs["too_many_claimed"]["unlisted"] == 40 - len(district().postings)


def test_a_proxy_that_answers_with_a_page_is_named_as_failing(crawled: Crawled) -> None:
    run = crawled.runs["proxy_out_of_order"]
    assert run["outcome"] == "partial"
    assert all("dataproxy.jsp" in failure["url"] for failure in run["failures"])
    assert "something else than records" in run["failures"][0]["reason"]
    assert run["unlisted"] == len(district().postings) - FIRST_BATCH


def test_a_column_of_the_later_platform_is_named_as_such(crawled: Crawled) -> None:
    run = crawled.runs["really_jpaas"]
    assert run["outcome"] == "partial"
    assert "register the portal as jpaas" in run["failures"][0]["reason"]


def test_json_in_the_place_of_a_column_is_named(crawled: Crawled) -> None:
    run = crawled.runs["json"]
    assert (run["outcome"] != "ok", run["failed"]) == (True, 1)
    assert "JSON where a web page was expected" in run["failures"][0]["reason"]


def store(*records: str) -> XmlResponse:
    inner = "".join(f"<record><![CDATA[{record}]]></record>" for record in records)
    body = f"<?xml version='1.0' encoding='UTF-8'?><datastore><recordset>{inner}</recordset></datastore>"
    return XmlResponse("http://www.example.gov.cn/module/web/jpage/dataproxy.jsp?page=2", body=body.encode())


@pytest.mark.parametrize(
    ("record", "day"),
    [
        (f'<li><a href="/art/2024/1/9/art_5_1.html">{TITLE}</a><span>2024-01-\n 19</span></li>', date(2024, 1, 19)),
        (f'<li><a href="/art/2024/1/9/art_5_1.html">{TITLE}</a></li>', date(2024, 1, 9)),
        (
            f'<tr><td>2026-02-00018</td><td><a href="/art/2024/1/9/art_5_1.html">{TITLE}</a></td>'
            "<td>2024-01-05</td><td>[2024-01-19]</td></tr>",
            date(2024, 1, 19),
        ),
        (f'<a href="/jcms/jcms_files/web3/site/1.html">{TITLE}</a><b>2024-01-19</b>', date(2024, 1, 19)),
    ],
)
def test_a_record_in_every_markup(record: str, day: date) -> None:
    rows, records = batch(store(record, '<li><a href="/art/2024/2/1/art_5_2.html">另一条</a></li>'))
    assert (rows[0].title, rows[0].published_on, records) == (TITLE, day, 2)


def test_an_answer_of_the_proxy_that_is_no_store_has_no_rows() -> None:
    page = store().replace(body=f'<html><a href="/art/2024/1/9/art_5_1.html">{TITLE}</a></html>'.encode())
    assert batch(page) == ([], 0)


def page(markup: str) -> HtmlResponse:
    return HtmlResponse(COLUMN, body=f"<html><body>{markup}</body></html>", encoding="utf-8")


def test_the_settings_are_those_of_the_columns_own_list() -> None:
    script = (
        "<script>$('#{1}').jpage({{totalRecord:{2},perPage:7,"
        "ajaxParam:{{webid:3,columnid:{0},unitid:'{1}'}}}});</script>"
    )
    markup = script.format(1, 11, 900) + script.format(5555, 77777, 30)
    (found,) = jpage_lists(page(markup))
    assert (found.total, found.per_page) == (30, 7)
    assert "columnid=5555&unitid=77777" in found.ways[0](found)[0]


def test_the_numbers_are_read_from_a_link_in_whatever_order() -> None:
    link = "/module/web/jpage/dataproxy.jsp?page=2&amp;unitid=77777&amp;columnid=5555&amp;webid=9"
    (found,) = jpage_lists(
        page(f"<script type='text/xml'><nextgroup><![CDATA[<a href='{link}'></a>]]></nextgroup></script>")
    )
    assert "startrecord=1&endrecord=45&perpage=15&webid=9&columnid=5555&unitid=77777" in found.ways[0](found)[0]


def test_columns_of_annual_reports_are_known_by_their_names() -> None:
    links = {
        "/col/col1/index.html": "2022年",
        "/col/col2/": "政府信息公开年报",
        "/col/col3/index.html": "2022年政府工作报告",
        "/col/col4/index.html": "通知公告",
        "/col/col5/art.html": "2021年",
    }
    markup = "".join(f'<a href="{href}">{name}</a>' for href, name in links.items())
    found = report_columns(page(markup))
    assert [url.partition("gov.cn")[2] for url in found] == ["/col/col1/index.html", "/col/col2/"]
