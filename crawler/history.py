"""What earlier runs of a portal say about this one: what to expect, what is held, what is due to be asked for again."""

import json
import math
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlite_utils import Database

from archive import Capture

_NOT_LONG_AGO = timedelta(days=7)
"""An interrupted run is taken up within this time; later, what it fetched is too old to be taken as this run's."""

_WHOLE = "SELECT id, started_at, stats FROM runs WHERE portal = ? AND id < ? AND json_extract(stats, '$.whole') = 1"
_ENDS = (
    "SELECT id, started_at, finished_at, json_extract(stats, '$.stopped') AS stopped FROM runs"
    " WHERE portal = ? AND id < ? AND command = 'crawl' ORDER BY id DESC"
)


@dataclass(frozen=True, slots=True)
class Policy:
    """What a run asks for again and what it expects; the lists are always asked for.

    ``recent_days``: articles published in so many days are asked for in every run; ``sweep_days``: after so many days
    every article is; ``full``: it is now. ``least_share``: the share of the last good run's reports that a run must
    find, else it is not ok; ``accept_fewer``: whatever it finds is right, dead links too, and the measure for the next.
    """

    recent_days: int = 60
    sweep_days: int = 30
    least_share: float = 0.8
    full: bool = False
    accept_fewer: bool = False


EVERYTHING = Policy(full=True)


@dataclass(frozen=True, slots=True)
class History:
    """``previous``: the stats of the last run that saw all of the portal's lists, with its number ``previous_run``;
    ``good_listed``: the reports that the last good such run saw; ``swept_at``: when a run last asked for every article,
    with its number ``swept_run``; ``resumed_from``: when the run began that this one takes up, if the last was killed
    or interrupted, with its number ``resumed_run``."""

    previous: dict[str, Any] = field(default_factory=dict)
    previous_run: int | None = None
    good_listed: int | None = None
    swept_at: datetime | None = None
    swept_run: int = 0
    resumed_from: datetime | None = None
    resumed_run: int | None = None

    def least(self, policy: Policy, at_least: int) -> int:
        """How many reports the lists must show: a share of those of the last good run, and ``at_least``."""
        if policy.accept_fewer:
            return 0
        return max(math.ceil((self.good_listed or 0) * policy.least_share), at_least)

    def is_sweep(self, policy: Policy, now: datetime) -> bool:
        """Whether every article is to be asked for."""
        return policy.full or self.swept_at is None or now - self.swept_at >= timedelta(days=policy.sweep_days)

    def is_held(self, capture: Capture) -> bool:
        """Whether a capture is of the run that this one takes up."""
        return self.resumed_from is not None and capture.fetched_at >= self.resumed_from

    def is_settled(self, run: int, day: date, today: date, sweep: bool, recent_days: int) -> bool:
        """Whether a report that was last had in ``run`` with all of its files, and is of that day, will do without
        asking the portal. One that failed in the last sweep was last had before it, and will not."""
        if self.resumed_run is not None and run >= self.resumed_run:
            return True
        return not sweep and run >= self.swept_run and day < today - timedelta(days=recent_days)


def read_history(db: Database, portal: str, run_id: int) -> History:
    """The history of a portal before a run."""
    previous = _first(db, f"{_WHOLE} ORDER BY id DESC LIMIT 1", portal, run_id)
    good = _first(db, f"{_WHOLE} AND outcome = 'ok' ORDER BY id DESC LIMIT 1", portal, run_id)
    swept = _first(db, f"{_WHOLE} AND json_extract(stats, '$.sweep') = 1 ORDER BY id DESC LIMIT 1", portal, run_id)
    resumed = _resumed(db, portal, run_id)
    return History(
        previous=json.loads(previous["stats"]) if previous else {},
        previous_run=previous["id"] if previous else None,
        good_listed=json.loads(good["stats"])["listed"] if good else None,
        swept_at=datetime.fromisoformat(swept["started_at"]) if swept else None,
        swept_run=swept["id"] if swept else 0,
        resumed_from=datetime.fromisoformat(resumed["started_at"]) if resumed else None,
        resumed_run=resumed["id"] if resumed else None,
    )


def _resumed(db: Database, portal: str, run_id: int) -> dict[str, Any] | None:
    """The first of the interrupted runs since the last that ended by itself."""
    first: dict[str, Any] | None = None
    for run in db.query(_ENDS, (portal, run_id)):
        started = datetime.fromisoformat(run["started_at"])
        interrupted = run["finished_at"] is None or run["stopped"] == "interrupted"
        if not interrupted or datetime.now(UTC) - started > _NOT_LONG_AGO:
            break
        first = run
    return first


def _first(db: Database, sql: str, *parameters: object) -> dict[str, Any] | None:
    return next(iter(db.query(sql, parameters)), None)
