"""Born-digital PDF to grids: pdfplumber, ours, and pdfium's own part of the work, in turn in one process."""

import io
import os
import resource
from functools import partial
from pathlib import Path
from statistics import median
from time import process_time

import pdfplumber
import pypdfium2

from bench.apart import Figures, peak_mb
from bench.samples import pdf_files
from extract.readers.pdf import read_pdf

_MEMORY_FIRST = 100
"""Memory is looked at after so many documents, and again at the end."""


def files(documents: int) -> dict[str, list[bytes]]:
    """Files to measure on by what made them: the simulator's, and real ones in the folder NIANBAO_SAMPLES."""
    made = {"simulator": pdf_files(documents)}
    real = sorted(Path(os.environ.get("NIANBAO_SAMPLES", "samples")).glob("docs/*/pdf_original.pdf"))
    return made | ({"an agency's own": [path.read_bytes() for path in real]} if real else {})


def compare(kind: str, documents: int, rounds: int) -> Figures:
    """CPU seconds a page by pdfplumber, ours and the floor, the least of the rounds; ratios are medians of rounds."""
    bodies = files(documents)[kind]
    pages = sum(_floor(body) for body in bodies)
    readers = {"pdfplumber": _plumb, "ours": partial(read_pdf, name="bench.pdf"), "floor": _floor}
    for read in readers.values():
        read(bodies[0])
    spent: dict[str, list[float]] = {name: [] for name in readers}
    for _ in range(rounds):
        for name, read in readers.items():
            started = process_time()
            for body in bodies:
                read(body)
            spent[name].append((process_time() - started) / pages)
    times_faster = median(slow / ours for slow, ours in zip(spent["pdfplumber"], spent["ours"], strict=True))
    times_floor = median(ours / least for ours, least in zip(spent["ours"], spent["floor"], strict=True))
    return {
        **{name: min(seconds) for name, seconds in spent.items()},
        "pages": pages,
        "times_faster": times_faster,
        "times_floor": times_floor,
    }


def memory(documents: int) -> Figures:
    """Resident memory in MB after the first hundred documents and after all; the same few files again and again."""
    bodies = [body for some in files(5).values() for body in some]
    first = 0.0
    for number in range(documents):
        read_pdf(bodies[number % len(bodies)], "bench.pdf")
        if number + 1 == _MEMORY_FIRST:
            first = peak_mb(resource.RUSAGE_SELF)
    return {"first_mb": first, "last_mb": peak_mb(resource.RUSAGE_SELF), "documents": documents}


def _plumb(body: bytes) -> None:
    with pdfplumber.open(io.BytesIO(body)) as pdf:
        for page in pdf.pages:
            page.extract_tables()


def _floor(body: bytes) -> int:
    """What nothing in Python can spare: pdfium opens the file, loads each page and its text, and gives all of it."""
    document = pypdfium2.PdfDocument(body)
    try:
        for page in document:
            text = page.get_textpage()
            text.get_text_bounded()
            text.count_rects()
            text.close()
            page.close()
        return len(document)
    finally:
        document.close()
