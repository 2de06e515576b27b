"""Lists of Hanweb's paging script jpage: the records that an answer holds, and the ways to further ones."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from scrapy.http import TextResponse
from w3lib.html import remove_comments

from crawler import listing
from crawler.dialects import ARTICLE
from crawler.listing import Row

_ANY = re.compile("")
_COLUMN = re.compile(r"/col/col(\d+)/(?:index\.html)?$")
# Columns have numbers and no folders: those below a column are known by their names.
_COLUMN_NAME = re.compile(
    r"信息公开.{0,4}年(?:度?报|度.{0,2}报告)|公开年报|年度信息公开报告|^20\d\d年?度?(?:年报|年度报告)?$"
)
_RECORD = re.compile(r"<record>\s*<!\[CDATA\[(.*?)\]\]>\s*</record>", re.DOTALL | re.IGNORECASE)
_STORE = re.compile(r"<(?:datastore|recordset|record|nextgroup)\b", re.IGNORECASE)
_GROUP_LINK = re.compile(r"""["']([^"'<>]*/(?:morecolumn)?dataproxy\.jsp\?[^"'<>]*\bpage=(\d+)[^"'<>]*)""")
_PARAMETERS = ("col", "appid", "webid", "path", "columnid", "sourceContentType", "unitid", "webname", "permissiontype")
_SETTING = re.compile(
    rf"\b(?P<name>totalRecord|perPage|proxyUrl|{'|'.join(_PARAMETERS)})\s*:\s*(?P<q>['\"]?)(?P<value>[^'\",}}]*)(?P=q)"
)
_PROXY = "/module/web/jpage/dataproxy.jsp"
_PER_PAGE = 15
# The platform's own script asks for three pages at a time.
_GROUP = 3
# A batch that repeats what is known may be a matter of counting from 0 or from 1; a second one is the end.
_BARREN = 2


Ask = tuple[str, dict[str, str] | None]
"""An address, and the form to post to it where it wants one."""


@dataclass
class JpageList:
    """A list of a column page, and how far we have got with it.

    ``ways`` say how to ask for the next batch; which of them a portal answers cannot be told from its pages, so they
    are tried in turn. ``total`` is None where nothing states it. ``own`` matches the articles of this column.
    """

    total: int | None
    per_page: int
    own: re.Pattern[str]
    ways: list[Callable[["JpageList"], Ask]]
    known: set[str] = field(default_factory=set)
    passed: int = 0
    """Records that came by: a range begins after them."""
    listed: int = 0
    """Rows that are known to be of this list, each once."""
    before: int = 0
    """Rows that were listed when the present way began."""
    turn: int = 0
    """Batches asked of the present way."""
    barren: int = 0
    """Batches in a row that brought nothing new."""

    @property
    def missing(self) -> int | None:
        """Records that are announced and not listed; negative where more came than were announced."""
        return None if self.total is None else self.total - self.listed

    def next_batch(self) -> Ask | None:
        """How to ask for the next batch; None at the end. Where more came than were announced, nothing is known of
        the end and we go on."""
        if not self.ways or self.missing == 0:
            return None
        self.turn += 1
        return self.ways[0](self)

    def take(self, rows: list[Row], records: int) -> None:
        """Note the rows of a batch; ``records`` is 0 for those of a page, which may stand in other lists."""
        fresh = {row.url for row in rows} - self.known
        self.known |= fresh
        self.passed += records
        self.listed += sum(1 for url in fresh if records or self.own.search(url))
        self.barren = 0 if fresh else self.barren + 1
        if self.turn == 0:  # the column page itself
            self.before, self.barren = self.listed, 0
        elif not rows or self.barren == _BARREN:
            self.leave_way()

    def leave_way(self) -> None:
        """Go on to the next way; where no total is stated, one that brought something is taken to have brought all."""
        is_enough = self.total is None and self.listed > self.before
        self.ways = [] if is_enough else self.ways[1:]
        self.before, self.turn, self.barren = self.listed, 0, 0


def batch(response: TextResponse) -> tuple[list[Row], int]:
    """The rows of a list, and how many records held them: 0 where they are links of the page itself."""
    records = _RECORD.findall(remove_comments(listing.text_of(response)))
    if not records:
        return ([] if is_proxy(response) else listing.rows(response, ARTICLE, listing.last_date)), 0
    items = "".join(f"<dd>{record}</dd>" for record in records)
    # Whatever a record links is a row: its address need not have the shape of this platform.
    page = response.replace(body=f"<html><body><dl>{items}</dl></body></html>".encode(), encoding="utf-8")
    return listing.rows(page, _ANY, listing.last_date), len(records)


def is_proxy(response: TextResponse) -> bool:
    """Whether the answer comes from the script that hands out records."""
    return urlsplit(response.url).path.endswith("dataproxy.jsp")


def is_store(response: TextResponse) -> bool:
    """Whether the answer holds records or says, by being empty, that there are none."""
    return not response.text.strip() or bool(_STORE.search(response.text))


def report_columns(response: TextResponse) -> list[str]:
    """The columns of annual reports, or of a year, that a page links."""
    found: dict[str, None] = {}
    for link in listing.page_of(response).css('a[href*="/col/col"]'):
        url = urljoin(response.url, link.attrib["href"].strip())
        names = ("".join(link.css("::text").getall()), link.attrib.get("title", ""))
        if _COLUMN.search(urlsplit(url).path) and any(_COLUMN_NAME.search(name.strip()) for name in names):
            found[url] = None
    return list(found)


def jpage_lists(response: TextResponse) -> list[JpageList]:
    """The lists that a column page pages through by script: those of its own column, or all where none says so."""
    scripts = [text for text in listing.page_of(response).css("script::text").getall() if ".jpage(" in text]
    settings = [{match["name"]: match["value"] for match in _SETTING.finditer(text)} for text in scripts]
    column = _COLUMN.search(urlsplit(response.url).path)
    number = column[1] if column else ""
    own = [each for each in settings if number in each.get("columnid", "").split(",")]
    text = unescape(remove_comments(listing.text_of(response)))
    links = {re.sub(r"\bpage=\d+", "", link): (link, int(page)) for link, page in _GROUP_LINK.findall(text)}
    if not settings and links:
        first = next(iter(links.values()))[0]
        settings = [{name: value for name, value in parse_qsl(urlsplit(first).query) if name in _PARAMETERS}]
        settings[0]["proxyUrl"] = urlsplit(first).path
    return [_jpage_list(response.url, number, each, list(links.values())) for each in own or settings]


def _jpage_list(page: str, number: str, setting: dict[str, str], links: list[tuple[str, int]]) -> JpageList:
    total, per_page = setting.get("totalRecord", ""), setting.get("perPage", "")
    columns = [each for each in (number, *setting.get("columnid", "").split(",")) if each.isdigit()] or [r"\d+"]
    return JpageList(
        total=int(total) if total.isdigit() else None,
        per_page=max(int(per_page), 1) if per_page.isdigit() else _PER_PAGE,
        own=re.compile(rf"/art_(?:{'|'.join(columns)})_"),
        ways=_ways(page, setting, links),
    )


def _ways(page: str, setting: dict[str, str], links: list[tuple[str, int]]) -> list[Callable[[JpageList], Ask]]:
    """The surest first: a range of records, asked for by address and else by a form, as the platform's own script does;
    links to a group of which only the page is changed; pages of HTML."""
    ways: list[Callable[[JpageList], Ask]] = []
    # Encrypted numbers serve for the link that holds them and for nothing else.
    if all(re.fullmatch(r"[\d,]+", setting.get(name, "")) for name in ("webid", "columnid", "unitid")):
        proxy = urljoin(page, setting.get("proxyUrl") or _PROXY)
        named = {name: setting[name] for name in _PARAMETERS if name in setting}
        ways += [_range_way(f"{proxy}?{{}}&{urlencode(named)}", None), _range_way(f"{proxy}?{{}}", named)]
    ways += [_group_way(urljoin(page, link), first) for link, first in links]
    if setting.get("unitid", "").isdigit():
        ways.append(_html_way(f"{page.partition('?')[0]}?uid={setting['unitid']}&pageNum="))
    return ways


def _range_way(address: str, form: dict[str, str] | None) -> Callable[[JpageList], Ask]:
    before, _, after = address.partition("{}")

    def ask(at: JpageList) -> Ask:
        first, last = at.passed + 1, at.passed + _GROUP * at.per_page  # counted from 1, both belong to the range
        return f"{before}startrecord={first}&endrecord={last}&perpage={at.per_page}{after}", form

    return ask


def _group_way(link: str, first: int) -> Callable[[JpageList], Ask]:
    return lambda at: (re.sub(r"\bpage=\d+", f"page={first + at.turn - 1}", link), None)


def _html_way(link: str) -> Callable[[JpageList], Ask]:
    return lambda at: (f"{link}{max(at.before // at.per_page, 1) + at.turn}", None)
