"""DOC, WPS, RTF and OpenDocument texts to Document: LibreOffice makes DOCX of them, many at one start."""

import hashlib
import io
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import olefile

from extract.document import Document
from extract.errors import ErrorKind, UnreadableFile
from extract.formats import Format, file_format
from extract.readers.docx import read_docx

CONVERTED: MappingProxyType[Format, str] = MappingProxyType({"doc": "doc", "rtf": "rtf", "odf": "odt"})
"""The formats that are converted, and the ending by which LibreOffice is told of each."""

_MOST_BYTES = 50 * 2**20
_MOST_AT_ONCE = 20
_SECONDS_TO_START, _SECONDS_A_FILE = 60, 10
_MOST_MEMORY_KB, _MOST_OUTPUT_BLOCKS = 4 * 2**20, 2**18  # 4 GB of addresses (it uses some 250 MB), 128 MB a file
# No macros, nothing fetched from elsewhere; the proxy is an address where nobody answers.
_SETTINGS = (
    ("org.openoffice.Office.Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("org.openoffice.Office.Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("org.openoffice.Inet/Settings", "ooInetProxyType", "2"),
    *(
        ("org.openoffice.Inet/Settings", f"ooInet{scheme}Proxy{part}", value)
        for scheme in ("HTTP", "HTTPS", "FTP")
        for part, value in (("Name", "127.0.0.1"), ("Port", "9"))
    ),
)


class Converter:
    """Converts files to DOCX and remembers what became of each, so that many can be prepared by one start."""

    def __init__(self) -> None:
        self._made: dict[bytes, bytes | tuple[ErrorKind, str]] = {}

    def prepare(self, bodies: Iterable[bytes]) -> None:
        """Convert those of the files that need it, all in one go; what fails is told when it is read."""
        wanted: dict[bytes, tuple[bytes, str]] = {}
        for body in bodies:
            suffix = CONVERTED.get(file_format(body))
            if suffix is None or (key := _key(body)) in self._made:
                continue
            if (refused := _refused(body, suffix)) is not None:
                self._made[key] = refused
            else:
                wanted[key] = (body, suffix)
        keys = list(wanted)
        for start in range(0, len(keys), _MOST_AT_ONCE):
            batch = keys[start : start + _MOST_AT_ONCE]
            self._made.update(zip(batch, _convert([wanted[key] for key in batch]), strict=True))

    def docx(self, body: bytes, name: str) -> bytes:
        """The file as DOCX. Raises :class:`UnreadableFile` where it cannot be made."""
        self.prepare([body])
        made = self._made[_key(body)]
        if isinstance(made, bytes):
            return made
        raise UnreadableFile(name, *made)


def read_converted(body: bytes, name: str, *, title_hint: str | None, converter: Converter) -> Document:
    """Read a file of one of the formats of :data:`CONVERTED`.

    The place of a figure is its table, row and column as in DOCX. Raises :class:`UnreadableFile` where LibreOffice is
    not installed or cannot open the file.
    """
    document = read_docx(converter.docx(body, name), name, title_hint=title_hint)
    return replace(document, reader=file_format(body))


def _key(body: bytes) -> bytes:
    return hashlib.sha256(body).digest()


def _refused(body: bytes, suffix: str) -> tuple[ErrorKind, str] | None:
    """Why a file need not be given to LibreOffice, or None."""
    if len(body) > _MOST_BYTES:
        return "too_large", f"a Word file of {len(body) >> 20} MB; up to {_MOST_BYTES >> 20} MB are read"
    if suffix == "doc" and _is_encrypted(body):
        return "encrypted", "the file is protected by a password"
    return None


def _is_encrypted(body: bytes) -> bool:
    """The flag fEncrypted of a Word file's header ([MS-DOC] 2.5.2)."""
    try:
        with olefile.OleFileIO(io.BytesIO(body)) as compound, compound.openstream("WordDocument") as stream:
            header = stream.read(12)
    except Exception:  # olefile raises whatever its reading of a damaged file meets; LibreOffice may do better
        return False
    return len(header) == 12 and bool(header[11] & 1)


def _convert(files: Sequence[tuple[bytes, str]]) -> list[bytes | tuple[ErrorKind, str]]:
    """Files (bytes, ending) to DOCX; one that breaks the run of many is tried again by itself."""
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        message = (
            "LibreOffice, which opens such files, is not installed (Debian: apt-get install libreoffice-writer-nogui)"
        )
        return [("unsupported", message)] * len(files)
    made = _run(program, files)
    if len(files) > 1:
        made = [found or _run(program, [file])[0] for found, file in zip(made, files, strict=True)]
    reason = "LibreOffice cannot open the file: damaged, under a password, or larger than any report"
    return [found or ("damaged", reason) for found in made]


def _run(program: str, files: Sequence[tuple[bytes, str]]) -> list[bytes | None]:
    """One start of LibreOffice, in a profile of its own, within limits of time, memory and output."""
    with tempfile.TemporaryDirectory(prefix="nianbao-") as name:
        folder = Path(name)
        _write_profile(folder / "profile" / "user")
        sources = [folder / f"{number}.{suffix}" for number, (_, suffix) in enumerate(files)]
        for source, (body, _) in zip(sources, files, strict=True):
            source.write_bytes(body)
        command = [program, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--norestore"]
        command += ["--convert-to", "docx:MS Word 2007 XML", "--outdir", str(folder / "out"), *map(str, sources)]
        _run_within_limits(command, folder, _SECONDS_TO_START + _SECONDS_A_FILE * len(files))
        results = [folder / "out" / f"{source.stem}.docx" for source in sources]
        return [result.read_bytes() if result.is_file() else None for result in results]


def _run_within_limits(command: Sequence[str], folder: Path, seconds: int) -> None:
    limited = f'ulimit -v {_MOST_MEMORY_KB} -f {_MOST_OUTPUT_BLOCKS} -c 0; exec "$@"'
    environment = {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(folder), "LC_ALL": "C.UTF-8"}
    process = subprocess.Popen(  # noqa: S603 - the program is LibreOffice, the arguments are names of our own
        ["/bin/sh", "-c", limited, "sh", *command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment,
        cwd=folder,
        start_new_session=True,
    )
    try:
        process.wait(seconds)
    except BaseException as error:
        os.killpg(process.pid, signal.SIGKILL)  # with all that it started
        process.wait()
        if not isinstance(error, subprocess.TimeoutExpired):
            raise


def _write_profile(folder: Path) -> None:
    folder.mkdir(parents=True)
    items = "".join(
        f'<item oor:path="/{path}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>'
        for path, name, value in _SETTINGS
    )
    (folder / "registrymodifications.xcu").write_text(
        f'<?xml version="1.0" encoding="UTF-8"?><oor:items xmlns:oor="http://openoffice.org/2001/registry">{items}</oor:items>',
        encoding="utf-8",
    )
