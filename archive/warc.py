"""Captures as WARC/1.1 records, one gzip member each (ISO 28500:2017; written and parsed by warcio).

A response is a ``response`` record with its HTTP status line and headers, a file that a person brought a ``resource``
record; bytes that the archive already holds become a ``revisit`` record. What a row of ``captures`` needs beyond that
stands in the header ``WARC-JSON-Metadata``, so that the database can be rebuilt from the WARC files alone.
"""

import contextlib
import fcntl
import hashlib
import io
import json
import mmap
import os
import stat
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import quote

from warcio.archiveiterator import WARCIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordbuilder import RecordBuilder
from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders, StatusAndHeadersParserException
from warcio.warcwriter import WARCWriter

from archive.errors import ArchiveError

MAX_FILE_BYTES = 1_000_000_000
"""A WARC file that has reached this size is closed when its records have their rows; the customary gigabyte."""

_METADATA = "WARC-JSON-Metadata"
# zlib's default. Level 9 takes half as long again for one per cent of a page.
_GZIP_LEVEL = 6

CLOSED = 0o444
"""The mode of a file that will not be written any more."""
_GZIP_MEMBER = b"\x1f\x8b\x08"
_DAMAGE = (
    ArchiveLoadFailed,
    StatusAndHeadersParserException,
    EOFError,
    OSError,
    ValueError,
    KeyError,
    TypeError,
    zlib.error,
)

# The body is kept decoded, so these headers of the transfer no longer describe it.
_TRANSFER_HEADERS = frozenset({"content-encoding", "transfer-encoding", "content-length"})

Headers = Sequence[tuple[str, str]]
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Original:
    """The capture whose bytes a revisit repeats: its address, when it was fetched (as in ``captures``)."""

    url: str
    fetched_at: str


def timestamp(moment: datetime) -> str:
    """A moment as kept in the database: UTC with microseconds, so that text order is time order."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


class WarcWriter:
    """Appends records to WARC files of its own; the first file is made with the first record.

    A record is the operating system's when `write` returns, so that a kill does not lose it, and on disk after `sync`
    or `close`. A file is locked while it is written and read-only when it is closed: one that is neither was left
    behind by a process that died (`archive.mending`).
    """

    def __init__(self, folder: Path, max_bytes: int = MAX_FILE_BYTES) -> None:
        self.folder = folder
        self.max_bytes = max_bytes
        self._file: BinaryIO | None = None
        self._name = ""
        self._records = 0
        self._abandoned: list[BinaryIO] = []

    def write(self, capture: Row, body: bytes, original: Original | None) -> Row:
        """Write one capture, as a revisit where an original is given.

        ``capture`` holds url, fetched_at, http_status, kind, portal, title, published_on, publisher, parent_url,
        media_type, asked_url, headers and files (JSON texts). Returns the row of ``captures`` without id and run_id.
        """
        record = _build_record(capture, body, original)
        offset = self._append(_packed(record))
        return capture_row(record, self._name, offset)

    def sync(self) -> None:
        """Have all that was written on disk, also what is whole in a file that could not be written any further."""
        for file in [*self._abandoned, *([self._file] if self._file is not None else [])]:
            try:
                os.fsync(file.fileno())
            except OSError as error:
                raise ArchiveError(f"{file.name}: cannot be put on disk ({error})") from error
        self._drop_abandoned()

    def roll(self) -> None:
        """Close a file that is full, for good: every record in it must have its row by now. The next write begins a
        new one."""
        if self._file is not None and self._file.tell() >= self.max_bytes:
            self.close()

    def close(self, for_good: bool = True) -> None:
        """Close the open file; a later write begins a new one. Where records lack their rows it is not closed for good,
        so that the next start gives them theirs (`archive.mending`)."""
        self._drop_abandoned()
        if self._file is not None:
            file, self._file = self._file, None
            if for_good:
                close_for_good(file)
            else:
                file.close()

    def _append(self, record: bytes) -> int:
        try:
            file = self._file or self._begin_file()
            offset = file.tell()
            file.write(record)
            file.flush()
            self._records += 1
        except OSError as error:
            self._abandon()
            raise ArchiveError(f"{self.folder / self._name}: cannot write ({error}); is the disk full?") from error
        return offset

    def _abandon(self) -> None:
        """Write no more to a file that cannot be written; the records before may still wait to be put on disk."""
        if self._file is not None:
            if self._records:
                self._abandoned.append(self._file)
            else:
                with contextlib.suppress(OSError):
                    self._file.close()
        self._file = None

    def _drop_abandoned(self) -> None:
        """Close files that could not be written, as they are: the next start mends their ends."""
        for file in self._abandoned:
            with contextlib.suppress(OSError):
                file.close()
        self._abandoned.clear()

    def _begin_file(self) -> BinaryIO:
        # Names sort by time; the process id keeps those of one microsecond apart, mode x keeps us off any other's file.
        self._name = f"nianbao-{datetime.now(UTC):%Y%m%d%H%M%S%f}-{os.getpid()}.warc.gz"
        self.folder.mkdir(parents=True, exist_ok=True)
        self._file, self._records = (self.folder / self._name).open("xb"), 0
        fcntl.flock(self._file, fcntl.LOCK_EX)
        info = {"software": "nianbao", "format": "WARC File Format 1.1"}
        self._file.write(_packed(RecordBuilder(RecordBuilder.WARC_1_1).create_warcinfo_record(self._name, info)))
        _sync_folder(self.folder)
        return self._file


def close_for_good(file: BinaryIO) -> None:
    """Close a file to which nothing will be added; it is read-only from then on."""
    os.fchmod(file.fileno(), CLOSED)
    file.close()


def is_closed(path: Path) -> bool:
    """Whether a WARC file was closed in good order, and not left behind or still being written."""
    return stat.S_IMODE(path.stat().st_mode) == CLOSED


def _packed(record: ArcWarcRecord) -> bytes:
    """A record as a gzip member."""
    buffer = io.BytesIO()
    WARCWriter(buffer, gzip=False, warc_version=RecordBuilder.WARC_1_1).write_record(record)
    packer = zlib.compressobj(_GZIP_LEVEL, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    return packer.compress(buffer.getvalue()) + packer.flush()


def capture_row(record: ArcWarcRecord, warc_file: str, offset: int) -> Row:
    """The row of ``captures`` (without id and run_id) of a record; KeyError where it lacks our metadata."""
    header = record.rec_headers.get_header
    metadata = json.loads(header(_METADATA) or "{}")
    http = {name.lower(): value for name, value in reversed(metadata["headers"])}
    return {
        "portal": metadata["portal"],
        "url": metadata["url"],
        "fetched_at": header("WARC-Date"),
        "http_status": metadata["http_status"],
        "media_type": metadata["media_type"],
        "sha256": (header("WARC-Payload-Digest") or "").removeprefix("sha256:"),
        "bytes": metadata["bytes"],
        "warc_file": warc_file,
        "warc_offset": offset,
        "record_id": header("WARC-Record-ID"),
        "record_type": record.rec_type,
        "kind": metadata["kind"],
        "title": metadata["title"],
        "published_on": metadata["published_on"],
        "publisher": metadata["publisher"],
        "parent_url": metadata["parent_url"],
        "etag": http.get("etag"),
        "last_modified": http.get("last-modified"),
        "headers": json.dumps(metadata["headers"], ensure_ascii=False),
        # Records of earlier versions do not tell these.
        "files": None if metadata.get("files") is None else json.dumps(metadata["files"], ensure_ascii=False),
        "asked_url": metadata.get("asked_url"),
    }


def read_payload(path: Path, offset: int, sha256: str) -> bytes:
    """The body of the record at an offset; ArchiveError where file or record is gone or the bytes are not the same."""
    try:
        with path.open("rb") as file:
            file.seek(offset)
            _, body = _read_record(file)
    except FileNotFoundError:
        raise ArchiveError(f"{path}: the WARC file is gone; put it back or collect the report again") from None
    except OSError as error:
        raise ArchiveError(f"{path}: cannot be read ({error.strerror})") from error
    except _DAMAGE as error:
        raise ArchiveError(f"{path}: the record at byte {offset} is damaged (it cannot be unpacked)") from error
    if hashlib.sha256(body).hexdigest() != sha256:
        raise ArchiveError(f"{path}: the record at byte {offset} is damaged (its SHA-256 is not {sha256})")
    return body


def scan(path: Path, damage: list[int], start: int = 0) -> Iterator[Row]:
    """The captures of a WARC file from the record at ``start``, in order, as rows; where it is damaged is noted in
    ``damage``.

    Bodies are checked against their SHA-256. Records that nianbao did not write as captures are passed over.
    """
    if path.stat().st_size == 0:
        return
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        offset, in_damage = start, False
        while 0 <= offset < len(content):
            file.seek(offset)
            try:
                row = _read_row(file, path.name, offset)
                following = _next_member(content, offset)
            except _DAMAGE:
                if not in_damage:
                    damage.append(offset)
                offset, in_damage = content.find(_GZIP_MEMBER, offset + 1), True
                continue
            if row is not None:
                yield row
            offset, in_damage = following, False


def _build_record(capture: Row, body: bytes, original: Original | None) -> ArcWarcRecord:
    builder = RecordBuilder(warc_version=RecordBuilder.WARC_1_1)
    url = _ascii_url(capture["url"])
    digest = f"sha256:{hashlib.sha256(body).hexdigest()}"
    headers = json.loads(capture["headers"])
    files = None if capture["files"] is None else json.loads(capture["files"])
    metadata = {**capture, "headers": headers, "files": files, "bytes": len(body)}
    warc_headers = {"WARC-Date": metadata.pop("fetched_at"), _METADATA: json.dumps(metadata)}
    http = None if capture["http_status"] is None else _http_headers(capture["http_status"], headers, len(body))
    if original is not None:
        return builder.create_revisit_record(
            url, digest, _ascii_url(original.url), original.fetched_at, http, warc_headers
        )
    return builder.create_warc_record(
        url,
        "resource" if http is None else "response",
        payload=io.BytesIO(body),
        length=len(body),
        warc_content_type="" if http else capture["media_type"] or "application/octet-stream",
        warc_headers_dict={**warc_headers, "WARC-Payload-Digest": digest},
        http_headers=http,
    )


def _http_headers(status: int, headers: Headers, length: int) -> StatusAndHeaders:
    kept = [
        (f"X-Archive-Orig-{name}" if name.lower() in _TRANSFER_HEADERS else _plain(name), _plain(value))
        for name, value in headers
    ]
    try:
        reason = HTTPStatus(status).phrase
    except ValueError:
        reason = "Unknown"
    return StatusAndHeaders(f"{status} {reason}", [*kept, ("Content-Length", str(length))], protocol="HTTP/1.1")


def _plain(text: str) -> str:
    """A header's name or value as one line of ASCII; as it came it stands in the metadata."""
    return text if text.isascii() and text.isprintable() else quote(text, safe=" !#$&'()*+,-./:;<=>?@[]^_`{|}~\"")


def _ascii_url(url: str) -> str:
    return quote(url, safe="%/:=&?~#+!$,;'@()*[]")


def _read_record(file: BinaryIO) -> tuple[ArcWarcRecord, bytes]:
    record = next(WARCIterator(file), None)
    if record is None:
        raise EOFError("no record")
    body: bytes = record.raw_stream.read()
    return record, body


def _read_row(file: BinaryIO, name: str, offset: int) -> Row | None:
    record, body = _read_record(file)
    if record.rec_headers.get_header(_METADATA) is None:
        return None
    row = capture_row(record, name, offset)
    if row["record_type"] != "revisit" and hashlib.sha256(body).hexdigest() != row["sha256"]:
        raise ValueError("the SHA-256 of the body is not the recorded one")
    return row


def _next_member(content: mmap.mmap, offset: int) -> int:
    """Where the gzip member after the one at ``offset`` begins."""
    decompressor = zlib.decompressobj(zlib.MAX_WBITS | 16)
    position = offset
    while not decompressor.eof:
        chunk = content[position : position + 65536]
        if not chunk:
            raise EOFError("the record is cut short")
        decompressor.decompress(chunk)
        position += len(chunk)
    return position - len(decompressor.unused_data)


def _sync_folder(folder: Path) -> None:
    """Put the folder's own entry of a new file on disk too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
