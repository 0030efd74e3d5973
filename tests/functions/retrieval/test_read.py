"""A record that was changed, moved or erased is never shown as if it were the one asked for."""

import base64
import json
from dataclasses import replace

import pytest

from functions.archive.store import put_dictionary, put_segment
from functions.capture.capture import Part
from functions.capture.delivery import open_delivery
from functions.capture.package import pack
from functions.errors import Tampered
from functions.retrieval.answers import Unlinked
from functions.retrieval.find import Found, by_record_id
from functions.retrieval.read import Erased, World, read
from functions.segment.keyring import ERASED, salt_range
from tests.archive import ARCHIVE_ID, Archive, receipts
from tests.fakes import MemoryDictionaries, MemoryReader, Stored
from tests.functions.archive.deciding import kept
from tests.make import body_of, make_event, make_post


@pytest.fixture
def archive() -> Archive:
    return Archive()


@pytest.fixture
def record_ids(archive: Archive) -> list[str]:
    answer = archive.post(make_post(body_of(make_event("一"), make_event("二", id="msg-2"))))
    archive.run()
    return [receipt["record_id"] for receipt in receipts(answer)]


def found(archive: Archive, record_id: str) -> Found:
    return by_record_id(archive.postings, record_id)[0]


def open_record(archive: Archive, one: Found) -> Unlinked:
    world = World(
        archive_id=ARCHIVE_ID,
        vault=MemoryReader(archive.vault),
        keyrings=MemoryReader(archive.keyrings),
        unwrap=archive.keys.unwrap,
        dictionaries=MemoryDictionaries(archive.vault),
        states=archive.states,
    )
    return read(one, copies=1, world=world)


def change(archive: Archive, key: str, at: int, new: bytes) -> None:
    bucket = archive.keyrings if key.startswith("keyrings/") else archive.vault
    stored = bucket.stored[key]
    body = stored.body[:at] + new + stored.body[at + len(new) :]
    bucket.stored[key] = Stored(key=key, version_id=stored.version_id, body=body, lock=stored.lock)


def test_the_record_that_was_asked_for_is_shown(archive: Archive, record_ids: list[str]) -> None:
    record = open_record(archive, found(archive, record_ids[1]))

    assert record["record_id"] == record_ids[1]
    assert record["lock"]["mode"] == "COMPLIANCE"
    assert record["location"]["ordinal"] == 1


def test_an_object_without_a_lock_is_shown_as_having_none(archive: Archive, record_ids: list[str]) -> None:
    (key,) = archive.segments()
    stored = archive.vault.stored[key]
    archive.vault.stored[key] = Stored(key=key, version_id=stored.version_id, body=stored.body, lock=None)

    assert open_record(archive, found(archive, record_ids[0]))["lock"]["retain_until"] is None


def test_a_posting_that_leads_to_another_record_is_refused(archive: Archive, record_ids: list[str]) -> None:  # G3
    one = found(archive, record_ids[0])
    misled = Found(one.posting, replace(one.row, ordinal=1))

    with pytest.raises(Tampered, match="another record"):
        open_record(archive, misled)


def test_a_posting_beyond_the_segment_is_refused(archive: Archive, record_ids: list[str]) -> None:  # G3
    one = found(archive, record_ids[0])

    with pytest.raises(Tampered, match="no record 2 of 2"):
        open_record(archive, Found(one.posting, replace(one.row, ordinal=2)))


def test_a_posting_for_a_record_that_says_it_is_another_is_refused(archive: Archive, record_ids: list[str]) -> None:
    one = found(archive, record_ids[0])
    elsewhere = replace(one.posting, token=bytes(16))

    with pytest.raises(Tampered, match="another record"):
        open_record(archive, Found(elsewhere, one.row))


def test_a_changed_frame_is_refused(archive: Archive, record_ids: list[str]) -> None:  # G3
    where = open_record(archive, found(archive, record_ids[0]))["location"]
    change(archive, where["key"], where["offset"] + 20, b"\xff\xff\xff\xff")

    with pytest.raises(Tampered):
        open_record(archive, found(archive, record_ids[0]))


def test_an_erased_salt_is_said_to_be_erased_and_never_used(archive: Archive, record_ids: list[str]) -> None:
    segment_id = archive.segments()[0].rpartition("/")[2]
    change(archive, f"keyrings/{segment_id}", salt_range(0)[0], ERASED)

    with pytest.raises(Erased):
        open_record(archive, found(archive, record_ids[0]))
    assert open_record(archive, found(archive, record_ids[1]))["record_id"] == record_ids[1]


def test_a_segment_that_is_gone_is_missed(archive: Archive, record_ids: list[str]) -> None:
    one = found(archive, record_ids[0])
    archive.vault.stored.pop(archive.segments()[0])

    with pytest.raises(Tampered, match="not there"):
        open_record(archive, one)


def test_a_record_whose_first_part_is_no_capture_is_refused(archive: Archive) -> None:
    archive.post(make_post(body_of(make_event())))
    (message,) = archive.queue.waiting.values()
    delivery = open_delivery(
        base64.b64decode(json.loads(message)["sealed"]), archive.keys.unwrap, archive_id=ARCHIVE_ID
    )
    (item,) = delivery.items
    record = kept(delivery, policy=archive.policy())
    package = pack({"record_id": item.record_id}, [Part(name="other", media_type="text/plain", body=b"")])
    put_dictionary(archive.store(), archive.now)
    forged = replace(record, plain=replace(record.plain, package=package))
    put_segment(archive.store(), record.klass, [forged], now=archive.now)
    archive.run_index()

    with pytest.raises(Tampered, match="no capture"):
        archive.read(item.record_id)
