"""Pictures that are the pages of a report: some agencies publish scans of the printed report and nothing else.

Pure functions on article pages.
"""

import re
from collections.abc import Iterator

from lxml import html as lxml_html
from parsel import Selector, SelectorList
from scrapy.http import TextResponse
from w3lib.url import safe_url_string

from crawler.listing import absolute, page_of, text_of

# Where the platforms put the text of an article, the surest first.
_BODIES = (
    "#UCAP-CONTENT, ucapcontent, .trs_editor_view, .TRS_UEDITOR, .TRS_Editor, [id^=vsb_content]",
    "#zoom, #Zoom, #zoomcon, #mainText, #ivs_content, #printContent",
    ".article-content, .article-con, .article-conter, .article-text, .xxgk-content, .content_article, .articleBox",
    ".Article_content, .m-txt-article, .j-fontContent, .art-con, .artile_zw, .wzzw-article, .zc_article_con",
    ".g-detailbox, .detail-content, .pub-detail, .main-txt, .news_cont_d_wrap, .tyxxy_main, .view-content, .article",
    ".content-box, .content-main, .content-body, .content-text, .content",
)
# Hanweb's portals mark where it begins and ends.
_MARKED = re.compile(r"<meta[^>]*ContentStart[^>]*>(?P<body>.*?)<meta[^>]*ContentEnd", re.IGNORECASE | re.DOTALL)
_PICTURE = re.compile(r"\.(?:jpe?g|png|bmp|tiff?|webp)$", re.IGNORECASE)
_ORNAMENT = re.compile(
    r"logo|icon|banner|qr_?code|ewm|erweima|weixin|wechat|share|button|btn|arrow|fileTypeImages|sprite|/common/|/skin/",
    re.IGNORECASE,
)
_LENGTH = re.compile(r"^\s*(\d+)(?:\.\d+)?\s*(?:px)?\s*$")
_STYLED = re.compile(r"(?:^|;)\s*(?:max-)?(?:width|height)\s*:\s*(\d+)(?:\.\d+)?px", re.IGNORECASE)
_NUMBER = re.compile(r"^[\d\s,.]+$")
# A scanned page is larger on any screen, in both directions.
_LEAST_PIXELS = 200
# No report is longer; a page with more pictures is something else.
_MOST_PAGES = 100
# The smallest table of the forms has more figures; that of an article's index number and date has fewer.
_LEAST_FIGURES = 10


def report_pictures(response: TextResponse) -> list[str]:
    """The addresses of the pictures in an article's body, in order and once each, where the page prints no table of
    figures itself; none where they are more than a report has pages."""
    if b"<img" not in response.body.lower() or _has_figures(response):
        return []
    for body in _bodies(response):
        addresses = [_address(response, picture.root) for picture in body.css("img")]
        if found := list(dict.fromkeys(url for url in addresses if url)):
            return found if len(found) <= _MOST_PAGES else []
    return []


def _bodies(response: TextResponse) -> Iterator[Selector | SelectorList[Selector]]:
    """What may be the article's body, the surest first."""
    if marked := _MARKED.search(text_of(response)):
        yield Selector(text=marked["body"] or "<p/>", type="html")
    page = page_of(response)
    yield from (page.css(selector) for selector in _BODIES)


def _has_figures(response: TextResponse) -> bool:
    if "<td" not in text_of(response).lower():
        return False
    cells = page_of(response).css("table td")
    return sum(bool(_NUMBER.match(cell.xpath("string()").get() or "")) for cell in cells) >= _LEAST_FIGURES


def _address(response: TextResponse, picture: lxml_html.HtmlElement) -> str | None:
    """Of a picture that may be a page; pages that load their pictures late name them in an attribute of their own."""
    given = (picture.get(name) or "" for name in ("data-original", "data-src", "src"))
    source = next((each.strip() for each in given if each.strip() and not each.startswith("data:")), "")
    url = absolute(response.url, safe_url_string(source)) if source else None
    if url is None or not _PICTURE.search(url.partition("?")[0]) or _ORNAMENT.search(url) or _is_small(picture):
        return None
    return url


def _is_small(picture: lxml_html.HtmlElement) -> bool:
    stated = [_LENGTH.match(picture.get(name) or "") for name in ("width", "height")]
    lengths = [match[1] for match in stated if match] + _STYLED.findall(picture.get("style") or "")
    return any(int(length) < _LEAST_PIXELS for length in lengths)
