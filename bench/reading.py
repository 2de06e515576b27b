"""Reading documents into reports, one process and all cores."""

import io
import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from statistics import median

import lxml.html
import pdfplumber

from bench.apart import Figures
from bench.clock import beside, seconds
from bench.samples import html_pages, pdf_files
from extract import Report
from extract.files import Source
from nianbao.reading import Failed, read_sources


def read_html(shape: str, documents: int, rounds: int) -> Figures:
    """Read article pages of a shape; the floor is lxml's parse of the same bytes."""
    sources = [
        Source(f"{shape} {i}", page.body, page.media_type, None) for i, page in enumerate(html_pages(shape, documents))
    ]
    return _measured(sources, _parse_html, rounds) | {"pages": len(sources)}


def read_pdf(documents: int, rounds: int) -> Figures:
    """Read PDFs; the floor is pdfplumber opening the file and finding the tables of every page."""
    sources = [Source(f"{i}.pdf", body, None, None) for i, body in enumerate(pdf_files(documents))]
    pages = sum(_parse_pdf(source.body) for source in sources)
    return _measured(sources, _parse_pdf, rounds) | {"pages": pages}


def _measured(sources: list[Source], parse: Callable[[bytes], object], rounds: int) -> Figures:
    """Seconds of reading all sources: ours and the floor's in turn in this process, then in one process per core."""

    def floor() -> None:
        for source in sources:
            parse(source.body)

    reports = _reports(read_sources(sources))
    compared = beside(partial(read_sources, sources), floor, rounds)
    with ProcessPoolExecutor() as pool:
        all_cores = partial(_read_in_processes, pool, sources)
        all_cores()
        together = median(seconds(all_cores) for _ in range(rounds))
    return {
        "documents": len(sources),
        "kilobytes": sum(len(source.body) for source in sources) / 1000 / len(sources),
        "reports": len(reports),
        "complete": sum(report.status == "complete" for report in reports),
        "figures": sum(len(report.cells) for report in reports),
        **compared._asdict(),
        "all_cores_seconds": together,
        "cores": os.cpu_count() or 1,
    }


def _read_in_processes(pool: ProcessPoolExecutor, sources: list[Source]) -> None:
    """As nianbao reads what the archive holds: a document a task."""
    list(pool.map(read_sources, [[source] for source in sources]))


def _reports(results: list[list[Report] | Failed]) -> list[Report]:
    return [report for result in results if not isinstance(result, Failed) for report in result]


def _parse_html(body: bytes) -> None:
    lxml.html.document_fromstring(body)


def _parse_pdf(body: bytes) -> int:
    with pdfplumber.open(io.BytesIO(body)) as pdf:
        for page in pdf.pages:
            page.extract_tables()
        return len(pdf.pages)
