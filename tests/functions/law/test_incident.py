"""By when an incident is reported."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, strategies as st

from functions.law.incident import Incident, IncidentRule, deadlines
from functions.law.rulebook import shipped

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


def due(*facts: Any, **more: Any) -> dict[str, float]:
    """Hours from detection, by rule."""
    found = deadlines(Incident(detected_at=NOW, facts=frozenset(facts), **more))
    return {one.rule: (one.due - NOW) / timedelta(hours=1) for one in found}


@pytest.mark.parametrize(
    ("running", "rule", "hours"),
    [
        (due("national_security"), "cn.ndr.10", 24),
        (due(persons=1_000_000), "cn.incident.4h", 4),
        (due(loss_yuan=5_000_000), "cn.incident.4h", 4),
        (due(persons=1_000_000, ciio=True), "cn.incident.cii.1h", 1),
        (due("personal_information"), "cn.pipl.57.authority", 0),
        (due(persons=1), "cn.pipl.57.person", 0),
        (due("state_secret"), "cn.ssl.34", 0),
    ],
)
def test_each_clock_runs_for_its_hours(running: dict[str, float], rule: str, hours: int) -> None:  # G10
    assert running[rule] == hours
    assert rule in shipped("incident", IncidentRule).rules


def test_below_every_threshold_no_clock_runs() -> None:
    assert due() == {}
    assert set(due(persons=999_999)) == {"cn.pipl.57.authority", "cn.pipl.57.person"}
    assert due(loss_yuan=4_999_999) == {}
    assert due(ciio=True) == {}


def test_the_persons_need_not_be_told_of_what_was_averted_but_the_authority_must() -> None:
    assert set(due("personal_information", averted=True)) == {"cn.pipl.57.authority"}


def test_every_clock_says_whom_to_tell_and_where_it_stands() -> None:
    found = deadlines(Incident(detected_at=NOW, facts=frozenset({"personal_information", "state_secret"})))

    assert {one.tell for one in found} == {"authority", "person"}
    assert all(one.citation and one.version == "1" for one in found)


FACTS = st.frozensets(st.sampled_from(["national_security", "state_secret", "personal_information"]))


@given(FACTS, FACTS, st.integers(0, 2_000_000), st.integers(0, 9_000_000), st.booleans())
def test_what_more_is_known_never_stops_a_clock(
    facts: frozenset[Any],
    more: frozenset[Any],
    persons: int,
    loss: int,
    ciio: bool,  # noqa: FBT001
) -> None:
    before = due(*facts)
    after = due(*facts, *more, persons=persons, loss_yuan=loss, ciio=ciio)

    assert before.items() <= after.items()
    assert list(after.values()) == sorted(after.values()), "the nearest first"
