"""What a legal hold covers."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from functions.errors import Rejected
from functions.law.holds import Hold, holding, matches

FROM, UNTIL = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 12, 31, tzinfo=UTC)
ANN, BOB, ROOM = b"a" * 16, b"b" * 16, b"r" * 16


def make_hold(**changed: object) -> Hold:
    fields = {
        "id": "hold-1",
        "matter": "0a" * 16,
        "custodians": frozenset({ANN}),
        "conversations": frozenset({ROOM}),
        "sent_from": FROM,
        "sent_until": UNTIL,
        "placed_by_act": "act-1",
    }
    return Hold(**{**fields, **changed})  # type: ignore[arg-type]  # the test says which


@pytest.mark.parametrize("tokens", [{ANN}, {ROOM}, {ANN, ROOM, BOB}], ids=["custodian", "conversation", "both"])
@pytest.mark.parametrize("sent_at", [FROM, UNTIL, FROM + timedelta(days=100)])
def test_a_hold_covers_its_custodians_and_conversations_from_first_to_last_moment(
    tokens: set[bytes], sent_at: datetime
) -> None:
    assert matches(make_hold(), tokens=tokens, sent_at=sent_at)


@pytest.mark.parametrize("sent_at", [FROM - timedelta(milliseconds=1), UNTIL + timedelta(milliseconds=1)])
def test_a_hold_covers_nothing_outside_its_time(sent_at: datetime) -> None:
    assert not matches(make_hold(), tokens={ANN}, sent_at=sent_at)


def test_a_hold_does_not_cover_others() -> None:
    assert not matches(make_hold(), tokens={BOB}, sent_at=FROM)
    assert not matches(make_hold(), tokens=set(), sent_at=FROM)


@given(st.datetimes(timezones=st.just(UTC)))
def test_a_hold_without_ends_covers_every_time_also_the_future(sent_at: datetime) -> None:
    assert matches(make_hold(sent_from=None, sent_until=None), tokens={ROOM}, sent_at=sent_at)


def test_a_hold_of_nobody_is_refused() -> None:
    with pytest.raises(Rejected, match="hold-1: name a custodian or a conversation"):
        make_hold(custodians=frozenset(), conversations=frozenset())


def test_a_hold_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(Rejected, match="hold-1: it ends"):
        make_hold(sent_from=UNTIL, sent_until=FROM)


def test_all_holds_that_cover_a_record_are_named_in_order() -> None:
    holds = [make_hold(id="b"), make_hold(id="c", custodians=frozenset({BOB}), conversations=frozenset())]

    covering = holding([*holds, make_hold(id="a")], tokens={ANN}, sent_at=FROM)
    assert [hold.id for hold in covering] == ["a", "b"]
