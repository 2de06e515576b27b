"""jpaas: blocks loaded from a gateway that reads its paging from ``paramJson`` alone, and the ways their lists end."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from crawling import captures, crawl

from simulator.district import District, district
from simulator.hanweb import HanwebColumn
from simulator.jpaas import GATEWAY, JpaasColumn
from simulator.portals import Entry, Page, Portal, RunningPortal, serve_all

ALL = 20
RECORDS = 22
PAGE = 8


@dataclass(frozen=True)
class Instead:
    """Answers in the gateway's place."""

    body: str

    def answer(self, path: str, query: dict[str, str], base_url: str) -> Page | None:
        return Page(self.body.encode()) if path == GATEWAY else None


def column(here: District, **quirks: Any) -> JpaasColumn:
    return JpaasColumn("/zwgk/nb/", "政府信息公开年报", here.postings, **{"page_size": PAGE, **quirks})


def by_year(here: District, **quirks: Any) -> JpaasColumn:
    """Years below the column's folder, or anywhere: then only a hub leads there."""
    path = "/xxgk/nb{}/" if quirks else "/zwgk/nb/{}n/"
    years = [
        JpaasColumn(path.format(y), f"{y}年", [p for p in here.reports if p.published_on.year == y + 1], page_size=3)
        for y in range(2019, 2024)
    ]
    return replace(column(here, **quirks), postings=list(here.notices), children=tuple(years))


def portals() -> dict[str, Portal]:
    here = district()
    parts: dict[str, tuple[Any, ...]] = {
        "script": (column(here),),
        "inline": (column(here, block="inline"),),
        "small": (column(here, block="inline", page_size=30),),
        "folders": (by_year(here),),
        "hub": (by_year(here, is_hub=True),),
        "old_addresses": (column(here, form="numbers"),),
        "control_characters": (column(here, has_control_characters=True),),
        "names_host": (column(here, names_host=True),),
        "dates_apart": (column(here, dates_apart=True),),
        "too_few_claimed": (column(here, claimed=10),),
        "too_many_claimed": (column(here, claimed=60),),
        "pager": (column(here, block="pager"),),
        "page_1_for_ever": (column(here, repeats=True),),
        "inline_page_1_for_ever": (column(here, repeats=True, block="inline"),),
        "really_hanweb": (HanwebColumn(12946, "政府信息公开年报", here.postings),),
        "fails_later": (column(here, fails_from=2),),
        "fails": (column(here, fails_from=1),),
        "no_json": (Instead("<html><body>" + "<p>系统维护中</p>" * 60), column(here)),
        "gone_later": (Instead("您访问的页面不存在"), column(here, block="inline")),
    }
    paths = {"really_hanweb": "/col/col12946/index.html"}
    return {
        key: Portal(key, (Entry(key, key, "jpaas", paths.get(key, "/zwgk/nb/")),), found)
        for key, found in parts.items()
    }


@dataclass
class Crawled:
    runs: dict[str, dict[str, Any]]
    running: dict[str, RunningPortal]
    days: dict[str, dict[str, str | None]]
    """By portal: title of each fetched report, and the day that the list gave for it."""


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    """The reports of 2019, which stand at the end of every list, from all portals in one crawl."""
    data = tmp_path_factory.mktemp("jpaas")
    with serve_all(portals()) as running:
        runs = crawl([entry for each in running.values() for entry in each.registry], data, years=[2019, 2020])
        days: dict[str, dict[str, str | None]] = {key: {} for key in running}
        for capture, _ in captures(data, "article"):
            days[capture.portal or ""][capture.title or ""] = capture.published_on
        yield Crawled(runs, running, days)


WHOLE = ("script", "inline", "pager", "small", "folders", "hub", "old_addresses", "names_host", "dates_apart")


@pytest.mark.parametrize("key", [*WHOLE, "too_few_claimed", "too_many_claimed"])
def test_every_row_is_found_with_its_day(crawled: Crawled, key: str) -> None:
    run = crawled.runs[key]
    assert (run["listed"], run["failed"]) == (ALL, 0), run["failures"]
    expected = {p.title: str(p.published_on) for p in district().reports if p.report and p.report.year == 2019}
    assert crawled.days[key] == expected


@pytest.mark.parametrize("key", [*WHOLE, "control_characters"])
def test_a_whole_list_has_nothing_missing(crawled: Crawled, key: str) -> None:
    assert (crawled.runs[key]["unlisted"], crawled.runs[key]["pages_missing"]) == (0, 0)


def test_raw_control_characters_in_the_json_do_not_hide_its_rows(crawled: Crawled) -> None:
    assert crawled.runs["control_characters"]["listed"] == ALL
    titles = "".join(crawled.days["control_characters"])
    assert titles.isprintable()


def gateway_queries(crawled: Crawled, key: str) -> list[dict[str, list[str]]]:
    paths = [path for path in crawled.running[key].paths() if path.startswith(GATEWAY)]
    return [parse_qs(urlsplit(path).query) for path in paths]


def test_the_block_is_asked_for_as_the_page_says_and_paged_by_paramjson(crawled: Crawled) -> None:
    queries = gateway_queries(crawled, "script")
    assert [query.get("paramJson") for query in queries] == [
        None,
        ['{"pageNo":2,"pageSize":8}'],
        ['{"pageNo":3,"pageSize":8}'],
    ]
    for query in queries:
        assert (query["parseType"], query["tagId"]) == (["bulidstatic"], ["信息列表"])
        assert not query.keys() & {"pageNo", "rows"}
    assert gateway_queries(crawled, "small") == []
    assert len(gateway_queries(crawled, "inline")) == 2


@pytest.mark.parametrize(("key", "requests"), [("page_1_for_ever", 2), ("inline_page_1_for_ever", 1)])
def test_a_gateway_that_gives_its_first_page_for_ever_is_left_and_the_rest_counted(
    crawled: Crawled, key: str, requests: int
) -> None:
    run = crawled.runs[key]
    assert len(gateway_queries(crawled, key)) == requests
    assert (run["unlisted"], run["pages_missing"]) == (RECORDS - PAGE, 2)


@pytest.mark.parametrize("key", ["fails_later", "gone_later"])
def test_a_list_that_breaks_off_keeps_its_rows_and_counts_the_rest(crawled: Crawled, key: str) -> None:
    run = crawled.runs[key]
    assert run["listed"] >= PAGE - 2
    assert (run["unlisted"], run["pages_missing"], run["failed"]) == (RECORDS - PAGE, 2, 0)


def test_rows_that_are_claimed_and_not_given_are_counted(crawled: Crawled) -> None:
    run = crawled.runs["too_many_claimed"]
    assert (run["unlisted"], run["pages_missing"]) == (60 - RECORDS, 5)


def test_a_column_of_the_earlier_platform_is_named_as_such(crawled: Crawled) -> None:
    run = crawled.runs["really_hanweb"]
    assert run["outcome"] != "ok"
    assert "register the portal as hanweb" in run["failures"][0]["reason"]


@pytest.mark.parametrize(("key", "reason"), [("fails", "系统繁忙"), ("no_json", "not JSON")])
def test_a_block_that_does_not_come_is_named_and_the_run_is_not_ok(crawled: Crawled, key: str, reason: str) -> None:
    run = crawled.runs[key]
    assert run["outcome"] != "ok"
    assert GATEWAY in run["failures"][0]["url"]
    assert reason in run["failures"][0]["reason"]
