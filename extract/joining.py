"""One report from several readings of it: a page and its attachments, the files of a bundle."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from extract.errors import UnreadableFile
from extract.report import Figure, Finding, Report, ReportStatus
from extract.tables import Tables, status_of

Place = TypeVar("Place")


def one_per_report(
    readings: Sequence[tuple[Place, Report]], agency_name: Callable[[Report, Place], str] | None = None
) -> list[tuple[Place, Report]]:
    """One reading for each report where several files hold the same one (same agency, same year).

    The most complete reading is taken, of two alike the one that comes first; what only the other has is added to it.
    Figures in which two readings differ are marked unsure, with a finding: which of the two the agency means cannot be
    told. ``Place`` is whatever the caller wants to know of the reading that was taken; ``agency_name`` says whose
    report a reading is where more is known than it says itself (住建局 on the page, the full name in the PDF).
    """
    chosen: list[tuple[Place, Report]] = []
    keys: list[tuple[str, int | None]] = []
    for place, report in sorted(readings, key=lambda pair: pair[1].status != "complete"):
        name = agency_name(report, place) if agency_name else report.agency
        key = (name, report.year)
        same = next((number for number, known in enumerate(keys) if _is_same(known, key)), None)
        if same is None:
            chosen.append((place, report))
            keys.append(key)
        else:
            first_place, first = chosen[same]
            chosen[same] = (first_place, _joined(first, report))
    return chosen


def _is_same(one: tuple[str, int | None], other: tuple[str, int | None]) -> bool:
    """Whether two readings (agency, year) are of one report; one of them may name the agency without its place."""
    if one[1] != other[1]:
        return False
    if not (one[0] and other[0]):
        return one[0] == other[0]
    return one[0].endswith(other[0]) or other[0].endswith(one[0])


def _joined(first: Report, second: Report) -> Report:
    """The first reading with what only the second has, and with doubt where they differ."""
    differing = [
        code
        for code, figure in first.cells.items()
        if code in second.cells and second.cells[code].value != figure.value
    ]
    added = {code: figure for code, figure in second.cells.items() if code not in first.cells}
    cells = {
        code: replace(figure, status="unsure") if code in differing else figure for code, figure in first.cells.items()
    }
    findings = list(first.findings)
    if differing:
        findings.append(_readings_differ(first, second, differing))
    if added:
        findings += [finding for finding in second.findings if set(finding.codes) & added.keys()]
        findings.append(_read_elsewhere(second, list(added)))
    cells |= added
    return replace(
        first,
        form=first.form or second.form,
        cells=cells,
        sections=first.sections or second.sections,
        claims=first.claims or second.claims,
        quantities=first.quantities or second.quantities,
        findings=findings,
        status=_status(first, second, cells),
    )


def _status(first: Report, second: Report, cells: dict[str, Figure]) -> ReportStatus:
    """Complete where the two together have every cell of one form, and none is in doubt."""
    if any(figure.status == "unsure" for figure in cells.values()):
        return "partial"
    if first.status == "complete":
        return "complete"
    form = first.form or second.form
    return status_of(Tables(figures=cells), form) if second.form in {None, form} else "partial"


def _readings_differ(first: Report, second: Report, codes: list[str]) -> Finding:
    shown = "、".join(f"{code}：{first.cells[code].value}／{second.cells[code].value}" for code in codes[:5])
    return Finding(
        "form.readings_differ",
        "warning",
        f"同一报告的两份文件有 {len(codes)} 处数字不一致（{shown}），存疑：{first.file}、{second.file}。",
        f"Two documents of this report print {len(codes)} figures differently ({shown}): {first.file}, {second.file}.",
        tuple(codes),
    )


def _read_elsewhere(second: Report, codes: list[str]) -> Finding:
    return Finding(
        "form.read_elsewhere",
        "info",
        f"{len(codes)} 个数字取自同一报告的另一份文件：{second.file}。",
        f"{len(codes)} figures were read from another document of this report: {second.file}.",
        tuple(codes),
    )


def attachment_unread(failure: UnreadableFile, *, is_whole: bool) -> Finding:
    """A file that belongs to the report and could not be read; ``is_whole``: nothing is missing without it."""
    return Finding(
        "form.attachment_unread",
        "info" if is_whole else "warning",
        f"本报告的附件未能读出：{failure.path}（{failure.message}）。",
        f"An attachment of this report could not be read: {failure.path} ({failure.message}).",
        subject=failure.path,
    )
