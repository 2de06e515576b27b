"""Word documents (DOCX) to Document, straight from the XML in the file."""

from collections.abc import Iterable, Iterator

from extract.document import Block, Cell, Document, Grid, Locator, Text
from extract.errors import UnreadableFile
from extract.labels import squash
from extract.readers import DOUBT, MOST_CELL_TEXT, MOST_PLACES
from extract.readers.docx_numbering import Numbering, read_numbering
from extract.readers.docx_text import MC, VAL, Styles, W, is_on, paragraph_text, read_styles, shading
from extract.readers.packages import Element, Package

_PARAGRAPH, _TABLE, _ROW, _CELL = (W + tag for tag in ("p", "tbl", "tr", "tc"))
_SPAN, _DOWN, _ACROSS = (W + tag for tag in ("gridSpan", "vMerge", "hMerge"))
_CELL_PROPERTIES = W + "tcPr"
_CHANGED = frozenset([W + "cellDel", W + "cellIns"])
_CONTROL = W + "sdt"
_TEXT_BOX, _FALLBACK = W + "txbxContent", MC + "Fallback"
# Around paragraphs, tables, rows and cells; what else there is holds none of them.
_WRAPPERS = frozenset([*(W + tag for tag in ("sdt", "sdtContent", "customXml", "ins", "moveTo")), MC + "Choice"])
_LONGEST_FIGURE = 10
_MOST_GRID_SPAN = 63  # Word's own limit
_STRICT = (
    (b"http://purl.oclc.org/ooxml/wordprocessingml/main", W.strip("{}").encode()),
    (
        b"http://purl.oclc.org/ooxml/officeDocument/math",
        b"http://schemas.openxmlformats.org/officeDocument/2006/math",
    ),
)
_TITLE = "{http://purl.org/dc/elements/1.1/}title"


def read_docx(body: bytes, name: str, *, title_hint: str | None = None) -> Document:
    """Read a Word document.

    The title in its properties counts less than what is printed: a file used again for the next year keeps it. Raises
    :class:`UnreadableFile` where the package is damaged, encrypted, larger than any report, or holds no text.
    """
    package = Package(body, name)
    main = package.target("officeDocument") or "word/document.xml"
    xml = package.read(main)
    for strict, usual in _STRICT:
        xml = xml.replace(strict, usual)
    root = package.parse(xml, main).find(W + "body")
    if root is None:
        raise UnreadableFile(name, "damaged", f"its part {main} is no Word document")
    styles, numbering = _style_sheet(package, main)
    blocks = tuple(_Walker(styles, numbering, has_text_boxes=b"txbxContent" in xml).blocks(root))
    if not any(isinstance(block, Grid) or block.text for block in blocks):
        raise UnreadableFile(name, "empty", "the document holds no text")
    titles = [title for title in (_own_title(package), title_hint) if title]
    return Document(blocks=blocks, reader="docx", fallback_titles=tuple(titles))


def _style_sheet(package: Package, main: str) -> tuple[Styles, Numbering]:
    """What styles hide, and the lists whose numbers Word puts in."""
    style_parts, list_parts = package.targets(main, "styles"), package.targets(main, "numbering")
    xml = package.read(style_parts[0]) if style_parts else b""
    styles = package.parse(xml, style_parts[0]) if xml else None
    numbering = read_numbering(package.xml(list_parts[0]), styles) if list_parts else Numbering()
    return read_styles(styles) if styles is not None else Styles(), numbering


def _own_title(package: Package) -> str:
    if "docProps/core.xml" not in package.parts:
        return ""
    try:
        return " ".join((package.xml("docProps/core.xml").findtext(_TITLE) or "").split())
    except UnreadableFile:  # the report can be read without
        return ""


class _Walker:
    """Walks the body in reading order and makes blocks of it."""

    def __init__(self, styles: Styles, numbering: Numbering, *, has_text_boxes: bool) -> None:
        self.styles = styles
        self.numbering = numbering
        self.has_text_boxes = has_text_boxes
        self.table_count = 0
        self.paragraph_count = 0

    def blocks(self, container: Element) -> Iterator[Block]:
        for child in container:
            if child.tag == _PARAGRAPH:
                yield from self._paragraph(child)
            elif child.tag == _TABLE:
                yield from self._table(child)
            elif child.tag in _WRAPPERS or child.tag == MC + "AlternateContent":
                yield from self.blocks(child)

    def _paragraph(self, paragraph: Element) -> Iterator[Block]:
        self.paragraph_count += 1
        locator = Locator(paragraph=self.paragraph_count)
        number = self.numbering.next_number(paragraph)
        lines = (number + paragraph_text(paragraph, self.styles)).split("\n")
        if lines != [""] or DOUBT not in paragraph_text(paragraph, self.styles, signs=True):
            # In a table written as paragraphs an empty paragraph is a blank cell; one with a picture is not.
            yield from (Text(line, locator) for line in lines)
        if self.has_text_boxes:
            for box in paragraph.iter(_TEXT_BOX):
                if _is_outermost(box, paragraph):
                    yield from self.blocks(box)

    def _table(self, table: Element) -> Iterator[Block]:
        self.table_count += 1
        grid = None if _is_layout(table) else self._grid(table)
        if grid is not None and grid.column_count > 1:
            yield grid
            return
        for row in _inside(table, _ROW):
            for cell in _inside(row, _CELL):
                yield from self.blocks(cell)

    def _grid(self, table: Element) -> Grid | None:
        """The cells with their spans; None for an oversized table. Rows whose vertical merges do not fit are ragged."""
        rows = [row for row in _inside(table, _ROW) if not _is_left_out(row)]
        builder = _GridBuilder(self.table_count)
        for number, row in enumerate(rows):
            added = row.find(f"{W}trPr/{W}ins") is not None
            column = _number(row.find(f"{W}trPr/{W}gridBefore"), 0)
            for position, element in enumerate(_inside(row, _CELL), start=1):
                text = self._cell_text(element) + (DOUBT if added else "")
                column = builder.add(number, column, position, element, text)
            if builder.is_too_large:
                return None
        return builder.grid()

    def _cell_text(self, cell: Element) -> str:
        properties = cell.find(_CELL_PROPERTIES)
        fill = shading(properties.find(W + "shd")) if properties is not None else ""
        lines = [self._line_of_cell(paragraph, fill) for paragraph in _inside(cell, _PARAGRAPH)]
        changed = properties is not None and any(part.tag in _CHANGED for part in properties)
        holds_table = next(cell.iterdescendants(_TABLE), None) is not None
        return "\n".join(filter(None, lines)) + (DOUBT if changed or holds_table else "")

    def _line_of_cell(self, paragraph: Element, fill: str) -> str:
        text = paragraph_text(paragraph, self.styles, signs=True, fill=fill)
        if any(char.isdigit() for char in text) and _is_placeholder(paragraph):
            text += DOUBT
        number = self.numbering.next_number(paragraph)
        # Before a label its number is part of it; before a figure it may be taken for a digit of it.
        return (
            number
            + (DOUBT if number and any(char.isdigit() for char in text) and len(text) < _LONGEST_FIGURE else "")
            + text
        )


class _GridBuilder:
    """Puts cells into their places: grid spans to the right, vertical merges downwards."""

    def __init__(self, table: int) -> None:
        self.table = table
        self.cells: list[Cell] = []
        self.ragged: set[int] = set()
        self.places = 0
        self.open: dict[int, int] = {}
        """Column to the index of the cell that a vertical merge began there and may go on below."""

    @property
    def is_too_large(self) -> bool:
        return self.places > MOST_PLACES

    def add(self, row: int, column: int, position: int, element: Element, text: str) -> int:
        """Add a ``w:tc``; returns the column after it."""
        properties = element.find(_CELL_PROPERTIES)
        span, merge, across = 1, None, None
        if properties is not None:
            by_tag = {part.tag: part for part in properties}
            span = min(_number(by_tag.get(_SPAN), 1) or 1, _MOST_GRID_SPAN)
            merge, across = _merge(by_tag.get(_DOWN)), _merge(by_tag.get(_ACROSS))
        self.places += span
        if across == "continue" and self.cells and self.cells[-1].row == row:
            self._widen(row, span, text)
        elif merge == "continue" and self._lengthen(row, column, span, text):
            pass
        else:
            locator = Locator(table=self.table, row=row + 1, column=position)
            self.cells.append(Cell(row, column, text, locator, 1, span))
            self.open.pop(column, None)
            if merge is not None:
                self.open[column] = len(self.cells) - 1
        return column + span

    def _widen(self, row: int, span: int, text: str) -> None:
        """A cell merged with the one on its left, in the way of older programs."""
        last = self.cells[-1]
        self.cells[-1] = Cell(last.row, last.column, last.text, last.locator, last.row_span, last.column_span + span)
        if text:
            self.ragged.add(row)

    def _lengthen(self, row: int, column: int, span: int, text: str) -> bool:
        """Let the cell above reach down into this row; False where none above does so."""
        index = self.open.get(column)
        if index is None:
            return False
        above = self.cells[index]
        if above.row + above.row_span != row or above.column_span != span:
            self.ragged.add(row)
            return False
        self.cells[index] = Cell(above.row, above.column, above.text, above.locator, above.row_span + 1, span)
        if text:  # programs do not agree on showing what a merged cell still holds
            self.ragged.add(row)
        return True

    def grid(self) -> Grid:
        return Grid(tuple(self.cells), frozenset(self.ragged))


def _inside(element: Element, tag: str) -> Iterator[Element]:
    """The rows of a table, cells of a row or paragraphs of a cell, through what may be wrapped around them."""
    for child in element:
        if child.tag == tag:
            yield child
        elif child.tag in _WRAPPERS:
            yield from _inside(child, tag)


def _is_left_out(row: Element) -> bool:
    """Whether a row is deleted by a tracked change or hidden."""
    properties = row.find(W + "trPr")
    return properties is not None and (properties.find(W + "del") is not None or is_on(properties, "hidden"))


def _is_outermost(box: Element, paragraph: Element) -> bool:
    """Whether a text box is not inside another, nor a copy of one for older programs."""
    around = (parent.tag for parent in _ancestors(box, paragraph))
    return not any(tag in {_TEXT_BOX, _FALLBACK} for tag in around)


def _ancestors(element: Element, end: Element) -> Iterable[Element]:
    parent = element.getparent()
    while parent is not None and parent is not end:
        yield parent
        parent = parent.getparent()


def _is_layout(table: Element) -> bool:
    """Whether a table arranges the page: it holds other tables, or whole paragraphs of text in a cell.

    A table of one cell around a figure arranges nothing.
    """
    if not all(_is_frame(inner) for inner in table.iterdescendants(_TABLE)):
        return True
    cells = (cell for row in _inside(table, _ROW) for cell in _inside(row, _CELL))
    return any(sum(len(squash(t.text or "")) for t in cell.iter(W + "t")) > MOST_CELL_TEXT for cell in cells)


def _is_placeholder(paragraph: Element) -> bool:
    """Whether a control around or in a paragraph still shows the text that asks for an entry."""
    controls = [*paragraph.iterancestors(_CONTROL), *paragraph.iter(_CONTROL)]
    return any(is_on(control.find(W + "sdtPr"), "showingPlcHdr") for control in controls)


def _is_frame(table: Element) -> bool:
    cells = sum(1 for _ in table.iter(_CELL))
    return cells == 1 and sum(len(squash(text.text or "")) for text in table.iter(W + "t")) <= _LONGEST_FIGURE


def _merge(mark: Element | None) -> str | None:
    """``restart`` or ``continue``; a mark without a value goes on."""
    return None if mark is None else mark.get(VAL) or "continue"


def _number(element: Element | None, default: int) -> int:
    value = element.get(VAL) if element is not None else None
    return int(value) if value is not None and value.isascii() and value.isdigit() and len(value) < 6 else default
