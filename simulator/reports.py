"""What a simulated agency publishes: one annual report with its figures, sentences and peculiarities."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from extract.report import Number

DATA = Path(__file__).resolve().parent / "data"

Figures = Mapping[str, Number | None]
DocumentFormat = Literal["html", "pdf"]
Quirk = Literal[
    "broken_balance",  # received + carried in is not concluded + carried out, in one column and the total
    "blank_column",  # one applicant's column printed empty
    "blank_half",  # the 行政复议 half of table 4 printed empty
    "single_other",  # （六）其他处理 as one row in the 2021 form
    "old_form",  # the 2019 form after 2020
    "wrong_title_year",  # title of another year than the statistics period
    "misprinted_total",  # a row's total is wrong until the report is republished
]

HEADINGS = (
    "一、总体情况",
    "二、主动公开政府信息情况",
    "三、收到和处理政府信息公开申请情况",
    "四、政府信息公开行政复议、行政诉讼情况",
    "五、存在的主要问题及改进情况",
    "六、其他需要报告的事项",
)
"""The six headings that the law prescribes; tables stand under the second to the fourth."""


@dataclass(frozen=True, eq=False)
class SimulatedReport:
    """One report. ``figures`` maps a cell's code to its number, None for a cell printed blank; no key, no such cell.

    ``sections`` holds the paragraphs under each of :data:`HEADINGS`; ``year`` is the year that the statistics period
    states, ``title`` is printed as it is; ``blank_mark`` is what a blank cell prints. Compared by identity.
    """

    agency: str
    year: int
    form: str
    title: str
    figures: Figures
    published_on: date
    sections: tuple[tuple[str, ...], ...]
    document: DocumentFormat = "html"
    quirks: frozenset[Quirk] = frozenset()
    blank_mark: str = ""
    repeat_header: bool = True
    """Whether table 3 prints its header again after the page break of a PDF."""

    def with_figures(self, changes: Figures, *quirks: Quirk) -> "SimulatedReport":
        """A copy that prints other figures in some cells; the sentences stay."""
        return replace(
            self, figures=MappingProxyType({**self.figures, **changes}), quirks=self.quirks | frozenset(quirks)
        )


def real_report(name: str) -> SimulatedReport:
    """The report of ``simulator/data/{name}.json``: figures as the agency printed them, none of its sentences."""
    raw = json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))
    received = raw["figures"]["applications.received.total"]
    year = raw["year"]
    return SimulatedReport(
        agency=raw["agency"],
        year=year,
        form=raw["form"],
        title=raw["title"],
        figures=MappingProxyType(raw["figures"]),
        published_on=date.fromisoformat(raw["shown_on"]),
        sections=(
            (
                f"以下各表数据为{raw['agency']}公布的数据，统计期限自{year}年1月1日至{year}年12月31日。原文叙述部分从略。",
                f"{year}年共受理政府信息公开申请{received}件。",
            ),
            (),
            (),
            (),
            ("原文叙述部分从略。",),
            ("无。",),
        ),
    )
