"""Lists that UCAP portals give as JSON: the ways to ask for a channel's rows, and the rows of an answer."""

import json
import re
from dataclasses import dataclass, field
from typing import Any

from scrapy.http import TextResponse
from w3lib.html import remove_tags

from crawler.listing import Row, read_date, text_of

_CHANNEL = re.compile(r"<meta\s+name=['\"]?channelid['\"]?\s+content=['\"]?(?P<id>[0-9a-f]{32})", re.IGNORECASE)
_GET = "?page={}&_pageSize=15&_isAgg=true&_isJson=true&_template=index&_rangeTimeGte=&_channelName="
# What tax bureaus answer to, and what Suzhou and its counties do: both want their question posted.
_FILES = "/getFileListByCodeId"
_LIBRARY = "/interfacesWebZcwj/loadData"
_UNNAMED = ("/common/search/", "/searchList/", _FILES)
_POSTED = re.compile(rf"['\"](?P<path>/[\w/]*(?:{_FILES}|{_LIBRARY}))\b")


@dataclass
class Search:
    """The list of a channel, and how far we have got with it. ``ways`` are the paths that may answer, of which the
    first is tried. ``is_shown``: the page has rows of its own, so that it is no failure where there is no such list."""

    channel: str
    ways: list[str]
    is_shown: bool
    number: int = 1
    total: int = 0
    """Rows that the portal counts; 0 where it does not say."""
    known: set[str] = field(default_factory=set)

    @property
    def may_fail(self) -> bool:
        """Whether it is no failure where this way gives nothing."""
        return self.is_shown or len(self.ways) > 1

    @property
    def missing(self) -> int:
        """Rows that are counted and not shown."""
        return max(self.total - len(self.known), 0)

    def ask(self) -> tuple[str, dict[str, str] | None]:
        """The address of the page that is next, and the form to post to it where it wants one."""
        path = self.ways[0]
        if path.endswith(_FILES):
            form = {"codeId": "", "channelId": self.channel, "page": str(self.number), "size": "20"}
            return path, {**form, "relateSubChannels": "true"}
        if path.endswith(_LIBRARY):
            return f"{path}?pageSize=15", {"pageIndex": str(self.number), "channel_id": self.channel}
        return f"{path}{self.channel}{_GET.format(self.number)}", None

    def take(self, answer: "Answer") -> list[Row]:
        """The rows of an answer that are new; the way that gave it is the one to go on with."""
        self.ways = self.ways[:1]
        if self.number == 1:
            self.total = answer.total
        fresh = [row for row in answer.rows if row.url and row.url not in self.known]
        self.known |= {row.url for row in fresh}
        self.number += 1
        return fresh


@dataclass(frozen=True, slots=True)
class Answer:
    """What a portal gave: rows, of which one without an address has an empty one, and how many it counts in all."""

    rows: list[Row]
    total: int


def search_of(response: TextResponse, *, is_shown: bool) -> Search | None:
    """The search that a page's script makes, or that its channel makes likely; None where it names no channel."""
    text = text_of(response)
    channel = _CHANNEL.search(text)
    if channel is None:
        return None
    named = re.findall(rf"['\"](/[\w/]*/){channel['id']}", text) or [found["path"] for found in _POSTED.finditer(text)]
    return Search(channel["id"], named[:1] or list(_UNNAMED), is_shown)


def read_answer(response: TextResponse) -> Answer | None:
    """The rows in an answer of any of the forms; None where it is something else."""
    try:
        answer = json.loads(text_of(response))
        data = (answer["results"] if isinstance(answer.get("results"), dict) else answer)["data"]
        results = data["list"] if "list" in data else data["results"]
        rows = [_row(response, result) for result in results]
    except (ValueError, LookupError, AttributeError, TypeError):
        return None
    return Answer(rows, int(data.get("total") or data.get("allRow") or 0))


def _row(response: TextResponse, result: dict[str, Any]) -> Row:
    said = {name.lower(): _said(value) for name, value in result.items()}
    address = said.get("url") or said.get("redirecturl")
    blocks = result.get("domainMetaList") or []
    metas = {meta.get("key"): _said(meta.get("value")) for each in blocks for meta in each.get("resultList") or []}
    day = said.get("publishedtimestr") or said.get("published_time_format") or metas.get("pubdate") or ""
    return Row(
        response.urljoin(address) if address else "",
        " ".join(remove_tags(said.get("title", "")).split()),
        read_date(day),
        metas.get("fwdw") or metas.get("source") or None,
    )


def _said(value: Any) -> str:
    """A value as text; empty where it is missing or the word for that of the portal's script."""
    return "" if value in (None, "null", "undefined") else str(value).strip()
