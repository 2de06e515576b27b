"""Which portals are due, and what a run asks for again: ``schedule.yaml``, checked and named with file and line."""

import difflib
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from sqlite_utils import Database

from extract.forms import DATA

_FILE = "schedule.yaml"
_SEASON = ("from", "every_days")
_WANTED = {
    "seasons": "a list of seasons, such as '- {from: 01-15, every_days: 1}'",
    "from": "month and day, such as 01-15",
    "every_days": "a whole number of days from 1 to 366",
    "recent_days": "a whole number of days from 0 to 3660",
    "sweep_days": "a whole number of days from 0 to 3660",
    "least_share": "a share from 0 to 1, such as 0.8",
}
Days = Annotated[int, Field(ge=0, le=3660)]


class ScheduleError(Exception):
    """A schedule that cannot be read; the message has a line ``file:line: problem`` for each problem."""


class Season(BaseModel):
    """From a day of the year (month, day) on, portals are visited every so many days."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    begins: Annotated[str, Field(alias="from", pattern=r"^\d{2}-\d{2}$")]
    every_days: Annotated[int, Field(ge=1, le=366)]

    @field_validator("begins")
    @classmethod
    def _is_a_day(cls, value: str) -> str:
        date.fromisoformat(f"2000-{value}")
        return value


class Schedule(BaseModel):
    """The seasons, and the days and shares of `crawler.history.Policy`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seasons: Annotated[tuple[Season, ...], Field(min_length=1)]
    recent_days: Days
    sweep_days: Days
    least_share: Annotated[float, Field(ge=0, le=1)]

    def days_between_visits(self, today: date) -> int:
        """Days between two visits in the season of a day; before the year's first season the last one goes on."""
        seasons = sorted(self.seasons, key=lambda season: season.begins)
        begun = [season for season in seasons if season.begins <= f"{today:%m-%d}"]
        return (begun or seasons)[-1].every_days

    def policy(self) -> dict[str, Any]:
        """The fields of `crawler.history.Policy` that stand in the schedule."""
        return self.model_dump(exclude={"seasons"})


def load_schedule(data_dir: Path) -> Schedule:
    """The schedule of the data directory, else the shipped one. Raises ScheduleError."""
    own = data_dir / _FILE
    path = own if own.is_file() else DATA / _FILE
    try:
        node = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
        values = yaml.SafeLoader("").construct_document(node) if node else None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise ScheduleError(f"{path}:{mark.line + 1 if mark else 1}: not YAML: {error.problem}") from error
    except (OSError, ValueError) as error:
        raise ScheduleError(f"{path}:1: cannot be read: {error}") from error
    try:
        return Schedule.model_validate(values)
    except ValidationError as error:
        problems = [f"{path}:{_line(node, each['loc'])}: {_in_words(each)}" for each in error.errors()]
        raise ScheduleError("\n".join(problems)) from error


def _in_words(problem: Any) -> str:
    names = [part for part in problem["loc"] if isinstance(part, str)]
    if not names:
        return f"write the fields {', '.join(Schedule.model_fields)}"
    name, known = names[-1], _SEASON if len(names) > 1 else tuple(Schedule.model_fields)
    if problem["type"] == "missing":
        return f"field {name!r} is missing; add '{name}: …': {_WANTED[name]}"
    if problem["type"] == "extra_forbidden":
        close = difflib.get_close_matches(name, known, n=1)
        return f"unknown field {name!r}; " + (f"write {close[0]!r}" if close else f"known fields: {', '.join(known)}")
    return f"{name} {problem['input']!r}: write {_WANTED[name]}"


def _line(node: yaml.Node | None, location: tuple[int | str, ...]) -> int:
    """The line of the deepest part of a location that is written."""
    line = 1
    for part in location:
        if isinstance(node, yaml.MappingNode):
            found = next(((key, value) for key, value in node.value if key.value == part), None)
            if found is None:
                break
            line, node = found[0].start_mark.line + 1, found[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            line = node.start_mark.line + 1
    return line


def due_portals(db: Database, keys: list[str], now: datetime, schedule: Schedule) -> list[str]:
    """The portals whose last good run (outcome ok, all lists seen) is longer ago than the season asks, or that never
    had one.

    Half a day's grace keeps a daily timer daily: in a run of many hours a portal's turn comes late, and the next night
    early.
    """
    days = schedule.days_between_visits(now.date())
    least = (now - timedelta(days=days) + timedelta(hours=12)).astimezone(UTC)
    recent = {
        row["portal"]
        for row in db.query(
            "SELECT portal, max(started_at) AS started_at FROM runs WHERE command = 'crawl' AND outcome = 'ok'"
            " AND coalesce(json_extract(stats, '$.whole'), 1) GROUP BY portal"
        )
        if datetime.fromisoformat(row["started_at"]) >= least
    }
    return [key for key in keys if key not in recent]
