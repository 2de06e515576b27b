"""岚港市澄川区: a gkmlpt instance, one for a department, and the ordinary column that the directory leads to."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date

from simulator.agencies import Agency, government_reports, reports_of, with_quirk
from simulator.gkmlpt import GkmlptInstance, GkmlptList
from simulator.nfcms import NfcmsColumn
from simulator.portals import Entry, Portal
from simulator.postings import Host, Posting
from simulator.reports import SimulatedReport, real_report

DISTRICT = "岚港市澄川区"
COLUMN = "/zwgk/zfxxgknb/"
CLOSED = "/zwgk/bak/"

GOVERNMENT = Agency(f"{DISTRICT}人民政府", 90, is_government=True)
OFFICE = Agency(f"{DISTRICT}人民政府办公室", 24)
EDUCATION = Agency(f"{DISTRICT}教育局", 20, title="year twice")
HOUSING = Agency(f"{DISTRICT}住房和建设局", 40)
STREET = Agency(f"{DISTRICT}石榴湾街道办事处", 10, title="year first", pdf_since=2021)


def chengchuan(ids: Iterator[int]) -> Host:
    """The host; takes article numbers from ``ids``."""
    education = reports_of(EDUCATION)
    education[2021] = with_quirk(education[2021], "single_other")
    corrected = education[2023]
    education[2023] = with_quirk(corrected, "misprinted_total")
    housing = reports_of(HOUSING)
    housing[2022] = with_quirk(housing[2022], "broken_balance")
    street = reports_of(STREET)
    street[2022] = with_quirk(street[2022], "blank_half")
    street[2021] = replace(street[2021], repeat_header=False)

    department = _post(ids, education.values())
    # Posted twice: the same documents under other numbers.
    copies = _post(ids, [housing[2021], education[2022]])
    main = _post(ids, [*housing.values(), *street.values(), real_report("panyu-2021")]) + copies
    government = _post(ids, [*government_reports(GOVERNMENT, (OFFICE, EDUCATION, HOUSING, STREET)).values()])
    office = _post(ids, reports_of(OFFICE).values())
    _break_title(office, 2021)
    notice = Posting(
        next(ids),
        OFFICE.name,
        date(2023, 12, 20),
        title=f"关于做好{DISTRICT}2023年政府信息公开工作年度报告编制工作的通知",
        text="各单位：请按规定格式编制本单位2023年的年度报告，于1月20日前报送区政府办公室。",
    )
    closed = _post(ids, reports_of(Agency(f"{DISTRICT}审计局", 8)).values())[-1:]

    ordinary = sorted([*government, *office, notice], key=lambda posting: posting.published_on, reverse=True)
    instance = _instance(main)
    script_only = {each.id for each in department if each.report is education[2020]}
    below = GkmlptInstance(
        sid="799016",
        site_name=EDUCATION.name,
        lists=(GkmlptList(38210, "政府信息公开年报", _newest_first(department), windowed=True, post_count=9),),
        prefix="/jyj",
        text_in_script=frozenset(script_only),
    )
    columns = (
        NfcmsColumn(COLUMN, "政府信息公开年报", ordinary, 6, ((closed[0].title, _closed_path(closed[0])),)),
        NfcmsColumn(CLOSED, "备份", closed),
    )
    return Host(
        Portal("chengchuan", _ENTRIES, (instance, below, *columns), f"User-agent: *\nDisallow: {CLOSED}\n"),
        listed=[*main, *department, *government, *office],
        notices=[notice],
        hidden=closed,
        corrections=[(each, corrected, date(2024, 3, 8)) for each in department if each.report is education[2023]],
    )


_ENTRIES = (
    Entry("sim_chengchuan", DISTRICT, "gkmlpt", "/gkmlpt/index", sid="799001"),
    Entry("sim_chengchuan_jyj", EDUCATION.name, "gkmlpt", "/jyj/gkmlpt/index", "department", "799016"),
    # The directory's jump_url leads to this column; an entry of its own is for trials of the platform alone.
    Entry("sim_chengchuan_nb", f"{DISTRICT}政府信息公开年报", "gd_nfcms", f"{COLUMN}index.html", enabled=False),
)


def _instance(postings: list[Posting]) -> GkmlptInstance:
    in_script = {each.id for each in postings if each.report and each.report.year in {2021, 2023} and not each.has_pdf}
    stranger = (f"{DISTRICT}审计局2022年政府信息公开工作年度报告", "https://mp.weixin.qq.com/s/simulated")
    reports = GkmlptList(21999, "政府信息公开工作年度报告", _newest_first(postings), page_size=8, strangers=(stranger,))
    return GkmlptInstance(
        sid="799001",
        site_name=DISTRICT,
        lists=(GkmlptList(21991, "政策文件", []), reports),
        jump_path=f"{COLUMN}index.html",
        text_in_script=frozenset(in_script),
    )


def _post(ids: Iterator[int], reports: Iterable[SimulatedReport]) -> list[Posting]:
    return [Posting(next(ids), report.agency, report.published_on, report) for report in reports]


def _newest_first(postings: list[Posting]) -> list[Posting]:
    return sorted(postings, key=lambda posting: (posting.published_on, posting.id), reverse=True)


def _break_title(postings: list[Posting], year: int) -> None:
    """Give a report's row in the list a title with a line break after the agency."""
    for posting in postings:
        if posting.report is not None and posting.report.year == year:
            agency = posting.report.agency
            posting.listed_title = posting.title.replace(agency, f"{agency}<br/>")


def _closed_path(posting: Posting) -> str:
    return f"{CLOSED}content/post_{posting.id}.html"
