"""What the archive itself has to say about a report, from all captures that it holds: findings of source ``archive``.

They are made anew whenever something about an identity's editions changes: so they go when they no longer hold.
"""

from collections.abc import Iterable, Iterator, Sequence

from sqlite_utils import Database

from archive.agencies import doubt
from archive.captures import Capture
from archive.editions import ADDRESS
from archive.findings import save_findings
from archive.hosts import host_doubt
from extract.report import Finding

_SHOWN = 5


def renew_doubts(db: Database, identities: Iterable[str]) -> None:
    """Bring the archive's findings about all editions of these identities up to date."""
    for identity in identities:
        rows = db.execute(
            "SELECT id, is_current, url, agency, capture_id, agency_id FROM reports WHERE identity = ?", (identity,)
        )
        for report_id, is_current, url, printed, capture_id, agency_id in rows.fetchall():
            findings = [] if agency_id is None else _unclear_agency(db, printed, agency_id, capture_id)
            findings += _other_names(db, report_id, printed)
            findings += _no_longer_read(db, report_id, url)
            if is_current:
                findings += _differing_copies(db, report_id, url, identity)
            save_findings(db, report_id, findings, "archive")


def outdated_identities(db: Database, capture_ids: Sequence[int], version: int) -> set[str]:
    """The identities of editions on these captures that were read by an older version of the extractor."""
    found: set[str] = set()
    for capture_id in capture_ids:
        rows = db.execute(
            "SELECT identity FROM reports JOIN report_captures ON report_id = reports.id"
            " WHERE report_captures.capture_id IN (SELECT same.id FROM captures AS read"
            "  JOIN captures AS same ON (same.url, same.sha256) = (read.url, read.sha256) WHERE read.id = ?)"
            " AND extractor_version < ?",
            (capture_id, version),
        )
        found.update(identity for (identity,) in rows)
    return found


def _unclear_agency(db: Database, printed: str, agency_id: int, capture_id: int) -> list[Finding]:
    (scope,) = db.execute("SELECT scope FROM agencies WHERE id = ?", (agency_id,)).fetchone()
    row = next(iter(db.query("SELECT * FROM captures WHERE id = ?", (capture_id,))))
    capture = Capture.from_row(row)
    doubts = (doubt(db, printed, scope, capture), host_doubt(db, capture))
    return [finding for finding in doubts if finding is not None]


def _other_names(db: Database, report_id: int, printed: str) -> Iterator[Finding]:
    """Where copies of an edition name its agency otherwise: the office for the government, a past or short name."""
    others = db.execute(
        "SELECT DISTINCT agency FROM report_captures WHERE report_id = ? AND agency NOT IN (?, '') ORDER BY agency",
        (report_id, printed),
    )
    for (other,) in others.fetchall():
        yield Finding(
            "identity.agency",
            "info",
            f"另有一份数字相同的报告署名“{other}”，与本报告视为同一份",
            f"A copy with the same figures names {other}: it is held as this report",
            subject=f"copy:{other}",
        )


def _no_longer_read(db: Database, report_id: int, url: str) -> Iterator[Finding]:
    """A warning where a newer extractor has read everything that an edition stands on, and not found it there."""
    still_stands = db.execute(
        "SELECT 1 FROM reports JOIN report_captures ON report_id = reports.id"
        " JOIN captures ON captures.id = report_captures.capture_id"
        " WHERE reports.id = ? AND NOT EXISTS (SELECT 1 FROM captures AS same"
        "  JOIN extractions ON extractions.capture_id = same.id WHERE same.url = captures.url"
        "  AND same.sha256 = captures.sha256 AND extractions.version > reports.extractor_version) LIMIT 1",
        (report_id,),
    )
    if still_stands.fetchone() is None:
        yield Finding(
            "form.no_longer_read",
            "warning",
            f"新版程序未能再从{url}读出本报告，现有数字为旧版所读，请核对",
            f"A newer version of nianbao no longer reads this report at {url}: the figures are an older version's"
            " reading, check them",
        )


def _differing_copies(db: Database, report_id: int, url: str, identity: str) -> Iterator[Finding]:
    """A warning for every other address whose latest word on the report has other figures than the current edition."""
    latest = db.execute(
        f"SELECT address, report_id FROM (SELECT {ADDRESS} AS address, report_captures.report_id,"  # noqa: S608 - own
        f"  row_number() OVER (PARTITION BY {ADDRESS} ORDER BY fetched_at DESC, captures.id DESC, edition DESC) AS age"
        "  FROM reports JOIN report_captures ON report_captures.report_id = reports.id"
        "  JOIN captures ON captures.id = report_captures.capture_id WHERE identity = ?)"
        " WHERE age = 1 AND report_id <> ? ORDER BY address",
        (identity, report_id),
    )
    for address, other_id in latest.fetchall():
        differing = db.execute(
            "SELECT figures.code, figures.raw, other.raw FROM figures JOIN figures AS other USING (code)"
            " WHERE figures.report_id = ? AND other.report_id = ? AND figures.value IS NOT other.value"
            " ORDER BY figures.position",
            (report_id, other_id),
        ).fetchall()
        if differing:
            yield _copies_differ(differing, url, address)


def _copies_differ(differing: Sequence[tuple[str, str, str]], url: str, address: str) -> Finding:
    shown = "; ".join(f"{code}: {raw} / {other}" for code, raw, other in differing[:_SHOWN])
    shown += "; …" if len(differing) > _SHOWN else ""
    return Finding(
        "form.copies_differ",
        "warning",
        f"同一报告在{url}与{address}有 {len(differing)} 处数字不一致（{shown}），请核对以哪份为准",
        f"{len(differing)} figures of this report differ between {url} and {address} ({shown}): check which copy is"
        " right",
        tuple(code for code, _, _ in differing),
        subject=address,
    )
