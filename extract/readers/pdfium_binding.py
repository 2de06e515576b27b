"""The functions of pdfium that the reader calls, bound with plain integers for handles and addresses.

pypdfium2's own binding costs more than the work itself, for it wraps every handle; these are called through ``map``,
for all characters of a page in one go. They keep Python's lock, as pdfium must not be called from two threads at once.
"""

import ctypes
from array import array
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any, Literal

import pypdfium2  # noqa: F401  importing it starts the library
import pypdfium2_raw as raw

_POINTER, _INT, _FLOAT = ctypes.c_void_p, ctypes.c_int, ctypes.c_float


class NotSure(Exception):  # noqa: N818  nothing is wrong: another library is to read the page
    """Something in a file that pdfium may report otherwise than it is drawn."""


class Room:
    """Room for numbers that pdfium writes, so many for each of a list of things; read back all at once.

    The kind of number is that of the module array: f, d, i or I.
    """

    def __init__(self, count: int, each: int, kind: Literal["f", "d", "i", "I"] = "f") -> None:
        self._each = each
        self._size = 8 if kind == "d" else 4
        self._numbers = array(kind, bytes(count * each * self._size))
        self._start, length = self._numbers.buffer_info()
        self._end = self._start + length * self._size

    def places(self, column: int = 0) -> range:
        """The address of this number of each thing."""
        return range(self._start + column * self._size, self._end, self._each * self._size)

    def all_places(self) -> list[range]:
        """The addresses of all numbers, by column."""
        return [self.places(column) for column in range(self._each)]

    def columns(self) -> list[list[Any]]:
        """The first numbers of all things, the second ones, and so on."""
        return [self._numbers[column :: self._each].tolist() for column in range(self._each)]


def call(function: Callable[..., Any], *arguments: Iterable[Any]) -> None:
    """Call a function with each of these arguments in turn, for what it writes."""
    deque(map(function, *arguments), maxlen=0)


def _bind(name: str, result: Any, *arguments: Any) -> Callable[..., Any]:
    address = ctypes.cast(getattr(raw, name), ctypes.c_void_p).value or 0
    return ctypes.PYFUNCTYPE(result, *arguments)(address)


load_document = _bind("FPDF_LoadMemDocument64", _POINTER, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_char_p)
close_document = _bind("FPDF_CloseDocument", None, _POINTER)
index_is_whole = _bind("FPDF_DocumentHasValidCrossReferenceTable", _INT, _POINTER)
page_count = _bind("FPDF_GetPageCount", _INT, _POINTER)
meta_text = _bind("FPDF_GetMetaText", ctypes.c_ulong, _POINTER, ctypes.c_char_p, _POINTER, ctypes.c_ulong)
load_page = _bind("FPDF_LoadPage", _POINTER, _POINTER, _INT)
close_page = _bind("FPDF_ClosePage", None, _POINTER)
rotation = _bind("FPDFPage_GetRotation", _INT, _POINTER)
media_box = _bind("FPDFPage_GetMediaBox", _INT, *[_POINTER] * 5)
crop_box = _bind("FPDFPage_GetCropBox", _INT, *[_POINTER] * 5)
bounding_box = _bind("FPDF_GetPageBoundingBox", _INT, _POINTER, _POINTER)
annotation_count = _bind("FPDFPage_GetAnnotCount", _INT, _POINTER)
annotation = _bind("FPDFPage_GetAnnot", _POINTER, _POINTER, _INT)
close_annotation = _bind("FPDFPage_CloseAnnot", None, _POINTER)
annotation_kind = _bind("FPDFAnnot_GetSubtype", _INT, _POINTER)

object_count = _bind("FPDFPage_CountObjects", _INT, _POINTER)
page_object = _bind("FPDFPage_GetObject", _POINTER, _POINTER, _INT)
object_kind = _bind("FPDFPageObj_GetType", _INT, _POINTER)
object_matrix = _bind("FPDFPageObj_GetMatrix", _INT, _POINTER, _POINTER)
object_bounds = _bind("FPDFPageObj_GetBounds", _INT, *[_POINTER] * 5)
object_clip = _bind("FPDFPageObj_GetClipPath", _POINTER, _POINTER)
clip_path_count = _bind("FPDFClipPath_CountPaths", _INT, _POINTER)
clip_segment_count = _bind("FPDFClipPath_CountPathSegments", _INT, _POINTER, _INT)
clip_segment = _bind("FPDFClipPath_GetPathSegment", _POINTER, _POINTER, _INT, _INT)
fill_colour = _bind("FPDFPageObj_GetFillColor", _INT, *[_POINTER] * 5)
draw_mode = _bind("FPDFPath_GetDrawMode", _INT, *[_POINTER] * 3)
segment_count = _bind("FPDFPath_CountSegments", _INT, _POINTER)
segment = _bind("FPDFPath_GetPathSegment", _POINTER, _POINTER, _INT)
segment_point = _bind("FPDFPathSegment_GetPoint", _INT, *[_POINTER] * 3)
segment_kind = _bind("FPDFPathSegment_GetType", _INT, _POINTER)
segment_closes = _bind("FPDFPathSegment_GetClose", _INT, _POINTER)

load_text = _bind("FPDFText_LoadPage", _POINTER, _POINTER)
close_text = _bind("FPDFText_ClosePage", None, _POINTER)
char_count = _bind("FPDFText_CountChars", _INT, _POINTER)
char_object = _bind("FPDFText_GetTextObject", _POINTER, _POINTER, _INT)
char_code = _bind("FPDFText_GetUnicode", ctypes.c_uint, _POINTER, _INT)
char_origin = _bind("FPDFText_GetCharOrigin", _INT, _POINTER, _INT, _POINTER, _POINTER)
char_loose_box = _bind("FPDFText_GetLooseCharBox", _INT, _POINTER, _INT, _POINTER)
char_box = _bind("FPDFText_GetCharBox", _INT, _POINTER, _INT, *[_POINTER] * 4)
char_is_unmapped = _bind("FPDFText_HasUnicodeMapError", _INT, _POINTER, _INT)
char_is_hyphen = _bind("FPDFText_IsHyphen", _INT, _POINTER, _INT)
text_mode = _bind("FPDFTextObj_GetTextRenderMode", _INT, _POINTER)
text_size = _bind("FPDFTextObj_GetFontSize", _INT, _POINTER, _POINTER)
text_font = _bind("FPDFTextObj_GetFont", _POINTER, _POINTER)
font_descent = _bind("FPDFFont_GetDescent", _INT, _POINTER, _FLOAT, _POINTER)
font_ascent = _bind("FPDFFont_GetAscent", _INT, _POINTER, _FLOAT, _POINTER)
