"""Whose report it is: the agency that a printed name means, seen from the division of the portal it was found on."""

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import groupby

from extract.agencies import agency_level
from extract.divisions import Division, divisions, divisions_named
from extract.organs import agency_names, everyday_zone, read_organ

GOVERNMENT = "人民政府"
"""Business of a government."""

OFFICE = "人民政府办公"
"""Business of a government's office."""

_REMEMBERED = 10_000
"""Names whose answer is kept: a run over a hundred thousand agencies must not hold them all."""

_BRACKETS = re.compile(r"[（(][^（）()]*[）)]")
# 五华区人民政府普吉街道办事处: the government of a place in front of what belongs to it.
_INNER_GOVERNMENT = re.compile(r"(?<=.)人民政府(?=.+(?:街道|街道办事处|办事处|[镇乡]|人民政府|管理委员会|管委会|局)$)")
_GOVERNMENTS = ("", "人民政府", "政府", "行政公署")
_TOWN_GOVERNMENTS = (*_GOVERNMENTS, "办事处", "街道办事处", "街道办", "办")
_COMMITTEES = ("", "管理委员会", "管委会")
_TAX = re.compile(r"^国家税务总局(?=.*税务局)")
_CENTRAL = re.compile(r"^(?:国家|中国|国务院|中华人民共和国|全国)")
_RELATIVE = re.compile(r"^(?P<kind>自治区|地区|街道|[省市州盟县区旗镇乡])(?P<rest>.+)$")
_TOWN = re.compile(
    r"^(?P<town>[\u4e00-\u9fff]{1,8}?(?:街道|苏木|(?<![城集])镇|(?<!城)乡(?!村|镇)))(?P<rest>人民政府.*|政府.*|办事处.*|"
    r"办|[\u4e00-\u9fff]*(?:办公室|[所站中心])|)$"
)
_ZONE = re.compile(
    r"^(?P<zone>[\u4e00-\u9fff（）]{0,12}?(?:开发区|高新区|经开区|产业园区|新区|保税港?区|度假区|示范区|工业园区?|园区|管理区|"
    r"试验区|实验区|合作区|风景名胜区|风景区|港区|新城))(?P<rest>.*)$"
)
_NO_TOWN = re.compile("(?:管理委员会|管委会)$|^街道$")
_TOWN_ZONE = re.compile("(?<!地)区$|园区?$|基地$")
_NO_ZONE = re.compile(r"[局厅委部]")
_COUNTY = re.compile(
    r"^(?P<county>[^局厅委]{1,8}?(?:县|(?<!开发)(?<![新社园小地库片港])区|旗|(?<!城)市(?![场政容])))(?P<rest>.*)$"
)
# Begins with the kind of a place without its name: 区财政局, 镇党政办公室; not 区划办, 乡村振兴局.
_NAMELESS = re.compile(r"^(?:街道|县(?![域级])|区(?![划域级])|旗|镇|乡(?![村镇]))")
_UNKNOWN_PLACE = re.compile(
    r"^[\u4e00-\u9fff]{1,9}?(?:省|(?<!城)市(?![场政容])|州|县|(?<![社园地小片库港景开发新])区|旗|盟|(?<![城集])镇|"
    r"(?<!城)乡(?![村镇])|街道)"
)
_PLACES = re.compile(
    r"^(?P<outer>[\u4e00-\u9fff]{2,8}?(?:省|(?<!城)市|自治[区州]|地区|盟))?(?P<inner>[\u4e00-\u9fff]{1,8}?[市县区旗])"
)


@dataclass(frozen=True, slots=True)
class Issuer:
    """An agency: its name in full with its place, its level, and its ``business``, which shorter and longer names, and
    those of another kind (局, 委员会), have in common. ``division`` is the nearest one that has a code."""

    name: str
    level: str
    business: str
    division: Division | None
    parent: "Issuer | None"


def plain_name(printed: str) -> str:
    """A printed name without blanks, what stands in brackets and a second agency."""
    name = _BRACKETS.sub("", printed).strip() or printed.strip()
    return "".join(_TAX.sub("", _INNER_GOVERNMENT.sub("", name.split(" ")[0])).split())


@lru_cache(_REMEMBERED)
def resolve(printed: str, home: Division | None = None) -> Issuer | None:
    """The agency that a name means for a portal of the division ``home``; None where it may be any of several.

    A name that begins with a place means what there is in, around or beside ``home`` of that name; 市, 县 and the like
    alone mean ``home`` or what it lies in; a department's bare name is ``home``'s, if ``home`` has such departments:
    a 局 or a 高新区 on a province's portal is a city's, and which city's nothing tells. Short names are written out by
    ``data/agencies.yaml``. The parent of a department, office or zone is the government of its place, that of a
    government the government above it.
    """
    name = plain_name(printed)
    if _CENTRAL.match(name) or name in agency_names().central:
        return Issuer(name, "department", name, None, None)
    is_placed, place, rest = _split(name, home)
    if is_placed:
        return None if place is None else _within(place, rest)
    return None if home is None else _at_home(name, home)


def government_of(place: Division) -> Issuer:
    """The government of a division; of a street its 办事处, of a zone its committee."""
    name = place.full_name
    above = place.parent
    while above is not None and above.level == "zone":
        above = above.parent
    parent = None if above is None else government_of(above)
    if _is_zone(place):
        name = f"{re.sub('(?:管理委员会|管委会)$', '', name)}管理委员会"
        return Issuer(name, "other", GOVERNMENT, place, parent)
    if place.level == "town" and not _is_zone(place):
        title = "办事处" if name.endswith(("街道", "地区")) else "人民政府"
        return Issuer(name + title, "town", GOVERNMENT, place, parent)
    title = "行政公署" if name.endswith(("盟", "地区")) else "人民政府"
    return Issuer(name + title, place.level, GOVERNMENT, place, parent)


def place_of(name: str, home: Division | None = None) -> Division | None:
    """The division that a name begins with (of a portal: 深圳市民政局); None where it begins with none."""
    return _split(plain_name(name), home)[1]


@lru_cache(_REMEMBERED)
def fits_several(printed: str, home: Division | None) -> bool:
    """Whether a name, seen from ``home``, may mean several agencies in it: 鼓楼区人民政府 in 江苏省, 区财政局,
    县教育局, or a former 城关镇 in a city: each county had one."""
    name = plain_name(printed)
    if home is None or resolve(name, home) is not None:
        return False
    is_placed, _, rest = _split(name, home)
    town = _TOWN.match(name) if home.level in ("province", "city") else None
    if town is not None and not re.search("[市县区旗]", town["town"]):
        return True
    if not is_placed:
        return not says_place(name)
    inside = [d for d in _places(name.removesuffix(rest)) if home.code in {parent.code for parent in d.parents}]
    return bool(inside)


@lru_cache(_REMEMBERED)
def says_place(name: str) -> bool:
    """Whether a name begins with a place, known or not: 甲县教育局, not 教育局 or 城市管理局."""
    return _split(name, None)[0] or (not read_organ(name, None).is_known and _UNKNOWN_PLACE.match(name) is not None)


@lru_cache(_REMEMBERED)
def resolve_by_words(printed: str) -> Issuer | None:
    """An agency of a place that no list knows, by the words alone: 沅泽市枫渡区住建局 under 沅泽市枫渡区人民政府.

    None where they do not tell.
    """
    name = plain_name(printed)
    places = _PLACES.match(name)
    if places is None or places["outer"] is None:
        return None
    level = "province" if places["outer"].endswith(("省", "自治区")) else "city"  # a district lies in no county
    outer = Issuer(f"{places['outer']}人民政府", level, GOVERNMENT, None, None)
    government = Issuer(f"{places.group()}人民政府", "county", GOVERNMENT, None, outer)
    rest = name[places.end() :]
    if rest in ("", "人民政府", "政府"):
        return government
    organ = read_organ(rest, None)
    full = places.group() + organ.name
    return Issuer(full, agency_level(full), organ.business, None, government)


def _split(name: str, home: Division | None) -> tuple[bool, Division | None, str]:
    """Whether a name begins with a known place, which one (None: not to be told), and what follows it."""
    for end in range(len(name), 1, -1):
        head = name[:end]
        if found := _places(head):
            meant = _meant(head, found, home)
            if meant is None and _ZONE.fullmatch(head):
                continue  # 高新区, 开发区: the name of a place for some, for most a part of the city
            return True, meant, name[end:]
    if (zone := _ZONE.match(name)) is not None:  # 蚌埠经济开发区: without the 市
        for end in range(2, min(4, len(zone["zone"]))):
            bare = [city for city in _cities() if name[:end] in city.prefixes]
            if len(bare) == 1:
                return True, bare[0], name[end:]
    return False, None, name


@cache
def _cities() -> tuple[Division, ...]:
    return tuple(division for division in divisions().values() if division.level == "city")


@lru_cache(_REMEMBERED)
def _places(head: str) -> tuple[Division, ...]:
    # Statistics have towns such as 经济开发区管委会 in zones, where the zone's committee is meant, and two called 街道.
    found = tuple(d for d in divisions_named(head) if d.level != "town" or not _NO_TOWN.search(d.name))
    if not found and head.endswith("街"):
        found = divisions_named(f"{head}道")
    if not found and (code := agency_names().former_places.get(head)) is not None:
        found = (Division(code, head, "county", divisions()[code].parent),)
    return found


def _meant(head: str, found: tuple[Division, ...], home: Division | None) -> Division | None:
    """Which of the divisions of a name is meant, seen from ``home``."""
    is_bare = any(head in division.names for division in found)
    if len(found) == 1 and not is_bare:
        return found[0]
    if home is None:
        return found[0] if len(found) == 1 and _is_telling(head, found[0]) else None
    codes = {around.code for around in (home, *home.parents)}
    inside = [d for d in found if home.code in {d.code, *(parent.code for parent in d.parents)}]
    around = [d for d in found if d.code in codes]
    for choice in (inside, around):
        if choice:
            # 城区, 郊区: today there is one in the province, in the Regulation's years there were several.
            is_one = len(choice) == 1 and (home.level != "province" or len(head) > 2 or head[-1] != "区")
            return choice[0] if is_one else None
    beside = [d for d in found if any(p.level != "province" and p.code in codes for p in d.parents)]
    return beside[0] if len(found) == 1 and beside and _is_telling(head, beside[0]) else None


def _is_telling(head: str, division: Division) -> bool:
    """Whether a name that the lists of today hold once was enough at all times: 郊区 and 高新区 were many."""
    if division.level == "zone":
        return any(head.startswith(prefix) for parent in division.parents for prefix in parent.prefixes)
    return len(head) > 2 or head.endswith("县")


@dataclass(frozen=True, slots=True)
class _Ground:
    """What an organ belongs to: name in front of its own, the government, its division, if it has a code, and what its
    business needs in front to be told from the division's own."""

    name: str
    government: Issuer
    division: Division | None
    mark: str = ""

    def issuer(self, rest: str, forms: tuple[str, ...]) -> Issuer:
        """The government, where the rest of the name is one of its forms, or else an organ under it."""
        if rest in forms:
            return self.government
        organ = read_organ(rest, self.division)
        name = self.name + organ.name
        level = "other" if agency_level(name) == "other" else "department"
        return Issuer(name, level, self.mark + organ.business, self.division, self.government)


def _within(place: Division, rest: str) -> Issuer:
    """The agency in a place that the rest of a name means."""
    if place.level != "town":
        for town in _towns(place.code):
            bare = re.sub("街道办事处$", "街道", town.name)
            if rest.startswith(bare):
                return _within(Division(town.code, bare, "town", place), rest.removeprefix(bare))
    ground = _Ground(place.full_name, government_of(place), place)
    if place.level != "town" and rest not in _GOVERNMENTS and not read_organ(rest, place).is_known:
        return _unlisted(ground, place, rest)
    return ground.issuer(rest, _forms(place))


def _unlisted(ground: _Ground, place: Division, rest: str) -> Issuer:
    """An agency in a district, town or zone that the lists do not hold, or not any more; or one of the place itself."""
    county = _COUNTY.match(rest) if place.level in ("province", "city") else None
    if county is not None and not _ZONE.fullmatch(county["county"]):
        # The code of the city would make it one of its departments' kin: it goes without.
        name, rest = ground.name + county["county"], county["rest"]
        ground = _Ground(name, Issuer(f"{name}人民政府", "county", GOVERNMENT, None, ground.government), None)
    if (town := _TOWN.match(rest)) is not None:
        return _below(ground, town["town"], "town").issuer(town["rest"], _TOWN_GOVERNMENTS)
    zone = _ZONE.match(rest)
    if zone is not None and not _NO_ZONE.search(zone["zone"]):
        name = everyday_zone(zone["zone"])
        listed = _listed_zones(place, zone["zone"])
        if len(listed) == 1 and ground.division is not None:
            return _within(listed[0], zone["rest"])
        return _below(ground, name, "other").issuer(zone["rest"], _COMMITTEES)
    return ground.issuer(rest, _forms(place))


def _listed_zones(place: Division, zone: str) -> list[Division]:
    """The zones of the list that a name without its city means in a place, or the place itself if it is that zone."""
    everyday = everyday_zone(zone)
    if place.level == "zone" and everyday_zone(place.name).endswith(everyday):
        return [place]
    written = {f"{prefix}{everyday}" for prefix in place.prefixes}
    named = {d.code: d for d in divisions_named(place.name + zone) if d.level == "zone"}
    named |= {d.code: d for d in _zones() if d.parent == place and everyday_zone(d.name) in written}
    return list(named.values())


@cache
def _zones() -> tuple[Division, ...]:
    return tuple(division for division in divisions().values() if division.level == "zone")


def _below(ground: _Ground, place: str, level: str) -> _Ground:
    """An unlisted town or zone: it has the code of what it lies in."""
    title = "管理委员会" if level == "other" else "办事处" if place.endswith("街道") else "人民政府"
    name = ground.name + place
    return _Ground(name, Issuer(name + title, level, place, ground.division, ground.government), ground.division, place)


def _forms(place: Division) -> tuple[str, ...]:
    """The ways to write the government of a place behind its name."""
    if _is_zone(place):
        return _COMMITTEES
    return _TOWN_GOVERNMENTS if place.level == "town" else _GOVERNMENTS


def _is_zone(place: Division) -> bool:
    return place.level == "zone" or (place.level == "town" and _TOWN_ZONE.search(place.name) is not None)


def _towns(code: str) -> tuple[Division, ...]:
    return _towns_by_place().get(code, ())


@cache
def _towns_by_place() -> dict[str, tuple[Division, ...]]:
    towns = [d for d in divisions().values() if d.level == "town" and d.parent is not None]
    by_place = groupby(sorted(towns, key=_place_code), key=_place_code)
    return {code: tuple(inside) for code, inside in by_place}


def _place_code(town: Division) -> str:
    return "" if town.parent is None else town.parent.code


def _at_home(name: str, home: Division) -> Issuer | None:
    """The agency that a name without a place of its own means on a portal of a division."""
    relative = _RELATIVE.match(name)
    if name in ("街道办事处", "街道办", "办事处") and home.level == "town":
        return government_of(home)
    is_nameless = _NAMELESS.match(name) is not None
    if relative is not None and (
        is_nameless or _is_government(relative["rest"]) or _begins_with_organ(relative["rest"])
    ):
        kind = relative["kind"]
        around = (d for d in (home, *home.parents) if kind != "区" or d.level != "province")
        meant = next((d for d in around if any(form.endswith(kind) for form in d.names)), None)
        return None if meant is None else _within(meant, relative["rest"])
    organ = read_organ(name, home)
    if not organ.is_known and not _is_government(name) and _UNKNOWN_PLACE.match(name) and not _ZONE.match(name):
        town = _TOWN.match(name) if home.level == "county" else None
        return _within(home, name) if town and not re.search("[市县区旗]", town["town"]) else None
    if home.level == "town" and re.search("(?:局|委员会)$", organ.name) and home.parent is not None:
        return _within(home.parent, name)  # towns have no such departments
    is_agency = organ.is_known or _is_government(name) or agency_level(name) != "other" or _ZONE.match(name)
    return _within(home, name) if is_agency and not _is_of_other_level(organ.name, home) else None


def _is_of_other_level(organ: str, home: Division) -> bool:
    """Whether a division such as ``home`` has no organ of this name: a province has a 厅 (bare 局, 高新区 and offices
    called 办公室 are its cities'; 省统计局 says it is the province's), a city or county has none."""
    if home.level != "province":
        return re.search("(?<!办公)厅$", organ) is not None
    if organ == f"{OFFICE}室":
        return True
    return not home.name.endswith("市") and (organ.endswith("局") or _ZONE.match(organ) is not None)


def _is_government(rest: str) -> bool:
    return rest in _GOVERNMENTS


def _begins_with_organ(name: str) -> bool:
    """Whether a name begins with a known organ's: 公安局鼓楼分局, not 政管理局."""
    return any(read_organ(name[:end], None).is_known for end in range(len(name), 1, -1))
