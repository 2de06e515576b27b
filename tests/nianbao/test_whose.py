"""Agencies of one name are told apart wherever the front door shows them; a clone is named when it is read."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive import Archive, open_archive
from nianbao.overview import edition_changes, find_flags, read_coverage
from nianbao.reading import ExtractionSummary, extract_pending
from simulator.render import html_body
from simulator.reports import real_report

REPORT = real_report("hongze-2023")
PORTALS = {"gulou": "320106", "fuzhou": "350102", "one": None, "two": None}


@pytest.fixture
def archive(tmp_path: Path):
    with open_archive(tmp_path) as opened:
        opened.save_portals(
            {"key": key, "name": key, "base_url": f"http://{key}.cn", "platform": "trs", "division_code": code,
             "enabled": True}
            for key, code in PORTALS.items()
        )  # fmt: skip
        yield opened


def read(archive: Archive, agency: str, portal: str, host: str | None = None, body: str = "") -> ExtractionSummary:
    body = body or html_body(REPORT)
    title = f"{agency}2023年政府信息公开工作年度报告"
    page = f"<html><head><meta charset='utf-8'><title>{title}</title></head><body><h1>{title}</h1>{body}</body></html>"
    archive.add_capture(
        url=f"http://{host or portal + '.cn'}/1.html",
        body=page.replace("洪泽区人民政府", agency).replace("洪泽区", agency).encode(),
        kind="article",
        title=title,
        fetched_at=datetime(2024, 3, 1, tzinfo=UTC) + timedelta(days=archive.db["captures"].count),
        portal=portal,
    )
    (summary,) = extract_pending(archive)
    return summary


NAMED = {"南京市鼓楼区教育局", "福州市鼓楼区教育局", "教育局（one）", "教育局（two）"}


def test_agencies_of_one_name_are_told_apart_everywhere(archive: Archive) -> None:
    for portal in PORTALS:
        assert read(archive, "教育局", portal).failures == []
    assert {flag["agency"] for flag in find_flags(archive.db)} == NAMED
    assert {flag["agency"] for flag in find_flags(archive.db, agency="福州")} == {"福州市鼓楼区教育局"}
    assert {agency for agency, _ in read_coverage(archive.db).states} == NAMED
    assert {agency for (agency,) in archive.db.execute("SELECT agency FROM coverage")} == NAMED
    changed = html_body(REPORT).replace(">21<", ">22<")
    read(archive, "教育局", "gulou", body=changed)
    assert {change["agency"] for change in edition_changes(archive.db)} == {"南京市鼓楼区教育局"}


def test_a_clone_is_named_and_its_figures_are_not_taken(archive: Archive) -> None:
    summary = read(archive, "教育局", "gulou", host="gulou-spa.com")
    assert summary.reports == 0
    ((name, kind),) = [(failed.name, failed.kind) for failed in summary.failures]
    assert (name, kind) == ("http://gulou-spa.com/1.html", "foreign_host")
    assert archive.db["figures"].count == 0
    assert [flag["rule"] for flag in find_flags(archive.db)] == ["identity.host"]
