"""``nianbao crawl`` and ``nianbao update``: which portals, under which policy, and the word about it afterwards."""

import signal
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
    from crawler.registry import Portal

_NO_FAILURES = frozenset({"robots", "off_host"})


@dataclass(frozen=True, slots=True)
class CrawlOptions:
    """What was asked for on the command line."""

    portals: tuple[str, ...]
    years: range | None
    due: bool
    limit: int | None
    pace: float | None
    full: bool
    accept_fewer: bool
    summary: Path | None
    webhook: str | None
    data_dir: Path


def is_web_address(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    """Click callback: the value is an http or https address, or absent."""
    if value is not None and (urlsplit(value).scheme not in ("http", "https") or not urlsplit(value).hostname):
        raise click.BadParameter("write an address that starts with http:// or https://", context, parameter)
    return value


def run_crawl(command: str, options: CrawlOptions, people: Console, afterwards: Callable[[Archive], bool]) -> bool:
    """Crawl, do what comes after it, and deliver the summary whatever happens; True if all went well."""
    summary = RunSummary(command)
    ended, error, succeeded = "crashed", None, False
    try:
        with _stopped_like_by_hand():
            succeeded = _crawl(options, summary, people)
            with open_archive(options.data_dir) as archive:
                succeeded = afterwards(archive) and succeeded
        ended = "done"
    except KeyboardInterrupt:
        ended = "interrupted"
        raise
    except BaseException as failure:
        message = failure.format_message() if isinstance(failure, click.ClickException) else str(failure)
        error = f"{type(failure).__name__}: {message}"
        raise
    finally:
        # A summary that cannot be written must not hide what happened before.
        succeeded = _deliver(summary, options, people, ended, error) and succeeded
    return succeeded


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
    portals = choose_portals(options.data_dir, options.portals, options.due, schedule)
    summary.begin([portal.key for portal in portals], policy)
    if not portals:
        people.print("No portal is due.")
    runs = crawl(portals, options.data_dir, years=options.years, limit=options.limit, pace=options.pace, policy=policy)
    for run in runs:
        _name_failures(run, people)
    return all(run.outcome == "ok" for run in runs)


def schedule_of(data_dir: Path) -> Schedule:
    """The schedule of a data directory; one that cannot be read is wrong usage. Raises UsageError."""
    try:
        return load_schedule(data_dir)
    except ScheduleError as error:
        raise click.UsageError(str(error)) from error


def choose_portals(data_dir: Path, keys: tuple[str, ...], due: bool, schedule: Schedule) -> "list[Portal]":
    """The portals of these keys (none: all enabled), of those only the due ones if asked. Raises UsageError."""
    registry = load_registry(data_dir)
    chosen = [portal.key for portal in named_portals(keys, registry)]
    chosen = chosen or [key for key, portal in registry.items() if portal.enabled]
    if due:
        with open_archive(data_dir) as archive:
            chosen = due_portals(archive.db, chosen, datetime.now(UTC), schedule)
    return [registry[key] for key in chosen]


def _name_failures(run: "PortalRun", people: Console) -> None:
    if run.outcome != "ok":
        people.print(f"[yellow]{run.outcome}:[/] ", end="")
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
