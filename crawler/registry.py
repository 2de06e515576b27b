"""The registry of portals: YAML files, read into checked objects. A wrong entry is named with its file and line."""

import difflib
import pkgutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from crawler.errors import RegistryError

SPIDERS = Path(__file__).parent / "spiders"
# The same loader in C where PyYAML has it: ten times as fast.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def known_platforms() -> tuple[str, ...]:
    """The publishing platforms that can be crawled: one spider file each, named like its platform."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules([str(SPIDERS)]) if module.name != "base"))


def host_of(url: str) -> str:
    """Host of an address, with the port where it is not the usual one of http or https. ValueError for a bad port."""
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".")
    return host if parts.port in (None, 80, 443) else f"{host}:{parts.port}"


def _check_address(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not host_of(url) or any(character.isspace() for character in url):
        raise ValueError("write a whole address that starts with http:// or https://")
    if parts.username or parts.fragment:
        raise ValueError("write the address without user name and without #")
    return url


def _check_platform(platform: str) -> str:
    if platform not in known_platforms():
        raise ValueError(f"write one of {', '.join(known_platforms())}")
    return platform


Address = Annotated[str, AfterValidator(_check_address)]


class Portal(BaseModel):
    """One portal, or one annual-report column of it. ``pace`` is the least number of seconds between two requests.

    ``must_have_results``: reports were seen there, so a run that finds none has failed. ``verified_on``: the day on
    which somebody last read the portal live. A portal that is not enabled may lack its ``column_url``.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True)

    key: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")]
    name: Annotated[str, Field(min_length=1)]
    base_url: Address
    platform: Annotated[str, AfterValidator(_check_platform)]
    level: Literal["province", "city", "district", "county", "town", "department"] | None = None
    province: str | None = None
    division_code: Annotated[str, Field(pattern=r"^\d{6}(\d{3}){0,2}$")] | None = None
    column_url: Address | None = None
    sid: Annotated[str, Field(pattern=r"^\d+$")] | None = None
    pace: Annotated[float, Field(ge=0, le=3600)] = 2.0
    enabled: bool = True
    must_have_results: bool = False
    allow_private: bool = False
    verified_on: date | None = None
    note: str = ""

    @model_validator(mode="after")
    def _column_on_own_host(self) -> "Portal":
        if self.column_url is None:
            if self.platform != "gkmlpt" and self.enabled:
                raise ValueError(
                    f"column_url is missing: {self.platform} starts from the annual-report column; "
                    "write 'enabled: false' while it is not known"
                )
        elif host_of(self.column_url) != host_of(self.base_url):
            raise ValueError("column_url must be on the host of base_url; write a second entry for another host")
        return self


def load_portals(*folders: Path) -> dict[str, Portal]:
    """The portals of every ``*.yaml`` in the folders, by key, in the order of folders, files and entries.

    A file is a list of entries; a folder that does not exist holds none. Raises RegistryError with every problem of
    every file: unreadable YAML, unknown or missing fields, an unknown platform, a bad address, a key given twice.
    """
    portals: dict[str, Portal] = {}
    places: dict[str, str] = {}
    problems: list[str] = []
    for path in [path for folder in folders for path in sorted(folder.glob("*.yaml"))]:
        for place, found in _read(path):
            if isinstance(found, str):
                problems.append(f"{place}: {found}")
            elif found.key in portals:
                problems.append(f"{place}: key {found.key!r} is already that of {places[found.key]}; write another key")
            else:
                portals[found.key], places[found.key] = found, place
    if problems:
        raise RegistryError(problems)
    return portals


def _read(path: Path) -> Iterator[tuple[str, Portal | str]]:
    """Every entry of a file with its place (file:line): the portal, or the problem in words."""
    try:
        root = yaml.compose(path.read_text(encoding="utf-8"), Loader=_LOADER)
    except (OSError, UnicodeDecodeError) as error:
        yield f"{path}:1", f"cannot be read: {error}"
        return
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        yield f"{path}:{mark.line + 1 if mark else 1}", f"not YAML: {error.problem}"
        return
    if root is None:
        return
    if not isinstance(root, yaml.SequenceNode):
        yield f"{path}:{root.start_mark.line + 1}", "write a list of portals, each starting with '- key: …'"
        return
    for node in root.value:
        yield from _read_entry(path, node)


def _read_entry(path: Path, node: yaml.Node) -> Iterator[tuple[str, Portal | str]]:
    if not isinstance(node, yaml.MappingNode):
        yield f"{path}:{node.start_mark.line + 1}", "write an entry of fields, starting with 'key: …'"
        return
    entry: dict[str, Any] = {}
    lines: dict[str, int] = {}
    for name_node, value_node in node.value:
        name, line = str(name_node.value), name_node.start_mark.line + 1
        if name in entry:
            yield f"{path}:{line}", f"field {name!r} stands twice in one entry; keep one"
        entry[name], lines[name] = yaml.SafeLoader("").construct_object(value_node, deep=True), line
    start = node.start_mark.line + 1
    try:
        portal = Portal.model_validate(entry)
    except ValidationError as error:
        label = f"portal {entry['key']!r}: " if entry.get("key") else ""
        for problem in error.errors():
            name = str(problem["loc"][0]) if problem["loc"] else ""
            yield f"{path}:{lines.get(name, start)}", label + _in_words(name, problem["type"], problem["msg"], entry)
        return
    yield f"{path}:{start}", portal


def _in_words(name: str, kind: str, message: str, entry: dict[str, Any]) -> str:
    message = message.removeprefix("Value error, ")
    if kind == "missing":
        return f"field {name!r} is missing; add '{name}: …'"
    if kind == "extra_forbidden":
        close = difflib.get_close_matches(name, Portal.model_fields, n=1)
        hint = f"write {close[0]!r}" if close else f"known fields: {', '.join(Portal.model_fields)}"
        return f"unknown field {name!r}; {hint}"
    return f"{name} {entry.get(name)!r}: {message}" if name else message
