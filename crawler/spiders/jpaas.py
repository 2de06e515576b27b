"""Hanweb's later platform: blocks of a column page are loaded as JSON from a gateway that pages by ``paramJson``."""

import json
import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urljoin

from parsel import Selector
from scrapy import Request
from scrapy.http import TextResponse

from crawler import listing
from crawler.dialects import ARTICLE
from crawler.jpage import jpage_lists, report_columns
from crawler.spiders.base import PortalSpider

_UNIT = "/front/page/build/unit"
_ROWS = 15
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


@dataclass
class Unit:
    """A block of the column page at ``page``: where it is loaded from, and how far we have got with it. ``count`` is
    None where it does not page: small columns are all in one."""

    page: str
    url: str
    query: dict[str, str]
    rows: int = _ROWS
    count: int | None = None
    known: set[str] = field(default_factory=set)
    listed: int = 0

    def address(self, number: int) -> str:
        """Of a page. The gateway ignores plain ``pageNo`` and ``rows``: it reads them from ``paramJson`` alone."""
        paging = json.dumps({"pageNo": number, "pageSize": self.rows}, separators=(",", ":"))
        query = self.query if number == 1 else {**self.query, "paramJson": paging}
        return f"{self.url}?{urlencode(query)}"

    def read_pager(self, pager: Selector) -> None:
        """Take over what a paging element says of the list."""
        count, rows = (pager.attrib.get(name, "").strip() for name in ("count", "rows"))
        self.count = int(count) if count.isdigit() else None
        self.rows = int(rows) if rows.isdigit() and int(rows) else self.rows


class JpaasSpider(PortalSpider):
    """Lists the portal's ``column_url``, the folders below it and the columns of annual reports that it links."""

    name = "jpaas"
    article_path = ARTICLE

    def column(self, url: str) -> Iterator[Request]:
        """The page of the column."""
        yield from self.list_request(url, self.parse_column, root=url, is_first=True)

    def parse_column(self, response: TextResponse, *, root: str, is_first: bool = False) -> Iterator[Request]:
        """The rows that the page holds, the columns below it, and its blocks."""
        listing.check_markup(response)
        page = listing.page_of(response)
        # The first page may be a hub: a few rows of each column, and a link to the rest.
        more = page.css("a.xxgk_more::attr(href)").getall() if is_first else []
        below = [*listing.child_folders(response, root), *report_columns(response)]
        for url in [*below, *(urljoin(response.url, href) for href in more)]:
            yield from self.list_request(url, self.parse_column, root=root)
        rows = listing.rows(response, ARTICLE, listing.last_date)
        yield from self.articles(rows)
        units = [unit for element in page.css("[queryData]") if (unit := self.unit(response, element))]
        if not units and jpage_lists(response):
            self.run.fail(
                response.url, "parse", "a jpage script pages the column: register the portal as hanweb", "list"
            )
        for unit in units:
            if unit.count is None or len(rows) < min(unit.count, unit.rows):  # the block is not in the page
                yield from self.next_page(unit, 1)
            else:
                unit.known = {row.url for row in rows}
                unit.listed = min(len(rows), unit.rows)
                yield from self.after(unit, 1, is_end=False)

    def unit(self, response: TextResponse, element: Selector) -> Unit | None:
        """The block that an element loads or pages; None where it does something else."""
        attributes = element.attrib
        url = attributes.get("url") or attributes.get("uniturl") or ""
        if _UNIT not in url:
            return None
        try:
            query = json.loads(attributes["querydata"].replace("'", '"'), strict=False)
        except ValueError as error:
            self.run.fail(response.url, "parse", f"queryData of a block cannot be read: {error}", "list")
            return None
        unit = Unit(response.url, urljoin(response.url, url), {name: str(value) for name, value in query.items()})
        unit.read_pager(element)
        return unit

    def next_page(self, unit: Unit, number: int) -> Iterator[Request]:
        """A page of a block."""
        yield from self.list_request(unit.address(number), self.parse_unit, page=number, unit=unit, number=number)

    def parse_unit(self, response: TextResponse, *, unit: Unit, number: int) -> Iterator[Request]:
        """The rows of a block's page and, unless it brought nothing new, the next."""
        page = response.replace(url=unit.page, body=self.fragment(response, number).encode(), encoding="utf-8")
        rows = listing.rows(page, ARTICLE, listing.last_date)
        for pager in listing.page_of(page).css("[count][rows]"):
            unit.read_pager(pager)
        fresh = [row for row in rows if row.url not in unit.known]
        yield from self.articles(fresh)
        unit.known |= {row.url for row in fresh}
        unit.listed += len(fresh)
        yield from self.after(unit, number, is_end=not fresh)

    def fragment(self, response: TextResponse, number: int) -> str:
        """The HTML in an answer; empty where it has none, which is noted unless it may be how the list ends."""
        if response.status == 404:
            return ""
        try:
            # Editors paste control characters, and the gateway passes them on raw.
            answer = json.loads(response.text, strict=False)
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            self.run.fail(response.url, "parse", "the block is not JSON", "list")
            return ""
        data = answer.get("data")
        if number == 1 and not (answer.get("success") and isinstance(data, dict)):
            self.run.fail(
                response.url, "parse", f"the gateway gives no block: {answer.get('message') or 'no reason'}", "list"
            )
        html = data.get("html") if isinstance(data, dict) and answer.get("success") else None
        return _CONTROL.sub(" ", html or "")

    def after(self, unit: Unit, number: int, *, is_end: bool) -> Iterator[Request]:
        """The page after the ``number``-th; at the end of the list, what it announced and did not give is counted."""
        if unit.count is None:
            return
        # Where more came than were announced, the announcement is worth nothing.
        if not is_end and (number * unit.rows < unit.count or unit.listed > unit.count):
            yield from self.next_page(unit, number + 1)
        elif unit.listed < unit.count:
            self.run.unlisted += unit.count - unit.listed
            self.run.pages_missing += math.ceil(unit.count / unit.rows) - math.ceil(unit.listed / unit.rows)

    def list_ended(self, context: dict[str, Any]) -> Iterable[Request]:
        """The gateway has no such page."""
        return self.after(context["unit"], context["number"], is_end=True)
