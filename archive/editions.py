"""Which editions of a report there are, which captures carry them, and which one is current."""

# ruff: noqa: S608 - the parts that SQL is put together from are constants of this file

from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from archive.captures import Capture
from extract.report import Report

ADDRESS = "coalesce(captures.parent_url, captures.url)"
"""The address that a capture belongs to: an attachment to that of its page."""

_SAME_BYTES = "SELECT id FROM captures WHERE url = ? AND sha256 = ?"
_COMPLETENESS = {"unreadable": 0, "partial": 1, "complete": 2}

Age = tuple[datetime, int]


@dataclass(frozen=True, slots=True)
class Edition:
    """What deciding about editions needs of a row of ``reports``."""

    id: int
    identity: str
    agency_id: int | None
    edition: int
    is_current: int
    status: str
    year: int | None
    published_on: str | None
    content_hash: str
    extractor_version: int


def find_edition(db: Database, where: str, *parameters: object) -> Edition | None:
    """The first edition for which a condition on ``reports`` holds."""
    row = db.execute(f"SELECT {_columns()} FROM reports WHERE {where}", parameters).fetchone()
    return None if row is None else Edition(*row)


def editions_of(db: Database, identity: str) -> list[Edition]:
    """The editions of an identity, the current one first."""
    rows = db.execute(
        f"SELECT {_columns()} FROM reports WHERE identity = ? ORDER BY is_current DESC, edition DESC", (identity,)
    )
    return [Edition(*row) for row in rows]


def current_edition(db: Database, identity: str) -> Edition | None:
    """The current edition of an identity."""
    return find_edition(db, "identity = ? AND is_current = 1", identity)


def editions_on(db: Database, capture: Capture) -> list[Edition]:
    """The editions that a capture carries."""
    rows = db.execute(
        f"SELECT {_columns()} FROM reports JOIN report_captures ON report_id = id "
        "WHERE report_captures.capture_id = ? ORDER BY edition",
        (capture.id,),
    )
    return [Edition(*row) for row in rows]


def stands_on(db: Database, edition: Edition, capture: Capture) -> bool:
    """Whether the edition was read from these bytes, and not only found to be what they say."""
    read_from = db.execute(
        f"SELECT 1 FROM reports WHERE id = ? AND capture_id IN ({_SAME_BYTES})",
        (edition.id, capture.url, capture.sha256),
    )
    return read_from.fetchone() is not None


def is_shared(db: Database, edition: Edition, capture: Capture) -> bool:
    """Whether the edition also stands on other bytes than this capture's."""
    others = db.execute(
        f"SELECT 1 FROM report_captures WHERE report_id = ? AND capture_id NOT IN ({_SAME_BYTES})",
        (edition.id, capture.url, capture.sha256),
    )
    return others.fetchone() is not None


def is_elsewhere(db: Database, edition: Edition, capture: Capture) -> bool:
    """Whether another address than this capture's carried the edition too."""
    others = db.execute(
        "SELECT 1 FROM report_captures JOIN captures ON captures.id = capture_id"
        f" WHERE report_id = ? AND {ADDRESS} <> ?",
        (edition.id, capture.parent_url or capture.url),
    )
    return others.fetchone() is not None


def link_repeat(db: Database, capture: Capture) -> set[str]:
    """A capture that repeats the bytes of its address carries the editions that those bytes carried.

    Returns their identities.
    """
    editions = db.query(
        f"SELECT DISTINCT {_columns('reports.')} FROM reports "
        "JOIN report_captures ON report_captures.report_id = reports.id "
        "JOIN captures ON captures.id = report_captures.capture_id "
        "WHERE captures.url = ? AND captures.sha256 = ?",
        (capture.url, capture.sha256),
    )
    carried = [Edition(**row) for row in editions]
    for edition in carried:
        link_capture(db, edition, capture)
    return {edition.identity for edition in carried}


def note_carrier(db: Database, report_id: int, capture: Capture, printed: str | None = None) -> None:
    """Record that a capture carried an edition, and which agency it names there, if that was read."""
    db.execute(
        "INSERT INTO report_captures (report_id, capture_id, agency) VALUES (?, ?, ?) ON CONFLICT DO UPDATE"
        " SET agency = excluded.agency WHERE excluded.agency IS NOT NULL AND agency IS NOT excluded.agency",
        (report_id, capture.id, printed),
    )


def link_capture(db: Database, edition: Edition, capture: Capture, printed: str | None = None) -> None:
    """Record that a capture carried an edition; the address's latest word is current again if it had been replaced."""
    note_carrier(db, edition.id, capture, printed)
    if edition.is_current:
        return
    current = current_edition(db, edition.identity)
    seen_at = None if current is None else _last_seen(db, current, capture)
    if current is None or (seen_at is not None and _is_next_word(edition.status, capture, current, seen_at)):
        make_current(db, edition)


def detach(db: Database, edition: Edition, capture: Capture) -> None:
    """The capture's bytes do not say this edition after all; without other captures it was only our misreading."""
    if is_shared(db, edition, capture):
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
    fill_vacancy(db, edition.identity)


def fill_vacancy(db: Database, identity: str) -> None:
    """Where an identity's current edition is gone, the newest takes its place, a readable one first."""
    newest = find_edition(
        db, "identity = ? ORDER BY is_current DESC, status = 'unreadable', edition DESC LIMIT 1", identity
    )
    if newest is not None and not newest.is_current:
        make_current(db, newest)


def make_current(db: Database, edition: Edition) -> None:
    """Make an edition the current one of its identity."""
    db.execute("UPDATE reports SET is_current = 0 WHERE identity = ? AND is_current = 1", (edition.identity,))
    db.execute("UPDATE reports SET is_current = 1 WHERE id = ?", (edition.id,))


def becomes_current(db: Database, report: Report, capture: Capture, current: Edition | None) -> bool:
    """Whether a new content takes the place of the current edition.

    At the same address it does unless it is older, or cannot be read (在维护中) and the current one can. A report at
    another address does not where its agency or year is in doubt (it may be another report altogether) or where it is
    less complete; between equals see :func:`_is_preferred`.
    """
    if current is None:
        return True
    seen_at = _last_seen(db, current, capture)
    if seen_at is not None:
        return _is_next_word(report.status, capture, current, seen_at)
    if any(finding.rule.startswith("identity.") and finding.severity != "info" for finding in report.findings):
        return False
    if report.status != current.status:
        return _COMPLETENESS[report.status] > _COMPLETENESS[current.status]
    return _is_preferred(db, report.published_on or capture.published_on, capture, current)


def _is_next_word(status: str, capture: Capture, current: Edition, seen_at: Age) -> bool:
    """Whether a content of this status, on a capture, replaces what the same address said when it was last seen."""
    if (status == "unreadable") != (current.status == "unreadable"):
        return current.status == "unreadable"
    return capture.age >= seen_at


def _is_preferred(db: Database, published_on: str | None, capture: Capture, current: Edition) -> bool:
    """Whether a copy at another address is taken: the one published later, else the collected one before one that a
    person brought, else the one fetched later."""
    if published_on and current.published_on and published_on != current.published_on:
        return published_on > current.published_on
    carriers = [
        Capture.from_row(row)
        for row in db.query(
            "SELECT captures.* FROM captures JOIN report_captures ON capture_id = captures.id WHERE report_id = ?",
            (current.id,),
        )
    ]
    is_collected = any(carrier.kind != "import" for carrier in carriers)
    if (capture.kind != "import") != is_collected:
        return not is_collected
    return capture.age >= max(carrier.age for carrier in carriers)


def _last_seen(db: Database, edition: Edition, capture: Capture) -> Age | None:
    """Age of the latest capture of this capture's address that carried the edition."""
    rows = db.query(
        "SELECT captures.* FROM captures JOIN report_captures ON capture_id = captures.id "
        f"WHERE report_id = ? AND {ADDRESS} = ? ORDER BY fetched_at DESC, captures.id DESC LIMIT 1",
        (edition.id, capture.parent_url or capture.url),
    )
    return next((Capture.from_row(row).age for row in rows), None)


def _columns(prefix: str = "") -> str:
    return ", ".join(prefix + name for name in Edition.__slots__)
