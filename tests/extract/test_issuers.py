"""The agency that a printed name means; short names and reforms as data."""

import json
from collections import Counter
from pathlib import Path

import pytest

from extract.divisions import Division, divisions
from extract.issuers import place_of, resolve, resolve_by_words, says_place
from extract.organs import agency_names, parse_agency_names, read_organ
from extract.titles import read_title

GULOU, NANJING, XUYI = (divisions()[code] for code in ("320106", "320100", "320830"))


@pytest.mark.parametrize(
    ("printed", "written_out"),
    [
        ("住建局", "住房和城乡建设局"),
        ("住房城乡建设局", "住房和城乡建设局"),
        ("人社厅", "人力资源和社会保障厅"),
        ("卫健委", "卫生健康委员会"),
        ("市场监管局", "市场监督管理局"),
        ("民族和宗教事务局", "民族宗教事务局"),
        ("扶贫办", "扶贫开发办公室"),
        ("教委", "教育委员会"),
        ("府办", "人民政府办公室"),
        ("政府办公室", "人民政府办公室"),
        ("人民政府办", "人民政府办公室"),
        ("人民政府国有资产监督管理委员会", "国有资产监督管理委员会"),
        ("市场监督管理局（知识产权局）", "市场监督管理局"),
        # What can mean two agencies, or is no short name, stays as it is.
        ("城管局", "城管局"),
        ("食品药品监督管理局", "食品药品监督管理局"),
        ("交通局", "交通局"),
        ("人民政府机关", "人民政府机关"),
    ],
)
def test_short_names_are_written_out(printed: str, written_out: str) -> None:
    assert read_organ(printed, None).name == written_out


def test_a_place_may_call_an_agency_otherwise() -> None:
    assert read_organ("住建局", divisions()["440304"]).name == "住房和建设局"
    assert read_organ("府办", divisions()["440000"]).name == "人民政府办公厅"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("short_names: {甲: [乙], 丙: [乙]}", "乙 stands under 甲 and 丙"),
        ("short_names: {}\nshortnames: {}", "shortnames"),
        ("successions: [{to: 甲, from: [甲], since: 2018, basis: x}]", "甲 takes over from itself"),
        ("successions: [{to: 甲, from: [乙], since: 18, basis: x}]", "since"),
        ("former_places: {某县: '999999'}", "999999"),
        ("short_names: [", "agencies.yaml"),
    ],
)
def test_a_wrong_list_is_named(text: str, complaint: str) -> None:
    given = {line.partition(":")[0] for line in text.splitlines()}
    empty = {
        "short_names": "{}",
        "here_called": "{}",
        "zone_names": "{}",
        "successions": "[]",
        "former_places": "{}",
        "central": "[]",
    }
    rest = "".join(f"\n{name}: {value}" for name, value in empty.items() if name not in given)
    with pytest.raises(ValueError, match=rf"(?s)^agencies\.yaml.*{complaint}|{complaint}"):
        parse_agency_names(text + rest)


def test_the_reforms_link_what_the_list_knows() -> None:
    by_successor = {entry.to: entry for entry in agency_names().successions}
    assert "国土资源" in by_successor["自然资源"].predecessors
    assert by_successor["乡村振兴"].since == 2021


@pytest.mark.parametrize(
    ("printed", "home", "name"),
    [
        # a place in the name
        ("鼓楼区教育局", NANJING, "南京市鼓楼区教育局"),
        ("鼓楼区教育局", None, None),
        ("福州市鼓楼区教育局", NANJING, "福州市鼓楼区教育局"),
        ("津市市财政局", None, "津市市财政局"),
        ("通道侗族自治县财政局", None, "通道侗族自治县财政局"),
        ("五华区人民政府普吉街道办事处", None, "昆明市五华区普吉街道办事处"),
        ("广州市越秀区白云街", None, "广州市越秀区白云街道办事处"),
        ("湖南镇人民政府", divisions()["330803"], "衢州市衢江区湖南镇人民政府"),
        ("湖南镇人民政府", divisions()["330303"], None),
        ("阿拉善盟行政公署", None, "阿拉善盟行政公署"),
        # none, or only its kind
        ("市政府办公室", GULOU, "南京市人民政府办公室"),
        ("区府办", GULOU, "南京市鼓楼区人民政府办公室"),
        ("市公安局鼓楼分局", NANJING, "南京市公安局鼓楼分局"),
        ("市场监管局", NANJING, "南京市市场监督管理局"),
        ("市政管理局", NANJING, "南京市市政管理局"),
        ("城市管理局", GULOU, "南京市鼓楼区城市管理局"),
        ("县教育局", NANJING, None),
        ("街道办事处", divisions()["320106001"], "南京市鼓楼区宁海路街道办事处"),
        ("民政局", divisions()["321283105"], "泰兴市民政局"),
        ("本站编辑", NANJING, None),
        # places that are no division, or not any more
        ("高新区财政局", NANJING, "南京市高新区财政局"),
        ("南京高新技术产业开发区管理委员会", None, "南京市高新区管理委员会"),
        ("高新技术产业开发区管委会", NANJING, "南京市高新区管理委员会"),
        ("高新区管委会", divisions()["130100"], "石家庄高新技术产业开发区管理委员会"),
        ("石家庄高新技术产业开发区财政局", None, "石家庄高新技术产业开发区财政局"),
        ("石家庄高新区财政局", None, "石家庄高新技术产业开发区财政局"),
        ("高新区财政局", divisions()["130171"], "石家庄高新技术产业开发区财政局"),
        ("长春净月高新区管委会", divisions()["220100"], "长春净月高新技术产业开发区管理委员会"),
        ("经开区管委会", NANJING, "南京市经开区管理委员会"),
        ("蚌埠经济开发区管委会", None, "蚌埠市经济开发区管理委员会"),
        ("兰州新区卫生健康委员会", None, "兰州新区卫生健康委员会"),
        ("即墨市金口镇人民政府", None, "即墨市金口镇人民政府"),
        ("北京市宣武区大栅栏街道办事处", None, "北京市宣武区大栅栏街道办事处"),
        # two agencies, and another in brackets
        ("广州市黄埔区人民政府 广州开发区管委会", None, "广州市黄埔区人民政府"),
        ("绥阳县人民政府（县人民政府办公室）", None, "绥阳县人民政府"),
        ("国家税务总局", NANJING, "国家税务总局"),
    ],
)
def test_which_agency_is_meant(printed: str, home: Division | None, name: str | None) -> None:
    issuer = resolve(printed, home)
    assert (issuer.name if issuer else None) == name


@pytest.mark.parametrize(
    ("printed", "code", "chain"),
    [
        ("南京市高新区财政局", "320100", ["南京市高新区管理委员会", "南京市人民政府", "江苏省人民政府"]),
        ("即墨市教育局", "370215", ["即墨市人民政府", "青岛市人民政府", "山东省人民政府"]),
        ("北京市宣武区教育局", None, ["北京市宣武区人民政府", "北京市人民政府"]),
        (
            "乌拉特中旗巴音乌兰苏木人民政府",
            "150824202",
            ["乌拉特中旗人民政府", "巴彦淖尔市人民政府", "内蒙古自治区人民政府"],
        ),
    ],
)
def test_what_an_agency_is_under(printed: str, code: str | None, chain: list[str]) -> None:
    issuer = resolve(printed)
    assert issuer is not None
    assert (issuer.division.code if issuer.division else None) == code
    above = []
    while issuer.parent is not None:
        issuer = issuer.parent
        above.append(issuer.name)
    assert above == chain


def test_a_place_that_no_list_knows_is_taken_by_its_words() -> None:
    issuer = resolve_by_words("沅泽市枫渡区住建局")
    names = []
    while issuer is not None:
        names.append(issuer.name)
        issuer = issuer.parent
    assert names == ["沅泽市枫渡区住房和城乡建设局", "沅泽市枫渡区人民政府", "沅泽市人民政府"]
    assert resolve_by_words("城市管理局") is None


def test_a_full_name_is_there_once_and_leads_back() -> None:
    names = Counter(division.full_name for division in divisions().values())
    assert max(names.values()) == 1
    lost = [d.full_name for d in divisions().values() if d.level in ("province", "city", "county") and (
        (found := place_of(f"{d.full_name}人民政府")) is None or found.code != d.code)]  # fmt: skip
    assert lost == []


@pytest.mark.parametrize(("name", "says"), [("甲县教育局", True), ("教育局", False), ("城市管理局", False)])
def test_whether_a_name_says_a_place(name: str, says: bool) -> None:
    assert says_place(name) is says


def test_real_titles_are_resolved(samples: Path) -> None:
    """Titles of real reports, seen from the county or city that their portal serves, against the agency as listed."""
    counts, wrong = Counter(), []
    for line in (samples / "pages.jsonl").read_text(encoding="utf-8").splitlines():
        page = json.loads(line)
        reading = read_title(page.get("title", ""))
        listed = resolve(page.get("agency", ""))
        if reading is None or not reading.agency or listed is None:
            continue
        place = listed.division
        home = place.parent if place is not None and place.level == "town" else place
        found = resolve(reading.agency, home)
        is_right = found is not None and found.name == listed.name
        counts["resolved" if is_right else "another" if found else "not resolved"] += 1
        if not is_right:
            wrong.append((reading.agency, found.name if found else None, listed.name))
    print(f"\nagencies of real titles: {dict(counts)}; {wrong}")
    assert counts["resolved"] >= 0.95 * counts.total()
