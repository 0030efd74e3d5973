"""The media door: who may announce what, and what is answered."""

import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from functions.archive.media import Standing
from functions.capture.media import LARGEST_BYTES, media_id, object_key, upload_key
from functions.intake.media import Permit, Wanted, World, take
from functions.web import Answer, Request
from tests.make import GATEWAY, NOW, SECRET, change_headers, make_announcement, seconds
from tests.media import KEY, sha256_hex
from tests.shelf import MemoryItems

FILE = b"a file"
NAME = media_id(KEY, sha256_hex(FILE))
TOKEN = bytes.fromhex(NAME)
KNOWN = {GATEWAY: (SECRET,)}


@dataclass
class Door:
    """On a vault that holds some keys, and a clerk who remembers what was permitted."""

    held: set[str] = field(default_factory=set)
    permitted: list[tuple[str, Wanted, int]] = field(default_factory=list)
    items: MemoryItems = field(default_factory=MemoryItems)

    def holds(self, key: str) -> bool:
        return key in self.held

    def permit(self, key: str, wanted: Wanted, *, seconds: int) -> Permit:
        self.permitted.append((key, wanted, seconds))
        return Permit("https://upload.example/1", {"content-length": str(wanted.size_bytes)})

    def take(self, request: Request) -> Answer:
        world = World(index_key=KEY, shelf=self, generations=self.items, uploads=self)
        return take(request, world=world, gateways=KNOWN, now=NOW)


def test_a_file_that_is_not_here_is_expected_for_a_quarter_of_an_hour() -> None:
    door = Door()

    answer = door.take(make_announcement(FILE, media_type="video/mp4"))

    assert answer.status == 201
    assert json.loads(answer.body) == {
        "status": "expected",
        "upload": {"url": "https://upload.example/1", "method": "PUT", "headers": {"content-length": "6"}},
        "expires_at": "2026-11-22T09:45:00.000Z",
    }
    wanted = Wanted(sha256=sha256_hex(FILE), size_bytes=6, gateway=GATEWAY, media_type="video/mp4", md5=None)
    assert door.permitted == [(upload_key(media_id(KEY, sha256_hex(FILE))), wanted, 900)]


def test_a_file_that_is_here_need_not_come_again() -> None:
    door = Door(held={object_key(media_id(KEY, sha256_hex(FILE)))})

    answer = door.take(make_announcement(FILE))

    assert (answer.status, json.loads(answer.body)) == (200, {"status": "archived"})
    assert door.permitted == []
    assert door.items.items[TOKEN].touched_at == NOW, "erasure leaves it alone until the capture has come"


def test_a_file_that_was_erased_is_expected_until_it_has_come_again() -> None:
    door = Door(held={object_key(NAME)})
    door.items.retire(TOKEN, Standing(), now=NOW)

    assert door.take(make_announcement(FILE)).status == 201
    door.held.add(object_key(NAME, 1))
    assert door.take(make_announcement(FILE)).status == 200


def test_a_file_that_is_erased_while_its_sender_asks_is_expected() -> None:
    class Meanwhile(Door):
        def holds(self, key: str) -> bool:
            found = super().holds(key)
            if key == object_key(NAME):
                self.items.retire(TOKEN, Standing(), now=NOW)
            return found

    door = Meanwhile(held={object_key(NAME)})

    assert door.take(make_announcement(FILE)).status == 201
    assert door.items.items[TOKEN].touched_at is None


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"sha256": ...}, "/sha256"),
        ({"sha256": "A" * 64}, "/sha256"),
        ({"size_bytes": 0}, "/size_bytes"),
        ({"size_bytes": "6"}, "/size_bytes"),
        ({"size_bytes": LARGEST_BYTES + 1}, "/size_bytes"),
        ({"md5": "0"}, "/md5"),
        ({"media_type": "image"}, "/media_type"),
        ({"media_type": "image/jpeg\r\nx: y"}, "/media_type"),
        ({"name": "a.jpg"}, "/name"),
    ],
)
def test_an_announcement_that_cannot_be_kept_is_told_what_to_mend(changed: dict[str, Any], pointer: str) -> None:
    door = Door()

    answer = door.take(make_announcement(FILE, **changed))

    assert answer.status == 422
    assert [fault["pointer"] for fault in json.loads(answer.body)["errors"]] == [pointer]
    assert "A" * 64 not in answer.body
    assert door.permitted == []


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (change_headers(make_announcement(FILE), webhook_signature="v1,AAAA"), 401),
        (make_announcement(FILE, at=NOW - seconds(301)), 401),
        (change_headers(make_announcement(FILE), webhook_id=None), 400),
        (make_announcement(FILE, name="n" * 4096), 413),
    ],
)
def test_who_is_not_known_is_permitted_nothing(request_: Request, status: int) -> None:  # G5
    door = Door()

    assert door.take(request_).status == status
    assert door.permitted == []
