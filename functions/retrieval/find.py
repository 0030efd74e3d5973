"""Find records in the postings: by their own id, or by what a gateway calls its event."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from functions.capture.tokens import RECORD_ID_DIGITS, IndexKey, arrival, endpoint_name, record_digest
from functions.errors import Fault, Rejected
from functions.index.postings import Posting, Row

HOUR = timedelta(hours=1)
FIRST, LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
RECORD_ID = re.compile(f"[0-9a-f]{{{RECORD_ID_DIGITS}}}")
LOOK_BACK_HOURS = 24
"""How far back a receipt is looked for when nobody says when the event was sent."""


class Postings(Protocol):
    def query(self, token: bytes) -> Iterable[Posting]:
        """All postings of a token, oldest day first. Raises TryLater."""
        ...


@dataclass(frozen=True, slots=True)
class Found:
    """One stored copy of a record."""

    posting: Posting
    row: Row

    @property
    def record_id(self) -> str:
        return (self.posting.token + self.row.digest).hex()


def by_record_id(postings: Postings, record_id: str) -> list[Found]:
    """Every stored copy, first stored first: the segment ids sort by time. Raises Rejected when it is no record id."""
    if RECORD_ID.fullmatch(record_id) is None:
        fault = Fault(pointer="record_id", detail=f"expected {RECORD_ID_DIGITS} hex digits, as a receipt gives them")
        raise Rejected("not a record id", (fault,))
    digest, stored = record_digest(record_id), postings.query(arrival(record_id))
    found = [Found(one, row) for one in stored for row in one.rows if row.digest == digest]
    return sorted(found, key=lambda one: (one.posting.segment_id, one.row.ordinal))


def by_event(
    postings: Postings, key: IndexKey, *, gateway: str, event_id: str, hours: Iterable[datetime]
) -> list[Found]:
    """The copies of the first hour that has any."""
    endpoint = endpoint_name("gateway", gateway)
    digest = key.event_digest(endpoint=endpoint, event_id=event_id)
    for hour in hours:
        token = key.arrival(endpoint, hour)
        found = [Found(one, row) for one in postings.query(token) for row in one.rows if row.event_digest == digest]
        if found:
            return found
    return []


def hours(sent: datetime | None, now: datetime) -> Iterator[datetime]:
    """The hour it was sent in and its neighbours, where there are any; or the last day, newest first."""
    if sent is None:
        yield from (now - HOUR * back for back in range(-1, LOOK_BACK_HOURS))
        return
    yield sent
    if sent - FIRST >= HOUR:
        yield sent - HOUR
    if LAST - sent >= HOUR:
        yield sent + HOUR
