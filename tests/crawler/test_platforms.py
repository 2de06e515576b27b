"""The same district on every platform: each spider finds all reports of the years asked, no other, each once."""

from pathlib import Path

import pytest
from crawling import captures, crawl, undisturbed

from crawler.registry import known_platforms
from simulator.district import BUILDERS, host
from simulator.portals import serve

YEARS = range(2020, 2024)


def test_every_platform_is_simulated() -> None:
    assert set(BUILDERS) == set(known_platforms())


@pytest.mark.parametrize("platform", sorted(BUILDERS))
def test_the_spider_finds_every_report_of_the_years_and_nothing_else(platform: str, tmp_path: Path) -> None:
    district = host(platform)
    expected = {p.title: p for p in district.reports() if p.report and p.report.year in YEARS}
    with serve(district.portal) as running:
        (entry,) = running.registry
        run = crawl([entry], tmp_path, years=[YEARS.start, YEARS.stop])[entry["key"]]
        second = crawl([entry], tmp_path, years=[YEARS.start, YEARS.stop])[entry["key"]]
    articles = [capture for capture, _ in captures(tmp_path, "article")]
    files = captures(tmp_path, "attachment")

    assert run["outcome"] == undisturbed(run), run["failures"]
    assert sorted(capture.title or "" for capture in articles) == sorted(expected)
    assert len({capture.url for capture in articles}) == len(articles)
    for capture in articles:
        assert capture.published_on == str(expected[capture.title or ""].published_on)
    with_file = [posting for posting in expected.values() if posting.has_pdf]
    assert len(files) == len(with_file)
    parents = {capture.url: capture.title for capture in articles}
    for capture, body in files:
        assert body.startswith(b"%PDF-")
        assert parents[capture.parent_url or ""] in {posting.title for posting in with_file}
    assert (second["new"], second["changed"]) == (0, 0)
    assert second["unchanged"] == run["new"]
