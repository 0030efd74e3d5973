"""The archive in memory with the room that erases: a keyring bucket that keeps its versions, and an order."""

import base64
import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from functions.capture.delivery import open_delivery
from functions.disposition.orders import Order
from functions.erasure.erase import erase
from functions.erasure.salt import Done, Version
from functions.erasure.world import World
from functions.errors import Rejected, Tampered, TryLater
from functions.law.erasure import Ground
from functions.law.holds import Hold
from functions.law.locks import Lock
from functions.law.states import State
from tests.archive import ARCHIVE_ID, Archive, receipts
from tests.fakes import Fuse, MemoryBucket, MemoryReader, MemoryStates, Stored
from tests.make import NOW, body_of, make_post, seconds
from tests.media import MediaRoom

ACT = "01932e4b-7c00-7000-8000-000000000001"
LATER = NOW + seconds(3600)
FOREIGN = frozenset({"us.sec.17a4.b4"})


@dataclass
class MemoryKeyrings:
    """The erasure room's view of the keyring bucket. Versions go below in the order in which they were covered."""

    bucket: MemoryBucket
    fuse: Fuse = field(default_factory=Fuse)
    covered: dict[str, list[Stored]] = field(default_factory=dict)
    held: set[str] = field(default_factory=set)
    count: int = 0

    def current(self, key: str) -> Version:
        stored = self.bucket.stored.get(key)
        if stored is None:
            raise Tampered(f"{key}: the keyring is not there")
        if stored.lock is None:
            raise Tampered(f"{key}: the keyring has no lock")
        return Version(
            version_id=stored.version_id,
            etag=stored.version_id,
            body=stored.body,
            lock=stored.lock,
            held=key in self.held | self.bucket.held,
        )

    def replace(self, key: str, body: bytes, *, lock: Lock, over: Version) -> Done:
        stored = self.bucket.stored[key]
        if stored.version_id != over.version_id:
            raise TryLater(f"{key}: another version was put meanwhile")
        self.count += 1
        new = Stored(key=key, version_id=f"w{self.count}", body=body, lock=lock)

        def put() -> None:
            self.covered.setdefault(key, []).insert(0, stored)
            self.bucket.stored[key] = new

        self.fuse.run(put)
        return Done(new.version_id, "request")

    def older(self, key: str) -> list[str]:
        return [one.version_id for one in self.covered.get(key, [])]

    def read(self, key: str, version_id: str) -> bytes | None:
        every = [*self.covered.get(key, []), self.bucket.stored[key]]
        return next((one.body for one in every if one.version_id == version_id), None)

    def remove(self, key: str, version_id: str) -> Done:
        if key in self.held | self.bucket.held:
            raise TryLater(f"{key}: S3 does not let go of version {version_id}")
        left = [one for one in self.covered.get(key, []) if one.version_id != version_id]
        self.fuse.run(lambda: self.covered.__setitem__(key, left))
        return Done(version_id, "request")


@dataclass
class MemoryMarks:
    """The office's writer of States."""

    states: MemoryStates
    fuse: Fuse = field(default_factory=Fuse)

    def put(self, record: bytes, state: State, *, act_id: str, at: datetime) -> None:  # noqa: ARG002 - a fake
        name = record.hex()
        if self.states.of(name) in (State.ERASED, State.SECRET_FROZEN):
            raise Rejected("the record is frozen or erased")

        def put() -> None:
            self.states.kept[name], self.states.acts[name] = state, act_id

        self.fuse.run(put)


@dataclass
class MemoryActs:
    """The orders that were approved, by how many; and which of the acts have ended."""

    fuse: Fuse = field(default_factory=Fuse)
    approvals: dict[bytes, int] = field(default_factory=dict)
    ends: dict[str, str] = field(default_factory=dict)

    def approve(self, order: Order, people: int = 2) -> None:
        self.approvals[order.digest] = people

    def approved(self, order: Order, *, people: int) -> bool:
        return self.approvals.get(order.digest, 0) >= people

    def ended(self, act_id: str) -> bool:
        return act_id in self.ends

    def end(self, act_id: str, *, failed: bool) -> None:
        self.fuse.run(lambda: self.ends.setdefault(act_id, "failed" if failed else "done"))


@dataclass
class MemoryHolds:
    """The table Holds."""

    fuse: Fuse = field(default_factory=Fuse)
    kept: dict[str, Hold] = field(default_factory=dict)
    """Whole, until the walk of its release is over."""
    gone: dict[str, str] = field(default_factory=dict)
    """By which act each was released."""

    def load(self) -> tuple[Hold, ...]:
        return tuple(hold for hold in self.kept.values() if hold.id not in self.gone)

    def put(self, hold: Hold) -> bool:
        if hold.id not in self.gone:
            self.fuse.run(lambda: self.kept.__setitem__(hold.id, hold))
        return hold.id not in self.gone

    def release(self, hold_id: str, *, by: str) -> bool:
        stands = hold_id in self.kept and self.gone.get(hold_id, by) == by
        if stands:
            self.fuse.run(lambda: self.gone.__setitem__(hold_id, by))
        return stands

    def released(self, hold_id: str, *, by: str) -> Hold | None:
        return self.kept.get(hold_id) if self.gone.get(hold_id) == by else None

    def close(self, hold_id: str) -> None:
        self.fuse.run(lambda: self.kept.pop(hold_id, None))


class Erasing:
    """An archive of records that can be erased, and the room that does it."""

    def __init__(self, *, regimes: frozenset[str] = FOREIGN) -> None:
        self.archive = Archive(regimes=regimes)
        self.keyrings = MemoryKeyrings(self.archive.keyrings)
        self.marks, self.acts, self.holds = MemoryMarks(self.archive.states), MemoryActs(), MemoryHolds()
        self.ordered: list[str] = []
        self.room = MediaRoom(regimes=FOREIGN)
        self.room.vault, self.room.keyrings = self.archive.vault, self.archive.keyrings
        self.room.keys, self.room.items = self.archive.keys, self.archive.items

    def use(self, fuse: Fuse) -> None:
        self.archive.use(fuse)
        self.room.use(fuse)
        for one in (self.keyrings, self.marks, self.holds, self.acts):
            one.fuse = fuse

    def deliver(self, *events: Any) -> list[str]:
        """One delivery, one segment; the record ids."""
        name = f"d-{self.archive.queue.sent}"
        answer = self.archive.post(make_post(body_of(*events), webhook_id=name))
        self.archive.run()
        return [one["record_id"] for one in receipts(answer)]

    def seal(self, body: bytes) -> str:
        """A media file of an erasable class; its object key."""
        before = set(self.archive.vault.stored)
        self.room.seal(self.room.upload(body))
        (key,) = set(self.archive.vault.stored) - before
        return key

    def world(self) -> World:
        return World(
            archive_id=ARCHIVE_ID,
            postings=self.archive.postings,
            vault=MemoryReader(self.archive.vault),
            keyrings=self.keyrings,
            files=self.archive.items,
            states=self.archive.states,
            marks=self.marks,
            acts=self.acts,
            holds=self.holds,
            intake=self.archive.world(self.archive.key),
        )

    def order(
        self, record_id: str, *, act: str = "", ground: Ground = Ground.CONSENT_WITHDRAWN, approved: bool = True
    ) -> Order:
        """One act for each record, if no other is named; the first is ACT."""
        self.ordered += [] if record_id in self.ordered else [record_id]
        act = act or f"{ACT[:-1]}{1 + self.ordered.index(record_id)}"
        record = bytes.fromhex(record_id)
        order = Order(act=act, kind="erasure.request", approved_at=NOW, record=record, ground=ground.value)
        if approved:
            self.acts.approve(order)
        return order

    def erase(self, record_id: str, *, now: datetime = LATER, **how: Any) -> str:
        return erase(self.order(record_id, **how), world=self.world(), now=now)

    def reports(self) -> list[dict[str, Any]]:
        """What the room has told, from the queue, oldest first."""
        said = []
        for body in self.archive.queue.waiting.values():
            sealed = base64.b64decode(json.loads(body)["sealed"])
            delivery = open_delivery(sealed, self.archive.keys.unwrap, archive_id=ARCHIVE_ID)
            said += [json.loads(delivery.capture(one))["data"] for one in delivery.items]
        return said
