"""What to call a cell, a row, a column or a table in a message: as the form prints it, and in English."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from extract.forms import Form, FormTable, Line, all_forms, cell_code

_ENGLISH = Path(__file__).with_name("labels.yaml")


class Label(NamedTuple):
    """A name in both languages; ``en`` carries the printed Chinese label in brackets."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class _Place:
    table: FormTable
    row: Line
    column: Line


def position(code: str) -> int:
    """Where the forms print the cell: smaller is earlier. A code of no uniform form comes last."""
    return _positions().get(code, len(_positions()))


def table_label(table: FormTable) -> Label:
    """第三部分表格（…） / Table 3, Requests received and handled (…)."""
    if table.id == "stat":
        return Label(f"《{table.name}》", f"{_english()[table.id]['name']} ({table.name})")
    number = {"2": "二", "3": "三", "4": "四"}[table.id]
    return Label(
        f"第{number}部分表格（{table.name}）", f"Table {table.id}, {_english()[table.id]['name']} ({table.name})"
    )


def row_label(code: str, form: str | None = None) -> Label:
    """The row of a cell, with the group it stands in: （三）不予公开／1.属于国家秘密."""
    place = _places(form).get(code)
    if place is None:
        return Label(code, code)
    zh = "／".join((*place.row.path[-1:], place.row.label))
    return Label(zh, f"{_english()[place.table.id]['rows'][place.row.key]} ({zh})")


def column_label(code: str, form: str | None = None) -> Label:
    """The column of a cell: 商业企业."""
    place = _places(form).get(code)
    if place is None:
        return Label(code, code)
    zh = place.column.label
    return Label(zh, f"{_english()[place.table.id]['columns'][place.column.key]} ({zh})")


def cell_label(code: str, form: str | None = None) -> Label:
    """Row and column of a cell: 「行政复议」的「总计」."""
    if code not in _places(form):
        return Label(code, code)
    row, column = row_label(code, form), column_label(code, form)
    if not _places(form)[code].column.key:
        return Label(f"「{row.zh}」", row.en)
    return Label(f"「{row.zh}」的「{column.zh}」", f"{row.en}, {column.en}")


@cache
def _places(form: str | None) -> dict[str, _Place]:
    """Code to place, by the named form; codes that it lacks by the other forms, newest first.

    Real reports mix forms: a cell of another form still needs its name.
    """
    places: dict[str, _Place] = {}
    for known in sorted(all_forms(), key=lambda f: (f.form == form, f.first_year), reverse=True):
        for code, place in _places_of(known).items():
            places.setdefault(code, place)
    return places


def _places_of(form: Form) -> dict[str, _Place]:
    return {
        cell_code(row, column): _Place(table, row, column)
        for table in form.tables
        for block in table.blocks
        for row in block.rows
        for column in block.columns
    }


@cache
def _positions() -> dict[str, int]:
    places = _places(None)
    in_table_order = sorted(places, key=lambda code: places[code].table.id)  # stable: printed order within a table
    return {code: number for number, code in enumerate(in_table_order)}


@cache
def _english() -> dict[str, Any]:
    names: dict[str, Any] = yaml.safe_load(_ENGLISH.read_text(encoding="utf-8"))
    return names
