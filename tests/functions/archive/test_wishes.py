"""A record says how long the files it names must last before it is written; what cannot be said keeps it waiting."""

import base64
import json
from datetime import datetime

import pytest

from functions.archive.media import Standing, Want, Wishes
from functions.capture.capture import Flag
from functions.errors import Tampered, TryLater
from functions.wechat.chatarchive import EVENT_TYPE
from tests.functions.archive.room import Room, make_message
from tests.functions.builders import make_delivery, make_item
from tests.make import make_event
from tests.media import KEY, sha256_hex
from tests.msgaudit import archived, sample
from tests.shelf import MemoryItems

FILE = b"a picture"
TOKEN = KEY.token("media", sha256_hex(FILE))


def naming(**media: str) -> bytes:
    event = make_event(id="names a file")
    event["data"]["content"] = {"type": "image", "media": [{"sha256": sha256_hex(FILE), **media}]}
    return json.dumps(event).encode()


def test_a_file_that_a_record_names_is_wanted_as_long_as_the_record_is_kept() -> None:
    room = Room()

    room.take(make_message("m1", make_delivery(naming())))

    (key,) = room.segments()
    lock = room.vault.stored[key].lock
    assert lock is not None
    assert room.items.items[TOKEN].wants == {Want(lock.until.date(), fixed=True)}
    assert room.items.items[TOKEN].missing


def test_a_file_inside_the_capture_is_wanted_nowhere_else() -> None:
    room = Room()

    room.take(make_message("m1", make_delivery(naming(data_base64=base64.b64encode(FILE).decode()))))

    assert room.items.items == {}


def test_a_file_of_wecoms_chat_archive_is_wanted_by_its_md5() -> None:
    room, message = Room(), sample("image")
    capture = json.dumps(archived(message)).encode()
    delivery = make_delivery(capture, items=(make_item(capture, event_type=EVENT_TYPE),))

    room.take(make_message("m1", delivery))

    assert set(room.items.items) == {KEY.token("media-md5", message["image"]["md5sum"])}


def test_one_file_of_many_records_is_asked_for_once_a_batch() -> None:
    room = Room()
    room.take(*(make_message(f"m{at}", make_delivery(naming(), flags=Flag(at % 2 * 4))) for at in range(9)))
    wanting = room.fuse.count

    other = Room()
    other.take(*(make_message(f"m{at}", make_delivery(naming(), flags=Flag(at % 2 * 4))) for at in range(18)))

    assert other.fuse.count == wanting


class Failing(MemoryItems):
    def want(self, media: bytes, wants: object, *, holds: object = (), now: datetime) -> Standing:  # noqa: ARG002 - never gets there
        raise self.reason

    reason: Exception = TryLater("throttled")


@pytest.mark.parametrize("reason", [TryLater("throttled"), Tampered("gone")], ids=["busy", "tampered"])
def test_a_record_whose_wish_cannot_be_noted_waits_unwritten_and_its_neighbours_do_not(reason: Exception) -> None:
    room, items = Room(), Failing()
    items.reason = reason
    wishes = Wishes(media=items, shelf=room.wishes().shelf)

    outcome = room.take(make_message("m1", make_delivery(naming())), make_message("m2"), wishes=wishes)

    assert outcome.unsettled == {"m1": type(reason).__name__}
    assert outcome.tampered == isinstance(reason, Tampered)
    assert (outcome.captures, len(room.captures())) == (1, 1)
    assert naming() not in room.captures()
