"""Organs of government by their own name, without the place: short names written out, and who took over from whom."""

import re
from dataclasses import dataclass
from functools import cache

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from extract.divisions import Division, divisions
from extract.forms import DATA

FILE = DATA / "agencies.yaml"

_KIND = re.compile(r"(?:局|委员会|委|厅|办公室|办|部门)$")
_LONG_KINDS = {"委": "委员会", "办": "办公室"}
_JOINING = re.compile("[和与及、]")
_OFFICE = re.compile(r"(?:(?:人民)?政府|府)?办(?:公(?P<kind>[室厅]))?")
_BRACKETS = re.compile(r"[（(][^（）()]*[）)]")


class Succession(BaseModel):
    """``from`` was taken over by ``to``, from a year on at the earliest, on the basis of a document."""

    model_config = ConfigDict(extra="forbid")

    to: str
    predecessors: list[str] = Field(alias="from", min_length=1)
    since: int = Field(ge=1998, le=2100)
    basis: str = Field(min_length=1)


class AgencyNames(BaseModel):
    """``data/agencies.yaml``; the file says what each list is."""

    model_config = ConfigDict(extra="forbid", coerce_numbers_to_str=True)

    short_names: dict[str, list[str]]
    here_called: dict[str, dict[str, str]]
    zone_names: dict[str, list[str]]
    successions: list[Succession]
    former_places: dict[str, str]
    central: list[str]

    @model_validator(mode="after")
    def _unambiguous(self) -> "AgencyNames":
        seen: dict[str, str] = {}
        for full, shorts in self.short_names.items():
            for name in {without_joining(short) for short in (full, *shorts)}:
                if seen.setdefault(name, full) != full:
                    raise ValueError(f"short_names: {name} stands under {seen[name]} and {full}; it can mean one only")
        unknown = {*self.former_places.values(), *self.here_called} - divisions().keys()
        if unknown:
            raise ValueError(f"no division has the code {', '.join(sorted(unknown))}")
        if circular := [entry.to for entry in self.successions if entry.to in entry.predecessors]:
            raise ValueError(f"successions: {circular[0]} takes over from itself")
        return self


@dataclass(frozen=True, slots=True)
class Organ:
    """``name`` written out (住房和城乡建设局); ``business``: without its kind (住房和城乡建设); whether listed."""

    name: str
    business: str
    is_known: bool


def parse_agency_names(text: str) -> AgencyNames:
    """The content of ``data/agencies.yaml``; ValueError that names the file and what is wrong with it."""
    try:
        return AgencyNames.model_validate(yaml.safe_load(text))
    except (ValidationError, yaml.YAMLError) as error:
        raise ValueError(f"{FILE.name}: {error}") from error


@cache
def agency_names() -> AgencyNames:
    """What ``data/agencies.yaml`` says."""
    return parse_agency_names(FILE.read_text(encoding="utf-8"))


def without_joining(business: str) -> str:
    """A business without 和, 与 and the like, which titles put in or leave out."""
    return _JOINING.sub("", business)


@cache
def _full_names() -> dict[str, str]:
    names = agency_names().short_names
    return {without_joining(form): full for full, shorts in names.items() for form in (full, *shorts)}


@cache
def _known_businesses() -> frozenset[str]:
    names = agency_names()
    taken_over = {business for entry in names.successions for business in (entry.to, *entry.predecessors)}
    local = {business for renamed in names.here_called.values() for business in renamed.values()}
    return frozenset(names.short_names) | taken_over | local


def everyday_zone(name: str) -> str:
    """A development zone's name with its kind as everyday names have it: 石家庄高新区 for 石家庄高新技术产业开发区."""
    for everyday, forms in agency_names().zone_names.items():
        for form in forms:
            if name.endswith(form):
                return name.removesuffix(form) + everyday
    return name


def read_organ(printed: str, place: Division | None) -> Organ:
    """The organ that a name without its place means (住建局, 府办, 人民政府国有资产监督管理委员会) in a division."""
    name = _BRACKETS.sub("", printed) or printed
    if (office := _OFFICE.fullmatch(name)) is not None:
        usual = "厅" if place is not None and place.level == "province" else "室"
        return Organ(f"人民政府办公{office['kind'] or usual}", "人民政府办公", True)
    name = re.sub(r"^(?:人民)?政府(?!机关$|本级$)(?=.{2})", "", name)
    kind = _KIND.search(name)
    if kind is None or kind.start() == 0:
        return Organ(name, name, False)
    stem = name[: kind.start()]
    business = _full_names().get(without_joining(stem), stem)
    for around in () if place is None else (place, *place.parents):
        business = agency_names().here_called.get(around.code, {}).get(business, business)
    is_known = business in _known_businesses()
    long_kind = _LONG_KINDS.get(kind.group(), kind.group()) if is_known else kind.group()
    return Organ(business + long_kind, business, is_known)
