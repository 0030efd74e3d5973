"""Who was in a conversation, and when: intervals from what captures say about joining and leaving, in any order."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What one capture says. `account` None is everybody: the conversation was dissolved."""

    at: datetime
    account: str | None
    joined: bool
    record_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """One account's stay, up to but not including `until`. None: nobody has said when."""

    account: str
    since: datetime | None
    until: datetime | None
    record_ids: tuple[str, ...]
    """The records that say so."""


def intervals(changes: Iterable[Change]) -> tuple[Interval, ...]:
    """In order of account and time. The same whatever the order and the number of copies of the changes.

    Somebody who leaves without having joined was there before anyone told us. Joining again and leaving again add
    nothing.
    """
    distinct = sorted(set(changes), key=lambda one: (one.at, one.joined, one.account or "", one.record_id))
    accounts = sorted({one.account for one in distinct if one.account is not None})
    return tuple(stay for account in accounts for stay in _stays(account, distinct))


def _stays(account: str, changes: list[Change]) -> Iterator[Interval]:
    here: Change | None = None
    closed = False
    for one in _in_turn([one for one in changes if one.account in {account, None}]):
        if one.joined and here is None:
            here = one
        elif not one.joined and here is not None:
            yield _stay(account, here, one)
            here = None
        elif not one.joined and not closed and one.account is not None:
            yield _stay(account, None, one)
        closed = True
    if here is not None:
        yield _stay(account, here, None)


def _in_turn(changes: list[Change]) -> Iterator[Change]:
    """Times have whole seconds: of those at one moment, the first is the one that changes something."""
    here = False
    waiting = list(changes)
    while waiting:
        same = [one for one in waiting if one.at == waiting[0].at]
        turn = next((one for one in same if one.joined is not here), same[0])
        waiting.remove(turn)
        here = turn.joined
        yield turn


def _stay(account: str, first: Change | None, last: Change | None) -> Interval:
    return Interval(
        account=account,
        since=first.at if first else None,
        until=last.at if last else None,
        record_ids=tuple(one.record_id for one in (first, last) if one is not None),
    )
