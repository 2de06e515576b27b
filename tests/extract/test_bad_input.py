"""Bad input: a clear error or a report with findings, never another exception, never without end."""

import contextlib
import io
from datetime import date
from types import MappingProxyType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from extract import UnreadableFile, read_bytes, read_file
from extract.forms import load_form
from simulator.pdf import pdf
from simulator.render import html_body, tab_text
from simulator.reports import SimulatedReport

TITLE = "东河县人民政府2022年政府信息公开工作年度报告"
CELLS = [
    cell
    for cell in load_form("2021").cells()
    if not (cell.code.startswith("applications.other.") and cell.code.count(".") == 2)
]
REPORT = SimulatedReport(
    agency="东河县人民政府",
    year=2022,
    form="2021",
    title=TITLE,
    figures=MappingProxyType({cell.code: n for n, cell in enumerate(CELLS)}),
    published_on=date(2023, 1, 20),
    sections=(("统计期限自2022年1月1日至2022年12月31日。",), (), (), (), ("从略。",), ("无。",)),
)
PAGE = f'<html><head><meta charset="utf-8"><title>{TITLE}</title></head><body>{html_body(REPORT)}</body></html>'
PDF = pdf(REPORT)
GKMLPT = (
    "<html><body><script>window._CONFIG = {DETAIL: " + '{"title": "%s", "content": "%s"}}</script></body></html>'
) % (TITLE, html_body(REPORT).replace('"', "'").replace("\n", "").replace("<", "\\u003C"))


def locked_pdf() -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, encrypt=StandardEncryption("secret", canPrint=0))
    canvas.drawString(100, 700, TITLE)
    canvas.save()
    return out.getvalue()


def picture_pdf() -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out)
    canvas.rect(100, 100, 300, 500, fill=1)
    canvas.save()
    return out.getvalue()


UNREADABLE = [
    ("nothing", b"", "empty"),
    ("white space", b" \r\n\t \n", "empty"),
    ("comment only", b"<!-- nothing -->", "empty"),
    ("doctype only", b"<!DOCTYPE html>", "empty"),
    ("page without tables", b"<html><body><p>hello</p></body></html>", "not_a_report"),
    ("error page", b"<html><title>404 Not Found</title><body><h1>404</h1></body></html>", "not_a_report"),
    (
        "title without tables",
        f"<html><title>{TITLE}</title><body><p>一、总体情况</p></body></html>".encode(),
        "no_report",
    ),
    ("bytes of no encoding", b"<html><body>" + bytes(range(128, 256)) * 20, "encoding"),
    ("binary", bytes(range(256)) * 20, "unsupported"),
    ("office file", b"PK\x03\x04" + b"x" * 100, "damaged"),
    ("picture", b"\xff\xd8\xff\xe0" + b"x" * 100, "damaged"),
    ("pdf header only", b"%PDF-1.4\n", "damaged"),
    ("locked pdf", locked_pdf(), "damaged"),
    ("pdf of a picture", picture_pdf(), "scan"),
    *((f"pdf cut at {n} %", PDF[: len(PDF) * n // 100], "damaged") for n in (2, 30, 60, 95)),
    ("script cut short", GKMLPT[: len(GKMLPT) // 2].encode(), "not_a_report"),
    ("script that is not json", GKMLPT.replace('"title"', "title").encode(), "not_a_report"),
    ("script with an endless list", b"<script>DETAIL: {" + b'"a":[' * 100_000 + b"</script><p>x</p>", "not_a_report"),
    ("nested too deep", b"<div>" * 5000 + b"x" + b"</div>" * 5000, "damaged"),
    ("10 MB of nested tables", b"<table><tr><td>" * 300_000 + b"x" + b"</td></tr></table>" * 300_000, "damaged"),
    ("10 MB of tables", b"<table><tr><td>1</td><td>2</td></tr></table>" * 230_000, "not_a_report"),
    ("10 MB of text", b"1\t" * 5_000_000, "not_a_report"),
]


@pytest.mark.parametrize(("name", "body", "kind"), UNREADABLE, ids=[case[0] for case in UNREADABLE])
def test_unreadable_input_names_file_kind_and_reason(name: str, body: bytes, kind: str) -> None:
    with pytest.raises(UnreadableFile) as raised:
        read_bytes(body, name)
    assert (raised.value.path, raised.value.kind) == (name, kind)
    assert len(raised.value.message) > 10
    assert str(raised.value).startswith(name)


def test_missing_file_is_named() -> None:
    with pytest.raises(UnreadableFile, match=r"no-such-report\.html") as raised:
        read_file("no-such-report.html")
    assert raised.value.kind == "not_found"


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (PAGE.encode("gb18030"), None),
        (PAGE.encode("gb18030"), "text/html; charset=utf-8"),
        (PAGE.replace("utf-8", "gb2312").encode(), "text/html; charset=gbk"),
        (PAGE.encode("utf-16"), None),
        (PAGE.encode("utf-8-sig"), None),
        (PAGE.encode() + b"\x00" * 50, None),
        (GKMLPT.encode(), None),
        (b"<div>" * 200 + PAGE.encode() + b"</div>" * 200, None),
        (tab_text(REPORT).encode("gb18030"), None),
    ],
    ids=["gbk", "gbk called utf-8", "utf-8 called gbk", "utf-16", "bom", "nul bytes", "script", "deep", "gbk text"],
)
def test_odd_but_readable_input_is_read_exactly(body: bytes, content_type: str | None) -> None:
    [report] = read_bytes(body, "odd", content_type=content_type)
    assert {code: value for code, value in report.figures.items() if value != REPORT.figures[code]} == {}
    assert len(report.cells) == 200
    assert (report.agency, report.year, report.unsure) == ("东河县人民政府", 2022, [])


@pytest.mark.parametrize("span", ["colspan=100000 rowspan=65534", "colspan=1000", "rowspan=0", "colspan=x rowspan=-3"])
def test_absurd_spans_end_in_doubt_and_soon(span: str) -> None:
    try:
        [report] = read_bytes(PAGE.replace("<td>", f"<td {span}>").encode(), "spans")
    except UnreadableFile:
        return
    certain = {code: f.value for code, f in report.cells.items() if f.status != "unsure"}
    assert {code: value for code, value in certain.items() if value != REPORT.figures[code]} == {}


SOURCES = {"html": PAGE.encode(), "gkmlpt": GKMLPT.encode(), "text": tab_text(REPORT).encode(), "pdf": PDF}


@settings(max_examples=30, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_mutated_files_raise_nothing_else(data: st.DataObject) -> None:
    """Bytes cut out, doubled or changed anywhere: reports or UnreadableFile."""
    name = data.draw(st.sampled_from([*SOURCES, "html"]))
    body = bytearray(SOURCES[name])
    for _ in range(data.draw(st.integers(1, 6))):
        start = data.draw(st.integers(0, len(body) - 1))
        end = start + data.draw(st.integers(0, 200))
        body[start:end] = data.draw(st.one_of(st.binary(max_size=20), st.just(bytes(body[start:end]) * 2)))
    with contextlib.suppress(UnreadableFile):
        assert all(report.cells for report in read_bytes(bytes(body), name))
