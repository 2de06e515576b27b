"""Where a capture was found: which division its portal or host serves, and whether the host may be believed."""

from dataclasses import replace
from urllib.parse import urlsplit

from sqlite_utils import Database

from archive.captures import Capture
from extract.divisions import Division, divisions
from extract.issuers import place_of
from extract.report import Finding, Report


def home_of(db: Database, portal: str | None, url: str) -> Division | None:
    """The division that a portal serves, by its code, by its name (深圳市民政局), or by its address: what all portals
    of that host or a host above it lie in. None where nothing tells."""
    row = db.execute("SELECT division_code, name FROM portals WHERE key = ?", (portal,)).fetchone()
    if row is not None:
        place = division_of_code(row[0]) or place_of(row[1])
        if place is not None:
            return place
    return None if portal is None else _home_of_host(db, _bare_host(url))


def division_of_code(code: str | None) -> Division | None:
    """The division of a code; of a village's, which the list does not hold, its town; of a newer town's, its county."""
    return divisions().get((code or "")[:9]) or divisions().get((code or "")[:6])


def _home_of_host(db: Database, host: str) -> Division | None:
    rows = db.execute("SELECT base_url, division_code, name FROM portals WHERE base_url <> ''").fetchall()
    while host.count(".") >= 2 or host.endswith(".gov.cn"):
        on_host = [row for row in rows if _bare_host(row[0]) == host]
        places = [place for _, code, name in on_host if (place := division_of_code(code) or place_of(name))]
        if places:
            return _common(places)
        host = host.partition(".")[2]
    return None


def _common(places: list[Division]) -> Division | None:
    """The nearest division that all lie in or are."""
    codes = [{place.code, *(parent.code for parent in place.parents)} for place in places]
    around = (places[0], *places[0].parents)
    return next((division for division in around if all(division.code in chain for chain in codes)), None)


def vetted(db: Database, report: Report, capture: Capture) -> Report:
    """The report, or, where its host may not be believed, nothing of it but title and year, with a finding.

    A host may be believed that ends in .gov.cn, is the host of a registered portal, or this machine. Reports are copied
    in bulk to other hosts, which put other places, agencies and words into them. A file that a person brought has none.
    """
    doubt = host_doubt(db, capture)
    if doubt is None or doubt.severity != "warning":
        return report
    return replace(
        report,
        agency="",
        form=None,
        status="unreadable",
        cells={},
        sections=[],
        claims=[],
        quantities=[],
        findings=[doubt],
        published_on=None,
        period=None,
    )


def host_doubt(db: Database, capture: Capture) -> Finding | None:
    """What speaks against the host of a capture: a warning for a foreign one, info where its portal is not known here
    (its captures were made elsewhere); None for any other."""
    url = capture.parent_url or capture.url
    host = _bare_host(url)
    if capture.kind == "import" or _is_own_or_official(host) or host in _registered(db):
        return None
    row = db.execute("SELECT base_url FROM portals WHERE key = ?", (capture.portal,)).fetchone()
    if row is not None and not row[0]:
        return Finding(
            "identity.host",
            "info",
            f"网站{host}不是政府域名，采集它的站点不在本地登记表中，请核对来源",
            f"The host {host} is not a government's, and the portal it was collected for is not registered here: check"
            " the source",
            subject=host,
        )
    return Finding(
        "identity.host",
        "warning",
        f"网站{host}既不是政府域名（.gov.cn）也未登记，可能是转载或仿冒网站，未采用其内容",
        f"The host {host} is neither a government's (.gov.cn) nor registered: it may be a copy with changed names and"
        " figures; nothing of it was taken",
        subject=host,
    )


def refused_on(db: Database, url: str) -> list[int]:
    """The captures on the host of an address whose reports were refused: to be read again once it is registered."""
    host = _bare_host(url)
    rows = db.execute(
        "SELECT report_captures.capture_id, captures.url, captures.parent_url FROM findings"
        " JOIN report_captures USING (report_id) JOIN captures ON captures.id = report_captures.capture_id"
        " WHERE rule = 'identity.host'"
    )
    return [capture_id for capture_id, own, page in rows.fetchall() if _bare_host(page or own) == host]


def _is_own_or_official(host: str) -> bool:
    """Whether a host is a government's by its name, or this machine."""
    return f".{host}".endswith(".gov.cn") or host.partition(":")[0] in ("localhost", "127.0.0.1")


def _registered(db: Database) -> set[str]:
    return {_bare_host(url) for (url,) in db.execute("SELECT base_url FROM portals WHERE base_url <> ''")}


def _bare_host(url: str) -> str:
    """Host of an address without www., with the port where it is not the usual one."""
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".").removeprefix("www.")
    return host if parts.port in (None, 80, 443) else f"{host}:{parts.port}"
