"""``python -m bench [PART…]``: measure, and print the figures as Markdown tables."""

import argparse
import os
import platform
import sqlite3
import subprocess
import sys

from bench.tables import PARTS


def _main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure what nianbao costs; prints Markdown.")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)}; default: all")
    parser.add_argument("--reports", type=int, default=1000, help="reports on the simulated portal (default: 1000)")
    parser.add_argument("--rounds", type=int, default=5, help="runs of which the median counts (default: 5)")
    options = parser.parse_args()
    unknown = [part for part in options.parts if part not in PARTS]
    if unknown:
        parser.error(f"no such part: {', '.join(unknown)}; there are {', '.join(PARTS)}")
    if options.reports < 5 or options.rounds < 1:
        parser.error("at least 5 reports and 1 round are measured")
    system = f"{platform.system()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    print(f"{system}, SQLite {sqlite3.sqlite_version}; medians of {options.rounds} rounds", flush=True)
    failed = [part for part in options.parts or PARTS if not _ran(part, options.reports, options.rounds)]
    if failed:
        sys.exit(f"not measured to the end: {', '.join(failed)}")


def _ran(part: str, reports: int, rounds: int) -> bool:
    """Run a part; one that fails (what it said is on stderr) does not keep the others from being measured."""
    try:
        for line in PARTS[part](reports, rounds):
            print(line, flush=True)
    except subprocess.CalledProcessError:
        return False
    return True


if __name__ == "__main__":
    _main()
