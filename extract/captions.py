"""What the lines directly above a table say about its figures: another year, or a unit of money."""

import re
from collections.abc import Sequence

from extract.headings import is_report_heading
from extract.labels import is_corner_note, is_page_number, is_rubric, squash
from extract.titles import read_title

_LONGEST_CAPTION = 40
# Not the year of a date (2022年1月20日) or of a document number (〔2021〕30号).
_YEAR = re.compile(r"(?<![\d〔\[])(20[0-4]\d)年(?!\d|[)\]〕]第?\d)")
_FORM_HEAD = re.compile(r"\(?(?:计量)?单位|填[报表]|[制报]表|审核|负责人|联系")
_UNIT = re.compile(r"(?:单位|\()[^)]*?(亿元|万元|元)")


def caption_years(lines: Sequence[str]) -> frozenset[int]:
    """The years that the caption of a table names.

    ``lines`` are those since the table before, the last directly above. The caption is the last of them that says more
    than a unit, a page or an article; a heading or title of the report is none, nor is a sentence.
    """
    for line in reversed(lines):
        squashed = squash(line)
        is_layout = is_rubric(line) or is_page_number(line) or is_corner_note(line)
        if not squashed or is_layout or _FORM_HEAD.match(squashed):
            continue
        if len(squashed) > _LONGEST_CAPTION or is_report_heading(line) is not None or read_title(line) is not None:
            break
        return frozenset(int(year) for year in _YEAR.findall(squashed))
    return frozenset()


def stated_unit(lines: Sequence[str]) -> str | None:
    """The unit of money that the lines above a table state last (单位：元), or None."""
    short = (squashed for line in reversed(lines) if len(squashed := squash(line)) <= _LONGEST_CAPTION)
    return next((match[1] for squashed in short if (match := _UNIT.search(squashed))), None)
