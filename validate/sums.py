"""Whether a printed total is the sum of its addends, with blank and unsure cells, and how to say that it isn't.

A blank addend counts as 0, and the finding says so. A sum whose addends are all blank holds if the total is blank or 0.
A blank total over addends that are not all blank is a warning with ``actual`` None: a blank is not a nought. A figure
that was read without certainty takes part, but then the finding is a warning.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from extract.report import Figure, Number, Report, Severity
from validate.labels import Label, cell_label


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A total that is not the sum: ``expected`` is what the addends make, ``actual`` what is printed (None: blank)."""

    severity: Severity
    expected: Number
    actual: Number | None
    total: Figure
    addends: tuple[Figure, ...]


def figures_of(report: Report, codes: Iterable[str]) -> list[Figure] | None:
    """The figures of those cells; None where one cannot take part in a sum: missing, or without a best reading."""
    figures = []
    for code in codes:
        figure = report.cells.get(code)
        if figure is None or (figure.status == "unsure" and figure.value is None):
            return None
        figures.append(figure)
    return figures


def exact(figure: Figure) -> Decimal:
    """The printed number, exactly (0.1 + 0.2 is 0.3 here); 0 for a blank."""
    return Decimal(str(figure.value or 0))


def as_number(value: Decimal) -> Number:
    """An int where the value is whole, so that 11 and 11.0 are one finding."""
    return int(value) if value == value.to_integral_value() else float(value)


def severity_of(figures: Iterable[Figure], *, total: Figure) -> Severity:
    """``error``, but ``warning`` where the total is blank or a figure is unsure."""
    return "warning" if total.value is None or any(f.status == "unsure" for f in figures) else "error"


def compare(total: Figure, addends: Sequence[Figure]) -> Mismatch | None:
    """None where the sum holds."""
    expected = sum(map(exact, addends), Decimal())
    if total.value is None:
        if all(figure.value is None for figure in addends):
            return None
    elif exact(total) == expected:
        return None
    actual = None if total.value is None else as_number(exact(total))
    severity = severity_of((total, *addends), total=total)
    return Mismatch(severity, as_number(expected), actual, total, tuple(addends))


def contributing(figures: Iterable[Figure]) -> tuple[str, ...]:
    """Codes of the addends to look at: those that add something, and those not read with certainty."""
    return tuple(figure.code for figure in figures if figure.value or figure.status == "unsure")


def describe(mismatch: Mismatch, where: Label, total: Label, addends: Label, form: str | None) -> Label:
    """The message: ``where`` opens it, ``total`` and ``addends`` name the two sides."""
    terms = terms_of(mismatch.addends)
    shown = Label(f"（{terms.zh}）", f" ({terms.en})") if terms.zh else Label("", "")
    notes = reading_notes((mismatch.total, *mismatch.addends), mismatch.addends, form)
    if mismatch.actual is None:
        printed = Label(f"{total.zh}为空白", f"the {total.en} is blank")
    else:
        printed = Label(f"{total.zh}印为 {mismatch.actual}", f"the printed {total.en} is {mismatch.actual}")
    return Label(
        f"{where.zh}{printed.zh}，{addends.zh}之和为 {mismatch.expected}{shown.zh}。{notes.zh}",
        f"{where.en}: {printed.en} but {addends.en} add up to {mismatch.expected}{shown.en}.{notes.en}",
    )


def terms_of(addends: Sequence[Figure]) -> Label:
    """10＋1＋0＋0 / 10 + 1 + 0 + 0; a long sum shows only what is not nought or blank."""
    shown = [figure for figure in addends if figure.value] if len(addends) > 6 else addends
    numbers = [None if figure.value is None else str(as_number(exact(figure))) for figure in shown]
    return Label("＋".join(n or "空白" for n in numbers), " + ".join(n or "blank" for n in numbers))


def reading_notes(figures: Iterable[Figure], addends: Sequence[Figure], form: str | None) -> Label:
    """What the reader of a finding must know: blank addends counted as 0, and figures read without certainty."""
    zh, en = "", ""
    blank = sum(figure.value is None for figure in addends)
    if blank == len(addends):
        zh, en = "各加项均为空白，按 0 计。", " All of these are blank; they count as 0."
    elif blank:
        zh, en = f"其中空白 {blank} 格，按 0 计。", f" Blank cells among these, counted as 0: {blank}."
    unsure = [cell_label(figure.code, form) for figure in figures if figure.status == "unsure"]
    if unsure:
        zh += f"{'、'.join(label.zh for label in unsure)}的读数不确定，请对照原文核实。"
        en += f" Not read with certainty, compare with the source: {'; '.join(label.en for label in unsure)}."
    return Label(zh, en)
