"""Reports in the database: editions and what hangs on them.

A report's identity is its agency and year, or its address where one of the two is unknown. An edition is a content
that was published under an identity; the captures that carried it are in ``report_captures``. Content means figures,
sections, quantities, title, form and status: not when, where or by which reader it was read. At another address the
same figures are the same content, however the page words its title or text.
"""

# ruff: noqa: S608 - the parts that SQL is put together from are constants of this file

import hashlib
import json
from dataclasses import dataclass, replace
from typing import Any

from sqlite_utils import Database

from archive.agencies import Agency, agency_id, agency_of, forget_unused
from archive.captures import Capture
from archive.copies import copied_edition, shared_with, take_in
from archive.doubts import renew_doubts
from archive.editions import (
    Edition,
    becomes_current,
    current_edition,
    detach,
    editions_on,
    fill_vacancy,
    find_edition,
    is_elsewhere,
    link_capture,
    note_carrier,
    stands_on,
)
from archive.errors import ArchiveError
from archive.findings import keep_reviews, load_findings, save_findings
from extract.labels import squash
from extract.report import Claim, Figure, Quantity, Report, Section


@dataclass(frozen=True, slots=True)
class Reading:
    """A report to be saved: what was read, where, by which version of the extractor, and its content hash."""

    report: Report
    capture: Capture
    url: str
    version: int
    digest: str
    agency: Agency | None

    @property
    def identity(self) -> str:
        """What tells one report from another over its editions."""
        year = self.report.year
        return f"{self.agency.key} {year}" if self.agency is not None and year is not None else self.url


def content_hash(report: Report) -> str:
    """SHA-256 over what the report says, hexadecimal.

    Blanks, punctuation marks' widths and line ends are not counted: they differ between the page and the PDF of one
    report.
    """
    content = [
        squash(report.title),
        report.form,
        report.status,
        sorted((f.code, f.value, squash(f.raw), f.status) for f in report.cells.values()),
        [(squash(section.heading), squash(section.text)) for section in report.sections],
        [(squash(q.row_label), squash(q.column_label), q.unit, squash(q.raw)) for q in report.quantities],
    ]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()


def save(db: Database, report: Report, capture: Capture, url: str, version: int) -> int:
    """Save a report inside the caller's transaction; returns its id.

    Content already held under the identity: no new row. A capture that already stands for an edition and is read
    anew with another result: the edition is corrected in place. Everything else: a new edition.
    """
    agency = agency_of(db, report.agency, capture)
    reading = _of_government(db, Reading(report, capture, url, version, content_hash(report), agency))
    before = editions_on(db, capture)
    report_id = _save(db, reading, before)
    twins = [shared_with(db, office, report) for office in (() if agency is None else agency.offices)]
    for twin in twins:
        if twin is not None:
            take_in(db, report_id, twin)
    touched = [*before, *(twin for twin in twins if twin is not None)]
    forget_unused(db, {edition.agency_id for edition in touched if edition.agency_id is not None})
    renew_doubts(db, {reading.identity, *(edition.identity for edition in touched)})
    return report_id


def _of_government(db: Database, reading: Reading) -> Reading:
    """The reading as its government's where it names the office, but has the figures of the government's report."""
    government = None if reading.agency is None else reading.agency.government
    is_governments = shared_with(db, government, reading.report) is not None
    return replace(reading, agency=government) if is_governments else reading


def _save(db: Database, reading: Reading, linked: list[Edition]) -> int:
    capture, identity, version, digest = reading.capture, reading.identity, reading.version, reading.digest
    same = find_edition(db, "identity = ? AND content_hash = ?", identity, digest)
    copied = copied_edition(db, identity, reading.report, capture) if same is None else None
    if copied is not None:
        return _save_copy(db, copied, reading, linked)
    held = [edition for edition in linked if edition.identity == identity]
    unchanged = next((edition for edition in held if edition.content_hash == digest), None)
    reread = unchanged or next((edition for edition in held if edition.extractor_version < version), None)
    reread = reread or (None if held else _misread(linked, reading))
    if reread is not None and (same is None or same.id == reread.id):
        if reread.identity == identity:
            _correct(db, reread, reading)
            return reread.id
        if not is_elsewhere(db, reread, capture):
            _move(db, reread, reading)
            return reread.id
    for edition in held if reread is None else [reread]:
        if edition is reread or not stands_on(db, edition, capture):
            detach(db, edition, capture)
    if same is not None:
        link_capture(db, same, capture, reading.report.agency)
        _note_version(db, same, reading)
        return same.id
    return _add_edition(db, reading)


def _save_copy(db: Database, edition: Edition, reading: Reading, linked: list[Edition]) -> int:
    """Note a capture as one more carrier of an edition, and no longer as what an older extractor took it for.

    The words are those of the capture that the edition was read from.
    """
    for other in linked:
        if other.year == edition.year and other.id != edition.id and other.extractor_version < reading.version:
            detach(db, other, reading.capture)
    if stands_on(db, edition, reading.capture):
        _correct(db, edition, reading)
        return edition.id
    link_capture(db, edition, reading.capture, reading.report.agency)
    _note_version(db, edition, reading)
    return edition.id


def _note_version(db: Database, edition: Edition, reading: Reading) -> None:
    db.execute(
        "UPDATE reports SET extractor_version = max(extractor_version, ?) WHERE id = ?", (reading.version, edition.id)
    )


def _misread(linked: list[Edition], reading: Reading) -> Edition | None:
    """The edition that an older extractor read from the capture under another identity: alone, or alone of its year."""
    likely = linked if len(linked) == 1 else [edition for edition in linked if edition.year == reading.report.year]
    return likely[0] if len(likely) == 1 and likely[0].extractor_version < reading.version else None


def load(db: Database, report_id: int) -> Report:
    """The report as it was read; its findings are those of the reading. ``file`` is the address."""
    row = next(iter(db.query("SELECT * FROM reports WHERE id = ?", (report_id,))), None)
    if row is None:
        raise ArchiveError(f"there is no report {report_id} in the database")
    figures = db.execute(
        "SELECT code, value, raw, status, locator FROM figures WHERE report_id = ? ORDER BY position", (report_id,)
    )
    sections = db.execute("SELECT heading, text FROM sections WHERE report_id = ? ORDER BY position", (report_id,))
    claims = db.execute(
        "SELECT code, value, approximate, text, section, scope FROM claims WHERE report_id = ? ORDER BY position",
        (report_id,),
    )
    quantities = db.execute(
        "SELECT row_label, column_label, unit, value, raw, locator FROM quantities WHERE report_id = ?"
        " ORDER BY position",
        (report_id,),
    )
    return Report(
        file=row["url"],
        title=row["title"],
        agency=row["agency"],
        year=row["year"],
        form=row["form"],
        status=row["status"],
        reader=row["reader"],
        cells={code: Figure(code, *rest) for code, *rest in figures},
        sections=[Section(*section) for section in sections],
        claims=[Claim(code, value, bool(approximate), *rest) for code, value, approximate, *rest in claims],
        findings=load_findings(db, report_id),
        quantities=[Quantity(*quantity) for quantity in quantities],
        published_on=row["published_on"],
        period=(row["period_start"], row["period_end"]) if row["period_start"] else None,
    )


def _add_edition(db: Database, reading: Reading) -> int:
    report, capture = reading.report, reading.capture
    row = {
        "published_on": report.published_on or capture.published_on,
        "url": reading.url,
        "capture_id": capture.id,
        **_take_place(db, reading),
        **_content_columns(db, reading),
    }
    report_id = db.execute(
        f"INSERT INTO reports ({', '.join(row)}) VALUES ({', '.join(f':{name}' for name in row)})", row
    ).lastrowid
    assert report_id is not None
    note_carrier(db, report_id, capture, report.agency)
    _write_children(db, report_id, report)
    return report_id


def _take_place(db: Database, reading: Reading) -> dict[str, int]:
    """Number and currentness of one more edition of the identity; the current one makes room if need be."""
    current = current_edition(db, reading.identity)
    is_current = becomes_current(db, reading.report, reading.capture, current)
    if is_current and current is not None:
        db.execute("UPDATE reports SET is_current = 0 WHERE id = ?", (current.id,))
    (last,) = db.execute(
        "SELECT coalesce(max(edition), 0) FROM reports WHERE identity = ?", (reading.identity,)
    ).fetchone()
    return {"edition": last + 1, "is_current": int(is_current)}


def _content_columns(db: Database, reading: Reading) -> dict[str, Any]:
    report = reading.report
    period_start, period_end = report.period or (None, None)
    return {
        "agency_id": None if reading.agency is None else agency_id(db, reading.agency),
        "agency": report.agency,
        "year": report.year,
        "identity": reading.identity,
        "form": report.form,
        "title": report.title,
        "status": report.status,
        "reader": report.reader,
        "content_hash": reading.digest,
        "period_start": period_start,
        "period_end": period_end,
        "extractor_version": reading.version,
    }


def _move(db: Database, edition: Edition, reading: Reading) -> None:
    """Put an edition that was misread under another identity where it belongs; its id and reviews stay."""
    db.execute("UPDATE reports SET is_current = 0 WHERE id = ?", (edition.id,))
    _correct(db, edition, reading, _take_place(db, reading))
    fill_vacancy(db, edition.identity)


def _correct(db: Database, edition: Edition, reading: Reading, place: dict[str, int] | None = None) -> None:
    """Put another reading in the place of an edition's; findings of the checks wait for the next check."""
    note_carrier(db, edition.id, reading.capture, reading.report.agency)
    if (edition.content_hash, edition.extractor_version) == (reading.digest, reading.version):
        return
    row = _content_columns(db, reading) | (place or {})
    if reading.report.published_on is not None:
        row["published_on"] = reading.report.published_on
    assignments = ", ".join(f"{name} = :{name}" for name in row)
    db.execute(f"UPDATE reports SET {assignments} WHERE id = :id", {**row, "id": edition.id})
    keep_reviews(db, edition.id)
    _write_children(db, edition.id, reading.report)


def _write_children(db: Database, report_id: int, report: Report) -> None:
    for table in ("figures", "sections", "claims", "quantities"):
        db.execute(f"DELETE FROM {table} WHERE report_id = ?", (report_id,))
    db.conn.executemany(
        "INSERT INTO figures (report_id, position, code, value, raw, status, locator) VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (report_id, position, f.code, f.value, f.raw, f.status, f.locator)
            for position, f in enumerate(report.cells.values(), start=1)
        ],
    )
    db.conn.executemany(
        "INSERT INTO sections VALUES (?, ?, ?, ?)",
        [(report_id, position, s.heading, s.text) for position, s in enumerate(report.sections, start=1)],
    )
    db.conn.executemany(
        "INSERT INTO claims VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (report_id, position, c.code, c.value, int(c.approximate), c.text, c.section, c.scope)
            for position, c in enumerate(report.claims, start=1)
        ],
    )
    db.conn.executemany(
        "INSERT INTO quantities VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (report_id, position, q.row_label, q.column_label, q.unit, q.value, q.raw, q.locator)
            for position, q in enumerate(report.quantities, start=1)
        ],
    )
    save_findings(db, report_id, report.findings, "reading")
