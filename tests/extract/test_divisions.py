"""The table of divisions is whole, and a name means one division or none."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from extract.divisions import Division, divisions, find_division

NAMED = [division for division in divisions().values() if division.level != "town"]


def test_the_table_reaches_from_province_to_street() -> None:
    levels = [division.level for division in divisions().values()]
    assert {level: levels.count(level) for level in set(levels)} == {
        "province": 31,
        "city": 333,
        "county": 2850,
        "zone": 124,
        "town": 41352,
    }


def test_codes_and_parents_agree() -> None:
    for code, division in divisions().items():
        assert code == division.code
        if division.level == "town":
            assert len(code) == 9
            assert division.parent is not None
            # The town's code begins with its county's, where there is a county between it and the city.
            assert code.startswith(division.parent.code[: 4 if division.parent.level == "city" else 6])
        else:
            assert len(code) == 6
            assert (division.parent is None) == (division.level == "province")
        assert all(parent.code[:2] == code[:2] for parent in division.parents)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("广州市番禺区", "440113"),
        ("番禺区", "440113"),
        ("广东省广州市番禺区", "440113"),
        ("广东番禺区", "440113"),
        ("淮安市洪泽区", "320813"),
        ("淮安市洪泽区人民政府办公室", "320813"),
        ("南京市鼓楼区", "320106"),
        ("广东省", "440000"),
        ("广西壮族自治区人民政府办公厅", "450000"),
        ("广西桂林市荔浦市", "450381"),
        ("北京市", "110000"),
        ("重庆市渝中区", "500103"),
        ("黔西南州", "522300"),
        ("昆明市寻甸县", "530129"),
        ("黔南州三都水族自治县", "522732"),
        ("重庆市九龙坡区二郎街道办事处", "500107008"),
        ("中山市大涌镇", "442000116"),
    ],
)
def test_a_name_means_its_division(name: str, code: str) -> None:
    division = find_division(name)
    assert division is not None
    assert division.code == code


@pytest.mark.parametrize(
    "name",
    [
        "鼓楼区",
        "朝阳区",
        "城关镇",
        "北京市番禺区",
        "番禺区广州市",
        "某番禺区",
        "深圳市大鹏新区",
        "广州市教育局",
        "区",
        "",
    ],
)
def test_a_name_of_several_or_of_none_means_nothing(name: str) -> None:
    assert find_division(name) is None


@given(st.sampled_from(NAMED))
@example(divisions()["350527"])  # statistics know a town of this name in it
def test_the_whole_name_of_a_division_means_it(division: Division) -> None:
    whole = "".join(part.name for part in (*reversed(division.parents), division))
    assert find_division(whole) == division


def test_parents_come_from_the_nearest() -> None:
    division = find_division("重庆市九龙坡区二郎街道")
    assert division is not None
    assert [parent.name for parent in division.parents] == ["九龙坡区", "重庆市"]
