"""One crawl of one portal: the portal, what was asked for, the archive it writes to and the ledger it keeps."""

import json
import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from archive import Archive, Capture, mend, open_archive
from crawler.errors import RegistryError
from crawler.history import EVERYTHING, History, Policy, read_history
from crawler.ledger import MAX_NAMED, PortalRun
from crawler.listing import Row
from crawler.locks import HostLock
from crawler.registry import Portal, host_of, read_registry
from crawler.verdict import judge

_NOTED_AT_ONCE = 100

SHIPPED = Path(__file__).parents[1] / "data" / "portals"


def portal_folders(data_dir: Path) -> tuple[Path, ...]:
    """Where portals are registered: the shipped folder, then the user's own ``data_dir/portals``."""
    own = data_dir / "portals"
    return (SHIPPED,) if own.resolve() == SHIPPED.resolve() else (SHIPPED, own)


def find_portal(key: str, data_dir: Path) -> Portal:
    """The portal of this key, whatever is wrong with others. Raises RegistryError with what is wrong with its own
    entry, or where it would have to be where there is none."""
    registry = read_registry(*portal_folders(data_dir))
    if key not in registry.portals:
        wrong = "; ".join(str(wrong) for wrong in registry.wrong if wrong.key == key)
        where = " or ".join(map(str, portal_folders(data_dir)))
        raise RegistryError([wrong or f"no portal has the key {key!r} here: register it in {where}"])
    return registry.portals[key]


@dataclass(slots=True)
class Visit:
    """A listed report on its way: its page, then its files. ``open``: answers that are still to come; ``is_whole``:
    none has failed yet."""

    url: str
    files: int = 0
    open: int = 1
    is_whole: bool = True


@dataclass(slots=True)
class Session:
    """What a spider works with. ``years`` None: all years; ``limit`` None: all reports; ``pace`` None: the portal's
    own; ``policy``: what to ask for again (default: everything, conditionally); ``refusals``: how many in a row the
    portal has given; ``lost``: articles that were found and gave nothing; ``crawl_delay``: seconds that its robots.txt
    asks for."""

    portal: Portal
    archive: Archive
    run: PortalRun
    years: range | None = None
    limit: int | None = None
    pace: float | None = None
    policy: Policy = EVERYTHING
    refusals: int = 0
    lost: int = 0
    crawl_delay: float = 0.0
    history: History = field(default_factory=History)
    _settled: dict[str, tuple[int, int]] = field(default_factory=dict)
    _to_note: list[tuple[str, int]] = field(default_factory=list)
    _lock: HostLock | None = None

    def begin(self) -> None:
        """Open the row in ``runs`` and see what the earlier ones say. Refused where another process crawls the host;
        there is no row then. Whoever begins ends with `finish` or, where that is not possible, `release`."""
        portal = self.portal
        self._lock = HostLock(self.archive.data_dir, host_of(portal.base_url))
        self._lock.take()
        self.archive.save_portals(
            [portal.model_dump(include={"key", "name", "base_url", "platform", "division_code", "enabled"})]
        )
        self.run.run_id = self.archive.start_run("crawl", portal.key)
        self.history = read_history(self.archive.db, portal.key, self.run.run_id)
        self.run.sweep = self.history.is_sweep(self.policy, datetime.now(UTC))
        self._settled = self.archive.settled(portal.key)

    def finish(self) -> None:
        """Compare the run with the one before, judge it and close its row."""
        run = self.run
        assert run.run_id is not None
        self._note_settled()
        if self.full:
            run.stop("limit")
        run.whole = not (run.stopped or run.broken_lists) and bool(run.lists)
        run.least = self.least
        run.listed_before = self.history.previous.get("listed")
        if run.whole and self.history.previous_run is not None:
            gone = self.archive.no_longer_listed(self.portal.key, run.run_id, self.history.previous_run)
            run.gone, run.gone_named = len(gone), gone[:MAX_NAMED]
        self._excuse_dead()
        run.outcome, run.why = judge(run, self.history, run.least)
        self.archive.finish_run(run.run_id, run.outcome, run.stats())
        self.release()

    def release(self) -> None:
        """Let other processes crawl the host."""
        if self._lock is not None:
            self._lock.release()

    def _excuse_dead(self) -> None:
        """A portal that does not mend a dead link is not failing anew; one that lost a report that we hold is."""
        run, known = self.run, set(self.history.previous.get("known_dead", ()))
        excused = [url for url in run.dead_named if url in known or self.policy.accept_fewer]
        never_held = [url for url in run.dead_named if self.archive.latest_capture(url) is None]
        run.excused, run.known_dead = len(excused), sorted({*excused, *never_held})

    def record(self) -> dict[str, Any]:
        """The run's row in ``runs``, for whoever cannot see the database."""
        return next(self.archive.db.query("SELECT * FROM runs WHERE id = ?", (self.run.run_id,)))

    @property
    def least(self) -> int:
        """How many reports the lists must show. One at least, unless the portal itself says that there are none, and
        neither an earlier run nor the registry knows of any."""
        if self.run.stopped == "limit":
            return 0
        may_be_empty = self.run.says_none and not self.portal.must_have_results
        return self.history.least(self.policy, 0 if may_be_empty else 1)

    def note_listed(self, rows: Iterable[tuple[str, Row]]) -> None:
        """Remember the reports that a list shows, by the address at which this portal serves them."""
        assert self.run.run_id is not None
        listed = [(url, row.title, str(row.published_on) if row.published_on else None) for url, row in rows]
        self.run.listed += len(listed)
        if listed:
            self.archive.note_listed(self.portal.key, self.run.run_id, listed)

    def is_held(self, capture: Capture) -> bool:
        """Whether what the archive holds will do without asking the portal."""
        return self.history.is_held(capture)

    def settled_files(self, url: str, published_on: date | None) -> int | None:
        """The number of files of a listed report that will do as it is held, with all of them; None for any other."""
        if url not in self._settled:
            return None
        run, files = self._settled[url]
        day = published_on or self._day_of_capture(url)
        today, recent = datetime.now(UTC).date(), self.policy.recent_days
        return files if day and self.history.is_settled(run, day, today, self.run.sweep, recent) else None

    def _day_of_capture(self, url: str) -> date | None:
        capture = self.archive.latest_capture(url)
        if capture is None:
            return None
        return date.fromisoformat(capture.published_on) if capture.published_on else capture.fetched_at.date()

    def settle(self, visit: "Visit") -> None:
        """Note that a listed report is held with all of its files; written with the next list."""
        self._to_note.append((visit.url, visit.files))
        if len(self._to_note) >= _NOTED_AT_ONCE:
            self._note_settled()

    def _note_settled(self) -> None:
        assert self.run.run_id is not None
        if self._to_note:
            self.archive.note_settled(self.portal.key, self.run.run_id, self._to_note)
            self._to_note.clear()

    @property
    def full(self) -> bool:
        """Whether as many reports as were asked for are taken or on their way."""
        return self.limit is not None and self.run.found - self.lost >= self.limit


def read_years(text: str) -> range:
    """``2019-2025`` or ``2023`` as a range of years. Raises ValueError."""
    first, _, last = text.partition("-")
    years = range(int(first), int(last or first) + 1)
    if not years:
        raise ValueError(f"{text}: the first year is after the last")
    return years


def open_session(key: str | None, data_dir: Path, years: str | None, limit: str | None, policy: str | None) -> Session:
    """The session of a crawl that is a process of its own, begun. ValueError where no portal is named."""
    if key is None:
        raise ValueError("name the portal: -a portal=KEY")
    portal, archive = find_portal(key, data_dir), open_archive(data_dir)
    for line in mend(archive):
        logging.getLogger(__name__).warning("%s", line)
    session = Session(
        portal,
        archive,
        PortalRun(key),
        years=read_years(years) if years else None,
        limit=int(limit) if limit else None,
        policy=Policy(**json.loads(policy)) if policy else EVERYTHING,
    )
    session.begin()
    return session
