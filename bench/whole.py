"""The whole job as a user runs it: commands of nianbao, imports and all."""

import json
import sqlite3
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.apart import REPOSITORY, Figures
from bench.clock import seconds
from bench.serving import serving


def run_demo() -> Figures:
    """Wall time of ``nianbao demo``."""
    with TemporaryDirectory() as folder:
        spent = seconds(lambda: _nianbao("demo", "--data", folder))
        return {"seconds": spent, "reports": _reports(Path(folder))}


def run_update(reports: int) -> Figures:
    """``nianbao update`` of a portal of so many reports at pace 0, and again with nothing changed; seconds by step."""
    with serving(reports) as site, TemporaryDirectory() as folder:
        own = Path(folder) / "portals"
        own.mkdir()
        (own / "bench.yaml").write_text(json.dumps([site.entry]), encoding="utf-8")
        command = ("update", site.entry["key"], "--pace", "0", "--data", folder)
        first = seconds(lambda: _nianbao(*command))
        steps = _steps(Path(folder))
        again = seconds(lambda: _nianbao(*command))
        return {"seconds": first, "again_seconds": again, "reports": _reports(Path(folder)), **steps}


def _nianbao(*arguments: str) -> None:
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "nianbao", *arguments], capture_output=True, text=True, check=False, cwd=REPOSITORY
    )
    if done.returncode != 0:
        raise RuntimeError(f"nianbao {arguments[0]} ended with exit status {done.returncode}: {done.stderr}")


def _reports(data: Path) -> int:
    with sqlite3.connect(data / "nianbao.db") as db:
        count: int = db.execute("SELECT count(*) FROM reports WHERE is_current").fetchone()[0]
    return count


def _steps(data: Path) -> Figures:
    with sqlite3.connect(data / "nianbao.db") as db:
        runs = db.execute("SELECT command, started_at, finished_at FROM runs ORDER BY id").fetchall()
    return {
        command: (datetime.fromisoformat(end) - datetime.fromisoformat(begin)).total_seconds()
        for command, begin, end in runs
    }
