"""What a report's narrative says about itself: of whom and for which year it is. Pure functions on text."""

import datetime
import re
import unicodedata
from dataclasses import dataclass

from extract.agencies import agency_level
from extract.headings import is_report_heading
from extract.titles import TitleReading, clean_text, read_title

_OPENING_LENGTH = 1200
"""Characters of the narrative in which a report introduces itself."""

_UNHEADED_LENGTH = 600
_UNDER_HEADING_LENGTH = 200
_TITLE_LINES = 10

_MARK = "[,.。;:!?]"
_YEAR = r"20[0-4]\d"
# The digits between year and 至 are taken as they come: a tag dropped from the page often took a digit or 年 with it
# (20221月1日, 2022年11日至1231日, 202511日到20251231日).
_DAY = r"[年.\-/]?(?P<day{n}>[\d月.\-/]{{0,6}}{lazy}[日号]?)"
_RANGE = re.compile(
    rf"(?<!\d)(?P<year1>{_YEAR}){_DAY.format(n=1, lazy='?')}(?:零时|0时|起|始|开始)*,?(?:至|到|止|[-–—~])+"
    rf"(?P<year2>{_YEAR})?{_DAY.format(n=2, lazy='')}"
)
_PERIOD_WORDS = re.compile(
    r"(?:统计|数据|时间|报告)的?(?:起止)?(?:期限|时限|时段|时间|跨度|区间|周期|范围)|统计数据|所列数据"
)
_PERIOD_REACH = 60
_FIRST_DAY = {"1", "11", "01", "101", "011", "0101"}
_LAST_DAY = {"12", "1231", "131", "123", "231"}

# Documents that the opening cites: the notice of the year before is a frequent slip and not the report's year.
_TITLE_START = re.compile(
    r"[\u4e00-\u9fff()0-9]{2,40}?(?:[省市县区旗州镇乡局委办厅院部会]|苏木|街道|办事处|中心|人民政府|办公室|20[0-4]\d年度?|信息|政府)"
)
_CITED = re.compile(r"《[^《》]*(?:通知|格式|条例|办法|意见|要点|规定|函|决定)[^《》]*》|关于[^。;《》]{0,60}?通知")
_THIS_REPORT = re.compile(r"现(?:予以)?(?:公布|发布|将)|特向社会|本(?:年度)?报告")
_LEAD_IN = re.compile(r"现将|公布|发布|撰写|形成|编制(?!委|办)了?|^现|^将(?!乐)|^本报告[是为]|^附件?")
_NAME = r"[\u4e00-\u9fff()、]{3,40}?"
_COMPILER = re.compile(
    rf"(?:本(?:年度)?报告|本年报)(?:是)?由(?P<name>{_NAME})(?:\(以下|根据|按照|依据|依照|编制|负责|组织|撰写|汇总|起草|,)"
)
_CONTACT = re.compile(rf"(?:与|向)(?P<name>{_NAME})(?:\([^()]*(?:地址|电话|邮编)[^()]*\))?(?:联系|反映|咨询|垂询)")
_OWN_OFFICE = re.compile(r"(?<=[局厅])(?:办公室|[\u4e00-\u9fff]{2,4}[科股处室])$")
_OURSELVES = re.compile(r"[我本该][省市县区旗镇乡局委办厅院单机部街]")


@dataclass(frozen=True, slots=True)
class ReportingPeriod:
    """The statistics period: the years it names, and its first and last day (ISO) where they can be told."""

    years: frozenset[int]
    days: tuple[str, str] | None


def one_line(text: str) -> str:
    """Text as :func:`extract.titles.clean_text` cleans it, but with 《》 kept and line breaks as full stops."""
    lines = (clean_text(line.replace("《", "\ue000").replace("》", "\ue001")) for line in text.splitlines())
    joined = "。".join(line for line in lines if line)
    return unicodedata.normalize("NFC", joined).replace("\ue000", "《").replace("\ue001", "》")


def opening_readings(body_text: str) -> list[tuple[str, TitleReading]]:
    """What the opening calls the report, each with its words: its title lines, 现公布X年…年度报告, 《X年…年度报告》."""
    lines = [line.strip() for line in body_text.splitlines() if line.strip()]
    opening = _CITED.sub(",", one_line(_introduction(lines)))
    readings = _broken_title(lines[:_TITLE_LINES])
    for clause in re.split(rf"{_MARK}|[《》]", opening):
        end = max((clause.rfind(word) + 2 for word in ("报告", "年报") if word in clause), default=0)
        words = _LEAD_IN.split(clause[:end])[-1]
        if (reading := read_title(words)) is not None:
            readings.append((words, reading))
    return readings


def _introduction(lines: list[str]) -> str:
    """What stands before the first heading, and the sentences under it that speak of this report, not of an older."""
    first = next((number for number, line in enumerate(lines) if is_report_heading(line)), None)
    if first is None:
        return "\n".join(lines)[:_UNHEADED_LENGTH]
    under = "\n".join(lines[first + 1 :])[:_UNDER_HEADING_LENGTH]
    return "\n".join([*lines[:first], *(text for text in re.split("[。\n]", under) if _THIS_REPORT.search(text))])


def _broken_title(lines: list[str]) -> list[tuple[str, TitleReading]]:
    """A title printed on two or three lines, the first of them with the agency or the year."""
    for start in range(len(lines)):
        for count in (2, 3):
            part = lines[start : start + count]
            if len(part) < count or not _TITLE_START.fullmatch(clean_text(part[0])):
                continue
            last, whole = read_title(part[-1]), read_title("".join(part))
            if whole and whole.agency and whole.year and not (last and last.agency):
                return [("".join(part), whole)]
    return []


def reporting_period(body_text: str) -> ReportingPeriod | None:
    """The period that the narrative says its figures are of; damaged dates are read for their years only."""
    text = one_line(body_text)
    for words in _PERIOD_WORDS.finditer(text):
        reach = text[words.end() : words.end() + _PERIOD_REACH].split("。")[0]
        if (found := _RANGE.search(reach)) is not None:
            return _period(found)
        if (year := re.match(rf"[为是:]?(?P<year>{_YEAR})年度?", reach)) is not None:
            return ReportingPeriod(frozenset({int(year["year"])}), None)
    for found in _RANGE.finditer(text[:_OPENING_LENGTH]):
        period = _period(found)
        if period.days is not None and period.days[0].endswith("01-01") and period.days[1].endswith("12-31"):
            return period
    return None


def _period(found: re.Match[str]) -> ReportingPeriod:
    first_year = int(found["year1"])
    last_year = int(found["year2"] or first_year)
    first, last = _date(first_year, found["day1"], first=True), _date(last_year, found["day2"], first=False)
    if first is None or last is None or first > last:
        return ReportingPeriod(frozenset({first_year, last_year}), None)
    # Some print 15 December or 1 January for an end: the year is the one that most of the period lies in.
    middle = first + (last - first) / 2
    years = {middle.year} if (last - first).days < 400 else {first_year, last_year}
    return ReportingPeriod(frozenset(years), (first.isoformat(), last.isoformat()))


def _date(year: int, printed: str, *, first: bool) -> datetime.date | None:
    numbers = re.findall(r"\d+", printed)
    if numbers and re.fullmatch(r"\d+月", printed):
        return _month(year, int(numbers[0]), first=first)
    if len(numbers) == 2:
        try:
            return datetime.date(year, int(numbers[0]), int(numbers[1]))
        except ValueError:
            return None
    if "".join(numbers) in (_FIRST_DAY if first else _LAST_DAY):
        return datetime.date(year, 1, 1) if first else datetime.date(year, 12, 31)
    return None


def _month(year: int, month: int, *, first: bool) -> datetime.date | None:
    if first and month == 1:
        return datetime.date(year, 1, 1)
    return datetime.date(year, 12, 31) if not first and month == 12 else None


def compiler(body_text: str) -> str:
    """Who the narrative says compiled the report (本报告由…编制), "" if it does not say or says 我局."""
    return _named(_COMPILER, one_line(body_text[:_OPENING_LENGTH]))


def contact(body_text: str) -> str:
    """Whom the narrative gives for questions (请与…联系), "" if it does not say."""
    return _named(_CONTACT, one_line(body_text))


def _named(pattern: re.Pattern[str], text: str) -> str:
    for match in pattern.finditer(text):
        name = _OWN_OFFICE.sub("", match["name"].strip("、()"))
        is_agency = agency_level(name) != "other" or name.endswith(("管委会", "管理委员会"))
        if is_agency and not _OURSELVES.match(name):
            return name
    return ""
