"""Rows that a page break tears apart."""

from dataclasses import replace

import pytest

from extract import read_bytes
from extract.report import Report
from simulator.printed import is_table_3
from simulator.render import html_table
from simulator.reports import real_report
from simulator.tables import Table, placed, tables

HONGZE = real_report("hongze-2023")
LABEL = "2.没有现成信息需要另行制作"
CODES = [code for code in HONGZE.figures if code.startswith("applications.unavailable.needs_creation.")]


def torn(table: Table, first: str, second: str, *, figures_above: bool) -> Table:
    """Table 3 with the row of LABEL as two, ``first`` and ``second`` being the pieces of its label."""
    assert is_table_3(table)
    at = next(number for number, row in enumerate(table) if row[0].text == LABEL)
    grown = {
        id(cell) for (row, _), cell in placed(table).items() if row < at < row + cell.row_span  # runs over the row
    }  # fmt: skip
    rows = [[replace(c, row_span=c.row_span + 1) if id(c) in grown else c for c in row] for row in table]
    label, *figures = table[at]
    blanks = [replace(cell, text="") for cell in figures]
    above, below = (figures, blanks) if figures_above else (blanks, figures)
    return [*rows[:at], [replace(label, text=first), *above], [replace(label, text=second), *below], *rows[at + 1 :]]


def read(table: Table) -> Report:
    body = f"<title>{HONGZE.title}</title><p>三、收到和处理政府信息公开申请情况</p>{html_table(table)}"
    return read_bytes(f"<html><body>{body}</body></html>".encode(), "torn.html")[0]


@pytest.mark.parametrize("figures_above", [True, False])
def test_a_row_in_two_pieces_is_one(figures_above: bool) -> None:
    report = read(torn(tables(HONGZE)["3"], LABEL[:5], LABEL[5:], figures_above=figures_above))

    assert {code: report.figures.get(code, "missing") for code in CODES} == {
        code: HONGZE.figures[code] for code in CODES
    }
    assert not set(CODES) & set(report.unsure)


def test_figures_beside_a_guessed_blank_row_leave_it_unsure() -> None:
    report = read(torn(tables(HONGZE)["3"], "有现", "没有现成信息需要另制作", figures_above=True))

    assert all(report.cells[code].status == "unsure" for code in CODES if code in report.cells)


def test_two_rows_that_are_whole_stay_two() -> None:
    report = read(tables(HONGZE)["3"])

    printed = {code: value for code, value in HONGZE.figures.items() if code.startswith("applications.")}
    assert {code: report.figures[code] for code in printed} == printed
