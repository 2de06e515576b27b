"""Hanweb's jpage columns: ``/col/col{N}/index.html`` with its first records inside it as XML, the rest from a proxy."""

import math
from collections.abc import Iterable, Iterator
from typing import Any

from scrapy import Request
from scrapy.http import TextResponse

from crawler import listing
from crawler.dialects import ARTICLE
from crawler.jpage import JpageList, batch, is_proxy, is_store, jpage_lists, report_columns
from crawler.spiders.base import PortalSpider

_LATER_PLATFORM = "/api-gateway/jpaas-publish-server/"


class HanwebSpider(PortalSpider):
    """Lists the portal's ``column_url`` and the columns of annual reports that it links."""

    name = "hanweb"
    article_path = ARTICLE

    def column(self, url: str) -> Iterator[Request]:
        """The page of a column, which holds the first records of its lists."""
        yield from self.list_request(url, self.parse_column)

    def parse_column(self, response: TextResponse) -> Iterator[Request]:
        """All rows that the page holds, in its scripts or as links; then the rest of its lists."""
        listing.check_markup(response)
        for url in report_columns(response):
            yield from self.column(url)
        rows, records = batch(response)
        inside = {row.url for row in rows}
        links = [row for row in listing.rows(response, ARTICLE, listing.last_date) if row.url not in inside]
        yield from self.articles([*rows, *links])
        jpages = jpage_lists(response)
        if not jpages and not records and _LATER_PLATFORM in response.text:
            self.run.fail(response.url, "parse", "a gateway loads the column: register the portal as jpaas", "list")
        for jpage in jpages:
            if len(jpages) == 1:  # of several lists it cannot be told whose records these are
                jpage.take(rows, records)
            yield from self.more(jpage)

    def more(self, jpage: JpageList) -> Iterator[Request]:
        """The next batch of a list; at the end, what the list announced and did not give is counted."""
        if ask := jpage.next_batch():
            address, form = ask
            yield from self.list_request(address, self.parse_batch, page=2, form=form, jpage=jpage)
        elif (missing := jpage.missing or 0) > 0:
            pages = [math.ceil(records / jpage.per_page) for records in (jpage.listed, jpage.listed + missing)]
            self.run.unlisted += missing
            self.run.pages_missing += pages[1] - pages[0]

    def parse_batch(self, response: TextResponse, *, jpage: JpageList) -> Iterator[Request]:
        """The records of a proxy's answer, or the rows of a page of its own."""
        rows, records = batch(response) if response.status == 200 else ([], 0)
        if response.status == 200 and is_proxy(response) and not is_store(response):
            self.run.fail(response.url, "parse", "the list's proxy answers with something else than records", "list")
        yield from self.articles(row for row in rows if row.url not in jpage.known)
        jpage.take(rows, records)
        yield from self.more(jpage)

    def list_ended(self, context: dict[str, Any]) -> Iterable[Request]:
        """The portal has no such page: try the next way."""
        jpage: JpageList = context["jpage"]
        jpage.leave_way()
        return self.more(jpage)
