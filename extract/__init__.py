"""Bytes to reports. Pure: no network, no database, no clock."""

from extract.errors import UnreadableFile
from extract.files import read_bytes, read_file
from extract.read import EXTRACTOR_VERSION
from extract.report import Claim, Figure, Finding, Report, Section

__all__ = [
    "EXTRACTOR_VERSION",
    "Claim",
    "Figure",
    "Finding",
    "Report",
    "Section",
    "UnreadableFile",
    "read_bytes",
    "read_file",
]
