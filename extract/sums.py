"""The sums that the official forms print: which cells add up to which, and whether a report's figures do.

For readers that want a second signal for what they read; what a broken sum says about a report is for ``validate``.
"""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from extract.forms import APPLICANTS, CHALLENGE_OUTCOMES, CHALLENGES, load_form
from extract.report import Figure

_RESULTS = "三、本年度办理结果"
_OTHER = "applications.other"


def kept_and_broken(figures: Mapping[str, Figure]) -> tuple[set[str], set[str]]:
    """The codes of the figures in sums that hold, and in sums that don't (a blank counts as 0).

    Only sums all of whose cells are there are looked at. A figure may be in both sets.
    """
    kept: set[str] = set()
    broken: set[str] = set()
    for left, right in _sums(figures):
        if all(code in figures for code in (*left, *right)):
            holds = _total(figures, left) == _total(figures, right)
            (kept if holds else broken).update(left, right)
    return kept, broken


def _total(figures: Mapping[str, Figure], codes: Iterable[str]) -> Decimal:
    return sum((Decimal(str(figures[code].value or 0)) for code in codes), Decimal(0))


def _sums(figures: Mapping[str, Figure]) -> Iterator[tuple[list[str], list[str]]]:
    rows = {code.rpartition(".")[0] for code in figures if code.startswith("applications.")}
    for row in sorted(rows):
        yield [f"{row}.total"], [f"{row}.{column}" for column in APPLICANTS[:-1]]
    outcomes = _outcome_rows(rows)
    for column in APPLICANTS:
        received, carried_in, concluded, carried_out = (
            f"applications.{row}.{column}" for row in ("received", "carried_in", "concluded", "carried_out")
        )
        yield [received, carried_in], [concluded, carried_out]
        yield [concluded], [f"{row}.{column}" for row in outcomes]
    for row in CHALLENGES:
        yield [f"{row}.total"], [f"{row}.{outcome}" for outcome in CHALLENGE_OUTCOMES]


def _outcome_rows(present: set[str]) -> list[str]:
    """The rows that add up to （七）总计: （六）其他处理 as one row where its three are not there."""
    rows = [line.key for line in load_form("2021").table("3").blocks[0].rows if line.path[:1] == (_RESULTS,)]
    rows.remove("applications.concluded")
    parts = [row for row in rows if row.startswith(_OTHER + ".")]
    dropped = [_OTHER] if present.issuperset(parts) else parts
    return [row for row in rows if row not in dropped]
