"""Site-label portals (Anhui, Mianyang): lists as fragments from ``/site/label/8888``, and columns that show one report
for each year chosen."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from scrapy import Request
from scrapy.http import Response, TextResponse
from w3lib.url import add_or_replace_parameters, url_query_cleaner

from crawler import listing
from crawler.dialects import shape
from crawler.label_pages import (
    NOTHING,
    announced_pages,
    is_yearly,
    label_address,
    offered_years,
    organ,
    says_nothing,
)
from crawler.listing import Row
from crawler.shown import shown_report
from crawler.spiders.base import ColumnSpider

_FIRST_YEAR = 2008


class SiteLabelSpider(ColumnSpider):
    """Lists the portal's ``column_url``: with ``type=3`` the reports of its organ and of those that it links to, one
    address for each year; with any other type the list that its page asks for."""

    name = "site_label"
    article_path = shape("site_label")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._organs: set[str] = set()
        self._shown: dict[tuple[str, str], str] = {}

    def column(self, url: str, root: str | None = None) -> Iterator[Request]:
        """The page of a column, by its type."""
        if is_yearly(url):
            yield from self._organ_page(url)
        else:
            yield from self.list_request(url, self.parse_list_page)

    def _organ_page(self, url: str) -> Iterator[Request]:
        """The page of an organ without a chosen year, once, whatever else its address says."""
        if organ(url) not in self._organs:
            self._organs.add(organ(url))
            address = url_query_cleaner(url, ("timeFrame", "hasContent"), remove=True)
            yield from self.list_request(address, self.parse_organ)

    # lists

    def parse_list_page(self, response: TextResponse) -> Iterator[Request]:
        """Requests for the articles that the page itself shows, and for the first fragment of its list."""
        yield from self.articles(self.rows(response))
        address = label_address(response)
        if address is None:
            reason = "the page does not say how its list is asked for: siteId, file"
            self.run.fail(response.url, "parse", reason, "list")
            return
        yield from self._fragment(address, 1, known=set(), total=announced_pages(response))

    def _fragment(self, address: str, number: int, **context: Any) -> Iterator[Request]:
        url = add_or_replace_parameters(address, {"pageIndex": str(number)})
        # The first fragment comes after the column's page: that it is short or missing is for us to judge.
        yield from self.list_request(
            url, self.parse_fragment, page=number + 1, address=address, number=number, **context
        )

    def parse_fragment(
        self, response: TextResponse, *, address: str, number: int, known: set[str], total: int | None
    ) -> Iterator[Request]:
        """Requests for a fragment's articles and for the next one, until nothing is new. The page count may be that of
        another list on the page: it only tells whether the list ended too early."""
        rows = [] if response.status == 404 else self.rows(response)
        fresh = [row for row in rows if row.url not in known]
        yield from self.articles(fresh)
        if fresh:
            known |= {row.url for row in fresh}
            yield from self._fragment(address, number + 1, known=known, total=total)
            return
        missing = max((total or 0) - number + 1, 0)
        self.run.pages_missing += missing
        if not rows and not says_nothing(response):
            reason = f"HTTP {response.status}, neither rows nor {NOTHING}"
            self.run.fail(response.url, "parse", reason, "list")
        elif rows and missing:
            self.run.fail(response.url, "parse", f"the rows of an earlier fragment again, {missing} to go", "list")

    def list_ended(self, context: dict[str, Any]) -> None:
        """A fragment was an error page with status 200: no list ends so, the page to ask for has another name."""
        self.run.fail(context["address"], "soft404", f"an error page in place of fragment {context['number']}", "list")

    # one report for each year

    def parse_organ(self, response: TextResponse) -> Iterator[Request]:
        """Requests for each year's report of an organ, and for the other organs that its page leads to."""
        for url, _ in listing.links(response):
            if is_yearly(url) and self.on_portal(url):
                yield from self._organ_page(url)
        offered = offered_years(response)
        for year in self._asked(offered or range(_FIRST_YEAR, date.today().year + 1)):  # noqa: DTZ011  any zone will do
            url = add_or_replace_parameters(response.url, {"timeFrame": str(year), "hasContent": "true"})
            yield from self.list_request(url, self.parse_year, is_offered=year in offered)

    def _asked(self, years: Iterable[int]) -> list[int]:
        """Those of the years to ask for. Whether a portal's year is the report's or that of its publication is not
        known, so the year after an asked one is asked for as well."""
        asked = self.session.years
        return sorted((year for year in years if asked is None or {year, year - 1} & {*asked}), reverse=True)

    def parse_year(self, response: TextResponse, *, is_offered: bool) -> Iterator[Request]:
        """Requests for the files of a year's report. A year without one says so; else we could not read the page."""
        if response.meta["kind"] == "article":
            yield from self.parse_article(response)
            return
        row = shown_report(response)
        if row is None and not says_nothing(response):
            self.run.fail(response.url, "parse", f"neither a report nor {NOTHING}", "list")
        elif row is not None and is_offered and self._shown[organ(response.url), row.title] != response.url:
            self.run.fail(response.url, "parse", f"the report of another year again: {row.title}", "list")

    def report_on_list(self, response: Response) -> Row | None:
        """The report that an organ's page shows for the year in its address, unless it was shown for another year."""
        if not isinstance(response, TextResponse) or "timeFrame=" not in response.url:
            return None
        row = shown_report(response)
        if row is None:
            return None
        if self._shown.setdefault((organ(response.url), row.title), response.url) != response.url:
            self.run.duplicates += 1
            return None
        return self.listed_alone(response.url, row)
