"""A crawl of many portals in one run, and a second one after it: is every report there once, what does memory do, and
what is asked for again? ``python -m bench.large --help``.

The portals are copies of the simulator's large one, each with a district of its own name and so with its own bytes.
"""

import argparse
import asyncio
import json
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

from archive import open_archive
from bench.apart import REPOSITORY, peak_mb

_DISTRICT = "岚港市望汐区"
_EVERY_SECONDS = 0.5


async def _serve(reports: int, portals: int, ports_file: Path) -> None:
    """Serve so many portals, on the ports that the file names from an earlier run; ``/counts`` on any says what was
    asked for since it was last asked."""
    from bench.samples import world_pages  # noqa: PLC0415 - only the server needs the simulator
    from simulator.world import large_world  # noqa: PLC0415

    pages = world_pages(reports)
    asked: Counter[str] = Counter()

    def answer_to(request: bytes, number: int) -> bytes:
        path = request.split(b" ", 2)[1].decode()
        if path == "/counts":
            body = json.dumps(asked).encode()
            asked.clear()
            return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
        if path not in pages:
            return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
        asked["articles" if "/t20" in path else "lists" if "/zwgk/" in path else "robots.txt"] += 1
        etag = f'ETag: "{number}-{pages[path].etag[1:]}'.encode()
        if etag[6:] in request:
            return b"HTTP/1.1 304 Not Modified\r\n%s\r\n\r\n" % etag
        body = pages[path].body.replace(_DISTRICT.encode(), _district(number).encode())
        kind = pages[path].media_type.encode()
        return b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\n%s\r\nContent-Length: %d\r\n\r\n%s" % (
            kind,
            etag,
            len(body),
            body,
        )

    def answering(number: int) -> Any:
        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                while True:
                    writer.write(answer_to(await reader.readuntil(b"\r\n\r\n"), number))
                    await writer.drain()
            except (asyncio.IncompleteReadError, ConnectionError):
                writer.close()

        return answer

    wanted = json.loads(ports_file.read_text()) if ports_file.exists() else [0] * portals
    servers = [await asyncio.start_server(answering(n), "127.0.0.1", port) for n, port in enumerate(wanted)]
    ports = [server.sockets[0].getsockname()[1] for server in servers]
    ports_file.write_text(json.dumps(ports))
    entry = large_world(5).hosts["bulk"].portal.entries[0]
    entries = [
        {**entry.at(f"http://127.0.0.1:{port}"), "key": f"large_{n}", "name": _district(n)}
        for n, port in enumerate(ports)
    ]
    print(json.dumps(entries), flush=True)
    await asyncio.gather(*(server.serve_forever() for server in servers))


def _district(number: int) -> str:
    return f"岚港市第{number + 1}区"


def _crawl(entries: list[dict[str, Any]], data: Path) -> None:
    """Crawl all portals as a scheduled run does; prints figures as JSON. SIGINT ends it in good order."""
    from crawler.history import Policy  # noqa: PLC0415 - as above
    from crawler.registry import Portal  # noqa: PLC0415
    from crawler.run import crawl  # noqa: PLC0415

    open_archive(data).close()  # made before it is watched
    samples: dict[str, float] = {}
    ended = threading.Event()
    threading.Thread(target=_watch, args=(data, samples, ended), daemon=True).start()
    started, portals = time.perf_counter(), [Portal.model_validate(entry) for entry in entries]
    try:
        runs = crawl(portals, data, pace=0, policy=Policy(), show_progress=False)
    except KeyboardInterrupt:
        runs = []
    samples["rss_end_mb"] = _resident_mb()
    ended.set()
    figures = {
        "seconds": time.perf_counter() - started,
        **samples,
        "peak_mb": peak_mb(resource.RUSAGE_SELF),
        "outcomes": Counter(run.outcome for run in runs),
        **{name: sum(getattr(run, name) for run in runs) for name in ("listed", "reports", "new", "held", "failed")},
    }
    print(json.dumps(figures))


def _watch(data: Path, samples: dict[str, float], ended: threading.Event) -> None:
    """Note the memory when so many reports are held."""
    with open_archive(data, read_only=True) as archive:
        while not ended.wait(_EVERY_SECONDS):
            (held,) = archive.db.execute("SELECT count(*) FROM captures WHERE kind = 'article'").fetchone()
            step = held // 10_000 * 10_000
            if step and f"rss_{step}_mb" not in samples:
                samples[f"rss_{step}_mb"] = _resident_mb()


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _counts(entry: dict[str, Any]) -> dict[str, int]:
    import urllib.request  # noqa: PLC0415

    with urllib.request.urlopen(f"{entry['base_url']}/counts", timeout=30) as answer:  # noqa: S310 - our own server
        found: dict[str, int] = json.load(answer)
    return found


def _held(data: Path) -> dict[str, int]:
    with open_archive(data, read_only=True) as archive:
        sql = "SELECT count(*), count(DISTINCT url), count(DISTINCT sha256) FROM captures WHERE kind = 'article'"
        captures, addresses, contents = archive.db.execute(sql).fetchone()
    return {"captures": captures, "addresses": addresses, "contents": contents}


def _run_one(name: str, entries: list[dict[str, Any]], data: Path, until: float) -> dict[str, Any]:
    """One crawl in a process of its own; interrupted when the time is up."""
    command = [sys.executable, "-m", "bench.large", "--data", str(data), "--crawl"]
    with subprocess.Popen(  # noqa: S603 - our own command
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY
    ) as process:
        try:
            output, _ = process.communicate(json.dumps(entries), timeout=max(until - time.monotonic(), 1))
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGINT)
            output, _ = process.communicate()
    figures = {"run": name, **json.loads(output), "asked": _counts(entries[0]), "held": _held(data)}
    print(json.dumps(figures, ensure_ascii=False), flush=True)
    return figures


def _measure(reports: int, portals: int, data: Path, minutes: float) -> int:
    data.mkdir(parents=True, exist_ok=True)
    until = time.monotonic() + 60 * minutes
    command = [sys.executable, "-m", "bench.large", "--data", str(data), "--serve"]
    command += ["--reports", str(reports), "--portals", str(portals)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY) as server:  # noqa: S603
        assert server.stdout is not None
        try:
            entries = json.loads(server.stdout.readline())
            _counts(entries[0])
            first = _run_one("first", entries, data, until)
            if first["outcomes"] != {"ok": portals}:
                print("not all of it; the same command takes it up", file=sys.stderr)
                return 1
            second = _run_one("second", entries, data, until)
        finally:
            server.terminate()
    once = {"captures": reports, "addresses": reports, "contents": reports}
    right = first["held"] == second["held"] == once and not second["asked"].get("articles")
    return 0 if right and second["outcomes"] == {"ok": portals} else 1


def _main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.large", description=__doc__)
    parser.add_argument("--reports", type=int, default=100_000, help="in all (default: 100000)")
    parser.add_argument("--portals", type=int, default=500, help="that share them equally (default: 500)")
    parser.add_argument("--data", type=Path, required=True, help="data directory; one cut short is taken up")
    parser.add_argument("--minutes", type=float, default=60, help="stop after so long (default: 60)")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--crawl", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.reports % options.portals:
        parser.error("reports are shared equally: write a multiple of the portals")
    if options.serve:
        asyncio.run(_serve(options.reports // options.portals, options.portals, options.data / "ports.json"))
    elif options.crawl:
        _crawl(json.load(sys.stdin), options.data)
    else:
        return _measure(options.reports, options.portals, options.data, options.minutes)
    return 0


if __name__ == "__main__":
    sys.exit(_main())
