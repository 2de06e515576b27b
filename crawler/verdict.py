"""The outcome of a portal's run in one word, and why."""

from collections import Counter
from collections.abc import Iterable

from crawler.history import History
from crawler.ledger import Outcome, PortalRun

_REFUSING = ("blocked", "robots")
_MOVED = ("moved", "gone", "soft404")
_SILENT = ("unreachable", "http", "refused")

Verdict = tuple[Outcome, str]


def judge(run: PortalRun, history: History, least: int) -> Verdict:
    """The outcome, and why in words; the words are empty for ``ok``.

    ``least``: how many reports the lists must show. A run that shows none where some are expected is never ``ok``,
    whatever went without error; nor is one that shows none where none were expected before, unless it is known that
    there need not be any (``least`` 0).
    """
    return _cut_short(run) or _not_reached(run, least) or _incomplete(run, history, least) or ("ok", "")


def _cut_short(run: PortalRun) -> Verdict | None:
    if run.stopped == "blocked":
        return "blocked", _first_reason(run, _REFUSING)
    return ("partial", "interrupted; the next run takes it up") if run.stopped == "interrupted" else None


def _not_reached(run: PortalRun, least: int) -> Verdict | None:
    if run.moved_to:
        return "moved", f"the column redirects to {run.moved_to}"
    if not run.listed:
        return _nothing_listed(run, least)
    return _nothing_fetched(run) if run.found and not run.reports else None


def _incomplete(run: PortalRun, history: History, least: int) -> Verdict | None:
    if broken := run.failed - run.excused:
        return "partial", f"{broken} addresses failed: {_by_cause(run)}"
    return None if run.stopped == "limit" else _against_the_previous(run, history, least)


def _nothing_listed(run: PortalRun, least: int) -> Verdict:
    outcomes: tuple[tuple[Outcome, tuple[str, ...]], ...] = (
        ("blocked", _REFUSING),
        ("moved", _MOVED),
        ("unreachable", _SILENT),
    )
    for outcome, kinds in outcomes:
        if run.causes.keys() & set(kinds):
            # An error page is no evidence of another place: only a redirect is.
            lost = "moved or gone: " if outcome == "moved" and "moved" not in run.causes else ""
            return outcome, lost + _first_reason(run, kinds)
    if run.failures:
        return "empty", f"no report is listed: {run.failures[0].reason}"
    return ("empty", f"no report is listed, at least {least} expected") if least else ("ok", "")


def _nothing_fetched(run: PortalRun) -> Verdict:
    if run.causes.keys() & set(_REFUSING):
        return "blocked", _first_reason(run, _REFUSING)
    is_silent = bool(run.causes) and run.causes.keys() <= set(_SILENT)
    if is_silent:
        return "unreachable", _first_reason(run, _SILENT)
    return "partial", f"none of {run.found} listed reports was had: {_by_cause(run)}"


def _against_the_previous(run: PortalRun, history: History, least: int) -> Verdict | None:
    if run.listed < least:
        return "empty", f"{run.listed} reports listed, {history.good_listed} in the last good run, least {least}"
    # Where no run has seen the portal yet, it is measured by what it says itself.
    missing, unlisted = (history.previous.get(name, 0) for name in ("pages_missing", "unlisted"))
    if run.pages_missing > missing:
        return "partial", f"{run.pages_missing} announced list pages are missing{_before(missing, history)}"
    if run.unlisted > unlisted:
        return "partial", f"{run.unlisted} counted posts are not listed{_before(unlisted, history)}"
    return None


def _before(number: int, history: History) -> str:
    return f", {number} before" if history.previous else ""


def _first_reason(run: PortalRun, kinds: Iterable[str]) -> str:
    failure = next((failure for failure in run.failures if failure.kind in kinds), None)
    return f"{failure.reason} ({failure.url})" if failure else run.stopped or ""


def _by_cause(run: PortalRun) -> str:
    counts = Counter({kind: n for kind, n in run.causes.items() if kind not in ("robots", "off_host")})
    return ", ".join(f"{n} {kind}" for kind, n in counts.most_common())
