"""Runs a crawl in a process of its own, for a reactor starts only once; and a small scripted web server."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from archive import Capture, open_archive

REPOSITORY = Path(__file__).resolve().parents[2]

_SCRIPT = """
import json, sys
from pathlib import Path
from crawler.history import Policy
from crawler.registry import Portal
from crawler.run import crawl
entries, data, options = json.load(sys.stdin)
if options.get("years"):
    options["years"] = range(*options["years"])
if "policy" in options:
    options["policy"] = Policy(**options["policy"])
runs = crawl([Portal.model_validate(entry) for entry in entries], Path(data), **options)
json.dump({run.portal: {**run.stats(), "outcome": run.outcome} for run in runs}, sys.stdout)
"""


def crawl(entries: list[dict[str, Any]], data: Path, **options: Any) -> dict[str, dict[str, Any]]:
    """Crawl registry entries into ``data``; stats and outcome by key. Fails if anything else reaches stdout."""
    done = subprocess.run(
        [sys.executable, "-W", "error::ResourceWarning", "-c", _SCRIPT],
        input=json.dumps([entries, str(data), options]),
        capture_output=True,
        text=True,
        cwd=REPOSITORY,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, dict[str, Any]] = json.loads(done.stdout)
    return found


def undisturbed(run: dict[str, Any]) -> str:
    """The outcome of a first run in which nothing failed: not ok where the portal itself says that it has more."""
    return "partial" if run["unlisted"] or run["pages_missing"] else "ok"


def captures(data: Path, kind: str) -> list[tuple[Capture, bytes]]:
    """The archived captures of a kind with their bytes, in the order archived."""
    with open_archive(data, read_only=True) as archive:
        ids = [row[0] for row in archive.db.execute("SELECT id FROM captures WHERE kind = ? ORDER BY id", (kind,))]
        return [(capture, archive.read_body(capture)) for capture in map(archive.capture, ids)]


@dataclass
class Answer:
    """What a scripted address answers."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "text/html; charset=utf-8"})


@dataclass
class Scripted:
    """A running scripted server: ``pages`` by path (a list answers in turn, its last for ever), requests as logged."""

    base_url: str
    pages: dict[str, Answer | list[Answer]]
    requests: list[tuple[str, float]] = field(default_factory=list)
    """(path, seconds of the monotonic clock)"""

    def paths(self) -> list[str]:
        return [path for path, _ in self.requests]

    def entry(self, key: str, **more: Any) -> dict[str, Any]:
        fields = {
            "name": key,
            "platform": "trs",
            "column_url": f"{self.base_url}/nb/",
            "pace": 0,
            "allow_private": True,
        }
        return {"key": key, "base_url": self.base_url, **fields, **more}


@contextmanager
def scripted(make: Callable[[str], dict[str, Answer | list[Answer]]]) -> Iterator[Scripted]:
    """Serve the pages that ``make`` gives for the server's own base address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1

        def do_GET(self) -> None:
            server.requests.append((self.path, time.monotonic()))
            answer = server.pages.get(self.path, Answer(b"not here", 404))
            if isinstance(answer, list):
                answer = answer.pop(0) if len(answer) > 1 else answer[0]
            tag = answer.headers.get("ETag")
            if tag is not None and self.headers.get("If-None-Match") == tag:
                answer = Answer(b"", 304, {"ETag": tag})
            self.send_response(answer.status)
            for name, value in {**answer.headers, "Content-Length": str(len(answer.body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, *args: object) -> None:
            pass

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    base_url = f"http://127.0.0.1:{httpd.server_address[1]}"
    server = Scripted(base_url, make(base_url))
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        httpd.shutdown()
        httpd.server_close()
        thread.join()


def column(*rows: str, script: str = "") -> Answer:
    """A list page of TRS rows: each ``address title``."""
    items = "".join('<li><a href="{}" title="{}">x</a></li>'.format(*row.split(" ", 1)) for row in rows)
    return Answer(f"<html><body><ul>{items}</ul><script>{script}</script>{'<p>…</p>' * 60}</body></html>".encode())


def article(text: str) -> Answer:
    """An article page, long enough not to be taken for a stub."""
    return Answer(
        f"<html><head><title>年报</title></head><body><p>{text}</p>{'<p>正文。</p>' * 60}</body></html>".encode()
    )
