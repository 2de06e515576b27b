"""HTML to Document: encodings, page chrome, nested layout tables, bodies held in a script."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import lxml.html
from lxml import etree
from w3lib.encoding import html_to_unicode

from extract.document import Block, Cell, Document, Grid, Locator, Text
from extract.errors import UnreadableFile
from extract.headers import find_header
from extract.headings import is_report_heading
from extract.indicator_rows import is_indicator_table
from extract.labels import squash
from extract.readers import MOST_CELL_TEXT, MOST_PLACES
from extract.readers.html_text import (
    BLOCKS,
    BREAK,
    PLAIN,
    Element,
    Fragment,
    cell_text,
    fragments,
    is_hidden,
    is_removed,
    joined,
)

_SKIPPED = frozenset([
    "script", "style", "noscript", "template", "head", "select", "button", "input", "textarea", "iframe", "object",
    "embed", "title",
])  # fmt: skip
_ATTACHMENT = re.compile(r"\.(?:pdf|docx?|wps|xlsx?|et|rtf|zip|rar|7z|txt|ofd)(?:$|[?#])", re.IGNORECASE)
_DATE = re.compile(r"(20\d\d)\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})")
_DATE_LABEL = re.compile(r"(?:发布|发文|公开|信息提供|更新)(?:时间|日期)\s*[:：]?\s*" + _DATE.pattern)
_NUMBER = re.compile(r"\s*(\d{1,6})")
_PAGE_END = re.compile(r"</(?:body|html)\s*>", re.IGNORECASE)
_EMBEDDED = re.compile(r"\bDETAIL\s*:\s*(?=\{)")
# A column span this long is read as a slip of the page's author, as browsers do (HTML standard, 4.9.11).
_MOST_COLUMN_SPAN = 1000
# Real reports have some thousand elements, exports from word processors some ten thousand.
_MOST_ELEMENTS = 150_000


def read_html(body: bytes, name: str, *, content_type: str | None = None, title_hint: str | None = None) -> Document:
    """Read a page.

    ``content_type`` is the HTTP header, if there was one; ``title_hint`` a title known from elsewhere (the list that
    links the page). Raises :class:`UnreadableFile` where the bytes are in no encoding that fits or hold no text.
    """
    markup = decode(body, name, content_type)
    if not markup.strip():
        raise UnreadableFile(name, "empty", "the page is empty")
    tree = _parse(markup, name)
    kept = list(tree.iter())  # lxml makes an element's object anew each time it is met, unless one is kept
    if len(kept) > _MOST_ELEMENTS:
        raise UnreadableFile(name, "not_a_report", f"the page has over {_MOST_ELEMENTS} elements: no report is so long")
    embedded = _embedded_detail(tree, name)
    blocks = tuple(_Walker(tree, "").blocks())
    if embedded is not None:
        blocks = max(blocks, tuple(_Walker(embedded.body, "DETAIL.content:").blocks()), key=_report_marks)
    titles = [*_titles(tree), *([embedded.title] if embedded and embedded.title else [])]
    return Document(
        blocks=blocks,
        reader="html",
        titles=tuple(dict.fromkeys(title for title in titles if title)),
        fallback_titles=(title_hint,) if title_hint else (),
        published_on=_published_on(tree, embedded),
        attachments=tuple(dict.fromkeys([*(_attachments(embedded.body) if embedded else ()), *_attachments(tree)])),
    )


def _shared_ancestor(elements: Sequence[Element]) -> Element | None:
    """The innermost element that holds all of these."""
    shared = [elements[0], *elements[0].iterancestors()]
    for element in elements[1:]:
        ancestors = {id(element), *map(id, element.iterancestors())}
        shared = [ancestor for ancestor in shared if id(ancestor) in ancestors]
    return shared[0] if shared else None


def _is_official(grid: Grid) -> bool:
    return any(find_header(grid, row) for row in range(grid.row_count)) or is_indicator_table(grid)


def _report_marks(blocks: Sequence[Block]) -> tuple[int, int]:
    """How much of a report blocks are: section headings and headers of its tables, then the length of the text."""
    marks = length = 0
    for block in blocks:
        if isinstance(block, Text):
            marks += is_report_heading(block.text) is not None
            length += len(squash(block.text))
        else:
            marks += _is_official(block)
            length += sum(len(squash(cell.text)) for cell in block.cells)
    return marks, length


def decode(body: bytes, name: str, content_type: str | None) -> str:
    """Bytes to text: header, then meta, then detection (UTF-8 where the bytes are valid UTF-8, else GB 18030).

    A declared encoding that the bytes contradict gives way to UTF-8 if that fits without a flaw. Raises
    :class:`UnreadableFile` where no encoding fits.
    """
    if body[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return body.decode("utf-16", errors="replace")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    encoding, text = html_to_unicode(content_type, body, auto_detect_fun=lambda _: "gb18030")
    if text.count("\ufffd") > len(text) // 1000:
        encoding, text = "gb18030", body.decode("gb18030", errors="replace")
    if text.count("\ufffd") > len(text) // 1000:
        raise UnreadableFile(
            name,
            "encoding",
            f"the text is not valid {encoding}, UTF-8 or GB 18030; save it in one of these and try again",
        )
    return text


def _parse(markup: str, name: str) -> Element:
    # lxml refuses text with an XML encoding declaration; the declaration has done its work by now.
    without_declaration = re.sub(r"^\s*<\?xml[^>]*\?>", "", markup)
    # libxml2 leaves out what comes after the end of the page; browsers show it (HTML standard, 13.2.6.4.19). It may be
    # a second report.
    without_declaration = _PAGE_END.sub("", without_declaration)
    parser = lxml.html.HTMLParser(remove_comments=True)
    try:
        tree = lxml.html.document_fromstring(without_declaration, parser=parser)
    except etree.ParserError:
        raise UnreadableFile(name, "empty", "the page is empty") from None
    if any("depth" in error.message for error in parser.error_log):
        raise UnreadableFile(name, "damaged", "the page's elements are nested so deep that its end cannot be read")
    return tree


@dataclass(frozen=True, slots=True)
class _Embedded:
    title: str
    published_on: str | None
    body: Element


def _embedded_detail(tree: Element, name: str) -> _Embedded | None:
    """The article that gkmlpt pages hold as JSON (``DETAIL: {… "content": "\\u003Cp…"}``) in a script."""
    for script in tree.iter("script"):
        text = script.text or ""
        match = _EMBEDDED.search(text)
        if not match:
            continue
        try:
            detail, _ = json.JSONDecoder(strict=False).raw_decode(text, match.end())
        except (ValueError, RecursionError):
            continue
        content = detail.get("content") if isinstance(detail, dict) else None
        if not isinstance(content, str):
            continue
        try:
            article = _parse(content, name)
        except UnreadableFile as error:
            if error.kind != "empty":
                raise
            continue
        date = _DATE.search(str(detail.get("publish_time") or detail.get("created_at") or ""))
        return _Embedded(str(detail.get("title") or ""), _iso(date) if date else None, article)
    return None


def _titles(tree: Element) -> Iterator[str]:
    for meta in tree.iter("meta"):
        if (meta.get("name") or "").lower() == "articletitle":
            yield _fold(meta.get("content") or "")
    for tag in ("ucaptitle", "h1", "title"):
        for element in tree.iter(tag):
            yield _fold(element.text_content())


def _published_on(tree: Element, embedded: _Embedded | None) -> str | None:
    if embedded and embedded.published_on:
        return embedded.published_on
    for meta in tree.iter("meta"):
        if (meta.get("name") or "").lower() in {"pubdate", "publishdate"}:
            match = _DATE.search(meta.get("content") or "")
            if match:
                return _iso(match)
    match = _DATE_LABEL.search(_plain(tree))
    return _iso(match) if match else None


def _iso(match: re.Match[str]) -> str:
    year, month, day = match.groups()[-3:]
    return f"{year}-{int(month):02}-{int(day):02}"


def _attachments(tree: Element) -> Iterator[tuple[str, str]]:
    for element in tree.iter("a", "iframe", "embed", "object"):
        address = element.get("href") or element.get("src") or element.get("data") or ""
        if _ATTACHMENT.search(address):
            yield address, _fold(element.text_content() or element.get("alt") or "")


def _fold(text: str) -> str:
    return " ".join(text.split())


def _plain(element: Element) -> str:
    """The visible text below an element."""
    parts: list[str] = []
    _collect_plain(element, parts)
    return " ".join(part for part in parts if not part.isspace())


def _collect_plain(element: Element, parts: list[str]) -> None:
    if element.text:
        parts.append(element.text)
    for child in element:
        if isinstance(child.tag, str) and child.tag not in _SKIPPED:
            _collect_plain(child, parts)
        if child.tail:
            parts.append(child.tail)


class _Paths:
    """XPaths of elements. lxml's own getpath counts an element's siblings anew each time: too slow on a long page."""

    def __init__(self) -> None:
        self._known: dict[Element, str] = {}

    def of(self, element: Element) -> str:
        if element not in self._known:
            parent = element.getparent()
            if parent is None:
                return f"/{element.tag}"
            above, counts = self.of(parent), Counter[str]()
            for child in parent.iterchildren(tag=etree.Element):
                counts[child.tag] += 1
                self._known[child] = f"{above}/{child.tag}[{counts[child.tag]}]"
        return self._known[element]


class _Walker:
    """Walks a page in reading order and makes blocks of its body."""

    def __init__(self, root: Element, prefix: str) -> None:
        self.root = root
        self.prefix = prefix
        self.paths = _Paths()
        self.table_count = 0

    def blocks(self) -> Iterator[Block]:
        body = self.root.find("body")
        start = body if body is not None else self.root
        found = list(self._walk(start))
        inside = self._body_element(found)
        for element, block in found:
            if inside is None or _within(element, inside):
                yield block

    def _body_element(self, found: list[tuple[Element, Block]]) -> Element | None:
        """The innermost element that holds all section headings and official tables; outside of it is page chrome."""
        headings = [
            element for element, block in found if isinstance(block, Text) and is_report_heading(block.text) is not None
        ]
        inside = _shared_ancestor(headings) if len(headings) > 1 else None
        if inside is None:
            return None
        # A table that was corrected may stand below the article.
        tables = [
            element
            for element, block in found
            if isinstance(block, Grid) and not _within(element, inside) and _is_official(block)
        ]
        return _shared_ancestor([inside, *tables])

    def _walk(self, element: Element) -> Iterator[tuple[Element, Block]]:
        """Paragraphs and grids below an element, each with the element it came from."""
        pending: list[Fragment] = [(element.text or "", PLAIN)]
        for child in element:
            if not isinstance(child.tag, str) or child.tag in _SKIPPED or is_hidden(child):
                pending.append((child.tail or "", PLAIN))
                continue
            if child.tag == "table":
                yield from self._paragraphs(element, pending)
                yield from self._table(child)
            elif child.tag == "br":
                pending.append((BREAK, PLAIN))
            elif child.tag in BLOCKS or _has_blocks(child):
                yield from self._paragraphs(element, pending)
                if child.tag in {"p", "li", "dd", "dt"} and not joined(fragments(child, signs=True)).strip():
                    # In a table written as paragraphs an empty paragraph is a blank cell; one with a picture is not.
                    yield child, Text("", self._locator(child))
                else:
                    yield from self._walk(child)
            else:
                pending.extend(fragments(child))
            pending.append((child.tail or "", PLAIN))
        yield from self._paragraphs(element, pending)

    def _paragraphs(self, element: Element, pending: list[Fragment]) -> Iterator[tuple[Element, Block]]:
        for line in re.split(f"[{BREAK}\\n]", joined(pending)):
            if line.strip():
                yield element, Text(_fold(line), self._locator(element))
        pending.clear()

    def _locator(self, element: Element) -> Locator:
        return Locator(xpath=self.prefix + self.paths.of(element))

    def _table(self, table: Element) -> Iterator[tuple[Element, Block]]:
        if _is_layout(table):
            for cell in _own_cells(table):
                yield from self._walk(cell)
            return
        self.table_count += 1
        grid = self._grid(table)
        if grid is not None and grid.column_count > 1:
            yield table, grid
        else:
            for cell in _own_cells(table):
                yield from self._walk(cell)

    def _grid(self, table: Element) -> Grid | None:
        """Expand row and column spans as the HTML standard's table model does (4.9.12); None for an oversized table.

        Rows in which a span runs into another cell are ragged.
        """
        cells: list[Cell] = []
        taken: set[tuple[int, int]] = set()
        ragged: set[int] = set()
        rows = [row for row in table.iter("tr") if _own_table(row) is table and not _is_removed_from(row, table)]
        for number, row in enumerate(rows):
            column = 0
            shown = (c for c in row if c.tag in {"td", "th"} and not is_removed(c))
            for position, element in enumerate(shown, start=1):
                while (number, column) in taken:
                    column += 1
                left = len(rows) - number
                row_span, column_span = min(_span(element, "rowspan") or left, left), _column_span(element)
                if len(taken) + row_span * column_span > MOST_PLACES:
                    return None
                if row_span == column_span == 1:
                    taken.add((number, column))
                else:
                    places = {(number + r, column + c) for r in range(row_span) for c in range(column_span)}
                    ragged.update(r for r, _ in places & taken)
                    taken |= places
                locator = Locator(
                    table=self.table_count,
                    row=number + 1,
                    column=position,
                    xpath=self.prefix + self.paths.of(element),
                )
                cells.append(Cell(number, column, cell_text(element), locator, row_span, column_span))
                column += column_span
        return Grid(tuple(cells), frozenset(ragged))


def _within(element: Element, ancestor: Element) -> bool:
    return element is ancestor or any(parent is ancestor for parent in element.iterancestors())


def _is_removed_from(row: Element, table: Element) -> bool:
    return is_removed(row) or any(
        is_removed(parent) for parent in row.iterancestors("tbody", "thead", "tfoot") if _own_table(parent) is table
    )


def _has_blocks(element: Element) -> bool:
    return any(
        child.tag in BLOCKS and child.tag != "br" for child in element.iterdescendants() if isinstance(child.tag, str)
    )


def _own_table(row: Element) -> Element | None:
    return next(row.iterancestors("table"), None)


def _own_cells(table: Element) -> Iterator[Element]:
    return (cell for cell in table.iter("td", "th", "caption") if _own_table(cell) is table)


def _is_layout(table: Element) -> bool:
    """Whether a table arranges the page: it holds other tables, or whole paragraphs of text in a cell."""
    if next(table.iterdescendants("table"), None) is not None:
        return True
    return any(len(squash(cell.text_content())) > MOST_CELL_TEXT for cell in _own_cells(table))


def _span(element: Element, attribute: str) -> int:
    """A span attribute; nonsense counts as 1, as in the HTML standard."""
    stated = element.get(attribute)
    match = _NUMBER.match(stated) if stated else None
    return int(match[1]) if match else 1


def _column_span(element: Element) -> int:
    span = _span(element, "colspan")
    return span if 0 < span <= _MOST_COLUMN_SPAN else 1
