"""Runs that nobody watches: one outcome for each, against the runs before; what is held is not asked for again.

Six rounds of crawling the same portals, which change in between, and what each round must have made of each portal.
"""

import json
import random
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from crawling import Answer, Scripted, article, captures, column, crawl, scripted
from killing import trial

from archive import open_archive
from crawler.history import Policy
from nianbao.schedule import load_schedule
from simulator.portals import Fault, serve
from simulator.world import large_world

ONE_PAGE, TWO_PAGES = (f"createPageHTML({count}, 0, 'index', 'html')" for count in (1, 2))
OLD, RECENT = date(2023, 1, 19), datetime.now(UTC).date() - timedelta(days=3)
NOT_HERE = Answer(b"not here", 404)
FILE = Answer(b"%PDF-1.4", headers={"Content-Type": "application/pdf"})
Pages = dict[str, Answer | list[Answer]]


def row(number: int, day: date = OLD) -> str:
    return f"./{day:%Y%m}/t{day:%Y%m%d}_{number}.html 澄川区第{number}街道办事处2022年政府信息公开工作年度报告"


def path_of(listed: str) -> str:
    return f"/nb/{listed.split(maxsplit=1)[0][2:]}"


def portal(*rows: str, script: str = ONE_PAGE) -> Pages:
    return {"/nb/": column(*rows, script=script), **{path_of(each): article(each) for each in rows}}


def many(first: int, last: int) -> Pages:
    return portal(*map(row, range(first, last)))


def page(text: str) -> Pages:
    return {"/nb/": Answer(f"<html><body><p>{text}</p>{'<p>…</p>' * 90}<a href='/x'>x</a></body></html>".encode())}


def redirect(to: str, *, found: str = "") -> Pages:
    there = {found: column(row(1), script=ONE_PAGE), path_of(row(1)).replace("/nb/", found): article("一")}
    return {"/nb/": Answer(b"", 302, {"Location": to}), **(there if found else {})}


def with_file() -> Answer:
    return article("见附件<a href='./report.pdf'>附件</a>")


def stopped_halfway() -> Pages:
    return {**portal(row(1, RECENT), row(2, RECENT)), path_of(row(1, RECENT)): with_file()}


REPORT_FILE = f"{path_of(row(1, RECENT)).rpartition('/')[0]}/report.pdf"
PORTALS: dict[str, Pages] = {
    "steps": portal(row(1), row(2, RECENT)),
    "killed": stopped_halfway(),
    "interrupted": stopped_halfway(),
    "limited": many(0, 6),
    "dry": many(0, 10),
    "fading": many(0, 10),
    "paged": {
        **portal(*map(row, range(10)), script=TWO_PAGES),
        "/nb/index_1.html": column(row(10)),
        path_of(row(10)): article("十"),
    },
    "dead": {**many(1, 3), path_of(row(2)): NOT_HERE},
    "failing": many(1, 3),
    "short": portal(row(1), script=TWO_PAGES),
    "moved": redirect("/new/", found="/new/"),
    "moved_away": redirect("http://other.example/nb/"),
    "gone": {"/nb/": Answer(b"gone", 410)},
    "login": redirect("/sso/login?back=/nb/"),
    "below": {**redirect("/nb/index.html"), "/nb/index.html": column(row(1)), path_of(row(1)): article("一")},
    "broken": {"/nb/": Answer(b"broken", 500)},
    "says_none": page("暂无相关信息"),
    "says_none_but_must": page("暂无相关信息"),
    "silent": page("欢迎"),
    "script_says_none": page("<script>var none = '暂无数据'</script>欢迎"),
    "large": {**many(1, 3), path_of(row(2)): Answer(bytes(65 * 1024**2))},
    "named": many(1, 2),
}


@dataclass
class Round:
    runs: dict[str, dict[str, Any]]
    asked: dict[str, list[str]]
    """By portal: the addresses asked for that are no lists."""


@dataclass
class Rounds:
    data: Path
    servers: dict[str, Scripted]
    done: list[Round] = field(default_factory=list)

    def entry(self, key: str) -> dict[str, Any]:
        entry = self.servers[key].entry(key)
        if key == "named":  # a name that leads to a private address
            base = entry["base_url"].replace("127.0.0.1", "localhost")
            return {**entry, "base_url": base, "column_url": f"{base}/nb/", "allow_private": False}
        return {**entry, "must_have_results": True} if key == "says_none_but_must" else entry

    def crawl(self, *keys: str, limit: int | None = None, **policy: Any) -> None:
        for server in self.servers.values():
            server.requests.clear()
        entries = [self.entry(key) for key in keys]
        runs = crawl(entries, self.data, policy=policy, limit=limit, show_progress=False)
        asked = {key: [p for p in self.servers[key].paths() if "/t20" in p or p.endswith(".pdf")] for key in keys}
        self.done.append(Round(runs, asked))

    def of(self, key: str, number: int) -> dict[str, Any]:
        return self.done[number].runs[key]


def cut_off(data: Path, key: str) -> None:
    """Make a portal's last run look as it does after a kill or an interruption."""
    with open_archive(data) as archive:
        sql = "SELECT id, stats FROM runs WHERE portal = ? ORDER BY id DESC LIMIT 1"
        run_id, stats = archive.db.execute(sql, (key,)).fetchone()
        if key == "killed":
            archive.db.execute(
                "UPDATE runs SET finished_at = NULL, outcome = NULL, stats = '{}' WHERE id = ?", (run_id,)
            )
            archive.db.conn.commit()
        else:
            archive.finish_run(run_id, "partial", {**json.loads(stats), "stopped": "interrupted", "whole": False})


@pytest.fixture(scope="module")
def rounds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rounds]:
    with ExitStack() as stack:
        servers = {key: stack.enter_context(scripted(lambda base, key=key: dict(PORTALS[key]))) for key in PORTALS}
        made = Rounds(tmp_path_factory.mktemp("rounds"), servers)
        pages = {key: server.pages for key, server in servers.items()}
        made.crawl("limited", limit=1)
        made.crawl(*PORTALS)

        pages["steps"].update(portal(row(1), row(2, RECENT), row(3)))
        pages["dry"].update(page("暂无数据"))
        pages["fading"].update(many(1, 10))
        pages["paged"]["/nb/index_1.html"] = NOT_HERE
        for key in ("killed", "interrupted"):
            pages[key][REPORT_FILE] = FILE
            cut_off(made.data, key)
        made.crawl("steps", "dry", "fading", "paged", "dead", "killed", "interrupted")

        made.crawl("dry", "fading", "paged", "steps", recent_days=0)
        pages["dry"].update(many(0, 7))
        pages["failing"][path_of(row(1))] = NOT_HERE
        made.crawl("dry", "steps", "failing", sweep_days=0)
        pages["failing"].update(many(1, 3))
        made.crawl("dry", "steps", accept_fewer=True, full=True)
        made.crawl("dry", "failing")
        yield made


def test_only_new_and_recent_articles_are_asked_for_until_the_next_sweep(rounds: Rounds) -> None:
    old, recent, new = (path_of(each) for each in (row(1), row(2, RECENT), row(3)))
    first, second, not_even_recent, due, full = (each.asked["steps"] for each in rounds.done[1:6])
    assert first == [old, recent]
    assert second == [recent, new]
    assert not_even_recent == []
    assert due == full == [old, recent, new]
    run = rounds.of("steps", 2)
    assert (run["outcome"], run["sweep"], run["reports"], run["held"], run["new"]) == ("ok", False, 3, 1, 1)
    assert rounds.of("steps", 1)["sweep"] is rounds.of("steps", 4)["sweep"] is True


@pytest.mark.parametrize("key", ["killed", "interrupted"])
def test_a_run_that_was_cut_off_is_taken_up_where_it_was(rounds: Rounds, key: str) -> None:
    assert rounds.done[2].asked[key] == [REPORT_FILE], "what was missing is fetched, and nothing that was held"
    run = rounds.of(key, 2)
    assert (run["outcome"], run["reports"], run["held"], run["new"], run["attachments"]) == ("ok", 2, 2, 1, 1)


def test_nothing_where_there_were_reports_is_a_failure_until_someone_says_it_is_right(rounds: Rounds) -> None:
    assert rounds.of("dry", 1)["outcome"] == "ok"
    for again in (2, 3):
        run = rounds.of("dry", again)
        assert (run["outcome"], run["listed"], run["least"]) == ("empty", 0, 8)
    fewer = rounds.of("dry", 4)
    assert (fewer["outcome"], fewer["listed"], fewer["listed_before"]) == ("empty", 7, 0)
    assert "7 reports listed, 10 in the last good run" in fewer["why"]
    assert rounds.of("dry", 5)["outcome"] == "ok"
    after = rounds.of("dry", 6)
    assert (after["outcome"], after["least"], after["listed_before"]) == ("ok", 6, 7)


def test_addresses_that_left_the_list_are_counted_and_named(rounds: Rounds) -> None:
    first, run = rounds.of("fading", 1), rounds.of("fading", 2)
    assert (first["gone"], first["listed_before"]) == (None, None)
    assert (run["outcome"], run["gone"], run["listed"], run["listed_before"]) == ("ok", 1, 9, 10)
    assert run["gone_named"] == [f"{rounds.servers['fading'].base_url}{path_of(row(0))}"]
    assert rounds.of("fading", 3)["gone"] == 0


def test_pages_that_are_missing_make_a_run_partial_when_they_were_not_before(rounds: Rounds) -> None:
    assert (rounds.of("paged", 1)["outcome"], rounds.of("paged", 1)["listed"]) == ("ok", 11)
    run = rounds.of("paged", 2)
    assert (run["outcome"], run["pages_missing"]) == ("partial", 1)
    assert "1 announced list pages are missing, 0 before" in run["why"]
    assert rounds.of("paged", 3)["outcome"] == "ok"


def test_a_dead_link_is_a_failure_once_and_named_ever_after(rounds: Rounds) -> None:
    assert rounds.of("dead", 1)["outcome"] == "partial"
    run = rounds.of("dead", 2)
    assert (run["outcome"], run["dead"], [failure["kind"] for failure in run["failures"]]) == ("ok", 1, ["gone"])


def test_a_run_that_has_none_of_the_reports_is_not_ok_however_often(tmp_path: Path) -> None:
    with scripted(lambda base: {"/nb/": column(row(1), row(2), script=ONE_PAGE)}) as server:
        runs = [crawl([server.entry("none")], tmp_path, show_progress=False)["none"] for _ in range(2)]
    assert [(run["outcome"], run["dead"]) for run in runs] == [("partial", 2), ("partial", 2)]
    assert runs[1]["why"] == "none of 2 listed reports was had: 2 gone"


def test_only_the_same_dead_links_are_excused_and_none_to_what_was_held(tmp_path: Path) -> None:
    """First report 1 is dead, then 2 in its place, which was held: as many, but others."""
    with scripted(lambda base: {**many(1, 4), path_of(row(1)): NOT_HERE}) as server:
        entry = server.entry("others")
        assert crawl([entry], tmp_path, show_progress=False)["others"]["outcome"] == "partial"
        server.pages.update({**many(1, 4), path_of(row(2)): NOT_HERE})
        for _ in range(2):
            run = crawl([entry], tmp_path, policy={"full": True}, show_progress=False)["others"]
            assert (run["outcome"], run["excused"], run["known_dead"]) == ("partial", 0, [])
        accepted = crawl([entry], tmp_path, policy={"accept_fewer": True, "full": True}, show_progress=False)["others"]
        after = crawl([entry], tmp_path, policy={"full": True}, show_progress=False)["others"]
    assert [accepted["outcome"], after["outcome"], after["dead"]] == ["ok", "ok", 1]


@pytest.mark.parametrize(
    ("key", "outcome", "why"),
    [
        ("moved", "moved", "the column redirects to {base}/new/"),
        ("moved_away", "moved", "redirects to http://other.example/nb/"),
        ("gone", "moved", "HTTP 410"),
        ("login", "blocked", "redirects to a login"),
        ("below", "ok", ""),
        ("broken", "unreachable", "HTTP 500"),
        ("short", "partial", "1 announced list pages are missing"),
        ("says_none", "ok", ""),
        ("says_none_but_must", "empty", "no report is listed, at least 1 expected"),
        ("silent", "empty", "no report is listed, at least 1 expected"),
        ("script_says_none", "empty", "no report is listed, at least 1 expected"),
        ("large", "partial", "1 refused"),
        ("named", "unreachable", "localhost is a private address"),
    ],
)
def test_a_run_has_one_outcome_and_says_why(rounds: Rounds, key: str, outcome: str, why: str) -> None:
    run = rounds.of(key, 1)
    assert run["outcome"] == outcome
    assert why.format(base=rounds.servers[key].base_url) in run["why"]


def test_what_stands_where_a_column_moved_is_kept(rounds: Rounds) -> None:
    assert rounds.of("moved", 1)["reports"] == 1


def test_a_private_address_behind_a_name_and_a_huge_answer_leave_nothing(rounds: Rounds) -> None:
    held = [capture.portal for capture, _ in captures(rounds.data, "article")]
    assert (held.count("named"), held.count("large")) == (0, 1)
    assert "larger than we take" in rounds.of("large", 1)["failures"][0]["reason"]


def test_an_article_that_failed_in_a_sweep_is_asked_for_in_the_next_run(rounds: Rounds) -> None:
    swept, after = rounds.of("failing", 4), rounds.of("failing", 6)
    assert (swept["sweep"], swept["outcome"], swept["reports"]) == (True, "partial", 1)
    assert (after["sweep"], rounds.done[6].asked["failing"]) == (False, [path_of(row(1))])
    assert (after["outcome"], after["reports"], after["held"]) == ("ok", 2, 1)


def test_a_report_that_is_held_with_its_files_is_not_even_read(tmp_path: Path) -> None:
    file = f"{path_of(row(1)).rpartition('/')[0]}/report.pdf"
    with scripted(lambda base: {**portal(row(1)), path_of(row(1)): with_file(), file: FILE}) as server:
        assert crawl([server.entry("held")], tmp_path)["held"]["attachments"] == 1
        for path in (tmp_path / "archive").iterdir():
            path.rename(tmp_path / path.name)
        server.requests.clear()
        run = crawl([server.entry("held")], tmp_path, policy={})["held"]
    assert server.paths() == ["/robots.txt", "/nb/"]
    assert (run["outcome"], run["reports"], run["attachments"], run["held"]) == ("ok", 1, 1, 2)


def test_a_page_that_could_not_be_read_is_not_settled_until_it_gives_other_bytes(tmp_path: Path) -> None:
    with scripted(lambda base: many(1, 3)) as server:
        entry = server.entry("read")
        crawl([entry], tmp_path, show_progress=False)
        with open_archive(tmp_path) as archive:
            ids = {capture.url: capture.id for capture, _ in captures(tmp_path, "article")}
            archive.save_extraction([ids[f"{server.base_url}{path_of(row(1))}"]], 1, "unreadable")
            archive.save_extraction([ids[f"{server.base_url}{path_of(row(2))}"]], 1, "no_report")
        asked = []
        for text in ("what it was", "the report"):
            server.pages[path_of(row(1))] = article(text)
            server.requests.clear()
            crawl([entry], tmp_path, policy={}, show_progress=False)
            asked.append(server.paths()[2:])
    assert asked == [[path_of(row(1))], []]


def test_a_captcha_as_a_later_page_of_a_list_is_no_end_of_it(tmp_path: Path) -> None:
    captcha = "<html><title>安全验证</title><form><input name='captcha'></form></html>".encode()
    with scripted(
        lambda base: {**portal(row(1)), "/nb/": column(row(1)), "/nb/index_1.html": Answer(captcha)}
    ) as server:
        run = crawl([server.entry("half")], tmp_path, show_progress=False)["half"]
    assert (run["outcome"], run["whole"], run["broken_lists"]) == ("blocked", False, 1)


def test_a_limited_run_is_no_measure_for_others(rounds: Rounds) -> None:
    limited, run = rounds.of("limited", 0), rounds.of("limited", 1)
    assert (limited["outcome"], limited["reports"], limited["whole"]) == ("ok", 1, False)
    assert (run["listed"], run["listed_before"], run["gone"], run["sweep"]) == (6, None, None, True)


def test_what_a_list_showed_is_noted_even_if_it_cannot_be_had(rounds: Rounds) -> None:
    with open_archive(rounds.data, read_only=True) as archive:
        url = f"{rounds.servers['dead'].base_url}{path_of(row(2))}"
        (listing,) = archive.db.query("SELECT * FROM listings WHERE url = ?", (url,))
    assert (listing["portal"], listing["published_on"], listing["title"]) == ("dead", str(OLD), row(2).split()[1])
    assert listing["first_run"] < listing["last_run"]


def test_a_slow_portal_is_given_time_and_told_who_asks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIANBAO_CONTACT", "archive@example.org")
    with serve(large_world(2).portals["bulk"]) as running:
        running.faults["*"] = Fault("slow", seconds=1.5)
        (entry,) = running.registry
        run = crawl([entry], tmp_path)[entry["key"]]
        times = [request.time for request in running.requests]
    assert (run["outcome"], run["reports"]) == ("ok", 2)
    assert all(agent.endswith("(+archive@example.org)") for agent in running.user_agents)
    gaps = [later - earlier for earlier, later in pairwise(times)]
    assert max(gaps) > 2.1, "an answer took 1.5 s; the next is asked for later than that"


def test_the_policy_s_defaults_are_those_of_the_shipped_schedule() -> None:
    schedule = load_schedule(Path("nowhere"))
    assert Policy(schedule.recent_days, schedule.sweep_days, schedule.least_share) == Policy()


def test_a_crawl_killed_at_random_moments_leaves_the_archive_of_an_undisturbed_one() -> None:
    trial(kills=2, seed=random.SystemRandom().randrange(10**6), pace=0.01)
