from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract.body import compiler, contact, opening_readings, reporting_period
from extract.identity import identify

TITLE = "洪泽区人民政府2023年政府信息公开工作年度报告"
BODY = """本报告由淮安市洪泽区人民政府办公室根据《中华人民共和国政府信息公开条例》要求编制。
报告中所列数据统计期限自2023年1月1日起至2023年12月31日止。
如对本报告有疑问，请与淮安市洪泽区人民政府办公室联系（地址：洪泽湖大道90号，电话：0517-87222589）。
一、总体情况
2023年，洪泽区人民政府坚持公开为常态，及时发布2022年政府信息公开工作年度报告。
"""


def rules(titles: list[str], body: str) -> list[tuple[str, str]]:
    return [(finding.rule, finding.severity) for finding in identify(titles, body).findings]


def test_title_and_body_that_agree() -> None:
    identity = identify([f"{TITLE}_洪泽区人民政府"], BODY)
    assert identity.title == TITLE
    assert (identity.agency, identity.year) == ("洪泽区人民政府", 2023)
    assert identity.period == ("2023-01-01", "2023-12-31")
    assert identity.findings == ()


@pytest.mark.parametrize(
    ("sentence", "years", "days"),
    [
        ("统计期限自2023年1月1日起至2023年12月31日止。", {2023}, ("2023-01-01", "2023-12-31")),
        ("统计时限为2023年1月1日至12月31日。", {2023}, ("2023-01-01", "2023-12-31")),
        ("统计期限从20221月1日起，至202212月31日止", {2022}, ("2022-01-01", "2022-12-31")),
        ("统计期限自2022年11日至1231日", {2022}, ("2022-01-01", "2022-12-31")),
        ("数据统计期限202511日到20251231日", {2025}, ("2025-01-01", "2025-12-31")),
        ("所列数据从2019年1月1日到20191231日", {2019}, ("2019-01-01", "2019-12-31")),
        ("统计期限自 2021 年 1 月 1 日至 2021 年 12 月 31 日", {2021}, ("2021-01-01", "2021-12-31")),
        ("时间跨度：2023.1.1—2023.12.31", {2023}, ("2023-01-01", "2023-12-31")),
        ("統計期限自2023年1月1日至2023年12月31日止", {2023}, ("2023-01-01", "2023-12-31")),
        ("统计期限自２０２３年１月１日至２０２３年１２月３１日", {2023}, ("2023-01-01", "2023-12-31")),
        ("统计期限自2016年12月16日至2017年12月15日止", {2017}, ("2016-12-16", "2017-12-15")),
        ("统计期限自2013年1月1日至2014年1月1日", {2013}, ("2013-01-01", "2014-01-01")),
        ("统计期限自2022年1月1日至2023年12月31日", {2022, 2023}, ("2022-01-01", "2023-12-31")),
        ("统计期限自2023年1月至12月。", {2023}, ("2023-01-01", "2023-12-31")),
        ("统计期限自2022年11月至2023年10月。", {2022, 2023}, None),
        ("统计期限为2023年度。", {2023}, None),
        ("统计期限自2023年2月30日至2023年12月31日", {2023}, None),
        ("2023年1月1日至2023年12月31日，我局主动公开信息20条。", {2023}, ("2023-01-01", "2023-12-31")),
    ],
)
def test_period(sentence: str, years: set[int], days: tuple[str, str] | None) -> None:
    period = reporting_period(sentence)
    assert period is not None
    assert (period.years, period.days) == (years, days)


def test_no_period() -> None:
    assert reporting_period("2023年，我局公开信息20条。2023年3月1日至5月1日开展培训。") is None


def test_another_year_in_the_period_is_told() -> None:
    body = BODY.replace("自2023年1月1日起至2023年", "自2022年1月1日起至2022年")
    identity = identify([TITLE], body)
    assert identity.year == 2023
    (finding,) = identity.findings
    assert (finding.rule, finding.severity) == ("identity.year", "warning")
    assert "2023" in finding.message_zh
    assert "2022" in finding.message_zh
    assert "2023" in finding.message_en
    assert "2022" in finding.message_en


def test_a_period_of_two_years_is_told() -> None:
    assert rules([TITLE], BODY.replace("自2023年1月1日", "自2022年1月1日")) == [("identity.year", "warning")]


def test_another_year_in_the_opening_is_told() -> None:
    body = "根据条例要求，现公布洪泽区2022年政府信息公开工作年度报告。\n" + BODY
    identity = identify([TITLE], body)
    assert identity.year == 2023
    assert [finding.rule for finding in identity.findings] == ["identity.year"]


def test_a_cited_notice_is_not_the_year() -> None:
    body = (
        "根据《关于做好2021年政府信息公开工作年度报告编制和发布工作的通知》（〔2021〕30号）要求，编制本报告。\n" + BODY
    )
    assert rules([TITLE], body) == []


def test_titles_that_contradict_each_other() -> None:
    assert rules([TITLE, "洪泽区人民政府2022年政府信息公开工作年度报告"], BODY) == [("identity.year", "warning")]
    assert rules([TITLE, "番禺区人民政府2023年政府信息公开工作年度报告"], BODY) == [("identity.agency", "warning")]
    assert rules([TITLE, "淮安市洪泽区2023年度政府信息公开工作年度报告", "政府信息公开年报"], BODY) == []


def test_year_from_the_period_where_the_title_has_none() -> None:
    identity = identify(["洪泽区人民政府政府信息公开工作年度报告"], BODY)
    assert (identity.year, identity.findings) == (2023, ())


def test_another_compiler_is_told() -> None:
    other = "本报告由广州市番禺区人民政府办公室根据条例编制。"
    identity = identify([TITLE], other)
    (finding,) = identity.findings
    assert (finding.rule, finding.severity) == ("identity.agency", "warning")
    assert "广州市番禺区人民政府办公室" in finding.message_zh
    assert "洪泽区人民政府" in finding.message_en
    assert identity.agency == "洪泽区人民政府"


def test_a_shortened_name_is_no_disagreement() -> None:
    assert rules(["宿迁市环保局2015年度政府信息公开年度报告"], "本报告由宿迁市环境保护局根据条例编制。") == []


def test_a_name_without_place_is_completed_from_the_body() -> None:
    body = "本报告由绵阳市卫生健康委员会根据条例编制。"
    assert identify(["2020年卫生健康委员会政府信息公开工作年度报告"], body).agency == "绵阳市卫生健康委员会"
    body = "本报告由淄博市住房和城乡建设局根据条例编制。"
    assert identify(["住房和城乡建设局2023年政府信息公开年报"], body).agency == "淄博市住房和城乡建设局"
    contact_only = "如有疑问，请与淄博市人民政府办公室联系（电话：0533-3887726）。"
    assert identify(["市人民政府办公室2023年政府信息公开年报"], contact_only).agency == "淄博市人民政府办公室"
    assert (
        identify(["应急管理部2023年政府信息公开年报"], "本报告由中华人民共和国应急管理部编制。").agency == "应急管理部"
    )


def test_without_title_the_opening_tells() -> None:
    identity = identify([], "根据条例规定，现公布渭南市人民政府2024年政府信息公开工作年度报告。\n一、总体情况\n")
    assert (identity.agency, identity.year, identity.findings) == ("渭南市人民政府", 2024, ())
    assert identity.title == "渭南市人民政府2024年政府信息公开工作年度报告"


def test_a_title_broken_over_lines_of_the_body() -> None:
    body = "发布时间：2026-01-20\n济宁市人民政府办公室\n2025年政府信息\n公开工作年度报告\n一、总体情况\n"
    identity = identify(["政府信息公开年报"], body)
    assert (identity.agency, identity.year) == ("济宁市人民政府办公室", 2025)


def test_without_title_the_contact_tells_and_it_is_said() -> None:
    body = "如有疑问，请与洪泽区财政局办公室联系（电话：1）。统计期限为2023年1月1日至12月31日。"
    identity = identify([], body)
    assert (identity.agency, identity.year) == ("洪泽区财政局", 2023)
    assert [(finding.rule, finding.severity) for finding in identity.findings] == [("identity.agency", "info")]


def test_what_nothing_states_is_told() -> None:
    identity = identify(["公开信息"], "一、总体情况\n我局高度重视。请与我局联系。")
    assert (identity.title, identity.agency, identity.year, identity.period) == ("公开信息", "", None, None)
    assert [(finding.rule, finding.severity) for finding in identity.findings] == [
        ("identity.year", "warning"),
        ("identity.agency", "warning"),
    ]


def test_who_is_named() -> None:
    assert compiler("本报告由洪泽区财政局按照条例要求编制。") == "洪泽区财政局"
    assert compiler("本报告由我局根据条例编制。") == ""
    assert contact("加强与人民群众联系。请与洪泽区信访局联系。") == "洪泽区信访局"
    assert contact("请与本机关联系。") == ""


def test_the_opening_ends_at_the_narrative() -> None:
    assert opening_readings("一、总体情况\n2023年，我局及时发布洪泽区2022年政府信息公开工作年度报告。") == []
    under_heading = "一、总体情况\n根据条例，现公布洪泽区2022年政府信息公开工作年度报告。"
    assert [reading.year for _, reading in opening_readings(under_heading)] == [2022]


@given(st.integers(2008, 2030), st.integers(2008, 2030))
def test_years_that_differ_are_always_told(title_year: int, period_year: int) -> None:
    title = f"洪泽区财政局{title_year}年政府信息公开工作年度报告"
    identity = identify([title], f"统计期限自{period_year}年1月1日起至{period_year}年12月31日止。")
    assert identity.year == title_year
    assert bool(identity.findings) == (title_year != period_year)


@given(st.lists(st.text(max_size=40), max_size=3), st.text(max_size=300))
def test_any_text_is_read_without_error(titles: list[str], body: str) -> None:
    identity = identify(titles, body)
    assert (identity.agency == "") == any(
        finding.rule == "identity.agency" and finding.severity == "warning" for finding in identity.findings
    )


def test_real_reports(samples: Path) -> None:
    hongze = (samples / "docs/hzq2023/text_tab.txt").read_text(encoding="utf-8")
    panyu = (samples / "docs/panyu2021/text_original.txt").read_text(encoding="utf-8")
    for titles in ([], [hongze.splitlines()[0]]):
        identity = identify(titles, hongze)
        assert (identity.agency, identity.year, identity.findings) == ("洪泽区人民政府", 2023, ())
        assert identity.period == ("2023-01-01", "2023-12-31")
    identity = identify([], panyu)
    assert (identity.agency, identity.year) == ("广州市番禺区人民政府办公室", 2021)
    assert identity.findings == ()


@pytest.mark.parametrize(
    ("period", "published_on", "year"),
    [
        (2021, "2022-01-13", 2021),  # two witnesses against the title
        (2021, None, 2020),  # one is not enough
        (2021, "2021-01-20", 2020),
        (2021, "2023-08-21", 2020),  # a date of migration agrees with nobody
    ],
)
def test_period_and_date_outvote_the_title(period: int, published_on: str | None, year: int) -> None:
    body = f"统计期限自{period}年1月1日起至{period}年12月31日止。"
    identity = identify(["洪泽区人民政府2020年政府信息公开工作年度报告"], body, published_on=published_on)
    assert identity.year == year
    assert [(f.rule, f.severity) for f in identity.findings if f.rule == "identity.year"] == [
        ("identity.year", "warning")
    ]


def test_a_stale_title_is_outvoted_by_another_title_and_the_body() -> None:
    """An old title in the metadata and title element; list title, title line and body are of 2022."""
    stale, right = "洪泽区财政局2020年政府信息公开工作年度报告", "洪泽区财政局2022年政府信息公开工作年度报告"
    body = f"{right}\n统计期限自2022年1月1日起至2022年12月31日止。"
    for published_on in (None, "2023-01-12", "2025-06-01"):
        identity = identify([stale, f"{stale}_洪泽区", right], body, published_on=published_on)
        assert (identity.year, identity.title) == (2022, right)
        assert [(f.rule, f.severity, f.expected) for f in identity.findings] == [("identity.year", "warning", 2020)]


@pytest.mark.parametrize(
    ("titled", "published_on", "told"),
    [
        ("2021年", "2022-01-12", False),
        ("", "2022-01-12", False),
        ("2021年", "2025-03-01", False),  # late or migrated
        ("", "2023-01-12", True),  # the period may be copied from the report before
        ("", "2021-01-12", True),
        ("2021年", "2021-01-12", True),  # before the year is over
    ],
)
def test_a_date_that_does_not_bear_out_the_year_is_told(titled: str, published_on: str, told: bool) -> None:
    title = f"洪泽区财政局{titled}政府信息公开工作年度报告"
    body = "统计期限自2021年1月1日起至2021年12月31日止。"
    identity = identify([title], body, published_on=published_on)
    assert identity.year == 2021
    assert [(f.rule, f.severity) for f in identity.findings] == ([("identity.year", "info")] if told else [])


NAMES = ["洪泽区财政局", "番禺区财政局", "淄博市人民政府办公室", ""]


@given(
    st.lists(st.tuples(st.sampled_from(NAMES), st.integers(2019, 2022)), max_size=4),
    st.lists(st.tuples(st.sampled_from(NAMES), st.integers(2019, 2022)), max_size=3),
    st.integers(2019, 2022),
    st.sampled_from([None, "2021-01-01", "2023-01-01"]),
)
def test_no_two_findings_have_one_fingerprint(
    titles: list[tuple[str, int]], opening: list[tuple[str, int]], period: int, published_on: str | None
) -> None:
    """The database keeps one finding for a fingerprint: a second one would be lost."""
    wording = "{}{}年政府信息公开工作年度报告"
    lines = [f"现公布{wording.format(*named)}。" for named in opening]
    lines += ["本报告由广州市番禺区人民政府办公室编制。", f"统计期限自{period}年1月1日起至{period + 1}年12月31日止。"]
    findings = identify([wording.format(*t) for t in titles], "\n".join(lines), published_on=published_on).findings
    fingerprints = [finding.fingerprint("某局", 2021) for finding in findings]
    assert len(fingerprints) == len(set(fingerprints))


@pytest.mark.parametrize(
    ("body", "is_copy"),
    [
        ("根據(jù)條例的要求，現(xiàn)將報告予以公布。", True),
        ("根據（jù）條例的要求，現（xiàn）將報告予以公布。", True),
        ("根據(jù)條例的要求，現將報告予以公布。", False),
        ("见附件(pdf)，另存为(docx)格式(xls)。", False),
    ],
)
def test_pinyin_in_brackets_marks_a_copy(body: str, is_copy: bool) -> None:
    found = identify(["甲县人民政府2023年政府信息公开工作年度报告"], body)
    assert ("identity.copy" in [finding.rule for finding in found.findings]) is is_copy
