"""A batch of queue messages: what is archived, what stays on the queue, what goes to quarantine."""

import base64
import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import given, strategies as st

from functions.archive.archive import LARGEST_LOAD_BYTES, Outcome, Time, World, archive
from functions.archive.locks import Lock
from functions.capture.capture import Delivery, Flag, Part
from functions.capture.delivery import seal
from functions.capture.package import unpack
from functions.capture.tokens import Names
from functions.errors import AlreadyStored, Tampered, TryLater
from functions.runtime import Message
from functions.segment.dictionary import shipped
from functions.segment.segment import open_all
from tests.archive import Archive
from tests.fakes import MemoryBucket
from tests.functions.builders import ARCHIVE_ID, make_delivery, make_item, make_key
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

    def put_once(self, key: str, body: bytes, *, lock: Lock) -> str:
        outcome = self.outcomes.pop(0) if self.outcomes else None
        if outcome:
            raise outcome
        return super().put_once(key, body, lock=lock)


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
        fields = {
            "parcels": self.parcels,
            "unwrap": unwrap,
            "quarantine": self.quarantine,
            "store": replace(
                self.store(), **{name: changed.pop(name) for name in ("vault", "keyrings") if name in changed}
            ),
            "policy": self.policy(),
            "names": Names(self.key),
        }
        return World(**{**fields, **changed})

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


@pytest.fixture
def room() -> Room:
    return Room()


def test_every_capture_of_every_message_is_archived(room: Room) -> None:  # G1
    captures = [json.dumps(make_event(id=f"msg-{at}")).encode() for at in range(6)]
    pairs = []
    for at in (0, 2, 4):
        one, two = captures[at : at + 2]
        items = (make_item(one), make_item(two, offset=len(one)))
        body = Part(name="body", media_type="application/json", body=one + two)
        pairs.append(make_message(f"m{at}", make_delivery(items=items, parts=(body,))))

    outcome = room.take(*pairs)

    assert room.captures() == captures
    assert outcome == Outcome(segments=room.segments(), captures=6)


def test_a_batch_of_nothing_does_nothing(room: Room) -> None:
    assert room.take() == Outcome()
    assert room.vault.stored == {}


def test_marked_and_unparsed_captures_are_counted(room: Room) -> None:
    conflict = make_delivery(b"{}", flags=Flag.CONFLICT)

    outcome = room.take(make_message("m1"), make_message("m2", conflict))

    assert (outcome.captures, outcome.unparsed, outcome.conflicts) == (2, 1, 1)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "not json",
        "[]",
        "5",
        "null",
        '"stored"',
        "{}",
        '{"sealed": 5}',
        '{"sealed": "%"}',
        '{"sealed": "封"}',
        "[" * 100_000,
    ],
    ids=lambda body: body[:12],
)
def test_a_message_that_intake_never_wrote_goes_to_quarantine_and_leaves_the_queue(room: Room, body: str) -> None:
    outcome = room.take(Message("m1", body), make_message("m2"))

    assert (outcome.unsettled, outcome.quarantined, outcome.captures) == ({}, 1, 1)
    assert room.quarantine.kept == {"m1": (body.encode(), "not a message that intake writes")}


def test_a_delivery_that_was_tampered_with_stays_on_the_queue_and_its_neighbours_are_archived(room: Room) -> None:  # G3
    whole = bytearray(sealed())
    whole[-1] ^= 1
    bad = Message("bad", json.dumps({"sealed": base64.b64encode(bytes(whole)).decode()}))

    outcome = room.take(make_message("m1"), bad, make_message("m2"))

    assert (outcome.unsettled, outcome.tampered, outcome.captures) == ({"bad": "Tampered"}, 1, 2)
    assert room.quarantine.kept == {}


@given(st.binary(max_size=60))
def test_whatever_is_sealed_in_a_message_its_neighbours_are_archived(garbage: bytes) -> None:
    bad = Message("bad", json.dumps({"sealed": base64.b64encode(garbage).decode()}))

    outcome = Room().take(bad, make_message("good"))

    assert (set(outcome.unsettled), outcome.captures) == ({"bad"}, 1)


def test_a_delivery_that_shows_a_bug_stays_on_the_queue_and_its_neighbours_are_archived(room: Room) -> None:
    buggy = make_delivery(parts=())  # which no door makes

    outcome = room.take(make_message("m1"), make_message("bug", buggy), make_message("m2"))

    assert (outcome.unsettled, outcome.captures) == ({"bug": "IndexError"}, 2)


def test_a_large_delivery_is_fetched_from_the_intake_bucket(room: Room) -> None:
    room.parcels.put("deliveries/d", sealed())

    assert room.take(Message("m1", '{"stored": "deliveries/d"}')).captures == 1


def test_a_large_delivery_that_is_not_there_yet_stays_on_the_queue(room: Room) -> None:
    outcome = room.take(Message("m1", '{"stored": "deliveries/d"}'), make_message("m2"))

    assert (outcome.unsettled, outcome.captures) == ({"m1": "TryLater"}, 1)


def test_while_kms_is_busy_messages_stay_on_the_queue(room: Room) -> None:
    def busy(*_: Any) -> bytes:
        raise TryLater("KMS answers ThrottlingException")

    outcome = room.take(make_message(), unwrap=busy)

    assert (outcome.unsettled, outcome.tampered) == ({"m1": "TryLater"}, 0)


def test_while_the_quarantine_is_busy_a_message_stays_on_the_queue(room: Room) -> None:
    class Busy:
        def put(self, name: str, body: bytes, *, reason: str) -> None:  # noqa: ARG002 - the port's
            raise TryLater("S3 answers SlowDown")

    outcome = room.take(Message("m1", "{}"), quarantine=Busy())

    assert (outcome.unsettled, outcome.quarantined) == ({"m1": "TryLater"}, 0)


@pytest.mark.parametrize(("reason", "tampered"), [(TryLater("busy"), 0), (Tampered("another checksum"), 1)])
def test_without_its_dictionary_nothing_is_archived_and_everything_stays(
    room: Room, reason: Exception, tampered: int
) -> None:
    outcome = room.take(make_message("m1"), make_message("m2"), vault=Answering([reason]))

    name = type(reason).__name__
    assert outcome == Outcome(unsettled={"m1": name, "m2": name}, tampered=tampered)
    assert room.keyrings.stored == {}


@pytest.mark.parametrize(
    ("reason", "tampered"),
    [
        (TryLater("busy"), 0),
        (Tampered("another lock"), 1),
        (AlreadyStored("an answer was lost"), 0),
        (ZeroDivisionError("a bug"), 0),
    ],
    ids=["busy", "tampered", "stored already", "a bug"],
)
def test_a_segment_that_could_not_be_locked_leaves_its_messages_on_the_queue_and_no_others(
    room: Room, reason: Exception, tampered: int
) -> None:
    old = make_delivery(GOOD, items=(make_item(GOOD, sent_at=NOW - timedelta(days=25)),))  # another class

    vault = Answering([None, reason])
    outcome = room.take(make_message("m1"), make_message("m2", old), make_message("m3"), vault=vault)

    name = "TryLater" if isinstance(reason, AlreadyStored) else type(reason).__name__
    assert outcome.unsettled == {"m1": name, "m3": name}
    assert (outcome.captures, outcome.tampered, len(outcome.segments)) == (1, tampered, 1)


def test_a_message_stays_when_one_of_its_captures_could_not_be_locked(room: Room) -> None:  # G1
    items = (make_item(GOOD), make_item(GOOD, sent_at=NOW - timedelta(days=25)))
    message = make_message("m1", make_delivery(GOOD, items=items))

    outcome = room.take(message, vault=Answering([None, None, TryLater("busy")]))

    assert (outcome.unsettled, outcome.captures) == ({"m1": "TryLater"}, 1)


def test_what_cannot_be_opened_before_the_deadline_stays_on_the_queue(room: Room) -> None:
    time = ticking(read_seconds=3, write_seconds=60)

    outcome = archive([make_message("m1"), make_message("m2")], world=room.world(), time=time)

    assert (outcome.unsettled, outcome.captures) == ({"m2": "TryLater"}, 1)


def test_what_cannot_be_written_before_the_deadline_stays_on_the_queue(room: Room) -> None:
    old = make_delivery(GOOD, items=(make_item(GOOD, sent_at=NOW - timedelta(days=25)),))
    time = ticking(read_seconds=60, write_seconds=8)

    outcome = archive([make_message("m1"), make_message("m2", old)], world=room.world(), time=time)

    assert (outcome.unsettled, outcome.captures) == ({"m2": "TryLater"}, 1)


def test_no_more_is_held_at_once_than_memory_bears(room: Room) -> None:
    blank = bytes(4 * 2**20)
    items = (make_item(blank),) * (LARGEST_LOAD_BYTES // len(blank) + 1)
    large = make_delivery(blank, items=items)
    stored_before: list[int] = []

    def watching(wrapped: bytes, context: dict[str, str]) -> bytes:
        stored_before.append(len(room.segments()))
        return unwrap(wrapped, context)

    outcome = room.take(make_message("m1", large), make_message("m2"), unwrap=watching)

    assert stored_before[0] == 0 < stored_before[1]
    assert (outcome.unsettled, outcome.captures) == ({}, len(items) + 1)
