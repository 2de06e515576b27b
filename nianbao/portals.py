"""``nianbao portals``: the registry of portals, listed, checked against the live portals, and added to."""

import difflib
import json
import re
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click
import yaml
from rich.table import Table
from rich.text import Text

from archive import open_archive
from extract.divisions import find_division
from nianbao import __version__
from nianbao.overview import LastRun, last_runs
from nianbao.terminal import PEOPLE, data_console, data_option, fail, tells_trouble

# Scrapy takes a second to import: only the commands that need it pay for it.
if TYPE_CHECKING:
    from crawler.probe import Probe
    from crawler.registry import Portal, Registry

OWN_FILE = "mine.yaml"
_STYLES = {
    "reachable": "green",
    "blocked": "red",
    "moved": "yellow",
    "gone": "yellow",
    "empty": "yellow",
    "unreachable": "red",
}

_own_data_option = data_option(note="DIR/portals/ holds your own portals.")


@click.group(name="portals")
def portals() -> None:
    """The registry of portals: list it, check it against the live portals, add to it."""


def load_registry(data_dir: Path) -> "Registry":
    """The shipped portals and those of the data directory; what is wrong in their files is named on stderr."""
    from crawler.registry import read_registry  # noqa: PLC0415
    from crawler.session import portal_folders  # noqa: PLC0415

    registry = read_registry(*portal_folders(data_dir))
    for wrong in registry.wrong:
        PEOPLE.print(f"wrong entry: {wrong}", style="yellow", markup=False, soft_wrap=True)
    return registry


def named_portals(keys: Sequence[str], registry: "Registry") -> "list[Portal]":
    """The portals of these keys, each once, without those whose entries are wrong. Raises UsageError for keys that are
    not there."""
    wrong = {wrong.key for wrong in registry.wrong}
    if unknown := [key for key in keys if key not in registry.portals and key not in wrong]:
        close = sorted({near for key in unknown for near in difflib.get_close_matches(key, registry.portals, n=3)})
        hint = f"; close to it: {', '.join(close)}" if close else ""
        raise click.UsageError(f"no portal has the key {', '.join(unknown)}{hint}; `nianbao portals list` shows all")
    return [registry.portals[key] for key in dict.fromkeys(keys) if key in registry.portals]


# list


@portals.command(name="list")
@click.option("--format", "output_format", type=click.Choice(["table", "json"]), default="table", show_default=True)
@_own_data_option
@tells_trouble
def list_command(*, output_format: str, data_dir: Path) -> None:
    """Show every portal: key, name, province, platform, whether it is crawled, and what came of its last run."""
    registry = load_registry(data_dir)
    runs = _last_crawls(data_dir)
    rows = [_row(portal, runs.get(portal.key)) for portal in registry.portals.values()]
    if output_format == "json":
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        data_console().print(_list_table(rows))
    PEOPLE.print(_standing(rows), markup=False, soft_wrap=True)
    if registry.wrong:
        sys.exit(1)


def _last_crawls(data_dir: Path) -> dict[str | None, LastRun]:
    if not (data_dir / "nianbao.db").exists():
        return {}
    with open_archive(data_dir, read_only=True) as archive:
        return {run.portal: run for run in last_runs(archive.db) if run.command == "crawl"}


def _row(portal: "Portal", run: LastRun | None) -> dict[str, Any]:
    row = portal.model_dump(mode="json", include={"key", "name", "province", "platform", "enabled", "verified_on"})
    return {**row, "last_run": run.started_at if run else None, "last_outcome": run.outcome if run else None}


def _list_table(rows: list[dict[str, Any]]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("key", "name", "province", "platform", "enabled", "read live", "last run"):
        table.add_column(column, no_wrap=column != "name", overflow="fold")
    for row in rows:
        last = f"{row['last_outcome']}, {row['last_run'][:10]}" if row["last_run"] else "never"
        table.add_row(
            row["key"],
            Text(row["name"]),
            row["province"] or "",
            row["platform"],
            "yes" if row["enabled"] else "no",
            row["verified_on"] or "not yet",
            last,
        )
    return table


def _standing(rows: list[dict[str, Any]]) -> str:
    enabled, verified = sum(row["enabled"] for row in rows), sum(row["verified_on"] is not None for row in rows)
    live = (
        f"{verified} have been read live."
        if verified
        else "No portal has been read live yet: addresses and platforms come from published material. Whoever can "
        "reach them may run `nianbao portals check --report FILE` and send FILE back."
    )
    return f"{len(rows)} portals, {enabled} of them enabled. {live}"


# check


@portals.command()
@click.argument("keys", nargs=-1, metavar="[PORTAL...]")
@click.option("--report", type=click.Path(path_type=Path, dir_okay=False), help="Write what was seen to a JSON file.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="At most so many portals.")
@_own_data_option
@tells_trouble
def check(*, keys: tuple[str, ...], report: Path | None, limit: int | None, data_dir: Path) -> None:
    """Ask each of the PORTALs (default: all) for one page, and say whether it is still there.

    reachable; blocked (and by what: challenge, refusal, robots.txt); moved (and where to); gone (not there any more,
    and nothing says where it went); empty (an answer without reports); unreachable. robots.txt is asked first and
    obeyed. Exit status 1 if any is not reachable.
    """
    registry = load_registry(data_dir)
    probes = _probe(named_portals(keys or list(registry.portals), registry)[:limit])
    data_console().print(_check_table(probes))
    counts = Counter(probe.state for probe in probes)
    PEOPLE.print(f"{len(probes)} portals: " + ", ".join(f"{count} {state}" for state, count in counts.most_common()))
    if report is not None:
        _write_report(report, probes, [str(wrong) for wrong in registry.wrong])
    if registry.wrong or set(counts) != {"reachable"}:
        sys.exit(1)


def _probe(chosen: "list[Portal]", *, new: bool = False) -> "list[Probe]":
    from crawler.probe import probe  # noqa: PLC0415

    with PEOPLE.status(f"asking {len(chosen)} portals, one page each"):
        return probe(chosen, new=new)


def _check_table(probes: "list[Probe]") -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("key", "state"):
        table.add_column(column, no_wrap=True)
    table.add_column("what was seen", overflow="fold")
    for each in probes:
        detail = f"to {each.moved_to}: {each.detail}" if each.moved_to else each.detail
        table.add_row(
            each.portal.key, Text(each.state, _STYLES.get(each.state, "yellow")), Text(f"{detail} ({each.url})")
        )
    return table


def _write_report(path: Path, probes: "list[Probe]", wrong: list[str]) -> None:
    content = {
        "made_by": f"nianbao {__version__}",
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "portals": [each.report() for each in probes],
        "wrong_entries": wrong,
    }
    try:
        path.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        fail(f"{path} cannot be written: {error}")
    PEOPLE.print(f"Written to {path}: please send it back with an issue of the project.", soft_wrap=True)


# add


@portals.command()
@click.argument("url")
@click.option("--key", help="A short name for commands; default: from the host name.")
@click.option("--name", help="Whose portal it is, such as 广州市番禺区; default: what the page calls itself.")
@click.option("--allow-private", is_flag=True, help="It may live on a loopback or private address, for trials.")
@_own_data_option
@tells_trouble
def add(*, url: str, key: str | None, name: str | None, allow_private: bool, data_dir: Path) -> None:
    """Register the portal whose column of annual reports (or gkmlpt index) stands at URL.

    The page is fetched once; the platform is recognised from it and from its address. The entry is written to
    DIR/portals/mine.yaml and printed; `nianbao crawl KEY` then finds it.
    """
    registry = load_registry(data_dir)
    new = asked(url, key, allow_private)
    if new.key in registry.portals:
        raise click.UsageError(
            f"key {new.key!r} is already that of {registry.portals[new.key].name}; give another: --key"
        )
    refuse_known(url, registry)
    (found,) = _probe([new], new=True)
    entry = entry_from(found, name)
    refuse_known(entry.get("column_url") or f"{entry['base_url']}/gkmlpt/index", registry)
    write(data_dir, entry)


def refuse_known(url: str, registry: "Registry") -> None:
    """Raise UsageError with the key of the portal whose column, or gkmlpt index, stands at this address already."""
    from crawler.probe import first_page  # noqa: PLC0415

    for portal in registry.portals.values():
        is_column = portal.column_url is not None or portal.platform == "gkmlpt"
        if is_column and _place(first_page(portal)) == _place(url):
            raise click.UsageError(f"{url} is registered already: {portal.key} ({portal.name})")


def _place(url: str) -> str:
    """What an address means, however it is written: with or without s, its first page's name and the final slash."""
    parts = urlsplit(url)
    host, path = (parts.hostname or "").rstrip("."), re.sub(r"/(?:index\.(?:s?html?|jsp|php))?$", "", parts.path)
    port = "" if parts.port in (None, 80, 443) else f":{parts.port}"
    path = re.sub(r"/gkmlpt\b.*", "/gkmlpt", path)
    return f"{host}{port}{path}" + (f"?{parts.query}" if parts.query else "")


def entry_from(found: "Probe", name: str | None = None) -> dict[str, Any]:
    """The registry entry of a new portal that has been asked for its first page; ``name`` in place of the one that the
    page gives. Stops with a message (exit status 1) where there is no such page or its platform is not recognised."""
    from crawler.recognise import PageReading  # noqa: PLC0415

    reading, url = found.reading or PageReading(None, 0, 0, ""), found.url
    if found.state in ("blocked", "unreachable", "moved"):
        where = f"; if that is the column, add {found.moved_to}" if found.moved_to else ""
        detail = found.detail.replace("register it with allow_private for trials", "for trials: --allow-private")
        fail(f"{url}: {found.state}: {detail}{where}")
    recognised = reading.recognition
    if recognised is None:
        fail(f"{url}: no known platform is recognised: {found.detail}. Is it the column that lists the reports?")
    name = name or reading.site or urlsplit(url).netloc
    division = find_division(name)
    entry = {
        "key": found.portal.key,
        "name": name,
        "base_url": recognised.base_url,
        "platform": recognised.platform,
        "division_code": division.code if division and division.level != "zone" else None,
        "column_url": recognised.column_url,
        "sid": recognised.sid,
        "allow_private": found.portal.allow_private or None,
    }
    entry = {field: value for field, value in entry.items() if value is not None}
    return {**entry, "verified_on": None, "note": f"Added by address; {recognised.sign}."}


def asked(url: str, key: str | None, allow_private: bool) -> "Portal":
    """The portal as far as it is known before it is asked. Raises UsageError for a wrong address or key."""
    from pydantic import ValidationError  # noqa: PLC0415

    from crawler.recognise import FALLBACK  # noqa: PLC0415
    from crawler.registry import Portal  # noqa: PLC0415

    try:
        parts = urlsplit(url)
        short = parts.netloc.lower().removeprefix("www.").removesuffix(".gov.cn")
        return Portal(
            key=key or "".join(c if c.isascii() and c.isalnum() else "_" for c in short).strip("_") or "portal",
            name=url,
            base_url=f"{parts.scheme}://{parts.netloc}",
            platform=FALLBACK,
            column_url=url,
            allow_private=allow_private,
        )
    except ValidationError as error:
        problem = error.errors()[0]
        if problem["loc"] == ("key",):
            raise click.UsageError(f"--key {key!r}: write small letters, digits, - and _") from error
        raise click.UsageError(f"{url!r}: {problem['msg'].removeprefix('Value error, ')}") from error
    except ValueError as error:
        raise click.UsageError(f"{url!r}: {error}") from error


def write(data_dir: Path, entry: dict[str, Any]) -> None:
    """Append an entry to the user's own file, unless the registry would then not load."""
    path = data_dir / "portals" / OWN_FILE
    text = yaml.safe_dump([entry], allow_unicode=True, sort_keys=False, width=1000)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        path.write_text(before.rstrip("\n") + "\n\n" * bool(before.strip()) + text, encoding="utf-8")
    except OSError as error:
        fail(f"{path} cannot be written: {error}")
    if wrong := [wrong for wrong in load_registry(data_dir).wrong if wrong.place.startswith(f"{path}:")]:
        path.write_text(before, encoding="utf-8")
        fail(f"the entry does not fit, nothing is written: {wrong[-1]}")
    click.echo(text, nl=False)
    PEOPLE.print(
        f"Written to {path}. Next: nianbao crawl {entry['key']} --data {data_dir}", markup=False, soft_wrap=True
    )
    if not urlsplit(entry["base_url"]).netloc.partition(":")[0].endswith(".gov.cn"):
        PEOPLE.print(
            "The host does not end in .gov.cn: copies of portals are about, make sure it is genuine.", soft_wrap=True
        )
