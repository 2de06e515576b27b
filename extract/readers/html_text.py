"""The text that an HTML element shows: what is hidden, set apart from the digits beside it, or more than text."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple, TypeAlias

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


class _Look(NamedTuple):
    """What an element's own tag and attributes make of its text."""

    is_removed: bool
    is_hidden: bool
    hides_by: tuple[str, ...]
    """Properties that hide its text unless an element inside sets them anew."""
    edge: str
    is_struck: bool
    font_size: str


def is_removed(element: Element) -> bool:
    """Whether an element's own attributes take it out of the page, so that a cell leaves no place in its row."""
    return element.get("hidden") is not None or _look_of(element).is_removed


def is_hidden(element: Element) -> bool:
    """Whether an element's own attributes keep its text from being seen."""
    return _hides(element, _look_of(element))


def _hides(element: Element, look: _Look) -> bool:
    if look.is_hidden or element.get("hidden") is not None:
        return True
    return bool(look.hides_by) and any(not _is_set_below(element, name) for name in look.hides_by)


def _is_set_below(element: Element, name: str) -> bool:
    """Whether an element inside sets a property anew, so that it may show though the outer one does not."""
    return any(name in (inner.get("style") or "").lower() for inner in element.iterdescendants(etree.Element))


def _is_nothing(value: str | None) -> bool:
    return bool(value) and "0" in str(value) and _NOTHING.fullmatch(str(value)) is not None


def _look_of(element: Element) -> _Look:
    tag = element.tag
    is_link = tag == "a" and element.get("href") is not None
    return _look(tag, element.get("style") or "", element.get("color") or "", is_link)


@lru_cache(maxsize=4096)
def _look(tag: str, style_attribute: str, colour: str, is_link: bool) -> _Look:
    """A page repeats a handful of styles in thousands of cells."""
    style = _declarations(style_attribute)
    lines = style.get("text-decoration", "") + style.get("text-decoration-line", "")
    is_struck = tag in _STRUCK or "line-through" in lines
    removed = style.get("display") == "none"
    hidden = (
        removed
        or style.get("mso-hide") == "all"
        or style.get("color") == "transparent"
        or _is_nothing(style.get("opacity"))
    )
    by_visibility = style.get("visibility") in {"hidden", "collapse"}
    hides_by = ("visibility",) * by_visibility + ("font-size",) * _is_nothing(style.get("font-size"))
    edge = _edge(tag, style, colour, is_apart=is_link or is_struck)
    return _Look(removed, hidden, hides_by, edge, is_struck, style.get("font-size") or "")


def _declarations(attribute: str) -> Mapping[str, str]:
    """The declarations of a style attribute, lower case, without blanks."""
    text = re.sub(r"\s|!important", "", attribute.lower())
    pairs = (part.partition(":") for part in text.split(";"))
    return {name: value for name, _, value in pairs}


def _edge(tag: str, style: Mapping[str, str], colour: str, *, is_apart: bool) -> str:
    """What stands at both ends of an element: a line end, a blank where it is set apart from the text around, nothing.

    A footnote's mark is raised, lowered, smaller or a link, an amendment is struck out: no digits of the number beside.
    """
    display = style.get("display", "")
    if tag in BLOCKS or not (display in _IN_LINE or display.startswith("inline-")):
        return BREAK
    raised = style.get("vertical-align", "baseline") not in {"baseline", "middle", "top", "bottom", "inherit", ""}
    moved = style.get("position", "static") != "static" or style.get("float", "none") != "none"
    is_white = (style.get("color") or colour.lower()) in _WHITE
    is_apart = is_apart or tag in _SET_APART or is_white
    return " " if is_apart or raised or moved or display not in _IN_LINE else ""


def fragments(element: Element, look: Look = PLAIN, *, signs: bool = False) -> list[Fragment]:
    """The pieces of text that an element shows, each with the look that the elements around give it.

    With ``signs``, the sign for doubt stands for what is more than text (a picture, a field, a script) or struck out.
    """
    pieces: list[Fragment] = []
    _collect(element, look, signs, pieces)
    return pieces


def _collect(element: Element, look: Look, signs: bool, pieces: list[Fragment]) -> None:
    tag = element.tag
    if not isinstance(tag, str) or tag in _UNSEEN:
        return
    own = _look_of(element)
    if _hides(element, own):
        return
    if tag in _DRAWN:
        if signs and element.get("type") != "hidden":
            pieces.append(((element.get("value") or "") + DOUBT, look))
        return
    size, own_class = own.font_size or element.get("size"), element.get("class")
    inside = look
    if size or own_class:
        inside = (size or look[0], *look[1:], *([own_class] if own_class else []))
    if own.edge:
        pieces.append((own.edge, look))
    if element.text:
        pieces.append((element.text, inside))
    for child in element:
        _collect(child, inside, signs, pieces)
        if child.tail:
            pieces.append((child.tail, inside))
    if signs and own.is_struck:
        pieces.append((DOUBT, look))
    if own.edge:
        pieces.append((own.edge, look))


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
    lines = (" ".join(line.split()) for line in joined(fragments(cell, signs=True)).split(BREAK))
    return "\n".join(line for line in lines if line)
