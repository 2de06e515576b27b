"""Taking WARC files in: another archive's, or one's own when the database is lost."""

import hashlib
import shutil
import sqlite3
from pathlib import Path

from archive.errors import ArchiveError
from archive.schema import transaction
from archive.store import Archive
from archive.warc import CLOSED, scan


def import_warc(archive: Archive, path: Path) -> int:
    """Add the captures of a WARC file that nianbao wrote; returns how many were new.

    The file is copied to the archive's folder unless it is there. Captures held already (same record id) are passed
    over. Where part of the file is damaged, everything whole is added and ArchiveError names what is not.
    """
    if not path.is_file():
        raise ArchiveError(f"{path}: there is no such file")
    damage: list[int] = []
    rows = list(scan(path, damage))
    if not rows and not damage:
        raise ArchiveError(f"{path}: holds no captures of nianbao")
    if not rows:
        raise ArchiveError(f"{path}: is not a gzipped WARC file of nianbao, or is damaged throughout")
    known = {record_id for (record_id,) in archive.db.execute("SELECT record_id FROM captures")}
    new = [row for row in rows if row["record_id"] not in known]
    if new:
        name = _take_in(archive.warc_folder, path)
        try:
            with transaction(archive.db):
                for row in new:
                    archive.insert_capture({**row, "warc_file": name})
        except sqlite3.IntegrityError as error:
            raise ArchiveError(f"{path}: holds a capture that cannot be kept ({error})") from error
    if damage:
        places = ", ".join(map(str, damage))
        raise ArchiveError(f"{path}: {len(new)} captures added, but the file is damaged or cut short at byte {places}")
    return len(new)


def _take_in(folder: Path, path: Path) -> str:
    """Copy a file into the archive's folder, under its own name where that is free; returns the name there."""
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / path.name
    if target.exists() and not target.samefile(path) and _digest(target) != _digest(path):
        target = folder / f"{_digest(path)[:16]}-{path.name}"
    if not target.exists():
        partial = target.with_name(f"{target.name}.partial")
        shutil.copyfile(path, partial)
        partial.chmod(CLOSED)
        partial.rename(target)
    return target.name


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
