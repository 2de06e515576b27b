"""The made-up agencies of the demo world and what they publish, with the peculiarities that checks must find."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from types import MappingProxyType

from extract.forms import APPLICANTS, CHALLENGE_OUTCOMES, form_for_year
from extract.report import Number
from simulator.figures import AgencyFigures, Figures, add, as_2019_form, with_single_other
from simulator.reports import DocumentFormat, Quirk, SimulatedReport
from simulator.sentences import sections
from simulator.statistics import statistics_sections

YEARS = range(2019, 2024)

_TITLES = {
    "usual": "{agency}{year}年政府信息公开工作年度报告",
    "year twice": "{agency}{year}年度政府信息公开工作年度报告",
    "short": "{agency}{year}年政府信息公开年度报告",
    "year first": "{year}年{agency}政府信息公开工作年度报告",
}


@dataclass(frozen=True)
class Agency:
    """A made-up agency. ``scale`` is about how many applications it gets a year; ``pdf_since`` files for the first year
    whose report is a PDF; ``is_government`` gives it until 31 March.
    """

    name: str
    scale: int
    title: str = "usual"
    pdf_since: int | None = None
    is_government: bool = False

    def report(self, year: int, figures: Figures) -> SimulatedReport:
        """The agency's report of a year with these figures, in the form of the year."""
        form = form_for_year(year)
        if form is None:
            raise ValueError(f"no form for {year}")
        return SimulatedReport(
            agency=self.name,
            year=year,
            form=form.form,
            title=self.title_of(year),
            figures=MappingProxyType(dict(figures)),
            published_on=self._published_on(year),
            sections=(statistics_sections if form.form == "2014" else sections)(self.name, year, figures),
            document=self._document(year),
            repeat_header=year % 2 == 0,
        )

    def title_of(self, year: int) -> str:
        """The title that the agency gives its report of a year."""
        return _TITLES[self.title].format(agency=self.name, year=year)

    def _document(self, year: int) -> DocumentFormat:
        return "pdf" if self.pdf_since is not None and year >= self.pdf_since else "html"

    def _published_on(self, year: int) -> date:
        """A day before the legal deadline: 31 January, for a government 31 March."""
        rng = random.Random(f"{self.name}/{year}/day")  # noqa: S311  a day, not a secret
        last = 80 if self.is_government else 27
        return date(year + 1, 1, 3) + timedelta(days=rng.randint(1, last))


def yearly_figures(agency: Agency, years: Sequence[int] = YEARS) -> dict[int, Figures]:
    """Year to figures, each in the form of its year."""
    drawn = AgencyFigures(agency.name, agency.scale)
    return {year: drawn.draw(year, form.form) for year in years if (form := form_for_year(year)) is not None}


def reports_of(agency: Agency, years: Sequence[int] = YEARS) -> dict[int, SimulatedReport]:
    """Year to report, all of them right."""
    return {year: agency.report(year, figures) for year, figures in yearly_figures(agency, years).items()}


def government_reports(government: Agency, members: Sequence[Agency]) -> dict[int, SimulatedReport]:
    """Reports of a whole district: the sum of its members' figures and of those whose reports stand elsewhere."""
    rest = Agency(f"{government.name}/其他单位", government.scale)
    drawn = [yearly_figures(agency) for agency in (*members, rest)]
    return {year: government.report(year, add([figures[year] for figures in drawn])) for year in YEARS}


def with_quirk(report: SimulatedReport, quirk: Quirk) -> SimulatedReport:
    """The report with one peculiarity; its sentences state what it then prints."""
    changed = replace(_QUIRKS[quirk](report), quirks=report.quirks | {quirk})
    if quirk == "misprinted_total":
        return changed  # the slip is in the table alone
    return replace(changed, sections=sections(report.agency, report.year, changed.figures))


def _broken_balance(report: SimulatedReport) -> SimulatedReport:
    codes = ("applications.received.natural", "applications.received.total")
    return report.with_figures({code: _number(report, code) + 2 for code in codes})


def _misprinted_total(report: SimulatedReport) -> SimulatedReport:
    code = "applications.granted.total"
    return report.with_figures({code: _number(report, code) + 1})


def _blank_column(report: SimulatedReport) -> SimulatedReport:
    """Empties the last column that holds nothing but noughts, so that the totals still hold."""
    for kind in reversed(APPLICANTS):
        codes = [code for code in report.figures if code.startswith("applications.") and code.endswith(f".{kind}")]
        if not any(report.figures[code] for code in codes):
            return report.with_figures(dict.fromkeys(codes))
    raise ValueError(f"{report.title}: no column of noughts")


def _blank_half(report: SimulatedReport) -> SimulatedReport:
    codes = [f"review.{key}" for key in (*CHALLENGE_OUTCOMES, "total")]
    return replace(report.with_figures(dict.fromkeys(codes)), blank_mark="/")


def _single_other(report: SimulatedReport) -> SimulatedReport:
    return replace(report, figures=MappingProxyType(dict(with_single_other(_numbers(report)))))


def _old_form(report: SimulatedReport) -> SimulatedReport:
    return replace(report, form="2019", figures=MappingProxyType(dict(as_2019_form(_numbers(report)))))


def _wrong_title_year(report: SimulatedReport) -> SimulatedReport:
    return replace(report, title=report.title.replace(str(report.year), str(report.year - 1)))


_QUIRKS = {
    "broken_balance": _broken_balance,
    "misprinted_total": _misprinted_total,
    "blank_column": _blank_column,
    "blank_half": _blank_half,
    "single_other": _single_other,
    "old_form": _old_form,
    "wrong_title_year": _wrong_title_year,
}


def _number(report: SimulatedReport, code: str) -> Number:
    value = report.figures[code]
    if value is None:
        raise ValueError(f"{report.title}: {code} is blank")
    return value


def _numbers(report: SimulatedReport) -> Figures:
    return {code: _number(report, code) for code in report.figures}
