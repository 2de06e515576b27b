"""Crawling a served world, and a bare Scrapy spider on the same addresses."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response
from scrapy.settings import Settings

from archive import open_archive
from bench.apart import Figures
from bench.clock import both_seconds
from bench.samples import world_pages
from crawler.registry import Portal
from crawler.run import crawl


def crawl_portal(entry: dict[str, Any], data: str) -> Figures:
    """Crawl the portal into a data directory at pace 0; seconds from the opened archive to the closed one."""
    portal = Portal.model_validate(entry)
    runs = []
    spent, cpu = both_seconds(lambda: runs.extend(crawl([portal], Path(data), pace=0, show_progress=False)))
    run = runs[0]
    if run.outcome != "ok":
        raise RuntimeError(f"the crawl ended as {run.outcome}: {run.failures}")
    return {
        "seconds": spent,
        "cpu_seconds": cpu,
        "pages": run.lists + run.reports + run.attachments,
        "new": run.new,
        "unchanged": run.unchanged,
    }


class BareSpider(Spider):
    """Asks for the addresses in order and keeps nothing but counts."""

    name = "bare"

    def __init__(self, addresses: list[tuple[str, str]], *, conditional: bool, counts: Figures) -> None:
        super().__init__()
        self.addresses, self.conditional, self.counts = addresses, conditional, counts

    async def start(self) -> AsyncIterator[Request]:
        """One request for each address; conditional ones say which version we hold."""
        for url, etag in self.addresses:
            headers = {"If-None-Match": etag} if self.conditional else {}
            yield Request(url, headers=headers, meta={"handle_httpstatus_list": [304]}, dont_filter=True)

    def parse(self, response: Response) -> None:
        """Count the answer."""
        self.counts["pages"] += 1
        self.counts["unchanged"] += response.status == 304


def fetch_only(addresses: list[tuple[str, str]], *, conditional: bool) -> Figures:
    """The floor: our settings without our middlewares (robots.txt obeyed, one request at a time, no delay)."""
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    counts: Figures = {"pages": 0, "unchanged": 0}
    with TemporaryDirectory() as folder:
        own = {"DOWNLOADER_MIDDLEWARES": {}, "SPIDER_MIDDLEWARES": {}, "SPIDER_MODULES": [], "DOWNLOAD_DELAY": 0}
        settings.setdict({**own, "LOG_FILE": f"{folder}/log"}, priority="cmdline")
        process = AsyncCrawlerProcess(settings)
        process.crawl(BareSpider, addresses=addresses, conditional=conditional, counts=counts)
        counts["seconds"], counts["cpu_seconds"] = both_seconds(process.start)
    return counts


def archive_only(reports: int) -> Figures:
    """What keeping the same pages costs: the look for an earlier capture and the new one, as the crawler does it."""
    pages = {path: page for path, page in world_pages(reports).items() if path != "/robots.txt"}
    with TemporaryDirectory() as folder, open_archive(Path(folder)) as archive:

        def keep() -> None:
            for path, page in pages.items():
                url = f"http://127.0.0.1{path}"
                archive.latest_capture(url)
                archive.keep_capture(
                    url=url,
                    body=page.body,
                    kind="article",
                    fetched_at=datetime.now(UTC),
                    headers=[("Content-Type", page.media_type), ("ETag", page.etag)],
                )

            archive.flush()

        spent, cpu = both_seconds(keep)
    return {"seconds": spent, "cpu_seconds": cpu, "pages": len(pages)}
