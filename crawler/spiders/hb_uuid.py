"""Columns of Hebei, named by UUID: ``/columns/{uuid}/index.html``.

How these lists page is not known: no source has seen a second page. What a page links to as the next one is followed;
pages that it announces and does not link to are named as missing.
"""

from scrapy.http import TextResponse

from crawler.dialects import shape
from crawler.paging import announced_pages, next_link
from crawler.spiders.base import ColumnSpider


class HbUuidSpider(ColumnSpider):
    """Lists the portal's ``column_url``. The date in an address may be that of a later import; the row's counts."""

    name = "hb_uuid"
    article_path = shape("hb_uuid")

    def page_count(self, response: TextResponse) -> int | None:
        """Pages as announced, in any of the ways that other platforms use."""
        return announced_pages(response, self.rows(response))

    def page_url(self, first: str, number: int, response: TextResponse) -> str | None:
        """The page that is linked as the next one."""
        url, total = next_link(response), self.page_count(response)
        if url is None and total and number <= total:
            self.run.pages_missing += total - number + 1
            reason = f"the list has {total} pages and no link to page {number}: how it pages is not known"
            self.run.fail(response.url, "parse", reason, "list")
        return url
