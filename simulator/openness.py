"""Openness portals of Anhui, in two generations: lists by organ with articles of 24 digits, and numbered list pages."""

import hashlib
import re
from dataclasses import dataclass, field
from html import escape
from typing import Literal

from simulator.portals import HTML, Page
from simulator.postings import Posting, newest


@dataclass(frozen=True)
class Branch:
    """An agency and its annual reports."""

    name: str
    postings: list[Posting]

    @property
    def id(self) -> str:
        """24 hexadecimal digits, as its database gives them."""
        return object_id(self.name)


@dataclass(frozen=True)
class OpennessPortal:
    """Articles below ``detail``; the start page ``start`` leads to a list for each agency below ``lists``.

    Where real portals have these lists is not known: ``leads_to_lists`` False is one whose pages lead to none.
    """

    branches: tuple[Branch, ...]
    start: str = "/xxgkAnnualReport/"
    lists: str = "/xxgkAnnualReport/"
    detail: str = "/xxgkAnnualReport/detail/"
    news: list[Posting] = field(default_factory=list)
    """Other articles, which the start page lists."""
    page_size: int = 15
    heeds_page: bool = True
    leads_to_lists: bool = True
    shows_dates: bool = True

    def answer(self, path: str, query: dict[str, str], base_url: str) -> Page | None:
        """The start page, a list, an article or a file."""
        branch = next((each for each in self.branches if each.id == query.get("branch_id")), None)
        if path == self.lists and branch is not None:
            return self._list(branch, int(query.get("page", "1")) if self.heeds_page else 1)
        if path == self.start:
            return self._start()
        if path == "/download/":
            found = [posting for posting in self._postings() if object_id(f"file {posting.id}") == query.get("_id")]
            return found[0].file() if found else None
        for posting in self._postings():
            if path == self.article_path(posting):
                link = (
                    f'<a href="/download/?mod=site_attach&amp;_id={object_id(f"file {posting.id}")}">附件：年报.pdf</a>'
                )
                return article(posting, link)
        return None

    def _postings(self) -> list[Posting]:
        return [posting for branch in self.branches for posting in branch.postings]

    def article_path(self, posting: Posting) -> str:
        """The address of an annual report."""
        return f"{self.detail}{object_id(str(posting.id))}.html"

    def _start(self) -> Page:
        links = "".join(
            f'<li><a href="{self.lists}?branch_id={branch.id}">{branch.name}</a></li>' for branch in self.branches
        )
        rows = "".join(
            _row(f"/openness/detail/content/{object_id(str(each.id))}.html", each, True) for each in self.news
        )
        shown = links if self.leads_to_lists else ""
        return page("政府信息公开", f'<ul class="branch">{shown}</ul><ul class="news">{rows}</ul>')

    def _list(self, branch: Branch, number: int) -> Page:
        first = (number - 1) * self.page_size
        shown = branch.postings[first : first + self.page_size]
        rows = "".join(_row(self.article_path(posting), posting, self.shows_dates) for posting in shown)
        body = page(f"{branch.name}政府信息公开年度报告", f'<ul class="openness-list">{rows}</ul>').body
        return Page(body, HTML, newest(branch.postings))


@dataclass(frozen=True)
class NumberedList:
    """The list of an organ's category (0: all that it publishes): ``/XxgkContent/showList/{organ}/{category}/page_n``.

    Annual reports stand below XxgkAnnualReport, all ``others`` below XxgkContent. Whether the former have lists of
    their own, with XxgkAnnualReport as ``folder``, is not known.
    """

    postings: list[Posting]
    others: list[Posting] = field(default_factory=list)
    organ: int = 996
    category: int = 0
    folder: str = "XxgkContent"
    page_size: int = 15
    past_end: Literal["404", "last"] = "404"

    @property
    def path(self) -> str:
        """The address of the first page."""
        return self._page_path(1)

    @property
    def _folder_path(self) -> str:
        return f"/{self.folder}/showList/{self.organ}/{self.category}"

    def _page_path(self, number: int) -> str:
        return f"{self._folder_path}/page_{number}.html"

    def answer(self, path: str, query: dict[str, str], base_url: str) -> Page | None:
        """A page of the list, an article or a file."""
        if match := re.fullmatch(rf"{self._folder_path}/page_([1-9]\d*)\.html", path):
            return self._list(int(match[1]))
        for posting in (*self.postings, *self.others):
            if path == self.article_path(posting):
                return article(posting, f'<a href="{_file_path(posting)}">{posting.title}.pdf</a>')
            if posting.has_pdf and path == _file_path(posting):
                return posting.file()
        return None

    def article_path(self, posting: Posting) -> str:
        """The address of an article."""
        folder = "XxgkContent" if posting in self.others else "XxgkAnnualReport"
        return f"/{folder}/show/{posting.id}.html"

    def _list(self, number: int) -> Page | None:
        everything = sorted((*self.postings, *self.others), key=lambda each: each.published_on, reverse=True)
        last = max(-(-len(everything) // self.page_size), 1)
        if number > last and self.past_end == "404":
            return None
        first = (min(number, last) - 1) * self.page_size
        shown = everything[first : first + self.page_size]
        rows = "".join(
            f'<tr><td class="bt"><a href="{self.article_path(posting)}">{posting.listed_title}</a></td>'
            f'<td class="cwrq">{posting.published_on}</td></tr>'
            for posting in shown
        )
        pages = "".join(f'<a href="{self._page_path(each)}">{each}</a>' for each in sorted({1, min(2, last), last}))
        body = f'<div class="search-list"><table><tbody>{rows}</tbody></table></div><div class="pages">{pages}</div>'
        return page("最新公开", body)


@dataclass(frozen=True)
class NewsList(NumberedList):
    """News of the same portals, where some file their reports: lists by category alone."""

    folder: str = "News"

    @property
    def _folder_path(self) -> str:
        return f"/{self.folder}/showList/{self.category}"

    def article_path(self, posting: Posting) -> str:
        """The address of an article."""
        return f"/{self.folder}/show/{posting.id}.html"


def article(posting: Posting, link: str) -> Page:
    """An article of either generation."""
    title = escape(posting.title)
    body = f"""<h1>{title}</h1>
<div class="info">发布机构：{posting.publisher} 发布日期：{posting.published_on}</div>
<div class="g-detailbox">
{posting.body(link)}
</div>"""
    return Page(page(posting.title, body).body, HTML, posting.modified)


def page(title: str, body: str) -> Page:
    """A page with what stands on all of them."""
    text = f"""<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>{escape(title)}</title><link rel="stylesheet" href="/media/css/openness.css">
</head><body><div class="location"><a href="/">首页</a> &gt; <a href="/openness/">信息公开</a></div>
{body}
<div class="footer">本网站为演示用途搭建的模拟网站，所载机关均为虚构，数据仅供演示，请勿引用</div>
<div class="footer">主办：石笋区人民政府办公室 网站标识码 0000000000 <a href="/sitemap/">网站地图</a></div>
<div class="footer"><a href="/contact/">联系我们</a> <a href="/about/">关于本站</a> <a href="/help/">使用帮助</a></div>
</body></html>"""
    return Page(text.encode(), HTML)


def object_id(name: str) -> str:
    """24 hexadecimal digits; the first eight are a moment of 2022, whatever the article's date."""
    return "61f1f0ed" + hashlib.md5(name.encode(), usedforsecurity=False).hexdigest()[:16]


def _row(path: str, posting: Posting, shows_date: bool) -> str:
    day = f"<span>{posting.published_on}</span>" if shows_date else ""
    return f'<li><a href="{path}" title="{escape(posting.listed_title)}">{posting.listed_title}</a>{day}</li>'


def _file_path(posting: Posting) -> str:
    return f"/uploads/file/{posting.published_on:%Y%m%d}/{posting.id}.pdf"
