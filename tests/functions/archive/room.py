"""The archive room alone, on fakes that can be told what to answer."""

import base64
import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any

from functions.archive.archive import archive
from functions.archive.batch import Outcome, Time, World
from functions.capture.capture import Delivery
from functions.capture.delivery import seal
from functions.capture.package import unpack
from functions.errors import Tampered
from functions.law.locks import Lock
from functions.runtime import Message
from functions.segment.dictionary import shipped
from functions.segment.segment import open_all
from tests.archive import Archive
from tests.fakes import MemoryBucket
from tests.functions.builders import ARCHIVE_ID, make_delivery, make_key
from tests.make import NOW, make_event

GOOD = json.dumps(make_event()).encode()
NONCE = bytes(12)


def sealed(delivery: Delivery | None = None) -> bytes:
    return seal(delivery or make_delivery(GOOD), archive_id=ARCHIVE_ID, key=make_key(), nonce=NONCE)


def make_message(name: str = "m1", delivery: Delivery | None = None) -> Message:
    return Message(name, json.dumps({"sealed": base64.b64encode(sealed(delivery)).decode()}))


def unwrap(wrapped: bytes, context: dict[str, str]) -> bytes:
    if (wrapped, context) != (make_key().wrapped, make_key().context):
        raise Tampered("the key is not wrapped for this")
    return make_key().plaintext


class Answering(MemoryBucket):
    """A bucket that gives each put the next of these outcomes, and then works."""

    def __init__(self, outcomes: Iterable[Exception | None]) -> None:
        super().__init__("answering")
        self.outcomes = list(outcomes)

    def put_once(self, key: str, body: bytes, *, lock: Lock, legal_hold: bool = False) -> str:
        outcome = self.outcomes.pop(0) if self.outcomes else None
        if outcome:
            raise outcome
        return super().put_once(key, body, lock=lock, legal_hold=legal_hold)


def ticking(*, read_seconds: int, write_seconds: int) -> Time:
    """A clock that goes on by a second each time it is looked at."""
    seconds = count(1)
    return Time(
        lambda: NOW + timedelta(seconds=next(seconds)),
        NOW + timedelta(seconds=read_seconds),
        NOW + timedelta(seconds=write_seconds),
    )


class Room(Archive):
    """The archive room alone."""

    def world(self, **changed: Any) -> World:  # type: ignore[override]  # another room's world
        store = {name: changed.pop(name) for name in ("vault", "keyrings", "sequences") if name in changed}
        world = self.archive_world()
        return replace(world, **{"unwrap": self.unwrap, "store": replace(self.store(), **store), **changed})

    def unwrap(self, wrapped: bytes, context: dict[str, str]) -> bytes:
        """Of what `make_message` sealed, and of what the room sealed itself."""
        return self.keys.unwrap(wrapped, context) if wrapped in self.keys.known else unwrap(wrapped, context)

    def take(self, *messages: Message, **changed: Any) -> Outcome:
        return archive(messages, world=self.world(**changed), time=self.time())

    def captures(self) -> list[bytes]:
        found = []
        for key in self.segments():
            keyring = self.keyrings.stored[f"keyrings/{key.rpartition('/')[2]}"].body
            packages = open_all(
                self.vault.stored[key].body, keyring=keyring, unwrap=self.keys.unwrap, dictionary=shipped()
            )
            found += [unpack(package)[1][0].body for package in packages]
        return found
