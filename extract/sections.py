"""The narrative: sections by heading, and the lines around them."""

from collections.abc import Iterable, Sequence

from extract.document import Block, Grid, Text
from extract.headings import is_report_heading
from extract.labels import is_corner_note, is_page_number, is_rubric, squash
from extract.report import Section

# Lines that end the report where the page goes on below it in the same element.
_PAGE_FOOT = (
    "【打印】",
    "打印本页",
    "关闭窗口",
    "版权所有",
    "扫一扫",
    "上一篇",
    "下一篇",
    "相关附件",
    "相关链接",
    "分享到",
    "责任编辑",
)


def preamble(blocks: Iterable[Block]) -> list[str]:
    """The lines before the first section heading: title, publishing details, introduction."""
    lines = []
    for block in blocks:
        if isinstance(block, Grid):
            continue
        if is_report_heading(block.text) is not None:
            break
        if block.text:
            lines.append(block.text)
    return lines


def split_sections(blocks: Sequence[Block]) -> list[Section]:
    """The sections as printed: a heading opens one, tables are left out, the page's foot ends the last."""
    sections: list[Section] = []
    heading: str | None = None
    lines: list[str] = []
    for block in blocks:
        if not isinstance(block, Text) or not block.text:
            continue
        if is_report_heading(block.text) is not None:
            if heading is not None:
                sections.append(Section(heading, "\n".join(lines)))
            heading, lines = block.text, []
        elif heading is not None and _is_page_foot(block.text):
            break
        elif not (is_rubric(block.text) or is_corner_note(block.text) or is_page_number(block.text)):
            lines.append(block.text)
    if heading is not None:
        sections.append(Section(heading, "\n".join(lines)))
    return sections


def _is_page_foot(line: str) -> bool:
    squashed = squash(line)
    return len(squashed) < 40 and any(squashed.startswith(squash(words)) for words in _PAGE_FOOT)
