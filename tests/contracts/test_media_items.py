"""The table Media and the locks that follow it: sets that only grow, one write at a time; dates that only move on."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from functions.archive.aws import S3Lockbox
from functions.archive.aws_media import MediaTable, S3Locks
from functions.archive.media import Locks, Standing, Want, extend, put_hold
from functions.errors import TryLater
from functions.intake.aws import GenerationTable
from functions.law.locks import Lock
from functions.retrieval.aws import ActTable
from functions.retrieval.scanned import Overrides
from tests.engines.resources import KMS_KEY, locked_bucket, tables
from tests.fakes import MemoryBucket
from tests.shelf import MemoryItems, MemoryLocks

NOW = datetime(2026, 11, 22, 9, 30, 0, 125_000, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
LONG, SHORT = Want(date(2046, 12, 1), fixed=True), Want(date(2030, 1, 1), fixed=False)
ACT = "01939c5e-7f2a-7000-8000-000000000001"


@pytest.fixture(params=["fake", "moto", "dynamodb-local"])
def items(request: pytest.FixtureRequest) -> MediaTable | MemoryItems:
    if request.param == "fake":
        return MemoryItems()
    if request.param == "moto":
        dynamodb = request.getfixturevalue("moto_dynamodb")
        return MediaTable(dynamodb, tables(dynamodb, "own").media)
    return MediaTable(request.getfixturevalue("local_dynamodb"), request.getfixturevalue("local_tables").media)


def test_nobody_has_named_it_before(items: MediaTable | MemoryItems, token: bytes) -> None:
    assert items.get(token) is None


def test_wishes_add_up_and_the_first_moment_stays(items: MediaTable | MemoryItems, token: bytes) -> None:
    items.want(token, [LONG], holds=(), now=NOW)

    after = items.want(token, [SHORT, LONG], holds=(), now=LATER)

    assert (set(after.wants), after.wanted_at) == ({LONG, SHORT}, NOW)
    assert items.get(token) == after


def test_what_is_wanted_and_not_there_is_listed_under_its_first_day_until_it_is_sealed(
    items: MediaTable | MemoryItems, token: bytes
) -> None:
    day = f"{NOW:%Y-%m-%d}"
    items.want(token, [LONG], holds=(), now=NOW)
    items.miss(token, now=NOW)
    items.miss(token, now=LATER)
    items.mismatch(token, now=LATER)

    before = items.get(token)
    assert before is not None
    assert (before.missing, before.mismatch_at) == (True, LATER)
    assert token in set(items.missing_on(day))
    assert token not in set(items.missing_on(f"{LATER:%Y-%m-%d}"))
    after = items.seal(token, generation=0, now=LATER)
    items.miss(token, now=LATER)
    items.mismatch(token, now=LATER)
    assert items.get(token) == after
    assert (after.missing, after.mismatch_at, after.sealed_at) == (False, None, LATER)
    assert token not in set(items.missing_on(day))


def test_every_keyring_that_was_begun_stays_named(items: MediaTable | MemoryItems, token: bytes) -> None:
    items.begin(token, keyring="one", name=b"n", verdict="clean")
    after = items.begin(token, keyring="two", name=b"n", verdict="infected")

    assert (set(after.keyrings), set(after.names), after.verdict) == ({"one", "two"}, {b"n".hex()}, "infected")
    assert after.sealed_at is None


def test_another_name_stands_for_every_file_that_has_it(items: MediaTable | MemoryItems, token: bytes) -> None:
    items.want(token, [LONG], holds=(), now=NOW)
    items.miss(token, now=NOW)
    items.link(token, "aa", now=NOW)

    after = items.link(token, "bb", now=LATER)

    assert (set(after.files), set(after.wants), after.missing, after.sealed_at) == ({"aa", "bb"}, {LONG}, False, NOW)


def test_holds_add_up_beside_wishes_and_each_is_struck_off_alone(items: MediaTable | MemoryItems, token: bytes) -> None:
    items.want(token, [LONG], holds={"hold-1", "hold-2"}, now=NOW)
    items.want(token, [], holds={"hold-2"}, now=LATER)
    assert items.hold(token, "hold-3").holds == {"hold-1", "hold-2", "hold-3"}
    items.strike(token, {"hold-2", "hold-9"})
    first = items.get(token)
    items.strike(token, {"hold-1", "hold-3"})
    last = items.get(token)

    assert first is not None
    assert last is not None
    assert (set(first.holds), set(last.holds)) == ({"hold-1", "hold-3"}, set())
    assert (set(last.wants), last.wanted_at) == ({LONG}, NOW)


def test_an_upload_and_a_wish_are_the_last_that_touched_it(items: MediaTable | MemoryItems, token: bytes) -> None:
    first = items.arrive(token, now=NOW)
    after = items.want(token, [LONG], holds=(), now=LATER)

    assert (first.touched_at, after.touched_at, after.generation) == (NOW, LATER, 0)


def test_a_generation_that_is_erased_makes_room_for_the_next(items: MediaTable | MemoryItems, token: bytes) -> None:
    for generation in range(3):
        items.want(token, [LONG], holds=(), now=NOW)
        items.begin(token, keyring=f"k-{generation}", name=b"n", verdict="clean")
        seen = items.seal(token, generation=generation, now=NOW)
        assert (seen.generation, set(seen.keyrings), seen.erased_at) == (generation, {f"k-{generation}"}, None)

        items.retire(token, seen, now=LATER)
        after = items.get(token)

        assert after == Standing(generation=generation + 1, erased_at=LATER, touched_at=NOW, names=seen.names)
        with pytest.raises(TryLater, match="changed meanwhile"):
            items.seal(token, generation=generation, now=LATER)
    items.miss(token, now=LATER)
    assert token in set(items.missing_on(f"{LATER:%Y-%m-%d}"))


def test_a_name_of_one_file_is_wanted_no_more_and_one_of_two_stays_as_it_is(
    items: MediaTable | MemoryItems, token: bytes
) -> None:
    items.forget(token, "aa")
    assert items.get(token) is None
    items.want(token, [LONG], holds={"hold-1"}, now=NOW)
    before = items.link(token, "aa", now=NOW)

    items.forget(token, "bb")
    assert items.get(token) == before
    items.forget(token, "aa")
    assert items.get(token) == replace(before, wants=frozenset(), wanted_at=None)
    items.want(token, [LONG], holds=(), now=LATER)
    two = items.link(token, "bb", now=LATER)
    items.forget(token, "aa")
    assert items.get(token) == two


def touch(items: MediaTable | MemoryItems, token: bytes) -> None:
    generations = items if isinstance(items, MemoryItems) else GenerationTable(items._dynamodb, items._table)  # noqa: SLF001 - the same table
    assert generations.touch(token.hex(), 0, now=LATER)


CHANGES: dict[str, Callable[[MediaTable | MemoryItems, bytes], object]] = {
    "named": lambda items, token: items.want(token, [LONG], holds=(), now=LATER),
    "said to be here": touch,
    "uploaded": lambda items, token: items.arrive(token, now=LATER),
    "sealed again": lambda items, token: items.seal(token, generation=0, now=LATER),
    "held": lambda items, token: items.hold(token, "hold-2"),
    "let go": lambda items, token: items.strike(token, {"hold-1"}),
    "retired": lambda items, token: items.retire(token, seen(items, token), now=LATER),
}


def seen(items: MediaTable | MemoryItems, token: bytes) -> Standing:
    return items.get(token) or Standing()


@pytest.mark.parametrize("change", list(CHANGES))
def test_what_has_changed_since_it_was_seen_is_not_retired(
    items: MediaTable | MemoryItems, token: bytes, change: str
) -> None:
    items.want(token, [LONG], holds={"hold-1"}, now=NOW)
    before = items.seal(token, generation=0, now=NOW)
    CHANGES[change](items, token)
    after = items.get(token)

    with pytest.raises(TryLater, match="changed meanwhile"):
        items.retire(token, before, now=LATER)
    assert items.get(token) == after


def test_an_item_that_nobody_touched_is_retired_as_it_is(items: MediaTable | MemoryItems, token: bytes) -> None:
    items.begin(token, keyring="k", name=b"n", verdict="clean")

    items.retire(token, seen(items, token), now=LATER)

    assert (seen(items, token).generation, seen(items, token).keyrings) == (1, frozenset())


def test_intake_knows_which_generation_counts_and_touches_no_other(
    items: MediaTable | MemoryItems, token: bytes
) -> None:
    generations = items if isinstance(items, MemoryItems) else GenerationTable(items._dynamodb, items._table)  # noqa: SLF001 - the same table
    assert generations.of(token.hex()) == 0

    items.arrive(token, now=NOW)
    assert generations.of(token.hex()) == 0
    assert generations.touch(token.hex(), 0, now=LATER)
    assert seen(items, token).touched_at == LATER
    items.retire(token, seen(items, token), now=LATER)
    assert generations.of(token.hex()) == 1
    assert [generations.touch(token.hex(), number, now=NOW) for number in (0, 1, 2)] == [False, True, False]
    assert seen(items, token) == Standing(generation=1, erased_at=LATER, touched_at=NOW)


@dataclass
class Box:
    locks: Locks
    bucket: MemoryBucket | S3Lockbox
    held: Callable[[str], bool]


@pytest.fixture(params=["fake", "moto", "seaweedfs"])
def box(request: pytest.FixtureRequest) -> Box:
    if request.param == "fake":
        bucket = MemoryBucket("vault")
        return Box(MemoryLocks(bucket), bucket, lambda key: key in bucket.held)
    if request.param == "moto":
        s3 = request.getfixturevalue("moto_s3")
        name = locked_bucket(s3, "vault")
    else:
        s3, name = request.getfixturevalue("seaweed_s3"), request.getfixturevalue("seaweed_vault")

    def held(key: str) -> bool:
        return bool(s3.get_object_legal_hold(Bucket=name, Key=key)["LegalHold"]["Status"] == "ON")

    return Box(S3Locks(s3, name), S3Lockbox(s3, name, KMS_KEY), held)


def test_a_lock_is_extended_to_the_second_and_never_shortened(box: Box) -> None:
    key, start = f"media/{uuid4().hex}", datetime.now(UTC).replace(microsecond=0) + timedelta(days=30)
    assert box.locks.lock_of(key) is None
    assert not extend(box.locks, key, Lock("COMPLIANCE", start))
    box.bucket.put_once(key, b"body", lock=Lock("COMPLIANCE", start))

    for days in (10, -10, 0):
        assert extend(box.locks, key, Lock("COMPLIANCE", start + timedelta(days=days)))

    assert box.locks.lock_of(key) == Lock("COMPLIANCE", start + timedelta(days=10))


def test_a_hold_is_put_as_often_as_one_likes_and_leaves_the_lock(box: Box) -> None:
    key, lock = f"media/{uuid4().hex}", Lock("GOVERNANCE", datetime(2046, 11, 22, tzinfo=UTC))
    assert not put_hold(box.locks, key)
    box.bucket.put_once(key, b"body", lock=lock)

    assert put_hold(box.locks, key)
    assert put_hold(box.locks, key)
    assert box.held(key)
    assert box.locks.lock_of(key) == lock


@dataclass
class MemoryActs:
    """Retrieval's Overrides."""

    items: dict[str, tuple[str, str, str, datetime]]

    def allows(self, act_id: str, media_id: str, *, now: datetime) -> bool:
        kind, state, media, until = self.items.get(act_id, ("", "", "", now))
        return (kind, media) == ("override", media_id) and state == "done" and now < until


@pytest.mark.parametrize("engine", ["fake", "moto"])
@pytest.mark.parametrize(
    ("changed", "allowed"),
    [
        ({}, True),
        ({"state": "approved"}, False),
        ({"state": "proposed"}, False),
        ({"state": "refused"}, False),
        ({"kind": "hold.place"}, False),
        ({"media": "bb"}, False),
        ({"act": "01939c5e-7f2a-7000-8000-000000000002"}, False),
        ({"until": NOW}, False),
    ],
    ids=str,
)
def test_an_override_is_approved_for_this_file_and_holds_now(
    request: pytest.FixtureRequest, *, engine: str, changed: dict[str, object], allowed: bool
) -> None:
    item = {"act": ACT, "kind": "override", "state": "done", "media": "aa", "until": LATER} | changed

    assert made(request, engine, item).allows(ACT, "aa", now=NOW) is allowed


def made(request: pytest.FixtureRequest, engine: str, item: dict[str, object]) -> Overrides:
    until = item["until"]
    assert isinstance(until, datetime)
    act, kind, state, media = (str(item[name]) for name in ("act", "kind", "state", "media"))
    if engine == "fake":
        return MemoryActs({act: (kind, state, media, until)})
    dynamodb = request.getfixturevalue("moto_dynamodb")
    table = tables(dynamodb, "own").acts
    dynamodb.put_item(
        TableName=table,
        Item={
            "act": {"S": act},
            "kind": {"S": kind},
            "state": {"S": state},
            "record": {"B": bytes.fromhex(media)},
            "open_until": {"S": until.isoformat()},
        },
    )
    return ActTable(dynamodb, table)
