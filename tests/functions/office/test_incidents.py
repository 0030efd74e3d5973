"""Incidents through the office: what an act about one must say, and what the clock finds."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from functions.law.acts import act_rules
from functions.law.duties import Standing
from functions.office.act import State
from functions.office.documents import read_document
from functions.office.incidents import DAYS, Looked, look_after
from functions.office.office import Caller, propose
from functions.office.person import Person
from tests.office import Office, act_id, arn, document

SUN = arn("sun", "security_officer")
BIG: dict[str, Any] = {"facts": ["national_security", "personal_information"], "persons": 1_000_000}


def opened(office: Office, number: int = 1, **changed: Any) -> tuple[int, dict[str, Any]]:
    return office.propose("incident.open", SUN, document("incident.open", number, **changed))


def told(office: Office, number: int = 2, **changed: Any) -> tuple[int, dict[str, Any]]:
    about = {"incident": act_id(1), **changed}
    return office.propose("incident.told", SUN, document("incident.told", number, **about))


def shown(office: Office, by: str = SUN) -> tuple[int, dict[str, Any]]:
    return office.incidents(by)


def standings(office: Office) -> dict[str, str]:
    """Of the newest incident."""
    return {one["rule"]: one["standing"] for one in shown(office)[1]["incidents"][0]["duties"]}


def test_an_incident_is_shown_with_whom_to_tell_by_when_by_which_rule_and_who_was_told() -> None:
    office = Office()
    opened(office)
    told(office)

    status, answer = shown(office)
    assert (status, answer["days"], answer["complete"]) == (200, DAYS, True)
    (incident,) = answer["incidents"]
    assert (incident["act"], incident["supersedes"]) == (act_id(1), None)
    assert incident["detected_at"] == "2026-11-22T09:00:00.000Z"
    authority, person = incident["duties"]
    assert (authority["rule"], authority["tell"], authority["standing"]) == ("cn.pipl.57.authority", "authority", "met")
    assert (authority["told_by"], authority["told_at"]) == (act_id(2), "2026-11-22T09:20:00.000Z")
    assert "art. 57" in authority["citation"]
    assert (person["standing"], person["told_by"], person["told_at"]) == ("open", None, None)
    assert "a reason" not in str(answer)


@pytest.mark.parametrize(
    ("role", "status"), [("officer", 200), ("auditor", 200), ("reviewer", 403), ("regulator", 403)]
)
def test_incidents_are_shown_to_those_who_open_them_and_to_the_auditor(role: str, status: int) -> None:
    office = Office()

    assert shown(office, arn("eve", role))[0] == status


@pytest.mark.parametrize(
    ("changed", "pointer", "detail"),
    [
        ({"incident": act_id(9)}, "/incident", "`GET /incidents`"),
        ({"incident": act_id(5)}, "/incident", "no act with this id"),
        ({"incident": act_id(6)}, "/incident", "no act with this id"),
        ({"at": "2026-11-22T09:31:00Z"}, "/at", "lies ahead"),
        ({}, "/rules", "name those that are met by it: cn.incident.4h, cn.ndr.10"),
        ({"rules": ["cn.ssl.34"]}, "/rules", "are: cn.pipl.57.authority"),
        ({"rules": ["cn.pipl.57.person"]}, "/rules", "are: cn.pipl.57.authority"),
    ],
    ids=["unknown", "another kind of act", "a proposal", "the future", "which of several", "no such duty", "another's"],
)
def test_what_was_told_must_fit_the_incident_and_the_answer_says_how(
    changed: dict[str, Any], pointer: str, detail: str
) -> None:
    office = Office()
    opened(office, **BIG)
    office.propose("restrict", arn("alice"), document("restrict", 5))
    office.propose("unrestrict", arn("alice"), document("unrestrict", 6))
    before = len(office.steps())

    status, answer = told(office, **changed)

    assert (status, answer["errors"][0]["pointer"]) == (422, pointer)
    (fault,) = answer["errors"]
    if pointer == "/rules":
        assert all(rule in fault["detail"] for rule in ("cn.incident.4h", "cn.ndr.10", "cn.pipl.57.authority"))
    else:
        assert detail in fault["detail"]
    assert len(office.steps()) == before


def test_of_several_duties_towards_the_authority_those_that_are_named_are_met() -> None:
    office = Office()
    opened(office, **BIG)

    assert told(office, rules=["cn.pipl.57.authority", "cn.incident.4h"])[0] == 200
    assert standings(office) == {
        "cn.incident.4h": "met",
        "cn.ndr.10": "open",
        "cn.pipl.57.authority": "met",
        "cn.pipl.57.person": "open",
    }


def test_a_person_may_be_told_though_no_rule_asks_for_it() -> None:
    office = Office()
    opened(office, averted=True)

    assert told(office, told="person")[0] == 200
    assert standings(office) == {"cn.pipl.57.authority": "open"}


def test_a_later_act_about_the_same_incident_takes_its_place() -> None:
    office = Office()
    opened(office)
    told(office)
    office.now += timedelta(hours=1)

    assert opened(office, 3, supersedes=act_id(1), **BIG)[0] == 200
    _, answer = shown(office)
    (incident,) = answer["incidents"]
    assert (incident["act"], incident["supersedes"]) == (act_id(3), act_id(1))
    assert standings(office)["cn.pipl.57.authority"] == "met"
    assert standings(office)["cn.incident.4h"] == "open"
    assert standings(office)["cn.pipl.57.person"] == "overdue"


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"supersedes": act_id(9)}, "/supersedes"),
        ({"supersedes": act_id(3)}, "/supersedes"),
        ({"supersedes": act_id(2)}, "/supersedes"),
        ({"supersedes": act_id(1), "detected_at": "2026-11-22T09:00:01Z"}, "/detected_at"),
    ],
    ids=["unknown", "itself", "another kind of act", "a later detection"],
)
def test_an_incident_supersedes_only_one_that_is_there_and_starts_no_clock_again(
    changed: dict[str, Any], pointer: str
) -> None:
    office = Office()
    opened(office)
    told(office)

    status, answer = opened(office, 3, **changed)

    assert (status, answer["errors"][0]["pointer"]) == (422, pointer)
    assert opened(office, 3, supersedes=act_id(1), detected_at="2026-11-22T08:00:00Z")[0] == 200


def test_an_act_about_a_border_opens_no_incident_though_it_was_asked_of_a_gate() -> None:
    office = Office()
    office.propose("border.approval", arn("alice"), document("border.approval", 1, approval_id="CAC-1"))
    office.decide("border.approval", arn("bob"), act_id(1))

    assert told(office)[1]["errors"][0]["pointer"] == "/incident"


def test_the_clock_finds_an_incident_behind_a_thousand_other_acts_and_leaves_those_of_long_ago() -> None:
    office = Office()
    opened(office)
    act = office.acts.items[act_id(1)]
    for number in range(1100):
        name = f"other-{number}"
        office.acts.items[name] = replace(act, act_id=name, kind="restrict", at=office.now + timedelta(seconds=number))

    (found,) = look_after(office.world, office.now + timedelta(days=1)).incidents
    assert found.count(Standing.OVERDUE) == 2
    assert look_after(office.world, office.now + timedelta(days=DAYS, seconds=1)).incidents == ()


def test_an_act_that_does_not_verify_is_told_and_hides_no_other_incident() -> None:  # G3
    office = Office()
    opened(office)
    opened(office, 3)
    broken = office.acts.items[act_id(3)]
    office.acts.items[act_id(3)] = replace(broken, sealed=broken.sealed[:-1] + bytes([broken.sealed[-1] ^ 1]))

    looked = look_after(office.world, office.now)
    assert [one.known.act for one in looked.incidents] == [act_id(1)]
    assert [act_id(3) in str(evidence) for evidence in looked.tampered] == [True]
    assert shown(office)[1]["complete"] is False


@pytest.mark.parametrize("state", sorted(State))
def test_no_state_that_the_table_is_made_to_say_silences_an_incident(state: State) -> None:  # G3
    office = Office()
    opened(office)
    office.acts.items[act_id(1)] = replace(office.acts.items[act_id(1)], state=state)

    looked = look_after(office.world, office.now)
    assert len(looked.incidents) + len(looked.tampered) == 1


def test_what_waits_for_a_second_person_is_no_incident_yet() -> None:
    office = Office()
    rules = act_rules()
    opening = rules.rules["act.incident.open"].model_copy(update={"people": 2, "approve": ("officer",)})
    world = replace(office.world, rules=replace(rules, rules={**rules.rules, opening.id: opening}))
    sun = Caller(Person("sun", "security_officer"), SUN)

    said = read_document("incident.open", json.dumps(document("incident.open")).encode())
    act = propose(world, "incident.open", said, caller=sun, now=office.now)

    assert act.state is State.PROPOSED
    assert look_after(office.world, office.now) == Looked()
    assert told(office)[1]["errors"][0]["pointer"] == "/incident"


def test_what_was_told_long_ago_counts_for_an_incident_that_is_known_better_since() -> None:
    office = Office()
    opened(office)
    told(office, rules=["cn.pipl.57.authority"])
    told(office, 4, told="person", rules=["cn.pipl.57.person"])
    office.now += timedelta(days=30)
    opened(office, 3, supersedes=act_id(1))

    (found,) = look_after(office.world, office.now + timedelta(days=DAYS - 1)).incidents

    assert found.count(Standing.MET) == 2


def test_an_act_that_the_list_has_and_the_table_has_not_yet_is_left_for_the_next_look() -> None:
    office = Office()
    opened(office)
    office.acts.items["gone"] = office.acts.items[act_id(1)]
    office.acts.items.pop(act_id(1))

    assert look_after(office.world, office.now).incidents == ()
