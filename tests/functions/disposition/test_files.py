"""A hold reaches a file whenever it comes, and lets go of it with the last hold: the file's item remembers."""

from collections.abc import Callable
from itertools import product
from typing import Any

import pytest
from hypothesis import example, given, settings, strategies as st

from functions.archive.media import Want, Wish
from functions.disposition.orders import Order, read_order
from functions.law.holds import Hold
from functions.media.sealed import read_header
from functions.segment import keyring as layout
from tests.disposing import Disposing, place, release
from tests.fakes import Crash, Fuse
from tests.functions.erasure.test_erase import FILE, naming
from tests.make import NOW
from tests.media import md5_hex, sha256_hex
from tests.msgaudit import archived, sample
from tests.turns import Turns


def by_md5(name: str, sender: str = "account-1") -> dict[str, Any]:
    image = sample("image")["image"] | {"md5sum": md5_hex(FILE)}
    return archived(sample("image", msgid=name, image=image, **{"from": sender}))


def from_bob(name: str) -> dict[str, Any]:
    event: Any = naming(FILE, name)
    return {**event, "data": event["data"] | {"sender": {"id": "bob"}}}


def files_held(disposing: Disposing) -> tuple[int, int]:
    """Files, and the keyrings that open one."""
    files = {key: one.body for key, one in disposing.archive.vault.stored.items() if key.startswith("media/")}
    rings = {layout.key(read_header(body).keyring) for body in files.values()}
    return len(disposing.objects.held & files.keys()), len(disposing.salts.held & rings)


@pytest.mark.parametrize("event", [naming(FILE, "m-1"), by_md5("m-1")], ids=["sha256", "md5"])
def test_a_file_that_comes_after_the_hold_is_held_and_freed_by_its_release(event: dict[str, Any]) -> None:
    disposing = Disposing()
    disposing.deliver(event)
    disposing.run(place(disposing.participant("account-1")))

    disposing.seal(FILE)
    assert files_held(disposing) == (1, 1)
    disposing.run(release())
    assert files_held(disposing) == (0, 0)


def test_a_file_that_comes_after_the_release_is_free() -> None:
    disposing = Disposing()
    disposing.deliver(naming(FILE, "m-1"))
    disposing.run(place(disposing.participant("account-1")))
    disposing.run(release())

    disposing.seal(FILE)
    assert files_held(disposing) == (0, 0)


@pytest.mark.parametrize("event", [from_bob("m-2"), by_md5("m-2", sender="bob")], ids=["sha256", "md5"])
@pytest.mark.parametrize("sealed", ["before", "between", "after"])
def test_a_file_stays_held_while_another_hold_covers_a_record_that_names_it(sealed: str, event: dict[str, Any]) -> None:
    disposing = Disposing()
    disposing.deliver(naming(FILE, "m-1"))
    disposing.deliver(event)
    if sealed == "before":
        disposing.seal(FILE)
    disposing.run(place(disposing.participant("account-1")))
    disposing.run(place(disposing.participant("bob"), act="hold-2"))
    if sealed == "between":
        disposing.seal(FILE)

    disposing.run(release())
    if sealed == "after":
        disposing.seal(FILE)
    assert files_held(disposing) == (1, 1)
    disposing.run(release("hold-2"))
    assert files_held(disposing) == (0, 0)


def hold_on(*tokens: bytes, hold_id: str = "hold-1") -> Hold:
    people = frozenset(tokens)
    return Hold(
        id=hold_id,
        matter="0a" * 16,
        custodians=people,
        conversations=frozenset(),
        sent_from=None,
        sent_until=None,
        placed_by_act=hold_id,
    )


@pytest.mark.parametrize("first", ["file", "record"])
def test_a_record_that_is_archived_under_a_hold_holds_its_file_before_any_walk(first: str) -> None:
    disposing = Disposing()
    disposing.archive.holds = (hold_on(disposing.participant("account-1")),)

    if first == "file":
        disposing.seal(FILE)
    disposing.deliver(naming(FILE, "m-1"))
    if first == "record":
        disposing.seal(FILE)

    assert files_held(disposing) == (1, 1)


def test_a_hold_that_was_noted_too_late_is_struck_off_by_the_next_release() -> None:
    disposing = Disposing()
    disposing.seal(FILE)
    disposing.deliver(naming(FILE, "m-1"))
    token = disposing.archive.key.token("media", sha256_hex(FILE))
    late = Wish(frozenset({Want(NOW.date(), fixed=False)}), frozenset({"released-long-ago"}))
    disposing.room.wishes().add({token: late}, now=NOW)
    assert files_held(disposing) == (1, 1)

    disposing.run(place(disposing.participant("account-1")))
    disposing.run(release())
    assert files_held(disposing) == (0, 0)
    assert disposing.archive.items.items[token].holds == set()


@pytest.mark.parametrize("steps", range(12))
def test_a_file_that_is_sealed_during_the_walk_of_a_hold_over_its_md5_is_held(steps: int) -> None:
    disposing = Disposing()
    disposing.deliver(by_md5("m-1"))
    notice = disposing.room.upload(FILE)
    turns = Turns([*[0] * steps, *[1] * 20])
    disposing.use(turns)

    order = place(disposing.participant("account-1"))
    assert turns.play([lambda: disposing.carry_out(order), lambda: disposing.room.seal(notice)]) == []
    assert files_held(disposing) == (1, 1)


def test_a_token_that_is_no_files_gets_no_item() -> None:
    disposing = Disposing()
    disposing.deliver(naming(FILE, "m-1"))
    before = set(disposing.archive.items.items)

    disposing.run(place(disposing.participant("account-1")))
    assert set(disposing.archive.items.items) == before


def follow_up(disposing: Disposing, order: Order) -> Callable[[], object]:
    """What the room sends to itself, but for the first run."""
    disposing.carry_out(order)
    ((later, _),) = disposing.again.waiting
    disposing.again.waiting.clear()
    return lambda: disposing.carry_out(read_order(later))


BURSTS = st.lists(st.tuples(st.integers(0, 2), st.integers(1, 12)), max_size=8)
"""Who goes on, and for how many effects."""


@given(bursts=BURSTS, dies=st.dictionaries(st.integers(0, 2), st.integers(1, 9)))
@example(bursts=[(0, 3), (1, 8), (0, 9)], dies={})  # seen as free, held by the other room, lifted
@example(bursts=[(0, 4), (1, 8), (0, 9)], dies={})
@example(bursts=[(0, 5), (1, 8), (0, 9)], dies={})
@settings(deadline=None, max_examples=150)
def test_however_the_rooms_take_turns_and_die_a_hold_that_stands_is_on_the_file(
    bursts: list[tuple[int, int]], dies: dict[int, int]
) -> None:
    """The last hold on the list is let go while a record is archived, and not indexed yet, that another one covers."""
    disposing = Disposing()
    disposing.deliver(naming(FILE, "m-1"))
    disposing.run(place(disposing.participant("account-1")))
    disposing.seal(FILE)
    uploaded = disposing.room.upload(FILE)
    token = disposing.archive.key.token("media", sha256_hex(FILE))
    under = Wish(frozenset({Want(NOW.date(), fixed=False)}), frozenset({"hold-2"}))
    rooms: list[Callable[[], object]] = [
        follow_up(disposing, release()),
        lambda: disposing.room.wishes().add({token: under}, now=NOW),
        lambda: disposing.room.seal(uploaded),
    ]
    disposing.run(place(disposing.participant("bob"), act="hold-2"))
    turns = Turns(number for number, effects in bursts for _ in range(effects))
    turns.dies = dies
    disposing.use(turns)

    raised = turns.play(rooms)
    disposing.use(Fuse())
    for number in sorted(dies):  # whoever died is woken by his queue, and does it again
        rooms[number]()

    assert raised == []
    assert files_held(disposing) == (1, 1)
    disposing.deliver(from_bob("m-2"))
    disposing.run(release("hold-2"))
    assert files_held(disposing) == (0, 0)


def story(disposing: Disposing, step: Callable[[Callable[[], object]], object]) -> None:
    """A file is held before it is there, sealed, and let go."""
    step(lambda: disposing.carry_out(place(disposing.participant("account-1"))))
    notice = disposing.room.upload(FILE)
    step(lambda: disposing.room.seal(notice))
    assert files_held(disposing) == (1, 1)
    disposing.again.waiting.clear()
    step(lambda: disposing.carry_out(release()))
    later = disposing.again.waiting[-1][0]
    step(lambda: disposing.carry_out(read_order(later)))
    assert files_held(disposing) == (0, 0)


def told() -> Disposing:
    disposing = Disposing()
    disposing.deliver(naming(FILE, "m-1"))
    return disposing


def effects() -> int:
    disposing = told()
    disposing.use(Fuse())
    story(disposing, lambda act: act())
    return disposing.archive.fuse.count


@pytest.mark.parametrize(("at", "when"), list(product(range(1, effects() + 1), ["before", "after"])))
def test_a_death_at_any_step_of_holding_sealing_or_letting_go_is_made_good(at: int, when: str) -> None:
    disposing = told()
    disposing.use(Fuse(at, when))

    def step(act: Callable[[], object]) -> None:
        try:
            act()
        except Crash:
            disposing.use(Fuse())
            act()

    story(disposing, step)
