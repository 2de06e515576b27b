"""UCAP columns: counts that are too small, lists without end, hubs, rows as JSON, and lists that cannot be read."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pytest
from crawling import captures, crawl, undisturbed

from archive import Capture
from simulator.portals import Entry, Portal, RunningPortal, serve_all
from simulator.postings import Posting
from simulator.ucap_hex import UcapColumn

PATH = "/sys/zfxxgknb/"


def postings(count: int) -> list[Posting]:
    return [
        Posting(
            n + 7,
            "石笋区水务局",
            date(2024, 1, 31 - n),
            title=f"石笋区第{n}街道2023年政府信息公开工作年度报告",
            text="正文。" * 300,
        )
        for n in range(count)
    ]


NINE = postings(9)
JSON = UcapColumn(PATH, "年报", NINE, page_size=4, as_json=True)
COLUMNS = {
    "short_count": UcapColumn(PATH, "年报", NINE, page_size=3, claimed_pages=2),
    "repeats": UcapColumn(PATH, "年报", NINE, page_size=3, repeats_last=True),
    "promises": UcapColumn(PATH, "年报", NINE, page_size=5, claimed_pages=3, claimed_records=14),
    "rlist": UcapColumn(PATH, "年报", NINE, page_name="rlist", page_size=5, addresses="content"),
    "folder": UcapColumn("/sys/c112204/", "年报", NINE, page_size=5, addresses="c01", has_folder_page=True),
    "links_pages": UcapColumn(PATH, "年报", NINE, page_size=2, links_pages=True, has_folder_page=True),
    "no_script": UcapColumn(PATH, "年报", NINE, has_paging=False),
    "hub": UcapColumn(
        "/sys/c100/",
        "政府信息公开",
        has_paging=False,
        children=(
            UcapColumn("/sys/c101/", "区政府年报", NINE[:5]),
            UcapColumn("/sys/c102/", "2022年", NINE[5:], page_name="xxgk_list"),
            UcapColumn("/sys/c104/", "2021年"),
            UcapColumn("/sys/c103/", "统计公报", postings(12)[9:]),
        ),
    ),
    "json": JSON,
    "search_list": UcapColumn(PATH, "年报", NINE, page_size=4, as_json=True, search_path="/searchList/"),
    "named": UcapColumn(PATH, "年报", NINE, as_json=True, search_path="/gk/search/", names_search_path=True),
    "tax": replace(JSON, search_path="/getFileListByCodeId", posted_form="files"),
    "library": replace(
        JSON, search_path="/szinf/xxgk/interfacesWebZcwj/loadData", posted_form="library", names_search_path=True
    ),
    "no_total": replace(JSON, states_total=False),
    "lost": UcapColumn(PATH, "年报", NINE, as_json=True, lost_addresses=frozenset({NINE[2].id})),
    "json_promises": UcapColumn(PATH, "年报", NINE, page_size=4, as_json=True, claimed_records=12),
    "first_for_ever": replace(JSON, ignores_page=True),
    "unknown_search": UcapColumn(PATH, "年报", NINE, as_json=True, search_path="/other/"),
    "no_channel": UcapColumn(PATH, "年报", NINE, as_json=True, states_channel=False),
}


@dataclass
class Crawled:
    """What a crawl of all the columns gave, by name."""

    runs: dict[str, dict[str, Any]]
    articles: dict[str, list[Capture]]
    portals: dict[str, RunningPortal]

    def titles(self, name: str) -> list[str | None]:
        return [capture.title for capture in self.articles[name]]


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Crawled:
    data = tmp_path_factory.mktemp("ucap")
    portals = {
        name: Portal(name, (Entry(name, name, "ucap_hex", column.path),), (column,)) for name, column in COLUMNS.items()
    }
    with serve_all(portals) as running:
        runs = crawl([entry for each in running.values() for entry in each.registry], data)
        articles = [capture for capture, _ in captures(data, "article")]
    return Crawled(runs, {name: [c for c in articles if c.portal == name] for name in portals}, running)


WHOLE = (
    "short_count",
    "links_pages",
    "repeats",
    "promises",
    "rlist",
    "folder",
    "no_script",
    "hub",
    "json",
    "search_list",
    "named",
    "tax",
    "library",
    "no_total",
)


@pytest.mark.parametrize("name", WHOLE)
def test_every_report_once(name: str, crawled: Crawled) -> None:
    assert crawled.runs[name]["outcome"] == undisturbed(crawled.runs[name]), crawled.runs[name]["failures"]
    assert sorted(map(str, crawled.titles(name))) == sorted(posting.title for posting in NINE)
    assert {capture.published_on for capture in crawled.articles[name]} == {str(p.published_on) for p in NINE}


def test_pages_are_asked_for_beyond_a_count_that_is_too_small_until_one_is_not_there(crawled: Crawled) -> None:
    paths = [path for path in crawled.portals["short_count"].paths() if "/list" in path]
    assert paths == [f"{PATH}{name}.shtml" for name in ("list", "list_2", "list_3", "list_4")]
    assert crawled.runs["short_count"]["unlisted"] == 0


def test_a_list_that_repeats_its_last_page_for_ever_is_left(crawled: Crawled) -> None:
    assert crawled.portals["repeats"].paths()[-1].endswith(".shtml")
    assert f"{PATH}list_5.shtml" not in crawled.portals["repeats"].paths()


@pytest.mark.parametrize(("name", "missing"), [("promises", 5), ("json_promises", 3), ("json", 0), ("repeats", 0)])
def test_what_a_list_counts_and_does_not_show_is_counted(name: str, missing: int, crawled: Crawled) -> None:
    assert crawled.runs[name]["unlisted"] == missing


def test_a_folder_that_is_no_page_is_no_failure(crawled: Crawled) -> None:
    paths = crawled.portals["rlist"].paths()
    assert [p.removeprefix(PATH) for p in paths[1:5]] == ["", "list.shtml", "common_list.shtml", "rlist.shtml"]
    assert crawled.runs["rlist"]["failed"] == 0


def test_a_hub_leads_to_columns_of_annual_reports_and_to_no_others(crawled: Crawled) -> None:
    paths = crawled.portals["hub"].paths()
    assert "/sys/c101/list.shtml" in paths
    assert "/sys/c102/xxgk_list.shtml" in paths
    assert "/sys/c103/list.shtml" not in paths


def test_the_publisher_is_read_by_its_key_and_the_day_is_not_that_of_writing(crawled: Crawled) -> None:
    assert {capture.publisher for capture in crawled.articles["json"]} == {"石笋区水务局"}
    assert "2001-01-01" not in {capture.published_on for capture in crawled.articles["json"]}


def test_the_portal_is_asked_as_its_own_script_does(crawled: Crawled) -> None:
    searches = [path for path in crawled.portals["named"].paths() if "search" in path.lower()]
    assert len(searches) == 1
    assert searches[0].startswith("/gk/search/")


def test_a_form_is_posted_to_the_portals_that_want_one(crawled: Crawled) -> None:
    asked = {
        name: next((each.method, each.path) for each in crawled.portals[name].requests if each.method == "POST")
        for name in ("tax", "library")
    }
    assert asked["tax"] == ("POST", "/getFileListByCodeId")
    assert asked["library"] == ("POST", "/szinf/xxgk/interfacesWebZcwj/loadData?pageSize=15")
    others = [path for path in crawled.portals["library"].paths() if "/common/search" in path]
    assert not others  # the page names where to ask


def test_a_row_without_an_address_is_named_and_the_others_are_taken(crawled: Crawled) -> None:
    run = crawled.runs["lost"]
    assert run["outcome"] == "partial"
    assert [failure["reason"] for failure in run["failures"]] == [f"a row without an address: {NINE[2].title}"]
    assert len(crawled.articles["lost"]) == 8
    assert run["unlisted"] == 1


def test_a_portal_that_gives_the_first_page_for_ever_is_left_and_named(crawled: Crawled) -> None:
    run = crawled.runs["first_for_ever"]
    assert len([path for path in crawled.portals["first_for_ever"].paths() if "/common/search/" in path]) == 2
    assert [failure["reason"].partition(":")[0] for failure in run["failures"]] == ["the rows of an earlier page again"]
    assert (run["outcome"], run["unlisted"]) == ("partial", 5)


@pytest.mark.parametrize(
    ("name", "reason"),
    [("unknown_search", "HTTP 404"), ("no_channel", "a list without rows that names no channel")],
)
def test_a_list_that_cannot_be_read_is_a_failure_and_no_empty_success(name: str, reason: str, crawled: Crawled) -> None:
    run = crawled.runs[name]
    assert run["outcome"] != "ok"
    assert run["reports"] == 0
    assert run["failures"][-1]["reason"].startswith(reason)
