"""The text that an HTML element shows: what is hidden, set apart from the digits beside it, or more than text."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import TypeAlias

import lxml.html
from lxml import etree

from extract.readers import DOUBT

Element: TypeAlias = lxml.html.HtmlElement
Look: TypeAlias = tuple[str, ...]
"""What styles a text: the font size stated last, then the classes of the elements around it."""
Fragment: TypeAlias = tuple[str, Look]
PLAIN: Look = ("",)

BLOCKS = frozenset([
    "address", "article", "aside", "blockquote", "br", "caption", "center", "dd", "details", "div", "dl", "dt",
    "fieldset", "figcaption", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "legend", "li",
    "main", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr",
    "ucapcontent", "ul",
])  # fmt: skip
BREAK = "\v"
"""Stands for a line end that markup makes; no markup can hold the character itself."""
_UNSEEN = frozenset(["style", "template", "head"])
# What these show is not the text that they hold.
_DRAWN = frozenset([
    "audio", "button", "canvas", "embed", "iframe", "img", "input", "math", "meter", "noscript", "object", "progress",
    "script", "select", "svg", "textarea", "video",
])  # fmt: skip
_SET_APART = frozenset(["sup", "sub", "small", "rt", "rp"])
_STRUCK = frozenset(["s", "strike", "del"])
_NOTHING = re.compile(r"[+-]?0*(?:\.0*)?(?:%|[a-z]+)?")
_WHITE = frozenset(["white", "#fff", "#ffffff", "rgb(255,255,255)"])
_IN_LINE = frozenset(["", "inline", "contents", "initial", "inherit", "unset", "ruby"])


def is_removed(element: Element) -> bool:
    """Whether an element's own attributes take it out of the page, so that a cell leaves no place in its row."""
    return element.get("hidden") is not None or _style(element).get("display") == "none"


def is_hidden(element: Element) -> bool:
    """Whether an element's own attributes keep its text from being seen."""
    style = _style(element)
    return (
        is_removed(element)
        or style.get("mso-hide") == "all"
        or style.get("color") == "transparent"
        or _is_nothing(style.get("opacity"))
        or (style.get("visibility") in {"hidden", "collapse"} and not _is_set_below(element, "visibility"))
        or (_is_nothing(style.get("font-size")) and not _is_set_below(element, "font-size"))
    )


def _is_set_below(element: Element, name: str) -> bool:
    """Whether an element inside sets a property anew, so that it may show though the outer one does not."""
    return any(name in (inner.get("style") or "").lower() for inner in element.iterdescendants(etree.Element))


def _is_nothing(value: str | None) -> bool:
    return bool(value) and "0" in str(value) and _NOTHING.fullmatch(str(value)) is not None


def _style(element: Element) -> Mapping[str, str]:
    """The declarations of a style attribute, lower case, without blanks."""
    return _declarations(element.get("style") or "")


@lru_cache(maxsize=4096)
def _declarations(attribute: str) -> Mapping[str, str]:
    """A page repeats a handful of styles in thousands of cells."""
    text = re.sub(r"\s|!important", "", attribute.lower())
    pairs = (part.partition(":") for part in text.split(";"))
    return MappingProxyType({name: value for name, _, value in pairs})


def _edge(element: Element) -> str:
    """What stands at both ends of an element: a line end, a blank where it is set apart from the text around, nothing.

    A footnote's mark is raised, lowered, smaller or a link, an amendment is struck out: no digits of the number beside.
    """
    style = _style(element)
    display = style.get("display", "")
    if element.tag in BLOCKS or not (display in _IN_LINE or display.startswith("inline-")):
        return BREAK
    raised = style.get("vertical-align", "baseline") not in {"baseline", "middle", "top", "bottom", "inherit", ""}
    moved = style.get("position", "static") != "static" or style.get("float", "none") != "none"
    is_link = element.tag == "a" and element.get("href") is not None
    is_white = (style.get("color") or (element.get("color") or "").lower()) in _WHITE
    by_tag = element.tag in _SET_APART or is_link or _is_struck(element)
    return " " if by_tag or raised or moved or is_white or display not in _IN_LINE else ""


def _is_struck(element: Element) -> bool:
    style = _style(element)
    lines = style.get("text-decoration", "") + style.get("text-decoration-line", "")
    return element.tag in _STRUCK or "line-through" in lines


def _look(element: Element, around: Look) -> Look:
    size, *classes = around
    own = [element.get("class") or ""] if element.get("class") else []
    return (_style(element).get("font-size") or element.get("size") or size, *classes, *own)


def fragments(element: Element, look: Look = PLAIN, *, signs: bool = False) -> Iterator[Fragment]:
    """The pieces of text that an element shows, each with the look that the elements around give it.

    With ``signs``, the sign for doubt stands for what is more than text (a picture, a field, a script) or struck out.
    """
    if not isinstance(element.tag, str) or element.tag in _UNSEEN or is_hidden(element):
        return
    if element.tag in _DRAWN:
        if signs and element.get("type") != "hidden":
            yield (element.get("value") or "") + DOUBT, look
        return
    edge = _edge(element)
    inside = _look(element, look)
    yield edge, look
    yield element.text or "", inside
    for child in element:
        yield from fragments(child, inside, signs=signs)
        yield child.tail or "", inside
    if signs and _is_struck(element):
        yield DOUBT, look
    yield edge, look


def joined(pieces: Iterable[Fragment]) -> str:
    """The pieces as one text, a blank between numbers of different looks: one may be a note, or hidden by its class."""
    parts: list[str] = []
    last_look, last_text = PLAIN, ""
    for text, look in pieces:
        if not text:
            continue
        if look != last_look and _is_numeric(last_text[-1:]) and _is_numeric(text[0]):
            parts.append(" ")
        parts.append(text)
        last_look, last_text = look, text
    return "".join(parts)


def _is_numeric(char: str) -> bool:
    return char.isdigit() or char in {",", "."}


def cell_text(cell: Element) -> str:
    """The text of a cell; a line end where markup breaks the line, nothing where it only changes the font."""
    pieces = ((re.sub(r"[\t\r\n ]+", " ", text), look) for text, look in fragments(cell, signs=True))
    lines = (" ".join(line.split()) for line in joined(pieces).split(BREAK))
    return "\n".join(line for line in lines if line)
