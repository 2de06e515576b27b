"""The content of PDF pages by pdfium, the fast way; NotSure where pdfium may see other than what is drawn."""

import ctypes
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import repeat

import pypdfium2_raw as raw

from extract.readers import pdfium_binding as pdfium
from extract.readers.pdf_page import Page
from extract.readers.pdfium_binding import NotSure, Room
from extract.readers.pdfium_chars import TextObjects
from extract.readers.pdfium_shapes import object_boxes, page_shapes

_LINK_ANNOTATIONS = frozenset({raw.FPDF_ANNOT_LINK, raw.FPDF_ANNOT_POPUP})
_TEXT, _PATH, _IMAGE = raw.FPDF_PAGEOBJ_TEXT, raw.FPDF_PAGEOBJ_PATH, raw.FPDF_PAGEOBJ_IMAGE


class PdfiumDocument:
    """A PDF opened with pdfium, to be closed; raises NotSure where pdfium cannot open it."""

    def __init__(self, body: bytes) -> None:
        self._body = body  # pdfium reads from it for as long as the document is open
        self._handle = pdfium.load_document(body, len(body), None)
        if not self._handle:
            raise NotSure("pdfium does not open the file")
        if not pdfium.index_is_whole(self._handle):
            self.close()
            raise NotSure("a damaged file, of which pdfium may have found a part")

    def close(self) -> None:
        """Free what pdfium holds."""
        pdfium.close_document(self._handle)

    @property
    def title(self) -> str:
        """The title in the file's description, or an empty string."""
        length = pdfium.meta_text(self._handle, b"Title", None, 0)
        room = ctypes.create_string_buffer(max(length, 2))
        pdfium.meta_text(self._handle, b"Title", ctypes.addressof(room), length)
        return room.raw.decode("utf-16-le", "replace").rstrip("\0")

    def __len__(self) -> int:
        return int(pdfium.page_count(self._handle))

    def page(self, number: int) -> Page:
        """The content of a page (from 1); raises NotSure."""
        with _closing(pdfium.load_page(self._handle, number - 1), pdfium.close_page) as page:
            width, height = _page_size(page)
            _refuse_annotations(page)
            objects = list(map(pdfium.page_object, repeat(page), range(pdfium.object_count(page))))
            with _closing(pdfium.load_text(page), pdfium.close_text) as text:
                texts = TextObjects(text)
                others = [handle for handle in objects if handle not in texts.handles]
                kinds = list(map(pdfium.object_kind, others))
                if not {_TEXT, _PATH, _IMAGE}.issuperset(kinds):
                    raise NotSure("a form or a shading")
                hidden, paths, images = (
                    [handle for handle, its_kind in zip(others, kinds, strict=True) if its_kind == kind]
                    for kind in (_TEXT, _PATH, _IMAGE)
                )
                if len(texts.handles) + len(others) != len(objects):
                    raise NotSure("text that stands in no object of the page")
                chars = texts.chars(hidden, height)
            shapes = page_shapes(paths, height, with_colours=any(char.white for char in chars))
            boxes = object_boxes(images, height)
        return Page(number, width, height, chars, shapes, boxes, annotations=[])


@contextmanager
def _closing(handle: int | None, close: Callable[[int], None]) -> Iterator[int]:
    if not handle:
        raise NotSure("pdfium does not open the page")
    try:
        yield handle
    finally:
        close(handle)


def _page_size(page: int) -> tuple[float, float]:
    """Width and height of a page that is not turned, cropped or moved."""
    if pdfium.rotation(page):
        raise NotSure("a turned page")
    media, crop, bounding = Room(1, 4), Room(1, 4), Room(1, 4)
    if pdfium.media_box(page, *(place[0] for place in media.all_places())):
        [left], [bottom], [right], [top] = media.columns()
    else:
        pdfium.bounding_box(page, bounding.places()[0])
        [left], [top], [right], [bottom] = bounding.columns()
    is_cropped = pdfium.crop_box(page, *(place[0] for place in crop.all_places()))
    if left or bottom or (is_cropped and crop.columns() != [[left], [bottom], [right], [top]]):
        raise NotSure("a page that is moved or cropped")
    return right, top


def _refuse_annotations(page: int) -> None:
    for number in range(pdfium.annotation_count(page)):
        with _closing(pdfium.annotation(page, number), pdfium.close_annotation) as annotation:
            if pdfium.annotation_kind(annotation) not in _LINK_ANNOTATIONS:
                raise NotSure("an annotation")
