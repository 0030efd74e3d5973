"""What the archive room sets aside, counts and tells, in memory: under the contracts of the real ones."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from functions.archive.counting import Place, Steps
from functions.archive.ledger import Entry, Person, ledger_of, text_of
from functions.archive.tombstones import Tombstone
from functions.archive.waiting import Waiting
from functions.errors import AlreadyStored
from tests.fakes import Fuse, MemoryBucket


@dataclass
class MemorySuspects:
    """Archive's Suspects."""

    fuse: Fuse = field(default_factory=Fuse)
    stored: dict[str, tuple[bytes, dict[str, str]]] = field(default_factory=dict)

    def put_suspect(self, key: str, body: bytes, *, metadata: Mapping[str, str]) -> None:
        self.fuse.run(lambda: self.stored.__setitem__(key, (body, dict(metadata))))


@dataclass
class MemoryHeld:
    """Archive's HeldObjects and HeldBackOnes, in the intake bucket."""

    bucket: MemoryBucket

    def put(self, key: str, body: bytes) -> None:
        self.bucket.put(key, body)

    def get(self, key: str) -> bytes:
        if key not in self.bucket.stored:
            raise AlreadyStored(f"{key} was let go")
        return self.bucket.stored[key].body

    def remove(self, key: str) -> None:
        self.bucket.fuse.run(lambda: self.bucket.stored.pop(key, None))


@dataclass
class MemoryConsents:
    """Archive's Consents."""

    fuse: Fuse = field(default_factory=Fuse)
    logged: dict[tuple[bytes, str], str] = field(default_factory=dict)
    standings: dict[bytes, set[str]] = field(default_factory=dict)
    asked: dict[bytes, dict[tuple[str, str], datetime]] = field(default_factory=dict)

    def enter(self, entry: Entry) -> None:
        text = self.fuse.run(lambda: self.logged.setdefault((entry.token, entry.name), text_of(entry.standing)))
        self.fuse.run(lambda: self.standings.setdefault(entry.token, set()).add(text))

    def people(self, tokens: Collection[bytes]) -> Mapping[bytes, Person]:
        there = self.standings.keys() | self.asked.keys()
        return {
            token: Person(ledger_of(self.standings.get(token, ())), dict(self.asked.get(token, {})))
            for token in tokens
            if token in there
        }

    def ask(self, token: bytes, purpose: str, category: str, *, now: datetime) -> None:
        self.fuse.run(lambda: self.asked.setdefault(token, {}).__setitem__((purpose, category), now))


@dataclass
class MemoryWaiting:
    """Archive's WaitingList."""

    fuse: Fuse = field(default_factory=Fuse)
    items: dict[tuple[bytes, str], Waiting] = field(default_factory=dict)

    def put(self, waiting: Sequence[Waiting]) -> None:
        for one in waiting:
            self.fuse.run(lambda one=one: self.items.setdefault((one.token, one.record), one))  # type: ignore[misc]

    def records(self, token: bytes) -> Iterator[str]:
        yield from [record for held, record in sorted(self.items) if held == token]

    def remove(self, tokens: Iterable[bytes], record: str) -> None:
        for token in tokens:
            self.fuse.run(lambda token=token: self.items.pop((token, record), None))  # type: ignore[misc]


@dataclass
class MemoryTombstones:
    """Archive's Tombstones."""

    fuse: Fuse = field(default_factory=Fuse)
    items: dict[tuple[str, str], Tombstone] = field(default_factory=dict)

    def put(self, stones: Sequence[Tombstone]) -> None:
        for one in stones:
            self.fuse.run(lambda one=one: self.items.__setitem__((one.day, one.name), one))  # type: ignore[misc]

    def counts(self) -> dict[str, int]:
        """By reason."""
        found: dict[str, int] = {}
        for one in self.items.values():
            reason = one.name.split("/")[2]
            found[reason] = found.get(reason, 0) + one.count
        return found

    def of_day(self, day: date) -> dict[str, int]:
        return MemoryTombstones(items={key: one for key, one in self.items.items() if one.day == str(day)}).counts()


@dataclass
class MemoryCounters:
    """Archive's Counters."""

    fuse: Fuse = field(default_factory=Fuse)
    sums: dict[Place, int] = field(default_factory=dict)
    members: set[tuple[Place, bytes]] = field(default_factory=set)

    def values(self, places: Iterable[Place]) -> Mapping[Place, int]:
        return {place: self.sums[place] for place in places if place in self.sums}

    def add(self, steps: Steps) -> None:
        for one in sorted(steps.members - self.members):
            self.fuse.run(lambda one=one: self._count(one))  # type: ignore[misc]
        for place, by in sorted(steps.sums.items()):
            if by:
                self.fuse.run(lambda place=place, by=by: self._grow(place, by))  # type: ignore[misc]

    def _count(self, member: tuple[Place, bytes]) -> None:
        self.members.add(member)
        self._grow(member[0], 1)

    def _grow(self, place: Place, by: int) -> None:
        self.sums[place] = self.sums.get(place, 0) + by


@dataclass
class MemoryBus:
    """Archive's Bus."""

    fuse: Fuse = field(default_factory=Fuse)
    told: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def tell(self, kind: str, details: Sequence[dict[str, Any]]) -> None:
        for detail in details:
            self.fuse.run(lambda detail=detail: self.told.append((kind, detail)))  # type: ignore[misc]

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [detail for told, detail in self.told if told == kind]


def with_regimes(law: Any, *regimes: str) -> Any:
    """The same policy under other retention rules."""
    return replace(law, retention=replace(law.retention, regimes=regimes))
