"""Guangdong's open-information directory: a script-driven index, a JSON list, articles that hold their text as JSON."""

import json
import re
from dataclasses import dataclass, field
from html import escape
from typing import Any

from simulator.portals import HTML, Page
from simulator.postings import Posting, newest

_LIST = re.compile(r"/api/all/(\d+)")
_ARTICLE = re.compile(r"/content/\d+/\d+/post_(\d+)\.html")
_FILE = re.compile(r"/attachment/0/\d+/\d+/(\d+)\.pdf")


@dataclass(frozen=True)
class GkmlptList:
    """A category and its articles. Windowed: one page is served and 404 after it, though ``post_count`` says more."""

    id: int
    name: str
    postings: list[Posting]
    page_size: int = 100
    windowed: bool = False
    post_count: int | None = None
    """What the list claims; None: the truth."""
    strangers: tuple[tuple[str, str], ...] = ()
    """Rows that lead to another host: (title, address)."""

    @property
    def claimed(self) -> int:
        """The number of posts that list and tree state."""
        return len(self.postings) + len(self.strangers) if self.post_count is None else self.post_count


@dataclass(frozen=True)
class GkmlptInstance:
    """One instance: the host's own (``prefix`` empty) or a department's below a path. ``tree`` makes the nodes.

    Articles of ``text_in_script`` have an empty container: their text stands in the page's script alone.
    """

    sid: str
    site_name: str
    lists: tuple[GkmlptList, ...]
    prefix: str = ""
    jump_path: str | None = None
    """Path of the ordinary column that the node 政府信息公开年报 leads to."""
    text_in_script: frozenset[int] = frozenset()
    _postings: dict[int, Posting] = field(init=False)

    def __post_init__(self) -> None:
        postings = {posting.id: posting for category in self.lists for posting in category.postings}
        object.__setattr__(self, "_postings", postings)

    def answer(self, path: str, query: dict[str, str], base_url: str) -> Page | None:
        """Index, list, article or attachment."""
        if path.startswith(f"{self.prefix}/gkmlpt/"):
            inner = path.removeprefix(f"{self.prefix}/gkmlpt")
            if inner in {"/index", "/"}:
                return Page(self._index(base_url).encode(), HTML)
            if match := _LIST.fullmatch(inner):
                return self._list(int(match[1]), query, base_url)
            if (match := _ARTICLE.fullmatch(inner)) and (posting := self._postings.get(int(match[1]))):
                return Page(self._article(posting, base_url).encode(), HTML, posting.modified)
        if path.startswith(self.prefix) and (match := _FILE.fullmatch(path.removeprefix(self.prefix))):
            posting = self._postings.get(int(match[1]))
            return posting.file() if posting else None
        return None

    def tree(self, base_url: str) -> list[dict[str, Any]]:
        """The nodes: one without children, one that jumps to an ordinary column, one with the lists below it."""
        root = int(self.sid) * 100
        nodes = [_node(root + 1, "机构概况", 0, 0)]
        if self.jump_path is not None:
            nodes.append(_node(root + 2, "政府信息公开年报", 0, 0, jump_url=base_url + self.jump_path))
        lists = [_node(each.id, each.name, root + 3, each.claimed) for each in self.lists]
        nodes.append(_node(root + 3, "法定主动公开内容", 0, 0, children=lists))
        return nodes

    def _index(self, base_url: str) -> str:
        tree = json.dumps(self.tree(base_url), ensure_ascii=False)
        return f"""<!DOCTYPE html>
<html lang="zh-CN"><head><meta charset="UTF-8"><title>{self.site_name}政府信息公开平台</title>
<script>
window._CONFIG = {{
  // 站点
  SITE_NAME: '{self.site_name}政府信息公开平台', SID: '{self.sid}', APP_URL: '{base_url}{self.prefix}/gkmlpt',
  SEARCH_JSONP_URL: 'http://search.gd.gov.cn/jsonp/site/{self.sid}',
  TREE: {tree}, SERVICE_AREA_ID: {self.sid[:3]},
}};
</script></head>
<body><div id="app"><div class="loading">页面加载中...</div></div>
<script src="/static/gkmlpt/js/chunk-common.c1553651.js"></script></body></html>"""

    def _list(self, category_id: int, query: dict[str, str], base_url: str) -> Page | None:
        category = next((each for each in self.lists if each.id == category_id), None)
        number = query.get("page", "1")
        if category is None or not number.isdigit() or query.get("sid", self.sid) != self.sid:
            return None
        page = max(int(number), 1)  # page 0 is page 1
        if category.windowed and page > 1:
            return None
        rows = [self._row(posting, category, base_url) for posting in category.postings]
        rows += [_stranger(i, title, url, category) for i, (title, url) in enumerate(category.strangers)]
        answer = {
            "classify": {**_node(category.id, category.name, 0, category.claimed), "theme_count": category.claimed},
            "articles": rows[(page - 1) * category.page_size : page * category.page_size],
        }
        return Page(json.dumps(answer).encode(), "application/json; charset=utf-8", newest(category.postings))

    def _row(self, posting: Posting, category: GkmlptList, base_url: str) -> dict[str, Any]:
        midnight = posting.published_at.replace(hour=0, minute=0)
        url = base_url + self.article_path(posting)
        return {
            "id": posting.id,
            "title": posting.listed_title,
            "document_number": "",
            "identifier": f"114499000000000000/{posting.published_on.year}-{posting.id % 100000:05d}",
            "publisher": posting.publisher,
            "keywords": "",
            "date": int(midnight.timestamp()),
            "created_at": midnight.strftime("%Y-%m-%d %H:%M:%S"),
            "display_publish_time": int(posting.published_at.timestamp()),
            "abstract": "",
            "classify_main": category.id,
            "classify_main_name": category.name,
            "classify_genre_name": "",
            "classify_theme_name": "",
            "url": url,
            "post_url": url,
            "is_expired": 0,
            "is_abolished": 0,
            "attachment": [],
            "relation": "",
        }

    def article_path(self, posting: Posting) -> str:
        """The address of an article on this instance: the leading numbers are the id without its last digits."""
        return f"{self.prefix}/gkmlpt/content/{posting.id // 10**6}/{posting.id // 1000}/post_{posting.id}.html"

    def _article(self, posting: Posting, base_url: str) -> str:
        body = posting.body(attachment_link(posting, base_url, self.prefix))
        detail = json.dumps(
            {
                "id": posting.id,
                "title": posting.title,
                "publisher": posting.publisher,
                "publish_time": posting.published_at.strftime("%Y-%m-%d %H:%M:%S"),
                "classify_main_name": "政府信息公开年报",
                "attachment": [],
                "content": body,
            },
            ensure_ascii=False,
        )
        # The platform writes markup inside the script with escapes, so that no tag ends it.
        detail = detail.replace("<", "\\u003C").replace(">", "\\u003E").replace('\\"', "\\u0022").replace("/", "\\/")
        tree = json.dumps(self.tree(base_url), ensure_ascii=False)
        shown = "" if posting.id in self.text_in_script else body
        title, day = escape(posting.title), posting.published_on.isoformat()
        return f"""<!DOCTYPE html>
<html lang="zh-CN"><head><meta charset="UTF-8">
<meta name="SiteName" content="{self.site_name}"><meta name="ColumnName" content="政府信息公开年报">
<meta name="ArticleTitle" content="{title}"><meta name="PubDate" content="{day} 09:30">
<title>{title} - {self.site_name}政府信息公开平台</title>
<script>
window._CONFIG = {{
  SID: '{self.sid}',
  DETAIL: {detail}, TREE: {tree},
  SHARE: false
}};
</script></head>
<body><table class="table-classify"><tbody>
<tr><td class="td-label">索引号:</td><td class="td-value">114499000000000000/{posting.id}</td>
<td class="td-label">分类:</td><td class="td-value">政府信息公开年报</td></tr>
<tr><td class="td-label">发布机构:</td><td class="td-value">{posting.publisher}</td>
<td class="td-label">成文日期:</td><td class="td-value">{day}</td></tr>
<tr><td class="td-label">名称:</td><td class="td-value-xl" colspan="3"><span>{title}</span></td></tr>
<tr><td class="td-label">文号:</td><td class="td-value"></td>
<td class="td-label">发布日期:</td><td class="td-value">{day}</td></tr>
</tbody></table>
<h1 class="title document-number">{title}</h1>
<div class="article-content">{shown}</div>
<script src="/static/gkmlpt/js/detail.77ac.js"></script></body></html>"""


def attachment_path(posting: Posting, prefix: str = "") -> str:
    """The address of an article's PDF."""
    number = posting.id // 10
    return f"{prefix}/attachment/0/{number // 1000}/{number}/{posting.id}.pdf"


def attachment_link(posting: Posting, base_url: str, prefix: str = "") -> str:
    """The link to an article's PDF as the editors of this platform write it."""
    href = base_url + attachment_path(posting, prefix)
    name = f"{posting.title}.pdf"
    return f'<a class="nfw-cms-attachment" attachment-id="{posting.id}" href="{href}" alt="{name}">{name}</a>'


def _node(node_id: int, name: str, parent: int, count: int, **more: Any) -> dict[str, Any]:
    return {"id": node_id, "name": name, "parent": parent, "post_count": count, "jump_url": "", "children": [], **more}


def _stranger(position: int, title: str, url: str, category: GkmlptList) -> dict[str, Any]:
    return {
        "id": category.id * 1000 + position,
        "title": title,
        "publisher": "",
        "date": 1706745600,
        "created_at": "2024-02-01 00:00:00",
        "display_publish_time": 1706751000,
        "classify_main": category.id,
        "classify_main_name": category.name,
        "url": url,
        "post_url": "",
        "is_expired": 0,
        "is_abolished": 0,
        "attachment": [],
    }
