"""Which portals are due: reports appear from January to April, so that is when portals are asked daily."""

from datetime import UTC, date, datetime, timedelta

from sqlite_utils import Database

# (from month, day), days between two visits; the last entry that has begun counts.
_SEASONS = (((1, 1), 30), ((1, 15), 1), ((4, 16), 7), ((7, 1), 30))


def days_between_visits(today: date) -> int:
    """Days between two visits of a portal: 1 from 15 January to 15 April, 7 until the end of June, else 30."""
    return [days for begins, days in _SEASONS if (today.month, today.day) >= begins][-1]


def due_portals(db: Database, keys: list[str], now: datetime) -> list[str]:
    """The portals whose last good run (outcome ok) is longer ago than the season asks, or that never had one.

    An hour's grace keeps a daily timer daily.
    """
    least = (now - timedelta(days=days_between_visits(now.date())) + timedelta(hours=1)).astimezone(UTC)
    recent = {
        row["portal"]
        for row in db.query("SELECT portal, started_at FROM runs WHERE command = 'crawl' AND outcome = 'ok'")
        if datetime.fromisoformat(row["started_at"]) >= least
    }
    return [key for key in keys if key not in recent]
