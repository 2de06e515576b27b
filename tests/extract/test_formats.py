"""The reader is chosen by content: what a file is called does not count."""

import io
import zipfile
from pathlib import Path

import pytest

from extract.formats import file_format


def zipped(*names: str, **contents: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
        for name, content in contents.items():
            archive.writestr(name, content)
    return out.getvalue()


CASES = [
    ("empty", b" \r\n"),
    ("pdf", b"\n%PDF-1.4"),
    ("docx", zipped("[Content_Types].xml", "word/document.xml")),
    ("docx", zipped("word/document2.xml")),
    ("xlsx", zipped("xl/workbook.xml")),
    ("ofd", zipped("OFD.xml", "Doc_0/Document.xml")),
    ("odf", zipped("content.xml", mimetype="application/vnd.oasis.opendocument.text")),
    ("other_sheet", zipped("content.xml", mimetype="application/vnd.oasis.opendocument.spreadsheet")),
    ("archive", zipped("report.docx", "sub/word/document.xml")),
    ("archive", b"PK\x03\x04 and no more"),
    ("archive", b"Rar!\x1a\x07\x01\x00"),
    ("archive", b"7z\xbc\xaf\x27\x1c"),
    ("other_office", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)),
    ("binary", bytes(range(256))),
    ("picture", b"\xff\xd8\xff\xe0"),
    ("picture", b"\x89PNG\r\n\x1a\n"),
    ("picture", b"II*\x00"),
    ("picture", b"GIF89a"),
    ("picture", b"RIFF\x10\x00\x00\x00WEBPVP8 "),
    ("picture", b"BM\x36\x00\x0c\x00\x00\x00\x00\x00\x36"),
    ("text", b"BMW" * 10),
    ("rtf", b"{\\rtf1\\ansi"),
    ("html", b"  <!DOCTYPE html><p>x"),
    ("html", "标题<table><tr>".encode("utf-16")),
    ("text", "一、总体情况\n".encode("gb18030")),
]


@pytest.mark.parametrize(("expected", "body"), CASES)
def test_format_is_told_by_content(expected: str, body: bytes) -> None:
    assert file_format(body) == expected


@pytest.mark.parametrize(("name", "expected"), [("doc.doc", "doc"), ("docx.docx", "docx"), ("scan_200.pdf", "pdf")])
def test_format_of_real_files(samples: Path, name: str, expected: str) -> None:
    assert file_format((samples / "docs" / "hzq2023" / name).read_bytes()) == expected
