"""Between Scrapy and the portal: where we may go, what we hold already, what an answer is, and its keeping."""

import asyncio
import ipaddress
import logging
import socket
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.http import Headers, Response
from scrapy.responsetypes import responsetypes

from archive import ArchiveError, Capture
from crawler.errors import Refused
from crawler.refusals import check_answer
from crawler.registry import host_of
from crawler.session import Session
from crawler.spiders.base import PortalSpider

logger = logging.getLogger(__name__)

_UNCHANGED = "unchanged"
_MAX_WAIT_SECONDS = 120.0


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
        if host_of(request.url) != host_of(portal.base_url):
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
    """Asks only for what changed. A 304 is given the archived bytes, so that the crawl goes on from them."""

    def process_request(self, request: Request) -> None:
        """Add If-None-Match and If-Modified-Since from the latest capture."""
        capture = self._held(request)
        if capture is None:
            return
        for header, value in (("If-None-Match", capture.etag), ("If-Modified-Since", capture.last_modified)):
            if value:
                request.headers[header] = value

    def process_response(self, request: Request, response: Response) -> Request | Response:
        """Put the archived bytes in the place of a 304; ask for the whole again where they cannot be read."""
        capture = self._held(request) if response.status == 304 else None
        if capture is None:
            return response
        try:
            body = self.session.archive.read_body(capture)
        except ArchiveError as error:
            logger.warning("%s; fetching it again", error)
            return request.replace(headers={}, meta={**request.meta, "whole": True})
        headers = {name: value for name, value in capture.headers if name.lower() == "content-type"}
        made: Response = responsetypes.from_args(headers=Headers(headers), url=response.url, body=body)(
            response.url, status=200, headers=headers, body=body, flags=[_UNCHANGED], request=request
        )
        return made

    def _held(self, request: Request) -> Capture | None:
        if "kind" not in request.meta or "whole" in request.meta:
            return None
        return self.session.archive.latest_capture(request.url)


class Refusals(_Middleware):
    """Tells challenges and error pages from pages, before anything is made of them."""

    def process_response(self, request: Request, response: Response) -> Response:
        """Raise Refused for what is not the page asked for."""
        if "kind" in request.meta:
            response.request = request
            check_answer(response, request.meta["kind"], request.meta.get("page", 1))
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


class Keep(_Middleware):
    """Spider middleware: writes every good answer to the archive before a spider sees it, and counts it."""

    def process_spider_input(self, response: Response) -> None:
        """Archive a list, article or attachment with what its list row said about it."""
        kind = response.meta.get("kind")
        if kind is None or response.status != 200:
            return
        run = self.session.run
        self.session.refusals = 0
        if kind == "list":
            run.lists += 1
        elif kind == "article":
            run.reports += 1
        else:
            run.attachments += 1
        if _UNCHANGED in response.flags:
            run.unchanged += kind != "list"
            return
        run.bytes += len(response.body)
        before = self.session.archive.latest_capture(response.url)
        capture = self._add(response, kind)
        if kind != "list":
            run.new += before is None
            run.changed += before is not None and before.sha256 != capture.sha256
            run.unchanged += before is not None and before.sha256 == capture.sha256

    def _add(self, response: Response, kind: Any) -> Capture:
        row = response.meta.get("row")
        content_type = (response.headers.get("Content-Type") or b"").decode("latin-1")
        return self.session.archive.add_capture(
            url=response.url,
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
        )
