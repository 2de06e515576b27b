"""The database file itself: made once, upgraded one way, read without a trace, whole after a kill."""

import contextlib
import csv
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from archive_examples import ARTICLE, add, dump, make_report

from archive import ArchiveError, open_archive
from archive.rebuild import import_warc
from archive.schema import catalogue_lines
from extract.forms import FORMS_DIR


def test_opening_again_changes_nothing(tmp_path: Path) -> None:
    with open_archive(tmp_path) as archive:
        archive.save_report(make_report(), add(archive), ARTICLE)
        before = dump(archive)
    with open_archive(tmp_path) as archive:
        assert dump(archive) == before
        assert archive.db.journal_mode == "wal"
        assert archive.db.execute("PRAGMA foreign_keys").fetchone() == (1,)
        assert all(table.strict for table in archive.db.tables if not table.name.startswith(("_", "sqlite_")))


def test_cells_are_the_lines_of_the_csv_and_are_refreshed(tmp_path: Path) -> None:
    with (FORMS_DIR / "cells.csv").open(encoding="utf-8", newline="") as file:
        lines = [tuple(line) for line in csv.reader(file)][1:]
    assert catalogue_lines() == lines
    with open_archive(tmp_path) as archive, archive.db.conn:
        archive.db.conn.execute("UPDATE cells SET unit = '吨' WHERE code = 'rules.made'")
    with open_archive(tmp_path) as archive:
        assert archive.db.execute("SELECT * FROM cells ORDER BY rowid").fetchall() == lines


def test_reading_needs_a_database_and_leaves_it_alone(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match=r"nianbao\.db: there is no database yet.*nianbao demo"):
        open_archive(tmp_path, read_only=True)
    assert list(tmp_path.iterdir()) == []
    with open_archive(tmp_path) as archive:
        add(archive, b"body")
    before = (tmp_path / "nianbao.db").read_bytes()
    with open_archive(tmp_path, read_only=True) as archive:
        assert archive.read_body(archive.capture(1)) == b"body"
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            archive.start_run("crawl", None)
    assert (tmp_path / "nianbao.db").read_bytes() == before


def test_a_newer_database_is_left_alone(tmp_path: Path) -> None:
    with open_archive(tmp_path) as archive:
        archive.db["_sqlite_migrations"].insert(
            {"migration_set": "nianbao", "name": "m999_future", "applied_at": "2099-01-01"}
        )
    for read_only in (True, False):
        with pytest.raises(ArchiveError, match=r"nianbao\.db: made by a newer version.*m999_future"):
            open_archive(tmp_path, read_only=read_only)


@pytest.mark.parametrize("read_only", [True, False])
def test_what_is_no_database_is_named(tmp_path: Path, read_only: bool) -> None:
    (tmp_path / "nianbao.db").write_bytes(b"no database at all, only text" * 100)
    with pytest.raises(ArchiveError, match=r"nianbao\.db: cannot be opened"):
        open_archive(tmp_path, read_only=read_only)


def test_a_database_that_another_process_writes_to_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archive.connection._BUSY_SECONDS", 0.1)
    with open_archive(tmp_path) as writing, open_archive(tmp_path) as waiting:
        writing.db.execute("BEGIN IMMEDIATE")
        with pytest.raises(ArchiveError, match=r"nianbao\.db: another nianbao is writing"):
            waiting.start_run("crawl", None)
        writing.db.conn.rollback()
        assert waiting.start_run("crawl", None) == 1


def test_opening_a_database_that_another_process_holds_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("archive.connection._BUSY_SECONDS", 0.1)
    with contextlib.closing(sqlite3.connect(tmp_path / "nianbao.db")) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(ArchiveError, match=r"nianbao\.db: another nianbao is writing"):
            open_archive(tmp_path)


def test_an_empty_database_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "nianbao.db").touch()
    with pytest.raises(ArchiveError, match=r"nianbao\.db: not a nianbao database of this version"):
        open_archive(tmp_path, read_only=True)


WRITER = """
import itertools, random, sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from archive_examples import BALANCE, add, figure, make_report
from archive import open_archive
with open_archive(Path(sys.argv[1])) as archive:
    archive.save_report(make_report(), add(archive), "http://example.gov.cn/")  # reads the divisions of China, once
    print("open", flush=True)
    for n in itertools.count(random.randrange(10**9)):
        url = f"http://example.gov.cn/{n % 40}"
        capture = add(archive, random.randbytes(random.randrange(20_000)) if n % 3 else b"the same", url=url, day=n % 9)
        cells = [figure(f"rules.c{k}", n + k) for k in range(100)]
        report_id = archive.save_report(make_report(year=n % 40, cells=cells), capture, url)
        archive.save_check_findings(report_id, [BALANCE])
"""


def run_and_kill(data_dir: Path, seconds: float) -> None:
    arguments = [sys.executable, "-c", WRITER, data_dir, Path(__file__).parent]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"open\n"
        time.sleep(seconds)
        process.kill()
    assert process.returncode == -signal.SIGKILL


def test_a_killed_writer_leaves_everything_whole(tmp_path: Path) -> None:
    moments = random.Random(5)
    for _ in range(4):
        run_and_kill(tmp_path, moments.uniform(0.05, 0.5))
    with open_archive(tmp_path) as archive:
        assert archive.db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert archive.db.execute("PRAGMA foreign_key_check").fetchall() == []
        captures = [archive.capture(n) for (n,) in archive.db.execute("SELECT id FROM captures")]
        assert len(captures) > 20
        assert [len(archive.read_body(capture)) for capture in captures] == [capture.bytes for capture in captures]
        whole = "SELECT count(*) FROM figures WHERE report_id = reports.id"
        assert archive.db.execute(f"SELECT DISTINCT ({whole}) FROM reports WHERE id > 1").fetchall() == [(100,)]
        current = "SELECT identity FROM reports GROUP BY identity HAVING sum(is_current) <> 1"
        assert archive.db.execute(current).fetchall() == []
        assert len({capture.warc_file for capture in captures}) == 4
        rebuild_elsewhere([capture.record_id for capture in captures], archive.warc_folder, tmp_path / "rebuilt")


def rebuild_elsewhere(record_ids: list[str], warc_folder: Path, data_dir: Path) -> None:
    with open_archive(data_dir) as rebuilt:
        for path in sorted(warc_folder.iterdir()):
            with contextlib.suppress(ArchiveError):  # a record that the kill cut short
                import_warc(rebuilt, path)
        held = {record_id for (record_id,) in rebuilt.db.execute("SELECT record_id FROM captures")}
        assert held >= set(record_ids)
