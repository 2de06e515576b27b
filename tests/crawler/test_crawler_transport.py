"""What servers do to pages on their way: encodings, gzip, firewalls and refusals, each read or named as what it is."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from crawling import captures, crawl
from scrapy.http import HtmlResponse, Request, Response

from crawler.errors import Refused
from crawler.refusals import check_answer
from simulator.district import DISTRICT, district
from simulator.portals import Entry, Fault, FaultKind, Portal, RunningPortal, serve
from simulator.trs import TrsColumn

POSTINGS = [posting for posting in district().postings if posting.report and not posting.has_pdf][:3]
TITLES = {posting.title for posting in POSTINGS}
COLUMN = TrsColumn("/zwgk/nb/", "政府信息公开年报", POSTINGS)
ARTICLE = COLUMN.article_path(POSTINGS[0])

READ: tuple[FaultKind, ...] = ("gbk", "gbk_as_utf8", "gzip", "gzip_unnamed")
# What is refused, on an article and on a list: the kind of failure, words of its reason, the outcome of the run.
ON_ARTICLE: dict[FaultKind, tuple[str, str, str]] = {
    "home": ("soft404", "redirects to the home page", "partial"),
    "soft_404": ("soft404", "status 200", "partial"),
    "refusal_13": ("soft404", "a stub of 13 bytes", "partial"),
    "refusal_42": ("soft404", "信息模板页面配置实体不能为空", "partial"),
    "json": ("soft404", "JSON instead", "partial"),
    "cookie_wall": ("blocked", "cookie CT6T (HTTP 302)", "blocked"),
    "challenge_412": ("blocked", "HTTP 412", "blocked"),
}
ON_LIST: dict[FaultKind, tuple[str, str, str]] = {
    "home": ("soft404", "redirects to the home page", "moved"),
    "refusal_13": ("soft404", "a stub of 13 bytes", "moved"),
    "refusal_42": ("soft404", "信息模板页面配置实体不能为空", "moved"),
    "json": ("parse", "JSON where a web page was expected", "empty"),
    "cookie_wall": ("blocked", "cookie CT6T (HTTP 302)", "blocked"),
    "challenge_521": ("blocked", "HTTP 521", "blocked"),
}


@dataclass
class Crawled:
    data: Path
    runs: dict[str, dict[str, Any]]
    servers: dict[str, RunningPortal]

    def articles(self, key: str) -> dict[str, bytes]:
        return {each.title or "": body for each, body in captures(self.data, "article") if each.portal == key}


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    data = tmp_path_factory.mktemp("transport")
    faults = {f"read_{kind}": {"*": Fault(kind)} for kind in READ}
    faults |= {f"article_{kind}": {ARTICLE: Fault(kind)} for kind in ON_ARTICLE}
    faults |= {f"list_{kind}": {COLUMN.path: Fault(kind)} for kind in ON_LIST}
    with ExitStack() as stack:
        servers = {}
        for key, struck in faults.items():
            portal = Portal(key, (Entry(key, DISTRICT, "trs", COLUMN.path),), (COLUMN,))
            servers[key] = stack.enter_context(serve(portal))
            servers[key].faults = struck
        entries = [running.registry[0] for running in servers.values()]
        yield Crawled(data, crawl(entries, data, show_progress=False), servers)


@pytest.mark.parametrize("kind", READ)
def test_pages_are_read_whatever_the_server_says_of_their_bytes(crawled: Crawled, kind: FaultKind) -> None:
    run = crawled.runs[f"read_{kind}"]
    assert (run["outcome"], run["failures"]) == ("ok", [])
    held = crawled.articles(f"read_{kind}")
    assert held.keys() == TITLES
    assert all(body.lstrip().startswith(b"<!DOCTYPE html>") for body in held.values())


@pytest.mark.parametrize("kind", ON_ARTICLE)
def test_what_stands_in_for_an_article_is_named_and_not_kept(crawled: Crawled, kind: FaultKind) -> None:
    failure_kind, reason, outcome = ON_ARTICLE[kind]
    run, server = crawled.runs[f"article_{kind}"], crawled.servers[f"article_{kind}"]
    (failure,) = run["failures"]
    assert (failure["url"], failure["kind"]) in {(server.base_url + path, failure_kind) for path in (ARTICLE, "/")}
    assert reason in failure["reason"]
    assert run["outcome"] == outcome
    assert POSTINGS[0].title not in crawled.articles(f"article_{kind}")


@pytest.mark.parametrize("kind", ON_LIST)
def test_what_stands_in_for_a_list_is_named(crawled: Crawled, kind: FaultKind) -> None:
    failure_kind, reason, outcome = ON_LIST[kind]
    run = crawled.runs[f"list_{kind}"]
    (failure,) = run["failures"]
    assert failure["kind"] == failure_kind
    assert reason in failure["reason"]
    assert (run["outcome"], run["reports"]) == (outcome, 0)


def test_a_cookie_is_never_given_back(crawled: Crawled) -> None:
    """The simulated firewall lets pass who brings its cookie; and it is asked once, not in circles."""
    for key, path in (("article_cookie_wall", ARTICLE), ("list_cookie_wall", COLUMN.path)):
        asked = [request for request in crawled.servers[key].requests if request.path == path]
        assert [request.status for request in asked] == [302]


@pytest.mark.parametrize(
    ("name", "body", "verdict"),
    [
        ("a.pdf", "信息模板页面配置实体不能为空".encode(), "refusal"),
        ("a.pdf", b"File not found.", "a message of 15 bytes"),
        ("a.doc", b'{"code": 404, "message": "no such file"}', "JSON"),
        ("a.doc", b"", "an empty file"),
        ("a.txt", "无".encode(), None),
        ("a.rtf", b"{\\rtf1 }", None),
        ("a.pdf", b"%PDF-1.4", None),
    ],
)
def test_a_message_is_not_kept_as_a_file(name: str, body: bytes, verdict: str | None) -> None:
    url = f"http://www.example.gov.cn/{name}"
    response = Response(url, body=body, request=Request(url))
    if verdict is None:
        check_answer(response, "attachment")
        return
    with pytest.raises(Refused, match=verdict):
        check_answer(response, "attachment")


def test_a_page_with_one_broken_letter_is_not_taken_for_gbk() -> None:
    from crawler.listing import text_of

    body = "年度报告".encode() + "告".encode()[:2] + "政府信息公开".encode()
    assert text_of(HtmlResponse("http://a.gov.cn/", body=body, encoding="utf-8")).endswith("政府信息公开")
