"""Whose report it is: agencies of one name are told apart by place, one agency's reports are not torn apart."""

from pathlib import Path

import pytest
from archive_examples import add, figure, make_report
from sqlite_utils import Database

import extract
from archive import Archive, open_archive
from archive.schema import migrations, transaction

PORTALS = {
    "jiangsu": "320000",
    "nanjing": "320100",
    "nanjing_gulou": "320106",
    "fuzhou": "350100",
    "huaian": "320800",
    "hongze": "320813",
    "xuyi": "320830",
    "xingtai": "130500",
    "zhangjiakou": "130700",
    "unplaced": None,
    "unplaced2": None,
}


@pytest.fixture
def archive(tmp_path: Path):
    with open_archive(tmp_path) as opened:
        opened.save_portals(
            {"key": key, "name": key, "base_url": "", "platform": "trs", "division_code": code, "enabled": True}
            for key, code in PORTALS.items()
        )
        yield opened


def save(archive: Archive, agency: str, portal: str | None, upheld: int = 1, **capture: object) -> int:
    day = archive.db["captures"].count
    url = f"http://{portal}.example/{day}"
    kind = "article" if portal else "import"
    fetched = add(archive, f"{day}".encode(), **{"url": url, "day": day, "portal": portal, "kind": kind} | capture)
    report = make_report(agency=agency, cells=[figure("review.upheld", upheld)], findings=[])
    return archive.save_report(report, fetched, url)


def scopes(archive: Archive) -> list[tuple[str, str]]:
    return archive.db.execute("SELECT name, scope FROM agencies ORDER BY id").fetchall()


def doubts(archive: Archive) -> list[tuple[int, str, str]]:
    return archive.db.execute(
        "SELECT report_id, rule, severity FROM findings WHERE source = 'archive' ORDER BY report_id"
    ).fetchall()


@pytest.mark.parametrize("name", ["鼓楼区人民政府", "教育局", "鼓楼区教育局", "办公室", "城关镇人民政府"])
def test_agencies_of_one_name_in_two_places_are_two(archive: Archive, name: str) -> None:
    first, second = save(archive, name, "nanjing", 1), save(archive, name, "fuzhou", 2)
    current = [(report_id, report.agency, report.figures) for report_id, report in archive.current_reports()]
    assert current == [(first, name, {"review.upheld": 1}), (second, name, {"review.upheld": 2})]
    assert len({scope for _, scope in scopes(archive)}) == 2
    assert doubts(archive) == []


@pytest.mark.parametrize(
    ("name", "portals", "scope"),
    [
        ("洪泽区人民政府", ["hongze", "huaian", "jiangsu", None], ""),
        ("洪泽区财政局", ["hongze", "unplaced", "huaian"], ""),
        ("南京市鼓楼区人民政府", ["fuzhou", "nanjing", None], ""),
        ("江苏省南京市某新街道办事处", ["nanjing", "jiangsu"], ""),
        ("鼓楼区人民政府", ["nanjing_gulou", "nanjing", None], "320106"),
        ("鼓楼区教育局", ["nanjing", "nanjing_gulou"], "320106"),
        ("教育局", ["nanjing", None, "nanjing"], "320100"),
        ("望汐区人民政府", ["unplaced", None], "unplaced"),
        ("岚港市望汐区人民政府", ["unplaced", "unplaced2", None], ""),
        ("淮安市淮阴县财政局", ["hongze", "huaian"], ""),
    ],
)
def test_an_agency_is_one_whoever_publishes_its_report(
    archive: Archive, name: str, portals: list[str | None], scope: str
) -> None:
    assert {save(archive, name, portal) for portal in portals} == {1}
    assert scopes(archive) == [(name, scope)]


def test_a_place_of_the_same_name_that_was_abolished_is_another_one(archive: Archive) -> None:
    first, second = save(archive, "桥东区人民政府", "zhangjiakou", 1), save(archive, "桥东区人民政府", "xingtai", 2)
    assert [report_id for report_id, _ in archive.current_reports()] == [first, second]
    assert [scope for _, scope in scopes(archive)] == ["", "130500"]


def test_a_town_is_not_looked_for_beyond_the_portals_division(archive: Archive) -> None:
    for n, key in enumerate(("hongze", "huaian", "xuyi", "xingtai")):
        save(archive, "岔河镇人民政府", key, n // 2)
    assert scopes(archive) == [("岔河镇人民政府", scope) for scope in ("320813103", "320830", "130500")]


def test_a_department_of_the_district_is_not_the_citys(archive: Archive) -> None:
    assert save(archive, "人民政府办公室", "nanjing_gulou") != save(archive, "人民政府办公室", "nanjing")
    assert [scope for _, scope in scopes(archive)] == ["320106", "320100"]


def test_an_imported_name_that_may_be_any_of_several_is_told(archive: Archive) -> None:
    save(archive, "教育局", "nanjing", 1)
    save(archive, "教育局", "fuzhou", 2)
    imported = save(archive, "教育局", None, 3)
    vague = save(archive, "鼓楼区人民政府", None)
    unplaced = save(archive, "退役军人事务部", "unplaced")
    save(archive, "岚港市望汐区人民政府", "unplaced")
    assert scopes(archive)[2] == ("教育局", "import")
    education = [report.figures for _, report in archive.current_reports() if report.agency == "教育局"]
    assert education == [{"review.upheld": 1}, {"review.upheld": 2}, {"review.upheld": 3}]
    assert doubts(archive) == [
        (imported, "identity.agency", "warning"),
        (vague, "identity.agency", "warning"),
        (unplaced, "identity.agency", "info"),
    ]


def test_portals_without_a_division_keep_names_apart(archive: Archive) -> None:
    save(archive, "教育局", "unplaced", 1)
    save(archive, "教育局", "unplaced2", 2)
    assert scopes(archive) == [("教育局", "unplaced"), ("教育局", "unplaced2")]


def test_a_portal_that_gets_a_division_has_its_reports_read_again(archive: Archive) -> None:
    version = extract.EXTRACTOR_VERSION
    for key in ("unplaced", "nanjing"):
        save(archive, "教育局", key)
    archive.save_extraction([1, 2], version, "report")
    entry = {"key": "unplaced", "name": "x", "base_url": "", "platform": "trs", "enabled": True}
    archive.save_portals([entry])
    assert archive.pending_captures(version) == []
    archive.save_portals([{**entry, "division_code": "350100"}])
    ((capture,),) = archive.pending_captures(version)
    archive.save_report(make_report(agency="教育局"), capture, capture.url)
    archive.save_extraction([capture.id], version, "report")
    rows = archive.db.execute("SELECT id, identity, is_current FROM reports ORDER BY id").fetchall()
    assert rows == [(1, "教育局@350100 2023", 1), (2, "教育局@320100 2023", 1)]
    assert archive.pending_captures(version) == []


def test_the_publisher_completes_a_name_without_a_place(archive: Archive) -> None:
    save(archive, "教育局", "nanjing", 1, publisher="鼓楼区 教育局")
    save(archive, "教育局", "nanjing", 2, publisher="甲县教育局")
    page = "http://nanjing.example/page"
    add(archive, b"page", url=page, portal="nanjing", publisher="甲县教育局")
    save(archive, "教育局", "nanjing", 2, kind="attachment", parent_url=page)
    assert save(archive, "教育局", "nanjing", 4, url=page) == 3
    save(archive, "民政局", "nanjing", 3, publisher="本站编辑")
    assert scopes(archive) == [("鼓楼区教育局", "320106"), ("甲县教育局", "320100"), ("民政局", "320100")]
    assert [report.agency for _, report in archive.current_reports()] == ["教育局", "教育局", "民政局"]


def test_a_publisher_does_not_stand_in_for_a_missing_name(archive: Archive) -> None:
    save(archive, "", "nanjing", 1, publisher="南京市人民政府")
    save(archive, "", "nanjing", 2, publisher="南京市人民政府")
    assert len(list(archive.current_reports())) == 2
    assert scopes(archive) == []


def test_what_an_older_database_mixed_up_is_put_apart_when_read_anew(tmp_path: Path) -> None:
    old = Database(tmp_path / "nianbao.db")
    with transaction(old):
        migrations.apply(old, stop_before="m003_scopes")
    old.execute("INSERT INTO agencies (name, level) VALUES ('教育局', 'department')")
    for n, key in enumerate(("nanjing", "fuzhou"), start=1):
        old.execute("INSERT INTO portals VALUES (?, ?, '', '', ?, 1)", (key, key, PORTALS[key]))
        old.execute(
            "INSERT INTO captures (portal, url, fetched_at, sha256, bytes, warc_file, warc_offset, record_id,"
            " record_type, kind, headers) VALUES (?, ?, ?, ?, 1, 'x', 1, ?, 'response', 'article', '[]')",
            (key, f"http://{key}.example/", f"2024-03-0{n}T00:00:00.000000Z", key, key),
        )
        old.execute(
            "INSERT INTO reports VALUES (?, 1, '教育局', 2023, '2021', '年报', NULL, ?, ?, ?, ?, 'complete', 'html',"
            " '教育局 2023', ?, NULL, NULL, ?)",
            (n, f"http://{key}.example/", n, n, n - 1, key, extract.EXTRACTOR_VERSION),
        )
        old.execute("INSERT INTO report_captures VALUES (?, ?)", (n, n))
        old.execute("INSERT INTO extractions VALUES (?, ?, 'report', NULL, NULL, '')", (n, extract.EXTRACTOR_VERSION))
    old.conn.commit()
    old.close()
    with open_archive(tmp_path) as archive:
        assert archive.db.execute("PRAGMA foreign_key_check").fetchall() == []
        assert archive.db.execute("SELECT agency_id, is_current FROM reports").fetchall() == [(1, 0), (1, 1)]
        groups = archive.pending_captures(extract.EXTRACTOR_VERSION)
        for capture in [group[0] for group in groups]:
            archive.save_report(make_report(agency="教育局"), capture, capture.url)
        identities = archive.db.execute("SELECT identity, edition, is_current FROM reports").fetchall()
        assert sorted(identities) == [("教育局@320100 2023", 1, 1), ("教育局@350100 2023", 1, 1)]
