"""Small reports and captures for the tests of the archive."""

from datetime import UTC, datetime, timedelta

from archive import Archive, Capture
from extract.report import Claim, Figure, Finding, Quantity, Report, Section

START = datetime(2024, 3, 1, 8, 0, 0, 250, tzinfo=UTC)
ARTICLE = "http://www.example.gov.cn/art/2024/1/1.html"
FINDING = Finding(
    "form.row", "warning", "表三缺少一行", "Table 3 lacks a row", ("applications.refused.third_party.total",)
)
BALANCE = Finding(
    "applications.balance", "error", "收支不平衡", "Received and concluded do not balance",
    ("applications.concluded.natural", "applications.received.natural"), 11, 12.5,
)  # fmt: skip


def figure(code: str, value: int | float | None, raw: str | None = None, status: str | None = None) -> Figure:
    found = status or ("blank" if value is None else "reported")
    return Figure(code, value, str(value) if raw is None else raw, found, '{"table":2,"row":3}')  # type: ignore[arg-type]


def make_report(**changes: object) -> Report:
    fields: dict[str, object] = {
        "file": ARTICLE,
        "title": "洪泽区人民政府2023年政府信息公开工作年度报告",
        "agency": "淮安市洪泽区人民政府",
        "year": 2023,
        "form": "2021",
        "status": "complete",
        "reader": "html",
        "cells": [
            figure("review.upheld", 10),
            figure("fees.amount", 0.5),
            figure("rules.made", 0),
            figure("review.other", None, "/"),
        ],
        "sections": [Section("一、总体情况", "收到申请21件。")],
        "claims": [Claim("applications.received.total", 21, False, "全区收到申请21件。", "一、总体情况", "area")],
        "findings": [FINDING],
        "quantities": [
            Quantity("申请总数/其中：当面", "本期实际", "条", 3, "3", '{"table":4,"row":2}'),
            Quantity("收取费用总数", "本期实际", "元", None, "/", '{"table":4,"row":3}'),
        ],
        "period": ("2023-01-01", "2023-12-31"),
    } | changes
    fields["cells"] = {f.code: f for f in fields["cells"]}  # type: ignore[attr-defined]
    return Report(**fields)  # type: ignore[arg-type]


def add(
    archive: Archive, body: bytes = b"<html>1</html>", url: str = ARTICLE, day: int = 0, **changes: object
) -> Capture:
    fields: dict[str, object] = {"kind": "article", "fetched_at": START + timedelta(days=day)} | changes
    return archive.add_capture(url=url, body=body, **fields)  # type: ignore[arg-type]


def dump(archive: Archive) -> list[str]:
    return list(archive.db.conn.iterdump())
