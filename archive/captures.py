"""Captures: what was fetched, and which of it is still to be read."""

# ruff: noqa: S608 - the parts that SQL is put together from are constants of this file

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, Required, Self, TypedDict, get_args
from urllib.parse import urlsplit

from sqlite_utils import Database

from archive.errors import ArchiveError
from archive.warc import Row, timestamp

CaptureKind = Literal["list", "article", "attachment", "import"]


@dataclass(frozen=True, slots=True)
class Capture:
    """One row of ``captures``: a response as it came, or a file that a person brought (kind ``import``).

    ``fetched_at`` is in UTC; ``http_status`` is None for an import; ``etag`` and ``last_modified`` are the response's
    headers, for conditional requests; ``warc_file`` is a name below ``archive/`` of the data directory. ``files``: the
    addresses of the files that a page linked, None where that is not known; ``asked_url``: the address that was asked
    for, where a redirect led from it to ``url``.
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
    files: tuple[str, ...] | None
    asked_url: str | None

    @classmethod
    def from_row(cls, row: dict[str, Any]) -> Self:
        """The capture of a row of ``captures``."""
        return cls(
            **{
                **row,
                "fetched_at": datetime.fromisoformat(row["fetched_at"]).astimezone(UTC),
                "headers": tuple((name, value) for name, value in json.loads(row["headers"])),
                "files": None if row["files"] is None else tuple(json.loads(row["files"])),
            }
        )

    @property
    def is_attached(self) -> bool:
        """Whether it is read with the page that links it: an attachment, or a file brought together with its page."""
        return self.kind == "attachment" or (self.kind == "import" and self.parent_url is not None)

    @property
    def age(self) -> tuple[datetime, int]:
        """Orders captures by when they were fetched."""
        return self.fetched_at, self.id


_COLUMNS = ", ".join(Capture.__slots__)


class About(TypedDict, total=False):
    """What is told of a capture beside its address and body."""

    kind: Required[CaptureKind]
    fetched_at: Required[datetime]
    portal: str | None
    http_status: int
    headers: Sequence[tuple[str, str]]
    media_type: str | None
    run_id: int | None
    title: str | None
    published_on: str | None
    publisher: str | None
    parent_url: str | None
    files: Sequence[str] | None
    asked_url: str | None


def record_of(url: str, about: About) -> Row:
    """What a WARC record tells of a capture beside its body; ValueError and ArchiveError for what is not possible."""
    kind, fetched_at = about["kind"], about["fetched_at"]
    if fetched_at.tzinfo is None:
        raise ValueError(f"{url}: fetched_at has no time zone")
    if kind not in get_args(CaptureKind):
        raise ValueError(f"{url}: {kind!r} is no kind of capture")
    if kind != "import" and urlsplit(url).scheme not in ("http", "https"):
        raise ArchiveError(f"{url}: only an import may have an address that is not http or https")
    told = ("portal", "title", "published_on", "publisher", "parent_url", "asked_url", "media_type")
    files = about.get("files")
    texts = {"url": url, **{name: about.get(name) for name in told}}
    # Half a character is refused here: SQLite would refuse it later.
    "".join([*(str(text) for text in texts.values()), *(files or ())]).encode()
    return {
        **texts,
        "fetched_at": timestamp(fetched_at),
        "http_status": None if kind == "import" else about.get("http_status", 200),
        "kind": kind,
        "headers": json.dumps([list(header) for header in about.get("headers", ())]),
        "files": None if files is None else json.dumps(list(files), ensure_ascii=False),
    }


# Error pages are kept, but hold nothing to read.
_USABLE = "kind <> 'list' AND (http_status IS NULL OR http_status BETWEEN 200 AND 299)"

_ATTACHED = "(kind = 'attachment' OR (kind = 'import' AND parent_url IS NOT NULL))"

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


_NEWEST = "ORDER BY fetched_at DESC, id DESC LIMIT 1"
_INSTANT = timedelta(microseconds=1)
_END_OF_TIME = datetime.max.replace(tzinfo=UTC)


def pending_groups(db: Database, version: int) -> list[list[Capture]]:
    """The captures that this version of the extractor has not read, each group read as one, oldest first.

    A group is an article (or import) with the files that it linked: the latest capture of each before the article
    changed. A file that changed under the same article is read once more with what stood beside it then; one that
    several articles link, with each of them. One whose article is not held stands alone.
    """
    groups: dict[tuple[int, ...], list[Capture]] = {}
    linking = _linking(db)
    for capture in _captures(db, _UNREAD, version):
        for group in _groups_of(db, capture, linking):
            groups[tuple(member.id for member in group)] = group
    return sorted(groups.values(), key=lambda group: max(member.age for member in group))


def count_unread(db: Database, version: int) -> int:
    """How many pages and files this version of the extractor has not read."""
    count: int = db.execute(f"SELECT count(*) FROM ({_UNREAD})", (version,)).fetchone()[0]
    return count


def read_again(db: Database, condition: str, *parameters: object) -> None:
    """Have the captures for which a condition holds read once more, as if by a newer extractor, inside the caller's
    transaction."""
    chosen = f"SELECT id FROM captures WHERE {condition}"
    db.execute(f"DELETE FROM extractions WHERE capture_id IN ({chosen})", parameters)
    db.execute(
        "UPDATE reports SET extractor_version = 0 WHERE id IN"
        f" (SELECT report_id FROM report_captures WHERE capture_id IN ({chosen}))",
        parameters,
    )


def _linking(db: Database) -> dict[str, list[str]]:
    """The addresses of the pages that link a file, by the file's address."""
    pages: dict[str, list[str]] = {}
    for file, page in db.execute("SELECT DISTINCT value, captures.url FROM captures, json_each(captures.files)"):
        pages.setdefault(file, []).append(page)
    return pages


def _groups_of(db: Database, capture: Capture, linking: dict[str, list[str]]) -> list[list[Capture]]:
    if not capture.is_attached:
        return [[capture, *_attachments(db, capture, _superseded_at(db, capture))]]
    links = [page for url in (capture.url, capture.asked_url or "") for page in linking.get(url, ())]
    groups = [_group_on(db, page, capture) for page in dict.fromkeys([capture.parent_url, *links])]
    return [group for group in groups if group] or [[capture]]


def _group_on(db: Database, page: str | None, capture: Capture) -> list[Capture]:
    """A page and its files as they were when one of these was fetched; none where the page did not link it then."""
    article = _article_at(db, page, capture.fetched_at)
    if article is None:
        return []
    for before in (_superseded_at(db, article), capture.fetched_at + _INSTANT):
        attachments = _attachments(db, article, before)
        if any((member.url, member.sha256) == (capture.url, capture.sha256) for member in attachments):
            return [article, *attachments]
    return []


def _article_at(db: Database, url: str | None, moment: datetime) -> Capture | None:
    """The article as it was at a moment; the first one where the moment is before it."""
    articles = f"SELECT * FROM captures WHERE NOT {_ATTACHED} AND url = ? AND {_USABLE}"
    held = _captures(db, f"{articles} AND fetched_at <= ? {_NEWEST}", url, timestamp(moment))
    held = held or _captures(db, f"{articles} ORDER BY fetched_at, id LIMIT 1", url)
    return held[0] if held else None


def _superseded_at(db: Database, article: Capture) -> datetime:
    """When the article was next seen with other bytes."""
    (moment,) = db.execute(
        f"SELECT min(fetched_at) FROM captures WHERE NOT {_ATTACHED} AND url = ? AND sha256 <> ? "
        f"AND fetched_at > ? AND {_USABLE}",
        (article.url, article.sha256, timestamp(article.fetched_at)),
    ).fetchone()
    return _END_OF_TIME if moment is None else datetime.fromisoformat(moment)


def _attachments(db: Database, article: Capture, before: datetime) -> list[Capture]:
    """The files of an article before a moment: the latest capture of each, in the order they first came.

    They are what the article links, whichever page they were first fetched for, and what was fetched for it since it
    reads like this. Where it is not known what it links (captures of earlier versions), all that was fetched for it.
    """
    return _captures(
        db,
        f"""SELECT * FROM (
            SELECT *, row_number() OVER (PARTITION BY url ORDER BY fetched_at DESC, id DESC) AS newness,
                min(id) OVER (PARTITION BY url) AS first_id
            FROM captures WHERE {_ATTACHED} AND fetched_at < :before AND {_USABLE} AND (
                parent_url = :page AND (:files IS NULL OR fetched_at >= :since)
                OR url IN (SELECT value FROM json_each(:files))
                OR asked_url IN (SELECT value FROM json_each(:files))
            )
        ) WHERE newness = 1 ORDER BY first_id""",
        page=article.url,
        files=None if article.files is None else json.dumps(article.files),
        since=timestamp(article.fetched_at),
        before=timestamp(before),
    )


def select_captures(db: Database, condition: str, *parameters: object) -> list[Capture]:
    """The captures that meet an SQL condition; it may end with an order and a limit."""
    # A crawl asks some times for each page: sqlite-utils' own query costs more than SQLite's answer.
    rows = db.execute(f"SELECT {_COLUMNS} FROM captures WHERE {condition}", parameters)
    return [Capture.from_row(dict(zip(Capture.__slots__, row, strict=True))) for row in rows]


def _captures(db: Database, sql: str, *parameters: object, **named: object) -> list[Capture]:
    names = Capture.__slots__
    return [Capture.from_row({name: row[name] for name in names}) for row in db.query(sql, named or parameters)]
