"""Who a report is of and for which year: what title and body say, and whether they agree. Pure functions on text."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from extract.agencies import agency_level, same_agency
from extract.body import ReportingPeriod, compiler, contact, opening_readings, reporting_period
from extract.report import Finding
from extract.titles import TitleReading, read_title, tidy_title

__all__ = ["Identity", "TitleReading", "agency_level", "identify", "read_title"]

# 據(jù), 現(xiàn): copies in bulk carry them, no government's page does.
_PINYIN_HINT = re.compile(
    r"[\u4e00-\u9fff][(（](?=[a-zü]*[āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ])[a-zāáǎàēéěèīíǐìōóǒòūúǔùüǖǘǚǜ]{1,6}[)）]"
)

_HAS_PLACE = re.compile(r"[\u4e00-\u9fff]+?(?:(?<!城)(?:市(?!场)|乡)|[省县区旗州盟镇])")


@dataclass(frozen=True, slots=True)
class Identity:
    """A report's title, agency ("" if unknown), year, statistics period (ISO first and last day), and any doubts."""

    title: str
    agency: str
    year: int | None
    period: tuple[str, str] | None
    findings: tuple[Finding, ...]


def identify(title_candidates: Sequence[str], body_text: str, *, published_on: str | None = None) -> Identity:
    """Title, agency and year of a report, cross-checked.

    ``title_candidates`` in order of trust (meta tag, heading, title element, list row, first lines); ``body_text`` is
    the narrative, a paragraph a line; ``published_on`` an ISO date.

    The year is the one that most witnesses state: the titles (those that agree are one witness, for a site prints one
    title in several places), the statistics period, the opening, and the date (a report appears in the year after).
    Where they are even it is the first title's, then the period's, then the opening's. The agency is the title's, then
    the opening's, the compiler's (本报告由…编制), the contact's (请与…联系). Values that disagree give a finding
    ``identity.year`` or ``identity.agency`` that names them (warning); so does a value that nothing states, or that
    only compiler or contact do (info), and a year that the date does not bear out (info). Marks of a copy on another
    site give ``identity.copy``.
    """
    titles = [(tidy_title(text), reading) for text in title_candidates if (reading := read_title(text)) is not None]
    opening = opening_readings(body_text)
    period = reporting_period(body_text)
    published_year = int(published_on[:4]) if published_on else None
    readings = _Readings(
        [reading for _, reading in titles], [reading for _, reading in opening], period, published_year
    )
    year, year_findings = _year(readings)
    agency, agency_findings = _agency(readings, compiler(body_text), contact(body_text))
    own = [text for text, reading in [*titles, *opening] if reading.year in {year, None}]
    named = (
        own
        or [text for text, _ in [*titles, *opening]]
        or [tidy_title(text) for text in title_candidates if text.strip()]
    )
    return Identity(
        title=named[0] if named else "",
        agency=agency,
        year=year,
        period=period.days if period else None,
        findings=(*year_findings, *agency_findings, *_copy_marks("\n".join([*title_candidates, body_text]))),
    )


@dataclass(frozen=True, slots=True)
class _Readings:
    titles: list[TitleReading]
    opening: list[TitleReading]
    period: ReportingPeriod | None
    published_year: int | None

    def years(self) -> Iterator[tuple[str, str, int]]:
        """Every year stated, the most trusted first, with what states it in Chinese and English."""
        yield from (("标题", "title", reading.year) for reading in self.titles if reading.year)
        if self.period is not None:
            yield from (("统计期限", "statistics period", year) for year in sorted(self.period.years, reverse=True))
        yield from (("正文开头", "opening", reading.year) for reading in self.opening if reading.year)

    def votes(self) -> Counter[int]:
        """How many witnesses state each year, the most trusted first; the date only speaks for a year that is stated.

        Titles that agree are one witness; a period that runs over two years is none.
        """
        votes = Counter(dict.fromkeys((year for _, _, year in self.years()), 0))
        votes.update({reading.year for reading in self.titles if reading.year})
        votes.update({reading.year for reading in self.opening if reading.year})
        if self.period is not None and len(self.period.years) == 1:
            votes.update(self.period.years)
        if self.published_year is not None and self.published_year - 1 in votes:
            votes[self.published_year - 1] += 1
        return votes

    def agencies(self) -> Iterator[tuple[str, str, str]]:
        """Every agency that a title or the opening names, likewise."""
        yield from (("标题", "title", reading.agency) for reading in self.titles if reading.agency)
        yield from (("正文开头", "opening", reading.agency) for reading in self.opening if reading.agency)


def _year(readings: _Readings) -> tuple[int | None, list[Finding]]:
    stated = list(dict.fromkeys(readings.years()))
    if not stated:
        return None, [
            Finding(
                "identity.year",
                "warning",
                "标题和正文都未写明报告年度",
                "Neither title nor body names the report year",
                subject="not stated",
            )
        ]
    votes = readings.votes()
    chosen = max(votes, key=votes.__getitem__)  # of even ones the first
    zh, en, year = next(source for source in stated if source[2] == chosen)
    findings = [
        Finding(
            "identity.year",
            "warning",
            f"{zh}写的是{year}年，{other_zh}写的是{other}年，请核对报告年度",
            f"The {en} says {year}, the {other_en} says {other}: check the report year",
            expected=other,
            actual=year,
            subject=f"{other_en}:{other}",
        )
        for other_zh, other_en, other in stated
        if other != year
    ]
    return year, [*findings, *_odd_date(readings, year)]


def _odd_date(readings: _Readings, year: int) -> list[Finding]:
    """A finding where the date does not go with the year.

    A late or migrated report keeps the year of its title; without a year there, a period copied from an older report
    looks the same, and no report appears before its year is over.
    """
    published = readings.published_year
    titled = any(reading.year == year for reading in readings.titles)
    if published is None or published == year + 1 or (titled and published > year):
        return []
    return [
        Finding(
            "identity.year",
            "info",
            f"报告年度记为{year}年，但发布于{published}年，请核对报告年度",
            f"Taken for the report of {year}, but published in {published}: check the report year",
            expected=published - 1,
            actual=year,
            subject=f"publication:{published}",
        )
    ]


def _agency(readings: _Readings, compiled_by: str, questions_to: str) -> tuple[str, list[Finding]]:
    stated = list(dict.fromkeys(readings.agencies()))
    if not stated:
        return compiled_by or questions_to, [_agency_not_stated(compiled_by or questions_to)]
    if compiled_by:
        stated.append(("编制说明", "compiler's note", compiled_by))
    zh, en, agency = stated[0]
    findings = [
        Finding(
            "identity.agency",
            "warning",
            f"{zh}写的是{agency}，{other_zh}写的是{other}，请核对报告单位",
            f"The {en} names {agency}, the {other_en} names {other}: check whose report this is",
            subject=f"{other_en}:{other}",
        )
        for other_zh, other_en, other in stated[1:]
        if not (same_agency(agency, other) and (other == compiled_by or same_agency(other, agency)))
    ]
    return _with_place(agency, [*(name for _, _, name in stated[1:]), questions_to]), findings


def _agency_not_stated(instead: str) -> Finding:
    if instead:
        return Finding(
            "identity.agency",
            "info",
            f"标题和正文开头未写明报告单位，按编制或联系单位记为{instead}",
            f"Neither title nor opening names the agency: taken from compiler or contact, {instead}",
            subject=f"compiler or contact:{instead}",
        )
    return Finding(
        "identity.agency",
        "warning",
        "标题和正文都未写明报告单位",
        "Neither title nor body names the agency",
        subject="not stated",
    )


def _copy_marks(text: str) -> list[Finding]:
    """A finding where the text is a copy's: such copies put other names, and at times figures, in place of the real."""
    hints = list(islice(_PINYIN_HINT.finditer(text), 2))
    if len(hints) < 2:
        return []
    shown = "、".join(hint.group() for hint in hints)
    return [
        Finding(
            "identity.copy",
            "warning",
            f"正文带有批量转载网页的拼音夹注（{shown}），单位名称和数字可能被改动，请与原网页核对",
            f"The text has pinyin in brackets ({shown}) as copies in bulk do: names and figures may have been changed,"
            " compare with the agency's own page",
        )
    ]


def _with_place(agency: str, others: list[str]) -> str:
    """A name that says no place (住建局, 市人民政府办公室) in the longer form that the body gives, if it gives one."""
    if _HAS_PLACE.match(agency):
        return agency
    return next((name for name in others if name.endswith(agency) and _HAS_PLACE.match(name)), agency)
