"""What some servers do with an answer on its way: a redirect that wants a cookie, gzip that is not called so."""

from typing import Any
from urllib.parse import urljoin

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.responsetypes import responsetypes
from scrapy.utils.gz import gunzip

from crawler.errors import Refused

_GZIP = b"\x1f\x8b"
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


class CookieWall:
    """Knows the firewall that redirects an address to itself until its cookie comes back. We send none."""

    def process_response(self, request: Request, response: Response) -> Response:
        """Refuse the redirect at once; following it would only go round."""
        location = (response.headers.get("Location") or b"").decode("latin-1")
        is_round = response.status in _REDIRECTS and urljoin(request.url, location) == request.url
        if is_round and (cookie := response.headers.get("Set-Cookie")):
            name = cookie.partition(b"=")[0].decode("latin-1")
            reason = f"challenge of a firewall: redirects to itself with the cookie {name} (HTTP {response.status})"
            raise Refused("blocked", reason)
        return response


class Unzip:
    """Unpacks pages that come as gzip without a header that says so."""

    def __init__(self, max_size: int) -> None:
        self._max_size = max_size

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "Unzip":
        """Called by Scrapy."""
        return cls(crawler.settings.getint("DOWNLOAD_MAXSIZE"))

    def process_response(self, request: Request, response: Response) -> Response:
        """Put the page in the place of its gzip; a file that is asked for as such stays as it is."""
        if request.meta.get("kind") not in ("list", "article") or not response.body.startswith(_GZIP):
            return response
        body = gunzip(response.body, max_size=self._max_size)
        kind: Any = responsetypes.from_args(headers=response.headers, url=response.url, body=body)
        unpacked: Response = response.replace(body=body, cls=kind)
        return unpacked
