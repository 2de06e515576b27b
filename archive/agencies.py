"""Whose report it is: one row for an agency, whatever its reports call it and whoever publishes them.

Where the printed name and the division of the portal tell which agency is meant, its name in full is enough
(南京市鼓楼区教育局, be it printed 教育局 or 鼓楼区教育局). Where they do not, agencies of one name are told apart by
scope: the portal's division, or the portal; where one portal or person may bring several of that name, the page.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from sqlite_utils import Database

from archive.captures import Capture
from archive.hosts import home_of
from extract.agencies import agency_level
from extract.divisions import Division, divisions
from extract.issuers import (
    GOVERNMENT,
    OFFICE,
    Issuer,
    fits_several,
    plain_name,
    resolve,
    resolve_by_words,
    says_place,
)
from extract.organs import read_organ
from extract.report import Finding

IMPORTED = "import"
"""Scope of an agency of a place that no list knows, in a file that a person brought."""


@dataclass(frozen=True, slots=True)
class Agency:
    """An agency as kept: its name (in full where it is known which is meant), its scope, mostly empty, and what its
    name tells."""

    name: str
    scope: str
    issuer: Issuer | None

    @property
    def key(self) -> str:
        """Name and scope as one text."""
        return f"{self.name}@{self.scope}" if self.scope else self.name

    @property
    def government(self) -> "Agency | None":
        """Of a government's office, the government; None for any other agency."""
        if self.issuer is None or self.issuer.business != OFFICE or self.issuer.parent is None:
            return None
        return Agency(self.issuer.parent.name, self.scope, self.issuer.parent)

    @property
    def offices(self) -> list["Agency"]:
        """Of a government, the names that its office may have; empty for any other agency."""
        if (
            self.issuer is None
            or self.issuer.business != GOVERNMENT
            or self.issuer.level not in ("province", "city", "county")
        ):
            return []
        return [Agency(f"{self.name}{kind}", self.scope, None) for kind in ("办公室", "办公厅")]


def agency_of(db: Database, printed: str, capture: Capture) -> Agency | None:
    """The agency that a report on a capture names; None where it names none.

    The publisher's name does not stand in for a missing one: it may publish for many.
    """
    if not printed:
        return None
    home = home_of(db, capture.portal, capture.parent_url or capture.url)
    name = _full_name(db, printed, capture, home)
    issuer = resolve(name, home) or resolve_by_words(name) or _portals_own(db, name, capture.portal)
    if issuer is not None:
        return Agency(issuer.name, "", issuer)
    return Agency(name, _scope(db, name, capture, home), None)


def agency_id(db: Database, agency: Agency) -> int:
    """The row of an agency, made if need be, and those of the governments above it."""
    if agency.issuer is not None:
        return _issuer_id(db, agency.issuer, agency.scope)
    return _row_id(db, (agency.name, agency.scope, agency_level(agency.name), "", None, None))


def forget_unused(db: Database, ids: Iterable[int]) -> None:
    """Remove those of these agencies, and those above them, that no report and no other agency needs any more: such as
    a name that proved to be another's."""
    for row_id in ids:
        unused: int | None = row_id
        while unused is not None:
            row = db.execute(
                "DELETE FROM agencies WHERE id = ? AND NOT EXISTS (SELECT 1 FROM reports WHERE agency_id = agencies.id)"
                " AND NOT EXISTS (SELECT 1 FROM agencies AS child WHERE child.parent_id = agencies.id)"
                " RETURNING parent_id",
                (unused,),
            ).fetchone()
            unused = None if row is None else row[0]


def doubt(db: Database, printed: str, scope: str, capture: Capture) -> Finding | None:
    """What a person should know about a name that may be any of several agencies, where nothing tells which.

    ``scope`` is that of the agency that the report was given to.
    """
    is_apart = scope == _address(capture)
    if not is_apart and (home_of(db, capture.portal, _address(capture)) is not None or not _is_vague(printed)):
        return None
    apart_zh, apart_en = (
        ("，本报告暂不与其他网址的报告合并", "; it is kept apart from other pages'") if is_apart else ("", "")
    )
    return Finding(
        "identity.agency",
        "warning" if is_apart or capture.portal is None else "info",
        f"“{printed}”未写明所属地区，可能有多个同名单位，请核对是哪个单位的报告{apart_zh}",
        f"The name {printed} does not tell of which place: there may be several agencies of this name, check whose"
        f" report this is{apart_en}",
        subject="place",
    )


def _issuer_id(db: Database, issuer: Issuer, scope: str) -> int:
    parent_id = None if issuer.parent is None else _issuer_id(db, issuer.parent, scope)
    code = None if issuer.division is None else issuer.division.code
    return _row_id(db, (issuer.name, scope, issuer.level, issuer.business, code, parent_id))


def _row_id(db: Database, row: tuple[str, str, str, str, str | None, int | None]) -> int:
    db.execute(
        "INSERT INTO agencies (name, scope, level, business, division_code, parent_id) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (name, scope) DO UPDATE SET level = excluded.level, business = excluded.business,"
        " division_code = excluded.division_code, parent_id = excluded.parent_id"
        " WHERE (level, business, division_code, parent_id)"
        " IS NOT (excluded.level, excluded.business, excluded.division_code, excluded.parent_id)",
        row,
    )
    (row_id,) = db.execute("SELECT id FROM agencies WHERE (name, scope) = (?, ?)", row[:2]).fetchone()
    return int(row_id)


def _full_name(db: Database, printed: str, capture: Capture, home: Division | None) -> str:
    """The name as printed; in the publisher's longer form (甲县教育局 for 教育局) where it says no place, or one of
    several of that name.

    The publisher is the capture's own, or that which its page or another capture of its address came with.
    """
    if says_place(printed) and not fits_several(printed, home):
        return printed
    rows = db.execute(
        "SELECT publisher FROM captures WHERE url IN (?, ?) AND publisher <> '' ORDER BY id = ? DESC, id DESC",
        (capture.url, capture.parent_url, capture.id),
    )
    full = ("".join(publisher.split()) for (publisher,) in rows)
    return next((name for name in full if name.endswith(printed) and says_place(name)), printed)


def _portals_own(db: Database, name: str, portal: str | None) -> Issuer | None:
    """The agency that a portal is named after (江苏省统计局), if a bare name (统计局) is its own."""
    row = db.execute("SELECT name FROM portals WHERE key = ?", (portal,)).fetchone()
    own = None if row is None else resolve(row[0])
    if own is None or own.division is None:
        return None
    return own if own.name == own.division.full_name + read_organ(name, own.division).name else None


def _address(capture: Capture) -> str:
    return capture.parent_url or capture.url


def _scope(db: Database, name: str, capture: Capture, home: Division | None) -> str:
    """What tells an agency that could not be told by its name from others of that name.

    The page alone, where the portal may carry the reports of several, or a person may have brought several: a report
    must not be hidden as an older edition of another agency's.
    """
    if fits_several(name, home) if home is not None else capture.portal is None and _is_vague(name):
        return _address(capture)
    if home is not None:
        return home.code
    if capture.portal is not None:
        return capture.portal
    known = [scope for (scope,) in db.execute("SELECT scope FROM agencies WHERE name = ?", (name,))]
    return known[0] if len(known) == 1 else IMPORTED


@cache
def _division_names() -> frozenset[str]:
    return frozenset(name for division in divisions().values() for name in division.names)


def _is_vague(name: str) -> bool:
    """Whether a name says no place, or one that there is more than once; one that no list knows may be a past one."""
    if resolve(name) is not None or resolve_by_words(name) is not None:
        return False
    plain = plain_name(name)
    return not says_place(name) or any(plain[:end] in _division_names() for end in range(len(plain), 1, -1))
