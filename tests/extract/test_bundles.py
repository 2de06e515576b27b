"""Bundles and what is read together: every report in them once, within limits, whatever a hostile bundle says."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from extract import UnreadableFile, bundles, read_bytes, read_file
from extract.bundles import members
from extract.grouping import group_names
from extract.joining import one_per_report
from simulator.generator import generate

WORD = generate(2, "docx", ())
PAGE = generate(4, "html_plain", ())


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, body in files.items():
            bundle.writestr(zipfile.ZipInfo(name), body, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def rar(files: dict[str, bytes]) -> bytes:
    """A RAR (version 4) of files that are stored as they are."""

    def block(kind: int, flags: int, content: bytes, data: bytes = b"") -> bytes:
        rest = struct.pack("<BHH", kind, flags, 7 + len(content)) + content
        return struct.pack("<H", zlib.crc32(rest) & 0xFFFF) + rest + data

    parts = [b"Rar!\x1a\x07\x00", block(0x73, 0, bytes(6))]
    for name, body in files.items():
        raw = name.encode()
        head = struct.pack("<IIBIIBBHI", len(body), len(body), 3, zlib.crc32(body), 0, 20, 0x30, len(raw), 0o100644)
        parts.append(block(0x74, 0x8000, head + raw, body))
    return b"".join([*parts, block(0x7B, 0, b"")])


@pytest.mark.parametrize("pack", [zipped, rar], ids=["zip", "rar"])
def test_every_report_in_a_bundle_is_read_once(pack: Callable[[dict[str, bytes]], bytes]) -> None:
    files = {
        "reports/a.docx": WORD.files[0][1],
        "reports/copy of a.docx": WORD.files[0][1],
        "b/page.html": PAGE.files[0][1],
        "readme.txt": "说明".encode(),
        "__MACOSX/reports/._a.docx": b"\x00\x05\x16\x07",
    }
    reports = read_bytes(pack(files), "bundle")
    assert {report.agency: report.figures for report in reports} == {
        WORD.report.agency: WORD.report.figures,
        PAGE.report.agency: PAGE.report.figures,
    }
    assert {report.file for report in reports} == {"bundle!/reports/a.docx", "bundle!/b/page.html"}
    assert {report.status for report in reports} == {"complete"}


def test_names_in_a_bundle_lead_nowhere_and_may_be_gbk() -> None:
    chinese = "报告/年报.txt"
    body = zipped({"../../etc/passwd": b"1", "/root/x": b"2", "..\\y": b"3", "placeholder.txt": b"4"})
    body = body.replace(b"placeholder.txt", chinese.encode("gb18030").ljust(15, b"t"))
    assert [member.name for member in members(body, "x")][:3] == ["etc/passwd", "root/x", "y"]
    assert [member.name for member in members(body, "x")][3].startswith("报告/年报")


def nested(depth: int) -> bytes:
    body = WORD.files[0][1]
    for _ in range(depth):
        body = zipped({"inner": body})
    return body


def test_a_bundle_in_a_bundle_is_opened() -> None:
    [report] = read_bytes(nested(2), "outer.zip")
    assert report.file == "outer.zip!/inner!/inner"


LOCKED = bytearray(zipped({"a.txt": b"x" * 50}))
LOCKED[6] |= 1
LOCKED[LOCKED.index(b"PK\x01\x02") + 8] |= 1


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (nested(3), "too_large"),
        (zipped({"bomb": bytes(30 * 2**20)}), "too_large"),
        (zipped({f"{number}.txt": b"" for number in range(1001)}), "too_large"),
        (bytes(LOCKED), "encrypted"),
        (zipped({"a.txt": b"no report"}), "not_a_report"),
        (zipped({"folder/": b""}), "empty"),
        (zipped({"a.docx": WORD.files[0][1]})[:-100], "damaged"),
        (rar({"a.docx": WORD.files[0][1]})[:-2000], "damaged"),
        (b"7z\xbc\xaf\x27\x1c" + bytes(50), "empty"),
    ],
    ids=["deep", "bomb", "many", "password", "no report", "nothing", "cut zip", "cut rar", "not 7z"],
)
def test_bad_bundles_are_refused_by_reason(body: bytes, kind: str) -> None:
    with pytest.raises(UnreadableFile) as raised:
        read_bytes(body, "bad.zip")
    assert (raised.value.path, raised.value.kind) == ("bad.zip", kind)


def test_limits_hold_for_a_rar_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundles, "MOST_MEMBER_BYTES", 1000)
    with pytest.raises(UnreadableFile, match="unpacks to more") as raised:
        read_bytes(rar({"large": bytes(2000)}), "bad.rar")
    assert raised.value.kind == "too_large"


def test_a_page_takes_only_files_in_its_own_folder(tmp_path: Path) -> None:
    links = "".join(f'<a href="{address}">附件</a>' for address in ("../secret.docx", "/secret.docx", "sub/own.docx"))
    site = tmp_path / "site"
    (site / "sub").mkdir(parents=True)
    (site / "index.html").write_text(f"<h1>{WORD.report.title}</h1><p>一、总体情况</p>{links}")
    (tmp_path / "secret.docx").write_bytes(WORD.files[0][1])
    with pytest.raises(UnreadableFile):
        read_file(site / "index.html")
    (site / "sub" / "own.docx").write_bytes(WORD.files[0][1])
    [report] = read_file(site / "index.html")
    assert report.file == str(site / "sub" / "own.docx")


def test_an_attachment_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    page = PAGE.files[0][1].decode().replace("</body>", '<a href="cut.docx">附件</a></body>')
    (tmp_path / "index.html").write_text(page)
    (tmp_path / "cut.docx").write_bytes(WORD.files[0][1][:500])
    [report] = read_file(tmp_path / "index.html")
    assert report.figures == PAGE.report.figures
    [finding] = [finding for finding in report.findings if finding.rule == "form.attachment_unread"]
    assert (finding.severity, "cut.docx" in finding.message_en) == ("info", True)


def test_files_are_grouped_by_links_and_numbers() -> None:
    pages = {
        "a/index.html": b'<a href="x.docx">x</a><a href="../b/y.docx">y</a>',
        "b/z.html": b'<a href="./y.docx">y</a>',
    }
    formats = {
        **dict.fromkeys(pages, "html"),
        **dict.fromkeys(["a/x.docx", "b/y.docx", "c.docx"], "docx"),
        **dict.fromkeys(["p/page-10.jpg", "p/page-2.jpg", "p/page-1.jpg", "p/cover.jpg", "q/page-3.jpg"], "picture"),
    }
    assert group_names(formats, formats, pages.__getitem__) == [
        ["a/index.html", "a/x.docx"],
        ["b/z.html", "b/y.docx"],
        ["c.docx"],
        ["p/page-1.jpg", "p/page-2.jpg", "p/page-10.jpg"],
        ["p/cover.jpg"],
        ["q/page-3.jpg"],
    ]


def test_readings_that_differ_are_unsure_and_others_are_not_mixed() -> None:
    [word] = read_bytes(WORD.files[0][1], "a.docx")
    [other] = read_bytes(PAGE.files[0][1], "b.html")
    changed = read_bytes(WORD.files[0][1], "c.docx")[0]
    code = next(code for code, figure in changed.cells.items() if figure.value)
    figure = changed.cells[code]
    changed.cells[code] = type(figure)(code, 99_999, "99999", "reported", figure.locator)
    (_, first), (_, second) = one_per_report([("a", word), ("b", other), ("c", changed)])
    assert (first.unsure, first.status, second.status) == ([code], "partial", "complete")
    assert [finding.codes for finding in first.findings if finding.rule == "form.readings_differ"] == [(code,)]
    assert second is other
