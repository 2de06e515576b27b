"""Columns of static pages as several platforms write them: one list markup, and what each does with addresses."""

import hashlib
import math
import posixpath
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import ClassVar, Literal

from simulator.portals import HTML, Page
from simulator.postings import Posting, newest


@dataclass(frozen=True)
class StaticColumn:
    """A column whose first page is at ``path``, its articles as listed, and the columns that it links to."""

    path: str
    name: str
    postings: list[Posting]
    children: tuple["StaticColumn", ...] = ()
    page_size: int = 15

    has_metas: ClassVar[bool] = True
    container: ClassVar[str] = "TRS_Editor"

    @property
    def pages(self) -> int:
        """How many list pages there are."""
        return max(math.ceil(len(self.postings) / self.page_size), 1)

    @property
    def link(self) -> str:
        """The address by which other pages link to the column."""
        return self.path

    def answer(self, path: str, query: dict[str, str], base_url: str) -> Page | None:
        """A list page, an article or an attachment of this column or of one that it links to."""
        for number in range(1, self.pages + 1):
            if path in self.list_paths(number):
                return Page(self._list(number).encode(), HTML, newest(self.postings))
        for posting in self.postings:
            if path == self.article_path(posting):
                return Page(self._article(posting).encode(), HTML, posting.modified)
            if posting.has_pdf and path == self._file_path(posting):
                return posting.file()
        answers = (child.answer(path, query, base_url) for child in self.children)
        return next((page for page in answers if page is not None), None)

    def list_paths(self, number: int) -> tuple[str, ...]:
        """The addresses of a list page, counted from 1."""
        raise NotImplementedError

    def article_path(self, posting: Posting) -> str:
        """The address of an article."""
        raise NotImplementedError

    def paging(self, number: int) -> str:
        """What a list page says and links to of the others."""
        return ""

    def row(self, posting: Posting) -> str:
        """An article as listed: its title cut, whole in the hint."""
        return row(self.article_path(posting), posting.listed_title, str(posting.published_on))

    def _list(self, number: int) -> str:
        shown = self.postings[(number - 1) * self.page_size : number * self.page_size]
        rows = "\n".join(self.row(posting) for posting in shown)
        below = "".join(f'<li><a href="{child.link}">{child.name}</a></li>\n' for child in self.children)
        return f"""<!DOCTYPE html>
<html><head><meta charset="utf-8"><meta name="ColumnName" content="{self.name}"><title>{self.name}</title></head>
<body><div class="crumb"><a href="/">首页</a> &gt; <a href="/zwgk/zcwj/">政策文件</a> &gt; {self.name}</div>
<ul class="nav">{below}</ul>
<ul class="list">
{rows}
</ul>
<div class="pagination">{self.paging(number)}</div>
<div class="footer">本网站为演示用途搭建的模拟网站，所载机关均为虚构，数据仅供演示，请勿引用</div></body></html>"""

    def _article(self, posting: Posting) -> str:
        title = escape(posting.title)
        link = f'<a href="{posixpath.basename(self._file_path(posting))}" title="{title}.pdf">{title}</a>'
        metas = f"""<meta name="ArticleTitle" content="{title}">
<meta name="PubDate" content="{posting.published_at:%Y-%m-%d %H:%M}">
<meta name="ContentSource" content="{posting.publisher}">"""
        return f"""<!DOCTYPE html>
<html><head><meta charset="utf-8">{metas if self.has_metas else ""}<title>{title}</title></head>
<body><div class="crumb"><a href="/">首页</a> &gt; {self.name}</div><h1>{title}</h1>
<div class="info">发布机构：{posting.publisher} 发布日期：{posting.published_on}</div>
<div class="{self.container}">
{posting.body(link)}
</div></body></html>"""

    def _file_path(self, posting: Posting) -> str:
        return posixpath.join(posixpath.dirname(self.article_path(posting)), f"P0{posting.id:020d}.pdf")


def row(href: str, title: str, day: str) -> str:
    """A list row as most platforms write it."""
    shown = title if len(title) <= 20 else f"{title[:20]}…"
    return (
        f'<li><a href="{href}" title="{escape(title)}" target="_blank">{shown}</a><span class="time">{day}</span></li>'
    )


@dataclass(frozen=True)
class HbUuidColumn(StaticColumn):
    """Hebei: everything is named by UUID; what was imported anew has the day of the import in its address.

    ``announced`` pages are only spoken of: no source has seen where they are.
    """

    page_size: int = 1000
    announced: int = 1
    imported_on: date = date(2023, 8, 21)

    def list_paths(self, number: int) -> tuple[str, ...]:
        """The index page only."""
        return (f"{self.path}index.html",)

    def article_path(self, posting: Posting) -> str:
        """Month and day of filing, then the article's own UUID."""
        day = max(posting.published_on, self.imported_on)
        return f"{self.path}{day:%Y%m}/{day:%d}/{named_uuid(posting.id)}.html"

    def paging(self, number: int) -> str:
        """A number of pages without links to them."""
        return f"共{self.announced}页"

    def row(self, posting: Posting) -> str:
        """Day and time stand without a blank between them."""
        return row(self.article_path(posting), posting.listed_title, f"{posting.published_at:%Y-%m-%d%H:%M}")


@dataclass(frozen=True)
class ShhexColumn(StaticColumn):
    """Shanghai: flat columns, pages counted from one, archives of one year beside the column; no metas on articles.

    The rows stand a second time in a comment, there with addresses that lead nowhere.
    """

    has_metas: ClassVar[bool] = False
    container: ClassVar[str] = "Article_content"

    def list_paths(self, number: int) -> tuple[str, ...]:
        """``index.html`` and the folder, then ``index_2.html``."""
        return (self.path, f"{self.path}index.html") if number == 1 else (f"{self.path}index_{number}.html",)

    def article_path(self, posting: Posting) -> str:
        """The day, then thirty-two hexadecimal digits."""
        return f"{self.path}{posting.published_on:%Y%m%d}/{named_hex(posting.id)}.html"

    def paging(self, number: int) -> str:
        """The paging script, and the rows once more as they were."""
        stale = row(f"{self.path}20190101/{'0' * 32}.html", "沃泽市旧区2023年政府信息公开工作年度报告", "2019-01-01")
        script = f'$(".pagination").pagination({{ totalPage: {self.pages}, currentPage: {number} }});'
        return f"<!-- <ul>{stale}</ul> --><script>{script}</script>"


@dataclass(frozen=True)
class VisualsiteColumn(StaticColumn):
    """Sites of ``.htm`` pages: the column is ``{slug}.htm``, of its N pages the second is ``{slug}/{N-1}.htm``.

    ``by_name``: articles lie below the column by name, not under ``/info/``.
    """

    by_name: bool = False

    def list_paths(self, number: int) -> tuple[str, ...]:
        """The column's page, then numbers counted down to one."""
        return (self.path,) if number == 1 else (f"{self._stem}/{self.pages - number + 1}.htm",)

    def article_path(self, posting: Posting) -> str:
        """By number under ``/info/``, or by name."""
        return f"{self._stem}/bg{posting.id}.htm" if self.by_name else f"/info/1042/{posting.id}.htm"

    def paging(self, number: int) -> str:
        """Links to the next page and the last."""
        if number == self.pages:
            return ""
        return f'<a href="{self.list_paths(number + 1)[0]}">下页</a><a href="{self._stem}/1.htm">尾页</a>'

    @property
    def _stem(self) -> str:
        return self.path.removesuffix(".htm")


@dataclass(frozen=True)
class SxLongidColumn(StaticColumn):
    """Shaanxi: pages ``1.html``, ``2.html``; nothing at the folder itself. ``shows_report``: a column of one article
    shows it in the list's place."""

    shows_report: bool = False
    container: ClassVar[str] = "m-txt-article"

    @property
    def link(self) -> str:
        """The first page: there is nothing at the folder itself."""
        return f"{self.path}1.html"

    def list_paths(self, number: int) -> tuple[str, ...]:
        """Named by number."""
        return () if self.shows_report else (f"{self.path}{number}.html",)

    def article_path(self, posting: Posting) -> str:
        """Nineteen digits, or the place of the first list page."""
        return f"{self.path}1.html" if self.shows_report else f"{self.path}{17 * 10**17 + posting.id}.html"

    def paging(self, number: int) -> str:
        """The script that knows the number of pages."""
        return f"<script>var total_page = parseInt('{self.pages}'); var page = parseInt('{number}');</script>"


@dataclass(frozen=True)
class GxTidColumn(StaticColumn):
    """Guangxi: pages as TRS numbers them; the number of an article may look like a day and is none."""

    def list_paths(self, number: int) -> tuple[str, ...]:
        """``index.shtml`` and the folder, then ``index_1.shtml``."""
        return (self.path, f"{self.path}index.shtml") if number == 1 else (f"{self.path}index_{number - 1}.shtml",)

    def article_path(self, posting: Posting) -> str:
        """A number of seven or eight digits."""
        return f"{self.path}t{posting.id + 12_000_000}.shtml"

    def paging(self, number: int) -> str:
        """The paging script of TRS."""
        return f'<script>createPageHTML({self.pages}, {number - 1}, "index", "shtml");</script>'


@dataclass(frozen=True)
class AnyColumn(StaticColumn):
    """A column of no platform in particular: ``shape`` makes an article's address from column and article; ``second``
    is the number in the name of the second page, or ``link`` where only a link leads there."""

    shape: Callable[[str, Posting], str] = lambda path, posting: (
        f"{path}{posting.published_on:%Y%m%d}/i{posting.id}.html"
    )
    second: Literal[1, 2, "link"] = 1
    extension: str = "html"

    def list_paths(self, number: int) -> tuple[str, ...]:
        """The folder, with its final slash or without, and its index page; then as the column numbers them."""
        if number == 1:
            return self.path, self.path.rstrip("/"), f"{self.path}index.{self.extension}"
        name = f"more-{number}" if self.second == "link" else f"index_{number - 2 + self.second}"
        return (f"{self.path}{name}.{self.extension}",)

    def article_path(self, posting: Posting) -> str:
        """As ``shape`` has it."""
        return self.shape(self.path, posting)

    def paging(self, number: int) -> str:
        """A link to the next page, where that is how one gets there."""
        is_linked = self.second == "link" and number < self.pages
        return f'<a href="{self.list_paths(number + 1)[0]}">下一页</a>' if is_linked else ""


@dataclass(frozen=True)
class PostedColumn(AnyColumn):
    """A column of one address, to which the number of a page is posted; asked for without, it shows the first."""

    def list_paths(self, number: int) -> tuple[str, ...]:
        """The one address."""
        return (self.path,) if number == 1 else ()

    def posted(self, path: str, query: dict[str, str], form: dict[str, str]) -> Page | None:
        """The page that the form names; after the last there are no rows."""
        return Page(self._list(int(form["cpage"])).encode(), HTML) if path == self.path else None

    def paging(self, number: int) -> str:
        """The form, and links that fill it in."""
        links = "".join(f"<a href=\"javascript:page('{each}')\">{each}</a>" for each in range(1, self.pages + 1))
        return f'<form method="post"><input type="hidden" name="cpage" value="{number}"></form>{links}'


@dataclass(frozen=True)
class YearPages(StaticColumn):
    """A column of one agency that shows each year's report on a page of its own, linked by the year alone from all."""

    def list_paths(self, number: int) -> tuple[str, ...]:
        """A script that is called by a name."""
        return (f"{self.path}nb.jsp", self.path) if number == 1 else ()

    def article_path(self, posting: Posting) -> str:
        """By the year of the report."""
        assert posting.report is not None
        return f"{self.path}nb_{posting.report.year}.jsp"

    def row(self, posting: Posting) -> str:
        """The year, and no title."""
        assert posting.report is not None
        return f'<li><a href="{self.article_path(posting)}">{posting.report.year}年度</a></li>'

    def _article(self, posting: Posting) -> str:
        years = "".join(self.row(each) for each in self.postings)
        return super()._article(posting).replace("<h1>", f'<ul class="years">{years}</ul><h1>')


def named_uuid(number: int) -> uuid.UUID:
    """The same UUID for the same number."""
    return uuid.uuid5(uuid.NAMESPACE_OID, str(number))


def named_hex(number: int) -> str:
    """The same thirty-two hexadecimal digits for the same number."""
    return hashlib.sha256(str(number).encode()).hexdigest()[:32]
