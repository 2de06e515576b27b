"""Timing by rounds: what is compared runs in turn, so that a machine that is busy for a while slows both."""

import time
from collections.abc import Callable
from statistics import median
from typing import NamedTuple


class Compared(NamedTuple):
    """Medians over the rounds. CPU time is told too because it stays much the same on a machine that is busy with
    something else; ``ratio`` is the median of our CPU time divided by the floor's of the same round."""

    seconds: float
    cpu_seconds: float
    floor_cpu_seconds: float
    ratio: float


def seconds(function: Callable[[], object]) -> float:
    """Wall time of one call."""
    started = time.perf_counter()
    function()
    return time.perf_counter() - started


def both_seconds(function: Callable[[], object]) -> tuple[float, float]:
    """Wall time of one call, and CPU time of this process and its threads meanwhile."""
    started = time.process_time()
    spent = seconds(function)
    return spent, time.process_time() - started


def beside(ours: Callable[[], object], floor: Callable[[], object], rounds: int) -> Compared:
    """Run ours and the floor in turn. Both run once before, unmeasured."""
    ours()
    floor()
    pairs = [(both_seconds(ours), both_seconds(floor)[1]) for _ in range(rounds)]
    return Compared(
        median(wall for (wall, _), _ in pairs),
        median(cpu for (_, cpu), _ in pairs),
        median(least for _, least in pairs),
        median(cpu / least for (_, cpu), least in pairs),
    )
