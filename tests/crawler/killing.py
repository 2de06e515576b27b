"""A crawl in a process of its own, killed (SIGKILL) at random moments and taken up each time; and what it must leave:
the archive of an undisturbed run. So for the first crawl of portals, and for one that finds a report published anew.
As a program it is the long trial: ``python tests/crawler/killing.py [KILLS]``."""

import json
import random
import subprocess
import sys
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY))

from archive import open_archive  # noqa: E402
from simulator.portals import LoggedRequest, RunningPortal  # noqa: E402
from simulator.world import demo_world, serve_world  # noqa: E402

# A crawl says when it begins, so that its start, which takes a second, is not all that is ever killed.
_CRAWL = """
import json, sys
from pathlib import Path
from crawler.registry import Portal
from crawler.run import crawl
entries = [Portal.model_validate(entry) for entry in json.loads(sys.argv[1])]
print("begins", flush=True)
runs = crawl(entries, Path(sys.argv[2]), pace=float(sys.argv[3]), show_progress=False)
print(json.dumps({run.portal: run.outcome for run in runs}))
"""
Contents = tuple[set[tuple[str, str]], Counter[str]]


def start(entries: list[dict[str, Any]], data: Path, pace: float) -> subprocess.Popen[str]:
    """A crawl that has begun."""
    command = [sys.executable, "-c", _CRAWL, json.dumps(entries), str(data), str(pace)]
    process = subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "begins\n"
    return process


def finish(entries: list[dict[str, Any]], data: Path, pace: float) -> dict[str, str]:
    """A crawl from beginning to end; the outcomes by portal."""
    process = start(entries, data, pace)
    output, _ = process.communicate(timeout=300)
    assert process.returncode == 0
    found: dict[str, str] = json.loads(output)
    return found


def contents(data: Path) -> Contents:
    """(address, SHA-256) of everything held, and how many captures each article and attachment has. Every capture's
    bytes are read, and so checked against their SHA-256."""
    with open_archive(data, read_only=True) as archive:
        captures = [archive.capture(row[0]) for row in archive.db.execute("SELECT id FROM captures")]
        for capture in captures:
            archive.read_body(capture)
    counts = Counter(capture.url for capture in captures if capture.kind != "list")
    return {(capture.url, capture.sha256) for capture in captures}, counts


def answered(requests: list[LoggedRequest]) -> Counter[str]:
    """How often each page that is no list was sent whole."""
    whole = [request.path for request in requests if request.status == 200]
    return Counter(path for path in whole if "/t20" in path or "post_" in path or path.endswith(".pdf"))


def trial(kills: int, seed: int, pace: float) -> None:
    """Crawl the demo's world undisturbed and, into another archive, killed so many times; then, when a report has been
    published anew, the same again over what is held. AssertionError if the archives differ. A kill may cost one page
    for each portal: the one that was under way."""
    moments, world = random.Random(seed), demo_world()
    with TemporaryDirectory() as folder, serve_world(world) as servers:
        whole, killed = Path(folder) / "whole", Path(folder) / "killed"
        _compare(servers, (whole, killed), pace, [moments.random() for _ in range(kills)])
        first = contents(whole)[0]
        assert world.republish()
        _compare(servers, (whole, killed), pace, [moments.random() for _ in range(kills)])
        assert contents(whole)[0] > first, "what was published anew is held beside what was before"


def _compare(servers: dict[str, RunningPortal], data: tuple[Path, Path], pace: float, moments: list[float]) -> None:
    whole, killed = data
    entries = [entry for server in servers.values() for entry in server.registry if entry["enabled"]]
    _clear(servers)
    outcomes = finish(entries, whole, pace)
    asked = [request.time for server in servers.values() for request in server.requests]
    _clear(servers)
    # So long that all of them together take the crawl to its end, roughly.
    longest = 2 * (max(asked) - min(asked)) / len(moments)
    _kill_again_and_again(entries, killed, pace, [moment * longest for moment in moments])
    assert finish(entries, killed, pace).keys() == outcomes.keys()
    expected, found = contents(whole), contents(killed)
    assert found[0] == expected[0], found[0] ^ expected[0]
    assert found[1] == expected[1], found[1] - expected[1]
    twice = {path: n for server in servers.values() for path, n in answered(server.requests).items() if n > 1}
    assert sum(n - 1 for n in twice.values()) <= len(moments) * len(servers), twice


def _clear(servers: dict[str, RunningPortal]) -> None:
    for server in servers.values():
        server.requests.clear()


def _kill_again_and_again(entries: list[dict[str, Any]], data: Path, pace: float, moments: list[float]) -> None:
    """Kill a crawl so long after it has begun; one that was faster is started again and given half the time."""
    for moment in moments:
        seconds = moment
        while not _is_killed(start(entries, data, pace), seconds):
            seconds /= 2


def _is_killed(process: subprocess.Popen[str], seconds: float) -> bool:
    try:
        process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return True
    return False


if __name__ == "__main__":
    count, first_seed = int(sys.argv[1]) if len(sys.argv) > 1 else 20, random.SystemRandom().randrange(10**6)
    print(f"{count} kills of a first crawl, and {count} of a second; seed {first_seed}", flush=True)
    trial(count, first_seed, pace=0.02)
    print("the same archive as an undisturbed run, nothing lost, nothing twice")
