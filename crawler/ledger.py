"""What one crawl of one portal saw, kept, left out and could not get: the content of its row in ``runs``."""

from dataclasses import asdict, dataclass, field
from typing import Literal

# A portal that fails everywhere fails for a few reasons: fifty addresses show them, the count tells the rest.
MAX_NAMED = 50

Outcome = Literal["ok", "partial", "empty", "blocked", "unreachable", "failed"]


@dataclass(frozen=True, slots=True)
class Failure:
    """An address that gave nothing, and why.

    ``kind``: blocked (challenge, refusal, throttled), unreachable (no answer), robots (forbidden by robots.txt),
    off_host (a report, file or list on another host, not followed), refused (we may not go there), soft404 (an error
    page with status 200), http (another status), parse (an answer that we could not make sense of).
    """

    url: str
    kind: str
    reason: str


@dataclass(slots=True)
class PortalRun:
    """Counters of one portal's crawl; the live ones are read by the progress display.

    ``found``: rows that are reports of the asked years; ``new``/``changed``/``unchanged``: captures of articles and
    attachments against what the archive held; ``reports``: articles held after this run; ``unlisted``: posts that the
    portal counts but does not list; ``pages_missing``: list pages that it announces but does not give.
    """

    portal: str
    run_id: int | None = None
    outcome: Outcome | None = None
    lists: int = 0
    found: int = 0
    reports: int = 0
    attachments: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    not_reports: int = 0
    other_years: int = 0
    duplicates: int = 0
    off_host: int = 0
    unlisted: int = 0
    pages_missing: int = 0
    robots_forbidden: int = 0
    bytes: int = 0
    failed: int = 0
    stopped: str | None = None
    failures: list[Failure] = field(default_factory=list)
    _causes: dict[str, int] = field(default_factory=dict)

    def fail(self, url: str, kind: str, reason: str) -> None:
        """Note that this address gave nothing. The first `MAX_NAMED` are kept by name, all are counted: what robots.txt
        forbids and what lies on another host on their own, for to keep a rule is not to fail."""
        if kind == "robots":
            self.robots_forbidden += 1
        elif kind == "off_host":
            self.off_host += 1
        else:
            self.failed += 1
        self._causes[kind] = self._causes.get(kind, 0) + 1
        if len(self.failures) < MAX_NAMED:
            self.failures.append(Failure(url, kind, reason))

    def stop(self, reason: str) -> None:
        """Note that the crawl ended before its work was done: ``blocked``, ``interrupted`` or ``limit``."""
        self.stopped = self.stopped or reason

    def judge(self) -> Outcome:
        """The outcome in one word. A run that holds no report is never ``ok``, whatever went without error."""
        if self.stopped == "blocked":
            return "blocked"
        if self.reports:
            return "partial" if self.failed or self.stopped == "interrupted" else "ok"
        if self.stopped == "interrupted":
            return "partial"
        if self._causes.keys() & {"blocked", "robots"}:
            return "blocked"
        if not self.failed:
            return "empty"
        return "unreachable" if "unreachable" in self._causes else "failed"

    def stats(self) -> dict[str, object]:
        """All counters and the named failures, for ``runs.stats``."""
        values = asdict(self)
        for name in ("portal", "run_id", "outcome", "_causes"):
            del values[name]
        return values
