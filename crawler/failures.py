"""Why a request gave nothing, in one of a few kinds and in words."""

from scrapy import exceptions
from scrapy.spidermiddlewares.httperror import HttpError

from crawler.errors import Refused
from crawler.refusals import BLOCKING_STATUSES

_GONE = (404, 410)
_REASONS = {
    exceptions.CannotResolveHostError: "the host name is not known",
    exceptions.DownloadConnectionRefusedError: "the connection was refused",
    exceptions.DownloadTimeoutError: "no answer in time",
    exceptions.DownloadFailedError: "the connection broke",
    exceptions.ResponseDataLossError: "the answer came incomplete",
    exceptions.DownloadCancelledError: "larger than we take",
}


def explain(error: BaseException) -> tuple[str, str]:
    """(kind, reason) of what a request failed with; the kinds are those of `crawler.ledger.Failure`."""
    if isinstance(error, Refused):
        return error.kind, error.reason
    if isinstance(error, HttpError):
        status = error.response.status
        kind = "blocked" if status in BLOCKING_STATUSES else "gone" if status in _GONE else "http"
        return kind, f"HTTP {status}"
    if isinstance(error, exceptions.IgnoreRequest):
        # Redirects: a firewall that wants a cookie back sends the same one for ever.
        return ("robots", "forbidden by robots.txt") if "robots.txt" in str(error) else ("blocked", str(error))
    for failure, reason in _REASONS.items():
        if isinstance(error, failure):
            kind = "refused" if failure is exceptions.DownloadCancelledError else "unreachable"
            return kind, f"{reason} ({_short(error)})"
    return (
        ("unreachable", _short(error))
        if isinstance(error, OSError)
        else ("parse", f"{type(error).__name__}: {_short(error)}")
    )


def _short(error: BaseException) -> str:
    return str(error)[:200] or type(error).__name__
