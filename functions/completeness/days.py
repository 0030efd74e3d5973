"""What came on one day, counted from the index: by way in, by exception, by what WeCom announced."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Protocol

from functions.archive.sequences import PULL_GAP, SHOWN
from functions.canonical import from_epoch_ms
from functions.capture.days import GRACE, begin, end, hours_of, last_due
from functions.capture.tokens import IndexKey
from functions.index.postings import Posting, Row

REPORTS = ("report", "completeness")
"""The token of this room's own reports."""
WANTED_DAYS = 30
"""How long a file that never came is asked for day by day."""


class Postings(Protocol):
    def between(self, token: bytes, first_day: str, last_day: str) -> Iterable[Posting]:
        """Postings of a token on these UTC days, both included. Raises TryLater."""
        ...

    def latest(self, token: bytes, last_day: str) -> Posting | None:
        """The last posting of a token up to this UTC day; one of several. Raises TryLater."""
        ...


class MissingMedia(Protocol):
    def missing_on(self, day: str) -> Iterable[bytes]:
        """Tokens of the files that are wanted since that UTC day and not there. Raises TryLater."""
        ...


class Tombstones(Protocol):
    def of_day(self, day: date) -> Mapping[str, int]:
        """How many captures received on that day were dropped, by reason. Raises TryLater."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """What one way in brought of a day, each record once."""

    endpoint: str
    count: int
    first_sent: datetime | None = None
    last_sent: datetime | None = None


@dataclass(frozen=True, slots=True)
class Index:
    """The postings, and the key that its names are made with."""

    postings: Postings
    key: IndexKey

    def way(self, endpoint: str, day: date) -> Way:
        """Raises TryLater."""
        hours = (self.key.arrival(endpoint, hour) for hour in hours_of(day))
        rows = _once(row for token in hours for row in self._rows(token, day))
        sent = [from_epoch_ms(row.sent_at_ms) for row in rows]
        return Way(
            endpoint=endpoint, count=len(rows), first_sent=min(sent, default=None), last_sent=max(sent, default=None)
        )

    def flags(self, day: date) -> dict[str, int]:
        """How many records of the day carry each exception. Raises TryLater."""
        return {name: self.flag(name, day) for name in (*SHOWN.names(), PULL_GAP)}

    def flag(self, name: str, day: date) -> int:
        """Raises TryLater."""
        return len(_once(self._rows(self.key.token("flag", name), day)))

    def last_report(self, due: date) -> date | None:
        """The day of the last report that was made in its time, if the vault has any. Raises TryLater."""
        found = self.postings.latest(self.key.token(*REPORTS), utc_day(end(due) + GRACE))
        return None if found is None else last_due(max(from_epoch_ms(row.sent_at_ms) for row in found.rows))

    def announced(self, event: str, since: datetime, until: datetime) -> list[datetime]:
        """When a platform's event came in, ascending. Raises TryLater."""
        found = self.postings.between(self.key.token("event", event), utc_day(since), utc_day(until))
        return sorted(from_epoch_ms(row.received_at_ms) for row in _once(row for one in found for row in one.rows))

    def _rows(self, token: bytes, day: date) -> Iterator[Row]:
        """Of one Beijing day, which lies on two of the index's."""
        first, last = begin(day), end(day)
        for posting in self.postings.between(token, utc_day(first), utc_day(last)):
            yield from (row for row in posting.rows if first <= from_epoch_ms(row.sent_at_ms) < last)


def count_missing(media: MissingMedia, day: date) -> int:
    """Files wanted since one of the weeks before the day's end that have not come. Raises TryLater."""
    days = ((day - timedelta(days=back)).isoformat() for back in range(WANTED_DAYS))
    return sum(1 for one in days for _ in media.missing_on(one))


def utc_day(moment: datetime) -> str:
    return moment.astimezone(UTC).date().isoformat()


def _once(rows: Iterable[Row]) -> list[Row]:
    """A record may be stored twice; it is counted once."""
    return list({row.digest: row for row in rows}.values())
