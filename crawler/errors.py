"""What a crawl can be refused or stopped with."""

from scrapy.exceptions import IgnoreRequest


class RegistryError(Exception):
    """A registry of portals that cannot be read. ``problems`` holds one line per wrong entry."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class Refused(IgnoreRequest):
    """Raised by our middlewares instead of handing a request or an answer on. ``kind`` is one of the kinds of
    `crawler.ledger.Failure`, ``reason`` says why in words for a person."""

    def __init__(self, kind: str, reason: str) -> None:
        super().__init__(reason)
        self.kind = kind
        self.reason = reason
