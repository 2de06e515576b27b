"""Site-label portals (Anhui, Mianyang): lists as fragments from ``/site/label/8888``, and columns that show one report
for each year chosen."""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from scrapy import Request
from scrapy.http import Response, TextResponse
from w3lib.url import add_or_replace_parameters, url_query_cleaner

from crawler import listing
from crawler.dialects import shape
from crawler.listing import Row, page_of, text_of
from crawler.spiders.base import ColumnSpider
from extract.identity import read_title

_ORGAN = re.compile(r"^(?P<mount>.*)/public/column/(?P<organ>\d+)$")
_NOTHING = "暂无相关信息"
_PAGE_COUNT = re.compile(r"\bpageCount\s*[:=]\s*['\"]?(\d+)")
_CALL = re.compile(r"['\"]([^'\"\s]*/site/label/8888(?:\?[^'\"\s]*)?)['\"]")
_SETTINGS = re.compile(r"\{[^{}]*publicInfoList[^{}]*\}")
_SETTING = re.compile(r"['\"]?\b(siteId|organId|catId|file|pageSize)\b['\"]?\s*:\s*['\"]?([^'\",}\s]+)")
_SITE_ID = re.compile(r"<meta\s+name=['\"]?SiteId['\"]?\s+content=['\"]?(\d+)", re.IGNORECASE)
# As the portals' own pages ask; the random number against caches is left out, for an archive wants stable addresses.
_QUERY = {
    "IsAjax": "1",
    "dataType": "html",
    "labelName": "publicInfoList",
    "siteId": "",
    "pageSize": "15",
    "pageIndex": "1",
    "action": "list",
    "fuzzySearch": "false",
    "fromCode": "title",
    "keyWords": "",
    "sortType": "1",
    "isDate": "true",
    "dateFormat": "yyyy-MM-dd",
    "length": "80",
    "organId": "",
    "type": "4",
    "catIds": "",
    "catId": "",
    "cId": "",
    "result": _NOTHING,
    "file": "",
}
_PUBLISHED = re.compile(r"发布\D{0,10}(20\d\d.{4,20})", re.DOTALL)
_FIRST_YEAR = 2008
_YEARS_IN_PAGE = re.compile(r"timeFrame=(20\d\d)|<option[^>]*value=['\"]?(20\d\d)['\"]?[\s>]")


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
        if _is_yearly(url):
            yield from self._organ_page(url)
        else:
            yield from self.list_request(url, self.parse_list_page)

    def _organ_page(self, url: str) -> Iterator[Request]:
        """The page of an organ without a chosen year, once, whatever else its address says."""
        if _organ(url) not in self._organs:
            self._organs.add(_organ(url))
            address = url_query_cleaner(url, ("timeFrame", "hasContent"), remove=True)
            yield from self.list_request(address, self.parse_organ)

    # lists

    def parse_list_page(self, response: TextResponse) -> Iterator[Request]:
        """Requests for the articles that the page itself shows, and for the first fragment of its list."""
        yield from self.articles(self.rows(response))
        address = label_address(response)
        if address is None:
            self.run.fail(
                response.url, "parse", "the page does not say how its list is asked for: siteId, file", "list"
            )
            return
        count = _PAGE_COUNT.search(text_of(response))
        yield from self._fragment(address, 1, known=set(), total=int(count[1]) if count else None)

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
        if not rows and not _says_nothing(response):
            reason = f"HTTP {response.status}, neither rows nor {_NOTHING}"
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
            if _is_yearly(url) and self.on_portal(url):
                yield from self._organ_page(url)
        offered = {int(a or b) for a, b in _YEARS_IN_PAGE.findall(text_of(response))}
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
        row = _report(response)
        if row is None and not _says_nothing(response):
            self.run.fail(response.url, "parse", f"neither a report nor {_NOTHING}", "list")
        elif row is not None and is_offered and self._shown[_organ(response.url), row.title] != response.url:
            self.run.fail(response.url, "parse", f"the report of another year again: {row.title}", "list")

    def report_on_list(self, response: Response) -> Row | None:
        """The report that an organ's page shows for the year in its address, unless it was shown for another year."""
        if not isinstance(response, TextResponse) or "timeFrame=" not in response.url:
            return None
        row = _report(response)
        if row is None:
            return None
        if self._shown.setdefault((_organ(response.url), row.title), response.url) != response.url:
            self.run.duplicates += 1
            return None
        self.session.note_listed([(response.url, row)])
        is_asked = self._is_of_asked_years(row)
        self.run.found += is_asked
        return row if is_asked else None


def label_address(response: TextResponse) -> str | None:
    """The address of the first fragment of a column page's list; None where the page does not say enough to ask."""
    text = text_of(response).replace("&amp;", "&")
    calls = [call for call in _CALL.findall(text) if "labelName=" not in call or "labelName=publicInfoList" in call]
    settings = _SETTINGS.search(text)
    site_id, column = _SITE_ID.search(text), urlsplit(response.url)
    organ = _ORGAN.match(column.path)
    own = dict(parse_qsl(column.query))
    query = {
        **_QUERY,
        **({"siteId": site_id[1]} if site_id else {}),
        **({"organId": organ["organ"]} if organ else {}),
        **{name: own[name] for name in ("type", "catId") if name in own},
        **dict(_SETTING.findall(settings[0]) if settings else ()),
        **dict(parse_qsl(urlsplit(calls[0]).query, keep_blank_values=True) if calls else ()),
    }
    query.pop("_", None)
    if not (query["siteId"] and query["organId"] and query["file"]):
        return None
    path = calls[0].partition("?")[0] if calls else f"{organ['mount'] if organ else ''}/site/label/8888"
    return f"{urljoin(response.url, path)}?{urlencode(query)}"


def _is_yearly(url: str) -> bool:
    parts = urlsplit(url)
    return bool(_ORGAN.match(parts.path)) and dict(parse_qsl(parts.query)).get("type") == "3"


def _organ(url: str) -> str:
    match = _ORGAN.match(urlsplit(url).path)
    return match["organ"] if match else ""


def _says_nothing(response: TextResponse) -> bool:
    """Whether the page says that there is nothing; its scripts hold the words for when there is."""
    return _NOTHING in _visible(response)


def _visible(response: TextResponse) -> str:
    return "".join(page_of(response).xpath("//text()[not(parent::script)]").getall())


def _report(response: TextResponse) -> Row | None:
    """The report that a page shows by its six headings, or by the title of a year's report and a file."""
    row, page = listing.report_of(response), page_of(response)
    texts = page.css("meta[name=ArticleTitle]::attr(content)").getall()
    texts += [str(heading.xpath("string()").get()) for heading in page.css("h1, h2, h3, [class*=title], title")]
    titles = [" ".join(text.split()) for text in texts]
    title = next((title for title in titles if (reading := read_title(title)) and reading.year), "")
    if row is not None:
        return Row(row.url, title or row.title, row.published_on, row.publisher)
    if not title or not listing.attachments(response):
        return None
    printed = _PUBLISHED.search(_visible(response))
    return Row(response.url, title, listing.read_date(printed[1]) if printed else None)
