"""Laws of one keyring: whatever is erased in whatever order, no other salt is lost and none comes back."""

from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given, settings, strategies as st

from functions.erasure.salt import Done, Salt, Version, is_erased, left, remove, zero
from functions.errors import Tampered, TryLater
from functions.law.locks import Lock
from functions.segment import keyring as layout
from functions.segment.keyring import ERASED
from tests.erasing import MemoryKeyrings
from tests.fakes import Crash, Fuse, MemoryBucket, Stored
from tests.make import NOW, seconds

KEY = "keyrings/a"
UNTIL = NOW + seconds(9_000_000)


def salts_of(count: int) -> list[bytes]:
    return [bytes([at + 1]) * 32 for at in range(count)]


def make_keyrings(count: int, *, until: object = UNTIL) -> MemoryKeyrings:
    lock = Lock("GOVERNANCE", until)  # type: ignore[arg-type]  # the test says
    stored = Stored(key=KEY, version_id="v0", body=layout.write(salts_of(count)), lock=lock)
    return MemoryKeyrings(MemoryBucket("keyrings", stored={KEY: stored}))


def take(keyrings: MemoryKeyrings, ordinal: int, count: int) -> None:
    salt = Salt(KEY, ordinal, count)
    zero(salt, keyrings=keyrings, now=NOW)
    remove(salt, left(salt, keyrings=keyrings), keyrings=keyrings)


def newest(keyrings: MemoryKeyrings) -> list[bytes]:
    return layout.read(keyrings.current(KEY).body)


def finish(keyrings: MemoryKeyrings, ordinal: int, count: int) -> None:
    keyrings.fuse = Fuse()
    take(keyrings, ordinal, count)


@given(st.data())
@settings(max_examples=60)
def test_what_is_erased_is_gone_and_every_other_salt_is_there_whatever_died_in_between(data: st.DataObject) -> None:
    count = data.draw(st.integers(1, 9))
    wanted = data.draw(st.lists(st.integers(0, count - 1), max_size=6))
    keyrings = make_keyrings(count)
    for ordinal in wanted:
        keyrings.fuse = Fuse(data.draw(st.integers(1, 4)), data.draw(st.sampled_from(["before", "after"])))
        try:
            take(keyrings, ordinal, count)
        except Crash:
            finish(keyrings, ordinal, count)

    expected = [ERASED if at in wanted else salt for at, salt in enumerate(salts_of(count))]
    assert newest(keyrings) == expected
    assert keyrings.older(KEY) == []


@given(st.integers(1, 9), st.data())
@settings(max_examples=40)
def test_at_no_moment_of_an_erasure_is_another_salt_missing_from_the_newest_version(
    count: int, data: st.DataObject
) -> None:
    ordinal = data.draw(st.integers(0, count - 1))
    keyrings = make_keyrings(count)
    keyrings.fuse = Fuse(data.draw(st.integers(1, 2)), data.draw(st.sampled_from(["before", "after"])))

    with pytest.raises(Crash):
        take(keyrings, ordinal, count)
    found = newest(keyrings)
    assert all(salt in found for at, salt in enumerate(salts_of(count)) if at != ordinal)


def test_a_salt_that_was_put_back_stops_everything() -> None:
    keyrings = make_keyrings(2)
    take(keyrings, 0, 2)
    forged = replace(keyrings.bucket.stored[KEY], version_id="forged", body=layout.write(salts_of(2)))
    keyrings.covered[KEY] = [keyrings.bucket.stored[KEY]]
    keyrings.bucket.stored[KEY] = forged

    with pytest.raises(Tampered, match="salt 0 is back"):
        left(Salt(KEY, 0, 2), keyrings=keyrings)
    zero(Salt(KEY, 1, 2), keyrings=keyrings, now=NOW)
    with pytest.raises(Tampered, match="salt 0 is another than in an older version"):
        left(Salt(KEY, 1, 2), keyrings=keyrings)


def test_a_keyring_of_another_size_is_tampering() -> None:
    with pytest.raises(Tampered, match="2 salts for 3 records"):
        zero(Salt(KEY, 0, 3), keyrings=make_keyrings(2), now=NOW)


def test_a_version_that_is_still_listed_after_its_removal_waits() -> None:
    class Slow(MemoryKeyrings):
        def older(self, key: str) -> list[str]:  # noqa: ARG002 - it answers alike
            return ["v0"]

    with pytest.raises(TryLater, match="still listed"):
        remove(Salt(KEY, 0, 1), [], keyrings=Slow(make_keyrings(1).bucket))


def test_a_marker_among_the_older_versions_holds_nothing_and_goes_too() -> None:
    keyrings = make_keyrings(1)
    zero(Salt(KEY, 0, 1), keyrings=keyrings, now=NOW)
    marked = [*keyrings.older(KEY), "marker"]

    class Marked(MemoryKeyrings):
        def older(self, key: str) -> list[str]:  # noqa: ARG002 - it answers alike
            return marked

    assert left(Salt(KEY, 0, 1), keyrings=Marked(keyrings.bucket, covered=keyrings.covered)) == marked


def test_the_new_version_is_locked_as_long_as_the_one_before() -> None:
    keyrings = make_keyrings(1)
    zero(Salt(KEY, 0, 1), keyrings=keyrings, now=NOW)

    assert keyrings.current(KEY).lock == Lock("GOVERNANCE", UNTIL)


def test_where_the_lock_has_run_out_the_new_version_gets_a_day() -> None:
    keyrings = make_keyrings(1, until=NOW - seconds(5))
    zero(Salt(KEY, 0, 1), keyrings=keyrings, now=NOW)

    assert keyrings.current(KEY).lock == Lock("GOVERNANCE", NOW + seconds(86_400))


def test_a_salt_is_erased_when_the_newest_version_says_so() -> None:
    keyrings = make_keyrings(2)
    zero(Salt(KEY, 1, 2), keyrings=keyrings, now=NOW)

    assert is_erased(Salt(KEY, 1, 2), keyrings=keyrings)
    assert not is_erased(Salt(KEY, 0, 2), keyrings=keyrings)


class Interrupted(MemoryKeyrings):
    """Just before its n-th look or change, another run erases the neighbour from beginning to end."""

    left = 0
    count_of_salts = 0
    neighbour = 0

    def _pass(self) -> None:
        self.left -= 1
        if self.left == 0:
            take(self, self.neighbour, self.count_of_salts)

    def current(self, key: str) -> Version:
        self._pass()
        return super().current(key)

    def replace(self, key: str, body: bytes, *, lock: Lock, over: Version) -> Done:
        self._pass()
        return super().replace(key, body, lock=lock, over=over)

    def older(self, key: str) -> list[str]:
        self._pass()
        return super().older(key)

    def read(self, key: str, version_id: str) -> bytes | None:
        self._pass()
        return super().read(key, version_id)

    def remove(self, key: str, version_id: str) -> Done:
        self._pass()
        return super().remove(key, version_id)


@given(st.integers(2, 6), st.integers(1, 8), st.data())
@settings(max_examples=60)
def test_two_erasures_of_one_keyring_leave_neither_salt_and_every_other_wherever_they_meet(
    count: int, meet: int, data: st.DataObject
) -> None:
    mine, other = data.draw(st.permutations(range(count)))[:2]
    keyrings = Interrupted(make_keyrings(count).bucket)
    keyrings.left, keyrings.count_of_salts, keyrings.neighbour = meet, count, other
    with suppress(TryLater):
        take(keyrings, mine, count)
    for ordinal in (mine, other):
        take(keyrings, ordinal, count)

    assert newest(keyrings) == [ERASED if at in (mine, other) else salt for at, salt in enumerate(salts_of(count))]
    assert keyrings.older(KEY) == []
