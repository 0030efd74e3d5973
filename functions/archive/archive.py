"""A batch of queue messages: open each, decide about each capture, and see it to where it goes.

Nothing is answered for too early: a message leaves the queue when all its captures are where they were decided to go.
"""

import base64
import json
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from functions.archive import inline
from functions.archive.across import across
from functions.archive.batch import Load, Outcome, Time, World
from functions.archive.draft import Draft, draft
from functions.archive.settle import settle
from functions.capture.aside import HELD
from functions.capture.delivery import open_delivery
from functions.errors import AlreadyStored, TryLater
from functions.runtime import Message

LARGEST_LOAD_BYTES = 128 * 2**20  # of captures and tokens; their records need as much, and sealing about as much again


def archive(messages: Sequence[Message], *, world: World, time: Time) -> Outcome:
    """Every message that is not in `unsettled` afterwards has all its captures where they belong.

    What does not fit into the time stays on the queue, and no more is held at once than memory bears: a few hundred
    messages may point at a gigabyte.
    """
    outcome, load = Outcome(), Load()
    for message in messages:
        now = time.clock()
        if now >= time.read_until:
            outcome.unsettled[message.id] = TryLater.__name__
            continue
        load.add(message.id, _read(message, world, outcome, now))
        if load.size_bytes > LARGEST_LOAD_BYTES:
            settle(load, world, outcome, time)
            load = Load()
    if load.drafts:
        settle(load, world, outcome, time)
    return outcome


def _read(message: Message, world: World, outcome: Outcome, now: datetime) -> list[Draft]:
    """The captures of one message; none when it stays on the queue, went to quarantine, or was done before."""
    drafts: list[Draft] = []
    with outcome.keeping(message.id), suppress(AlreadyStored):
        sealed = _sealed(message, world)
        scan = inline.Scanning(world.scanner, now=now, attempt=message.attempt)
        if sealed is None:
            outcome.quarantined += 1
        else:
            drafts = [inline.look(one, scan) for one in _drafts(sealed, world)]
            outcome.infected += sum(inline.infected(one) for one in drafts)
    return drafts


def _drafts(sealed: bytes, world: World) -> list[Draft]:
    delivery = open_delivery(sealed, world.unwrap, archive_id=world.policy.archive_id)
    return across(
        [
            draft(delivery, item, policy=world.policy, names=world.names, lexicons=world.lexicons)
            for item in delivery.items
        ]
    )


def _sealed(message: Message, world: World) -> bytes | None:
    """The delivery's bytes; nothing when the message is none that intake writes, and is now in quarantine."""
    try:
        envelope: dict[str, Any] = json.loads(message.body)
        if "stored" in envelope:
            key = str(envelope["stored"])
            return world.held.get(key) if key.startswith(HELD) else world.parcels.get(key)
        return base64.b64decode(envelope["sealed"], validate=True)
    except (ValueError, KeyError, TypeError, RecursionError):
        world.quarantine.put(message.id, message.body.encode(), reason="not a message that intake writes")
        return None
