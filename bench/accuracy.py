"""How right reading is: generated documents of known figures are read, and every cell is compared.

``python -m bench.accuracy`` (``make accuracy``) prints the tables of docs/accuracy.md. A cell is *right* where its
value (or its being blank) is what the document prints and the reading is sure of it; *unsure* where it is marked so;
*missing* where there is no such cell in the report; *wrong* else. What counts most is the last column: wrong cells, not
marked unsure, in a report called complete.
"""

import argparse
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from extract import Report, UnreadableFile, read_file
from extract.readers.converted import Converter
from simulator.generator import SHAPES, GeneratedDocument, generate_many
from simulator.reports import SimulatedReport
from simulator.shapes_office import SOFFICE
from simulator.shapes_print import FONTS

_BATCH = 40
_COLUMNS = ["documents", "complete", "unread", "cells", "right", "unsure", "missing", "wrong", "agency", "year"]
_HEADER = f"| {{first}} | {' | '.join(_COLUMNS)} | wrong in complete |\n| --- |{' ---: |' * 11}"


@dataclass
class Score:
    """Counts over documents: cells by outcome, and what was right about whole reports."""

    documents: int = 0
    complete: int = 0
    unread: int = 0
    agency: int = 0
    year: int = 0
    wrong_in_complete: int = 0
    cells: Counter[str] = field(default_factory=Counter)

    def add(self, other: "Score") -> None:
        """Add another score's counts."""
        self.documents += other.documents
        self.complete += other.complete
        self.unread += other.unread
        self.agency += other.agency
        self.year += other.year
        self.wrong_in_complete += other.wrong_in_complete
        self.cells.update(other.cells)

    def line(self, name: str) -> str:
        """The score as a line of the table."""
        total = self.cells.total() or 1
        shares = [f"{self.cells['right'] / total:.3%}", *(str(self.cells[k]) for k in ("unsure", "missing", "wrong"))]
        counts = [self.documents, self.complete, self.unread, self.cells.total(), *shares]
        identities = [f"{right / (self.documents or 1):.1%}" for right in (self.agency, self.year)]
        return f"| {' | '.join([name, *map(str, counts), *identities, str(self.wrong_in_complete)])} |"


@dataclass(frozen=True)
class Outcome:
    """What came of one document; ``faults`` names each cell that is wrong, missing or unsure."""

    seed: int
    shape: str
    oddities: tuple[str, ...]
    score: Score
    faults: tuple[str, ...]


def measure(document: GeneratedDocument, converter: Converter | None = None) -> Outcome:
    """Read a document from files, as a person would, and compare each cell."""
    with tempfile.TemporaryDirectory() as folder:
        for name, body in document.files:
            (Path(folder) / name).write_bytes(body)
        try:
            path = Path(folder) if document.shape.is_folder else Path(folder) / document.files[0][0]
            reports = read_file(path, converter=converter)
        except UnreadableFile as error:
            score = Score(documents=1, unread=1, cells=Counter(missing=len(document.report.figures)))
            reason = f"{error.kind}: {error.message}"
            return Outcome(document.seed, document.shape.name, document.oddities, score, (reason,))
    return _compared(document, reports[0])


def _compared(document: GeneratedDocument, report: Report) -> Outcome:
    truth = document.report
    outcomes = {code: cell_outcome(report, truth, code) for code in truth.figures.keys() | report.cells.keys()}
    cells = Counter(outcomes.values())
    score = Score(
        documents=1,
        complete=report.status == "complete",
        agency=report.agency == truth.agency,
        year=report.year == truth.year,
        wrong_in_complete=cells["wrong"] if report.status == "complete" else 0,
        cells=cells,
    )
    faults = tuple(_fault(report, truth, code, outcome) for code, outcome in outcomes.items() if outcome != "right")
    return Outcome(document.seed, document.shape.name, document.oddities, score, faults)


def cell_outcome(report: Report, truth: SimulatedReport, code: str) -> str:
    """``right``, ``unsure``, ``missing`` or ``wrong`` for a cell; one that the document doesn't print is wrong."""
    figure = report.cells.get(code)
    if figure is None:
        return "missing"
    if figure.status == "unsure":
        return "unsure"
    if code not in truth.figures or figure.value != truth.figures[code]:
        return "wrong"
    return "right" if (figure.status == "blank") == (truth.figures[code] is None) else "wrong"


def _fault(report: Report, truth: SimulatedReport, code: str, outcome: str) -> str:
    figure = report.cells.get(code)
    read = "nothing" if figure is None else f"{figure.value} ({figure.raw!r})"
    return f"{code}: {outcome}, printed {truth.figures.get(code, 'nothing')}, read {read}"


def plan(documents: int, scans: int) -> Iterator[tuple[int, str]]:
    """(seed, shape) pairs: so many documents over the shapes with text, so many over those without, by shape."""
    for is_scan, number in ((False, documents), (True, scans)):
        shapes = [name for name, shape in SHAPES.items() if shape.is_scan == is_scan and _is_possible(name)]
        for index, name in enumerate(shapes):
            yield from ((seed, name) for seed in range(index, number, len(shapes)))


def _is_possible(name: str) -> bool:
    """Whether what the shape needs is installed."""
    shape = SHAPES[name]
    return (SOFFICE is not None or not shape.converted) and (bool(FONTS) or not shape.needs_font)


def _measured(pairs: Sequence[tuple[int, str]]) -> list[Outcome]:
    documents, converter = list(generate_many(pairs)), Converter()
    converter.prepare(document.files[0][1] for document in documents)
    return [measure(document, converter) for document in documents]


def _outcomes(pairs: Iterable[tuple[int, str]]) -> Iterator[Outcome]:
    """Each batch is made and read in one process; the documents never leave it."""
    with ProcessPoolExecutor() as pool:
        for batch in pool.map(_measured, _batched(pairs, _BATCH)):
            yield from batch


def _batched(pairs: Iterable[tuple[int, str]], size: int) -> Iterator[list[tuple[int, str]]]:
    """Lists of up to ``size`` pairs (itertools.batched is newer than the oldest Python we run on)."""
    rest = iter(pairs)
    while batch := list(islice(rest, size)):
        yield batch


def _table(first: str, scores: dict[str, Score]) -> Iterator[str]:
    yield _HEADER.format(first=first)
    for name, score in scores.items():
        yield score.line(name)


def _main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.accuracy", description="Measure how right reading is.")
    parser.add_argument("--documents", type=int, default=2800, help="documents that carry their text (default: 2800)")
    parser.add_argument("--scans", type=int, default=200, help="scans and photographs (default: 200)")
    parser.add_argument("--shape", action="append", choices=SHAPES, help="only this shape; may be given again")
    parser.add_argument("--faults", type=Path, help="write each cell that isn't right to this file")
    options = parser.parse_args(arguments)
    pairs = [pair for pair in plan(options.documents, options.scans) if not options.shape or pair[1] in options.shape]
    by_shape: dict[str, Score] = defaultdict(Score)
    by_oddity: dict[str, Score] = defaultdict(Score)
    total, faults = Score(), []
    for outcome in _outcomes(pairs):
        for score in (total, by_shape[outcome.shape], *(by_oddity[name] for name in outcome.oddities or ("none",))):
            score.add(outcome.score)
        faults += [f"{outcome.shape} {outcome.seed} {','.join(outcome.oddities)}: {fault}" for fault in outcome.faults]
    for line in (*_table("shape", by_shape | {"all": total}), "", *_table("oddity", by_oddity)):
        print(line)
    if options.faults:
        options.faults.write_text("\n".join(faults), encoding="utf-8")


if __name__ == "__main__":
    _main()
