"""WeCom's chat archive: what was announced, what came, and how long something is overdue. WeCom keeps it five days."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from functions.capture.days import day_of
from functions.capture.sequence import WECOM
from functions.completeness.days import Index
from functions.completeness.streams import Counted, of_kind
from functions.pull.cursor import KEPT, Cursor

NOTICE = "msgaudit_notify"
FORGOTTEN = timedelta(days=30)
"""A source that has brought nothing for so long is no longer waited for by the hour; its reports have said so."""
HOUR = timedelta(hours=1)
FIRST_HOURS, LAST_HOURS = 12, 72
"""A warning, and the last one while there is still time to fetch what WeCom keeps."""


class Cursors(Protocol):
    def load(self, corp_id: str) -> Cursor | None:
        """How far a corp has been read; none before the first pull. Raises TryLater."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetching:
    cursors: Mapping[str, Cursor]
    """By endpoint, how far the pull room has read."""
    sources: Mapping[str, datetime]
    """By endpoint, when a message last came, or WeCom last said that there was none."""
    announced: tuple[datetime, ...]
    """When WeCom said that there is something, ascending."""

    @property
    def last(self) -> datetime | None:
        return max(self.sources.values(), default=None)

    def unanswered(self) -> datetime | None:
        """The first notice after which nothing came and nobody asked."""
        return next((one for one in self.announced if self.last is None or one > self.last), None)

    def silent_hours(self, now: datetime) -> int:
        """Whole hours that something is overdue: since a notice, or, where none ever come, since the last message."""
        if self.announced:
            since = [self.unanswered() or now]
        else:
            since = [one for one in self.sources.values() if now - one < FORGOTTEN]
        return max((int((now - one) / HOUR) for one in since), default=0)

    def is_overdue(self, now: datetime) -> bool:
        """What was announced has a quiet half day; where nothing is, a weekend may pass without a word."""
        return self.silent_hours(now) >= (FIRST_HOURS if self.announced else LAST_HOURS)

    def announced_on(self, day: date) -> int:
        return sum(1 for one in self.announced if day_of(one) == day)


def look_at_fetching(
    counted: Iterable[Counted], cursors: Mapping[str, Cursor], index: Index, now: datetime
) -> Fetching:
    """Raises TryLater."""
    sources = {endpoint: cursor.succeeded_at for endpoint, cursor in cursors.items()}
    for one in of_kind(counted, WECOM):
        endpoint, last = one.stream.endpoint, one.last_received
        sources[endpoint] = max(sources.get(endpoint, last), last)
    announced = index.announced(NOTICE, now - KEPT, now)
    return Fetching(cursors=cursors, sources=sources, announced=tuple(announced))
