"""The findings of a report, by source, and the review that a person gave them."""

import json
from typing import Literal

from sqlite_utils import Database

from archive.errors import ArchiveError
from extract.report import Finding

FindingSource = Literal["reading", "check", "archive"]
"""Noticed while reading, by the rules, or by the archive: what other captures say about the report."""


def save_findings(db: Database, report_id: int, findings: list[Finding], source: FindingSource) -> None:
    """Make the findings of one source these, inside the caller's transaction.

    Rows are matched by fingerprint: id and review stay, what no longer holds goes. What the reading noticed already is
    not repeated by another source.
    """
    row = db.execute("SELECT agency, year FROM reports WHERE id = ?", (report_id,)).fetchone()
    if row is None:
        raise ArchiveError(f"there is no report {report_id} in the database")
    by_fingerprint = {finding.fingerprint(*row): finding for finding in reversed(findings)}
    held = db.execute("SELECT id, fingerprint FROM findings WHERE report_id = ? AND source = ?", (report_id, source))
    gone = [(finding_id,) for finding_id, fingerprint in held.fetchall() if fingerprint not in by_fingerprint]
    db.conn.executemany("DELETE FROM findings WHERE id = ?", gone)
    db.conn.executemany(
        "INSERT INTO findings (report_id, rule, severity, codes, expected, actual, message_zh, message_en, subject,"
        " fingerprint, source) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (report_id, fingerprint) DO UPDATE"
        " SET severity = excluded.severity, codes = excluded.codes, message_zh = excluded.message_zh,"
        " message_en = excluded.message_en, source = excluded.source"
        " WHERE excluded.source IN ('reading', findings.source)",
        [
            (report_id, f.rule, f.severity, json.dumps(f.codes), f.expected, f.actual, f.message_zh, f.message_en,
             f.subject, fingerprint, source)
            for fingerprint, f in reversed(by_fingerprint.items())
        ],
    )  # fmt: skip


def keep_reviews(db: Database, report_id: int) -> None:
    """Keep the reviews of a report whose agency or year was corrected: its findings are known by these too."""
    agency, year = db.execute("SELECT agency, year FROM reports WHERE id = ?", (report_id,)).fetchone()
    rows = db.execute(
        "SELECT id, rule, codes, expected, actual, subject FROM findings WHERE report_id = ?", (report_id,)
    )
    renewed = [
        (Finding(rule, "info", "", "", tuple(json.loads(codes)), *rest).fingerprint(agency, year), finding_id)
        for finding_id, rule, codes, *rest in rows.fetchall()
    ]
    db.conn.executemany("UPDATE findings SET fingerprint = ? WHERE id = ?", renewed)


def load_findings(db: Database, report_id: int) -> list[Finding]:
    """What the reading noticed about a report."""
    rows = db.execute(
        "SELECT rule, severity, message_zh, message_en, codes, expected, actual, subject FROM findings "
        "WHERE report_id = ? AND source = 'reading' ORDER BY id",
        (report_id,),
    )
    return [
        Finding(rule, severity, message_zh, message_en, tuple(json.loads(codes)), expected, actual, subject)
        for rule, severity, message_zh, message_en, codes, expected, actual, subject in rows
    ]
