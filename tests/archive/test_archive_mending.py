"""What a killed process leaves: records without rows, a torn record; and how the next one puts that in order."""

import os
import random
import resource
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from archive_examples import START, add

from archive import Archive, ArchiveError, mend, open_archive
from archive.warc import is_closed, scan

_KEEP = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from archive import open_archive
archive = open_archive(Path(sys.argv[1]))
run = archive.start_run("crawl", "panyu")
for n in range(5):
    archive.keep_capture(
        url=f"http://example.gov.cn/{n}", body=bytes([n]) * 999, kind="article", portal="panyu",
        fetched_at=datetime.now(UTC), run_id=run,
    )
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def left_behind(tmp_path: Path) -> Path:
    """The data directory of a process that was killed after five captures in one go."""
    done = subprocess.run([sys.executable, "-c", _KEEP, str(tmp_path)], cwd=Path(__file__).parents[2], check=False)
    assert done.returncode == -signal.SIGKILL
    return tmp_path


def warc_of(data: Path) -> Path:
    (path,) = (data / "archive").glob("*.warc.gz")
    return path


def test_records_without_rows_get_them_at_the_next_start(left_behind: Path) -> None:
    with open_archive(left_behind) as archive:
        before = archive.db["captures"].count
        assert before < 5, "the rows were still to be written"
        (said,) = mend(archive)
        assert f"{5 - before} captures taken in" in said
        held = [archive.capture(row_id) for (row_id,) in archive.db.execute("SELECT id FROM captures ORDER BY id")]
        assert [archive.read_body(capture) for capture in held] == [bytes([n]) * 999 for n in range(5)]
        assert {(capture.portal, capture.run_id) for capture in held} == {("panyu", 1)}
        assert mend(archive) == [], "once"
    assert is_closed(warc_of(left_behind))


def test_a_torn_record_is_cut_off(left_behind: Path) -> None:
    path = warc_of(left_behind)
    whole = path.stat().st_size
    os.truncate(path, whole - 40)
    with open_archive(left_behind) as archive:
        assert "cut off at byte" in mend(archive)[0]
        assert archive.db["captures"].count == 4
    damage: list[int] = []
    assert len(list(scan(path, damage))) == 4
    assert damage == []


def test_a_file_that_is_being_written_is_left_alone(tmp_path: Path) -> None:
    with open_archive(tmp_path) as writer, open_archive(tmp_path) as other:
        add(writer)
        kept = {"kind": "article", "fetched_at": START}
        writer.keep_capture(url="http://example.gov.cn/2", body=b"2", **kept)  # type: ignore[arg-type]
        assert mend(other) == []
    assert is_closed(warc_of(tmp_path))
    with open_archive(tmp_path, read_only=True) as archive:
        assert archive.db["captures"].count == 2


def test_rows_wait_for_their_records_and_are_found_meanwhile(tmp_path: Path) -> None:
    def keep(archive: Archive, n: int) -> None:
        archive.keep_capture(url=f"http://example.gov.cn/{n}", body=b"same", kind="article", fetched_at=START)

    with open_archive(tmp_path) as archive, open_archive(tmp_path, read_only=True) as reader:
        for n in range(4):
            keep(archive, n)
        found = archive.latest_capture("http://example.gov.cn/3")
        assert found is not None
        assert found.record_type == "revisit", "the bytes of one that waits are known"
        keep(archive, 4)
        assert reader.db["captures"].count == 4
        archive.finish_run(archive.start_run("crawl"), "ok", {})
        assert reader.db["captures"].count == 5


def keep(archive: Archive, n: int, size: int = 3000) -> None:
    body = random.Random(n).randbytes(size)
    archive.keep_capture(url=f"http://example.gov.cn/{n}", body=body, kind="article", fetched_at=START)


def rows_and_records(data: Path) -> tuple[int, int]:
    """How many captures have rows once what was left is mended, and how many records there are."""
    with open_archive(data) as archive:
        mend(archive)
        rows = archive.db["captures"].count
    return rows, sum(1 for path in (data / "archive").iterdir() for _ in scan(path, []))


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows wait until someone asks for them."""
    monkeypatch.setattr("archive.store._FLUSH_SECONDS", 1000.0)


def test_rows_that_a_locked_database_refused_at_the_end_come_at_the_next_start(
    patient: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("archive.connection._BUSY_SECONDS", 0.1)
    archive, other = open_archive(tmp_path), sqlite3.connect(tmp_path / "nianbao.db", isolation_level=None)
    for n in range(3):
        keep(archive, n)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(ArchiveError, match="another nianbao is writing"):
        archive.close()
    other.close()
    assert not is_closed(warc_of(tmp_path))
    assert rows_and_records(tmp_path) == (3, 3)


def test_a_full_file_is_closed_after_its_rows_are_written(patient: None, tmp_path: Path) -> None:
    with open_archive(tmp_path) as archive:
        archive._warc.max_bytes = 5_000
        archive.flush()
        for n in range(4):
            keep(archive, n)
        assert not any(map(is_closed, archive.warc_folder.iterdir())), "no record has its row yet"
        archive.flush()
        assert is_closed(warc_of(tmp_path))
    assert rows_and_records(tmp_path) == (4, 4)


def test_records_before_a_full_disk_are_on_disk_before_their_rows(
    patient: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    fsync = os.fsync
    with open_archive(tmp_path) as archive:
        archive.flush()
        keep(archive, 0)
        keep(archive, 1)
        path, file = warc_of(tmp_path), archive._warc._file
        assert file is not None
        monkeypatch.setattr("os.fsync", lambda fd: (synced.append(os.fstat(fd).st_ino), fsync(fd)))
        limit = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (file.tell() + 100, limit[1]))
        try:
            with pytest.raises(ArchiveError, match="cannot write"):
                keep(archive, 2)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limit)
        assert len(archive.flush()) == 2
    assert path.stat().st_ino in synced
    rows, records = rows_and_records(tmp_path)
    assert rows == records >= 2, "the third may have come out of the buffer after all"
