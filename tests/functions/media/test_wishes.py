"""A file's locks last as long as the longest of the records that name it: whichever room comes first, whoever dies."""

from collections.abc import Callable, Collection
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings, strategies as st

from functions.archive.media import Shelf, Standing, Want, Wish, Wishes, extend, follow
from functions.capture.media import media_id, object_key
from functions.errors import Tampered, TryLater
from functions.law.locks import Lock
from functions.segment import keyring as keyrings
from tests.fakes import Crash, Fuse, MemoryBucket, Stored
from tests.make import NOW
from tests.media import KEY, MediaRoom, make_file, md5_hex, sha256_hex
from tests.shelf import MemoryItems, MemoryLocks
from tests.turns import Turns

FILE = make_file(100)
TOKEN = KEY.token("media", sha256_hex(FILE))
BY_MD5 = KEY.token("media-md5", md5_hex(FILE))
LATE = date(2060, 1, 1)
DATES = st.dates(date(2026, 12, 1), date(2090, 1, 1))
WANTS = st.builds(Want, DATES, st.booleans())
HOLDS = st.sampled_from(["hold-1", "hold-2"])


def wish(*wants: Want, holds: Collection[str] = ()) -> Wish:
    return Wish(frozenset(wants), frozenset(holds))


def locks(room: MediaRoom) -> list[Lock]:
    """Of the file and of its keyring."""
    found = [*room.vault.stored.values(), *room.keyrings.stored.values()]
    return [one.lock for one in found if one.lock]


def last_day(lock: Lock) -> date:
    return lock.until.date()


@pytest.mark.parametrize("name", [TOKEN, BY_MD5], ids=["sha256", "md5"])
@pytest.mark.parametrize("first", ["file", "record"])
def test_a_record_that_lasts_longer_keeps_its_file_whichever_comes_first(first: str, name: bytes) -> None:
    room = MediaRoom()
    notice, wanted = room.upload(FILE), {name: wish(Want(LATE, fixed=True))}

    if first == "record":
        assert room.wishes().add(wanted, now=NOW) == {}
    room.seal(notice)
    if first == "file":
        assert room.wishes().add(wanted, now=NOW) == {}

    assert [last_day(lock) for lock in locks(room)] == [LATE, LATE]


@pytest.mark.parametrize("name", [TOKEN, BY_MD5], ids=["sha256", "md5"])
@pytest.mark.parametrize("first", ["file", "record"])
def test_a_record_on_hold_holds_its_file_and_keyring_whichever_comes_first(first: str, name: bytes) -> None:
    room = MediaRoom()
    notice, wanted = room.upload(FILE), {name: wish(Want(LATE, fixed=True), holds={"hold-1"})}

    if first == "record":
        room.wishes().add(wanted, now=NOW)
    room.seal(notice)
    if first == "file":
        assert (room.vault.held, room.keyrings.held) == (set(), set())
        room.wishes().add(wanted, now=NOW)

    assert (len(room.vault.held), len(room.keyrings.held)) == (1, 1)


def test_a_record_that_lasts_shorter_changes_nothing() -> None:
    room = MediaRoom()
    room.seal(room.upload(FILE))
    before = locks(room)

    room.wishes().add({TOKEN: wish(Want(date(2027, 1, 1), fixed=False))}, now=NOW)

    assert locks(room) == before


def test_a_file_is_missing_from_its_first_record_until_it_is_sealed() -> None:
    room = MediaRoom()
    wishes = room.wishes()

    wishes.add({TOKEN: wish(Want(LATE, fixed=True))}, now=NOW)
    wishes.add({TOKEN: wish(Want(LATE, fixed=True))}, now=NOW + timedelta(days=3))
    assert list(room.items.missing_on("2026-11-22")) == [TOKEN]
    assert room.items.items[TOKEN].wanted_at == NOW
    room.seal(room.upload(FILE))
    wishes.add({TOKEN: wish(Want(LATE, fixed=True))}, now=NOW)

    assert list(room.items.missing_on("2026-11-22")) == []


def test_a_fixed_record_that_came_first_gives_the_keyring_its_mode() -> None:
    room = MediaRoom(regimes=frozenset({"cn.csl.23"}))
    room.wishes().add({TOKEN: wish(Want(LATE, fixed=True))}, now=NOW)

    room.seal(room.upload(FILE))

    assert {lock.mode for lock in locks(room)} == {"COMPLIANCE"}


def test_a_fixed_record_that_comes_later_gets_its_date_under_the_mode_that_stands() -> None:
    bucket = MemoryBucket("keyrings")
    bucket.stored["k"] = Stored(key="k", version_id="v", body=b"", lock=Lock("GOVERNANCE", NOW))
    later = Lock("COMPLIANCE", NOW + timedelta(days=9))

    assert extend(MemoryLocks(bucket), "k", later)
    assert extend(MemoryLocks(bucket), "k", later)
    assert bucket.stored["k"].lock == Lock("GOVERNANCE", later.until)


class Refusing(MemoryLocks):
    def put_lock(self, key: str, lock: Lock) -> bool:
        del key, lock
        return False


class Lying(MemoryLocks):
    def put_lock(self, key: str, lock: Lock) -> bool:
        del key, lock
        return True


@pytest.mark.parametrize(("kind", "says"), [(Refusing, "does not let"), (Lying, "was to last until")])
def test_a_lock_that_does_not_move_is_evidence(kind: type[MemoryLocks], says: str) -> None:
    bucket = MemoryBucket("vault")
    bucket.stored["k"] = Stored(key="k", version_id="v", body=b"", lock=Lock("COMPLIANCE", NOW))

    with pytest.raises(Tampered, match=says):
        extend(kind(bucket), "k", Lock("COMPLIANCE", NOW + timedelta(days=1)))


@pytest.mark.parametrize("gone", ["vault", "keyrings"])
@pytest.mark.parametrize("holds", [set(), {"hold-1"}], ids=["free", "held"])
def test_an_item_that_says_sealed_where_nothing_is_is_evidence(holds: set[str], gone: str) -> None:
    room = MediaRoom()
    room.seal(room.upload(FILE))
    getattr(room, gone).stored.clear()

    wanted = wish(Want(LATE, fixed=True), holds=holds)
    failed = room.wishes().add({TOKEN: wanted, BY_MD5: wanted}, now=NOW)

    assert failed == {TOKEN: "Tampered", BY_MD5: "Tampered"}


def test_a_file_that_nobody_wants_is_left_as_it_was_sealed() -> None:
    room = MediaRoom()

    follow("00", Standing(sealed_at=NOW), room.shelf(), NOW)

    assert locks(room) == []


class Busy(MemoryItems):
    def want(self, media: bytes, wants: object, *, holds: object = (), now: datetime) -> Standing:  # noqa: ARG002 - never gets there
        raise TryLater("throttled")


def test_a_busy_table_keeps_waiting_those_alone_that_name_the_file() -> None:
    wishes = Wishes(media=Busy(), shelf=MediaRoom().shelf())

    assert wishes.add({TOKEN: wish(Want(LATE, fixed=False))}, now=NOW) == {TOKEN: "TryLater"}


@given(want=WANTS)
def test_a_want_is_read_back_as_it_was_written(want: Want) -> None:
    assert Want.read(want.text) == want


@pytest.mark.parametrize("text", ["", "2026-12-01", "2026-12-01 for ever"])
def test_a_want_of_another_release_is_not_guessed_at(text: str) -> None:
    with pytest.raises(Tampered):
        Want.read(text)


class Looking(MemoryLocks):
    """Whoever looks at a lock may be overtaken before he acts."""

    def lock_of(self, key: str) -> Lock | None:
        fuse = self.bucket.fuse
        if isinstance(fuse, Turns):
            fuse.stop()
        return super().lock_of(key)


class Crowded(MediaRoom):
    def shelf(self) -> Shelf:
        usual = super().shelf()
        return Shelf(vault=Looking(self.vault), keyrings=Looking(self.keyrings), locking=usual.locking)


@given(
    by_sha256=st.sets(WANTS, min_size=1, max_size=2),
    by_md5=st.sets(WANTS, min_size=1, max_size=2),
    schedule=st.lists(st.integers(0, 2), max_size=40),
    dies=st.dictionaries(st.integers(0, 2), st.integers(1, 9), max_size=2),
    holds=st.tuples(st.sets(HOLDS), st.sets(HOLDS)),
)
@settings(deadline=None, max_examples=150)
def test_however_the_rooms_take_turns_and_die_a_files_locks_reach_every_want_and_hold(
    by_sha256: set[Want],
    by_md5: set[Want],
    schedule: list[int],
    dies: dict[int, int],
    holds: tuple[set[str], set[str]],
) -> None:
    room = Crowded()
    notice = room.upload(FILE)
    rooms: list[Callable[[], object]] = [
        lambda: room.seal(notice),
        lambda: room.wishes().add({TOKEN: wish(*by_sha256, holds=holds[0])}, now=NOW),
        lambda: room.wishes().add({BY_MD5: wish(*by_md5, holds=holds[1])}, now=NOW),
    ]
    turns = Turns(schedule)
    turns.dies = dies
    room.use(turns)

    raised = turns.play(rooms)
    room.use(Fuse())
    for number in dies:  # whoever died is woken by his queue, and does it again
        rooms[number]()

    assert raised == []
    wanted = max(want.until for want in by_sha256 | by_md5)
    header = object_key(media_id(KEY, sha256_hex(FILE)))
    names = room.items.items[TOKEN].keyrings
    rings = [room.keyrings.stored[keyrings.key(one)] for one in names if keyrings.key(one) in room.keyrings.stored]
    held = "ON" if holds[0] | holds[1] else "OFF"
    for stored in [room.vault.stored[header], *rings]:
        assert stored.legal_hold == held
        assert stored.lock is not None
        assert stored.lock.until >= datetime(wanted.year, wanted.month, wanted.day, tzinfo=UTC)
    assert not room.items.items[TOKEN].missing
    assert room.items.items[TOKEN].wants == by_sha256 | by_md5


def effects() -> int:
    room = MediaRoom()
    room.seal(room.upload(FILE))
    before = room.fuse.count
    room.wishes().add({TOKEN: wish(Want(LATE, fixed=True))}, now=NOW)
    return room.fuse.count - before


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("at", range(1, effects() + 1))
def test_a_death_while_wishing_is_made_good_by_the_next_delivery(at: int, when: str) -> None:
    room = MediaRoom()
    room.seal(room.upload(FILE))
    room.use(Fuse(at, when))
    with pytest.raises(Crash):
        room.wishes().add({TOKEN: wish(Want(LATE, fixed=True))}, now=NOW)

    room.use(Fuse())
    room.wishes().add({TOKEN: wish(Want(LATE, fixed=True))}, now=NOW)

    assert [last_day(lock) for lock in locks(room)] == [LATE, LATE]
