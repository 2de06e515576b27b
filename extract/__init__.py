"""Bytes to reports. Pure: no network, no database, no clock."""

from extract.errors import UnreadableFile
from extract.read import EXTRACTOR_VERSION, read_bytes, read_file
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
