"""One made-up district, 沅泽市石笋区, that any publishing platform can serve: what a spider of each must find."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from itertools import count

from simulator.agencies import YEARS, Agency, reports_of
from simulator.gkmlpt import GkmlptInstance, GkmlptList
from simulator.nfcms import NfcmsColumn
from simulator.portals import Entry, Portal
from simulator.postings import Host, Posting
from simulator.trs import TrsColumn

DISTRICT = "沅泽市石笋区"
COLUMN_NAME = "政府信息公开年报"
_AGENCIES = (
    Agency(f"{DISTRICT}人民政府办公室", 22),
    Agency(f"{DISTRICT}教育局", 12, title="year twice"),
    Agency(f"{DISTRICT}水务局", 6, title="short"),
    Agency(f"{DISTRICT}云台街道办事处", 4, title="year first", pdf_since=2022),
)


@dataclass(frozen=True)
class District:
    """What stands in the annual-report column, newest first: ``reports`` and, among them, ``notices`` that are none."""

    reports: tuple[Posting, ...]
    notices: tuple[Posting, ...]

    @property
    def postings(self) -> list[Posting]:
        """Everything in the column, newest first."""
        return sorted((*self.reports, *self.notices), key=lambda each: (each.published_on, each.id), reverse=True)


def district() -> District:
    """Twenty reports of four agencies, 2019 to 2023, two of them PDF only, and two articles that are no reports."""
    ids = count(8_123_400, 3)
    reports = [
        Posting(next(ids), report.agency, report.published_on, report)
        for agency in _AGENCIES
        for report in reports_of(agency).values()
    ]
    office = _AGENCIES[0].name
    notices = (
        Posting(
            next(ids),
            office,
            date(2023, 12, 18),
            title=f"关于做好{DISTRICT}2023年政府信息公开工作年度报告编制工作的通知",
            text="各单位：请按规定格式编制年度报告。",
        ),
        Posting(
            next(ids),
            office,
            date(2024, 2, 20),
            title=f"【文字解读】{office}2023年政府信息公开工作年度报告",
            text="本文介绍年度报告的主要内容。",
        ),
    )
    return District(tuple(reports), notices)


Builder = Callable[[District], Portal]


def _gkmlpt(here: District) -> Portal:
    instance = GkmlptInstance(
        sid="799101", site_name=DISTRICT, lists=(GkmlptList(31001, COLUMN_NAME, here.postings, page_size=8),)
    )
    return Portal("gkmlpt", (Entry("sim_gkmlpt", DISTRICT, "gkmlpt", "/gkmlpt/index"),), (instance,))


def _gd_nfcms(here: District) -> Portal:
    column = NfcmsColumn("/zwgk/zfxxgknb/", COLUMN_NAME, here.postings, page_size=8)
    return Portal("gd_nfcms", (Entry("sim_gd_nfcms", DISTRICT, "gd_nfcms", column.path),), (column,))


def _trs(here: District) -> Portal:
    by_year = {year: [p for p in here.reports if p.report and p.report.year == year] for year in YEARS}
    children = tuple(TrsColumn(f"/zwgk/nb/{year}n/", f"{year}年", postings) for year, postings in by_year.items())
    column = TrsColumn("/zwgk/nb/", COLUMN_NAME, list(here.notices), children)
    return Portal("trs", (Entry("sim_trs", DISTRICT, "trs", column.path),), (column,))


BUILDERS: dict[str, Builder] = {
    "gd_nfcms": _gd_nfcms,
    "gkmlpt": _gkmlpt,
    "trs": _trs,
}
"""A platform is added here with its simulator: every spider then passes the same tests."""


def host(platform: str) -> Host:
    """The district on a platform (a key of :data:`BUILDERS`)."""
    here = district()
    return Host(BUILDERS[platform](here), listed=list(here.reports), notices=list(here.notices))
