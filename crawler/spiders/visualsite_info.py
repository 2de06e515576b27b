"""Sites of ``.htm`` pages: column ``{slug}.htm``, its further pages ``{slug}/{n}.htm`` numbered backwards.

Of N pages the second is ``{slug}/{N-1}.htm`` and the last ``{slug}/1.htm``. Such sites are known to page so, but none
of our portals has been seen to: a page that is not where it should be is named as failed.
"""

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.http import TextResponse

from crawler.dialects import shape
from crawler.listing import Row, links, rows
from crawler.paging import announced_pages
from crawler.spiders.base import ColumnSpider
from extract.identity import read_title

_NUMBERED = re.compile(r"/(\d{1,4})\.htm$")


class VisualsiteInfoSpider(ColumnSpider):
    """Lists the portal's ``column_url`` and the columns below it (``{slug}/{sub}.htm``)."""

    name = "visualsite_info"
    article_path = shape("info")

    def rows(self, response: TextResponse) -> list[Row]:
        """Articles by number, and those by name below the column: a row with a report's title and a date."""
        below = re.compile(rf"{re.escape(_stem(response.url))}/(?:\w+/)*[a-z]\w*\.htm$")
        named = [row for row in rows(response, below) if row.published_on and read_title(row.title)]
        return list(dict.fromkeys([*rows(response, self.article_path), *named]))

    def sub_columns(self, response: TextResponse, root: str) -> list[str]:
        """Pages below the column that are neither its articles nor its own further pages."""
        articles = {row.url for row in self.rows(response)}
        below = [
            url for url, _ in links(response) if re.match(rf"{re.escape(_stem(root))}/.*\.htm$", urlsplit(url).path)
        ]
        return [url for url in dict.fromkeys(below) if url not in articles and not _NUMBERED.search(url)]

    def page_count(self, response: TextResponse) -> int:
        """One more than the highest number of a linked further page; else what the page announces; else one."""
        pattern = re.compile(rf"{re.escape(_stem(response.url))}/(\d{{1,4}})\.htm")
        found = [pattern.fullmatch(urlsplit(url).path) for url, _ in links(response)]
        numbers = [int(match[1]) for match in found if match]
        return max(numbers) + 1 if numbers else announced_pages(response, self.rows(response)) or 1

    def page_url(self, first: str, number: int, response: TextResponse) -> str | None:
        """Counted down from the number of pages that the first page states."""
        total: int = response.cb_kwargs.get("total") or self.page_count(response)
        return urlsplit(first)._replace(path=f"{_stem(first)}/{total - number + 1}.htm", query="").geturl()

    def list_ended(self, context: dict[str, Any]) -> Iterable[Request] | None:
        """Name the page that is not where backward numbering has it."""
        reason = f"page {context['number']} of {context['total']} is not where it should be"
        self.run.fail(context["first"], "parse", reason, "list")
        return super().list_ended(context)


def _stem(url: str) -> str:
    """The path below which a column's further pages lie, from the address of any of its pages."""
    return re.sub(r"(?:/\d{1,4})?\.htm$", "", urlsplit(url).path).rstrip("/")
