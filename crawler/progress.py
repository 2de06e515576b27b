"""Progress of a crawl on stderr: a live table on a terminal, else a line per portal every few seconds."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.live import Live
from rich.table import Table

from crawler.ledger import PortalRun

_SECONDS_BETWEEN_LINES = 5.0


@contextmanager
def progress(runs: list[PortalRun], total: int) -> Iterator[None]:
    """Show the runs for as long as the block lasts; ``runs`` grows to ``total`` portals."""
    console = Console(stderr=True)
    if console.is_terminal:
        # Data that others print to stdout stays on stdout.
        live = Live(
            get_renderable=lambda: _table(runs, total), console=console, redirect_stdout=False, redirect_stderr=False
        )
        with live:
            yield
        return
    ended, done = threading.Event(), set[str]()
    thread = threading.Thread(target=_print_lines, args=(runs, console, ended, done), daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        _print(runs, console, done)


def _table(runs: list[PortalRun], total: int) -> Table:
    table = Table(
        "portal",
        "lists",
        "reports",
        "new",
        "changed",
        "unchanged",
        "held",
        "files",
        "failed",
        "MB",
        "outcome",
        box=None,
    )
    for run in list(runs):
        counts = (
            run.lists,
            f"{run.reports}/{run.found}",
            run.new,
            run.changed,
            run.unchanged,
            run.held,
            run.attachments,
            run.failed,
        )
        table.add_row(
            run.portal, *map(str, counts), f"{run.bytes / 1e6:.1f}", run.outcome or ("not crawled" if run.why else "…")
        )
    table.caption = f"{sum(run.is_over for run in runs)} of {total} portals done"
    return table


def _print_lines(runs: list[PortalRun], console: Console, ended: threading.Event, done: set[str]) -> None:
    while not ended.wait(_SECONDS_BETWEEN_LINES):
        _print(runs, console, done)


def _print(runs: list[PortalRun], console: Console, done: set[str]) -> None:
    for run in list(runs):
        if run.portal not in done:
            console.print(line(run), highlight=False, markup=False, soft_wrap=True)
            if run.is_over:
                done.add(run.portal)


def line(run: PortalRun) -> str:
    """A run in one line."""
    if run.is_over and run.outcome is None:
        return f"{run.portal}: not crawled: {run.why}"
    if run.other_years and not run.found:
        taken = f"{run.listed} listed, none of the years asked for"
    else:
        taken = (
            f"{run.reports} of {run.found} reports, {run.attachments} files "
            f"({run.new} new, {run.changed} changed, {run.unchanged} unchanged, {run.held} not asked for again)"
        )
    left_out = run.robots_forbidden + run.off_host
    return (
        f"{run.portal}: {run.outcome or 'running'}, {taken}"
        + (f", {left_out} left out" if left_out else "")
        + f", {run.failed} failed"
        + (f": {run.why}" if run.why else "")
    )
