"""What is kept: every response as a WARC record, every report as rows of one SQLite database."""

from archive.captures import Capture
from archive.errors import ArchiveError
from archive.mending import mend
from archive.store import Archive, ExtractionOutcome, open_archive

__all__ = ["Archive", "ArchiveError", "Capture", "ExtractionOutcome", "mend", "open_archive"]
