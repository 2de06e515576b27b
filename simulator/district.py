"""One made-up district, 沅泽市石笋区, that any publishing platform can serve: what a spider of each must find."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from itertools import count

from simulator.agencies import YEARS, Agency, reports_of
from simulator.gkmlpt import GkmlptInstance, GkmlptList
from simulator.hanweb import HanwebColumn
from simulator.jpaas import JpaasColumn
from simulator.nfcms import NfcmsColumn
from simulator.openness import Branch, OpennessPortal
from simulator.portals import Entry, Portal
from simulator.postings import Host, Posting
from simulator.site_label import Organ, SiteLabelPortal
from simulator.static_columns import (
    AnyColumn,
    GxTidColumn,
    HbUuidColumn,
    ShhexColumn,
    StaticColumn,
    SxLongidColumn,
    VisualsiteColumn,
    YearPages,
    named_hex,
    named_uuid,
)
from simulator.trs import TrsColumn
from simulator.ucap_hex import UcapColumn

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


def _ucap_hex(here: District) -> Portal:
    recent = [p for p in here.postings if p.published_on.year >= 2022]
    older = [p for p in here.postings if p.published_on.year < 2022]
    government = UcapColumn("/yzss/c112289c/", "区政府年报", recent, page_size=4, claimed_pages=2, addresses="c01")
    others = UcapColumn("/yzss/bmxxgknb/", "部门年报", older, page_name="common_list", page_size=4, as_json=True)
    hub = UcapColumn("/yzss/xxgk/", COLUMN_NAME, children=(government, others), has_paging=False)
    return Portal("ucap_hex", (Entry("sim_ucap_hex", DISTRICT, "ucap_hex", hub.path),), (hub,))


def _static(platform: str, column: StaticColumn, *others: StaticColumn, path: str | None = None) -> Portal:
    return Portal(platform, (Entry(f"sim_{platform}", DISTRICT, platform, path or column.path),), (column, *others))


def _hb_uuid(here: District) -> Portal:
    column = HbUuidColumn(f"/columns/{named_uuid(1)}/", COLUMN_NAME, here.postings)
    return _static("hb_uuid", column, path=f"{column.path}index.html")


def _shhex(here: District) -> Portal:
    recent = [p for p in here.postings if p.published_on.year >= 2022]
    older = [[p for p in here.postings if p.published_on.year == year] for year in (2021, 2020)]
    archives = (
        ShhexColumn("/gknb2021/", "2021年度", older[0]),
        ShhexColumn("/nw12344gknb2020/", "2020年", older[1]),
    )
    return _static("shhex", ShhexColumn("/gknb_lnnb/", COLUMN_NAME, recent, archives, page_size=4))


def _visualsite_info(here: District) -> Portal:
    recent = [p for p in here.postings if p.published_on.year >= 2021]
    older = [p for p in here.postings if p.published_on.year < 2021]
    towns = VisualsiteColumn("/zfxxgk/zfxxgknb/n2019n.htm", "2019年", older, by_name=True, page_size=3)
    return _static("visualsite_info", VisualsiteColumn("/zfxxgk/zfxxgknb.htm", COLUMN_NAME, recent, (towns,), 5))


def _sx_longid(here: District) -> Portal:
    town = [p for p in here.postings if p.publisher == _AGENCIES[3].name]
    alone = [p for p in town if p.published_on.year == 2022]
    rest = [p for p in here.postings if p not in alone]
    single = SxLongidColumn("/zwgk/xxgknb/ytjd/2021n/", "云台街道", alone, shows_report=True)
    column = SxLongidColumn("/zwgk/xxgknb/", COLUMN_NAME, rest, (single,), page_size=8)
    return _static("sx_longid", column)


def _gx_tid(here: District) -> Portal:
    return _static("gx_tid", GxTidColumn("/zwgk/H1_/N1_/", COLUMN_NAME, here.postings, page_size=8))


def _column(here: District) -> Portal:
    town = [p for p in here.reports if p.publisher == _AGENCIES[3].name]
    others = [p for p in here.postings if p not in town]
    by_year = {year: [p for p in others if p.published_on.year == year] for year in range(2020, 2025)}
    new, middle, old = by_year[2024] + by_year[2023], by_year[2022] + by_year[2021], by_year[2020]
    children = (
        AnyColumn("/gk/nb/2023n/", "2023年", new, page_size=3, second=1),
        AnyColumn("/gk/nb/2021n/", "2021年", middle, page_size=3, second=2, shape=_doc_path, extension="shtml"),
        AnyColumn("/gk/nb/2019n/", "2019年", old, page_size=2, second="link", shape=_hex_path),
        YearPages("/gk/nb/ytjd/", "云台街道", town, page_size=100),
    )
    return _static("column", AnyColumn("/gk/nb/", COLUMN_NAME, [], children))


def _doc_path(path: str, posting: Posting) -> str:
    return f"/doc/{posting.published_on:%Y/%m/%d}/{posting.id}.shtml"


def _hex_path(path: str, posting: Posting) -> str:
    return f"{path}{posting.published_on:%Y%m}/{named_hex(posting.id)}.shtml"


def _hanweb(here: District) -> Portal:
    column = HanwebColumn(1229720664, COLUMN_NAME, here.postings, per_page=3)
    return Portal("hanweb", (Entry("sim_hanweb", DISTRICT, "hanweb", "/col/col1229720664/index.html"),), (column,))


def _jpaas(here: District) -> Portal:
    column = JpaasColumn("/zwgk/xxgknb/", COLUMN_NAME, here.postings, page_size=8)
    return Portal("jpaas", (Entry("sim_jpaas", DISTRICT, "jpaas", column.path),), (column,))


def _openness(here: District) -> Portal:
    branches = tuple(
        Branch(agency.name, [posting for posting in here.postings if posting.publisher == agency.name])
        for agency in _AGENCIES
    )
    portal = OpennessPortal(branches, page_size=3)
    return Portal("openness", (Entry("sim_openness", DISTRICT, "openness", portal.start),), (portal,))


def _site_label(here: District) -> Portal:
    organ = Organ(16551, DISTRICT, here.postings)
    portal = SiteLabelPortal((organ,), mount="/zwgk", page_size=5)
    path = f"/zwgk/public/column/{organ.id}?type=4&action=list&nav=&sub=&catId={organ.category}"
    return Portal("site_label", (Entry("sim_site_label", DISTRICT, "site_label", path),), (portal,))


BUILDERS: dict[str, Builder] = {
    "column": _column,
    "gd_nfcms": _gd_nfcms,
    "gkmlpt": _gkmlpt,
    "gx_tid": _gx_tid,
    "hb_uuid": _hb_uuid,
    "openness": _openness,
    "shhex": _shhex,
    "site_label": _site_label,
    "sx_longid": _sx_longid,
    "hanweb": _hanweb,
    "jpaas": _jpaas,
    "trs": _trs,
    "ucap_hex": _ucap_hex,
    "visualsite_info": _visualsite_info,
}
"""A platform is added here with its simulator: every spider then passes the same tests."""


def host(platform: str) -> Host:
    """The district on a platform (a key of :data:`BUILDERS`)."""
    here = district()
    return Host(BUILDERS[platform](here), listed=list(here.reports), notices=list(here.notices))
