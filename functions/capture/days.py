"""Days as the archive's people count them: Beijing's, UTC+8 all year."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, timezone

BEIJING = timezone(timedelta(hours=8))  # mainland China has had one time and no summer time since 1991
HOURS = 24
DEFAULT_DAYS, MOST_DAYS = 30, 92
"""Whose reports are asked for at once."""
GRACE = timedelta(hours=2)
"""After a day's end, for what is still on its way into the vault and the index."""


def day_of(moment: datetime) -> date:
    """Raises OverflowError in the calendar's last hours."""
    return moment.astimezone(BEIJING).date()


def begin(day: date) -> datetime:
    """Aware UTC."""
    return datetime.combine(day, time(), BEIJING).astimezone(UTC)


def end(day: date) -> datetime:
    """The first moment that is no longer of the day."""
    return begin(day) + timedelta(hours=HOURS)


def hours_of(day: date) -> Iterator[datetime]:
    """The beginnings of its hours, which are UTC's as well."""
    yield from (begin(day) + timedelta(hours=hour) for hour in range(HOURS))


def last_due(now: datetime) -> date:
    """The last day that has been over for long enough to be reported on."""
    return day_of(now - GRACE) - timedelta(days=1)
