"""A measurement in a process of its own: neither the imports nor the memory of one are in another's figures."""

import importlib
import json
import resource
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]

Figures = dict[str, float]


def measure(function: str, **arguments: object) -> Figures:
    """Call ``module:function`` with these keyword arguments (as JSON has them) in a new process; its figures.

    Added to them: ``peak_mb``, the process's peak memory, and ``peak_child_mb``, that of the largest process which it
    started itself. CalledProcessError where it fails; what it says on stderr is shown.
    """
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "bench.apart", function],
        input=json.dumps(arguments),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        cwd=REPOSITORY,
    )
    figures: Figures = json.loads(done.stdout)
    return figures


def peak_mb(who: int) -> float:
    """Peak resident memory in MB (10^6 bytes). Linux counts in KiB, macOS in bytes."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(who).ru_maxrss * unit / 1e6


def _main() -> None:
    module, _, name = sys.argv[1].partition(":")
    figures: Figures = getattr(importlib.import_module(module), name)(**json.load(sys.stdin))
    figures["peak_mb"] = peak_mb(resource.RUSAGE_SELF)
    figures["peak_child_mb"] = peak_mb(resource.RUSAGE_CHILDREN)
    json.dump(figures, sys.stdout)


if __name__ == "__main__":
    _main()
