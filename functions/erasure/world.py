"""What an erasure needs of the world, and what was ordered."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from functions.archive.media import Standing
from functions.disposition.world import Acts as Approvals
from functions.erasure.salt import Keyrings
from functions.erasure.target import Holds
from functions.intake.accept import World as IntakeWorld
from functions.law.erasure import Ground
from functions.law.states import State
from functions.retrieval.find import Postings
from functions.retrieval.naming import Items
from functions.retrieval.read import Bucket
from functions.retrieval.states import States as Readable


class Acts(Approvals, Protocol):
    def ended(self, act_id: str) -> bool:
        """Whether its order was carried out. Raises TryLater."""
        ...

    def end(self, act_id: str, *, failed: bool) -> None:
        """Atomic: it was, and came to nothing where it failed. What has ended is left as it is. Raises TryLater."""
        ...


class Files(Items, Protocol):
    """The table Media."""

    def retire(self, media: bytes, seen: Standing, *, now: datetime) -> None:
        """The next generation counts from now on: nothing of it is there, and nobody wants it yet. Atomic.

        Raises TryLater, also when the item is not as it was seen: somebody has named, uploaded or held the file.
        """
        ...

    def forget(self, name: bytes, media_id: str) -> None:
        """Nobody wants it any more by this other name, unless that stands for another file too. Raises TryLater."""
        ...


class States(Readable, Protocol):
    def act_of(self, record_id: str) -> str | None:
        """Which act made it what it is, None where there was none. Raises TryLater."""
        ...


class Marks(Protocol):
    def put(self, record: bytes, state: State, *, act_id: str, at: datetime) -> None:
        """As `functions.office.settle.States`."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What an erasure needs of the world."""

    archive_id: str
    postings: Postings
    vault: Bucket
    keyrings: Keyrings
    files: Files
    states: States
    marks: Marks
    acts: Acts
    holds: Holds
    intake: IntakeWorld


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What was ordered."""

    act: str
    record: bytes
    ground: Ground
