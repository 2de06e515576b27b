from itertools import pairwise

import pytest

from extract.document import Grid, Locator, Text
from extract.headings import is_report_heading, split_headings
from extract.sections import split_sections


@pytest.mark.parametrize(
    ("line", "section"),
    [
        ("一、总体情况", 1),
        ("一、 总体情况：", 1),
        ("—、总体情况", 1),
        ("一、总体概述", 1),
        ("一、总体工作情况", 1),
        ("一、工作开展情况", 1),
        ("一、政务公开工作总体情况", 1),
        ("一、本年度政府信息公开基本情况", 1),
        ("一、2020年政务公开工作完成情况及成效", 1),
        ("二、主动公开政府信息情况", 2),
        ("二、主动公开政府政府情况。", 2),
        ("三、主动公开政府信息情况", 2),
        ("三、收到和处理政府信息公开申请情况", 3),
        ("三．收到和处理政府信息公开申请情况", 3),
        ("四、收到和处理政府信息公开申请情况", 3),
        ("四、政府信息公开行政复议、行政诉讼情况", 4),
        ("四、政府信息公开行行政复议、行政诉讼情况", 4),
        ("四、因政府信息公开工作被申请行政复议、提起行政诉讼情况", 4),
        ("五、存在的主要问题及改进情况", 5),
        ("五、政府信息公开工作存在的主要问题及改进措施", 5),
        ("六、其他需要报告的事项", 6),
        ("六、其它需要报告的情况", 6),
        ("三、收到和處理政府信息公開申請情況", 3),
        ("四、政府信息公開行政複議、行政訴訟情況", 4),
        ("五、存在的主要問題及改進情況", 5),
        ("六、其他需要報告的事項", 6),
        ("二、主動公開(kāi)政府信息情況", 2),
    ],
)
def test_headings(line: str, section: int) -> None:
    assert is_report_heading(line) == section


@pytest.mark.parametrize(
    "line",
    [
        "（一）主动公开情况",
        "1.主动公开政府信息情况",
        "一是主动公开政府信息情况",
        "二、工作开展情况",  # an extra heading, not one of the six
        "三、收费及减免情况",
        "一、总体情况；二、主动公开政府信息情况；三、收到和处理政府信息公开申请情况",
        "本报告由总体情况、主动公开政府信息情况等六部分组成",
        "一、本年新收政府信息公开申请数量",
        "二、上年结转政府信息公开申请数量",
        "三、本年度办理结果",
        "四、结转下年度继续办理",
        "一、总体情况" + "2023年，洪泽区人民政府坚持以习近平新时代中国特色社会主义思想为指导，贯彻落实条例相关要求",
        "",
    ],
)
def test_other_lines(line: str) -> None:
    assert is_report_heading(line) is None


def texts(*lines: str) -> list[str]:
    blocks = split_headings([Text(line, Locator(line=number)) for number, line in enumerate(lines, start=1)])
    return [block.text for block in blocks if isinstance(block, Text)]


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("一、总体情况2023年，我局收到申请3件。", ["一、总体情况", "2023年，我局收到申请3件。"]),
        ("工作有序推进。二、主动公开政府信息情况", ["工作有序推进。", "二、主动公开政府信息情况"]),
        (
            "现公布如下：一、 总体情况 我局认真落实。三、收到和处理政府信息公开申请情况 见下表。",
            ["现公布如下：", "一、 总体情况", "我局认真落实。", "三、收到和处理政府信息公开申请情况", "见下表。"],
        ),
        ("五、存在的主要问题及改进措施：解读形式单一。", ["五、存在的主要问题及改进措施", "解读形式单一。"]),
    ],
)
def test_a_heading_glued_to_a_sentence_stands_alone(line: str, parts: list[str]) -> None:
    assert texts(line) == parts


@pytest.mark.parametrize(
    "line",
    [
        "一、总体情况：",
        "本报告包括一、总体情况；二、主动公开政府信息情况；六、其他需要报告的事项。",
        "按照“一、总体情况”部分的要求填写。",
        "二、主动公开政府信息情况及成效",
        "十二、概述",
    ],
)
def test_what_is_no_glued_heading_stays_whole(line: str) -> None:
    assert texts(line) == [line]


def test_a_numeral_above_its_words_is_joined_with_them() -> None:
    assert texts("二、", "主动公开政府信息情况", "正文。") == ["二、主动公开政府信息情况", "正文。"]
    assert texts("二、", "正文。") == ["二、", "正文。"]
    assert texts("二、") == ["二、"]


def test_tables_keep_their_place_among_the_parts() -> None:
    grid = Grid(())
    blocks = list(split_headings([Text("正文。二、主动公开政府信息情况", Locator()), grid, Text("完。", Locator())]))
    assert [type(block) for block in blocks] == [Text, Text, Grid, Text]
    assert all(one is not other for one, other in pairwise(blocks))


def headings(*lines: str) -> list[str]:
    return [section.heading for section in split_sections([Text(line, Locator()) for line in lines])]


def test_parts_that_the_form_does_not_have_are_sections_where_their_numeral_is_next() -> None:
    older = [
        "一、概述",
        "二、主动公开政府信息情况",
        "三、依申请公开政府信息情况",
        "四、收费及减免情况",
        "五、复议和诉讼情况",
        "六、监督检查",
        "七、存在的主要问题",
        "八、附表说明",
    ]
    assert headings(*(line for heading in older for line in (heading, "正文。"))) == older
    shifted = ["一、总体情况", "二、工作开展情况", "三、主动公开政府信息情况"]
    assert headings(*shifted) == shifted


def test_a_list_under_a_heading_is_no_section() -> None:
    assert headings("五、存在的主要问题及改进情况", "一、解读形式单一", "二、队伍不稳") == [
        "五、存在的主要问题及改进情况"
    ]
    assert headings("一、总体情况", "二、一是加强领导，健全制度；", "三、措施") == ["一、总体情况"]
    table = ["三、收到和处理政府信息公开申请情况", "四、结转下年度继续办理"]
    assert headings(*table) == table[:1]
