"""The report as it was read: figures, sections, and what was noticed while reading."""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Number = int | float
FigureStatus = Literal["reported", "blank", "unsure"]
ReportStatus = Literal["complete", "partial", "unreadable"]
Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True, slots=True)
class Figure:
    """One cell of a form as printed.

    ``code`` as in ``data/forms/cells.csv``; ``value`` in the unit of that file, None for a blank cell (and for an
    unsure one without a best reading); ``raw`` is the text of the cell; ``locator`` the place it was read from (JSON).
    """

    code: str
    value: Number | None
    raw: str
    status: FigureStatus
    locator: str


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the report: its heading as printed and the text under it (tables left out)."""

    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class Claim:
    """A figure that a sentence of the narrative states about a cell of the form.

    ``code`` is that of a cell, or of a sum of cells that the form does not print (``group:refused``); ``value`` is in
    the unit of the cell; ``text`` is the sentence, ``section`` the heading it stands under. ``scope`` where the
    sentence says what its figures are of: ``area`` (全区), ``city`` (全市), ``office``, ``cumulative`` (more than the
    year), or ``with_carry_over`` (received with what last year left over).
    """

    code: str
    value: Number
    approximate: bool
    text: str
    section: str
    scope: str | None = None


@dataclass(frozen=True, slots=True)
class Quantity:
    """A figure of a table that is no cell of a form: of a local table, an extra row, another column.

    ``row_label`` are the labels that it stands under, and its own, joined by ``/``; ``column_label`` is its header;
    ``value`` is in the printed ``unit`` ("" where none is), None where the cell is blank or not plainly a number
    (``raw`` tells which).
    """

    row_label: str
    column_label: str
    unit: str
    value: Number | None
    raw: str
    locator: str


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a person should look at.

    ``codes`` names the cells concerned, the likeliest culprit first; ``expected`` and ``actual`` are numbers or None
    where the rule is not about numbers. Messages are for a clerk, in Chinese and English. ``subject`` tells findings of
    one rule apart that name no cells (the label of a row that the form does not have).
    """

    rule: str
    severity: Severity
    message_zh: str
    message_en: str
    codes: tuple[str, ...] = ()
    expected: Number | None = None
    actual: Number | None = None
    subject: str = ""

    def fingerprint(self, agency: str, year: int | None) -> str:
        """Identity of the finding over re-runs and rewordings: rule, report and values, not the messages.

        Returns 16 hex digits.
        """
        identity = [self.rule, agency, year, sorted(self.codes), self.expected, self.actual, self.subject]
        return hashlib.sha256(json.dumps(identity, ensure_ascii=False).encode()).hexdigest()[:16]

    def to_dict(self) -> dict[str, Any]:
        """The finding as in the JSON of ``nianbao extract``."""
        return {
            "rule": self.rule,
            "severity": self.severity,
            "codes": list(self.codes),
            "expected": self.expected,
            "actual": self.actual,
            "message": self.message_zh,
            "message_en": self.message_en,
        }


@dataclass
class Report:
    """One annual report. ``cells`` holds a figure for every cell found; a cell that the report lacks has no key.

    ``agency`` and ``year`` are what title and body say (``""`` and None where they say nothing); ``findings`` is what
    the reading itself noticed; :func:`validate.check` adds what the figures say.
    """

    file: str
    title: str
    agency: str
    year: int | None
    form: str | None
    status: ReportStatus
    reader: str
    cells: dict[str, Figure] = field(default_factory=dict)
    sections: list[Section] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    quantities: list[Quantity] = field(default_factory=list)
    published_on: str | None = None
    period: tuple[str, str] | None = None
    """First and last day of the statistics period as the body states it, ISO dates."""

    @property
    def figures(self) -> dict[str, Number | None]:
        """Code to number; None for a blank cell; no key for a missing one."""
        return {code: figure.value for code, figure in self.cells.items()}

    @property
    def unsure(self) -> list[str]:
        """Codes of the figures that were not read with certainty."""
        return [code for code, figure in self.cells.items() if figure.status == "unsure"]

    def to_dict(self, findings: list[Finding] | None = None) -> dict[str, Any]:
        """The report as one JSON object of ``nianbao extract --format jsonl``."""
        return {
            "file": self.file,
            "title": self.title,
            "agency": self.agency,
            "year": self.year,
            "form": self.form,
            "status": self.status,
            "figures": self.figures,
            "unsure": self.unsure,
            "sections": [{"heading": s.heading, "text": s.text} for s in self.sections],
            "claims": [
                {"code": c.code, "value": c.value, "approximate": c.approximate, "scope": c.scope, "text": c.text}
                for c in self.claims
            ],
            "quantities": [asdict(quantity) for quantity in self.quantities],
            "findings": [f.to_dict() for f in (self.findings if findings is None else findings)],
        }
