"""Whether the text says what the tables print."""

from collections.abc import Iterator
from decimal import Decimal
from functools import cache

from extract.forms import cell_catalogue
from extract.identity import agency_level
from extract.report import Claim, Figure, Finding, Number, Report, Severity
from validate.labels import Label, cell_label
from validate.registry import rule
from validate.sums import as_number, exact

_GROUPS = {
    "group:received_plus_carried_in": (
        Label("新收与上年结转之和", "received + carried in"),
        ("applications.received.total", "applications.carried_in.total"),
    ),
    "group:granted_plus_partly": (
        Label("予以公开与部分公开之和", "granted + partly granted"),
        ("applications.granted.total", "applications.partly_granted.total"),
    ),
}
_ROW_GROUPS = {
    "refused": Label("（三）不予公开各项之和", "sum of the rows （三） refused"),
    "unavailable": Label("（四）无法提供各项之和", "sum of the rows （四） unavailable"),
    "not_processed": Label("（五）不予处理各项之和", "sum of the rows （五） not processed"),
}
_LAWSUITS = Label("行政诉讼两类之和", "sum of both kinds of lawsuit")
_LONGEST_QUOTE = 60


@rule(
    "narrative.claim",
    severity="warning",
    ground_zh="报告正文与统计表所述应为同一数据",
    ground_en="The text and the tables of a report state the same figures",
)
def narrative_agrees(report: Report) -> Iterator[Finding]:
    """A figure in the text equals the cell that it speaks of.

    ``actual`` is what the table prints, ``expected`` what the text says. A sentence of another scope (the office's own
    requests in the report of a whole district), or one beside which another gives the table's figure, is an ``info``.
    Where a cell is missing or unsure there is nothing to compare.
    """
    differing = []
    agreeing = set()
    for claim in report.claims:
        cells = _cells(report, claim.code)
        if cells is None or _is_of_the_received(claim, report):
            continue
        if _agrees(claim, printed := sum(map(exact, cells), Decimal())):
            agreeing.add(claim.code)
        else:
            differing.append((claim, cells, as_number(printed)))
    for claim, cells, number in differing:
        severity: Severity = "info" if claim.code in agreeing or _is_elsewhere(claim, report) else "warning"
        yield _finding(claim, cells, number, severity, report.form)


def _is_of_the_received(claim: Claim, report: Report) -> bool:
    """Whether 收到34件，均已办结 speaks of those that came in, while the table counts last year's rest besides."""
    if claim.code != "applications.concluded.total":
        return False
    carried_in = report.cells.get("applications.carried_in.total")
    same = ("applications.received.total", claim.value, claim.text)
    return bool(carried_in and carried_in.value) and same in {(c.code, c.value, c.text) for c in report.claims}


def _cells(report: Report, code: str) -> list[Figure] | None:
    """The figures that a claim speaks of; None where one is missing or not read with certainty."""
    codes = _group(code, report.form)[1] if code.startswith("group:") else (code,)
    figures = [figure for one in codes if (figure := report.cells.get(one)) is not None]
    if not figures or len(figures) < len(codes) or any(figure.status == "unsure" for figure in figures):
        return None
    return figures


@cache
def _group(code: str, form: str | None) -> tuple[Label, tuple[str, ...]]:
    """What a group is called, and its cells in a form."""
    if code in _GROUPS:
        return _GROUPS[code]
    name, _, outcome = code.removeprefix("group:").partition(".")
    if name == "lawsuits":
        column = outcome or "total"
        return _LAWSUITS, (f"lawsuit_direct.{column}", f"lawsuit_after_review.{column}")
    prefix = f"applications.{name}."
    rows = (cell.code for cell in cell_catalogue() if cell.form == (form or "2021"))
    return _ROW_GROUPS[name], tuple(one for one in rows if one.startswith(prefix) and one.endswith(".total"))


def _agrees(claim: Claim, printed: Decimal) -> bool:
    stated = Decimal(str(claim.value))
    if not claim.approximate:
        return stated == printed
    return abs(printed - stated) <= max(stated / 10, _last_place(stated))


def _last_place(number: Decimal) -> Decimal:
    """The place of the last digit that is not 0: 十余件 may be 19, 120余件 129."""
    digits = str(int(number))
    return Decimal(10 ** (len(digits) - len(digits.rstrip("0"))) if number else 1)


def _is_elsewhere(claim: Claim, report: Report) -> bool:
    """Whether the sentence says that its figures are of another scope than the report's."""
    if claim.scope in (None, "with_carry_over"):
        return False
    level = agency_level(report.agency)
    if claim.scope == "city":
        return level != "city" and not report.agency.endswith("市人民政府")
    if claim.scope == "area":
        return level in ("department", "other")
    return claim.scope == "cumulative" or level != "department"


def _finding(claim: Claim, cells: list[Figure], printed: Number, severity: Severity, form: str | None) -> Finding:
    is_group = claim.code.startswith("group:")
    label = _group(claim.code, form)[0] if is_group else cell_label(claim.code, form)
    quote = claim.text if len(claim.text) <= _LONGEST_QUOTE else claim.text[:_LONGEST_QUOTE] + "…"
    shown = Label("空白", "blank") if all(cell.value is None for cell in cells) else Label(str(printed), str(printed))
    about = Label("约", "about ") if claim.approximate else Label("", "")
    return Finding(
        rule="narrative.claim",
        severity=severity,
        message_zh=f"{label.zh}：正文写的是{about.zh}{claim.value}，表格印为{shown.zh}，请核对（“{quote}”）。",
        message_en=f"{label.en}: the text says {about.en}{claim.value}, the table prints {shown.en} (“{quote}”).",
        codes=tuple(cell.code for cell in cells),
        expected=claim.value,
        actual=None if shown.en == "blank" else printed,
    )
