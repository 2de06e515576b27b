"""WARC files that a process left behind when it was killed, or when the power went: their last records put in order."""

import fcntl
from pathlib import Path
from typing import BinaryIO

from archive.schema import transaction
from archive.store import Archive
from archive.warc import Row, close_for_good, is_closed, scan


def mend(archive: Archive) -> list[str]:
    """Give the records that had no time to get their rows these rows, and cut off a last record that is not whole.

    Returns a line on each file that was changed. Files that another process is writing are left alone.
    """
    said = []
    for path in sorted(archive.warc_folder.glob("*.warc.gz")):
        if is_closed(path):
            continue
        with path.open("r+b") as file:
            if _is_ours(file) and (what := _mend(archive, path, file)):
                said.append(f"{path}: {what}")
    return said


def _is_ours(file: BinaryIO) -> bool:
    """Whether nobody writes the file, and it is more than a name; it is ours then until it is closed."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return bool(file.seek(0, 2))


def _mend(archive: Archive, path: Path, file: BinaryIO) -> str:
    held = archive.db.execute(
        "SELECT warc_offset, record_id FROM captures WHERE warc_file = ? ORDER BY warc_offset", (path.name,)
    ).fetchall()
    known, damage = {record_id for _, record_id in held}, list[int]()
    last = held[-1][0] if held else 0
    rows = [row for row in scan(path, damage, last) if row["record_id"] not in known]
    with transaction(archive.db):
        for row in rows:
            archive.insert_capture({**row, "run_id": _run_of(archive, row)})
    # Only what nothing whole comes after: damage further up is for a person to look at.
    torn = damage[-1] if damage and damage[-1] > max([last, *(row["warc_offset"] for row in rows)]) else None
    if torn is not None:
        file.truncate(torn)
    close_for_good(file)
    taken = [f"{len(rows)} captures taken in"] if rows else []
    return ", ".join([*taken, *([f"cut off at byte {torn}, where a record was not whole"] if torn is not None else [])])


def _run_of(archive: Archive, row: Row) -> int | None:
    """The run that a capture of a portal was made by: the last that began before it."""
    sql = "SELECT max(id) FROM runs WHERE portal = ? AND started_at <= ?"
    (run_id,) = archive.db.execute(sql, (row["portal"], row["fetched_at"])).fetchone()
    found: int | None = run_id
    return found
