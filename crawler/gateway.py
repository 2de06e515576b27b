"""Blocks of jpaas column pages: a gateway gives them as HTML inside JSON and pages them by ``paramJson``."""

import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlencode, urljoin

from parsel import Selector
from scrapy.http import TextResponse

from crawler import listing
from crawler.dialects import ARTICLE
from crawler.listing import Row

_UNIT = "/front/page/build/unit"
_ROWS = 15
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


@dataclass
class Unit:
    """A block of the column page at ``page``: where it is loaded from, and how far we have got with it. ``count`` is
    None where it does not page: small columns are all in one. ``number`` is the page that was taken last."""

    page: str
    url: str
    query: dict[str, str]
    rows: int = _ROWS
    count: int | None = None
    number: int = 0
    known: set[str] = field(default_factory=set)
    listed: int = 0

    def next_address(self) -> str:
        """Of the next page. The gateway ignores plain ``pageNo`` and ``rows``: it reads them from ``paramJson``."""
        paging = json.dumps({"pageNo": self.number + 1, "pageSize": self.rows}, separators=(",", ":"))
        query = {**self.query, "paramJson": paging} if self.number else self.query
        return f"{self.url}?{urlencode(query)}"

    def read_pager(self, pager: Selector) -> None:
        """Take over what a paging element says of the list."""
        count, rows = (pager.attrib.get(name, "").strip() for name in ("count", "rows"))
        self.count = int(count) if count.isdigit() else None
        self.rows = int(rows) if rows.isdigit() and int(rows) else self.rows

    def take_shown(self, rows: list[Row]) -> bool:
        """Take the rows of the column page for the first ones, if it has so many that the block must be in it."""
        if self.count is None or len(rows) < min(self.count, self.rows):
            return False
        self.known, self.listed, self.number = {row.url for row in rows}, min(len(rows), self.rows), 1
        return True

    def take(self, block: TextResponse) -> list[Row]:
        """The rows of the next page that are new; none at the end."""
        rows = listing.rows(block, ARTICLE, listing.last_date)
        for pager in listing.page_of(block).css("[count][rows]"):
            self.read_pager(pager)
        fresh = [row for row in rows if row.url not in self.known]
        self.known |= {row.url for row in fresh}
        self.listed += len(fresh)
        self.number += 1
        return fresh

    @property
    def goes_on(self) -> bool:
        """Whether rows are to come. Where more came than were announced, the announcement is worth nothing."""
        return self.count is not None and (self.number * self.rows < self.count or self.listed > self.count)

    @property
    def missing(self) -> tuple[int, int]:
        """Rows and pages that are announced and did not come."""
        if self.count is None or self.listed >= self.count:
            return 0, 0
        return self.count - self.listed, math.ceil(self.count / self.rows) - math.ceil(self.listed / self.rows)


def units(response: TextResponse) -> Iterator[Unit | str]:
    """The blocks that a column page loads or pages; in words what is wrong with one that cannot be read."""
    for element in listing.page_of(response).css("[queryData]"):
        url = element.attrib.get("url") or element.attrib.get("uniturl") or ""
        if _UNIT not in url:
            continue
        try:
            query = json.loads(element.attrib["querydata"].replace("'", '"'), strict=False)
        except ValueError as error:
            yield f"queryData of a block cannot be read: {error}"
            continue
        unit = Unit(response.url, urljoin(response.url, url), {name: str(value) for name, value in query.items()})
        unit.read_pager(element)
        yield unit


def block_of(response: TextResponse, unit: Unit) -> TextResponse:
    """The HTML in an answer of the gateway as a page of its own, empty where a later page has none. Raises ValueError
    where it is no answer, or none to the first question."""
    html = _html(response, unit) if response.status == 200 else ""
    made: TextResponse = response.replace(url=unit.page, body=_CONTROL.sub(" ", html).encode(), encoding="utf-8")
    return made


def _html(response: TextResponse, unit: Unit) -> str:
    try:
        # Editors paste control characters, and the gateway passes them on raw.
        answer = json.loads(response.text, strict=False)
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        raise ValueError("the block is not JSON")
    data = answer.get("data")
    if answer.get("success") and isinstance(data, dict):
        return data.get("html") or ""
    if not unit.number:
        raise ValueError(f"the gateway gives no block: {answer.get('message') or 'no reason'}")
    return ""
