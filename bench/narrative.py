"""How right the text is read: claims of real sentences, titles of real pages.

``python -m bench.narrative [FOLDER]`` prints the table of docs/accuracy.md. The folder holds ``claims.jsonl``
(``sentence``, ``report_year`` where it is of the form of 2014, ``claims`` with ``code`` and ``value``) and
``pages.jsonl`` (``title``, ``agency``, ``report_year``, ``level``).
"""

import json
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from extract.agencies import agency_level, same_agency
from extract.narrative import FIRST_YEAR_OF_TABLES, sentence_claims
from extract.titles import TitleReading, read_title

_LEVELS = {"district": "county", "township": "town", "street": "town", "zone": "other"}
"""Levels as the pages name them, where ours are called otherwise; all that is left is a department."""
_OURS = frozenset({"province", "city", "county", "town", "other"})


@dataclass(frozen=True, slots=True)
class Row:
    """A thing measured: ``right`` of ``total``."""

    name: str
    right: int
    total: int

    @property
    def share(self) -> float:
        """Part that is right; 1 where there was nothing to get wrong."""
        return self.right / self.total if self.total else 1.0

    def line(self) -> str:
        """The row as a line of the table."""
        return f"| {self.name} | {self.right} | {self.total} | {self.share:.1%} |"


def measure(samples: Path) -> list[Row]:
    """Claims and titles measured; none of what is not in the folder."""
    claims, pages = samples / "claims.jsonl", samples / "pages.jsonl"
    return [
        *(_claims(_lines(claims)) if claims.is_file() else []),
        *(_titles(_lines(pages)) if pages.is_file() else []),
    ]


def table(rows: list[Row]) -> Iterator[str]:
    """The rows as Markdown; a plain sentence where there are none."""
    if not rows:
        yield "Text: not measured, for the real sentences and titles are not here (NIANBAO_SAMPLES names their folder)."
        return
    yield "| text | right | of | share |\n| --- | ---: | ---: | ---: |"
    yield from (row.line() for row in rows)


def _claims(lines: list[dict[str, Any]]) -> list[Row]:
    stated = found = right = approximate = told = silent = 0
    traps = [line for line in lines if not line["claims"]]
    for line in lines:
        in_2014_form = line.get("report_year", FIRST_YEAR_OF_TABLES) < FIRST_YEAR_OF_TABLES
        read = {(c.code, c.value): c for c in sentence_claims(line["sentence"], in_2014_form=in_2014_form)[0]}
        expected = {(claim["code"], claim["value"]): claim for claim in line["claims"]}
        both = read.keys() & expected.keys()
        stated, found, right = stated + len(expected), found + len(read), right + len(both)
        approximate += len(both)
        told += sum(read[key].approximate == bool(expected[key].get("approx")) for key in both)
        silent += not expected and not read
    return [
        Row("claims found that are right (precision)", right, found),
        Row("claims stated that are found (recall)", right, stated),
        Row("approximate or exact", told, approximate),
        Row("sentences without a claim that give none", silent, len(traps)),
    ]


def _titles(pages: list[dict[str, Any]]) -> list[Row]:
    titled = [(page, read_title(page["title"])) for page in pages if page.get("title")]
    named = [(page, title) for page, title in titled if page.get("agency") and title is not None and title.agency]
    return [
        Row("titles taken for those of reports", sum(title is not None for _, title in titled), len(titled)),
        Row(
            "year", sum(title is not None and title.year == page["report_year"] for page, title in titled), len(titled)
        ),
        Row("agency", sum(_has_agency(page, title) for page, title in titled), len(titled)),
        Row(
            "level, where the title names an agency", sum(_has_level(page, title) for page, title in named), len(named)
        ),
    ]


def _has_agency(page: dict[str, Any], title: TitleReading | None) -> bool:
    return title is not None and bool(title.agency) and same_agency(title.agency, page.get("agency") or "")


def _has_level(page: dict[str, Any], title: TitleReading) -> bool:
    level = _LEVELS.get(page["level"], page["level"])
    return agency_level(title.agency) == (level if level in _OURS else "department")


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _main() -> None:
    here = Path(__file__).resolve().parent.parent.parent / "shared" / "samples"
    folder = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("NIANBAO_SAMPLES") or here
    for line in table(measure(Path(folder))):
        print(line)


if __name__ == "__main__":
    _main()
