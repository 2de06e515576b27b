"""The narrative: sections by heading, and the lines around them."""

from collections.abc import Iterable, Sequence

from extract.agencies import same_agency
from extract.document import Block, Grid, Text
from extract.headers import find_header
from extract.headings import is_next_heading, is_report_heading
from extract.indicator_rows import is_indicator_table
from extract.labels import is_corner_note, is_page_number, is_rubric, squash
from extract.report import Section
from extract.titles import TitleReading, read_title

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
        is_next = heading is not None and is_next_heading(block.text, heading)
        if is_next or is_report_heading(block.text) is not None:
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


def split_reports(blocks: Sequence[Block], titles: Sequence[str] = ()) -> list[Sequence[Block]]:
    """The blocks of each report on a page; ``titles`` are those that the source states about itself.

    Another begins where, after a table, section one begins again (the title above that heading, where there is one,
    goes with it), or where between two tables a title of another agency or year stands.
    """
    starts = [0]
    known = [reading for title in titles if (reading := read_title(title)) is not None]
    last_heading, has_table, has_heading = 0, False, False
    for position, block in enumerate(blocks):
        if isinstance(block, Grid):
            has_table = has_heading
            continue
        reading, section = _title(block), is_report_heading(block.text)
        is_another = reading is not None and _is_another(reading, known)
        if is_another and _has_table(blocks[starts[-1] : position]) and _has_table(blocks[position:]):
            starts.append(position)
            known, has_table = [], False
        if reading is not None:
            known.append(reading)
        if section == 1 and has_table:
            above = (p for p in range(position - 1, last_heading, -1) if _title(blocks[p]))
            starts.append(next(above, position))
            known = [title for line in blocks[starts[-1] : position] if (title := _title(line)) is not None]
            has_table = False
        if section is not None:
            last_heading, has_heading = position, True
    return [blocks[start:end] for start, end in zip(starts, [*starts[1:], len(blocks)], strict=True)]


def _title(block: Block) -> TitleReading | None:
    return read_title(block.text) if isinstance(block, Text) and len(block.text) < _LONGEST_TITLE else None


def _is_another(title: TitleReading, known: Sequence[TitleReading]) -> bool:
    """Whether a title names an agency or a year that none of the titles known does, though they name some."""
    years = {reading.year for reading in known if reading.year}
    agencies = [reading.agency for reading in known if reading.agency]
    if title.year is not None and years and title.year not in years:
        return True
    return bool(title.agency and agencies) and not any(
        same_agency(title.agency, agency) and same_agency(agency, title.agency) for agency in agencies
    )


def _has_table(blocks: Sequence[Block]) -> bool:
    """Whether a grid among the blocks has the header of an official table, or is a table of indicators."""
    grids = (block for block in blocks if isinstance(block, Grid))
    return any(
        is_indicator_table(grid) or any(find_header(grid, row) is not None for row in range(grid.row_count))
        for grid in grids
    )


def _is_page_foot(line: str) -> bool:
    squashed = squash(line)
    return len(squashed) < 40 and any(squashed.startswith(squash(words)) for words in _PAGE_FOOT)
