"""Simulated pages and files to measure on; the same each time."""

from datetime import date
from itertools import count, islice

from simulator.agencies import Agency, reports_of
from simulator.gkmlpt import GkmlptInstance, GkmlptList
from simulator.nfcms import NfcmsColumn
from simulator.pdf import pdf
from simulator.portals import Page
from simulator.postings import Posting
from simulator.reports import SimulatedReport
from simulator.trs import TrsColumn
from simulator.world import large_world

_BASE = "http://127.0.0.1"


def html_pages(shape: str, number: int) -> list[Page]:
    """So many article pages of a shape (a platform of the simulator, see :data:`bench.tables.SHAPES`), of reports of
    2019 to 2023 (both forms)."""
    postings = _postings(number)
    column: GkmlptInstance | NfcmsColumn | TrsColumn
    if shape.startswith("gkmlpt"):
        in_script = frozenset(posting.id for posting in postings) if "script" in shape else frozenset[int]()
        lists = (GkmlptList(1, "政府信息公开年报", postings),)
        column = GkmlptInstance("1", "岚港市望汐区", lists, text_in_script=in_script)
    elif shape == "gd_nfcms":
        column = NfcmsColumn("/nb/", "政府信息公开年报", postings)
    else:
        column = TrsColumn("/nb/", "政府信息公开年报", postings, charset="gb2312" if "GB" in shape else "utf-8")
    pages = [column.answer(column.article_path(posting), {}, _BASE) for posting in postings]
    return [page for page in pages if page is not None]


def pdf_files(number: int) -> list[bytes]:
    """So many reports as PDF."""
    return [pdf(report) for report in _reports(number)]


def world_pages(reports: int) -> dict[str, Page]:
    """Path to page of the simulator's large world: robots.txt, the list pages, one article for each report."""
    host = large_world(reports).hosts["bulk"]
    column = next(part for part in host.portal.parts if isinstance(part, TrsColumn))
    lists = [f"index_{number}.html" for number in range(1, -(-reports // column.page_size))]
    paths = ["/robots.txt", column.path, *(column.path + name for name in lists)]
    paths += [column.article_path(posting) for posting in column.postings]
    pages = {path: host.portal.page(path, {}, _BASE) for path in paths}
    return {path: page for path, page in pages.items() if page is not None}


def _reports(number: int) -> list[SimulatedReport]:
    agencies = (Agency(f"岚港市望汐区第{n}街道办事处", 10 + n % 40) for n in count(1))
    return list(islice((report for agency in agencies for report in reports_of(agency).values()), number))


def _postings(number: int) -> list[Posting]:
    return [
        Posting(9_000_000 + i, report.agency, date(2024, 1, 19), report) for i, report in enumerate(_reports(number))
    ]
