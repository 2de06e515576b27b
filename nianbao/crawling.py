"""``nianbao crawl`` and ``nianbao update``: which portals, under which policy, and the word about it afterwards."""

import contextlib
import signal
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click
from rich.console import Console

from archive import Archive, ArchiveError, open_archive
from nianbao.portals import load_registry, named_portals
from nianbao.schedule import Schedule, ScheduleError, due_portals, load_schedule
from nianbao.summary import RunSummary, post_summary, write_summary

if TYPE_CHECKING:
    from crawler.ledger import PortalRun
    from crawler.registry import Portal, WrongEntry

_NO_FAILURES = frozenset({"robots", "off_host"})


@dataclass(frozen=True, slots=True)
class CrawlOptions:
    """What was asked for on the command line. ``pace`` None: each portal's own."""

    portals: tuple[str, ...]
    years: range | None
    due: bool
    limit: int | None
    full: bool
    accept_fewer: bool
    summary: Path | None
    webhook: str | None
    data_dir: Path
    pace: float | None = None


def run_crawl(command: str, options: CrawlOptions, people: Console, afterwards: Callable[[Archive], bool]) -> bool:
    """Crawl, do what comes after it, and deliver the summary whatever happens; True if all went well."""

    def work(summary: RunSummary) -> bool:
        succeeded = _crawl(options, summary, people)
        with open_archive(options.data_dir) as archive:
            return afterwards(archive) and succeeded

    return tell_of(work, RunSummary(command), options, people)


def tell_of(work: Callable[[RunSummary], bool], summary: RunSummary, options: CrawlOptions, people: Console) -> bool:
    """Do the work, and deliver the summary whatever happens; True if all went well."""
    ended, error, succeeded = "crashed", None, False
    try:
        with _stopped_like_by_hand():
            succeeded = work(summary)
        ended = "done"
    except KeyboardInterrupt:
        ended = "interrupted"
        raise
    except BaseException as failure:
        message = failure.format_message() if isinstance(failure, click.ClickException) else str(failure)
        error = f"{type(failure).__name__}: {message}"
        if isinstance(failure, ArchiveError | sqlite3.Error):
            _note_apart(options.data_dir, f"{summary.command}: {message}")
        raise
    finally:
        # A summary that cannot be written must not hide what happened before.
        succeeded = _deliver(summary, options, people, ended, error) and succeeded
    return succeeded


def _note_apart(data_dir: Path, line: str) -> None:
    """Where the database takes no row (another process holds it), a line beside Scrapy's logs is the trace of a run."""
    with contextlib.suppress(OSError):
        logs = data_dir / "logs"
        logs.mkdir(parents=True, exist_ok=True)
        with (logs / "not-run.log").open("a", encoding="utf-8") as log:
            log.write(f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} {line}\n")


@contextmanager
def _stopped_like_by_hand() -> Iterator[None]:
    """A service manager stops with SIGTERM what a person stops with Ctrl-C: both are to end in good order."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    kept = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, kept)


def _crawl(options: CrawlOptions, summary: RunSummary, people: Console) -> bool:
    # Scrapy takes a second to import: only the commands that crawl pay for it.
    from crawler.history import Policy  # noqa: PLC0415
    from crawler.run import crawl  # noqa: PLC0415

    schedule = schedule_of(options.data_dir)
    policy = Policy(**schedule.policy(), full=options.full, accept_fewer=options.accept_fewer)
    chosen = choose_portals(options.data_dir, options.portals, options.due, schedule)
    portals = chosen.portals
    summary.begin([portal.key for portal in portals], policy, chosen.wrong)
    record_wrong(options.data_dir, chosen.wrong)
    if not portals:
        people.print("No portal is due.")
    runs = crawl(portals, options.data_dir, years=options.years, limit=options.limit, pace=options.pace, policy=policy)
    for run in runs:
        _name_failures(run, people)
    return not chosen.wrong and all(run.outcome == "ok" for run in runs)


class WrongFile(click.ClickException):
    """A mistake in a file of the user's: wrong usage, but the command line is right, so its usage isn't shown."""

    exit_code = 2


def schedule_of(data_dir: Path) -> Schedule:
    """The schedule of a data directory. Raises WrongFile for one that cannot be read."""
    try:
        return load_schedule(data_dir)
    except ScheduleError as error:
        raise WrongFile(str(error)) from error


@dataclass(frozen=True, slots=True)
class Chosen:
    """The portals that are to be crawled, and the wrong entries of others that were asked for."""

    portals: "list[Portal]"
    wrong: "list[WrongEntry]"


def choose_portals(data_dir: Path, keys: tuple[str, ...], due: bool, schedule: Schedule) -> Chosen:
    """The portals of these keys (none: all enabled), of those only the due ones if asked. Raises UsageError, and
    WrongFile where all that is asked for is wrong entries."""
    registry = load_registry(data_dir)
    chosen = [portal.key for portal in named_portals(keys, registry)]
    wrong = [wrong for wrong in registry.wrong if not keys or wrong.key in keys]
    if keys and not chosen:
        raise WrongFile("\n".join(map(str, wrong)))
    chosen = chosen or [key for key, portal in registry.portals.items() if portal.enabled]
    if due:
        with open_archive(data_dir) as archive:
            chosen = due_portals(archive.db, chosen, datetime.now(UTC), schedule)
    return Chosen([registry.portals[key] for key in chosen], wrong)


def record_wrong(data_dir: Path, wrong: "list[WrongEntry]") -> None:
    """A row in ``runs`` for each portal that could not be asked because its entry is wrong; one without portal for
    those whose key cannot be read."""
    from crawler.ledger import PortalRun  # noqa: PLC0415

    if not wrong:
        return
    with open_archive(data_dir) as archive:
        for key in dict.fromkeys(each.key for each in wrong):
            run = PortalRun(key or "")
            for each in (each for each in wrong if each.key == key):
                run.fail(each.address or each.place, "registry", str(each))
            run.why = f"wrong registry entry: {run.failures[0].reason}"
            archive.finish_run(archive.start_run("crawl", key), "unreachable", run.stats())


def _name_failures(run: "PortalRun", people: Console) -> None:
    if run.outcome != "ok":
        people.print(f"[yellow]{run.outcome or 'not crawled'}:[/] ", end="")
        people.print(f"{run.portal}: {run.why}", markup=False, soft_wrap=True)
    for failure in sorted(run.failures, key=lambda failure: failure.kind in _NO_FAILURES):
        heading = "left out" if failure.kind in _NO_FAILURES else "not read"
        people.print(f"[yellow]{heading}:[/] ", end="")
        people.print(f"{failure.url}: {failure.kind}: {failure.reason}", markup=False, soft_wrap=True)


def _deliver(summary: RunSummary, options: CrawlOptions, people: Console, ended: str, error: str | None) -> bool:
    """False where the file could not be written; a webhook that cannot be reached is only a warning."""
    if options.summary is None and options.webhook is None:
        return True
    try:
        with open_archive(options.data_dir, read_only=True) as archive:
            built = summary.build(archive.db, ended, error)
    except ArchiveError as failure:
        built = summary.build(None, ended, error or str(failure))
    written = True
    if options.summary is not None:
        try:
            write_summary(built, options.summary)
        except OSError as failure:
            people.print(f"the summary could not be written: {failure}", style="red", markup=False, soft_wrap=True)
            written = False
    if options.webhook is not None:
        try:
            post_summary(built, options.webhook)
        except (OSError, ValueError) as failure:
            host = urlsplit(options.webhook).hostname  # the rest of the address is often a secret
            message = f"warning: the summary could not be posted to {host}: {failure}"
            people.print(message, style="yellow", markup=False, soft_wrap=True)
    return written
