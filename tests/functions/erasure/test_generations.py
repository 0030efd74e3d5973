"""A file that comes again after it was erased is another object with its own salt; nothing opens the one before."""

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import example, given, settings, strategies as st

from functions.archive.media import BY_MD5, Standing, Want
from functions.canonical import moment_text
from functions.capture.media import media_id, object_key
from functions.erasure.files import UNSETTLED
from functions.errors import Tampered, TryLater
from functions.media.sealed import read_header
from functions.retrieval.answers import MediaStatus
from functions.retrieval.media import statuses
from functions.retrieval.read import Erased
from functions.segment import keyring as layout
from functions.segment.keyring import ERASED
from tests.disposing import Disposing, place, release
from tests.erasing import LATER, Erasing
from tests.fakes import Crash, Fuse
from tests.functions.erasure.test_erase import FILE, naming, put_hold
from tests.make import NOW
from tests.media import KEY, md5_hex, sha256_hex
from tests.msgaudit import archived, sample
from tests.turns import Turns

NAME = media_id(KEY, sha256_hex(FILE))
TOKEN = bytes.fromhex(NAME)
FIRST, SECOND, THIRD = (object_key(NAME, generation) for generation in range(3))


def salt_of(erasing: Erasing, key: str) -> bytes:
    header = read_header(erasing.archive.vault.stored[key].body)
    return layout.read(erasing.archive.keyrings.stored[layout.key(header.keyring)].body)[0]


def told_of(erasing: Erasing, **names: str) -> MediaStatus:
    file: dict[str, Any] = {"sha256": None, "md5": None, "present": False} | names
    (told,) = statuses({"media": [file]}, erasing.room.reading())
    return told


def status(erasing: Erasing, **names: str) -> str:
    return told_of(erasing, **names)["status"]


def read_back(erasing: Erasing) -> bytes:
    return base64.b64decode(erasing.room.read(sha256_hex(FILE))["base64"])


def by_md5(name: str) -> dict[str, Any]:
    return archived(sample("image", msgid=name, image=sample("image")["image"] | {"md5sum": md5_hex(FILE)}))


def erased() -> Erasing:
    """A file that went with its last record."""
    erasing = Erasing()
    erasing.seal(FILE)
    (record,) = erasing.deliver(naming(FILE, "m-1"))
    assert erasing.erase(record) == "erased_by_key_destruction"
    return erasing


def test_an_erased_file_is_called_so_and_opens_for_nobody() -> None:
    erasing = erased()

    assert salt_of(erasing, FIRST) == ERASED
    for told in (told_of(erasing, sha256=sha256_hex(FILE)), told_of(erasing, md5=md5_hex(FILE))):
        assert (told["status"], told["since"], told["verdict"]) == ("erased", moment_text(LATER), None)
    with pytest.raises(Erased):
        read_back(erasing)


@pytest.mark.parametrize("event", [naming(FILE, "m-2"), by_md5("m-2")], ids=["sha256", "md5"])
@pytest.mark.parametrize("first", ["file", "record"])
def test_a_file_that_comes_again_is_read_back_byte_for_byte_and_kept_as_its_record_wants(
    first: str, event: dict[str, Any]
) -> None:
    erasing = erased()
    if first == "record":
        erasing.deliver(event)
        assert list(erasing.archive.items.missing_on(f"{NOW:%Y-%m-%d}")) == [TOKEN]

    assert erasing.seal(FILE) == SECOND
    if first == "file":
        erasing.deliver(event)

    assert read_back(erasing) == FILE
    assert status(erasing, sha256=sha256_hex(FILE)) == status(erasing, md5=md5_hex(FILE)) == "sealed"
    assert list(erasing.archive.items.missing_on(f"{NOW:%Y-%m-%d}")) == []
    assert salt_of(erasing, FIRST) == ERASED
    assert salt_of(erasing, SECOND) != ERASED
    standing, lock = erasing.archive.items.items[TOKEN], erasing.archive.vault.stored[SECOND].lock
    assert (standing.generation, standing.erased_at) == (1, None)
    assert lock is not None
    assert standing.wants <= {Want(lock.until.date(), fixed=False)}


def test_every_generation_goes_with_its_last_record() -> None:
    erasing = erased()
    erasing.seal(FILE)
    (record,) = erasing.deliver(naming(FILE, "m-2"))

    assert erasing.erase(record) == "erased_by_key_destruction"
    files = erasing.reports()[-1]["taken"][1:]
    assert [(one["object"], one["written"] is None) for one in files] == [(FIRST, True), (SECOND, False)]
    assert status(erasing, sha256=sha256_hex(FILE)) == "erased"
    assert erasing.seal(FILE) == THIRD
    assert read_back(erasing) == FILE


@pytest.mark.parametrize(
    ("event", "token"),
    [(naming(FILE, "m-1"), TOKEN), (by_md5("m-1"), KEY.token(BY_MD5, md5_hex(FILE)))],
    ids=["sha256", "md5"],
)
def test_what_an_earlier_record_wanted_does_not_keep_the_next_generation(event: dict[str, Any], token: bytes) -> None:
    erasing = Erasing()
    erasing.seal(FILE)
    (record,) = erasing.deliver(event)
    long = Want(LATER.date() + timedelta(days=9000), fixed=False)
    erasing.archive.items.want(token, [long], now=NOW)
    erasing.erase(record)

    erasing.seal(FILE)
    lock = erasing.archive.vault.stored[SECOND].lock
    assert lock is not None
    assert lock.until.date() < long.until


def test_a_file_that_was_named_or_uploaded_just_now_waits_before_anything_is_taken() -> None:
    erasing = Erasing()
    erasing.seal(FILE)
    (record,) = erasing.deliver(naming(FILE, "m-1"))

    with pytest.raises(TryLater, match="named or uploaded"):
        erasing.erase(record, now=NOW + UNSETTLED - timedelta(seconds=1))
    assert erasing.archive.read(record)["record_id"] == record
    assert erasing.erase(record, now=NOW + UNSETTLED) == "erased_by_key_destruction"


def test_a_file_whose_sender_was_told_that_it_is_here_waits_for_the_capture() -> None:
    erasing = Erasing()
    erasing.seal(FILE)
    (record,) = erasing.deliver(naming(FILE, "m-1"))
    assert erasing.archive.items.touch(NAME, 0, now=LATER)

    with pytest.raises(TryLater, match="named or uploaded"):
        erasing.erase(record)
    erasing.deliver(naming(FILE, "m-2"))
    assert erasing.erase(record, now=LATER + UNSETTLED) == "erased_by_key_destruction"
    assert read_back(erasing) == FILE


def test_a_hold_that_the_files_item_names_keeps_it() -> None:
    erasing = Erasing()
    erasing.seal(FILE)
    (record,) = erasing.deliver(naming(FILE, "m-1"))
    put_hold(erasing)
    (hold,) = erasing.holds.kept.values()
    erasing.holds.kept["h"] = replace(hold, custodians=frozenset({b"somebody else's"}))
    erasing.archive.items.hold(TOKEN, "h")
    erasing.archive.items.hold(TOKEN, "released")

    assert erasing.erase(record) == "erased_by_key_destruction"
    assert erasing.reports()[-1]["taken"][1] == {"object": FIRST, "kept": "hold: on hold: h"}
    assert read_back(erasing) == FILE


def begun() -> tuple[Erasing, str, str]:
    """An erasure that died once the file's salt was gone and an older version still had it; its record and keyring."""
    erasing = Erasing()
    erasing.seal(FILE)
    (record,) = erasing.deliver(naming(FILE, "m-1"))
    ring = layout.key(read_header(erasing.archive.vault.stored[FIRST].body).keyring)
    for at in range(1, effects() + 1):
        erasing.use(Fuse(at, "after"))
        with pytest.raises(Crash):
            erasing.erase(record)
        if erasing.keyrings.older(ring):
            break
    erasing.use(Fuse())
    return erasing, record, ring


def test_a_hold_that_comes_once_a_file_was_begun_is_told_as_tampered() -> None:
    erasing, record, ring = begun()
    erasing.keyrings.held.add(ring)

    with pytest.raises(Tampered, match=f"^{FIRST}: its salt is gone already, and now hold forbids it$"):
        erasing.erase(record)


def test_a_record_that_comes_once_a_file_was_begun_lets_it_be_finished_and_gets_its_own() -> None:
    erasing, record, ring = begun()
    erasing.deliver(naming(FILE, "m-2"))
    erasing.seal(FILE)

    assert erasing.erase(record) == "erased_by_key_destruction"
    assert [(one["object"], one.get("kept")) for one in erasing.reports()[-1]["taken"][1:]] == [
        (FIRST, None),
        (SECOND, "another record names it"),
    ]
    assert not erasing.keyrings.older(ring)
    assert read_back(erasing) == FILE


def test_an_item_that_runs_ahead_erases_nothing_and_hides_nothing() -> None:
    erasing = Erasing()
    erasing.seal(FILE)
    one, _ = erasing.deliver(naming(FILE, "m-1"), naming(FILE, "m-2"))
    standing = erasing.archive.items.items[TOKEN]
    erasing.archive.items.items[TOKEN] = replace(standing, generation=1, erased_at=NOW, sealed_at=None)

    assert erasing.erase(one) == "erased_by_key_destruction"
    assert erasing.reports()[-1]["taken"][1]["kept"] == "another record names it"
    assert status(erasing, sha256=sha256_hex(FILE)) == "sealed"
    assert read_back(erasing) == FILE


def test_a_generation_under_anothers_name_is_refused() -> None:  # G3
    erasing = erased()
    erasing.seal(FILE)
    stored = erasing.archive.vault.stored
    stored[SECOND] = replace(stored[FIRST], key=SECOND)

    with pytest.raises(Tampered, match=f"{SECOND}: the object says it is {FIRST}"):
        read_back(erasing)
    (record,) = erasing.deliver(naming(FILE, "m-2"))
    with pytest.raises(Tampered, match="another file"):
        erasing.erase(record)


def test_a_hold_reaches_the_generation_that_counts_and_the_next() -> None:
    disposing = Disposing()
    disposing.seal(FILE)
    (record,) = disposing.deliver(naming(FILE, "m-1"))
    disposing.erase(record)
    disposing.deliver(naming(FILE, "m-2"))
    disposing.run(place(disposing.participant("account-1")))

    disposing.seal(FILE)
    assert {SECOND, layout.key(read_header(disposing.archive.vault.stored[SECOND].body).keyring)} <= {
        *disposing.objects.held,
        *disposing.salts.held,
    }
    disposing.run(release())
    assert (disposing.objects.held, disposing.salts.held) == (set(), set())


def effects() -> int:
    erasing = Erasing()
    erasing.seal(FILE)
    (record,) = erasing.deliver(naming(FILE, "m-1"))
    erasing.use(Fuse())
    erasing.erase(record)
    return erasing.archive.fuse.count


@pytest.mark.parametrize("uploaded", [False, True], ids=["alone", "uploaded meanwhile"])
@pytest.mark.parametrize(("at", "when"), list(product(range(1, effects() + 1), ["before", "after"])))
def test_a_death_at_any_step_is_finished_and_an_upload_that_came_meanwhile_is_not_lost(
    at: int,
    when: str,
    uploaded: bool,  # noqa: FBT001 - a case
) -> None:
    erasing = Erasing()
    erasing.seal(FILE)
    (record,) = erasing.deliver(naming(FILE, "m-1"))
    erasing.use(Fuse(at, when))
    with pytest.raises(Crash):
        erasing.erase(record)
    erasing.use(Fuse())
    told = erasing.reports()

    if uploaded:
        erasing.room.now = LATER
        erasing.room.seal(erasing.room.upload(FILE))
        erasing.deliver(naming(FILE, "m-2"))
    result = erasing.erase(record, now=LATER + UNSETTLED)

    told += erasing.reports()
    certified = {
        taken["object"] for one in told if one["result"] == "erased_by_key_destruction" for taken in one["taken"]
    }
    assert result in {"erased_by_key_destruction", "carried_out_before"}
    assert FIRST in certified
    if uploaded:
        assert read_back(erasing) == FILE
    else:
        assert salt_of(erasing, FIRST) == ERASED
        assert erasing.archive.items.items[TOKEN].generation == 1
        assert status(erasing, sha256=sha256_hex(FILE)) == "erased"


BURSTS = st.lists(st.tuples(st.integers(0, 1), st.integers(1, 12)), max_size=8)


@given(bursts=BURSTS, dies=st.dictionaries(st.integers(0, 1), st.integers(1, 12)))
@example(bursts=[(1, 2), (0, 99)], dies={})  # it is known as sealed, erased, and then to be marked as sealed
@example(bursts=[(0, 4), (1, 99)], dies={})
@settings(deadline=None, max_examples=100)
def test_however_an_erasure_and_an_upload_take_turns_and_die_the_upload_can_be_read(
    bursts: list[tuple[int, int]], dies: dict[int, int]
) -> None:
    erasing = Erasing()
    erasing.seal(FILE)
    (record,) = erasing.deliver(naming(FILE, "m-1"))
    erasing.room.now = LATER
    notice = erasing.room.upload(FILE)
    rooms: list[Callable[[], object]] = [lambda: erasing.erase(record), lambda: erasing.room.seal(notice)]
    turns = Turns(number for number, times in bursts for _ in range(times))
    turns.dies = dies
    erasing.use(turns)

    raised = turns.play(rooms)
    erasing.use(Fuse())
    assert {type(one) for one in raised} <= {TryLater}
    if erasing.room.uploads.waiting:  # its queue wakes the room again
        erasing.room.seal(notice)
    erasing.deliver(naming(FILE, "m-2"))
    erasing.erase(record, now=LATER + UNSETTLED)

    assert read_back(erasing) == FILE
    assert status(erasing, sha256=sha256_hex(FILE)) == "sealed"
    assert not erasing.archive.items.items[TOKEN].missing


def test_an_item_without_a_trace_of_a_touch_is_erased_as_before() -> None:
    erasing = Erasing()
    erasing.seal(FILE)
    (record,) = erasing.deliver(naming(FILE, "m-1"))
    erasing.archive.items.items[TOKEN] = Standing()

    assert erasing.erase(record) == "erased_by_key_destruction"
    assert salt_of(erasing, FIRST) == ERASED
    assert "anonym" not in json.dumps(erasing.reports())
