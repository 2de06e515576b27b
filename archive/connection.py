"""The connection to an archive's database: how long it waits, and how safely it writes."""

import os
import sqlite3
from pathlib import Path
from urllib.parse import quote

from sqlite_utils import Database

from archive.errors import ArchiveError
from archive.schema import check_usable, is_locked, locked_message, upgrade

_BUSY_SECONDS = 30.0
"""How long a write waits for another process's transaction."""

_CHECKPOINT_PAGES = 10_000
"""Pages the WAL gathers (40 MB) before they go into the database. A report touches some 200 pages of the index on
codes, the same ones as the report before: with SQLite's 1000 they would be written out every five reports."""


def make_folder(data_dir: Path) -> None:
    """Make a data directory where there is none; ArchiveError where it cannot be made."""
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ArchiveError(
            f"{data_dir}: this data directory cannot be made ({error.strerror}); name a directory with --data"
        ) from error


def connect(path: Path, read_only: bool) -> Database:
    """The database of that path, brought to the newest schema unless it is only read; ArchiveError where that cannot
    be."""
    try:
        return _connect(path, read_only)
    except sqlite3.Error as error:
        raise ArchiveError(locked_message(path) if is_locked(error) else _not_opened(path, error)) from error


def _not_opened(path: Path, error: sqlite3.Error) -> str:
    # SQLite's journal lies beside the database: the directory must be writable, too.
    closed = [str(each) for each in (path, path.parent) if each.exists() and not os.access(each, os.R_OK | os.W_OK)]
    if not closed:
        return f"{path}: cannot be opened as a database ({error})"
    return f"{path}: {error}; make {' and '.join(closed)} writable for your user, or name another directory with --data"


def _connect(path: Path, read_only: bool) -> Database:
    uri = f"file:{quote(str(path.resolve()))}?mode={'ro' if read_only else 'rwc'}"
    # Datasette and threads of a crawl hand the connection on; writes of one process are still one after the other.
    db = Database(sqlite3.connect(uri, uri=True, timeout=_BUSY_SECONDS, check_same_thread=False))
    try:
        db.execute("PRAGMA foreign_keys = ON")
        if read_only:
            check_usable(db)
        else:
            db.enable_wal()
            # Safe against a killed process; a power cut may lose the last rows, which the WARC files still hold.
            db.execute("PRAGMA synchronous = NORMAL")
            db.execute(f"PRAGMA wal_autocheckpoint = {_CHECKPOINT_PAGES}")
            upgrade(db)
    except BaseException:
        db.close()
        raise
    return db
