"""A batch of queue messages: open each, decide about each capture, pack and lock. Nothing is answered for too early."""

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from functions.archive.decide import Policy, Record, decide
from functions.archive.media import Wishes, wanted_by
from functions.archive.store import Store, chunks, put_dictionary, put_segment
from functions.capture.capture import Flag
from functions.capture.delivery import Unwrap, open_delivery
from functions.capture.tokens import Names
from functions.errors import Tampered, TryLater
from functions.runtime import Message
from functions.segment.segment import Class

LARGEST_LOAD_BYTES = 128 * 2**20  # of packages and tokens; sealing needs about as much again
TOKEN_COST_BYTES = 200  # of memory, with its name and its place in a directory


class Parcels(Protocol):
    def get(self, key: str) -> bytes:
        """A delivery too large for a queue message. Raises TryLater, also while it cannot be found."""
        ...


class Quarantine(Protocol):
    def put(self, name: str, body: bytes, *, reason: str) -> None:
        """Keep what can never be archived. Raises TryLater."""
        ...


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
    quarantined: int = 0
    tampered: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What the batch needs of the world."""

    parcels: Parcels
    unwrap: Unwrap
    quarantine: Quarantine
    store: Store
    policy: Policy
    names: Names
    wishes: Wishes


@dataclass(slots=True)
class Load:
    """Records on their way to the vault, and the message each came in."""

    records: list[Record] = field(default_factory=list)
    owners: list[str] = field(default_factory=list)
    size_bytes: int = 0

    def add(self, owner: str, records: Sequence[Record]) -> None:
        self.records += records
        self.owners += [owner] * len(records)
        self.size_bytes += sum(len(one.plain.package) + TOKEN_COST_BYTES * len(one.plain.tokens) for one in records)


@dataclass(frozen=True, slots=True)
class Time:
    """How long a batch may go on. Writing gets the last part of it to itself."""

    clock: Callable[[], datetime]
    read_until: datetime
    write_until: datetime


def archive(messages: Sequence[Message], *, world: World, time: Time) -> Outcome:
    """Every message that is not in `unsettled` afterwards has all its captures in the vault, or is in quarantine.

    What does not fit into the time stays on the queue, and no more is held at once than memory bears: a few hundred
    messages may point at a gigabyte.
    """
    outcome, load = Outcome(), Load()
    for message in messages:
        if time.clock() >= time.read_until:
            outcome.unsettled[message.id] = TryLater.__name__
            continue
        load.add(message.id, _read(message, world, outcome, time.clock()))
        if load.size_bytes > LARGEST_LOAD_BYTES:
            _store(_wish(load, world.wishes, outcome, time), world.store, outcome, time)
            load = Load()
    if load.records:
        _store(_wish(load, world.wishes, outcome, time), world.store, outcome, time)
    return outcome


def _read(message: Message, world: World, outcome: Outcome, now: datetime) -> list[Record]:
    """The records of one message; none when it stays on the queue or went to quarantine."""
    try:
        sealed = _sealed(message, world)
        if sealed is None:
            outcome.quarantined += 1
            return []
        delivery = open_delivery(sealed, world.unwrap, archive_id=world.policy.archive_id)
        return [decide(delivery, item, policy=world.policy, names=world.names, now=now) for item in delivery.items]
    except Exception as reason:  # noqa: BLE001 - a bug that one delivery shows must not take its neighbours along
        outcome.tampered += isinstance(reason, Tampered)
        outcome.unsettled[message.id] = type(reason).__name__
        return []


def _sealed(message: Message, world: World) -> bytes | None:
    """The delivery's bytes; nothing when the message is none that intake writes, and is now in quarantine."""
    try:
        envelope: dict[str, Any] = json.loads(message.body)
        if "stored" in envelope:
            return world.parcels.get(str(envelope["stored"]))
        return base64.b64decode(envelope["sealed"], validate=True)
    except (ValueError, KeyError, TypeError, RecursionError):
        world.quarantine.put(message.id, message.body.encode(), reason="not a message that intake writes")
        return None


def _wish(load: Load, wishes: Wishes, outcome: Outcome, time: Time) -> Load:
    """Those whose files are locked as they want them. What came with the others stays on the queue, unwritten."""
    failed = wishes.add(wanted_by(load.records), now=time.clock())
    pairs = list(zip(load.owners, load.records, strict=True))
    waiting = {owner: failed[file] for owner, record in pairs for file in record.files if file in failed}
    outcome.tampered += sum(1 for reason in waiting.values() if reason == Tampered.__name__)
    outcome.unsettled |= waiting
    kept = Load()
    for owner, record in pairs:
        if owner not in waiting:
            kept.add(owner, [record])
    return kept


def _store(load: Load, store: Store, outcome: Outcome, time: Time) -> None:
    try:
        put_dictionary(store, time.clock())
    except (TryLater, Tampered) as reason:
        outcome.tampered += isinstance(reason, Tampered)
        outcome.unsettled |= dict.fromkeys(load.owners, type(reason).__name__)
        return
    for klass, positions in chunks(load.records):
        chunk = [load.records[position] for position in positions]
        try:
            outcome.segments.append(_put(store, klass, chunk, time))
        except Exception as reason:  # noqa: BLE001 - what one segment meets must not undo those that are written
            outcome.tampered += isinstance(reason, Tampered)
            outcome.unsettled |= {load.owners[position]: type(reason).__name__ for position in positions}
        else:
            _tally(outcome, chunk)


def _put(store: Store, klass: Class, chunk: Sequence[Record], time: Time) -> str:
    if time.clock() >= time.write_until:
        raise TryLater("no time is left to write another segment")
    return put_segment(store, klass, chunk, now=time.clock())


def _tally(outcome: Outcome, chunk: Sequence[Record]) -> None:
    outcome.captures += len(chunk)
    outcome.unparsed += sum(1 for record in chunk if record.plain.flags & Flag.UNPARSED)
    outcome.unknown += sum(1 for record in chunk if record.plain.flags & Flag.UNKNOWN_TYPE)
    outcome.sealed += sum(1 for record in chunk if record.plain.flags & Flag.SEALED)
    outcome.conflicts += sum(1 for record in chunk if record.plain.flags & Flag.CONFLICT)
