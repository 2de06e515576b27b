import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract import UnreadableFile, read_bytes
from extract.agencies import agency_level, same_agency, whole_name
from extract.titles import TitleReading, read_title, tidy_title

WORDINGS = [
    # year first, middle, end; 年度 twice; no 年
    ("洪泽区人民政府2023年政府信息公开工作年度报告", "洪泽区人民政府", 2023),
    ("2023年洪泽区人民政府政府信息公开工作年度报告", "洪泽区人民政府", 2023),
    ("洪泽区财政局2021年度政府信息公开工作年度报告", "洪泽区财政局", 2021),
    ("2021年度嵊州市人民政府办公室政府信息公开工作年度报告", "嵊州市人民政府办公室", 2021),
    ("伊宁县政府信息公开工作2023年度报告", "伊宁县人民政府", 2023),
    ("海南省生态环境厅2023政府信息公开工作年度报告", "海南省生态环境厅", 2023),
    ("2016呼和浩特市人民政府办公厅政府信息公开工作年度报告", "呼和浩特市人民政府办公厅", 2016),
    ("洪泽区人民政府政府信息公开年度报告（2023年）", "洪泽区人民政府", 2023),
    ("洪泽区人民政府政府信息公开年度报告2023", "洪泽区人民政府", 2023),
    ("2023年政府信息公开工作年度报告", "", 2023),
    # other words for the report
    ("宿城区城管局2022年政府信息公开年度报告", "宿城区城管局", 2022),
    ("自然资源部2023年政府信息公开工作报告", "自然资源部", 2023),
    ("裕安区水利局2013年度政府信息公开年度工作报告", "裕安区水利局", 2013),
    ("道县文广新局2013年度信息公开工作年度报告", "道县文广新局", 2013),
    ("罗家乡2020年信息公开年报", "罗家乡人民政府", 2020),
    ("黄龙县市场监管局2022年政务公开工作年度报告", "黄龙县市场监管局", 2022),
    ("2014年政府信息公开情况报告", "", 2014),
    # 政府 shared by name and phrase
    ("2023年华容县人民政府信息公开工作年度报告", "华容县人民政府", 2023),
    ("2022年度螅镇政府信息公开工作年度报告", "螅镇人民政府", 2022),
    ("2020年洗马乡政府信息公开工作年度报告", "洗马乡人民政府", 2020),
    # tags, blanks, breaks, brackets, two agencies, other characters
    ("【图文】嘉兴市市场监督管理局2022年度政府信息公开工作年度报告", "嘉兴市市场监督管理局", 2022),
    ("大足区教委2023年政府信息公开工作年度报告（文字版）.docx", "大足区教委", 2023),
    ("大足区教委 2023年政府信息公开工作年度报告", "大足区教委", 2023),
    ("济宁市人民政府办公室<br/>2025年政府信息\n公开工作年度报告", "济宁市人民政府办公室", 2025),
    ("杭州高新区（滨江）财政局2023年政府信息公开工作年度报告", "杭州高新区（滨江）财政局", 2023),
    (
        "绥阳县人民政府(县人民政府办公室)２０２３年政府信息公开工作年度报告",
        "绥阳县人民政府（县人民政府办公室）",
        2023,
    ),
    (
        "广州市黄埔区人民政府 广州开发区管委会2023年政府信息公开工作年度报告",
        "广州市黄埔区人民政府 广州开发区管委会",
        2023,
    ),
    ("2010年政府信息公开年度报告(龙潭街道)", "龙潭街道办事处", 2010),
    ("洪泽区财政局二〇二一年政府信息公开工作年度报告", "洪泽区财政局", 2021),
    ("莆田市科學技術局2023年政府信息公開工作年度報告", "莆田市科学技术局", 2023),
    ("武漢市黃陂區2022年政府信息公開(kāi)工作年度報告", "武汉市黄陂区人民政府", 2022),
    # chrome around the title
    ("洪泽区人民政府2023年政府信息公开工作年度报告_淮安市洪泽区人民政府", "洪泽区人民政府", 2023),
    ("2023年政府信息公开工作年度报告 - 某某政府网", "", 2023),
    ("首页 > 政务公开 > 洪泽区财政局2023年政府信息公开工作年度报告", "洪泽区财政局", 2023),
    ("公告 2024年第1号 应急管理部2023年政府信息公开工作报告", "应急管理部", 2023),
    ("洪泽区财政局2023年政府信息公开工作年度报告公示", "洪泽区财政局", 2023),
    ("应急管理部关于公布2023年政府信息公开工作年度报告的公告", "应急管理部", 2023),
    ("洪泽区财政局2023年政府信息公开工作年度报告洪泽区财政局2023年政府信息公开工作年度报告", "洪泽区财政局", 2023),
    ("【2023年】洪泽区财政局政府信息公开工作年度报告", "洪泽区财政局", 2023),
    # names that trap
    ("湖南镇2021年政府信息公开工作年度报告", "湖南镇人民政府", 2021),
    ("镇龙镇政府信息公开工作年度报告2021年", "镇龙镇人民政府", 2021),
    ("津市市财政局2021年政府信息公开工作年度报告", "津市市财政局", 2021),
    ("瑞安市安阳街道2023年政府信息公开工作年度报告", "瑞安市安阳街道办事处", 2023),
    ("通道侗族自治县2020年政府信息公开工作年度报告", "通道侗族自治县人民政府", 2020),
    ("六枝特区2020年政府信息公开工作年度报告", "六枝特区人民政府", 2020),
    ("乌拉特中旗巴音乌兰苏木2021年政府信息公开工作年度报告", "乌拉特中旗巴音乌兰苏木人民政府", 2021),
    (
        "五华区人民政府普吉街道办事处2025年政府信息公开工作年度报告",
        "五华区人民政府普吉街道办事处",
        2025,
    ),
    ("2023年度假区管委会政府信息公开工作年度报告", "度假区管委会", 2023),
    ("西宁经济技术开发区2022年政府信息公开工作年度报告", "西宁经济技术开发区", 2022),
    ("市委机构编制委员会办公室2023年政府信息公开工作年度报告", "市委机构编制委员会办公室", 2023),
    ("中国新闻发布中心2023年政府信息公开工作年度报告", "中国新闻发布中心", 2023),
    ("我局2023年政府信息公开工作年度报告", "", 2023),
    # no year that can be relied on
    ("洪泽区政府信息公开工作年度报告", "洪泽区人民政府", None),
    ("洪泽区政府信息公开年度报告2024-01-26", "洪泽区人民政府", None),
    ("洪泽区2021-2023年政府信息公开工作年度报告", None, None),
    ("2023年-洪泽区政府信息公开年度报告", "洪泽区人民政府", 2023),
]


@pytest.mark.parametrize(("title", "agency", "year"), WORDINGS)
def test_wordings(title: str, agency: str | None, year: int | None) -> None:
    reading = read_title(title)
    assert reading is not None
    assert reading.year == year
    if agency is not None:
        assert reading.agency == agency


@pytest.mark.parametrize(
    "title",
    [
        "关于做好2025年政府信息公开工作年度报告编制和发布工作的通知",
        "关于印发2023年政府信息公开工作年度报告格式的通知",
        "文字解读：大明湖街道2022年政府信息公开工作年度报告",
        "大明湖街道2022年政府信息公开工作年度报告解读",
        "【图解】洪泽区2022年政府信息公开工作年度报告",
        "洪泽区政府信息公开指南",
        "洪泽区政府信息公开目录",
        "贵州省发布2020年政府信息公开工作年度报告",
        "xx市环保局2022年政府信息公开工作年度报告",
        "2023年政府信息公开工作年度报告模板",
        "洪泽区财政局2023年政府信息公开工作自评报告",
        "2023年政府信息公开工作年度报告统计表",
        "政府信息公开年报",
        "政府信息公开工作年度报告",
        "各部门政府信息公开年报",
        "2023年各部门政府信息公开年报",
        "区政府信息公开年报",
        "政务公开",
        "洪泽区2023年财政预算报告",
        "洪泽区2023年行政执法信息公开年度报告",
        "洪泽区企业环境信息公开2023年度报告",
        "洪泽区2023年政府信息公开工作年度报告发布",
        "",
    ],
)
def test_what_is_not_a_report(title: str) -> None:
    assert read_title(title) is None


PLACES = st.sampled_from(
    ["湖南镇", "津市市", "西安区", "淮安市洪泽区", "通道侗族自治县", "镇龙镇", "正蓝旗", "云南省", "将乐县"]
)
ORGANS = st.sampled_from(["人民政府", "人民政府办公室", "财政局", "市场监督管理局", "信访局", "卫生健康委员会"])
PATTERNS = st.sampled_from(
    [
        "{a}{y}年政府信息公开工作年度报告",
        "{a}{y}年度政府信息公开工作年度报告",
        "{y}年{a}政府信息公开工作年度报告",
        "{y}年度{a}政府信息公开年度报告",
        "{a}政府信息公开工作{y}年度报告",
        "{a}{y}政府信息公开工作年度报告",
        "{a}{y}年政府信息公开工作报告",
        "{a}{y}年信息公开年报",
        "{a}{y}年政务公开工作年度报告",
        "【图文】{a} {y}年政府信息公开工作年度报告.docx",
        "{a}\n{y}年政府信息公开\n工作年度报告_政府网",
        "{a}政府信息公开年度报告（{y}年）",
    ]
)


@given(PLACES, ORGANS, st.integers(2008, 2030), PATTERNS)
def test_a_composed_title_is_read_back(place: str, organ: str, year: int, pattern: str) -> None:
    agency = place + organ
    assert read_title(pattern.format(a=agency, y=year)) == TitleReading(agency, year)


@given(PLACES, st.integers(2008, 2030), PATTERNS)
def test_a_bare_place_is_its_government(place: str, year: int, pattern: str) -> None:
    assert read_title(pattern.format(a=place, y=year)) == TitleReading(f"{place}人民政府", year)


@given(st.text(max_size=60))
def test_any_text_is_read_without_error(text: str) -> None:
    assert tidy_title(text) == " ".join(tidy_title(text).split())
    reading = read_title(f"{text}2023年政府信息公开工作年度报告")
    assert reading is None or reading.year in {None, *range(2000, 2050)}


def test_tidy_title_keeps_the_print_and_drops_the_site() -> None:
    assert tidy_title(" 洪泽区<br>2023年 政府信息公开工作年度报告 - 政府网") == "洪泽区 2023年 政府信息公开工作年度报告"


@pytest.mark.parametrize(
    ("name", "level"),
    [
        ("河北省人民政府", "province"),
        ("上海市人民政府", "province"),
        ("内蒙古自治区人民政府", "province"),
        ("金华市人民政府", "city"),
        ("吉林省吉林市人民政府", "city"),
        ("临夏回族自治州人民政府", "city"),
        ("大兴安岭地区行政公署", "city"),
        ("诸暨市人民政府", "county"),
        ("津市市人民政府", "county"),
        ("淮安市洪泽区人民政府", "county"),
        ("重庆市铜梁区人民政府机关", "county"),
        ("六枝特区人民政府", "county"),
        ("正蓝旗", "county"),
        ("绥阳县人民政府（县人民政府办公室）", "county"),
        ("罗家乡人民政府", "town"),
        ("五华区人民政府普吉街道办事处", "town"),
        ("巴音乌兰苏木人民政府", "town"),
        ("津市市财政局", "department"),
        ("四川省人民政府办公厅", "department"),
        ("国家税务总局", "department"),
        ("国有资产监督管理委员会", "department"),
        ("大同市气象部门", "department"),
        ("西宁经济技术开发区管理委员会", "other"),
        ("湛江奋勇高新区", "other"),
        ("某某大学", "other"),
        ("", "other"),
    ],
)
def test_levels(name: str, level: str) -> None:
    assert agency_level(name) == level


def test_names_of_one_agency_agree() -> None:
    assert same_agency("洪泽区人民政府", "淮安市洪泽区人民政府办公室")
    assert same_agency("宿迁市环保局", "宿迁市环境保护局")
    assert same_agency("洪泽区人民政府", "区行政审批局")
    assert not same_agency("洪泽区人民政府", "番禺区人民政府办公室")
    assert not same_agency("洪泽区财政局", "洪泽区审计局")
    assert not same_agency("洪泽区财政局", "洪泽区人民政府办公室")


def test_whole_name_leaves_zones_alone() -> None:
    assert whole_name("浦东新区") == "浦东新区人民政府"
    assert whole_name("兰州新区") == "兰州新区"
    assert whole_name("济南高新技术产业开发区") == "济南高新技术产业开发区"


def test_titles_of_real_pages(samples: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pages = [json.loads(line) for line in (samples / "pages.jsonl").read_text(encoding="utf-8").splitlines()]
    titled = [page for page in pages if page.get("title")]
    read = [(page["title"], read_title(page["title"]), page["report_year"], page["agency"] or "") for page in titled]
    wrong_year = [(title, reading) for title, reading, year, _ in read if reading is None or reading.year != year]
    not_held = [(title, agency) for title, reading, _, agency in read if not _holds(reading, agency)]
    wrong_agency = [
        (title, agency)
        for title, reading, _, agency in read
        if reading is None or not reading.agency or not same_agency(reading.agency, agency)
    ]
    with capsys.disabled():
        print(
            f"\n{len(read)} real titles: wrong year {wrong_year}\nanother agency {wrong_agency}\nshortened {not_held}"
        )
    # The one wrong year is a page whose title says 2014; two titles name no agency.
    assert len(read) > 50
    assert len(wrong_year) <= 1
    assert len(wrong_agency) <= 2
    assert len(not_held) <= 10


def test_levels_of_real_pages(samples: Path, capsys: pytest.CaptureFixture[str]) -> None:
    same = {
        "province": "province",
        "city": "city",
        "county": "county",
        "district": "county",
        "town": "town",
        "township": "town",
        "street": "town",
        "zone": "other",
    }
    pages = [json.loads(line) for line in (samples / "pages.jsonl").read_text(encoding="utf-8").splitlines()]
    named = [page for page in pages if page.get("agency")]
    wrong = [page for page in named if agency_level(page["agency"]) != same.get(page["level"], "department")]
    with capsys.disabled():
        print(f"\nlevels of {len(named)} real agencies: wrong {[(page['agency'], page['level']) for page in wrong]}")
    assert len(wrong) <= 1


def _holds(reading: TitleReading | None, given_name: str) -> bool:
    one, other = (re.sub(r"人民政府$", "", name) for name in (reading.agency if reading else "", given_name))
    return bool(one and other) and (one in other or other in one)


TABLE = """<h2>四、政府信息公开行政复议、行政诉讼情况</h2><table><tr><td colspan="5">行政复议</td></tr>
<tr><td>结果维持</td><td>结果纠正</td><td>其他结果</td><td>尚未审结</td><td>总计</td></tr>
<tr><td>4</td><td>1</td><td>0</td><td>0</td><td>5</td></tr></table>"""


@pytest.mark.parametrize(
    "title",
    [
        "关于做好2023年政府信息公开工作年度报告编制和发布工作的通知",
        "文字解读：青山县2023年政府信息公开工作年度报告",
        "一图读懂青山县2023年政府信息公开工作年度报告",
        "2023年政府信息公开工作年度报告模板",
        "xx市财政局2023年政府信息公开工作年度报告",
        "关于报送2023年度政府信息公开工作年度报告的函",
    ],
)
def test_a_page_about_reports_is_none_whatever_its_tables_hold(title: str) -> None:
    with pytest.raises(UnreadableFile) as refusal:
        read_bytes(f"<title>{title}</title><h1>{title}</h1>{TABLE}".encode(), "page.html")
    assert refusal.value.kind == "not_a_report"
    assert title in refusal.value.message


@pytest.mark.parametrize(
    ("title", "heading"),
    [
        ("青山县2023年政府信息公开工作年度报告", "年度报告解读专栏"),
        ("政策解读", "青山县2023年政府信息公开工作年度报告"),
        ("关于公布2023年政府信息公开工作年度报告的通知", "青山县2023年政府信息公开工作年度报告"),
        ("政府信息公开指南和年报", "年报"),
    ],
)
def test_a_report_stays_one_beside_such_words(title: str, heading: str) -> None:
    (report,) = read_bytes(f"<title>{title}</title><h1>{heading}</h1>{TABLE}".encode(), "page.html")
    assert report.figures["review.total"] == 5
