"""The text that a Word paragraph or cell shows: deleted and hidden text left out, amendments marked as doubtful."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from lxml import etree

from extract.readers import DOUBT
from extract.readers.html_text import BREAK, PLAIN, Fragment, Look, joined
from extract.readers.packages import Element

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"

VAL = W + "val"
_TEXT, _RUN, _RUN_PROPERTIES, _FIELD = (W + tag for tag in ("t", "r", "rPr", "fldChar"))
_CODE, _SIMPLE_FIELD = W + "instrText", W + "fldSimple"
_SIGNS = {
    W + "tab": " ",
    W + "ptab": " ",
    W + "br": BREAK,
    W + "cr": BREAK,
    W + "noBreakHyphen": "-",
}
# Deleted or moved away by a tracked change, or properties.
_UNSEEN = frozenset(W + tag for tag in ("del", "moveFrom", "pPr", "rPr", "sdtPr", "instrText", "delText"))
_ADDED = frozenset(W + tag for tag in ("ins", "moveTo"))
# What these show is not the text that they hold.
_DRAWN = frozenset([*(W + tag for tag in ("drawing", "pict", "object", "sym", "ruby")), M + "oMath", M + "oMathPara"])
_OFF = frozenset(["0", "false", "off", "none"])
_HIDING, _STRUCK = (W + "vanish", W + "specVanish"), (W + "strike", W + "dstrike")
_SIZE, _COLOR, _SHADING, _HIGHLIGHT, _FONTS = (W + tag for tag in ("sz", "color", "shd", "highlight", "rFonts"))
_STYLE, _RAISED, _POSITION = (W + tag for tag in ("rStyle", "vertAlign", "position"))
_LOOKS = frozenset([*_HIDING, *_STRUCK, _SIZE, _COLOR, _SHADING, _HIGHLIGHT, _FONTS, _STYLE, _RAISED, _POSITION])
_LEAST_SIZE = 8  # half points
_DARK_MARKERS = frozenset(["black", "darkBlue"])
_SYMBOL_FONTS = ("wingdings", "webdings", "symbol")
_RGB = re.compile(r"[0-9A-Fa-f]{6}")
_PALE, _DARK = 0xD9, 0x40


@dataclass(frozen=True)
class Styles:
    """What a document's styles say that matters for its text: the ids of those that hide it, or make it hard to see."""

    hidden: Collection[str] = ()
    unclear: Collection[str] = ()


def is_on(properties: Element | None, tag: str) -> bool:
    """Whether a property that is on or off (``vanish``, ``hidden``) is on."""
    found = properties.find(W + tag) if properties is not None else None
    return found is not None and found.get(VAL) not in _OFF


def read_styles(styles: Element) -> Styles:
    """What styles say on their own account or through the style that they are based on."""
    hidden: dict[str, bool] = {}
    unclear: dict[str, bool] = {}
    base: dict[str, str] = {}
    for style in styles.iter(W + "style"):
        name, properties, parent = style.get(W + "styleId") or "", style.find(W + "rPr"), style.find(W + "basedOn")
        if properties is not None and properties.find(W + "vanish") is not None:
            hidden[name] = is_on(properties, "vanish")
        looks = _looks(properties) if properties is not None else {}
        if _is_unclear(looks) or _is_struck(looks):
            unclear[name] = True
        if parent is not None:
            base[name] = parent.get(VAL) or ""
    every = {*hidden, *unclear, *base}
    return Styles(
        frozenset(name for name in every if _hides(name, hidden, base)),
        frozenset(name for name in every if _hides(name, unclear, base)),
    )


def _hides(name: str, own: dict[str, bool], base: dict[str, str]) -> bool:
    for _ in range(len(base) + 1):
        if name in own:
            return own[name]
        name = base.get(name, "")
    return False


def paragraph_text(paragraph: Element, styles: Styles, *, signs: bool = False, fill: str = "") -> str:
    """The text of a paragraph, a line end where it breaks its line.

    With ``signs``, the sign for doubt stands for what is more than text (a picture, a formula), a tracked change, or
    digits that can hardly be seen; ``fill`` is the colour of the cell (``FFFFFF``).
    """
    style = _value(paragraph, f"pPr/{W}pStyle") if styles.hidden or styles.unclear else ""
    if style in styles.hidden:
        return ""
    reader = _ParagraphReader(styles, signs=signs, fill=fill)
    reader.is_unclear = style in styles.unclear
    reader.read(paragraph)
    text = joined(reader.pieces)
    text += DOUBT if signs and reader.is_cut else ""
    lines = (" ".join(line.split()) for line in text.split(BREAK))
    return "\n".join(line for line in lines if line)


@dataclass
class _Field:
    """A field that stands open: from which piece of text on, its instruction, whether that still goes on."""

    start: int
    code: str = ""
    at_code: bool = True


class _ParagraphReader:
    """Collects the pieces of text in the runs of one paragraph; of fields the results, not the instructions."""

    def __init__(self, styles: Styles, *, signs: bool, fill: str) -> None:
        self.styles = styles
        self.fill = fill
        self.is_unclear = False
        self.signs = signs
        self.pieces: list[Fragment] = []
        self.fields: list[_Field] = []
        """The fields that stand open, the outermost first."""
        self.is_left_out = False

    @property
    def is_cut(self) -> bool:
        """Whether text was left out as a field's instruction though the field does not end in the paragraph."""
        return self.is_left_out and self._at_code

    @property
    def _at_code(self) -> bool:
        return any(field.at_code for field in self.fields)

    def read(self, element: Element) -> None:
        for child in element:
            tag = child.tag
            if tag == _RUN:
                self._run(child)
            elif tag in _UNSEEN or not isinstance(tag, str):
                continue
            elif tag in _DRAWN:
                self._doubt()
            elif tag == MC + "AlternateContent":
                self.read(_chosen(child))
            else:
                start = len(self.pieces)
                self.read(child)
                if tag in _ADDED or (tag == _SIMPLE_FIELD and self._is_unread(start, child.get(W + "instr") or "")):
                    self._doubt()

    def _run(self, run: Element) -> None:
        look, edge, is_unclear = PLAIN, "", self.is_unclear
        for child in run:
            tag = child.tag
            if tag == _TEXT:
                if self._at_code:
                    self.is_left_out = True
                else:
                    self.pieces.append((edge + (child.text or "") + edge, look))
                    if is_unclear and any(char.isdigit() for char in child.text or ""):
                        self._doubt()
            elif tag == _RUN_PROPERTIES:
                shown = _looks(child)
                if not shown:
                    continue
                if self._is_hidden(shown):
                    return
                look, edge = (shown.get(_SIZE, ""),), _edge(shown)
                is_unclear = is_unclear or _is_unclear(shown, self.fill) or shown.get(_STYLE) in self.styles.unclear
                if _is_struck(shown):
                    self._doubt()
            else:
                self._piece(child, look)

    def _piece(self, child: Element, look: Look) -> None:
        if child.tag in _SIGNS:
            self.pieces.append((_SIGNS[str(child.tag)], look))
        elif child.tag == _FIELD:
            self._field(child)
        elif child.tag == _CODE and self.fields:
            self.fields[-1].code += child.text or ""
        elif child.tag in _DRAWN or child.tag == MC + "AlternateContent":
            self._doubt()

    def _field(self, mark: Element) -> None:
        kind = mark.get(W + "fldCharType")
        if kind == "begin":
            self.fields.append(_Field(len(self.pieces)))
            if mark.find(f"{W}ffData/{W}ddList") is not None or mark.find(f"{W}ffData/{W}checkBox") is not None:
                self._doubt()
        elif kind == "separate" and self.fields:
            self.fields[-1].at_code = False
        elif kind == "end" and self.fields:
            field = self.fields.pop()
            if not self._at_code and self._is_unread(field.start, field.code):
                self._doubt()

    def _is_unread(self, start: int, code: str) -> bool:
        """Whether a field shows what is not its result in the file: Word works it out, or draws it as ``EQ`` says."""
        return len(self.pieces) == start or re.match(r"\s*eq\b", code, re.IGNORECASE) is not None

    def _doubt(self) -> None:
        if self.signs:
            self.pieces.append((DOUBT, PLAIN))

    def _is_hidden(self, shown: Mapping[str, str]) -> bool:
        by_itself = any(shown.get(tag, "off") not in _OFF for tag in _HIDING)
        return by_itself or shown.get(_STYLE) in self.styles.hidden


def _chosen(alternatives: Element) -> Element:
    """The first of several versions of the same content: the others are for older programs."""
    return next(iter(alternatives), etree.Element("nothing"))


def _value(properties: Element, tag: str) -> str:
    found = properties.find(W + tag)
    return (found.get(VAL) or "") if found is not None else ""


def _edge(shown: Mapping[str, str]) -> str:
    """A blank where a run is set apart from the text around it (raised, lowered, white): a note, no digits of it."""
    raised = shown.get(_RAISED) in {"superscript", "subscript"} or shown.get(_POSITION, "0") != "0"
    return " " if raised or shown.get(_COLOR, "").upper() == "FFFFFF" else ""


def _looks(properties: Element) -> dict[str, str]:
    """What matters of a run's properties: of shading the colour, of fonts the one for digits, of others their value."""
    return {str(part.tag): _look(part) for part in properties if part.tag in _LOOKS}


def _look(part: Element) -> str:
    if part.tag == _SHADING:
        return shading(part)
    return (part.get(W + "ascii") if part.tag == _FONTS else part.get(VAL)) or ""


def shading(mark: Element | None) -> str:
    """The colour of a ``w:shd``, ``""`` where there is none."""
    if mark is None:
        return ""
    return mark.get(W + "color" if mark.get(VAL) == "solid" else W + "fill") or ""


def _is_struck(shown: Mapping[str, str]) -> bool:
    return any(shown.get(line, "off") not in _OFF for line in _STRUCK)


def _is_unclear(shown: Mapping[str, str], fill: str = "") -> bool:
    """Whether digits so shown in a cell of a colour can hardly be seen, or are not those that are stored."""
    size, color, own_fill = shown.get(_SIZE, ""), _channels(shown.get(_COLOR, "")), _channels(shown.get(_SHADING, ""))
    behind = own_fill or _channels(fill) or (255,)
    return (
        (size.isdecimal() and int(size) < _LEAST_SIZE)
        or shown.get(_HIGHLIGHT) in _DARK_MARKERS
        or shown.get(_FONTS, "").casefold().startswith(_SYMBOL_FONTS)
        or max(own_fill, default=255) <= _DARK
        or (min(color, default=0) >= _PALE and min(behind) >= _PALE)
        or (max(color, default=255) <= _DARK and max(behind) <= _DARK)
    )


def _channels(color: str) -> tuple[int, ...]:
    """Red, green and blue; nothing for no colour or one that Word chooses."""
    return tuple(bytes.fromhex(color)) if _RGB.fullmatch(color) else ()
