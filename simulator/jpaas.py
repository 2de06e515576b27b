"""Hanweb's later platform: column pages whose blocks come as JSON from a gateway, which pages by ``paramJson``."""

import hashlib
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import Any, Literal

from simulator.portals import HTML, Page
from simulator.postings import Posting, newest

JSON = "application/json; charset=UTF-8"
GATEWAY = "/api-gateway/jpaas-publish-server/front/page/build/unit"
_DOWNLOAD = "/api-gateway/jpaas-web-server/front/document/file-download"


@dataclass(frozen=True)
class JpaasColumn:
    """A column at ``path`` (ends in a slash): the articles it holds in the order listed, and columns below it."""

    path: str
    name: str
    postings: list[Posting]
    children: tuple["JpaasColumn", ...] = ()
    page_size: int = 15
    block: Literal["script", "inline", "pager"] = "script"
    """Whether the page loads its rows by a script, holds the first of them, or nothing but the paging element."""
    is_hub: bool = False
    """The page shows a row of each column below it and links the rest by the word 更多 alone."""
    repeats: bool = False
    """The gateway gives its first page whatever is asked for."""
    fails_from: int | None = None
    """The page from which on the gateway says that it failed."""
    claimed: int | None = None
    """How many rows the paging element says there are; None: the truth."""
    has_control_characters: bool = False
    names_host: bool = False
    """Whether addresses of articles begin with ``//`` and the host."""
    dates_apart: bool = False
    """Whether the date of a row is an item of its own."""
    form: Literal["hex", "numbers"] = "hex"

    def answer(self, path: str, query: dict[str, str], base_url: str) -> Page | None:
        """A column page, the gateway's answer, an article or a file, of this column or of one below it."""
        if path == GATEWAY:
            mine = next((each for each in self.walk() if each._data().items() <= query.items()), None)
            answer = mine._block(query, base_url) if mine else _failure("参数错误")
            # The gateway does not escape what editors paste.
            text = json.dumps(answer, ensure_ascii=False).replace("\\u000b", "\x0b").replace("\\u0001", "\x01")
            return Page(text.encode(), JSON)
        return next((page for each in self.walk() if (page := each._page(path, query, base_url))), None)

    def walk(self) -> Iterator["JpaasColumn"]:
        """The column and all below it."""
        yield self
        for child in self.children:
            yield from child.walk()

    def article_path(self, posting: Posting) -> str:
        """The address of an article: the year and a hash, or the older platform's."""
        day = posting.published_on
        if self.form == "numbers":
            return f"/art/{day.year}/{day.month}/{day.day}/art_1229_{posting.id}.html"
        return f"{self.path}art/{day.year}/art_{_hex(str(posting.id))}.html"

    def _data(self) -> dict[str, str]:
        return {
            "parseType": "bulidstatic",  # the platform's spelling
            "webId": "3185",
            "tplSetId": _hex("template")[:21],
            "pageType": "column",
            "tagId": "信息列表",
            "pageId": _hex(self.path),
        }

    def _page(self, path: str, query: dict[str, str], base_url: str) -> Page | None:
        if path in (self.path, f"{self.path}index.html"):
            return Page(self._column(base_url).encode(), HTML, newest(self.postings))
        for posting in self.postings:
            if path == self.article_path(posting):
                return Page(self._article(posting).encode(), HTML, posting.modified)
            if posting.has_pdf and path == _DOWNLOAD and query.get("fileUrl") == _file(posting):
                return posting.file()
        return None

    def _block(self, query: dict[str, str], base_url: str) -> dict[str, Any]:
        # pageNo and rows in the query itself are not read.
        asked = json.loads(query.get("paramJson", "{}"))
        number, size = int(asked.get("pageNo", 1)), int(asked.get("pageSize", self.page_size))
        if self.repeats:
            number, size = 1, self.page_size
        if self.fails_from is not None and number >= self.fails_from:
            return _failure("系统繁忙")
        shown = self.postings[(number - 1) * size : number * size]
        html = self._rows(shown, base_url) + self._pager(number) if shown or number == 1 else ""
        return {"success": True, "code": "200", "message": "", "data": {"html": html}}

    def _rows(self, postings: list[Posting], base_url: str) -> str:
        host = base_url.partition(":")[2] if self.names_host else ""
        items = "".join(self._row(host + self.article_path(each), each) for each in postings)
        return f'<div class="page-content"><ul>{items}</ul></div>'

    def _row(self, href: str, posting: Posting) -> str:
        title = escape(posting.listed_title)
        if self.has_control_characters:
            title = f"{title[:4]}\x0b{title[4:]}\x01"
        link = f'<a class="bt-left" title="{title}" target="_blank" href="{href}">{title[:18]}…</a>'
        if self.dates_apart:
            return (
                f'<li class="nav04Left02_content">{link}</li>'
                f'<li class="nav04Left02_contenttime">{posting.published_on}</li>'
            )
        return f'<li class="clearfix">{link}<span class="bt-right">[{posting.published_on}]</span></li>'

    def _pager(self, number: int) -> str:
        """The paging element; small columns have none."""
        count = len(self.postings) if self.claimed is None else self.claimed
        if math.ceil(count / self.page_size) < 2:
            return ""
        return (
            f'<div class="pagination" unitid="信息列表" count="{count}" rows="{self.page_size}" pageNo="{number}" '
            f'unitUrl="{GATEWAY}" queryData="{_quoted(self._data())}"></div>'
        )

    def _column(self, base_url: str) -> str:
        if self.block != "script":
            shown = self.postings[: self.page_size] if self.block == "inline" else []
            block = self._rows(shown, base_url) + self._pager(1)
        else:
            query = {**self._data(), "editType": "null"}
            block = (
                f'<script id="{_hex("unit" + self.path)}" src="/cms_files/default/script/unitbuild.js?v=4.3.0" '
                f'url="{GATEWAY}" queryData="{_quoted(query)}"></script>'
            )
        folders = "".join(self._folder(child, base_url) for child in self.children)
        return f"""<!DOCTYPE html>
<html><head><meta charset="utf-8"><meta name="ColumnName" content="{self.name}"><title>{self.name}</title></head>
<body><div class="crumb"><a href="/">首页</a> &gt; {self.name}</div>
{folders}
<div class="list">{block}</div>
<script url="/api-gateway/jpaas-web-server/front/visit" queryData="{{'siteId':'3185'}}"></script>
<div class="footer">本网站为演示用途搭建的模拟网站</div></body></html>"""

    def _folder(self, child: "JpaasColumn", base_url: str) -> str:
        if self.is_hub:
            return (
                f'<div class="xxgk-zcnr"><h3>{child.name}</h3>'
                f'<a class="xxgk_more" href="{child.path}index.html">更多</a>'
                f"{child._rows(child.postings[:1], base_url)}</div>"
            )
        return f'<li><a href="{child.path}index.html">{child.name}</a></li>'

    def _article(self, posting: Posting) -> str:
        name, title = f"{posting.title}.pdf", escape(posting.title)
        link = f'<a href="{file_address(posting)}" target="_blank">{name}</a>'
        return f"""<!DOCTYPE html>
<html><head><meta charset="utf-8"><meta name="ArticleTitle" content="{title}">
<meta name="PubDate" content="{posting.published_at:%Y-%m-%d %H:%M}"><meta name="ColumnName" content="{self.name}">
<meta name="ContentSource" content="{posting.publisher}"><title>{title}</title></head>
<body><div class="info"><label>发 布 机 构：</label><div class="display-block">{posting.publisher}</div>
<label>发 布 日 期：</label><div class="display-block">{posting.published_on}</div></div>
<h1>{title}</h1>
<div class="art-con" id="zoom">
{posting.body(link)}
</div></body></html>"""


def file_address(posting: Posting) -> str:
    """The address of an article's PDF: a script that takes the path."""
    return f"{_DOWNLOAD}?fileUrl={_file(posting)}"


def _file(posting: Posting) -> str:
    return f"/cms_files/jcms1/web3185/site/attach/0/{_hex(f'file {posting.id}')}.pdf"


def _hex(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _quoted(data: dict[str, str]) -> str:
    """An object in an attribute: with single quotes, as the platform's script expects."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace('"', "'")


def _failure(message: str) -> dict[str, Any]:
    return {"success": False, "code": "500", "message": message, "data": None}
