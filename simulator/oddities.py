"""What offices do to their reports, one by one: blanks, typos, cut tables, other forms.

An oddity of the report changes what is printed (and so what is true to read); one of the layout only how it is printed.
Each takes a random source, so that a seed decides where it strikes.
"""

import random
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from types import MappingProxyType

from extract.forms import APPLICANTS, CHALLENGE_OUTCOMES, CHALLENGES
from simulator.figures import as_2019_form, with_single_other
from simulator.printed import Part, PrintedReport, is_table_3, with_page_break
from simulator.reports import SimulatedReport
from simulator.tables import HEADER_ROWS_OF_TABLE_3, PrintedCell, Table

ReportOddity = Callable[[SimulatedReport, random.Random], SimulatedReport]
LayoutOddity = Callable[[PrintedReport, random.Random], PrintedReport]

BLANK_MARKS = ("/", "—", "-", "－", "——", "／", " ")

_TITLES = (
    "{agency}{year}年度政府信息公开工作年度报告",
    "{year}年{agency}政府信息公开工作年度报告",
    "{agency}{year}年政府信息公开年度报告",
    "{agency}{year}年政府信息公开工作报告",
    "{agency}{year}年信息公开工作年度报告",
    "{agency} {year}年政府信息公开工作年度报告",
    "{agency}政府信息公开工作{year}年度报告",
    "【图文】{agency}{year}年政府信息公开工作年度报告",
)
_TYPOS = {
    "其他法律行政法规禁止公开": "其他法律行政止公开",
    "要求行政机关确认或重新出具已获取信息": "要求行政机关确认或重新出具己获取信息",
    "补正后申请内容仍不明确": "补正后申请内容仍不明确的",
    "危及“三安全一稳定”": "危及三安全一稳定",
    "本机关不掌握相关政府信息": "本机关不掌握相关信息",
    "勾稽": "钩稽",
    "行政规范性文件": "规范性文件",
}
_HEADINGS = {
    "一、总体情况": ("一、总体概述", "一、 总体情况", "一、总体工作情况"),
    "二、主动公开政府信息情况": ("二、 主动公开政府信息情况", "二、主动公开政府信息情况："),
    "三、收到和处理政府信息公开申请情况": (
        "三、收到和处理政府信息公开申请的情况",
        "三、 收到和处理政府信息公开申请情况",
    ),
    "五、存在的主要问题及改进情况": ("五、存在的主要问题及改进措施", "五、存在问题及改进情况"),
    "六、其他需要报告的事项": ("六、其他需要报告事项", "六、 其他需要报告的事项"),
}
_CHANNELS = ("政府网站发布", "微信公众号", "政务微博", "其他")
_NUMBERING = {"、": "{}、", "（）": "（{}）", "．": "{}．"}


# --- of the report ----------------------------------------------------------------------------------------------------


def _blank(report: SimulatedReport, codes: Iterable[str]) -> SimulatedReport:
    return report.with_figures({code: None for code in codes if code in report.figures})


def blank_column(report: SimulatedReport, rng: random.Random) -> SimulatedReport:
    """One applicant's column printed empty."""
    kind = rng.choice(APPLICANTS[1:-1])
    return _blank(report, [code for code in report.figures if _is_application(code) and code.endswith(f".{kind}")])


def blank_half(report: SimulatedReport, rng: random.Random) -> SimulatedReport:
    """One part of table 4 printed empty."""
    half = rng.choice(CHALLENGES)
    return _blank(report, [f"{half}.{key}" for key in (*CHALLENGE_OUTCOMES, "total")])


def scattered_blanks(report: SimulatedReport, rng: random.Random) -> SimulatedReport:
    """Noughts printed as blanks, here and there."""
    noughts = [code for code, value in report.figures.items() if value == 0]
    return _blank(report, rng.sample(noughts, len(noughts) // 3))


def totals_only(report: SimulatedReport, rng: random.Random) -> SimulatedReport:
    """Table 3 with figures in the column of totals only."""
    return _blank(report, [code for code in report.figures if _is_application(code) and not code.endswith(".total")])


def all_blank(report: SimulatedReport, rng: random.Random) -> SimulatedReport:
    """Every cell printed empty."""
    return _blank(report, list(report.figures))


def other_blank_mark(report: SimulatedReport, rng: random.Random) -> SimulatedReport:
    """Blank cells that print a stroke; some of the noughts are blank."""
    return replace(scattered_blanks(report, rng), blank_mark=rng.choice(BLANK_MARKS))


def misprint(report: SimulatedReport, rng: random.Random) -> SimulatedReport:
    """One figure that doesn't add up."""
    code = rng.choice([code for code in report.figures if _is_application(code)] or list(report.figures))
    value = report.figures[code]
    return report.with_figures({code: (value or 0) + rng.choice((1, 9, 10, 90))})


def nought_totals(report: SimulatedReport, rng: random.Random) -> SimulatedReport:
    """The totals of table 4 left at nought."""
    if report.form == "2014":
        return report
    return report.with_figures({f"{row}.total": 0 for row in CHALLENGES})


def single_other(report: SimulatedReport, rng: random.Random) -> SimulatedReport:
    """One row （六）其他处理 in the form of 2021."""
    if report.form != "2021":
        return report
    return replace(report, figures=MappingProxyType(with_single_other(_numbers(report))))


def old_form(report: SimulatedReport, rng: random.Random) -> SimulatedReport:
    """The form of 2019 in a later year."""
    if report.form != "2021":
        return report
    return replace(report, form="2019", figures=MappingProxyType(as_2019_form(_numbers(report))))


def other_title(report: SimulatedReport, rng: random.Random) -> SimulatedReport:
    """A title worded otherwise."""
    return replace(report, title=rng.choice(_TITLES).format(agency=report.agency, year=report.year))


# --- of the layout ----------------------------------------------------------------------------------------------------


def _in_cells(layout: PrintedReport, change: Callable[[PrintedCell], str]) -> PrintedReport:
    """The layout with other text in its cells."""

    def changed(table: Table) -> Table:
        return [[replace(cell, text=change(cell)) for cell in row] for row in table]

    return _in_tables(layout, changed)


def _in_tables(layout: PrintedReport, change: Callable[[Table], Table]) -> PrintedReport:
    parts = tuple(replace(part, tables=tuple(map(change, part.tables))) for part in layout.parts)
    return replace(layout, parts=parts)


def _in_labels(layout: PrintedReport, change: Callable[[str], str]) -> PrintedReport:
    return _in_cells(layout, lambda cell: cell.text if cell.code else change(cell.text))


def vertical_label(layout: PrintedReport, rng: random.Random) -> PrintedReport:
    """三、本年度办理结果 printed one character a line."""
    return _in_labels(layout, lambda text: "\n".join(text) if text == "三、本年度办理结果" else text)


def spaced_labels(layout: PrintedReport, rng: random.Random) -> PrintedReport:
    """Blanks inside labels."""

    def spaced(text: str) -> str:
        if len(text) < 3 or rng.random() > 0.3:
            return text
        at = rng.randrange(1, len(text))
        return text[:at] + rng.choice((" ", "\u3000", "  ", "\xa0")) + text[at:]

    return _in_labels(layout, spaced)


def broken_labels(layout: PrintedReport, rng: random.Random) -> PrintedReport:
    """Labels broken over two lines."""

    def broken(text: str) -> str:
        if len(text) < 4 or rng.random() > 0.5:
            return text
        at = rng.randrange(2, len(text) - 1)
        return text[:at] + "\n" + text[at:]

    return _in_labels(layout, broken)


def typos(layout: PrintedReport, rng: random.Random) -> PrintedReport:
    """Misspelt labels, as really seen."""

    def misspelt(text: str) -> str:
        for right, wrong in _TYPOS.items():
            text = text.replace(right, wrong) if rng.random() < 0.6 else text
        return text

    return _in_labels(layout, misspelt)


def half_width(layout: PrintedReport, rng: random.Random) -> PrintedReport:
    """Half-width brackets and commas in labels."""
    return _in_labels(layout, lambda text: text.translate(str.maketrans("（），", "(),")))


def other_numbering(layout: PrintedReport, rng: random.Random) -> PrintedReport:
    """Rows numbered 1、 or （1） where the form has 1."""
    form = rng.choice(list(_NUMBERING.values()))
    return _in_labels(layout, lambda text: re.sub(r"^(\d)\.", lambda match: form.format(match[1]), text))


def page_break(layout: PrintedReport, rng: random.Random) -> PrintedReport:
    """Table 3 cut anywhere in its body, without its header on the second page."""
    return with_page_break(layout, repeat_header=False, at_row=_break_row(rng))


def page_break_with_header(layout: PrintedReport, rng: random.Random) -> PrintedReport:
    """Table 3 cut anywhere in its body, its header printed again."""
    return with_page_break(layout, repeat_header=True, at_row=_break_row(rng))


def thousands(layout: PrintedReport, rng: random.Random) -> PrintedReport:
    """Commas in figures of a thousand and more."""

    def grouped(cell: PrintedCell) -> str:
        if cell.code and re.fullmatch(r"\d{4,}", cell.text):
            return f"{int(cell.text):,}"
        return cell.text

    return _in_cells(layout, grouped)


def full_width_digits(layout: PrintedReport, rng: random.Random) -> PrintedReport:
    """Full-width digits in some cells."""
    wide = str.maketrans("0123456789", "０１２３４５６７８９")
    return _in_cells(layout, lambda c: c.text.translate(wide) if c.code and rng.random() < 0.2 else c.text)


def typed_units(layout: PrintedReport, rng: random.Random) -> PrintedReport:
    """The unit typed into the cells of money, and 件 into some others."""
    money = {"fees.amount": "万元", "procurement.amount": "元"}

    def typed(cell: PrintedCell) -> str:
        if cell.code is None or not cell.text[:1].isdigit():
            return cell.text
        if cell.code in money:
            return cell.text + money[cell.code]
        return cell.text + "件" if cell.code.endswith(".made") and rng.random() < 0.5 else cell.text

    return _in_cells(layout, typed)


def spelled_changes(layout: PrintedReport, rng: random.Random) -> PrintedReport:
    """增3, 减少2 in the column of changes."""
    plus, minus = rng.choice((("增", "减"), ("增加", "减少")))

    def spelled(cell: PrintedCell) -> str:
        if cell.code is None or not cell.code.endswith(".items_change"):
            return cell.text
        return cell.text.replace("+", plus).replace("-", minus) if cell.text[1:].isdigit() else cell.text

    return _in_cells(layout, spelled)


def extra_row(layout: PrintedReport, rng: random.Random) -> PrintedReport:
    """A row in table 2 that the form doesn't have."""

    def extended(table: Table) -> Table:
        at = next((n + 1 for n, row in enumerate(table) if row[0].text.endswith("规范性文件")), None)
        if at is None:
            return table
        extra = [replace(cell, code=None, text=str(rng.randint(1, 900))) for cell in table[at - 1]]
        extra[0] = PrintedCell("其他主动公开文件", is_label=True)
        return [*table[:at], extra, *table[at:]]

    return _in_tables(layout, extended)


def no_corner_note(layout: PrintedReport, rng: random.Random) -> PrintedReport:
    """Table 3 without the note on what must add up."""
    return _in_labels(layout, lambda text: "" if "勾稽关系" in text else text)


def swapped_columns(layout: PrintedReport, rng: random.Random) -> PrintedReport:
    """Two kinds of organisation in the other order, headers and figures alike."""
    left = rng.randrange(4)

    def swapped(table: Table) -> Table:
        if not is_table_3(table):
            return table
        rows = [list(row) for row in table]
        head = rows[HEADER_ROWS_OF_TABLE_3 - 1]
        _swap(head, left)
        for row in rows[HEADER_ROWS_OF_TABLE_3:]:
            _swap(row, len(row) - 6 + left)
        return rows

    return _in_tables(layout, swapped)


def decoys(layout: PrintedReport, rng: random.Random) -> PrintedReport:
    """A table of the office's own among the narrative."""
    rows = [
        [("渠道", False), ("数量", False)],
        *([(name, True), (str(rng.randint(1, 9999)), False)] for name in _CHANNELS),
    ]
    table = [[PrintedCell(text, is_label=is_label) for text, is_label in row] for row in rows]
    parts = list(layout.parts)
    parts[0] = replace(parts[0], tables=(table,))
    return replace(layout, parts=tuple(parts))


def title_on_two_lines(layout: PrintedReport, rng: random.Random) -> PrintedReport:
    """The title broken after the agency."""
    title = "".join(layout.titles)
    at = re.search(r"\d{4}", title)
    return replace(layout, titles=(title[: at.start()], title[at.start() :])) if at and at.start() else layout


def other_headings(layout: PrintedReport, rng: random.Random) -> PrintedReport:
    """Headings worded otherwise."""

    def other(part: Part) -> Part:
        return replace(part, heading=rng.choice(_HEADINGS.get(part.heading, (part.heading,))))

    return replace(layout, parts=tuple(map(other, layout.parts)))


REPORT_ODDITIES: dict[str, ReportOddity] = {
    function.__name__: function
    for function in (
        old_form,
        single_other,
        misprint,
        nought_totals,
        blank_column,
        blank_half,
        scattered_blanks,
        totals_only,
        all_blank,
        other_blank_mark,
        other_title,
    )
}
LAYOUT_ODDITIES: dict[str, LayoutOddity] = {
    function.__name__: function
    for function in (
        extra_row,
        swapped_columns,
        decoys,
        typos,
        half_width,
        other_numbering,
        no_corner_note,
        page_break,
        page_break_with_header,
        vertical_label,
        spaced_labels,
        broken_labels,
        thousands,
        full_width_digits,
        typed_units,
        spelled_changes,
        title_on_two_lines,
        other_headings,
    )
}
"""In the order in which they are done: what changes the rows first, then the cut, then the letters."""

ODDITIES = (*REPORT_ODDITIES, *LAYOUT_ODDITIES)


def _is_application(code: str) -> bool:
    return code.startswith("applications.")


def _numbers(report: SimulatedReport) -> dict[str, int | float]:
    """The figures with blanks as noughts, for forms whose cells are sums of others."""
    return {code: value or 0 for code, value in report.figures.items()}


def _swap(cells: list[PrintedCell], at: int) -> None:
    cells[at], cells[at + 1] = cells[at + 1], cells[at]


def _break_row(rng: random.Random) -> int:
    return HEADER_ROWS_OF_TABLE_3 + rng.randint(3, 22)
