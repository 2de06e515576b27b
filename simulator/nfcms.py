"""Guangdong's ordinary columns: static list pages (``index.html``, then ``index_2.html``) and their articles."""

import re
from dataclasses import dataclass
from html import escape

from simulator.gkmlpt import attachment_link, attachment_path
from simulator.portals import HTML, Page
from simulator.postings import Posting, newest

_LIST = re.compile(r"(?:index(?:_([2-9]|[1-9]\d+))?\.html)?")
_ARTICLE = re.compile(r"content/post_(\d+)\.html")


@dataclass(frozen=True)
class NfcmsColumn:
    """A column at ``path`` (ends in a slash) with its articles in the order listed."""

    path: str
    name: str
    postings: list[Posting]
    page_size: int = 15
    elsewhere: tuple[tuple[str, str], ...] = ()
    """Rows on the first page for articles of another column of the host: (title, path)."""

    def answer(self, path: str, query: dict[str, str], base_url: str) -> Page | None:
        """A list page, an article or an attachment; list pages after the last are not there."""
        for posting in self.postings:
            if posting.has_pdf and path == attachment_path(posting):
                return posting.file()
        if not path.startswith(self.path):
            return None
        inner = path.removeprefix(self.path)
        if match := _LIST.fullmatch(inner):
            return self._list(int(match[1] or 1), base_url)
        match = _ARTICLE.fullmatch(inner)
        for posting in self.postings:
            if match and posting.id == int(match[1]):
                return Page(self._article(posting, base_url).encode(), HTML, posting.modified)
        return None

    def article_path(self, posting: Posting) -> str:
        """The address of an article of the column."""
        return f"{self.path}content/post_{posting.id}.html"

    def _list(self, number: int, base_url: str) -> Page | None:
        shown = self.postings[(number - 1) * self.page_size : number * self.page_size]
        if number > 1 and not shown:
            return None
        listed = [_row(base_url + path, title, "2024-02-01") for title, path in self.elsewhere if number == 1]
        listed += [
            _row(base_url + self.article_path(each), each.listed_title, str(each.published_on)) for each in shown
        ]
        rows = "\n".join(listed)
        last = max(-(-len(self.postings) // self.page_size), 1)
        body = f"""<!DOCTYPE html>
<html><head><meta charset="utf-8"><meta name="ColumnName" content="{self.name}"><title>{self.name}</title></head>
<body><div class="nav"><ul>
<li><a href="{base_url}/">首页</a></li><li><a href="{base_url}/zwgk/">政务公开</a></li></ul></div>
<ul class="i_list">
{rows}
</ul>
<div class="page"><a class="first" href="{base_url}{self.path}index.html">首页</a>
<a class="last" href="{base_url}{self._page_path(last)}">尾页</a></div></body></html>"""
        return Page(body.encode(), HTML, newest(self.postings))

    def _page_path(self, number: int) -> str:
        return f"{self.path}index.html" if number == 1 else f"{self.path}index_{number}.html"

    def _article(self, posting: Posting, base_url: str) -> str:
        body = posting.body(attachment_link(posting, base_url))
        title = escape(posting.title)
        return f"""<!DOCTYPE html>
<html><head><meta charset="utf-8"><meta name="ArticleTitle" content="{title}">
<meta name="PubDate" content="{posting.published_at:%Y-%m-%d %H:%M}">
<meta name="ContentSource" content="{posting.publisher}"><meta name="ColumnName" content="{self.name}">
<title>{title} - {self.name}</title></head>
<body><div class="crumb">当前位置：<a href="{base_url}/">首页</a> &gt;
<a href="{base_url}{self.path}">{self.name}</a></div>
<h1>{title}</h1>
<div class="date">发布时间：{posting.published_at:%Y-%m-%d %H:%M} 信息来源：{posting.publisher}</div>
<div class="article-content">
{body}
</div></body></html>"""


def _row(href: str, title: str, day: str) -> str:
    """A list row. A line break in the title is markup in the text, as the editors typed it, and escaped in the hint."""
    return f'<li><a href="{href}" title="{escape(title)}" target="_blank">{title}</a><span>{day}</span></li>'
