"""The archive of one data directory: its database, its WARC files, and how both are written and read."""

import contextlib
import hashlib
import json
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self, Unpack

from sqlite_utils import Database

import extract
from archive import reports
from archive.agencies import agency_of
from archive.captures import About, Capture, count_unread, pending_groups, read_again, record_of, select_captures
from archive.connection import connect, make_folder
from archive.doubts import outdated_identities, renew_doubts
from archive.editions import link_repeat
from archive.errors import ArchiveError
from archive.findings import save_findings
from archive.hosts import refused_on, vetted
from archive.schema import transaction
from archive.warc import Original, Row, WarcWriter, read_payload, timestamp
from extract.report import Finding, Report

ExtractionOutcome = Literal["report", "no_report", "unreadable"]

_FLUSH_SECONDS = 1.0
"""How long captures may wait for their rows: portals are asked more slowly than that, so that it is one at a time."""


def open_archive(data_dir: Path, read_only: bool = False) -> "Archive":
    """Open the archive of a data directory: ``nianbao.db`` and ``archive/*.warc.gz``.

    For writing, what is missing is made and an older database is brought to the newest schema. For reading, nothing is
    ever written. ArchiveError where there is no database to read, or it is of another version of nianbao.
    """
    path = Path(data_dir) / "nianbao.db"
    if read_only and not path.is_file():
        raise ArchiveError(
            f"{path}: there is no database yet; `nianbao demo`, `nianbao crawl` or `nianbao import` makes one"
        )
    if not read_only:
        make_folder(path.parent)
    return Archive(Path(data_dir), connect(path, read_only))


_SETTLED = """
    SELECT url, settled_run, files FROM listings
    WHERE portal = ? AND settled_run IS NOT NULL AND NOT (files = 0 AND 'unreadable' IS (
        SELECT outcome FROM extractions JOIN captures ON captures.id = extractions.capture_id
        WHERE captures.url = listings.url AND captures.sha256 = (
            SELECT sha256 FROM captures WHERE url = listings.url ORDER BY fetched_at DESC, id DESC LIMIT 1
        )
        ORDER BY extractions.version DESC LIMIT 1
    ))
"""


class Archive:
    """An open data directory; made by :func:`open_archive`, closed as a context manager.

    ``db`` is the database for queries; it is written through the methods here, each in one transaction.
    """

    def __init__(self, data_dir: Path, db: Database) -> None:
        self.data_dir = data_dir
        self.db = db
        self._warc = WarcWriter(self.warc_folder)
        self._waiting: list[Row] = []
        self._waiting_for: set[str | None] = set()
        self._flushed_at = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    @property
    def warc_folder(self) -> Path:
        """Where the WARC files are."""
        return self.data_dir / "archive"

    def close(self) -> None:
        """Close the WARC file and the database; records whose rows could not be written get them at the next start."""
        try:
            self.flush()
        finally:
            try:
                self._warc.close(for_good=not self._waiting)
            finally:
                self.db.close()

    # Runs and portals

    def start_run(self, command: str, portal: str | None = None) -> int:
        """Begin a run; returns its id. A run that never finishes keeps ``finished_at`` NULL."""
        with transaction(self.db):
            self._know_portal(portal)
            run_id = self.db.execute(
                "INSERT INTO runs (started_at, command, portal) VALUES (?, ?, ?)", (_now(), command, portal)
            ).lastrowid
        assert run_id is not None
        return run_id

    def finish_run(self, run_id: int, outcome: str, stats: Mapping[str, Any]) -> None:
        """End a run with its outcome and counts; what it captured is on disk by then."""
        self.flush()
        with transaction(self.db):
            self.db.execute(
                "UPDATE runs SET finished_at = ?, outcome = ?, stats = ? WHERE id = ?",
                (_now(), outcome, json.dumps(stats, ensure_ascii=False), run_id),
            )

    def add_run(self, run: Mapping[str, Any]) -> bool:
        """Keep a row of ``runs`` of another data directory; False where this one has it already.

        A run is known by its portal and the microsecond in which it began; it gets an id of its own here.
        """
        names = ("started_at", "finished_at", "command", "portal", "outcome", "stats")
        values = {name: run[name] for name in names}
        with transaction(self.db):
            self._know_portal(run["portal"])
            added = self.db.execute(
                "INSERT INTO runs (started_at, finished_at, command, portal, outcome, stats)"
                " SELECT :started_at, :finished_at, :command, :portal, :outcome, :stats WHERE NOT EXISTS"
                " (SELECT 1 FROM runs WHERE portal IS :portal AND started_at = :started_at)",
                values,
            ).rowcount
        return added > 0

    def save_portals(self, portals: Iterable[Mapping[str, Any]]) -> None:
        """Add or update portals, given as key, name, base_url, platform, division_code, enabled.

        Where a portal's division changes, its captures are to be read again: it tells agencies of one name apart.
        """
        rows = [{"division_code": None, **portal, "enabled": int(portal["enabled"])} for portal in portals]
        with transaction(self.db):
            held = dict(self.db.execute("SELECT key, division_code FROM portals").fetchall())
            self.db.conn.executemany(
                "INSERT INTO portals (key, name, base_url, platform, division_code, enabled)"
                " VALUES (:key, :name, :base_url, :platform, :division_code, :enabled) ON CONFLICT (key) DO UPDATE SET"
                " name = excluded.name, base_url = excluded.base_url, platform = excluded.platform,"
                " division_code = excluded.division_code, enabled = excluded.enabled",
                rows,
            )
            for row in rows:
                if row["key"] in held and held[row["key"]] != row["division_code"]:
                    read_again(self.db, "portal = ?", row["key"])
                for capture_id in refused_on(self.db, row["base_url"]):
                    read_again(self.db, "id = ?", capture_id)

    def note_listed(self, portal: str, run_id: int, rows: Iterable[tuple[str, str, str | None]]) -> None:
        """Note that the portal's lists showed these reports in a run, as (address, title, day of publication)."""
        with transaction(self.db):
            self.db.conn.executemany(
                "INSERT INTO listings (portal, url, title, published_on, first_run, last_run) VALUES (?, ?, ?, ?, ?, ?)"
                " ON CONFLICT (portal, url) DO UPDATE SET title = excluded.title,"
                " published_on = coalesce(excluded.published_on, published_on), last_run = excluded.last_run",
                [(portal, *row, run_id, run_id) for row in rows],
            )

    def no_longer_listed(self, portal: str, run_id: int, since: int) -> list[str]:
        """The addresses that the portal's lists showed in the run ``since`` or after it, and not in ``run_id``."""
        rows = self.db.execute(
            "SELECT url FROM listings WHERE portal = ? AND last_run >= ? AND last_run < ? ORDER BY url",
            (portal, since, run_id),
        )
        return [url for (url,) in rows]

    def note_settled(self, portal: str, run_id: int, pages: Iterable[tuple[str, int]]) -> None:
        """Note listed reports that were had in a run with all of their files, as (address, number of files)."""
        self.flush()
        with transaction(self.db):
            self.db.conn.executemany(
                "UPDATE listings SET settled_run = ?, files = ? WHERE portal = ? AND url = ?",
                [(run_id, files, portal, url) for url, files in pages],
            )

    def settled(self, portal: str) -> dict[str, tuple[int, int]]:
        """The reports of a portal that were had with all of their files, as address: (run, number of files).

        A page without files that could not be read is not among them: it may be no report but what stood before it.
        """
        return {url: (run, files) for url, run, files in self.db.execute(_SETTLED, (portal,))}

    def _know_portal(self, key: str | None) -> None:
        """A portal that is not registered here (yet, or any more) still gets a row to refer to."""
        if key is not None:
            self.db.execute(
                "INSERT INTO portals (key, name, base_url, platform, enabled) VALUES (?, ?, '', '', 0)"
                " ON CONFLICT (key) DO NOTHING",
                (key, key),
            )

    # Captures

    def add_capture(self, *, url: str, body: bytes, **about: Unpack[About]) -> Capture:
        """Keep a response (decoded body) or, with kind ``import``, a file; it is on disk on return.

        Bytes that are held already become a revisit; where the address has given them before, the capture also carries
        the editions that they were read as. ValueError for a moment without a time zone and an unknown kind.
        """
        self._write(url, body, about)
        return self.flush()[-1]

    def keep_capture(self, *, url: str, body: bytes, **about: Unpack[About]) -> str:
        """As `add_capture`, for many in a row; returns the SHA-256 of the body.

        The record is written at once. Its row follows with those of the same second, when all their records are on
        disk: no row ever points to bytes that are not. A kill in between loses nothing (`archive.mending`).
        """
        digest = self._write(url, body, about)
        if time.monotonic() - self._flushed_at >= _FLUSH_SECONDS:
            self.flush()
        return digest

    def _write(self, url: str, body: bytes, about: About) -> str:
        record = record_of(url, about)
        digest = hashlib.sha256(body).hexdigest()
        row = self._warc.write(record, body, self._original(digest))
        self._waiting.append({**row, "run_id": about.get("run_id")})
        self._waiting_for |= {url, digest}
        return digest

    def flush(self) -> list[Capture]:
        """Put what is kept on disk, records first, then rows; returns it."""
        self._flushed_at = time.monotonic()
        if not self._waiting:
            return []
        self._warc.sync()
        with transaction(self.db):
            captures = [self.insert_capture(row) for row in self._waiting]
        self._waiting.clear()
        self._waiting_for.clear()
        self._warc.roll()
        return captures

    def insert_capture(self, row: Row) -> Capture:
        """Add the row of a written record, inside the caller's transaction."""
        self._know_portal(row["portal"])
        names = ", ".join(row)
        values = ", ".join(f":{name}" for name in row)
        cursor = self.db.execute(f"INSERT INTO captures ({names}) VALUES ({values})", row)  # noqa: S608 - own names
        assert cursor.lastrowid is not None
        capture = Capture.from_row({"run_id": None, **row, "id": cursor.lastrowid})
        renew_doubts(self.db, link_repeat(self.db, capture))
        return capture

    def capture(self, capture_id: int) -> Capture:
        """The capture of that id; ArchiveError where there is none."""
        found = select_captures(self.db, "id = ?", capture_id)
        if not found:
            raise ArchiveError(f"there is no capture {capture_id} in the database")
        return found[0]

    def latest_capture(self, url: str, otherwise: str | None = None) -> Capture | None:
        """The latest capture of an address, whatever its status; where it was never captured, that of the other
        address; None where neither was."""
        if self._waiting_for & {url, otherwise}:
            self.flush()
        newest = "url IN (?, ?) ORDER BY url = ? DESC, fetched_at DESC, id DESC LIMIT 1"
        return next(iter(select_captures(self.db, newest, url, otherwise, url)), None)

    def read_body(self, capture: Capture) -> bytes:
        """The bytes of a capture, checked against their SHA-256; from another capture of them where its own are lost.

        ArchiveError names the WARC file where they are gone or damaged everywhere.
        """
        holders = self._holders(capture.sha256)
        if capture.record_type != "revisit":
            holders = [capture, *(holder for holder in holders if holder.id != capture.id)]
        failure = ArchiveError(
            f"{self.warc_folder / capture.warc_file}: the record at byte {capture.warc_offset} repeats bytes whose "
            "first capture is not held; import the WARC file that holds it"
        )
        for holder in holders:
            try:
                return self._read_record(holder)
            except ArchiveError as error:
                failure = error
        raise failure

    def _read_record(self, holder: Capture) -> bytes:
        return read_payload(self.warc_folder / holder.warc_file, holder.warc_offset, holder.sha256)

    def pending_captures(self, version: int) -> list[list[Capture]]:
        """What this version of the extractor has not read yet, in groups: an article or import, then its attachments.

        Oldest first, so that editions are numbered in the order of publication.
        """
        return pending_groups(self.db, version)

    def count_unread(self, version: int) -> int:
        """How many pages and files this version of the extractor has not read yet."""
        return count_unread(self.db, version)

    def save_extraction(
        self,
        capture_ids: Iterable[int],
        version: int,
        outcome: ExtractionOutcome,
        kind: str | None = None,
        message: str | None = None,
    ) -> None:
        """Record that captures were read by a version of the extractor; the same again changes nothing.

        What an older version read from them and this one does not gets the finding ``form.no_longer_read``.
        """
        now = _now()
        ids = list(capture_ids)
        with transaction(self.db):
            self.db.conn.executemany(
                "INSERT INTO extractions (capture_id, version, outcome, kind, message, extracted_at)"
                " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (capture_id, version) DO UPDATE SET outcome = excluded.outcome,"
                " kind = excluded.kind, message = excluded.message, extracted_at = excluded.extracted_at"
                " WHERE (outcome, kind, message) IS NOT (excluded.outcome, excluded.kind, excluded.message)",
                [(capture_id, version, outcome, kind, message, now) for capture_id in ids],
            )
            renew_doubts(self.db, outdated_identities(self.db, ids, version))

    def _holders(self, sha256: str) -> list[Capture]:
        return select_captures(self.db, "sha256 = ? AND record_type <> 'revisit' ORDER BY id", sha256)

    def _original(self, sha256: str) -> Original | None:
        """The capture that a revisit of these bytes can refer to: one whose record can still be read."""
        if sha256 in self._waiting_for:
            self.flush()
        for holder in self._holders(sha256):
            with contextlib.suppress(ArchiveError):
                self._read_record(holder)
                return Original(holder.url, timestamp(holder.fetched_at))
        return None

    # Reports

    def save_report(self, report: Report, capture: Capture, url: str) -> int:
        """Save a report read from a capture, whole or not at all; returns its id.

        Same content as an edition of the same agency and year: the capture is noted, nothing else changes. New
        content: a new edition, and ``is_current`` moves to it. Another reading of the same capture by a newer
        extractor corrects the edition in place. ArchiveError where a value cannot be kept.
        """
        try:
            with transaction(self.db):
                admitted = vetted(self.db, report, capture)
                return reports.save(self.db, admitted, capture, url, extract.EXTRACTOR_VERSION)
        except (sqlite3.IntegrityError, OverflowError, UnicodeEncodeError) as error:
            raise ArchiveError(f"{url}: the report {report.title!r} cannot be kept ({error})") from error

    def vetted(self, report: Report, capture: Capture) -> Report:
        """What of a report :meth:`save_report` will keep: of one on a foreign host nothing but title and year."""
        return vetted(self.db, report, capture)

    def agency_name(self, report: Report, capture: Capture) -> str:
        """Name and scope of the agency that a report on a capture is of, whatever it prints; "" where it has none."""
        agency = agency_of(self.db, report.agency, capture)
        return "" if agency is None else agency.key

    def load_report(self, report_id: int) -> Report:
        """The report as it was read; its findings are those of the reading. ArchiveError where there is none."""
        return reports.load(self.db, report_id)

    def current_reports(self) -> Iterator[tuple[int, Report]]:
        """The current edition of every report with its id, by agency and year."""
        ids = self.db.execute("SELECT id FROM reports WHERE is_current = 1 ORDER BY agency, year, id").fetchall()
        return ((report_id, reports.load(self.db, report_id)) for (report_id,) in ids)

    def histories(self, agency_ids: Iterable[int] | None = None) -> Iterator[list[tuple[int, Report]]]:
        """The current reports of one agency after another, by year; all agencies, or these.

        Over all, a report of no known agency comes alone.
        """
        wanted = None if agency_ids is None else set(agency_ids)
        rows = self.db.execute(
            "SELECT agency_id, id FROM reports WHERE is_current = 1 ORDER BY agency_id, year, id"
        ).fetchall()
        for agency_id, group in groupby(rows, key=itemgetter(0)):
            ids = [report_id for _, report_id in group]
            if wanted is not None and agency_id not in wanted:
                continue
            for members in [ids] if agency_id is not None else [[report_id] for report_id in ids]:
                yield [(report_id, reports.load(self.db, report_id)) for report_id in members]

    def agencies_of(self, report_ids: Iterable[int]) -> set[int]:
        """The agencies that these reports are of."""
        held = dict(self.db.execute("SELECT id, agency_id FROM reports WHERE agency_id IS NOT NULL").fetchall())
        return {held[report_id] for report_id in report_ids if report_id in held}

    def save_check_findings(self, report_id: int, findings: list[Finding]) -> None:
        """Make these the findings of the checks; id and review of those that still hold are kept."""
        with transaction(self.db):
            save_findings(self.db, report_id, findings, "check")


def _now() -> str:
    return timestamp(datetime.now(UTC))
