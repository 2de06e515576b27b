"""Whose report it is: agencies are told apart by name and, where a name alone does not say where, by scope.

``洪泽区人民政府`` is one agency wherever it is published. ``鼓楼区人民政府`` and ``教育局`` are many: their scope is
the division that is meant in the division of the portal that carried the report, or else that portal.
"""

import re
from dataclasses import dataclass
from functools import cache

from sqlite_utils import Database

from archive.captures import Capture
from extract.agencies import agency_level
from extract.divisions import Division, divisions, find_division
from extract.report import Finding

IMPORTED = "import"
"""Scope of a name without a place in a file that a person brought, where it may be any of several agencies."""

_PLACE_END = re.compile(r"(?:[省市县区旗州盟镇乡]|街道(?:办事处)?)$")
_SAYS_PLACE = re.compile(r"[\u4e00-\u9fff]+?(?:[省市县区旗州盟镇乡]|街道)")
# A place in another one: enough, even where no list knows it (any more).
_SAYS_TWO_PLACES = re.compile(r"[\u4e00-\u9fff]{2,}?(?:省|(?<!城)市|自治[区州]|地区|盟)[\u4e00-\u9fff]{1,8}?[市县区旗]")


@dataclass(frozen=True, slots=True)
class Agency:
    """An agency as kept: its name (the fuller one where the publisher gives it) and its scope, mostly empty."""

    name: str
    scope: str

    @property
    def key(self) -> str:
        """Name and scope as one text."""
        return f"{self.name}@{self.scope}" if self.scope else self.name


def agency_of(db: Database, printed: str, capture: Capture) -> Agency | None:
    """The agency that a report on a capture names; None where it names none.

    The publisher's name does not stand in for a missing one: it may publish for many.
    """
    if not printed:
        return None
    name = _full_name(db, printed, capture)
    return Agency(name, _scope(db, name, capture.portal))


def agency_id(db: Database, agency: Agency, portal: str | None) -> int:
    """The row of an agency, made if need be."""
    level = agency_level(agency.name)
    code = _portal_code(db, portal) if level == "county" else None
    # One that ends in 00 is a city's or province's (GB/T 2260).
    division_code = None if code is None or code.endswith("00") else code
    db.execute(
        "INSERT INTO agencies (name, scope, level, division_code) VALUES (?, ?, ?, ?) ON CONFLICT (name, scope)"
        " DO UPDATE SET division_code = excluded.division_code"
        " WHERE division_code IS NULL AND excluded.division_code IS NOT NULL",
        (agency.name, agency.scope, level, division_code),
    )
    (row_id,) = db.execute(
        "SELECT id FROM agencies WHERE (name, scope) = (?, ?)", (agency.name, agency.scope)
    ).fetchone()
    return int(row_id)


def doubt(db: Database, agency: Agency, portal: str | None) -> Finding | None:
    """What a person should know about a name that may be any of several agencies, where no division tells which."""
    if _portal_code(db, portal) is not None or not _is_vague(agency.name):
        return None
    return Finding(
        "identity.agency",
        "warning" if portal is None else "info",
        f"“{agency.name}”未写明所属地区，其他地区可能有同名单位，请核对是哪个单位的报告",
        f"The name {agency.name} does not say of which place: there may be others of this name, check whose report"
        " this is",
        subject="place",
    )


def _full_name(db: Database, printed: str, capture: Capture) -> str:
    """The name as printed; in the publisher's longer form (甲县教育局 for 教育局) where it says no place.

    The publisher is the capture's own, or that which its page or another capture of its address came with.
    """
    if _SAYS_PLACE.match(printed):
        return printed
    rows = db.execute(
        "SELECT publisher FROM captures WHERE url IN (?, ?) AND publisher <> '' ORDER BY id = ? DESC, id DESC",
        (capture.url, capture.parent_url, capture.id),
    )
    full = ("".join(publisher.split()) for (publisher,) in rows)
    return next((name for name in full if name.endswith(printed) and _SAYS_PLACE.match(name)), printed)


def _scope(db: Database, name: str, portal: str | None) -> str:
    code = _portal_code(db, portal)
    if names_place(name, code):
        return ""
    if code is not None:
        return _code_within(name, code)
    if portal is not None:
        return portal
    known = [scope for (scope,) in db.execute("SELECT scope FROM agencies WHERE name = ?", (name,))]
    return known[0] if len(known) == 1 else IMPORTED


def _portal_code(db: Database, portal: str | None) -> str | None:
    row = db.execute("SELECT division_code FROM portals WHERE key = ?", (portal,)).fetchone()
    return None if row is None else row[0]


def _places(name: str) -> list[str]:
    """Everything at the beginning of a name that may be a place, the longest first."""
    return [name[:end] for end in range(len(name), 1, -1) if _PLACE_END.search(name[:end])]


@cache
def names_place(name: str, code: str | None = None) -> bool:
    """Whether the name tells which division it belongs to: one place that there is once, or a place in another.

    The lists of today do not hold all that there were. So a name of two characters (郊区) or of a zone does not do
    without what it lies in; nor does a place that is far from the portal's division (its code, if it has one): it is
    another of that name, abolished since (桥东区 of 邢台 is; that of 张家口 is not).
    """
    for place in _places(name):
        division = find_division(place)
        if division is not None and place not in division.names:
            return True
        if division is not None and division.level != "zone" and len(place) > 2:
            return _is_near(division, _division(code))
    return _SAYS_TWO_PLACES.match(name) is not None


def _division(code: str | None) -> Division | None:
    """The division of a portal's code; of a village's, which the list does not hold, its town."""
    return divisions().get((code or "")[:9])


def _is_near(division: Division, home: Division | None) -> bool:
    """Whether one lies in the other or both in one city."""
    if home is None or division == home or home in division.parents or division in home.parents:
        return True
    return any(parent.level != "province" and parent in home.parents for parent in division.parents)


@cache
def _code_within(name: str, code: str) -> str:
    """Code of the division that a name means for a portal of this division: one in it, itself or one around it.

    The portal's where there is none.
    """
    home = _division(code)
    around: tuple[Division, ...] = () if home is None else (home, *home.parents)
    for outer in around:
        for place in _places(name):
            division = find_division(outer.name + place)
            if division is not None and division != outer and (outer == home or division in around):
                return division.code
    return code


@cache
def _division_names() -> frozenset[str]:
    return frozenset(name for division in divisions().values() for name in division.names)


def _is_vague(name: str) -> bool:
    """Whether a name says no place, or one that there is more than once; one that no list knows may be a past one."""
    if names_place(name):
        return False
    return not _SAYS_PLACE.match(name) or any(place in _division_names() for place in _places(name))
