"""Reports of any form, with any figures, in any format and with any oddities; the same for the same seed.

They feed tests, the measurement of accuracy and benchmarks: what each prints is known.
"""

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from extract.forms import form_for_year
from simulator import shapes_office, shapes_print, shapes_web
from simulator.agencies import Agency
from simulator.figures import AgencyFigures
from simulator.oddities import LAYOUT_ODDITIES, ODDITIES, REPORT_ODDITIES
from simulator.printed import PrintedReport, printed
from simulator.reports import SimulatedReport
from simulator.shapes_web import Files

_PLACES = ("岚港市", "岚港市望汐区", "岚港市澄川县", "枫渡县", "枫渡县石桥镇", "岚港市望汐区柳湾街道")
_OFFICES = (
    "人民政府办公室",
    "财政局",
    "住房和城乡建设局",
    "卫生健康委员会",
    "市场监督管理局",
    "人力资源和社会保障局",
    "发展和改革局",
    "文化广电旅游体育局",
    "农业农村局",
    "审计局",
)


@dataclass(frozen=True)
class Shape:
    """A way to publish a report.

    ``files`` makes them; ``converted`` is (from, to): LibreOffice then converts the first. ``is_scan``: only pictures;
    ``is_folder``: all the files are to be opened together; ``needs_font``: a Chinese TrueType font must be installed.
    """

    name: str
    files: Callable[[PrintedReport, random.Random], Files]
    converted: tuple[str, str] | None = None
    is_scan: bool = False
    is_folder: bool = False
    needs_font: bool = False


SHAPES = {
    shape.name: shape
    for shape in (
        Shape("html_plain", shapes_web.plain),
        Shape("html_word", shapes_web.word),
        Shape("html_paragraphs", shapes_web.paragraphs),
        Shape("html_nested", shapes_web.nested),
        Shape("html_in_script", shapes_web.in_script),
        Shape("html_cut", shapes_web.cut),
        Shape("text_tabs", shapes_web.tabs),
        Shape("pdf", shapes_print.pdf),
        Shape("pdf_embedded_font", shapes_print.embedded_pdf, needs_font=True),
        Shape("pdf_libreoffice", shapes_office.word_file, ("docx", "pdf")),
        Shape("docx", shapes_office.word_file),
        Shape("docx_libreoffice", shapes_web.plain, ("html", "docx")),
        Shape("doc", shapes_office.word_file, ("docx", "doc")),
        Shape("rtf", shapes_office.word_file, ("docx", "rtf")),
        Shape("xlsx", shapes_office.workbook),
        Shape("xls", shapes_office.workbook, ("xlsx", "xls")),
        Shape("page_linking_docx", shapes_office.linked_word),
        Shape("page_linking_xlsx", shapes_office.linked_sheet),
        Shape("zip", shapes_office.zipped),
        Shape("png", shapes_print.pictures, is_scan=True, is_folder=True, needs_font=True),
        Shape("scan_200", shapes_print.scan, is_scan=True, needs_font=True),
        Shape("photographs", shapes_print.photographs, is_scan=True, is_folder=True, needs_font=True),
    )
}


@dataclass(frozen=True)
class GeneratedDocument:
    """A document and what it prints: ``report`` has agency, year and figures; ``files[0]`` is the one to open."""

    seed: int
    shape: Shape
    oddities: tuple[str, ...]
    report: SimulatedReport
    files: Files


def generate(seed: int, shape: str, oddities: Iterable[str] | None = None) -> GeneratedDocument:
    """The document of a seed in a shape (a key of :data:`SHAPES`).

    ``oddities`` are names of :data:`simulator.oddities.ODDITIES`; None draws up to three at random. RuntimeError where
    the shape needs LibreOffice and it is not installed.
    """
    return next(generate_many([(seed, shape)], oddities))


def generate_many(
    wanted: Iterable[tuple[int, str]], oddities: Iterable[str] | None = None, *, batch_size: int = 40
) -> Iterator[GeneratedDocument]:
    """The documents of (seed, shape) pairs, in their order; neighbours of one shape are converted in one go."""
    chosen = None if oddities is None else tuple(oddities)
    for name, pairs in groupby(wanted, key=lambda pair: pair[1]):
        shape = SHAPES[name]
        seeds = [seed for seed, _ in pairs]
        for start in range(0, len(seeds), batch_size):
            drafts = [_draft(seed, shape, chosen) for seed in seeds[start : start + batch_size]]
            yield from drafts if shape.converted is None else _converted(drafts, *shape.converted)


def _draft(seed: int, shape: Shape, oddities: tuple[str, ...] | None) -> GeneratedDocument:
    rng = random.Random(f"{seed}/{shape.name}")  # noqa: S311  documents, not secrets
    if oddities is None:
        oddities = tuple(rng.sample(ODDITIES, rng.choice((0, 1, 1, 2, 2, 3))))
    report = _report(rng, seed)
    for name, change in REPORT_ODDITIES.items():
        report = change(report, rng) if name in oddities else report
    layout = printed(report)
    for name, alter in LAYOUT_ODDITIES.items():
        layout = alter(layout, rng) if name in oddities else layout
    return GeneratedDocument(seed, shape, oddities, report, shape.files(layout, rng))


def _converted(drafts: Sequence[GeneratedDocument], suffix: str, target: str) -> Iterator[GeneratedDocument]:
    bodies = shapes_office.convert([draft.files[0][1] for draft in drafts], suffix, target)
    for draft, body in zip(drafts, bodies, strict=True):
        yield replace(draft, files=[(f"report.{target}", body)])


def _report(rng: random.Random, seed: int) -> SimulatedReport:
    """An agency's report of a year between 2014 and 2025, with few or many applications."""
    place = rng.choice(_PLACES)
    name = f"{place}人民政府" if place[-1] in "镇" or rng.random() < 0.3 else place + rng.choice(_OFFICES)
    if place.endswith("街道"):
        name = f"{place}办事处"
    year = rng.randint(2014, 2025)
    form = form_for_year(year)
    assert form is not None
    scale = rng.choice((0, 2, 15, 60, 400, 3000))
    figures = AgencyFigures(f"generated/{seed}", scale)
    figures.draw(year - 1, form.form)  # so that something is carried in
    return Agency(name, scale).report(year, figures.draw(year, form.form))
