"""What the archive can fail with."""


class ArchiveError(Exception):
    """The archive cannot do what it was asked; the message names the file or address, the reason and what to do."""
