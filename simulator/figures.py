"""Made-up figures that add up, for one agency over the years.

They hold all that a right report must hold: each column's balance, the sums of the outcomes, the rows' totals, the
totals of reviews and lawsuits; what is carried in is what was carried out the year before, and normative documents in
force follow from those made and repealed.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field

from extract.forms import APPLICANTS, CHALLENGE_OUTCOMES, CHALLENGES, Form, load_form
from extract.report import Number
from simulator.statistics import draw_statistics

Figures = dict[str, Number]

_SHARES = {"natural": 0.8, "company": 0.14, "research": 0.03, "charity": 0.02, "legal": 0.05, "other": 0.04}
_WEIGHTS = {"granted": 40, "partly_granted": 12, "unavailable.not_held": 25, "refused.deliberative": 5}
_RESULTS = "三、本年度办理结果"
_KINDS = APPLICANTS[:-1]


def outcome_keys(form: Form) -> list[str]:
    """Keys of the outcome rows that add up to （七）总计; the undivided （六） only where the form has no other."""
    rows = form.table("3").blocks[0].rows
    keys = [row.key for row in rows if _RESULTS in row.path and row.key != "applications.concluded"]
    divided = any(key.startswith("applications.other.") for key in keys)
    return [key for key in keys if not (divided and key == "applications.other")]


@dataclass
class AgencyFigures:
    """Draws an agency's figures year after year; ``scale`` is about how many applications it receives.

    The same seed gives the same figures. Years are to be drawn in order, without a gap.
    """

    seed: str
    scale: int
    _carried: dict[str, int] = field(default_factory=dict)
    _in_force: int = 0
    _items: dict[str, int] = field(default_factory=dict)

    def draw(self, year: int, form_name: str) -> Figures:
        """The figures of one year: every cell of the form, but the undivided （六）其他处理 of the 2021 form."""
        form = load_form(form_name)
        if form_name == "2014":
            return draw_statistics(f"{self.seed}/{year}", form, self.scale)
        rng = random.Random(f"{self.seed}/{year}")  # noqa: S311  figures, not secrets
        figures: Figures = {}
        figures.update(self._disclosures(form, rng))
        figures.update(self._applications(form, rng))
        figures.update(_challenges(rng, self.scale))
        return figures

    def _applications(self, form: Form, rng: random.Random) -> Figures:
        keys = outcome_keys(form)
        weights = [_WEIGHTS.get(key.removeprefix("applications."), 1) for key in keys]
        columns: dict[str, dict[str, int]] = {}
        for kind in _KINDS:
            most = round(self.scale * _SHARES[kind])
            received = rng.randint(most // 2, most) + (kind == "natural")
            carried_in = self._carried.get(kind, 0)
            carried_out = min(received, rng.randint(0, received // 8 + 1))
            concluded = received + carried_in - carried_out
            drawn = rng.choices(keys, weights, k=concluded)
            columns[kind] = {
                "applications.received": received,
                "applications.carried_in": carried_in,
                **{key: drawn.count(key) for key in keys},
                "applications.concluded": concluded,
                "applications.carried_out": carried_out,
            }
            self._carried[kind] = carried_out
        return dict(_with_totals(columns))

    def _disclosures(self, form: Form, rng: random.Random) -> Figures:
        figures: Figures = {}
        for block in form.table("2").blocks:
            for row in block.rows:
                for column in block.columns:
                    figures[f"{row.key}.{column.key}"] = 0
        made = rng.randint(0, 5)
        repealed = rng.randint(0, min(2, self._in_force + made))
        self._in_force += made - repealed
        figures["normative.made"] = made
        for key in ("permits", "penalties", "coercion"):
            figures[f"{key}.decisions"] = rng.randint(0, self.scale * 9)
        if form.form == "2019":
            figures["normative.disclosed"] = made
            figures["normative.public_total"] = self._in_force
            figures.update(self._item_counts(rng))
            figures["procurement.projects"] = projects = rng.randint(1, 9)
            figures["procurement.amount"] = projects * rng.randint(200_000, 900_000)
        else:
            figures["normative.repealed"] = repealed
            figures["normative.in_force"] = self._in_force
            figures["fees.amount"] = round(rng.uniform(0, self.scale), 2)
        return figures

    def _item_counts(self, rng: random.Random) -> Figures:
        figures: Figures = {"services.decisions": rng.randint(0, self.scale)}
        for key in ("permits", "services", "penalties", "coercion", "fees"):
            before = self._items.get(key, rng.randint(3, 90))
            change = rng.randint(-3, 6)
            figures[f"{key}.items_last_year"] = before
            figures[f"{key}.items_change"] = change
            self._items[key] = before + change
        return figures


def add(parts: list[Figures]) -> Figures:
    """The figures of a whole: each cell the sum of its parts' (all of the same form)."""
    return {code: round(sum(part[code] for part in parts), 2) for code in parts[0]}


def as_2019_form(figures: Figures) -> Figures:
    """The figures of a 2021 form as an agency prints them that still uses the form of 2019."""
    old: Figures = {}
    for cell in load_form("2019").cells():
        old[cell.code] = figures.get(cell.code, 0)
    old["normative.disclosed"] = figures["normative.made"]
    old["normative.public_total"] = figures["normative.in_force"]
    old.update(_undivided(figures))
    return old


def with_single_other(figures: Figures) -> Figures:
    """The figures with one row （六）其他处理 in place of its three."""
    kept = {code: value for code, value in figures.items() if not code.startswith("applications.other.")}
    return kept | _undivided(figures)


def _undivided(figures: Figures) -> Figures:
    parts = ("uncorrected", "unpaid", "rest")
    return {
        f"applications.other.{kind}": sum(figures[f"applications.other.{part}.{kind}"] for part in parts)
        for kind in APPLICANTS
    }


def _with_totals(columns: dict[str, dict[str, int]]) -> Iterator[tuple[str, Number]]:
    for key in columns["natural"]:
        for kind in _KINDS:
            yield f"{key}.{kind}", columns[kind][key]
        yield f"{key}.total", sum(columns[kind][key] for kind in _KINDS)


def _challenges(rng: random.Random, scale: int) -> Figures:
    figures: Figures = {}
    for row in CHALLENGES:
        counts = [rng.randint(0, scale // 12) for _ in CHALLENGE_OUTCOMES]
        figures |= {f"{row}.{key}": count for key, count in zip(CHALLENGE_OUTCOMES, counts, strict=True)}
        figures[f"{row}.total"] = sum(counts)
    return figures
