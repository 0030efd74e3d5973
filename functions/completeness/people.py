"""Custodians who should be heard of, and those who are not."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from functions.canonical import from_epoch_ms
from functions.capture.days import begin, end
from functions.completeness.days import Postings, utc_day
from functions.law.scope import Roll


class Custodians(Protocol):
    def load(self) -> Roll:
        """All of them. Raises TryLater."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """By token: nobody is named."""

    expected: int
    silent: Mapping[bytes, datetime | None]
    """Nothing by or to them for so many days; and when the last was sent that there is."""
    awaited: int
    """Not seen yet, and custodians for less long than that."""


def look_at_people(roll: Roll, postings: Postings, *, day: date, silent_days: int) -> People:
    """As it is at the end of `day`. Raises TryLater."""
    until = end(day) - timedelta(milliseconds=1)
    since = begin(day - timedelta(days=silent_days - 1))
    holding = {term.token: term for term in roll.everyones(until)}
    last = {token: _last_seen(postings, token, utc_day(until)) for token in sorted(holding)}
    unseen = {token: seen for token, seen in last.items() if seen is None or seen < since}
    silent = {token: seen for token, seen in unseen.items() if holding[token].valid_from <= since}
    return People(expected=len(holding), silent=silent, awaited=len(unseen) - len(silent))


def _last_seen(postings: Postings, token: bytes, last_day: str) -> datetime | None:
    posting = postings.latest(token, last_day)
    return None if posting is None else max(from_epoch_ms(row.sent_at_ms) for row in posting.rows)
