"""Which edition is current, and what the archive says where its captures disagree."""

from pathlib import Path

import pytest
from archive_examples import ARTICLE, BALANCE, FINDING, add, dump, figure, make_report

import extract
from archive import Archive, open_archive
from extract.report import Finding, Report

COPY = "http://other.example.gov.cn/copy"
STUB = Finding("form.unreadable", "warning", "未能读出表格", "Its tables could not be read", subject="no_table")


@pytest.fixture
def archive(tmp_path: Path):
    with open_archive(tmp_path) as opened:
        yield opened


@pytest.fixture
def newer_extractor(monkeypatch: pytest.MonkeyPatch):
    return lambda: monkeypatch.setattr(extract, "EXTRACTOR_VERSION", extract.EXTRACTOR_VERSION + 1)


def upheld(number: int, **changes: object) -> Report:
    return make_report(cells=[figure("review.upheld", number)], findings=[], **changes)


def maintenance() -> Report:
    return make_report(status="unreadable", cells=[], sections=[], form=None, findings=[STUB])


def save(archive: Archive, report: Report, url: str = ARTICLE, day: int = 0, **capture: object) -> int:
    body = f"{url} {report.figures} {report.status}".encode()
    return archive.save_report(report, add(archive, body, url=url, day=day, **capture), url)


def current(archive: Archive) -> list[int]:
    return [report_id for (report_id,) in archive.db.execute("SELECT id FROM reports WHERE is_current = 1")]


def told(archive: Archive) -> list[tuple[int, str, str]]:
    return archive.db.execute(
        "SELECT report_id, rule, subject FROM findings WHERE source = 'archive' ORDER BY id"
    ).fetchall()


# Copies at other addresses


@pytest.mark.parametrize(
    ("first", "second", "taken"),
    [
        ({"published_on": "2024-03-01"}, {"published_on": "2024-01-01"}, 1),
        ({"published_on": "2024-01-01"}, {"published_on": "2024-03-01", "kind": "import"}, 2),
        ({"published_on": "2024-01-01"}, {}, 2),
        ({}, {"kind": "import"}, 1),
        ({"kind": "import"}, {"day": -1}, 2),
        ({"kind": "import"}, {"kind": "import"}, 2),
        ({}, {"day": -1}, 1),
        ({}, {}, 2),
    ],
)
def test_which_of_two_copies_is_taken_and_that_they_differ_is_told(
    archive: Archive, first: dict, second: dict, taken: int
) -> None:
    save(archive, upheld(1), **first)
    save(archive, upheld(2), COPY, **{"day": 1} | second)
    assert current(archive) == [taken]
    assert told(archive) == [(taken, "form.copies_differ", COPY if taken == 1 else ARTICLE)]
    row = archive.db.execute("SELECT codes, severity, message_zh, message_en FROM findings").fetchone()
    assert row[:2] == ('["review.upheld"]', "warning")
    assert all(ARTICLE in message and COPY in message for message in row[2:])


def test_a_finding_about_copies_outlives_what_does_not_end_it(archive: Archive) -> None:
    save(archive, upheld(1), ARTICLE)
    report_id = save(archive, upheld(2), COPY, day=1)
    archive.db.execute("UPDATE findings SET review = 'confirmed' WHERE source = 'archive'")
    archive.db.conn.commit()
    before = dump(archive)
    archive.save_check_findings(report_id, [])
    archive.save_report(upheld(2), archive.capture(2), COPY)
    assert dump(archive) == before
    save(archive, upheld(1), ARTICLE, day=2)
    review = archive.db.execute("SELECT report_id, review FROM findings WHERE source = 'archive'").fetchall()
    assert review == [(report_id, "confirmed")]
    assert archive.load_report(report_id).findings == []


def test_a_finding_about_copies_goes_with_the_difference(archive: Archive) -> None:
    save(archive, upheld(1), ARTICLE)
    save(archive, upheld(2), COPY, day=1)
    save(archive, upheld(2), ARTICLE, day=2)
    assert (current(archive), told(archive)) == ([2], [])
    save(archive, upheld(3), COPY, day=3)
    assert told(archive) == [(3, "form.copies_differ", ARTICLE)]


def test_copies_that_say_the_same_or_less_do_not_differ(archive: Archive) -> None:
    save(archive, upheld(1), ARTICLE)
    save(archive, upheld(1, title="年报"), COPY, day=1)
    save(archive, make_report(cells=[], findings=[], status="partial"), COPY + "/2", day=2)
    assert told(archive) == []


def test_many_differences_are_named_in_short(archive: Archive) -> None:
    cells = [[figure(f"fees.c{n}", n + more) for n in range(9)] for more in (0, 1)]
    save(archive, make_report(cells=cells[0], findings=[]), ARTICLE)
    archive.save_report(make_report(cells=cells[1], findings=[]), add(archive, b"2", url=COPY, day=1), COPY)
    codes, message = archive.db.execute("SELECT codes, message_en FROM findings").fetchone()
    assert codes.count("fees.c") == 9
    assert message.count("fees.c") == 5
    assert message.startswith("9 figures")


def test_an_attachment_is_at_the_address_of_its_page(archive: Archive) -> None:
    save(archive, upheld(1), ARTICLE)
    archive.save_report(
        upheld(2), add(archive, b"%PDF", url=COPY, day=1, kind="attachment", parent_url=ARTICLE), ARTICLE
    )
    assert (current(archive), told(archive)) == ([2], [])


# Pages that cannot be read


def test_a_page_under_maintenance_does_not_displace_the_report(archive: Archive) -> None:
    save(archive, upheld(1))
    for day in (1, 2):
        save(archive, maintenance(), day=day)
        assert archive.db.execute("SELECT edition, is_current FROM reports").fetchall() == [(1, 1), (2, 0)]
    assert archive.load_report(2).findings == [STUB]
    save(archive, upheld(3), day=3)
    assert current(archive) == [3]


def test_an_older_readable_page_is_taken_before_an_unreadable_one(archive: Archive) -> None:
    save(archive, maintenance(), day=1)
    assert current(archive) == [1]
    save(archive, upheld(1), day=0)
    assert current(archive) == [2]


# Another reading by a newer extractor


@pytest.mark.parametrize("outcome", ["no_report", "unreadable"])
def test_what_a_newer_extractor_no_longer_reads_is_told(archive: Archive, newer_extractor, outcome: str) -> None:
    report_id = save(archive, upheld(1))
    save(archive, upheld(1), COPY, day=1)
    archive.save_extraction([1, 2], extract.EXTRACTOR_VERSION, "report")
    assert told(archive) == []
    newer_extractor()
    archive.save_extraction([1], extract.EXTRACTOR_VERSION, outcome)
    assert told(archive) == [], "it still stands on the other capture"
    archive.save_extraction([2], extract.EXTRACTOR_VERSION, outcome)
    assert told(archive) == [(report_id, "form.no_longer_read", "")]
    archive.save_report(upheld(1), archive.capture(2), COPY)
    assert told(archive) == []


def test_one_report_of_several_that_is_no_longer_read_is_told(archive: Archive, newer_extractor) -> None:
    capture = add(archive)
    for year in (2021, 2022):
        archive.save_report(upheld(1, year=year), capture, ARTICLE)
    newer_extractor()
    archive.save_report(upheld(1, year=2022), capture, ARTICLE)
    archive.save_extraction([1], extract.EXTRACTOR_VERSION, "report")
    assert told(archive) == [(1, "form.no_longer_read", "")]


def test_a_report_that_is_read_from_the_attachment_now_is_still_read(archive: Archive, newer_extractor) -> None:
    save(archive, upheld(1))
    newer_extractor()
    attachment = add(archive, b"%PDF", url=COPY, kind="attachment", parent_url=ARTICLE)
    assert archive.save_report(upheld(1), attachment, ARTICLE) == 1
    archive.save_extraction([1, 2], extract.EXTRACTOR_VERSION, "report")
    assert told(archive) == []


@pytest.mark.parametrize(
    "change", [{"agency": "淮安市洪泽区财政局"}, {"year": 2022}, {"agency": ""}], ids=["agency", "year", "nobody"]
)
def test_a_corrected_identity_keeps_id_and_reviews(archive: Archive, newer_extractor, change: dict) -> None:
    report_id = save(archive, make_report(findings=[FINDING]))
    archive.save_check_findings(report_id, [BALANCE])
    archive.db.execute("UPDATE findings SET review = 'confirmed'")
    archive.db.conn.commit()
    newer_extractor()
    corrected = make_report(findings=[FINDING], **change)
    assert archive.save_report(corrected, archive.capture(1), ARTICLE) == report_id
    archive.save_check_findings(report_id, [BALANCE])
    assert archive.load_report(report_id) == corrected
    reviews = archive.db.execute("SELECT id, rule, review FROM findings ORDER BY id").fetchall()
    assert reviews == [(1, FINDING.rule, "confirmed"), (2, BALANCE.rule, "confirmed")]
    assert archive.db.execute("SELECT edition, is_current FROM reports").fetchall() == [(1, 1)]


def test_an_edition_moves_whole_from_a_page_that_changes_at_every_visit(archive: Archive, newer_extractor) -> None:
    captures = [add(archive, bytes([n]), day=n) for n in range(3)]
    assert {archive.save_report(make_report(), capture, ARTICLE) for capture in captures} == {1}
    archive.db.execute("UPDATE findings SET review = 'confirmed'")
    archive.db.conn.commit()
    newer_extractor()
    assert {archive.save_report(make_report(year=2022), capture, ARTICLE) for capture in captures} == {1}
    assert archive.db.execute("SELECT review FROM findings").fetchall() == [("confirmed",)]
    assert archive.db.execute("SELECT year, is_current FROM reports").fetchall() == [(2022, 1)]


def test_an_edition_that_moves_leaves_the_other_ones_in_place(archive: Archive, newer_extractor) -> None:
    finance = "淮安市洪泽区财政局"
    save(archive, upheld(1))
    save(archive, upheld(2), COPY, day=1)
    save(archive, upheld(3, agency=finance), COPY + "/finance", day=3)
    newer_extractor()
    archive.save_report(upheld(2, agency=finance), archive.capture(2), COPY)
    rows = archive.db.execute("SELECT id, agency, edition, is_current FROM reports ORDER BY id").fetchall()
    government = make_report().agency
    assert rows == [(1, government, 1, 1), (2, finance, 2, 0), (3, finance, 1, 1)]
    assert told(archive) == [(3, "form.copies_differ", COPY)]


def test_several_reports_of_one_page_move_by_year(archive: Archive, newer_extractor) -> None:
    capture = add(archive)
    ids = [archive.save_report(upheld(1, year=year, agency="教育局"), capture, ARTICLE) for year in (2021, 2022)]
    newer_extractor()
    assert [archive.save_report(upheld(1, year=year), capture, ARTICLE) for year in (2021, 2022)] == ids
