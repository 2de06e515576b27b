"""Jobs whose peak memory is measured: each is the only one of its process."""

from pathlib import Path

from bench.apart import Figures


def import_only() -> Figures:
    """What the reader needs before it reads anything."""
    import extract  # noqa: F401, PLC0415

    return {}


def read_one(path: str) -> Figures:
    """Read one file."""
    from extract import read_file  # noqa: PLC0415

    return {"figures": len(read_file(path)[0].cells)}


def write_samples(folder: str) -> Figures:
    """Put a page and a PDF of the same report where :func:`read_one` finds them."""
    from bench.samples import html_pages, pdf_files  # noqa: PLC0415 - the reader is to be without the simulator

    (Path(folder) / "report.html").write_bytes(html_pages("trs", 5)[-1].body)
    (Path(folder) / "report.pdf").write_bytes(pdf_files(5)[-1])
    return {}


def extract_all(data: str) -> Figures:
    """Read everything that a data directory holds unread, in as many processes as there are cores."""
    from archive import open_archive  # noqa: PLC0415
    from nianbao.reading import extract_pending  # noqa: PLC0415

    with open_archive(Path(data)) as archive:
        *_, summary = extract_pending(archive)
    return {"reports": summary.reports, "failures": len(summary.failures)}
