"""The registry of portals: YAML files, read into checked objects. A wrong entry is named with its file and line."""

import difflib
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from crawler.errors import RegistryError
from extract.divisions import division_codes

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


def _check_division(code: str) -> str:
    # A village's code of twelve digits begins with that of its town.
    if code[:9] not in division_codes():
        raise ValueError("no division has this code; see data/divisions.md, or leave the field out")
    return code


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
    division_code: Annotated[str, Field(pattern=r"^\d{6}(\d{3}){0,2}$"), AfterValidator(_check_division)] | None = None
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


@dataclass(frozen=True, slots=True)
class WrongEntry:
    """What is wrong with an entry or a file of the registry: ``place`` (file:line) and ``problem`` in words. ``key``
    and ``address`` as far as they can be read; ``key`` is None where it is that of another entry, too."""

    place: str
    problem: str
    key: str | None = None
    address: str | None = None

    def __str__(self) -> str:
        return f"{self.place}: {self.problem}"


@dataclass(slots=True)
class Registry:
    """The portals by key, in the order of folders, files and entries, and what else stands in their files."""

    portals: dict[str, Portal] = field(default_factory=dict)
    wrong: list[WrongEntry] = field(default_factory=list)


def read_registry(*folders: Path) -> Registry:
    """The portals of every ``*.yaml`` in the folders, with every problem of every file: unreadable YAML, unknown or
    missing fields, an unknown platform, a bad address, a key or a column given twice, a file that is not named .yaml.

    A file is a list of entries; a folder that does not exist holds none.
    """
    registry, places, columns = Registry(), dict[str, str](), dict[str, str]()
    for place, found in [each for folder in folders for path in sorted(folder.glob("*.y*ml")) for each in _read(path)]:
        column = "" if isinstance(found, WrongEntry) else _column_of(found)
        if isinstance(found, WrongEntry):
            registry.wrong.append(found)
        elif found.key in registry.portals:
            problem = f"key {found.key!r} is already that of {places[found.key]}; write another key"
            registry.wrong.append(WrongEntry(place, problem, None, found.column_url))
        elif column in columns:
            problem = f"column_url {found.column_url} is already that of {columns[column]}; keep one of the two"
            registry.wrong.append(WrongEntry(place, problem, found.key, found.column_url))
        else:
            registry.portals[found.key], places[found.key] = found, place
            if column:
                columns[column] = f"portal {found.key!r}, {place}"
    return registry


def _column_of(portal: Portal) -> str:
    return (portal.column_url or "").partition("://")[2].rstrip("/")


def load_portals(*folders: Path) -> dict[str, Portal]:
    """The portals of a registry in which all is right. Raises RegistryError with every problem."""
    registry = read_registry(*folders)
    if registry.wrong:
        raise RegistryError([str(wrong) for wrong in registry.wrong])
    return registry.portals


def _read(path: Path) -> Iterator[tuple[str, Portal | WrongEntry]]:
    """Every entry of a file with its place (file:line): the portal, or what is wrong with it."""
    if path.suffix != ".yaml":
        yield _wrong(path, 1, f"not read; name the file {path.stem}.yaml")
        return
    try:
        root = yaml.compose(path.read_text(encoding="utf-8"), Loader=_LOADER)
    except (OSError, UnicodeDecodeError) as error:
        yield _wrong(path, 1, f"cannot be read: {error}")
        return
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        yield _wrong(path, mark.line + 1 if mark else 1, f"not YAML: {error.problem}")
        return
    if root is None:
        return
    if not isinstance(root, yaml.SequenceNode):
        yield _wrong(path, root.start_mark.line + 1, "write a list of portals, each starting with '- key: …'")
        return
    for node in root.value:
        yield from _read_entry(path, node)


def _wrong(path: Path, line: int, problem: str, entry: dict[str, Any] | None = None) -> tuple[str, WrongEntry]:
    place, entry = f"{path}:{line}", entry or {}
    key, address = entry.get("key"), entry.get("column_url") or entry.get("base_url")
    return place, WrongEntry(place, problem, str(key) if key else None, str(address) if address else None)


def _read_entry(path: Path, node: yaml.Node) -> Iterator[tuple[str, Portal | WrongEntry]]:
    start = node.start_mark.line + 1
    if not isinstance(node, yaml.MappingNode):
        yield _wrong(path, start, "write an entry of fields, starting with 'key: …'")
        return
    entry: dict[str, Any] = {}
    lines: dict[str, int] = {}
    twice: list[str] = []
    for name_node, value_node in node.value:
        name = str(name_node.value)
        twice += [name] if name in entry else []
        entry[name] = yaml.SafeLoader("").construct_object(value_node, deep=True)
        lines[name] = name_node.start_mark.line + 1
    for name in twice:
        yield _wrong(path, lines[name], f"field {name!r} stands twice in one entry; keep one", entry)
    try:
        portal = Portal.model_validate(entry)
    except ValidationError as error:
        label = f"portal {entry['key']!r}: " if entry.get("key") else ""
        for problem in error.errors():
            name = str(problem["loc"][0]) if problem["loc"] else ""
            words = label + _in_words(name, problem["type"], problem["msg"], entry)
            yield _wrong(path, lines.get(name, start), words, entry)
        return
    if not twice:
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
