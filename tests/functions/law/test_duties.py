"""Duties to tell: when they are due, what meets them, and what a later word about the same incident changes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, strategies as st

from functions.law.duties import GRACE, LEAD, Opened, Standing, Telling, Watched, look, meets
from functions.law.incident import Deadline, Told

DETECTED = datetime(2026, 11, 22, 9, tzinfo=UTC)
AT = DETECTED + timedelta(minutes=20)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
OPEN, SOON, OVERDUE, MET, LATE = Standing


def clock(rule: str = "cac", hours: int = 4, tell: Told = "authority") -> Deadline:
    return Deadline(rule=rule, version="1", citation="a law", tell=tell, due=DETECTED + hours * HOUR)


def opening(*clocks: Deadline, act: str = "a", **more: Any) -> Opened:
    fields: dict[str, Any] = {"at": AT, "detected_at": DETECTED, "clocks": clocks or (clock(),)}
    return Opened(act=act, **fields | more)


def telling(*rules: str, at: datetime = AT, **more: Any) -> Telling:
    fields: dict[str, Any] = {"act": "t", "incident": "a", "tell": "authority"}
    return Telling(**fields | more, at=at, rules=frozenset(rules))


def standings(*found: Watched) -> list[Standing]:
    return [duty.standing for one in found for duty in one.duties]


@pytest.mark.parametrize(
    ("hours", "minutes", "expected"),
    [
        (4, 0, OPEN),
        (4, 179, OPEN),
        (4, 180, SOON),
        (4, 240, SOON),
        (4, 241, OVERDUE),
        (1, 29, OPEN),
        (1, 30, SOON),
        (1, 61, OVERDUE),
        (0, 20, OPEN),
        (0, 35, SOON),
        (0, 50, SOON),
        (0, 51, OVERDUE),
    ],
)
def test_a_duty_is_due_soon_in_its_last_hour_or_half_and_then_overdue_until_told(
    hours: int, minutes: int, expected: Standing
) -> None:
    found = look([opening(clock(hours=hours))], [], DETECTED + minutes * MINUTE)

    assert standings(*found) == [expected]
    assert found[0].count(expected) == 1


def test_whoever_opens_an_incident_and_tells_at_once_is_not_rung_up() -> None:
    opened, told = opening(clock(hours=0)), telling(at=AT + GRACE)

    assert standings(*look([opened], [], AT + GRACE / 2 - MINUTE)) == [OPEN]
    assert standings(*look([opened], [told], AT + GRACE)) == [MET]
    assert standings(*look([opened], [replace(told, at=AT + GRACE + MINUTE)], AT + HOUR)) == [LATE]


def test_what_was_told_in_time_is_met_and_afterwards_late_and_the_first_word_counts() -> None:
    in_time, late = telling(at=DETECTED + 4 * HOUR), telling(at=DETECTED + 4 * HOUR + MINUTE, act="u")

    assert standings(*look([opening()], [late], DETECTED + 9 * HOUR)) == [LATE]
    (found,) = look([opening()], [late, in_time], DETECTED + 9 * HOUR)
    assert (found.duties[0].standing, found.duties[0].told) == (MET, in_time)


def test_telling_one_meets_no_duty_towards_another() -> None:
    opened = opening(clock("cac"), clock("ssl"), clock("people", tell="person"))
    later = DETECTED + 9 * HOUR

    assert standings(*look([opened], [telling("cac")], later)) == [MET, OVERDUE, OVERDUE]
    assert standings(*look([opened], [telling()], later)) == [OVERDUE, OVERDUE, OVERDUE]
    assert standings(*look([opened], [telling(tell="person")], later)) == [OVERDUE, OVERDUE, MET]
    assert standings(*look([opened], [telling("people")], later)) == [OVERDUE, OVERDUE, OVERDUE]
    assert standings(*look([opened], [telling("cac", incident="another")], later)) == [OVERDUE, OVERDUE, OVERDUE]


def test_what_is_known_better_later_stands_for_the_incident_and_what_was_told_counts() -> None:
    first = opening(clock("pipl", 0), clock("cac"))
    second = opening(clock("pipl", 0), clock("cac"), clock("ssl", 0), act="b", at=AT + HOUR, supersedes="a")
    third = replace(second, act="c", at=AT + 2 * HOUR, supersedes="b")
    told = [telling("pipl"), telling("cac", incident="b", act="u", at=AT + HOUR)]

    (found,) = look([first, third, second], told, AT + HOUR)
    assert found.known == third
    assert standings(found) == [MET, MET, OPEN]
    assert standings(*look([first, second, third], told, AT + HOUR + GRACE + MINUTE)) == [MET, MET, OVERDUE]


def test_an_incident_that_is_opened_again_gets_no_second_grace() -> None:
    first = opening(clock("pipl", 0))
    second = replace(first, act="b", at=AT + GRACE, supersedes="a")

    assert standings(*look([first, second], [], AT + GRACE + MINUTE)) == [OVERDUE]


def test_incidents_that_know_nothing_of_each_other_both_stand_the_newest_first() -> None:
    first, second = opening(), opening(act="b", at=AT + MINUTE)

    assert [one.known.act for one in look([first, second], [], AT)] == ["b", "a"]
    gone = replace(second, supersedes="older than what is looked at")
    assert [one.known.act for one in look([first, gone], [], AT)] == ["b", "a"]


def test_acts_that_supersede_each_other_end_in_no_circle() -> None:
    circle = [opening(act="a", supersedes="b"), opening(act="b", supersedes="a")]

    assert [one.known.act for one in look([*circle, opening(act="c", supersedes="a")], [], AT)] == ["c"]


RULES = ("cac", "ssl", "pipl", "people")
rules = st.frozensets(st.sampled_from(RULES))
clocks = st.lists(
    st.builds(clock, st.sampled_from(RULES), st.integers(0, 24), st.sampled_from(["authority", "person"])),
    unique_by=lambda one: one.rule,
    max_size=4,
)
tellings = st.lists(
    st.builds(
        telling,
        at=st.integers(-60, 2000).map(lambda minutes: DETECTED + minutes * MINUTE),
        incident=st.sampled_from(["a", "b"]),
        tell=st.sampled_from(["authority", "person"]),
    ).flatmap(lambda one: rules.map(lambda named: replace(one, rules=named))),
    max_size=4,
)
moments = st.integers(0, 3000).map(lambda minutes: AT + minutes * MINUTE)


@given(clocks, tellings, tellings, moments)
def test_a_further_word_opens_no_duty_and_meets_none_but_those_it_names(
    clocks: list[Deadline], told: list[Telling], more: list[Telling], now: datetime
) -> None:
    opened = Opened(act="a", at=AT, detected_at=DETECTED, clocks=tuple(clocks))
    (before,), (after,) = look([opened], told, now), look([opened], [*told, *more], now)
    named = {rule for one in more if one.incident == "a" for rule in meets(one, opened)}

    for one, other in zip(before.duties, after.duties, strict=True):
        assert one.told is None or other.told is not None
        assert one == other or one.deadline.rule in named


@given(clocks, moments, moments)
def test_time_alone_makes_no_duty_less_pressing(clocks: list[Deadline], one: datetime, other: datetime) -> None:
    opened = Opened(act="a", at=AT, detected_at=DETECTED, clocks=tuple(clocks))
    earlier, later = (standings(*look([opened], [], now)) for now in sorted((one, other)))
    order = [OPEN, SOON, OVERDUE]

    assert all(order.index(a) <= order.index(b) for a, b in zip(earlier, later, strict=True))


def test_the_grace_and_the_lead_are_shorter_than_the_shortest_clock() -> None:
    assert GRACE < LEAD <= HOUR
