"""The demo, as a person runs it: what it leaves in the database is the simulated world, flaws and all."""

import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from simulator.reports import SimulatedReport
from simulator.world import demo_world


def nianbao(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "nianbao", *arguments], capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("demo") / "data"
    finished = nianbao("demo", "--data", str(data))
    assert finished.returncode == 0, finished.stderr
    (data / "output.txt").write_text(finished.stdout, encoding="utf-8")
    return data


@pytest.fixture
def database(demo: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(demo / "nianbao.db")
    connection.row_factory = sqlite3.Row
    yield connection
    connection.close()


def published() -> dict[tuple[str, int], SimulatedReport]:
    """What the portals show at the end: with the correction."""
    world = demo_world()
    world.republish()
    return {(report.agency, report.year): report for report in world.reports}


def test_every_report_is_held_with_every_figure_as_published(database: sqlite3.Connection) -> None:
    expected = published()
    held = {
        (row["agency"], row["year"]): row["id"]
        for row in database.execute("SELECT id, agency, year FROM reports WHERE is_current = 1")
    }
    assert held.keys() == expected.keys()
    for key, report_id in held.items():
        rows = database.execute("SELECT code, value, status FROM figures WHERE report_id = ?", (report_id,))
        figures = {row["code"]: row["value"] for row in rows}
        assert figures == dict(expected[key].figures), key


def test_flags_are_the_flaws_that_were_put_in_and_no_other(demo: Path) -> None:
    finished = nianbao("flags", "--data", str(demo), "--format", "json")
    assert finished.returncode == 0
    flags = {
        (flag["agency"][-6:], flag["year"], flag["rule"], flag["expected"], flag["actual"])
        for flag in json.loads(finished.stdout)
    }
    assert flags == {
        ("住房和建设局", 2022, "applications.balance", 25, 23),
        ("住房和建设局", 2022, "applications.balance", 38, 36),
        ("泽区人民政府", 2023, "challenges.total", 11, 0),
        ("泽区人民政府", 2023, "challenges.total", 5, 0),
        ("场监督管理局", 2021, "identity.year", 2020, 2021),
        ("荫镇人民政府", 2022, "form.year", None, None),
    }


def test_the_republished_report_is_a_second_edition_and_the_only_thing_fetched_again(
    database: sqlite3.Connection,
) -> None:
    editions = database.execute(
        "SELECT agency, year, edition, is_current FROM reports WHERE identity IN"
        " (SELECT identity FROM reports WHERE edition > 1) ORDER BY edition"
    ).fetchall()
    assert [tuple(row) for row in editions] == [
        ("岚港市澄川区教育局", 2023, 1, 0),
        ("岚港市澄川区教育局", 2023, 2, 1),
    ]
    stats = [
        json.loads(row["stats"])
        for row in database.execute("SELECT stats FROM runs WHERE command = 'crawl' ORDER BY id")
    ]
    first, second = stats[:3], stats[3:]
    assert sum(run["new"] for run in first) > 50
    assert [sum(run[name] for run in second) for name in ("new", "changed")] == [0, 1]
    assert sum(run["unchanged"] for run in second) == sum(run["new"] for run in first) - 1


def test_blank_is_kept_apart_from_nought_and_missing(database: sqlite3.Connection) -> None:
    states = database.execute(
        "SELECT figures.code, figures.value, figures.status FROM figures JOIN reports ON reports.id = report_id"
        " WHERE agency = '广州市番禺区人民政府办公室' AND code IN ('review.total', 'lawsuit_direct.total')"
    ).fetchall()
    assert {tuple(row) for row in states} == {("review.total", None, "blank"), ("lawsuit_direct.total", 0, "reported")}


def test_it_says_what_was_collected_what_does_not_fit_and_what_to_type_next(demo: Path) -> None:
    output = (demo / "output.txt").read_text(encoding="utf-8")
    assert "Collected: 52 reports of 12 agencies" in output
    assert "the printed total is 0 but the four outcomes add up" in output
    assert "applications.granted.total was 7, is now 6" in output
    assert f"flags --data {demo}" in output


def test_running_every_step_again_changes_nothing(demo: Path) -> None:
    def content() -> list[tuple[object, ...]]:
        with sqlite3.connect(demo / "nianbao.db") as connection:
            tables = ("reports", "figures", "sections", "findings", "captures", "extractions", "agencies")
            return [row for table in tables for row in connection.execute(f"SELECT * FROM {table}")]

    before = content()
    for command in ("extract", "validate"):
        assert nianbao(command, "--data", str(demo)).returncode == 0
    assert content() == before


def test_status_shows_coverage_and_runs(demo: Path) -> None:
    finished = nianbao("status", "--data", str(demo))
    assert finished.returncode == 0
    assert "52 reports of 12 agencies" in finished.stdout
    assert "sim_fengdu" in finished.stdout


def test_the_demo_leaves_a_directory_alone_that_it_did_not_make(tmp_path: Path) -> None:
    (tmp_path / "precious.txt").write_text("mine", encoding="utf-8")
    finished = nianbao("demo", "--data", str(tmp_path))
    assert finished.returncode == 1
    assert "did not make" in finished.stderr
    assert (tmp_path / "precious.txt").read_text(encoding="utf-8") == "mine"
