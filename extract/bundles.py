"""Bundles of files (ZIP, RAR, 7z), unpacked in memory within limits; nothing is ever written under a member's name."""

import io
import posixpath
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from extract.errors import ErrorKind, UnreadableFile

MOST_MEMBERS = 1000
MOST_MEMBER_BYTES = 100 * 2**20
MOST_BUNDLE_BYTES = 500 * 2**20
MOST_RATIO = 200
"""What a bundle may unpack to, as a multiple of its own size (Office files in it are packed already)."""
_FREE_BYTES = 10 * 2**20  # below this the ratio says nothing
_UNZIP_FAULTS = (zipfile.BadZipFile, zlib.error, NotImplementedError, OSError, ValueError, EOFError)
_RAR, _RAR_5, _SEVEN_ZIP = b"Rar!\x1a\x07", b"Rar!\x1a\x07\x01", b"7z\xbc\xaf\x27\x1c"
_LITTER = frozenset(["thumbs.db", "desktop.ini"])
_PASSWORD: tuple[ErrorKind, str] = ("encrypted", "the bundle is protected by a password; unpack it by hand")


@dataclass(frozen=True, slots=True)
class Member:
    """A file in a bundle: its name there, without steps out of it, and its bytes."""

    name: str
    body: bytes


def members(body: bytes, name: str) -> Iterator[Member]:
    """The files of a bundle one by one, what operating systems put beside them left out.

    Raises :class:`UnreadableFile` for a bundle that is damaged, encrypted or larger than the limits of this module; of
    what comes before the damage nothing should be believed to be all.
    """
    allowed = max(_FREE_BYTES, min(MOST_BUNDLE_BYTES, MOST_RATIO * len(body)))
    found = _unpacked(body, name) if body.startswith((_RAR, _SEVEN_ZIP)) else _unzipped(body, name)
    unpacked = 0
    for number, member in enumerate(found, start=1):
        unpacked += len(member.body)
        if number > MOST_MEMBERS:
            raise UnreadableFile(name, "too_large", f"more than {MOST_MEMBERS} files in the bundle; unpack it by hand")
        if unpacked > allowed or len(member.body) > MOST_MEMBER_BYTES:
            raise UnreadableFile(
                name, "too_large", f"it unpacks to more than {allowed >> 20} MB ({member.name}); unpack it by hand"
            )
        if not _is_litter(member.name):
            yield member


def _unzipped(body: bytes, name: str) -> Iterator[Member]:
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as bundle:
            for info in bundle.infolist():
                if info.flag_bits & 1:
                    raise UnreadableFile(name, *_PASSWORD)
                if not info.is_dir():
                    with bundle.open(info) as file:
                        yield Member(_safe(_zip_name(info)), file.read(MOST_MEMBER_BYTES + 1))
    except (*_UNZIP_FAULTS, RuntimeError) as error:
        raise _damaged(name, error) from error


def _zip_name(info: zipfile.ZipInfo) -> str:
    """The name of a member. One that does not say that it is UTF-8 is often GBK, as Chinese Windows writes it."""
    if info.flag_bits & 0x800:
        return info.filename
    raw = info.filename.encode("cp437", errors="replace")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("gb18030", errors="replace")


def _unpacked(body: bytes, name: str) -> Iterator[Member]:
    try:
        import libarchive  # noqa: PLC0415 - it wants the system's library, which is needed for RAR and 7z alone
    except (ImportError, OSError, AttributeError, TypeError) as error:
        message = "libarchive, which opens RAR and 7z, is not installed (Debian: apt-get install libarchive13)"
        raise UnreadableFile(name, "unsupported", message) from error
    try:
        # Of all formats that it knows, it would take a RAR with a stored DOCX at its end for a ZIP.
        with libarchive.memory_reader(body, format_name=_libarchive_name(body)) as entries:
            for entry in entries:
                if entry.isfile:
                    yield Member(_safe(str(entry.pathname)), _read_blocks(entry.get_blocks()))
    except (libarchive.ArchiveError, ValueError) as error:
        if any(word in str(error).lower() for word in ("encrypt", "passphrase", "password")):
            raise UnreadableFile(name, *_PASSWORD) from error
        raise _damaged(name, error) from error


def _libarchive_name(body: bytes) -> str:
    if body.startswith(_SEVEN_ZIP):
        return "7zip"
    return "rar5" if body.startswith(_RAR_5) else "rar"


def _read_blocks(blocks: Iterator[bytes]) -> bytes:
    """What a member unpacks to, no further than one block over the limit."""
    content = bytearray()
    for block in blocks:
        content += block
        if len(content) > MOST_MEMBER_BYTES:
            break
    return bytes(content)


def _safe(name: str) -> str:
    """A member's name as a path below the bundle, whatever it says."""
    return posixpath.normpath(posixpath.join("/", name.replace("\\", "/").replace("\x00", ""))).lstrip("/")


def _is_litter(name: str) -> bool:
    parts = name.split("/")
    return (
        parts[0] == "__MACOSX" or parts[-1].startswith(("~$", ".")) or parts[-1].lower() in {"thumbs.db", "desktop.ini"}
    )


def _damaged(name: str, error: Exception) -> UnreadableFile:
    return UnreadableFile(name, "damaged", f"the bundle is damaged (cut short?): {error}")
