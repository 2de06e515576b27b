"""Pages of site-label portals: how a column's list is asked for, and the report that an organ's page shows of a year.

Pure functions on responses.
"""

import re
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from scrapy.http import TextResponse

from crawler.listing import text_of
from crawler.shown import visible_text

_ORGAN = re.compile(r"^(?P<mount>.*)/public/column/(?P<organ>\d+)$")
NOTHING = "暂无相关信息"
_CALL = re.compile(r"['\"]([^'\"\s]*/site/label/8888(?:\?[^'\"\s]*)?)['\"]")
_SETTINGS = re.compile(r"\{[^{}]*publicInfoList[^{}]*\}")
_SETTING = re.compile(r"['\"]?\b(siteId|organId|catId|file|pageSize)\b['\"]?\s*:\s*['\"]?([^'\",}\s]+)")
_SITE_ID = re.compile(r"<meta\s+name=['\"]?SiteId['\"]?\s+content=['\"]?(\d+)", re.IGNORECASE)
# As the portals' own pages ask; the random number against caches is left out, for an archive wants stable addresses.
_QUERY = {
    "IsAjax": "1",
    "dataType": "html",
    "labelName": "publicInfoList",
    "siteId": "",
    "pageSize": "15",
    "pageIndex": "1",
    "action": "list",
    "fuzzySearch": "false",
    "fromCode": "title",
    "keyWords": "",
    "sortType": "1",
    "isDate": "true",
    "dateFormat": "yyyy-MM-dd",
    "length": "80",
    "organId": "",
    "type": "4",
    "catIds": "",
    "catId": "",
    "cId": "",
    "result": NOTHING,
    "file": "",
}
_YEARS_IN_PAGE = re.compile(r"timeFrame=(20\d\d)|<option[^>]*value=['\"]?(20\d\d)['\"]?[\s>]")
_PAGE_COUNT = re.compile(r"\bpageCount\s*[:=]\s*['\"]?(\d+)")


def label_address(response: TextResponse) -> str | None:
    """The address of the first fragment of a column page's list; None where the page does not say enough to ask."""
    text = text_of(response).replace("&amp;", "&")
    calls = [call for call in _CALL.findall(text) if "labelName=" not in call or "labelName=publicInfoList" in call]
    settings = _SETTINGS.search(text)
    site_id, column = _SITE_ID.search(text), urlsplit(response.url)
    organ = _ORGAN.match(column.path)
    own = dict(parse_qsl(column.query))
    query = {
        **_QUERY,
        **({"siteId": site_id[1]} if site_id else {}),
        **({"organId": organ["organ"]} if organ else {}),
        **{name: own[name] for name in ("type", "catId") if name in own},
        **dict(_SETTING.findall(settings[0]) if settings else ()),
        **dict(parse_qsl(urlsplit(calls[0]).query, keep_blank_values=True) if calls else ()),
    }
    query.pop("_", None)
    if not (query["siteId"] and query["organId"] and query["file"]):
        return None
    path = calls[0].partition("?")[0] if calls else f"{organ['mount'] if organ else ''}/site/label/8888"
    return f"{urljoin(response.url, path)}?{urlencode(query)}"


def is_yearly(url: str) -> bool:
    """Whether an address is that of an organ's page that shows one year's report."""
    parts = urlsplit(url)
    return bool(_ORGAN.match(parts.path)) and dict(parse_qsl(parts.query)).get("type") == "3"


def organ(url: str) -> str:
    """The number of the organ whose page stands at an address; empty for any other page."""
    match = _ORGAN.match(urlsplit(url).path)
    return match["organ"] if match else ""


def offered_years(response: TextResponse) -> set[int]:
    """The years that an organ's page offers to choose from."""
    return {int(a or b) for a, b in _YEARS_IN_PAGE.findall(text_of(response))}


def announced_pages(response: TextResponse) -> int | None:
    """How many pages a column page says that its list has; it may speak of another list on the page."""
    count = _PAGE_COUNT.search(text_of(response))
    return int(count[1]) if count else None


def says_nothing(response: TextResponse) -> bool:
    """Whether the page says that there is nothing; its scripts hold the words for when there is."""
    return NOTHING in visible_text(response)
