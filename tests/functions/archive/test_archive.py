"""A batch of queue messages: what is archived, what stays on the queue, what goes to quarantine."""

import base64
import json

import pytest
from hypothesis import given, strategies as st

from functions.archive.batch import Outcome
from functions.capture.capture import Flag, Part
from functions.runtime import Message
from tests.functions.archive.room import Room, make_message, sealed
from tests.functions.builders import make_delivery, make_item
from tests.make import make_event


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
