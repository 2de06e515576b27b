"""The command line: contract, bad input, exit statuses."""

import csv
import io
import json
import os
import shutil
import signal
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from archive import open_archive
from extract.files import Outcome, Source, read_sources
from nianbao.cli import main
from nianbao.schedule import due_portals, load_schedule
from simulator.generator import generate
from simulator.pdf import pdf
from simulator.render import html_body, tab_text
from simulator.reports import SimulatedReport, real_report
from simulator.world import demo_world

HONGZE = real_report("hongze-2023")


def page(report: SimulatedReport) -> bytes:
    head = f"<head><meta charset='utf-8'><title>{report.title}</title></head>"
    return f"<html>{head}<body>{html_body(report)}</body></html>".encode()


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def test_extract_prints_one_object_per_report_as_the_contract_has_it(tmp_path: Path) -> None:
    for name, body in {"a.html": page(HONGZE), "b.pdf": pdf(HONGZE), "c.txt": tab_text(HONGZE).encode()}.items():
        (tmp_path / name).write_bytes(body)
    result = run("extract", tmp_path, "--format", "jsonl")
    assert result.exit_code == 0, result.output
    objects = [json.loads(line) for line in result.stdout.splitlines()]
    assert [Path(found["file"]).name for found in objects] == ["a.html", "b.pdf", "c.txt"]
    for found in objects:
        assert (found["agency"], found["year"], found["form"], found["status"]) == (
            "洪泽区人民政府",
            2023,
            "2021",
            "complete",
        )
        assert found["figures"] == dict(HONGZE.figures)
        assert found["unsure"] == []
        totals = [finding for finding in found["findings"] if finding["severity"] == "error"]
        assert [(f["rule"], f["codes"][0], f["expected"], f["actual"]) for f in totals] == [
            ("challenges.total", "review.total", 11, 0),
            ("challenges.total", "lawsuit_after_review.total", 5, 0),
        ]
        assert all(finding["message"] for finding in found["findings"])


def bad_files() -> dict[str, bytes]:
    whole = pdf(HONGZE)
    return {
        "empty.html": b"",
        "blank.html": b" \n\t",
        "truncated.pdf": whole[: len(whole) // 2],
        "no-table.html": "<html><body><p>关于放假的通知</p></body></html>".encode(),
        "404.html": b"<html><head><title>404 Not Found</title></head><body><h1>404 Not Found</h1></body></html>",
        "wrong-encoding.html": b"<html><body>" + bytes(range(128, 256)) * 40 + b"</body></html>",
        "picture.png": b"\x89PNG\r\n\x1a\n" + bytes(64),
        "old.doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512),
    }


@pytest.mark.parametrize("name", [*bad_files(), "absent.html"])
def test_a_bad_file_is_named_with_its_reason_and_the_others_are_read(tmp_path: Path, name: str) -> None:
    bad, good = tmp_path / name, tmp_path / "good.html"
    if name in bad_files():
        bad.write_bytes(bad_files()[name])
    good.write_bytes(page(HONGZE))
    result = run("extract", bad, good)
    assert result.exit_code == 1
    first, second = [json.loads(line) for line in result.stdout.splitlines()]
    assert first["file"] == str(bad)
    assert first["error"].keys() == {"kind", "message"}
    assert second["figures"] == dict(HONGZE.figures)
    assert str(bad) in result.stderr


def test_import_extract_validate_flags(tmp_path: Path) -> None:
    data, mine = tmp_path / "data", tmp_path / "mine"
    mine.mkdir()
    (mine / "洪泽.html").write_bytes(page(HONGZE))
    with zipfile.ZipFile(mine / "bundle.zip", "w") as bundle:
        bundle.writestr("番禺.pdf", pdf(real_report("panyu-2021")))
        bundle.writestr("notes.docx", b"PK\x03\x04 not read yet")
    assert run("import", mine, "--data", data).exit_code == 0
    extracted = run("extract", "--data", data)
    assert extracted.exit_code == 1
    assert "notes.docx" in extracted.stderr
    assert run("validate", "--data", data).exit_code == 0
    table = run("flags", "--data", data, "--format", "csv", "--rule", "challenges")
    rows = list(csv.DictReader(io.StringIO(table.stdout)))
    assert [(row["agency"], row["codes"], row["expected"]) for row in rows] == [
        ("淮安市洪泽区人民政府", "review.total", "11"),
        ("淮安市洪泽区人民政府", "lawsuit_after_review.total", "5"),
    ]
    assert json.loads(run("flags", "--data", data, "--format", "json", "--year", "2021").stdout) == []
    again = run("import", mine, "--data", data)
    assert "0 files or captures taken in, 3 held already" in again.stderr


def test_an_archive_is_rebuilt_from_its_warc_files(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    (tmp_path / "洪泽.html").write_bytes(page(HONGZE))
    assert run("import", tmp_path / "洪泽.html", "--data", first).exit_code == 0
    assert run("import", first / "archive", "--data", second).exit_code == 0
    assert run("extract", "--data", second).exit_code == 0
    with open_archive(second, read_only=True) as archive:
        ((_, report),) = archive.current_reports()
    assert report.figures == dict(HONGZE.figures)


def test_a_fault_of_ours_names_the_source_and_the_others_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def faulty(sources: list[Source], converter: object) -> list[Outcome]:
        if any(source.name.endswith("bad.html") for source in sources):
            raise TypeError("unforeseen")
        return read_sources(sources)

    monkeypatch.setattr("nianbao.reading.read_together", faulty)
    for name in ("bad.html", "good.html"):
        (tmp_path / name).write_bytes(page(HONGZE) + name.encode())
    data = tmp_path / "data"
    run("import", tmp_path / "bad.html", tmp_path / "good.html", "--data", data)
    result = run("extract", "--data", data)
    assert result.exit_code == 1
    assert "1 reports read" in result.stderr
    assert "bad.html: TypeError: unforeseen" in result.stderr


def test_page_and_pdf_of_one_report_brought_together_are_one_edition(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_bytes(page(HONGZE))
    (tmp_path / "b.pdf").write_bytes(pdf(HONGZE))
    data = tmp_path / "data"
    assert run("import", tmp_path / "a.html", tmp_path / "b.pdf", "--data", data).exit_code == 0
    assert run("extract", "--data", data).exit_code == 0
    with open_archive(data, read_only=True) as archive:
        assert [row["edition"] for row in archive.db.query("SELECT edition FROM reports")] == [1]
        assert archive.db.execute("SELECT count(*) FROM report_captures").fetchone() == (2,)


def test_a_page_and_what_it_links_are_one_report(tmp_path: Path) -> None:
    """From a folder, from its files and from a ZIP of it, on the command line and through the archive."""
    for name, body in generate(4, "page_linking_xlsx", ()).files:
        (tmp_path / "mine" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "mine" / name).write_bytes(body)
    (tmp_path / "mine" / "other.html").write_bytes(page(HONGZE))
    figures = generate(4, "page_linking_xlsx", ()).report.figures
    bundle = Path(shutil.make_archive(str(tmp_path / "bundle"), "zip", tmp_path / "mine"))
    for paths in ([tmp_path / "mine"], list((tmp_path / "mine").iterdir()), [bundle]):
        result = run("extract", *paths)
        reports = [json.loads(line) for line in result.stdout.splitlines()]
        assert [report["status"] for report in reports] == ["complete", "complete"]
        assert figures in [report["figures"] for report in reports]
    for brought, data in ((tmp_path / "mine", tmp_path / "one"), (bundle, tmp_path / "two")):
        assert "3 files or captures taken in" in run("import", brought, "--data", data).stderr
        assert "2 reports read" in run("extract", "--data", data).stderr
        with open_archive(data, read_only=True) as archive:
            held = [report for _, report in archive.current_reports()]
        assert {report.status for report in held} == {"complete"}
        assert figures in [report.figures for report in held]
        assert "0 files or captures taken in, 3 held already" in run("import", brought, "--data", data).stderr


def test_extract_and_validate_make_no_database_where_there_is_none(tmp_path: Path) -> None:
    for command in ("extract", "validate"):
        result = run(command, "--data", tmp_path / "none")
        assert result.exit_code == 1
        assert not (tmp_path / "none").exists()


def held(tmp_path: Path, *documents: tuple[str, bytes, str]) -> None:
    """An archive that holds a page and its attachments: (title, body, kind)."""
    with open_archive(tmp_path) as archive:
        for number, (title, body, kind) in enumerate(documents):
            archive.add_capture(
                url=f"http://example.gov.cn/{number}",
                body=body,
                kind=kind,  # type: ignore[arg-type]
                title=title,
                parent_url=None if kind == "article" else "http://example.gov.cn/0",
                fetched_at=datetime(2024, 2, 1, tzinfo=UTC),
            )


def test_attachments_of_several_agencies_are_several_reports(tmp_path: Path) -> None:
    links = "<html><body><p>各部门年度报告见附件。</p></body></html>".encode()
    bureaus = [
        replace(HONGZE, agency=name, title=f"{name}2023年政府信息公开工作年度报告")
        for name in ("清河县教育局", "清河县公安局")
    ]
    files = [("附件", pdf(report), "attachment") for report in bureaus]
    held(tmp_path, ("清河县人民政府2023年政府信息公开工作年度报告", links, "article"), *files)
    assert run("extract", "--data", tmp_path).exit_code == 0
    with open_archive(tmp_path, read_only=True) as archive:
        assert {report.agency for _, report in archive.current_reports()} == {"清河县教育局", "清河县公安局"}


def test_what_only_the_attachment_prints_is_added_and_said(tmp_path: Path) -> None:
    without_table_4 = page(HONGZE).partition("四、".encode())[0]
    held(tmp_path, (HONGZE.title, without_table_4, "article"), ("附件", pdf(HONGZE), "attachment"))
    run("extract", "--data", tmp_path)
    with open_archive(tmp_path, read_only=True) as archive:
        ((_, report),) = archive.current_reports()
    assert report.figures == dict(HONGZE.figures)


def test_a_damaged_attachment_beside_a_good_page_stays_named(tmp_path: Path) -> None:
    held(tmp_path, (HONGZE.title, page(HONGZE), "article"), ("附件", pdf(HONGZE)[:900], "attachment"))
    assert run("extract", "--data", tmp_path).exit_code == 1
    with open_archive(tmp_path, read_only=True) as archive:
        outcomes = [row["outcome"] for row in archive.db.query("SELECT outcome FROM extractions ORDER BY capture_id")]
    assert outcomes == ["report", "unreadable"]


def test_a_document_that_kills_its_reader_is_named_and_the_others_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def deadly(sources: list[Source], converter: object) -> list[Outcome]:
        if any(source.name.endswith("bad.html") for source in sources):
            os.kill(os.getpid(), signal.SIGKILL)
        return read_sources(sources)

    monkeypatch.setattr("nianbao.reading.read_together", deadly)
    for name in ("bad", *"abcdefgh"):
        (tmp_path / f"{name}.html").write_bytes(page(HONGZE) + name.encode())
    data = tmp_path / "data"
    run("import", *tmp_path.glob("*.html"), "--data", data)
    result = run("extract", "--data", data)
    assert result.exit_code == 1
    assert "8 reports read" in result.stderr
    assert "bad.html: the process that read it was killed" in result.stderr


def test_what_extract_saves_is_checked_at_once(tmp_path: Path) -> None:
    held(tmp_path, (HONGZE.title, page(HONGZE), "article"))
    assert run("extract", "--data", tmp_path).exit_code == 0
    flagged = json.loads(run("flags", "--data", tmp_path, "--format", "json", "--rule", "challenges").stdout)
    assert [flag["expected"] for flag in flagged] == [11, 5]
    assert "✗" in run("status", "--data", tmp_path).stdout


def test_a_report_without_a_year_is_told_by_status(tmp_path: Path) -> None:
    nameless = page(HONGZE).replace("2023年".encode(), b"").replace(b"2023", b"")
    held(tmp_path, ("政府信息公开年度报告", nameless, "article"))
    run("extract", "--data", tmp_path)
    assert "1 of them without year or agency" in run("status", "--data", tmp_path).stdout


def test_a_report_by_its_title_that_cannot_be_read_shows_in_coverage(tmp_path: Path) -> None:
    with open_archive(tmp_path) as archive:
        archive.add_capture(
            url="http://example.gov.cn/1.html",
            body="<html><body><p>见附件</p></body></html>".encode(),
            kind="article",
            fetched_at=datetime(2024, 2, 1, tzinfo=UTC),
            title="清河县民政局2023年政府信息公开工作年度报告",
        )
    result = run("extract", "--data", tmp_path)
    assert result.exit_code == 1
    assert "http://example.gov.cn/1.html" in result.stderr
    with open_archive(tmp_path, read_only=True) as archive:
        states = [(row["agency"], row["year"], row["state"]) for row in archive.db.query("SELECT * FROM coverage")]
    assert states == [("清河县民政局", 2023, "unreadable")]


def test_a_page_and_its_attachment_that_differ_are_marked_unsure(tmp_path: Path) -> None:
    other = HONGZE.with_figures({"permits.decisions": 551})
    with open_archive(tmp_path) as archive:
        for url, body, kind, parent in (
            ("http://example.gov.cn/1.html", page(HONGZE), "article", None),
            ("http://example.gov.cn/P1.pdf", pdf(other), "attachment", "http://example.gov.cn/1.html"),
        ):
            archive.add_capture(
                url=url, body=body, kind=kind, parent_url=parent, fetched_at=datetime(2024, 2, 1, tzinfo=UTC)
            )
    assert run("extract", "--data", tmp_path).exit_code == 0
    with open_archive(tmp_path, read_only=True) as archive:
        ((_, report),) = archive.current_reports()
    assert report.unsure == ["permits.decisions"]
    assert report.status == "partial"
    assert [f.codes for f in report.findings if f.rule == "form.readings_differ"] == [("permits.decisions",)]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["crawl", "nowhere"], "no portal has the key nowhere"),
        (["crawl", "--years", "2025-2019"], "neither a year"),
        (["crawl", "--years", "20222"], "there are reports of the years 2008 to"),
        (["crawl", "--years", "1999-2023"], "there are reports of the years 2008 to"),
        (["flags", "--format", "xml"], "xml"),
        (["import"], "PATH"),
        (["dispatch"], "or set NIANBAO_NODES"),
    ],
)
def test_wrong_usage_is_exit_status_2(tmp_path: Path, arguments: list[str], words: str) -> None:
    result = run(*arguments, "--data", tmp_path)
    assert result.exit_code == 2
    assert words in result.stderr


def test_a_wrong_registry_is_named_with_file_and_line(tmp_path: Path) -> None:
    folder = tmp_path / "portals"
    folder.mkdir()
    (folder / "mine.yaml").write_text("- key: x\n  name: X\n  base_url: nonsense\n  platform: trs\n", encoding="utf-8")
    result = run("crawl", "x", "--data", tmp_path)
    assert result.exit_code == 2
    assert "mine.yaml:3" in result.stderr


@pytest.mark.parametrize("arguments", [["crawl", "panyu"], ["import", __file__], ["update", "panyu", "--due"]])
def test_a_data_directory_that_cannot_be_made_is_one_line(tmp_path: Path, arguments: list[str]) -> None:
    (tmp_path / "afile").touch()
    for folder in (tmp_path / "afile" / "x", Path("/proc/nianbao")):
        result = run(*arguments, "--data", folder)
        assert result.exit_code == 1
        assert isinstance(result.exception, SystemExit)
        assert f"nianbao: {folder}: this data directory cannot be made" in result.stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_data_directory_that_is_closed_is_named_with_what_to_do(tmp_path: Path) -> None:
    tmp_path.chmod(0o555)
    result = run("import", __file__, "--data", tmp_path)
    assert result.exit_code == 1
    assert f"make {tmp_path} writable for your user, or name another directory with --data" in result.stderr


def test_without_a_database_flags_says_what_to_do(tmp_path: Path) -> None:
    result = run("flags", "--data", tmp_path / "none")
    assert result.exit_code == 1
    assert "nianbao" in result.stderr
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    ("day", "days"),
    [((1, 14), 30), ((1, 15), 1), ((4, 15), 1), ((4, 16), 7), ((6, 30), 7), ((7, 1), 30), ((12, 31), 30)],
)
def test_the_season_sets_how_often_a_portal_is_visited(day: tuple[int, int], days: int, tmp_path: Path) -> None:
    assert load_schedule(tmp_path).days_between_visits(datetime(2024, *day, tzinfo=UTC).date()) == days


def test_due_are_portals_without_a_good_run_in_the_season_s_time(tmp_path: Path) -> None:
    with open_archive(tmp_path) as archive:
        archive.finish_run(archive.start_run("crawl", "good"), "ok", {})
        archive.finish_run(archive.start_run("crawl", "bad"), "unreachable", {})
        now = datetime.now(UTC)
        assert due_portals(archive.db, ["good", "bad", "new"], now, load_schedule(tmp_path)) == ["bad", "new"]


def test_help_of_every_command_says_what_it_does() -> None:
    for name, command in main.commands.items():
        result = run(name, "--help")
        assert result.exit_code == 0
        assert len(command.help or "") > 40


def test_the_world_of_the_demo_has_eight_made_up_agencies_over_five_years() -> None:
    made_up = {}
    for report in demo_world().reports:
        made_up.setdefault(report.agency, set()).add(report.year)
    assert sum(years == {2019, 2020, 2021, 2022, 2023} for years in made_up.values()) >= 8
