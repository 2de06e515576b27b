"""What a crawl can be asked for: years, a limit; that it can be stopped and taken up; and Scrapy's own command."""

import json
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

from crawling import REPOSITORY, Answer, article, captures, column, crawl, scripted

from archive import open_archive
from crawler.ledger import PortalRun
from crawler.progress import line
from crawler.registry import known_platforms

ONE_PAGE = "createPageHTML(1, 0, 'index', 'html')"
ROWS = [
    "./202401/t20240119_1.html 澄川区民政局2023年政府信息公开工作年度报告",
    "./202301/t20230119_2.html 澄川区民政局2022年政府信息公开工作年度报告",
    "./202301/t20230119_3.html 澄川区水务局政府信息公开年度报告",
    "./202301/t20230119_4.html 关于做好2023年政府信息公开年度报告编制工作的通知",
    "./202301/t20230119_5.html 澄川区2023年工作要点",
]


def pages(*rows: str) -> dict[str, Answer | list[Answer]]:
    articles = {f"/nb/{row.split()[0][2:]}": article(row) for row in rows}
    for page in articles.values():
        page.headers = {**page.headers, "ETag": '"1"'}
    return {"/nb/": column(*rows, script=ONE_PAGE), **articles}


def test_years_and_titles_without_a_year(tmp_path: Path) -> None:
    with scripted(lambda base: pages(*ROWS)) as server:
        run = crawl([server.entry("years")], tmp_path, years=[2023, 2024])["years"]
    assert {path for path in server.paths() if "/t20" in path} == {
        "/nb/202401/t20240119_1.html",
        "/nb/202301/t20230119_3.html",
    }
    assert (run["found"], run["other_years"], run["not_reports"]) == (2, 1, 2)


def test_a_limit_takes_the_first_rows_and_asks_for_no_more_lists(tmp_path: Path) -> None:
    def deep(base: str) -> dict[str, Answer | list[Answer]]:
        folders = "".join(f"<a href='./{year}n/'>{year}</a>" for year in range(2010, 2020))
        first = column(*ROWS, script=ONE_PAGE)
        return {**pages(*ROWS), "/nb/": Answer(first.body.replace(b"<body>", f"<body>{folders}".encode()))}

    with scripted(deep) as server:
        run = crawl([server.entry("limit")], tmp_path, limit=1)["limit"]
    assert server.paths() == ["/robots.txt", "/nb/", "/nb/202401/t20240119_1.html"]
    assert (run["outcome"], run["reports"], run["failed"]) == ("ok", 1, 0)


def test_a_limit_counts_the_reports_that_were_taken(tmp_path: Path) -> None:
    second = f"./2022/t20220119_9.html {ROWS[0].split()[1]}"
    robots = Answer(b"User-agent: *\nDisallow: /nb/202401/\n", headers={"Content-Type": "text/plain"})

    def closed(base: str) -> dict[str, Answer | list[Answer]]:
        found = {**pages(*ROWS[:2]), **pages(second), "/robots.txt": robots}
        del found[f"/nb/{ROWS[1].split()[0][2:]}"]  # a dead link
        first = column(*ROWS[:2], script="createPageHTML(2, 0, 'index', 'html')")
        return {**found, "/nb/": first, "/nb/index_1.html": column(second)}

    with scripted(closed) as server:
        run = crawl([server.entry("limit")], tmp_path, limit=1)["limit"]
    assert server.paths()[-1] == "/nb/2022/t20220119_9.html"
    assert (run["reports"], run["robots_forbidden"], run["failed"], run["stopped"]) == (1, 1, 1, "limit")


def test_the_numbers_of_a_run_s_line_fit() -> None:
    run = PortalRun("p", found=24, reports=23, attachments=3, new=26, robots_forbidden=1)
    assert "23 of 24 reports, 3 files (26 new, 0 changed, 0 unchanged, 0 not asked for again), 1 left out" in line(run)
    assert "7 listed, none of the years asked for" in line(PortalRun("p", listed=7, other_years=7))


def test_an_interrupted_crawl_closes_its_run_and_can_be_taken_up(tmp_path: Path) -> None:
    with scripted(lambda base: pages(*ROWS)) as server:
        (tmp_path / "portals").mkdir()
        entry = server.entry("slow", pace=0.5)
        script = (
            "import json, sys\nfrom pathlib import Path\nfrom crawler.registry import Portal\n"
            "from crawler.run import crawl\ncrawl([Portal.model_validate(json.loads(sys.argv[1]))], Path(sys.argv[2]))"
        )
        command = [sys.executable, "-c", script, json.dumps(entry), str(tmp_path)]
        with subprocess.Popen(command, cwd=REPOSITORY, stderr=subprocess.PIPE, text=True) as process:
            deadline = time.monotonic() + 20
            while not any("/t20" in path for path in server.paths()) and time.monotonic() < deadline:
                time.sleep(0.02)
            process.send_signal(signal.SIGINT)
            _, errors = process.communicate(timeout=20)
        assert "KeyboardInterrupt" in errors
        with open_archive(tmp_path, read_only=True) as archive:
            (row,) = archive.db.query("SELECT * FROM runs")
        assert row["finished_at"] is not None
        assert (row["outcome"], json.loads(row["stats"])["stopped"]) == ("partial", "interrupted")
        run = crawl([{**entry, "pace": 0}], tmp_path)["slow"]
    assert (run["outcome"], run["reports"]) == ("ok", 3)
    assert {capture.title for capture, _ in captures(tmp_path, "article")} == {row.split()[1] for row in ROWS[:3]}


def test_scrapy_itself_lists_and_crawls_from_the_command_line(tmp_path: Path) -> None:
    scrapy = [sys.executable, "-m", "scrapy"]
    listed = subprocess.run([*scrapy, "list"], cwd=REPOSITORY, capture_output=True, text=True, timeout=30, check=True)
    assert listed.stdout.split() == list(known_platforms())
    with scripted(lambda base: pages(*ROWS)) as server:
        (tmp_path / "portals").mkdir()
        entry = "\n  ".join(f"{name}: {str(value).lower()}" for name, value in server.entry("mine").items())
        (tmp_path / "portals" / "mine.yaml").write_text(f"- {entry}\n", encoding="utf-8")
        command = [*scrapy, "crawl", "trs", "-a", "portal=mine", "-a", f"data={tmp_path}", "-a", "years=2023"]
        subprocess.run([*command, "-a", "limit=1"], cwd=REPOSITORY, capture_output=True, timeout=30, check=True)
    ((capture, body),) = captures(tmp_path, "article")
    assert body == article(ROWS[0]).body
    assert capture.portal == "mine"
    assert re.fullmatch(r"澄川区民政局2023年.*", capture.title or "")
    with open_archive(tmp_path, read_only=True) as archive:
        (row,) = archive.db.query("SELECT * FROM runs")
    assert (row["portal"], row["outcome"]) == ("mine", "ok")


def test_archived_bytes_that_cannot_be_read_are_fetched_again(tmp_path: Path) -> None:
    with scripted(lambda base: pages(ROWS[0])) as server:
        assert crawl([server.entry("damaged")], tmp_path)["damaged"]["new"] == 1
        for warc in (tmp_path / "archive").glob("*.warc.gz"):
            warc.unlink()
        run = crawl([server.entry("damaged")], tmp_path)["damaged"]
    assert (run["outcome"], run["reports"], run["failed"]) == ("ok", 1, 0)
    with open_archive(tmp_path, read_only=True) as archive:
        capture = archive.latest_capture(f"{server.base_url}/nb/202401/t20240119_1.html")
        assert capture is not None
        assert archive.read_body(capture) == article(ROWS[0]).body
