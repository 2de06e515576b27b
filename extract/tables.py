"""What was found in the tables of a document, and what follows from it: the form used, cells missing, doubts."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from extract import notices
from extract.figures import doubt
from extract.forms import form_cells, form_for_year, load_form
from extract.indicator_labels import TABLE_ID
from extract.indicators import IndicatorTables
from extract.report import Figure, Finding, Quantity, ReportStatus

_SINGLE_OTHER = "applications.other."
_INDICATORS = f"{TABLE_ID}."
_INDICATOR_FORM = "2014"
_LOCAL_FORM = "2008"
"""The name of what was in use before there was a uniform form; it has no cells of its own."""
_FIRST_UNIFORM_YEAR = 2019


@dataclass
class Tables:
    """What matching found: figures by code, findings, and which form's labels each table used."""

    figures: dict[str, Figure] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    evidence: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    caption_years: dict[str, frozenset[int]] = field(default_factory=dict)
    """Codes of figures from a table whose caption names years."""
    indicators: IndicatorTables = field(default_factory=IndicatorTables)
    """Tables of indicators, to be read when the report's year is known."""
    quantities: list[Quantity] = field(default_factory=list)
    is_local: bool = False
    """Whether a table of a place's own was among them."""
    has_indicators: bool = False
    """Whether a table of the form of 2014 was among them."""

    @property
    def is_empty(self) -> bool:
        """Whether there was no table of a report at all."""
        return not (self.figures or self.indicators)

    def table_form(self, table_id: str) -> str | None:
        """The form whose own labels a table uses, None where its labels don't tell."""
        ranked = self.evidence[table_id].most_common(2)
        if not ranked or (len(ranked) == 2 and ranked[0][1] == ranked[1][1]):
            return None
        return ranked[0][0]


def settle(tables: Tables, year: int | None) -> None:
    """Read what waits for the year of the report, and doubt what is captioned with another.

    Figures that stand in a table whose caption or column names another year than the report's become unsure.
    """
    read = tables.indicators.read(year)
    tables.figures |= read.figures
    tables.findings = list(dict.fromkeys([*tables.findings, *read.findings]))
    tables.caption_years |= read.caption_years
    tables.quantities += read.quantities
    tables.is_local, tables.has_indicators = read.is_local, read.is_the_form
    if tables.figures and all(figure.status == "blank" for figure in tables.figures.values()):
        tables.findings.append(notices.all_blank())
    other = {code: years for code, years in tables.caption_years.items() if year is not None and year not in years}
    for years in dict.fromkeys(other.values()):
        codes = [code for code in other if other[code] == years]
        tables.findings.append(notices.other_year(sorted(years), codes))
        doubt(tables.figures, codes)


def choose_form(tables: Tables, year: int | None) -> str | None:
    """The form that a report uses: by the labels of its tables, else the one in force for its year.

    Beside tables 2 to 4 a table of the form of 2014 decides only in a report for its years.
    """
    has_others = any(not code.startswith(_INDICATORS) for code in tables.figures)
    in_force = form_for_year(year) if year is not None else None
    if not has_others:
        if tables.has_indicators:
            return _INDICATOR_FORM
        return _LOCAL_FORM if tables.is_local and (year is None or year < _FIRST_UNIFORM_YEAR) else None
    if tables.has_indicators and in_force is not None and in_force.form == _INDICATOR_FORM:
        return _INDICATOR_FORM
    by_label = tables.table_form("2") or tables.table_form("3")
    if by_label is not None:
        return by_label
    return in_force.form if in_force is not None and in_force.form != _INDICATOR_FORM else None


def check_mixture(tables: Tables, form: str | None) -> list[Finding]:
    """A finding where a report on ``form`` has cells of another.

    That is where table 2 and table 3 are of different forms, where a table has headers of one form over rows of
    another, and where a table of the form of 2014 stands beside later ones.
    """
    disclosure, applications = tables.table_form("2"), tables.table_form("3")
    if disclosure and applications and disclosure != applications:
        return [notices.mixed_forms(disclosure, applications)]
    codes = tuple(code for code in tables.figures if code.startswith(_INDICATORS))
    if codes and len(codes) < len(tables.figures):
        return [notices.indicators_beside(codes)]
    if form is None or form == _LOCAL_FORM:
        return []
    own = {cell.code for cell in form_cells(form)}
    foreign = [code for code in tables.figures if code not in own and not code.startswith(_SINGLE_OTHER)]
    return [notices.foreign_cells(form, foreign)] if foreign else []


def missing_codes(tables: Tables, form: str) -> list[str]:
    """The cells of a form that the report lacks. One row （六） stands for its three sub-rows and the reverse."""
    single = any(code.startswith(_SINGLE_OTHER) and code.count(".") == 2 for code in tables.figures)
    split = any(code.startswith(_SINGLE_OTHER) and code.count(".") == 3 for code in tables.figures)
    missing = []
    for table in load_form(form).tables:
        table_form = tables.table_form(table.id) or form
        for cell in form_cells(table_form):
            if cell.table != table.id or cell.code in tables.figures:
                continue
            if cell.code.startswith(_SINGLE_OTHER):
                is_single = cell.code.count(".") == 2
                if (is_single and split) or (not is_single and single):
                    continue
                if is_single and _has_split_row(table_form):
                    continue
            missing.append(cell.code)
    return missing


def _has_split_row(form: str) -> bool:
    return any(cell.code.startswith("applications.other.rest.") for cell in form_cells(form))


def status_of(tables: Tables, form: str | None) -> ReportStatus:
    """``complete`` where every cell of the form was found, once and with certainty; else ``partial``.

    A local table has no uniform rows that could be missed or found: what is not there cannot be told.
    """
    if form is None or form == _LOCAL_FORM or missing_codes(tables, form):
        return "partial"
    return "partial" if any(figure.status == "unsure" for figure in tables.figures.values()) else "complete"
