"""Columns of the TRS content manager: ``index.html``, then ``index_1.html``; trees of folders by year and issuer."""

import re

from scrapy.http import TextResponse

from crawler.listing import page_of
from crawler.spiders.base import ColumnSpider

# In this order: createPageHTML(records, pages, current, …) on some sites, createPageHTML(pages, current, …) on most.
# Where three numbers lead, the second is the number of pages.
_PAGE_COUNTS = tuple(
    re.compile(pattern)
    for pattern in (
        r"createPageHTML\(\s*\d+\s*,\s*(?P<pages>\d+)\s*,\s*\d+\s*,",
        r"createPage(?:HTML)?\(\s*['\"]?(?P<pages>\d+)['\"]?\s*,\s*\d+\s*,",
        r"\bcountPage\s*=\s*['\"]?(?P<pages>\d+)",
        r"\btotal\s*:\s*(?P<pages>\d+)",
        r"共\s*(?P<pages>\d+)\s*页",
    )
)
_EXTENSION = re.compile(r"createPage(?:HTML)?\([^)]*['\"]index['\"]\s*,\s*['\"](?P<extension>s?html?)['\"]")


class TrsSpider(ColumnSpider):
    """Lists the portal's ``column_url`` and, breadth first, the folders below it."""

    name = "trs"
    article_path = re.compile(r"/t\d{8}_\d+\.s?html?$")
    second_page = 1

    def page_count(self, response: TextResponse) -> int | None:
        """Pages as announced by the paging script or text; None where nothing does."""
        text = "\n".join(page_of(response).xpath("//text()").getall())
        counts = (match["pages"] for pattern in _PAGE_COUNTS if (match := pattern.search(text)))
        return next((int(count) for count in counts), None)

    def extension(self, response: TextResponse) -> str:
        """The extension that the paging script gives its pages."""
        match = _EXTENSION.search(response.text)
        return match["extension"] if match else "html"
