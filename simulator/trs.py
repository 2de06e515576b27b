"""Columns of the TRS content manager: relative links, ``index_1.html`` as second page, folders by year and issuer."""

import math
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from html import escape
from typing import Literal

from simulator import trs_rows
from simulator.portals import HTML, HTML_WITHOUT_CHARSET, Page
from simulator.postings import Posting, newest
from simulator.trs_rows import Markup

_LIST = re.compile(r"(?:index(?:_([1-9]\d*))?\.(s?html?))?")

Paging = Literal["pages", "records", "count_page", "none"]


@dataclass(frozen=True)
class TrsColumn:
    """A column at ``path`` (ends in a slash): the articles it holds, columns below it, and how it pages.

    ``elsewhere`` are rows for articles that live in another column's folder; ``claimed_pages`` is what the script says
    where that isn't the truth, ``past_end`` what stands at the addresses it then makes up.
    """

    path: str
    name: str
    postings: list[Posting] = field(default_factory=list)
    children: tuple["TrsColumn", ...] = ()
    elsewhere: tuple[tuple[str, Posting], ...] = ()
    """(path of the folder it lives in, the article)"""
    strangers: tuple[tuple[str, str], ...] = ()
    """Rows that lead to another host: (title, address)."""
    page_size: int = 15
    paging: Paging = "pages"
    claimed_pages: int | None = None
    past_end: Literal["stub", "404"] = "404"
    repeats_rows_in_comments: bool = False
    charset: Literal["utf-8", "gb2312"] = "utf-8"
    markup: Markup = "list"
    extension: Literal["html", "htm", "shtml"] = "html"
    filed_on: date | None = None
    """The day of a migration, which then stands in every article's address."""

    def answer(self, path: str, query: dict[str, str], base_url: str) -> Page | None:
        """A list page, an article or an attachment of this column or of one below it."""
        if not path.startswith(self.path):
            return None
        inner = path.removeprefix(self.path)
        if (match := _LIST.fullmatch(inner)) and match[2] in (None, self.extension):
            return self._list(int(match[1] or 0))
        for posting in self.postings:
            if path == self.article_path(posting):
                return self._page(self._article(posting), posting)
            if posting.has_pdf and path == posixpath.join(posixpath.dirname(self.article_path(posting)), _pdf(posting)):
                return posting.file()
        answers = (child.answer(path, query, base_url) for child in self.children)
        return next((page for page in answers if page is not None), None)

    def article_path(self, posting: Posting) -> str:
        """The address of an article that lives in this column."""
        return self._path_in(self.path, posting)

    def _path_in(self, folder: str, posting: Posting) -> str:
        """Month and day of filing, then the article's number."""
        day = self.filed_on or posting.published_on
        return f"{folder}{day:%Y%m}/t{day:%Y%m%d}_{posting.id}.{self.extension}"

    def walk(self) -> Iterator["TrsColumn"]:
        """The column and all below it."""
        yield self
        for child in self.children:
            yield from child.walk()

    def _page(self, text: str, posting: Posting | None = None) -> Page:
        modified = posting.modified if posting else newest(self.postings)
        if self.charset == "gb2312":  # says GB2312 but uses the larger set, and the server names none
            return Page(text.encode("gbk"), HTML_WITHOUT_CHARSET, modified)
        return Page(text.encode(), HTML, modified)

    def _rows(self) -> list[tuple[str, str, str]]:
        rows = [(self.article_path(each), each) for each in self.postings]
        rows += [(self._path_in(folder, each), each) for folder, each in self.elsewhere]
        rows.sort(key=lambda row: (row[1].published_on, row[1].id), reverse=True)
        own = [(self._relative(target), each.listed_title, str(each.published_on)) for target, each in rows]
        return [(url, title, "2024-02-01") for title, url in self.strangers] + own

    def _relative(self, target: str) -> str:
        relative = posixpath.relpath(target, self.path)
        return relative if relative.startswith("../") else f"./{relative}"

    def _list(self, number: int) -> Page | None:
        rows = self._rows()
        pages = max(math.ceil(len(rows) / self.page_size), 1)
        if number >= pages:
            is_stub = self.past_end == "stub" and number < (self.claimed_pages or pages)
            return self._page(_STUB) if is_stub else None
        shown = rows[number * self.page_size : (number + 1) * self.page_size]
        items = trs_rows.rows(self.markup, shown)
        comment = f"<!--{items}-->\n" if self.repeats_rows_in_comments else ""
        folders = "".join(
            f'<li><a href="{self._relative(child.path)}/">{child.name}</a></li>\n' for child in self.children
        )
        return self._page(f"""<!DOCTYPE html>
<html><head><meta charset="{self.charset}"><meta name="ColumnName" content="{self.name}">
<meta name="ColumnType" content="政府信息公开年报"><title>{self.name}</title></head>
<body><div class="crumb"><a href="/">首页</a> &gt; {self.name}</div>
<ul class="nav">
{folders}</ul>
{comment}{items}
<div class="page">{self._script(number, self.claimed_pages or pages, len(rows))}</div>
<div class="footer">主办：{self.name}编辑部
本网站为演示用途搭建的模拟网站，所载机关除注明者外均为虚构，数据仅供演示，请勿引用</div>
</body></html>""")

    def _script(self, current: int, pages: int, records: int) -> str:
        scripts = {
            "pages": f'createPageHTML({pages}, {current}, "index", "{self.extension}");',
            "records": f'createPageHTML({records}, {pages}, {current}, "index", "{self.extension}");',
            "count_page": f"var currentPage={current}; var countPage = {pages};",
            "none": "",
        }
        return f"<script>{scripts[self.paging]}</script>" if scripts[self.paging] else ""

    def _article(self, posting: Posting) -> str:
        name = f"{posting.title}.pdf"
        link = f'<a href="./{_pdf(posting)}" title="{name}" appendix="true" target="_blank">{name}</a>'
        title = escape(posting.title)
        return f"""<!DOCTYPE html>
<html><head><meta charset="{self.charset}"><meta name="SiteName" content="{posting.publisher}">
<meta name="ArticleTitle" content="{title}"><meta name="PubDate" content="{posting.published_at:%Y-%m-%d %H:%M}">
<meta name="ContentSource" content="{posting.publisher}"><meta name="ColumnName" content="{self.name}">
<title>{title}</title></head>
<body><div class="crumb">当前位置：<a href="/">首页</a> &gt; <a href="../">{self.name}</a></div>
<ul class="info"><li>发布机构：{posting.publisher}</li><li>发布日期：{posting.published_on}</li></ul>
<h1>{title}</h1>
<div class="view TRS_UEDITOR"><div class="TRS_Editor">
{posting.body(link)}
</div></div></body></html>"""


def _pdf(posting: Posting) -> str:
    return f"P0{posting.published_on:%Y%m%d}{posting.id:012d}.pdf"


_STUB = "<html><head><title>列表</title></head><body><ul class='list'></ul></body></html>"
