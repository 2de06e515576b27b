"""The simulated portals answer as their platforms do: paging, conditional requests, faults, republishing."""

import json
import re
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.client import HTTPMessage, IncompleteRead, RemoteDisconnected
from urllib.parse import urljoin, urlsplit

import pytest
from lxml import html

from crawler.registry import Portal as RegistryPortal
from simulator.portals import Fault, RunningPortal, serve
from simulator.world import World, demo_world, large_world, serve_world

COLUMN = "/zwgk/zfxxgknb/"


def fetch(url: str, **headers: str) -> tuple[int, HTTPMessage, bytes]:
    request = urllib.request.Request(url, headers={name.replace("_", "-"): value for name, value in headers.items()})
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read()


def text_of(url: str) -> str:
    status, _, body = fetch(url)
    assert status == 200, url
    return body.decode()


@pytest.fixture(scope="module")
def world() -> World:
    return demo_world()


@pytest.fixture(scope="module")
def _servers(world: World) -> Iterator[dict[str, RunningPortal]]:
    with serve_world(world) as servers:
        yield servers


@pytest.fixture
def servers(_servers: dict[str, RunningPortal]) -> dict[str, RunningPortal]:
    for running in _servers.values():
        running.requests.clear()
        running.faults.clear()
    return _servers


# -- gkmlpt -----------------------------------------------------------------------------------------------------------


def tree_of(index: str) -> list[dict]:
    match = re.search(r"TREE: (\[.*\]), SERVICE_AREA_ID: \d+", index)
    assert match, index
    return json.loads(match[1])


def api(base_url: str, category: int, page: int | str, sid: str, prefix: str = "") -> dict:
    return json.loads(text_of(f"{base_url}{prefix}/gkmlpt/api/all/{category}?page={page}&sid={sid}"))


def test_the_directory_states_its_tree_in_a_script_literal(servers: dict[str, RunningPortal]) -> None:
    base = servers["chengchuan"].base_url
    index = text_of(f"{base}/gkmlpt/index")
    assert "window._CONFIG = {" in index
    assert "SID: '799001'" in index
    childless, jump, parent = tree_of(index)
    assert (childless["children"], childless["post_count"]) == ([], 0)
    assert jump["name"] == "政府信息公开年报"
    assert fetch(jump["jump_url"])[0] == 200
    assert [node["name"] for node in parent["children"]] == ["政策文件", "政府信息公开工作年度报告"]


def test_directory_lists_page_from_one_until_empty(servers: dict[str, RunningPortal]) -> None:
    base = servers["chengchuan"].base_url
    pages = [api(base, 21999, page, "799001")["articles"] for page in range(4)]
    assert pages[0] == pages[1]
    assert (len(pages[1]), len(pages[2]), len(pages[3])) == (8, 6, 0)
    row = pages[1][0]
    assert isinstance(row["date"], int)
    assert (row["date"] + 8 * 3600) % 86400 == 0  # midnight in China
    assert row["created_at"] == time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(row["date"] + 8 * 3600))
    raw = fetch(f"{base}/gkmlpt/api/all/21999?page=1&sid=799001")[2]
    assert raw.isascii()
    assert b"\\u" in raw


def test_a_windowed_list_claims_more_than_it_serves(servers: dict[str, RunningPortal]) -> None:
    base = servers["chengchuan"].base_url
    first = api(base, 38210, 1, "799016", "/jyj")
    assert (first["classify"]["post_count"], len(first["articles"])) == (9, 5)
    assert fetch(f"{base}/jyj/gkmlpt/api/all/38210?page=2&sid=799016")[0] == 404


def test_directory_articles_hold_their_body_in_page_or_script(servers: dict[str, RunningPortal]) -> None:
    base = servers["chengchuan"].base_url
    rows = [row for page in (1, 2) for row in api(base, 21999, page, "799001")["articles"]]
    own = [row for row in rows if urlsplit(row["url"]).netloc == urlsplit(base).netloc]
    assert len(own) == len(rows) - 1  # one leads to another host
    empty = 0
    for row in own:
        assert re.search(
            rf"/gkmlpt/content/{row['id'] // 10**6}/{row['id'] // 1000}/post_{row['id']}\.html$", row["url"]
        )
        page = text_of(row["url"])
        detail = json.loads(re.search(r"DETAIL: (\{.*\}), TREE:", page)[1])
        assert detail["title"] == row["title"]
        shown = html.fromstring(page).xpath("string(//div[@class='article-content'])").strip()
        empty += not shown
        in_script = html.fromstring(detail["content"]).text_content()
        assert "总体情况" in in_script or ".pdf" in in_script
        assert shown in ("", in_script.strip())
    assert 0 < empty < len(own)
    titles = [row["title"] for row in own]
    assert len(titles) == len(set(titles)) + 1  # one report stands under two numbers


def test_an_attachment_only_article_leads_to_a_pdf(servers: dict[str, RunningPortal]) -> None:
    base = servers["chengchuan"].base_url
    rows = [row for page in (1, 2) for row in api(base, 21999, page, "799001")["articles"]]
    row = next(row for row in rows if row["title"].startswith("2023年") and "石榴湾" in row["title"])
    href = html.fromstring(text_of(row["url"])).xpath("string(//a[@class='nfw-cms-attachment']/@href)")
    status, headers, body = fetch(href)
    assert (status, headers["Content-Type"], body[:5]) == (200, "application/pdf", b"%PDF-")


# -- ordinary Guangdong columns ----------------------------------------------------------------------------------------


def test_an_ordinary_column_pages_with_2_and_ends_with_404(servers: dict[str, RunningPortal]) -> None:
    base = servers["chengchuan"].base_url
    rows = []
    for name in ("index.html", "index_2.html"):
        rows += html.fromstring(text_of(f"{base}{COLUMN}{name}")).xpath("//ul[@class='i_list']/li")
    assert len(rows) == 12
    assert fetch(f"{base}{COLUMN}index_3.html")[0] == 404
    assert fetch(f"{base}{COLUMN}index_1.html")[0] == 404
    assert sum(bool(row.xpath("./a/br")) for row in rows) == 1
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d", row.xpath("string(./span)")) for row in rows)
    titles = [row.xpath("string(./a/@title)") for row in rows]
    assert sum("通知" in title for title in titles) == 1


# -- TRS --------------------------------------------------------------------------------------------------------------


def links(base_url: str, path: str) -> list[str]:
    status, _, body = fetch(base_url + path)
    assert status == 200
    tree = html.fromstring(body.decode("gbk" if b"gb2312" in body else "utf-8"))
    return [urljoin(base_url + path, href) for href in tree.xpath("//ul/li/a/@href")]


def test_trs_columns_page_with_1_and_hold_folders(servers: dict[str, RunningPortal]) -> None:
    base = servers["fengdu"].base_url
    assert 'createPageHTML(2, 0, "index", "html")' in text_of(base + COLUMN)
    first, second = links(base, COLUMN), links(base, f"{COLUMN}index_1.html")
    folders = {link for link in first if link.endswith("/")}
    assert {link.rsplit("/", 2)[1] for link in folders} >= {"2019n", "2022n", "2020_504392"}
    articles = [link for link in first + second if link.endswith(".html") and link.startswith(base)]
    assert len(articles) == len(set(articles)) == 13
    assert all(re.search(r"/\d{6}/t\d{8}_\d+\.html$", link) for link in articles)
    assert sum("mp.weixin.qq.com" in link for link in first) == 1
    assert fetch(f"{base}{COLUMN}index_2.html")[0] == 404


def test_trs_folders_differ_in_how_they_end(servers: dict[str, RunningPortal]) -> None:
    base = servers["fengdu"].base_url
    assert "createPageHTML(3, 0" in text_of(f"{base}{COLUMN}2021n/")
    status, _, stub = fetch(f"{base}{COLUMN}2021n/index_1.html")
    assert (status, len(stub) < 600) == (200, True)
    assert fetch(f"{base}{COLUMN}2021n/index_3.html")[0] == 404
    assert "createPageHTML(2, 0" in text_of(f"{base}{COLUMN}2022n/bm/")
    assert fetch(f"{base}{COLUMN}2022n/bm/index_1.html")[0] == 404
    assert re.search(r"<!--<ul.*?t2023.*?-->", text_of(f"{base}{COLUMN}2022n/bm/"), re.S)
    assert "createPageHTML(2, 1, 0," in text_of(f"{base}{COLUMN}2023n/bm/")
    assert "createPageHTML" not in text_of(f"{base}{COLUMN}2020n/")
    up = [link for link in links(base, f"{COLUMN}2023n/bm/") if "/2023n/" not in link]
    assert len(up) == 1
    assert "人民政府2023年" in text_of(up[0])


def test_a_gbk_folder_names_its_charset_in_the_page_alone(servers: dict[str, RunningPortal]) -> None:
    base = servers["fengdu"].base_url
    for url in (f"{base}{COLUMN}2019n/", links(base, f"{COLUMN}2019n/")[0]):
        _, headers, body = fetch(url)
        assert headers["Content-Type"] == "text/html"
        assert b'charset="gb2312"' in body
        assert "2019年" in body.decode("gbk")


def test_a_trs_attachment_stands_beside_its_article(servers: dict[str, RunningPortal]) -> None:
    base = servers["fengdu"].base_url
    article = next(link for link in links(base, f"{COLUMN}2022n/bm/") if ".pdf" in text_of(link))
    href = html.fromstring(text_of(article)).xpath("string(//div[@class='TRS_Editor']//a/@href)")
    assert re.fullmatch(r"\./P0\d{20}\.pdf", href)
    assert fetch(urljoin(article, href))[2].startswith(b"%PDF-")


# -- every portal -----------------------------------------------------------------------------------------------------


def crawl(running: RunningPortal) -> dict[str, bytes]:
    """Address path to body of all that links, rows and attachments of a portal lead to on its own host."""
    base = running.base_url
    todo = [entry["column_url"] for entry in running.registry]
    todo += [f"{base}/gkmlpt/api/all/21999?page={n}" for n in (1, 2)] + [f"{base}/jyj/gkmlpt/api/all/38210?page=1"]
    found: dict[str, bytes] = {}
    while todo:
        url = todo.pop()
        if url in found or not url.startswith(base):
            continue
        status, headers, body = fetch(url)
        if status != 200:
            continue
        found[url] = body
        if "json" in headers["Content-Type"]:
            todo += [row["url"] for row in json.loads(body)["articles"]]
        elif "html" in headers["Content-Type"]:
            todo += [urljoin(url, str(href)) for href in html.fromstring(body).xpath("//a/@href")]
            if url.endswith((COLUMN, f"{COLUMN}index.html")):
                todo += [urljoin(url, f"index_{n}.html") for n in (1, 2)]
    return {url.removeprefix(base): body for url, body in found.items()}


def test_republishing_changes_one_document_and_its_validators() -> None:
    world = demo_world()
    with serve_world(world) as servers:
        before = {key: crawl(running) for key, running in servers.items()}
        base = servers["chengchuan"].base_url
        row = next(r for r in api(base, 38210, 1, "799016", "/jyj")["articles"] if "2023" in r["title"])
        old = fetch(row["url"])[1]
        assert world.republish() == [row["title"]]
        after = {key: crawl(running) for key, running in servers.items()}
        changed = [path for key in before for path in before[key] if before[key][path] != after[key].get(path)]
        assert changed == [row["url"].removeprefix(base)]
        assert [set(pages) for pages in before.values()] == [set(pages) for pages in after.values()]
        status, new, _ = fetch(row["url"], If_None_Match=old["ETag"], If_Modified_Since=old["Last-Modified"])
        assert status == 200
        assert new["ETag"] != old["ETag"]
        assert new["Last-Modified"] != old["Last-Modified"]
    report = next(each for each in world.reports if each.title == row["title"])
    assert report.quirks == frozenset()


def test_every_report_of_the_world_stands_at_an_address(world: World, servers: dict[str, RunningPortal]) -> None:
    pages = [body for running in servers.values() for body in crawl(running).values() if not body.startswith(b"%PDF")]
    everything = "\n".join(body.decode("gbk" if b'charset="gb2312"' in body else "utf-8") for body in pages)
    assert len(world.reports) == 52
    assert len({report.agency for report in world.reports}) == 12
    for report in world.reports:
        assert f'<meta name="ArticleTitle" content="{report.title}">' in everything


@pytest.mark.parametrize(
    ("name", "headers", "status"),
    [
        ("the same tag", {"If_None_Match": "{etag}"}, 304),
        ("one of several tags", {"If_None_Match": '"other", W/{etag}'}, 304),
        ("another tag goes before a right date", {"If_None_Match": '"other"', "If_Modified_Since": "{modified}"}, 200),
        ("the same date", {"If_Modified_Since": "{modified}"}, 304),
        ("an earlier date", {"If_Modified_Since": "Tue, 01 Jan 2019 00:00:00 GMT"}, 200),
        ("no date at all", {"If_Modified_Since": "yesterday"}, 200),
    ],
)
def test_conditional_requests(
    name: str, headers: dict[str, str], status: int, servers: dict[str, RunningPortal]
) -> None:
    url = servers["fengdu"].base_url + COLUMN
    known = fetch(url)[1]
    filled = {k: v.format(etag=known["ETag"], modified=known["Last-Modified"]) for k, v in headers.items()}
    answered, _, body = fetch(url, **filled)
    assert answered == status, name
    assert (body == b"") == (status == 304)


def test_robots_close_what_they_say(servers: dict[str, RunningPortal], world: World) -> None:
    assert text_of(f"{servers['wangxi'].base_url}/robots.txt") == "User-agent: *\nDisallow: /\n"
    for key, closed in (("chengchuan", "/zwgk/bak/"), ("fengdu", f"{COLUMN}nbgz/")):
        assert f"Disallow: {closed}\n" in text_of(f"{servers[key].base_url}/robots.txt")
        assert [path for path in crawl(servers[key]) if re.match(rf"{closed}.*\d+\.html$", path)]
    assert len(world.hidden) == 3


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (Fault("not_found"), 404),
        (Fault("soft_404"), 200),
        (Fault("forbidden"), 403),
        (Fault("unavailable"), 503),
        (Fault("challenge_412"), 412),
        (Fault("challenge_521"), 521),
    ],
)
def test_faults_answer_in_the_page_s_place(fault: Fault, status: int, servers: dict[str, RunningPortal]) -> None:
    running = servers["fengdu"]
    running.faults[COLUMN] = fault
    answered, headers, body = fetch(running.base_url + COLUMN)
    assert answered == status
    assert b"createPageHTML" not in body
    assert ("Set-Cookie" in headers) == fault.kind.startswith("challenge")
    assert fetch(f"{running.base_url}{COLUMN}index_1.html")[0] == 200


def test_faults_of_the_connection(servers: dict[str, RunningPortal]) -> None:
    running = servers["fengdu"]
    url = running.base_url + COLUMN
    running.faults["*"] = Fault("drop", times=1)
    with pytest.raises((RemoteDisconnected, ConnectionError, urllib.error.URLError)):
        fetch(url)
    whole = fetch(url)[2]  # the fault struck once
    running.faults["*"] = Fault("truncated", times=1)
    with pytest.raises(IncompleteRead) as cut:
        fetch(url)
    assert whole.startswith(cut.value.partial)
    running.faults["*"] = Fault("slow", seconds=0.2)
    started = time.monotonic()
    assert fetch(url)[2] == whole
    assert time.monotonic() - started >= 0.2


def test_requests_are_logged(servers: dict[str, RunningPortal]) -> None:
    running = servers["fengdu"]
    fetch(f"{running.base_url}{COLUMN}index_9.html?a=1", User_Agent="nianbao-test")
    until = time.monotonic() + 10
    # The server writes its log when the answer has gone out; a request of the test before may still come in.
    while not (own := [r for r in running.requests if r.user_agent == "nianbao-test"]) and time.monotonic() < until:
        time.sleep(0.01)
    assert [(r.method, r.path, r.status) for r in own] == [("GET", f"{COLUMN}index_9.html?a=1", 404)]
    assert "nianbao-test" in running.user_agents
    assert f"{COLUMN}index_9.html?a=1" in running.paths()


def test_registry_entries_fit_the_registry(servers: dict[str, RunningPortal]) -> None:
    entries = [entry for running in servers.values() for entry in running.registry]
    assert len({entry["key"] for entry in entries}) == len(entries) == 5
    for entry in entries:
        assert set(entry) == set(RegistryPortal.model_fields)
        assert RegistryPortal.model_validate(entry).pace == 0
        assert fetch(entry["column_url"])[0] == 200


def test_a_large_world_holds_as_many_reports_as_asked() -> None:
    world = large_world(reports=103)
    assert len(world.reports) == 103
    with serve(world.portals["bulk"]) as running:
        pages = [links(running.base_url, f"/zwgk/zfxxgknb/index{suffix}.html") for suffix in ("", "_1", "_2")]
        assert [len(page) for page in pages] == [50, 50, 3]
        assert "总体情况" in text_of(pages[2][2])
