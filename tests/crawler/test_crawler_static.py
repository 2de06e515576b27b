"""Quirks of the platforms of static columns: what each does with rows, dates, addresses and further pages."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from crawling import Answer, article, captures, column, crawl, scripted, undisturbed

from simulator.district import DISTRICT, district
from simulator.portals import Entry, Fault, Part, Portal, RunningPortal, serve
from simulator.postings import Posting
from simulator.static_columns import (
    AnyColumn,
    GxTidColumn,
    HbUuidColumn,
    PostedColumn,
    ShhexColumn,
    StaticColumn,
    SxLongidColumn,
    VisualsiteColumn,
    named_uuid,
)
from simulator.trs import TrsColumn
from simulator.trs_rows import Markup

MARKUPS: tuple[Markup, ...] = ("date_first", "table", "cards", "flags", "sliced", "written")
NAME = "政府信息公开年报"
TITLE = "沅泽市石笋区云台街道办事处2023年政府信息公开工作年度报告"
POSTINGS = [posting for posting in district().postings if posting.report and not posting.has_pdf][:5]
TITLES = {posting.title: str(posting.published_on) for posting in POSTINGS}
OLD = [posting for posting in district().reports if posting.report and posting.report.year == 2019][:1]
UUID = f"/columns/{named_uuid(7)}/"
ODD = "/gk/xxgk/view.jsp_17"


class Undated(GxTidColumn):
    """Guangxi's column, with rows that state no date."""

    def row(self, posting: Posting) -> str:
        return f'<li><a href="{self.article_path(posting)}" title="{posting.title}">{posting.title}</a></li>'


class Stubborn(GxTidColumn):
    """A column that answers every address of a page with its first."""

    def list_paths(self, number: int) -> tuple[str, ...]:
        return (*super().list_paths(1), f"{self.path}index_1.shtml", f"{self.path}index_2.shtml")

    def paging(self, number: int) -> str:
        return ""


class Numbered(AnyColumn):
    """A column whose own address has the number 1 in it."""

    def list_paths(self, number: int) -> tuple[str, ...]:
        return (f"/nb/index_pc_{number}.html",)

    def article_path(self, posting: Posting) -> str:
        return f"/nb/{posting.published_on:%Y%m%d}/i{posting.id}.html"


def year_pages(base: str) -> dict[str, Answer | list[Answer]]:
    """An agency's reports by a script: each leads to all, and shows its own as pictures of its pages."""
    address = "/year_details.aspx?dept=221&year={}"
    years = "".join(f'<a href="{address.format(year)}">{year}年</a>' for year in (2023, 2022, 2018))
    shown = '<h2 class="title">{}</h2><p>发布日期：2024-01-19</p><div id="zoom"><img src="/att/{}.jpg"></div>'
    picture = Answer(b"\xff\xd8\xff\xe0" + b"1" * 300, headers={"Content-Type": "image/jpeg"})
    pages: dict[str, Answer | list[Answer]] = {"/nb.aspx?dept=221": Answer(f"{years}{'<p>…</p>' * 90}".encode())}
    for year in (2023, 2022, 2018):
        text = years + shown.format(TITLE.replace("2023", str(year)), year) + "<p>…</p>" * 90
        pages[address.format(year)] = Answer(text.encode())
        pages[f"/att/{year}.jpg"] = picture
    return pages


def trs(**more: Any) -> TrsColumn:
    return TrsColumn("/zwgk/nb/", NAME, POSTINGS, **more)


def trs_columns() -> dict[str, TrsColumn]:
    later = date(2025, 10, 19)
    by_markup = {markup: trs(markup=markup, page_size=2, filed_on=later) for markup in MARKUPS}
    script_loaded = TrsColumn("/zwgk/nb/2019n/", "2019年", POSTINGS, markup="loaded")
    return {
        **by_markup,
        "sliced": trs(markup="sliced", page_size=99, paging="none"),
        "comments": trs(repeats_rows_in_comments=True, page_size=2),
        "shtml": trs(extension="shtml", page_size=2, paging="none"),
        "migrated": trs(filed_on=later),
        "records": trs(paging="records", page_size=2),
        "understated": trs(paging="records", page_size=2, claimed_pages=2),
        "stub": trs(claimed_pages=3, past_end="stub"),
        "loaded": trs(markup="loaded"),
        "partly_loaded": trs(children=(script_loaded,)),
    }


def others() -> dict[str, tuple[str, StaticColumn]]:
    return {
        "announced": ("hb_uuid", HbUuidColumn(UUID, NAME, POSTINGS, announced=3)),
        "backward": ("visualsite_info", VisualsiteColumn("/xxgk/nb.htm", NAME, POSTINGS, page_size=1)),
        "undated": ("gx_tid", Undated("/zwgk/H1_/N1_/", NAME, POSTINGS, page_size=2)),
        "stubborn": ("column", Stubborn("/zwgk/nb/", NAME, POSTINGS)),
        "archives": ("shhex", ShhexColumn("/nb/", NAME, [], (ShhexColumn("/x2022/", "2022年", POSTINGS),))),
        "alone": ("sx_longid", SxLongidColumn("/nb/2022n/", NAME, POSTINGS[:1], shows_report=True)),
        "alone_old": ("sx_longid", SxLongidColumn("/nb/2019n/", NAME, OLD, shows_report=True)),
        "numbered": ("column", Numbered("/nb/index_pc_1.html", NAME, POSTINGS, page_size=2)),
        "posted": ("column", PostedColumn("/nb/list/", NAME, POSTINGS, page_size=2)),
        "bare": ("column", AnyColumn("/nb/zfxxgk/", NAME, POSTINGS)),
    }


@dataclass
class Crawled:
    data: Path
    runs: dict[str, dict[str, Any]]
    servers: dict[str, RunningPortal]

    def held(self, key: str) -> dict[str, str | None]:
        return {each.title or "": each.published_on for each, _ in captures(self.data, "article") if each.portal == key}


def portal(key: str, platform: str, part: Part, path: str) -> Portal:
    return Portal(key, (Entry(key, DISTRICT, platform, path),), (part,))


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    data = tmp_path_factory.mktemp("static")
    portals = {key: portal(key, "trs", each, each.path) for key, each in trs_columns().items()}
    for key, (platform, each) in others().items():
        path = each.path.rstrip("/") if key == "bare" else f"{UUID}index.html" if key == "announced" else each.path
        portals[key] = portal(key, platform, each, path)
    numbered = {
        "/nb/": column(f"./1234567/index.html {TITLE}", f"./content_7 {TITLE.replace('云台', '石门')}"),
        "/nb/1234567/index.html": article("一"),
        "/nb/content_7": article("二"),
    }
    odd = column(f"./20240119/i1.html {TITLE}", f"{ODD} {TITLE.replace('云台', '石门')}")
    with ExitStack() as stack:
        servers = {key: stack.enter_context(serve(each)) for key, each in portals.items()}
        servers["backward"].faults["/xxgk/nb/3.htm"] = Fault("not_found")
        shapes = stack.enter_context(scripted(lambda base: {"/nb/": odd, "/nb/20240119/i1.html": article("一")}))
        json_list = Answer(b'{"rows": []}', headers={"Content-Type": "application/json"})
        folders = stack.enter_context(scripted(lambda base: dict(numbered)))
        jsons = stack.enter_context(scripted(lambda base: {"/nb/": json_list}))
        entries = [running.registry[0] for running in servers.values()]
        entries += [shapes.entry("shapes", platform="column"), jsons.entry("jsons", platform="shhex")]
        entries.append(folders.entry("folders", platform="column"))
        by_year = stack.enter_context(scripted(year_pages))
        start = f"{by_year.base_url}/nb.aspx?dept=221"
        entries.append(by_year.entry("by_year", platform="column", column_url=start))
        unreadable = {"/nb/": Answer(f"<html>{TITLE * 50}</html>".encode("utf-16-le"))}
        entries.append(stack.enter_context(scripted(lambda base: dict(unreadable))).entry("unreadable"))
        yield Crawled(data, crawl(entries, data, years=[2020, 2024], show_progress=False), servers)


@pytest.mark.parametrize(
    "key",
    [
        *MARKUPS,
        "comments",
        "shtml",
        "migrated",
        "records",
        "understated",
        "stub",
        "archives",
        "bare",
        "stubborn",
        "numbered",
    ],
)
def test_every_report_is_found_with_the_date_of_its_row(crawled: Crawled, key: str) -> None:
    assert crawled.held(key) == TITLES
    assert (crawled.runs[key]["outcome"], crawled.runs[key]["failures"]) == (undisturbed(crawled.runs[key]), [])


def test_pages_that_are_announced_and_are_stubs_are_counted(crawled: Crawled) -> None:
    assert crawled.runs["stub"]["pages_missing"] == 2


def test_a_list_that_a_script_loads_is_seen_to_be_without_rows(crawled: Crawled) -> None:
    run = crawled.runs["loaded"]
    assert (run["outcome"], run["reports"]) == ("empty", 0)
    assert "a script loads them" in run["why"]
    part = crawled.runs["partly_loaded"]
    assert (part["outcome"], part["reports"]) == ("partial", 5)
    (failure,) = part["failures"]
    assert failure["url"].endswith("/zwgk/nb/2019n/")
    assert "a script loads them" in failure["reason"]


def test_pages_that_nobody_knows_how_to_reach_are_named(crawled: Crawled) -> None:
    run = crawled.runs["announced"]
    assert crawled.held("announced") == TITLES
    assert (run["outcome"], run["pages_missing"]) == ("partial", 2)
    assert "no link to page 2" in run["failures"][0]["reason"]


def test_backward_numbering_that_does_not_hold_is_named(crawled: Crawled) -> None:
    asked = [path for path in crawled.servers["backward"].paths() if path.startswith("/xxgk/nb")]
    assert asked == ["/xxgk/nb.htm", "/xxgk/nb/4.htm", "/xxgk/nb/3.htm"]
    run = crawled.runs["backward"]
    assert (run["outcome"], run["pages_missing"]) == ("partial", 3)
    assert [failure["reason"] for failure in run["failures"]] == ["page 3 of 5 is not where it should be"]


def test_a_number_in_an_address_is_not_taken_for_a_date(crawled: Crawled) -> None:
    assert crawled.held("undated") == dict.fromkeys(TITLES)


def test_a_report_in_its_lists_place_is_an_article_of_its_year(crawled: Crawled) -> None:
    (title,) = crawled.held("alone")
    assert (title, crawled.held("alone")[title]) == (POSTINGS[0].title, str(POSTINGS[0].published_on))
    lists = [capture.url for capture, _ in captures(crawled.data, "list") if capture.portal == "alone"]
    assert lists == []
    assert crawled.runs["alone"]["outcome"] == "ok"
    assert crawled.held("alone_old") == {}
    assert (crawled.runs["alone_old"]["listed"], crawled.runs["alone_old"]["other_years"]) == (1, 1)


def test_a_report_at_an_address_of_no_known_shape_is_named(crawled: Crawled) -> None:
    run = crawled.runs["shapes"]
    assert (run["outcome"], run["reports"]) == ("partial", 1)
    (failure,) = run["failures"]
    assert failure["url"].endswith(ODD)
    assert "石门" in failure["reason"]


def test_an_article_in_a_folder_of_its_own_is_not_taken_for_a_column(crawled: Crawled) -> None:
    run = crawled.runs["folders"]
    assert (run["outcome"], run["reports"], run["lists"]) == ("ok", 2, 1)


def test_json_for_a_list_is_named_and_the_others_go_on(crawled: Crawled) -> None:
    run = crawled.runs["jsons"]
    assert run["outcome"] == "empty"
    assert "JSON where a web page was expected" in run["failures"][0]["reason"]


def test_a_page_in_no_known_encoding_is_named_with_its_address(crawled: Crawled) -> None:
    run = crawled.runs["unreadable"]
    (failure,) = run["failures"]
    assert run["outcome"] == "empty"
    assert "encoding is not known" in failure["reason"]
    assert failure["url"].endswith("/nb/")


def test_pages_linked_by_their_years_alone_are_the_reports(crawled: Crawled) -> None:
    run = crawled.runs["by_year"]
    assert (run["outcome"], run["reports"], run["attachments"], run["other_years"]) == ("ok", 2, 2, 1), run["failures"]
    assert crawled.held("by_year") == {TITLE.replace("2023", year): "2024-01-19" for year in ("2023", "2022")}
    files = [capture.url[-8:] for capture, _ in captures(crawled.data, "attachment") if capture.portal == "by_year"]
    assert files == ["2023.jpg", "2022.jpg"]


def test_a_column_that_repeats_its_first_page_ends(crawled: Crawled) -> None:
    lists = [path for path in crawled.servers["stubborn"].paths() if "index" in path]
    assert lists == ["/zwgk/nb/index_1.shtml", "/zwgk/nb/index_2.shtml"]
