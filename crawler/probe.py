"""Asking portals politely whether their columns are still there: one page each, and robots.txt before it.

A probe is a crawl of that one page into an archive that is thrown away, so that robots, pace, address guard and the
recognition of challenges are those of every crawl.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar, Literal
from urllib.parse import urljoin

from scrapy.http import HtmlResponse, Request, Response

from archive import Archive, open_archive
from crawler.ledger import Failure, PortalRun
from crawler.listing import text_of
from crawler.recognise import PageReading, read_page
from crawler.registry import Portal
from crawler.run import crawl
from crawler.spiders.base import PortalSpider
from crawler.spiders.ucap_hex import LIST_NAMES, SHELL_BYTES

State = Literal["reachable", "blocked", "moved", "gone", "empty", "unreachable"]

_STATES: dict[str, State] = {
    "blocked": "blocked",
    "robots": "blocked",
    "moved": "moved",
    "gone": "gone",
    "soft404": "gone",
}
"""State by the kind of a failure; every other kind is ``unreachable``."""

_OTHER_NAMES = {"ucap_hex": LIST_NAMES, "sx_longid": ("1.html",)}


@dataclass(frozen=True, slots=True)
class Probe:
    """What came of asking one portal for ``url``.

    ``state``: reachable; blocked (``detail`` says by what); moved (to ``moved_to``); gone (an error page, or the home
    page, in its place: moved to where nothing says); empty (an answer without reports, sub-columns or a script that
    loads them); unreachable. ``reading`` is that of the page,
    where one came.
    """

    portal: Portal
    url: str
    state: State
    detail: str
    moved_to: str | None = None
    reading: PageReading | None = None

    def report(self) -> dict[str, Any]:
        """The probe as JSON has it, for a person to send back."""
        found = self.reading.recognition if self.reading else None
        return {
            "portal": self.portal.key,
            "name": self.portal.name,
            "url": self.url,
            "state": self.state,
            "detail": self.detail,
            "moved_to": self.moved_to,
            "platform": self.portal.platform,
            "looks_like": found.platform if found else None,
            "sign": found.sign if found else None,
            "sid": found.sid if found else None,
            "reports_linked": self.reading.reports if self.reading else None,
            "columns_linked": self.reading.columns if self.reading else None,
            "site": self.reading.site if self.reading else None,
            "examples": self.reading.examples if self.reading else [],
        }


class ProbeSpider(PortalSpider):
    """Asks for the page that a crawl of the portal would begin with, once.

    On some platforms a column's folder is often no page itself: its list is then asked for under the names that it may
    have there.
    """

    name = "probe"
    custom_settings: ClassVar[dict[str, Any]] = {"RETRY_ENABLED": False, "DOWNLOAD_TIMEOUT": 30}  # type: ignore[misc]

    def other_names(self) -> tuple[str, ...]:
        """Names of a list below its folder."""
        return _OTHER_NAMES.get(self.portal.platform, ())

    async def start(self) -> Any:
        """The one request."""
        url = first_page(self.portal)
        for request in self.ask(url, url, self.other_names() if url.endswith("/") else ()):
            yield request

    def ask(self, url: str, folder: str, names: tuple[str, ...]) -> Iterator[Request]:
        """Ask for a page; as long as other names are left, a 404 or a stub is no failure, as on a list's later page."""
        yield from self.list_request(url, self.parse_page, page=2 if names else 1, folder=folder, names=names)

    def parse_page(self, response: Response, *, folder: str, names: tuple[str, ...]) -> Iterator[Request]:
        """The next name, if this was no page; else nothing further: the middleware has kept the page."""
        if names and (response.status == 404 or len(response.body) < SHELL_BYTES):
            yield from self.ask(urljoin(folder, names[0]), folder, names[1:])

    def list_ended(self, context: dict[str, Any]) -> Iterator[Request]:
        """An error page with status 200 stood under a name: try the next."""
        return self.ask(urljoin(context["folder"], context["names"][0]), context["folder"], context["names"][1:])


class NewPortalSpider(ProbeSpider):
    """The same for a portal whose platform is not known yet: the names of every platform are tried."""

    def other_names(self) -> tuple[str, ...]:
        """All names, in the order of the platforms."""
        return tuple(name for names in _OTHER_NAMES.values() for name in names)


def first_page(portal: Portal) -> str:
    """The address that a crawl begins with; the home page of a portal whose column is not known yet."""
    if portal.platform == "gkmlpt":
        root = (portal.column_url or portal.base_url).partition("/gkmlpt")[0].rstrip("/")
        return f"{root}/gkmlpt/index"
    return portal.column_url or portal.base_url


def probe(portals: list[Portal], *, new: bool = False) -> list[Probe]:
    """Ask each portal for its first page; in the order given. Several hosts are asked side by side, each host for one
    page after the other. ``new``: their platforms are not known yet. Can be called once in a process, like
    `crawler.run.crawl`."""
    with TemporaryDirectory() as scratch:
        folder = Path(scratch)
        runs = crawl(portals, folder, show_progress=False, spider=NewPortalSpider if new else ProbeSpider)
        by_key = {run.portal: run for run in runs}
        with open_archive(folder, read_only=True) as archive:
            return [_judge(portal, by_key[portal.key], archive) for portal in portals]


def _judge(portal: Portal, run: PortalRun, archive: Archive) -> Probe:
    url = first_page(portal)
    if run.failures:
        return _failed(portal, url, run.failures[0])
    page = _page(archive, portal.key)
    if page is None:
        return Probe(portal, url, "unreachable", "no answer was kept")
    reading = read_page(page.url, text_of(page))
    if run.moved_to:
        return Probe(portal, url, "moved", "redirects to another column", run.moved_to, reading)
    found = reading.recognition
    if portal.column_url is None and portal.platform != "gkmlpt":
        return Probe(portal, url, "reachable", "only the home page was asked for: no column is known", None, reading)
    if found is None or not (reading.reports or reading.columns or found.rowless):
        return Probe(portal, url, "empty", "the page links to no report and to no column of reports", None, reading)
    detail = f"{reading.reports} reports and {reading.columns} columns of reports on the first page"
    if found.platform != portal.platform:
        detail += f"; looks like {found.platform} ({found.sign}), registered as {portal.platform}"
    return Probe(portal, url, "reachable", detail, None, reading)


def _failed(portal: Portal, url: str, failure: Failure) -> Probe:
    state = _STATES.get(failure.kind, "unreachable")
    if failure.kind == "soft404" and "bytes" in failure.reason:
        state = "empty"  # a stub stands in the page's place
    moved_to = failure.url if failure.kind == "moved" else None
    gone = "moved or gone, nothing says where to: " if state == "gone" else ""
    return Probe(portal, url, state, gone + failure.reason, moved_to)


def _page(archive: Archive, key: str) -> HtmlResponse | None:
    """The page that was kept of a portal."""
    query = "SELECT id FROM captures WHERE portal = ? ORDER BY id DESC LIMIT 1"
    for (capture_id,) in archive.db.execute(query, [key]):
        capture = archive.capture(capture_id)
        headers = {name: value for name, value in capture.headers if name.lower() == "content-type"}
        return HtmlResponse(capture.url, body=archive.read_body(capture), headers=headers)
    return None
