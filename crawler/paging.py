"""What a list page says about its further pages: how many, which is next, how they are named. Pure functions."""

import re
from collections import Counter
from urllib.parse import urlsplit

from scrapy.http import TextResponse

from crawler.listing import Row, links, page_of

# In this order: createPageHTML(records, pages, current, …) on some sites, createPageHTML(pages, current, …) on most.
# Where three numbers lead, the second is the number of pages, unless it is the 0 of a first page.
_PAGE_COUNTS = tuple(
    re.compile(pattern)
    for pattern in (
        r"createPageHTML\(\s*(?P<records>\d+)\s*,\s*(?P<pages>[1-9]\d*)\s*,\s*\d+\s*,",
        r"createPage(?:HTML)?\(\s*['\"]?(?P<pages>\d+)['\"]?\s*,\s*\d+\s*,",
        r"\bcountPage\s*=\s*['\"]?(?P<pages>\d+)",
        r"\btotal\s*:\s*(?P<pages>\d+)",
        r"共\s*(?P<pages>\d+)\s*页",
    )
)
_EXTENSION = re.compile(r"createPage(?:HTML)?\([^)]*['\"]index['\"]\s*,\s*['\"](?P<extension>s?html?)['\"]")
_NEXT = re.compile(r"^\s*(?:下一?[页頁]|后一?页|next)\s*[>›»]*\s*$|^\s*[>›»]\s*$", re.IGNORECASE)


def announced_pages(response: TextResponse, rows: list[Row]) -> int | None:
    """Pages as announced by a paging script or text; None where nothing does, or where the rows of the first page show
    that so few pages cannot hold the records."""
    text = "\n".join(page_of(response).xpath("//text()").getall())
    match = next((match for pattern in _PAGE_COUNTS if (match := pattern.search(text))), None)
    if match is None:
        return None
    pages, records = int(match["pages"]), match.groupdict().get("records")
    host = urlsplit(response.url).netloc
    shown = sum(urlsplit(row.url).netloc == host for row in rows)  # the footer's links to other hosts are no records
    return None if records and shown and pages * shown < int(records) else pages


def next_link(response: TextResponse) -> str | None:
    """The address that a page links to as the next one, if that is another."""
    found = (url for url, label in links(response) if _NEXT.match(label) and url != response.url)
    return next(found, None)


def extension(response: TextResponse, rows: list[Row]) -> str:
    """The file extension of a site's pages: the paging script's, else that of most articles."""
    if match := _EXTENSION.search(response.text):
        return match["extension"]
    names = (urlsplit(row.url).path.rpartition(".") for row in rows)
    counts = Counter(ending for _, _, ending in names if re.fullmatch(r"s?html?", ending))
    return counts.most_common(1)[0][0] if counts else "html"
