"""Site-label portals: columns whose list is asked for as fragments, and columns that show a chosen year's report."""

import re
from dataclasses import dataclass
from html import escape
from typing import Literal

from simulator.portals import HTML, Page
from simulator.postings import Posting, newest

NOTHING = "暂无相关信息"


@dataclass(frozen=True)
class Organ:
    """An agency with its number, what stands in its list ``category``, and the year that each report is chosen by."""

    id: int
    name: str
    postings: list[Posting]
    category: int = 7065111

    def by_year(self) -> dict[int, Posting]:
        """The reports by their years, the newest first."""
        reports = {posting.report.year: posting for posting in self.postings if posting.report is not None}
        return dict(sorted(reports.items(), reverse=True))


@dataclass(frozen=True)
class SiteLabelPortal:
    """A portal, mounted below ``mount``. ``template`` is the file that lists are made with; it differs by site.

    A fragment is given only for the right site, organ, category and template, else an empty one. ``states_call``: how
    the column's page says where its list is asked for; ``shows_rows``: whether it holds the first rows itself.
    """

    organs: tuple[Organ, ...]
    mount: str = ""
    site_id: int = 6786551
    template: str = "/xxgk/publicInfoList_newest2020"
    page_size: int = 15
    states_call: Literal["settings", "address", "nothing"] = "settings"
    shows_rows: bool = False
    claimed_pages: int | None = None
    ignores_page_index: bool = False
    says_nothing: bool = True
    """Whether an empty list, or a year without report, says so."""
    offers_years: bool = True
    ignores_year: bool = False

    def answer(self, path: str, query: dict[str, str], base_url: str) -> Page | None:
        """A column, a fragment of a list, an article or a file."""
        if not path.startswith(f"{self.mount}/"):
            return None
        inner = path.removeprefix(self.mount)
        if inner == "/site/label/8888":
            return self._fragment(query)
        if match := re.fullmatch(r"/public/column/(\d+)", inner):
            organ = next((each for each in self.organs if each.id == int(match[1])), None)
            return self._column(organ, query) if organ else None
        for organ in self.organs:
            for posting in organ.postings:
                if inner == f"/public/{organ.id}/{posting.id}.html":
                    return Page(self._article(posting).encode(), HTML, posting.modified)
                if posting.has_pdf and inner == _file_path(posting):
                    return posting.file()
        return None

    def _column(self, organ: Organ, query: dict[str, str]) -> Page:
        if query.get("type") == "3":
            return self._yearly(organ, query.get("timeFrame", ""))
        rows = self._rows(organ, 1) if self.shows_rows else ""
        body = f"""<div class="nav"><a href="{self.mount}/public/column/{organ.id}?type=2">公开指南</a></div>
<div class="xxgk_navlist" id="list">{rows}</div>
<script>{self._call(organ, query.get("catId", ""))}</script>"""
        return Page(self._page(organ.name, body).encode(), HTML, newest(organ.postings))

    def _call(self, organ: Organ, category: str) -> str:
        postings = -(-len(organ.postings) // self.page_size)
        pages = f"$('#page').page({{pageCount:{self.claimed_pages or postings},pageIndex:1}});"
        other = "Ls.ajax({labelName: 'publicColumnList', siteId: '1', file: '/xxgk/other'});"
        if self.states_call == "settings":
            settings = (
                f"labelName: 'publicInfoList', siteId: '{self.site_id}', organId: {organ.id}, type: '4', "
                f"catId: '{category}', result: '{NOTHING}', file: '{self.template}'"
            )
            return f"{other} Ls.ajax({{url: '{self.mount}/site/label/8888', {settings}}}); {pages}"
        if self.states_call == "address":
            query = (
                f"IsAjax=1&amp;dataType=html&amp;labelName=publicInfoList&amp;siteId={self.site_id}&amp;pageSize=15"
                f"&amp;pageIndex=1&amp;organId={organ.id}&amp;type=4&amp;catId={category}&amp;file={self.template}"
            )
            return f"{other} $('#list').load('{self.mount}/site/label/8888?{query}'); {pages}"
        return f"{other} {pages}"

    def _fragment(self, query: dict[str, str]) -> Page:
        organ = next((each for each in self.organs if str(each.id) == query.get("organId")), None)
        asked = (query.get("siteId"), query.get("catId"), query.get("file"), query.get("labelName"))
        right = (str(self.site_id), str(organ.category if organ else ""), self.template, "publicInfoList")
        if organ is None or asked != right:
            return Page(b"", HTML)
        rows = self._rows(organ, 1 if self.ignores_page_index else int(query.get("pageIndex", "1")))
        nothing = f'<div class="xxgk_none">{NOTHING}</div>' if self.says_nothing else ""
        return Page((rows or nothing).encode(), HTML)

    def _rows(self, organ: Organ, number: int) -> str:
        shown = organ.postings[(number - 1) * self.page_size : number * self.page_size]
        return "\n".join(
            f'<div class="xxgk_navli"><a href="{self.mount}/public/{organ.id}/{posting.id}.html" '
            f'title="{escape(posting.listed_title)}" target="_blank">{posting.listed_title[:20]}</a>'
            f'<span class="date">{posting.published_on}</span></div>'
            for posting in shown
        )

    def _yearly(self, organ: Organ, year: str) -> Page:
        reports = organ.by_year()
        newest_year = next(iter(reports), None)
        chosen = int(year) if year.isdigit() and not self.ignores_year else newest_year
        posting = reports.get(chosen or 0)
        address = f"{self.mount}/public/column/{{}}?type=3&amp;nav=5&amp;sub=3"
        organs = "".join(f'<li><a href="{address.format(each.id)}">{each.name}</a></li>' for each in self.organs)
        years = "".join(f'<option value="{each}">{each}年</option>' for each in reports) if self.offers_years else ""
        nothing = NOTHING if self.says_nothing else ""
        shown = self._report(posting) if posting else f'<div class="xxgk_none">{nothing}</div>'
        body = f"""<ul class="organs">{organs}</ul>
<select id="timeFrame">{years}</select>
<script>var result = '{NOTHING}';</script>
{shown}"""
        return Page(self._page(organ.name, body).encode(), HTML, posting.modified if posting else None)

    def _report(self, posting: Posting) -> str:
        return f"""<h2 class="xxgk_title">{escape(posting.title)}</h2>
<div class="info">发布日期：{posting.published_on}</div>
<div class="j-fontContent">
{posting.body(self._link(posting))}
</div>"""

    def _page(self, organ: str, body: str) -> str:
        return f"""<!DOCTYPE html>
<html><head><meta charset="utf-8"><meta name="SiteName" content="石笋区人民政府">
<meta name="SiteId" content="{self.site_id}">
<title>{organ}政府信息公开年报_石笋区人民政府</title>
<link rel="stylesheet" href="/assets/css/xxgk.css"><script src="/assets/js/jquery-1.11.3.min.js"></script>
<script src="/assets/js/ls.page.js"></script></head>
<body><h1><a href="/">石笋区人民政府政府信息公开</a></h1>
{body}
<div class="footer">本网站为演示用途搭建的模拟网站，所载机关均为虚构，数据仅供演示，请勿引用</div></body></html>"""

    def _article(self, posting: Posting) -> str:
        title = escape(posting.title)
        return f"""<!DOCTYPE html>
<html><head><meta charset="utf-8"><meta name="ArticleTitle" content="{title}">
<meta name="PubDate" content="{posting.published_at:%Y-%m-%d %H:%M}">
<meta name="ContentSource" content="{posting.publisher}"><title>{title}</title></head>
<body><table class="xxgk_table"><tr><th>发布机构</th><td>{posting.publisher}</td></tr>
<tr><th>发布日期</th><td>{posting.published_on}</td></tr></table>
<h1>{title}</h1>
<div class="j-fontContent">
{posting.body(self._link(posting))}
</div></body></html>"""

    def _link(self, posting: Posting) -> str:
        name = f"{posting.title}.pdf"
        return f'<a href="{self.mount}{_file_path(posting)}" title="{name}">{name}</a>'


def _file_path(posting: Posting) -> str:
    return f"/group6/M00/0A/{posting.id % 256:02X}/wKgB{posting.id:012d}.pdf"
