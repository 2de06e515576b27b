"""``nianbao portals``, as a person runs it: list, check against portals that fail, add and crawl what was added."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from archive import open_archive
from crawler.registry import load_portals
from nianbao.cli import main
from simulator.district import BUILDERS, host
from simulator.portals import Fault, FaultKind, RunningPortal, serve

REPOSITORY = Path(__file__).resolve().parents[2]
# Asks for all first pages in one process: Scrapy's reactor starts only once.
_ADD_ALL = """
import sys, json
from pathlib import Path
from crawler.probe import probe
from nianbao import portals
data, urls = Path(sys.argv[1]), json.loads(sys.argv[2])
asked = [portals.asked(url, key, True).model_copy(update={"pace": 0}) for key, url in urls.items()]
for found in probe(asked, new=True):
    assert found.state == "reachable", found
    portals.write(data, portals.entry_from(found))
"""


def nianbao(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return _run("-m", "nianbao", *arguments)


def _run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd=REPOSITORY,
        env={**os.environ, "COLUMNS": "200"},
        timeout=60,
        check=False,
    )


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def write_registry(data: Path, entries: list[dict[str, Any]]) -> None:
    (data / "portals").mkdir(parents=True, exist_ok=True)
    text = yaml.safe_dump(entries, allow_unicode=True)
    (data / "portals" / "trials.yaml").write_text(text, encoding="utf-8")


# list


def test_list_shows_every_portal_and_says_that_none_was_read_live(tmp_path: Path) -> None:
    result = run("portals", "list", "--format", "json", "--data", tmp_path)
    assert result.exit_code == 0
    rows = {row["key"]: row for row in json.loads(result.stdout)}
    assert set(rows) == set(load_portals(REPOSITORY / "data" / "portals"))
    assert rows["panyu"] == {
        "key": "panyu",
        "name": "广州市番禺区",
        "province": "广东",
        "platform": "gd_nfcms",
        "enabled": True,
        "verified_on": None,
        "last_run": None,
        "last_outcome": None,
    }
    assert "No portal has been read live yet" in result.stderr
    assert not (tmp_path / "nianbao.db").exists()


def test_list_shows_the_last_run(tmp_path: Path) -> None:
    with open_archive(tmp_path) as archive:
        archive.save_portals(
            [{"key": "panyu", "name": "x", "base_url": "http://x", "platform": "trs", "enabled": True}]
        )
        archive.finish_run(archive.start_run("crawl", "panyu"), "blocked", {})
    rows = json.loads(run("portals", "list", "--format", "json", "--data", tmp_path).stdout)
    assert {row["key"]: row["last_outcome"] for row in rows if row["last_outcome"]} == {"panyu": "blocked"}
    (line,) = [row for row in run("portals", "list", "--data", tmp_path).stdout.splitlines() if "番禺" in row]
    assert "blocked" in line
    assert "not yet" in line


def test_the_default_data_directory_holds_the_shipped_portals_once() -> None:
    done = nianbao("portals", "list", "--format", "json")
    assert done.returncode == 0, done.stderr
    assert "panyu" in done.stdout


# check

STATES: dict[str, tuple[FaultKind | None, str, str]] = {
    "fine": (None, "reachable", "0 reports and 0 columns"),
    "fenced": ("challenge_521", "blocked", "HTTP 521"),
    "refusing": ("forbidden", "blocked", "HTTP 403"),
    "gone": ("not_found", "gone", "moved or gone, nothing says where to: HTTP 404"),
    "home": ("home", "gone", "home page"),
    "soft": ("soft_404", "gone", "status 200"),
    "stub": ("refusal_13", "empty", "13 bytes"),
    "walled": ("cookie_wall", "blocked", "redirect"),
    "strange": ("json", "empty", "no report"),
    "unnamed": ("gbk", "reachable", "6 reports"),
    "dropping": ("drop", "unreachable", "the connection broke"),
}


@contextmanager
def redirecting(target: str) -> Iterator[str]:
    """A server that sends every page but robots.txt elsewhere; its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(404 if self.path == "/robots.txt" else 302)
            self.send_header("Location", target)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Any, str, dict[str, RunningPortal]]]:
    data = tmp_path_factory.mktemp("checked")
    with ExitStack() as stack:
        served, entries = {}, []
        for key, (fault, _, _) in STATES.items():
            served[key] = running = stack.enter_context(serve(host("gd_nfcms").portal))
            if fault:
                running.faults = {running.portal.entries[0].column_path: Fault(fault)}
            entries.append({**running.registry[0], "key": key})
        served["closed"] = running = stack.enter_context(serve(host("trs").portal))
        running.portal.robots = "User-agent: *\nDisallow: /\n"
        entries.append({**running.registry[0], "key": "closed"})
        elsewhere = served["fine"].base_url
        away = stack.enter_context(redirecting(f"{elsewhere}/zwgk/nb/"))
        entries.append({**entries[0], "key": "away", "base_url": away, "column_url": f"{away}/nb/"})
        write_registry(data, entries)
        report = data / "report.json"
        done = nianbao("portals", "check", *STATES, "closed", "away", "--report", report, "--data", data)
        assert done.returncode == 1, done.stderr
        yield json.loads(report.read_text(encoding="utf-8")), done.stdout, served


@pytest.mark.parametrize("key", STATES)
def test_check_says_what_became_of_a_portal(checked: tuple[Any, str, Any], key: str) -> None:
    report, table, _ = checked
    _, state, words = STATES[key]
    (found,) = [portal for portal in report["portals"] if portal["portal"] == key]
    assert found["state"] == state
    if key == "fine":
        assert (found["reports_linked"], found["looks_like"]) == (6, "gd_nfcms")
    else:
        assert words in found["detail"]
    (line,) = [line for line in table.splitlines() if line.startswith(f"{key} ")]
    assert state in line


def test_check_says_where_a_portal_moved_to_and_does_not_follow(checked: tuple[Any, str, Any]) -> None:
    report, table, served = checked
    (found,) = [portal for portal in report["portals"] if portal["portal"] == "away"]
    assert (found["state"], found["moved_to"]) == ("moved", f"{served['fine'].base_url}/zwgk/nb/")
    assert f"to {found['moved_to']}" in table
    assert "/zwgk/nb/" not in served["fine"].paths()


def test_check_asks_for_one_page_and_robots_txt(checked: tuple[Any, str, dict[str, RunningPortal]]) -> None:
    report, _, served = checked
    assert report["made_by"].startswith("nianbao")
    for key in ("fine", "fenced", "refusing", "gone", "soft", "stub"):
        assert served[key].paths() == ["/robots.txt", served[key].portal.entries[0].column_path]
    assert served["closed"].paths() == ["/robots.txt"]
    (closed,) = [portal for portal in report["portals"] if portal["portal"] == "closed"]
    assert (closed["state"], closed["detail"]) == ("blocked", "forbidden by robots.txt")


def test_the_report_shows_how_the_page_was_read(checked: tuple[Any, str, dict[str, RunningPortal]]) -> None:
    report, _, served = checked
    (fine,) = [portal for portal in report["portals"] if portal["portal"] == "fine"]
    assert len(fine["examples"]) == 3
    first = fine["examples"][0]
    listed = {posting.title: posting for posting in host("gd_nfcms").listed}
    assert first["published_on"] == str(listed[first["title"]].published_on)
    assert first["url"].startswith(f"{served['fine'].base_url}/zwgk/zfxxgknb/content/post_")
    assert report["wrong_entries"] == []


def test_check_of_an_unknown_portal_is_wrong_usage(tmp_path: Path) -> None:
    result = run("portals", "check", "nowhere", "--data", tmp_path)
    assert result.exit_code == 2
    assert "no portal has the key nowhere" in result.stderr


# add


def test_every_platform_is_recognised_from_its_column_and_then_crawled_by_key(tmp_path: Path) -> None:
    with ExitStack() as stack:
        served = {platform: stack.enter_context(serve(host(platform).portal)) for platform in BUILDERS}
        urls = {f"new_{platform}": running.registry[0]["column_url"] for platform, running in served.items()}
        added = _run("-c", _ADD_ALL, tmp_path, json.dumps(urls))
        assert added.returncode == 0, added.stderr
        crawled = nianbao("crawl", *urls, "--pace", "0", "--years", "2023", "--data", tmp_path)
    mine = load_portals(tmp_path / "portals")
    assert {key: portal.platform for key, portal in mine.items()} == {f"new_{name}": name for name in BUILDERS}
    assert crawled.returncode == 0, crawled.stderr
    with open_archive(tmp_path, read_only=True) as archive:
        runs = list(archive.db.query("SELECT portal, outcome, stats ->> 'reports' AS reports FROM runs"))
    assert {row["portal"]: (row["outcome"], row["reports"]) for row in runs} == dict.fromkeys(urls, ("ok", 4))


def test_add_prints_the_entry_and_refuses_what_does_not_fit(tmp_path: Path) -> None:
    with serve(host("trs").portal) as running:
        url = running.registry[0]["column_url"]
        options: dict[str, list[str]] = {
            "good": ["--allow-private", "--key", "mine", "--name", "广州市番禺区"],
            "private": ["--key", "private"],
            "gone": ["--allow-private"],
        }
        targets = {"good": url, "private": url, "gone": f"{running.base_url}/nowhere/index.html"}

        def add(case: str) -> subprocess.CompletedProcess[str]:
            return nianbao("portals", "add", targets[case], *options[case], "--data", tmp_path / case)

        with ThreadPoolExecutor() as pool:
            done = dict(zip(options, pool.map(add, options), strict=True))
    assert done["good"].returncode == 0, done["good"].stderr
    (entry,) = yaml.safe_load(done["good"].stdout)
    assert entry == yaml.safe_load((tmp_path / "good" / "portals" / "mine.yaml").read_text(encoding="utf-8"))[0]
    assert (entry["key"], entry["name"], entry["platform"]) == ("mine", "广州市番禺区", "trs")
    assert (entry["division_code"], entry["column_url"], entry["verified_on"]) == ("440113", url, None)
    for case, words in {"private": "--allow-private", "gone": "HTTP 404"}.items():
        assert done[case].returncode == 1
        assert words in done[case].stderr
        assert targets[case] in done[case].stderr
        assert not (tmp_path / case / "portals").exists()
    again = run("portals", "add", "http://www.example.gov.cn/nb/", "--key", "mine", "--data", tmp_path / "good")
    assert again.exit_code == 2
    assert "'mine' is already that of 广州市番禺区" in again.stderr


def test_an_address_is_registered_once_however_it_is_written(tmp_path: Path) -> None:
    shipped = load_portals(REPOSITORY / "data" / "portals")["panyu"].column_url or ""
    variants = [shipped, shipped.rstrip("/"), f"{shipped.rstrip('/')}/index.html", shipped.replace("http:", "https:")]
    for url in variants:
        result = run("portals", "add", url, "--key", "again", "--data", tmp_path)
        assert result.exit_code == 2, url
        assert "is registered already: panyu (广州市番禺区)" in result.stderr
    directory = next(p for p in load_portals(REPOSITORY / "data" / "portals").values() if p.platform == "gkmlpt")
    result = run("portals", "add", f"{directory.base_url}/gkmlpt/index", "--key", "again", "--data", tmp_path)
    assert f"is registered already: {directory.key}" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nonsense"], "http://"),
        (["ftp://www.example.gov.cn/nb/"], "http://"),
        (["http://[broken"], "[broken"),
        (["http://www.example.gov.cn/nb/", "--key", "Not A Key"], "small letters"),
        (["http://www.example.gov.cn/nb/", "--key", "panyu"], "'panyu' is already that of"),
    ],
)
def test_a_wrong_address_or_key_is_wrong_usage(tmp_path: Path, arguments: list[str], words: str) -> None:
    result = run("portals", "add", *arguments, "--data", tmp_path)
    assert result.exit_code == 2, result.output
    assert words in result.stderr
    assert not list(tmp_path.iterdir())
