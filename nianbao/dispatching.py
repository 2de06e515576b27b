"""``nianbao dispatch``: the portals that are due, spread over Scrapyd nodes, and their run records collected."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from archive import open_archive
from nianbao.crawling import choose_portals, schedule_of
from nianbao.dispatch import Dispatch, Job
from nianbao.nodes import Node
from nianbao.terminal import PEOPLE, data_option, tells_trouble


def _read_nodes(context: click.Context, parameter: click.Parameter, value: str) -> list[Node]:
    addresses = dict.fromkeys(address.strip() for address in value.split(",") if address.strip())
    try:
        nodes = [Node(address) for address in addresses]
    except ValueError as error:
        raise click.BadParameter(str(error), context, parameter) from error
    if not nodes:
        raise click.BadParameter("name at least one node: http://host:6800", context, parameter)
    return nodes


@click.command()
@click.argument("portals", nargs=-1)
@click.option(
    "--nodes",
    required=True,
    callback=_read_nodes,
    metavar="URL,…",
    envvar="NIANBAO_NODES",
    help="The Scrapyd nodes, with commas between (or name them in NIANBAO_NODES).",
)
@click.option("--due", is_flag=True, help="Only portals that are due by the seasons of schedule.yaml.")
@click.option(
    "--node-data",
    metavar="DIR",
    help="The data directory on the nodes, where it is not the same as here: their captures are then fetched and"
    " imported separately (deploy/README.md). Default: the nodes share DIR.",
)
@data_option(note="the run records go into its nianbao.db.")
@tells_trouble
def dispatch(*, portals: tuple[str, ...], nodes: list[Node], due: bool, node_data: str | None, data_dir: Path) -> None:
    """Have Scrapyd nodes crawl PORTALS (keys of the registry; default: all enabled) and collect their run records.

    One portal is one job, called PORTAL-DATE: what a node has in hand, or did well today, is not started again, what
    failed is. Portals of a node that is down go to the others. Interrupted, the jobs go on; the same command again
    takes them up. Exit status 1 if any portal's crawl was not ok. What the nodes need: deploy/README.md.
    """
    if not _dispatch(portals, nodes, due, node_data, data_dir):
        sys.exit(1)


def _dispatch(keys: tuple[str, ...], nodes: list[Node], due: bool, node_data: str | None, data_dir: Path) -> bool:
    from crawler.registry import host_of  # noqa: PLC0415 - Scrapy takes a second to import

    schedule = schedule_of(data_dir)
    chosen = choose_portals(data_dir, keys, due, schedule)
    if not chosen:
        _say("No portal is due.")
        return True
    day = f"{datetime.now(UTC):%Y-%m-%d}"
    arguments = {"data": node_data or str(data_dir.resolve()), "policy": json.dumps(schedule.policy())}
    at_work = Dispatch([Job(portal, host_of(portal.base_url), day) for portal in chosen], nodes, arguments, _say)
    with open_archive(data_dir) as archive:
        fields = {"key", "name", "base_url", "platform", "division_code", "enabled"}
        archive.save_portals(portal.model_dump(include=fields) for portal in chosen)
        for job in at_work.run():
            if job.record is not None:
                archive.add_run(job.record)
            _report(job)
    for url, why in at_work.down.items():
        _say(f"node {url} {why}", "yellow")
    failed = sum(not job.is_ok for job in at_work.jobs)
    _say(f"{len(chosen)} portals: {len(chosen) - failed} ok, {failed} not")
    return failed == 0


def _report(job: Job) -> None:
    if job.record is None:
        _say(f"{job.portal.key}: failed: {job.failure}", "red")
        return
    stats = json.loads(job.record["stats"])
    counts = f"{stats['listed']} listed, {stats['new']} new, {stats['changed']} changed, {stats['failed']} failed"
    why = f" ({stats['why']})" if stats["why"] else ""
    _say(f"{job.portal.key}: {job.record['outcome']}: {counts}{why}", "green" if job.is_ok else "yellow")


def _say(line: str, style: str | None = None) -> None:
    PEOPLE.print(line, style=style, markup=False, soft_wrap=True)
