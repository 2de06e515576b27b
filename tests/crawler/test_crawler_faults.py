"""Portals that fail, refuse, redirect and lie, all in one crawl: each run says so by name, and the others go on."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from crawling import Answer, Scripted, article, captures, column, crawl, scripted

from simulator.portals import Fault, RunningPortal, serve
from simulator.world import large_world

REPORT = "./202401/t20240119_{}.html 澄川区第{}街道办事处2023年政府信息公开工作年度报告"
ARTICLE = "an article"
FAULTS = {
    "fine": {},
    "dropping": {"*": Fault("drop")},
    "challenge": {"*": Fault("challenge_521")},
    "moved": {"/zwgk/zfxxgknb/": Fault("not_found")},
    "soft": {ARTICLE: Fault("soft_404")},
    "cut": {ARTICLE: Fault("truncated")},
    "denied": {ARTICLE: Fault("challenge_412")},
    "forbidden": {ARTICLE: Fault("forbidden")},
}
ONE_PAGE = "createPageHTML(1, 0, 'index', 'html')"
Pages = dict[str, Answer | list[Answer]]


@dataclass
class Crawled:
    data: Path
    runs: dict[str, dict[str, Any]]
    simulated: dict[str, RunningPortal]
    scripted: dict[str, Scripted]


def away(other_host: str) -> Pages:
    return {
        "/nb/": column(*(REPORT.format(n, n) for n in (1, 2, 3))),
        "/nb/202401/t20240119_1.html": Answer(b"", 302, {"Location": f"{other_host}/nb/secret.html"}),
        "/nb/202401/t20240119_2.html": article("二"),
        # A firewall that wants its cookie back.
        "/nb/202401/t20240119_3.html": Answer(b"", 302, {"Location": "/nb/202401/t20240119_3.html"}),
    }


def busy() -> Pages:
    later = Answer(b"later", 503, {"Retry-After": "2", "Content-Type": "text/html"})
    return {
        "/nb/": column(REPORT.format(1, 1), script=ONE_PAGE),
        "/nb/202401/t20240119_1.html": [later, article("一")],
    }


def secure(base: str) -> Pages:
    elsewhere = f"{base.replace('http://', 'https://')}/nb/202401"
    rows = column(REPORT.format(1, 1).replace("./202401", elsewhere), script=ONE_PAGE)
    robots = Answer(b"User-agent: *\nCrawl-delay: 0.5\n", headers={"Content-Type": "text/plain"})
    return {"/robots.txt": robots, "/nb/": rows, "/nb/202401/t20240119_1.html": article("一")}


def shared() -> Pages:
    return {
        "/nb/": column(REPORT.format(1, 1)),
        "/nb/202401/t20240119_1.html": article("一"),
        "/bm/": column(REPORT.format(2, 2)),
        "/bm/202401/t20240119_2.html": article("二"),
    }


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    data = tmp_path_factory.mktemp("faults")
    with ExitStack() as stack:
        simulated = {}
        entries = []
        for key, faults in FAULTS.items():
            world = large_world(4)
            running = simulated[key] = stack.enter_context(serve(world.portals["bulk"]))
            path = world.portals["bulk"].parts[0].article_path(world.hosts["bulk"].listed[0])
            running.faults = {path if place == ARTICLE else place: fault for place, fault in faults.items()}
            entries.append({**running.registry[0], "key": key})
        other = stack.enter_context(scripted(lambda base: {"/nb/secret.html": article("secret")}))
        index = Answer(b"<html><body>" + b"<a href='/'>home</a>" * 60 + b"</body></html>")
        servers = {
            "other": other,
            "away": stack.enter_context(scripted(lambda base: away(other.base_url))),
            "busy": stack.enter_context(scripted(lambda base: busy())),
            "secure": stack.enter_context(scripted(secure)),
            "shared": stack.enter_context(scripted(lambda base: shared())),
            "private": stack.enter_context(scripted(lambda base: shared())),
            "hollow": stack.enter_context(scripted(lambda base: {"/nb/": column("/about.html 关于我们")})),
            "odd": stack.enter_context(scripted(lambda base: {"/gkmlpt/index": index})),
        }
        entries += [
            servers["away"].entry("away"),
            servers["busy"].entry("busy"),
            servers["secure"].entry("secure"),
            servers["shared"].entry("shared", pace=0.3),
            servers["shared"].entry("shared_too", pace=0.3, column_url=f"{servers['shared'].base_url}/bm/"),
            servers["private"].entry("private", allow_private=False),
            servers["hollow"].entry("hollow"),
            servers["odd"].entry("odd", platform="gkmlpt", column_url=f"{servers['odd'].base_url}/gkmlpt/index"),
        ]
        yield Crawled(data, crawl(entries, data, show_progress=False), simulated, servers)


@pytest.mark.parametrize(
    ("key", "outcome", "kind", "reason"),
    [
        ("dropping", "unreachable", "unreachable", "connection"),
        ("challenge", "blocked", "blocked", "HTTP 521"),
        ("moved", "failed", "http", "HTTP 404"),
        ("soft", "partial", "soft404", "status 200"),
        ("cut", "partial", "unreachable", ""),
        ("denied", "blocked", "blocked", "HTTP 412"),
        ("forbidden", "partial", "blocked", "HTTP 403"),
        ("private", "failed", "refused", "private address"),
        ("odd", "failed", "parse", "the page has no TREE"),
    ],
)
def test_a_failing_portal_is_named_with_address_and_reason(
    crawled: Crawled, key: str, outcome: str, kind: str, reason: str
) -> None:
    run = crawled.runs[key]
    assert run["outcome"] == outcome
    assert run["failed"] == 1
    (failure,) = run["failures"]
    assert failure["kind"] == kind
    assert reason in failure["reason"]
    server = crawled.simulated.get(key) or crawled.scripted[key]
    assert failure["url"].startswith(f"{server.base_url}/")


def test_the_others_go_on(crawled: Crawled) -> None:
    assert (crawled.runs["fine"]["outcome"], crawled.runs["fine"]["reports"]) == ("ok", 4)
    assert (
        crawled.runs["soft"]["reports"] == crawled.runs["cut"]["reports"] == crawled.runs["forbidden"]["reports"] == 3
    )


def test_what_is_no_report_page_is_not_archived(crawled: Crawled) -> None:
    held = {capture.url: body for capture, body in captures(crawled.data, "article")}
    for key in ("soft", "cut", "denied", "forbidden"):
        assert crawled.runs[key]["failures"][0]["url"] not in held
    assert all("统计" in body.decode() or "正文" in body.decode() for body in held.values())


def test_a_challenge_is_met_once_and_not_pressed(crawled: Crawled) -> None:
    asked = [path for path in crawled.simulated["challenge"].paths() if path != "/robots.txt"]
    assert asked == ["/zwgk/zfxxgknb/"]


def test_redirects_off_the_host_and_in_circles_are_refused(crawled: Crawled) -> None:
    assert crawled.scripted["other"].requests == []
    run = crawled.runs["away"]
    assert (run["outcome"], run["reports"]) == ("partial", 1)
    failures = {failure["kind"]: failure for failure in run["failures"]}
    assert "off the portal's host" in failures["refused"]["reason"]
    assert failures["blocked"]["url"] == f"{crawled.scripted['away'].base_url}/nb/202401/t20240119_3.html"
    assert len([path for path in crawled.scripted["away"].paths() if path.endswith("_3.html")]) <= 6


def test_a_private_address_is_not_asked_unless_registered_so(crawled: Crawled) -> None:
    assert crawled.scripted["private"].requests == []


def test_a_portal_that_asks_for_patience_gets_it(crawled: Crawled) -> None:
    run = crawled.runs["busy"]
    assert (run["outcome"], run["reports"], run["failed"]) == ("ok", 1, 0)
    first, again = [at for path, at in crawled.scripted["busy"].requests if path.endswith("_1.html")]
    assert again - first >= 2.0


def test_links_with_another_scheme_are_asked_in_the_portals_own(crawled: Crawled) -> None:
    assert (crawled.runs["secure"]["outcome"], crawled.runs["secure"]["reports"]) == ("ok", 1)
    assert crawled.scripted["secure"].paths()[-1] == "/nb/202401/t20240119_1.html"


def test_the_crawl_delay_of_robots_txt_is_kept(crawled: Crawled) -> None:
    times = [at for _, at in crawled.scripted["secure"].requests]
    assert len(times) == 3
    assert all(later - earlier >= 0.49 for earlier, later in pairwise(times))


def test_a_column_without_rows_is_empty_not_ok(crawled: Crawled) -> None:
    run = crawled.runs["hollow"]
    assert (run["outcome"], run["lists"], run["failed"]) == ("empty", 1, 0)


def test_the_pace_is_kept_and_one_host_has_one_crawler_at_a_time(crawled: Crawled) -> None:
    asked = [(path, at) for path, at in crawled.scripted["shared"].requests if path != "/robots.txt"]
    assert [path.split("/")[1] for path, _ in asked] in (["nb"] * 3 + ["bm"] * 3, ["bm"] * 3 + ["nb"] * 3)
    times = [at for _, at in asked[:3]]
    assert all(later - earlier >= 0.29 for earlier, later in pairwise(times))
