"""Openness portals of Anhui: annual reports under ``xxgkAnnualReport`` and its like, lists by organ and page number.

Where these portals list their annual reports is not settled. What leads to such a list is followed, and a crawl that
comes past no report is a failure that says so.
"""

import re
from urllib.parse import parse_qsl, urlsplit

from scrapy.http import TextResponse
from w3lib.url import add_or_replace_parameters

from crawler import listing
from crawler.dialects import shape
from crawler.spiders.base import ColumnSpider

# Lists hold other articles too: a page without annual reports is not the end of its list.
_OTHER_ARTICLE = r"/openness/detail/\w+/[0-9a-f]{24}\.html$|/(?:XxgkContent|News)/show/\d+\.html$"
# A list of annual reports by its address; any other list by its name.
_REPORT_LIST = re.compile(
    r"/(?:xxgk|openness)AnnualReport(?:/[\w/]*)?$|/XxgkAnnualReport/\w*[lL]ist\w*/", re.IGNORECASE
)
_ANY_LIST = re.compile(
    r"/(?:XxgkContent/showList/\d+|News/showList)/\d+/page_1\.html$|/openness(?:Content)?/$", re.IGNORECASE
)
_LIST_NAME = re.compile(r"年报|公开.*年度(?:工作)?报告|年度(?:工作)?报告$")
_LATER_PAGE = re.compile(r"/page_(?!1\.)\d+\.html$")
_NUMBERED = re.compile(r"/page_\d+\.html$")


class OpennessSpider(ColumnSpider):
    """Lists the portal's ``column_url`` and the lists of annual reports that it links to, of every organ, to the page
    that is not there or shows nothing new."""

    name = "openness"
    article_path = re.compile(f"{shape('openness', 'annual_report').pattern}|{_OTHER_ARTICLE}")

    def sub_columns(self, response: TextResponse, root: str) -> list[str]:
        """The lists of annual reports that a page leads to."""
        found = []
        for url, label in listing.links(response):
            path = urlsplit(url).path
            is_list = _REPORT_LIST.search(path) or (_ANY_LIST.search(path) and _LIST_NAME.search(label))
            is_later_page = "page" in _query(url) or _LATER_PAGE.search(path)
            if is_list and not is_later_page and self.on_portal(url) and url not in (root, response.url):
                found.append(url)
        return list(dict.fromkeys(found))

    def page_url(self, first: str, number: int, response: TextResponse) -> str | None:
        """By the number in its name where there is one, else by a parameter; a list that does not know it shows its
        first page again, and that ends it."""
        if _NUMBERED.search(urlsplit(first).path):
            return _NUMBERED.sub(f"/page_{number}.html", first)
        return add_or_replace_parameters(first, {"page": str(number)})

    def attachment_links(self, response: TextResponse) -> list[tuple[str, str]]:
        """Files by their names, and those that the portal hands out by number (``/download/?…&_id=…``)."""
        found = dict(listing.attachments(response))
        for url, label in listing.links(response):
            if urlsplit(url).path.rstrip("/").endswith("/download") and "_id" in _query(url):
                found.setdefault(url, label)
        return list(found.items())

    def closed(self, reason: str) -> None:
        """Say so where the whole crawl came past no report: then the lists of this portal are elsewhere."""
        if reason == "finished" and not self.run.listed and not self.run.failed:
            why = "nothing here leads to a report; set column_url to the list that the portal's own pages lead to"
            self.run.fail(self.portal.column_url or self.portal.base_url, "parse", why, "list")
        super().closed(reason)


def _query(url: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(url).query))
