"""Two crawls of one data directory at a time: each portal is crawled by one of them, and the other says so."""

import json
import signal
from pathlib import Path

from click.testing import CliRunner
from crawling import crawl
from killing import start

from crawler.locks import PortalLock
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
            assert busy["why"] == f"process {first.pid} is crawling this portal into the same data directory"
            assert runs[fengdu["key"]]["reports"] > 20
            alone = crawl([bulk], tmp_path, pace=0, show_progress=False)
            assert alone[bulk["key"]]["outcome"] is None
        finally:
            first.send_signal(signal.SIGKILL)
            first.communicate()
        servers["bulk"].faults.clear()
        after = crawl([bulk], tmp_path, pace=0, show_progress=False)[bulk["key"]]
        assert (after["outcome"], after["reports"]) == ("ok", 40), "the lock ends with its process"


def test_the_command_names_the_process_and_is_not_done(tmp_path: Path) -> None:
    (tmp_path / "portals").mkdir()
    entry = {"key": "mine", "name": "x", "platform": "trs", "base_url": "http://127.0.0.1:9", "pace": 0}
    entry |= {"column_url": "http://127.0.0.1:9/nb/", "allow_private": True}
    (tmp_path / "portals" / "mine.yaml").write_text(json.dumps([entry]), encoding="utf-8")
    lock = PortalLock(tmp_path, "mine")
    lock.take()
    done = CliRunner().invoke(main, ["crawl", "mine", "--data", str(tmp_path)])
    lock.release()
    assert done.exit_code == 1
    assert "mine: not crawled: process" in done.output
