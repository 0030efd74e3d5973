"""What the office's door answers, and to whom."""

import json
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from functions.law.acts import act_rules, kinds
from functions.office.documents import DOCUMENTS, LARGEST_BODY_BYTES
from tests.office import SHAPES, Office, act_id, arn, document, read, request


def pointers(answer: dict[str, Any]) -> list[str]:
    return [fault["pointer"] for fault in answer["errors"]]


def test_every_kind_of_the_rules_has_a_document_and_every_document_a_rule() -> None:
    assert sorted(DOCUMENTS) == kinds(act_rules()) == sorted(SHAPES)


@pytest.mark.parametrize("route", ["propose", "decide", "show", "pending"])
@pytest.mark.parametrize("caller", [None, "arn:aws-cn:iam::111122223333:user/alice"])
def test_a_stranger_is_told_nothing(route: str, caller: str | None) -> None:
    office = Office()
    asked = {
        "propose": lambda: office.propose("restrict", caller),
        "decide": lambda: office.decide("restrict", caller),
        "show": lambda: office.show("restrict", caller),
        "pending": lambda: office.pending(caller),
    }

    status, answer = asked[route]()

    assert (status, answer["type"]) == (403, "urn:fengcun:problem:stranger")
    assert not office.acts.items


@pytest.mark.parametrize("kind", sorted(SHAPES))
def test_a_key_that_is_not_there_is_pointed_at(kind: str) -> None:
    for name in ("id", "reason"):
        left_out: dict[str, Any] = {name: ...}
        status, answer = Office().propose(kind, arn("alice"), document(kind, **left_out))
        assert status == 422
        assert pointers(answer) == [f"/{name}"]


@pytest.mark.parametrize("kind", sorted(SHAPES))
def test_a_key_too_many_is_refused_and_never_quoted(kind: str) -> None:
    status, answer = Office().propose(kind, arn("alice"), document(kind, 手机="13800138000"))

    assert status == 422
    assert "13800138000" not in json.dumps(answer)
    assert "手机" not in json.dumps(answer, ensure_ascii=False)


@pytest.mark.parametrize(
    ("kind", "changed", "pointer"),
    [
        ("restrict", {"record": "0" * 47}, "/record"),
        ("restrict", {"id": "00000000-0000-4000-8000-000000000000"}, "/id"),
        ("restrict", {"reason": ""}, "/reason"),
        ("consent.grant", {"purpose": "two words"}, "/purpose"),
        ("consent.grant", {"at": "yesterday"}, "/at"),
        ("consent.grant", {"category": "special"}, "/category"),
        ("consent.grant", {"turns_14": "2031-05-01"}, ""),
        ("consent.grant", {"turns_14": "soon", "guardian": True}, "/turns_14"),
        ("consent.notice", {"notice_sha256": ...}, "/notice_sha256"),
        ("hold.place", {"custodians": [], "conversations": []}, ""),
        ("hold.place", {"sent_from": "2026-02-01T00:00:00Z", "sent_until": "2026-01-01T00:00:00Z"}, ""),
        ("hold.place", {"custodians": ["x"] * 201}, "/custodians"),
        ("hold.place", {"custodians": ["x", 5]}, "/custodians/1"),
        ("secret.destroy", {"order_number": ...}, "/order_number"),
        ("erasure.request", {"ground": "a whim"}, "/ground"),
        ("retention.event", {"custodians": []}, ""),
        ("border.approval", {"country": "Singapore"}, "/country"),
        ("override", {"hours": 73}, "/hours"),
        ("override", {"hours": "4"}, "/hours"),
        ("override", {"media": "ab" * 32}, ""),
        ("override", {"record": ...}, ""),
    ],
)
def test_a_wrong_field_is_pointed_at(kind: str, changed: dict[str, Any], pointer: str) -> None:
    status, answer = Office().propose(kind, arn("alice"), document(kind, **changed))

    assert status == 422
    assert pointer in pointers(answer)
    assert "Value error" not in json.dumps(answer)


@settings(max_examples=60, deadline=None)
@given(kind=st.sampled_from(sorted(SHAPES)), body=st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_any_body_is_answered_and_nothing_is_kept_of_it(kind: str, body: bytes) -> None:
    office = Office()

    assert office.propose(kind, arn("alice"), body)[0] == 422
    assert not office.acts.items


@pytest.mark.parametrize("resource", ["/acts/{kind}", "/acts/{kind}/{act}/approval"])
def test_a_body_too_large_is_refused_unread(resource: str) -> None:
    body, path = b" " * (LARGEST_BODY_BYTES + 1), {"kind": "restrict", "act": act_id()}

    assert read(Office().ask(request("POST", resource, arn("alice"), path, body)))[0] == 413


def test_an_unknown_kind_and_an_unknown_act_are_not_there() -> None:
    office = Office()

    assert office.propose("coffee", arn("alice"), {"id": act_id()})[0] == 404
    assert office.decide("restrict", arn("alice"))[0] == 404
    assert office.decide("restrict", arn("alice"), "not an id")[0] == 404
    assert office.show("restrict", arn("alice"))[0] == 404
    assert office.show("coffee", arn("alice"))[0] == 404
    office.propose("unrestrict", arn("alice"))
    assert office.decide("hold.release", arn("bob"))[0] == 404


@pytest.mark.parametrize("decision", ["expired", "proposed", "yes"])
def test_a_decision_is_yes_or_no(decision: str) -> None:
    office = Office()
    office.propose("unrestrict", arn("alice"))

    status, answer = office.decide("unrestrict", arn("bob"), decision=decision)

    assert (status, pointers(answer)) == (422, ["/decision"])


def test_an_id_names_one_act_for_ever() -> None:
    office = Office()
    office.propose("restrict", arn("alice"))

    assert office.propose("restrict", arn("bob"))[0] == 409
    assert office.propose("restrict", arn("alice"), document("restrict", reason="another"))[0] == 409
    assert office.propose("consent.grant", arn("alice"), document("consent.grant"))[0] == 409
    assert office.propose("restrict", arn("alice"))[0] == 200


def test_a_list_has_ids_kinds_states_and_times_and_no_content() -> None:
    office = Office()
    for number in range(1, 4):
        office.propose("unrestrict", arn("alice"), document("unrestrict", number))

    status, answer = office.pending(arn("bob", "auditor"))

    assert (status, answer["state"], answer["complete"]) == (200, "proposed", True)
    assert {one["act"] for one in answer["acts"]} == {act_id(number) for number in range(1, 4)}
    assert {frozenset(one) for one in answer["acts"]} == {frozenset({"act", "kind", "state", "at", "open_until"})}
    assert office.pending(arn("bob"), state="done")[1]["acts"] == []
    assert office.pending(arn("bob"), state="lost")[0] == 400


def test_a_list_that_is_cut_says_so() -> None:
    office = Office()
    for number in range(1, 102):
        office.propose("restrict", arn("alice"), document("restrict", number))

    answer = office.pending(arn("alice"), state="done")[1]

    assert (len(answer["acts"]), answer["complete"]) == (100, False)


def test_an_act_is_shown_whole_to_those_who_decide_about_it_and_to_the_auditor() -> None:
    office = Office()
    office.propose("secret.clear", arn("alice", "security_officer"))

    for role in ("security_officer", "auditor"):
        status, answer = office.show("secret.clear", arn("bob", role))
        assert (status, answer["document"], answer["decided"]) == (200, document("secret.clear"), None)
        assert answer["proposed"]["person"] == "alice"
    assert office.show("secret.clear", arn("bob", "officer"))[0] == 403
    assert office.show("secret.clear", arn("bob", "regulator"))[0] == 403


def test_an_answer_names_the_record_its_step_is_read_by() -> None:
    office = Office()

    _, answer = office.propose("restrict", arn("alice"))

    ((_, delivery),) = office.deliveries()
    assert answer["record_id"] == delivery.items[0].record_id


def test_an_export_that_the_border_gate_blocks_is_refused_on_the_spot_and_recorded() -> None:
    office = Office()

    status, answer = office.propose("border.approval", arn("alice"))

    assert (status, answer["state"]) == (200, "refused")
    assert office.steps() == ["refused"]
    assert office.captures()[0]["data"]["gate"]["allowed"] is False
    assert office.decide("border.approval", arn("bob"))[0] == 409


def test_an_incident_says_by_when_whom_to_tell_and_what_was_told_is_recorded_beside_it() -> None:
    office = Office()

    status, answer = office.propose("incident.open", arn("sun", "security_officer"))
    _, shown = office.show("incident.open", arn("alice"))

    assert (status, answer["state"]) == (200, "done")
    assert {one["tell"] for one in shown["gate"]["clocks"]} == {"authority", "person"}
    assert {one["due"] for one in shown["gate"]["clocks"]} == {"2026-11-22T09:00:00.000Z"}  # at once (PIPL 57)
    assert office.captures()[0]["data"]["gate"] == shown["gate"]
    told = document("incident.told", 2, incident=answer["act"])
    assert office.propose("incident.told", arn("alice"), told)[1]["state"] == "done"


def test_an_incident_of_which_nobody_must_be_told_is_recorded_too() -> None:
    office = Office()

    office.propose("incident.open", arn("alice"), document("incident.open", facts=[], persons=0))

    assert office.show("incident.open", arn("alice"))[1]["gate"] == {"allowed": True, "clocks": []}


def test_an_override_holds_for_the_hours_that_were_asked_for_from_its_approval() -> None:
    office = Office()
    office.propose("override", arn("alice", "reviewer"))

    _, answer = office.decide("override", arn("bob"))

    assert answer["state"] == "done"
    assert (office.acts.items[act_id()].open_until - office.now).total_seconds() == 4 * 3600


def test_an_override_that_is_refused_grants_nothing() -> None:
    office = Office()
    office.propose("override", arn("alice", "reviewer"))
    until = office.acts.items[act_id()].open_until

    assert office.decide("override", arn("bob"), decision="refused")[1]["state"] == "refused"
    assert office.acts.items[act_id()].open_until == until
