"""Two crawls of one data directory at a time: each host is crawled by one of them, and the other says so."""

import json
import signal
from pathlib import Path

from click.testing import CliRunner
from crawling import article, column, crawl, scripted
from killing import start

from archive import open_archive
from crawler.locks import HostLock
from nianbao.cli import main
from simulator.portals import Fault, serve_all
from simulator.world import demo_world, large_world


def test_the_second_leaves_a_portal_that_is_being_crawled_and_goes_on_with_others(tmp_path: Path) -> None:
    world = demo_world()
    with serve_all({"bulk": large_world(40).portals["bulk"], "fengdu": world.portals["fengdu"]}) as servers:
        servers["bulk"].faults["*"] = Fault("slow", seconds=5)
        (bulk,), (fengdu, *_) = servers["bulk"].registry, servers["fengdu"].registry
        first = start([bulk], tmp_path, pace=0)
        try:
            while not servers["bulk"].requests:
                pass
            runs = crawl([bulk, fengdu], tmp_path, pace=0, show_progress=False)
            busy = runs[bulk["key"]]
            assert busy["outcome"] is None
            assert busy["why"] == f"process {first.pid} is crawling this host into the same data directory"
            assert runs[fengdu["key"]]["reports"] > 20
            other = {**bulk, "key": "another_of_the_host"}
            alone = crawl([other], tmp_path, pace=0, show_progress=False)
            assert alone["another_of_the_host"]["outcome"] is None
        finally:
            first.send_signal(signal.SIGKILL)
            first.communicate()
        servers["bulk"].faults.clear()
        after = crawl([bulk], tmp_path, pace=0, show_progress=False)[bulk["key"]]
        assert (after["outcome"], after["reports"]) == ("ok", 40), "the lock ends with its process"


def test_a_run_that_cannot_be_begun_or_closed_does_not_stop_the_others(tmp_path: Path) -> None:
    locked = "BEGIN SELECT RAISE(ABORT, 'database is locked'); END"
    with open_archive(tmp_path) as archive:
        archive.db.execute(f"CREATE TRIGGER a BEFORE UPDATE ON runs WHEN NEW.portal = 'one' {locked}")
        archive.db.execute(f"CREATE TRIGGER b BEFORE INSERT ON runs WHEN NEW.portal = 'two' {locked}")
    pages = {"/nb/": column("./202401/t20240119_1.html 澄川区2023年政府信息公开工作年度报告")}
    with scripted(lambda base: {**pages, "/nb/202401/t20240119_1.html": article("一")}) as server:
        entries = [server.entry(key) for key in ("one", "two", "three")]
        runs = crawl(entries, tmp_path, show_progress=False)
    assert [runs[key]["outcome"] for key in ("one", "two", "three")] == [None, None, "ok"]
    assert "could not be closed" in runs["one"]["why"]
    assert "could not be begun" in runs["two"]["why"]
    assert "database is locked" in runs["one"]["why"]
    assert "database is locked" in runs["two"]["why"]


def test_the_command_names_the_process_and_is_not_done(tmp_path: Path) -> None:
    (tmp_path / "portals").mkdir()
    entry = {"key": "mine", "name": "x", "platform": "trs", "base_url": "http://127.0.0.1:9", "pace": 0}
    entry |= {"column_url": "http://127.0.0.1:9/nb/", "allow_private": True}
    (tmp_path / "portals" / "mine.yaml").write_text(json.dumps([entry]), encoding="utf-8")
    lock = HostLock(tmp_path, "127.0.0.1:9")
    lock.take()
    done = CliRunner().invoke(main, ["crawl", "mine", "--data", str(tmp_path)])
    lock.release()
    assert done.exit_code == 1
    assert "mine: not crawled: process" in done.output
