"""OFD (GB/T 33190) to Document: characters and lines on its pages, read like those of a PDF.

Pictures and composite objects are not read: a cell without text that they meet is doubtful. Nor are seals and
annotations. Lengths in the file are millimetres.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from lxml import etree

from extract.document import Document
from extract.errors import UnreadableFile
from extract.labels import squash
from extract.readers.packages import Element, Package
from extract.readers.pdf import page_pieces
from extract.readers.pdf_page import Box, Char, Page, Shape
from extract.readers.pieces import Piece, blocks_of, piece_text

_POINTS = 72 / 25.4
_MOST_PAGES = 200
_ASCENT, _DESCENT = 0.88, 0.12
_PATH = re.compile(r"[A-Z]|[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_OBJECTS = "{*}TextObject", "{*}PathObject", "{*}ImageObject", "{*}CompositeObject"
_A4 = [0.0, 0.0, 210.0, 297.0]


def read_ofd(body: bytes, name: str, *, title_hint: str | None = None) -> Document:
    """Read the pages of an OFD file. Raises :class:`UnreadableFile` where it is damaged or shows no text."""
    package = Package(body, name)
    root = package.xml("OFD.xml").findtext(".//{*}DocRoot") or ""
    main = root.strip().lstrip("/")
    if main not in package.parts:
        raise UnreadableFile(name, "damaged", "OFD.xml names no document that is in the file")
    pages = list(_pages(package, main))
    pieces: list[Piece] = [piece for page in pages for piece in page_pieces([page], name)[0]]
    if not squash("".join(map(piece_text, pieces))):
        raise UnreadableFile(name, "scan", f"the OFD's {len(pages)} pages show no text, only pictures")
    title = package.xml("OFD.xml").findtext(".//{*}DocInfo/{*}Title") or ""
    return Document(
        blocks=tuple(blocks_of(pieces)),
        reader="ofd",
        fallback_titles=tuple(one for one in (title.strip(), title_hint) if one),
    )


def _pages(package: Package, main: str) -> Iterator[Page]:
    document = package.xml(main)
    folder = main.rpartition("/")[0]
    templates = {e.get("ID"): _part(package, folder, e) for e in document.iter("{*}TemplatePage")}
    usual = _numbers(document.findtext(".//{*}CommonData/{*}PageArea/{*}PhysicalBox") or "") or _A4
    named = document.findall(".//{*}Pages/{*}Page")
    if len(named) > _MOST_PAGES:
        raise UnreadableFile(package.name, "too_large", f"{len(named)} pages: no report is so long")
    for number, entry in enumerate(named, start=1):
        content = package.xml(_part(package, folder, entry))
        used = [
            templates[e.get("TemplateID")] for e in content.iterfind("{*}Template") if e.get("TemplateID") in templates
        ]
        box = _numbers(content.findtext("{*}Area/{*}PhysicalBox") or "") or usual
        drawn = [e for layer in [*map(package.xml, used), content] for e in layer.iter(*_OBJECTS) if _is_drawn(e)]
        chars = [char for element in drawn if _kind(element) == "TextObject" for char in _chars(element)]
        shapes = [shape for element in drawn if _kind(element) == "PathObject" for shape in _shapes(element)]
        images = [_box(element) for element in drawn if _kind(element) in ("ImageObject", "CompositeObject")]
        yield Page(number, box[2] * _POINTS, box[3] * _POINTS, chars, shapes, images, annotations=[])


def _kind(element: Element) -> str:
    return etree.QName(element).localname


def _is_drawn(element: Element) -> bool:
    return element.get("Visible") != "false" and element.get("Alpha") != "0"


def _box(element: Element) -> Box:
    left, top, width, height = ([*_numbers(element.get("Boundary") or ""), 0.0, 0.0, 0.0, 0.0])[:4]
    return left * _POINTS, top * _POINTS, (left + width) * _POINTS, (top + height) * _POINTS


def _part(package: Package, folder: str, entry: Element) -> str:
    """The part that an entry names, from the folder of the document or of the whole."""
    location = (entry.get("BaseLoc") or "").strip()
    for part in (location.lstrip("/"), f"{folder}/{location}".lstrip("/")):
        if part in package.parts:
            return part
    raise UnreadableFile(package.name, "damaged", f"a page is missing in the file: {location}")


class _Frame(NamedTuple):
    """Where the coordinates of an object lie on the page: its corner and how it is turned and stretched."""

    left: float
    top: float
    matrix: Sequence[float]

    def place(self, x: float, y: float) -> tuple[float, float]:
        """A point on the page, in points."""
        a, b, c, d, e, f = self.matrix
        return (self.left + a * x + c * y + e) * _POINTS, (self.top + b * x + d * y + f) * _POINTS


def _frame(element: Element) -> _Frame:
    left, top = ([*_numbers(element.get("Boundary") or ""), 0.0, 0.0])[:2]
    matrix = _numbers(element.get("CTM") or "")
    return _Frame(left, top, matrix if len(matrix) == 6 else (1, 0, 0, 1, 0, 0))


def _chars(element: Element) -> Iterator[Char]:
    """The characters of a text object, each as wide as the step to the next."""
    frame, size = _frame(element), next(iter(_numbers(element.get("Size") or "")), 0.0)
    is_white = _is_white(element.find("{*}FillColor"))
    for code in element.iterfind("{*}TextCode"):
        text = code.text or ""
        x, y = (next(iter(_numbers(code.get(axis) or "")), 0.0) for axis in "XY")
        across, down = _steps(code.get("DeltaX") or "", len(text)), _steps(code.get("DeltaY") or "", len(text))
        is_level = not any(down)
        for number, char in enumerate(text):
            natural = size if ord(char) > 0x2E7F else size / 2
            step = across[number] if number < len(across) else 0.0
            x0, top = frame.place(x, y - _ASCENT * size)
            x1, bottom = frame.place(x + (min(step, natural) or natural), y + _DESCENT * size)
            height = abs(bottom - top)
            yield Char(
                char, min(x0, x1), min(top, bottom), max(x0, x1), max(top, bottom), height, element.get("Font") or "",
                upright=is_level or len(text) == 1, white=is_white,
            )  # fmt: skip
            x += step if across else (natural if is_level else 0.0)
            y += down[number] if number < len(down) else 0.0


def _steps(delta: str, most: int) -> list[float]:
    """The steps of ``5 g 3 4.2``: 5, then three times 4.2."""
    words = delta.split()
    steps: list[float] = []
    while words and len(steps) < most:
        if words[0] == "g" and len(words) > 2:
            times = next(iter(_numbers(words[1])), 0.0)
            steps += _numbers(words[2]) * min(int(times), most)
            del words[:3]
        else:
            steps += _numbers(words.pop(0))
    return steps


def _shapes(element: Element) -> Iterator[Shape]:
    """The straight lines of a path, one by one; curves by the box around them."""
    frame = _frame(element)
    stroked, filled = element.get("Stroke") != "false", element.get("Fill") == "true"
    is_white = _is_white(element.find("{*}StrokeColor" if stroked else "{*}FillColor"))
    points: list[tuple[float, float]] = []
    for corners, is_curved in _subpaths(element.findtext("{*}AbbreviatedData") or ""):
        points = [frame.place(x, y) for x, y in corners]
        xs, ys = [x for x, _ in points], [y for _, y in points]
        if is_curved:
            yield Shape("curve", min(xs), min(ys), max(xs), max(ys), stroked, filled, is_white, tuple(points))
        elif len(points) == 5 and points[0] == points[4] and len(set(xs)) == len(set(ys)) == 2:
            yield Shape("rect", min(xs), min(ys), max(xs), max(ys), stroked, filled, is_white)
        else:
            for (x0, y0), (x1, y1) in pairwise(points):
                yield Shape("line", min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1), stroked, filled, is_white)


def _subpaths(data: str) -> Iterator[tuple[list[tuple[float, float]], bool]]:
    """The corners of each part of a path, and whether it has curves."""
    corners: list[tuple[float, float]] = []
    is_curved = False
    words = _PATH.findall(data)
    position = 0
    while position < len(words):
        operator = words[position]
        position += 1
        numbers = []
        while position < len(words) and not words[position].isalpha():
            numbers.append(float(words[position]))
            position += 1
        if operator in "SM" and len(corners) > 1:
            yield corners, is_curved
        if operator in "SM":
            corners, is_curved = [], False
        if operator == "C" and corners:
            corners.append(corners[0])
        elif len(numbers) >= 2:
            corners.append((numbers[-2], numbers[-1]))
        is_curved = is_curved or operator in "QBA"
    if len(corners) > 1:
        yield corners, is_curved


def _is_white(color: Element | None) -> bool:
    return color is not None and (color.get("Value") or "").split() == ["255", "255", "255"]


def _numbers(text: str) -> list[float]:
    return [float(word) for word in text.split() if re.fullmatch(r"[-+]?(?:\d+\.?\d*|\.\d+)", word)]
