"""The demo world crawled, and crawled again after a report was replaced: each platform, nothing lost, nothing extra."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from crawling import captures, crawl, undisturbed

from archive import open_archive
from simulator.portals import LoggedRequest, RunningPortal
from simulator.world import World, demo_world, serve_world


@dataclass
class Crawled:
    world: World
    servers: dict[str, RunningPortal]
    data: Path
    first: dict[str, dict[str, Any]]
    first_requests: dict[str, list[LoggedRequest]]
    second: dict[str, dict[str, Any]]
    second_requests: dict[str, list[LoggedRequest]]
    republished: list[str]


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    data = tmp_path_factory.mktemp("crawl")
    world = demo_world()
    with serve_world(world) as servers:
        entries = [
            entry for running in servers.values() for entry in running.registry if entry["key"] != "sim_chengchuan_nb"
        ]
        first = crawl(entries, data)
        first_requests = {key: list(running.requests) for key, running in servers.items()}
        for running in servers.values():
            running.requests.clear()
        republished = world.republish()
        second = crawl(entries, data)
        second_requests = {key: list(running.requests) for key, running in servers.items()}
        yield Crawled(world, servers, data, first, first_requests, second, second_requests, republished)


def titles(crawled: Crawled) -> Counter[str]:
    """Titles of the archived articles, one for each address."""
    return Counter({capture.url: capture.title or "" for capture, _ in captures(crawled.data, "article")}.values())


def test_every_report_is_found_and_nothing_else(crawled: Crawled) -> None:
    assert set(titles(crawled)) == {report.title for report in crawled.world.reports}
    assert not set(titles(crawled)) & {*crawled.world.notices, *crawled.world.hidden}


def test_each_address_is_asked_for_once(crawled: Crawled) -> None:
    for requests in (crawled.first_requests, crawled.second_requests):
        for key, asked in requests.items():
            hosts_entries = 2 if key == "chengchuan" else 1
            counts = Counter(request.path for request in asked if request.path != "/robots.txt")
            assert [path for path, count in counts.items() if count > 1] == []
            assert sum(request.path == "/robots.txt" for request in asked) == hosts_entries


def test_attachments_come_with_their_article(crawled: Crawled) -> None:
    with_pdf = {report.title for report in crawled.world.reports if report.document == "pdf"}
    assert with_pdf
    files = captures(crawled.data, "attachment")
    articles = {capture.url: capture.title for capture, _ in captures(crawled.data, "article")}
    assert {articles[capture.parent_url or ""] for capture, _ in files} == with_pdf
    assert {capture.title for capture, _ in files} == {f"{title}.pdf" for title in with_pdf}  # the link's own label
    assert all(body.startswith(b"%PDF") and capture.media_type == "application/pdf" for capture, body in files)


def test_the_archive_holds_the_very_bytes_that_were_sent(crawled: Crawled) -> None:
    latest = {capture.url: (capture, body) for capture, body in captures(crawled.data, "article")}
    for url, (capture, body) in latest.items():
        running = next(each for each in crawled.servers.values() if url.startswith(each.base_url + "/"))
        page = running.portal.page(urlsplit(url).path, {}, running.base_url)
        assert page is not None
        assert body == page.body
        assert capture.etag == page.etag
        assert capture.published_on is not None


def test_paging_of_every_kind_ends_where_the_list_does(crawled: Crawled) -> None:
    fengdu = [request for request in crawled.first_requests["fengdu"] if "index_" in request.path]
    assert {(request.path, request.status) for request in fengdu} == {
        ("/zwgk/zfxxgknb/index_1.html", 200),
        ("/zwgk/zfxxgknb/2020n/index_1.html", 404),  # says nothing of its pages: asked and not there
        ("/zwgk/zfxxgknb/2021n/index_1.html", 200),  # a stub, where two more pages were announced
        ("/zwgk/zfxxgknb/2022n/bm/index_1.html", 404),  # announced and not there
    }
    assert crawled.first["sim_fengdu"]["pages_missing"] == 3
    jumped = {
        r.path: r.status for r in crawled.first_requests["chengchuan"] if r.path.startswith("/zwgk/zfxxgknb/index")
    }
    assert jumped == {f"/zwgk/zfxxgknb/index{n}.html": 200 if n != "_3" else 404 for n in ("", "_2", "_3")}


def test_a_windowed_directory_is_read_as_far_as_it_goes(crawled: Crawled) -> None:
    department = crawled.first["sim_chengchuan_jyj"]
    assert (department["outcome"], department["reports"], department["unlisted"]) == ("partial", 5, 4)
    asked = [(r.path, r.status) for r in crawled.first_requests["chengchuan"] if "/jyj/gkmlpt/api/" in r.path]
    assert asked == [
        ("/jyj/gkmlpt/api/all/38210?page=1&sid=799016", 200),
        ("/jyj/gkmlpt/api/all/38210?page=2&sid=799016", 404),
    ]


def test_hints_of_the_directory_are_kept(crawled: Crawled) -> None:
    article = next(capture for capture, _ in captures(crawled.data, "article") if "/jyj/gkmlpt/content/" in capture.url)
    assert article.publisher == "岚港市澄川区教育局"
    assert article.portal == "sim_chengchuan_jyj"


def test_what_robots_txt_closes_is_never_asked_for(crawled: Crawled) -> None:
    asked = {(key, request.path) for key, requests in crawled.first_requests.items() for request in requests}
    assert not [path for key, path in asked if key == "fengdu" and path.startswith("/zwgk/zfxxgknb/nbgz/")]
    assert not [path for key, path in asked if key == "chengchuan" and path.startswith("/zwgk/bak/")]
    assert {path for key, path in asked if key == "wangxi"} == {"/robots.txt"}
    assert crawled.first["sim_fengdu"]["robots_forbidden"] == 1
    closed = crawled.first["sim_wangxi"]
    assert (closed["outcome"], closed["robots_forbidden"]) == ("blocked", 1)
    assert closed["failures"][0]["reason"] == "forbidden by robots.txt"


def test_other_hosts_are_named_and_not_followed(crawled: Crawled) -> None:
    off_host = [failure for failure in crawled.first["sim_fengdu"]["failures"] if failure["kind"] == "off_host"]
    assert [failure["url"] for failure in off_host] == ["https://mp.weixin.qq.com/s/simulated"]
    assert crawled.first["sim_fengdu"]["failed"] == 0


def test_the_crawler_says_who_it_is(crawled: Crawled) -> None:
    for running in crawled.servers.values():
        assert len(running.user_agents) == 1
        assert next(iter(running.user_agents)).startswith("nianbao/")
        assert "(+" in next(iter(running.user_agents))


def test_crawling_again_fetches_only_the_change(crawled: Crawled) -> None:
    assert len(crawled.republished) == 1
    asked = [request for requests in crawled.second_requests.values() for request in requests]
    fresh = [
        request.path
        for request in asked
        # The directory's index states no date and robots.txt no tag: there is nothing to compare them by.
        if request.status not in {304, 404} and request.path != "/robots.txt" and not request.path.endswith("/index")
    ]
    versions = Counter(capture.url for capture, _ in captures(crawled.data, "article"))
    (changed,) = [url for url, count in versions.items() if count > 1]
    # Folders that hold nothing but folders have no date either.
    assert set(fresh) == {urlsplit(changed).path, "/zwgk/zfxxgknb/2022n/", "/zwgk/zfxxgknb/2023n/"}
    assert {key: (run["new"], run["changed"]) for key, run in crawled.second.items()} == {
        key: (0, int(key == "sim_chengchuan_jyj")) for key in crawled.first
    }
    for key, run in crawled.second.items():
        assert run["reports"] == crawled.first[key]["reports"], key
        # What a portal announces and does not list is said once, in the first run.
        assert crawled.first[key]["outcome"] == ("blocked" if key == "sim_wangxi" else undisturbed(run)), key
        assert run["outcome"] == ("blocked" if key == "sim_wangxi" else "ok"), key


def test_each_portal_has_a_row_for_each_run(crawled: Crawled) -> None:
    with open_archive(crawled.data, read_only=True) as archive:
        rows = list(archive.db.query("SELECT * FROM runs"))
    assert Counter(row["portal"] for row in rows) == dict.fromkeys(crawled.first, 2)
    for row in rows:
        assert row["finished_at"] >= row["started_at"]
        assert json.loads(row["stats"])["reports"] == crawled.first[row["portal"]]["reports"]
        assert row["outcome"] in (crawled.first[row["portal"]]["outcome"], "ok")
