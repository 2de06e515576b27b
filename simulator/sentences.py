"""The narrative of made-up reports, in plain words of our own; every figure in it is one of the tables'."""

import random
from collections.abc import Mapping

from extract.report import Number

_MEASURES = (
    "明确专人负责信息发布，发布前由科室和保密员两级审核",
    "重新整理了网站的公开栏目，清理失效链接和重复内容",
    "把政策文件和解读材料关联发布，方便群众对照阅读",
    "在办事大厅设置查阅点，提供打印和咨询服务",
    "组织经办人员学习条例，讨论答复文书的写法",
    "更新主动公开目录，按目录逐项核对公开情况",
    "开通电话预约，为老年人提供当面查阅的便利",
    "对下属单位的公开内容每季度抽查一次，发现问题当场告知",
    "公开重大项目的进展，回应周边居民关心的事项",
    "将会议议定事项中可以公开的部分整理后上网",
)
_PROBLEMS = (
    ("个别栏目更新不够及时", "建立更新台账，按月检查"),
    ("解读材料形式单一", "增加图表和问答形式"),
    ("经办人员变动较多，业务不够熟练", "安排业务培训，编写工作手册"),
    ("答复文书说理不够充分", "统一文书样式，由法制人员把关"),
    ("群众查找信息不够方便", "改进站内检索，增加分类导航"),
    ("基层单位公开意识有待加强", "加强日常指导，定期通报情况"),
)

Figures = Mapping[str, Number | None]


def sections(agency: str, year: int, figures: Figures) -> tuple[tuple[str, ...], ...]:
    """The paragraphs under each of the six headings; the same for the same agency and year."""
    rng = random.Random(f"{agency}/{year}/words")  # noqa: S311  words, not secrets
    measures = rng.sample(_MEASURES, 3)
    problems = rng.sample(_PROBLEMS, 2)
    overview = (
        f"本报告由{agency}编制，所列数据的统计期限自{year}年1月1日起至{year}年12月31日止。",
        f"（一）主动公开情况。{measures[0]}；{measures[1]}。{_documents(figures)}",
        f"（二）依申请公开情况。{_applications(figures)}",
        f"（三）监督保障情况。{measures[2]}。",
    )
    improvement = (
        f"一是{problems[0][0]}，二是{problems[1][0]}。",
        f"针对上述问题，下一步将{problems[0][1]}；{problems[1][1]}。",
    )
    return (overview, (), (), (), improvement, ("本年度未收取信息处理费。",))


def _applications(figures: Figures) -> str:
    prefix = "applications"
    return (
        f"本年新收政府信息公开申请{figures[f'{prefix}.received.total']}件，"
        f"上年结转{figures[f'{prefix}.carried_in.total']}件；"
        f"办结{figures[f'{prefix}.concluded.total']}件，"
        f"结转下年度继续办理{figures[f'{prefix}.carried_out.total']}件。"
        f"办结的申请中，予以公开{figures[f'{prefix}.granted.total']}件，"
        f"部分公开{figures[f'{prefix}.partly_granted.total']}件。"
    )


def _documents(figures: Figures) -> str:
    if "normative.in_force" not in figures:
        return f"新制作规范性文件{figures['normative.made']}件。"
    return (
        f"制发行政规范性文件{figures['normative.made']}件，废止{figures['normative.repealed']}件，"
        f"现行有效{figures['normative.in_force']}件。"
    )
