"""A quarantine in memory, with one suspect in it, and the office that decides about it."""

import json
import os
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from functions.capture.aside import quarantine_context, seal_suspect, single, suspect_key
from functions.capture.capture import Delivery, Flag, Part
from functions.capture.delivery import NONCE_BYTES
from functions.capture.event import check
from functions.custody.door import take
from functions.custody.orders import Outcome, World, carry_out, read_order
from functions.custody.suspects import Sealed, Suspect
from functions.errors import Tampered
from functions.intake.accept import item
from functions.law.states import State
from tests.archive import ARCHIVE_ID
from tests.fakes import Fuse
from tests.make import GATEWAY, NOW, make_event
from tests.office import ROLES, Office, act_id, arn, document, read, request

SECRET = "绝密★30年"
SINCE, DUE = NOW, NOW + timedelta(days=3)
LOOK_ID = act_id(999)


@dataclass
class MemorySuspects:
    """The quarantine bucket, versions and all."""

    fuse: Fuse = field(default_factory=Fuse)
    objects: dict[str, list[tuple[bytes, Suspect | None]]] = field(default_factory=dict)

    def put(self, key: str, body: bytes, suspect: Suspect | None = None) -> None:
        self.objects.setdefault(key, []).append((body, suspect))

    def head(self, record_id: str) -> Suspect | None:
        versions = self.objects.get(suspect_key(record_id))
        return versions[-1][1] if versions else None

    def get(self, record_id: str) -> Sealed | None:
        suspect = self.head(record_id)
        return None if suspect is None else Sealed(suspect, self.objects[suspect_key(record_id)][-1][0])

    def key(self, name: str) -> bytes:
        if name not in self.objects:
            raise Tampered(f"{name}: the key of a suspect that is there is not")
        return self.objects[name][-1][0]

    def remove(self, prefix: str) -> int:
        for key in [one for one in self.objects if one.startswith(prefix)]:
            while self.objects.get(key):
                self.fuse.run(self.objects[key].pop)
            self.objects.pop(key)
        return 0


@dataclass
class MemoryWaiting:
    """The suspects of the table Held."""

    fuse: Fuse = field(default_factory=Fuse)
    records: list[str] = field(default_factory=list)

    def suspects(self, *, most: int) -> list[str]:
        return sorted(self.records)[:most]

    def remove(self, record_id: str) -> None:
        self.fuse.run(lambda: self.records.remove(record_id) if record_id in self.records else None)


@dataclass
class MemoryRecordStates:
    """The table States, over the office's."""

    office: Office

    def of(self, record_id: str) -> State | None:
        stands = self.office.states.items.get(bytes.fromhex(record_id))
        return stands[0] if stands else None

    def put(self, record_id: str, state: State, *, act_id: str, at: datetime) -> None:
        if self.of(record_id) is not State.ERASED:
            put = self.office.states.items.__setitem__
            self.office.fuse.run(lambda: put(bytes.fromhex(record_id), (state, at, act_id)))


class Custody:
    """The office, and the custodian behind its queue."""

    def __init__(self, fuse: Fuse | None = None) -> None:
        self.office = Office()
        self.suspects, self.waiting = MemorySuspects(), MemoryWaiting()
        self.states = MemoryRecordStates(self.office)
        self.record = self.quarantine()
        self.use(fuse or Fuse())

    def use(self, fuse: Fuse) -> None:
        self.fuse = fuse
        self.office.use(fuse)
        self.suspects.fuse = self.waiting.fuse = fuse

    @property
    def world(self) -> World:
        return World(
            intake=self.office.world.intake,
            quarantine=self.suspects,
            waiting=self.waiting,
            states=self.states,
            acts=self.office.acts,
            unwrap=self.office.archive.keys.unwrap,
        )

    def quarantine(self, text: str = SECRET, event_id: str = "msg-1") -> str:
        """What the archive room does with a suspect."""
        delivery = self._delivery(text, event_id)
        alone = single(delivery, delivery.items[0], evidence={"quarantined_at": "2026-11-22T09:30:00.000Z"})
        record_id = alone.items[0].record_id
        key = self.office.archive.keys.generate(quarantine_context(ARCHIVE_ID, record_id))
        body, name = seal_suspect(alone, archive_id=ARCHIVE_ID, key=key, nonce=os.urandom(NONCE_BYTES))
        self.suspects.put(name, key.wrapped)
        suspect = Suspect(record_id=record_id, reasons=("mark.top_secret",), since=SINCE, due=DUE)
        self.suspects.put(suspect_key(record_id), body, suspect)
        self.waiting.records.append(record_id)
        return record_id

    def _delivery(self, text: str, event_id: str) -> Delivery:
        event = make_event(text, id=event_id)
        capture = json.dumps(event).encode()
        world = self.office.world.intake
        one = item(
            world, door="gateway", endpoint=GATEWAY, event=check(event), offset=0, capture=capture, received_at=NOW
        )
        return Delivery(
            delivery_id="delivery-1",
            door="gateway",
            endpoint=GATEWAY,
            received_at=NOW,
            evidence={"webhook_id": "d-1"},
            flags=Flag.NONE,
            items=(one,),
            parts=(Part(name="body", media_type="application/json", body=capture),),
        )

    def approved(self, kind: str, number: int = 1, record: str | None = None) -> str:
        """The order that two people's approval puts on the queue."""
        found = document(kind, number, record=record or self.record)
        self.office.propose(kind, arn("alice", "security_officer"), found)
        self.office.decide(kind, arn("bob", "security_officer"), act_id(number))
        return self.office.orders.sent[-1][1]

    def carry_out(self, order: str) -> Outcome | None:
        return carry_out(self.world, read_order(order), self.office.now)

    def do(self, kind: str, number: int = 1, record: str | None = None) -> Outcome | None:
        return self.carry_out(self.approved(kind, number, record))

    def ask(self, resource: str, by: str | None, **path: str) -> tuple[int, dict[str, Any]]:
        asked = request("GET", resource, by, path)
        return read(take(asked, world=self.world, roles=ROLES, now=self.office.now, act_id=LOOK_ID))

    def look(self, by: str | None, record: str | None = None) -> tuple[int, dict[str, Any]]:
        return self.ask("/suspects/{record_id}", by, record_id=record or self.record)

    def kept(self) -> list[str]:
        """Names of every object that is left."""
        return sorted(self.suspects.objects)
