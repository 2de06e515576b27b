"""docs/database.md says what the database is: every column, and queries that give the right answers."""

import re
from pathlib import Path

import pytest
from archive_examples import ARTICLE, BALANCE, add, figure, make_report

from archive import Archive, open_archive

DOC = (Path(__file__).parents[2] / "docs" / "database.md").read_text(encoding="utf-8")
FULL_HONGZE = "淮安市洪泽区人民政府"
HONGZE, XUYI, FINANCE = "洪泽区人民政府", "盱眙县人民政府", "盱眙县财政局"


def applications(received: int, carried_out: int, secret: int, corrected: int) -> list:
    return [
        figure("applications.received.total", received),
        figure("applications.carried_out.total", carried_out),
        figure("applications.refused.state_secret.total", secret),
        figure("applications.refused.third_party.total", 3),
        figure("applications.refused.law_forbids.total", 0),
        figure("lawsuit_direct.corrected", corrected),
        figure("lawsuit_after_review.corrected", 1),
        figure("rules.made", None, "/"),
    ]


REPORTS = [
    {"agency": HONGZE, "year": 2021, "cells": applications(10, 0, 1, 0), "published_on": "2022-03-31"},
    {"agency": HONGZE, "year": 2023, "cells": applications(20, 2, 0, 1), "published_on": "2024-01-30"},
    {"agency": HONGZE, "year": 2023, "cells": applications(21, 2, 0, 1)[:-1], "published_on": "2024-01-30"},
    {"agency": XUYI, "year": 2023, "cells": applications(5, 7, 0, 3), "published_on": "2024-04-01"},
    {
        "agency": FINANCE,
        "year": 2023,
        "cells": [figure("rules.made", 0)],
        "status": "partial",
        "published_on": "2024-02-01",
    },
]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory):
    with open_archive(tmp_path_factory.mktemp("data")) as opened:
        for n, report in enumerate(REPORTS):
            url = ARTICLE.replace("1.html", f"{report['agency']}{report['year']}.html")
            report_id = opened.save_report(make_report(**report), add(opened, bytes([n]), url=url, day=n), url)
            if report["agency"] == XUYI:
                opened.save_check_findings(report_id, [BALANCE])
        yield opened


def answer(archive: Archive, question: str) -> list[tuple]:
    (sql,) = re.findall(rf"^### {re.escape(question)}\n.*?```sql\n(.*?)```", DOC, flags=re.DOTALL | re.MULTILINE)
    return archive.db.execute(sql).fetchall()


def test_every_table_and_column_is_described(archive: Archive) -> None:
    described = {
        name: re.findall(r"^\| `(\w+)` \|", text, flags=re.MULTILINE)
        for name, text in re.findall(r"^### `(\w+)`\n(.*?)(?=^##)", DOC, flags=re.DOTALL | re.MULTILINE)
    }
    names = [name for name in archive.db.table_names() + archive.db.view_names() if not name.startswith("_")]
    real = {name: [column.name for column in archive.db[name].columns] for name in names}
    assert described == real


ANSWERS = {
    "Whose figures do not reconcile, and why?": [
        (XUYI, 2023, BALANCE.rule, 11, 12.5, BALANCE.message_en),
    ],
    "How many applications did an agency receive each year?": [(2021, 10, "reported"), (2023, 21, "reported")],
    "For which reasons is information refused?": [
        ("applications.refused.third_party.total", 9, 90.0),
        ("applications.refused.state_secret.total", 1, 10.0),
    ],
    "Which cells are nought, which blank, which missing?": [
        (HONGZE, 2021, 3, 1, 0, 171),
        (HONGZE, 2023, 2, 0, 0, 172),
        (XUYI, 2023, 2, 1, 0, 171),
        (FINANCE, 2023, 1, 0, 0, 178),
    ],
    "Who loses in court?": [(XUYI, 4), (HONGZE, 3)],
    "What changed between editions?": [
        (f"{FULL_HONGZE} 2023", "applications.received.total", 1, "20", 2, "21"),
        (f"{FULL_HONGZE} 2023", "rules.made", 1, "/", 2, None),
    ],
    "Which years are missing?": [(FULL_HONGZE, 2022, "missing"), (FINANCE, 2023, "partial")],
    "Who carries most applications over into the next year?": [(XUYI, 2023, 7), (HONGZE, 2023, 2)],
    "Which reports were published late?": [
        (XUYI, 2023, "2024-04-01", "2024-03-31"),
        (FINANCE, 2023, "2024-02-01", "2024-01-31"),
    ],
}


@pytest.mark.parametrize("question", ANSWERS)
def test_the_queries_answer_their_questions(archive: Archive, question: str) -> None:
    assert answer(archive, question) == ANSWERS[question]


def test_a_figure_is_traced_to_its_capture(archive: Archive) -> None:
    ((raw, locator, url, fetched_at, warc_file, offset),) = answer(archive, "Where was this figure read?")
    capture = archive.latest_capture(url)
    assert capture is not None
    assert (raw, locator) == ("21", '{"table":2,"row":3}')
    assert (warc_file, offset) == (capture.warc_file, capture.warc_offset)
    assert fetched_at == "2024-03-03T08:00:00.000250Z"


def test_no_query_is_left_untested() -> None:
    assert DOC.count("```sql") == len(ANSWERS) + 1
