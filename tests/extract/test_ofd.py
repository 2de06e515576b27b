"""OFD: the pages of a PDF written as OFD, and read again; no library that is at hand writes such files."""

import io
import json
import re
import zipfile
from collections.abc import Iterable, Sequence
from html import escape
from itertools import pairwise

import pytest

from extract import UnreadableFile, read_bytes
from extract.readers.ofd import read_ofd
from extract.readers.pdf_page import Page
from extract.readers.pdf_source import PdfSource
from simulator.generator import generate

DOCUMENT = generate(5, "pdf", ())
MM = 25.4 / 72
NAMESPACE = 'xmlns:ofd="http://www.ofdspec.org/2016"'


def ofd_file(pages: Sequence[str], **other: str) -> bytes:
    """An OFD whose pages have these objects on their layer."""
    entries = "".join(f'<ofd:Page ID="{n}" BaseLoc="Pages/Page_{n}/Content.xml"/>' for n in range(len(pages)))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        body = "<ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody>"
        archive.writestr("OFD.xml", f"<ofd:OFD {NAMESPACE}>{body}</ofd:OFD>")
        area = "<ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea>"
        archive.writestr(
            "Doc_0/Document.xml",
            f"<ofd:Document {NAMESPACE}><ofd:CommonData>{area}</ofd:CommonData>"
            f"<ofd:Pages>{entries}</ofd:Pages></ofd:Document>",
        )
        for number, objects in enumerate(pages):
            archive.writestr(
                f"Doc_0/Pages/Page_{number}/Content.xml",
                f"<ofd:Page {NAMESPACE}><ofd:Content><ofd:Layer>{objects}</ofd:Layer></ofd:Content></ofd:Page>",
            )
    return out.getvalue()


def text(x: float, baseline: float, size: float, content: str, steps: str = "") -> str:
    return (
        f'<ofd:TextObject Boundary="{x} {baseline - size} 99 9" Size="{size}">'
        f'<ofd:TextCode X="0" Y="{size}" DeltaX="{steps}">{escape(content)}</ofd:TextCode></ofd:TextObject>'
    )


def path(data: str) -> str:
    return f'<ofd:PathObject Boundary="0 0 210 297"><ofd:AbbreviatedData>{data}</ofd:AbbreviatedData></ofd:PathObject>'


def objects(page: Page) -> Iterable[str]:
    """The characters and lines of a page as objects of OFD; those of a line of text in one, with their steps."""
    run: list[tuple[float, float, float, str]] = []
    for char in [*page.chars, None]:
        new = None if char is None else (char.x0 * MM, char.bottom * MM, (char.bottom - char.top) * MM, char.text)
        if run and (new is None or abs(new[1] - run[0][1]) > 0.01 or new[0] < run[-1][0]):
            steps = " ".join(f"{b[0] - a[0]:.4f}" for a, b in pairwise(run))
            yield text(run[0][0], run[0][1] - 0.12 * run[0][2], run[0][2], "".join(one[3] for one in run), steps)
            run = []
        if new is not None:
            run.append(new)
    for shape in page.shapes:
        x0, top, x1, bottom = (length * MM for length in shape[1:5])
        rest = f"L {x1} {top} L {x1} {bottom} L {x0} {bottom} C" if shape.kind == "rect" else f"L {x1} {bottom}"
        yield path(f"M {x0} {top} {rest}")


def converted(body: bytes) -> bytes:
    with PdfSource(body, "x") as source:
        pages = [next(iter(source.readings(number))) for number in range(1, source.page_count + 1)]
        return ofd_file(["".join(objects(page)) for page in pages])


@pytest.mark.parametrize("seed", [5, 6])
def test_a_report_is_read_as_from_the_pdf_with_the_same_pages(seed: int) -> None:
    document = generate(seed, "pdf", ())
    [report] = read_bytes(converted(document.files[0][1]), "report.ofd")
    assert report.figures == document.report.figures
    assert (report.reader, report.status, report.agency) == ("ofd", "complete", document.report.agency)
    place = json.loads(next(iter(report.cells.values())).locator)
    assert place.keys() == {"page", "box"}


def test_steps_are_repeated_and_a_turned_object_is_put_in_place() -> None:
    line = text(20, 30, 4, "一、总体情况", "g 5 4")
    scaled = '<ofd:TextObject Boundary="20 40 99 9" Size="2" CTM="2 0 0 2 0 0">'
    scaled += '<ofd:TextCode X="0" Y="2" DeltaX="g 4 2">政府信息公</ofd:TextCode></ofd:TextObject>'
    hidden = line.replace("<ofd:TextObject", '<ofd:TextObject Visible="false"')
    blocks = read_ofd(ofd_file([line + scaled + hidden]), "x").blocks
    assert [block.text for block in blocks if not hasattr(block, "cells")] == ["一、总体情况政府信息公"]


@pytest.mark.parametrize("kind", ["ImageObject", "CompositeObject"])
def test_figure_that_is_a_picture_is_unsure_not_blank(kind: str) -> None:
    with PdfSource(DOCUMENT.files[0][1], "x") as source:
        pages = [list(objects(next(iter(source.readings(n))))) for n in range(1, source.page_count + 1)]
    figures = [(page, at) for page in pages for at, one in enumerate(page) if re.search(r">\d+</ofd:TextCode>", one)]
    page, at = figures[len(figures) // 2]
    x, y = re.findall(r'Boundary="(\S+) (\S+) ', page[at])[0]
    page[at] = f'<ofd:{kind} Boundary="{x} {y} 3 3" ResourceID="9"/>'
    [report] = read_bytes(ofd_file(["".join(page) for page in pages]), "report.ofd")
    assert len(report.unsure) == 1


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (ofd_file([path("M 0 0 L 9 9")]), "scan"),
        (ofd_file([""] * 201), "too_large"),
        (ofd_file([text(0, 9, 4, "字")])[:-200], "damaged"),
    ],
    ids=["no text", "many pages", "cut short"],
)
def test_bad_files_are_refused_by_reason(body: bytes, kind: str) -> None:
    with pytest.raises(UnreadableFile) as raised:
        read_ofd(body, "bad.ofd")
    assert (raised.value.path, raised.value.kind) == ("bad.ofd", kind)
