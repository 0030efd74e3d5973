"""What carrying out an order needs of the world."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from functions.archive.locks import Locking
from functions.archive.media import Standing
from functions.capture.tokens import IndexKey
from functions.disposition.orders import Order
from functions.disposition.walk import Ground
from functions.intake.accept import World as IntakeWorld
from functions.law.holds import Hold
from functions.law.locks import Lock
from functions.law.retention import RuleBook


class Objects(Protocol):
    """A bucket with Object Lock. `version_id` None is the newest."""

    def lock(self, key: str, version_id: str | None) -> Lock | None:
        """As S3 says. Raises TryLater."""
        ...

    def extend(self, key: str, version_id: str | None, lock: Lock) -> None:
        """Raises TryLater."""
        ...

    def hold(self, key: str, version_id: str | None, *, on: bool) -> None:
        """Put or lift S3's legal hold; as it is already is done. Raises TryLater."""
        ...


class Notes(Protocol):
    """The holds that the items of the table Media name. Each call is one write to one item."""

    def hold(self, media: bytes, hold: str) -> Standing:
        """Add its id. The item after it. Raises TryLater."""
        ...

    def strike(self, media: bytes, holds: Collection[str]) -> None:
        """Take these ids out; what is not there is out as well. Raises TryLater."""
        ...


class HoldList(Protocol):
    def load(self) -> Sequence[Hold]:
        """Those that stand. Raises TryLater."""
        ...

    def put(self, hold: Hold) -> bool:
        """Atomic: whether it stands now. One that was released is not put back. Raises TryLater."""
        ...

    def release(self, hold_id: str, *, by: str) -> bool:
        """Atomic: whether this act has released it, now or before, and its walk is not over. Raises TryLater."""
        ...

    def released(self, hold_id: str, *, by: str) -> Hold | None:
        """What this act has released, until the walk is over. Raises TryLater."""
        ...

    def close(self, hold_id: str) -> None:
        """The walk is over: that it was released is all that stays, for ever. Raises TryLater."""
        ...


class Acts(Protocol):
    def approved(self, order: Order, *, people: int) -> bool:
        """Whether so many people have approved what became this very order, and that is recorded. Raises TryLater."""
        ...


class Again(Protocol):
    def send(self, body: str, *, after_seconds: int) -> None:
        """Back to this room's own queue. Raises TryLater."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What carrying out an order needs of the world."""

    ground: Ground
    vault: Objects
    keyrings: Objects
    notes: Notes
    acts: Acts
    holds: HoldList
    again: Again
    intake: IntakeWorld
    rules: RuleBook
    index_key: IndexKey
    locking: Locking
