"""沅泽市枫渡区: a host run on TRS, with folders by year and issuer under the column of annual reports."""

from collections.abc import Iterator
from datetime import date

from simulator.agencies import Agency, government_reports, reports_of, with_quirk
from simulator.portals import Entry, Portal
from simulator.postings import Host, Posting
from simulator.reports import SimulatedReport, real_report
from simulator.trs import TrsColumn

DISTRICT = "沅泽市枫渡区"
COLUMN = "/zwgk/zfxxgknb/"
CLOSED = f"{COLUMN}nbgz/"

GOVERNMENT = Agency(f"{DISTRICT}人民政府", 120, is_government=True)
OFFICE = Agency(f"{DISTRICT}人民政府办公室", 30)
CIVIL_AFFAIRS = Agency(f"{DISTRICT}民政局", 12)
MARKETS = Agency(f"{DISTRICT}市场监督管理局", 32, title="short", pdf_since=2022)
TOWN = Agency(f"{DISTRICT}柳荫镇人民政府", 9)


def fengdu(ids: Iterator[int]) -> Host:
    """The host; takes article numbers from ``ids``."""
    civil = reports_of(CIVIL_AFFAIRS)
    civil[2021] = with_quirk(civil[2021], "blank_column")
    markets = reports_of(MARKETS)
    markets[2021] = with_quirk(markets[2021], "wrong_title_year")
    town = reports_of(TOWN)
    town[2022] = with_quirk(town[2022], "old_form")
    government = government_reports(GOVERNMENT, (OFFICE, CIVIL_AFFAIRS, MARKETS, TOWN))

    def post(*reports: SimulatedReport) -> list[Posting]:
        return [Posting(next(ids), report.agency, report.published_on, report) for report in reports]

    top = post(*government.values(), *reports_of(OFFICE).values(), real_report("hongze-2023"))
    notices = _notices(ids, government[2023].title)
    bm_2022, xz_2022 = post(civil[2022], markets[2022]), post(town[2022])
    bm_2023, xz_2023 = post(markets[2023]), post(town[2023])
    closed = post(reports_of(Agency(f"{DISTRICT}水务局", 8))[2023])
    latest = next(posting for posting in top if posting.report is government[2023])
    folders = (
        TrsColumn(
            f"{COLUMN}2019n/",
            "2019年",
            post(civil[2019], markets[2019], town[2019]),
            charset="gb2312",
            paging="count_page",
        ),
        TrsColumn(f"{COLUMN}2020n/", "2020年", post(civil[2020], markets[2020], town[2020]), paging="none"),
        TrsColumn(
            f"{COLUMN}2021n/", "2021年", post(civil[2021], markets[2021], town[2021]), claimed_pages=3, past_end="stub"
        ),
        TrsColumn(
            f"{COLUMN}2022n/",
            "2022年",
            [],
            children=(
                TrsColumn(f"{COLUMN}2022n/bm/", "区直部门", bm_2022, claimed_pages=2, repeats_rows_in_comments=True),
                TrsColumn(f"{COLUMN}2022n/xz/", "镇街", xz_2022),
            ),
        ),
        TrsColumn(
            f"{COLUMN}2023n/",
            "2023年",
            [],
            children=(
                TrsColumn(f"{COLUMN}2023n/bm/", "区直部门", bm_2023, elsewhere=((COLUMN, latest),), paging="records"),
                TrsColumn(f"{COLUMN}2023n/xz/", "镇街", xz_2023),
            ),
        ),
        # Named for 2020, kept in use: the newest report of one bureau stands here.
        TrsColumn(f"{COLUMN}2020_504392/", "区民政局", post(civil[2023])),
        TrsColumn(f"{COLUMN}nbgz/", "年报工作", closed),
    )
    stranger = (f"{DISTRICT}水务局2022年政府信息公开工作年度报告", "https://mp.weixin.qq.com/s/simulated")
    root = TrsColumn(COLUMN, "政府信息公开年报", [*top, *notices], folders, strangers=(stranger,), page_size=8)
    listed = [posting for column in root.walk() if column.path != CLOSED for posting in column.postings]
    entry = Entry("sim_fengdu", DISTRICT, "trs", COLUMN)
    portal = Portal("fengdu", (entry,), (root,), f"User-agent: *\nDisallow: {CLOSED}\n")
    return Host(portal, listed=listed, notices=notices, hidden=closed)


def _notices(ids: Iterator[int], title: str) -> list[Posting]:
    notice = Posting(
        next(ids),
        OFFICE.name,
        date(2022, 12, 15),
        title=f"关于做好{DISTRICT}2022年政府信息公开工作年度报告编制工作的通知",
        text="各镇、各部门：请按统一格式编制年度报告，并核对各表数据之间的关系。",
    )
    explained = Posting(
        next(ids),
        OFFICE.name,
        date(2024, 3, 28),
        title=f"【文字解读】{title}",
        text="为方便公众了解年度报告的内容，现就报告的主要情况作简要说明。",
    )
    return [notice, explained]
