"""The archive in memory with the room that holds, lets go and keeps longer."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from functions.archive.locks import Locking
from functions.disposition.carry import Walked, carry_out
from functions.disposition.orders import Order, read_order
from functions.disposition.walk import Ground
from functions.disposition.world import World
from functions.errors import Tampered
from functions.law.locks import Lock
from functions.law.retention import rule_book
from tests.archive import ARCHIVE_ID
from tests.erasing import Erasing
from tests.fakes import Fuse, MemoryBucket, MemoryReader
from tests.make import NOW


@dataclass
class MemoryObjects:
    """Locks and legal holds of a bucket."""

    bucket: MemoryBucket
    fuse: Fuse = field(default_factory=Fuse)

    @property
    def held(self) -> set[str]:
        return self.bucket.held

    def lock(self, key: str, version_id: str | None) -> Lock | None:
        stored = self.bucket.stored.get(key)
        if stored is None or version_id not in (None, stored.version_id):
            raise Tampered(f"{key}: not there, though the index says so")
        return stored.lock

    def extend(self, key: str, version_id: str | None, lock: Lock) -> None:
        self.lock(key, version_id)
        stored = replace(self.bucket.stored[key], lock=lock)
        self.fuse.run(lambda: self.bucket.stored.__setitem__(key, stored))

    def hold(self, key: str, version_id: str | None, *, on: bool) -> None:
        self.lock(key, version_id)
        self.fuse.run(lambda: self.bucket.put_hold(key, on=on))


@dataclass
class MemoryAgain:
    """This room's own queue."""

    fuse: Fuse = field(default_factory=Fuse)
    waiting: list[tuple[str, int]] = field(default_factory=list)

    def send(self, body: str, *, after_seconds: int) -> None:
        self.fuse.run(lambda: self.waiting.append((body, after_seconds)))


class Disposing(Erasing):
    """With the room's own queue, which `run` works off."""

    def __init__(self, **how: Any) -> None:
        super().__init__(**how)
        self.objects, self.salts = MemoryObjects(self.archive.vault), MemoryObjects(self.archive.keyrings)
        self.again = MemoryAgain()
        self.locking = Locking(mode="COMPLIANCE", trial_days=0)

    def use(self, fuse: Fuse) -> None:
        super().use(fuse)
        for one in (self.objects, self.salts, self.again):
            one.fuse = fuse

    def disposition(self) -> World:
        return World(
            ground=Ground(
                postings=self.archive.postings,
                vault=MemoryReader(self.archive.vault),
                items=self.archive.items,
                archive_id=ARCHIVE_ID,
            ),
            vault=self.objects,
            keyrings=self.salts,
            notes=self.archive.items,
            acts=self.acts,
            holds=self.holds,
            again=self.again,
            intake=self.archive.world(self.archive.key),
            rules=rule_book(),
            index_key=self.archive.key,
            locking=self.locking,
        )

    def participant(self, account: str) -> bytes:
        return self.archive.key.token("participant", account)

    def carry_out(self, order: Order, now: datetime = NOW) -> Walked:
        self.acts.approve(order)
        return carry_out(order, world=self.disposition(), now=now)

    def run(self, order: Order) -> list[Walked]:
        """The order, and everything it sends to itself."""
        done = [self.carry_out(order)]
        while self.again.waiting:
            body, _ = self.again.waiting.pop(0)
            done.append(self.carry_out(read_order(body)))
        return done


def place(*accounts: bytes, act: str = "hold-1", **more: Any) -> Order:
    return Order(act=act, kind="hold.place", approved_at=NOW, custodians=frozenset(accounts), **more)


def release(hold: str = "hold-1") -> Order:
    return Order(act="release-1", kind="hold.release", approved_at=NOW, hold=hold)
