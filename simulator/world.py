"""The demo world: two made-up districts, their agencies' reports of 2019 to 2023, and the portals they stand on.

Two reports in it carry real published figures (:func:`simulator.reports.real_report`). What is out of order in the
world is said by each report's ``quirks``.
"""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from itertools import count

from simulator.agencies import YEARS, Agency, reports_of
from simulator.chengchuan import chengchuan
from simulator.fengdu import fengdu
from simulator.portals import ROBOTS_CLOSED, Entry, Portal, RunningPortal, serve_all
from simulator.postings import Host, Posting
from simulator.reports import SimulatedReport
from simulator.trs import TrsColumn


@dataclass
class World:
    """The hosts, by the key of their portal."""

    hosts: dict[str, Host]

    @property
    def portals(self) -> dict[str, Portal]:
        """The portals by key."""
        return {key: host.portal for key, host in self.hosts.items()}

    @property
    def reports(self) -> list[SimulatedReport]:
        """Every report that a polite crawl finds, as it stands published now."""
        return [posting.report for host in self.hosts.values() for posting in host.reports() if posting.report]

    @property
    def notices(self) -> list[str]:
        """Titles of articles that are no reports, though their titles look like it."""
        return [posting.title for host in self.hosts.values() for posting in host.notices]

    @property
    def hidden(self) -> list[str]:
        """Titles of the reports that robots.txt closes."""
        return [posting.title for host in self.hosts.values() for posting in host.hidden]

    def republish(self) -> list[str]:
        """Put the corrected documents in the place of the wrong ones; returns their titles."""
        titles: list[str] = []
        for host in self.hosts.values():
            for posting, corrected, when in host.corrections:
                posting.republish(corrected, when)
                titles.append(posting.title)
        return titles


def demo_world() -> World:
    """The world of the demo, the same each time."""
    ids = count(9_123_456, 7)
    return World({"chengchuan": chengchuan(ids), "fengdu": fengdu(ids), "wangxi": _wangxi(next(ids))})


def serve_world(world: World) -> AbstractContextManager[dict[str, RunningPortal]]:
    """Run all portals of a world at once; the running portals by key."""
    return serve_all(world.portals)


def large_world(reports: int) -> World:
    """One trs portal, ``bulk``, with that many right reports, five for each agency, in one column of many pages."""
    postings: list[Posting] = []
    for number in range(-(-reports // len(YEARS))):
        agency = Agency(f"岚港市望汐区第{number + 1}街道办事处", 10 + number % 40)
        postings += [
            Posting(8_000_000 + len(postings) + i, agency.name, report.published_on, report)
            for i, report in enumerate(reports_of(agency).values())
        ]
    del postings[reports:]
    column = TrsColumn("/zwgk/zfxxgknb/", "政府信息公开年报", postings, page_size=50)
    entry = Entry("sim_bulk", "岚港市望汐区", "trs", column.path)
    return World({"bulk": Host(Portal("bulk", (entry,), (column,)), listed=postings)})


def _wangxi(posting_id: int) -> Host:
    """A portal whose robots.txt closes all of it."""
    report = reports_of(Agency("岚港市望汐区人民政府", 30))[2023]
    posting = Posting(posting_id, report.agency, date(2024, 1, 19), report)
    column = TrsColumn("/zwgk/zfxxgknb/", "政府信息公开年报", [posting])
    entry = Entry("sim_wangxi", "岚港市望汐区", "trs", column.path, enabled=False)
    return Host(Portal("wangxi", (entry,), (column,), ROBOTS_CLOSED), hidden=[posting])
