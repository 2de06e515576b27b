"""Hanweb's columns: the first records as XML inside the column page, the rest from a proxy that answers in XML."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import Literal
from urllib.parse import quote

from simulator.portals import HTML, Page
from simulator.postings import Posting, newest

Form = Literal["range", "group", "more", "html", "post"]
XML = "text/xml; charset=UTF-8"

_COLUMN = re.compile(r"/col/col(\d+)/(?:index\.html)?")
_ARTICLE = re.compile(r"/art/\d{4}/\d{1,2}/\d{1,2}/art_(\d+)_(\d+)\.html")
_PROXY = "/module/web/jpage/dataproxy.jsp"
_MORE = "/module/web/jpage/morecolumndataproxy.jsp"
_DOWNLOAD = "/module/download/downfile.jsp"
_STORE = "<?xml version='1.0' encoding='UTF-8'?><datastore>\n{}</datastore>"


@dataclass(frozen=True)
class HanwebColumn:
    """The column ``/col/col{number}/`` with its articles in the order listed.

    ``forms`` are the ways to a later page that the portal answers: a range of records, the link to the next group, the
    link to more, pages of HTML, a range asked for with a posted form. The others give an empty store, or the first page
    again.
    """

    number: int
    name: str
    postings: list[Posting]
    children: tuple["HanwebColumn", ...] = ()
    """Columns by year or issuer, linked by name."""
    web_id: int = 39
    unit_id: int = 247686
    per_page: int = 15
    forms: frozenset[Form] = frozenset({"range", "group"})
    first: Literal["store", "links"] = "store"
    """What the column page holds of the list: three pages of records in a script, or one page of links."""
    record: Literal["li", "tr"] = "li"
    has_settings: bool = True
    """Whether the page holds the call of the paging script, with the numbers that the proxy wants."""
    is_encrypted: bool = False
    """Whether the link to the next group hides its numbers."""
    has_root: bool = True
    next_group: int = 2
    """The page that the link on the column page names: 1 where the portal's pages are counted from 1 regardless."""
    claimed: int | None = None
    """How many records the page says there are; None: the truth."""
    range_until: int | None = None
    """The last record that the proxy gives by a range."""
    refuses_get: bool = False
    """Whether the proxy answers 405 to whatever is not posted."""
    strays: tuple[str, ...] = ()
    """Records as markup that come before all others."""

    def answer(self, path: str, query: dict[str, str], base_url: str) -> Page | None:
        """A column page, the proxy's answer, an article or a file, of this column or of one below it."""
        if path in (_PROXY, _MORE) and self.refuses_get:
            return Page(b"<html><body><h1>HTTP Status 405</h1></body></html>", HTML, status=405)
        if path in (_PROXY, _MORE):
            # The proxy knows columns by the numbers in the request; with a wrong one it gives an empty store.
            mine = next((each for each in self.walk() if each._is_asked(path, query)), None)
            return Page((mine._store(path, query) if mine else _STORE.format("")).encode(), XML)
        return next((page for each in self.walk() if (page := each._page(path, query, base_url))), None)

    def posted(self, path: str, query: dict[str, str], form: dict[str, str]) -> Page | None:
        """The proxy's answer to a form: the range stands in the address, the numbers of site and column in the form."""
        if path != _PROXY:
            return None
        mine = next((each for each in self.walk() if each._is_posted(form)), None)
        return Page((mine._store(path, query) if mine else _STORE.format("")).encode(), XML)

    def walk(self) -> Iterator["HanwebColumn"]:
        """The column and all below it."""
        yield self
        for child in self.children:
            yield from child.walk()

    def article_path(self, posting: Posting) -> str:
        """The address of an article: month and day without leading zeros."""
        day = posting.published_on
        return f"/art/{day.year}/{day.month}/{day.day}/art_{self.number}_{posting.id}.html"

    def _page(self, path: str, query: dict[str, str], base_url: str) -> Page | None:
        if (match := _COLUMN.fullmatch(path)) and int(match[1]) == self.number:
            return Page(self._column(query).encode(), HTML, newest(self.postings))
        for posting in self.postings:
            if path == self.article_path(posting):
                return Page(self._article(posting).encode(), HTML, posting.modified)
            if posting.has_pdf and path == _DOWNLOAD and query.get("filename") == _file_name(posting):
                return posting.file()
        return None

    @property
    def _ids(self) -> tuple[str, str]:
        """Column and unit as the links name them."""
        ids = (str(self.number), str(self.unit_id))
        return (_blob(ids[0]), _blob(ids[1])) if self.is_encrypted else ids

    def _is_posted(self, form: dict[str, str]) -> bool:
        asked = tuple(form.get(name) for name in ("webid", "columnid", "unitid"))
        return "post" in self.forms and asked == (str(self.web_id), str(self.number), str(self.unit_id))

    def _is_asked(self, path: str, query: dict[str, str]) -> bool:
        form: Form = "range" if "startrecord" in query else ("more" if path == _MORE else "group")
        asked = (query.get("columnid"), query.get("unitid"))
        ids = (str(self.number), str(self.unit_id)) if form == "range" else self._ids
        return form in self.forms and asked == ids and query.get("webid") == str(self.web_id)

    def _store(self, path: str, query: dict[str, str]) -> str:
        records = self._records()
        size = 3 * self.per_page
        if "startrecord" in query:  # counted from 1, both ends belong to the range
            first, last = int(query["startrecord"]) - 1, int(query["endrecord"])
            return self._xml(records[: self.range_until][first:last], None)
        number = int(query["page"])
        following = number + 1 if number * size < len(records) else None
        return self._xml(records[(number - 1) * size : number * size], following, path)

    def _xml(self, records: list[str], following: int | None, path: str = _PROXY) -> str:
        group = ""
        if following is not None:
            group = f'<nextgroup><![CDATA[<a href="{escape(self._link(path, following))}"></a>]]></nextgroup>\n'
        inner = "".join(f"<record><![CDATA[{record}]]></record>\n" for record in records)
        inner = f"{group}<recordset>\n{inner}</recordset>" if records else ""
        return _STORE.format(inner) if self.has_root else inner

    def _link(self, path: str, number: int) -> str:
        column, unit = (quote(each, safe="") for each in self._ids)
        tail = "keyWordCount=30" if path == _MORE else f"webname={quote('石笋区政府')}&permissiontype=0"
        return f"{path}?page={number}&appid=1&webid={self.web_id}&path=/&columnid={column}&unitid={unit}&{tail}"

    def _records(self) -> list[str]:
        make = _table_row if self.record == "tr" else _list_item
        return [*self.strays, *(make(self.article_path(each), each) for each in self.postings)]

    def _column(self, query: dict[str, str]) -> str:
        records, number = self._records(), 1
        if "html" in self.forms and query.get("uid") == str(self.unit_id):
            number = int(query.get("pageNum", "1"))
        shown = records[(number - 1) * self.per_page : number * self.per_page]
        if self.first == "store":
            following = self.next_group if len(records) > 3 * self.per_page else None
            batch = f'<script type="text/xml">{self._xml(records[: 3 * self.per_page], following)}</script>'
        else:
            batch = f"<ul class='list'>{''.join(shown)}</ul>"
        children = "".join(
            f'<li><a href="/col/col{each.number}/index.html">{each.name}</a></li>' for each in self.children
        )
        more = f"<a href=\"javascript:more('{self._link(_MORE, 2)}')\">加载更多</a>" if "more" in self.forms else ""
        return f"""<!DOCTYPE html>
<html><head><meta charset="utf-8"><meta name="ColumnName" content="{self.name}">
<meta name="ColumnType" content="政府信息公开"><title>{self.name}</title>
<script src="/script/jquery.jpage.js"></script></head>
<body><ul class="nav"><li><a href="/">首页</a></li><li><a href="/col/col9/index.html">政务公开</a></li>{children}</ul>
<div id="{self.unit_id}" class="default_pgContainer">{batch}</div>
{self._script(len(records)) if self.has_settings else ""}
{more}<div class="footer">本网站为演示用途搭建的模拟网站</div></body></html>"""

    def _script(self, total: int) -> str:
        settings = (
            f"col:1,appid:'1',webid:{self.web_id},path:'/',columnid:{self.number},sourceContentType:1,"
            f"unitid:'{self.unit_id}',webname:'石笋区政府',permissiontype:0"
        )
        total = total if self.claimed is None else self.claimed
        return (
            f"<script>$(function(){{$('#{self.unit_id}').jpage({{themeName:'default',showMode:'full',"
            f"totalRecord:{total},openCookies:false,dataBefore:'',dataAfter:'',groupSize:3,proxyUrl:'{_PROXY}',"
            f"perPage:{self.per_page},barPosition:'bottom',ajaxParam:{{{settings}}}}});}});</script>"
        )

    def _article(self, posting: Posting) -> str:
        name = f"{posting.title}.pdf"
        link = f'<a href="{file_address(posting)}" target="_blank">{name}</a>'
        title, day = escape(posting.title), posting.published_on
        return f"""<!DOCTYPE html>
<html><head><meta charset="utf-8"><meta name="ArticleTitle" content="{title}">
<meta name="PubDate" content="{posting.published_at:%Y-%m-%d %H:%M}"><meta name="ColumnName" content="{self.name}">
<meta name="ContentSource" content="{posting.publisher}"><title>{title}</title></head>
<body><table class="xxgk_table"><tr><td>索引号</td><td>{day.year}-02-00018</td><td>发布机构</td>
<td>{posting.publisher}</td></tr><tr><td>发布日期</td><td>{day}</td><td>名称</td><td>{title}</td></tr></table>
<h1>{title}</h1>
<meta name="ContentStart"><div id="zoom">
{posting.body(link)}
</div><meta name="ContentEnd"></body></html>"""


def file_address(posting: Posting) -> str:
    """The address of an article's PDF: a script that takes the name."""
    return f"{_DOWNLOAD}?classid=0&filename={_file_name(posting)}"


def _file_name(posting: Posting) -> str:
    return f"{_hex(str(posting.id))}.pdf"


def _hex(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _blob(text: str) -> str:
    """A number as the encrypting sites write it, with signs that must be escaped in an address."""
    return f"{_hex(text)[:20]}+{_hex(text)[20:]}/=="


def _list_item(href: str, posting: Posting) -> str:
    """The date is torn by the editor's line breaks."""
    day, title = posting.published_on, posting.listed_title
    return (
        f'<li class="clearfix"><a href="{href}" title="{escape(title)}" target="_blank">{title[:18]}…</a>'
        f'<span class="time">\n   {day:%Y}-\n   {day:%m}-{day:%d}</span></li>'
    )


def _table_row(href: str, posting: Posting) -> str:
    """A number that looks like a date, the day of writing, then that of publication."""
    day, title = posting.published_on, posting.listed_title
    return (
        f'<tr><td>{day.year}-02-00018</td><td><a href="{href}" title="{escape(title)}">{title}</a></td>'
        f"<td>{day.year}-1-5</td><td>[{day}]</td></tr>"
    )
