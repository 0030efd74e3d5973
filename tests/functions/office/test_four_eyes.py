"""One person is never two, whatever roles and sessions they use; and what two must decide, two have decided."""

from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from functions.law.acts import TWO, act_rules
from tests.office import ROLES, Office, act_id, arn, document, office_for

RULES = {rule.kind: rule for rule in act_rules().rules.values()}
TWO_PEOPLE = sorted(kind for kind, rule in RULES.items() if rule.people == TWO)
IN_EFFECT = {"ordered", "done", "approved"}

roles = st.sampled_from(sorted(ROLES))
calls = st.lists(
    st.tuples(st.sampled_from(["propose", "approve", "refuse", "show", "sweep"]), roles, st.integers(1, 2)), max_size=8
)


def full(kind: str, number: int = 1) -> dict[str, Any]:
    return document(kind, number, **({"approval_id": "CAC-1"} if kind == "border.approval" else {}))


def play(office: Office, kind: str, name: str, steps: list[tuple[str, str, int]]) -> None:
    for step, role, number in steps:
        by = arn(name, role)
        if step == "propose":
            office.propose(kind, by, full(kind, number))
        elif step == "show":
            office.show(kind, by, act_id(number))
        elif step == "sweep":
            office.sweep()
        else:
            office.decide(kind, by, act_id(number), "approved" if step == "approve" else "refused")


@settings(max_examples=60, deadline=None)
@given(kind=st.sampled_from(TWO_PEOPLE), steps=calls)
def test_no_sequence_of_calls_by_one_person_completes_an_act_of_two(  # G14
    kind: str, steps: list[tuple[str, str, int]]
) -> None:
    office = Office()

    play(office, kind, "alice", steps)

    assert not office.orders.sent
    assert not office.states.items
    assert not {act.state.value for act in office.acts.items.values()} & IN_EFFECT
    assert "approved" not in office.steps()


@settings(max_examples=40, deadline=None)
@given(kind=st.sampled_from(TWO_PEOPLE), first=calls, second=calls)
def test_an_act_of_two_that_took_effect_names_two_people_in_its_record(  # G14
    kind: str, first: list[tuple[str, str, int]], second: list[tuple[str, str, int]]
) -> None:
    office = Office()

    play(office, kind, "alice", first)
    play(office, kind, "bob", second)

    for event in office.captures():
        if event["data"]["step"] == "approved":
            assert event["data"]["proposed"]["person"] != event["data"]["decided"]["person"]


@pytest.mark.parametrize("kind", TWO_PEOPLE)
def test_two_people_with_the_roles_of_the_rule_complete_it(kind: str) -> None:
    office, rule = Office(), RULES[kind]

    assert office.propose(kind, arn("alice", rule.propose[0]), full(kind))[1]["state"] == "proposed"
    status, answer = office.decide(kind, arn("bob", rule.approve[0]))

    assert (status, answer["state"] in {"ordered", "done"}) == (200, True)
    assert office.steps() == ["proposed", "approved"]


@pytest.mark.parametrize("kind", sorted(set(RULES) - set(TWO_PEOPLE)))
def test_what_one_may_decide_is_recorded_as_approved_at_once(kind: str) -> None:
    office = office_for(kind)

    status, answer = office.propose(kind, arn("alice", RULES[kind].propose[0]))

    assert (status, answer["state"] in {"ordered", "done"}) == (200, True)
    assert office.steps() == ["approved"]
    assert office.decide(kind, arn("bob"))[0] == 403


@pytest.mark.parametrize("kind", sorted(RULES))
@pytest.mark.parametrize("role", sorted(ROLES))
def test_only_the_roles_of_the_rule_propose_and_approve(kind: str, role: str) -> None:
    office, rule = office_for(kind), RULES[kind]

    assert office.propose(kind, arn("eve", role), full(kind))[0] == (200 if role in rule.propose else 403)
    office.propose(kind, arn("alice", rule.propose[0]), full(kind, 2))
    assert office.decide(kind, arn("carol", role), act_id(2))[0] == (200 if role in rule.approve else 403)


def test_the_same_name_in_another_role_is_the_same_person() -> None:  # G14
    office = Office()
    office.propose("erasure.request", arn("alice", "officer"))

    status, answer = office.decide("erasure.request", arn("alice", "erasure_officer"))

    assert (status, answer["type"]) == (403, "urn:fengcun:problem:forbidden")
    assert not office.orders.sent


def test_a_refusal_by_the_second_person_ends_it() -> None:
    office = Office()
    office.propose("hold.release", arn("alice"))

    assert office.decide("hold.release", arn("bob"), decision="refused")[1]["state"] == "refused"

    assert office.decide("hold.release", arn("carol"))[0] == 409
    assert office.steps() == ["proposed", "refused"]
    assert not office.orders.sent
