"""From files to reports: a page with what it links, a bundle with what is in it, a folder with all of it."""

import contextlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from extract.bundles import members
from extract.errors import UnreadableFile
from extract.formats import file_format
from extract.grouping import group_names
from extract.joining import attachment_unread, one_per_report
from extract.read import open_document, reports_of
from extract.readers.converted import Converter
from extract.readers.scan import read_pictures
from extract.report import Report
from extract.titles import read_title

MOST_FILE_BYTES = 200 * 2**20
MOST_DEPTH = 2
"""Bundles in bundles are opened so deep."""
# Files that are read together from a folder: as many old Word files are converted at one start of LibreOffice.
_GROUPS_AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class Source:
    """The bytes of a file or response, with what is known of it from elsewhere.

    ``name`` is the path or address, for messages and ``Report.file``; ``content_type`` the HTTP header where there was
    one (its charset counts, the type itself is read off the bytes); ``title_hint`` the title under which a list linked
    the document.
    """

    name: str
    body: bytes
    content_type: str | None = None
    title_hint: str | None = None


Outcome = list[Report] | UnreadableFile
"""What came of a source: its reports, or why there are none."""


def read_file(path: str | Path, *, converter: Converter | None = None) -> list[Report]:
    """The reports of a file of any format, of a page with the attachments beside it, or of a folder.

    Attachments are those that the page links by relative addresses and that lie in its folder or below. Give a
    ``converter`` that has prepared the file together with others where many are read one by one. Raises
    :class:`UnreadableFile` (path, kind, message) where there is no report.
    """
    reports: list[Report] = []
    failures = []
    for group, prepared in file_groups([Path(path)], converter):
        try:
            reports += read_group(group, prepared)
        except UnreadableFile as error:
            failures.append(error)
    if reports:
        return reports
    raise failures[0] if failures else UnreadableFile(str(path), "empty", "there are no files in the folder")


def file_groups(paths: Iterable[Path], converter: Converter | None = None) -> Iterator[tuple[list[Path], Converter]]:
    """The files among and below the paths, group by group, each to be given to :func:`read_group` with its converter.

    A page and the files beside it that it links are one group, and so are the numbered pictures of a report's pages.
    ``converter`` is one that has prepared files of theirs.
    """
    names = [file.as_posix() for path in paths for file in _files(path)]
    groups = iter(group_names(names, FormatsOnDisk(), lambda name: file_bytes(Path(name))))
    while batch := list(islice(groups, _GROUPS_AT_ONCE)):
        prepared = converter or Converter()
        prepared.prepare(_readable(name for group in batch for name in group))
        for group in batch:
            yield [Path(name) for name in group], prepared


def read_group(paths: Sequence[Path], converter: Converter) -> list[Report]:
    """The reports of a group of files, each report once; a finding names what could not be read beside them.

    Raises :class:`UnreadableFile` where there is no report in any.
    """
    sources = [Source(str(path), file_bytes(path)) for path in paths]
    return _joined(sources, read_sources(sources, converter))


def _files(path: Path) -> Iterator[Path]:
    if path.is_dir():
        yield from sorted(file for file in path.rglob("*") if file.is_file() and not file.name.startswith("."))
    else:
        yield path


def _readable(names: Iterable[str]) -> Iterator[bytes]:
    """The bytes of the files that can be read; what is wrong with the others is told when their group is read."""
    for name in names:
        with contextlib.suppress(UnreadableFile):
            yield file_bytes(Path(name))


class FormatsOnDisk(Mapping[str, str]):
    """The formats of files by their path, for those that are asked for; a link that leads elsewhere is not there."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def __getitem__(self, name: str) -> str:
        if name not in self._known:
            path = Path(name)
            if not path.is_file() or not path.resolve().is_relative_to(path.parent.resolve()):
                raise KeyError(name)
            try:
                self._known[name] = file_format(file_bytes(path))
            except UnreadableFile:
                raise KeyError(name) from None
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)


def read_bytes(
    body: bytes, name: str, *, content_type: str | None = None, title_hint: str | None = None
) -> list[Report]:
    """The reports in the bytes of a file or of an archived response; the arguments are those of :class:`Source`.

    Raises :class:`UnreadableFile` where there is no report in them.
    """
    [outcome] = read_sources([Source(name, body, content_type, title_hint)])
    if isinstance(outcome, UnreadableFile):
        raise outcome
    return outcome


def read_sources(sources: Sequence[Source], converter: Converter | None = None, *, depth: int = 0) -> list[Outcome]:
    """What came of each of the sources of one group: a page first, then its attachments.

    Pictures are the pages of one report: its reading stands at the first of them, nothing at the others. What needs
    LibreOffice is converted at one start. The readings are not joined: see :func:`extract.joining.one_per_report`.
    """
    converter = converter or Converter()
    converter.prepare(source.body for source in sources)
    sources = _hinted(sources)
    pictures = [source for source in sources if file_format(source.body) == "picture"]
    outcomes: list[Outcome] = []
    for source in sources:
        if source in pictures[1:]:
            outcomes.append([])
            continue
        try:
            if len(pictures) > 1 and source is pictures[0]:
                outcomes.append(_read_pictures(pictures))
            else:
                outcomes.append(_read_source(source, converter, depth))
        except UnreadableFile as error:
            outcomes.append(error)
    return outcomes


def _read_pictures(pictures: Sequence[Source]) -> list[Report]:
    first = pictures[0]
    pages = [(picture.body, picture.name) for picture in pictures]
    return read_pages(pages, first.name, title_hint=first.title_hint)


def read_pages(pictures: Sequence[tuple[bytes, str]], name: str, *, title_hint: str | None = None) -> list[Report]:
    """The reports whose pages are picture files, given as (bytes, name) in their order.

    ``name`` is the folder's or the report's; raises :class:`UnreadableFile` as :func:`read_bytes` does.
    """
    return reports_of(read_pictures(pictures, name, title_hint=title_hint), name)


def _read_source(source: Source, converter: Converter, depth: int) -> list[Report]:
    if file_format(source.body) == "archive":
        return _read_bundle(source, depth)
    document = open_document(
        source.body, source.name, content_type=source.content_type, title_hint=source.title_hint, converter=converter
    )
    return reports_of(document, source.name)


def _read_bundle(bundle: Source, depth: int) -> list[Report]:
    """The reports of the files in a bundle, each report once."""
    if depth >= MOST_DEPTH:
        raise UnreadableFile(
            bundle.name, "too_large", f"bundles in bundles, deeper than {MOST_DEPTH}; unpack it by hand"
        )
    bodies = {member.name: member.body for member in members(bundle.body, bundle.name)}
    if not bodies:
        raise UnreadableFile(bundle.name, "empty", "there are no files in the bundle")
    readings: list[tuple[str, Report]] = []
    failures: list[UnreadableFile] = []
    converter = Converter()
    converter.prepare(bodies.values())
    formats = {name: file_format(body) for name, body in bodies.items()}
    for group in group_names(bodies, formats, bodies.__getitem__):
        hint = bundle.title_hint if len(bodies) == 1 else None
        sources = [Source(f"{bundle.name}!/{name}", bodies[name], None, hint) for name in group]
        try:
            found = _joined(sources, read_sources(sources, converter, depth=depth + 1))
        except UnreadableFile as error:
            failures.append(error)
        else:
            readings += [(report.file, report) for report in found]
    if not readings:
        raise _worst(bundle.name, failures)
    return [report for _, report in one_per_report(readings)]


def _hinted(sources: Sequence[Source]) -> Sequence[Source]:
    """The title of a page speaks for the only document that comes with it; of several, each must say whose it is."""
    if len(sources) < 2 or sources[1].title_hint or file_format(sources[0].body) != "html":
        return sources
    page, first, *others = sources
    if any(file_format(source.body) != "picture" for source in (first, *others)) and others:
        return sources
    try:
        titles = open_document(page.body, page.name, title_hint=page.title_hint).titles
    except UnreadableFile:
        return sources
    title = next((title for title in titles if read_title(title) is not None), page.title_hint)
    return [page, replace(first, title_hint=title), *others]


def _joined(sources: Sequence[Source], outcomes: Sequence[Outcome]) -> list[Report]:
    """The reports of a group, each once; of what it links and could not be read, a finding tells."""
    failures = [outcome for outcome in outcomes if isinstance(outcome, UnreadableFile)]
    readings = [
        (source.name, report)
        for source, outcome in zip(sources, outcomes, strict=True)
        if not isinstance(outcome, UnreadableFile)
        for report in outcome
    ]
    if not readings:
        raise _worst(sources[0].name, failures)
    reports = [report for _, report in one_per_report(readings)]
    unread = [failure for failure in failures if failure.path != sources[0].name and failure.kind != "not_a_report"]
    for report in reports:
        report.findings += [attachment_unread(failure, is_whole=report.status == "complete") for failure in unread]
    return reports


def _worst(name: str, failures: Sequence[UnreadableFile]) -> UnreadableFile:
    """Why there is no report: what is wrong with the file itself, else with what came with it."""
    first, *others = sorted(failures, key=lambda failure: failure.kind == "not_a_report")
    if first.path == name and not others:
        return first
    reasons = "; ".join(f"{failure.path}: {failure.message}" for failure in [first, *others][:5])
    kind = next(
        (failure.kind for failure in [*others, first] if failure.kind not in {"no_report", "not_a_report"}), first.kind
    )
    return UnreadableFile(name, kind, reasons)


def file_bytes(path: Path) -> bytes:
    """The bytes of a file; :class:`UnreadableFile` where it is not there, not to be opened or too large."""
    try:
        size = path.stat().st_size
        if size > MOST_FILE_BYTES:
            raise UnreadableFile(str(path), "too_large", f"{size >> 20} MB; up to {MOST_FILE_BYTES >> 20} MB are read")
        return path.read_bytes()
    except FileNotFoundError:
        raise UnreadableFile(str(path), "not_found", "there is no such file") from None
    except PermissionError:
        raise UnreadableFile(str(path), "no_permission", "there is no permission to read the file") from None
    except OSError as error:
        raise UnreadableFile(str(path), "not_found", f"the file cannot be read: {error.strerror}") from error
