"""Columns of Shaanxi: ``1.html``, ``2.html``; articles of nineteen digits; a lone report in its list's place."""

import re
from collections.abc import Iterator
from urllib.parse import urljoin

from scrapy import Request
from scrapy.http import TextResponse

from crawler.dialects import shape
from crawler.listing import folder_of, links
from crawler.spiders.base import ColumnSpider

_TOTAL = re.compile(r"parseInt\(\s*['\"](\d+)['\"]")


class SxLongidSpider(ColumnSpider):
    """Lists the portal's ``column_url`` (a folder or its ``1.html``) and the folders below it."""

    name = "sx_longid"
    article_path = shape("snowflake")

    def column(self, url: str, root: str | None = None) -> Iterator[Request]:
        """The first page of a column, which the folder's own address need not show."""
        folder = folder_of(url)
        yield from super().column(urljoin(folder, "1.html"), root or folder)

    def sub_columns(self, response: TextResponse, root: str) -> list[str]:
        """Linked folders below the column, by their own address or that of their first page."""
        firsts = [folder_of(url) for url, _ in links(response) if url.endswith("/1.html")]
        below = [*super().sub_columns(response, root), *(url for url in firsts if url.startswith(root) and url != root)]
        return list(dict.fromkeys(below))

    def page_count(self, response: TextResponse) -> int | None:
        """Pages as the paging script states them."""
        match = _TOTAL.search(response.text)
        return int(match[1]) if match else None

    def page_url(self, first: str, number: int, response: TextResponse) -> str | None:
        """Named by its number alone."""
        return urljoin(first, f"{number}.html")
