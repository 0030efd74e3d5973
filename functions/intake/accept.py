"""Claim a delivery, seal it, queue it: the one path that both doors take once they know whom they speak with."""

import base64
import json
import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol

from functions.canonical import epoch_ms, from_epoch_ms
from functions.capture.capture import Delivery, Flag, Item
from functions.capture.delivery import NONCE_BYTES, DataKey, seal
from functions.capture.event import Event
from functions.capture.identity import uuid7
from functions.capture.tokens import IndexKey, endpoint_name

CLAIM_DAYS = 30
"""How long a repeated delivery is recognised before it is queued; after that, readers still see its captures once."""
LARGEST_MESSAGE_BYTES = 180_000  # sealed; in base64 it stays below 256 KiB, SQS's limit wherever 1 MiB is not offered
DELIVERY_LIFE = timedelta(days=31)
"""How long the intake bucket may keep the sealed delivery that did not fit the queue: infra/records_stack.py."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """The first delivery under a name. Every later one gets the same answer."""

    body: bytes
    """Keyed hash of its body."""
    delivery_id: str
    received_at: datetime
    queued: bool
    """Whether the queue is known to have it."""


class Claims(Protocol):
    def claim(self, name: bytes, mine: Claim, *, expires_at: datetime) -> Claim:
        """Atomic: the claim that stands, which is `mine` if there was none. Raises TryLater."""
        ...

    def mark_queued(self, name: bytes) -> None:
        """Raises TryLater."""
        ...


class Queue(Protocol):
    def send(self, body: str) -> None:
        """Durable when it returns. Raises TryLater."""
        ...


class ParcelStore(Protocol):
    def put(self, key: str, body: bytes) -> None:
        """Durable when it returns; the same key again replaces the same delivery. Raises TryLater."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What taking a delivery in needs of the world."""

    archive_id: str
    index_key: IndexKey
    claims: Claims
    queue: Queue
    parcels: ParcelStore
    data_key: Callable[[], DataKey]
    """A key that may be used for some minutes. Raises TryLater."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """The delivery as it stands in the archive."""

    delivery: Delivery = field(repr=False)


@dataclass(frozen=True, slots=True)
class Conflicting(Accepted):
    """Its name was used before with another body."""

    first_is_kept: bool
    """Whether the queue is known to have that one too."""


def accept(
    world: World,
    *,
    name: bytes,
    body: bytes,
    endpoint: str,
    build: Callable[[Claim], Delivery],
    now: datetime,
) -> Accepted:
    """`name` is what the sender calls the delivery; `build` makes it for the claim that stands. Raises TryLater.

    A delivery that was queued before is not queued again. One that meets its own name with another body is kept
    as well, marked, under a name of its own.
    """
    received_at = from_epoch_ms(epoch_ms(now))  # what is written down has milliseconds, so the first answer has too
    mine = Claim(
        body=world.index_key.body(body),
        delivery_id=uuid7(now, os.urandom(10)),
        received_at=received_at,
        queued=False,
    )
    claim_name = world.index_key.claim(endpoint, name)
    standing = _claim(world, claim_name, mine)
    if standing.body == mine.body:
        return Accepted(_once(world, claim_name, standing, build))
    aside = world.index_key.claim(endpoint, name + mine.body)
    beside = _claim(world, aside, mine)
    delivery = _once(world, aside, beside, lambda claim: _marked(build(claim)))
    return Conflicting(delivery, first_is_kept=standing.queued)


def item(
    world: World, *, door: str, endpoint: str, event: Event, offset: int, capture: bytes, received_at: datetime
) -> Item:
    """One capture of a delivery. An event without a time counts as sent when it was received."""
    sent_at = event.time or received_at
    record_id = world.index_key.record_id(
        endpoint=endpoint_name(door, endpoint),
        source=event.source,
        event_id=event.event_id,
        sent_at=sent_at,
        capture=capture,
    )
    return Item(
        offset=offset,
        length=len(capture),
        source=event.source,
        event_id=event.event_id,
        event_type=event.event_type,
        sent_at=sent_at,
        sent_at_source="event" if event.time else "delivery",
        record_id=record_id,
    )


def _claim(world: World, name: bytes, mine: Claim) -> Claim:
    return world.claims.claim(name, mine, expires_at=mine.received_at + timedelta(days=CLAIM_DAYS))


def _marked(delivery: Delivery) -> Delivery:
    return replace(delivery, flags=delivery.flags | Flag.CONFLICT)


def _once(world: World, name: bytes, claim: Claim, build: Callable[[Claim], Delivery]) -> Delivery:
    delivery = build(claim)
    if not claim.queued:
        _send(world, delivery)
        world.claims.mark_queued(name)
    return delivery


def _send(world: World, delivery: Delivery) -> None:
    sealed = seal(delivery, archive_id=world.archive_id, key=world.data_key(), nonce=os.urandom(NONCE_BYTES))
    if len(sealed) <= LARGEST_MESSAGE_BYTES:
        world.queue.send(json.dumps({"sealed": base64.b64encode(sealed).decode()}))
        return
    key = f"deliveries/{delivery.delivery_id}"
    world.parcels.put(key, sealed)
    world.queue.send(json.dumps({"stored": key}))
