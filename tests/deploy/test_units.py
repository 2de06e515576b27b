"""What deploy/ holds for systemd and cron is valid, and calls commands that exist."""

import re
import shlex
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive import open_archive
from nianbao.cli import main
from nianbao.schedule import due_portals, load_schedule

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
UNITS = sorted([*DEPLOY.glob("*.service"), *DEPLOY.glob("*.timer")])


def test_systemd_accepts_the_units(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not here: the units are not checked")
    # It wants to find the programs, which stand elsewhere here.
    for unit in UNITS:
        text = unit.read_text().replace("/opt/nianbao/.venv/bin", str(Path(sys.executable).parent))
        (tmp_path / unit.name).write_text(text)
    done = subprocess.run(
        ["systemd-analyze", "verify", *(tmp_path / unit.name for unit in UNITS)],
        capture_output=True,
        text=True,
        check=False,
    )
    said = [line for line in done.stderr.splitlines() if "nianbao" in line]
    assert (done.returncode, said) == (0, [])


@pytest.mark.parametrize("name", ["nianbao.service", "crontab"])
def test_the_scheduled_command_exists_and_takes_these_options(name: str) -> None:
    line = re.search(r"/bin/nianbao (.+)", (DEPLOY / name).read_text())
    assert line
    command, *options = shlex.split(line[1])
    with main.commands[command].make_context(command, options) as context:
        assert context.params["due"] is True
        assert context.params["data_dir"] == Path("/var/lib/nianbao")


def test_the_commands_of_the_recipes_exist_and_take_these_options(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIANBAO_NODES", "http://node1:6800")
    lines = re.findall(
        r"(?:^|&& |bin/)nianbao ([a-z].*?)(?= &&| +#|$)", (DEPLOY / "README.md").read_text(), re.MULTILINE
    )
    assert len(lines) > 5
    for command, *words in map(shlex.split, lines):
        with main.commands[command].make_context(command, words) as context:
            assert context.params["data_dir"] == Path("/var/lib/nianbao")


def test_a_portal_whose_turn_came_hours_after_the_timer_is_due_the_next_night(tmp_path: Path) -> None:
    night = datetime(2026, 2, 2, 2, 30, tzinfo=UTC)
    with open_archive(tmp_path) as archive:
        for portal, began in {"late": night + timedelta(hours=7), "by_hand": night + timedelta(hours=20)}.items():
            moment = began.isoformat(timespec="microseconds").replace("+00:00", "Z")
            times = {"started_at": moment, "finished_at": moment}
            archive.add_run({**times, "command": "crawl", "portal": portal, "outcome": "ok", "stats": "{}"})
        tonight = night + timedelta(days=1)
        assert due_portals(archive.db, ["late", "by_hand"], tonight, load_schedule(tmp_path)) == ["late"]
