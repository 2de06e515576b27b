"""Site-label portals: what a page says about its list, fragments that never end or never begin, one report a year."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pytest
from crawling import captures, crawl, undisturbed
from scrapy.http import HtmlResponse

from archive import Capture
from crawler.label_pages import label_address
from simulator.agencies import Agency, reports_of
from simulator.portals import HTML, Entry, Page, Portal, RunningPortal, serve_all
from simulator.postings import Posting
from simulator.site_label import Organ, SiteLabelPortal

LISTED = [
    Posting(
        n + 7, "水务局", date(2024, 1, 31 - n), title=f"石笋区第{n}街道2023年政府信息公开年度报告", text="正文。" * 300
    )
    for n in range(7)
]
LIST = SiteLabelPortal((Organ(16551, "石笋区水务局", LISTED),), page_size=3)
LIST_PATH = "/public/column/16551?type=4&action=list&nav=&sub=&catId=7065111"


def organ(number: int, name: str, pdf_since: int | None = None) -> Organ:
    reports = reports_of(Agency(name, 5, pdf_since=pdf_since))
    return Organ(
        number,
        name,
        [Posting(number * 10 + i, name, each.published_on, each) for i, each in enumerate(reports.values())],
    )


ORGANS = (organ(1, "石笋区水务局"), organ(2, "石笋区教育局", pdf_since=2022))
YEARLY = SiteLabelPortal(ORGANS)
ONE = SiteLabelPortal(ORGANS[:1])
YEARLY_PATH = "/public/column/1?type=3&nav=5&sub=3"
TITLE = "石笋区水务局2023年政府信息公开工作年度报告"
YEARS = range(2021, 2024)

PORTALS = {
    "settings": (LIST, LIST_PATH),
    "address": (replace(LIST, states_call="address"), LIST_PATH),
    "mounted": (replace(LIST, mount="/hszwgk/zwgk", template="/hs/publicInfoList_ah"), "/hszwgk/zwgk" + LIST_PATH),
    "shows_rows": (replace(LIST, shows_rows=True), LIST_PATH),
    "small_count": (replace(LIST, claimed_pages=1), LIST_PATH),
    "large_count": (replace(LIST, claimed_pages=5), LIST_PATH),
    "first_for_ever": (replace(LIST, ignores_page_index=True), LIST_PATH),
    "mute": (replace(LIST, states_call="nothing"), LIST_PATH),
    "other_category": (LIST, LIST_PATH.replace("7065111", "99")),
    "empty": (SiteLabelPortal((Organ(16551, "石笋区水务局", []),)), LIST_PATH),
    "error_page": (LIST, LIST_PATH),
    "yearly": (YEARLY, YEARLY_PATH),
    "years_not_offered": (replace(YEARLY, offers_years=False), YEARLY_PATH + "&timeFrame=2022&hasContent=true"),
    "newest_for_ever": (replace(ONE, ignores_year=True), YEARLY_PATH),
    "blank_years": (replace(ONE, says_nothing=False, offers_years=False), YEARLY_PATH),
}


class ErrorFragments:
    """An error page with status 200 in place of every fragment."""

    def answer(self, path: str, query: dict[str, str], base_url: str) -> Page | None:
        return Page("<html><body>您访问的页面不存在</body></html>".encode(), HTML) if "8888" in path else None


@dataclass
class Crawled:
    """What a crawl of all the portals gave, by name."""

    runs: dict[str, dict[str, Any]]
    second: dict[str, Any]
    articles: dict[str, list[Capture]]
    files: list[Capture]
    portals: dict[str, RunningPortal]

    def titles(self, name: str) -> list[str]:
        return sorted(str(capture.title) for capture in self.articles[name])

    def reasons(self, name: str) -> list[str]:
        return [failure["reason"] for failure in self.runs[name]["failures"]]


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Crawled:
    data = tmp_path_factory.mktemp("site_label")
    portals = {
        name: Portal(name, (Entry(name, name, "site_label", path),), (part,)) for name, (part, path) in PORTALS.items()
    }
    portals["error_page"].parts = (ErrorFragments(), LIST)
    years = [YEARS.start, YEARS.stop]
    with serve_all(portals) as running:
        entries = {name: each.registry[0] for name, each in running.items()}
        runs = crawl(list(entries.values()), data, years=years)
        second = crawl([entries["yearly"]], data, years=years)["yearly"]
        articles, files = ([c for c, _ in captures(data, kind)] for kind in ("article", "attachment"))
    return Crawled(
        runs,
        second,
        {name: [c for c in articles if c.portal == name] for name in portals},
        [c for c in files if c.portal == "yearly"],
        running,
    )


WHOLE = ("settings", "address", "mounted", "shows_rows", "small_count", "large_count")


@pytest.mark.parametrize("name", WHOLE)
def test_every_row_of_every_fragment_once(name: str, crawled: Crawled) -> None:
    assert crawled.runs[name]["outcome"] == undisturbed(crawled.runs[name]), crawled.reasons(name)
    assert crawled.titles(name) == sorted(posting.title for posting in LISTED)
    assert {c.published_on for c in crawled.articles[name]} == {str(posting.published_on) for posting in LISTED}


def test_fragments_are_asked_for_until_one_says_that_there_is_nothing(crawled: Crawled) -> None:
    paths = [path for path in crawled.portals["settings"].paths() if "/site/label/8888" in path]
    assert [path.partition("pageIndex=")[2].partition("&")[0] for path in paths] == ["1", "2", "3", "4"]


def test_pages_that_a_list_counts_and_does_not_give_are_counted(crawled: Crawled) -> None:
    assert crawled.runs["settings"]["pages_missing"] == 0
    assert crawled.runs["large_count"]["pages_missing"] == 2  # of five, the third was the last


def test_a_portal_that_gives_the_first_fragment_for_ever_is_left_and_shows_what_is_missing(crawled: Crawled) -> None:
    assert len(crawled.articles["first_for_ever"]) == 3
    assert len([path for path in crawled.portals["first_for_ever"].paths() if "8888" in path]) == 2
    assert crawled.runs["first_for_ever"]["pages_missing"] == 2
    assert crawled.runs["first_for_ever"]["outcome"] == "partial"
    assert crawled.reasons("first_for_ever") == ["the rows of an earlier fragment again, 2 to go"]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("mute", "the page does not say how its list is asked for: siteId, file"),
        ("other_category", "HTTP 200, neither rows nor 暂无相关信息"),
        ("error_page", "an error page in place of fragment 1"),
    ],
)
def test_a_list_that_cannot_be_read_is_a_failure(name: str, reason: str, crawled: Crawled) -> None:
    assert crawled.reasons(name) == [reason]
    assert crawled.runs[name]["outcome"] in ("empty", "moved")


def test_a_list_that_says_it_is_empty_is_no_failure(crawled: Crawled) -> None:
    assert crawled.reasons("empty") == []
    assert crawled.runs["empty"]["outcome"] == "ok"


def of_years(*organs: Organ) -> list[Posting]:
    return [posting for each in organs for year, posting in each.by_year().items() if year in YEARS]


@pytest.mark.parametrize("name", ["yearly", "years_not_offered"])
def test_each_organ_and_year_is_one_article(name: str, crawled: Crawled) -> None:
    run, articles, expected = crawled.runs[name], crawled.articles[name], of_years(*ORGANS)
    assert run["outcome"] == "ok", crawled.reasons(name)
    assert crawled.titles(name) == sorted(posting.title for posting in expected)
    assert {c.title: c.published_on for c in articles} == {p.title: str(p.published_on) for p in expected}
    assert len({c.url for c in articles}) == len(articles)
    assert all(f"timeFrame={c.title[6:10]}" in c.url for c in articles if c.title)
    assert (run["found"], run["reports"]) == (len(expected), len(expected))


def test_a_year_whose_report_is_a_file_keeps_the_file(crawled: Crawled) -> None:
    parents = {capture.url: capture.title for capture in crawled.articles["yearly"]}
    in_files = [posting.title for posting in of_years(*ORGANS) if posting.has_pdf]
    assert len(in_files) == 2
    assert sorted(str(parents[file.parent_url or ""]) for file in crawled.files) == sorted(in_files)


def test_the_same_again_changes_nothing(crawled: Crawled) -> None:
    assert (crawled.second["new"], crawled.second["changed"], crawled.second["outcome"]) == (0, 0, "ok")
    assert crawled.second["unchanged"] == crawled.runs["yearly"]["new"]


def test_the_page_without_a_year_is_no_report(crawled: Crawled) -> None:
    assert not [c.url for c in crawled.articles["yearly"] if "timeFrame" not in c.url]


def test_a_portal_that_shows_its_newest_report_for_every_year_gives_it_once(crawled: Crawled) -> None:
    assert crawled.titles("newest_for_ever") == [TITLE]
    assert crawled.runs["newest_for_ever"]["outcome"] == "partial"
    assert crawled.reasons("newest_for_ever") == [f"the report of another year again: {TITLE}"] * 2


def test_a_year_that_shows_nothing_and_does_not_say_so_is_a_failure(crawled: Crawled) -> None:
    assert len(crawled.articles["blank_years"]) == len(of_years(ORGANS[0]))
    assert crawled.reasons("blank_years") == ["neither a report nor 暂无相关信息"]
    assert crawled.runs["blank_years"]["outcome"] == "partial"


def test_settings_of_other_lists_on_the_page_are_not_taken() -> None:
    script = (
        "Ls.ajax({labelName: 'publicColumnList', siteId: '1', organId: '2', file: '/other'});"
        "Ls.ajax({labelName: 'publicInfoList', siteId: '3', organId: '4', file: '/xxgk/publicInfoList_x'});"
    )
    url = "http://www.example.gov.cn/hszwgk/public/column/4?type=6&catId=5"
    address = label_address(HtmlResponse(url, body=f"<script>{script}</script>", encoding="utf-8"))
    assert address is not None
    assert address.startswith("http://www.example.gov.cn/hszwgk/site/label/8888?")
    for pair in ("siteId=3", "organId=4", "type=6", "catId=5", "file=%2Fxxgk%2FpublicInfoList_x"):
        assert f"&{pair}" in address
