"""A batch while the world is busy, broken or out of time: nothing is answered for too early."""

from datetime import timedelta
from typing import Any

import pytest

from functions.archive.archive import LARGEST_LOAD_BYTES, archive
from functions.archive.batch import Outcome
from functions.errors import AlreadyStored, Tampered, TryLater
from functions.runtime import Message
from tests.functions.archive.room import GOOD, Answering, Room, make_message, ticking, unwrap
from tests.functions.builders import make_delivery, make_item
from tests.make import NOW


@pytest.fixture
def room() -> Room:
    return Room()


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
    time = ticking(read_seconds=2, write_seconds=60)

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
