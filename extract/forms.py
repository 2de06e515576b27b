"""The official forms as data: ``data/forms/*.yaml`` and the cells they print."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

DATA = Path(__file__).resolve().parent.parent / "data"
FORMS_DIR = DATA / "forms"

APPLICANTS = ("natural", "company", "research", "charity", "legal", "other", "total")
"""Column keys of table 3, in the order the form prints them."""

CHALLENGES = ("review", "lawsuit_direct", "lawsuit_after_review")
"""Row keys of table 4: 行政复议, 未经复议直接起诉, 复议后起诉."""

CHALLENGE_OUTCOMES = ("upheld", "corrected", "other", "pending")
"""Column keys of table 4 without the total."""


@dataclass(frozen=True, slots=True)
class Line:
    """A row or column of a form: its key, the label it prints, spellings seen, and the labels it stands under."""

    key: str
    label: str
    variants: tuple[str, ...] = ()
    path: tuple[str, ...] = ()
    unit: str = ""


@dataclass(frozen=True, slots=True)
class FormBlock:
    """Rows and columns that share a header. ``article`` is the Regulation's item that table 2 prints above a block."""

    columns: tuple[Line, ...]
    rows: tuple[Line, ...]
    article: str | None = None


@dataclass(frozen=True, slots=True)
class FormTable:
    """A table of a form; ``id`` is the number of the section that holds it (2, 3, 4), or ``stat``."""

    id: str
    name: str
    blocks: tuple[FormBlock, ...]


@dataclass(frozen=True, slots=True)
class FormCell:
    """One line of ``data/forms/cells.csv``."""

    code: str
    form: str
    table: str
    row_label: str
    column_label: str
    unit: str


@dataclass(frozen=True)
class Form:
    """An official form, in force for the report years ``first_year`` to ``last_year`` (None: still in force)."""

    form: str
    first_year: int
    last_year: int | None
    issued_as: str
    tables: tuple[FormTable, ...]

    def table(self, table_id: str) -> FormTable:
        """The table of a section number; KeyError if the form has none."""
        for table in self.tables:
            if table.id == table_id:
                return table
        raise KeyError(table_id)

    def cells(self) -> Iterator[FormCell]:
        """Every cell of the form, in the order it is printed."""
        for table in self.tables:
            for block in table.blocks:
                for row in block.rows:
                    for column in block.columns:
                        labels = (block.article, *row.path, row.label) if block.article else (*row.path, row.label)
                        yield FormCell(
                            code=cell_code(row, column),
                            form=self.form,
                            table=table.id,
                            row_label="/".join(labels),
                            column_label="/".join((*column.path, column.label)),
                            unit=row.unit or column.unit,
                        )


def cell_code(row: Line, column: Line) -> str:
    """The code of a cell; a column without a key is its table's only one, and the row's key says all."""
    return f"{row.key}.{column.key}" if column.key else row.key


def _line(entry: dict[str, Any]) -> Line:
    return Line(
        key=entry["key"],
        label=entry["label"],
        variants=tuple(entry.get("variants", ())),
        path=tuple(entry.get("path", ())),
        unit=entry.get("unit", ""),
    )


@cache
def load_form(form: str) -> Form:
    """The form of that name (``2014``, ``2019``, ``2021``); KeyError where there is no such file."""
    path = FORMS_DIR / f"{form}.yaml"
    if not path.is_file():
        raise KeyError(form)
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    tables = tuple(
        FormTable(
            id=table["id"],
            name=table["name"],
            blocks=tuple(
                FormBlock(
                    columns=tuple(map(_line, block["columns"])),
                    rows=tuple(map(_line, block["rows"])),
                    article=block.get("article"),
                )
                for block in table["blocks"]
            ),
        )
        for table in raw["tables"]
    )
    return Form(raw["form"], raw["years"][0], raw["years"][1], raw["issued_as"], tables)


@cache
def form_cells(form: str) -> tuple[FormCell, ...]:
    """The cells of the form of that name, in the order printed; KeyError where there is no such form."""
    return tuple(load_form(form).cells())


@cache
def all_forms() -> tuple[Form, ...]:
    """Every form under ``data/forms/``, oldest first."""
    return tuple(load_form(path.stem) for path in sorted(FORMS_DIR.glob("*.yaml")))


def table_blocks(table_id: str) -> tuple[tuple[Form, FormBlock], ...]:
    """The blocks of a table over all forms that have it, oldest form first."""
    return tuple(
        (form, block) for form in all_forms() for table in form.tables if table.id == table_id for block in table.blocks
    )


def form_for_year(year: int) -> Form | None:
    """The form in force for a report year, or None (before 2014 there was no uniform one)."""
    for form in all_forms():
        if form.first_year <= year and (form.last_year is None or year <= form.last_year):
            return form
    return None


@cache
def cell_catalogue() -> tuple[FormCell, ...]:
    """The lines of ``data/forms/cells.csv``, one per cell and form (older forms included)."""
    with (FORMS_DIR / "cells.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            FormCell(line["code"], form, line["table"], line["row_label"], line["column_label"], line["unit"])
            for line in csv.DictReader(file)
            for form in line["forms"].split()
        )
