"""Which publishing platform a column is on, told from its address and its page. Pure: nothing is fetched."""

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from urllib.parse import urljoin, urlsplit

from parsel import Selector
from scrapy.http import HtmlResponse

from crawler import listing
from crawler.dialects import ARTICLE, dialect_of
from extract.identity import read_title

_UUID = "[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"


@dataclass(frozen=True, slots=True)
class Sign:
    """What gives a platform away: a pattern of the column's ``address`` (path and query) or of its ``page``.

    ``rowless``: the page may rightly hold no row, for a script loads them or each organ has a page of its own.
    """

    platform: str
    address: str | None = None
    page: str | None = None
    rowless: bool = False


SIGNS = (
    Sign("gkmlpt", page=r"window\._CONFIG\s*=(?=[\s\S]*\bTREE\s*:)", rowless=True),
    Sign("jpaas", page=r"/api-gateway/jpaas-publish-server/", rowless=True),  # before hanweb, whose words it shares
    Sign("hanweb", r"/col/col\d+/", r"/module/(?:web/)?jpage/|dataproxy\.jsp", rowless=True),
    Sign("site_label", r"/public/column/\d+", r"/site/label/8888", rowless=True),
    Sign(
        "openness",
        r"(?i:/xxgkAnnualReport/?$|/XxgkContent/showList/|/xxgk/openness/)",
        r"(?i:/xxgkAnnualReport/)",
        rowless=True,
    ),
    Sign("hb_uuid", rf"/columns/{_UUID}(?:/|$)"),
)
"""Signs that no other platform shows, the more telling first."""

WEAK_SIGNS = (
    Sign(
        "ucap_hex",
        page=r"(?i)<ucap(?:title|content)\b|createPageHTML\(\s*['\"]page_div['\"]|name=['\"]?channelid",
        rowless=True,
    ),
    Sign("trs", page=r"createPage(?:HTML)?\(\s*['\"]?\d|\bcountPage\s*=|TRS_(?:Editor|UEDITOR)|trs_editor_view"),
    Sign("shhex", page=r"\.pagination\(\s*\{\s*totalPage\s*:"),
    Sign("sx_longid", page=r"\bm-lst\b|\bm-txt-article\b"),
    Sign("visualsite_info", page=r"\bvsb_content|/system/resource/js/"),
)
"""Signs of the page that count only where its articles' addresses tell nothing."""

PLATFORM_OF_SHAPE = {
    "trs": "trs",
    "hanweb": "hanweb",
    "jpaas": "jpaas",
    "nfcms": "gd_nfcms",
    "ucap_hex": "ucap_hex",
    "ucap_c01": "ucap_hex",
    "hb_uuid": "hb_uuid",
    "sh_hex": "shhex",
    "gx_tid": "gx_tid",
    "info": "visualsite_info",
    "snowflake": "sx_longid",
    "openness": "openness",
    "annual_report": "openness",
    "site_label": "site_label",
}
"""Platform by the shape of its articles' addresses; the fallback reads every other shape."""

_EXAMPLES = 3
FALLBACK = "column"
_SID = re.compile(r"\bSID\s*:\s*['\"]?(\d+)")
# Lists that a script unpacks stand in the page as XML.
_CDATA = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
_NO_SITE = re.compile(
    r"(?:法定)?(?:主动公开|政府信息公开|信息公开|政务公开)|(?:工作)?年度?报告?|平台|专栏|目录|首页|门户网站|网$"
)
_COLUMN_NAME = re.compile(r"年报|年度报告|20\d\d年?")


@dataclass(frozen=True, slots=True)
class Recognition:
    """The platform, the sign that gave it away in words, and what the registry needs of a portal on it."""

    platform: str
    sign: str
    base_url: str
    column_url: str | None = None
    sid: str | None = None
    rowless: bool = False


@dataclass(frozen=True, slots=True)
class PageReading:
    """What a page shows: the platform (None: no sign of any), how many annual reports and sub-columns it links to, and
    whose it says to be (empty where it does not). ``examples`` are its first reports as they were read."""

    recognition: Recognition | None
    reports: int
    columns: int
    site: str
    examples: list[dict[str, str | None]] = field(default_factory=list)


def read_page(url: str, text: str) -> PageReading:
    """Read the page of a column, or the index of a gkmlpt instance, that stands at an address."""
    unpacked = "".join(_CDATA.findall(text)) + text
    response = HtmlResponse(url, body=unpacked.encode(), encoding="utf-8")
    rows = {row.url: row for row in listing.rows(response, ARTICLE)}
    links = {url: row.title for url, row in rows.items()} | dict(listing.links(response))
    links = {address: label for address, label in links.items() if urlsplit(address).netloc == urlsplit(url).netloc}
    reports = [address for address, label in links.items() if read_title(label)]
    columns = [address for address, label in links.items() if _is_below(address, url) and _COLUMN_NAME.search(label)]
    recognition = _strong(url, text) or _by_articles(reports or list(links), url)
    recognition = recognition or _weak(url, text) or _by_columns(columns, url)
    days = {url: str(row.published_on) for url, row in rows.items() if row.published_on}
    titles = links | {url: row.title for url, row in rows.items()}
    examples = [{"title": titles[at], "url": at, "published_on": days.get(at)} for at in reports[:_EXAMPLES]]
    return PageReading(recognition, len(reports), len(columns), _site(listing.page_of(response)), examples)


def _site(page: Selector) -> str:
    """The name of the site without the name of the column and of the kind of site."""
    named = page.css("meta[name=SiteName]::attr(content)").get() or page.css("title::text").get() or ""
    parts = (_NO_SITE.sub("", part).strip() for part in re.split(r"[-_|—－–>·]", named))
    return next((part for part in parts if part), "")


def _is_below(address: str, url: str) -> bool:
    folder = urlsplit(urljoin(url, ".")).path
    path = urlsplit(address).path
    return path.startswith(folder) and path not in (folder, urlsplit(url).path)


def _strong(url: str, text: str) -> Recognition | None:
    parts = urlsplit(url)
    address = f"{parts.path}?{parts.query}" if parts.query else parts.path
    for sign in SIGNS:
        if sign.page and (match := re.search(sign.page, text)):
            return _recognition(sign, f"its page holds {match.group()!r}", url, text)
        if sign.address and (match := re.search(sign.address, address)):
            return replace(_recognition(sign, f"its address holds {match.group()!r}", url, text), rowless=False)
    return None


def _weak(url: str, text: str) -> Recognition | None:
    for sign in WEAK_SIGNS:
        if match := re.search(sign.page or "", text):
            return _recognition(sign, f"its page holds {match.group()!r}", url, text)
    return None


def _recognition(sign: Sign, words: str, url: str, text: str) -> Recognition:
    origin = urlsplit(url)._replace(path="", query="", fragment="").geturl()
    if sign.platform != "gkmlpt":
        return Recognition(sign.platform, words, origin, url, rowless=sign.rowless)
    # An instance may be a department's, under a path of its host.
    root, at, _ = url.partition("/gkmlpt")
    sid = _SID.search(text)
    return Recognition("gkmlpt", words, root if at else origin, None, sid[1] if sid else None, rowless=True)


def _by_articles(addresses: list[str], url: str) -> Recognition | None:
    """By the shape that most of the linked articles have."""
    shapes = Counter(shape for address in addresses if (shape := dialect_of(address)))
    if not shapes:
        return None
    ((shape, count),) = shapes.most_common(1)
    sign = Sign(PLATFORM_OF_SHAPE.get(shape, FALLBACK))
    return _recognition(sign, f"{count} of its articles have addresses of the shape {shape!r}", url, "")


def _by_columns(columns: list[str], url: str) -> Recognition | None:
    if not columns:
        return None
    return _recognition(Sign(FALLBACK), f"{len(columns)} sub-columns of reports", url, "")
