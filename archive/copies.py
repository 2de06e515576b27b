"""The same report in other words: copies at other addresses, and a government's report under its office's name."""

# ruff: noqa: S608 - the parts that SQL is put together from are constants

from collections import Counter

from sqlite_utils import Database

from archive.agencies import Agency
from archive.captures import Capture
from archive.editions import ADDRESS, Edition, editions_of, fill_vacancy
from archive.findings import keep_reviews
from extract.labels import squash
from extract.report import Report

_TELLING = 3
"""Different figures above nought that the reports of two agencies must share to be one: many print only 0 and 1."""


def copied_edition(db: Database, identity: str, report: Report, capture: Capture) -> Edition | None:
    """The edition of an identity that a capture at another address repeats: the same figures and claims, or, without
    figures, the same text, though the title or the text around differ."""
    candidates = (e for e in editions_of(db, identity) if e.status == report.status != "unreadable")
    return next((e for e in candidates if _is_apart(db, e, capture) and _says_the_same(db, e, report)), None)


def shared_with(db: Database, other: Agency | None, report: Report) -> Edition | None:
    """The edition of another agency for the same year with the same figures, where these are telling; or None."""
    if other is None or report.year is None or not _is_telling(report):
        return None
    candidates = editions_of(db, f"{other.key} {report.year}")
    return next((e for e in candidates if _figures(db, e.id) == _figures_of(report)), None)


def take_in(db: Database, kept_id: int, twin: Edition) -> None:
    """Make one edition of two that are the same: captures and reviews of the twin go over to the one that is kept."""
    db.execute(
        "INSERT OR IGNORE INTO report_captures (report_id, capture_id, agency)"
        " SELECT ?, capture_id, agency FROM report_captures WHERE report_id = ?",
        (kept_id, twin.id),
    )
    db.execute(
        "UPDATE OR IGNORE findings SET report_id = ? WHERE report_id = ? AND review <> 'open'", (kept_id, twin.id)
    )
    keep_reviews(db, kept_id)
    db.execute("DELETE FROM reports WHERE id = ?", (twin.id,))
    fill_vacancy(db, twin.identity)


def _is_apart(db: Database, edition: Edition, capture: Capture) -> bool:
    """Whether the capture's address has not carried the edition, or only by these bytes: else it changed its words."""
    others = db.execute(
        "SELECT 1 FROM report_captures JOIN captures ON captures.id = capture_id"
        f" WHERE report_id = ? AND {ADDRESS} = ? AND (url, sha256) <> (?, ?)",
        (edition.id, capture.parent_url or capture.url, capture.url, capture.sha256),
    )
    return others.fetchone() is None


def _says_the_same(db: Database, edition: Edition, report: Report) -> bool:
    if _figures(db, edition.id) != _figures_of(report):
        return False
    if not report.cells:
        return _text(db, edition.id) == [(squash(s.heading), squash(s.text)) for s in report.sections]
    claims = db.execute("SELECT code, value FROM claims WHERE report_id = ?", (edition.id,))
    others = db.execute("SELECT unit, raw FROM quantities WHERE report_id = ?", (edition.id,))
    return Counter(claims.fetchall()) == Counter((claim.code, claim.value) for claim in report.claims) and Counter(
        others.fetchall()
    ) == Counter((quantity.unit, quantity.raw) for quantity in report.quantities)


def _text(db: Database, report_id: int) -> list[tuple[str, str]]:
    rows = db.execute("SELECT heading, text FROM sections WHERE report_id = ? ORDER BY position", (report_id,))
    return [(squash(heading), squash(text)) for heading, text in rows]


def _figures(db: Database, report_id: int) -> dict[str, tuple[object, str]]:
    rows = db.execute("SELECT code, value, status FROM figures WHERE report_id = ?", (report_id,))
    return {code: (value, status) for code, value, status in rows}


def _figures_of(report: Report) -> dict[str, tuple[object, str]]:
    return {figure.code: (figure.value, figure.status) for figure in report.cells.values()}


def _is_telling(report: Report) -> bool:
    return len({figure.value for figure in report.cells.values() if figure.value}) >= _TELLING
