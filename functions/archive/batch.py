"""What a batch needs of the world, and what became of it."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from functions.archive.counting import Counters
from functions.archive.draft import Draft
from functions.archive.ledger import Consents
from functions.archive.media import Wishes
from functions.archive.outcome import Outcome as Fate
from functions.archive.policy import Policy
from functions.archive.store import Store
from functions.archive.tombstones import Tombstones
from functions.archive.waiting import Aside
from functions.capture.delivery import Unwrap
from functions.capture.tokens import Names
from functions.classify.lexicon import Lexicons
from functions.errors import Tampered, TryLater
from functions.malware.scan import Scanner


class Parcels(Protocol):
    def get(self, key: str) -> bytes:
        """A delivery too large for a queue message. Raises TryLater, also while it cannot be found."""
        ...


class HeldBackOnes(Protocol):
    def get(self, key: str) -> bytes:
        """A capture that was held back. Raises TryLater, and AlreadyStored when it was let go."""
        ...


class Quarantine(Protocol):
    def put(self, name: str, body: bytes, *, reason: str) -> None:
        """Keep what can never be archived. Raises TryLater."""
        ...


class Queue(Protocol):
    def send(self, body: str) -> None:
        """Have something decided again. Raises TryLater."""
        ...


class Bus(Protocol):
    def tell(self, kind: str, details: Sequence[dict[str, Any]]) -> None:
        """Whoever listens; no names and no text. Raises TryLater."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What the batch needs of the world."""

    parcels: Parcels
    held: HeldBackOnes
    unwrap: Unwrap
    quarantine: Quarantine
    store: Store
    aside: Aside
    consents: Consents
    counters: Counters
    tombstones: Tombstones
    queue: Queue
    bus: Bus
    policy: Policy
    lexicons: Lexicons
    names: Names
    wishes: Wishes
    scanner: Callable[[], Scanner]
    """Made when the first file asks for it."""


@dataclass(frozen=True, slots=True)
class Time:
    """How long a batch may go on. Writing gets the last part of it to itself."""

    clock: Callable[[], datetime]
    read_until: datetime
    write_until: datetime

    def check(self) -> datetime:
        """The time. Raises TryLater when none is left to begin another write."""
        now = self.clock()
        if now >= self.write_until:
            raise TryLater("no time is left to write more")
        return now


@dataclass(slots=True)
class Outcome:
    """What became of a batch."""

    unsettled: dict[str, str] = field(default_factory=dict)
    """Message id → why it stays on the queue: the name of the outcome, never its text."""
    segments: list[str] = field(default_factory=list)
    """Object keys."""
    captures: int = 0
    unparsed: int = 0
    unknown: int = 0
    """Of a type or shape that this release does not know."""
    sealed: int = 0
    conflicts: int = 0
    dropped: int = 0
    suspected: int = 0
    held_back: int = 0
    restricted: int = 0
    not_inspected: int = 0
    unclean: int = 0
    infected: int = 0
    """Files inside captures."""
    asked: int = 0
    """Notices that a gateway was asked to show."""
    quarantined: int = 0
    tampered: int = 0

    @contextmanager
    def keeping(self, *owners: str) -> Iterator[None]:
        """Whatever goes wrong inside leaves these messages on the queue, and no others."""
        try:
            yield
        except Exception as reason:  # noqa: BLE001 - a bug that one delivery shows must not take its neighbours along
            self.tampered += isinstance(reason, Tampered)
            self.unsettled |= dict.fromkeys(owners, type(reason).__name__)


@dataclass(frozen=True, slots=True)
class Case:
    """One draft, the message it came in, and what becomes of it."""

    owner: str
    draft: Draft
    fate: Fate


@dataclass(slots=True)
class Load:
    """Drafts on their way, and the message each came in."""

    drafts: list[tuple[str, Draft]] = field(default_factory=list)
    size_bytes: int = 0

    def add(self, owner: str, drafts: Sequence[Draft]) -> None:
        self.drafts += [(owner, one) for one in drafts]
        self.size_bytes += sum(one.size_bytes for one in drafts)

    def owners(self) -> list[str]:
        return list(dict.fromkeys(owner for owner, _ in self.drafts))
