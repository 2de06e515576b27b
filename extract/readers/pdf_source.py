"""The pages of a PDF file, each by the fast library or, where that is not sure, by the one that sees all."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from typing import Self

from extract.errors import UnreadableFile
from extract.readers.pdf_page import Page
from extract.readers.pdfium import PdfiumDocument
from extract.readers.pdfium_binding import NotSure
from extract.readers.plumber import PlumberDocument


class PdfSource:
    """A PDF file open for reading; raises :class:`UnreadableFile` where it is damaged or locked."""

    def __init__(self, body: bytes, name: str) -> None:
        self._body = body
        self._name = name
        self._fast: PdfiumDocument | None
        try:
            self._fast = PdfiumDocument(body)
        except NotSure:
            self._fast = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        if self._fast is not None:
            self._fast.close()
        if "_slow" in self.__dict__:
            self._slow.close()

    @cached_property
    def _slow(self) -> PlumberDocument:
        with _told_as_damaged(self._name):
            return PlumberDocument(self._body)

    @property
    def page_count(self) -> int:
        """How many pages the file has."""
        if self._fast is not None:
            return len(self._fast)
        with _told_as_damaged(self._name):
            return len(self._slow)

    @property
    def title(self) -> str:
        """The title in the file's description, or an empty string."""
        return self._slow.title if self._fast is None else self._fast.title

    def readings(self, number: int) -> Iterator[Page]:
        """A page's content (from 1) by the fast library, if that is sure, and then by the slow one."""
        if self._fast is not None:
            with suppress(NotSure):
                yield self._fast.page(number)
        with _told_as_damaged(self._name):
            page = self._slow.page(number)
        yield page


@contextmanager
def _told_as_damaged(name: str) -> Iterator[None]:
    try:
        yield
    except Exception as error:  # pdfminer raises whatever a damaged file makes it trip over
        raise UnreadableFile(
            name,
            "damaged",
            f"the PDF cannot be opened ({type(error).__name__}: {error}); it may be truncated or locked",
        ) from error
