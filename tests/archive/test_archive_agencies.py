"""Whose report it is: agencies of one name are told apart by place, one agency's reports are not torn apart."""

from pathlib import Path

import pytest
from archive_examples import add, dump, figure, make_report
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
    "shanxi": "140000",
    "beijing": "110000",
    "chaoyang": "110105",
    "zhangjiakou": "130700",
    "unplaced": None,
    "unplaced2": None,
}


@pytest.fixture
def archive(tmp_path: Path):
    with open_archive(tmp_path) as opened:
        opened.save_portals(
            {
                "key": key,
                "name": key,
                "base_url": f"http://{key}.example",
                "platform": "trs",
                "division_code": code,
                "enabled": True,
            }
            for key, code in PORTALS.items()
        )
        yield opened


def save(archive: Archive, agency: str, portal: str | None, upheld: int = 1, **capture: object) -> int:
    day = archive.db["captures"].count
    url = f"http://{portal}.example/{day}"
    kind = "article" if portal else "import"
    fields = {"agency": agency, "cells": [figure("review.upheld", upheld)], "findings": []}
    report = make_report(**fields | {name: capture.pop(name) for name in ("cells", "year", "title") if name in capture})
    fetched = add(archive, f"{day}".encode(), **{"url": url, "day": day, "portal": portal, "kind": kind} | capture)
    return archive.save_report(report, fetched, url)


def scopes(archive: Archive) -> list[tuple[str, str]]:
    return archive.db.execute("SELECT name, scope FROM agencies ORDER BY id").fetchall()


def held(archive: Archive) -> list[tuple]:
    """Agencies with reports: name, level, division, parent."""
    return archive.db.execute(
        "SELECT DISTINCT agencies.id, agencies.name, agencies.level, agencies.division_code, parent.name FROM agencies"
        " JOIN reports ON agency_id = agencies.id LEFT JOIN agencies AS parent ON parent.id = agencies.parent_id"
        " ORDER BY agencies.id"
    ).fetchall()


def names(archive: Archive) -> list[str]:
    return [name for _, name, *_ in held(archive)]


def doubts(archive: Archive) -> list[tuple[int, str, str]]:
    return archive.db.execute(
        "SELECT report_id, rule, severity FROM findings WHERE source = 'archive' ORDER BY report_id"
    ).fetchall()


@pytest.mark.parametrize("name", ["鼓楼区人民政府", "教育局", "鼓楼区教育局", "办公室"])
def test_agencies_of_one_name_in_two_places_are_two(archive: Archive, name: str) -> None:
    first, second = save(archive, name, "nanjing", 1), save(archive, name, "fuzhou", 2)
    current = [(report_id, report.agency, report.figures) for report_id, report in archive.current_reports()]
    assert current == [(first, name, {"review.upheld": 1}), (second, name, {"review.upheld": 2})]
    assert len(held(archive)) == 2
    assert doubts(archive) == []


@pytest.mark.parametrize(
    ("printed", "portals", "name"),
    [
        ("洪泽区人民政府", ["hongze", "huaian", "jiangsu", None], "淮安市洪泽区人民政府"),
        ("洪泽区财政局", ["hongze", "unplaced", "huaian"], "淮安市洪泽区财政局"),
        ("南京市鼓楼区人民政府", ["fuzhou", "nanjing", None], "南京市鼓楼区人民政府"),
        ("江苏省南京市某新街道办事处", ["nanjing", "jiangsu"], "南京市某新街道办事处"),
        ("鼓楼区人民政府", ["nanjing_gulou", "nanjing"], "南京市鼓楼区人民政府"),
        ("鼓楼区教育局", ["nanjing", "nanjing_gulou"], "南京市鼓楼区教育局"),
        ("朝阳区教委", ["beijing", "chaoyang"], "北京市朝阳区教育委员会"),
        ("教育局", ["nanjing", "nanjing"], "南京市教育局"),
        ("望汐区人民政府", ["unplaced", None], "望汐区人民政府"),
        ("岚港市望汐区人民政府", ["unplaced", "unplaced2", None], "岚港市望汐区人民政府"),
        ("淮安市淮阴县财政局", ["hongze", "huaian"], "淮安市淮阴县财政局"),
    ],
)
def test_an_agency_is_one_whoever_publishes_its_report(
    archive: Archive, printed: str, portals: list[str | None], name: str
) -> None:
    assert {save(archive, printed, portal) for portal in portals} == {1}
    assert names(archive) == [name]


@pytest.mark.parametrize(
    ("printed", "portal", "expected"),
    [
        ("住建局", "nanjing_gulou", ("南京市鼓楼区住房和城乡建设局", "department", "320106", "南京市鼓楼区人民政府")),
        ("岔河镇人民政府", "hongze", ("淮安市洪泽区岔河镇人民政府", "town", "320813103", "淮安市洪泽区人民政府")),
        ("宁海路街道", "nanjing_gulou", ("南京市鼓楼区宁海路街道办事处", "town", "320106001", "南京市鼓楼区人民政府")),
        ("府办", "xuyi", ("盱眙县人民政府办公室", "department", "320830", "盱眙县人民政府")),
        ("县人社局", "xuyi", ("盱眙县人力资源和社会保障局", "department", "320830", "盱眙县人民政府")),
        ("市卫健委", "nanjing_gulou", ("南京市卫生健康委员会", "department", "320100", "南京市人民政府")),
        ("盱眙县人民政府", "xuyi", ("盱眙县人民政府", "county", "320830", "淮安市人民政府")),
        ("淮安市人民政府", "huaian", ("淮安市人民政府", "city", "320800", "江苏省人民政府")),
        ("江苏省人民政府", "jiangsu", ("江苏省人民政府", "province", "320000", None)),
        ("经济技术开发区管委会", "nanjing", ("南京市经济技术开发区管理委员会", "other", "320100", "南京市人民政府")),
        ("国家税务总局盱眙县税务局", "unplaced", ("盱眙县税务局", "department", "320830", "盱眙县人民政府")),
        (
            "岚港市望汐区住建局",
            "unplaced",
            ("岚港市望汐区住房和城乡建设局", "department", None, "岚港市望汐区人民政府"),
        ),
    ],
)
def test_an_agency_has_its_division_and_what_it_is_under(
    archive: Archive, printed: str, portal: str, expected: tuple
) -> None:
    report_id = save(archive, printed, portal)
    assert [agency[1:] for agency in held(archive)] == [expected]
    assert archive.load_report(report_id).agency == printed
    assert doubts(archive) == []


def test_a_short_and_a_full_name_are_one_agency_and_each_report_keeps_its_own(archive: Archive) -> None:
    save(archive, "住建局", "nanjing_gulou", year=2022)
    save(archive, "鼓楼区住房和城乡建设局", "nanjing", year=2023)
    assert names(archive) == ["南京市鼓楼区住房和城乡建设局"]
    rows = archive.db.execute("SELECT agency, year, state FROM coverage ORDER BY year").fetchall()
    assert rows == [
        ("南京市鼓楼区住房和城乡建设局", 2022, "current"),
        ("南京市鼓楼区住房和城乡建设局", 2023, "current"),
    ]
    printed = archive.db.execute("SELECT agency FROM reports ORDER BY year").fetchall()
    assert printed == [("住建局",), ("鼓楼区住房和城乡建设局",)]


def test_a_portal_without_a_code_serves_the_place_of_its_name_or_of_its_address(archive: Archive) -> None:
    entry = {"platform": "trs", "enabled": True}
    archive.save_portals(
        [
            {"key": "named", "name": "盱眙县民政局", "base_url": "http://mz.gov.cn", **entry},
            {"key": "host", "name": "部门", "base_url": "http://mzj.huaian.gov.cn", **entry},
            {"key": "city", "name": "?", "base_url": "http://www.huaian.gov.cn", **entry, "division_code": "320800"},
        ]
    )
    save(archive, "教育局", "named", url="http://mz.gov.cn/1.html")
    save(archive, "教育局", "host", url="http://mzj.huaian.gov.cn/1.html")
    assert names(archive) == ["盱眙县教育局", "淮安市教育局"]


@pytest.mark.parametrize(
    ("portal", "printed"),
    [
        ("beijing", ["朝阳区教委", "北京市朝阳区教育委员会"]),
        ("nanjing", ["高新区管委会", "南京市高新技术产业开发区管理委员会", "南京高新技术产业开发区管委会"]),
    ],
)
def test_the_everyday_and_the_seals_name_are_one_agency(archive: Archive, portal: str, printed: list[str]) -> None:
    assert {save(archive, name, portal) for name in printed} == {1}
    assert len(held(archive)) == 1


def test_a_renamed_agency_is_linked_to_what_it_was(archive: Archive) -> None:
    save(archive, "盱眙县食品药品监督管理局", "xuyi", year=2017)
    save(archive, "盱眙县市场监管局", "xuyi", year=2019)
    save(archive, "盱眙县卫计委", "xuyi", year=2018)
    save(archive, "盱眙县卫健委", "xuyi", year=2019)
    save(archive, "盱眙县卫健局", "xuyi", year=2021)
    save(archive, "淮安市市场监督管理局", "huaian", year=2021)
    links = archive.db.execute(
        "SELECT predecessor, last_year, successor, first_year FROM agency_successions ORDER BY last_year, first_year"
    ).fetchall()
    assert links == [
        ("盱眙县食品药品监督管理局", 2017, "盱眙县市场监督管理局", 2019),
        ("盱眙县卫生和计划生育委员会", 2018, "盱眙县卫生健康委员会", 2019),
        ("盱眙县卫生和计划生育委员会", 2018, "盱眙县卫生健康局", 2021),
        ("盱眙县卫生健康委员会", 2019, "盱眙县卫生健康局", 2021),
    ]


def test_agencies_that_published_side_by_side_are_not_linked(archive: Archive) -> None:
    for year in (2018, 2019):
        save(archive, "盱眙县食品药品监督管理局", "xuyi", year=year)
    save(archive, "盱眙县市场监督管理局", "xuyi", year=2019)
    assert len(held(archive)) == 2
    assert archive.db.execute("SELECT * FROM agency_successions").fetchall() == []


TELLING = [figure("review.upheld", 7), figure("review.total", 9), figure("fees.amount", 3)]


@pytest.mark.parametrize("order", [("盱眙县人民政府", "县府办"), ("县府办", "盱眙县人民政府")])
def test_a_governments_report_under_its_offices_name_is_the_same(archive: Archive, order: tuple[str, str]) -> None:
    ids = [save(archive, printed, "xuyi", cells=TELLING, title=printed) for printed in order]
    rows = "SELECT agencies.name, is_current, edition FROM reports JOIN agencies ON agencies.id = agency_id"
    assert archive.db.execute(rows).fetchall() == [("盱眙县人民政府", 1, 1)]
    assert archive.db.execute("SELECT count(*) FROM report_captures").fetchone() == (2,)
    assert [rule for _, rule, _ in doubts(archive)] == ["identity.agency"]
    before = dump(archive)
    for printed, capture_id in zip(order, (1, 2), strict=True):  # the same once more
        report = make_report(agency=printed, title=printed, cells=TELLING, findings=[])
        assert archive.save_report(report, archive.capture(capture_id), "x") == ids[-1]
    assert dump(archive) == before


@pytest.mark.parametrize("again", [(1, 2), (2, 1)])
@pytest.mark.parametrize(
    "order", [("盱眙县人民政府", "县府办"), ("县府办", "盱眙县人民政府"), ("盱眙县人民政府", "盱眙县人民政府")]
)
@pytest.mark.parametrize("upheld", [7, 8])
def test_what_is_one_report_stays_one_when_a_newer_extractor_reads_it(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, order: tuple[str, str], again: tuple[int, int], upheld: int
) -> None:
    for n, printed in enumerate(order):
        save(archive, printed, "xuyi", cells=TELLING, title=f"{printed}{n}")
    monkeypatch.setattr(extract, "EXTRACTOR_VERSION", extract.EXTRACTOR_VERSION + 1)
    for capture_id in again:
        printed = order[capture_id - 1]
        cells = [figure("review.upheld", upheld), *TELLING[1:]]
        report = make_report(agency=printed, title=f"{printed}{capture_id - 1}", cells=cells, findings=[])
        archive.save_report(report, archive.capture(capture_id), "x")
    rows = "SELECT agencies.name, is_current, extractor_version FROM reports JOIN agencies ON agencies.id = agency_id"
    assert archive.db.execute(rows).fetchall() == [("盱眙县人民政府", 1, extract.EXTRACTOR_VERSION)]
    assert archive.db.execute("SELECT count(*) FROM report_captures").fetchone() == (2,)
    assert {report.figures["review.upheld"] for _, report in archive.current_reports()} == {upheld}


def test_an_offices_own_report_is_another_one(archive: Archive) -> None:
    save(archive, "盱眙县人民政府", "xuyi", cells=TELLING)
    save(
        archive,
        "盱眙县人民政府办公室",
        "xuyi",
        cells=[figure("review.upheld", 7), *TELLING[1:2], figure("fees.amount", 2)],
    )
    assert names(archive) == ["盱眙县人民政府", "盱眙县人民政府办公室"]
    assert len(list(archive.current_reports())) == 2


def test_small_figures_do_not_make_the_offices_report_the_governments(archive: Archive) -> None:
    for printed in ("盱眙县人民政府", "盱眙县人民政府办公室"):
        save(archive, printed, "xuyi", cells=[figure("review.upheld", 1), figure("review.total", 1)])
    assert len(list(archive.current_reports())) == 2


def test_a_place_of_the_same_name_that_was_abolished_is_another_one(archive: Archive) -> None:
    first, second = save(archive, "桥东区人民政府", "zhangjiakou", 1), save(archive, "桥东区人民政府", "xingtai", 2)
    assert [report_id for report_id, _ in archive.current_reports()] == [first, second]
    assert names(archive) == ["张家口市桥东区人民政府", "桥东区人民政府"]


def test_a_town_is_not_looked_for_beyond_the_portals_division(archive: Archive) -> None:
    for n, key in enumerate(("hongze", "huaian", "xuyi", "xingtai")):
        save(archive, "岔河镇人民政府", key, n // 2)
    town, *others = [(name, scope) for name, scope in scopes(archive) if "岔河镇" in name]
    assert town == ("淮安市洪泽区岔河镇人民政府", "")
    assert others == [("岔河镇人民政府", "320830"), ("岔河镇人民政府", "http://xingtai.example/3")]


def test_a_department_of_the_district_is_not_the_citys(archive: Archive) -> None:
    assert save(archive, "人民政府办公室", "nanjing_gulou") != save(archive, "人民政府办公室", "nanjing")
    assert names(archive) == ["南京市鼓楼区人民政府办公室", "南京市人民政府办公室"]


def test_an_imported_name_that_may_be_any_of_several_is_told(archive: Archive) -> None:
    save(archive, "教育局", "nanjing", 1)
    save(archive, "教育局", "fuzhou", 2)
    imported = save(archive, "教育局", None, 3)
    vague = save(archive, "鼓楼区人民政府", None)
    unplaced = save(archive, "退役军人事务局", "unplaced")
    save(archive, "退役军人事务部", "unplaced")
    save(archive, "岚港市望汐区人民政府", "unplaced")
    assert ("教育局", "http://None.example/2") in scopes(archive)
    education = [report.figures for _, report in archive.current_reports() if report.agency == "教育局"]
    assert education == [{"review.upheld": 1}, {"review.upheld": 2}, {"review.upheld": 3}]
    assert doubts(archive) == [
        (imported, "identity.agency", "warning"),
        (vague, "identity.agency", "warning"),
        (unplaced, "identity.agency", "info"),
    ]


@pytest.mark.parametrize(
    ("printed", "portal"),
    [
        ("鼓楼区人民政府", "jiangsu"),  # 南京's and 徐州's
        ("城关镇人民政府", "xingtai"),
        ("城关镇人民政府", "jiangsu"),
        ("区财政局", "nanjing"),
        ("县人民政府", "jiangsu"),
        ("县教育局", "xingtai"),
        ("镇党政办公室", "xuyi"),
        ("街道办事处", "nanjing_gulou"),
        ("城区人民政府", "shanxi"),
        # A province has a 厅, no 局, and an office called 办公厅.
        ("教育局", "jiangsu"),
        ("人民政府办公室", "jiangsu"),
        ("高新区管委会", "jiangsu"),
        ("教育厅", "nanjing"),
        # files that a person brought, though one agency of the name is held
        ("教育局", None),
        ("鼓楼区人民政府", None),
    ],
)
def test_reports_that_may_be_several_agencies_are_kept_apart_and_told(
    archive: Archive, printed: str, portal: str | None
) -> None:
    held_id = save(archive, "南京市鼓楼区人民政府" if "鼓楼" in printed else "教育局", "nanjing", 9)
    ids = [save(archive, printed, portal, upheld) for upheld in (1, 2)]
    assert [report_id for report_id, _ in archive.current_reports() if report_id != held_id] == ids
    labels = [agency for (agency,) in archive.db.execute("SELECT agency FROM coverage ORDER BY agency_id")]
    assert len(labels) == len(set(labels)) == 3
    assert doubts(archive) == [(report_id, "identity.agency", "warning") for report_id in ids]


def test_a_changed_page_of_an_unclear_agency_is_a_new_edition(archive: Archive) -> None:
    page = "http://jiangsu.example/page"
    save(archive, "鼓楼区人民政府", "jiangsu", 1, url=page)
    save(
        archive,
        "鼓楼区人民政府",
        "jiangsu",
        2,
        url="http://cdn.jiangsu.example/a.pdf",
        kind="attachment",
        parent_url=page,
    )
    assert archive.db.execute("SELECT edition, is_current FROM reports").fetchall() == [(1, 0), (2, 1)]
    assert {severity for _, rule, severity in doubts(archive) if rule == "identity.agency"} == {"warning"}


def test_the_publisher_tells_which_of_several_places_is_meant(archive: Archive) -> None:
    save(archive, "鼓楼区人民政府", "jiangsu", 1, publisher="徐州市鼓楼区人民政府")
    save(archive, "区财政局", "nanjing", 2, publisher="玄武区财政局")
    save(archive, "教育局", "jiangsu", 3, publisher="南京市教育局")
    assert names(archive) == ["徐州市鼓楼区人民政府", "南京市玄武区财政局", "南京市教育局"]
    assert doubts(archive) == []


def test_a_bureau_on_its_own_provincial_portal_is_the_provinces(archive: Archive) -> None:
    entry = {"key": "tj", "name": "江苏省统计局", "base_url": "http://tj.jiangsu.gov.cn", "platform": "trs"}
    archive.save_portals([{**entry, "enabled": True, "division_code": "320000"}])
    save(archive, "统计局", "tj", 1, url="http://tj.jiangsu.gov.cn/1.html")
    save(archive, "省统计局", "jiangsu", 1)
    assert names(archive) == ["江苏省统计局"]
    save(archive, "教育局", "tj", 1, url="http://tj.jiangsu.gov.cn/2.html")
    assert names(archive)[1:] == ["教育局"]


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
    assert rows == [(1, "福州市教育局 2023", 1), (2, "南京市教育局 2023", 1)]
    assert names(archive) == ["南京市教育局", "福州市教育局"]
    assert ("教育局", "unplaced") not in scopes(archive)
    assert archive.pending_captures(version) == []


def test_the_publisher_completes_a_name_without_a_place(archive: Archive) -> None:
    save(archive, "教育局", "nanjing", 1, publisher="鼓楼区 教育局")
    save(archive, "教育局", "nanjing", 2, publisher="甲县教育局")
    page = "http://nanjing.example/page"
    add(archive, b"page", url=page, portal="nanjing", publisher="甲县教育局")
    save(archive, "教育局", "nanjing", 2, kind="attachment", parent_url=page)
    assert save(archive, "教育局", "nanjing", 4, url=page) == 3
    save(archive, "民政局", "nanjing", 3, publisher="本站编辑")
    assert names(archive) == ["南京市鼓楼区教育局", "甲县教育局", "南京市民政局"]
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
        assert sorted(identities) == [("南京市教育局 2023", 1, 1), ("福州市教育局 2023", 1, 1)]


CLONE = "http://www.huai-an-spa.com/art/2024/1/1.html"


@pytest.mark.parametrize("portal", [None, "hongze"])
def test_a_clone_on_a_foreign_host_is_refused_by_name(archive: Archive, portal: str | None) -> None:
    genuine = save(archive, "洪泽区人民政府", "hongze", 1)
    clone = save(archive, "洪泽区人民政府", portal, 2, url=CLONE, kind="article")
    rows = archive.db.execute("SELECT id, agency, agency_id IS NULL, status, is_current FROM reports").fetchall()
    assert rows == [(genuine, "洪泽区人民政府", 0, "complete", 1), (clone, "", 1, "unreadable", 1)]
    assert archive.load_report(clone).cells == {}
    ((report_id, rule, severity, subject),) = archive.db.execute(
        "SELECT report_id, rule, severity, subject FROM findings WHERE rule LIKE 'identity.%'"
    )
    assert (report_id, rule, severity, subject) == (clone, "identity.host", "warning", "huai-an-spa.com")


def test_what_was_refused_is_read_again_once_its_host_is_registered(archive: Archive) -> None:
    clone = save(archive, "盱眙县人民政府", "xuyi", 2, url=CLONE)
    archive.save_extraction([1], extract.EXTRACTOR_VERSION, "report")
    entry = {"key": "spa", "name": "盱眙县", "base_url": "http://huai-an-spa.com", "platform": "trs", "enabled": True}
    archive.save_portals([entry])
    ((capture,),) = archive.pending_captures(extract.EXTRACTOR_VERSION)
    report = make_report(agency="盱眙县人民政府", findings=[])
    assert archive.save_report(report, capture, CLONE) == clone
    assert names(archive) == ["盱眙县人民政府"]
    assert doubts(archive) == []


def test_what_a_person_imports_has_no_host(archive: Archive) -> None:
    imported = save(archive, "盱眙县人民政府", None, url="file:///home/me/report.html")
    assert archive.load_report(imported).figures == {"review.upheld": 1}
    assert doubts(archive) == []


def test_an_attachment_elsewhere_belongs_to_its_page(archive: Archive) -> None:
    page = "http://xuyi.example/1.html"
    report_id = save(archive, "盱眙县人民政府", "xuyi", kind="attachment", url="http://cdn.com/1.pdf", parent_url=page)
    assert archive.load_report(report_id).figures == {"review.upheld": 1}


def test_a_portal_that_is_not_registered_here_is_told(archive: Archive) -> None:
    report_id = save(archive, "盱眙县人民政府", "elsewhere")
    assert doubts(archive) == [(report_id, "identity.host", "info")]


@pytest.mark.parametrize("portals", [("xuyi", "huaian"), ("huaian", "xuyi")])
def test_a_cross_posted_report_is_one_edition(archive: Archive, portals: tuple[str, str]) -> None:
    titles = ("盱眙县住建局2023年年报", "2023年盱眙县住房和城乡建设局政府信息公开工作年度报告")
    for portal, title in zip(portals, titles, strict=True):
        save(archive, "盱眙县住建局", portal, title=title)
    rows = archive.db.execute("SELECT identity, edition, is_current, title FROM reports").fetchall()
    assert rows == [("盱眙县住房和城乡建设局 2023", 1, 1, titles[0])]
    assert archive.db.execute("SELECT count(*) FROM report_captures").fetchone() == (2,)
    again = make_report(agency="盱眙县住建局", title=titles[1], cells=[figure("review.upheld", 1)], findings=[])
    before = dump(archive)
    assert archive.save_report(again, archive.capture(2), "x") == 1
    assert dump(archive) == before


def test_other_figures_elsewhere_are_another_edition(archive: Archive) -> None:
    save(archive, "盱眙县住建局", "xuyi", 1)
    save(archive, "盱眙县住建局", "huaian", 2)
    assert archive.db.execute("SELECT count(*) FROM reports").fetchone() == (2,)
    assert [rule for _, rule, _ in doubts(archive)] == ["form.copies_differ"]


def test_an_older_database_gets_its_agencies_when_it_is_read_anew(tmp_path: Path) -> None:
    old = Database(tmp_path / "nianbao.db")
    with transaction(old):
        migrations.apply(old, stop_before="m006_agencies")
    old.execute("INSERT INTO portals VALUES ('xuyi', '盱眙县', 'http://xuyi.example', '', '320830', 1)")
    for n, printed in enumerate(("住建局", "盱眙县住房和城乡建设局"), start=1):
        url = f"http://xuyi.example/{n}"
        old.execute("INSERT INTO agencies (name, scope, level) VALUES (?, ?, 'department')", (printed, "320830"))
        old.execute(
            "INSERT INTO captures (portal, url, fetched_at, sha256, bytes, warc_file, warc_offset, record_id,"
            " record_type, kind, headers) VALUES ('xuyi', ?, ?, ?, 1, 'x', 1, ?, 'response', 'article', '[]')",
            (url, f"2024-03-0{n}T00:00:00.000000Z", url, url),
        )
        old.execute(
            "INSERT INTO reports VALUES (?, ?, ?, 2023, '2021', '年报', NULL, ?, ?, 1, 1, 'complete', 'html', ?, ?,"
            " NULL, NULL, ?)",
            (n, n, printed, url, n, f"{printed}@320830 2023", url, extract.EXTRACTOR_VERSION),
        )
        old.execute("INSERT INTO report_captures VALUES (?, ?)", (n, n))
        old.execute("INSERT INTO extractions VALUES (?, ?, 'report', NULL, NULL, '')", (n, extract.EXTRACTOR_VERSION))
    old.conn.commit()
    old.close()
    with open_archive(tmp_path) as archive:
        assert archive.db.execute("PRAGMA foreign_key_check").fetchall() == []
        for (capture,) in archive.pending_captures(extract.EXTRACTOR_VERSION):
            archive.save_report(
                make_report(agency="住建局" if capture.id == 1 else "盱眙县住房和城乡建设局"), capture, "x"
            )
        assert names(archive) == ["盱眙县住房和城乡建设局"]
        assert ("住建局", "320830") not in scopes(archive)
        assert archive.db.execute("SELECT DISTINCT agency, state FROM coverage").fetchall() == [
            ("盱眙县住房和城乡建设局", "current")
        ]
