"""Between Scrapy and the portal: where we may go, what we hold already, what an answer is, and its keeping."""

import asyncio
import ipaddress
import logging
import re
import socket
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urldefrag, urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.http import Headers, Response, TextResponse
from scrapy.responsetypes import responsetypes
from w3lib.url import safe_url_string

from archive import ArchiveError, Capture
from crawler.errors import Refused
from crawler.failures import explain
from crawler.listing import page_of
from crawler.refusals import BLOCKING_STATUSES, challenge, check_answer
from crawler.registry import host_of
from crawler.session import Session
from crawler.spiders.base import PortalSpider

logger = logging.getLogger(__name__)

_UNCHANGED = "unchanged"
_HELD = "held"
_MAX_WAIT_SECONDS = 120.0
# The name of a column's first page: the column is the folder, or the page without its extension.
_PAGE_NAME = re.compile(r"(?:index)?(?:\.\w+)?$")
# What lists without entries say: pages in words, interfaces by a count.
_NO_ENTRIES = re.compile(
    r"(?:暂无|没有(?:找到|查询到|查到|检索到)?)(?:任何|相关|符合条件的)*(?:数据|信息|内容|记录|文章|结果)"
)
_NO_COUNT = re.compile(r"\"(?:total\w*|count|post_count)\"\s*:\s*\"?0\"?\s*[,}]")
_LOGIN = re.compile(r"[/.](?:login|signin|passport|sso|cas)(?=[/._-]|$)", re.IGNORECASE)


class _Middleware:
    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Any:
        """Called by Scrapy."""
        return cls(crawler)

    @property
    def session(self) -> Session:
        """The session of the spider that is being served."""
        spider = self.crawler.spider
        assert isinstance(spider, PortalSpider)
        return spider.session


class AddressGuard(_Middleware):
    """Keeps a crawl on its portal's host and off private networks. Redirects pass here too, each as a new request."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._public: dict[str, bool] = {}

    async def process_request(self, request: Request) -> None:
        """Refuse addresses off the host, and private ones unless the portal is registered as such."""
        portal = self.session.portal
        if asks_for_login(request):
            raise Refused("blocked", f"redirects to a login ({request.url})")
        if host_of(request.url) != host_of(portal.base_url):
            if request.meta.get("kind") == "list" and "redirect_urls" in request.meta:
                raise Refused("moved", f"redirects to {request.url}")
            raise Refused("refused", f"leads off the portal's host to {host_of(request.url)}")
        if request.meta.get("kind") == "list" and self.session.full:
            raise Refused("limit", "as many reports as were asked for are found")
        if portal.allow_private or request.meta.get("proxy"):
            return
        host = urlsplit(request.url).hostname or ""
        if host not in self._public:
            self._public[host] = all(_is_public(address) for address in await _addresses(host))
        if not self._public[host]:
            raise Refused("refused", f"{host} is a private address; register it with allow_private for trials")

    def process_response(self, request: Request, response: Response) -> Response:
        """Refuse what came from a private address after all: a name may resolve differently the second time."""
        address = response.ip_address
        if (
            address
            and not self.session.portal.allow_private
            and not request.meta.get("proxy")
            and not _is_public(str(address))
        ):
            raise Refused("refused", f"answered from the private address {address}")
        return response


async def _addresses(host: str) -> list[str]:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError:
        return []  # the download will say that the name is not known
    return [str(entry[4][0]) for entry in found]


def _is_public(address: str) -> bool:
    ip = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(ip, "ipv4_mapped", None)
    ip = mapped or ip
    return ip.is_global and not ip.is_multicast


class ConditionalRequests(_Middleware):
    """Asks only for what is due, and of that only for what changed. The archived bytes stand in for the answer, so that
    the crawl goes on from them: to attachments that are not held yet."""

    def process_request(self, request: Request) -> Response | None:
        """Answer from the archive what is not due; else add If-None-Match and If-Modified-Since."""
        capture = self._held(request)
        if capture is None:
            return None
        if "row" in request.meta and self.session.is_held(capture):
            try:
                return self._archived(capture, request, capture.url, _HELD)
            except ArchiveError as error:
                logger.warning("%s; fetching it again", error)
                request.meta["whole"] = True
                return None
        for header, value in (("If-None-Match", capture.etag), ("If-Modified-Since", capture.last_modified)):
            if value:
                request.headers[header] = value
        return None

    def process_response(self, request: Request, response: Response) -> Request | Response:
        """Put the archived bytes in the place of a 304; ask for the whole again where they cannot be read."""
        capture = self._held(request) if response.status == 304 else None
        if capture is None:
            return response
        try:
            return self._archived(capture, request, response.url, _UNCHANGED)
        except ArchiveError as error:
            logger.warning("%s; fetching it again", error)
            return request.replace(headers={}, meta={**request.meta, "whole": True})

    def _archived(self, capture: Capture, request: Request, url: str, flag: str) -> Response:
        body = self.session.archive.read_body(capture)
        headers = {name: value for name, value in capture.headers if name.lower() == "content-type"}
        made: Response = responsetypes.from_args(headers=Headers(headers), url=url, body=body)(
            url, status=200, headers=headers, body=body, flags=[flag], request=request
        )
        return made

    def _held(self, request: Request) -> Capture | None:
        """What the archive has of the address; many portals redirect http to https, and it is held under that."""
        if "kind" not in request.meta or "whole" in request.meta or request.method != "GET":
            return None
        if request.meta.get("held_of") != request.url:  # not yet looked for: a redirect takes the meta along
            scheme, _, rest = request.url.partition("://")
            other = f"{'http' if scheme == 'https' else 'https'}://{rest}"
            held = self.session.archive.latest_capture(request.url, other)
            request.meta.update(held=held, held_of=request.url)
        found: Capture | None = request.meta["held"]
        return found


class RobotsAnswers(_Middleware):
    """Asks for nothing where robots.txt could not be had, which Scrapy takes for leave to ask for everything.

    As RFC 9309 has it: no answer and errors of the server close the host, 4xx opens it; but for challenges. A redirect
    to another host is not followed, and so closes it too.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._closed: tuple[str, str] | None = None

    def process_request(self, request: Request) -> None:
        """Refuse a page once the answer to robots.txt, which was asked for before it, has closed the host."""
        if self._closed and not _is_robots(request):
            raise Refused(*self._closed)

    def process_response(self, request: Request, response: Response) -> Response:
        """Note an answer that closes the host."""
        if _is_robots(request):
            if reason := challenge(response):
                self._closed = "blocked", f"{reason} instead of robots.txt"
            elif response.status >= 500 or response.status in BLOCKING_STATUSES - {403}:
                kind = "blocked" if response.status in BLOCKING_STATUSES else "http"
                self._closed = kind, f"HTTP {response.status} for robots.txt"
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Note that there was no answer."""
        if _is_robots(request):
            kind, reason = explain(exception)
            self._closed = kind, f"{reason}, for robots.txt"


def _is_robots(request: Request) -> bool:
    return "dont_obey_robotstxt" in request.meta


class Refusals(_Middleware):
    """Tells challenges and error pages from pages, before anything is made of them."""

    def process_response(self, request: Request, response: Response) -> Response:
        """Raise Refused for what is not the page asked for."""
        if "kind" in request.meta:
            response.request = request
            check_answer(response, request.meta["kind"], request.meta.get("page", 1))
            is_first = request.meta["kind"] == "list" and not self.session.run.lists
            if is_first and response.status == 200 and leads_elsewhere(request):
                self.session.run.moved_to = response.url
        return response


def leads_elsewhere(request: Request) -> bool:
    """Whether a redirect has led out of the column: not to its first page, a page below it or another scheme."""
    if "redirect_urls" not in request.meta:
        return False
    asked = urlsplit(request.meta["redirect_urls"][0]).path
    column = _PAGE_NAME.sub("", asked).rstrip("/")
    return not urlsplit(request.url).path.startswith(column)


def asks_for_login(request: Request) -> bool:
    """Whether a redirect has led to a login."""
    return "redirect_urls" in request.meta and bool(_LOGIN.search(urlsplit(request.url)._replace(query="").geturl()))


def says_none(response: Response) -> bool:
    """Whether a list says that it has no entries, where a reader sees it: scripts hold such words for all lists."""
    if not isinstance(response, TextResponse):
        return False
    if response.body.lstrip()[:1] in (b"{", b"["):
        return bool(_NO_COUNT.search(response.text))
    shown = page_of(response).xpath("//body//text()[not(ancestor::script or ancestor::style)]").getall()
    return bool(_NO_ENTRIES.search("".join(shown)))


class SlowDown(_Middleware):
    """Gives a slow portal time: after an answer that took long, the next request waits twice as long as answers take.

    Answers are averaged, so that one slow page is no reason; a portal that recovers is asked at its own pace again.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._latency = 0.0

    def process_response(self, request: Request, response: Response) -> Response:
        """Set the delay of the portal's slot from how long its answers take."""
        latency = request.meta.get("download_latency")
        slot = self.crawler.engine.downloader.slots.get(request.meta.get("download_slot", ""))
        if latency is None or slot is None:
            return response
        settings = self.crawler.settings
        self._latency = (self._latency + latency) / 2
        base = max(settings.getfloat("DOWNLOAD_DELAY"), self.session.crawl_delay)
        is_slow = self._latency > settings.getfloat("SLOW_ANSWER_SECONDS")
        longest = settings.getfloat("LONGEST_DELAY_SECONDS")
        slot.delay = max(base, min(2 * self._latency, longest)) if is_slow else base
        return response


class PatientRetry(_Middleware):
    """Scrapy's retries, with a wait: as long as the portal asks for (Retry-After), else longer from time to time.

    With one request at a time per portal, the whole portal rests meanwhile.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._retries = RetryMiddleware.from_crawler(crawler)

    async def process_response(self, request: Request, response: Response) -> Request | Response:
        """Wait before the retry of a request that came too often or too early."""
        again = self._retries.process_response(request, response)
        if isinstance(again, Request):
            await asyncio.sleep(self._wait(request, response))
        return again

    async def process_exception(self, request: Request, exception: Exception) -> Request | Response | None:
        """Wait before the retry of a request that got no answer."""
        again = self._retries.process_exception(request, exception)
        if again is not None:
            await asyncio.sleep(self._backoff(request))
        return again

    def _backoff(self, request: Request) -> float:
        first: float = self.crawler.settings.getfloat("RETRY_BACKOFF_SECONDS")
        times: int = request.meta.get("retry_times", 0)
        return first * 2.0**times

    def _wait(self, request: Request, response: Response) -> float:
        asked = (response.headers.get("Retry-After") or b"").decode("latin-1").strip()
        if asked.isdigit():
            return min(float(asked), _MAX_WAIT_SECONDS)
        try:
            until = parsedate_to_datetime(asked)
        except ValueError:
            return self._backoff(request)
        until = until if until.tzinfo else until.replace(tzinfo=UTC)
        return min(max((until - datetime.now(UTC)).total_seconds(), 0.0), _MAX_WAIT_SECONDS)


def archived_address(response: Response) -> str:
    """The address that a capture is kept under. What was posted for is told apart by what was posted, in the way that
    web archives have for it."""
    request = response.request
    if request is None or request.method == "GET":
        return response.url
    joint = "&" if "?" in response.url else "?"
    return f"{response.url}{joint}__wb_method={request.method}&{request.body.decode()}"


class Keep(_Middleware):
    """Spider middleware: writes every good answer to the archive before a spider sees it, and counts it."""

    def process_spider_input(self, response: Response) -> None:
        """Archive a list, article or attachment with what its list row said about it."""
        kind = response.meta.get("kind")
        if kind is None or response.status != 200:
            return
        run = self.session.run
        self.session.refusals = 0
        assert isinstance(self.crawler.spider, PortalSpider)
        if kind == "list" and (row := self.crawler.spider.report_on_list(response)):
            run.lists += 1
            kind = "article"
            response.meta.update(kind=kind, row=row)
        if kind == "list":
            run.lists += 1
            run.says_none += not run.listed and says_none(response)
        elif kind == "article":
            run.reports += 1
        else:
            run.attachments += 1
        if _HELD in response.flags:
            run.held += 1
            return
        if _UNCHANGED in response.flags:
            run.unchanged += kind != "list"
            return
        run.bytes += len(response.body)
        before = self._before(response)
        digest = self._add(response, kind)
        if kind != "list":
            run.new += before is None
            run.changed += before is not None and before.sha256 != digest
            run.unchanged += before is not None and before.sha256 == digest

    def _before(self, response: Response) -> Capture | None:
        if response.meta.get("held_of") == response.url and response.meta["held"] is None:
            return None  # it was looked for before it was asked for
        return self.session.archive.latest_capture(response.url)

    def _add(self, response: Response, kind: Any) -> str:
        row = response.meta.get("row")
        content_type = (response.headers.get("Content-Type") or b"").decode("latin-1")
        return self.session.archive.keep_capture(
            url=archived_address(response),
            body=response.body,
            kind=kind,
            fetched_at=datetime.now(UTC),
            portal=self.session.portal.key,
            http_status=response.status,
            headers=[(n.decode("latin-1"), v.decode("latin-1")) for n, vs in response.headers.items() for v in vs],
            media_type=content_type.partition(";")[0].strip().lower() or None,
            run_id=self.session.run.run_id,
            title=row.title if row else None,
            published_on=row.published_on.isoformat() if row and row.published_on else None,
            publisher=row.publisher if row else None,
            parent_url=response.meta.get("parent_url"),
            files=self._linked(response) if kind == "article" else None,
            asked_url=next(iter(response.meta.get("redirect_urls", ())), None),
        )

    def _linked(self, response: Response) -> list[str] | None:
        """The addresses of an article's files, as they will be asked for; None where the page makes no sense: it is
        kept all the same, and the spider will stumble over it in its turn."""
        assert isinstance(self.crawler.spider, PortalSpider)
        try:
            files = response.meta["files"] = self.crawler.spider.files_of(response)
        except Exception:
            return None
        addresses = [self.crawler.spider.on_portal(url) for url, _ in files]
        return [urldefrag(safe_url_string(url)).url for url in addresses if url]
