"""Guangdong's open-information directory (``…/gkmlpt/index``): a script with the category tree, lists as JSON."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from scrapy.http import TextResponse

from crawler.listing import Row
from crawler.spiders.gd_nfcms import GdNfcmsSpider

_CATEGORY = re.compile(r"信息公开(?:工作)?年(?:度?报|度(?:工作)?报告)|公开年报|年度信息公开报告")
_SID = re.compile(r"\bSID\s*:\s*['\"]?(\d+)")
_DETAIL = re.compile(r"\bDETAIL['\"]?\s*:\s*\{")
_ESCAPED = re.compile(r"%u([0-9a-fA-F]{4})")
_CHINA = timedelta(hours=8)
_EVERYTHING = 0


class GkmlptSpider(GdNfcmsSpider):
    """Lists the annual-report categories of an instance. A category that jumps to an ordinary column is listed there;
    an instance without such a category is searched whole."""

    name = "gkmlpt"
    article_path = re.compile(r"/content/(?:\d+/\d+/)?m?post_\d+\.html$")

    async def start(self) -> Any:
        """Start from the index, which names the categories."""
        root = (self.portal.column_url or self.portal.base_url).partition("/gkmlpt")[0].rstrip("/")
        for request in self.list_request(f"{root}/gkmlpt/index", self.parse_index, root=root):
            yield request

    def parse_index(self, response: TextResponse, *, root: str) -> Iterator[Any]:
        """Requests for the lists of the annual-report categories."""
        sid = _SID.search(response.text)
        tree = embedded_json(response.text, "TREE")
        number = sid[1] if sid else self.portal.sid
        nodes = list(_annual_reports(tree)) or [{"id": _EVERYTHING}]
        for node in nodes:
            if node.get("jump_url"):
                yield from self.column(response.urljoin(node["jump_url"]))
            else:
                address = f"{root}/gkmlpt/api/all/{node['id']}?page={{}}" + (f"&sid={number}" if number else "")
                yield from self.posts(address, 1, root=root, known=set())

    def posts(self, address: str, page: int, **context: Any) -> Iterator[Any]:
        """A page of a category's list."""
        url = address.format(page)
        yield from self.list_request(url, self.parse_posts, page=page, address=address, number=page, **context)

    def parse_posts(
        self, response: TextResponse, *, address: str, number: int, root: str, known: set[int], promised: int = 0
    ) -> Iterator[Any]:
        """Articles of the page, and the next page. ``post_count`` is no sign of the end: many instances show less."""
        answer = _json(response)
        if number == 1:
            if answer is None:
                raise ValueError("the list is not JSON with articles")
            promised = int((answer.get("classify") or {}).get("post_count") or 0)
        fresh = [post for post in (answer or {}).get("articles", []) if post["id"] not in known]
        yield from self.articles(self._row(post, root) for post in fresh)
        known |= {post["id"] for post in fresh}
        if fresh:
            yield from self.posts(address, number + 1, root=root, known=known, promised=promised)
        else:
            self.list_ended({"promised": promised, "known": known})

    def list_ended(self, context: dict[str, Any]) -> None:
        """Count the posts that the category claims and does not list."""
        if "promised" in context:
            self.run.unlisted += max(context["promised"] - len(context["known"]), 0)
        else:
            super().list_ended(context)

    def _row(self, post: dict[str, Any], root: str) -> Row:
        number = int(post["id"])
        built = f"{root}/gkmlpt/content/{number // 10**6}/{number // 1000}/post_{number}.html"
        given = [url for url in (post.get("url"), post.get("post_url")) if url]
        own = [url for url in given if self.on_portal(url)]
        moment = post.get("date") or post.get("display_publish_time")
        day = (datetime.fromtimestamp(int(moment), UTC) + _CHINA).date() if moment else None
        title = _ESCAPED.sub(lambda code: chr(int(code[1], 16)), post.get("title") or "")
        return Row((own or given or [built])[0], title, day, post.get("publisher") or None)

    def article_pages(self, response: TextResponse) -> list[TextResponse]:
        """The page, and what it holds of the article as JSON: its text and its list of attachments."""
        if not _DETAIL.search(response.text):
            return [response]
        try:
            detail = embedded_json(response.text, "DETAIL")
            listed = json.dumps(_listed(detail.get("attachment")), ensure_ascii=False)
        except ValueError as error:  # the article itself is archived and its visible links are known
            self.run.fail(response.url, "parse", f"the article's script cannot be read: {error}")
            return [response]
        body = f'<div class="article-content">{detail.get("content") or ""}</div><script>{listed}</script>'
        return [response.replace(body=body, encoding="utf-8"), response]


def embedded_json(text: str, name: str) -> Any:
    """The JSON value of ``name: …`` inside a script whose object is a JavaScript literal and no JSON.

    Raises ValueError where there is none or it is not JSON.
    """
    match = re.search(rf"\b{name}['\"]?\s*:\s*(?=[\[{{])", text)
    if match is None:
        raise ValueError(f"the page has no {name}")
    return json.JSONDecoder().raw_decode(text, match.end())[0]


def _annual_reports(nodes: list[dict[str, Any]], inside: bool = False) -> Iterator[dict[str, Any]]:
    for node in nodes:
        found = inside or bool(_CATEGORY.search(node.get("name") or ""))
        if found:
            yield node
        yield from _annual_reports(node.get("children") or [], found)


def _json(response: TextResponse) -> dict[str, Any] | None:
    try:
        answer = json.loads(response.text)
    except ValueError:
        return None
    return answer if isinstance(answer, dict) and isinstance(answer.get("articles"), list) else None


def _listed(attachments: Any) -> Any:
    return json.loads(attachments) if isinstance(attachments, str) and attachments.strip() else attachments
