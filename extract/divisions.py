"""The administrative divisions of China, from province to street, and the one that a name means."""

import csv
import gzip
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from extract.forms import DATA

FILE = DATA / "divisions.csv.gz"
"""Columns code, name, level, parent; data/divisions.md says where they come from."""

# Those that autonomous counties and prefectures are named after; everyday names leave them out (寻甸县, 凉山州).
_NATIONS = """
蒙古族? 回族 藏族 维吾尔族? 苗族 彝族 壮族 布依族 朝鲜族 满族 侗族 瑶族 白族 土家族 哈尼族 哈萨克族? 傣族 黎族
傈僳族 佤族 畲族 拉祜族 水族 东乡族 纳西族 景颇族 柯尔克孜族? 土族 达斡尔族 仫佬族 羌族 布朗族 撒拉族 毛南族
仡佬族 锡伯族? 普米族 塔吉克族? 怒族 裕固族 保安族 独龙族 各族
"""
_AUTONOMOUS = re.compile(rf"^(?P<place>.+?)(?:{'|'.join(_NATIONS.split())})+自治(?P<kind>[州县旗])$")
_GOVERNMENT = re.compile(r"(?:人民政府)?(?:办公[室厅])?$")
_REGIONS = re.compile(r"^(内蒙古|广西|西藏|宁夏|新疆).*自治区$")


@dataclass(frozen=True, slots=True)
class Division:
    """A division. ``level``: province, city (prefecture), county (districts and county-level cities too), zone (a
    development zone that statistics count like a county, though it is no division by law) or town (streets too).

    ``code`` has six digits, that of a town nine, the first six being its county's.
    """

    code: str
    name: str
    level: str
    parent: "Division | None"

    @property
    def parents(self) -> tuple["Division", ...]:
        """What it lies in, from the nearest to the province."""
        return () if self.parent is None else (self.parent, *self.parent.parents)

    @property
    def names(self) -> tuple[str, ...]:
        """Its name and the short form that is as plain: 寻甸县 for 寻甸回族彝族自治县, 二郎街道 for its 办事处."""
        autonomous = _AUTONOMOUS.match(self.name)
        short = autonomous["place"] + autonomous["kind"] if autonomous else re.sub("街道办事处$", "街道", self.name)
        return (self.name,) if short == self.name else (self.name, short)

    @property
    def full_name(self) -> str:
        """The name that there is once: 绥宁县, 南京市鼓楼区, 诸暨市五泄镇; a zone has its own."""
        name = re.sub("街道办事处$", "街道", self.name)
        if self.parent is None or self.level in ("city", "zone"):
            return name
        is_known = self.level == "county" and (len(name) > 2 or name.endswith("县")) and not name.endswith("区")
        return name if is_known and len(_by_name().get(name, ())) <= 1 else self.parent.full_name + name

    @property
    def prefixes(self) -> tuple[str, ...]:
        """The ways to write it in front of a division that lies in it: 广东 for 广东省, 广州 for 广州市."""
        region = _REGIONS.match(self.name)
        bare = region[1] if region else re.sub(r"[省市]$", "", self.name)
        return (*self.names, bare) if bare != self.name and len(bare) > 1 else self.names


@cache
def divisions() -> dict[str, Division]:
    """Every division by its code, each after the one it lies in."""
    found: dict[str, Division] = {}
    with gzip.open(FILE, "rt", encoding="utf-8", newline="") as lines:
        # Shortest codes sort before those of their towns, and a parent's code before its children's.
        for row in csv.DictReader(lines):
            parent = found[row["parent"]] if row["parent"] else None
            found[row["code"]] = Division(row["code"], row["name"], row["level"], parent)
    return found


@cache
def division_codes() -> frozenset[str]:
    """The codes of all divisions, for those who need no more: much quicker to read than `divisions`."""
    with gzip.open(FILE, "rt", encoding="utf-8") as lines:
        return frozenset(line.partition(",")[0] for line in lines)


@cache
def _by_name() -> dict[str, list[Division]]:
    index = defaultdict(list)
    for division in divisions().values():
        for name in division.names:
            index[name].append(division)
    return dict(index)


@lru_cache(10_000)
def find_division(name: str) -> Division | None:
    """The division that a place or its government is named after (广州市番禺区, 淮安市洪泽区人民政府办公室); None where
    there is none or more than one: 鼓楼区 without its city tells nothing.

    The divisions it lies in may stand before it, in order, each with or without its 省 or 市; some may be left out.
    """
    found = divisions_named(_GOVERNMENT.sub("", "".join(name.split())))
    return found[0] if len(found) == 1 else None


@lru_cache(10_000)
def divisions_named(place: str) -> tuple[Division, ...]:
    """Every division that a place may mean, the divisions around it before it or not."""
    place = re.sub("街道办事处$", "街道", place)
    found = {division.code: division for division in _matches(place)}
    # Statistics put a town of the same name into a county or zone without towns: the outer one is meant.
    return tuple(
        division for division in found.values() if not any(parent.code in found for parent in division.parents)
    )


def _matches(place: str) -> Iterator[Division]:
    for start in range(len(place)):
        for division in _by_name().get(place[start:], ()):
            if _lies_in(division.parents, place[:start]):
                yield division


def _lies_in(parents: tuple[Division, ...], written: str) -> bool:
    """Whether the text in front of a name is made of names of the divisions around it."""
    if not written:
        return True
    return any(
        written.endswith(name) and _lies_in(parents[number + 1 :], written.removesuffix(name))
        for number, parent in enumerate(parents)
        for name in parent.prefixes
    )
