"""The demo: the whole job on portals of this machine, each step with the command that a user would type."""

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml
from rich.console import Console
from rich.rule import Rule

from archive import open_archive
from nianbao import overview
from simulator.world import demo_world, serve_world

# Whoever finds this file in a directory knows that the demo made it and may make it anew.
_MARK = "made-by-nianbao-demo"
_SOME_NOT_HAD = 1
# Piped into a file or a log, a table has room for its messages.
_QUESTION = (
    "select agency, year, value from figures join reports on reports.id = report_id"
    " where code = 'applications.received.total' and is_current order by agency, year"
)
_OUT = Console(highlight=False, width=None if sys.stdout.isatty() else 140)


class DemoError(Exception):
    """The demo cannot run, or a step of it did not do what it should."""


def run_demo(data_dir: Path) -> None:
    """Run the demo; leaves the database in ``data_dir``. Raises :class:`DemoError`."""
    _prepare(data_dir)
    world = demo_world()
    with serve_world(world) as servers:
        entries = [entry for server in servers.values() for entry in server.registry]
        _write_registry(data_dir, entries)
        keys = [entry["key"] for entry in entries if entry["enabled"]]
        _OUT.print(
            f"{len(keys)} simulated portals now run on this machine. They behave like two publishing platforms of "
            "Chinese local governments. Two of their reports carry real published figures (番禺区人民政府办公室 2021, "
            "洪泽区人民政府 2023); all other agencies and figures are made up.\n"
        )
        _step("1. Crawl: find the annual reports and archive every page", data_dir, "crawl", *keys)
        _step("2. Extract: read the tables into figures", data_dir, "extract")
        _step("3. Validate: do the figures add up?", data_dir, "validate")
        _show_collection(data_dir)
        corrected = world.republish()
        _OUT.print(f"Meanwhile an agency republishes a report with a corrected figure: {', '.join(corrected)}\n")
        _step("4. Crawl again, all of it: only what changed is fetched", data_dir, "crawl", *keys, "--full")
        _step("5. Read and check what is new", data_dir, "extract")
        _step("", data_dir, "validate")
        _show_changes(data_dir)
    _say_what_next(data_dir)


def _prepare(data_dir: Path) -> None:
    """An empty directory; one that the demo did not make is left alone."""
    if data_dir.exists() and any(data_dir.iterdir()):
        if not (data_dir / _MARK).exists():
            raise DemoError(f"{data_dir} holds files that the demo did not make; name another with --data")
        shutil.rmtree(data_dir)
    data_dir.mkdir(parents=True, exist_ok=True)
    (data_dir / _MARK).touch()


def _write_registry(data_dir: Path, entries: list[dict[str, Any]]) -> None:
    folder = data_dir / "portals"
    folder.mkdir()
    text = yaml.safe_dump(entries, allow_unicode=True, sort_keys=False)
    (folder / "demo.yaml").write_text(text, encoding="utf-8")


def _step(title: str, data_dir: Path, command: str, *arguments: str) -> None:
    """Run one command of nianbao as a user would; what it says is shown."""
    if title:
        _OUT.print(Rule(title, align="left"))
    line = ["nianbao", command, *arguments, "--data", str(data_dir)]
    _OUT.print(f"$ {shlex.join(line)}", style="bold", markup=False, soft_wrap=True)
    # What the demo prints before the command must be on the terminal before what the command prints.
    sys.stdout.flush()
    finished = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", *line], check=False, env={**os.environ, "PYTHONUNBUFFERED": "1"}
    )
    if finished.returncode not in (0, _SOME_NOT_HAD):
        raise DemoError(f"{shlex.join(line)} ended with exit status {finished.returncode}")
    if finished.returncode == _SOME_NOT_HAD:
        _OUT.print("Done, but not all of it could be had: what is named above is for a person to look at.")
    _OUT.print()


def _show_collection(data_dir: Path) -> None:
    with open_archive(data_dir, read_only=True) as archive:
        coverage = overview.read_coverage(archive.db)
        flags = overview.find_flags(archive.db)
    _OUT.print(Rule(f"Collected: {coverage.reports} reports of {coverage.agencies} agencies", align="left"))
    _OUT.print(overview.coverage_table(coverage))
    _OUT.print(f"{overview.LEGEND}\n", style="dim")
    _OUT.print(Rule("What does not reconcile, and why", align="left"))
    _OUT.print(overview.flags_table(flags, "en"))
    _OUT.print()


def _show_changes(data_dir: Path) -> None:
    with open_archive(data_dir, read_only=True) as archive:
        changes = overview.edition_changes(archive.db)
    _OUT.print(Rule("What the republished report changed (both editions are kept)", align="left"))
    for change in changes:
        _OUT.print(
            f"{change['agency']} {change['year']}, edition {change['edition']}: {change['code']} was "
            f"{_shown(change['before'])}, is now {_shown(change['after'])}"
        )
    _OUT.print()


def _shown(value: float | None) -> str:
    return "blank" if value is None else str(value)


def _say_what_next(data_dir: Path) -> None:
    nianbao = Path(sys.executable).with_name("nianbao")
    shown = os.path.relpath(nianbao) if nianbao.exists() else "nianbao"
    database = data_dir / "nianbao.db"
    shown_sqlite = Path(shown).with_name("sqlite-utils")
    _OUT.print(Rule("What to try next", align="left"))
    _OUT.print(
        f"The database is {database}, every page as it was served is in {data_dir / 'archive'}.\n\n"
        f"  {shown} flags --data {data_dir} --language zh\n"
        f"  {shown} flags --data {data_dir} --agency 洪泽 --format json\n"
        f"  {shown} status --data {data_dir}\n"
        f'  {shown_sqlite} {database} --table "{_QUESTION}"\n\n'
        "docs/database.md explains every table and answers ten questions in SQL.",
        markup=False,
        soft_wrap=True,
    )
