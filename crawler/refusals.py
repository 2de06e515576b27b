"""Recognising answers that are not the page asked for: challenges, refusals and error pages sent with status 200.

Recognised so that they are recorded as what they are. Nothing here tries to get past one.
"""

import re
from urllib.parse import urlsplit

from scrapy.http import Response, TextResponse

from crawler.errors import Refused
from crawler.walls import wall

# 412 and 418 are answers of script and fingerprint firewalls, 521 of another; 403 and 429 say no in so many words.
BLOCKING_STATUSES = frozenset({403, 412, 418, 429, 521})
_CHALLENGE_STATUSES = frozenset({412, 418, 521})
_CHALLENGE_COOKIES = (b"__jsl_clearance",)
_CHALLENGE_SCRIPTS = re.compile(
    rb"__jsl_clearance|__jsluid|document\.cookie\s*=\s*['\"]C3VK=|C3VK=[0-9a-f]+;|\$_ts\s*=\s*window|window\[['\"]\$_ts['\"]\]"
)
# A challenge is a page that holds nothing but its script.
_CHALLENGE_MAX_BYTES = 100_000
_STUB_BYTES = 600
# Some portals say in a few letters that they have no file. Documents of all formats start with signs of their own.
_MESSAGE_BYTES = 64
_FILE_STARTS = (b"%PDF", b"PK", b"\xd0\xcf", b"{\\rtf", b"Rar!", b"7z")
_REFUSAL_TEXTS = ("信息模板页面配置实体不能为空", "您访问的页面不存在", "页面不存在或已")
_REFUSAL_MAX_BYTES = 4000
# 404 as a number of its own: there are streets and documents of that number.
_ERROR_TITLE = re.compile(
    r"<title>[^<]{0,40}(?:(?<![\d第])404(?![\d号])|页面不存在|找不到|无法找到|您访问的页面|Not Found|页面走丢)"
    r"[^<]{0,40}</title>",
    re.IGNORECASE,
)
_SCRIPT_REDIRECT = re.compile(rb"location\s*(?:\.href\s*=|\.replace\s*\(|=)")
_HOME = re.compile(r"^/(?:index\.s?html?)?$")
_MARKUP_START = re.compile(
    rb"^\s*(?:\xef\xbb\xbf)?\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|script)\b", re.I | re.S
)
_TEXT_FILES = (".txt", ".htm", ".html")


def check_answer(response: Response, kind: str, page: int = 1) -> None:
    """Raise Refused where the answer is a challenge, a login or a no (``blocked``), or an error page (``soft404``).

    ``kind`` is that of the request: list, article or attachment. A later page of a list may be a stub: many portals
    end their lists so, and the spider judges it by its rows.
    """
    if reason := challenge(response):
        raise Refused("blocked", reason)
    if response.status == 200:
        if isinstance(response, TextResponse) and (reason := wall(response)):
            raise Refused("blocked", reason)
        reason = _moved(response) or _error_text(response) or _stub(response, kind, page)
        if reason:
            raise Refused("soft404", reason)


def challenge(response: Response) -> str | None:
    """The sign of a firewall's challenge, in words that begin so; None for any other answer."""
    if response.status in _CHALLENGE_STATUSES:
        return f"challenge page of a firewall (HTTP {response.status})"
    if any(cookie in header for header in response.headers.getlist("Set-Cookie") for cookie in _CHALLENGE_COOKIES):
        return f"challenge cookie of a firewall (HTTP {response.status})"
    # A real page may carry the firewall's script too; a challenge is short and has no links.
    is_bare = len(response.body) <= _CHALLENGE_MAX_BYTES and b"<a " not in response.body
    if is_bare and (script := _CHALLENGE_SCRIPTS.search(response.body)):
        return f"challenge script of a firewall ({script.group().decode('latin-1')[:30]})"
    return None


def _moved(response: Response) -> str | None:
    """The error page or the home page, reached by a redirect from another page."""
    assert response.request is not None
    asked = response.request.meta.get("redirect_urls")
    if not asked:
        return None
    path = urlsplit(response.url).path or "/"
    if _HOME.match(path) and not _HOME.match(urlsplit(asked[0]).path or "/"):
        return "redirects to the home page instead of an answer"
    if re.search(r"(?:^|/)(?:404|error|notfound)[^/]*$", path, re.IGNORECASE):
        return f"redirects to an error page ({path})"
    return None


def _error_text(response: Response) -> str | None:
    head = response.body[:_REFUSAL_MAX_BYTES].decode("utf-8", "replace")
    for text in _REFUSAL_TEXTS:
        if text in head and len(response.body) <= _REFUSAL_MAX_BYTES:
            return f"refusal with status 200: {text}"
    if title := _ERROR_TITLE.search(head):
        return f"error page with status 200: {title.group()[7:-8].strip()}"
    return None


def _is_json(response: Response) -> bool:
    named = b"json" in (response.headers.get("Content-Type") or b"").lower()
    return (named or response.body.lstrip()[:2] == b'{"') and response.body.lstrip()[:1] in (b"{", b"[")


def _no_file(body: bytes, may_be_text: bool) -> str | None:
    if not body:
        return "an empty file"
    if may_be_text:
        return None
    if _MARKUP_START.match(body):
        return "a web page instead of the file"
    is_message = len(body) < _MESSAGE_BYTES and not body.startswith(_FILE_STARTS)
    return f"a message of {len(body)} bytes instead of the file" if is_message else None


def _stub(response: Response, kind: str, page: int) -> str | None:
    body = response.body
    if kind != "list" and _is_json(response):
        return "JSON instead of a page or file"
    if kind == "attachment":
        return _no_file(body, urlsplit(response.url).path.lower().endswith(_TEXT_FILES))
    if len(body) >= _STUB_BYTES or page > 1:
        return None
    if _SCRIPT_REDIRECT.search(body):
        return f"a shell of {len(body)} bytes that only sends a browser elsewhere"
    if kind == "article" or (b"<a " not in body and not body.lstrip().startswith((b"{", b"["))):
        return f"a stub of {len(body)} bytes instead of a page"
    return None
