"""A real Scrapyd: jobs side by side, a record of them that outlives a restart, and dispatch over several nodes."""

import io
import json
import re
import signal
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from scrapyd_node import ScrapydNode, free_port, wait_for

import nianbao.dispatch
import nianbao.dispatching
from archive import open_archive
from crawler.ledger import read_record
from nianbao.cli import main
from nianbao.nodes import Node
from simulator.district import host
from simulator.portals import Fault, RunningPortal, serve

pytest.importorskip("scrapyd", reason="Scrapyd is not installed here: pip install 'nianbao[scrapyd]'")

PLATFORMS = ("trs", "gkmlpt", "hb_uuid")
KEYS = tuple(f"sim_{platform}" for platform in PLATFORMS)
REPORTS = 20


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nianbao.dispatch, "_LONGEST_WAIT", 0.5)


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ScrapydNode]:
    running = ScrapydNode(tmp_path_factory.mktemp("node") / "scrapyd")
    running.start()
    try:
        running.deploy()
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="module")
def portals() -> Iterator[dict[str, RunningPortal]]:
    with ExitStack() as stack:
        yield {f"sim_{platform}": stack.enter_context(serve(host(platform).portal)) for platform in PLATFORMS}


@pytest.fixture
def data(tmp_path: Path, portals: dict[str, RunningPortal]) -> Path:
    """An empty data directory with a registry of the simulated portals."""
    return register(tmp_path / "data", [entry for portal in portals.values() for entry in portal.registry])


def register(data: Path, entries: list[dict[str, Any]]) -> Path:
    (data / "portals").mkdir(parents=True)
    (data / "portals" / "sim.yaml").write_text(yaml.safe_dump(entries, allow_unicode=True), encoding="utf-8")
    return data


def dispatch(data: Path, nodes: list[str], *arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["dispatch", "--nodes", ",".join(nodes), "--data", str(data), *arguments])
    return result.exit_code, result.output


def articles(data: Path) -> dict[str, int]:
    with open_archive(data, read_only=True) as archive:
        rows = archive.db.execute(
            "SELECT portal, count(DISTINCT title) FROM captures WHERE kind = 'article' AND title LIKE '%年度报告%'"
            " AND title NOT LIKE '%通知' AND title NOT LIKE '【%' GROUP BY portal"
        )
        return dict(rows.fetchall())


def runs(data: Path) -> list[dict[str, Any]]:
    with open_archive(data, read_only=True) as archive:
        return list(archive.db.query("SELECT * FROM runs ORDER BY portal, id"))


def test_jobs_side_by_side_fill_one_archive_and_stay_listed_after_a_restart(node: ScrapydNode, data: Path) -> None:
    api = Node(node.url)
    for platform, key in zip(PLATFORMS, KEYS, strict=True):
        api.schedule(f"{key}-side", platform, {"portal": key, "data": str(data)})
    ids = sorted(f"{key}-side" for key in KEYS)
    wait_for(lambda: node.get("daemonstatus.json")["running"] == len(KEYS), "the jobs do not run side by side")
    wait_for(lambda: set(ids) <= set(node.finished()), "the jobs do not end")

    kept = runs(data)
    assert {run["portal"]: run["outcome"] for run in kept} == dict.fromkeys(KEYS, "ok")
    assert articles(data) == dict.fromkeys(KEYS, REPORTS)
    with open_archive(data, read_only=True) as archive:
        captures = [archive.capture(number) for (number,) in archive.db.execute("SELECT id FROM captures").fetchall()]
        assert all(archive.read_body(capture) for capture in captures)
        assert len({capture.warc_file for capture in captures}) == len(KEYS)

    before = node.finished()
    node.stop()
    node.start()
    assert node.finished() == before
    for run in kept:
        log = api.log(api.jobs()[f"{run['portal']}-side"].log_url or "")
        assert read_record(log or "") == run


def test_portals_of_a_node_that_is_down_go_to_the_other_and_jobs_of_today_are_not_started_twice(
    node: ScrapydNode, data: Path, portals: dict[str, RunningPortal]
) -> None:
    gone = f"http://127.0.0.1:{free_port()}"
    status, said = dispatch(data, [gone, node.url], *KEYS)

    assert status == 0, said
    assert f"node {gone}/ does not answer: Connection refused" in said
    assert articles(data) == dict.fromkeys(KEYS, REPORTS)
    assert len(runs(data)) == len(KEYS), "the nodes share the data directory: each run once"
    jobs = node.finished()
    asked = sum(len(portal.requests) for portal in portals.values())

    status, said = dispatch(data, [node.url], *KEYS)
    assert (status, said.count("done already")) == (0, len(KEYS)), said
    assert (node.finished(), sum(len(portal.requests) for portal in portals.values())) == (jobs, asked)
    status, said = dispatch(data, [node.url], *KEYS, "--due")
    assert (status, "No portal is due." in said) == (0, True)


def test_failures_are_named_and_tried_again_under_another_number(node: ScrapydNode, tmp_path: Path) -> None:
    with serve(host("shhex").portal) as portal:
        (entry,) = portal.registry
        data = register(
            tmp_path / "data", [entry, {**entry, "key": "sim_unknown_there", "column_url": entry["base_url"] + "/x/"}]
        )
        far = register(tmp_path / "far", [entry])
        portal.faults["*"] = Fault("not_found")
        status, said = dispatch(data, [node.url], "sim_shhex", "sim_unknown_there", "--node-data", str(far))
        assert status == 1
        assert "log ends with: " in said
        assert "not crawled: no portal has the key 'sim_unknown_there' here: register it in" in said
        assert "2 portals: 0 ok, 2 not" in said
        portal.faults.clear()
        status, said = dispatch(data, [node.url], "sim_shhex", "--node-data", str(far))

    assert status == 0, said
    assert [run["outcome"] == "ok" for run in runs(data)] == [False, True], "the records of the node's own database"
    assert [run["stats"] for run in runs(data)] == [run["stats"] for run in runs(far)]
    assert any(job.startswith("sim_shhex-") and job.endswith("-2") for job in node.finished())
    assert articles(far) == {"sim_shhex": REPORTS}
    assert not (data / "archive").exists()
    files = [str(path) for path in (far / "archive").glob("*.warc.gz")]
    for _ in range(2):
        assert CliRunner().invoke(main, ["import", "--data", str(data), *files]).exit_code == 0
    assert articles(data) == articles(far)
    with open_archive(data, read_only=True) as here, open_archive(far, read_only=True) as there:
        assert here.db["captures"].count == there.db["captures"].count


def test_what_a_killed_or_stuck_node_had_in_hand_is_given_to_another(
    node: ScrapydNode, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two nodes fail: one is killed with a job at work, the other takes jobs and starts none."""
    monkeypatch.setattr(nianbao.dispatch, "_SECONDS_TO_START", 1.0)
    dying, stuck = ScrapydNode(tmp_path / "dying"), ScrapydNode(tmp_path / "stuck", poll_interval="3600")
    with ExitStack() as stack:
        entries = []
        for platform in ("sx_longid", "visualsite_info"):
            portal = stack.enter_context(serve(host(platform).portal))
            portal.faults["/robots.txt"] = Fault("slow", seconds=3)
            entries += portal.registry
        data = register(tmp_path / "data", entries)
        for each in (dying, stuck):
            each.start()
            stack.callback(each.stop)
            each.deploy()
        slow, other = (entry["key"] for entry in entries)
        wait_for(lambda: stuck.get("daemonstatus.json")["running"] == 0, "")
        stack.callback(kill_when_at_work(dying).join)
        status, said = dispatch(data, [dying.url, stuck.url, node.url], slow, other)

    assert status == 0, said
    assert f"node {dying.url}/ does not answer" in said
    assert f"node {stuck.url}/ has had jobs waiting" in said
    assert articles(data) == dict.fromkeys((slow, other), REPORTS)
    ended = [run["outcome"] for run in runs(data)]
    assert sorted(ended, key=str) == [None, "ok", "ok"], "the killed run stays in the record as one that did not end"


def kill_when_at_work(node: ScrapydNode) -> Any:
    import threading

    def kill() -> None:
        wait_for(lambda: node.get("daemonstatus.json")["running"] > 0, "no job came")
        logs = node.folder / "logs"
        wait_for(lambda: any("Spider opened" in log.read_text() for log in logs.rglob("*.log")), "no crawl began")
        node.stop(signal.SIGKILL)

    thread = threading.Thread(target=kill)
    thread.start()
    return thread


def test_portals_of_one_host_are_asked_one_after_the_other(node: ScrapydNode, tmp_path: Path) -> None:
    with serve(host("gd_nfcms").portal) as portal:
        (entry,) = portal.registry
        other = f"{entry['column_url']}index.html"
        data = register(tmp_path / "data", [entry, {**entry, "key": "sim_same_host", "column_url": other}])
        status, said = dispatch(data, [node.url], entry["key"], "sim_same_host")

    assert status == 0, said
    first, second = sorted(runs(data), key=lambda run: str(run["started_at"]))
    assert first["finished_at"] < second["started_at"]


def test_a_node_without_the_spider_is_passed_over_and_one_without_logs_named(
    node: ScrapydNode, data: Path, tmp_path: Path
) -> None:
    egg = io.BytesIO()
    with zipfile.ZipFile(egg, "w") as archive:
        archive.writestr("EGG-INFO/PKG-INFO", "Name: other\nVersion: 0\n")
        archive.writestr("EGG-INFO/entry_points.txt", "[scrapy]\nsettings = scrapy.settings.default_settings\n")
    old = ScrapydNode(tmp_path / "old", logs_dir="")
    old.start()
    try:
        old.add_version(egg.getvalue())
        alone = dispatch(data, [old.url], "sim_hb_uuid")
        both = dispatch(data, [old.url, node.url], "sim_hb_uuid")
        old.deploy()
        silent = dispatch(data, [old.url], "sim_hb_uuid")
    finally:
        old.stop()
    assert alone[0] == 1
    assert f"sim_hb_uuid: failed: {old.url}/ says: spider 'hb_uuid' not found" in alone[1]
    assert both[0] == 0, both[1]
    assert (silent[0], "/ has no log of it" in silent[1]) == (1, True), silent[1]


def test_options_go_to_the_jobs_and_the_summary_tells_of_them(
    node: ScrapydNode, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a time when this machine has a newer nianbao than the node."""
    monkeypatch.setattr(nianbao.dispatching, "__version__", "9.9.9")
    file = data / "out" / "summary.json"
    options = ("sim_hb_uuid", "--years", "2022-2023", "--full", "--summary", str(file))
    status, said = dispatch(data, [node.url], *options)

    assert status == 0, said
    assert articles(data) == {"sim_hb_uuid": 8}
    (job,) = [name for name in node.finished() if "2022" in name]
    assert re.fullmatch(r"sim_hb_uuid-\d{4}-\d\d-\d\d-y2022-2023-full", job)
    assert f"node {node.url}/ has the project in version 0.1.0, here it is 9.9.9" in said
    assert f"sim_hb_uuid: {node.url}/ runs nianbao {nianbao.__version__}, here it is 9.9.9" in said
    summary = json.loads(file.read_text(encoding="utf-8"))
    assert (summary["command"], summary["ok"], summary["outcomes"]) == ("dispatch", True, {"ok": 1})
    assert summary["thresholds"]["full"] is True
    assert summary["portals"][0]["stats"]["found"] == 8


def test_a_portal_that_a_job_with_other_options_asks_is_waited_for(node: ScrapydNode, tmp_path: Path) -> None:
    with serve(host("gd_nfcms").portal) as portal:
        portal.faults["/robots.txt"] = Fault("slow", seconds=3, times=1)
        (entry,) = portal.registry
        data, key = register(tmp_path / "data", [{**entry, "key": "sim_waited_for"}]), "sim_waited_for"
        job = f"{key}-{datetime.now(UTC):%Y-%m-%d}-full"
        Node(node.url).schedule(job, entry["platform"], {"portal": key, "data": str(data)})
        status, said = dispatch(data, [node.url], key)

    assert status == 0, said
    first, second = sorted(runs(data), key=lambda run: str(run["started_at"]))
    assert first["finished_at"] < second["started_at"]


def test_a_summary_is_delivered_where_no_node_is_left(data: Path) -> None:
    gone, file = f"http://127.0.0.1:{free_port()}", data / "summary.json"
    status, said = dispatch(data, [gone], KEYS[0], "--summary", str(file), "--webhook", f"{gone}/hook")
    summary = json.loads(file.read_text(encoding="utf-8"))
    assert (status, summary["ok"], summary["not_started"]) == (1, False, [KEYS[0]])
    assert summary["lost"] == {KEYS[0]: "not crawled: no node is left"}
    assert "warning: the summary could not be posted" in said


def test_no_node_left_is_a_failure_of_every_portal(data: Path, portals: dict[str, RunningPortal]) -> None:
    gone, other = f"http://127.0.0.1:{free_port()}", portals[KEYS[0]].base_url
    status, said = dispatch(data, [gone, other], *KEYS)
    assert (status, said.count("failed: not crawled: no node is left")) == (1, len(KEYS)), said
    assert f"node {other}/ answers HTTP 404" in said


@pytest.mark.parametrize("address", ["node1:6800", "http://user:secret@node1:port", "http://"])
def test_addresses_that_are_no_nodes_are_wrong_usage(address: str, data: Path) -> None:
    status, said = dispatch(data, [address], KEYS[0])
    assert (status, "Invalid value for '--nodes'" in said, "secret" in said) == (2, True, False)
