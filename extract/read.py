"""From the bytes of one file to its reports."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Protocol

from extract.document import Block, Document
from extract.errors import ErrorKind, UnreadableFile
from extract.flow import restore_grids
from extract.formats import Format, file_format
from extract.headings import is_report_heading, split_headings
from extract.identity import identify
from extract.match import match_tables
from extract.narrative import read_claims
from extract.readers.converted import CONVERTED, Converter, read_converted
from extract.readers.docx import read_docx
from extract.readers.html import read_html
from extract.readers.ofd import read_ofd
from extract.readers.pdf import read_pdf
from extract.readers.scan import read_picture
from extract.readers.sheet import read_sheet
from extract.readers.text import read_text
from extract.report import Report
from extract.sections import preamble, split_reports, split_sections
from extract.tables import check_mixture, choose_form, settle, status_of
from extract.titles import is_about_reports, read_title

EXTRACTOR_VERSION = 2
"""Raised whenever a change here may read an archived capture differently: the archive is then read again."""


class _Reader(Protocol):
    """A reader of a format; HTML alone has an HTTP header to look at besides."""

    def __call__(self, body: bytes, name: str, *, title_hint: str | None) -> Document: ...


_READERS: Mapping[Format, _Reader] = {
    "docx": read_docx,
    "ofd": read_ofd,
    "pdf": read_pdf,
    "picture": read_picture,
    "text": read_text,
    "xls": read_sheet,
    "xlsx": read_sheet,
}
_REFUSED: Mapping[Format, tuple[ErrorKind, str]] = {
    "empty": ("empty", "the file is empty"),
    "binary": ("unsupported", "no format of documents that is known"),
    "encrypted": ("encrypted", "the file is protected by a password"),
    "other_office": ("damaged", "an Office file that is damaged (cut short?), or neither a Word file nor a workbook"),
    "other_sheet": ("unsupported", "a workbook of a kind that is not read; save it as XLSX"),
    "archive": ("unsupported", "a bundle of files; they are read one by one"),
}


def open_document(
    body: bytes,
    name: str,
    *,
    content_type: str | None = None,
    title_hint: str | None = None,
    converter: Converter | None = None,
) -> Document:
    """The document in the bytes of one file; its reader is chosen by what the bytes are, never by the name.

    The arguments are those of :class:`extract.files.Source`; ``converter`` is one that has prepared the file together
    with others. Raises :class:`UnreadableFile` where it cannot be read.
    """
    found = file_format(body)
    if found in _REFUSED:
        raise UnreadableFile(name, *_REFUSED[found])
    if found == "html":
        return read_html(body, name, content_type=content_type, title_hint=title_hint)
    if found in CONVERTED:
        return read_converted(body, name, title_hint=title_hint, converter=converter or Converter())
    return _READERS[found](body, name, title_hint=title_hint)


def reports_of(document: Document, name: str) -> list[Report]:
    """The reports that a document holds. Raises :class:`UnreadableFile` where there is none in it."""
    blocks = tuple(split_headings(restore_grids(document.blocks)))
    parts = split_reports(blocks, [*document.titles, *document.fallback_titles])
    if len(parts) == 1:
        return [_report(document, blocks, name)]
    try:
        first = _report(document, parts[0], name)
        return [first, *(_report(replace(document, titles=(), fallback_titles=()), part, name) for part in parts[1:])]
    except UnreadableFile:  # a heading printed twice, not a second report
        return [_report(document, blocks, name)]


def _report(document: Document, blocks: Sequence[Block], name: str) -> Report:
    _check_own_titles(document, name)
    tables = match_tables(blocks)
    opening = preamble(blocks)
    sections = split_sections(blocks)
    candidates = _title_candidates(document, opening)
    is_titled = any(read_title(title) is not None for title in candidates)
    if tables.is_empty:
        raise _no_report(document, name, is_titled=is_titled, has_headings=bool(sections))
    narrative = "\n".join([*opening, *(f"{section.heading}\n{section.text}" for section in sections)])
    identity = identify(candidates, narrative, published_on=document.published_on)
    settle(tables, identity.year)
    form = choose_form(tables, identity.year)
    if not tables.figures and (form is None or not is_titled):  # a local table alone does not make a report
        raise _no_report(document, name, is_titled=is_titled, has_headings=bool(sections))
    return Report(
        file=name,
        title=identity.title,
        agency=identity.agency,
        year=identity.year,
        form=form,
        status=status_of(tables, form),
        reader=document.reader,
        cells=tables.figures,
        quantities=tables.quantities,
        sections=sections,
        claims=read_claims(sections, opening, form=form, year=identity.year),
        findings=[*identity.findings, *tables.findings, *check_mixture(tables, form)],
        published_on=document.published_on,
        period=identity.period,
    )


def _title_candidates(document: Document, opening: list[str]) -> list[str]:
    """Titles the source states, then the opening lines and pairs of them (titles are often printed on two lines).

    Last the titles that count less than what is printed.
    """
    lines = [line for line in opening[:12] if len(line) < 60 and is_report_heading(line) is None]
    pairs = ["".join(pair) for pair in pairwise(lines)]
    readings = [(line, reading) for line in [*lines, *pairs] if (reading := read_title(line)) is not None]
    named_first = sorted(readings, key=lambda pair: not pair[1].agency)
    return list(dict.fromkeys([*document.titles, *(line for line, _ in named_first), *document.fallback_titles]))


def _check_own_titles(document: Document, name: str) -> None:
    """Refuse what its own titles call an interpretation, a template or a notice: its tables are no agency's report."""
    about = [title for title in document.titles if is_about_reports(title)]
    if about and not any(read_title(title) is not None for title in document.titles):
        raise UnreadableFile(
            name, "not_a_report", f"by its title about annual reports, not one itself: {about[0][:60]}"
        )


def _no_report(document: Document, name: str, *, is_titled: bool, has_headings: bool) -> UnreadableFile:
    if document.attachments and (is_titled or has_headings):
        linked = ", ".join(address for address, _ in document.attachments[:5])
        return UnreadableFile(name, "no_report", f"the page has no table of the report itself; it links {linked}")
    if is_titled or has_headings:
        return UnreadableFile(
            name, "no_report", "an annual report by its title, but none of its tables is here as text"
        )
    return UnreadableFile(
        name, "not_a_report", "no table of an annual report and no title of one: not a report (an error page?)"
    )
