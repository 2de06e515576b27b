"""HTTP servers on the loopback address that answer as the portals' publishing platforms do.

A :class:`Portal` is a host made of parts (a gkmlpt instance, a column); :func:`serve` runs it and hands out a
:class:`RunningPortal` with its address, the log of what was asked of it, and the faults it is to show.
"""

import gzip
import hashlib
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal, Protocol, runtime_checkable
from urllib.parse import parse_qsl, urlsplit

ROBOTS_OPEN = "User-agent: *\nDisallow:\n"
ROBOTS_CLOSED = "User-agent: *\nDisallow: /\n"

HTML = "text/html; charset=utf-8"
HTML_WITHOUT_CHARSET = "text/html"


@dataclass(frozen=True, slots=True)
class Page:
    """What a portal has at an address. ``modified`` is aware; None: the answer states no Last-Modified, no ETag."""

    body: bytes
    media_type: str = HTML
    modified: datetime | None = None
    status: int = 200

    @property
    def etag(self) -> str:
        """Quoted, from the bytes."""
        return f'"{hashlib.sha256(self.body).hexdigest()[:20]}"'


@runtime_checkable
class PostedPart(Protocol):
    """A part that takes forms."""

    def posted(self, path: str, query: dict[str, str], form: dict[str, str]) -> Page | None:
        """The answer to a form that was posted to a path, or None where this part has nothing."""


class Part(Protocol):
    """Something that answers for some of a host's addresses."""

    def answer(self, path: str, query: dict[str, str], base_url: str) -> Page | None:
        """The page at a path (percent signs not decoded), or None where this part has nothing."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A registry entry of a simulated portal; addresses are paths until the host has a port."""

    key: str
    name: str
    platform: str
    column_path: str
    level: str = "county"
    sid: str | None = None
    enabled: bool = True

    def at(self, base_url: str) -> dict[str, Any]:
        """The entry as the registry of portals writes it."""
        return {
            "key": self.key,
            "name": self.name,
            "base_url": base_url,
            "platform": self.platform,
            "level": self.level,
            "province": None,
            "division_code": None,
            "column_url": base_url + self.column_path,
            "sid": self.sid,
            "pace": 0,
            "enabled": self.enabled,
            "must_have_results": False,
            "allow_private": True,
            "verified_on": None,
            "note": "simulated",
        }


@dataclass
class Portal:
    """A host: its parts, asked in order, its robots.txt and the registry entries that lead to it."""

    key: str
    entries: tuple[Entry, ...]
    parts: tuple[Part, ...]
    robots: str = ROBOTS_OPEN

    def page(self, path: str, query: dict[str, str], base_url: str) -> Page | None:
        """The page at a path, or None for 404."""
        if path == "/robots.txt":
            return Page(self.robots.encode(), "text/plain; charset=utf-8")
        answers = (part.answer(path, query, base_url) for part in self.parts)
        home = Page(_HOME) if path == "/" else None
        return next((page for page in answers if page is not None), home)

    def posted(self, path: str, query: dict[str, str], form: dict[str, str]) -> Page | None:
        """The answer to a form, or None for 404."""
        answers = (part.posted(path, query, form) for part in self.parts if isinstance(part, PostedPart))
        return next((page for page in answers if page is not None), None)


FaultKind = Literal[
    "not_found",
    "soft_404",
    "home",  # 301 to the home page
    "forbidden",
    "challenge_412",
    "challenge_521",
    "cookie_wall",  # 302 to itself until its cookie comes back
    "refusal_13",  # an empty page of 13 bytes, with status 200
    "refusal_42",  # a message of 42 bytes, with status 200
    "json",  # JSON where a page is asked for
    "unavailable",
    "drop",
    "truncated",
    "slow",
    "gbk",  # the page in GBK, and nothing that says so
    "gbk_as_utf8",  # the page in GBK, called UTF-8
    "gzip",  # the page as gzip, whether or not that was asked for
    "gzip_unnamed",  # the same, and nothing that says so
]


@dataclass
class Fault:
    """A way to fail. ``seconds`` is for ``slow``; ``times``: how many requests it strikes, None for all."""

    kind: FaultKind
    seconds: float = 1.0
    times: int | None = None


@dataclass(frozen=True, slots=True)
class LoggedRequest:
    """A request as answered. ``path`` includes the query; ``status`` is 0 for a connection dropped unanswered."""

    method: str
    path: str
    status: int
    time: float
    """Seconds of the monotonic clock, when the request came in."""
    user_agent: str


@dataclass
class RunningPortal:
    """A served portal. ``faults`` may be changed while it runs: key a path (with its query) or ``*`` for all."""

    base_url: str
    portal: Portal
    requests: list[LoggedRequest] = field(default_factory=list)
    faults: dict[str, Fault] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def registry(self) -> list[dict[str, Any]]:
        """The portal's registry entries, with the address it is served at."""
        return [entry.at(self.base_url) for entry in self.portal.entries]

    @property
    def user_agents(self) -> set[str]:
        """Every User-Agent that asked."""
        return {request.user_agent for request in self.requests}

    def paths(self) -> list[str]:
        """Paths asked for, in order."""
        return [request.path for request in self.requests]

    def log(self, request: LoggedRequest) -> None:
        """Note a request."""
        with self._lock:
            self.requests.append(request)

    def strike(self, path: str) -> Fault | None:
        """The fault that a request for the path meets; counts it."""
        with self._lock:
            fault = self.faults.get(path) or self.faults.get("*")
            if fault is None or fault.times == 0:
                return None
            if fault.times is not None:
                fault.times -= 1
            return fault


@contextmanager
def serve(portal: Portal) -> Iterator[RunningPortal]:
    """Run a portal on a free port of 127.0.0.1 for as long as the block lasts."""

    class Handler(_Handler):
        pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    running = RunningPortal(f"http://127.0.0.1:{server.server_address[1]}", portal)
    Handler.running = running
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield running
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def serve_all(portals: dict[str, Portal]) -> Iterator[dict[str, RunningPortal]]:
    """Run several portals, each on a port of its own; the same keys."""
    with ExitStack() as stack:
        yield {key: stack.enter_context(serve(portal)) for key, portal in portals.items()}


class _Handler(BaseHTTPRequestHandler):
    """Answers one connection."""

    running: RunningPortal
    protocol_version = "HTTP/1.1"
    server_version = "nginx"
    sys_version = ""
    # Headers and body are written apart: with Nagle each answer would wait 40 ms for its second half.
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        arrived = time.monotonic()
        fault = self.running.strike(self.path)
        if fault is not None and fault.kind == "slow":
            time.sleep(fault.seconds)
        failing = _FAULTS.get(fault.kind) if fault else None
        status = failing(self) if failing else self._answer()
        agent = self.headers.get("User-Agent", "")
        self.running.log(LoggedRequest(self.command, self.path, status, arrived, agent))

    do_POST = do_GET  # noqa: N815  the name that http.server calls
    do_HEAD = do_GET  # noqa: N815  the name that http.server calls

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class's name
        """Requests are kept in the running portal's log, not printed."""

    def find(self) -> Page | None:
        """The page that is asked for, before any fault."""
        parts = urlsplit(self.path)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        if self.command == "POST":
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            form = dict(parse_qsl(body, keep_blank_values=True))
            return self.running.portal.posted(parts.path, query, form)
        return self.running.portal.page(parts.path, query, self.running.base_url)

    def send(self, status: int, body: bytes, media_type: str, headers: tuple[tuple[str, str], ...] = ()) -> int:
        """Send an answer; returns its status."""
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
        return status

    def _answer(self) -> int:
        page = self.find()
        if page is None:
            return self.send(404, _NOT_FOUND, HTML)
        if page.modified is None:
            return self.send(page.status, page.body, page.media_type)
        validators = (("ETag", page.etag), ("Last-Modified", format_datetime(page.modified, usegmt=True)))
        if self._is_unchanged(page.etag, page.modified):
            self.send_response(304)
            for name, value in validators:
                self.send_header(name, value)
            self.end_headers()
            return 304
        return self.send(200, page.body, page.media_type, validators)

    def _is_unchanged(self, etag: str, modified: datetime) -> bool:
        """If-None-Match goes before If-Modified-Since, as RFC 9110 has it."""
        tags = self.headers.get("If-None-Match")
        if tags is not None:
            return tags.strip() == "*" or etag in [tag.strip().removeprefix("W/") for tag in tags.split(",")]
        since = self.headers.get("If-Modified-Since")
        if since is None:
            return False
        try:
            known = parsedate_to_datetime(since)
        except ValueError:
            return False
        return modified.replace(microsecond=0) <= known.astimezone(UTC)


_NOT_FOUND = b"<html><head><title>404 Not Found</title></head><body><h1>404 Not Found</h1></body></html>"
_SOFT_404 = (
    '<!DOCTYPE html><html><head><meta charset="utf-8"><title>提示</title></head>'
    "<body><p>您访问的页面不存在或已被删除，请返回<a href='/'>首页</a>。</p></body></html>"
).encode()
_HOME = (
    '<!DOCTYPE html><html><head><meta charset="utf-8"><title>门户网站</title></head><body><ul class="list">'
    + '<li><a href="/zwgk/">政务公开</a></li>' * 40
    + "</ul></body></html>"
).encode()
_JSON = json.dumps({"code": 200, "data": {"rows": [{"name": "门户", "value": "x" * 40}] * 20}}).encode()
_FORBIDDEN = b"<html><head><title>403 Forbidden</title></head><body><h1>403 Forbidden</h1></body></html>"
_CHALLENGE = (
    "<html><head><script>var _q=0x1f;document.cookie='{name}='+(_q*7).toString(16)+';path=/';"
    "location.href=location.pathname+location.search;</script></head><body></body></html>"
)


def _challenge_412(handler: _Handler) -> int:
    body = _CHALLENGE.format(name="sVoELocvxVW0T").encode()
    return handler.send(412, body, "text/html", (("Set-Cookie", "sVoELocvxVW0S=simulated; Path=/; HttpOnly"),))


def _challenge_521(handler: _Handler) -> int:
    body = _CHALLENGE.format(name="__jsl_clearance_s").encode()
    return handler.send(521, body, "text/html", (("Set-Cookie", "__jsluid_s=simulated; max-age=31536000; path=/"),))


def _drop(handler: _Handler) -> int:
    handler.close_connection = True
    handler.connection.shutdown(socket.SHUT_RDWR)
    return 0


def _truncate(handler: _Handler) -> int:
    """Promise the whole body, send half of it and hang up."""
    page = handler.find() or Page(_NOT_FOUND)
    handler.send_response(200)
    handler.send_header("Content-Type", page.media_type)
    handler.send_header("Content-Length", str(len(page.body)))
    handler.end_headers()
    handler.wfile.write(page.body[: len(page.body) // 2])
    handler.wfile.flush()
    _drop(handler)
    return 200


def _cookie_wall(handler: _Handler) -> int:
    if "CT6T=" in handler.headers.get("Cookie", ""):
        return handler._answer()
    cookie = ("Set-Cookie", "CT6T=simulated; path=/; HttpOnly")
    return handler.send(302, b"", HTML_WITHOUT_CHARSET, (("Location", handler.path), cookie))


def _in_gbk(handler: _Handler, media_type: str) -> int:
    page = handler.find() or Page(_NOT_FOUND)
    text = page.body.decode().replace('<meta charset="utf-8">', "")
    return handler.send(200, text.encode("gbk"), media_type)


def _gzipped(handler: _Handler, *headers: tuple[str, str]) -> int:
    page = handler.find() or Page(_NOT_FOUND)
    return handler.send(200, gzip.compress(page.body, mtime=0), page.media_type, headers)


_FAULTS: dict[FaultKind, Callable[[_Handler], int]] = {
    "not_found": lambda handler: handler.send(404, _NOT_FOUND, HTML),
    "soft_404": lambda handler: handler.send(200, _SOFT_404, HTML),
    "forbidden": lambda handler: handler.send(403, _FORBIDDEN, HTML),
    "unavailable": lambda handler: handler.send(503, b"", HTML),
    "challenge_412": _challenge_412,
    "challenge_521": _challenge_521,
    "cookie_wall": _cookie_wall,
    "home": lambda handler: handler.send(301, b"", HTML, (("Location", "/"),)),
    "refusal_13": lambda handler: handler.send(200, b"<html></html>", HTML),
    "refusal_42": lambda handler: handler.send(200, "信息模板页面配置实体不能为空".encode(), HTML),
    "json": lambda handler: handler.send(200, _JSON, "application/json;charset=UTF-8"),
    "gbk": lambda handler: _in_gbk(handler, HTML_WITHOUT_CHARSET),
    "gbk_as_utf8": lambda handler: _in_gbk(handler, HTML),
    "gzip": lambda handler: _gzipped(handler, ("Content-Encoding", "gzip")),
    "gzip_unnamed": _gzipped,
    "drop": _drop,
    "truncated": _truncate,
}
