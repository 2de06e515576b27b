"""Spreading portals over Scrapyd nodes: one portal is one job, and one host is asked by one job at a time.

Nodes may share the data directory or have one each: either way what a job came to is read from the run record at the
end of its log, which every node serves.
"""

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from crawler.ledger import read_record
from nianbao.nodes import Listed, Node, NodeError, RefusalError

if TYPE_CHECKING:
    from crawler.registry import Portal

# As many as `deploy/scrapyd.conf` lets run; what waits at a node cannot go to one that is idle.
_JOBS_OF_A_NODE = 8
# A node may be slow, or be restarted, without being down.
_MISSES = 3
# A node that has jobs waiting and none at work, for so long, will not start any. Scrapyd looks every five seconds.
_SECONDS_TO_START = 60.0
# A job that brings down every node that it is given to must not go round for ever.
_MOST_TRIES = 3
_DATE = len("2026-01-31")
_FIRST_WAIT, _LONGEST_WAIT = 0.5, 5.0

Say = Callable[[str], None]


@dataclass(slots=True)
class Job:
    """The crawl of one portal. ``day`` is the day, and what is special about the crawl: a job that did less or other
    work is not this one. ``number`` counts such jobs of this portal, ``tries`` those of this dispatch;
    ``refusals``: the nodes that do not take it, by address, and what they say.
    It is over when it has a ``record`` (a row of ``runs``), or a ``failure`` in words."""

    portal: "Portal"
    host: str
    day: str
    number: int = 1
    tries: int = 0
    node: "Worker | None" = None
    refusals: dict[str, str] = field(default_factory=dict)
    record: dict[str, Any] | None = None
    failure: str | None = None
    ran_at: str = ""
    """The address of the node that it was collected from."""

    @property
    def id(self) -> str:
        """The job's id at its node: portal and day, and the number where it is not the first."""
        return f"{self.portal.key}-{self.day}" + (f"-{self.number}" if self.number > 1 else "")

    @property
    def is_over(self) -> bool:
        """Whether nothing more is to be done."""
        return self.record is not None or self.failure is not None

    @property
    def is_ok(self) -> bool:
        """Whether the portal was crawled and all is well."""
        return self.record is not None and self.record["outcome"] == "ok"


@dataclass(slots=True)
class Worker:
    """A node and what is known of it. ``down`` says why nothing more is given to it."""

    node: Node
    misses: int = 0
    down: str | None = None
    listed: dict[str, Listed] = field(default_factory=dict)
    waits_since: float | None = None

    def look(self) -> bool:
        """Ask the node for its jobs; False where it does not give them."""
        try:
            self.listed = self.node.jobs()
        except NodeError as error:
            self.miss(error)
            return False
        states = [job.state for job in self.listed.values()]
        if "pending" not in states or "running" in states:
            self.waits_since = None
        elif self.waits_since is None:
            self.waits_since = time.monotonic()
        elif time.monotonic() - self.waits_since > _SECONDS_TO_START:
            self.down = f"has had jobs waiting for {_SECONDS_TO_START:.0f} seconds and starts none"
        return self.down is None

    def miss(self, error: NodeError) -> None:
        """Count a failed request; after some in a row the node is taken for down."""
        self.misses += 1
        if self.misses >= _MISSES:
            self.down = str(error)


class Dispatch:
    """Portals on their way through the nodes."""

    def __init__(self, jobs: list[Job], nodes: list[Node], arguments: dict[str, str], say: Say) -> None:
        """``arguments`` go to every spider; ``say`` is told what happens, a line at a time."""
        self.jobs, self._arguments, self._say = jobs, arguments, say
        self._workers = [Worker(node) for node in nodes]

    @property
    def down(self) -> dict[str, str]:
        """Why, by address, the nodes that failed were given up."""
        return {worker.node.url: worker.down for worker in self._workers if worker.down is not None}

    def name_other_versions(self, version: str) -> None:
        """Say which nodes were given the project in another version than this one. Their code may be as old."""
        for worker in self._workers:
            try:
                deployed = worker.node.version()
            except NodeError:
                continue  # its first look will tell
            if deployed is not None and deployed != version:
                known = f"has the project in version {deployed}, here it is {version}"
                self._say(f"node {worker.node.url} {known}: deploy the egg anew")

    def run(self) -> Iterator[Job]:
        """Each job when it is over; ends when all are, or no node is left."""
        wait = _FIRST_WAIT
        while True:
            before = [job for job in self.jobs if not job.is_over]
            self._turn()
            yield from (job for job in before if job.is_over)
            if all(job.is_over for job in self.jobs):
                return
            time.sleep(wait)
            wait = min(wait * 1.5, _LONGEST_WAIT)

    def _turn(self) -> None:
        """Look at all nodes first: a portal that one of them has in hand must not be given to another."""
        for worker in self._live():
            if worker.look():
                self._read(worker)
            if worker.down is not None:
                self._give_up(worker)
        for job in self.jobs:
            if not job.is_over and job.node is None:
                self._give(job)

    def _live(self) -> list[Worker]:
        return [worker for worker in self._workers if worker.down is None]

    def _read(self, worker: Worker) -> None:
        try:
            for job in self.jobs:
                if job.node is worker:
                    self._follow(job, worker)
                elif job.node is None and not job.is_over:
                    self._recognise(job, worker)
        except NodeError as error:
            worker.miss(error)
        else:
            worker.misses = 0

    def _follow(self, job: Job, worker: Worker) -> None:
        listed = worker.listed.get(job.id)
        if listed is None:
            self._lost(job, f"{worker.node.url} no longer knows it; was Scrapyd restarted or killed?")
        elif listed.state == "finished":
            self._collect(job, worker, listed)

    def _recognise(self, job: Job, worker: Worker) -> None:
        """Take up what an earlier dispatch of this day has begun; what failed is tried again under another number."""
        pattern = re.compile(rf"{re.escape(job.portal.key)}-{job.day}(?:-(\d+))?")
        numbers = sorted(int(found[1] or 1) for found in map(pattern.fullmatch, worker.listed) if found)
        for number in numbers:
            if number < job.number:
                continue
            job.number = number
            listed = worker.listed[job.id]
            if listed.state != "finished":
                job.node = worker
                self._say(f"{job.portal.key}: {listed.state} already as {job.id} at {worker.node.url}")
                return
            self._collect(job, worker, listed)
            if job.is_ok:
                self._say(f"{job.portal.key}: done already as {job.id} at {worker.node.url}")
                return
            job.record = job.failure = None
            job.number += 1

    def _collect(self, job: Job, worker: Worker, listed: Listed) -> None:
        log = worker.node.log(listed.log_url) if listed.log_url else None
        job.node, job.ran_at = None, worker.node.url
        job.record = read_record(log or "")
        if log is None:
            job.failure = (
                f"{job.id} has ended, but {worker.node.url} has no log of it; see what Scrapyd itself has logged"
            )
        elif job.record is None:
            last = next((line for line in reversed(log.splitlines()) if line.strip()), "nothing")
            job.failure = f"{job.id} did not come to its end at {worker.node.url}; its log ends with: {last}"

    def _lost(self, job: Job, why: str) -> None:
        job.node = None
        job.number += 1
        if job.tries >= _MOST_TRIES:
            job.failure = f"given to nodes {job.tries} times and lost: {why}"
        else:
            self._say(f"{job.portal.key}: lost: {why}")

    def _give_up(self, worker: Worker) -> None:
        self._say(f"node {worker.node.url} {worker.down}; its portals go to others")
        for job in [job for job in self.jobs if job.node is worker]:
            listed = worker.listed.get(job.id)
            if listed is not None and listed.state == "pending":
                self._call_off(job, worker)
            self._lost(job, f"{worker.node.url} {worker.down}")
        if not self._live():
            for job in self.jobs:
                if not job.is_over:
                    job.failure = "not crawled: no node is left"

    def _call_off(self, job: Job, worker: Worker) -> None:
        """So that a node that comes to life does not ask a portal at the same time as another."""
        try:
            worker.node.cancel(job.id)
        except NodeError as error:
            self._say(f"{job.portal.key}: {job.id} could not be called off: {worker.node.url} {error}")

    def _give(self, job: Job) -> None:
        given = [other for other in self.jobs if other.node is not None]
        if any(other.host == job.host for other in given) or self._is_asked_otherwise(job):
            return
        takers = [worker for worker in self._live() if worker.node.url not in job.refusals]
        if not takers:
            job.failure = "; ".join(f"{url} {why}" for url, why in job.refusals.items())
            return
        load = {id(worker): sum(other.node is worker for other in given) for worker in takers}
        free = [worker for worker in takers if not worker.misses and load[id(worker)] < _JOBS_OF_A_NODE]
        if free:
            self._schedule(job, min(free, key=lambda worker: load[id(worker)]))

    def _is_asked_otherwise(self, job: Job) -> bool:
        """Whether a job of another dispatch, with other options, is asking the portal."""
        return any(
            listed.state != "finished" and name != job.id and name.startswith(f"{job.portal.key}-{job.day[:_DATE]}")
            for worker in self._live()
            for name, listed in worker.listed.items()
        )

    def _schedule(self, job: Job, worker: Worker) -> None:
        try:
            worker.node.schedule(job.id, job.portal.platform, {"portal": job.portal.key, **self._arguments})
        except RefusalError as error:
            job.refusals[worker.node.url] = str(error)
            return
        except NodeError as error:
            worker.miss(error)  # where it took the job all the same, the next look finds it there
            job.tries += 1
            if job.tries >= _MOST_TRIES:
                job.failure = f"could not be given to {worker.node.url}: it {error}"
            return
        job.node = worker
        job.tries += 1
        self._say(f"{job.portal.key}: given to {worker.node.url} as {job.id}")
