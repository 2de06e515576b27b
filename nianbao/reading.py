"""Reading what the archive holds: captures in, reports and their figures out."""

import contextlib
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from itertools import chain, islice

from archive import Archive, ArchiveError, Capture, ExtractionOutcome
from extract import EXTRACTOR_VERSION, Finding, Report, UnreadableFile
from extract.files import Source
from extract.files import read_sources as read_together
from extract.joining import one_per_report
from extract.readers.converted import Converter
from extract.titles import TitleReading, read_title
from validate import run_rules

# Starting processes takes longer than reading a few reports.
_LEAST_FOR_PROCESSES = 8
# How many groups a process is given at a time: old Word files among them are converted at one start of LibreOffice.
_GROUPS_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Failed:
    """A source that gave no report, and why; ``kind`` as in :class:`extract.UnreadableFile`."""

    name: str
    kind: str
    message: str


@dataclass
class ExtractionSummary:
    """What one run of extraction did: reports saved, captures that are no reports, and what could not be read.

    ``saved`` are the ids of the reports, those included that could not be read.
    """

    reports: int = 0
    saved: set[int] = field(default_factory=set)
    left_out: list[Failed] = field(default_factory=list)
    failures: list[Failed] = field(default_factory=list)


def read_sources(sources: Sequence[Source], converter: Converter | None = None) -> list[list[Report] | Failed]:
    """Read the sources of a group; one that cannot be read does not keep the others from being read."""
    try:
        outcomes = read_together(sources, converter)
    except Exception as error:  # a fault of ours must not keep the other reports from being read
        if len(sources) > 1:
            return [result for source in sources for result in read_sources([source], converter)]
        return [Failed(sources[0].name, "internal", fault_message(error))]
    return [_outcome(source, outcome) for source, outcome in zip(sources, outcomes, strict=True)]


def _outcome(source: Source, outcome: list[Report] | UnreadableFile) -> list[Report] | Failed:
    if isinstance(outcome, UnreadableFile):
        return Failed(source.name, outcome.kind, outcome.message)
    return outcome


def read_groups(groups: Sequence[list[Source]]) -> list[list[list[Report] | Failed]]:
    """Read groups one after the other; what only LibreOffice opens is converted for all of them at one start."""
    converter = Converter()
    with contextlib.suppress(Exception):  # what is wrong with a file is told where it is read
        converter.prepare(source.body for sources in groups for source in sources)
    return [read_sources(sources, converter) for sources in groups]


def fault_message(error: Exception) -> str:
    """What to say of an exception that should not happen."""
    return f"{type(error).__name__}: {error} (a fault of nianbao: please report it with this page)"


def extract_pending(archive: Archive) -> Iterator[ExtractionSummary]:
    """Read every capture that this version of the extractor has not read; yields the summary after each group.

    A group is a page with its attachments. Reading is done in as many processes as there are cores; one process, this
    one, writes.
    """
    summary = ExtractionSummary()
    groups = archive.pending_captures(EXTRACTOR_VERSION)
    loaded = ((group, sources) for group in groups if (sources := _load(archive, group, summary)) is not None)
    for group, results in _read_all(loaded, len(groups)):
        _save_group(archive, group, results, summary)
        yield summary


def _read_all(
    loaded: Iterator[tuple[list[Capture], list[Source]]], count: int
) -> Iterator[tuple[list[Capture], list[list[Report] | Failed]]]:
    if count < _LEAST_FOR_PROCESSES:
        few = list(loaded)
        yield from zip([group for group, _ in few], read_groups([sources for _, sources in few]), strict=True)
        return
    # Only so many groups are held at once, however many are pending: a page with its PDFs may be tens of megabytes.
    batch_size = 16 * (os.cpu_count() or 1)
    while batch := list(islice(loaded, batch_size)):
        yield from zip([group for group, _ in batch], _read_batch([sources for _, sources in batch]), strict=True)


def _read_batch(batch: list[list[Source]]) -> list[list[list[Report] | Failed]]:
    """Read groups side by side; where a process dies of one, each is read in one of its own, to name the cause."""
    try:
        with ProcessPoolExecutor() as pool:
            parts = [batch[start : start + _GROUPS_AT_ONCE] for start in range(0, len(batch), _GROUPS_AT_ONCE)]
            return list(chain.from_iterable(pool.map(read_groups, parts)))
    except BrokenProcessPool:
        return [_read_apart(sources) for sources in batch]


def _read_apart(sources: list[Source]) -> list[list[Report] | Failed]:
    try:
        with ProcessPoolExecutor(max_workers=1) as pool:
            return pool.submit(read_sources, sources).result()
    except BrokenProcessPool:
        reason = "the process that read it was killed (out of memory?); the page or one of its attachments is to blame"
        return [Failed(source.name, "internal", reason) for source in sources]


def _load(archive: Archive, group: Sequence[Capture], summary: ExtractionSummary) -> list[Source] | None:
    """The bytes of a group; None, and a failure named, where the archive cannot give them."""
    page = group[0]
    sources = []
    for capture in group:
        try:
            body = archive.read_body(capture)
        except ArchiveError as error:
            summary.failures.append(Failed(capture.url, "archive", str(error)))
            return None
        content_type = next((value for name, value in capture.headers if name.lower() == "content-type"), None)
        # The page's title speaks for a file that is its only one; of several, each must say itself whose report it is.
        hint = capture.title if capture is page or _reading(capture.title) or len(group) > 2 else page.title
        sources.append(Source(capture.url, body, content_type, hint))
    return sources


def _save_group(
    archive: Archive,
    group: Sequence[Capture],
    results: Sequence[list[Report] | Failed],
    summary: ExtractionSummary,
) -> None:
    page = group[0]
    readings = [
        (capture, report)
        for capture, result in zip(group, results, strict=True)
        if not isinstance(result, Failed)
        for report in result
    ]
    failed = [result for result in results if isinstance(result, Failed)]
    if readings:
        for capture, report in one_per_report(readings, archive.agency_name):
            if not _save(archive, report, capture, page, summary):
                return
        for capture, result in zip(group, results, strict=True):
            # A page without tables beside an attachment that has them is as it should be.
            if isinstance(result, Failed) and capture is not page:
                summary.failures.append(result)
                _note(archive, [capture], "unreadable", result)
            else:
                _note(archive, [capture], "report", None)
        return
    worst = failed[-1]
    title = next((reading for capture in group if (reading := _reading(capture.title))), None)
    if worst.kind == "not_a_report" and page.kind != "import":
        summary.left_out.append(worst)
        _note(archive, group, "no_report", worst)
        return
    if title is not None and not _save(archive, _unreadable(page, title, worst), page, page, summary):
        return
    summary.failures += failed
    _note(archive, group, "unreadable", worst)


def _save(archive: Archive, report: Report, capture: Capture, page: Capture, summary: ExtractionSummary) -> bool:
    admitted = archive.vetted(report, capture)
    if admitted is not report:
        summary.failures.append(Failed(page.url, "foreign_host", admitted.findings[0].message_en))
        report = admitted
    try:
        report_id = archive.save_report(report, capture, page.url)
        # Checked at once: a report that nobody has checked must not look like one that adds up.
        archive.save_check_findings(report_id, run_rules(report))
    except ArchiveError as error:
        summary.failures.append(Failed(page.url, "archive", str(error)))
        return False
    summary.reports += report.status != "unreadable"
    summary.saved.add(report_id)
    return True


def _reading(title: str | None) -> TitleReading | None:
    return read_title(title) if title else None


def _unreadable(page: Capture, title: TitleReading, failure: Failed) -> Report:
    """A report that is there by its title but could not be read: kept without figures, so that coverage shows it."""
    finding = Finding(
        "form.unreadable",
        "warning",
        f"按标题为年度报告，但未能读出表格：{failure.name}（{failure.message}）。",
        f"An annual report by its title, but its tables could not be read: {failure.name} ({failure.message}).",
        subject=failure.kind,
    )
    return Report(
        file=page.url,
        title=page.title or "",
        agency=title.agency,
        year=title.year,
        form=None,
        status="unreadable",
        reader="none",
        findings=[finding],
        published_on=page.published_on,
    )


def _note(archive: Archive, group: Sequence[Capture], outcome: ExtractionOutcome, failure: Failed | None) -> None:
    archive.save_extraction(
        [capture.id for capture in group],
        EXTRACTOR_VERSION,
        outcome,
        kind=failure.kind if failure else None,
        message=failure.message if failure else None,
    )
