"""The first law on damaged tables: a figure is right, or marked unsure, or missing; never wrong without a word."""

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from html import escape
from types import MappingProxyType

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from extract import Report, UnreadableFile, read_bytes
from extract.forms import load_form
from simulator.render import html_table
from simulator.reports import HEADINGS, SimulatedReport
from simulator.tables import HEADER_ROWS_OF_TABLE_3, PrintedCell, Table, placed, split, tables

TITLE = "东河县人民政府2022年政府信息公开工作年度报告"
EXAMPLES = int(os.environ.get("NIANBAO_DAMAGE_EXAMPLES", "70"))
SINGLE_OTHER = "applications.other."

examples = settings(
    max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)


def printed_report(form: str, blanks: set[int], *, single_other: bool) -> SimulatedReport:
    """A report in which no two cells print the same number, so that any slip shows; ``blanks`` are printed empty."""
    cells = [cell for cell in load_form(form).cells() if _is_printed(cell.code, form, single_other=single_other)]
    figures = {cell.code: None if n in blanks else 100 + n for n, cell in enumerate(cells)}
    return SimulatedReport(
        agency="东河县人民政府",
        year=2022,
        form=form,
        title=TITLE,
        figures=MappingProxyType(figures),
        published_on=date(2023, 1, 20),
        sections=((), (), (), (), (), ()),
    )


def _is_printed(code: str, form: str, *, single_other: bool) -> bool:
    if form == "2019" or not code.startswith(SINGLE_OTHER):
        return True
    return (code.count(".") == 2) == single_other


def page(parts: dict[str, str]) -> bytes:
    """A page with a title, the section headings and under each the markup given for it."""
    body = "".join(f"<p>{heading}</p>{parts.get(str(n), '')}" for n, heading in enumerate(HEADINGS, start=1))
    return f"<html><head><title>{TITLE}</title></head><body><div>{body}</div></body></html>".encode()


def text_rows(table: Table) -> list[list[str]]:
    """The table as rows of texts, blanks for the places that a span covers."""
    places = placed(table)
    width = max(column + cell.column_span for (_, column), cell in places.items())
    return [
        [places[row, column].text if (row, column) in places else "" for column in range(width)]
        for row in range(len(table))
    ]


def wrong_figures(report: Report, truth: SimulatedReport) -> dict[str, object]:
    """Figures that pass for certain, are not what the undamaged table prints, and that no warning names."""
    named = {code for finding in report.findings if finding.severity != "info" for code in finding.codes}
    return {
        code: (figure.value, truth.figures.get(code, "no such cell"))
        for code, figure in report.cells.items()
        if figure.status in {"reported", "blank"}
        and code not in named
        and (code not in truth.figures or truth.figures[code] != figure.value)
    }


def assert_lawful(body: bytes, truth: SimulatedReport) -> None:
    try:
        [report] = read_bytes(body, "damaged")
    except UnreadableFile:
        return
    assert wrong_figures(report, truth) == {}
    fingerprints = [finding.fingerprint(report.agency, report.year) for finding in report.findings]
    assert len(fingerprints) == len(set(fingerprints)), "the database keeps one finding for a fingerprint"


def draw_report(data: st.DataObject) -> SimulatedReport:
    form = data.draw(st.sampled_from(["2019", "2021", "2021"]), label="form")
    some = data.draw(st.booleans(), label="some cells blank")
    blanks = data.draw(st.sets(st.integers(0, 260), max_size=130), label="blank cells") if some else set()
    return printed_report(form, blanks, single_other=data.draw(st.booleans(), label="single （六）"))


def draw_damage(data: st.DataObject, table: Table, rows: st.SearchStrategy[int]) -> Table:
    """The table with one damage."""
    row = data.draw(rows, label="row")
    cell = data.draw(st.integers(0, len(table[row]) - 1), label="cell")
    return data.draw(st.sampled_from(DAMAGES), label="damage")(table, row, cell)


Damage = Callable[[Table, int, int], Table]


def drop_cell(table: Table, row: int, cell: int) -> Table:
    return _with_row(table, row, [*table[row][:cell], *table[row][cell + 1 :]])


def duplicate_cell(table: Table, row: int, cell: int) -> Table:
    return _with_row(table, row, [*table[row][: cell + 1], *table[row][cell:]])


def insert_blank(table: Table, row: int, cell: int) -> Table:
    return _with_row(table, row, [*table[row][:cell], PrintedCell(""), *table[row][cell:]])


def lose_label(table: Table, row: int, cell: int) -> Table:
    """A label or header without its text; a figure's cell stays."""
    if table[row][cell].code is not None:
        return table
    return _with_cell(table, row, cell, replace(table[row][cell], text=""))


def cut_label(table: Table, row: int, cell: int) -> Table:
    """A label or header of which only the beginning is left."""
    printed = table[row][cell]
    text = printed.text
    return table if printed.code else _with_cell(table, row, cell, replace(printed, text=text[: len(text) // 2]))


def lose_beginning(table: Table, row: int, cell: int) -> Table:
    """A label or header of which only the end is left."""
    printed = table[row][cell]
    text = printed.text
    return table if printed.code else _with_cell(table, row, cell, replace(printed, text=text[len(text) // 2 :]))


def widen(table: Table, row: int, cell: int) -> Table:
    return _with_cell(table, row, cell, replace(table[row][cell], column_span=table[row][cell].column_span + 1))


def narrow(table: Table, row: int, cell: int) -> Table:
    return _with_cell(table, row, cell, replace(table[row][cell], column_span=max(table[row][cell].column_span - 1, 1)))


def lengthen(table: Table, row: int, cell: int) -> Table:
    return _with_cell(table, row, cell, replace(table[row][cell], row_span=table[row][cell].row_span + 1))


def shorten(table: Table, row: int, cell: int) -> Table:
    return _with_cell(table, row, cell, replace(table[row][cell], row_span=max(table[row][cell].row_span - 1, 1)))


def merge(table: Table, row: int, cell: int) -> Table:
    """Two cells of a row in one, as wide as both, with both texts."""
    if cell + 1 >= len(table[row]):
        return table
    one, two = table[row][cell : cell + 2]
    merged = replace(one, text=f"{one.text} {two.text}", column_span=one.column_span + two.column_span)
    return _with_row(table, row, [*table[row][:cell], merged, *table[row][cell + 2 :]])


def drop_row(table: Table, row: int, cell: int) -> Table:
    return [*table[:row], *table[row + 1 :]]


def duplicate_row(table: Table, row: int, cell: int) -> Table:
    return [*table[: row + 1], *table[row:]]


def _with_row(table: Table, row: int, cells: list[PrintedCell]) -> Table:
    return [*table[:row], cells, *table[row + 1 :]]


def _with_cell(table: Table, row: int, cell: int, changed: PrintedCell) -> Table:
    return _with_row(table, row, [*table[row][:cell], changed, *table[row][cell + 1 :]])


DAMAGES: list[Damage] = [
    drop_cell,
    duplicate_cell,
    insert_blank,
    lose_label,
    cut_label,
    lose_beginning,
    widen,
    narrow,
    lengthen,
    shorten,
    merge,
    drop_row,
    duplicate_row,
]


@examples
@given(st.data())
def test_html_table_with_a_cell_lost_doubled_or_misplaced(data: st.DataObject) -> None:
    report = draw_report(data)
    laid_out = tables(report)
    number = data.draw(st.sampled_from(["2", "3", "3", "4"]), label="table")
    table = laid_out[number]
    # Headers decide over whole columns: they are hit as often as all the other rows together.
    headers = st.integers(0, min(HEADER_ROWS_OF_TABLE_3, len(table)) - 1)
    laid_out[number] = draw_damage(data, table, st.one_of(headers, st.integers(0, len(table) - 1)))
    assert_lawful(page({n: html_table(t) for n, t in laid_out.items()}), report)


@settings(examples, max_examples=max(EXAMPLES // 2, 1))
@given(st.data())
def test_html_row_damaged_twice(data: st.DataObject) -> None:
    """Two damages to one row may make up for each other."""
    report = draw_report(data)
    laid_out = tables(report)
    number = data.draw(st.sampled_from(["3", "3", "4"]), label="table")
    row = data.draw(st.integers(0, len(laid_out[number]) - 1), label="row")
    once = draw_damage(data, laid_out[number], st.just(row))
    assume(row < len(once) and once[row])
    twice = draw_damage(data, once, st.just(row))
    assume(row >= len(twice) or _shape(twice[row]) != _shape(laid_out[number][row]))  # nothing can tell
    laid_out[number] = twice
    assert_lawful(page({n: html_table(t) for n, t in laid_out.items()}), report)


@pytest.mark.parametrize(
    ("number", "row", "damages"),
    [
        ("3", 11, [(drop_cell, 4), (widen, 1)]),
        ("3", 21, [(drop_cell, 5), (widen, 1)]),
        ("3", 2, [(drop_cell, 4), (widen, 2)]),  # the header
        ("3", 1, [(widen, 2), (lengthen, 0)]),
        ("4", 3, [(drop_cell, 12), (widen, 0)]),
    ],
)
def test_damages_that_make_up_for_each_other(number: str, row: int, damages: list[tuple[Damage, int]]) -> None:
    report = printed_report("2021", set(), single_other=False)
    laid_out = tables(report)
    for damage, cell in damages:
        laid_out[number] = damage(laid_out[number], row, cell)
    assert_lawful(page({n: html_table(t) for n, t in laid_out.items()}), report)


def _shape(row: list[PrintedCell]) -> list[tuple[int, int]]:
    return [(cell.row_span, cell.column_span) for cell in row]


@examples
@given(st.data())
def test_html_table_with_columns_swapped(data: st.DataObject) -> None:
    """Columns that change place together with their headers are read by their headers."""
    report = draw_report(data)
    table = tables(report)["3"]
    one, two = sorted(data.draw(st.permutations(range(5)))[:2])
    swapped = [_swap_from_right(row, one, two) if len(row) > 6 else row for row in table]
    swapped[2] = _swap_from_right([*table[2], PrintedCell("")], one, two)[:-1]  # 总计 runs in from the row above
    [read] = read_bytes(page({"3": html_table(swapped)}), "swapped")
    assert wrong_figures(read, report) == {}
    assert all(figure.status != "unsure" for figure in read.cells.values())


def _swap_from_right(row: list[PrintedCell], one: int, two: int) -> list[PrintedCell]:
    """Swap two of the five kinds of organisation, which stand second to sixth from the right."""
    cells = list(row)
    cells[-2 - one], cells[-2 - two] = cells[-2 - two], cells[-2 - one]
    return cells


@examples
@given(st.data())
def test_table_cut_in_two(data: st.DataObject) -> None:
    """A second part with or without the header, with or without the label cells that run on."""
    report = draw_report(data)
    table = tables(report)["3"]
    at = data.draw(st.integers(HEADER_ROWS_OF_TABLE_3 + 1, len(table) - 1))
    first, rest = split(table, at)
    if data.draw(st.booleans(), label="labels that run on are left out"):
        rest = [[cell for cell in rest[0] if cell.text or cell.code], *rest[1:]]
    if data.draw(st.booleans(), label="damaged"):
        rest = draw_damage(data, rest, st.integers(0, len(rest) - 1))
    header = table[:HEADER_ROWS_OF_TABLE_3] if data.draw(st.booleans(), label="header repeated") else []
    between = data.draw(st.sampled_from(["", "<p>— 2 —</p>"]))
    assert_lawful(page({"3": html_table(first) + between + html_table(header + rest)}), report)


def _text_damages(cells: list[str], at: int) -> Iterator[list[str]]:
    yield [*cells[:at], *cells[at + 1 :]]
    yield [*cells[: at + 1], *cells[at:]]
    yield [*cells[:at], "", *cells[at:]]


@examples
@given(st.data())
def test_text_table_with_a_cell_lost_or_one_too_many(data: st.DataObject) -> None:
    report = draw_report(data)
    separator = data.draw(st.sampled_from("\t|"), label="separator")
    number = data.draw(st.sampled_from(["2", "3", "3", "4"]))
    texts = {n: text_rows(t) for n, t in tables(report).items()}
    rows = texts[number]
    row = data.draw(st.one_of(st.integers(0, 2), st.integers(0, len(rows) - 1)))
    shorter, *longer = _text_damages(rows[row], data.draw(st.integers(0, len(rows[row]) - 1)))
    # A row that ends in a blank and has a cell too many looks whole once the blank is stripped: nothing can tell.
    is_stripped = data.draw(st.booleans(), label="an editor strips blanks at line ends")
    rows[row] = shorter if is_stripped else data.draw(st.sampled_from([shorter, *longer]))
    lines = [TITLE]
    for n, heading in enumerate(HEADINGS, start=1):
        lines += [heading, *(separator.join(cells) for cells in texts.get(str(n), []))]
    if is_stripped:
        lines = [line.rstrip() for line in lines]
    assert_lawful("\n".join(lines).encode(), report)


@examples
@given(st.data())
def test_table_as_paragraphs_with_one_lost_or_one_too_many(data: st.DataObject) -> None:
    report = draw_report(data)
    number = data.draw(st.sampled_from(["2", "3", "3", "4"]))
    texts = {n: _paragraph_texts(t) for n, t in tables(report).items()}
    # A blank below a table is taken for spacing where its last row is full: the cells there are not left blank here.
    assume(all(cells[-1] for cells in texts.values()))
    at = data.draw(st.integers(0, len(texts[number]) - 1))
    texts[number] = data.draw(st.sampled_from(list(_text_damages(texts[number], at))))
    spacing = data.draw(st.sampled_from(["", "<p>&nbsp;</p>"]))
    parts = {n: "".join(f"<p>{escape(t) or '&nbsp;'}</p>" for t in cells) + spacing for n, cells in texts.items()}
    assert_lawful(page(parts), report)


def _paragraph_texts(table: Table) -> list[str]:
    return [cell.text for row in table for cell in row if "勾稽" not in cell.text]


def test_undamaged_tables_are_read_whole_in_every_shape() -> None:
    """The tests above would pass on a reader that reads nothing."""
    report = printed_report("2021", {0, 11, 21, 22, 101, 201}, single_other=False)
    assert [code for code, value in report.figures.items() if value is None and code.endswith(".total")] == []
    laid_out = tables(report)
    shapes = {
        "html": page({n: html_table(t) for n, t in laid_out.items()}),
        "paragraphs": page(
            {n: "".join(f"<p>{t or '&nbsp;'}</p>" for t in _paragraph_texts(laid_out[n])) for n in laid_out}
        ),
        "tabs": "\n".join(["\t".join(cells) for n in "234" for cells in text_rows(laid_out[n])]).encode(),
        "bars": "\n".join(["|".join(cells) for n in "234" for cells in text_rows(laid_out[n])]).encode(),
    }
    for shape, body in shapes.items():
        [read] = read_bytes(body, shape)
        assert read.figures == dict(report.figures), shape
        assert not any(figure.status == "unsure" for figure in read.cells.values()), shape
