"""Portals that fail, refuse, redirect and lie, all in one crawl: each run says so by name, and the others go on."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

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
ROBOTS = {
    "robots_412": Answer(b"no", 412),
    "robots_403": Answer(b"no", 403),
    "robots_500": Answer(b"no", 500),
    "robots_away": Answer(b"", 302, {"Location": "http://127.0.0.2:9/robots.txt"}),
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


def directory() -> Pages:
    """A directory without a category of annual reports, whose rows lack an address or have one elsewhere."""
    tree = '[{"id": 7, "name": "机构概况", "post_count": 0, "jump_url": "", "children": []}]'
    index = (
        f"<html><script>window._CONFIG = {{ SID: '799001', TREE: {tree}, AREA: 1 }}</script>{'<p>…</p>' * 90}</html>"
    )
    name = "%u6f84%u5ddd区%d年政府信息公开工作年度报告"
    posts = [
        {"id": 9123456, "title": name.replace("%d", "2023"), "url": "", "date": 1706745600, "publisher": "区政府办"},
        {"id": 9123457, "title": name.replace("%d", "2022"), "url": "https://mp.weixin.qq.com/s/x"},
    ]
    detail = {
        "content": "<a href='/attachment/0/1/1/a.pdf'>a</a>",
        "attachment": '[{"url": "/attachment/0/1/1/b.doc"}]',
    }
    shell = (
        f"<html><script>window._CONFIG = {{ DETAIL: {json.dumps(detail)}, TREE: [] }}</script>{'<p>…</p>' * 90}</html>"
    )
    api = "/gkmlpt/api/all/0?page={}&sid=799001"
    return {
        "/gkmlpt/index": Answer(index.encode()),
        api.format(1): Answer(json.dumps({"classify": {"post_count": 5}, "articles": posts}).encode()),
        api.format(2): Answer(b"<html>an error page of a firewall</html>"),
        "/gkmlpt/content/9/9123/post_9123456.html": Answer(shell.encode()),
        "/attachment/0/1/1/a.pdf": Answer(b"%PDF-1.4", headers={"Content-Type": "application/pdf"}),
        "/attachment/0/1/1/b.doc": Answer(b"\xd0\xcf\x11\xe0", headers={"Content-Type": "application/msword"}),
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
            "directory": stack.enter_context(scripted(lambda base: directory())),
            "odd": stack.enter_context(scripted(lambda base: {"/gkmlpt/index": index})),
        }
        for key, answer in ROBOTS.items():
            pages = {**shared(), "/robots.txt": answer}
            servers[key] = stack.enter_context(scripted(lambda base, pages=pages: pages))
        entries += [
            *(servers[key].entry(key) for key in ROBOTS),
            servers["away"].entry("away"),
            servers["busy"].entry("busy"),
            servers["secure"].entry("secure"),
            servers["shared"].entry("shared", pace=0.3),
            servers["shared"].entry("shared_too", pace=0.3, column_url=f"{servers['shared'].base_url}/bm/"),
            servers["private"].entry("private", allow_private=False),
            servers["hollow"].entry("hollow"),
            servers["directory"].entry("directory", platform="gkmlpt", column_url=None),
            servers["odd"].entry("odd", platform="gkmlpt", column_url=f"{servers['odd'].base_url}/gkmlpt/index"),
        ]
        yield Crawled(data, crawl(entries, data, show_progress=False), simulated, servers)


@pytest.mark.parametrize(
    ("key", "outcome", "kind", "reason"),
    [
        ("dropping", "unreachable", "unreachable", "connection"),
        ("challenge", "blocked", "blocked", "HTTP 521"),
        ("moved", "moved", "gone", "HTTP 404"),
        ("soft", "partial", "soft404", "status 200"),
        ("cut", "partial", "unreachable", ""),
        ("denied", "blocked", "blocked", "HTTP 412"),
        ("forbidden", "partial", "blocked", "HTTP 403"),
        ("private", "unreachable", "refused", "private address"),
        ("odd", "empty", "parse", "the page has no TREE"),
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
    assert not any("challenge" in body.decode() or "页面不存在" in body.decode() for body in held.values())


def test_a_challenge_is_met_once_and_not_pressed(crawled: Crawled) -> None:
    assert crawled.simulated["challenge"].paths() == ["/robots.txt"]
    denied = crawled.runs["denied"]["failures"][0]["url"]
    assert [path for path in crawled.simulated["denied"].paths() if denied.endswith(path)] == [urlsplit(denied).path]


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
    assert (
        min(later - earlier for earlier, later in pairwise(times)) >= 0.4
    )  # as the server sees them, on a busy machine


def test_a_directory_without_the_category_is_searched_whole(crawled: Crawled) -> None:
    run = crawled.runs["directory"]
    assert (run["outcome"], run["reports"], run["attachments"], run["unlisted"]) == ("partial", 1, 2, 3)
    assert [failure["url"] for failure in run["failures"]] == ["https://mp.weixin.qq.com/s/x"]
    base = crawled.scripted["directory"].base_url
    (held,) = [capture for capture, _ in captures(crawled.data, "article") if capture.portal == "directory"]
    assert held.url == f"{base}/gkmlpt/content/9/9123/post_9123456.html"
    assert (held.title, held.published_on, held.publisher) == (
        "澄川区2023年政府信息公开工作年度报告",
        "2024-02-01",
        "区政府办",
    )


def test_a_column_without_rows_is_empty_not_ok(crawled: Crawled) -> None:
    run = crawled.runs["hollow"]
    assert (run["outcome"], run["lists"], run["failed"]) == ("empty", 1, 0)


def test_the_pace_is_kept_and_one_host_has_one_crawler_at_a_time(crawled: Crawled) -> None:
    asked = [(path, at) for path, at in crawled.scripted["shared"].requests if path != "/robots.txt"]
    assert [path.split("/")[1] for path, _ in asked] in (["nb"] * 3 + ["bm"] * 3, ["bm"] * 3 + ["nb"] * 3)
    times = [at for _, at in asked[:3]]
    assert all(later - earlier >= 0.29 for earlier, later in pairwise(times))


@pytest.mark.parametrize(
    ("key", "outcome", "reason"),
    [
        ("robots_412", "blocked", "challenge page of a firewall (HTTP 412) instead of robots.txt"),
        ("robots_500", "unreachable", "HTTP 500 for robots.txt"),
        ("robots_away", "unreachable", "leads off the portal's host to 127.0.0.2:9, for robots.txt"),
        ("robots_403", "ok", ""),
    ],
)
def test_where_robots_txt_cannot_be_had_nothing_is_asked_for(
    crawled: Crawled, key: str, outcome: str, reason: str
) -> None:
    run, paths = crawled.runs[key], set(crawled.scripted[key].paths())
    assert run["outcome"] == outcome
    assert [failure["reason"] for failure in run["failures"]] == ([reason] if reason else [])
    assert (paths == {"/robots.txt"}) == bool(reason)
