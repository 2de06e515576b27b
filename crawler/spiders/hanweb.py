"""Hanweb's jpage columns: ``/col/col{N}/index.html`` with its first records inside it as XML, the rest from a proxy."""

import math
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from scrapy import Request
from scrapy.http import TextResponse
from w3lib.html import remove_comments

from crawler import listing
from crawler.dialects import ARTICLE
from crawler.listing import Row
from crawler.spiders.base import PortalSpider

_ANY = re.compile("")
_COLUMN = re.compile(r"/col/col(\d+)/(?:index\.html)?$")
# Columns have numbers and no folders: those below a column are known by their names.
_COLUMN_NAME = re.compile(
    r"信息公开.{0,4}年(?:度?报|度.{0,2}报告)|公开年报|年度信息公开报告|^20\d\d年?度?(?:年报|年度报告)?$"
)
_RECORD = re.compile(r"<record>\s*<!\[CDATA\[(.*?)\]\]>\s*</record>", re.DOTALL | re.IGNORECASE)
_STORE = re.compile(r"<(?:datastore|recordset|record|nextgroup)\b", re.IGNORECASE)
_GROUP_LINK = re.compile(r"""["']([^"'<>]*/(?:morecolumn)?dataproxy\.jsp\?[^"'<>]*\bpage=(\d+)[^"'<>]*)""")
_PARAMETERS = ("col", "appid", "webid", "path", "columnid", "sourceContentType", "unitid", "webname", "permissiontype")
_SETTING = re.compile(
    rf"\b(?P<name>totalRecord|perPage|proxyUrl|{'|'.join(_PARAMETERS)})\s*:\s*(?P<q>['\"]?)(?P<value>[^'\",}}]*)(?P=q)"
)
_PROXY = "/module/web/jpage/dataproxy.jsp"
_PER_PAGE = 15
# The platform's own script asks for three pages at a time.
_GROUP = 3
# A group that repeats what is known may be a matter of counting from 0 or from 1; a second one is the end.
_BARREN = 2


@dataclass
class JpageList:
    """A list of a column page, and how far we have got with it.

    ``ways`` make the address of the next batch; which of them a portal answers cannot be told from its pages, so they
    are tried in turn. ``total`` is None where nothing states it. ``own`` matches the articles of this column.
    """

    total: int | None
    per_page: int
    own: re.Pattern[str]
    ways: list[Callable[["JpageList"], str]]
    known: set[str] = field(default_factory=set)
    passed: int = 0
    """Records that came by: a range begins after them."""
    listed: int = 0
    """Rows that are known to be of this list, each once."""
    before: int = 0
    """Rows that were listed when the present way began."""
    turn: int = 0
    """Batches asked of the present way."""
    barren: int = 0
    """Batches in a row that brought nothing new."""

    def take(self, rows: list[Row], records: int) -> None:
        """Note the rows of a batch; ``records`` is 0 for those of a page, which may stand in other lists."""
        fresh = {row.url for row in rows} - self.known
        self.known |= fresh
        self.passed += records
        self.listed += sum(1 for url in fresh if records or self.own.search(url))
        self.barren = 0 if fresh else self.barren + 1

    def leave_way(self) -> None:
        """Go on to the next way; where no total is stated, one that brought something is taken to have brought all."""
        is_enough = self.total is None and self.listed > self.before
        self.ways = [] if is_enough else self.ways[1:]
        self.before, self.turn, self.barren = self.listed, 0, 0


class HanwebSpider(PortalSpider):
    """Lists the portal's ``column_url`` and the columns of annual reports that it links."""

    name = "hanweb"
    article_path = ARTICLE

    async def start(self) -> Any:
        """Start from the annual-report column."""
        assert self.portal.column_url is not None  # the registry sees to it
        for request in self.list_request(self.portal.column_url, self.parse_column):
            yield request

    def parse_column(self, response: TextResponse) -> Iterator[Request]:
        """All rows that the page holds, in its scripts or as links; then the rest of its lists."""
        for url in report_columns(response):
            yield from self.list_request(url, self.parse_column)
        rows, records = batch(response)
        inside = {row.url for row in rows}
        links = [row for row in listing.rows(response, ARTICLE, listing.last_date) if row.url not in inside]
        yield from self.articles([*rows, *links])
        jpages = jpage_lists(response)
        for jpage in jpages:
            if len(jpages) == 1:
                jpage.take(rows, records)
                jpage.before, jpage.barren = jpage.listed, 0
            yield from self.more(jpage)

    def more(self, jpage: JpageList) -> Iterator[Request]:
        """The next batch of a list; at the end, what the list announced and did not give is counted."""
        missing = None if jpage.total is None else jpage.total - jpage.listed
        if jpage.ways and missing != 0:  # where more came than were announced, the announcement is worth nothing
            address = jpage.ways[0](jpage)
            jpage.turn += 1
            yield from self.list_request(address, self.parse_batch, page=2, jpage=jpage)
        elif missing is not None and missing > 0:
            self.run.unlisted += missing
            given = math.ceil(jpage.listed / jpage.per_page)
            self.run.pages_missing += math.ceil((jpage.listed + missing) / jpage.per_page) - given

    def parse_batch(self, response: TextResponse, *, jpage: JpageList) -> Iterator[Request]:
        """The records of a proxy's answer, or the rows of a page of its own."""
        rows, records = batch(response)
        if response.status == 404:
            rows = []
        elif is_proxy(response) and response.text.strip() and not _STORE.search(response.text):
            self.run.fail(response.url, "parse", "the list's proxy answers with something else than records", "list")
            rows = []
        yield from self.articles(row for row in rows if row.url not in jpage.known)
        jpage.take(rows, records)
        if not rows or jpage.barren == _BARREN:
            jpage.leave_way()
        yield from self.more(jpage)

    def list_ended(self, context: dict[str, Any]) -> Iterable[Request]:
        """The portal has no such page: try the next way."""
        jpage: JpageList = context["jpage"]
        jpage.leave_way()
        return self.more(jpage)


def is_proxy(response: TextResponse) -> bool:
    """Whether the answer comes from the script that hands out records."""
    return urlsplit(response.url).path.endswith("dataproxy.jsp")


def batch(response: TextResponse) -> tuple[list[Row], int]:
    """The rows of a list, and how many records held them: 0 where they are links of the page itself."""
    records = _RECORD.findall(remove_comments(listing.text_of(response)))
    if not records:
        return ([] if is_proxy(response) else listing.rows(response, ARTICLE, listing.last_date)), 0
    boxes = "".join(f"<table>{r}</table>" if r.lstrip().lower().startswith("<tr") else f"<dd>{r}</dd>" for r in records)
    # Whatever a record links is a row: its address need not have the shape of this platform.
    page = response.replace(body=f"<html><body>{boxes}</body></html>".encode(), encoding="utf-8")
    return listing.rows(page, _ANY, listing.last_date), len(records)


def report_columns(response: TextResponse) -> list[str]:
    """The columns of annual reports, or of a year, that a page links."""
    links = [(link.attrib["href"], link) for link in listing.page_of(response).css('a[href*="/col/col"]')]
    named = [
        urljoin(response.url, href.strip())
        for href, link in links
        if any(
            _COLUMN_NAME.search(name.strip())
            for name in ("".join(link.css("::text").getall()), link.attrib.get("title", ""))
        )
    ]
    return [url for url in dict.fromkeys(named) if _COLUMN.search(urlsplit(url).path)]


def jpage_lists(response: TextResponse) -> list[JpageList]:
    """The lists that a column page pages through by script: those of its own column, or all where none says so."""
    scripts = [text for text in listing.page_of(response).css("script::text").getall() if ".jpage(" in text]
    settings = [{match["name"]: match["value"] for match in _SETTING.finditer(text)} for text in scripts]
    column = _COLUMN.search(urlsplit(response.url).path)
    number = column[1] if column else ""
    own = [each for each in settings if number in each.get("columnid", "").split(",")]
    text = unescape(remove_comments(listing.text_of(response)))
    links = {re.sub(r"\bpage=\d+", "", link): (link, int(page)) for link, page in _GROUP_LINK.findall(text)}
    if not settings and links:
        first = next(iter(links.values()))[0]
        settings = [{name: value for name, value in parse_qsl(urlsplit(first).query) if name in _PARAMETERS}]
        settings[0]["proxyUrl"] = urlsplit(first).path
    return [_jpage_list(response.url, number, each, list(links.values())) for each in own or settings]


def _jpage_list(page: str, number: str, setting: dict[str, str], links: list[tuple[str, int]]) -> JpageList:
    total, per_page, unit = (setting.get(name, "") for name in ("totalRecord", "perPage", "unitid"))
    ways: list[Callable[[JpageList], str]] = []
    # Encrypted numbers serve for the link that holds them and for nothing else.
    if all(re.fullmatch(r"[\d,]+", setting.get(name, "")) for name in ("webid", "columnid", "unitid")):
        query = urlencode({name: setting[name] for name in _PARAMETERS if name in setting})
        proxy = urljoin(page, setting.get("proxyUrl") or _PROXY)
        ways.append(
            lambda at: (
                f"{proxy}?startrecord={at.passed + 1}&endrecord={at.passed + _GROUP * at.per_page}"
                f"&perpage={at.per_page}&{query}"
            )
        )
    ways += [_group_way(urljoin(page, link), first) for link, first in links]
    if unit.isdigit():
        address = page.partition("?")[0]
        ways.append(lambda at: f"{address}?uid={unit}&pageNum={max(at.before // at.per_page, 1) + 1 + at.turn}")
    columns = [each for each in (number, *setting.get("columnid", "").split(",")) if each.isdigit()] or [r"\d+"]
    return JpageList(
        total=int(total) if total.isdigit() else None,
        per_page=max(int(per_page), 1) if per_page.isdigit() else _PER_PAGE,
        own=re.compile(rf"/art_(?:{'|'.join(columns)})_"),
        ways=ways,
    )


def _group_way(link: str, first: int) -> Callable[[JpageList], str]:
    return lambda at: re.sub(r"\bpage=\d+", f"page={first + at.turn}", link)
