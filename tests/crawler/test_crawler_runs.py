"""Runs that nobody watches: one outcome for each, against the runs before; what is held is not asked for again."""

import json
import random
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from crawling import Answer, Scripted, article, captures, column, crawl, scripted
from killing import trial

from archive import open_archive
from crawler.history import Policy
from simulator.portals import Fault, serve
from simulator.world import large_world

ONE_PAGE = "createPageHTML(1, 0, 'index', 'html')"
OLD, RECENT = date(2023, 1, 19), datetime.now(UTC).date() - timedelta(days=3)
Pages = dict[str, Answer | list[Answer]]


def row(number: int, day: date = OLD) -> str:
    return f"./{day:%Y%m}/t{day:%Y%m%d}_{number}.html 澄川区第{number}街道办事处2022年政府信息公开工作年度报告"


def path_of(listed: str) -> str:
    return f"/nb/{listed.split(maxsplit=1)[0][2:]}"


def portal(*rows: str, script: str = ONE_PAGE, **lists: Answer) -> Pages:
    return {"/nb/": column(*rows, script=script), **{path_of(each): article(each) for each in rows}, **lists}


def articles_asked(server: Scripted) -> list[str]:
    asked = [path for path in server.paths() if "/t20" in path]
    server.requests.clear()
    return asked


def crawl_all(data: Path, entries: list[dict[str, Any]], **policy: Any) -> dict[str, dict[str, Any]]:
    return crawl(entries, data, policy=policy, show_progress=False)


def stop(data: Path, interrupted: str) -> None:
    """Make the last run look as one that was killed, or interrupted."""
    with open_archive(data) as archive:
        run_id, stats = archive.db.execute("SELECT id, stats FROM runs ORDER BY id DESC LIMIT 1").fetchone()
        if interrupted == "killed":
            archive.db.execute(
                "UPDATE runs SET finished_at = NULL, outcome = NULL, stats = '{}' WHERE id = ?", (run_id,)
            )
            archive.db.conn.commit()
        else:
            archive.finish_run(run_id, "partial", {**json.loads(stats), "stopped": "interrupted", "whole": False})


def test_only_new_and_recent_articles_are_asked_for_until_the_next_sweep(tmp_path: Path) -> None:
    old, recent, new = row(1), row(2, RECENT), row(3)
    with scripted(lambda base: portal(old, recent)) as server:
        entries = [server.entry("steps")]
        assert crawl_all(tmp_path, entries)["steps"]["sweep"] is True
        assert articles_asked(server) == [path_of(old), path_of(recent)]

        server.pages.update(portal(old, recent, new))
        run = crawl_all(tmp_path, entries)["steps"]
        assert articles_asked(server) == [path_of(recent), path_of(new)]
        assert (run["outcome"], run["reports"], run["held"], run["new"]) == ("ok", 3, 1, 1)

        assert crawl_all(tmp_path, entries, recent_days=0)["steps"]["held"] == 3
        assert articles_asked(server) == []
        crawl_all(tmp_path, entries, full=True)
        assert len(articles_asked(server)) == 3
        crawl_all(tmp_path, entries, sweep_days=0)
        assert len(articles_asked(server)) == 3


@pytest.mark.parametrize("interrupted", ["killed", "interrupted"])
def test_a_run_that_was_stopped_is_taken_up_where_it_was(tmp_path: Path, interrupted: str) -> None:
    first, second = row(1, RECENT), row(2, RECENT)
    with_file = article("见附件<a href='./report.pdf'>附件</a>")
    file = f"{path_of(first).rpartition('/')[0]}/report.pdf"
    with scripted(lambda base: {**portal(first, second), path_of(first): with_file}) as server:
        entries = [server.entry("taken")]
        server.pages[file] = Answer(b"", 503)
        crawl_all(tmp_path, [{**entries[0], "column_url": f"{server.base_url}/nb/"}], full=True)
        server.pages[file] = Answer(b"%PDF-1.4", headers={"Content-Type": "application/pdf"})
        stop(tmp_path, interrupted)
        articles_asked(server)
        run = crawl_all(tmp_path, entries, full=True)["taken"]
        assert [path for path in server.paths() if path not in ("/robots.txt", "/nb/")] == [file]
    assert (run["outcome"], run["reports"], run["held"], run["new"], run["attachments"]) == ("ok", 2, 2, 1, 1)


def test_nothing_where_there_were_reports_is_a_failure_until_someone_says_it_is_right(tmp_path: Path) -> None:
    empty = Answer(("<html><body>暂无数据" + "<a href='/x'>…</a>" * 60 + "</body></html>").encode())
    with scripted(lambda base: portal(*map(row, range(10)))) as server:
        entries = [server.entry("dry")]
        assert crawl_all(tmp_path, entries)["dry"]["outcome"] == "ok"
        server.pages["/nb/"] = empty
        for _ in range(2):
            run = crawl_all(tmp_path, entries)["dry"]
            assert (run["outcome"], run["listed"], run["least"]) == ("empty", 0, 8)
        server.pages.update(portal(*map(row, range(7))))
        fewer = crawl_all(tmp_path, entries)["dry"]
        assert (fewer["outcome"], fewer["listed"], fewer["listed_before"]) == ("empty", 7, 0)
        assert "7 reports listed, 10 in the last good run" in fewer["why"]
        assert crawl_all(tmp_path, entries, accept_fewer=True)["dry"]["outcome"] == "ok"
        again = crawl_all(tmp_path, entries)["dry"]
        assert (again["outcome"], again["least"], again["listed_before"]) == ("ok", 6, 7)


def test_addresses_that_left_the_list_are_counted_and_named(tmp_path: Path) -> None:
    with scripted(lambda base: portal(*map(row, range(10)))) as server:
        entries = [server.entry("fading")]
        first = crawl_all(tmp_path, entries)["fading"]
        assert (first["gone"], first["listed_before"]) == (None, None)
        server.pages.update(portal(*map(row, range(1, 10))))
        run = crawl_all(tmp_path, entries)["fading"]
        assert (run["outcome"], run["gone"], run["listed"], run["listed_before"]) == ("ok", 1, 9, 10)
        assert run["gone_named"] == [f"{server.base_url}{path_of(row(0))}"]
        assert crawl_all(tmp_path, entries)["fading"]["gone"] == 0


def test_pages_that_are_missing_make_a_run_partial_when_they_were_not_before(tmp_path: Path) -> None:
    two_pages = "createPageHTML(2, 0, 'index', 'html')"
    pages = portal(row(1), row(2), script=two_pages)
    pages["/nb/index_1.html"] = column(row(3))
    pages[path_of(row(3))] = article("三")
    with scripted(lambda base: pages) as server:
        entries = [server.entry("paged")]
        assert crawl_all(tmp_path, entries)["paged"]["outcome"] == "ok"
        server.pages["/nb/index_1.html"] = Answer(b"not here", 404)
        run = crawl_all(tmp_path, entries, least_share=0.5)["paged"]
        assert (run["outcome"], run["pages_missing"]) == ("partial", 1)
        assert "1 announced list pages are missing, 0 before" in run["why"]
        assert crawl_all(tmp_path, entries, least_share=0.5)["paged"]["outcome"] == "ok"


def test_a_dead_link_is_a_failure_once_and_named_ever_after(tmp_path: Path) -> None:
    with scripted(lambda base: {**portal(row(1), row(2)), path_of(row(2)): Answer(b"not here", 404)}) as server:
        entries = [server.entry("dead")]
        assert crawl_all(tmp_path, entries)["dead"]["outcome"] == "partial"
        run = crawl_all(tmp_path, entries)["dead"]
        assert (run["outcome"], run["dead"]) == ("ok", 1)
        assert [failure["kind"] for failure in run["failures"]] == ["gone"]


def test_where_a_column_went_is_said(tmp_path: Path) -> None:
    elsewhere = Answer(b"", 301, {"Location": "/new/"})
    away = Answer(b"", 302, {"Location": "http://other.example/nb/"})
    login = Answer(b"", 302, {"Location": "/sso/login?back=/nb/"})
    below = Answer(b"", 302, {"Location": "/nb/index.html"})
    listed = column("./202301/t20230119_1.html 澄川区民政局2022年政府信息公开工作年度报告", script=ONE_PAGE)
    report = article("一")
    found: Pages = {"/new/": listed, "/new/202301/t20230119_1.html": report}
    here: Pages = {"/nb/index.html": listed, "/nb/202301/t20230119_1.html": report}
    with (
        scripted(lambda base: {"/nb/": elsewhere, **found}) as same_host,
        scripted(lambda base: {"/nb/": away}) as other_host,
        scripted(lambda base: {"/nb/": Answer(b"gone", 410)}) as gone,
        scripted(lambda base: {"/nb/": login}) as closed,
        scripted(lambda base: {"/nb/": below, **here}) as fine,
        scripted(lambda base: {"/nb/": Answer(b"broken", 500)}) as broken,
    ):
        servers = {
            "same": same_host,
            "other": other_host,
            "gone": gone,
            "closed": closed,
            "fine": fine,
            "broken": broken,
        }
        runs = crawl_all(tmp_path, [server.entry(key) for key, server in servers.items()])
        assert {key: run["outcome"] for key, run in runs.items()} == {
            "same": "moved",
            "other": "moved",
            "gone": "moved",
            "closed": "blocked",
            "fine": "ok",
            "broken": "unreachable",
        }
        assert runs["same"]["why"] == f"the column redirects to {same_host.base_url}/new/"
        assert runs["same"]["reports"] == 1, "what stands there is kept all the same"
    assert "redirects to http://other.example/nb/" in runs["other"]["why"]
    assert "HTTP 410" in runs["gone"]["why"]
    assert "redirects to a login" in runs["closed"]["why"]
    assert "HTTP 500" in runs["broken"]["why"]


def test_a_column_that_never_had_a_report_and_says_so_is_in_order(tmp_path: Path) -> None:
    def page(text: str) -> Pages:
        return {"/nb/": Answer(f"<html><body><p>{text}</p>{'<p>…</p>' * 90}<a href='/x'>x</a></body></html>".encode())}

    with scripted(lambda base: page("暂无相关信息")) as says, scripted(lambda base: page("欢迎")) as silent:
        entries = [
            says.entry("says"),
            says.entry("expected", must_have_results=True),
            silent.entry("silent"),
        ]
        runs = crawl_all(tmp_path, entries)
    assert {key: run["outcome"] for key, run in runs.items()} == {"says": "ok", "expected": "empty", "silent": "empty"}
    assert runs["silent"]["why"] == "no report is listed, at least 1 expected"


def test_a_limited_run_is_no_measure_for_others(tmp_path: Path) -> None:
    with scripted(lambda base: portal(*map(row, range(6)))) as server:
        entries = [server.entry("limited")]
        crawl(entries, tmp_path, policy={}, limit=1)
        run = crawl_all(tmp_path, entries)["limited"]
    assert (run["listed"], run["listed_before"], run["gone"], run["sweep"]) == (6, None, None, True)


def test_a_slow_portal_is_given_time(tmp_path: Path) -> None:
    world = large_world(3)
    with serve(world.portals["bulk"]) as running:
        running.faults["*"] = Fault("slow", seconds=1.6)
        (entry,) = running.registry
        run = crawl([entry], tmp_path)[entry["key"]]
        times = [request.time for request in running.requests]
    assert (run["outcome"], run["reports"]) == ("ok", 3)
    gaps = [later - earlier for earlier, later in pairwise(times)]
    assert max(gaps) > 2.5, "an answer took 1.6 s; the next is asked for later than that"


def test_an_answer_that_is_too_large_is_refused(tmp_path: Path) -> None:
    with scripted(lambda base: {**portal(row(1), row(2)), path_of(row(2)): Answer(bytes(65 * 1024**2))}) as server:
        run = crawl_all(tmp_path, [server.entry("large")])["large"]
    (failure,) = run["failures"]
    assert (run["outcome"], failure["kind"]) == ("partial", "refused")
    assert "larger than we take" in failure["reason"]
    assert len(captures(tmp_path, "article")) == 1


def test_a_name_that_leads_to_a_private_address_is_not_asked(tmp_path: Path) -> None:
    with scripted(lambda base: portal(row(1))) as server:
        base = server.base_url.replace("127.0.0.1", "localhost")
        entry = {**server.entry("named"), "base_url": base, "column_url": f"{base}/nb/", "allow_private": False}
        run = crawl_all(tmp_path, [entry])["named"]
        assert server.requests == []
    assert (run["outcome"], "localhost is a private address" in run["why"]) == ("unreachable", True)


def test_what_a_list_showed_is_noted_even_if_it_cannot_be_had(tmp_path: Path) -> None:
    with scripted(lambda base: {**portal(row(1)), path_of(row(1)): Answer(b"not here", 404)}) as server:
        crawl_all(tmp_path, [server.entry("noted")])
    with open_archive(tmp_path, read_only=True) as archive:
        (listing,) = archive.db.query("SELECT * FROM listings")
    assert (listing["portal"], listing["published_on"]) == ("noted", "2023-01-19")
    assert listing["title"] == row(1).split()[1]


def test_the_policy_s_defaults_are_those_of_the_shipped_schedule() -> None:
    from nianbao.schedule import load_schedule

    schedule = load_schedule(Path("nowhere"))
    policy = Policy(recent_days=schedule.recent_days, sweep_days=schedule.sweep_days, least_share=schedule.least_share)
    assert policy == Policy()


def test_a_crawl_killed_at_random_moments_leaves_the_archive_of_an_undisturbed_one() -> None:
    trial(kills=4, seed=random.SystemRandom().randrange(10**6), pace=0.01)
