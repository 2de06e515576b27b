"""What became of each portal's crawl: for ``nianbao status``, the JSON summary and the webhook."""

import json
import os
import urllib.request
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text
from sqlite_utils import Database

from nianbao import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crawler.history import Policy
    from crawler.registry import WrongEntry

_SECONDS_TO_POST = 10.0
_LATEST = """
    WITH good AS (
        SELECT id, portal, started_at FROM runs
        WHERE command = 'crawl' AND outcome = 'ok' AND coalesce(json_extract(stats, '$.whole'), 1)
    )
    SELECT runs.id, runs.portal AS portal, portals.name AS name, portals.enabled AS enabled, started_at, finished_at,
        coalesce(outcome, 'unfinished') AS outcome, stats,
        (SELECT max(started_at) FROM good WHERE good.portal = runs.portal) AS last_good,
        (SELECT min(started_at) FROM runs AS bad WHERE bad.portal = runs.portal AND bad.outcome IS NOT 'ok'
            AND bad.id > coalesce((SELECT max(id) FROM good WHERE good.portal = runs.portal), 0)) AS failing_since
    FROM runs JOIN portals ON portals.key = runs.portal
    WHERE runs.id IN (SELECT max(id) FROM runs WHERE command = 'crawl' AND started_at >= ? GROUP BY portal)
    ORDER BY runs.portal
"""
_KILLED = "the run did not end: it is still at work, or it was killed and the next one takes it up"


@dataclass(frozen=True, slots=True)
class PortalStatus:
    """The latest crawl of a portal. ``failing_since``: when the first run after the last good one began, None if the
    latest is good; ``stats``: the counters of `crawler.ledger.PortalRun`."""

    portal: str
    name: str
    enabled: bool
    outcome: str
    why: str
    started_at: str
    finished_at: str | None
    last_good: str | None
    failing_since: str | None
    stats: dict[str, Any]


def portal_statuses(db: Database, since: str = "") -> list[PortalStatus]:
    """The latest crawl of each portal, of those that began since; one that did not end is ``unfinished``."""
    found = []
    for row in db.query(_LATEST, (since,)):
        stats = json.loads(row["stats"])
        found.append(
            PortalStatus(
                portal=row["portal"],
                name=row["name"],
                enabled=bool(row["enabled"]),
                outcome=row["outcome"],
                why=stats.get("why", "") if row["finished_at"] else _KILLED,
                started_at=row["started_at"],
                finished_at=row["finished_at"],
                last_good=row["last_good"],
                failing_since=row["failing_since"],
                stats=stats,
            )
        )
    return found


def status_table(statuses: list[PortalStatus]) -> Table:
    """The latest crawl of each portal, with the numbers of the run before in brackets."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("portal", "outcome", "last run", "last good", "failing since"):
        table.add_column(column, no_wrap=True)
    for column in ("listed (before)", "gone", "new", "changed", "failed"):
        table.add_column(column, justify="right", no_wrap=True)
    table.add_column("why", overflow="fold")
    for status in statuses:
        stats = status.stats
        before = stats.get("listed_before")
        listed = f"{stats.get('listed', '')}" + (f" ({before})" if before is not None else "")
        counts = ("" if stats.get(name) is None else str(stats[name]) for name in ("gone", "new", "changed", "failed"))
        moments = (_day(moment) for moment in (status.started_at, status.last_good, status.failing_since))
        outcome = Text(_outcome(status), "green" if status.outcome == "ok" else "yellow")
        table.add_row(status.portal, outcome, *moments, listed, *counts, Text(status.why))
    return table


def _outcome(status: PortalStatus) -> str:
    """The outcome; an ok that is none to go by, for not all lists were seen, says so."""
    if status.outcome != "ok" or status.stats.get("whole", True):
        return status.outcome
    return "ok (limited)" if status.stats.get("stopped") == "limit" else "ok (not all lists seen)"


def _day(moment: str | None) -> str:
    return moment[:10] if moment else "—"


class RunSummary:
    """The summary of one command, gathered from the database so that a crash loses nothing of it."""

    def __init__(self, command: str, since: str | None = None) -> None:
        """``since``: when the runs may have begun that it tells of, where that is before now."""
        self.command, self._started = command, _now()
        self._since = since or self._started
        self._lost: dict[str, str] = {}
        self._chosen: list[str] = []
        self._wrong: list[str] = []
        self._thresholds: dict[str, Any] = {}

    def begin(self, chosen: list[str], policy: "Policy", wrong: "Sequence[WrongEntry]" = ()) -> None:
        """Note the portals that are to be crawled, under which policy, and the wrong entries of others."""
        self._chosen, self._thresholds = chosen, asdict(policy)
        self._chosen += [each.key for each in wrong if each.key and each.key not in chosen]
        self._wrong = [str(each) for each in wrong]

    def lose(self, portal: str, why: str) -> None:
        """Note a portal whose crawl left no record."""
        self._lost[portal] = why

    def build(self, db: Database | None, ended: str, error: str | None) -> dict[str, Any]:
        """``ended``: ``done``, ``interrupted`` or ``crashed``, with the error then. Portals that it did not come to are
        named as ``not_started``, those among them whose crawl left no record in ``lost``, with the reason."""
        statuses = portal_statuses(db, self._since) if db is not None else []
        statuses = [each for each in statuses if each.portal in self._chosen and each.portal not in self._lost]
        outcomes = [status.outcome for status in statuses]
        waiting = sorted(set(self._chosen) - {status.portal for status in statuses})
        return {
            "nianbao": __version__,
            "command": self.command,
            "started_at": self._started,
            "finished_at": _now(),
            "ended": ended,
            "error": error,
            "ok": ended == "done" and not (waiting or self._wrong) and all(outcome == "ok" for outcome in outcomes),
            "outcomes": {outcome: outcomes.count(outcome) for outcome in sorted(set(outcomes))},
            "thresholds": self._thresholds,
            "not_started": waiting,
            "lost": self._lost,
            "wrong_entries": self._wrong,
            "portals": [asdict(status) for status in statuses],
        }


def write_summary(summary: dict[str, Any], path: Path) -> None:
    """Write the summary as JSON; the file is always whole, also while it is being replaced. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.write_text(json.dumps(summary, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    beside.replace(path)


def post_summary(summary: dict[str, Any], url: str) -> None:
    """POST the summary as JSON to an http or https address. Raises OSError where that is not answered with 2xx."""
    body = json.dumps(summary, ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": f"nianbao/{__version__}"}
    request = urllib.request.Request(url, body, headers, method="POST")  # noqa: S310 - the caller checks the scheme
    with urllib.request.urlopen(request, timeout=_SECONDS_TO_POST):  # noqa: S310
        pass


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
