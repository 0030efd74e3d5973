"""A fixed list of records that may leave the country, and who is in them: counted in pieces, in any order. Pure."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntFlag
from typing import Literal

from functions.canonical import canonical
from functions.law.border import Handover

MOST_RECORDS = 100_000
"""Of one scope. Whoever needs more splits by time: the year adds up what was split."""
MOST_PEOPLE = 500_000
"""Of one scope: what the office can add up while somebody waits for an answer."""

ID_BYTES, PERSON_BYTES = 24, 17
"""Of a record's id, and of a person: a token and their traits."""
SEGMENT_BYTES = 40
"""Of a segment's id, as text in a set."""

State = Literal["measuring", "ready", "too_large"]
LeftOut = Literal["erased", "frozen", "own", "restricted", "tampered", "unclean"]


class Trait(IntFlag):
    """What a scope says of one person. The bits stand in the table Scopes (docs/formats.md)."""

    NONE = 0
    SENSITIVE = 1
    """It holds sensitive information about them, or something that nobody could look into."""
    BY_CONSENT = 2
    """What it holds is processed by their consent, or was kept without a ground."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Some records of a scope. Sets, so that what is found twice counts once."""

    records: frozenset[bytes] = frozenset()
    """Record ids: arrival token and digest."""
    people: Mapping[bytes, Trait] = field(default_factory=dict)
    """By the keyed token of a natural person in any of them."""
    tiers: frozenset[str] = frozenset()
    left: Mapping[LeftOut, frozenset[bytes]] = field(default_factory=dict)
    """Record ids that are not in it, by reason."""
    broken: frozenset[str] = frozenset()
    """Ids of segments that did not verify, or have a line that does not: of these nobody knows what they hold."""

    @property
    def size_bytes(self) -> int:
        """About what it takes to keep it."""
        ids = len(self.records) + sum(len(held) for held in self.left.values())
        return ID_BYTES * ids + PERSON_BYTES * len(self.people) + SEGMENT_BYTES * len(self.broken)


@dataclass(frozen=True, slots=True)
class Piece:
    """What one run found, and the segment after which the next goes on; None where there is no next."""

    part: Part
    then: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A scope that was counted. It never changes."""

    act: str
    """That ordered it: the scope's id."""
    state: State
    at: datetime
    records: int = 0
    persons: int = 0
    sensitive_persons: int = 0
    consent_persons: int = 0
    tiers: frozenset[str] = frozenset()
    left: Mapping[LeftOut, int] = field(default_factory=dict)
    broken: int = 0
    scope_sha256: str | None = None
    """Of the list of records, lowercase hex."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """That a scope may leave. From then on it counts as gone."""

    act: str
    scope: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    """What was approved in one calendar year of Beijing."""

    year: int
    turn: int = 0
    """Grows with every approval; one is entered into the turn that was read."""
    approvals: tuple[Approval, ...] = ()

    def has(self, act: str) -> bool:
        return any(one.act == act for one in self.approvals)


def join(parts: Iterable[Part]) -> Part:
    """The union. A record that one copy of was left out, and another was not, is in it."""
    every = list(parts)
    people: dict[bytes, Trait] = {}
    left: dict[LeftOut, frozenset[bytes]] = {}
    records = frozenset[bytes]().union(*(one.records for one in every))
    for one in every:
        for token, trait in one.people.items():
            people[token] = people.get(token, Trait.NONE) | trait
        for reason, ids in one.left.items():
            left[reason] = left.get(reason, frozenset()) | ids
    return Part(
        records=records,
        people=people,
        tiers=frozenset[str]().union(*(one.tiers for one in every)),
        left={reason: ids - records for reason, ids in left.items() if ids - records},
        broken=frozenset[str]().union(*(one.broken for one in every)),
    )


def sha256_of(records: Iterable[bytes]) -> str:
    """Of the canonical JSON of the ids in hex, ascending, each once."""
    return hashlib.sha256(canonical(sorted({one.hex() for one in records}))).hexdigest()


def total(part: Part, *, act: str, at: datetime) -> Measured:
    """What a whole scope comes to."""
    if len(part.records) > MOST_RECORDS or len(part.people) > MOST_PEOPLE:
        return Measured(act=act, state="too_large", at=at)
    return Measured(
        act=act,
        state="ready",
        at=at,
        records=len(part.records),
        persons=len(part.people),
        sensitive_persons=len(having(part.people, Trait.SENSITIVE)),
        consent_persons=len(having(part.people, Trait.BY_CONSENT)),
        tiers=part.tiers,
        left={reason: len(ids) for reason, ids in part.left.items()},
        broken=len(part.broken),
        scope_sha256=sha256_of(part.records),
    )


def having(people: Mapping[bytes, Trait], trait: Trait) -> frozenset[bytes]:
    """Those of whom it says that."""
    bit = int(trait)
    return frozenset(token for token, known in people.items() if int(known) & bit)


def handover(people: Mapping[bytes, Trait], *, at: datetime) -> Handover:
    """As the year counts it."""
    return Handover(at=at, persons=frozenset(people), sensitive=having(people, Trait.SENSITIVE))
