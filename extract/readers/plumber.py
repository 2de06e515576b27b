"""The content of PDF pages by pdfplumber: slow, and sees all that is drawn."""

import io
import logging
from collections.abc import Mapping
from typing import Any

import pdfplumber

from extract.readers.pdf_page import Box, Char, Page, Shape
from extract.readers.plumber_unseen import UnseenText

# Colour spaces in which the greatest values are white; in others (inks, palettes) values say nothing.
_LIGHT_SPACES = frozenset({"DeviceGray", "CalGray", "DeviceRGB", "CalRGB", "ICCBased"})
# Print lighter than this (1 is white), or with less ink, is as good as white.
_LIGHT = 0.85
_UNPRINTED_ANNOTATIONS = frozenset({"Link", "Popup"})

# pdfminer warns on every incomplete font descriptor; the text it extracts is not affected.
logging.getLogger("pdfminer").setLevel(logging.ERROR)


class PlumberDocument:
    """A PDF opened with pdfplumber, to be closed; raises whatever pdfminer trips over in a damaged file."""

    def __init__(self, body: bytes) -> None:
        self._pdf = pdfplumber.open(io.BytesIO(body), raise_unicode_errors=False)

    def close(self) -> None:
        """Free what pdfplumber holds."""
        self._pdf.close()

    @property
    def title(self) -> str:
        """The title in the file's description, or an empty string."""
        return str((self._pdf.metadata or {}).get("Title") or "")

    def __len__(self) -> int:
        return len(self._pdf.pages)

    def page(self, number: int) -> Page:
        """The content of a page (from 1)."""
        page = self._pdf.pages[number - 1]
        try:
            unseen = UnseenText(page)
            return Page(
                number=number,
                width=float(page.width),
                height=float(page.height),
                chars=[_char(char, unseen) for char in page.chars],
                shapes=[_shape(item) for item in (*page.lines, *page.rects, *page.curves)],
                images=[_box(image) for image in page.images],
                annotations=[_box(item) for item in page.annots if _subtype(item) not in _UNPRINTED_ANNOTATIONS],
            )
        finally:
            page.close()


def _box(item: Mapping[str, Any]) -> Box:
    x0, top, x1, bottom = (float(item[side]) for side in ("x0", "top", "x1", "bottom"))
    return x0, top, x1, bottom


def _char(char: Mapping[str, Any], unseen: UnseenText) -> Char:
    return Char(
        char["text"],
        *_box(char),
        size=float(char["size"]),
        font=char["fontname"],
        upright=bool(char["upright"]) and char["matrix"][0] > 0,  # upside down counts as turned
        invisible=unseen.holds(char),
        white=_is_white(char),
    )


def _shape(item: Mapping[str, Any]) -> Shape:
    kind = item["object_type"]
    points = tuple((float(x), float(y)) for x, y in item["pts"]) if kind == "curve" else ()
    return Shape(kind, *_box(item), bool(item["stroke"]), bool(item["fill"]), _is_white(item), points)


def _is_white(item: Mapping[str, Any]) -> bool:
    colour = item.get("non_stroking_color")
    values: list[Any] = list(colour) if isinstance(colour, list | tuple) else [colour]
    if not values or not all(isinstance(value, int | float) for value in values):
        return False
    if len(values) == 4:
        return all(value < 1 - _LIGHT for value in values)
    return item.get("ncs") in _LIGHT_SPACES and all(value > _LIGHT for value in values)


def _subtype(annotation: Mapping[str, Any]) -> str:
    return str(getattr(annotation["data"].get("Subtype"), "name", ""))
