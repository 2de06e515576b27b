"""A scheduler's view of nianbao: exit status, summary, webhook, ``status``, and the schedule it goes by."""

import io
import json
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from rich.console import Console

from archive import open_archive
from nianbao.cli import main
from nianbao.schedule import ScheduleError, due_portals, load_schedule
from nianbao.summary import portal_statuses, status_table
from simulator.portals import Fault, RunningPortal, serve
from simulator.world import large_world

COMMAND = [sys.executable, "-m", "nianbao"]


def nianbao(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*COMMAND, *map(str, arguments)], capture_output=True, text=True, check=False, timeout=60)


def register(data: Path, *entries: dict[str, Any]) -> None:
    (data / "portals").mkdir(parents=True, exist_ok=True)
    (data / "portals" / "mine.yaml").write_text(yaml.safe_dump(list(entries), allow_unicode=True), encoding="utf-8")


@contextmanager
def listening(status: int = 200) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """A webhook: its address, and what was posted to it."""
    posted: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.headers["Content-Type"].startswith("application/json")
            posted.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(status)
            self.end_headers()

        def log_message(self, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/hook/secret", posted
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class Ran:
    data: Path
    first: subprocess.CompletedProcess[str]
    summary: dict[str, Any]
    posted: list[dict[str, Any]]
    good: subprocess.CompletedProcess[str]
    after_good: dict[str, Any]


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ran]:
    """A portal in order and one that firewalls, updated; then the good one alone, with a webhook that is broken."""
    data = tmp_path_factory.mktemp("runs")
    file = data / "out" / "summary.json"
    with serve(large_world(3).portals["bulk"]) as good, serve(large_world(3).portals["bulk"]) as bad:
        bad.faults["*"] = Fault("challenge_521")
        entries = ({**good.registry[0], "key": "good"}, {**bad.registry[0], "key": "bad"})
        register(data, *entries)
        with listening() as (url, posted):
            first = nianbao("update", "good", "bad", "--data", data, "--summary", file, "--webhook", url)
        summary = json.loads(file.read_text(encoding="utf-8"))
        with listening(500) as (url, _):
            second = nianbao("crawl", "good", "--data", data, "--summary", file, "--webhook", url)
        yield Ran(data, first, summary, posted, second, json.loads(file.read_text(encoding="utf-8")))


def test_the_exit_status_and_the_summary_say_which_portal_failed_and_why(ran: Ran) -> None:
    assert ran.first.returncode == 1
    assert "blocked: bad: challenge page of a firewall (HTTP 521)" in ran.first.stderr
    summary = ran.summary
    assert (summary["command"], summary["ended"], summary["ok"], summary["error"]) == ("update", "done", False, None)
    assert (summary["outcomes"], summary["not_started"]) == ({"blocked": 1, "ok": 1}, [])
    assert summary["thresholds"]["least_share"] == 0.8
    bad, good = summary["portals"]
    assert (bad["portal"], bad["outcome"], bad["last_good"]) == ("bad", "blocked", None)
    assert bad["failing_since"] == bad["started_at"]
    assert "HTTP 521" in bad["why"]
    assert (good["outcome"], good["failing_since"], good["stats"]["listed"], good["stats"]["new"]) == ("ok", None, 3, 3)


def test_the_webhook_is_given_the_summary(ran: Ran) -> None:
    assert ran.posted == [ran.summary]


def test_a_webhook_that_fails_is_a_warning_and_costs_nothing(ran: Ran) -> None:
    assert ran.good.returncode == 0
    assert "warning: the summary could not be posted to 127.0.0.1: HTTP Error 500" in ran.good.stderr
    assert "secret" not in ran.good.stderr
    (good,) = ran.after_good["portals"]
    assert (good["stats"]["listed_before"], good["stats"]["gone"], good["stats"]["held"]) == (3, 0, 3)


def test_status_shows_each_portal_against_its_last_good_run(ran: Ran) -> None:
    found = nianbao("status", "--data", ran.data, "--format", "json")
    assert found.returncode == 1
    status = json.loads(found.stdout)
    assert status["reports"] == 3
    assert [(each["portal"], each["outcome"]) for each in status["portals"]] == [("bad", "blocked"), ("good", "ok")]
    table = nianbao("status", "--data", ran.data)
    assert table.returncode == 1
    (line,) = [line for line in table.stdout.splitlines() if line.startswith("good")]
    assert "3 (3)" in line
    with sqlite3.connect(ran.data / "nianbao.db") as database:
        database.execute("UPDATE portals SET enabled = 0 WHERE key = 'bad'")
    assert nianbao("status", "--data", ran.data).returncode == 0, "a portal that is switched off alarms nobody"


def test_a_run_that_was_killed_is_shown_as_unfinished(tmp_path: Path) -> None:
    with open_archive(tmp_path) as archive:
        archive.finish_run(archive.start_run("crawl", "x"), "ok", {"whole": True, "listed": 1})
        killed = archive.start_run("crawl", "x")
        archive.db.execute("UPDATE portals SET enabled = 1")
        archive.db.conn.commit()
        began = archive.db.execute("SELECT started_at FROM runs WHERE id = ?", (killed,)).fetchone()[0]
    result = CliRunner().invoke(main, ["status", "--data", str(tmp_path), "--format", "json"])
    (portal,) = json.loads(result.stdout)["portals"]
    assert (result.exit_code, portal["outcome"], portal["failing_since"]) == (1, "unfinished", began)
    with open_archive(tmp_path) as archive:
        archive.finish_run(archive.start_run("crawl", "x"), "ok", {"whole": False, "listed": 1})
        (portal_status,) = portal_statuses(archive.db)
    assert portal_status.failing_since == began, "a few reports fetched to try it out do not make it good"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_still_writes_its_summary(tmp_path: Path, number: int) -> None:
    file = tmp_path / "summary.json"

    def slow(running: RunningPortal, key: str) -> dict[str, Any]:
        running.faults["*"] = Fault("slow", seconds=0.3)
        column = f"{running.registry[0]['column_url']}?{key}"  # one host, two columns: the second waits for the first
        return {**running.registry[0], "key": key, "column_url": column}

    with serve(large_world(20).portals["bulk"]) as running:
        entries = [slow(running, "first"), slow(running, "second")]
        register(tmp_path, *entries)
        arguments = [*COMMAND, "crawl", "first", "second", "--data", str(tmp_path), "--summary", str(file)]
        with subprocess.Popen(arguments, stderr=subprocess.DEVNULL) as process:
            deadline = time.monotonic() + 30
            while len(running.requests) < 3 and time.monotonic() < deadline:
                time.sleep(0.02)
            process.send_signal(number)
            assert process.wait(30) == 1
    summary = json.loads(file.read_text(encoding="utf-8"))
    assert (summary["ended"], summary["ok"], summary["not_started"]) == ("interrupted", False, ["second"])
    (portal,) = summary["portals"]
    assert (portal["outcome"], portal["why"]) == ("partial", "interrupted; the next run takes it up")


def test_a_run_that_cannot_begin_says_so_in_the_summary(tmp_path: Path) -> None:
    file = tmp_path / "summary.json"
    result = CliRunner().invoke(main, ["crawl", "nowhere", "--data", str(tmp_path), "--summary", str(file)])
    summary = json.loads(file.read_text(encoding="utf-8"))
    assert (result.exit_code, summary["ended"], summary["ok"]) == (2, "crashed", False)
    assert "no portal has the key nowhere" in summary["error"]


def test_a_run_that_the_database_refuses_leaves_a_line_in_the_logs(tmp_path: Path) -> None:
    (tmp_path / "nianbao.db").write_bytes(b"no database" * 100)
    result = CliRunner().invoke(main, ["crawl", "panyu", "--due", "--data", str(tmp_path)])
    assert result.exit_code == 1
    assert f"crawl: {tmp_path / 'nianbao.db'}: " in (tmp_path / "logs" / "not-run.log").read_text(encoding="utf-8")


def test_a_summary_that_cannot_be_written_is_said_and_is_exit_status_1(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    register(tmp_path, {"key": "off", "name": "x", "base_url": "http://x.example", "platform": "gkmlpt"})
    with open_archive(tmp_path) as archive:
        archive.finish_run(archive.start_run("crawl", "off"), "ok", {"whole": True})
    arguments = ["crawl", "off", "--due", "--data", str(tmp_path), "--summary", str(tmp_path / "file" / "x.json")]
    result = CliRunner().invoke(main, arguments)
    assert (result.exit_code, "the summary could not be written" in result.stderr) == (1, True)


def test_a_schedule_of_ones_own_takes_the_place_of_the_shipped_one(tmp_path: Path) -> None:
    text = "seasons:\n  - {from: 03-01, every_days: 2}\nrecent_days: 5\nsweep_days: 9\nleast_share: 0.5\n"
    (tmp_path / "schedule.yaml").write_text(text, encoding="utf-8")
    schedule = load_schedule(tmp_path)
    assert (schedule.recent_days, schedule.sweep_days, schedule.least_share) == (5, 9, 0.5)
    assert schedule.days_between_visits(date(2026, 1, 1)) == 2, "before the first season the last one goes on"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("seasons: [\n", 2, "not YAML"),
        (
            "seasons:\n  - from: 13-45\n    every_days: 1\nrecent_days: 1\nsweep_days: 1\nleast_share: 1\n",
            2,
            "from '13-45': write month and day",
        ),
        ("seasons:\n  - from: 01-01\n    every_days: 0\nrecent_days: 1\nsweep_days: 1\nleast_share: 1\n", 3, "every"),
        (
            "recent_days: many\nsweep_days: 30\nleast_share: 0.8\n",
            1,
            "recent_days 'many': write a whole number of days",
        ),
        ("# mine\nrecent_day: 60\n", 2, "unknown field 'recent_day'; write 'recent_days'"),
        ("", 1, "write the fields seasons, recent_days"),
    ],
)
def test_a_wrong_schedule_is_named_with_file_and_line(tmp_path: Path, text: str, line: int, words: str) -> None:
    path = tmp_path / "schedule.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ScheduleError) as raised:
        load_schedule(tmp_path)
    assert any(each.startswith(f"{path}:{line}: ") and words in each for each in str(raised.value).splitlines())
    result = CliRunner().invoke(main, ["crawl", "--data", str(tmp_path)])
    assert (result.exit_code, f"schedule.yaml:{line}:" in result.stderr) == (2, True)
    assert "Usage:" not in result.stderr


def test_status_tells_an_ok_that_is_limited_from_a_whole_one(tmp_path: Path) -> None:
    with open_archive(tmp_path) as archive:
        archive.finish_run(archive.start_run("crawl", "x"), "partial", {"whole": True})
        archive.finish_run(archive.start_run("crawl", "x"), "ok", {"whole": False, "stopped": "limit"})
        archive.finish_run(archive.start_run("crawl", "y"), "ok", {"whole": True})
        console = Console(record=True, width=200, file=io.StringIO())
        console.print(status_table(portal_statuses(archive.db)))
    limited, whole = console.export_text().splitlines()[1:]
    assert "ok (limited)" in limited
    assert "ok (" not in whole


def test_a_run_that_did_not_see_all_lists_leaves_a_portal_due(tmp_path: Path) -> None:
    with open_archive(tmp_path) as archive:
        archive.finish_run(archive.start_run("crawl", "limited"), "ok", {"whole": False})
        archive.finish_run(archive.start_run("crawl", "whole"), "ok", {"whole": True})
        due = due_portals(archive.db, ["limited", "whole"], datetime.now(UTC), load_schedule(tmp_path))
    assert due == ["limited"]
