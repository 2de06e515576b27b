"""Ruled tables drawn by hand: what a PDF can do to a number."""

import io

import pytest
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.pdfgen.canvas import Canvas

from extract import Report, read_bytes

FONT = "STSong-Light"
TITLE = "东河县人民政府2022年政府信息公开工作年度报告"


def report_with(number: str, width: float) -> Report:
    """A first block of table 2 whose first figure is printed in a column of that width, in points."""
    registerFont(UnicodeCIDFont(FONT))
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(600, 400))
    canvas.setFont(FONT, 10)
    canvas.drawString(50, 380, TITLE)
    rows = [
        ["信息内容", "制发件数", "废止件数", "现行有效件数"],
        ["规章", number, "7", "8"],
        ["规范性文件", "9", "1", "2"],
    ]
    edges = [50, 150, 150 + width, 150 + 2 * width, 170 + 3 * width]
    for level in range(4):
        canvas.line(edges[0], 350 - 20 * level, edges[-1], 350 - 20 * level)
    for edge in edges:
        canvas.line(edge, 350, edge, 290)
    for level, row in enumerate(rows):
        for edge, text in zip(edges, row, strict=False):
            for line, part in enumerate(text.split("\n")):
                canvas.drawString(edge + 3, 342 - 20 * level - 9 * line, part)
    canvas.save()
    [report] = read_bytes(out.getvalue(), "drawn.pdf")
    return report


def test_number_that_fits_its_cell() -> None:
    report = report_with("10234", 45)
    assert report.figures["rules.made"] == 10234
    assert report.unsure == []


@pytest.mark.parametrize("number", ["1234567890", "12345678901", "123456789012"])
def test_number_too_long_for_its_cell_is_not_two_numbers(number: str) -> None:
    report = report_with(number, 45)
    assert {"rules.made", "rules.repealed"} <= set(report.unsure)
    assert report.figures["rules.in_force"] == 8


def test_number_on_two_lines_is_unsure() -> None:
    report = report_with("102\n34", 45)
    assert report.unsure == ["rules.made"]
    assert report.figures["rules.made"] == 10234
