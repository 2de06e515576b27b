"""Settings of the Scrapy project. Every line that differs from Scrapy's default says why."""

import os
from importlib.metadata import PackageNotFoundError, version

try:
    VERSION = version("nianbao")
except PackageNotFoundError:  # run from a checkout that is not installed
    VERSION = "0+unknown"

BOT_NAME = "nianbao"
SPIDER_MODULES = ["crawler.spiders"]

# A portal's operator can see who asks, and find whom to write to where the person who runs the crawl gives a contact.
_CONTACT = os.environ.get("NIANBAO_CONTACT") or "open-source archive of annual open-government-information reports"
USER_AGENT = f"nianbao/{VERSION} (+{_CONTACT})"

# Default False. What a portal closes to robots, we do not ask for.
ROBOTSTXT_OBEY = True
# Default: the whole USER_AGENT. A robots.txt names robots by their first word.
ROBOTSTXT_USER_AGENT = "nianbao"

# Defaults 16 and 8. One request at a time for each portal (each has a crawler of its own).
CONCURRENT_REQUESTS = 1
CONCURRENT_REQUESTS_PER_DOMAIN = 1
# Default 0. The registry's default pace; a portal's own replaces it.
DOWNLOAD_DELAY = 2.0
# Default 0.5, which would also halve the pace that was promised.
DOWNLOAD_DELAY_JITTER = 0.0

# Default 180. Portals are slow (14 s a page has been seen) but one that is silent for a minute will not answer.
DOWNLOAD_TIMEOUT = 60
# Default 1 GiB. The largest reports are scans of some tens of MB; more is not a report.
DOWNLOAD_MAXSIZE = 64 * 1024 * 1024
# Default 20. A portal needs one or two redirects; a firewall that wants its cookie back redirects for ever.
REDIRECT_MAX_TIMES = 5
# Default True. Without cookies there is no session to keep, and a challenge is never answered by accident.
COOKIES_ENABLED = False
# Our own: the first wait before a retry, doubled each time.
RETRY_BACKOFF_SECONDS = 1.0

# Our own: answers that take longer on the average slow the crawl down, to at most so many seconds between requests.
SLOW_ANSWER_SECONDS = 1.0
LONGEST_DELAY_SECONDS = 30.0

# Default LIFO. First in, first out keeps the order of the list: a limit takes the newest reports.
SCHEDULER_MEMORY_QUEUE = "scrapy.squeues.FifoMemoryQueue"
# Default drops repeated requests without a word. The spiders ask once for each address and count what they leave out.
DUPEFILTER_CLASS = "scrapy.dupefilters.BaseDupeFilter"

DOWNLOADER_MIDDLEWARES = {
    "crawler.middlewares.AddressGuard": 40,  # first: before robots.txt is fetched from a host that is not ours
    "crawler.middlewares.RobotsAnswers": 110,  # after robots.txt is asked for (100)
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,  # AddressGuard is stricter
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
    "crawler.middlewares.PatientRetry": 550,  # in the place of Scrapy's
    "crawler.middlewares.Refusals": 585,  # sees answers decompressed (590) and redirects followed (600)
    "crawler.transport.Unzip": 588,  # after what is called gzip is unpacked (590)
    "crawler.transport.CookieWall": 610,  # before redirects are followed (600)
    "crawler.middlewares.ConditionalRequests": 700,  # replaces a 304 before anyone else sees it
    "crawler.middlewares.SlowDown": 950,  # last: sees what came from the portal itself
}
SPIDER_MIDDLEWARES = {
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,  # nothing here asks how deep a page lies
    "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,  # would drop a request and tell only the log
    "scrapy.spidermiddlewares.metacopy.MetaCopyDetectionMiddleware": None,  # looks for a mistake in spiders each time
    "crawler.middlewares.Keep": 60,  # after HttpErrorMiddleware (50): error pages are not kept
}

# Default 100 workers for the output of each answer; one request after the other needs no more than one.
CONCURRENT_ITEMS = 1
# Default True, which reads the source of a callback at every answer; the type checker looks for the same mistake once.
WARN_ON_GENERATOR_RETURN_VALUE = False

# Defaults on. Nobody is to connect to a crawl, by telnet or otherwise.
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
# Default DEBUG, which logs every request: the archive has them.
LOG_LEVEL = "INFO"
