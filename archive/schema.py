"""The database schema as numbered, one-way migrations. ``docs/database.md`` describes every table and column."""

import itertools
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from archive.errors import ArchiveError
from archive.tables import (
    CREATE_COVERAGE,
    CREATE_FINDINGS,
    CREATE_LABELS,
    CREATE_REPORTS,
    CREATE_SOURCES,
    CREATE_SUCCESSIONS,
)
from extract.forms import cell_catalogue
from extract.organs import agency_names

migrations = Migrations("nianbao")


@migrations()
def m001_sources_and_reports(db: Database) -> None:
    """Portals, captures and runs; reports with what hangs on them; the cells of the forms; coverage."""
    for statement in (*CREATE_SOURCES, *CREATE_REPORTS):
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
    db.execute(CREATE_FINDINGS.replace("'check')", "'check', 'archive')"))
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


@migrations()
def m006_agencies(db: Database) -> None:
    """An agency is known by its full name, whatever reports call it; who took over from whom; names on copies.

    Everything counts as read by an older extractor: reading it anew gives every report its agency.
    """
    db.execute("ALTER TABLE agencies ADD COLUMN business TEXT NOT NULL DEFAULT ''")
    db.execute("CREATE INDEX agencies_business ON agencies (business, division_code)")
    db.execute("CREATE INDEX agencies_parent ON agencies (parent_id)")
    db.execute("ALTER TABLE report_captures ADD COLUMN agency TEXT")
    db.execute("UPDATE reports SET extractor_version = 0")
    db.execute("DELETE FROM extractions")
    db.execute("""CREATE TABLE business_successions (
        predecessor TEXT NOT NULL,
        successor TEXT NOT NULL,
        since INTEGER NOT NULL,
        basis TEXT NOT NULL,
        PRIMARY KEY (predecessor, successor)
    ) STRICT, WITHOUT ROWID""")
    db.execute(CREATE_SUCCESSIONS)
    db.execute("DROP VIEW coverage")
    db.execute(CREATE_LABELS)
    db.execute(CREATE_COVERAGE)


@migrations()
def m007_settled(db: Database) -> None:
    """In which run a listed report was last held with all of its files."""
    db.execute("ALTER TABLE listings ADD COLUMN settled_run INTEGER REFERENCES runs (id)")
    db.execute("ALTER TABLE listings ADD COLUMN files INTEGER")


@migrations()
def m008_files(db: Database) -> None:
    """Which files a page linked, and the address that a redirect led away from."""
    db.execute("ALTER TABLE captures ADD COLUMN files TEXT CHECK (files IS NULL OR json_valid(files))")
    db.execute("ALTER TABLE captures ADD COLUMN asked_url TEXT")
    db.execute("CREATE INDEX captures_asked_url ON captures (asked_url) WHERE asked_url IS NOT NULL")


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
    refresh_successions(db)


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


def refresh_successions(db: Database) -> None:
    """Make ``business_successions`` equal to ``data/agencies.yaml``, where it is not yet."""
    lines = sorted(
        (predecessor, entry.to, entry.since, entry.basis)
        for entry in agency_names().successions
        for predecessor in entry.predecessors
    )
    if db.execute("SELECT * FROM business_successions ORDER BY predecessor, successor").fetchall() == lines:
        return
    with transaction(db):
        db.execute("DELETE FROM business_successions")
        db.conn.executemany("INSERT INTO business_successions VALUES (?, ?, ?, ?)", lines)


def _path(db: Database) -> str:
    return str(db.execute("SELECT file FROM pragma_database_list WHERE name = 'main'").fetchone()[0])
