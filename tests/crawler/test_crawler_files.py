"""Which files belong to a page: those that it links at the time, whichever page they were fetched for."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from crawling import Answer, Scripted, article, column, crawl, scripted

from archive import open_archive

ONE, TWO = "/nb/202401/t20240119_7.html", "/nb/202401/t20240119_8.html"
TITLES = "石笋区水务局2023年政府信息公开工作年度报告", "石笋区财政局2023年政府信息公开工作年度报告"


def linking(*names: str) -> Answer:
    return article("".join(f'<a href="/f/{name}.docx">{name}.docx</a>' for name in names))


def word(name: str) -> Answer:
    return Answer(b"PK\x03\x04" + name.encode() * 500, headers={"Content-Type": "application/octet-stream"})


@pytest.fixture
def portal() -> Iterator[Scripted]:
    with scripted(
        lambda base: {
            "/nb/": column(*(f"{path} {title}" for path, title in zip((ONE, TWO), TITLES, strict=True))),
            ONE: [linking("a"), linking("附件 b")],
            TWO: linking("a"),
            "/f/a.docx": word("a"),
            "/f/%E9%99%84%E4%BB%B6%20b.docx": Answer(b"", 302, {"Location": "/g/b.docx"}),
            "/g/b.docx": word("b"),
        }
    ) as running:
        yield running


def test_a_page_goes_with_the_files_that_it_links_then(portal: Scripted, tmp_path: Path) -> None:
    for _ in range(2):
        assert crawl([portal.entry("files")], tmp_path)["files"]["outcome"] == "ok"
    with open_archive(tmp_path, read_only=True) as archive:
        groups = {
            tuple(capture.url.removeprefix(portal.base_url) for capture in group)
            for group in archive.pending_captures(1)
        }
        (linked,) = archive.db.execute("SELECT count(*) FROM captures WHERE asked_url LIKE '%/f/%20b.docx'").fetchone()
    assert groups == {(ONE, "/f/a.docx"), (TWO, "/f/a.docx"), (ONE, "/g/b.docx")}
    assert linked == 1
