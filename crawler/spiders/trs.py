"""Columns of the TRS content manager: ``index.html``, then ``index_1.html``; trees of folders by year and issuer."""

from scrapy.http import TextResponse

from crawler import paging
from crawler.dialects import shape
from crawler.spiders.base import ColumnSpider


class TrsSpider(ColumnSpider):
    """Lists the portal's ``column_url`` and, breadth first, the folders below it."""

    name = "trs"
    article_path = shape("trs")
    second_page = 1

    def page_count(self, response: TextResponse) -> int | None:
        """Pages as announced by the paging script or text; None where nothing does."""
        return paging.announced_pages(response, self.rows(response))

    def extension(self, response: TextResponse) -> str:
        """The extension that the paging script gives its pages, or that of the articles."""
        return paging.extension(response, self.rows(response))
