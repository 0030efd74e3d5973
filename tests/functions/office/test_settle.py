"""Nothing is done that is not recorded first; what was begun is finished, once, whoever comes next."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from functions.capture.act import interpret
from functions.capture.capture import Kind
from functions.errors import Tampered
from functions.law.acts import act_rules
from functions.law.states import State as RecordState
from functions.office.act import State
from functions.office.orders import digest_of
from functions.office.settle import settle, stand
from tests.fakes import Crash, Fuse
from tests.office import RECORD, Office, act_id, arn, document, office_for

KINDS = ("restrict", "consent.withdraw", "unrestrict", "erasure.request", "override", "incident.told")
APPROVERS = {"erasure.request": "erasure_officer"}
PROPOSERS = {"override": "reviewer"}


def alice(kind: str) -> str:
    return arn("alice", PROPOSERS.get(kind, "officer"))


def bob(kind: str) -> str:
    return arn("bob", APPROVERS.get(kind, "officer"))


def through(office: Office, kind: str) -> None:
    """What people do until they have an answer: send the same again."""
    calls: list[Callable[[], object]] = [
        lambda: office.propose(kind, alice(kind)),
        lambda: office.decide(kind, bob(kind)),
    ]
    for call in calls:
        try:
            call()
        except Crash:
            recorded_first(office)
            office.use(Fuse())
            call()


def recorded_first(office: Office) -> None:
    """Whatever took effect has been queued as approved, and the table knows every order that was sent."""
    if office.orders.sent or office.states.items:
        assert "approved" in office.steps()
    known = {act.ordered for act in office.acts.items.values()}
    assert {digest_of(body) for _, body in office.orders.sent} <= known


def effects(kind: str) -> int:
    office = office_for(kind)
    through(office, kind)
    return office.fuse.count


CRASHES = [(kind, at, when) for kind in KINDS for at in range(1, effects(kind) + 1) for when in ("before", "after")]


@pytest.mark.parametrize(("kind", "at", "when"), CRASHES)
def test_a_death_at_any_step_leaves_an_act_recorded_before_it_took_effect(kind: str, at: int, when: str) -> None:
    office, calm = office_for(kind, Fuse(at, when)), office_for(kind)

    through(office, kind)
    through(calm, kind)

    assert sorted(set(office.steps())) == sorted(set(calm.steps()))
    assert office.state() == calm.state()
    assert office.states.items == calm.states.items
    assert set(office.orders.sent) == set(calm.orders.sent)


@pytest.mark.parametrize(("kind", "at", "when"), CRASHES)
def test_the_clock_finishes_what_nobody_came_back_to(kind: str, at: int, when: str) -> None:
    office = office_for(kind, Fuse(at, when))
    try:
        office.propose(kind, alice(kind))
        office.decide(kind, bob(kind))
    except Crash:
        office.use(Fuse())
    office.sweep()

    recorded_first(office)
    acts = list(office.acts.items.values())
    assert all(act.recorded and act.state is not State.APPROVED for act in acts)
    assert {act.state.value for act in acts} <= {"proposed", "ordered", "done"}


@pytest.mark.parametrize("kind", KINDS)
def test_sending_the_same_again_changes_nothing(kind: str) -> None:
    office = office_for(kind)
    through(office, kind)
    before = (dict(office.acts.items), dict(office.states.items), list(office.orders.sent), office.steps())

    office.now += timedelta(hours=1)
    through(office, kind)

    assert before == (office.acts.items, office.states.items, office.orders.sent, office.steps())


def test_a_step_that_was_queued_is_not_queued_again_by_whoever_finishes_the_act() -> None:
    office = Office()
    office.propose("hold.release", arn("alice"))
    office.acts.items[act_id()] = replace(office.acts.items[act_id()], recorded=False)

    office.sweep()

    assert office.steps() == ["proposed"]


def test_a_proposal_expires_and_is_not_approved_any_more() -> None:
    office = Office()
    office.propose("hold.release", arn("alice"))
    office.now += timedelta(hours=337)

    status, answer = office.decide("hold.release", arn("bob"))

    assert (status, answer["type"]) == (409, "urn:fengcun:problem:closed")
    assert office.steps() == ["proposed", "expired"]
    assert office.captures()[1]["data"]["decided"]["by"] == "urn:fengcun:office"
    assert not office.orders.sent


def test_the_clock_lets_proposals_expire_and_leaves_the_others() -> None:
    office = Office()
    office.propose("secret.clear", arn("alice", "security_officer"), document("secret.clear", 1))
    office.propose("hold.release", arn("alice"), document("hold.release", 2))
    office.now += timedelta(hours=100)

    assert office.sweep().settled == 1

    assert (office.state(act_id(1)), office.state(act_id(2))) == ("expired", "proposed")


@pytest.mark.parametrize("stands", [RecordState.SECRET_FROZEN, RecordState.ERASED])
def test_what_is_frozen_or_erased_is_not_opened_by_an_act_and_the_act_says_so(stands: RecordState) -> None:
    office = Office()
    office.states.items[bytes.fromhex(RECORD)] = (stands, office.now, "another act")
    office.propose("unrestrict", arn("alice"))

    status, answer = office.decide("unrestrict", arn("bob"))

    assert (status, answer["state"]) == (200, "failed")
    assert office.steps() == ["proposed", "approved", "failed"]
    assert office.captures()[2]["data"]["decided"]["reason"] == f"the record is {stands.value}"
    assert office.states.items[bytes.fromhex(RECORD)][0] is stands


def test_a_later_act_about_a_record_stands_over_an_earlier_one() -> None:
    office = Office()
    office.propose("unrestrict", arn("alice"), document("unrestrict", 1))
    office.now += timedelta(minutes=1)
    office.decide("unrestrict", arn("bob"), act_id(1))
    office.now -= timedelta(minutes=2)
    office.propose("restrict", arn("alice"), document("restrict", 2))

    assert office.states.items[bytes.fromhex(RECORD)][0] is RecordState.ACTIVE


def test_of_two_who_decide_at_once_one_is_told_that_it_is_closed() -> None:
    office = Office()
    office.propose("hold.release", arn("alice"))
    stale = office.acts.items[act_id()]
    office.decide("hold.release", arn("bob"), decision="refused")

    assert stand(office.world, replace(stale, turn=stale.turn + 1)).state is State.REFUSED


def test_a_step_that_is_not_the_one_that_was_recorded_is_tampered() -> None:  # G3
    office = Office()
    office.propose("hold.release", arn("alice"))
    first = office.acts.items[act_id()]
    office.acts.items.clear()
    office.now += timedelta(seconds=1)

    with pytest.raises(Tampered, match="recorded before with another content"):
        office.propose("hold.release", arn("alice"))
    assert first.sealed != office.acts.items[act_id()].sealed


@pytest.mark.parametrize(
    "changed",
    [
        {"state": State.APPROVED, "decider": b"forged"},
        {"state": State.APPROVED, "kind": "secret.destroy"},
        {"state": State.REFUSED, "recorded": False},
        {"kind": "unrestrict", "recorded": False},
    ],
    ids=str,
)
def test_what_the_table_says_without_the_step_to_it_is_not_followed(changed: dict[str, Any]) -> None:  # G14
    office = Office()
    office.propose("hold.release", arn("alice"))
    office.acts.items[act_id()] = replace(office.acts.items[act_id()], **changed)

    office.propose("hold.release", arn("alice"), document("hold.release", 2))
    office.now += timedelta(hours=337)

    swept = office.sweep()

    assert ["its step says otherwise" in str(evidence) for evidence in swept.tampered] == [True]
    assert swept.settled == 1
    assert office.orders.sent == []
    assert office.steps() == ["proposed", "proposed", "expired"]


def test_an_approval_that_names_one_person_is_not_followed() -> None:  # G14
    office = Office()
    rules = dict(act_rules().rules)
    rules["act.hold.place"] = rules["act.hold.place"].model_copy(update={"people": 2})
    office.propose("hold.place", arn("alice"))
    office.orders.sent.clear()
    act = replace(office.acts.items[act_id()], state=State.APPROVED)

    with pytest.raises(Tampered, match="2 people decide, and its step names 1"):
        settle(replace(office.world, rules=replace(act_rules(), rules=rules)), act, office.now)
    assert office.orders.sent == []


@pytest.mark.parametrize("position", [0, 9, 20, -1])
def test_a_changed_bit_in_a_sealed_step_is_refused(position: int) -> None:  # G3
    office = Office()
    office.propose("hold.release", arn("alice"))
    act = office.acts.items[act_id()]
    body = bytearray(act.sealed)
    body[position] ^= 1

    with pytest.raises(Tampered):
        settle(office.world, replace(act, sealed=bytes(body), recorded=False), office.now)


def test_a_step_does_not_open_under_another_acts_name() -> None:  # G3
    office = Office()
    office.propose("hold.release", arn("alice"), document("hold.release", 1))
    office.propose("hold.release", arn("alice"), document("hold.release", 2))
    first, second = (office.acts.items[act_id(number)] for number in (1, 2))

    with pytest.raises(Tampered):
        settle(office.world, replace(first, sealed=second.sealed, recorded=False), office.now)


def test_an_order_holds_tokens_and_ids_and_no_name() -> None:  # G4
    office = Office()
    office.propose("hold.place", arn("alice"))
    ((queue, body),) = office.orders.sent
    found: Any = office.archive.key.token("participant", "wm-zhang").hex()

    assert queue == "disposition"
    assert found in body
    assert "zhang" not in body.lower()
    assert "alice" not in body


def test_the_table_names_nobody() -> None:  # G4
    office = Office()
    office.propose("hold.place", arn("alice"))
    office.propose("consent.grant", arn("alice"), document("consent.grant", 2))

    for act in office.acts.items.values():
        text = repr({name: getattr(act, name) for name in act.__slots__})
        assert not [name for name in ("alice", "zhang", "Zhang", "room-1", "a reason") if name in text]


def test_what_is_recorded_says_who_signed_by_which_rule_and_the_whole_document() -> None:
    office = Office()
    office.propose("unrestrict", arn("alice"))
    office.decide("unrestrict", arn("bob"))

    (_, proposed), (event, approved) = office.deliveries()
    assert proposed.evidence == {"caller": arn("alice")}
    assert approved.evidence == {"caller": arn("bob")}
    assert (approved.door, approved.endpoint, event["type"]) == ("office", "unrestrict", "cn.fengcun.act.unrestrict")
    assert (event["source"], event["id"]) == ("urn:fengcun:office", act_id())
    assert event["data"]["document"] == document("unrestrict")
    assert event["data"]["rule"]["id"] == "act.unrestrict"
    assert event["data"]["version"] == "1"


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        ("consent.grant", "granted"),
        ("consent.refuse", "refused"),
        ("consent.withdraw", "withdrawn"),
        ("consent.notice", "noticed"),
    ],
)
def test_what_the_office_records_about_consent_is_what_the_archive_room_enters(kind: str, state: str) -> None:
    office = Office()
    office.propose(kind, arn("alice"), document(kind, category="sensitive", guardian=True, method="letter"))

    ((_, delivery),) = office.deliveries()
    meaning = interpret(delivery.capture(delivery.items[0]))

    (said,) = meaning.said
    assert (said.person, said.state, said.purpose, said.category) == ("wm-zhang", state, "archiving", "sensitive")
    assert (said.method, said.guardian, meaning.about) == ("letter", True, kind)


def test_what_is_only_proposed_is_no_ones_word_and_names_its_record() -> None:
    office = Office()
    office.propose("unrestrict", arn("alice"))

    ((_, delivery),) = office.deliveries()
    meaning = interpret(delivery.capture(delivery.items[0]))

    assert (meaning.kind, meaning.record, meaning.said) == (Kind.ACT, RECORD, ())
