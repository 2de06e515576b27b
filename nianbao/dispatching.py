"""``nianbao dispatch``: the portals that are due, spread over Scrapyd nodes, and their run records collected."""

import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import click

from archive import open_archive
from nianbao import __version__
from nianbao.crawling import CrawlOptions, choose_portals, record_wrong, schedule_of, tell_of
from nianbao.dispatch import Dispatch, Job
from nianbao.nodes import Node
from nianbao.options import crawl_options
from nianbao.summary import RunSummary
from nianbao.terminal import PEOPLE, data_option, tells_trouble


def _read_nodes(context: click.Context, parameter: click.Parameter, value: str | None) -> list[Node]:
    addresses = dict.fromkeys(address.strip() for address in (value or "").split(",") if address.strip())
    try:
        nodes = [Node(address) for address in addresses]
    except ValueError as error:
        raise click.BadParameter(str(error), context, parameter) from error
    if not nodes:
        raise click.UsageError("name the nodes: --nodes http://host:6800,…, or set NIANBAO_NODES to them", context)
    return nodes


@click.command()
@crawl_options
@click.option(
    "--nodes",
    callback=_read_nodes,
    metavar="URL,…",
    envvar="NIANBAO_NODES",
    help="The Scrapyd nodes, with commas between (or name them in NIANBAO_NODES).",
)
@click.option(
    "--node-data",
    metavar="DIR",
    help="The data directory on the nodes, where it is not the same as here: their captures are then fetched and"
    " imported separately (deploy/README.md). Default: the nodes share DIR.",
)
@data_option(note="the run records go into its nianbao.db.")
@tells_trouble
def dispatch(*, nodes: list[Node], node_data: str | None, **options: Any) -> None:
    """Have Scrapyd nodes crawl PORTALS (keys of the registry; default: all enabled) and collect their run records.

    One portal is one job, called PORTAL-DATE: what a node has in hand, or did well today with the same options, is not
    started again, what failed is. Portals of a node that is down go to the others. Interrupted, the jobs go on; the
    same command again takes them up. Exit status 1 if any portal's crawl was not ok. What the nodes need:
    deploy/README.md.
    """
    asked, day = CrawlOptions(**options), f"{datetime.now(UTC):%Y-%m-%d}"
    summary = RunSummary("dispatch", since=day)  # what was done well today counts
    if not tell_of(lambda summary: _dispatch(asked, nodes, node_data, day, summary), summary, asked, PEOPLE):
        sys.exit(1)


def _dispatch(options: CrawlOptions, nodes: list[Node], node_data: str | None, day: str, summary: RunSummary) -> bool:
    from crawler.history import Policy  # noqa: PLC0415 - Scrapy takes a second to import
    from crawler.registry import host_of  # noqa: PLC0415

    schedule = schedule_of(options.data_dir)
    policy = Policy(**schedule.policy(), full=options.full, accept_fewer=options.accept_fewer)
    chosen = choose_portals(options.data_dir, options.portals, options.due, schedule)
    summary.begin([portal.key for portal in chosen.portals], policy, chosen.wrong)
    record_wrong(options.data_dir, chosen.wrong)
    if not chosen.portals:
        _say("No portal is due.")
        return not chosen.wrong
    arguments = {"data": node_data or str(options.data_dir.resolve()), "policy": json.dumps(asdict(policy))}
    arguments |= {"limit": str(options.limit)} if options.limit else {}
    arguments |= {"years": f"{options.years[0]}-{options.years[-1]}"} if options.years else {}
    jobs = [Job(portal, host_of(portal.base_url), day + _special(options)) for portal in chosen.portals]
    at_work = Dispatch(jobs, nodes, arguments, _say)
    at_work.name_other_versions(__version__)
    with open_archive(options.data_dir) as archive:
        fields = {"key", "name", "base_url", "platform", "division_code", "enabled"}
        archive.save_portals(portal.model_dump(include=fields) for portal in chosen.portals)
        for job in at_work.run():
            if job.record is not None:
                archive.add_run(job.record)
            else:
                summary.lose(job.portal.key, job.failure or "")
            _report(job)
    for url, why in at_work.down.items():
        _say(f"node {url} {why}", "yellow")
    failed = sum(not job.is_ok for job in jobs)
    _say(f"{len(jobs)} portals: {len(jobs) - failed} ok, {failed} not")
    return failed == 0 and not chosen.wrong


def _special(options: CrawlOptions) -> str:
    """What tells a job with these options from the plain one, in its id."""
    years = f"-y{options.years[0]}-{options.years[-1]}" if options.years else ""
    limit = f"-limit{options.limit}" if options.limit else ""
    return years + limit + "-full" * options.full + "-fewer" * options.accept_fewer


def _report(job: Job) -> None:
    if job.record is None:
        _say(f"{job.portal.key}: failed: {job.failure}", "red")
        return
    stats = json.loads(job.record["stats"])
    counts = f"{stats['listed']} listed, {stats['new']} new, {stats['changed']} changed, {stats['failed']} failed"
    why = f" ({stats['why']})" if stats["why"] else ""
    _say(f"{job.portal.key}: {job.record['outcome']}: {counts}{why}", "green" if job.is_ok else "yellow")
    if (version := stats.get("version")) != __version__:
        at = f"{job.ran_at} runs nianbao {version or 'of an older version'}"
        _say(f"{job.portal.key}: {at}, here it is {__version__}: its code is to be updated", "yellow")


def _say(line: str, style: str | None = None) -> None:
    PEOPLE.print(line, style=style, markup=False, soft_wrap=True)
