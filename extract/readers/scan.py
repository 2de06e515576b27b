"""Scans and photographs to Document: pages straightened, tables found by their rules, cells and lines recognised.

What this needs (OpenCV, onnxruntime, a recogniser's model) is the extra ``ocr``, loaded when the first picture comes.
"""

import io
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import pypdfium2
from PIL import Image, ImageOps, UnidentifiedImageError

from extract.document import Block, Document
from extract.errors import UnreadableFile
from extract.labels import squash
from extract.readers.pieces import Piece, blocks_of, piece_text

if TYPE_CHECKING:
    from extract.readers.scan_reader import ScanReader

# A4 at 600 dpi has 35 million pixels; real reports have up to 40 pages.
_MOST_PIXELS = 60_000_000
_MOST_PAGES = 60
# Share of a page that its pictures must cover for it to be a scan.
_LEAST_COVER = 0.4
_IMAGE = 3


def read_pictures(pictures: Sequence[tuple[bytes, str]], name: str, *, title_hint: str | None = None) -> Document:
    """Read the pages of one report from picture files in their order; a TIFF may hold several.

    ``pictures`` are (bytes, name) of JPEG, PNG, TIFF, BMP, GIF or WebP; ``name`` is the report's, for messages. Raises
    :class:`UnreadableFile` where the extra ``ocr`` is not installed, a picture is damaged, too large, or nothing is
    printed on any.
    """
    scan = Scan(name)
    pieces: list[Piece] = []
    number = 0
    for body, file in pictures:
        for picture in _frames(body, file):
            number += 1
            if number > _MOST_PAGES:
                raise UnreadableFile(name, "too_large", f"more than {_MOST_PAGES} pages of pictures")
            pieces += scan.read_picture(picture, number)
    if not squash("".join(map(piece_text, pieces))):
        raise UnreadableFile(name, "scan", f"no text could be read on {number} pages of pictures")
    blocks = scan.settled(tuple(blocks_of(pieces)))
    return Document(blocks=blocks, reader="scan", fallback_titles=(title_hint,) if title_hint else ())


def read_picture(body: bytes, name: str, *, title_hint: str | None = None) -> Document:
    """Read one picture file as a report: see :func:`read_pictures`."""
    return read_pictures([(body, name)], name, title_hint=title_hint)


class Scan:
    """The pages of one file that are pictures. Raises :class:`UnreadableFile` where no recogniser is installed."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._count = 0
        self._reader = _load(name)

    def read_pdf_page(self, body: bytes, number: int) -> list[Piece]:
        """The lines and tables on a page of a PDF (counted from 1), as it shows."""
        self._count += 1
        if self._count > _MOST_PAGES:
            raise UnreadableFile(self._name, "too_large", f"more than {_MOST_PAGES} pages are pictures")
        document = pypdfium2.PdfDocument(body)
        try:
            page = document[number - 1]
            scale = self._reader.long_side / max(page.get_size())
            return self._reader.read(page.render(scale=scale, rev_byteorder=True).to_numpy()[:, :, :3], number)
        finally:
            document.close()

    def read_picture(self, picture: Any, number: int) -> list[Piece]:
        """The lines and tables in a picture, which is page ``number``."""
        return self._reader.read(picture, number)

    def settled(self, blocks: tuple[Block, ...]) -> tuple[Block, ...]:
        """The blocks of the whole document, with the sign for doubt in cells that no two signals agree on."""
        return self._reader.settled(blocks)


def image_pages(body: bytes, numbers: Sequence[int]) -> frozenset[int]:
    """Which of these pages (counted from 1) of a PDF are covered by a picture."""
    if not numbers:
        return frozenset()
    try:
        document = pypdfium2.PdfDocument(body)
    except pypdfium2.PdfiumError:
        return frozenset()
    try:
        return frozenset(number for number in numbers if number <= len(document) and _is_picture(document[number - 1]))
    finally:
        document.close()


def _is_picture(page: Any) -> bool:
    width, height = page.get_size()
    covered = 0.0
    for image in page.get_objects(filter=(_IMAGE,)):
        left, bottom, right, top = image.get_bounds() if hasattr(image, "get_bounds") else image.get_pos()
        covered += max(0.0, min(right, width) - max(left, 0)) * max(0.0, min(top, height) - max(bottom, 0))
    return bool(covered > _LEAST_COVER * width * height)


def _load(name: str) -> "ScanReader":
    try:
        from extract.readers.scan_reader import ScanReader  # noqa: PLC0415 - an optional part, and slow to load
    except ModuleNotFoundError as error:
        raise UnreadableFile(
            name, "scan", f"a scan; reading scans needs what is not installed ({error.name}): pip install nianbao[ocr]"
        ) from error
    return ScanReader()


def _frames(body: bytes, name: str) -> Iterator[Any]:
    """The pictures in a file as arrays of RGB, upright by what the camera noted."""
    try:
        with Image.open(io.BytesIO(body)) as image:
            for index in range(min(getattr(image, "n_frames", 1), _MOST_PAGES + 1)):
                image.seek(index)
                if image.width * image.height > _MOST_PIXELS:
                    raise UnreadableFile(name, "too_large", f"a picture of {image.width} x {image.height} pixels")
                yield _array(ImageOps.exif_transpose(image))
    except UnidentifiedImageError as error:
        raise UnreadableFile(name, "damaged", "the picture cannot be opened; it may be truncated") from error
    except (OSError, SyntaxError, ValueError, EOFError, Image.DecompressionBombError) as error:
        raise UnreadableFile(name, "damaged", f"the picture cannot be read: {error}") from error


def _array(image: Any) -> Any:
    import numpy as np  # noqa: PLC0415 - an optional part

    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        paper = Image.new("RGBA", image.size, "white")
        paper.alpha_composite(image.convert("RGBA"))
        image = paper
    if image.mode.startswith("I;16"):
        return np.repeat((np.asarray(image) >> 8).astype(np.uint8)[:, :, None], 3, axis=2)
    return np.asarray(image.convert("RGB"))
