"""What waits outside the vault past its time: held captures are decided again, suspects nobody looked at counted."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from functions.archive.settle import again
from functions.archive.waiting import CONSENT

MOST = 1000
"""Decided again in one turn; the next has the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """One item of table Held whose time is over."""

    record: str
    kind: str


class Held(Protocol):
    """The table Held."""

    def due(self, now: datetime) -> Iterable[Due]:
        """Raises TryLater."""
        ...


class Queue(Protocol):
    """The capture queue."""

    def send(self, body: str) -> None:
        """Durable when it returns. Raises TryLater."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Waited:
    """The numbers of one turn."""

    decided_again: int
    suspects: int
    """In quarantine for longer than the policy allows."""


def look_after(held: Held, queue: Queue, now: datetime) -> Waited:
    """The archive room drops or restricts what nobody answered for; asked again, it does the same. Raises TryLater."""
    due = list(held.due(now))
    unanswered = list(dict.fromkeys(one.record for one in due if one.kind == CONSENT))[:MOST]
    for record in unanswered:
        queue.send(again(record))
    return Waited(decided_again=len(unanswered), suspects=sum(one.kind != CONSENT for one in due))
