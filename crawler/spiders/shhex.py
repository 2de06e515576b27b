"""Columns of Shanghai: ``index.html``, then ``index_2.html``; older years in archives beside the column."""

import re

from scrapy.http import TextResponse

from crawler.dialects import shape
from crawler.listing import links
from crawler.spiders.base import ColumnSpider

_TOTAL = re.compile(r"\btotalPage\s*:\s*['\"]?(\d+)")
# The prefix of an archive follows no rule (/gknb2021/, /nw2020gknb2020/): the year in address and label tells it.
_ARCHIVE = re.compile(r"/[^/]*(?P<year>20\d{2})/(?:index\.html)?$")


class ShhexSpider(ColumnSpider):
    """Lists the portal's ``column_url``, the folders below it and the archives by year that it links to."""

    name = "shhex"
    article_path = shape("sh_hex")
    second_page = 2

    def page_count(self, response: TextResponse) -> int | None:
        """Pages as the paging script states them."""
        match = _TOTAL.search(response.text)
        return int(match[1]) if match else None

    def sub_columns(self, response: TextResponse, root: str) -> list[str]:
        """Folders below the column, and archives of one year wherever on the portal they are."""
        archives = [
            url
            for url, label in links(response)
            if (match := _ARCHIVE.search(url)) and f"{match['year']}年" in label and self.on_portal(url)
        ]
        return list(dict.fromkeys([*super().sub_columns(response, root), *archives]))
