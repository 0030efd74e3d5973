"""Holds reach everything they cover and leave alone what they do not."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from functions.disposition import carry
from functions.disposition.carry import SECONDS_UNTIL_AGAIN, Walked, carry_out
from functions.disposition.orders import Order, hold_of, read_order
from functions.errors import Rejected
from tests.disposing import Disposing, place, release
from tests.fakes import Crash, Fuse
from tests.functions.erasure.test_erase import FILE, naming
from tests.make import NOW, make_event
from tests.turns import Turns


def by(account: str, name: str) -> dict[str, object]:
    data = {"conversation": {"id": f"room of {account}"}, "sender": {"id": account}}
    return make_event(id=name, data={**data, "content": {"type": "text", "text": "x"}})


def held(disposing: Disposing) -> tuple[int, int]:
    return len(disposing.objects.held), len(disposing.salts.held)


def two_people() -> Disposing:
    """One segment of each."""
    disposing = Disposing()
    disposing.deliver(by("ann", "m-1"))
    disposing.deliver(by("bob", "m-2"))
    return disposing


def test_a_hold_covers_the_segments_and_keyrings_of_its_custodian_and_no_others() -> None:
    disposing = two_people()
    disposing.run(place(disposing.participant("ann")))

    assert held(disposing) == (1, 1)
    assert [hold.id for hold in disposing.holds.load()] == ["hold-1"]


def test_a_hold_covers_conversations_and_its_time_alone() -> None:
    disposing = two_people()
    room = frozenset({disposing.archive.key.token("conversation", "room of bob")})
    order = replace(place(), custodians=frozenset(), conversations=room)

    disposing.run(replace(order, sent_until=NOW - timedelta(days=1)))
    assert held(disposing) == (0, 0)
    disposing.run(replace(order, sent_from=NOW - timedelta(days=1), sent_until=NOW))
    assert held(disposing) == (1, 1)


def test_what_was_on_its_way_is_found_by_the_second_walk() -> None:
    disposing = two_people()
    disposing.carry_out(place(disposing.participant("ann")))
    ((body, seconds),) = disposing.again.waiting
    disposing.deliver(by("ann", "m-3"))

    assert seconds == SECONDS_UNTIL_AGAIN
    disposing.carry_out(read_order(body))
    assert held(disposing) == (2, 2)
    assert len(disposing.again.waiting) == 1


def test_a_hold_covers_the_files_that_its_records_name() -> None:
    disposing = Disposing()
    disposing.seal(FILE)
    disposing.deliver(naming(FILE, "m-1"))

    disposing.run(place(disposing.participant("account-1")))
    assert held(disposing) == (2, 2)


def test_a_release_lets_go_of_what_no_other_hold_covers() -> None:
    disposing = Disposing()
    disposing.seal(FILE)
    disposing.deliver(naming(FILE, "m-1"))
    disposing.deliver(by("bob", "m-2"))
    ann, bob = disposing.participant("account-1"), disposing.participant("bob")
    disposing.run(place(ann, bob))
    disposing.run(place(bob, act="hold-2"))

    disposing.run(release())
    assert held(disposing) == (1, 1)
    assert [hold.id for hold in disposing.holds.load()] == ["hold-2"]
    disposing.run(release("hold-2"))
    assert held(disposing) == (0, 0)


def test_a_file_stays_held_while_any_record_that_names_it_is() -> None:
    disposing = Disposing()
    disposing.seal(FILE)
    disposing.deliver(naming(FILE, "m-1"))
    other = naming(FILE, "m-2")
    disposing.deliver(other | {"data": other["data"] | {"sender": {"id": "bob"}}})  # type: ignore[operator]
    disposing.run(place(disposing.participant("account-1")))
    disposing.run(place(disposing.participant("bob"), act="hold-2"))

    disposing.run(release())
    assert held(disposing) == (2, 2)


def test_a_release_of_a_hold_that_does_not_stand_changes_nothing_and_says_so() -> None:
    disposing = two_people()
    disposing.run(place(disposing.participant("ann")))

    (done,) = disposing.run(release("another"))
    assert done.unlisted
    assert held(disposing) == (1, 1)
    said = disposing.reports()[-1]
    assert (said["act"], said["kind"], said["unlisted"], said["pairs"]) == ("release-1", "hold.release", True, 0)
    assert [one["unlisted"] for one in disposing.reports()[:-1]] == [False, False]


def test_the_second_walk_does_not_put_back_a_hold_that_was_released_meanwhile() -> None:
    disposing = two_people()
    disposing.carry_out(place(disposing.participant("ann")))
    ((second, _),) = disposing.again.waiting
    disposing.again.waiting.clear()
    disposing.run(release())

    assert disposing.run(read_order(second)) == [Walked(unlisted=True)]
    assert disposing.holds.load() == ()
    assert held(disposing) == (0, 0)
    said = disposing.reports()[-1]
    assert (said["act"], said["again"], said["unlisted"]) == ("hold-1", True, True)


def test_what_is_left_of_a_walk_does_not_put_back_a_hold_that_was_released_meanwhile(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(carry, "MOST_SEGMENTS", 1)
    disposing = two_people()
    disposing.carry_out(place(disposing.participant("ann"), disposing.participant("bob")))
    ((rest, _),) = disposing.again.waiting
    disposing.again.waiting.clear()
    assert read_order(rest).after
    disposing.run(release())

    assert disposing.run(read_order(rest)) == [Walked(unlisted=True)]
    assert disposing.holds.load() == ()
    assert held(disposing) == (0, 0)


@pytest.mark.parametrize("later", [False, True], ids=["before its walk", "after it"])
def test_an_order_to_place_a_hold_that_comes_again_after_its_release_places_nothing(*, later: bool) -> None:
    disposing = two_people()
    order = place(disposing.participant("ann"))
    disposing.run(order)
    disposing.carry_out(release())
    (walk,) = disposing.again.waiting
    if later:
        disposing.run(read_order(walk[0]))
        disposing.again.waiting.clear()

    assert disposing.carry_out(order).unlisted
    assert disposing.holds.load() == ()
    while disposing.again.waiting:
        disposing.carry_out(read_order(disposing.again.waiting.pop(0)[0]))
    assert held(disposing) == (0, 0)


def test_what_a_release_reaches_is_what_the_list_said_and_goes_over_no_queue() -> None:
    disposing = two_people()
    disposing.run(place(disposing.participant("ann")))
    disposing.carry_out(release())
    ((walk, seconds),) = disposing.again.waiting

    assert (read_order(walk), seconds) == (replace(release(), again=True), SECONDS_UNTIL_AGAIN)
    assert disposing.participant("ann").hex() not in walk


def test_a_release_that_was_carried_out_lifts_nothing_when_it_comes_again() -> None:
    disposing = two_people()
    disposing.run(place(disposing.participant("ann")))
    disposing.run(release())
    disposing.objects.held.update(disposing.archive.segments())
    by_hand = held(disposing)

    assert disposing.run(release()) == [Walked(unlisted=True)]
    assert disposing.run(replace(release(), again=True)) == [Walked(unlisted=True)]
    assert held(disposing) == by_hand


def test_a_walk_is_no_ones_who_did_not_release_that_hold() -> None:
    disposing = two_people()
    disposing.run(place(disposing.participant("ann")))
    walk = replace(release(), again=True)

    assert disposing.run(walk) == [Walked(unlisted=True)]
    disposing.carry_out(release())
    assert disposing.carry_out(replace(walk, act="release-2")).unlisted
    assert held(disposing) == (1, 1)


@pytest.mark.parametrize(
    "changed",
    [
        {"hold": "hold-2"},
        {"act": "release-2"},
        {"kind": "retention.event"},
        {"custodians": frozenset({b"r" * 16})},
        {"conversations": frozenset({b"r" * 16})},
        {"sent_until": NOW},
        {"sent_from": NOW},
        {"at": NOW},
        {"event": "contract_ended"},
        {"matter": "0a" * 16},
        {"ground": "wish"},
        {"record": b"r" * 24},
        {"approved_at": NOW + timedelta(days=1)},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_an_order_that_is_not_the_one_that_was_approved_is_rejected(changed: dict[str, Any]) -> None:  # G14
    disposing = two_people()
    disposing.run(place(disposing.participant("ann")))
    disposing.run(place(disposing.participant("bob"), act="hold-2"))
    disposing.acts.approve(release())

    with pytest.raises(Rejected, match="it takes 2 to approve this order"):
        carry_out(replace(release(), **changed), world=disposing.disposition(), now=NOW)
    assert held(disposing) == (2, 2)
    assert len(disposing.holds.load()) == 2


def effects(order: Order, *, placed: bool) -> int:
    disposing = prepared(placed=placed)
    disposing.use(Fuse())
    disposing.run(order)
    return disposing.archive.fuse.count


def prepared(*, placed: bool) -> Disposing:
    disposing = two_people()
    if placed:
        disposing.run(place(disposing.participant("ann")))
    return disposing


ANN = Disposing().participant("ann")


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("placed", [False, True], ids=["place", "release"])
def test_a_death_at_any_step_is_finished_when_the_queue_delivers_again(placed: bool, when: str) -> None:  # noqa: FBT001
    order = release() if placed else place(ANN)
    for at in range(1, effects(order, placed=placed) + 1):
        disposing = prepared(placed=placed)
        disposing.use(Fuse(at, when))
        orders = [order]
        while orders or disposing.again.waiting:
            one = orders.pop() if orders else read_order(disposing.again.waiting.pop(0)[0])
            try:
                disposing.carry_out(one)
            except Crash:
                disposing.use(Fuse())
                orders.append(one)

        assert held(disposing) == ((0, 0) if placed else (1, 1))
        assert len(disposing.holds.load()) == (0 if placed else 1)
        assert (disposing.holds.kept == {}) is placed, "what a release is over with keeps no token"


def test_what_does_not_fit_into_one_run_goes_back_on_the_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(carry, "MOST_SEGMENTS", 1)
    disposing = two_people()
    done = disposing.run(place(disposing.participant("ann"), disposing.participant("bob")))

    assert held(disposing) == (2, 2)
    assert [one.finished for one in done] == [False, True, False, True]
    assert [one.finished for one in disposing.run(release())] == [True, False, True]
    assert held(disposing) == (0, 0)


STEPS = range(10)
"""After how many effects of the slower room the other does all of its work."""


@pytest.mark.parametrize("steps", STEPS)
def test_a_slow_release_leaves_what_a_later_hold_has_reached_before_it(steps: int) -> None:
    disposing = two_people()
    disposing.run(place(disposing.participant("ann")))
    disposing.carry_out(release())
    ((walk, _),) = disposing.again.waiting
    disposing.again.waiting.clear()
    turns = Turns([*[0] * steps, *[1] * 20])
    disposing.use(turns)

    later = place(disposing.participant("ann"), act="hold-2")
    assert turns.play([lambda: disposing.carry_out(read_order(walk)), lambda: disposing.run(later)]) == []
    assert held(disposing) == (1, 1)


@pytest.mark.parametrize("steps", STEPS)
def test_a_slow_hold_does_not_outlast_a_release_that_has_passed_it(steps: int) -> None:
    disposing = two_people()
    order = place(disposing.participant("ann"))
    assert disposing.holds.put(hold_of(order))
    turns = Turns([*[0] * steps, *[1] * 20])
    disposing.use(turns)

    assert turns.play([lambda: disposing.carry_out(order), lambda: release_whole(disposing)]) == []
    disposing.use(Fuse())
    while disposing.again.waiting:
        disposing.carry_out(read_order(disposing.again.waiting.pop(0)[0]))
    assert held(disposing) == (0, 0)
    assert disposing.holds.load() == ()


def release_whole(disposing: Disposing) -> None:
    disposing.carry_out(release())
    disposing.carry_out(replace(release(), again=True))


def test_a_segment_that_does_not_verify_keeps_no_other_from_being_held() -> None:
    disposing = Disposing()
    disposing.deliver(by("ann", "m-1"))
    (broken,) = disposing.archive.segments()
    disposing.deliver(by("ann", "m-2"))
    stored = disposing.archive.vault.stored
    stored[broken] = replace(stored[broken], body=b"x" * len(stored[broken].body))

    first, _ = disposing.run(place(disposing.participant("ann")))
    assert (first.pairs, first.broken) == (1, 1)
    assert held(disposing) == (1, 1)


def test_a_file_that_is_another_archives_is_counted_as_broken() -> None:
    disposing = Disposing()
    key, other = disposing.seal(FILE), disposing.seal(FILE + b"x")
    disposing.deliver(naming(FILE, "m-1"))
    stored = disposing.archive.vault.stored
    stored[key] = replace(stored[other], key=key)

    assert disposing.carry_out(place(disposing.participant("account-1"))).broken == 1
    assert held(disposing) == (1, 1), "its segment is held all the same"


def test_every_run_is_reported() -> None:
    disposing = two_people()
    disposing.run(place(disposing.participant("ann")))
    reports = disposing.reports()

    assert [one["again"] for one in reports] == [False, True]
    assert {one["act"] for one in reports} == {"hold-1"}
    assert reports[0]["pairs"] == 1
