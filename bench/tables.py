"""The parts of the benchmark: each measures and gives the lines of its Markdown tables."""

from collections.abc import Callable, Iterator, Sequence
from statistics import median
from tempfile import TemporaryDirectory

from bench.apart import Figures, measure
from bench.pdf import files
from bench.serving import serving

SHAPES = ("gkmlpt", "gkmlpt, text in a script", "gd_nfcms", "trs", "trs, GB 2312")
"""Every kind of article page that the simulator renders."""


def extract(reports: int, rounds: int) -> Iterator[str]:
    """Reading: every shape of page, and PDF."""
    documents = max(reports // 50, 5)
    yield from _head(
        "Reading documents into reports",
        (
            "document",
            "read",
            "figures",
            "KB",
            "CPU ms/document",
            "floor, CPU ms",
            "× floor",
            "reports/s, one process",
            "all cores",
        ),
    )
    for shape in SHAPES:
        figures = measure("bench.reading:read_html", shape=shape, documents=documents, rounds=rounds)
        yield _row(f"HTML, {shape}", *_reading(figures))
    figures = measure("bench.reading:read_pdf", documents=max(documents // 4, 5), rounds=min(rounds, 3))
    yield _row(f"PDF, {figures['pages'] / figures['documents']:.0f} pages", *_reading(figures))
    per_page = 1000 / figures["pages"]
    yield ""
    least = figures["floor_cpu_seconds"] * per_page
    yield f"PDF, CPU ms a page: {figures['cpu_seconds'] * per_page:.0f}, floor {least:.0f}."


def _reading(figures: Figures) -> tuple[str, ...]:
    documents = figures["documents"]
    return (
        f"{figures['complete']:.0f} of {documents:.0f}",
        f"{figures['figures']:.0f}",
        f"{figures['kilobytes']:.0f}",
        f"{figures['cpu_seconds'] / documents * 1000:.1f}",
        f"{figures['floor_cpu_seconds'] / documents * 1000:.2f}",
        f"{figures['ratio']:.1f}",
        f"{figures['reports'] / figures['seconds']:.1f}",
        f"{figures['reports'] / figures['all_cores_seconds']:.1f}",
    )


def crawl(reports: int, rounds: int) -> Iterator[str]:
    """Crawling at pace 0, first and again, beside a bare spider and the archive alone."""
    runs: dict[str, list[Figures]] = {name: [] for name in _CRAWLS}
    with serving(reports) as site:
        for _ in range(min(rounds, 3)):
            with TemporaryDirectory() as data:
                for name, (function, options) in _CRAWLS.items():
                    given = {"entry": site.entry, "data": data, "addresses": site.addresses, "reports": reports}
                    runs[name].append(measure(function, **options, **{key: given[key] for key in _NEEDS[function]}))
    yield from _head(
        f"Crawling {reports} reports at pace 0 (robots.txt obeyed, one request at a time)",
        ("run", "pages", "seconds", "pages/s", "CPU ms/page", "× floor (CPU)"),
    )
    for name, floor in _FLOORS.items():
        ratio = median(
            ours["cpu_seconds"] / bare["cpu_seconds"] for ours, bare in zip(runs[name], runs[floor], strict=True)
        )
        middle = _medians(runs[name])
        pages, spent, cpu = middle["pages"], middle["seconds"], middle["cpu_seconds"]
        rate, each = f"{pages / spent:.0f}", f"{cpu / pages * 1000:.1f}"
        yield _row(name, f"{pages:.0f}", f"{spent:.1f}", rate, each, f"{ratio:.2f}")


_CRAWL, _FETCH, _KEEP = "bench.crawling:crawl_portal", "bench.crawling:fetch_only", "bench.crawling:archive_only"
_NEEDS = {_CRAWL: ("entry", "data"), _FETCH: ("addresses",), _KEEP: ("reports",)}
_CRAWLS: dict[str, tuple[str, dict[str, bool]]] = {
    "bare spider": (_FETCH, {"conditional": False}),
    "first crawl": (_CRAWL, {}),
    "bare spider, conditional requests (304)": (_FETCH, {"conditional": True}),
    "second crawl, nothing changed": (_CRAWL, {}),
    "archive alone, no network": (_KEEP, {}),
}
_FLOORS = {
    "bare spider": "bare spider",
    "first crawl": "bare spider",
    "archive alone, no network": "bare spider",
    "bare spider, conditional requests (304)": "bare spider, conditional requests (304)",
    "second crawl, nothing changed": "bare spider, conditional requests (304)",
}


def archive(reports: int, rounds: int) -> Iterator[str]:
    """Keeping captures and reports, loading and checking reports."""
    number = max(reports // 2, 5)
    captures = _medians([measure("bench.archiving:keep_captures", captures=number) for _ in range(rounds)])
    kept = _medians([measure("bench.archiving:keep_reports", reports=number) for _ in range(rounds)])
    size = f"{captures['kilobytes']:.0f} KB"
    saved = f"{kept['figures'] / kept['reports']:.0f} figures each"
    yield from _head("Archive and checks", ("job", "number", "ms each", "per second", "floor, per second"))
    yield _rate(f"add_capture, new bytes ({size})", number, captures["distinct_seconds"], captures["floor_seconds"])
    yield _rate("add_capture, bytes held already", captures["revisits"], captures["repeated_seconds"])
    yield _rate(f"save_report, new ({saved})", kept["reports"], kept["seconds"], kept["floor_seconds"])
    yield _rate("save_report, same content again", kept["reports"], kept["again_seconds"])
    yield _rate("load a current report", kept["reports"], kept["load_seconds"])
    yield _rate("run_rules", kept["reports"], kept["check_seconds"])
    yield _rate("save_check_findings", kept["reports"], kept["save_findings_seconds"])


def _rate(job: str, number: float, spent: float, floor: float | None = None) -> str:
    least = f"{number / floor:.0f}" if floor else ""
    return _row(job, f"{number:.0f}", f"{spent / number * 1000:.2f}", f"{number / spent:.0f}", least)


def whole(reports: int, rounds: int) -> Iterator[str]:
    """Whole commands by the clock, imports and all."""
    rounds = min(rounds, 3)
    update = _medians([measure("bench.whole:run_update", reports=reports) for _ in range(rounds)])
    yield from _head("Whole commands", ("command", "reports", "seconds", "reports/s"))
    number = update["reports"]
    jobs = {"nianbao update": "seconds", **{f"– of it {step}": step for step in ("crawl", "extract", "validate")}}
    for job, key in {**jobs, "nianbao update, nothing changed": "again_seconds"}.items():
        yield _row(job, f"{number:.0f}", f"{update[key]:.1f}", f"{number / update[key]:.0f}")
    demo = _medians([measure("bench.whole:run_demo") for _ in range(rounds)])
    yield _row("nianbao demo", f"{demo['reports']:.0f}", f"{demo['seconds']:.1f}", "")


def memory(reports: int, rounds: int) -> Iterator[str]:
    """Peak memory, each job in a process of its own."""
    del rounds  # peaks hardly vary
    yield from _head("Peak memory", ("job", "MB, process", "MB, largest of its processes"))
    with TemporaryDirectory() as folder, serving(reports) as site:
        measure("bench.memory:write_samples", folder=folder)
        yield _peak("imports only", measure("bench.memory:import_only"))
        yield _peak("read one HTML page", measure("bench.memory:read_one", path=f"{folder}/report.html"))
        yield _peak("read one PDF", measure("bench.memory:read_one", path=f"{folder}/report.pdf"))
        yield _peak(f"crawl {reports} reports", measure(_CRAWL, entry=site.entry, data=folder))
        extraction = measure("bench.memory:extract_all", data=folder)
        yield _peak(f"extract {extraction['reports']:.0f} reports", extraction, f"{extraction['peak_child_mb']:.0f}")


def _peak(job: str, figures: Figures, child: str = "") -> str:
    return _row(job, f"{figures['peak_mb']:.0f}", child)


def pdf(reports: int, rounds: int) -> Iterator[str]:
    """Born-digital PDF to grids, beside pdfplumber and pdfium alone; memory over many documents."""
    columns = "pdfplumber, CPU ms a page", "ours", "floor", "pdfplumber / ours", "ours / floor"
    yield from _head("Born-digital PDF to grids", ("file", "pages", *columns))
    for kind in files(1):
        figures = measure("bench.pdf:compare", kind=kind, documents=5, rounds=rounds)
        times = (f"{figures[name] * 1000:.1f}" for name in ("pdfplumber", "ours", "floor"))
        ratios = (f"{figures[name]:.1f}" for name in ("times_faster", "times_floor"))
        yield _row(kind, f"{figures['pages']:.0f}", *times, *ratios)
    held = measure("bench.pdf:memory", documents=max(reports, 100))
    yield ""
    first, last = held["first_mb"], held["last_mb"]
    yield f"Peak memory after 100 documents {first:.0f} MB, after {held['documents']:.0f} {last:.0f} MB."


PARTS: dict[str, Callable[[int, int], Iterator[str]]] = {
    "extract": extract,
    "pdf": pdf,
    "crawl": crawl,
    "archive": archive,
    "whole": whole,
    "memory": memory,
}


def _medians(runs: Sequence[Figures]) -> Figures:
    return {name: median(run[name] for run in runs) for name in runs[0]}


def _head(title: str, columns: Sequence[str]) -> Iterator[str]:
    yield from ("", f"## {title}", "", _row(*columns), _row("---", *("---:" for _ in columns[1:])))


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"
