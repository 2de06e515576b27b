"""What a file is: told by its first bytes and its structure, never by its name or a server's word."""

import io
import re
import zipfile
from typing import Literal

import olefile

Format = Literal[
    "empty", "html", "text", "pdf", "picture", "docx", "doc", "rtf", "odf", "xlsx", "xls", "other_sheet", "ofd",
    "archive", "encrypted", "other_office", "binary",
]  # fmt: skip
"""``doc`` is Word 97 and what calls itself WPS, ``odf`` OpenDocument text, ``other_sheet`` a workbook that is
neither XLSX nor XLS, ``archive`` a ZIP, RAR or 7z of files, ``encrypted`` an Office file under a password,
``other_office`` an older Office file of another kind or too damaged to tell, ``binary`` nothing that is known."""

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ARCHIVES = (b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c")
_PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n", b"II*\x00", b"MM\x00*", b"GIF87a", b"GIF89a")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
# The part of a ZIP that only files of one format have.
_PARTS: tuple[tuple[re.Pattern[str], Format], ...] = (
    (re.compile(r"word/document\d*\.xml"), "docx"),
    (re.compile(r"xl/workbook\d*\.xml"), "xlsx"),
    (re.compile(r"xl/workbook\d*\.bin"), "other_sheet"),
    (re.compile(r"OFD\.xml"), "ofd"),
)
_OPEN_DOCUMENT: tuple[tuple[bytes, Format], ...] = (
    (b"application/vnd.oasis.opendocument.text", "odf"),
    (b"application/vnd.oasis.opendocument.spreadsheet", "other_sheet"),
)
_STREAMS: tuple[tuple[str, Format], ...] = (
    ("EncryptedPackage", "encrypted"),
    ("WordDocument", "doc"),
    ("Workbook", "xls"),
    ("Book", "xls"),
)
_TAGS = (b"<html", b"<body", b"<table", b"<p>", b"<p ", b"<div")


def file_format(body: bytes) -> Format:
    """The format of a file's bytes. A damaged file is of the format that it begins like; never raises."""
    if not body.strip():
        return "empty"
    start = body[:1024].lstrip()
    if start.startswith(b"PK\x03\x04"):
        return _zip_format(body)
    if body.startswith(_OLE):
        return _ole_format(body)
    marks: dict[Format, bool] = {
        "pdf": b"%PDF-" in body[:1024],
        "archive": body.startswith(_ARCHIVES),
        "picture": _is_picture(body),
        "rtf": start.startswith(b"{\\rt"),
    }
    return next((found for found, is_there in marks.items() if is_there), None) or _text_format(body)


def _is_picture(body: bytes) -> bool:
    is_webp = body.startswith(b"RIFF") and body[8:12] == b"WEBP"
    # "BM" alone may begin a text; in a bitmap four bytes follow that are nought.
    is_bitmap = body.startswith(b"BM") and body[6:10] == bytes(4)
    return body.startswith(_PICTURES) or is_webp or is_bitmap


def _zip_format(body: bytes) -> Format:
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            names = set(archive.namelist())
            declared = _first_bytes(archive, "mimetype") if "mimetype" in names else b""
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, ValueError, EOFError):
        return "archive"
    by_part = (found for part, found in _PARTS if any(part.fullmatch(name) for name in names))
    by_type = (found for media_type, found in _OPEN_DOCUMENT if declared.startswith(media_type))
    return next(by_part, next(by_type, "archive"))


def _first_bytes(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as member:
        return member.read(200)


def _ole_format(body: bytes) -> Format:
    try:
        with olefile.OleFileIO(io.BytesIO(body)) as compound:
            return next((found for stream, found in _STREAMS if compound.exists(stream)), "other_office")
    except Exception:  # olefile raises whatever its reading of a damaged file meets
        return "other_office"


def _text_format(body: bytes) -> Format:
    if b"\x00" in body[:1024] and not body.startswith(_UTF16):
        return "binary"
    head = body[:65536].replace(b"\x00", b"").lower()  # UTF-16 has a NUL in every Latin letter
    if head.lstrip().startswith(b"<") or any(tag in head for tag in _TAGS):
        return "html"
    return "text"
