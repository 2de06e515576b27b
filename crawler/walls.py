"""Recognising pages with status 200 that stand before the one asked for: captchas, logins, and firewalls that say no.

Many a real page has a login or a search with a captcha in its frame. A page is a wall only where it has nothing else.
"""

import re

from parsel import Selector
from scrapy.http import TextResponse

from crawler.listing import page_of, text_of

_MAX_BYTES = 100_000
# Of a wall's words, and of those of one whose title says what it is: contacts and advice may follow.
_FEW_LETTERS, _SOME_LETTERS = 300, 2000
_SCRIPT_LETTERS = 50
_MAX_LINKS, _MAX_TABLE_ROWS = 10, 5
_HAN = re.compile(r"[\u4e00-\u9fff]|\\u[4-9][0-9a-fA-F]{3}")
# What pages of reports and lists say, also those that hold little else than a file, a picture or no row.
_A_PAGE_OF_OURS = re.compile(r"年度报告|年报|暂无")
_SETS_COOKIE = re.compile(r"document\.cookie\s*=[^=]")
_GOES_AGAIN = re.compile(r"location\s*(?:\.\s*(?:reload|replace|assign)\s*\(|(?:\.\s*href\s*)?=[^=])")
_CAPTCHA = re.compile(r"captcha|vcode|verify_?code|check_?code|yzm|验证码", re.IGNORECASE)
_CHALLENGING = re.compile(
    r"(?:安全|访问|人机|滑动|滑块|身份|行为)验证|验证码|(?:访问|请求|操作)(?:过于|太)?频繁|完成.{0,6}验证"
    r"|Just a moment",
    re.IGNORECASE,
)
_REFUSING = re.compile(
    r"被.{0,8}(?:拦截|阻断)|(?:访问|请求).{0,6}(?:拦截|阻断|被拒绝|被禁止|受限)|防火墙|拒绝访问|禁止访问"
    r"|Access Denied|Request (?:Blocked|Rejected)|Forbidden",
    re.IGNORECASE,
)


def wall(response: TextResponse) -> str | None:
    """What stands in the place of the page, in words; those of a challenge begin so. None for any other page."""
    if len(response.body) > _MAX_BYTES or response.body.lstrip()[:1] in (b"{", b"["):
        return None
    text, page = text_of(response), page_of(response)
    if _is_script(text):
        return "challenge script that sets a cookie and asks again"
    title = " ".join(page.css("title::text").getall()).strip()
    shown = "".join(page.xpath("//body//text()[not(ancestor::script or ancestor::style)]").getall())
    if _holds_something(page) or _A_PAGE_OF_OURS.search(title + shown):
        return None
    letters = len(_HAN.findall(shown))
    said = title if letters <= _SOME_LETTERS else ""
    if max(letters, len(_HAN.findall(text))) <= _FEW_LETTERS:
        if form := _form(page):
            return form
        said += shown
    return _words(said)


def _is_script(text: str) -> bool:
    is_bare = "<a " not in text and len(_HAN.findall(text)) <= _SCRIPT_LETTERS
    return is_bare and bool(_SETS_COOKIE.search(text)) and bool(_GOES_AGAIN.search(text))


def _holds_something(page: Selector) -> bool:
    return len(page.css("a[href]")) > _MAX_LINKS or len(page.css("tr")) > _MAX_TABLE_ROWS


def _form(page: Selector) -> str | None:
    if page.xpath("//input[translate(@type, 'PASWORD', 'pasword') = 'password']"):
        return "a login form instead of the page"
    fields = page.xpath("//input/@name | //input/@id | //input/@placeholder | //img/@src").getall()
    named = next((field for field in fields if _CAPTCHA.search(field)), None)
    return f"challenge page with a captcha ({named[:40]})" if named else None


def _words(said: str) -> str | None:
    if found := _CHALLENGING.search(said):
        return f"challenge page: {found.group()}"
    found = _REFUSING.search(said)
    return f"a refusal with status 200: {found.group()}" if found else None
