"""The options that commands share which crawl, whether here or on other machines."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

# The regulations on open government information came into force in May 2008.
_FIRST_YEAR = 2008


class _Years(click.ParamType[range]):
    name = "YEARS"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> range:
        if isinstance(value, range):
            return value
        first, _, last = str(value).partition("-")
        try:
            years = range(int(first), int(last or first) + 1)
        except ValueError:
            years = range(0)
        if not years:
            self.fail(f"{value!r} is neither a year (2023) nor a range of years (2019-2023)", param, ctx)
        latest = datetime.now(UTC).year + 1
        if years[0] < _FIRST_YEAR or years[-1] > latest:
            self.fail(f"{value!r}: there are reports of the years {_FIRST_YEAR} to {latest}", param, ctx)
        return years


def _is_web_address(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    if value is not None and (urlsplit(value).scheme not in ("http", "https") or not urlsplit(value).hostname):
        raise click.BadParameter("write an address that starts with http:// or https://", context, parameter)
    return value


_OPTIONS = (
    click.argument("portals", nargs=-1),
    click.option("--years", type=_Years(), help="Only reports of these years: 2023 or 2019-2025."),
    click.option("--due", is_flag=True, help="Only portals that are due by the seasons of schedule.yaml."),
    click.option("--full", is_flag=True, help="Ask for every article again, not only for new and recent ones."),
    click.option("--limit", type=click.IntRange(min=1), help="At most so many reports of each portal."),
    click.option("--accept-fewer", is_flag=True, help="That a portal lists fewer reports than before is right."),
    click.option(
        "--summary", type=click.Path(path_type=Path, dir_okay=False), help="Write a JSON summary to this file."
    ),
    click.option(
        "--webhook",
        metavar="URL",
        envvar="NIANBAO_WEBHOOK",
        callback=_is_web_address,
        help="Post the JSON summary to this address (or name it in NIANBAO_WEBHOOK).",
    ),
)


def crawl_options(function: Callable[..., None]) -> Callable[..., None]:
    """The portals, and the options that say what of them is crawled and who is told."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function
