"""Captures: WARC records that any tool reads, bodies that come back as they were, and what is left to read."""

import gzip
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from archive_examples import ARTICLE, START, add
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from archive import Archive, ArchiveError, Capture, open_archive
from archive.rebuild import import_warc
from archive.warc import WarcWriter


@pytest.fixture
def archive(tmp_path: Path):
    with open_archive(tmp_path) as opened:
        yield opened


def warc_files(archive: Archive) -> list[Path]:
    return sorted(archive.warc_folder.iterdir())


def test_a_capture_comes_back_as_it_was(archive: Archive) -> None:
    headers = [("ETag", '"a1"'), ("Last-Modified", "Mon, 01 Jan 2024 00:00:00 GMT"), ("X-名", "值\r\n折")]
    capture = add(
        archive, b"\x00\xff body", headers=headers, media_type="text/html", title="标题\n二", published_on="2024-01-30",
        publisher="洪泽区", parent_url="http://www.example.gov.cn/list", portal="hongze",
    )  # fmt: skip
    again = archive.capture(capture.id)
    assert again == capture
    assert archive.read_body(again) == b"\x00\xff body"
    assert again.fetched_at == START
    assert (again.etag, again.last_modified) == ('"a1"', "Mon, 01 Jan 2024 00:00:00 GMT")
    assert again.headers == tuple(headers)
    assert (again.title, again.published_on, again.publisher) == ("标题\n二", "2024-01-30", "洪泽区")
    assert archive.latest_capture(ARTICLE) == capture
    assert archive.latest_capture("http://elsewhere.example/") is None


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=3000), title=st.text(max_size=20), value=st.text(max_size=20))
def test_any_bytes_and_texts_survive(archive: Archive, body: bytes, title: str, value: str) -> None:
    # A lone surrogate is not text: no reader hands one on, and no database keeps it.
    title, value = (text.encode(errors="replace").decode() for text in (title, value))
    capture = add(archive, body, title=title, headers=[("X-Any", value)])
    assert archive.read_body(capture) == body
    assert (capture.title, capture.headers) == (title, (("X-Any", value),))


def test_large_bodies_are_read_whole(archive: Archive) -> None:
    body = random.Random(1).randbytes(3_000_000)
    assert archive.read_body(add(archive, body)) == body


def test_records_are_what_the_standard_says(archive: Archive) -> None:
    gzip_headers = [("Content-Type", "text/html"), ("Content-Encoding", "gzip")]
    add(archive, b"one", headers=gzip_headers, http_status=404)
    add(archive, b"one", day=1)
    add(archive, b"file", url="file:///年 报.pdf", kind="import", media_type="application/pdf")
    (path,) = warc_files(archive)
    with path.open("rb") as file:
        records = [
            (r.rec_type, r.rec_headers, r.http_headers, r.content_stream().read()) for r in ArchiveIterator(file)
        ]
    assert [kind for kind, *_ in records] == ["warcinfo", "response", "revisit", "resource"]
    assert all(headers.protocol == "WARC/1.1" for _, headers, *_ in records)
    assert records[1][2].statusline == "404 Not Found"
    assert records[1][2].get_header("Content-Encoding") is None
    assert records[1][2].get_header("X-Archive-Orig-Content-Encoding") == "gzip"
    assert records[1][3] == b"one"
    revisit = records[2][1]
    assert revisit.get_header("WARC-Profile").endswith("/identical-payload-digest")
    assert revisit.get_header("WARC-Payload-Digest") == records[1][1].get_header("WARC-Payload-Digest")
    assert revisit.get_header("WARC-Refers-To-Target-URI") == ARTICLE
    assert revisit.get_header("WARC-Refers-To-Date") == records[1][1].get_header("WARC-Date")
    assert records[3][1].get_header("Content-Type") == "application/pdf"
    check = subprocess.run(
        [Path(sys.executable).parent / "warcio", "check", "-v", path], check=False, capture_output=True, text=True
    )
    assert check.returncode == 0, check.stdout
    assert "digest pass" in check.stdout


def test_same_bytes_are_stored_once_and_read_through_the_first(archive: Archive) -> None:
    body = random.Random(2).randbytes(50_000)
    first = add(archive, body)
    size = warc_files(archive)[0].stat().st_size
    again = add(archive, body, url="http://other.example/copy", day=2)
    assert again.record_type == "revisit"
    assert warc_files(archive)[0].stat().st_size - size < 2_000
    assert archive.read_body(again) == body
    assert (again.sha256, again.bytes) == (first.sha256, 50_000)


def test_bytes_whose_warc_is_gone_are_stored_anew(archive: Archive, tmp_path: Path) -> None:
    first = add(archive, b"body")
    archive.close()
    (tmp_path / "archive" / first.warc_file).unlink()
    with open_archive(tmp_path) as later:
        with pytest.raises(ArchiveError, match=f"{first.warc_file}.*gone"):
            later.read_body(first)
        second = add(later, b"body", day=1)
        assert second.record_type == "response"
        third = add(later, b"body", day=2)
        assert later.read_body(third) == b"body"


def test_damaged_bytes_that_come_again_are_stored_anew(archive: Archive) -> None:
    first = add(archive, b"body")
    path = archive.warc_folder / first.warc_file
    content = path.read_bytes()
    path.write_bytes(content[: first.warc_offset] + bytes(len(content) - first.warc_offset))
    with pytest.raises(ArchiveError, match=f"{first.warc_file}.*damaged"):
        archive.read_body(first)
    second = add(archive, b"body", day=1)
    assert second.record_type == "response"
    assert [archive.read_body(capture) for capture in (first, second)] == [b"body", b"body"]


def test_a_damaged_record_is_named(archive: Archive) -> None:
    capture = add(archive, random.Random(3).randbytes(1000))
    path = archive.warc_folder / capture.warc_file
    content = bytearray(path.read_bytes())
    content[-300] ^= 0xFF
    path.write_bytes(content)
    with pytest.raises(ArchiveError, match=f"{capture.warc_file}.*damaged"):
        archive.read_body(capture)
    path.write_bytes(content[: capture.warc_offset + 200])
    with pytest.raises(ArchiveError, match=f"{capture.warc_file}.*damaged"):
        archive.read_body(capture)


def test_a_warc_file_that_cannot_be_begun_is_named_and_the_next_try_works(archive: Archive) -> None:
    archive.warc_folder.rmdir() if archive.warc_folder.is_dir() else None
    archive.warc_folder.write_text("a file where the folder should be")
    with pytest.raises(ArchiveError, match=r"cannot write \(.*archive"):
        add(archive)
    archive.warc_folder.unlink()
    assert archive.read_body(add(archive, b"body")) == b"body"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full, a disk that is always full")
def test_a_full_disk_is_named_at_the_first_record(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Path.open
    monkeypatch.setattr(
        Path, "open", lambda path, mode="r": real(Path("/dev/full"), "wb") if mode == "xb" else real(path, mode)
    )
    with pytest.raises(ArchiveError, match="disk full"):
        add(archive)
    monkeypatch.undo()
    assert archive.read_body(add(archive, b"body")) == b"body"


def test_files_are_rolled_by_size(archive: Archive) -> None:
    archive._warc = WarcWriter(archive.warc_folder, max_bytes=5_000)
    bodies = [random.Random(n).randbytes(3_000) for n in range(5)]
    captures = [add(archive, body, url=f"http://example.gov.cn/{n}") for n, body in enumerate(bodies)]
    assert len(warc_files(archive)) == 3
    assert [archive.read_body(capture) for capture in captures] == bodies


@pytest.mark.parametrize("change", [{"fetched_at": START.replace(tzinfo=None)}, {"url": "file:///x"}, {"kind": "page"}])
def test_what_cannot_be_kept_is_refused(archive: Archive, change: dict[str, object]) -> None:
    with pytest.raises((ValueError, ArchiveError)):
        add(archive, **change)
    assert archive.db["captures"].count == 0


# What is left to read


def ids(archive: Archive, version: int = 1) -> list[list[int]]:
    return [[capture.id for capture in group] for group in archive.pending_captures(version)]


def read_all(archive: Archive, version: int = 1) -> None:
    for group in archive.pending_captures(version):
        archive.save_extraction([capture.id for capture in group], version, "no_report")


def test_groups_are_an_article_with_its_attachments(archive: Archive) -> None:
    add(archive, b"list", url="http://example.gov.cn/list", kind="list")
    add(archive, b"challenge", url="http://example.gov.cn/blocked", http_status=412)
    article = add(archive, b"article")
    pdf = add(archive, b"pdf", url="http://example.gov.cn/a.pdf", kind="attachment", parent_url=ARTICLE)
    doc = add(archive, b"doc", url="http://example.gov.cn/a.doc", kind="attachment", parent_url=ARTICLE)
    orphan = add(
        archive, b"p2", url="http://example.gov.cn/b.pdf", kind="attachment", parent_url="http://gone.example/", day=1
    )
    brought = add(archive, b"file", url="file:///a.docx", kind="import", day=2)
    assert ids(archive) == [[article.id, pdf.id, doc.id], [orphan.id], [brought.id]]


def test_the_same_bytes_are_read_once_per_version(archive: Archive) -> None:
    add(archive, b"article")
    read_all(archive)
    assert ids(archive) == []
    again = add(archive, b"article", day=1)
    assert again.record_type == "revisit"
    assert ids(archive) == []
    assert ids(archive, version=2) == [[again.id]]
    elsewhere = add(archive, b"article", url="http://example.gov.cn/copy", day=2)
    assert ids(archive) == [[elsewhere.id]]


def test_a_changed_attachment_is_read_with_its_article(archive: Archive) -> None:
    url = "http://example.gov.cn/a.pdf"
    article = add(archive, b"article")
    add(archive, b"pdf 1", url=url, kind="attachment", parent_url=ARTICLE, day=1)
    read_all(archive)
    changed = add(archive, b"pdf 2", url=url, kind="attachment", parent_url=ARTICLE, day=2)
    assert ids(archive) == [[article.id, changed.id]]


def test_every_version_is_read_with_what_stood_beside_it(archive: Archive) -> None:
    urls = ["http://example.gov.cn/a.pdf", "http://example.gov.cn/b.pdf"]
    old = add(archive, b"article 1")
    old_a, old_b = (add(archive, u.encode(), url=u, kind="attachment", parent_url=ARTICLE, day=1) for u in urls)
    article = add(archive, b"article 2", day=2)
    a = add(archive, b"a 2", url=urls[0], kind="attachment", parent_url=ARTICLE, day=3)
    newer_a = add(archive, b"a 3", url=urls[0], kind="attachment", parent_url=ARTICLE, day=4)
    assert ids(archive) == [
        [old.id, old_a.id, old_b.id],
        [article.id, a.id, old_b.id],
        [article.id, newer_a.id, old_b.id],
    ]
    read_all(archive)
    assert ids(archive) == []


def test_a_page_that_changes_at_every_visit_keeps_its_attachment(archive: Archive) -> None:
    pages = [add(archive, f"visitor {n}".encode(), day=n) for n in range(3)]
    pdf = add(archive, b"pdf", url="http://example.gov.cn/a.pdf", kind="attachment", parent_url=ARTICLE, day=0)
    assert ids(archive) == [[page.id, pdf.id] for page in pages]


FILES = [f"http://example.gov.cn/{name}.docx" for name in "ab"]


def add_file(
    archive: Archive, url: str, day: int, body: bytes = b"", parent: str = ARTICLE, **changes: object
) -> Capture:
    return add(archive, body or url.encode(), url, day, kind="attachment", parent_url=parent, **changes)


def test_a_page_is_read_with_the_files_that_it_links_and_no_longer_with_those_that_it_linked(
    archive: Archive, tmp_path: Path
) -> None:
    old, a = add(archive, b"links a", files=FILES[:1]), add_file(archive, FILES[0], 0)
    new, b = add(archive, b"links b", day=2, files=FILES[1:]), add_file(archive, FILES[1], 2)
    both = add(archive, b"links both", day=4, files=FILES)
    none = add(archive, b"links none", day=5, files=[])
    assert ids(archive) == [[old.id, a.id], [new.id, b.id], [both.id, a.id, b.id], [none.id]]
    with open_archive(tmp_path / "other") as other:
        import_warc(other, warc_files(archive)[0])
        assert ids(other) == ids(archive), "the WARC files tell it too"


def test_a_file_that_two_pages_link_is_read_with_both_whenever_it_changes(archive: Archive) -> None:
    copy = "http://example.gov.cn/copy.html"
    page, other = add(archive, b"one", files=FILES[:1]), add(archive, b"two", copy, files=FILES[:1])
    file = add_file(archive, FILES[0], 0)
    assert ids(archive) == [[page.id, file.id], [other.id, file.id]]
    read_all(archive)
    assert ids(archive) == []
    changed = add_file(archive, FILES[0], 1, b"changed")
    assert ids(archive) == [[page.id, changed.id], [other.id, changed.id]]


def test_a_file_behind_a_redirect_is_known_by_the_address_that_the_page_links(archive: Archive) -> None:
    moved = "http://example.gov.cn/moved/a.docx"
    page, file = add(archive, b"one", files=FILES[:1]), add_file(archive, moved, 0, asked_url=FILES[0])
    reworded = add(archive, b"two", day=1, files=FILES[:1])
    gone = add(archive, b"three", day=2, files=FILES[1:])
    assert ids(archive) == [[page.id, file.id], [reworded.id, file.id], [gone.id]]


def test_what_was_fetched_for_a_page_since_it_reads_so_belongs_to_it(archive: Archive) -> None:
    """A later version of nianbao may find links on unchanged pages that an earlier one did not."""
    page, file = add(archive, b"one", files=[]), add_file(archive, FILES[0], 1)
    assert ids(archive) == [[page.id, file.id]]


def test_extractions_keep_their_time_when_nothing_changes(archive: Archive) -> None:
    capture = add(archive)
    archive.save_extraction([capture.id], 1, "unreadable", "damaged", "cut short")
    before = list(archive.db.query("SELECT * FROM extractions"))
    archive.save_extraction([capture.id], 1, "unreadable", "damaged", "cut short")
    assert list(archive.db.query("SELECT * FROM extractions")) == before
    archive.save_extraction([capture.id], 1, "report")
    (row,) = archive.db.query("SELECT outcome, kind FROM extractions")
    assert row == {"outcome": "report", "kind": None}


# From the WARC files alone


def without_ids(archive: Archive) -> list[dict[str, object]]:
    rows = archive.db.query("SELECT * FROM captures ORDER BY fetched_at, record_id")
    return [{key: value for key, value in row.items() if key not in ("id", "run_id")} for row in rows]


def test_the_rows_are_rebuilt_from_the_warc_files(archive: Archive, tmp_path: Path) -> None:
    add(archive, b"one", headers=[("ETag", "e")], portal="hongze", title="标题", media_type="text/html")
    add(archive, b"one", day=1, published_on="2024-01-30")
    add(archive, b"", url="http://example.gov.cn/empty?a=年 报", day=2)
    add(archive, b"file", url="file:///年 报.pdf", kind="import", day=3)
    (path,) = warc_files(archive)
    with open_archive(tmp_path / "other") as other:
        assert import_warc(other, path) == 4
        assert without_ids(other) == without_ids(archive)
        assert [other.read_body(other.capture(n)) for n in range(1, 5)] == [b"one", b"one", b"", b"file"]
        assert import_warc(other, path) == 0
        assert import_warc(other, other.warc_folder / path.name) == 0
        assert other.db["captures"].count == 4
        assert [p.name for p in warc_files(other)] == [path.name]


def test_a_foreign_file_of_the_same_name_does_not_overwrite(archive: Archive, tmp_path: Path) -> None:
    first = add(archive, b"one")
    with open_archive(tmp_path / "b") as second:
        add(second, b"two", url="http://example.gov.cn/2")
        (path,) = warc_files(second)
        namesake = tmp_path / first.warc_file
        shutil.copy(path, namesake)
    assert import_warc(archive, namesake) == 1
    assert archive.read_body(archive.capture(1)) == b"one"
    assert archive.read_body(archive.capture(2)) == b"two"


def test_a_damaged_warc_gives_everything_whole(archive: Archive, tmp_path: Path) -> None:
    captures = [add(archive, random.Random(n).randbytes(500), url=f"http://example.gov.cn/{n}") for n in range(4)]
    content = bytearray(warc_files(archive)[0].read_bytes())
    content[captures[1].warc_offset + 400] ^= 0xFF
    path = tmp_path / "torn.warc.gz"
    path.write_bytes(content[:-40])
    with open_archive(tmp_path / "other") as other:
        with pytest.raises(
            ArchiveError, match=rf"torn.warc.gz: 2 captures added.*byte {captures[1].warc_offset}, \d+$"
        ):
            import_warc(other, path)
        assert [row["url"][-1] for row in other.db.query("SELECT url FROM captures ORDER BY id")] == ["0", "2"]
        assert all(other.read_body(other.capture(n)) for n in (1, 2))


@pytest.mark.parametrize("content", [b"", b"not a WARC", gzip.compress(b"not a WARC")], ids=["empty", "text", "gzip"])
def test_what_is_no_warc_is_named(archive: Archive, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.warc.gz"
    path.write_bytes(content)
    with pytest.raises(ArchiveError, match=r"x\.warc\.gz"):
        import_warc(archive, path)
    assert not archive.warc_folder.exists()
