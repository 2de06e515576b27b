"""What one crawl of one portal saw, kept, left out and could not get: the content of its row in ``runs``."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from crawler.settings import VERSION

# A portal that fails everywhere fails for a few reasons: fifty addresses show them, the count tells the rest.
MAX_NAMED = 50

# How the last line of a job's log that matters begins, after time and level.
_RECORD = "run record: "

Outcome = Literal["ok", "partial", "empty", "blocked", "unreachable", "moved"]


@dataclass(frozen=True, slots=True)
class Failure:
    """An address that gave nothing, and why.

    ``kind``: blocked (challenge, login, refusal, throttled), unreachable (no answer), robots (forbidden by robots.txt),
    off_host (a report, file or list on another host, not followed), refused (we may not go there), moved (a list that
    redirects to another host), gone (HTTP 404 or 410), soft404 (an error page with status 200), http (another status),
    parse (an answer that we could not make sense of), registry (a wrong entry: it was not asked for).
    """

    url: str
    kind: str
    reason: str


@dataclass(slots=True)
class PortalRun:
    """Counters of one portal's crawl; the live ones are read by the progress display.

    ``listed``: rows that are reports, of any year, ``found``: those of the asked years; ``reports``: articles held
    after this run; ``new``/``changed``/``unchanged``: answers for articles and attachments against what the archive
    held, ``held``: those that were not asked for again; ``unlisted``: posts that the portal counts but does not list;
    ``pages_missing``: list pages that it announces but does not give; ``dead``: links to articles and files that lead
    nowhere; ``excused``: those of them that are no failure, ``known_dead``: those that will be none in the next run;
    ``broken_lists``: list pages that gave nothing, ``says_none``: those that say that there are no entries;
    ``moved_to``: where the column redirects, if elsewhere; ``whole``: all lists were seen; ``sweep``: every
    article was asked for; ``least``: reports that the lists had to show; ``listed_before``: those that the last whole
    run saw; ``gone``: addresses that it saw and this one did not (None: not known); ``version``: nianbao's own.
    """

    portal: str
    run_id: int | None = None
    outcome: Outcome | None = None
    why: str = ""
    lists: int = 0
    listed: int = 0
    found: int = 0
    reports: int = 0
    attachments: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    held: int = 0
    not_reports: int = 0
    other_years: int = 0
    duplicates: int = 0
    off_host: int = 0
    unlisted: int = 0
    pages_missing: int = 0
    robots_forbidden: int = 0
    bytes: int = 0
    failed: int = 0
    broken_lists: int = 0
    says_none: int = 0
    dead: int = 0
    excused: int = 0
    stopped: str | None = None
    moved_to: str | None = None
    whole: bool = False
    sweep: bool = True
    least: int = 0
    listed_before: int | None = None
    gone: int | None = None
    gone_named: list[str] = field(default_factory=list)
    known_dead: list[str] = field(default_factory=list)
    dead_named: list[str] = field(default_factory=list)
    version: str = VERSION
    failures: list[Failure] = field(default_factory=list)
    causes: dict[str, int] = field(default_factory=dict)

    def fail(self, url: str, kind: str, reason: str, of: str | None = None) -> None:
        """Note that this address gave nothing. The first `MAX_NAMED` are kept by name, all are counted: what robots.txt
        forbids and what lies on another host on their own, for to keep a rule is not to fail. ``of`` is the kind of the
        request: list, article or attachment."""
        if kind == "robots":
            self.robots_forbidden += 1
        elif kind == "off_host":
            self.off_host += 1
        else:
            self.failed += 1
        self.broken_lists += of == "list" and kind != "robots"
        if of in ("article", "attachment") and kind in ("gone", "soft404"):
            self.dead += 1
            self.dead_named.append(url)
        self.causes[kind] = self.causes.get(kind, 0) + 1
        if len(self.failures) < MAX_NAMED:
            self.failures.append(Failure(url, kind, reason))

    def stop(self, reason: str) -> None:
        """Note that the crawl ended before its work was done: ``blocked``, ``interrupted`` or ``limit``."""
        self.stopped = self.stopped or reason

    @property
    def is_over(self) -> bool:
        """Whether the run has come to its outcome, or was not begun, which ``why`` explains then."""
        return self.outcome is not None or bool(self.why)

    def stats(self) -> dict[str, object]:
        """All counters and the named failures, for ``runs.stats``."""
        values = asdict(self)
        for name in ("portal", "run_id", "outcome", "dead_named"):
            del values[name]
        return values


def write_record(record: Mapping[str, Any]) -> str:
    """A row of ``runs`` as a line for the log: Scrapyd serves the log, so a crawl on any machine can be read there."""
    return _RECORD + json.dumps(record)


def read_record(log: str) -> dict[str, Any] | None:
    """The record that a log ends with; None where the crawl did not come to its end."""
    _, found, rest = log.rpartition(_RECORD)
    try:
        record: dict[str, Any] = json.loads(rest.partition("\n")[0]) if found else {}
    except ValueError:
        return None
    return record or None
