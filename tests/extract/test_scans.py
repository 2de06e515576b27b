"""Scans and photographs, read by OCR: the samples, and pages made here with what scanners and cameras do to them."""

import io
import json
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pypdfium2
import pytest
from PIL import Image

from extract import UnreadableFile
from extract.read import read_bytes, read_document
from extract.readers.scan import read_pictures
from extract.report import Report
from simulator.generator import generate

HZQ = "hzq2023"


def truth(samples: Path, key: str) -> dict[str, float | None]:
    cells: dict[str, float | None] = json.loads((samples / "truth" / f"{key}.json").read_text(encoding="utf-8"))["cells"]
    return cells


def wrong_and_sure(report: Report, cells: dict[str, float | None]) -> dict[str, object]:
    return {
        code: (cells.get(code, "no such cell"), figure.value)
        for code, figure in report.cells.items()
        if figure.status != "unsure" and figure.value != cells.get(code, "no such cell")
    }


def test_scan_at_200_dpi_is_read_whole(samples: Path) -> None:
    body = (samples / "docs" / HZQ / "scan_200.pdf").read_bytes()
    [report] = read_bytes(body, "scan_200.pdf")
    assert report.reader == "scan"
    assert (report.agency, report.year, report.status) == ("洪泽区人民政府", 2023, "complete")
    assert report.figures == truth(samples, HZQ)
    assert len(report.sections) == 6


def test_photographs_of_pages_are_one_report(samples: Path) -> None:
    files = sorted((samples / "docs" / HZQ / "scan_photo").glob("*.jpg"))
    document = read_pictures([(file.read_bytes(), file.name) for file in files], "scan_photo")
    [report] = read_document(document, "scan_photo")
    assert report.figures == truth(samples, HZQ)
    assert report.status == "complete"
