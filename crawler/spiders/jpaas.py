"""Hanweb's later platform: blocks of a column page are loaded as JSON from a gateway that pages by ``paramJson``."""

from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urljoin

from scrapy import Request
from scrapy.http import TextResponse

from crawler import listing
from crawler.dialects import ARTICLE
from crawler.gateway import Unit, block_of, units
from crawler.jpage import jpage_lists, report_columns
from crawler.spiders.base import PortalSpider


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
        # The first page may be a hub: a few rows of each column, and a link to the rest.
        more = listing.page_of(response).css("a.xxgk_more::attr(href)").getall() if is_first else []
        below = [*listing.child_folders(response, root), *report_columns(response)]
        for url in [*below, *(urljoin(response.url, href) for href in more)]:
            yield from self.list_request(url, self.parse_column, root=root)
        rows = listing.rows(response, ARTICLE, listing.last_date)
        yield from self.articles(rows)
        found = list(units(response))
        if not found and jpage_lists(response):
            reason = "a jpage script pages the column: register the portal as hanweb"
            self.run.fail(response.url, "parse", reason, "list")
        for unit in found:
            if isinstance(unit, str):
                self.run.fail(response.url, "parse", unit, "list")
            elif unit.take_shown(rows):
                yield from self.more(unit)
            else:
                yield from self.next_page(unit)

    def next_page(self, unit: Unit) -> Iterator[Request]:
        """The next page of a block."""
        yield from self.list_request(unit.next_address(), self.parse_unit, page=unit.number + 1, unit=unit)

    def parse_unit(self, response: TextResponse, *, unit: Unit) -> Iterator[Request]:
        """The rows of a block's page and, unless it brought nothing new, the next."""
        try:
            fresh = unit.take(block_of(response, unit))
        except ValueError as error:
            self.run.fail(response.url, "parse", str(error), "list")
            fresh = []
        yield from self.articles(fresh)
        yield from self.more(unit, is_end=not fresh)

    def more(self, unit: Unit, *, is_end: bool = False) -> Iterator[Request]:
        """The next page; at the end of the list, what it announced and did not give is counted."""
        if unit.goes_on and not is_end:
            yield from self.next_page(unit)
        else:
            unlisted, pages = unit.missing
            self.run.unlisted += unlisted
            self.run.pages_missing += pages

    def list_ended(self, context: dict[str, Any]) -> Iterable[Request]:
        """The gateway has no such page."""
        return self.more(context["unit"], is_end=True)
