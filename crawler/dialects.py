"""The shapes that publishing platforms give the addresses of articles, in one table: is it one, and of which day.

The first that matches counts. A date in an address is the day of filing or of a migration: what a list prints goes
before it. Shapes that state only year or month give no day.
"""

import re
from datetime import date
from urllib.parse import urlsplit

_HEX24, _HEX32 = "[0-9a-f]{24}", "[0-9a-f]{32}"
_UUID = "[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"
_YEAR, _MONTH, _DAY = r"(?P<y>20\d\d)", r"(?P<m>0[1-9]|1[0-2])", r"(?P<d>0[1-9]|[12]\d|3[01])"
_YMD = _YEAR + _MONTH + _DAY
# Without leading zeros: /2024/1/9/.
_LOOSE = r"(?P<y>20\d\d)/(?P<m>\d{1,2})/(?P<d>\d{1,2})"

DIALECTS: dict[str, str] = {
    "trs": rf"/t(?:{_YMD}|\d{{8}})_\d+\.s?html?$",
    "hanweb": rf"/art/{_LOOSE}/art_\d+_\d+\.html$",
    "jpaas": rf"/art/20\d\d/art_{_HEX32}\.html$",
    "content": rf"/{_YEAR}-{_MONTH}/{_DAY}/(?:content_\d+\.s?html?|c_\d+\.html?)$",
    "xinhua": rf"/{_YMD}/[0-9a-f]+/c\.html$",
    "web_index": rf"/web/.+/{_YMD}\d{{6,}}/index\.shtml$",
    "arti": rf"/{_YEAR}/{_MONTH}/{_DAY}/ARTI\w+\.shtml$",
    "nfcms": r"/content/(?:\d+/\d+/)?m?post_\d+\.html$",
    "numid": r"/\d{5,9}/index\.html$",
    "tsid": rf"/{_YMD}\d{{4,}}/index\.shtml$",
    "tsid_undated": r"/\d{12,}/index\.shtml$",
    "ucap_hex": rf"/20\d\d(?:0[1-9]|1[0-2])/{_HEX32}\.shtml$",
    "ucap_c01": r"/c\d+c?/20\d{4}/c01_\d+\.shtml$",
    "pnidpv": r"/pnidpv\w+\.html$",
    "ccontent": r"/c\d+/content\.s?html$",
    "portal_article": r"/portal/article/\w+/(?:[0-9a-f]{8,}|\d{14})$",
    "nsfc": r"/p1/\d+/(?:.+/)?\d+\.html$",
    "spc": r"/fabu/xiangqing/\d+\.html$",
    "safe": rf"/safe/{_YEAR}/{_MONTH}{_DAY}/\d+\.html$",
    "date_path": rf"/{_YEAR}-{_MONTH}-{_DAY}/(?:\d+|{_UUID})\.html(?:\?|$)",
    "ymd": rf"/{_YMD}/i?\d+\.html$",
    "sc_hex": rf"/{_LOOSE}/{_HEX32}\.shtml$",
    "hb_long": rf"/col/\d{{13}}/{_YEAR}/{_MONTH}/{_DAY}/\d{{13}}(?:\.html)?$",
    "hb_uuid": rf"/columns/{_UUID}/{_YEAR}{_MONTH}/{_DAY}/{_UUID}\.html$",
    "sh_hex": rf"/{_YMD}/{_HEX32}\.html$",
    "year_day": rf"/{_YEAR}/{_MONTH}-{_DAY}/\d+\.html$",
    "doc": rf"/doc/{_YEAR}/{_MONTH}/{_DAY}/\d+\.shtml$",
    "user_data": rf"/UserData/DocHtml/\d+/{_LOOSE}/\d+\.html$",
    "gx_tid": r"/t\d{7,8}\.shtml$",
    "info": r"/info/\d+/\d+\.htm$",
    "snowflake": r"/\d{19}\.html$",
    "gongkai_doc": rf"/gongkai/site_\w+/channel_{_HEX24}/doc_{_HEX24}\.html$",
    "gongkai_show": rf"/gongkai/show/{_HEX32}\.html$",
    "openness": rf"/(?:xxgkAnnualReport/detail|openness/detail/annual_report)/{_HEX24}\.html$",
    "annual_report": r"/XxgkAnnualReport/show/\d+\.html$",
    "site_label": r"/public/\d+/\d+\.html$",
    "dynamic": rf"/dynamic/\w+/{_HEX32}\.html$",
    "single": r"/single/\d+/\d+\.html$",
    "content_bare": r"/content_\d+$",
    "number": r"/\d{5,}\.shtml$",
    "dept_year": r"/year_details\.aspx\?(?:.*&)?year=20\d\d",
    "details": rf"/details\?(?:.*&)?id={_UUID}",
    "php_show": r"/(?:index\.php\?c=show&|show\.php\?(?:.*&)?)id=\d+",
}
"""Name of a shape and the pattern of its path (with the query, where that is what tells articles apart)."""

_PATTERNS = {name: re.compile(pattern) for name, pattern in DIALECTS.items()}


def shape(*names: str) -> re.Pattern[str]:
    """One pattern for several shapes."""
    return re.compile("|".join(re.sub(r"\?P<\w>", "?:", DIALECTS[name]) for name in names))


ARTICLE = shape(*DIALECTS)
"""Any of the shapes."""


def dialect_of(url: str) -> str | None:
    """The name of the shape that an article's address has, or None for an address of no known shape."""
    match = _match(url)
    return match[0] if match else None


def date_of(url: str) -> date | None:
    """The day that an article's address states, or None."""
    match = _match(url)
    if match is None or not match[1].groupdict().get("d"):
        return None
    try:
        return date(*(int(match[1][part]) for part in "ymd"))
    except ValueError:
        return None


def matches(pattern: re.Pattern[str], url: str) -> re.Match[str] | None:
    """The match of an address's path, or of its path and query."""
    parts = urlsplit(url)
    return pattern.search(parts.path) or (pattern.search(f"{parts.path}?{parts.query}") if parts.query else None)


def _match(url: str) -> tuple[str, re.Match[str]] | None:
    found = ((name, matches(pattern, url)) for name, pattern in _PATTERNS.items())
    return next(((name, match) for name, match in found if match), None)
