"""Columns of the UCAP content manager: ``list.shtml``, then ``list_2.shtml``, or rows that the portal gives as JSON."""

import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urljoin

from scrapy import Request
from scrapy.http import TextResponse

from crawler.dialects import matches, shape
from crawler.listing import folder_of, links, text_of
from crawler.spiders.base import ColumnSpider
from crawler.ucap_search import Search, read_answer, search_of

_PAGING = re.compile(
    r"createPageHTML\(\s*['\"]page_div['\"]\s*,\s*\d+\s*,\s*\d+\s*,\s*['\"](?P<prefix>[\w-]+)['\"]\s*,"
    r"\s*['\"](?P<extension>\w+)['\"]\s*(?:,\s*(?P<records>\d+))?"
)
_COLUMN_NAME = re.compile(r"公开.*年(?:度?报|度)|^.{0,12}年报$|^20\d\d年?度?$")
# A list, by its folder or its first page.
_LIST = re.compile(r"/$|(?<!_\d)(?<!_\d\d)(?<!_\d\d\d)\.shtml$")
# A column's folder is often no page itself: its list stands under one of these names.
LIST_NAMES = ("list.shtml", "common_list.shtml", "rlist.shtml", "xxgk_list.shtml")
# What stands at a folder may also be a shell that only sends a browser elsewhere.
SHELL_BYTES = 600


class UcapHexSpider(ColumnSpider):
    """Lists the portal's ``column_url``, the columns below it and, where it holds no rows itself, those it leads to.

    The page count of a list may be too small: pages are asked for until one is not there or shows nothing new. A list
    without paging script is asked for as JSON by the channel that it names.
    """

    name = "ucap_hex"
    article_path = shape("ucap_hex", "ucap_c01", "ccontent")
    second_page = 2

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._promised: dict[str, int] = {}

    def column(self, url: str, root: str | None = None) -> Iterator[Request]:
        """The first page of a column, under the names that it may have."""
        yield from self._first_page(url, root or url, LIST_NAMES if url.endswith("/") else ())

    def _first_page(self, url: str, root: str, names: tuple[str, ...]) -> Iterator[Request]:
        context: dict[str, Any] = {"root": root, "first": url, "number": 1, "known": set(), "names": names}
        # Of a page that may stand under another name too, a 404 is no failure but an answer, as for a later page.
        yield from self.list_request(url, self.parse_column, page=2 if names else 1, **context)

    def parse_column(self, response: TextResponse, *, names: tuple[str, ...] = (), **context: Any) -> Iterator[Request]:
        """Requests for a list page's articles, its next page, and what the first page leads to."""
        number, first, known = context["number"], context["first"], context["known"]
        if number > 1:
            yield from super().parse_column(response, **context)
            return
        if response.status == 404 or (names and len(response.body) < SHELL_BYTES):
            yield from self.list_ended({**context, "names": names}) or ()
            return
        paging = _PAGING.search(text_of(response))
        self._promised[first] = int(paging["records"] or 0) if paging else 0
        yield from super().parse_column(response, **context)
        is_whole = paging and (known or paging["records"] == "0")
        if not is_whole and response.meta["kind"] == "list":
            yield from self.search(response, is_shown=bool(known or self.sub_columns(response, context["root"])))

    def page_url(self, first: str, number: int, response: TextResponse) -> str | None:
        """As the paging script of the page names it, on the last announced page by counting on."""
        if paging := _PAGING.search(text_of(response)):
            return self._page_name(first, paging, f"_{number}")
        return re.sub(r"_\d+(\.\w+)$", rf"_{number}\1", response.url) if number > 2 else None

    def _page_name(self, first: str, paging: re.Match[str], number: str = "") -> str:
        return urljoin(folder_of(first), f"{paging['prefix']}{number}.{paging['extension']}")

    def sub_columns(self, response: TextResponse, root: str) -> list[str]:
        """Lists below the column; of a page without rows also those that are named like annual reports or a year."""
        is_hub, below = not self.rows(response), folder_of(root)
        paging = _PAGING.search(text_of(response))
        own = {response.url, root, folder_of(response.url), self._page_name(response.url, paging) if paging else ""}
        found = super().sub_columns(response, root)
        for url, label in links(response):
            is_list = matches(_LIST, url) and not matches(self.article_path, url) and self.on_portal(url)
            if is_list and url not in own and (url.startswith(below) or (is_hub and _COLUMN_NAME.search(label))):
                found.append(url)
        return list(dict.fromkeys(found))

    def list_ended(self, context: dict[str, Any]) -> Iterable[Request] | None:
        """Try the next name of a first page; of a list count the articles that it counts and has not shown."""
        if context.get("names"):
            name, *others = context["names"]
            return self._first_page(urljoin(context["first"], name), context["root"], tuple(others))
        if search := context.get("search"):
            return self.search_ended(search, search.ask()[0])
        shown = sum(1 for url in context["known"] if self.on_portal(url))
        self.run.unlisted += max(self._promised.get(context["first"], 0) - shown, 0)
        return None

    # lists as JSON

    def empty_list(self, response: TextResponse) -> None:
        """No failure yet: rows that are not in the page are asked for as JSON."""

    def search(self, response: TextResponse, *, is_shown: bool) -> Iterator[Request]:
        """The list that a script would load into the page."""
        if search := search_of(response, is_shown=is_shown):
            yield from self.ask(search)
        elif not is_shown:
            reason = "a list without rows that names no channel and leads to no other list"
            self.run.fail(response.url, "parse", reason, "list")

    def ask(self, search: Search) -> Iterator[Request]:
        """The page of a search that is next."""
        path, form = search.ask()
        page = 2 if search.number > 1 or search.may_fail else 1
        address = urljoin(self.portal.base_url, path)
        yield from self.list_request(address, self.parse_search, page=page, form=form, search=search)

    def parse_search(self, response: TextResponse, *, search: Search) -> Iterator[Request]:
        """Requests for the articles of a page of JSON rows, and for the next page; another way to ask if it is none."""
        answer = read_answer(response)
        if answer is None:
            yield from self.search_ended(search, response.url)
            return
        for row in answer.rows:
            if not row.url:
                self.run.fail(response.url, "parse", f"a row without an address: {row.title}", "list")
        fresh = search.take(answer)
        yield from self.articles(fresh)
        if fresh and (search.missing or not search.total):
            yield from self.ask(search)
            return
        if answer.rows and not fresh:
            self.run.fail(response.url, "parse", "the rows of an earlier page again: the list cannot be paged", "list")
        self.run.unlisted += search.missing

    def search_ended(self, search: Search, address: str) -> Iterable[Request]:
        """No rows came: try the next way, where none has given any yet."""
        if search.number == 1 and search.ways[1:]:
            search.ways = search.ways[1:]
            return self.ask(search)
        if search.number == 1 and not search.is_shown:
            self.run.fail(address, "parse", "the list is not JSON with results", "list")
        self.run.unlisted += search.missing
        return ()
