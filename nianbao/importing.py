"""Taking files that a person has into the archive."""

import hashlib
import mimetypes
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from archive import Archive, ArchiveError
from archive.rebuild import import_warc

# What one file of a bundle, and the bundle as a whole, may unpack to: no report comes near, a zip bomb does.
MOST_MEMBER_BYTES = 100 * 2**20
MOST_BUNDLE_BYTES = 2**30


@dataclass
class ImportSummary:
    """Files taken in, files that the archive held already with the same content, and what could not be taken in."""

    taken: int = 0
    known: int = 0
    failures: list[tuple[str, str]] = field(default_factory=list)


def import_paths(archive: Archive, paths: Iterable[Path], run_id: int) -> ImportSummary:
    """Take files, folders (with all below them), ZIP bundles and WARC files of an archive of ours into the archive.

    A file is known by its path and content: the same again is not taken twice.
    """
    summary = ImportSummary()
    for path in paths:
        for file in _files(path, summary):
            try:
                _import_file(archive, file, run_id, summary)
            except (OSError, zipfile.BadZipFile, ArchiveError) as error:
                summary.failures.append((str(file), str(error)))
    return summary


def _files(path: Path, summary: ImportSummary) -> Iterator[Path]:
    if path.is_dir():
        yield from sorted(p for p in path.rglob("*") if p.is_file() and not p.name.startswith("."))
    elif path.is_file():
        yield path
    else:
        summary.failures.append((str(path), "there is no such file or folder"))


def _import_file(archive: Archive, path: Path, run_id: int, summary: ImportSummary) -> None:
    if path.name.endswith((".warc.gz", ".warc")):
        summary.taken += import_warc(archive, path)
    elif path.suffix.lower() == ".zip" and zipfile.is_zipfile(path):
        for name, body in _members(path, summary):
            _take(archive, f"{path.resolve().as_uri()}!/{name}", body, run_id, summary)
    else:
        _take(archive, path.resolve().as_uri(), path.read_bytes(), run_id, summary)


def _members(path: Path, summary: ImportSummary) -> Iterator[tuple[str, bytes]]:
    """The files of a bundle. Names that do not say they are UTF-8 are GBK, as Chinese Windows writes them."""
    unpacked = 0
    with zipfile.ZipFile(path, metadata_encoding="gbk") as bundle:
        for member in bundle.infolist():
            if member.is_dir():
                continue
            unpacked += member.file_size
            if member.file_size > MOST_MEMBER_BYTES or unpacked > MOST_BUNDLE_BYTES:
                summary.failures.append((f"{path}!/{member.filename}", "too large to unpack; unpack it by hand"))
                continue
            try:
                yield member.filename, bundle.read(member)
            except (RuntimeError, NotImplementedError, zipfile.BadZipFile, OSError) as error:
                summary.failures.append((f"{path}!/{member.filename}", f"cannot be unpacked: {error}"))


def _take(archive: Archive, url: str, body: bytes, run_id: int, summary: ImportSummary) -> None:
    held = archive.latest_capture(url)
    if held is not None and held.sha256 == hashlib.sha256(body).hexdigest():
        summary.known += 1
        return
    archive.add_capture(
        url=url,
        body=body,
        kind="import",
        media_type=mimetypes.guess_type(url)[0],
        fetched_at=datetime.now(UTC),
        run_id=run_id,
    )
    summary.taken += 1
