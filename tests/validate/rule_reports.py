"""Reports for the tests of the rules, built from numbers."""

import json
from pathlib import Path

from hypothesis import strategies as st

from extract.forms import APPLICANTS, CHALLENGE_OUTCOMES, CHALLENGES, load_form
from extract.report import Figure, Number, Report
from validate.arithmetic import OTHER, OTHER_PARTS

ARITHMETIC = {"applications.balance", "applications.concluded", "applications.total", "challenges.total"}
FLOW = ("applications.received", "applications.carried_in", "applications.concluded", "applications.carried_out")
Cells = dict[str, Number | None]


def figure(code: str, value: Number | None, status: str | None = None) -> Figure:
    raw = "" if value is None else str(value)
    return Figure(code, value, raw, status or ("blank" if value is None else "reported"), "{}")


def make_report(cells: Cells, form: str | None = "2021", year: int | None = 2023) -> Report:
    figures = {code: figure(code, value) for code, value in cells.items()}
    return Report("a.html", "标题", "某某区人民政府", year, form, "complete", "html", figures)


def sample_report(samples: Path, name: str) -> Report:
    truth = json.loads((samples / "truth" / f"{name}.json").read_text(encoding="utf-8"))
    return make_report(truth["cells"], truth["form"], truth["year"])


def request_rows(form: str, *, single_other: bool) -> list[str]:
    rows = [row.key for block in load_form(form).table("3").blocks for row in block.rows]
    left_out = OTHER_PARTS if single_other else (OTHER,)
    return [row for row in rows if row not in left_out]


def zero_cells(form: str = "2021", *, single_other: bool = False) -> Cells:
    """Every cell of a form, all 0."""
    left_out = OTHER_PARTS if single_other or form == "2019" else (OTHER,)
    return {cell.code: 0 for cell in load_form(form).cells() if cell.code.rpartition(".")[0] not in left_out}


def addend_only(code: str) -> bool:
    """Whether a cell is nowhere a total (so that a blank there is as good as a nought)."""
    row, _, column = code.rpartition(".")
    return column != "total" and row != "applications.concluded"


@st.composite
def balanced(draw: st.DrawFn, *, blanks: bool = False) -> Report:
    """A report of either form, with one （六） row or three, whose figures reconcile."""
    form, single_other = draw(st.sampled_from([("2019", True), ("2021", True), ("2021", False)]))
    cells = zero_cells(form, single_other=single_other)
    outcomes = [row for row in request_rows(form, single_other=single_other) if row not in FLOW]
    counts = st.integers(0, 4) | st.integers(0, 100_000)
    for column in APPLICANTS[:-1]:
        for row, value in draw(st.dictionaries(st.sampled_from(outcomes), counts, max_size=4)).items():
            cells[f"{row}.{column}"] = value
        concluded = sum(cells[f"{row}.{column}"] for row in outcomes)
        carried_out = draw(counts)
        carried_in = draw(st.integers(0, concluded + carried_out))
        received = concluded + carried_out - carried_in
        for row, value in zip(FLOW, (received, carried_in, concluded, carried_out), strict=True):
            cells[f"{row}.{column}"] = value
    for row in (*outcomes, *FLOW):
        cells[f"{row}.total"] = sum(cells[f"{row}.{column}"] for column in APPLICANTS[:-1])
    for row in CHALLENGES:
        for column in CHALLENGE_OUTCOMES:
            cells[f"{row}.{column}"] = draw(counts)
        cells[f"{row}.total"] = sum(cells[f"{row}.{column}"] for column in CHALLENGE_OUTCOMES)
    if blanks:
        noughts = [code for code, value in cells.items() if value == 0 and addend_only(code)]
        for code in draw(st.sets(st.sampled_from(noughts), max_size=60)):
            cells[code] = None
    return make_report(cells, form, 2020 if form == "2019" else 2023)
