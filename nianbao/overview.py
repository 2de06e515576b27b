"""What the database holds, for the terminal: findings, coverage, runs."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text
from sqlite_utils import Database

from nianbao.summary import PortalStatus, status_table

SEVERITY_ORDER = ("error", "warning", "info")
_STYLES = {"error": "red", "warning": "yellow", "info": "dim"}
FLAG_COLUMNS = (
    *("agency", "year", "title", "url", "edition", "rule", "severity", "codes", "expected", "actual"),
    *("message", "message_en", "fingerprint", "review"),
)
_FINDINGS = """
    SELECT coalesce(label, reports.agency) AS agency, reports.year, reports.title, reports.url, reports.edition,
        findings.rule, findings.severity, findings.codes, findings.expected, findings.actual,
        findings.message_zh AS message, findings.message_en, findings.fingerprint, findings.review
    FROM findings JOIN reports ON reports.id = findings.report_id
    LEFT JOIN agency_labels ON agency_labels.id = agency_id
    WHERE (reports.is_current = 1 OR reports.edition > (
            SELECT edition FROM reports AS current WHERE current.identity = reports.identity AND is_current = 1
        ))
        AND (:year IS NULL OR reports.year = :year)
        AND (:agency IS NULL OR instr(reports.agency, :agency) > 0 OR instr(label, :agency) > 0)
        AND (:rule IS NULL OR findings.rule = :rule OR substr(findings.rule, 1, length(:rule) + 1) = :rule || '.')
    ORDER BY CASE findings.severity WHEN 'error' THEN 0 WHEN 'warning' THEN 1 ELSE 2 END,
        coalesce(label, reports.agency), reports.year, findings.id
"""


def find_flags(
    db: Database,
    *,
    year: int | None = None,
    agency: str | None = None,
    rule: str | None = None,
    least: str = "warning",
) -> list[dict[str, Any]]:
    """The findings of the current editions, and of later ones that were not let take their place, gravest first.

    ``agency`` is any part of the name, in full or as printed; ``rule`` an id (``challenges.total``) or its first part
    (``challenges``); ``least`` the least severity. ``codes`` is a list.
    """
    wanted = SEVERITY_ORDER[: SEVERITY_ORDER.index(least) + 1]
    rows = db.query(_FINDINGS, {"year": year, "agency": agency, "rule": rule})
    return [{**row, "codes": json.loads(row["codes"])} for row in rows if row["severity"] in wanted]


def flags_table(flags: Sequence[dict[str, Any]], language: str) -> Table:
    """The findings as a table; ``language`` is ``zh`` or ``en``."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("agency", "year", "rule"):
        table.add_column(column, no_wrap=column == "year")
    table.add_column("what does not fit", overflow="fold")
    for flag in flags:
        message = flag["message"] if language == "zh" else flag["message_en"]
        style = _STYLES[flag["severity"]]
        table.add_row(flag["agency"], str(flag["year"] or "?"), Text(flag["rule"], style), Text(message))
    return table


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many reports are held, and how they stand; ``years`` are all years of the coverage table."""

    reports: int
    agencies: int
    undated: int
    """Reports whose year or agency nothing states: they have no place in the grid of agencies and years."""
    years: list[int]
    states: dict[tuple[str, int], str]
    """State by agency and year: ``current``, ``partial``, ``unreadable`` or ``missing``."""
    contradicted: frozenset[tuple[str, int]]
    """Agencies and years whose current edition has a finding of severity error."""


def read_coverage(db: Database) -> Coverage:
    """The coverage of the database."""
    labels = dict(db.execute("SELECT id, label FROM agency_labels").fetchall())
    states = {
        (labels[row["agency_id"]], row["year"]): row["state"]
        for row in db.query("SELECT agency_id, year, state FROM coverage")
    }
    contradicted = db.query(
        "SELECT DISTINCT reports.agency_id, reports.year FROM reports JOIN findings ON findings.report_id = reports.id"
        " WHERE reports.is_current = 1 AND findings.severity = 'error' AND reports.agency_id IS NOT NULL"
    )
    counts = next(
        iter(
            db.query(
                "SELECT count(*) AS reports, count(DISTINCT agency_id) AS agencies,"
                " count(*) - count(CASE WHEN year IS NOT NULL THEN agency_id END) AS undated FROM reports"
                " WHERE is_current = 1 AND status <> 'unreadable'"
            )
        )
    )
    return Coverage(
        reports=counts["reports"],
        agencies=counts["agencies"],
        undated=counts["undated"],
        years=sorted({year for _, year in states}),
        states=states,
        contradicted=frozenset((labels[row["agency_id"]], row["year"]) for row in contradicted),
    )


def coverage_table(coverage: Coverage) -> Table:
    """Agencies by year, one mark for each report."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("agency", overflow="fold")
    for year in coverage.years:
        table.add_column(str(year), justify="center")
    for agency in sorted({agency for agency, _ in coverage.states}):
        table.add_row(agency, *(_mark(coverage, agency, year) for year in coverage.years))
    return table


LEGEND = "✓ complete, adds up   ✗ figures contradict each other   ~ partly read   ? not readable   · none held"


def _mark(coverage: Coverage, agency: str, year: int) -> Text:
    state = coverage.states.get((agency, year))
    if (agency, year) in coverage.contradicted:
        return Text("✗", "bold red")
    return {
        "current": Text("✓", "green"),
        "partial": Text("~", "yellow"),
        "unreadable": Text("?", "yellow"),
    }.get(state or "", Text("·", "dim"))


@dataclass(frozen=True, slots=True)
class LastRun:
    """The latest finished run of a portal (or, with portal None, of a command without one)."""

    command: str
    portal: str | None
    started_at: str
    outcome: str
    stats: dict[str, Any]


def last_runs(db: Database) -> list[LastRun]:
    """The latest run of each command and portal. A run that was killed has the outcome ``unfinished``."""
    rows = db.query(
        "SELECT command, portal, started_at, coalesce(outcome, 'unfinished') AS outcome, stats FROM runs"
        " WHERE id IN (SELECT max(id) FROM runs GROUP BY command, portal) ORDER BY portal IS NULL, portal, command"
    )
    return [LastRun(**{**row, "stats": json.loads(row["stats"])}) for row in rows]


def runs_table(runs: Iterable[LastRun]) -> Table:
    """The latest runs that are of no portal, as a table."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("command", "last run", "outcome", "reports", "failed"):
        table.add_column(column, justify="right" if column in {"reports", "failed"} else "left")
    for run in runs:
        counts = (str(run.stats.get(name, "")) for name in ("reports", "failed"))
        style = "" if run.outcome == "ok" else "yellow"
        table.add_row(run.command, run.started_at[:16].replace("T", " "), Text(run.outcome, style), *counts)
    return table


def print_status(
    out: Console,
    coverage: Coverage,
    portals: list[PortalStatus],
    runs: list[LastRun],
    unread: list[dict[str, Any]],
) -> None:
    """All that ``nianbao status`` has to say."""
    out.print(f"{coverage.reports} reports of {coverage.agencies} agencies\n")
    if coverage.states:
        out.print(coverage_table(coverage))
        out.print(f"[dim]{LEGEND}[/]\n")
    if coverage.undated:
        out.print(f"{coverage.undated} of them without year or agency: see nianbao flags --rule identity\n")
    if portals:
        out.print(status_table(portals))
        out.print()
    out.print(runs_table(runs))
    for portal in portals:
        for failure in portal.stats.get("failures", []):
            out.print(f"{portal.portal}: {failure['url']}: {failure['kind']}: {failure['reason']}", markup=False)
    for capture in unread:
        out.print(f"not readable: {capture['url']}: {capture['message']}", markup=False)


def not_read_line(count: int, data_dir: Path) -> str:
    """What is archived and not read yet, and the next step."""
    return f"{count} pages and files not read yet: nianbao extract --data {data_dir}"


def unread_captures(db: Database) -> list[dict[str, Any]]:
    """Captures that the latest extraction could not read, as url, kind, message."""
    return list(
        db.query(
            "SELECT captures.url, extractions.kind, extractions.message FROM extractions"
            " JOIN captures ON captures.id = extractions.capture_id"
            " WHERE extractions.outcome = 'unreadable'"
            " AND extractions.version = (SELECT max(version) FROM extractions)"
            " AND captures.id IN (SELECT max(id) FROM captures GROUP BY url)"
            " GROUP BY captures.url ORDER BY captures.url"
        )
    )


def edition_changes(db: Database) -> list[dict[str, Any]]:
    """Figures that a republished report changed, as agency, year, edition, code, before, after."""
    return list(
        db.query(
            "SELECT coalesce(label, now.agency) AS agency, now.year, now.edition, after.code, before.value AS before,"
            " after.value AS after"
            " FROM reports AS now JOIN reports AS earlier"
            "  ON earlier.identity = now.identity AND earlier.edition = now.edition - 1"
            " JOIN figures AS after ON after.report_id = now.id"
            " JOIN figures AS before ON before.report_id = earlier.id AND before.code = after.code"
            " LEFT JOIN agency_labels ON agency_labels.id = now.agency_id"
            " WHERE now.is_current = 1 AND before.value IS NOT after.value ORDER BY 1, now.year, after.code"
        )
    )
