"""Sentences in the manner of many offices, written before the words were fitted to them; their claims told by hand."""

from pathlib import Path

import pytest

from bench.narrative import measure
from extract.narrative import sentence_claims

SENTENCES = Path(__file__).parent / "data" / "narrative"


def test_nothing_wrong_is_read_and_little_is_missed() -> None:
    rows = {row.name: row for row in measure(SENTENCES)}
    assert rows["claims found that are right (precision)"].share >= 0.995
    assert rows["claims stated that are found (recall)"].share >= 0.97
    assert rows["sentences without a claim that give none"].share >= 0.99


@pytest.mark.parametrize(
    ("sentence", "scope"),
    [
        ("2020年至2022年，我局累计受理政府信息公开申请156件。", "cumulative"),
        ("自2008年《条例》实施以来，累计收到申请2360件。", "cumulative"),
        ("历年累计制发规范性文件203件。", "cumulative"),
        ("2019年至2023年，制定规范性文件68件。", "cumulative"),
        ("2022年受理政府信息公开申请156件。", None),
    ],
)
def test_figures_of_many_years_say_so(sentence: str, scope: str | None) -> None:
    assert {claim.scope for claim in sentence_claims(sentence)[0]} == {scope}


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        # a sum is told only where the figures before it add up to it
        ("市级收到申请13件，区级收到申请20件，合计33件。", {"applications.received.total": 33}),
        ("市级收到申请13件，区级收到申请20件，合计35件。", {}),
        # the verb of the clause before, and no other
        ("公布政府规章3部，行政规范性文件22件。", {"rules.made": 3, "normative.made": 22}),
        ("废止政府规章3部，行政规范性文件22件。", {"rules.repealed": 3, "normative.repealed": 22}),
        # what last year's clause states is last year's, to the next year named
        ("上年度收到申请56件，办结55件。", {}),
        ("去年收到申请56件，今年收到申请40件，办结39件。",
         {"applications.received.total": 40, "applications.concluded.total": 39}),
        # applications for other things
        ("受理用地审批申请36件，办结35件。", {}),
        ("受理法律援助申请36件、政府信息公开申请5件。", {"applications.received.total": 5}),
    ],
)  # fmt: skip
def test_what_a_clause_takes_from_those_before(sentence: str, expected: dict[str, int]) -> None:
    assert {claim.code: claim.value for claim in sentence_claims(sentence)[0]} == expected
