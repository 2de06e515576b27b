"""What the spiders of all platforms share: which rows to fetch, attachments, and what becomes of a failed request."""

import logging
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlencode, urlsplit

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider
from scrapy.http import Response, TextResponse
from scrapy.robotstxt import ProtegoRobotParser
from twisted.python.failure import Failure

from archive import ArchiveError
from crawler import dialects, listing
from crawler.errors import Refused, RegistryError
from crawler.failures import explain
from crawler.ledger import write_record
from crawler.listing import Row
from crawler.pictures import report_pictures
from crawler.registry import host_of
from crawler.session import Session, Visit, open_session
from crawler.shown import report_of
from extract.identity import read_title

logger = logging.getLogger(__name__)

# Articles of Guangdong carry a number that is the same on every host and path on which a post appears.
_POST = re.compile(r"/m?post_(\d+)\.html$")
_CUT_TITLE = re.compile(r"信息公.*(?:…|\.{3})$")
# A portal says no to a single path now and then; when it says no again and again, going on would be pressing.
_REFUSALS_IN_A_ROW = 3
# A column address that is too high in the tree would otherwise walk the whole site.
_MAX_LIST_PAGES = 1000
# A delay beyond this is a way to say no, which robots.txt has another word for.
_LONGEST_CRAWL_DELAY = 30.0
# How the platforms' own scripts post their forms.
_AS_A_SCRIPT = {
    "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
    "X-Requested-With": "XMLHttpRequest",
}
_PRIORITY = {"list": 0, "article": 10, "attachment": 20}


class PortalSpider(Spider):
    """Base of the spiders. Every request has a ``kind`` (list, article, attachment) in its meta, by which the
    middlewares archive the answer before it comes back here. Spiders yield requests only.

    From the command line: ``scrapy crawl gkmlpt -a portal=KEY -a data=DIR [-a years=2019-2025] [-a limit=N]
    [-a policy={"recent_days": 60}]``, with the fields of `crawler.history.Policy` (default: ask for everything again).
    """

    article_path: ClassVar[re.Pattern[str]]

    def __init__(
        self,
        session: Session | None = None,
        *,
        portal: str | None = None,
        data: str = "data",
        years: str | None = None,
        limit: str | None = None,
        policy: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._own_session = session is None
        self.session = session or open_session(portal, Path(data), years, limit, policy)
        self.portal, self.run = self.session.portal, self.session.run
        self._seen: set[str] = set()
        # What the limit leaves out, in order; an article that gives nothing makes room for the next.
        self._withheld: deque[Callable[[], Iterable[Request]]] = deque()

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> "PortalSpider":
        """Build the spider and give its crawler the portal's pace."""
        try:
            spider: PortalSpider = super().from_crawler(crawler, *args, **kwargs)
        except (RegistryError, Refused, ArchiveError) as error:
            # The log of a job is all that whoever started it sees: one line says more there than a traceback.
            logger.critical("not crawled: %s", error)
            raise SystemExit(1) from None
        session = spider.session
        pace = session.portal.pace if session.pace is None else session.pace
        crawler.settings.set("DOWNLOAD_DELAY", pace, priority="cmdline")
        crawler.signals.connect(spider.on_error, signals.spider_error)
        crawler.signals.connect(spider.on_robots, signals.robots_parsed)
        return spider

    async def start(self) -> Any:
        """Start from the portal's annual-report column."""
        if self.portal.column_url is None:
            raise ValueError(f"portal {self.portal.key!r} has no column_url")
        for request in self.column(self.portal.column_url):
            yield request

    def column(self, url: str) -> Iterator[Request]:
        """The first page of a column."""
        raise NotImplementedError

    # requests

    def on_portal(self, url: str) -> str | None:
        """The address as this portal serves it (its scheme), or None where it is on another host."""
        try:
            if host_of(url) != host_of(self.portal.base_url):
                return None
        except ValueError:
            return None
        base = urlsplit(self.portal.base_url)
        return urlsplit(url)._replace(scheme=base.scheme, netloc=base.netloc).geturl()

    def list_request(
        self,
        url: str,
        callback: Callable[..., Any],
        *,
        page: int = 1,
        form: Mapping[str, str] | None = None,
        **context: Any,
    ) -> Iterator[Request]:
        """A page of a list, once; nothing where the list leads off the host or was asked for already. With a ``form``
        it is posted. Of a page after the first 404 and 405 reach the callback: many lists end with a 404, and some
        scripts want the one method or the other."""
        address, body = self.on_portal(url), urlencode(form or {})
        if address is None:
            self.run.fail(url, "off_host", "list not on the portal's host")
        elif (identity := f"{address} {body}".rstrip()) in self._seen:
            return
        elif self.session.full:
            self._withheld.append(partial(self.list_request, url, callback, page=page, form=form, **context))
        else:
            self._seen.add(identity)
            if self.run.lists >= _MAX_LIST_PAGES:
                reason = f"more than {_MAX_LIST_PAGES} list pages: is the column address right?"
                self.run.fail(address, "refused", reason, "list")
                return
            meta = {"page": page, "handle_httpstatus_list": [404, 405] if page > 1 else []}
            request = self._request(address, "list", callback, meta, context)
            yield request if form is None else request.replace(method="POST", body=body, headers=_AS_A_SCRIPT)

    def articles(self, rows: Iterable[Row]) -> Iterator[Request]:
        """Requests for the rows that are annual reports of the asked years, each report once."""
        listed: list[tuple[str, Row]] = []
        for row in rows:
            address = self.on_portal(row.url)
            post = _POST.search(urlsplit(row.url).path)
            identity = f"post {post[1]}" if post else address or row.url
            if identity in self._seen:
                self.run.duplicates += 1
                continue
            if address is None and read_title(row.title) is None:
                continue  # a link to some other site
            if self.session.full:
                self._withheld.append(partial(self.articles, [row]))
                continue
            if not self._is_report(row):
                continue
            self._seen.add(identity)
            if address is None:
                self.run.fail(row.url, "off_host", f"not on the portal's host: {row.title}")
                continue
            listed.append((address, row))
            if self._is_of_asked_years(row):
                self.run.found += 1
                yield from self._article(address, row)
        self.session.note_listed(listed)

    def _article(self, address: str, row: Row) -> Iterator[Request]:
        files = self.session.settled_files(address, row.published_on)
        if files is None:
            yield self._request(address, "article", self.parse_article, {"row": row, "visit": Visit(address)})
        else:
            self.run.reports += 1
            self.run.attachments += files
            self.run.held += 1 + files

    def _is_report(self, row: Row) -> bool:
        # A title cut short by the list: the report itself will tell.
        is_report = read_title(row.title) is not None or bool(_CUT_TITLE.search(row.title))
        self.run.not_reports += not is_report
        return is_report

    def _is_of_asked_years(self, row: Row) -> bool:
        reading = read_title(row.title)
        year = reading.year if reading else None
        is_asked = year is None or self.session.years is None or year in self.session.years
        self.run.other_years += not is_asked
        return is_asked

    def _request(
        self,
        url: str,
        kind: str,
        callback: Callable[..., Any],
        meta: dict[str, Any],
        context: dict[str, Any] | None = None,
    ) -> Request:
        # dont_filter: what was asked for already is our own ledger's business; Scrapy would drop it without a word.
        return Request(
            url,
            callback,
            errback=self.failed,
            meta={"kind": kind, **meta},
            cb_kwargs=context or {},
            priority=_PRIORITY[kind],
            dont_filter=True,
        )

    # answers

    def parse_article(self, response: Response) -> Iterator[Request]:
        """Requests for the attachments of an article, on the same host only. A report may itself be a document."""
        visit: Visit | None = response.meta.get("visit")
        files = response.meta.get("files")  # as the archive noted them with the page
        for url, label in self.files_of(response) if files is None else files:
            address = self.on_portal(url)
            if address is None:
                self.run.fail(url, "off_host", f"attachment not on the portal's host: {label}")
            elif address not in self._seen:
                self._seen.add(address)
                # Its own label: an article may carry the reports of several agencies.
                row = replace(response.meta["row"], url=address, title=label)
                meta = {"row": row, "parent_url": response.url, "visit": visit}
                if visit is not None:
                    visit.files, visit.open = visit.files + 1, visit.open + 1
                yield self._request(address, "attachment", self.parse_attachment, meta)
        self._answered(visit)

    def _answered(self, visit: Visit | None) -> None:
        """Note the answer to a report's page or file; after the last, if all were good, the report is settled."""
        if visit is not None:
            visit.open -= 1
            if not visit.open and visit.is_whole:
                self.session.settle(visit)

    def files_of(self, response: Response) -> list[tuple[str, str]]:
        """(address, label) of an article's attachments and, under its own title, of the pages that it shows as
        pictures, each once."""
        title, found = response.meta["row"].title, dict[str, str]()
        for page in self.article_pages(response) if isinstance(response, TextResponse) else ():
            found |= {url: label or found.get(url, "") for url, label in self.attachment_links(page)}
            found |= dict.fromkeys(report_pictures(page), title)
        return list(found.items())

    def article_pages(self, response: TextResponse) -> list[TextResponse]:
        """The article's page; platforms that hide text in scripts add that as a page of its own."""
        return [response]

    def attachment_links(self, response: TextResponse) -> list[tuple[str, str]]:
        """(address, label) of an article's attachments."""
        return listing.attachments(response)

    def report_on_list(self, response: Response) -> Row | None:
        """The row of a report that stands where a list was asked for; it is then archived as an article."""

    def listed_alone(self, url: str, row: Row) -> Row | None:
        """Count a report that stands where a list was asked for; its row, if it is of an asked year."""
        self.session.note_listed([(url, row)])
        is_asked = self._is_of_asked_years(row)
        self.run.found += is_asked
        return row if is_asked else None

    def parse_attachment(self, response: Response) -> None:
        """The middleware has archived it."""
        self._answered(response.meta.get("visit"))

    def failed(self, failure: Failure) -> Iterable[Request] | None:
        """Note a request that gave nothing; stop where the portal does not want us."""
        request: Request = failure.request  # type: ignore[attr-defined]
        assert failure.value is not None
        kind, reason = explain(failure.value)
        if visit := request.meta.get("visit"):
            visit.is_whole = False
        if kind == "limit":
            self._withheld.append(lambda: [request])
            return self._released()
        self.session.lost += request.meta["kind"] == "article"
        if kind == "soft404" and request.meta.get("page", 1) > 1:
            return self.list_ended(request.cb_kwargs)
        self.run.fail(request.url, kind, reason, request.meta["kind"])
        self.logger.warning("%s: %s", request.url, reason)
        if kind == "blocked":
            self.session.refusals += 1
            if reason.startswith("challenge") or self.session.refusals >= _REFUSALS_IN_A_ROW:
                self.run.stop("blocked")
                raise CloseSpider("blocked")
        return self._released()

    def _released(self) -> Iterator[Request]:
        while self._withheld and not self.session.full:
            yield from self._withheld.popleft()()

    def list_ended(self, context: dict[str, Any]) -> Iterable[Request] | None:
        """A list ended with a 404, a stub or an error page; ``context`` is what its request carried. What it gives is
        asked for next."""

    def on_error(self, failure: Failure, response: Response | Failure) -> None:
        """Note an answer that the spider could not make sense of; the rest of the crawl goes on."""
        request = getattr(response, "request", None)
        url = request.url if request is not None else self.portal.base_url
        kind = request.meta.get("kind") if request is not None else None
        self.run.fail(url, "parse", f"{type(failure.value).__name__}: {failure.value}", kind)

    def on_robots(self, robotparser: ProtegoRobotParser) -> None:
        """Slow down to the Crawl-delay of robots.txt, which Scrapy does not heed by itself."""
        asked = robotparser.rp.crawl_delay(self.settings["ROBOTSTXT_USER_AGENT"]) or 0.0
        self.session.crawl_delay = min(asked, _LONGEST_CRAWL_DELAY)
        for slot in self.crawler.engine.downloader.slots.values():
            slot.delay = max(slot.delay, self.session.crawl_delay)

    def closed(self, reason: str) -> None:
        """End of the crawl, called by Scrapy."""
        if reason == "shutdown":
            self.run.stop("interrupted")
        if self._own_session:
            self.session.finish()
            self.logger.info("%s", write_record(self.session.record()))
            self.session.archive.close()


def _is_another(other: Row, shown: Row, article: re.Pattern[str]) -> bool:
    """Whether a row is a report, and not the one that the page shows."""
    is_report = read_title(other.title) is not None or _CUT_TITLE.search(other.title) is not None
    return is_report and other.title != shown.title and dialects.matches(article, other.url) is not None


class ColumnSpider(PortalSpider):
    """Base for ordinary columns: static list pages with numbered names, and sub-columns in folders below them."""

    # The number in the name of the second page: index_1.html on some platforms, index_2.html on others.
    second_page: ClassVar[int]

    def column(self, url: str, root: str | None = None) -> Iterator[Request]:
        """The first page of a column; ``root`` is the column below which sub-columns are followed."""
        yield from self.list_request(url, self.parse_column, root=root or url, first=url, number=1, known=set())

    def page_count(self, response: TextResponse) -> int | None:
        """How many pages the list says it has; None where it does not say."""
        return None

    def parse_column(  # noqa: D102
        self, response: TextResponse, *, root: str, first: str, number: int, known: set[str], total: int | None = None
    ) -> Iterator[Request]:
        if response.meta["kind"] == "article":
            yield from self.parse_article(response)
            return
        listing.check_markup(response)
        found = self.rows(response) if response.status == 200 else []
        fresh = {row.url for row in found if self.on_portal(row.url)} - known
        yield from self.articles(row for row in found if row.url not in known)
        if number == 1:
            total = self.page_count(response)
            below = self.sub_columns(response, root)
            for address in below:
                yield from self.column(address, root)
            if not fresh and not below:
                self.empty_list(response)
        context: dict[str, Any] = {"root": root, "first": first, "known": known, "total": total}
        if number > 1 and not fresh:
            yield from self.list_ended({**context, "number": number}) or ()
        elif fresh and (total is None or number < total):
            known |= {row.url for row in found}
            if url := self.page_url(first, number + 1, response):
                context |= {"page": number + 1, "number": number + 1, "form": self.page_form(number + 1, response)}
                yield from self.list_request(url, self.parse_column, **context)

    def empty_list(self, response: TextResponse) -> None:
        """Say so where a first page has neither rows nor columns below it because a script loads them."""
        if listing.loads_rows_by_script(response):
            self.run.fail(response.url, "parse", "a list without rows: a script loads them", "list")

    def rows(self, response: TextResponse) -> list[Row]:
        """The rows of a list page."""
        return listing.rows(response, self.article_path)

    def sub_columns(self, response: TextResponse, root: str) -> list[str]:
        """The addresses of the columns below ``root`` that a page links to."""
        return listing.child_folders(response, root)

    def report_on_list(self, response: Response) -> Row | None:
        """A column of one report may show the report itself: six headings, and no row of another."""
        if not isinstance(response, TextResponse) or response.meta.get("page", 1) > 1:
            return None
        row = self.shown(response)
        if row is None or any(_is_another(other, row, self.article_path) for other in self.rows(response)):
            return None
        return self.listed_alone(response.url, row)

    def shown(self, response: TextResponse) -> Row | None:
        """The report that a page is, whatever it lists beside it."""
        return report_of(response)

    def page_url(self, first: str, number: int, response: TextResponse) -> str | None:
        """The address of the n-th page of a column, counted from 1; None where there is no further one."""
        head, _, name = urlsplit(first).path.rpartition("/")
        stem, _, extension = name.rpartition(".") if "." in name else ("index", "", self.extension(response))
        path = f"{head}/{stem}_{number - 2 + self.second_page}.{extension}"
        return urlsplit(first)._replace(path=path, query="").geturl()

    def page_form(self, number: int, response: TextResponse) -> dict[str, str] | None:
        """The form to post for the n-th page; None where its address alone leads there."""

    def extension(self, response: TextResponse) -> str:
        """The file extension of the site's list pages, where the column is addressed as a folder."""
        return "html"

    def list_ended(self, context: dict[str, Any]) -> Iterable[Request] | None:
        """Count the pages that the list announced and does not give."""
        if context.get("total"):
            self.run.pages_missing += context["total"] - context["number"] + 1
        return None
