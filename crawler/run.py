"""Crawling portals side by side in one Scrapy process: a row in ``runs`` for each, whatever becomes of it."""

import asyncio
import logging
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path

from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings

from archive import Archive, mend, open_archive
from crawler.errors import Refused
from crawler.history import EVERYTHING, Policy
from crawler.ledger import PortalRun
from crawler.progress import progress
from crawler.registry import Portal, host_of
from crawler.session import Session
from crawler.spiders.base import PortalSpider

logger = logging.getLogger(__name__)

# Portals are independent and each is asked slowly; more at once would only make the archive's one writer the limit.
SIDE_BY_SIDE = 8


def crawl(
    portals: list[Portal],
    data_dir: Path,
    *,
    years: range | None = None,
    limit: int | None = None,
    pace: float | None = None,
    policy: Policy = EVERYTHING,
    show_progress: bool = True,
    spider: type[PortalSpider] | None = None,
) -> list[PortalRun]:
    """Collect the portals' reports into the archive of ``data_dir``; blocks until all are done.

    ``years``: only reports of these years (a title without a year is fetched all the same); ``limit``: reports per
    portal; ``pace``: seconds between two requests, in place of each portal's own; ``policy``: what to ask for again
    (default: everything, conditionally); ``spider`` goes in place of each platform's own. A portal that fails does not
    stop the others. Scrapy's log goes to ``data_dir/logs``. Can be called once in a process: Twisted's reactor does not
    start twice. Ctrl-C ends it in good order (the rows of ``runs`` are closed), then raises KeyboardInterrupt.
    """
    runs: list[PortalRun] = []
    if not portals:
        return runs
    with open_archive(data_dir) as archive, _own_signals():
        process = AsyncCrawlerProcess(_settings(data_dir))
        for line in mend(archive):
            logger.warning("%s", line)
        queue = _Queue(process, archive, portals, runs)
        queue.years, queue.limit, queue.pace, queue.policy = years, limit, pace, policy
        queue.spider = spider
        with progress(runs, len(portals)) if show_progress else nullcontext():
            queue.start()
            process.start(install_signal_handlers=threading.current_thread() is threading.main_thread())
    if any(run.stopped == "interrupted" for run in runs):
        raise KeyboardInterrupt
    return runs


class _Queue:
    """Portals that wait for their turn; when one is done others begin. Those of one host come one after the other:
    the host is to see one crawler at a time, at one pace."""

    years: range | None = None
    limit: int | None = None
    pace: float | None = None
    policy: Policy = EVERYTHING
    spider: type[PortalSpider] | None = None

    def __init__(
        self, process: AsyncCrawlerProcess, archive: Archive, portals: list[Portal], runs: list[PortalRun]
    ) -> None:
        self._process, self._archive, self._runs = process, archive, runs
        self._waiting = list(portals)
        self._busy: set[str] = set()

    def start(self) -> None:
        """Start portals until there are enough at work, or every other waits for its host."""
        while len(self._busy) < SIDE_BY_SIDE and self._start_next():
            pass

    def _start_next(self) -> bool:
        portal = next((portal for portal in self._waiting if host_of(portal.base_url) not in self._busy), None)
        if portal is None:
            return False
        self._waiting.remove(portal)
        self._busy.add(host_of(portal.base_url))
        session = Session(portal, self._archive, PortalRun(portal.key), self.years, self.limit, self.pace, self.policy)
        self._runs.append(session.run)
        try:
            session.begin()
        except Refused as error:
            self._not_begun(session, error.reason)
            return True
        except Exception as error:  # whatever becomes of one portal, the others go on
            self._not_begun(session, f"could not be begun: {type(error).__name__}: {error}")
            return True
        task: asyncio.Task[None] = self._process.crawl(self.spider or portal.platform, session=session)
        task.add_done_callback(lambda task: self._done(task, session))
        return True

    def _not_begun(self, session: Session, why: str) -> None:
        session.run.why = why
        logger.warning("%s: not crawled: %s", session.portal.key, why)
        session.release()
        self._busy.discard(host_of(session.portal.base_url))

    def _done(self, task: asyncio.Task[None], session: Session) -> None:
        error = None if task.cancelled() else task.exception()
        if error is not None:
            session.run.fail(session.portal.base_url, "parse", f"{type(error).__name__}: {error}")
        try:
            session.finish()
        except Exception as failure:  # the same; the row stays open, as after a kill, and the next run takes it up
            session.run.outcome = None
            session.run.why = f"the run could not be closed: {type(failure).__name__}: {failure}"
            logger.exception("%s: %s", session.portal.key, session.run.why)
            session.release()
        self._busy.discard(host_of(session.portal.base_url))
        if task.cancelled() or session.run.stopped == "interrupted":
            self._waiting.clear()
        self.start()


def _settings(data_dir: Path) -> Settings:
    logs = data_dir / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    settings.set("LOG_FILE", str(logs / f"crawl-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.log"))
    return settings


@contextmanager
def _own_signals() -> Iterator[None]:
    """Give back the signal handlers that Scrapy and Twisted replace and leave behind."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)
