"""Reports in the database: editions and what hangs on them.

A report's identity is its agency and year, or its address where one of the two is unknown. An edition is a content
that was published under an identity; the captures that carried it are in ``report_captures``. Content means figures,
sections, title, form and status: not when, where or by which reader it was read.
"""

# ruff: noqa: S608 - the parts that SQL is put together from are constants of this file

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from archive.agencies import Agency, agency_id, agency_of, doubt
from archive.captures import Capture
from archive.errors import ArchiveError
from archive.findings import load_findings, save_findings
from extract.labels import squash
from extract.report import Claim, Figure, Report, Section

_COMPLETENESS = {"unreadable": 0, "partial": 1, "complete": 2}


@dataclass(frozen=True, slots=True)
class Edition:
    """What deciding about editions needs of a row of ``reports``."""

    id: int
    identity: str
    edition: int
    is_current: int
    status: str
    content_hash: str
    extractor_version: int


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
    ]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()


def save(db: Database, report: Report, capture: Capture, url: str, version: int) -> int:
    """Save a report inside the caller's transaction; returns its id.

    Content already held under the identity: no new row. A capture that already stands for an edition and is read
    anew with another result: the edition is corrected in place. Everything else: a new edition.
    """
    digest = content_hash(report)
    agency = agency_of(db, report.agency, capture)
    report_id = _save(db, Reading(report, capture, url, version, digest, agency))
    unclear = doubt(db, agency, capture.portal) if agency is not None else None
    save_findings(db, report_id, [] if unclear is None else [unclear], "archive")
    return report_id


def _save(db: Database, reading: Reading) -> int:
    capture, identity, version, digest = reading.capture, reading.identity, reading.version, reading.digest
    held = _editions_of(db, capture, identity, version)
    unchanged = next((edition for edition in held if edition.content_hash == digest), None)
    reread = unchanged or next((edition for edition in held if edition.extractor_version < version), None)
    same = _edition(db, "identity = ? AND content_hash = ?", identity, digest)
    if reread is not None and (same is None or same.id == reread.id):
        if (reread.content_hash, reread.extractor_version) != (digest, version):
            _correct(db, reread.id, reading)
        return reread.id
    for edition in held if reread is None else [reread]:
        if edition is reread or not _stands_on(db, edition, capture):
            _detach(db, edition, capture)
    if same is not None:
        link_capture(db, same, capture)
        return same.id
    return _add_edition(db, reading)


def link_repeat(db: Database, capture: Capture) -> None:
    """A capture that repeats the bytes of its address carries the editions that those bytes carried."""
    editions = db.query(
        f"SELECT DISTINCT {_columns('reports.')} FROM reports "
        "JOIN report_captures ON report_captures.report_id = reports.id "
        "JOIN captures ON captures.id = report_captures.capture_id "
        "WHERE captures.url = ? AND captures.sha256 = ?",
        (capture.url, capture.sha256),
    )
    for edition in [Edition(**row) for row in editions]:
        link_capture(db, edition, capture)


def link_capture(db: Database, edition: Edition, capture: Capture) -> None:
    """Record that a capture carried an edition; the address's latest word is current again if it had been replaced."""
    db.execute("INSERT OR IGNORE INTO report_captures VALUES (?, ?)", (edition.id, capture.id))
    if edition.is_current:
        return
    current = _edition(db, "identity = ? AND is_current = 1", edition.identity)
    seen_at = None if current is None else _last_seen(db, current, capture.url)
    if current is None or (seen_at is not None and capture.age > seen_at):
        _make_current(db, edition)


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
        "SELECT code, value, approximate, text, section FROM claims WHERE report_id = ? ORDER BY position", (report_id,)
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
        published_on=row["published_on"],
        period=(row["period_start"], row["period_end"]) if row["period_start"] else None,
    )


def _columns(prefix: str = "") -> str:
    return ", ".join(prefix + name for name in Edition.__slots__)


def _edition(db: Database, where: str, *parameters: object) -> Edition | None:
    row = db.execute(f"SELECT {_columns()} FROM reports WHERE {where}", parameters).fetchone()
    return None if row is None else Edition(*row)


def _editions_of(db: Database, capture: Capture, identity: str, version: int) -> list[Edition]:
    """The editions of this identity that stand on the capture.

    Where the capture stood for another identity alone, and only for an older extractor, that one was misread: it goes.
    """
    rows = db.execute(
        f"SELECT {_columns()} FROM reports JOIN report_captures ON report_id = id "
        "WHERE report_captures.capture_id = ? ORDER BY edition",
        (capture.id,),
    )
    linked = [Edition(*row) for row in rows]
    held = [edition for edition in linked if edition.identity == identity]
    if not held and len(linked) == 1 and linked[0].extractor_version < version:
        _detach(db, linked[0], capture)
    return held


_SAME_BYTES = "SELECT id FROM captures WHERE url = ? AND sha256 = ?"


def _stands_on(db: Database, edition: Edition, capture: Capture) -> bool:
    """Whether the edition was read from these bytes, and not only found to be what they say."""
    read_from = db.execute(
        f"SELECT 1 FROM reports WHERE id = ? AND capture_id IN ({_SAME_BYTES})",
        (edition.id, capture.url, capture.sha256),
    )
    return read_from.fetchone() is not None


def _is_shared(db: Database, edition: Edition, capture: Capture) -> bool:
    """Whether the edition also stands on other bytes than this capture's."""
    others = db.execute(
        f"SELECT 1 FROM report_captures WHERE report_id = ? AND capture_id NOT IN ({_SAME_BYTES})",
        (edition.id, capture.url, capture.sha256),
    )
    return others.fetchone() is not None


def _detach(db: Database, edition: Edition, capture: Capture) -> None:
    """The capture's bytes do not say this edition after all; without other captures it was only our misreading."""
    if _is_shared(db, edition, capture):
        db.execute(
            f"DELETE FROM report_captures WHERE report_id = ? AND capture_id IN ({_SAME_BYTES})",
            (edition.id, capture.url, capture.sha256),
        )
        db.execute(
            "UPDATE reports SET (capture_id, url) = (SELECT captures.id, captures.url FROM report_captures"
            " JOIN captures ON captures.id = capture_id WHERE report_id = reports.id"
            " ORDER BY fetched_at, captures.id LIMIT 1) "
            f"WHERE id = ? AND capture_id IN ({_SAME_BYTES})",
            (edition.id, capture.url, capture.sha256),
        )
        return
    db.execute("DELETE FROM reports WHERE id = ?", (edition.id,))
    newest = _edition(db, "identity = ? ORDER BY is_current DESC, edition DESC LIMIT 1", edition.identity)
    if newest is not None and not newest.is_current:
        _make_current(db, newest)


def _last_seen(db: Database, edition: Edition, url: str) -> tuple[Any, int] | None:
    """Age of the latest capture of an address that carried the edition."""
    row = next(
        iter(
            db.query(
                "SELECT captures.* FROM captures JOIN report_captures ON capture_id = captures.id "
                "WHERE report_id = ? AND url = ? ORDER BY fetched_at DESC, captures.id DESC LIMIT 1",
                (edition.id, url),
            )
        ),
        None,
    )
    return None if row is None else Capture.from_row(row).age


def _make_current(db: Database, edition: Edition) -> None:
    db.execute("UPDATE reports SET is_current = 0 WHERE identity = ? AND is_current = 1", (edition.identity,))
    db.execute("UPDATE reports SET is_current = 1 WHERE id = ?", (edition.id,))


def _becomes_current(db: Database, report: Report, capture: Capture, current: Edition | None) -> bool:
    """A new content replaces the current one, unless it is older, or a poorer copy at another address.

    Nor does a report at another address whose agency or year is in doubt: it may be another report altogether.
    """
    if current is None:
        return True
    seen_at = _last_seen(db, current, capture.url)
    if seen_at is not None:
        return capture.age >= seen_at
    if any(finding.rule.startswith("identity.") and finding.severity != "info" for finding in report.findings):
        return False
    return _COMPLETENESS[report.status] >= _COMPLETENESS[current.status]


def _add_edition(db: Database, reading: Reading) -> int:
    report, capture, identity = reading.report, reading.capture, reading.identity
    current = _edition(db, "identity = ? AND is_current = 1", identity)
    becomes_current = _becomes_current(db, report, capture, current)
    if becomes_current and current is not None:
        db.execute("UPDATE reports SET is_current = 0 WHERE id = ?", (current.id,))
    (last,) = db.execute("SELECT coalesce(max(edition), 0) FROM reports WHERE identity = ?", (identity,)).fetchone()
    row = {
        "agency_id": None if reading.agency is None else agency_id(db, reading.agency, capture.portal),
        "agency": report.agency,
        "year": report.year,
        "published_on": report.published_on or capture.published_on,
        "url": reading.url,
        "capture_id": capture.id,
        "edition": last + 1,
        "is_current": int(becomes_current),
        "identity": identity,
        **_content_columns(reading),
    }
    report_id = db.execute(
        f"INSERT INTO reports ({', '.join(row)}) VALUES ({', '.join(f':{name}' for name in row)})", row
    ).lastrowid
    assert report_id is not None
    db.execute("INSERT INTO report_captures VALUES (?, ?)", (report_id, capture.id))
    _write_children(db, report_id, report)
    return report_id


def _content_columns(reading: Reading) -> dict[str, Any]:
    report = reading.report
    period_start, period_end = report.period or (None, None)
    return {
        "form": report.form,
        "title": report.title,
        "status": report.status,
        "reader": report.reader,
        "content_hash": reading.digest,
        "period_start": period_start,
        "period_end": period_end,
        "extractor_version": reading.version,
    }


def _correct(db: Database, report_id: int, reading: Reading) -> None:
    """Put another reading in the place of an edition's; findings of the checks wait for the next check."""
    row = _content_columns(reading)
    if reading.report.published_on is not None:
        row["published_on"] = reading.report.published_on
    assignments = ", ".join(f"{name} = :{name}" for name in row)
    db.execute(f"UPDATE reports SET {assignments} WHERE id = :id", {**row, "id": report_id})
    _write_children(db, report_id, reading.report)


def _write_children(db: Database, report_id: int, report: Report) -> None:
    for table in ("figures", "sections", "claims"):
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
        "INSERT INTO claims VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (report_id, position, c.code, c.value, int(c.approximate), c.text, c.section)
            for position, c in enumerate(report.claims, start=1)
        ],
    )
    save_findings(db, report_id, report.findings, "reading")
