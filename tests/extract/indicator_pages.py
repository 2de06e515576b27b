"""Tables of the form of 2014 made for tests: every indicator prints another number."""

from collections.abc import Sequence
from html import escape

from extract.forms import load_form
from extract.report import Report

ROWS = load_form("2014").table("stat").blocks[0].rows
FIGURES = {row.key: number for number, row in enumerate(ROWS, start=101)}
TITLE = "东河县人民政府2017年政府信息公开工作年度报告"
CAPTION = "政府信息公开情况统计表（2017年度）"
HEADER = ("指标名称", "单位", "统计数")
NO_FIGURE = "————"

Lines = list[tuple[str, ...]]


def _bare(label: str) -> str:
    return label.partition("（不同")[0]


def lines(figures: dict[str, str] | None = None) -> Lines:
    """Label, unit and figure of every row as printed, headings with dashes; ``figures`` replace the numbers."""
    texts = {code: str(number) for code, number in FIGURES.items()} | (figures or {})
    with_figure = {_bare(row.label) for row in ROWS}
    printed: dict[str, None] = {}
    found: Lines = []
    for row in ROWS:
        for label in row.path:
            if label not in printed and label not in with_figure:
                found.append((label, NO_FIGURE, NO_FIGURE))
            printed[label] = None
        found.append((row.label, row.unit, texts[row.key]))
    return found


def is_heading(line: Sequence[str]) -> bool:
    return line[-1] == NO_FIGURE


def table(rows: Sequence[Sequence[str]]) -> str:
    return "<table>" + "".join(f"<tr>{''.join(f'<td>{escape(c)}</td>' for c in row)}</tr>" for row in rows) + "</table>"


def page(*parts: str, title: str = TITLE, caption: str = CAPTION) -> bytes:
    """A page with a narrative and, below, these pieces of markup."""
    head = f"<h1>{title}</h1><p>一、概述</p><p>全县政府信息公开工作有序推进。</p><p>{caption}</p>"
    return f"<html><body><div>{head}{''.join(parts)}</div></body></html>".encode()


def wrong(report: Report, truth: dict[str, int] = FIGURES) -> dict[str, object]:
    """Figures that pass for certain, are not the printed ones, and that no warning names."""
    named = {code for finding in report.findings if finding.severity != "info" for code in finding.codes}
    return {
        code: figure.value
        for code, figure in report.cells.items()
        if figure.status != "unsure" and code not in named and figure.value != truth.get(code, "no such cell")
    }
