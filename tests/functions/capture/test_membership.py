"""Who was in a conversation when, from changes in any order."""

import itertools
from datetime import datetime, timedelta

from hypothesis import given, strategies as st

from functions.capture.membership import Change, Interval, intervals
from tests.make import NOW


def change(minute: int, account: str | None, *, joined: bool) -> Change:
    return Change(at=at(minute), account=account, joined=joined, record_id=f"{minute}-{account}-{joined}")


def at(minute: int) -> datetime:
    return NOW + timedelta(minutes=minute)


def stays(*changes: Change) -> list[tuple[str, datetime | None, datetime | None]]:
    return [(one.account, one.since, one.until) for one in intervals(changes)]


CHANGES = st.builds(change, st.integers(0, 6), st.sampled_from(["a", "b"]), joined=st.booleans())
DISSOLVED = st.integers(0, 6).map(lambda minute: change(minute, None, joined=False))


def test_somebody_who_joins_and_leaves_twice_has_two_stays() -> None:
    first, out = change(0, "a", joined=True), change(1, "a", joined=False)
    again, gone = change(2, "a", joined=True), change(3, "a", joined=False)

    assert stays(first, out, again, gone) == [("a", at(0), at(1)), ("a", at(2), at(3))]


def test_somebody_who_is_still_there_has_no_end_and_somebody_found_there_no_beginning() -> None:
    assert stays(change(1, "a", joined=True), change(2, "b", joined=False)) == [("a", at(1), None), ("b", None, at(2))]


def test_a_conversation_that_is_dissolved_ends_for_everybody_in_it() -> None:
    told = (change(0, "a", joined=True), change(0, "b", joined=True), change(1, "b", joined=False))

    assert stays(*told, change(5, None, joined=False)) == [("a", at(0), at(5)), ("b", at(0), at(1))]


def test_joining_again_and_leaving_again_add_nothing() -> None:
    joined, left = change(0, "a", joined=True), change(3, "a", joined=False)

    assert stays(joined, change(1, "a", joined=True), left, change(4, "a", joined=False)) == [("a", at(0), at(3))]


def test_of_what_is_said_of_one_second_the_first_is_what_changes_something() -> None:
    in_and_out = (change(1, "a", joined=True), change(1, "a", joined=False))

    assert stays(*in_and_out) == [("a", at(1), at(1))]
    assert stays(change(0, "a", joined=True), *in_and_out) == [("a", at(0), at(1)), ("a", at(1), None)]


def test_a_stay_names_the_records_that_say_so() -> None:
    joined, left = change(0, "a", joined=True), change(1, "a", joined=False)

    assert intervals([left, joined]) == (
        Interval(account="a", since=at(0), until=at(1), record_ids=(joined.record_id, left.record_id)),
    )


@given(st.lists(CHANGES | DISSOLVED, max_size=8), st.randoms(use_true_random=False))
def test_order_and_copies_change_nothing(changes: list[Change], random: object) -> None:
    again = [*changes, *changes]
    random.shuffle(again)  # type: ignore[attr-defined]

    assert intervals(again) == intervals(changes)


@given(st.lists(CHANGES | DISSOLVED, max_size=8))
def test_the_stays_of_one_account_follow_one_another(changes: list[Change]) -> None:
    found = intervals(changes)

    for account in ("a", "b"):
        own = [one for one in found if one.account == account]
        for before, after in itertools.pairwise(own):
            assert before.until is not None
            assert after.since is not None
            assert before.until <= after.since
        assert all(one.since is None or one.until is None or one.since <= one.until for one in own)
