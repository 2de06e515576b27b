"""Captures: what was fetched, and which of it is still to be read."""

# ruff: noqa: S608 - the parts that SQL is put together from are constants of this file

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, Self

from sqlite_utils import Database

CaptureKind = Literal["list", "article", "attachment", "import"]


@dataclass(frozen=True, slots=True)
class Capture:
    """One row of ``captures``: a response as it came, or a file that a person brought (kind ``import``).

    ``fetched_at`` is in UTC; ``http_status`` is None for an import; ``etag`` and ``last_modified`` are the response's
    headers, for conditional requests; ``warc_file`` is a name below ``archive/`` of the data directory.
    """

    id: int
    portal: str | None
    url: str
    fetched_at: datetime
    http_status: int | None
    media_type: str | None
    sha256: str
    bytes: int
    warc_file: str
    warc_offset: int
    run_id: int | None
    record_id: str
    record_type: Literal["response", "resource", "revisit"]
    kind: CaptureKind
    title: str | None
    published_on: str | None
    publisher: str | None
    parent_url: str | None
    etag: str | None
    last_modified: str | None
    headers: tuple[tuple[str, str], ...]

    @classmethod
    def from_row(cls, row: dict[str, Any]) -> Self:
        """The capture of a row of ``captures``."""
        return cls(
            **{
                **row,
                "fetched_at": datetime.fromisoformat(row["fetched_at"]).astimezone(UTC),
                "headers": tuple((name, value) for name, value in json.loads(row["headers"])),
            }
        )

    @property
    def age(self) -> tuple[datetime, int]:
        """Orders captures by when they were fetched."""
        return self.fetched_at, self.id


# Error pages are kept, but hold nothing to read.
_USABLE = "kind <> 'list' AND (http_status IS NULL OR http_status BETWEEN 200 AND 299)"

# One row per distinct body that an address gave: the latest capture of it.
_VERSIONS = f"""
    SELECT * FROM (
        SELECT *, row_number() OVER (
            PARTITION BY url, sha256, kind, parent_url ORDER BY fetched_at DESC, id DESC
        ) AS newness
        FROM captures WHERE {_USABLE}
    ) AS version WHERE newness = 1
"""

_UNREAD = f"""
    {_VERSIONS} AND NOT EXISTS (
        SELECT 1 FROM captures AS same JOIN extractions ON extractions.capture_id = same.id
        WHERE same.url = version.url AND same.sha256 = version.sha256 AND extractions.version = ?
    )
"""


def pending_groups(db: Database, version: int) -> list[list[Capture]]:
    """The captures that this version of the extractor has not read, each group read as one, oldest first.

    A group is an article (or import) and the latest capture of each of its attachments. Earlier versions come in
    groups of their own: an article alone, an attachment with the latest article. An attachment whose article is not
    held stands alone.
    """
    groups: dict[tuple[int, ...], list[Capture]] = {}
    for capture in _captures(db, _UNREAD, version):
        group = _group_of(db, capture)
        groups[tuple(member.id for member in group)] = group
    return sorted(groups.values(), key=lambda group: max(member.age for member in group))


def _group_of(db: Database, capture: Capture) -> list[Capture]:
    head = capture
    if capture.kind == "attachment":
        article = _latest(db, "kind <> 'attachment' AND url = ?", capture.parent_url)
        if article is None:
            return [capture]
        head = article
    elif _latest(db, "kind <> 'attachment' AND url = ?", capture.url) != capture:
        return [capture]
    attachments = _captures(
        db,
        "SELECT * FROM (SELECT *, row_number() OVER (PARTITION BY url ORDER BY fetched_at DESC, id DESC) AS newness "
        f"FROM captures WHERE kind = 'attachment' AND parent_url = ? AND {_USABLE}) WHERE newness = 1 ORDER BY id",
        head.url,
    )
    if capture.kind == "attachment" and capture not in attachments:
        return [head, capture]
    return [head, *attachments]


def _latest(db: Database, where: str, url: str | None) -> Capture | None:
    sql = f"SELECT * FROM captures WHERE {where} AND {_USABLE} ORDER BY fetched_at DESC, id DESC LIMIT 1"
    return next(iter(_captures(db, sql, url)), None)


def _captures(db: Database, sql: str, *parameters: object) -> list[Capture]:
    rows = list(db.query(sql, parameters))
    for row in rows:
        row.pop("newness", None)
    return [Capture.from_row(row) for row in rows]
