"""One crawl of a host at a time in a data directory, whatever the number of processes: they would write over each
other's idea of what is held, and ask the host at twice its pace."""

import fcntl
import os
from pathlib import Path
from typing import TextIO

from crawler.errors import Refused


class HostLock:
    """The right to crawl a host's portals into a data directory. The operating system ends it with the process, also at
    a kill; the file stays, for to remove it would let two in."""

    def __init__(self, data_dir: Path, host: str) -> None:
        self.path = data_dir / "locks" / f"{host}.lock"
        self._file: TextIO | None = None

    def take(self) -> None:
        """Take it. Refused (kind ``busy``) names the process that has it."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        file = self.path.open("a+", encoding="ascii")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read().strip()
            file.close()
            raise Refused("busy", f"process {holder} is crawling this host into the same data directory") from None
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        self._file = file

    def release(self) -> None:
        """Give it back, if it was taken."""
        if self._file is not None:
            self._file.close()
            self._file = None
