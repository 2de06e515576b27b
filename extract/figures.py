"""Keeping figures while a document is read: a cell printed twice, and figures that later turn out doubtful."""

from collections.abc import Iterable
from dataclasses import replace

from extract import notices
from extract.report import Figure, Finding


def keep_figure(figures: dict[str, Figure], findings: list[Finding], figure: Figure) -> None:
    """Add a figure. A cell printed again with the same content is one cell; with another, neither is certain."""
    known = figures.get(figure.code)
    if known is None:
        figures[figure.code] = figure
    elif (known.value, known.status) != (figure.value, figure.status):
        findings.append(notices.printed_twice(figure.code, known.value, figure.value))
        figures[figure.code] = replace(known, status="unsure")


def doubt(figures: dict[str, Figure], codes: Iterable[str]) -> None:
    """Mark figures unsure that are there."""
    for code in codes:
        if code in figures:
            figures[code] = replace(figures[code], status="unsure")
