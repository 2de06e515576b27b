"""Titles of annual reports: is it one, whose is it, of which year. Pure functions on text."""

import html
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from extract.agencies import whole_name
from extract.traditional import in_simplified_characters

_PINYIN = re.compile(r"\([a-zü\u00e0-\u01dc]+\)", re.IGNORECASE)
_MARKUP = re.compile(r"</?(?:br|p|span|div|b|strong|em|font)\b[^<>]*>", re.IGNORECASE)


_ORGAN = r"(?:人民政府|委员会|管委会|办公室|办公厅|办事处|局|厅)"
# A blank between two whole agencies parts them; every other blank in a title is layout.
_TWO_AGENCIES = re.compile(rf"({_ORGAN})\s+(?=[\u4e00-\u9fff]{{1,8}}[省市县区旗镇乡][^\s\d]*?{_ORGAN})")
_JOINT = "\x01"
_LAYOUT = re.compile(r"[\s\u200b-\u200f\ufeff《》<\"“”]+")

_CHINESE_DIGITS = str.maketrans("〇○零Oo一二三四五六七八九", "00000123456789")
_CHINESE_YEAR = re.compile(r"二[〇○零0Oo][〇○零0Oo一二三四][〇○零0Oo一二三四五六七八九](?=年)")
_YEAR_WORD = r"(?:年(?:度(?!假))?)"
# Not the year of a document number (2024年第1号, 〔2021〕30号), of a date (2024年1月) or the first of a range.
_YEAR = re.compile(rf"(?<!\d)(?P<year>20[0-4]\d)(?!\d|年?[〕\])】]?第?\d+号|年?[.\-/]?\d){_YEAR_WORD}?")
_YEARS = re.compile(r"20[0-4]\d年?度?[-–—~至到]+20[0-4]\d")
_ANNOUNCEMENT = re.compile(r"^.*公告\(?(?:20\d\d年)?第?\d+号\)?")

# Enforcement, budgets, firms and schools have reports of their own on what they disclose.
_OPENNESS = (
    r"(?:政府信息(?:主动)?公开|政务信息公开|(?<!执法)(?<!财政)(?<!预算)(?<!决算)(?<!环境)(?<!企业)信息公开|政务公开)"
)
_PHRASE = re.compile(
    rf"(?P<subject>(?:政府信息(?=[和与暨及]))?(?:[和与暨及])?{_OPENNESS}(?:[和与暨及]{_OPENNESS})?)"
    rf"(?:工作|情况|工作情况)?的?(?P<middle>20[0-4]\d{_YEAR_WORD}?)?"
    r"(?:年度|年终)?(?:工作)?(?:情况)?的?(?:年度)?(?:总结)?(?:报告书?|年报)"
)
_NOT_A_REPORT = re.compile(
    r"解读|图解|一图|读懂|指南|目录|模板|范[本文例]|样[本表]|自[评查]|须知|通知|(?<!新闻)发布(?!中心)|公布|公示|晒出|"
    r"(?<!机构)编制(?!委|办)|报送|填报|撰写|起草|审议|做好|培训[会班]|要点|学年|统计表|征求意见|"
    r"某[省市县区镇]|x[省市县区局x]|×",
    re.IGNORECASE,
)
# Of these the ones that no title of a report itself has, not even of one that is published by a notice.
_ABOUT_REPORTS = re.compile(
    r"解读|图解|一图|读懂|模板|范[本文例]|样[本表]|须知|报送|填报|撰写|起草|做好|编制(?:和|与|及|、)?(?:发布|公布|工作)|培训[会班]|"
    r"某[省市县区镇]|x[省市县区局x]|×",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"(?:的?(?:公告|公示|通告))?(?:正文|全文|文字版|图文版)?(?P<year>\(?20[0-4]\d年?度?\)?(?![-./\d]))?"
    r"(?P<tags>(?:\([^()]*\)|【[^】]*】|\[[^\]]*\])*)(?:\.(?:docx?|pdf|wps|html?|txt|ofd))?"
    r"(?P<chrome>[-–—_|>:,，。;/·].*|(?:20\d\d[-./年]|发布(?=时间|日期|人|机构|单位|者|于|:|20)|来源|时间|日期|浏览).*)?",
    re.IGNORECASE,
)
_ABOUT = re.compile(r"^(?P<issuer>.*?)关于(?:发布|公布|公开)?(?P<what>.*)$")
_SEPARATOR = re.compile(r"(?<![\d年度])[-–—]+|[_|>:/·,，。;]+")
_LEAD = re.compile(r"^(?:【[^】\d]*】|\[[^\]\d]*\]|\((?:图文|文字版?)\)|附件\d*|\d{1,2}[.、])+")
_BRACKETED = re.compile(r"[(【\[]([^()【】\[\]]*)[)】\]]")
_BRACKETED_AGENCY = re.compile(r"(?:[局委办厅院部会省市县区镇乡]|政府|部门|办公室|中心|街道)$")
_COLUMN = re.compile(
    r"^(?:法定主动公开内容|各|级|直属|[省市区县]直|(?:政府)?职能|政府|部门|单位|乡镇|镇街|街道(?:办事处)?|区县|市县|历年|年度|"
    r"本|机关|首页|更多|[省市县区镇乡](?:人民政府)?)*$"
)
_SEVERAL = re.compile(r"各|部门|单位|乡镇|镇街|区县|市县|直属|^街道")
_OURSELVES = re.compile(r"[我本该](?:[省市县区旗镇乡局委办厅院]|单位|机关|部门|街道)")


@dataclass(frozen=True, slots=True)
class TitleReading:
    """What the title of an annual report says: ``agency`` ("" where it names none) and the report year."""

    agency: str
    year: int | None


def clean_text(text: str) -> str:
    """Text in one line for reading: no markup, no layout blanks, half-width signs, simplified characters."""
    text = in_simplified_characters(unicodedata.normalize("NFKC", html.unescape(_MARKUP.sub(" ", text))))
    text = _TWO_AGENCIES.sub(rf"\1{_JOINT}", _PINYIN.sub("", text))
    text = _LAYOUT.sub("", text).replace("资讯公开", "信息公开")  # Taiwan's word
    return _CHINESE_YEAR.sub(lambda year: year.group().translate(_CHINESE_DIGITS), text)


@lru_cache(maxsize=1024)  # asked for several times in a row: to choose a row, its year, its pictures
def read_title(title: str) -> TitleReading | None:
    """Agency and year of an annual report's title, in any of the wordings seen since 2008.

    None where the title is not that of a report: a notice, an interpretation, a guide, news about a report, a template,
    or the name of a column (no year, and no agency but words such as 各部门). Where the title names only a place
    (洪泽区2023年…, 五泄镇政府信息公开…) the agency is that place's government (洪泽区人民政府), a street's is its
    街道办事处. Brackets inside an agency are full-width, its characters simplified.
    """
    text = clean_text(title)
    readings = (_read_around(text, phrase) for phrase in _PHRASE.finditer(text))
    return next((reading for reading in readings if reading is not None), None)


def is_about_reports(title: str) -> bool:
    """Whether a title is that of something about annual reports: an interpretation, a template, how to write them."""
    text = clean_text(title)
    return _PHRASE.search(text) is not None and _ABOUT_REPORTS.search(text) is not None and read_title(title) is None


def _read_around(text: str, phrase: re.Match[str]) -> TitleReading | None:
    rest = text[phrase.end() :]
    if rest and rest.startswith(text[:6]):  # the title stands there twice
        rest = ""
    after = _AFTER.fullmatch(rest)
    if after is None:
        return None
    before = _without_announcement(text[: phrase.start()])
    if _NOT_A_REPORT.search(before) or _NOT_A_REPORT.search(after["tags"]):
        return None
    own = _SEPARATOR.split(_LEAD.sub("", before))[-1]
    stated = (own, phrase["middle"], after["year"], after["tags"])
    year = next((year for part in stated if (year := _only_year(part or "")) is not None), None)
    agency = _agency(own, phrase["subject"])
    if not agency or _COLUMN.match(agency):
        agency = _bracketed_agency(after["tags"]) or agency
    if _COLUMN.match(agency) and (year is None or _SEVERAL.search(agency)):
        return None
    if year is None and "年" not in phrase.group():
        return None
    return TitleReading(agency, year)


def tidy_title(title: str) -> str:
    """A title as printed, in one line, without the site's name behind it."""
    line = " ".join(html.unescape(_MARKUP.sub(" ", title)).split())
    return re.sub(r"(?<=报告|年报|報告|年報)\s*[-–—_|].*$", "", line)


def _without_announcement(before: str) -> str:
    """What stands before the phrase, without 公告2024年第1号 and 关于公布."""
    before = _ANNOUNCEMENT.sub("", before)
    if (about := _ABOUT.match(before)) is None:
        return before
    own = about["what"] if _YEAR.sub("", about["what"]) else about["issuer"] + about["what"]
    return own.removesuffix("的")


def _only_year(text: str) -> int | None:
    """The year that a piece of a title names, None where it names several or a range."""
    years = {int(match["year"]) for match in _YEAR.finditer(text)}
    return years.pop() if len(years) == 1 and not _YEARS.search(text) else None


def _agency(own: str, subject: str) -> str:
    name = _YEAR.sub("", own).strip("的.、,:'‘’【】[]-–—" + _JOINT)
    if name.count("(") != name.count(")"):  # half a bracket is the rest of a tag
        name = name.strip("()")
    if _OURSELVES.match(name):
        return ""
    if name.endswith("人民") and subject.startswith("政府") and own.endswith("人民"):
        name += "政府"
    return whole_name(name.replace("(", "（").replace(")", "）").replace(_JOINT, " "))


def _bracketed_agency(tags: str) -> str:
    names = (match[1] for match in _BRACKETED.finditer(tags))
    return next((whole_name(name) for name in names if _BRACKETED_AGENCY.search(name)), "")
