"""Any column of any platform: articles by the shape of their address, pages by trying both ways of numbering."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.http import TextResponse

from crawler.dialects import ARTICLE, dialect_of
from crawler.listing import Row, folder_of, is_document, links, text_of
from crawler.paging import next_link
from crawler.shown import shown_report
from crawler.spiders.trs import TrsSpider
from extract.identity import read_title

_YEAR = re.compile(r"^\s*20\d\d\s*年?度?(?:年报|年度报告|报告)?\s*$")
# A form that its page links fill in: page('3').
_POSTED = re.compile(r"<input[^>]*\bname=['\"]?cpage\b", re.IGNORECASE)
# The number of a page in the name of a file, or as a parameter that is called so.
_FIRST = re.compile(r"(?P<before>[?&]\w*page\w*=|^[^?]*[/_-](?=1\.\w+(?:\?|$)))1(?=&|\.\w+(?:\?|$)|$)", re.IGNORECASE)


class AnyColumnSpider(TrsSpider):
    """Lists the portal's ``column_url``, the folders below it, and the pages beside it that are linked by a year: on
    some sites each is that year's report. The page linked as the next one is followed. Where none is, its number is
    posted if the page has a form for it, or the number 1 in the column's own address is counted up, or ``index_1`` and
    else ``index_2`` is tried as the second page, and one after the other from there."""

    name = "column"
    article_path = ARTICLE

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._left_to_try: dict[str, str] = {}
        """By column, its ``index_2`` while ``index_1`` is tried as the second page."""
        self._from_two: set[str] = set()

    def column(self, url: str, root: str | None = None) -> Iterator[Request]:
        """The first page; a folder may be addressed without its final slash."""
        first = _as_folder(url) or url
        yield from self.list_request(url, self.parse_column, root=root or first, first=first, number=1, known=set())

    def parse_column(self, response: TextResponse, **context: Any) -> Iterator[Request]:
        """As for any column; reports at an address of no known shape are named, not fetched."""
        below = {*self.sub_columns(response, context["root"])}
        for url, label in links(response):
            is_known = dialect_of(url) or is_document(url) or _as_folder(url) in below or url in self._seen
            reading = None if is_known else read_title(label)
            if reading and reading.agency and self.on_portal(url):
                self._seen.add(url)
                self.run.fail(url, "parse", f"no known shape of an article's address: {label}", "article")
        yield from super().parse_column(response, **context)

    def sub_columns(self, response: TextResponse, root: str) -> list[str]:
        """Folders below the column that are not the address of an article."""
        reports = {folder_of(row.url) for row in self.rows(response) if "/index." in row.url and read_title(row.title)}
        below = super().sub_columns(response, root)
        below = [folder for folder in below if folder not in reports and not dialect_of(folder.rstrip("/"))]
        return list(dict.fromkeys([*below, *self._year_pages(response, root, {*below, *reports})]))

    def _year_pages(self, response: TextResponse, root: str, known: set[str]) -> Iterator[str]:
        folder = folder_of(root)
        for url, label in links(response):
            is_file = is_document(url) or (dialect_of(url) and read_title(label))
            is_new = url != response.url and not {url, _as_folder(url)} & known
            if _YEAR.match(label) and url.startswith(folder) and is_new and not is_file:
                yield url

    def shown(self, response: TextResponse) -> Row | None:
        """The report that a page is by its headings, or by its title and the files or pictures that it shows."""
        return shown_report(response)

    def page_url(self, first: str, number: int, response: TextResponse) -> str | None:
        """The page linked as the next one, else the next number."""
        if _POSTED.search(text_of(response)):
            return first
        if linked := next_link(response) or _counted_up(first, number):
            return linked
        is_counted = first in self._left_to_try or first in self._from_two
        if number > 2 and not is_counted:
            return None  # the last of pages that were linked one after the other
        if number == 2:
            self._left_to_try[first] = super().page_url(first, 3, response) or ""
        return super().page_url(first, number + (first in self._from_two), response)

    def page_form(self, number: int, response: TextResponse) -> dict[str, str] | None:
        """The number, for a list whose script posts it to its own address."""
        return {"cpage": str(number)} if _POSTED.search(text_of(response)) else None

    def list_ended(self, context: dict[str, Any]) -> Iterator[Request]:
        """Try the other number for the second page, once."""
        other = self._left_to_try.pop(context["first"], None) if context["number"] == 2 else None
        if other is None:
            super().list_ended(context)
            return
        self._from_two.add(context["first"])
        yield from self.list_request(other, self.parse_column, page=2, **context)


def _counted_up(first: str, number: int) -> str | None:
    """The address of a page where that of the first has the number 1: ``…/index_pc_1.html``, ``…?cur_page=1``."""
    return _FIRST.sub(rf"\g<before>{number}", first) if _FIRST.search(first) else None


def _as_folder(url: str) -> str | None:
    """The folder that an address means, if it is one or its index page."""
    name = urlsplit(url).path.rpartition("/")[2]
    return folder_of(url) if not name or name.startswith("index.") else None if "." in name else f"{url}/"
