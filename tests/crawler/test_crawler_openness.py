"""Openness portals: lists by organ, numbered lists of everything, and start pages that lead nowhere."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pytest
from crawling import captures, crawl

from archive import Capture
from simulator.openness import Branch, NewsList, NumberedList, OpennessPortal, page
from simulator.portals import Entry, Page, Part, Portal, RunningPortal, serve_all
from simulator.postings import Posting


def posting(number: int, day: date, title: str = "石笋区第{}街道2023年政府信息公开年度报告") -> Posting:
    return Posting(number, "石笋区人民政府", day, title=title.format(number), text="正文。" * 300)


REPORTS = [posting(n, date(2024, 1, 31 - n)) for n in range(1, 8)]
NEWS = [posting(n, date(2024, 3, n - 20), "石笋区召开第{}次会议") for n in range(21, 29)]
BRANCHES = (Branch("石笋区财政局", REPORTS[:5]), Branch("石笋区水务局", REPORTS[5:]))
MONGO = OpennessPortal(BRANCHES, page_size=2)
NUMBERED = NumberedList(REPORTS, NEWS, page_size=3)


class Front:
    """A page that leads to two numbered lists, one of them of annual reports."""

    def answer(self, path: str, query: dict[str, str], base_url: str) -> Page | None:
        links = (
            '<a href="/XxgkContent/showList/996/5/page_1.html">政府信息公开年报</a>'
            '<a href="/XxgkContent/showList/996/6/page_1.html">通知公告</a>'
        )
        return page("政府信息公开", links) if path == "/zwgk/" else None


PORTALS: dict[str, tuple[str, tuple[Part, ...]]] = {
    "mongo": (MONGO.start, (MONGO,)),
    "other_paths": (
        "/xxgk/openness/",
        (
            replace(
                MONGO,
                start="/xxgk/openness/",
                lists="/opennessAnnualReport/",
                detail="/xxgk/openness/detail/annual_report/",
                news=NEWS,
            ),
        ),
    ),
    "one_page": (MONGO.start, (replace(MONGO, page_size=15, heeds_page=False),)),
    "numbered": (NUMBERED.path, (NUMBERED,)),
    "filed_as_news": ("/News/showList/17/page_1.html", (NewsList(REPORTS, NEWS, category=17, page_size=3),)),
    "own_folder": (
        "/XxgkAnnualReport/showList/996/0/page_1.html",
        (NumberedList(REPORTS, folder="XxgkAnnualReport", page_size=2),),
    ),
    "last_for_ever": (NUMBERED.path, (replace(NUMBERED, past_end="last"),)),
    "front": ("/zwgk/", (Front(), NumberedList(REPORTS, category=5), NumberedList([], NEWS, category=6))),
    "undated": (MONGO.start, (replace(MONGO, shows_dates=False),)),
    "leads_nowhere": (MONGO.start, (replace(MONGO, leads_to_lists=False),)),
    "only_news": ("/xxgk/openness/", (replace(MONGO, start="/xxgk/openness/", leads_to_lists=False, news=NEWS),)),
    "no_reports": (NUMBERED.path, (NumberedList([], NEWS, page_size=3),)),
}


@dataclass
class Crawled:
    """What a crawl of all the portals gave, by name."""

    runs: dict[str, dict[str, Any]]
    articles: dict[str, list[Capture]]
    portals: dict[str, RunningPortal]


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Crawled:
    data = tmp_path_factory.mktemp("openness")
    portals = {
        name: Portal(name, (Entry(name, name, "openness", path),), parts) for name, (path, parts) in PORTALS.items()
    }
    with serve_all(portals) as running:
        runs = crawl([entry for each in running.values() for entry in each.registry], data)
        articles = [capture for capture, _ in captures(data, "article")]
    return Crawled(runs, {name: [c for c in articles if c.portal == name] for name in portals}, running)


@pytest.mark.parametrize(
    "name", ["mongo", "other_paths", "one_page", "numbered", "own_folder", "filed_as_news", "last_for_ever", "front"]
)
def test_every_report_once_and_nothing_else(name: str, crawled: Crawled) -> None:
    assert crawled.runs[name]["outcome"] == "ok", crawled.runs[name]["failures"]
    found = {capture.title: capture.published_on for capture in crawled.articles[name]}
    assert found == {report.title: str(report.published_on) for report in REPORTS}
    assert len(crawled.articles[name]) == len(REPORTS)


def test_pages_without_annual_reports_do_not_end_a_list_of_everything(crawled: Crawled) -> None:
    pages = [path.rpartition("/")[2] for path in crawled.portals["numbered"].paths() if "showList" in path]
    assert pages == [f"page_{number}.html" for number in range(1, 7)]  # the first two hold news alone


def test_a_list_that_shows_its_last_page_for_ever_is_left(crawled: Crawled) -> None:
    assert crawled.portals["last_for_ever"].paths().count("/XxgkContent/showList/996/0/page_6.html") == 1
    assert "/XxgkContent/showList/996/0/page_7.html" not in crawled.portals["last_for_ever"].paths()


def test_only_lists_named_like_annual_reports_are_followed(crawled: Crawled) -> None:
    assert not [path for path in crawled.portals["front"].paths() if "/996/6/" in path]


def test_the_digits_of_an_address_give_no_date(crawled: Crawled) -> None:
    assert [capture.published_on for capture in crawled.articles["undated"]] == [None] * len(REPORTS)


@pytest.mark.parametrize("name", ["leads_nowhere", "only_news", "no_reports"])
def test_a_portal_whose_lists_are_elsewhere_is_a_failure_that_says_so(name: str, crawled: Crawled) -> None:
    run = crawled.runs[name]
    assert run["outcome"] == "empty"
    assert [failure["reason"].partition(";")[0] for failure in run["failures"]] == ["nothing here leads to a report"]
    assert run["failures"][0]["url"].endswith(PORTALS[name][0])
