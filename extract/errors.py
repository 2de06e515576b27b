"""What reading can fail with."""

from typing import Literal

ErrorKind = Literal[
    "not_found",
    "no_permission",
    "empty",
    "unsupported",
    "encrypted",
    "damaged",
    "too_large",
    "encoding",
    "scan",
    "no_report",
    "not_a_report",
]


class UnreadableFile(Exception):  # noqa: N818 - the name is part of the public contract
    """A file yields no report.

    ``path`` names it, ``kind`` is one of a fixed vocabulary for programs, ``message`` tells a person what is wrong and
    what to do.
    """

    def __init__(self, path: str, kind: ErrorKind, message: str) -> None:
        super().__init__(f"{path}: {message}")
        self.path = path
        self.kind: ErrorKind = kind
        self.message = message
