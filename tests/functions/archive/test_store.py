"""Packing records by class, and writing each segment once."""

import uuid
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import example, given, strategies as st

from functions.archive.locks import Locking
from functions.archive.outcome import Record
from functions.archive.store import MOST_BYTES, MOST_RECORDS, MOST_TOKENS, Store, chunks, put_dictionary, put_segment
from functions.canonical import epoch_ms
from functions.errors import AlreadyStored, Tampered, TryLater
from functions.law.locks import Lock
from functions.segment import keyring as keyrings
from functions.segment.dictionary import shipped
from functions.segment.segment import Class, open_all
from functions.segment.suites import SUITES, suite
from tests.fakes import MemoryBucket, MemoryKeys, MemorySequences
from tests.functions.builders import ARCHIVE_ID, KLASS, make_plain
from tests.make import NOW

CLASSES = [Class(tier="general", retain_until=date(2030 + at, 1, 1), erasable=at % 2 == 0) for at in range(3)]
SIZES = {size: bytes(size) for size in (0, 1, 10, MOST_BYTES // 3, MOST_BYTES // 2, MOST_BYTES, MOST_BYTES + 1)}
COUNTS = {count: (bytes(16),) * count for count in (0, 1, MOST_TOKENS // 2, MOST_TOKENS, MOST_TOKENS + 1)}
SKETCHES = st.lists(
    st.tuples(st.sampled_from(range(len(CLASSES))), st.sampled_from(sorted(SIZES)), st.sampled_from(sorted(COUNTS))),
    max_size=12,
)
"""Records as the number of their class, the size of their package and the number of their tokens."""


def drawn(sketches: list[tuple[int, int, int]]) -> list[Record]:
    return [
        Record(CLASSES[klass], replace(make_plain(), package=SIZES[size], tokens=COUNTS[count]))
        for klass, size, count in sketches
    ]


def fits(records: list[Record]) -> bool:
    """Whether these may share a segment."""
    size = sum(len(record.plain.package) for record in records)
    tokens = sum(len(record.plain.tokens) for record in records)
    return size <= MOST_BYTES and tokens <= MOST_TOKENS and len(records) <= MOST_RECORDS


def make_store(suite_name: str = "AES-256-GCM") -> Store:
    return Store(
        archive_id=ARCHIVE_ID,
        vault=MemoryBucket("vault"),
        keyrings=MemoryBucket("keyrings"),
        keys=MemoryKeys(),
        sequences=MemorySequences(),
        kms_key="arn",
        suite=suite(suite_name),
        dictionary=shipped(),
        locking=Locking(mode="COMPLIANCE", trial_days=0),
    )


def stored(lockbox: object) -> dict[str, bytes]:
    assert isinstance(lockbox, MemoryBucket)
    return {key: one.body for key, one in lockbox.stored.items()}


def locks(lockbox: object) -> list[Lock | None]:
    assert isinstance(lockbox, MemoryBucket)
    return [one.lock for one in lockbox.stored.values()]


def make_record(package: bytes = b"a package", klass: Class = KLASS) -> Record:
    return Record(klass, make_plain(package))


@given(SKETCHES)
def test_every_record_goes_into_exactly_one_segment(sketches: list[tuple[int, int, int]]) -> None:  # G1
    records = drawn(sketches)
    positions = [position for chunk in chunks(records) for position in chunk.positions]

    assert sorted(positions) == list(range(len(records)))


@given(SKETCHES)
def test_a_segment_holds_one_class_in_order_and_no_more_than_its_bounds(sketches: list[tuple[int, int, int]]) -> None:
    records = drawn(sketches)
    for chunk in chunks(records):
        held = [records[position] for position in chunk.positions]
        assert chunk.positions == sorted(chunk.positions)
        assert {(one.klass, one.held) for one in held} == {(chunk.klass, chunk.held)}
        assert len(held) == 1 or fits(held)


@given(SKETCHES)
@example([(0, MOST_BYTES // 2, 0)] * 2)
@example([(0, 0, MOST_TOKENS // 2)] * 2)
def test_no_two_neighbouring_segments_of_a_class_could_have_been_one(sketches: list[tuple[int, int, int]]) -> None:
    records = drawn(sketches)
    found = list(chunks(records))
    for klass in CLASSES:
        mine = [chunk.positions for chunk in found if chunk.klass == klass]
        for before, after in pairwise(mine):
            assert not fits([records[position] for position in (*before, after[0])])


@pytest.mark.parametrize(
    ("count", "expected"), [(MOST_RECORDS, [MOST_RECORDS]), (2 * MOST_RECORDS + 1, [MOST_RECORDS, MOST_RECORDS, 1])]
)
def test_no_segment_holds_more_records_than_are_worth_it(count: int, expected: list[int]) -> None:
    assert [len(chunk.positions) for chunk in chunks([make_record()] * count)] == expected


def test_what_a_hold_covers_is_put_under_it_and_nothing_else_is_held_with_it() -> None:
    free, held = make_record(b"free"), replace(make_record(b"held"), holds=frozenset({"hold-1"}))
    store = make_store()
    keys = [
        put_segment(store, chunk.klass, [(free, held)[at] for at in chunk.positions], now=NOW, legal_hold=chunk.held)
        for chunk in chunks([free, held])
    ]
    assert isinstance(store.vault, MemoryBucket)
    assert isinstance(store.keyrings, MemoryBucket)

    assert [store.vault.stored[key].legal_hold for key in keys] == ["OFF", "ON"]
    assert [one.legal_hold for one in store.keyrings.stored.values()] == ["OFF", "ON"]


def test_nothing_makes_no_segment() -> None:
    assert list(chunks([])) == []


@pytest.mark.parametrize("name", sorted(SUITES))
def test_a_segment_that_was_put_opens_with_its_own_keyring_and_key(name: str) -> None:  # G1
    store = make_store(name)
    key = put_segment(store, KLASS, [make_record(b"one"), make_record(b"two")], now=NOW)
    assert isinstance(store.keys, MemoryKeys)

    (keyring,) = stored(store.keyrings).values()
    packages = open_all(
        stored(store.vault)[key], keyring=keyring, unwrap=store.keys.unwrap, dictionary=store.dictionary
    )
    assert packages == [b"one", b"two"]


def test_a_segment_and_its_keyring_are_named_for_the_moment_they_were_written() -> None:
    store = make_store()

    key = put_segment(store, KLASS, [make_record()], now=NOW)

    prefix, _, segment_id = key.rpartition("/")
    assert prefix == "segments/general/2026/11/22"
    assert uuid.UUID(segment_id).int >> 80 == epoch_ms(NOW)
    assert list(stored(store.keyrings)) == [keyrings.key(segment_id)]


def test_no_two_segments_share_an_id_a_salt_or_a_key() -> None:
    store = make_store()

    for _ in range(5):
        put_segment(store, KLASS, [make_record()] * 2, now=NOW)

    salts = [salt for body in stored(store.keyrings).values() for salt in keyrings.read(body)]
    assert len(set(salts)) == 10
    assert len(stored(store.vault)) == 5


def test_each_object_is_locked_as_its_class_asks() -> None:  # G2
    store = make_store()
    klass = Class(tier="general", retain_until=date(2030, 1, 1), erasable=True)

    put_segment(store, klass, [make_record(klass=klass)], now=NOW)

    assert locks(store.vault) == [store.locking.segment(klass, NOW)]
    assert locks(store.keyrings) == [store.locking.keyring(klass, NOW)]


class Broken(MemoryBucket):
    """A bucket that always answers with the same outcome."""

    outcome: Exception = TryLater("busy")

    def put_once(self, key: str, body: bytes, *, lock: Lock, legal_hold: bool = False) -> str:  # noqa: ARG002 - the port's
        raise self.outcome


def test_a_segment_whose_keyring_could_not_be_written_is_not_written() -> None:
    store = make_store()
    broken = replace(store, keyrings=Broken())

    with pytest.raises(TryLater):
        put_segment(broken, KLASS, [make_record()], now=NOW)
    assert stored(store.vault) == {}


def test_a_segment_whose_first_attempt_may_have_been_stored_is_not_answered_for() -> None:  # G1
    store = make_store()
    broken = Broken()
    broken.outcome = AlreadyStored("an answer was lost")

    for one in (replace(store, vault=broken), replace(store, keyrings=broken)):
        with pytest.raises(TryLater, match="may be stored already"):
            put_segment(one, KLASS, [make_record()], now=NOW)


def test_the_dictionary_is_put_once_and_locked_for_as_long_as_possible() -> None:
    store = make_store()

    put_dictionary(store, NOW)
    put_dictionary(store, NOW + timedelta(days=1))

    assert stored(store.vault) == {shipped().key: shipped().body}
    assert locks(store.vault) == [store.locking.dictionary(NOW)]


def test_a_dictionary_that_is_there_already_is_left_alone() -> None:
    store = make_store()
    store.vault.put_once(shipped().key, b"there", lock=Lock("COMPLIANCE", NOW))

    put_dictionary(store, NOW)

    assert stored(store.vault) == {shipped().key: b"there"}


@pytest.mark.parametrize("outcome", [TryLater("busy"), Tampered("another checksum")])
def test_a_dictionary_that_could_not_be_put_is_tried_again(outcome: Exception) -> None:
    store = make_store()
    broken = Broken()
    broken.outcome = outcome
    first = replace(store, vault=broken)

    for _ in range(2):
        with pytest.raises(type(outcome)):
            put_dictionary(first, NOW)
    assert first.kept == set()


def test_an_object_that_exists_is_never_overwritten() -> None:  # G2
    store = make_store()
    store.vault.put_once("k", b"one", lock=Lock("COMPLIANCE", NOW))

    with pytest.raises(AlreadyStored):
        store.vault.put_once("k", b"two", lock=Lock("COMPLIANCE", NOW))
