"""Whether a conversation is the firm's to keep: by its people, their telephones and the clock."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given, strategies as st

from functions.law.rulebook import shipped
from functions.law.scope import DeviceScope, Hours, Roll, Scope, ScopePolicy, ScopeRule, Term, decide_scope
from tests.functions.strategies import moments_between

WORKDAY = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)  # a Wednesday, 11:00 in Beijing
NIGHT = datetime(2026, 11, 25, 15, 0, tzinfo=UTC)
ANN, BOB, CUSTOMER, FRIEND = (bytes([at]) * 16 for at in range(4))
ALL = DeviceScope(private="keep", contacts="anyone", hours="always")
STRICT = DeviceScope(private="drop", contacts="business", hours="work")
HOURS = Hours(begin=time(9), end=time(18), weekdays=frozenset(range(1, 6)), holidays=frozenset(), workdays=frozenset())
POLICY = ScopePolicy(no_custodian="drop", excluded="drop", corporate=ALL, byod=STRICT, unstated=ALL, hours=HOURS)
LENIENT = replace(POLICY, no_custodian="keep")


def make_term(token: bytes, **changed: Any) -> Term:
    start = datetime(2020, 1, 1, tzinfo=UTC)
    fields: dict[str, Any] = {"token": token, "valid_from": start, "valid_until": None, "regimes": frozenset()}
    return Term(**fields | changed)


ROLL = Roll(
    [make_term(ANN, device="corporate"), make_term(BOB, device="byod", jurisdictions=frozenset({"HK"}))],
    contacts=[CUSTOMER],
    excluded=[FRIEND],
)


def decide(*people: bytes, policy: ScopePolicy = POLICY, roll: Roll = ROLL, **facts: Any) -> Scope:
    usual: dict[str, Any] = {"complete": True, "private": False, "excluded": False, "sent_at": WORKDAY}
    return decide_scope(participants=people, roll=roll, policy=policy, **usual | facts)


@pytest.mark.parametrize(
    ("scope", "rule"),
    [
        (decide(ANN, FRIEND), "scope.custodian"),
        (decide(FRIEND, CUSTOMER), "scope.nobody"),
        (decide(FRIEND, CUSTOMER, policy=LENIENT), "scope.everyone"),
        (decide(FRIEND, complete=False), "scope.incomplete"),
        (decide(complete=False), "scope.incomplete"),
        (decide(ANN, CUSTOMER, excluded=True), "scope.excluded"),
        (decide(ANN, excluded=True, policy=replace(POLICY, excluded="keep")), "scope.custodian"),
        (decide(ANN, FRIEND, private=True), "scope.custodian"),
        (decide(BOB, CUSTOMER), "scope.custodian"),
        (decide(BOB, CUSTOMER, private=True), "scope.private"),
        (decide(BOB, FRIEND), "scope.contacts"),
        (decide(BOB, FRIEND, complete=False), "scope.custodian"),
        (decide(BOB, CUSTOMER, sent_at=NIGHT), "scope.hours"),
        (decide(ANN, BOB, sent_at=NIGHT, private=True), "scope.custodian"),
        (decide(BOB, ANN, sent_at=NIGHT, private=True), "scope.custodian"),
        (decide(FRIEND, private=True, complete=False, policy=replace(POLICY, unstated=STRICT)), "scope.private"),
    ],
)
def test_each_rule_decides_and_is_cited(scope: Scope, rule: str) -> None:  # G10
    book = shipped("scope", ScopeRule)

    assert scope.rule == rule
    assert scope.version == book.version
    assert scope.kept == book.rules[rule].keeps
    assert rule.endswith(f".{scope.reason}")


def test_every_rule_of_the_file_is_one_that_decides() -> None:
    decided = ["custodian", "nobody", "everyone", "incomplete", "excluded", "private", "contacts", "hours"]

    assert set(shipped("scope", ScopeRule).rules) == {f"scope.{name}" for name in decided}


def test_a_custodian_counts_from_the_first_moment_up_to_the_last() -> None:
    roll = Roll([make_term(ANN, valid_from=WORKDAY, valid_until=WORKDAY + timedelta(days=1))])

    assert decide(ANN, roll=roll).kept
    assert not decide(ANN, roll=roll, sent_at=WORKDAY - timedelta(milliseconds=1)).kept
    assert not decide(ANN, roll=roll, sent_at=WORKDAY + timedelta(days=1)).kept


def test_what_names_nobody_gets_the_rules_that_anybody_brings() -> None:
    roll = Roll([make_term(ANN, regimes=frozenset({"a"}), jurisdictions=frozenset({"US"})), make_term(BOB)])

    assert decide(BOB, roll=roll).regimes == frozenset()
    assert decide(BOB, roll=roll, complete=False).regimes == {"a"}
    assert decide(roll=roll, complete=False).jurisdictions == {"US"}
    assert decide(ANN, BOB, BOB, roll=roll).custodians == 2


def test_exclusions_are_found_among_people_and_conversations() -> None:
    assert ROLL.excludes([ANN, FRIEND])
    assert not ROLL.excludes([ANN, BOB])


PEOPLE = st.lists(st.sampled_from([ANN, BOB, CUSTOMER, FRIEND]), max_size=4)
CHOICES = st.sampled_from(["keep", "drop"])
DEVICES = st.builds(
    DeviceScope,
    private=CHOICES,
    contacts=st.sampled_from(["anyone", "business"]),
    hours=st.sampled_from(["always", "work"]),
)
POLICIES = st.builds(
    ScopePolicy,
    no_custodian=CHOICES,
    excluded=CHOICES,
    corporate=DEVICES,
    byod=DEVICES,
    unstated=DEVICES,
    hours=st.just(HOURS),
)
TERMS = st.lists(
    st.builds(
        make_term,
        st.sampled_from([ANN, BOB, CUSTOMER]),
        device=st.sampled_from(["corporate", "byod", None]),
        valid_from=moments_between(WORKDAY - timedelta(days=2), WORKDAY + timedelta(days=2)),
    ),
    max_size=4,
)
FACTS = st.fixed_dictionaries({"complete": st.booleans(), "private": st.booleans(), "excluded": st.booleans()})


@given(PEOPLE, TERMS, POLICIES, FACTS)
def test_nothing_with_a_custodian_is_dropped_for_want_of_one(
    people: list[bytes], terms: list[Term], policy: ScopePolicy, facts: Any
) -> None:
    scope = decide(*people, roll=Roll(terms), policy=policy, **facts)

    if any(term.token in people and term.covers(WORKDAY) for term in terms):
        assert scope.rule not in {"scope.nobody", "scope.everyone", "scope.incomplete"}
        assert scope.custodians
    if not facts["complete"]:
        assert scope.rule not in {"scope.nobody", "scope.contacts"}


@given(PEOPLE, TERMS, FACTS)
def test_where_the_policy_names_no_exception_nothing_with_a_custodian_is_ever_dropped(
    people: list[bytes], terms: list[Term], facts: Any
) -> None:
    everything = replace(POLICY, byod=ALL, excluded="keep")
    covered = any(term.token in people and term.covers(WORKDAY) for term in terms)

    scope = decide(*people, roll=Roll(terms), policy=everything, **facts)

    assert scope.kept == (covered or not facts["complete"])


@given(PEOPLE, TERMS, POLICIES, FACTS, st.sampled_from([ANN, BOB]))
def test_another_custodian_never_makes_a_kept_conversation_a_dropped_one(
    people: Sequence[bytes], terms: list[Term], policy: ScopePolicy, facts: Any, joins: bytes
) -> None:
    before = decide(*people, roll=Roll(terms), policy=policy, **facts)
    after = decide(*people, joins, roll=Roll([*terms, make_term(joins, device="corporate")]), policy=policy, **facts)

    if before.kept and before.custodians:
        assert after.kept


@given(PEOPLE, TERMS, POLICIES, FACTS)
def test_in_which_order_people_are_named_does_not_matter(
    people: list[bytes], terms: list[Term], policy: ScopePolicy, facts: Any
) -> None:
    one, other = (decide(*named, roll=Roll(terms), policy=policy, **facts) for named in (people, people[::-1]))

    assert (one.kept, one.custodians, one.regimes) == (other.kept, other.custodians, other.regimes)


@pytest.mark.parametrize(
    ("moment", "works"),
    [
        (datetime(2026, 11, 25, 1, 0, tzinfo=UTC), True),
        (datetime(2026, 11, 25, 0, 59, 59, tzinfo=UTC), False),
        (datetime(2026, 11, 25, 9, 59, 59, tzinfo=UTC), True),
        (datetime(2026, 11, 25, 10, 0, tzinfo=UTC), False),
        (datetime(2026, 11, 28, 3, 0, tzinfo=UTC), False),
        (datetime(2026, 11, 26, 3, 0, tzinfo=UTC), False),
        (datetime(2026, 11, 29, 3, 0, tzinfo=UTC), True),
    ],
)
def test_working_hours_are_beijings_and_know_holidays(moment: datetime, works: bool) -> None:  # noqa: FBT001
    hours = replace(HOURS, holidays=frozenset({date(2026, 11, 26)}), workdays=frozenset({date(2026, 11, 29)}))

    assert hours.include(moment) == works
