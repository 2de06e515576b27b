"""Reports in the database: editions, corrections of our own reading, findings with their review."""

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from archive_examples import ARTICLE, BALANCE, FINDING, add, dump, figure, make_report
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import extract
from archive import Archive, ArchiveError, open_archive
from extract.report import Finding

OTHER = make_report(cells=[figure("review.upheld", 11)])
THIRD = make_report(cells=[figure("review.upheld", 12)])


@pytest.fixture
def archive(tmp_path: Path):
    with open_archive(tmp_path) as opened:
        yield opened


def editions(archive: Archive) -> list[tuple[int, int, int]]:
    return archive.db.execute("SELECT id, edition, is_current FROM reports ORDER BY id").fetchall()


def test_a_report_comes_back_as_it_was_read(archive: Archive) -> None:
    unknown_row = replace(FINDING, codes=(), subject="3:其他")
    report = make_report(published_on="2024-01-30", findings=[FINDING, unknown_row])
    report_id = archive.save_report(report, add(archive), ARTICLE)
    assert archive.load_report(report_id) == report
    assert list(archive.load_report(report_id).cells) == list(report.cells)
    assert list(archive.current_reports()) == [(report_id, report)]
    with pytest.raises(ArchiveError, match="no report 99"):
        archive.load_report(99)


def test_nought_blank_missing_and_decimals_are_kept_apart(archive: Archive) -> None:
    archive.save_report(
        make_report(cells=[*make_report().cells.values(), figure("fees.count", 3.0)]), add(archive), ARTICLE
    )
    rows = archive.db.execute(
        "SELECT code, value, typeof(value), raw, status FROM figures ORDER BY position"
    ).fetchall()
    assert rows == [
        ("review.upheld", 10, "integer", "10", "reported"),
        ("fees.amount", 0.5, "real", "0.5", "reported"),
        ("rules.made", 0, "integer", "0", "reported"),
        ("review.other", None, "null", "/", "blank"),
        ("fees.count", 3.0, "real", "3.0", "reported"),
    ]


@pytest.mark.parametrize(
    ("status", "value"),
    [("reported", None), ("reported", "3"), ("blank", 0), ("unsure", "3"), ("missing", None)],
)
def test_a_figure_in_no_state_is_refused(archive: Archive, status: str, value: object) -> None:
    report_id = archive.save_report(make_report(), add(archive), ARTICLE)
    with pytest.raises(sqlite3.IntegrityError):
        archive.db.execute("INSERT INTO figures VALUES (?, 9, 'x', ?, '', ?, '{}')", (report_id, value, status))


codes = st.text("abc.", min_size=1, max_size=6)
numbers = st.none() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)
figures = st.builds(
    lambda code, value, raw, unsure: figure(code, value, raw, "unsure" if unsure else None),
    codes, numbers, st.text(max_size=5), st.booleans(),
)  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cells=st.lists(figures, max_size=8))
def test_any_figures_come_back_and_saving_again_changes_nothing(archive: Archive, cells: list) -> None:
    capture = archive.latest_capture(ARTICLE) or add(archive)
    report = make_report(cells=cells)
    report_id = archive.save_report(report, capture, ARTICLE)
    assert archive.load_report(report_id) == report
    before = dump(archive)
    assert archive.save_report(report, capture, ARTICLE) == report_id
    assert dump(archive) == before


@pytest.mark.parametrize(
    "bad", [figure("rules.made", 2**63), figure("rules.made", float("nan")), figure("rules.made", 1, "\ud800")]
)
def test_what_cannot_be_kept_leaves_nothing_behind(archive: Archive, bad: object) -> None:
    capture = add(archive)
    before = dump(archive)
    with pytest.raises(ArchiveError, match=ARTICLE):
        archive.save_report(make_report(cells=[figure("fees.count", 1), bad]), capture, ARTICLE)
    assert dump(archive) == before


# Editions


def test_the_same_content_again_is_no_edition(archive: Archive) -> None:
    first = add(archive)
    report_id = archive.save_report(make_report(), first, ARTICLE)
    copy = "http://other.example.gov.cn/copy"
    elsewhere = add(archive, b"elsewhere", url=copy, day=1)
    assert (
        archive.save_report(make_report(file=copy, published_on="2024-05-05", reader="pdf"), elsewhere, copy)
        == report_id
    )
    assert editions(archive) == [(report_id, 1, 1)]
    assert archive.db.execute("SELECT capture_id FROM report_captures").fetchall() == [(first.id,), (elsewhere.id,)]


@pytest.mark.parametrize(
    "change",
    [
        {"cells": [figure("review.upheld", 10)]},
        {"cells": [figure("review.upheld", 10, status="unsure")]},
        {"title": "2023年年报（更正）"},
        {"form": "2019"},
        {"status": "partial"},
        {"sections": []},
    ],
)
def test_other_content_is_a_new_edition(archive: Archive, change: dict[str, object]) -> None:
    first = archive.save_report(make_report(), add(archive), ARTICLE)
    report = make_report(**change)
    second = archive.save_report(report, add(archive, b"republished", day=1), ARTICLE)
    assert editions(archive) == [(first, 1, 0), (second, 2, 1)]
    assert list(archive.current_reports()) == [(second, report)]
    assert archive.load_report(first) == make_report()


def test_a_return_to_the_first_edition_makes_it_current_again(archive: Archive) -> None:
    first = archive.save_report(make_report(), add(archive, b"a"), ARTICLE)
    second = archive.save_report(OTHER, add(archive, b"b", day=1), ARTICLE)
    changed = add(archive, b"a, new footer", day=2)
    assert archive.save_report(make_report(), changed, ARTICLE) == first
    assert editions(archive) == [(first, 1, 1), (second, 2, 0)]
    archive.save_report(OTHER, archive.capture(2), ARTICLE)
    assert editions(archive) == [(first, 1, 1), (second, 2, 0)], "an older capture does not undo the newer one"


def test_a_return_to_the_same_bytes_needs_no_reading(archive: Archive) -> None:
    first = archive.save_report(make_report(), add(archive, b"a"), ARTICLE)
    second = archive.save_report(OTHER, add(archive, b"b", day=1), ARTICLE)
    add(archive, b"a", day=2)
    assert editions(archive) == [(first, 1, 1), (second, 2, 0)]
    add(archive, b"a", url="http://other.example.gov.cn/copy", day=3)
    add(archive, b"b", day=4)
    assert editions(archive) == [(first, 1, 0), (second, 2, 1)]


def test_an_older_capture_read_later_is_not_current(archive: Archive) -> None:
    old, new = add(archive, b"a"), add(archive, b"b", day=1)
    second = archive.save_report(OTHER, new, ARTICLE)
    first = archive.save_report(make_report(), old, ARTICLE)
    assert editions(archive) == [(second, 1, 1), (first, 2, 0)]


def test_a_poorer_copy_elsewhere_does_not_replace_the_report(archive: Archive) -> None:
    copy = "http://other.example.gov.cn/copy"
    first = archive.save_report(make_report(), add(archive), ARTICLE)
    poor = archive.save_report(make_report(status="partial", cells=[]), add(archive, b"b", url=copy, day=1), copy)
    assert editions(archive) == [(first, 1, 1), (poor, 2, 0)]
    full = archive.save_report(OTHER, add(archive, b"c", url=copy, day=2), copy)
    assert editions(archive) == [(first, 1, 0), (poor, 2, 0), (full, 3, 1)]


def test_a_report_of_a_doubtful_year_elsewhere_does_not_replace_the_report(archive: Archive) -> None:
    doubt = Finding("identity.year", "warning", "标题与统计期限不一", "Title and period disagree")
    first = archive.save_report(make_report(), add(archive), ARTICLE)
    elsewhere = "http://www.example.gov.cn/art/2025/1/9.html"
    other = make_report(findings=[doubt], cells=[figure("rules.made", 7)])
    doubtful = archive.save_report(other, add(archive, b"b", url=elsewhere, day=1), elsewhere)
    assert editions(archive) == [(first, 1, 1), (doubtful, 2, 0)]


def test_without_agency_or_year_the_address_tells_reports_apart(archive: Archive) -> None:
    ids = [
        archive.save_report(make_report(**who), add(archive, f"{url}".encode(), url=url), url)
        for who in ({"agency": ""}, {"year": None})
        for url in (ARTICLE + f"?{who}", ARTICLE + f"?2{who}")
    ]
    assert editions(archive) == [(report_id, 1, 1) for report_id in ids]
    assert archive.db.execute("SELECT agency_id FROM reports WHERE agency = ''").fetchall() == [(None,), (None,)]


def test_the_database_allows_one_current_edition(archive: Archive) -> None:
    archive.save_report(make_report(), add(archive, b"a"), ARTICLE)
    archive.save_report(OTHER, add(archive, b"b", day=1), ARTICLE)
    with pytest.raises(sqlite3.IntegrityError):
        archive.db.execute("UPDATE reports SET is_current = 1")


def test_a_page_read_anew_beside_a_new_attachment_is_current(archive: Archive) -> None:
    page = add(archive)
    first = archive.save_report(make_report(), page, ARTICLE)
    second = archive.save_report(make_report(cells=[figure("review.upheld", 10, status="unsure")]), page, ARTICLE)
    assert editions(archive) == [(first, 1, 0), (second, 2, 1)]


# Our reading changed, not the report


@pytest.fixture
def newer_extractor(monkeypatch: pytest.MonkeyPatch):
    return lambda: monkeypatch.setattr(extract, "EXTRACTOR_VERSION", extract.EXTRACTOR_VERSION + 1)


def test_a_newer_reading_corrects_the_edition_in_place(archive: Archive, newer_extractor) -> None:
    capture = add(archive)
    report_id = archive.save_report(make_report(), capture, ARTICLE)
    archive.db["findings"].update(1, {"review": "confirmed"})
    newer_extractor()
    corrected = make_report(cells=[figure("review.upheld", 7)], claims=[], findings=[FINDING, BALANCE])
    assert archive.save_report(corrected, capture, ARTICLE) == report_id
    assert editions(archive) == [(report_id, 1, 1)]
    assert archive.load_report(report_id) == corrected
    reviews = archive.db.execute("SELECT id, rule, review FROM findings").fetchall()
    assert reviews == [(1, FINDING.rule, "confirmed"), (2, BALANCE.rule, "open")]
    assert archive.db.execute("SELECT extractor_version FROM reports").fetchone() == (extract.EXTRACTOR_VERSION,)
    before = dump(archive)
    archive.save_report(corrected, capture, ARTICLE)
    assert dump(archive) == before


def test_editions_stay_what_they_are_when_all_are_read_anew(archive: Archive, newer_extractor) -> None:
    captures = [add(archive, bytes([n]), day=n) for n in range(3)]
    before = [archive.save_report(r, c, ARTICLE) for r, c in zip([make_report(), OTHER, THIRD], captures, strict=True)]
    newer_extractor()
    anew = [replace(r, reader="pdf", title="更正") for r in (make_report(), OTHER, THIRD)]
    assert [archive.save_report(r, c, ARTICLE) for r, c in zip(anew, captures, strict=True)] == before
    assert editions(archive) == [(1, 1, 0), (2, 2, 0), (3, 3, 1)]


def test_an_edition_that_was_only_our_misreading_goes(archive: Archive, newer_extractor) -> None:
    first, second = add(archive, b"a"), add(archive, b"b", day=1)
    report_id = archive.save_report(make_report(), first, ARTICLE)
    archive.save_report(OTHER, second, ARTICLE)
    newer_extractor()
    assert archive.save_report(make_report(), second, ARTICLE) == report_id
    assert editions(archive) == [(report_id, 1, 1)]
    assert archive.db["report_captures"].count == 2


def test_a_corrected_agency_leaves_no_report_under_the_wrong_one(archive: Archive, newer_extractor) -> None:
    capture = add(archive)
    archive.save_report(make_report(agency="淮安市人民政府"), capture, ARTICLE)
    newer_extractor()
    archive.save_report(make_report(), capture, ARTICLE)
    assert archive.db.execute("SELECT agency, edition, is_current FROM reports").fetchall() == [
        (make_report().agency, 1, 1)
    ]


def test_two_addresses_that_turn_out_to_differ_become_two_editions(archive: Archive, newer_extractor) -> None:
    copy = "http://other.example.gov.cn/copy"
    first, second = add(archive, b"a"), add(archive, b"b", url=copy, day=1)
    report_id = archive.save_report(make_report(), first, ARTICLE)
    assert archive.save_report(make_report(), second, copy) == report_id
    newer_extractor()
    archive.save_report(OTHER, first, ARTICLE)
    other_id = archive.save_report(THIRD, second, copy)
    assert editions(archive) == [(report_id, 1, 0), (other_id, 2, 1)]
    assert archive.load_report(report_id).cells == OTHER.cells
    before = dump(archive)
    archive.save_report(OTHER, first, ARTICLE)
    archive.save_report(THIRD, second, copy)
    assert dump(archive) == before


def test_several_reports_of_one_capture(archive: Archive, newer_extractor) -> None:
    capture = add(archive)
    reports = [make_report(year=year) for year in (2021, 2022)]
    ids = [archive.save_report(report, capture, ARTICLE) for report in reports]
    newer_extractor()
    assert [archive.save_report(report, capture, ARTICLE) for report in reports] == ids
    assert [report.year for _, report in archive.current_reports()] == [2021, 2022]


# Findings, agencies, coverage, runs


def test_check_findings_keep_id_and_review(archive: Archive) -> None:
    report_id = archive.save_report(make_report(), add(archive), ARTICLE)
    note = replace(BALANCE, rule="form.wrong", codes=(), expected=None, actual=None)
    archive.save_check_findings(report_id, [FINDING, note, BALANCE, BALANCE])
    rows = archive.db.execute("SELECT id, rule, source FROM findings").fetchall()
    assert rows == [(1, FINDING.rule, "reading"), (2, "form.wrong", "check"), (3, BALANCE.rule, "check")]
    assert archive.db.execute("SELECT codes, expected, actual FROM findings WHERE id = 3").fetchone() == (
        '["applications.concluded.natural", "applications.received.natural"]', 11, 12.5,
    )  # fmt: skip
    archive.db["findings"].update(3, {"review": "dismissed"})
    before = dump(archive)
    archive.save_check_findings(report_id, [FINDING, note, BALANCE])
    assert dump(archive) == before
    archive.save_check_findings(report_id, [replace(BALANCE, message_en="Reworded")])
    rows = archive.db.execute("SELECT id, source, review, message_en FROM findings").fetchall()
    assert rows == [(1, "reading", "open", FINDING.message_en), (3, "check", "dismissed", "Reworded")]
    assert archive.load_report(report_id).findings == [FINDING]
    with pytest.raises(ArchiveError, match="no report 7"):
        archive.save_check_findings(7, [])


def portal(key: str, code: str | None) -> dict[str, object]:
    return {
        "key": key,
        "name": key,
        "base_url": "http://x.example/",
        "platform": "trs",
        "division_code": code,
        "enabled": True,
    }


def test_agencies_have_level_code_and_parent(archive: Archive) -> None:
    archive.save_portals([portal("hongze", "320813"), portal("huaian", "320800")])
    for n, (name, key) in enumerate(
        [
            ("洪泽区人民政府", "hongze"),
            ("洪泽区财政局", "hongze"),
            ("盱眙县人民政府", "huaian"),
            ("洪泽区人民政府", "hongze"),
        ]
    ):
        archive.save_report(make_report(agency=name, year=2020 + n), add(archive, bytes([n]), portal=key), ARTICLE)
    assert archive.db.execute("SELECT name, level, division_code, parent_id FROM agencies ORDER BY id").fetchall() == [
        ("江苏省人民政府", "province", "320000", None),
        ("淮安市人民政府", "city", "320800", 1),
        ("淮安市洪泽区人民政府", "county", "320813", 2),
        ("淮安市洪泽区财政局", "department", "320813", 3),
        ("盱眙县人民政府", "county", "320830", 2),
    ]


def test_portals_are_updated_and_an_unknown_one_is_no_obstacle(archive: Archive) -> None:
    capture = add(archive, portal="hongze")
    run_id = archive.start_run("crawl", "huaian")
    assert capture.portal == "hongze"
    archive.save_portals([portal("hongze", "320813")])
    archive.save_portals([{**portal("hongze", "320813"), "enabled": False}])
    rows = archive.db.execute("SELECT key, division_code, platform, enabled FROM portals ORDER BY key").fetchall()
    assert rows == [("hongze", "320813", "trs", 0), ("huaian", None, "", 0)]
    assert add(archive, b"2", run_id=run_id).run_id == run_id


def test_runs(archive: Archive) -> None:
    first, second = archive.start_run("crawl", None), archive.start_run("extract", None)
    archive.finish_run(first, "done", {"seen": 3, "失败": 0})
    rows = list(archive.db.query("SELECT * FROM runs ORDER BY id"))
    assert (rows[0]["outcome"], rows[0]["stats"]) == ("done", '{"seen": 3, "失败": 0}')
    assert rows[0]["started_at"] <= rows[0]["finished_at"]
    assert (rows[1]["id"], rows[1]["finished_at"], rows[1]["outcome"]) == (second, None, None)


def test_coverage_shows_state_and_gaps(archive: Archive) -> None:
    for n, (year, status) in enumerate(
        [(2019, "complete"), (2021, "partial"), (2022, "unreadable"), (2022, "complete")]
    ):
        archive.save_report(make_report(year=year, status=status), add(archive, bytes([n]), day=n), ARTICLE)
    archive.save_report(make_report(year=None), add(archive, b"x", url=ARTICLE + "?x"), ARTICLE + "?x")
    assert archive.db.execute("SELECT agency_id, year, state FROM coverage ORDER BY year").fetchall() == [
        (3, 2019, "current"), (3, 2020, "missing"), (3, 2021, "partial"), (3, 2022, "current"),
    ]  # fmt: skip


def test_the_date_of_publication_comes_from_the_capture_if_need_be(archive: Archive) -> None:
    archive.save_report(make_report(), add(archive, published_on="2024-02-01"), ARTICLE)
    archive.save_report(
        make_report(year=2022, published_on="2023-01-05"), add(archive, b"2", published_on="2024-02-01"), ARTICLE
    )
    assert archive.db.execute("SELECT published_on FROM reports ORDER BY id").fetchall() == [
        ("2024-02-01",),
        ("2023-01-05",),
    ]
