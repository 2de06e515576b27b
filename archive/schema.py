"""The database schema as numbered, one-way migrations. ``docs/database.md`` describes every table and column."""

import itertools
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from archive.errors import ArchiveError
from extract.forms import cell_catalogue

migrations = Migrations("nianbao")

# In a STRICT table a column of type ANY keeps a value as it came: 3 stays an integer, 3.0 a real, and a blank is NULL.
_CREATE_SOURCES = (
    """CREATE TABLE portals (
        key TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        base_url TEXT NOT NULL,
        platform TEXT NOT NULL,
        division_code TEXT,
        enabled INTEGER NOT NULL CHECK (enabled IN (0, 1))
    ) STRICT""",
    """CREATE TABLE agencies (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE CHECK (name <> ''),
        level TEXT NOT NULL CHECK (level IN ('province', 'city', 'county', 'town', 'department', 'other')),
        division_code TEXT,
        parent_id INTEGER REFERENCES agencies (id)
    ) STRICT""",
    """CREATE TABLE runs (
        id INTEGER PRIMARY KEY,
        started_at TEXT NOT NULL,
        finished_at TEXT,
        command TEXT NOT NULL,
        portal TEXT REFERENCES portals (key),
        outcome TEXT,
        stats TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(stats))
    ) STRICT""",
    """CREATE TABLE captures (
        id INTEGER PRIMARY KEY,
        portal TEXT REFERENCES portals (key),
        url TEXT NOT NULL,
        fetched_at TEXT NOT NULL,
        http_status INTEGER,
        media_type TEXT,
        sha256 TEXT NOT NULL,
        bytes INTEGER NOT NULL,
        warc_file TEXT NOT NULL,
        warc_offset INTEGER NOT NULL,
        run_id INTEGER REFERENCES runs (id),
        record_id TEXT NOT NULL UNIQUE,
        record_type TEXT NOT NULL CHECK (record_type IN ('response', 'resource', 'revisit')),
        kind TEXT NOT NULL CHECK (kind IN ('list', 'article', 'attachment', 'import')),
        title TEXT,
        published_on TEXT,
        publisher TEXT,
        parent_url TEXT,
        etag TEXT,
        last_modified TEXT,
        headers TEXT NOT NULL CHECK (json_valid(headers))
    ) STRICT""",
    "CREATE INDEX captures_url ON captures (url, sha256)",
    "CREATE INDEX captures_sha256 ON captures (sha256)",
    "CREATE INDEX captures_parent_url ON captures (parent_url)",
    "CREATE INDEX captures_portal ON captures (portal, fetched_at)",
    "CREATE INDEX captures_run ON captures (run_id)",
    """CREATE TABLE extractions (
        capture_id INTEGER NOT NULL REFERENCES captures (id),
        version INTEGER NOT NULL,
        outcome TEXT NOT NULL CHECK (outcome IN ('report', 'no_report', 'unreadable')),
        kind TEXT,
        message TEXT,
        extracted_at TEXT NOT NULL,
        PRIMARY KEY (capture_id, version)
    ) STRICT, WITHOUT ROWID""",
)

_CREATE_FINDINGS = """CREATE TABLE findings (
    id INTEGER PRIMARY KEY,
    report_id INTEGER NOT NULL REFERENCES reports (id) ON DELETE CASCADE,
    rule TEXT NOT NULL,
    severity TEXT NOT NULL CHECK (severity IN ('error', 'warning', 'info')),
    codes TEXT NOT NULL CHECK (json_valid(codes)),
    expected ANY CHECK (typeof(expected) IN ('integer', 'real', 'null')),
    actual ANY CHECK (typeof(actual) IN ('integer', 'real', 'null')),
    message_zh TEXT NOT NULL,
    message_en TEXT NOT NULL,
    subject TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    review TEXT NOT NULL DEFAULT 'open',
    source TEXT NOT NULL CHECK (source IN ('reading', 'check')),
    UNIQUE (report_id, fingerprint)
) STRICT"""

# The CHECK of figures does without IN (...): SQLite would build the list anew for every row, a third of saving's time.
_CREATE_REPORTS = (
    """CREATE TABLE reports (
        id INTEGER PRIMARY KEY,
        agency_id INTEGER REFERENCES agencies (id),
        agency TEXT NOT NULL,
        year INTEGER,
        form TEXT,
        title TEXT NOT NULL,
        published_on TEXT,
        url TEXT NOT NULL,
        capture_id INTEGER NOT NULL REFERENCES captures (id),
        edition INTEGER NOT NULL CHECK (edition >= 1),
        is_current INTEGER NOT NULL CHECK (is_current IN (0, 1)),
        status TEXT NOT NULL CHECK (status IN ('complete', 'partial', 'unreadable')),
        reader TEXT NOT NULL,
        identity TEXT NOT NULL,
        content_hash TEXT NOT NULL,
        period_start TEXT,
        period_end TEXT,
        extractor_version INTEGER NOT NULL,
        UNIQUE (identity, edition),
        UNIQUE (identity, content_hash)
    ) STRICT""",
    "CREATE UNIQUE INDEX reports_one_current ON reports (identity) WHERE is_current = 1",
    "CREATE INDEX reports_agency_year ON reports (agency_id, year)",
    "CREATE INDEX reports_name_year ON reports (agency, year)",
    "CREATE INDEX reports_year ON reports (year)",
    "CREATE INDEX reports_capture ON reports (capture_id)",
    """CREATE TABLE report_captures (
        report_id INTEGER NOT NULL REFERENCES reports (id) ON DELETE CASCADE,
        capture_id INTEGER NOT NULL REFERENCES captures (id),
        PRIMARY KEY (report_id, capture_id)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX report_captures_capture ON report_captures (capture_id)",
    """CREATE TABLE figures (
        report_id INTEGER NOT NULL REFERENCES reports (id) ON DELETE CASCADE,
        position INTEGER NOT NULL,
        code TEXT NOT NULL,
        value ANY,
        raw TEXT NOT NULL,
        status TEXT NOT NULL,
        locator TEXT NOT NULL,
        PRIMARY KEY (report_id, code),
        CHECK (CASE status
            WHEN 'reported' THEN typeof(value) = 'integer' OR typeof(value) = 'real'
            WHEN 'blank' THEN value IS NULL
            WHEN 'unsure' THEN typeof(value) <> 'text' AND typeof(value) <> 'blob'
            ELSE FALSE
        END)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX figures_code ON figures (code, report_id)",
    """CREATE TABLE sections (
        report_id INTEGER NOT NULL REFERENCES reports (id) ON DELETE CASCADE,
        position INTEGER NOT NULL,
        heading TEXT NOT NULL,
        text TEXT NOT NULL,
        PRIMARY KEY (report_id, position)
    ) STRICT""",
    """CREATE TABLE claims (
        report_id INTEGER NOT NULL REFERENCES reports (id) ON DELETE CASCADE,
        position INTEGER NOT NULL,
        code TEXT NOT NULL,
        value ANY NOT NULL CHECK (typeof(value) IN ('integer', 'real')),
        approximate INTEGER NOT NULL CHECK (approximate IN (0, 1)),
        text TEXT NOT NULL,
        section TEXT NOT NULL,
        PRIMARY KEY (report_id, position)
    ) STRICT""",
    "CREATE INDEX claims_code ON claims (code)",
    _CREATE_FINDINGS,
    "CREATE INDEX findings_rule ON findings (rule, severity)",
    """CREATE TABLE cells (
        code TEXT NOT NULL,
        forms TEXT NOT NULL,
        "table" TEXT NOT NULL,
        row_label TEXT NOT NULL,
        column_label TEXT NOT NULL,
        unit TEXT NOT NULL,
        PRIMARY KEY (code, forms)
    ) STRICT""",
    """CREATE VIEW coverage AS
    WITH RECURSIVE years (agency_id, agency, year, last_year) AS (
        SELECT agency_id, agency, min(year), max(year) FROM reports
        WHERE is_current = 1 AND agency_id IS NOT NULL AND year IS NOT NULL
        GROUP BY agency_id
        UNION ALL
        SELECT agency_id, agency, year + 1, last_year FROM years WHERE year < last_year
    )
    SELECT years.agency_id, years.agency, years.year,
        CASE reports.status WHEN 'complete' THEN 'current' ELSE coalesce(reports.status, 'missing') END AS state
    FROM years
    LEFT JOIN reports
        ON reports.agency_id = years.agency_id AND reports.year = years.year AND reports.is_current = 1""",
)


@migrations()
def m001_sources_and_reports(db: Database) -> None:
    """Portals, captures and runs; reports with what hangs on them; the cells of the forms; coverage."""
    for statement in (*_CREATE_SOURCES, *_CREATE_REPORTS):
        db.execute(statement)


@migrations()
def m002_listings(db: Database) -> None:
    """What the lists of a portal showed, and in which run last; the latest runs of a portal found by an index."""
    db.execute("""CREATE TABLE listings (
        portal TEXT NOT NULL REFERENCES portals (key),
        url TEXT NOT NULL,
        title TEXT NOT NULL,
        published_on TEXT,
        first_run INTEGER NOT NULL REFERENCES runs (id),
        last_run INTEGER NOT NULL REFERENCES runs (id),
        PRIMARY KEY (portal, url)
    ) STRICT, WITHOUT ROWID""")
    db.execute("CREATE INDEX runs_portal ON runs (portal, id)")


@migrations()
def m003_scopes(db: Database) -> None:
    """Agencies of one name are told apart by scope; findings of the archive's own.

    Everything counts as read by an older extractor: reading it anew puts reports that one name had mixed up apart.
    """
    db.execute("CREATE TEMP TABLE held AS SELECT id, agency_id FROM reports")
    db.execute("CREATE TEMP TABLE named AS SELECT * FROM agencies")
    db.execute("UPDATE reports SET agency_id = NULL, extractor_version = 0")
    db.execute("DELETE FROM extractions")
    db.execute("DROP TABLE agencies")
    db.execute("""CREATE TABLE agencies (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL CHECK (name <> ''),
        scope TEXT NOT NULL,
        level TEXT NOT NULL CHECK (level IN ('province', 'city', 'county', 'town', 'department', 'other')),
        division_code TEXT,
        parent_id INTEGER REFERENCES agencies (id),
        UNIQUE (name, scope)
    ) STRICT""")
    db.execute("INSERT INTO agencies SELECT id, name, '', level, division_code, NULL FROM named")
    db.execute("UPDATE reports SET agency_id = (SELECT agency_id FROM held WHERE held.id = reports.id)")
    db.execute("DROP TABLE held")
    db.execute("DROP TABLE named")
    db.execute("ALTER TABLE findings RENAME TO findings_before")
    db.execute(_CREATE_FINDINGS.replace("'check')", "'check', 'archive')"))
    db.execute("INSERT INTO findings SELECT * FROM findings_before")
    db.execute("DROP TABLE findings_before")
    db.execute("CREATE INDEX findings_rule ON findings (rule, severity)")


@migrations()
def m004_claim_scope(db: Database) -> None:
    """What a claim's sentence says its figures are of."""
    db.execute("ALTER TABLE claims ADD COLUMN scope TEXT")


@migrations()
def m005_quantities(db: Database) -> None:
    """Figures of tables that are no cell of a form."""
    db.execute("""CREATE TABLE quantities (
        report_id INTEGER NOT NULL REFERENCES reports (id) ON DELETE CASCADE,
        position INTEGER NOT NULL,
        row_label TEXT NOT NULL,
        column_label TEXT NOT NULL,
        unit TEXT NOT NULL,
        value ANY CHECK (typeof(value) IN ('integer', 'real', 'null')),
        raw TEXT NOT NULL,
        locator TEXT NOT NULL,
        PRIMARY KEY (report_id, position)
    ) STRICT, WITHOUT ROWID""")


@contextmanager
def transaction(db: Database) -> Iterator[None]:
    """Writes of one piece: all or nothing. Takes the write lock at once, so that it waits instead of failing midway.

    ArchiveError where another process keeps writing for longer than a write waits.
    """
    try:
        db.conn.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        if is_locked(error):
            raise ArchiveError(locked_message(_path(db))) from error
        raise
    try:
        yield
    except BaseException:
        db.conn.rollback()
        raise
    db.conn.commit()


def is_locked(error: sqlite3.Error) -> bool:
    """Whether another process holds the database."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def locked_message(path: object) -> str:
    """What a person is told about a database that another process holds."""
    return f"{path}: another nianbao is writing to this database; wait until it is done, then try again"


def upgrade(db: Database) -> None:
    """Bring the database to the newest schema and the cells up to date; changes nothing where both are."""
    check_not_newer(db)
    if migrations.pending(db):
        with transaction(db):
            migrations.apply(db)
    refresh_cells(db)


def check_not_newer(db: Database) -> None:
    """ArchiveError where the database was made by a newer nianbao than this one."""
    known = {migration.name for migration in migrations.pending(Database(memory=True))}
    unknown = [applied.name for applied in migrations.applied(db) if applied.name not in known]
    if unknown:
        raise ArchiveError(
            f"{_path(db)}: made by a newer version of nianbao (schema step {unknown[-1]} is unknown here); "
            "install that version or use another --data directory"
        )


def check_usable(db: Database) -> None:
    """ArchiveError where the database cannot be read as it stands: made by a newer or an older nianbao."""
    check_not_newer(db)
    if migrations.pending(db):
        raise ArchiveError(
            f"{_path(db)}: not a nianbao database of this version; run `nianbao extract` once to bring it up to date"
        )


def catalogue_lines() -> list[tuple[str, str, str, str, str, str]]:
    """The lines of ``data/forms/cells.csv``: code, forms, table, row_label, column_label, unit."""
    by_line = itertools.groupby(cell_catalogue(), key=lambda c: (c.code, c.table, c.row_label, c.column_label, c.unit))
    return [
        (code, " ".join(cell.form for cell in cells), table, row_label, column_label, unit)
        for (code, table, row_label, column_label, unit), cells in by_line
    ]


def refresh_cells(db: Database) -> None:
    """Make ``cells`` equal to ``data/forms/cells.csv``, where it is not yet."""
    lines = catalogue_lines()
    if db.execute("SELECT * FROM cells ORDER BY rowid").fetchall() == lines:
        return
    with transaction(db):
        db.execute("DELETE FROM cells")
        db.conn.executemany("INSERT INTO cells VALUES (?, ?, ?, ?, ?, ?)", lines)


def _path(db: Database) -> str:
    return str(db.execute("SELECT file FROM pragma_database_list WHERE name = 'main'").fetchone()[0])
