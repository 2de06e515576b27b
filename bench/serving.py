"""The simulator's large world as ready-made answers, served by a process of its own.

The simulator makes each page when it is asked for, which would be measured with the crawl; here it is made before.
"""

import asyncio
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import format_datetime
from typing import Any

from bench.apart import REPOSITORY

_IF_NONE_MATCH = re.compile(rb"\r\nif-none-match: *([^\r]+)", re.IGNORECASE)
_NOT_FOUND = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"


@dataclass(frozen=True)
class Site:
    """A served world: its registry entry, and every address but robots.txt with its ETag."""

    entry: dict[str, Any]
    addresses: list[tuple[str, str]]


@contextmanager
def serving(reports: int) -> Iterator[Site]:
    """Serve a world of so many reports for as long as the block lasts."""
    command = [sys.executable, "-m", "bench.serving", str(reports)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY) as process:  # noqa: S603
        assert process.stdout is not None
        try:
            yield Site(**json.loads(process.stdout.readline()))
        finally:
            process.terminate()


@dataclass(frozen=True, slots=True)
class _Answer:
    etag: bytes
    full: bytes
    unchanged: bytes


def _answers(reports: int) -> dict[str, _Answer]:
    from bench.samples import world_pages  # noqa: PLC0415 - only the server needs the simulator

    answers = {}
    for path, page in world_pages(reports).items():
        head = f"Content-Type: {page.media_type}\r\nETag: {page.etag}\r\n"
        if page.modified is not None:
            head += f"Last-Modified: {format_datetime(page.modified, usegmt=True)}\r\n"
        full = f"HTTP/1.1 200 OK\r\n{head}Content-Length: {len(page.body)}\r\n\r\n".encode() + page.body
        answers[path] = _Answer(page.etag.encode(), full, f"HTTP/1.1 304 Not Modified\r\n{head}\r\n".encode())
    return answers


async def _serve(reports: int) -> None:
    from simulator.world import large_world  # noqa: PLC0415 - as above

    answers = _answers(reports)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                request = await reader.readuntil(b"\r\n\r\n")
                found = answers.get(request.split(b" ", 2)[1].decode())
                known = _IF_NONE_MATCH.search(request)
                if found is None:
                    writer.write(_NOT_FOUND)
                else:
                    writer.write(found.unchanged if known and known[1] == found.etag else found.full)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    base_url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    entry = large_world(reports).hosts["bulk"].portal.entries[0].at(base_url)
    addresses = [(base_url + path, each.etag.decode()) for path, each in answers.items() if path != "/robots.txt"]
    print(json.dumps({"entry": entry, "addresses": addresses}), flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1])))
