"""Scans and photographs, read by OCR: the samples, and pages made here with what scanners and cameras do to them."""

import json
from pathlib import Path

from extract.files import read_bytes, read_pages

HZQ = "hzq2023"


def truth(samples: Path, key: str) -> dict[str, float | None]:
    cells: dict[str, float | None] = json.loads((samples / "truth" / f"{key}.json").read_text(encoding="utf-8"))[
        "cells"
    ]
    return cells


def test_scan_at_200_dpi_is_read_whole(samples: Path) -> None:
    body = (samples / "docs" / HZQ / "scan_200.pdf").read_bytes()
    [report] = read_bytes(body, "scan_200.pdf")
    assert report.reader == "scan"
    assert (report.agency, report.year, report.status) == ("洪泽区人民政府", 2023, "complete")
    assert report.figures == truth(samples, HZQ)
    assert len(report.sections) == 6


def test_photographs_of_pages_are_one_report(samples: Path) -> None:
    files = sorted((samples / "docs" / HZQ / "scan_photo").glob("*.jpg"))
    [report] = read_pages([(file.read_bytes(), file.name) for file in files], "scan_photo")
    assert report.figures == truth(samples, HZQ)
    assert report.status == "complete"
