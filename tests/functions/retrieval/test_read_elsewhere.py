"""Segments and keyrings that lie where another's should: never read as if they belonged there."""

from dataclasses import replace

import pytest

from functions.errors import Tampered
from functions.retrieval.find import Found, by_record_id
from functions.retrieval.read import World, read
from functions.segment import keyring as keyrings
from tests.archive import ARCHIVE_ID, Archive, receipts
from tests.fakes import MemoryBucket, MemoryDictionaries, MemoryReader
from tests.make import body_of, make_event, make_post


@pytest.fixture
def archive() -> Archive:
    """One record in each of two segments."""
    archive = Archive()
    for name in ("one", "two"):
        archive.post(make_post(body_of(make_event(id=name)), webhook_id=name))
        archive.run()
    return archive


def open_record(archive: Archive, one: Found, archive_id: str = ARCHIVE_ID) -> str:
    world = World(
        archive_id=archive_id,
        vault=MemoryReader(archive.vault),
        keyrings=MemoryReader(archive.keyrings),
        unwrap=archive.keys.unwrap,
        dictionaries=MemoryDictionaries(archive.vault),
        states=archive.states,
    )
    return str(read(one, copies=1, world=world)["envelope"]["event_id"])


def found(archive: Archive, event_id: str) -> Found:
    """What the index says of it."""
    (receipt,) = receipts(archive.post(make_post(body_of(make_event(id=event_id)), webhook_id=event_id)))
    return by_record_id(archive.postings, receipt["record_id"])[0]


def replaced(bucket: MemoryBucket, key: str, body: bytes) -> None:
    bucket.stored[key] = replace(bucket.stored[key], body=body)


def test_each_record_is_read_from_its_own_segment(archive: Archive) -> None:
    assert [open_record(archive, found(archive, name)) for name in ("one", "two")] == ["one", "two"]


def test_a_segment_of_another_archive_is_refused(archive: Archive) -> None:
    with pytest.raises(Tampered, match="another archive's"):
        open_record(archive, found(archive, "one"), "another")


def test_a_segment_put_in_anothers_place_is_refused(archive: Archive) -> None:  # G3
    first, second = (archive.vault.stored[key] for key in archive.segments())
    replaced(archive.vault, first.key, second.body)
    replaced(archive.vault, second.key, first.body)

    for name in ("one", "two"):
        with pytest.raises(Tampered, match="another segment"):
            open_record(archive, found(archive, name))


def test_a_keyring_put_in_anothers_place_is_refused(archive: Archive) -> None:  # G3
    first, second = archive.keyrings.stored.values()
    replaced(archive.keyrings, first.key, second.body)

    with pytest.raises(Tampered, match="commitment"):
        open_record(archive, found(archive, "one"))


@pytest.mark.parametrize("body", [keyrings.write([]), keyrings.write([b"s" * 32])[:-1], b"FENGKEY2" + bytes(36), b"x"])
def test_a_keyring_of_another_form_is_refused(archive: Archive, body: bytes) -> None:  # G3
    key = f"keyrings/{found(archive, 'one').posting.segment_id}"
    replaced(archive.keyrings, key, body)

    with pytest.raises(Tampered):
        open_record(archive, found(archive, "one"))


@pytest.mark.parametrize("segment_id", ["", "x", "../../secrets", "-" * 36, "f" * 36])
def test_a_posting_that_names_no_segment_is_refused(archive: Archive, segment_id: str) -> None:
    one = found(archive, "one")

    with pytest.raises(Tampered):
        open_record(archive, Found(replace(one.posting, segment_id=segment_id), one.row))


def test_a_posting_under_another_tier_is_refused(archive: Archive) -> None:
    one = found(archive, "one")

    with pytest.raises(Tampered):
        open_record(archive, Found(replace(one.posting, tier="core"), one.row))
