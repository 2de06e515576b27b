"""Wrong entries of the registry: each is named in the run record, and the other portals go on."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from archive import open_archive
from simulator.district import host
from simulator.portals import serve

REPOSITORY = Path(__file__).resolve().parents[2]
WRONG = {"key": "wrong", "name": "某区", "base_url": "http://www.example.gov.cn", "platform": "trs"}
ADDRESS = "http://www.example.gov.cn/nb/"


def nianbao(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "nianbao", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, cwd=REPOSITORY, timeout=60, check=False)


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str], dict[str, Any]]:
    """A right entry and a wrong one crawled by name, with a file beside them that is no YAML."""
    data = tmp_path_factory.mktemp("wrong")
    with serve(host("trs").portal) as running:
        entries = [{**running.registry[0], "key": "good"}, {**WRONG, "colum_url": ADDRESS, "column_url": ADDRESS}]
        (data / "portals").mkdir()
        (data / "portals" / "mine.yaml").write_text(yaml.safe_dump(entries, allow_unicode=True), encoding="utf-8")
        (data / "portals" / "torn.yaml").write_text("- key: [\n", encoding="utf-8")
        file = data / "summary.json"
        done = nianbao("crawl", "good", "wrong", "--years", "2023", "--summary", file, "--data", data)
    return data, done, json.loads(file.read_text(encoding="utf-8"))


def test_the_others_go_on_and_the_exit_status_says_that_something_is_wrong(ran: Any) -> None:
    _, done, summary = ran
    assert done.returncode == 1, done.stderr
    assert summary["outcomes"] == {"ok": 1, "unreachable": 1}
    assert (summary["ok"], len(summary["wrong_entries"])) == (False, 1)


def test_what_is_not_read_yet_is_told_with_the_next_step(ran: Any) -> None:
    data, done, _ = ran
    with open_archive(data, read_only=True) as archive:
        [count] = archive.db.execute("SELECT count(*) FROM captures WHERE kind <> 'list'").fetchone()
    line = f"{count} pages and files not read yet: nianbao extract --data {data}"
    assert count
    assert line in done.stderr
    assert line in nianbao("status", "--data", data).stdout
    status = json.loads(nianbao("status", "--data", data, "--format", "json").stdout)
    assert (status["reports"], status["not_read_yet"]) == (0, count)


def test_the_run_record_names_portal_address_and_line(ran: Any) -> None:
    data, done, _ = ran
    with open_archive(data, read_only=True) as archive:
        runs = {row["portal"]: row for row in archive.db.query("SELECT * FROM runs WHERE command = 'crawl'")}
    (failure,) = json.loads(runs["wrong"]["stats"])["failures"]
    assert (runs["good"]["outcome"], runs["wrong"]["outcome"]) == ("ok", "unreachable")
    assert (failure["kind"], failure["url"]) == ("registry", ADDRESS)
    assert "mine.yaml:" in failure["reason"]
    assert "unknown field 'colum_url'; write 'column_url'" in failure["reason"]
    assert f"wrong entry: {failure['reason']}" in done.stderr


def test_a_file_that_cannot_be_read_is_named_too(ran: Any) -> None:
    _, done, _ = ran
    assert "torn.yaml:2: not YAML" in done.stderr


def test_list_shows_the_right_entries_and_names_the_wrong(ran: Any) -> None:
    data, _, _ = ran
    listed = nianbao("portals", "list", "--format", "json", "--data", data)
    assert listed.returncode == 1
    assert "good" in {row["key"] for row in json.loads(listed.stdout)}
    assert "mine.yaml:" in listed.stderr
