"""Who a report is of and for which year: what title and body say, and whether they agree."""

from extract.titles import TitleReading, read_title

__all__ = ["TitleReading", "read_title"]
