"""Taking files that a person has into the archive."""

import hashlib
import mimetypes
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from archive import Archive, ArchiveError
from archive.rebuild import import_warc
from extract import UnreadableFile
from extract.bundles import members
from extract.files import FormatsOnDisk, file_bytes
from extract.formats import file_format
from extract.grouping import group_names


@dataclass
class ImportSummary:
    """Files taken in, files that the archive held already with the same content, and what could not be taken in."""

    taken: int = 0
    known: int = 0
    failures: list[tuple[str, str]] = field(default_factory=list)


def import_paths(archive: Archive, paths: Iterable[Path], run_id: int) -> ImportSummary:
    """Take files, folders (with all below them), bundles and WARC files of an archive of ours into the archive.

    A file is known by its path and content: the same again is not taken twice. What a page links is kept as belonging
    to it, and so are the numbered pictures of the pages of one report; they are read together.
    """
    importer = _Importer(archive, run_id)
    files = [file for path in paths for file in _files(path, importer.summary)]
    plain = [file for file in files if not importer.unpack(file)]
    uris = {file.resolve().as_posix(): file.resolve().as_uri() for file in plain}
    importer.take_all(
        uris, FormatsOnDisk(), lambda name: file_bytes(Path(name)), lambda name: uris.get(name) or Path(name).as_uri()
    )
    return importer.summary


def _files(path: Path, summary: ImportSummary) -> Iterator[Path]:
    if path.is_dir():
        yield from sorted(p for p in path.rglob("*") if p.is_file() and not p.name.startswith("."))
    elif path.is_file():
        yield path
    else:
        summary.failures.append((str(path), "there is no such file or folder"))


class _Importer:
    def __init__(self, archive: Archive, run_id: int) -> None:
        self.archive = archive
        self.run_id = run_id
        self.summary = ImportSummary()

    def unpack(self, path: Path) -> bool:
        """Take in what is in a bundle or a WARC file; False for a file of another kind."""
        try:
            if path.name.endswith((".warc.gz", ".warc")):
                self.summary.taken += import_warc(self.archive, path)
                return True
            body = file_bytes(path)
            if file_format(body) != "archive":
                return False
            bodies = {member.name: member.body for member in members(body, str(path))}
        except UnreadableFile as error:
            self.summary.failures.append((str(path), error.message))
            return True
        except (ArchiveError, OSError) as error:
            self.summary.failures.append((str(path), str(error)))
            return True
        formats = {name: file_format(body) for name, body in bodies.items()}
        self.take_all(bodies, formats, bodies.__getitem__, lambda name: f"{path.resolve().as_uri()}!/{name}")
        return True

    def take_all(
        self,
        names: Iterable[str],
        formats: Mapping[str, str],
        read: Callable[[str], bytes],
        address: Callable[[str], str],
    ) -> None:
        """Take files in, those that are read together under the first of them."""
        for first, *others in group_names(names, formats, read):
            files = [address(name) for name in others]
            for name in (first, *others):
                try:
                    if name == first:
                        self._take(address(name), read(name), files=files)
                    else:
                        self._take(address(name), read(name), parent_url=address(first))
                except (UnreadableFile, ArchiveError) as error:
                    message = error.message if isinstance(error, UnreadableFile) else str(error)
                    self.summary.failures.append((name, message))

    def _take(
        self, url: str, body: bytes, *, parent_url: str | None = None, files: Sequence[str] | None = None
    ) -> None:
        held = self.archive.latest_capture(url)
        if held is not None and held.sha256 == hashlib.sha256(body).hexdigest():
            self.summary.known += 1
            return
        self.archive.add_capture(
            url=url,
            body=body,
            kind="import",
            media_type=mimetypes.guess_type(url)[0],
            fetched_at=datetime.now(UTC),
            run_id=self.run_id,
            parent_url=parent_url,
            files=files,
        )
        self.summary.taken += 1
