"""The benchmarks do the work that they say they measure. Times are not looked at."""

import subprocess
import sys
from pathlib import Path

import pytest

from bench.apart import REPOSITORY, measure
from bench.serving import serving
from bench.tables import PARTS, SHAPES


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_is_read_whole(shape: str) -> None:
    from bench.reading import read_html

    figures = read_html(shape, documents=2, rounds=1)
    assert figures["documents"] == figures["reports"] == figures["complete"] == 2
    assert figures["figures"] > 2 * 150
    assert figures["seconds"] > 0


def test_a_pdf_is_read_whole_and_its_floor_sees_all_pages() -> None:
    from bench.reading import read_pdf

    figures = read_pdf(documents=1, rounds=1)
    assert figures["reports"] == figures["complete"] == 1
    assert figures["pages"] == 3


def test_the_floor_of_pdf_sees_every_page_and_memory_is_looked_at_twice() -> None:
    from bench.pdf import compare, memory

    figures = compare("simulator", documents=1, rounds=1)
    assert figures["pages"] == 3
    assert min(figures["pdfplumber"], figures["ours"], figures["floor"]) > 0
    held = memory(documents=101)
    assert 0 < held["first_mb"] <= held["last_mb"]


def test_the_bare_spider_and_both_crawls_get_the_same_pages(tmp_path: Path) -> None:
    reports, pages = 5, 6
    with serving(reports) as site:
        assert len(site.addresses) == pages
        bare = measure("bench.crawling:fetch_only", addresses=site.addresses, conditional=False)
        unchanged = measure("bench.crawling:fetch_only", addresses=site.addresses, conditional=True)
        first = measure("bench.crawling:crawl_portal", entry=site.entry, data=str(tmp_path))
        second = measure("bench.crawling:crawl_portal", entry=site.entry, data=str(tmp_path))
    assert (bare["pages"], bare["unchanged"]) == (pages, 0)
    assert (unchanged["pages"], unchanged["unchanged"]) == (pages, pages)
    assert (first["pages"], first["new"], first["unchanged"]) == (pages, reports, 0)
    assert (second["pages"], second["new"], second["unchanged"]) == (pages, 0, reports)


def test_what_the_archive_is_given_is_kept() -> None:
    from bench.archiving import keep_captures, keep_reports

    captures = keep_captures(3)
    assert (captures["captures"], captures["revisits"]) == (6, 3)
    assert 25 < captures["kilobytes"] < 50
    reports = keep_reports(3)
    assert reports["reports"] == 3
    assert reports["figures"] >= 3 * 200


def test_tables_are_printed_as_markdown() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bench", "archive", "--reports", "10", "--rounds", "1"],
        capture_output=True,
        text=True,
        cwd=REPOSITORY,
        check=True,
    )
    rows = [line.strip("|").split("|") for line in done.stdout.splitlines() if line.startswith("|")]
    assert [row[0].strip() for row in rows[:2]] == ["job", "---"]
    assert {len(row) for row in rows} == {5}
    assert len(rows) == 2 + 7
    assert all(int(row[1]) == 5 and float(row[2]) > 0 for row in rows[2:])


def test_an_unknown_part_is_refused_with_the_known_ones() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bench", "speed"], capture_output=True, text=True, cwd=REPOSITORY, check=False
    )
    assert done.returncode == 2
    assert "no such part: speed" in done.stderr
    assert all(part in done.stderr for part in PARTS)
