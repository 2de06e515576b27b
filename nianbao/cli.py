"""The command line: ``nianbao COMMAND --help`` explains each."""

import csv
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from archive import Archive, open_archive
from extract import EXTRACTOR_VERSION, UnreadableFile
from extract.files import file_groups, read_group
from extract.readers.converted import Converter
from nianbao import __version__, overview
from nianbao.checking import check_archive
from nianbao.crawling import CrawlOptions, run_crawl
from nianbao.dispatching import dispatch
from nianbao.importing import import_paths
from nianbao.options import crawl_options
from nianbao.portals import portals as portals_group
from nianbao.reading import ExtractionSummary, extract_pending, fault_message
from nianbao.summary import portal_statuses
from nianbao.terminal import PEOPLE, data_console, data_option, fail, name_failures, tells_trouble
from validate import check


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="nianbao")
def main() -> None:
    """Collect, archive and check China's annual reports on open government information (政府信息公开工作年度报告).

    \b
    Begin with:   nianbao demo          the whole job, on portals that it starts itself
    Your files:   nianbao extract report.html
    A portal:     nianbao update panyu  crawl, extract and validate in one
    Then:         nianbao flags         what does not reconcile, and why

    Exit status: 0 done; 1 done, but something could not be read or reached (each is named); 2 wrong usage.
    """


# Collecting


_pace_option = click.option(
    "--pace", type=click.FloatRange(min=0), metavar="SECONDS", help="Seconds between two requests."
)


@main.command()
@crawl_options
@_pace_option
@data_option()
@tells_trouble
def crawl(**options: Any) -> None:
    """Collect the reports of PORTALS (keys of the registry; default: all enabled) into the archive.

    Portals are read from the shipped registry and from DIR/portals/*.yaml. Each is asked politely: robots.txt obeyed,
    one request at a time at its own pace. Lists are always read; of the articles, those that are new or recent are
    asked for, and all of them now and then (DIR/schedule.yaml says when). A run that was killed is taken up.
    """
    if not run_crawl("crawl", CrawlOptions(**options), PEOPLE, _name_next):
        sys.exit(1)


def _name_next(archive: Archive) -> bool:
    if not_read := archive.count_unread(EXTRACTOR_VERSION):
        PEOPLE.print(overview.not_read_line(not_read, archive.data_dir), markup=False, soft_wrap=True)
    return True


@main.command(name="import")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path, readable=False), metavar="PATH...")
@data_option()
@tells_trouble
def import_command(*, paths: tuple[Path, ...], data_dir: Path) -> None:
    """Take files that you have into the archive: reports, a folder, a ZIP, or WARC files of another nianbao archive.

    Every file is kept as it is; `nianbao extract` then reads what it can. The same file again is not taken twice.
    """
    with open_archive(data_dir) as archive:
        run_id = archive.start_run("import")
        summary = import_paths(archive, paths, run_id)
        stats = {"taken": summary.taken, "known": summary.known, "failed": len(summary.failures)}
        archive.finish_run(run_id, "partial" if summary.failures else "ok", stats)
    PEOPLE.print(f"{summary.taken} files or captures taken in, {summary.known} held already.")
    if summary.taken:
        PEOPLE.print(f"Next: nianbao extract --data {data_dir}", soft_wrap=True)
    name_failures(summary.failures)
    if summary.failures:
        sys.exit(1)


# Reading and checking


@main.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path, readable=False), metavar="[PATH...]")
@click.option(
    "--format", "output_format", type=click.Choice(["jsonl"]), default="jsonl", help="One JSON object a line."
)
@data_option()
@tells_trouble
def extract(*, paths: tuple[Path, ...], output_format: str, data_dir: Path) -> None:
    """Read reports into figures.

    With PATHs (files or folders): print one JSON object per report to stdout, touching no database. A file without a
    report gives an object with "error". Without: read what the archive holds and has not been read yet.
    """
    if paths:
        printed = [_print_reports(*group) for group in file_groups(paths)]
        if not printed:
            fail("there are no files in the folders named")
        succeeded = all(printed)
    else:
        _need_database(data_dir)
        with open_archive(data_dir) as archive:
            succeeded = _extract(archive)
    if not succeeded:
        sys.exit(1)


def _print_reports(paths: list[Path], converter: Converter) -> bool:
    """Print the reports of the files of a group, or why there are none; True if there are some."""
    try:
        for report in read_group(paths, converter):
            click.echo(json.dumps(report.to_dict(check(report)), ensure_ascii=False))
    except UnreadableFile as error:
        kind, message = str(error.kind), error.message
    except Exception as error:  # a fault of ours must not keep the other files from being read
        kind, message = "internal", fault_message(error)
    else:
        return True
    click.echo(json.dumps({"file": str(paths[0]), "error": {"kind": kind, "message": message}}, ensure_ascii=False))
    name_failures([(str(paths[0]), message)])
    return False


def _extract(archive: Archive) -> bool:
    """Read the pending captures; says what came of it; True if all could be read."""
    run_id = archive.start_run("extract")
    summary = ExtractionSummary()
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=PEOPLE, transient=True, disable=not PEOPLE.is_terminal) as progress:
        task = progress.add_task("reading")
        for summary in extract_pending(archive):
            progress.update(
                task, description=f"reading: {summary.reports} reports, {len(summary.failures)} not readable"
            )
    check_archive(archive, archive.agencies_of(summary.saved))  # a new year is checked beside the one before
    stats = {"reports": summary.reports, "left_out": len(summary.left_out), "failed": len(summary.failures)}
    archive.finish_run(run_id, "partial" if summary.failures else "ok", {**stats, "extractor": EXTRACTOR_VERSION})
    PEOPLE.print(
        f"{summary.reports} reports read, {len(summary.left_out)} pages left out as no reports, "
        f"{len(summary.failures)} not readable"
    )
    name_failures((failure.name, failure.message) for failure in summary.failures)
    return not summary.failures


@main.command()
@data_option()
@tells_trouble
def validate(*, data_dir: Path) -> None:
    """Check every report, and each agency's years against each other.

    What people decided about a finding is kept.
    """
    _need_database(data_dir)
    with open_archive(data_dir) as archive:
        _validate(archive)


def _need_database(data_dir: Path) -> None:
    """Stop where there is nothing to work on, instead of making an empty database."""
    with open_archive(data_dir, read_only=True):
        pass


def _validate(archive: Archive) -> None:
    run_id = archive.start_run("validate")
    checked = check_archive(archive)
    archive.finish_run(run_id, "ok", asdict(checked))
    PEOPLE.print(f"{checked.reports} reports checked, {checked.contradicted} with figures that contradict each other")


@main.command()
@crawl_options
@_pace_option
@data_option()
@tells_trouble
def update(**options: Any) -> None:
    """Crawl, extract and validate in one: what a scheduler runs."""

    def read_and_check(archive: Archive) -> bool:
        is_readable = _extract(archive)
        _validate(archive)
        return is_readable

    if not run_crawl("update", CrawlOptions(**options), PEOPLE, read_and_check):
        sys.exit(1)


# Looking


@main.command()
@click.option("--year", type=int, help="Only reports of this year.")
@click.option("--agency", help="Only agencies with this in their name.")
@click.option("--rule", help="Only this rule (challenges.total) or family of rules (challenges).")
@click.option(
    "--severity",
    type=click.Choice(overview.SEVERITY_ORDER),
    default="warning",
    show_default=True,
    help="The least severity shown.",
)
@click.option("--format", "output_format", type=click.Choice(["table", "json", "csv"]), default="table")
@click.option("--language", type=click.Choice(["en", "zh"]), default="en", help="Of the messages in the table.")
@data_option()
@tells_trouble
def flags(
    *,
    year: int | None,
    agency: str | None,
    rule: str | None,
    severity: str,
    output_format: str,
    language: str,
    data_dir: Path,
) -> None:
    """Show the reports whose figures don't reconcile, gravest first.

    error: printed figures contradict each other; warning: likely wrong, or something required is lacking.
    """
    with open_archive(data_dir, read_only=True) as archive:
        found = overview.find_flags(archive.db, year=year, agency=agency, rule=rule, least=severity)
        rules = sorted({flag["rule"] for flag in overview.find_flags(archive.db, least="info")})
    if output_format == "json":
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
    elif output_format == "csv":
        _print_csv(found)
    elif found:
        data_console().print(overview.flags_table(found, language))
    else:
        PEOPLE.print("Nothing to flag." + (f" Rules with findings here: {', '.join(rules)}" if rule else ""))


def _print_csv(found: list[dict[str, Any]]) -> None:
    writer = csv.DictWriter(sys.stdout, fieldnames=overview.FLAG_COLUMNS)
    writer.writeheader()
    writer.writerows({**flag, "codes": " ".join(flag["codes"])} for flag in found)


@main.command()
@click.option("--format", "output_format", type=click.Choice(["table", "json"]), default="table")
@data_option()
@tells_trouble
def status(*, output_format: str, data_dir: Path) -> None:
    """Show what is held, how each portal's last crawl ended against the one before, and what failed and why.

    Exit status 1 if an enabled portal's last crawl was not ok.
    """
    with open_archive(data_dir, read_only=True) as archive:
        coverage = overview.read_coverage(archive.db)
        portals = portal_statuses(archive.db)
        runs = [run for run in overview.last_runs(archive.db) if run.portal is None]
        unread, not_read = overview.unread_captures(archive.db), archive.count_unread(EXTRACTOR_VERSION)
    if output_format == "json":
        held = {"reports": coverage.reports, "agencies": coverage.agencies}
        held["not_read_yet"] = not_read
        found = {**held, "portals": [asdict(portal) for portal in portals], "unread": unread}
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        if not_read:
            data_console().print(overview.not_read_line(not_read, data_dir), markup=False, soft_wrap=True)
        overview.print_status(data_console(), coverage, portals, runs, unread)
    if any(portal.enabled and portal.outcome != "ok" for portal in portals):
        sys.exit(1)


@main.command()
@data_option("data/demo", "the demo's database and archive go there. Made anew each time.")
@tells_trouble
def demo(*, data_dir: Path) -> None:
    """The main job against portals that it starts on this machine: crawl, archive, extract, validate, report.

    Real figures where we have them, made-up agencies otherwise. Takes less than two minutes, needs no network.
    """
    from nianbao.demo import DemoError, run_demo  # noqa: PLC0415 - it brings the simulated portals along

    try:
        run_demo(data_dir)
    except DemoError as error:
        fail(str(error))


main.add_command(dispatch)
main.add_command(portals_group)

if __name__ == "__main__":
    main()
