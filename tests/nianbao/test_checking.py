"""Years checked against each other, in the archive and by the command line."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from nianbao.cli import main
from simulator.agencies import Agency, reports_of
from simulator.render import html_body
from simulator.reports import SimulatedReport

AGENCY = "岚港市望汐区财政局"


def run(*arguments: str | Path) -> str:
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert result.exit_code == 0, result.output
    return result.stdout


def found(data: Path, rule: str) -> list[dict[str, Any]]:
    return json.loads(run("flags", "--data", data, "--rule", rule, "--severity", "info", "--format", "json"))


@pytest.fixture
def reports() -> dict[int, SimulatedReport]:
    return reports_of(Agency(AGENCY, 60))


def put(folder: Path, report: SimulatedReport) -> Path:
    path = folder / f"{report.year}.html"
    body = f"<title>{report.title}</title>{html_body(report)}"
    path.write_text(f"<html><head><meta charset='utf-8'></head><body>{body}</body></html>", encoding="utf-8")
    return path


def test_a_year_is_checked_beside_the_one_before_whichever_came_first(
    tmp_path: Path, reports: dict[int, SimulatedReport]
) -> None:
    data = tmp_path / "data"
    printed = (reports[2023].figures["applications.carried_in.natural"] or 0) + 5
    later = put(tmp_path, reports[2023].with_figures({"applications.carried_in.natural": printed}))
    run("import", later, "--data", data)
    run("extract", "--data", data)
    assert found(data, "history.carried") == []  # the year before is not held

    run("import", put(tmp_path, reports[2022]), "--data", data)
    run("extract", "--data", data)

    (finding,) = found(data, "history.carried")
    assert (finding["year"], finding["codes"][0]) == (2023, "applications.carried_in.natural")
    assert (finding["expected"], finding["actual"]) == (printed - 5, printed)
    run("validate", "--data", data)
    assert found(data, "history.carried") == [finding]


def test_years_with_a_gap_between_them_are_not_compared(tmp_path: Path, reports: dict[int, SimulatedReport]) -> None:
    for year in (2021, 2023):
        run("import", put(tmp_path, reports[year]), "--data", tmp_path / "data")
    run("extract", "--data", tmp_path / "data")

    assert found(tmp_path / "data", "history") == []
