"""A suspected state secret: looked at only where that is recorded; cleared, frozen, destroyed only by two people."""

import base64
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from functions.canonical import moment_text
from functions.capture.aside import suspect_keys
from functions.errors import AlreadyStored, Rejected, Tampered, TryLater
from functions.law.states import State as RecordState
from functions.office.act import Act, State
from tests.custody import SECRET, SINCE, Custody, MemorySuspects
from tests.fakes import Crash, Fuse
from tests.office import MemoryActs, act_id, arn

OFFICER = arn("alice", "security_officer")
KINDS = ("secret.clear", "secret.confirm", "secret.destroy")


class Vanishing(MemorySuspects):
    """What is there a moment ago is decided about now."""

    def get(self, record_id: str) -> None:  # noqa: ARG002 - the port's signature
        return None


class Stubborn(MemorySuspects):
    """S3 still lists a version."""

    def remove(self, prefix: str) -> int:  # noqa: ARG002 - the port's signature
        return 1


class Contended(MemoryActs):
    """Somebody is always faster."""

    def replace(self, act: Act) -> None:
        raise AlreadyStored(act.act_id)


def certificate_of(custody: Custody) -> dict[str, Any]:
    found: dict[str, Any] = custody.office.captures()[-1]["data"]["certificate"]
    return found


def reports(custody: Custody) -> list[str]:
    return [event["type"] for event in custody.office.captures() if event["source"] == "urn:fengcun:report"]


def test_a_list_of_suspects_tells_codes_and_times_and_nothing_of_what_they_say() -> None:
    custody = Custody()

    for role in ("security_officer", "auditor"):
        status, answer = custody.ask("/suspects", arn("alice", role))
        assert (status, answer["complete"]) == (200, True)
        assert answer["suspects"] == [
            {
                "record_id": custody.record,
                "reasons": ["mark.top_secret"],
                "since": "2026-11-22T09:30:00.000Z",
                "due": "2026-11-25T09:30:00.000Z",
                "state": "active",
            }
        ]


def test_a_suspect_that_is_listed_and_gone_is_left_out() -> None:
    custody = Custody()
    custody.waiting.records.append("0b" * 24)

    assert len(custody.ask("/suspects", OFFICER)[1]["suspects"]) == 1


@pytest.mark.parametrize("role", ["officer", "erasure_officer", "reviewer", "regulator", "auditor"])
def test_nobody_but_a_security_officer_looks_at_a_suspect(role: str) -> None:
    custody = Custody()

    assert custody.look(arn("eve", role))[0] == 403
    assert custody.office.captures() == []


def test_a_stranger_is_told_nothing_of_suspects() -> None:
    custody = Custody()

    assert custody.look(None)[0] == 403
    assert custody.ask("/suspects", "arn:aws-cn:iam::111122223333:user/alice")[0] == 403


def test_a_look_shows_the_capture_and_was_recorded_before() -> None:
    custody = Custody()

    status, answer = custody.look(OFFICER)

    assert (status, answer["source"]) == (200, "//gateway-one.example/wechat")
    assert SECRET in json.loads(base64.b64decode(answer["capture"]["base64"]))["data"]["content"]["text"]
    (event,) = custody.office.captures()
    assert (event["type"], event["data"]["document"]["record"]) == ("cn.fengcun.act.secret.look", custody.record)
    assert event["data"]["proposed"]["person"] == "alice"


def test_a_look_that_cannot_be_recorded_shows_nothing() -> None:
    for at in range(1, 4):
        custody = Custody(Fuse(at))
        with pytest.raises(Crash):
            custody.look(OFFICER)


def test_what_is_not_in_quarantine_is_not_found_and_not_recorded() -> None:
    custody = Custody()

    assert custody.look(OFFICER, "0" * 48)[0] == 404
    assert custody.look(OFFICER, "../keys")[0] == 404
    assert custody.office.captures() == []


def test_a_suspect_that_is_decided_about_during_a_look_is_not_found() -> None:
    custody = Custody()
    custody.suspects = Vanishing(objects=custody.suspects.objects)

    assert custody.look(OFFICER)[0] == 404


def test_a_cleared_suspect_goes_the_way_of_every_capture_with_its_delay_explained() -> None:
    custody = Custody()

    outcome = custody.do("secret.clear")

    assert outcome is not None
    assert (outcome.kind, outcome.failed) == ("secret.cleared", False)
    delivery = next(one for event, one in custody.office.deliveries() if one.door == "gateway")
    assert delivery.items[0].record_id == custody.record
    assert delivery.evidence["cleared"] == act_id()
    assert delivery.evidence["quarantined_at"] == "2026-11-22T09:30:00.000Z"
    assert delivery.evidence["cleared_at"] == "2026-11-22T09:30:00.000Z"
    assert delivery.evidence["first_delivery_id"] == "delivery-1"
    assert SECRET in json.loads(delivery.capture(delivery.items[0]))["data"]["content"]["text"]
    assert custody.kept() == []
    assert reports(custody) == ["cn.fengcun.report.secret.cleared"]
    assert custody.office.state() == "done"


def test_a_confirmed_suspect_is_frozen_reported_and_not_destroyed() -> None:
    custody = Custody()
    before = custody.kept()

    custody.do("secret.confirm")

    assert custody.states.of(custody.record) is RecordState.SECRET_FROZEN
    assert custody.kept() == before
    assert reports(custody) == ["cn.fengcun.report.secret.confirmed"]
    assert custody.look(OFFICER)[0] == 403
    assert custody.ask("/suspects", OFFICER)[1]["suspects"][0]["state"] == "secret_frozen"


def test_a_frozen_suspect_is_not_cleared() -> None:
    custody = Custody()
    custody.do("secret.confirm", 1)

    outcome = custody.do("secret.clear", 2)

    assert outcome is not None
    assert outcome.failed
    assert custody.office.state(act_id(2)) == "failed"
    assert custody.kept()


def test_only_what_was_confirmed_is_destroyed() -> None:
    custody = Custody()

    outcome = custody.do("secret.destroy")

    assert outcome is not None
    assert outcome.failed
    assert custody.kept()
    assert reports(custody) == ["cn.fengcun.report.secret.refused"]


def test_a_destroyed_suspect_leaves_a_certificate_and_nothing_else() -> None:
    custody = Custody()
    custody.suspects.put(suspect_keys(custody.record) + "00", b"an older key")
    custody.do("secret.confirm", 1)

    custody.do("secret.destroy", 2)

    assert custody.kept() == []
    assert custody.waiting.records == []
    assert custody.states.of(custody.record) is RecordState.ERASED
    certificate = custody.office.captures()[-1]["data"]
    assert certificate["certificate"]["versions_left"] == 0
    assert (certificate["act"], certificate["record"]) == (act_id(2), custody.record)


def test_the_certificate_says_until_when_a_delivery_may_still_hold_the_suspect() -> None:
    for age, until in ((timedelta(), "2026-12-23T09:30:00.000Z"), (timedelta(days=31), None)):
        custody = Custody()
        custody.do("secret.confirm", 1)
        order = custody.approved("secret.destroy", 2)
        custody.office.now = SINCE + age
        custody.carry_out(order)

        assert certificate_of(custody)["delivery_until"] == until


def test_a_destruction_that_died_after_it_removed_the_suspect_still_says_so() -> None:
    custody = Custody()
    custody.do("secret.confirm", 1)
    order = custody.approved("secret.destroy", 2)
    custody.use(Fuse(3, "after"))  # the state, the key, the suspect
    with pytest.raises(Crash):
        custody.carry_out(order)
    assert custody.suspects.head(custody.record) is None
    custody.use(Fuse())

    custody.carry_out(order)

    assert certificate_of(custody)["delivery_until"] == moment_text(custody.office.now + timedelta(days=31))


@pytest.mark.parametrize("kind", ["secret.clear", "secret.confirm"])
def test_what_is_erased_or_gone_is_neither_cleared_nor_confirmed(kind: str) -> None:
    custody = Custody()
    gone = custody.do(kind, 1, "0b" * 24)
    custody.do("secret.confirm", 2)
    custody.do("secret.destroy", 3)

    erased = custody.do(kind, 4)

    assert gone is not None
    assert erased is not None
    assert (gone.failed, erased.failed) == (True, True)
    assert custody.states.of(custody.record) is RecordState.ERASED


@pytest.mark.parametrize("kind", KINDS)
def test_an_order_that_comes_again_changes_nothing(kind: str) -> None:
    custody = Custody()
    custody.do("secret.confirm", 1)
    order = custody.approved(kind, 2)
    custody.carry_out(order)
    before = (custody.kept(), dict(custody.office.states.items), len(custody.office.captures()))

    assert custody.carry_out(order) is None
    assert before == (custody.kept(), custody.office.states.items, len(custody.office.captures()))


def test_keys_go_before_what_they_open() -> None:
    custody = Custody()
    custody.do("secret.confirm", 1)
    order = custody.approved("secret.destroy", 2)
    custody.use(Fuse(2, "after"))  # the state, then the key

    with pytest.raises(Crash):
        custody.carry_out(order)

    sealed = custody.suspects.get(custody.record)
    assert sealed is not None
    custody.use(Fuse())
    assert not any(custody.suspects.objects[key] for key in custody.kept() if key.startswith("suspect-keys/"))
    custody.carry_out(order)
    assert custody.kept() == []


def crashes() -> list[tuple[str, int, str]]:
    found = []
    for kind in KINDS:
        custody = Custody()
        custody.do("secret.confirm", 1)
        order = custody.approved(kind, 2)
        custody.use(Fuse())
        custody.carry_out(order)
        found += [(kind, at, when) for at in range(1, custody.fuse.count + 1) for when in ("before", "after")]
    custody = Custody()
    order = custody.approved("secret.clear", 2)
    custody.use(Fuse())
    custody.carry_out(order)
    found += [("clear", at, when) for at in range(1, custody.fuse.count + 1) for when in ("before", "after")]
    return found


@pytest.mark.parametrize(("kind", "at", "when"), crashes())
def test_a_death_at_any_step_is_made_good_when_the_order_comes_again(kind: str, at: int, when: str) -> None:
    def run(fuse: Fuse) -> Custody:
        custody = Custody()
        if kind != "clear":
            custody.do("secret.confirm", 1)
        order = custody.approved("secret.clear" if kind == "clear" else kind, 2)
        custody.use(fuse)
        try:
            custody.carry_out(order)
        except Crash:
            custody.use(Fuse())
            custody.carry_out(order)
        return custody

    disturbed, calm = run(Fuse(at, when)), run(Fuse())

    assert len(disturbed.kept()) == len(calm.kept())
    assert disturbed.office.state(act_id(2)) == calm.office.state(act_id(2))
    assert disturbed.states.of(disturbed.record) is calm.states.of(calm.record)
    assert set(reports(disturbed)) == set(reports(calm))
    cleared = {event["id"] for event, one in disturbed.office.deliveries() if one.door == "gateway"}
    assert cleared == ({"msg-1"} if kind == "clear" else set())


def test_an_order_that_nobody_approved_is_not_carried_out() -> None:
    custody = Custody()
    order = custody.approved("secret.confirm")
    act = custody.office.acts.items[act_id()]
    forged = {
        "another record": replace(act, record=b"x" * 24),
        "another kind": replace(act, kind="secret.clear"),
        "not recorded": replace(act, recorded=False),
        "only proposed": replace(act, state=State.PROPOSED),
        "refused": replace(act, state=State.REFUSED),
        "nobody approved": replace(act, decider=None),
        "one person": replace(act, decider=act.proposer),
        "another order": replace(act, ordered=b"x" * 32),
        "an order that the office has not written down": replace(act, ordered=None),
    }

    for changed in forged.values():
        custody.office.acts.items[act_id()] = changed
        with pytest.raises(Tampered):
            custody.carry_out(order)
    custody.office.acts.items.clear()
    with pytest.raises(Tampered):
        custody.carry_out(order)
    assert custody.office.states.items == {}


@pytest.mark.parametrize("body", ["", "{}", '{"format":"fengcun.order.2"}', "[]"])
def test_what_is_no_order_of_this_room_is_refused(body: str) -> None:
    with pytest.raises(Rejected, match=r"fengcun\.order\.1"):
        Custody().carry_out(body)


def test_an_order_that_meets_the_office_at_work_comes_again() -> None:
    custody = Custody()
    order = custody.approved("secret.confirm")

    custody.office.acts = Contended(items=custody.office.acts.items)
    with pytest.raises(TryLater):
        custody.carry_out(order)


def test_a_version_that_is_still_listed_keeps_the_order_waiting() -> None:
    custody = Custody()
    custody.do("secret.confirm", 1)
    order = custody.approved("secret.destroy", 2)
    custody.suspects = Stubborn(objects=custody.suspects.objects)

    with pytest.raises(TryLater, match="still listed"):
        custody.carry_out(order)


def test_a_suspect_without_its_key_is_tampered() -> None:
    custody = Custody()
    custody.suspects.remove(suspect_keys(custody.record))

    with pytest.raises(Tampered, match="is not"):
        custody.look(OFFICER)
