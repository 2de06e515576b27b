"""The narrative: sections by heading, and the lines around them."""

from collections.abc import Iterable, Sequence

from extract.document import Block, Grid, Text
from extract.headings import is_report_heading
from extract.labels import is_corner_note, is_page_number, is_rubric, squash
from extract.report import Section
from extract.titles import read_title

_LONGEST_TITLE = 60

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


def split_reports(blocks: Sequence[Block]) -> list[Sequence[Block]]:
    """The blocks of each report on a page: another begins where, after a table, section one begins again.

    The title above that heading, where there is one, goes with it.
    """
    starts = [0]
    last_heading, has_table, has_heading = 0, False, False
    for position, block in enumerate(blocks):
        if isinstance(block, Grid):
            has_table = has_heading
            continue
        section = is_report_heading(block.text)
        if section == 1 and has_table:
            titles = (p for p in range(position - 1, last_heading, -1) if _is_title(blocks[p]))
            starts.append(next(titles, position))
            has_table = False
        if section is not None:
            last_heading, has_heading = position, True
    return [blocks[start:end] for start, end in zip(starts, [*starts[1:], len(blocks)], strict=True)]


def _is_title(block: Block) -> bool:
    return isinstance(block, Text) and len(block.text) < _LONGEST_TITLE and read_title(block.text) is not None


def _is_page_foot(line: str) -> bool:
    squashed = squash(line)
    return len(squashed) < 40 and any(squashed.startswith(squash(words)) for words in _PAGE_FOOT)
