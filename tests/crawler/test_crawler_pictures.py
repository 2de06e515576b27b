"""Reports that a page only shows: as pictures of their pages, in a viewer, or handed out under a number."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from crawling import Answer, Scripted, captures, column, crawl, scripted
from scrapy.http import HtmlResponse

from crawler.listing import attachments
from crawler.pictures import report_pictures

TITLE = "石笋区水务局2023年政府信息公开工作年度报告"
OTHER = "石笋区第二街道2022年政府信息公开工作年度报告"
PICTURE = Answer(b"\x89PNG\r\n\x1a\n" + bytes(range(256)), headers={"Content-Type": "image/png"})
PDF = Answer(b"%PDF-1.7\n" + b"%" * 500, headers={"Content-Type": "application/pdf"})
SCANNED = """<html><head><title>年报</title></head><body><div class="top"><img src="/images/logo.png"></div>
<div class="TRS_Editor"><p>{}</p><p><img src="./W020240119_1.jpg" width="900"></p><p><img src="W020240119_2.png"></p>
<p><img src="/images/icon_pdf.png"><img src="W3.png" style="width: 20px"><img src="data:image/png;base64,iVBO"></p>
</div><div class="share"><img src="/images/share.png"></div>{}</body></html>"""
FIGURES = f"<table><tr>{'<td>12</td>' * 12}</tr></table>"
PATH = "/nb/202401/t20240119_7.html"
PADDING = "<p>正文。</p>" * 60


def page(text: str) -> HtmlResponse:
    return HtmlResponse(f"http://www.example.gov.cn{PATH}", body=text.encode(), encoding="utf-8")


def test_pictures_in_the_body_are_pages_of_the_report() -> None:
    folder = "http://www.example.gov.cn/nb/202401/"
    assert report_pictures(page(SCANNED.format("", ""))) == [f"{folder}W020240119_1.jpg", f"{folder}W020240119_2.png"]


def test_a_page_with_a_table_of_figures_needs_no_pictures() -> None:
    assert report_pictures(page(SCANNED.format("", FIGURES))) == []


def test_an_information_table_is_no_table_of_figures() -> None:
    table = "<table><tr><td>索引号</td><td>000014</td><td>文号</td><td></td></tr></table>"
    assert len(report_pictures(page(SCANNED.format("", table)))) == 2


def test_pictures_of_the_site_around_an_article_are_left() -> None:
    assert report_pictures(page('<div id="side"><img src="/a/big.jpg"></div><div class="TRS_Editor">文</div>')) == []


def test_the_body_is_what_the_portal_marks_as_such() -> None:
    marked = '<img src="/big.jpg"><meta name="ContentStart"><p><img src="/att/1.jpg"></p><meta name="ContentEnd">'
    assert report_pictures(page(marked)) == ["http://www.example.gov.cn/att/1.jpg"]


def test_pictures_that_are_loaded_late_are_found_by_their_own_address() -> None:
    late = '<div id="zoom"><img src="/common/blank.png" data-original="/att/1.jpg"></div>'
    assert report_pictures(page(late)) == ["http://www.example.gov.cn/att/1.jpg"]


def test_more_pictures_than_a_report_has_pages_are_something_else() -> None:
    pictures = "".join(f'<img src="{n}.jpg">' for n in range(101))
    assert report_pictures(page(f'<div id="zoom">{pictures}</div>')) == []


@pytest.mark.parametrize(
    ("markup", "found"),
    [
        ('<iframe src="/pdfjs/web/viewer.html?file=/files/report.pdf"></iframe>', "/files/report.pdf"),
        ('<iframe src="/view?type=1&path=%2Ffiles%2Freport.ofd"></iframe>', "/files/report.ofd"),
        ('<object><param name="src" value="report.pdf"></object>', "/nb/202401/report.pdf"),
        ('<embed src="./P020240119.PDF#toolbar=0">', "/nb/202401/P020240119.PDF"),
        ("""<a href="#" onclick="window.open('/files/report.docx')">附件</a>""", "/files/report.docx"),
        ('<a href="/attach/down?id=77">附件1：2023年年报.xls</a>', "/attach/down?id=77"),
        ('<a href="report.zip">年报</a>', "/nb/202401/report.zip"),
        ('<script>PDFObject.embed("/files/report.pdf", "#show");</script>', "/files/report.pdf"),
    ],
)
def test_a_file_is_found_however_the_page_holds_it(markup: str, found: str) -> None:
    assert [url for url, _ in attachments(page(markup))] == [f"http://www.example.gov.cn{found}"]


def test_a_link_to_another_article_is_no_file_whatever_its_title_ends_with() -> None:
    assert attachments(page('<a href="/nb/202401/t20240119_8.html">另一年报.pdf</a>')) == []


@pytest.fixture
def portal() -> Iterator[Scripted]:
    folder = "/nb/202401"
    with scripted(
        lambda base: {
            "/nb/": column(f"./202401/t20240119_7.html {TITLE}", f"./202401/t20240119_8.html {OTHER}"),
            PATH: Answer(SCANNED.format("", PADDING).encode()),
            f"{folder}/t20240119_8.html": Answer(SCANNED.format("", FIGURES + PADDING).encode()),
            f"{folder}/W020240119_1.jpg": PICTURE,
            f"{folder}/W020240119_2.png": Answer(b"\x89PNG" + b"2" * 400, headers={"Content-Type": "image/png"}),
        }
    ) as running:
        yield running


def test_the_pictures_of_a_report_are_archived_as_its_attachments(portal: Scripted, tmp_path: Path) -> None:
    run = crawl([portal.entry("shown")], tmp_path)["shown"]
    kept = [capture for capture, _ in captures(tmp_path, "attachment")]

    assert (run["outcome"], run["attachments"]) == ("ok", 2), run["failures"]
    assert [capture.url.rpartition("_")[2] for capture in kept] == ["1.jpg", "2.png"]
    assert {(capture.title, capture.parent_url) for capture in kept} == {(TITLE, portal.base_url + PATH)}
