"""Keeping captures and reports, and checking reports, each beside the least that the same work could cost."""

import gzip
import os
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from archive import Archive, Capture, open_archive
from bench.apart import Figures
from bench.clock import seconds
from bench.samples import html_pages
from extract import Finding, Report, read_bytes
from validate import run_rules


def keep_captures(captures: int) -> Figures:
    """Captures of about 40 KB: new bytes, then the same bytes again. Floor: gzip, append and fsync of the new bytes."""
    pages = [page.body for page in html_pages("trs", captures * 2)]
    bodies = [first + second for first, second in zip(pages[::2], pages[1::2], strict=True)]
    with TemporaryDirectory() as folder, open_archive(Path(folder)) as archive:
        distinct = seconds(lambda: _keep(archive, bodies))
        repeated = seconds(lambda: _keep(archive, bodies))
        held = archive.db.execute("SELECT count(*), sum(record_type = 'revisit') FROM captures").fetchone()
        with (Path(folder) / "floor").open("wb") as file:
            floor = seconds(lambda: _append(file.fileno(), bodies))
    return {
        "captures": held[0],
        "revisits": held[1],
        "kilobytes": sum(map(len, bodies)) / 1000 / len(bodies),
        "distinct_seconds": distinct,
        "repeated_seconds": repeated,
        "floor_seconds": floor,
    }


def _keep(archive: Archive, bodies: list[bytes]) -> list[Capture]:
    return [
        archive.add_capture(
            url=f"http://127.0.0.1/{i}.html",
            body=body,
            kind="article",
            fetched_at=datetime.now(UTC),
            headers=[("Content-Type", "text/html; charset=utf-8")],
        )
        for i, body in enumerate(bodies)
    ]


def _append(descriptor: int, bodies: list[bytes]) -> None:
    for body in bodies:
        os.write(descriptor, gzip.compress(body))
        os.fsync(descriptor)


def keep_reports(reports: int) -> Figures:
    """Save reports as new, save them again unchanged, load and check them.

    Floor of saving: the figures alone as rows of one table of a plain sqlite3 database, one transaction a report.
    """
    read = _reports(reports)
    with TemporaryDirectory() as folder, open_archive(Path(folder)) as archive:
        captures = _keep(archive, [report.title.encode() + bytes(str(i), "ascii") for i, report in enumerate(read)])

        def save() -> None:
            for report, capture in zip(read, captures, strict=True):
                archive.save_report(report, capture, capture.url)

        figures = {"seconds": seconds(save), "again_seconds": seconds(save)}
        loaded: list[tuple[int, Report]] = []
        figures["load_seconds"] = seconds(lambda: loaded.extend(archive.current_reports()))
        findings: list[list[Finding]] = []
        figures["check_seconds"] = seconds(lambda: findings.extend(run_rules(report) for _, report in loaded))

        def save_findings() -> None:
            for (report_id, _), found in zip(loaded, findings, strict=True):
                archive.save_check_findings(report_id, found)

        figures["save_findings_seconds"] = seconds(save_findings)
        figures["floor_seconds"] = _bare_rows(Path(folder) / "floor.db", read)
        held = archive.db.execute("SELECT count(*) FROM figures").fetchone()[0]
    return figures | {"reports": len(loaded), "figures": held}


def _reports(number: int) -> list[Report]:
    """So many different reports in the form of 2021, with over 200 figures each."""
    pages = html_pages("trs", 5)
    newest = read_bytes(pages[-1].body, "page")[0]
    return [replace(newest, agency=f"岚港市望汐区第{i + 1}街道办事处") for i in range(number)]


def _bare_rows(path: Path, reports: list[Report]) -> float:
    db = sqlite3.connect(path)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = NORMAL")
    db.execute("CREATE TABLE figures (report INT, code TEXT, value, status TEXT, raw TEXT, PRIMARY KEY (report, code))")

    def insert() -> None:
        for i, report in enumerate(reports):
            rows = [(i, code, figure.value, figure.status, figure.raw) for code, figure in report.cells.items()]
            with db:
                db.executemany("INSERT INTO figures VALUES (?, ?, ?, ?, ?)", rows)

    spent = seconds(insert)
    db.close()
    return spent
