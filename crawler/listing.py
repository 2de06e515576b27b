"""Rows, sub-folders, page counts and attachments of list and article pages. Pure functions on responses."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from urllib.parse import parse_qsl, urldefrag, urljoin, urlsplit

from lxml import html as lxml_html
from parsel import Selector
from scrapy.http import TextResponse
from w3lib.html import remove_tags

from crawler.dialects import date_of, dialect_of, matches

DOCUMENTS = ("pdf", "doc", "docx", "wps", "xls", "xlsx", "rtf", "zip", "rar", "7z", "txt", "ofd")
_DOCUMENT = re.compile(rf"\.(?:{'|'.join(DOCUMENTS)})$", re.IGNORECASE)
_NAMED_DOCUMENT = re.compile(rf"\.(?:{'|'.join(DOCUMENTS)})\s*$", re.IGNORECASE)
_QUOTED_DOCUMENT = re.compile(rf"""["']([^"'\s<>]+\.(?:{"|".join(DOCUMENTS)}))["']""", re.IGNORECASE)
# Scripts that hand out files take the file's name as a parameter.
_FILE_SCRIPTS = (b"downfile", b"file-download", b"/download/")
# For a page in small letters: a search without regard to case takes ten times as long.
_FILE_NAME = re.compile(rf"\.(?:{'|'.join(DOCUMENTS)})\b".encode())
_DOWNLOAD = re.compile(r"/(?:downfile\.jsp|file-download)$")
# Some print the time without a blank: 2021-03-2918:26.
_DATE = re.compile(r"(?<!\d)(20\d{2})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})(?=\D|$|\d{2}:\d{2})")
# Wuhan writes its rows by script: url = "…"; title = "…"; document.writeln("2026-02-14 17:32").
_SCRIPT_ROW = re.compile(
    r"""\burl\s*=\s*["'](?P<url>[^"']+)["'].{0,200}?\btitle\s*=\s*["'](?P<title>[^"']*)["']"""
    r"""(?:(?:(?!\burl\s*=).){0,600}?writeln\(\s*["']\s*(?P<date>20\d\d[^"']*))?""",
    re.DOTALL,
)
_HAN = re.compile(r"[\u4e00-\u9fff]")
_LOADING = re.compile(r"\.jhtml|\$\.(?:ajax|post|get|getJSON)\s*\(|\baxios\b|XMLHttpRequest|\bfetch\s*\(|\bv-for=")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
# Editors paste a broken sign or two.
_FEW_BROKEN = 20
_ROW_TAGS = ("li", "tr", "dd", "dl")
# As far as a row of cards or boxes reaches around its link.
_ROW_DEPTH = 4


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a list: absolute address, title as printed, date and publisher where the row states them."""

    url: str
    title: str
    published_on: date | None = None
    publisher: str | None = None


def page_of(response: TextResponse) -> Selector:
    """The page without its comments, which often hold a second, outdated copy of the rows."""
    return _parsed(_COMMENT.sub("", text_of(response)))


def text_of(response: TextResponse) -> str:
    """The text of a page, also where it is GBK and the portal says something else or nothing."""
    # Scrapy takes what is not UTF-8 and says nothing for Western European; error pages even say so.
    if response.encoding in ("cp1252", "iso8859-1"):
        return response.body.decode("gb18030", "replace")
    text: str = response.text
    # A page that says UTF-8 and is GBK turns to replacement signs; a single broken letter does not make it GBK.
    if text.count("\ufffd") > len(_HAN.findall(text)):
        return response.body.decode("gb18030", "replace")
    return text


@lru_cache(maxsize=4)
def _parsed(text: str) -> Selector:
    return Selector(text=text or "<html/>", type="html")


def is_document(url: str) -> bool:
    """Whether the address is that of a file such as PDF, Word, Excel or an archive."""
    parts = urlsplit(url)
    if _DOWNLOAD.search(parts.path):
        return any(_DOCUMENT.search(value) for _, value in parse_qsl(parts.query))
    return bool(_DOCUMENT.search(parts.path))


def read_date(text: str) -> date | None:
    """The first date of a text, in any of the notations seen, also where blanks or line ends split it."""
    return next(_dates(text), None)


def last_date(text: str) -> date | None:
    """The last date of a text: where a row states several, the day of writing comes before that of publication."""
    return next(reversed(list(_dates(text))), None)


def _dates(text: str) -> Iterator[date]:
    for match in _DATE.finditer(text):
        try:
            yield date(*(int(part) for part in match.groups()))
        except ValueError:
            continue


@lru_cache(maxsize=16)
def rows(
    response: TextResponse, article: re.Pattern[str], dated: Callable[[str], date | None] = read_date
) -> list[Row]:
    """The rows of a list page: every link to an article (its path matches ``article``), to a document or to another
    host, once each.

    Links are known by their address, not by their surroundings: the containers differ from site to site. Links to
    other hosts are not followed, but may be the only trace of a report. ``dated`` reads the date of a row's text.
    """
    found: dict[str, Row] = {}
    for row in (*_script_rows(response), *_link_rows(response, article, dated)):
        known = found.get(row.url)
        if known is None or (not known.title and row.title):
            found[row.url] = row
    return [row for row in found.values() if row.title]


def _script_rows(response: TextResponse) -> Iterator[Row]:
    for script in page_of(response).css("script::text").getall():
        for match in _SCRIPT_ROW.finditer(script):
            url = urljoin(response.url, match["url"])
            yield Row(url, match["title"].strip(), read_date(match["date"] or "") or date_of(url))


def _link_rows(response: TextResponse, article: re.Pattern[str], dated: Callable[[str], date | None]) -> Iterator[Row]:
    def target(link: lxml_html.HtmlElement) -> str | None:
        url = absolute(response.url, link.get("href"))
        if url is None:
            return None
        parts = urlsplit(url)
        is_row = matches(article, url) or is_document(url) or parts.netloc != urlsplit(response.url).netloc
        return url if is_row else None

    for link in _anchors(response):
        url = target(link)
        if url is None:
            continue
        box = _row_of(link, lambda element: {target(other) for other in element.iter("a")} - {None})
        flags = box.xpath('.//i[contains(@class, "flag")]')
        if flags and not any(flag.text_content().strip() for flag in flags):
            continue  # an empty flag: listed, but not published
        title = _title(link)
        text = box.text_content().replace(title, " ") if title else box.text_content()
        yield Row(url, title, dated(text) or dated(_beside(box)) or date_of(url))


def _beside(box: lxml_html.HtmlElement) -> str:
    """The text of the item after a row where that holds no link: some lists print the date as an item of its own."""
    after = box.getnext()
    return "" if after is None or after.tag not in _ROW_TAGS or after.find(".//a") is not None else after.text_content()


def _row_of(link: lxml_html.HtmlElement, targets: object) -> lxml_html.HtmlElement:
    """The element that holds the row of a link: the largest near one with no link to another article."""
    assert callable(targets)
    box = link
    for depth, element in enumerate(link.iterancestors(), start=1):
        if depth > _ROW_DEPTH or element.tag in ("body", "html") or len(targets(element)) > 1:
            break
        box = element
        if element.tag in _ROW_TAGS:
            break
    return box


def _title(link: lxml_html.HtmlElement) -> str:
    attribute = " ".join(remove_tags(link.get("title") or "").split())
    text = " ".join("".join(link.itertext()).split())
    text = _DATE.sub(" ", text).strip(" []()\u3000")
    # Lists cut long titles; the attribute then holds the whole.
    return attribute if len(attribute) >= len(text.rstrip("….")) else text


def absolute(base: str, href: str | None) -> str | None:
    """The absolute address of a link without its fragment; None for script links and paths that leave the root."""
    href = (href or "").strip()
    if not href or href.startswith("#"):
        return None
    try:
        url = urldefrag(urljoin(base, href)).url
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname or "/../" in parts.path:
        return None
    return url


def check_markup(response: TextResponse) -> None:
    """Raise ValueError where a list that should be a web page is JSON, or its encoding is neither stated nor known."""
    if response.body.lstrip()[:1] in (b"{", b"["):
        raise ValueError("JSON where a web page was expected")
    text = text_of(response)
    if "\0" in text or text.count("\ufffd") > max(_FEW_BROKEN, len(_HAN.findall(text))):
        raise ValueError(f"the page's encoding is not known: it is not {response.encoding}, nor GB 18030")


def loads_rows_by_script(response: TextResponse) -> bool:
    """Whether a page has a script that asks the portal for more than the page holds."""
    return bool(_LOADING.search(text_of(response)))


def links(response: TextResponse) -> list[tuple[str, str]]:
    """(address, label) of every link of a page, as often as it stands there."""
    found = ((absolute(response.url, link.get("href")), _label(link)) for link in _anchors(response))
    return [(url, label) for url, label in found if url]


def _anchors(response: TextResponse) -> list[lxml_html.HtmlElement]:
    return [selector.root for selector in page_of(response).css("a[href]")]


def child_folders(response: TextResponse, root: str) -> list[str]:
    """The sub-columns of a column: linked folders whose path continues that of ``root``, each once."""
    prefix = folder_of(root)
    found: dict[str, None] = {}
    for href in page_of(response).css("a::attr(href)").getall():
        url = absolute(response.url, href)
        if url is None:
            continue
        path = urlsplit(url).path
        last = path.rpartition("/")[2]
        folder = folder_of(url if not last or re.fullmatch(r"index\.s?html?", last) else url + "/")
        if (
            (not last or "." not in last or last.startswith("index."))
            and folder.startswith(prefix)
            and folder != prefix
        ):
            found[folder] = None
    return list(found)


def folder_of(url: str) -> str:
    """The address of the folder in which a page lies, with a final slash."""
    return urljoin(url, ".").split("?")[0]


def attachments(response: TextResponse, base: str | None = None) -> list[tuple[str, str]]:
    """(address, label) of the files that a page links to, embeds or names in a script, each once."""
    if not _mentions_a_file(response.body.lower()):
        return []  # most articles: no need to parse the page for it
    page, base = page_of(response), base or response.url
    linked = [(link.get("href"), _label(link)) for link in _anchors(response)]
    embedded = page.css("iframe::attr(src), embed::attr(src), object::attr(data), param::attr(value)").getall()
    scripts = page.css("script::text, ::attr(onclick)").getall()
    scripted = [url for script in scripts for url in _QUOTED_DOCUMENT.findall(script)]
    found: dict[str, str] = {}
    for href, label in linked + [(href, "") for href in embedded + scripted]:
        url = _document_url(base, href) or _named_document(base, href, label)
        if url and not found.get(url):
            found[url] = label
    return list(found.items())


def _mentions_a_file(page: bytes) -> bool:
    return bool(_FILE_NAME.search(page)) or any(script in page for script in _FILE_SCRIPTS)


def _label(link: lxml_html.HtmlElement) -> str:
    return (link.get("title") or link.get("alt") or " ".join(link.text_content().split())).strip()


def _document_url(base: str, href: str | None) -> str | None:
    url = absolute(base, href)
    if url is None or is_document(url):
        return url
    # Viewers take the file as a parameter: viewer.html?file=/files/report.pdf. Only there may it be a bare name.
    for name, value in parse_qsl(urlsplit(url).query):
        is_address = name == "file" or value.startswith(("/", "./", "../", "http://", "https://"))
        inner = absolute(base, value) if is_address else None
        if inner and is_document(inner):
            return inner
    return None


def _named_document(base: str, href: str | None, label: str) -> str | None:
    """The address of a file that the portal hands out by a number, told by the name that the link shows."""
    url = absolute(base, href) if _NAMED_DOCUMENT.search(label) else None
    return None if url is None or dialect_of(url) else url
