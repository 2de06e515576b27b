"""Columns of the UCAP content manager: list pages whose count may be too small, hubs, and lists that are JSON."""

import hashlib
import json
import re
from dataclasses import dataclass, field
from html import escape
from typing import Any, Literal
from uuid import UUID

from simulator.portals import HTML, Page
from simulator.postings import Posting, newest

_JSON = "application/json; charset=utf-8"
_SEARCH = re.compile(r"/[\w/]+/([0-9a-f]{32})")

Addresses = Literal["hex", "content", "c01"]


@dataclass(frozen=True)
class UcapColumn:
    """A column at ``path`` (site, then column; ends in a slash) whose list is ``{page_name}.shtml``.

    ``as_json``: the list page is empty, the rows are found at ``search_path`` by the channel, or by a form where
    ``posted_form`` says which: that of tax bureaus or that of Suzhou. ``claimed_pages`` is what
    the paging script says where that isn't the truth; ``repeats_last``: pages after the last show it again, else 404.
    """

    path: str
    name: str
    postings: list[Posting] = field(default_factory=list)
    children: tuple["UcapColumn", ...] = ()
    """Columns that the page links to by their names, wherever they are."""
    page_name: str = "list"
    page_size: int = 15
    addresses: Addresses = "hex"
    claimed_pages: int | None = None
    claimed_records: int | None = None
    repeats_last: bool = False
    has_paging: bool = True
    links_pages: bool = False
    """Whether the page itself links the first two and the last page of its list."""
    has_folder_page: bool = False
    as_json: bool = False
    search_path: str = "/common/search/"
    posted_form: Literal["files", "library"] | None = None
    ignores_page: bool = False
    states_total: bool = True
    names_search_path: bool = False
    """Whether the page's script says where to ask; else one has to know."""
    states_channel: bool = True
    lost_addresses: frozenset[int] = frozenset()
    """Postings whose JSON row has the word null for an address."""

    @property
    def channel(self) -> str:
        """The id that the list page states."""
        return _hex(self.path)

    def answer(self, path: str, query: dict[str, str], base_url: str) -> Page | None:
        """A list page, JSON rows, an article or an attachment, of this column or of one below it."""
        if (match := _SEARCH.fullmatch(path)) and match[1] == self.channel and path.startswith(self.search_path):
            return self._results(query, base_url) if self.as_json and not self.posted_form else None
        if path.startswith(self.path):
            page = self._own(path.removeprefix(self.path), base_url)
            if page is not None:
                return page
        answers = (child.answer(path, query, base_url) for child in self.children)
        return next((page for page in answers if page is not None), None)

    def posted(self, path: str, query: dict[str, str], form: dict[str, str]) -> Page | None:
        """The rows of the channel that a form names; addresses are those of the root, for no host is asked of."""
        if self.posted_form == "files" and path == self.search_path and form.get("channelId") == self.channel:
            answer = {"results": {"data": self._data({"page": form["page"], "_pageSize": form["size"]}, "")}}
            return Page(json.dumps(answer, ensure_ascii=False).encode(), _JSON)
        if self.posted_form == "library" and path == self.search_path and form.get("channel_id") == self.channel:
            return self._library(int(form["pageIndex"]), int(query["pageSize"]))
        answers = (child.posted(path, query, form) for child in self.children)
        return next((page for page in answers if page is not None), None)

    def _library(self, number: int, size: int) -> Page:
        shown = self.postings[(number - 1) * size : number * size]
        rows = [
            {
                "TITLE": posting.listed_title,
                "URL": self.article_path(posting),
                "C_WJBH": None,
                "C_SYH": f"014149000/{posting.id}",
                "PUBLISHED_TIME_FORMAT": str(posting.published_on),
                "C_FWRQ_FORMAT": "2001-01-01",
                "CHANNEL_ID": self.channel,
                "MANUSCRIPT_ID": _hex(posting.id),
            }
            for posting in shown
        ]
        total = len(self.postings)
        answer = {"data": {"allRow": total, "totalPage": -(-total // size), "list": rows}}
        return Page(json.dumps(answer, ensure_ascii=False).encode(), _JSON)

    def _own(self, inner: str, base_url: str) -> Page | None:
        if not inner:
            return self._list(1) if self.has_folder_page else None
        if match := re.fullmatch(rf"{self.page_name}(?:_([2-9]|[1-9]\d+))?\.shtml", inner):
            return self._list(int(match[1] or 1))
        for posting in self.postings:
            if self.path + inner == self.article_path(posting):
                return Page(self._article(posting).encode(), HTML, posting.modified)
            if posting.has_pdf and self.path + inner == self._file_path(posting):
                return posting.file()
        return None

    def article_path(self, posting: Posting) -> str:
        """The address of an article in one of the forms; c01 stands in columns named c and a number (c112289c)."""
        if self.addresses == "content":
            return f"{self.path}c{posting.id}/content.shtml"
        month = f"{posting.published_on:%Y%m}"
        name = f"c01_{posting.id}" if self.addresses == "c01" else _hex(posting.id)
        return f"{self.path}{month}/{name}.shtml"

    def _file_path(self, posting: Posting) -> str:
        folder = self.article_path(posting).removesuffix("/content.shtml").removesuffix(".shtml")
        return f"{folder}/files/{UUID(_hex(posting.id))}.pdf"

    def _list(self, number: int) -> Page | None:
        postings = [] if self.as_json else self.postings
        last = max(-(-len(postings) // self.page_size), 1)
        if number > last and not self.repeats_last:
            return None
        shown = min(number, last)
        rows = "\n".join(map(self._row, postings[(shown - 1) * self.page_size : shown * self.page_size]))
        links = "".join(
            f'<li><a href="{child.path}{child.page_name}.shtml">{child.name}</a></li>' for child in self.children
        )
        numbers = "".join(f'<a href="{self._page_path(each)}">{each}</a>' for each in (1, min(2, last), last))
        channel = f'<meta name="channelid" content="{self.channel}">' if self.states_channel else ""
        body = f"""<!DOCTYPE html>
<html><head><meta charset="utf-8"><meta name="ColumnName" content="{self.name}">{channel}
<meta name="ColumnType" content="政府信息公开年报"><title>{self.name}</title>
<script src="/common/js/jquery.min.js"></script><script src="/common/js/page.js"></script></head>
<body><div class="crumb"><a href="/">首页</a> &gt; <a href="{self.path}{self.page_name}.shtml">{self.name}</a></div>
<div class="nav"><ul><li><a href="/zwgk/zcwj/list.shtml">政策文件</a></li>{links}</ul></div>
<ul class="pageList newsList">
{rows}
</ul>
<div id="page_div">{numbers if self.links_pages else ""}</div>
{self._script(last, len(postings))}
<div class="footer">本网站为演示用途搭建的模拟网站，所载机关均为虚构，数据仅供演示，请勿引用</div></body></html>"""
        return Page(body.encode(), HTML, newest(self.postings))

    def _page_path(self, number: int) -> str:
        return f"{self.path}{self.page_name}{f'_{number}' if number > 1 else ''}.shtml"

    def _script(self, pages: int, records: int) -> str:
        if self.as_json:
            channel = "" if self.posted_form else self.channel
            address = f"'{self.search_path}{channel}'" if self.names_search_path else "searchUrl"
            return f"<script>$.ajax({{url: {address}, data: {{_isJson: true}}, success: showList}});</script>"
        if not self.has_paging:
            return ""
        total = records if self.claimed_records is None else self.claimed_records
        arguments = f"'page_div',{self.claimed_pages or pages}, 1,'{self.page_name}','shtml',{total}"
        return f"<script>createPageHTML({arguments});</script>"

    def _row(self, posting: Posting) -> str:
        title = escape(posting.listed_title)
        return (
            f'<li><a href="{self.article_path(posting)}" title="{title}" target="_blank">{title}</a>'
            f'<span class="time">{posting.published_on}</span></li>'
        )

    def _article(self, posting: Posting) -> str:
        name = f"{posting.title}.pdf"
        body = posting.body(f'<a href="{self._file_path(posting)}" title="{name}" target="_blank">{name}</a>')
        title = escape(posting.title)
        return f"""<!DOCTYPE html>
<html><head><meta charset="utf-8"><meta name="ArticleTitle" content="{title}">
<meta name="PubDate" content="{posting.published_at:%Y-%m-%d %H:%M}">
<meta name="ContentSource" content="{posting.publisher}"><title>{title}</title></head>
<body><h1><ucaptitle>{title}</ucaptitle></h1>
<div class="info"><publishtime>{posting.published_at:%Y-%m-%d %H:%M}</publishtime>
来源：{posting.publisher}</div>
<div id="zoomcon" class="article-content"><ucapcontent>
{body}
</ucapcontent></div></body></html>"""

    def _results(self, query: dict[str, str], base_url: str) -> Page:
        return Page(json.dumps({"data": self._data(query, base_url)}, ensure_ascii=False).encode(), _JSON)

    def _data(self, query: dict[str, str], base_url: str) -> dict[str, Any]:
        size, number = int(query.get("_pageSize", "15")), 1 if self.ignores_page else int(query.get("page", "1"))
        size = min(size, self.page_size)
        results = [self._result(posting, base_url) for posting in self.postings]
        data = {
            "page": number,
            "rows": size,
            "channelId": self.channel,
            "total": len(results) if self.claimed_records is None else self.claimed_records,
            "results": results[(number - 1) * size : number * size],
        }
        if not self.states_total:
            del data["total"]
        return data

    def _result(self, posting: Posting, base_url: str) -> dict[str, Any]:
        path = self.article_path(posting)
        host = base_url.partition("//")[2]
        # Absolute, from the root, without scheme: all three occur on one site.
        forms = (f"http://{host}{path}", path, f"//{host}{path}") if host else (path,) * 3
        url = "null" if posting.id in self.lost_addresses else forms[posting.id % 3]
        return {
            "manuscriptId": _hex(posting.id),
            "title": posting.listed_title,
            "titleHtml": f"<p>{posting.listed_title}</p>",
            "subTitle": "null",
            "subTitleHtml": "undefined",
            "url": url,
            "redirectUrl": "undefined" if posting.id % 2 else None,
            "publishedTime": int(posting.published_at.timestamp() * 1000),
            "publishedTimeStr": f"{posting.published_at:%Y-%m-%d %H:%M:%S}",
            "channelName": self.name,
            "channelCodeName": "c100012",
            "memo": "",
            "content": "",
            "contentHtml": "",
            "resList": [],
            "domainMetaList": [
                {
                    "domainMetadataName": "政策文件信息",
                    "resultList": [
                        {"name": "索引号", "key": "syh", "value": "null"},
                        {"name": "发文单位", "key": "fwdw", "value": posting.publisher},
                        {"name": "发文日期", "key": "fwrq", "value": "2001-01-01"},
                    ],
                }
            ],
        }


def _hex(value: object) -> str:
    return hashlib.md5(str(value).encode(), usedforsecurity=False).hexdigest()
