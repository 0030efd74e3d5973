"""Where a capture goes, and by which rule: the vault, quarantine, held back, or dropped."""

import json
from typing import Any

import pytest

from functions.archive.outcome import Dropped, Quarantined, Vault
from functions.capture.capture import Delivery, Flag, Kind
from functions.capture.package import unpack
from functions.law.holds import Hold
from tests.functions.archive.deciding import ON_CONSENT, drafted, fate, kept, make_policy
from tests.functions.archive.outcomes import (
    ASKING,
    IMAGE,
    MARKED,
    RECIPIENT,
    SENDER,
    deliver,
    said,
    term,
)
from tests.functions.builders import INDEX_KEY, make_callback_delivery, make_delivery, make_item
from tests.make import make_event

# scope


def test_a_conversation_that_is_marked_private_is_dropped_by_a_rule() -> None:  # G1
    assert fate(deliver(conversation={"private": True})) == Dropped("scope", "private", "scope.private")


def test_a_conversation_without_a_custodian_is_dropped_where_the_policy_says_so() -> None:
    policy = make_policy(scope={"no_custodian": "drop"})

    assert fate(deliver(), policy) == Dropped("scope", "nobody", "scope.nobody")
    assert isinstance(fate(deliver(), make_policy(term(SENDER), scope={"no_custodian": "drop"})), Vault)


@pytest.mark.parametrize(
    "delivery",
    [
        deliver(conversation={"type": "group"}),
        make_delivery(b"{}"),
        make_delivery(b"{}", items=(make_item(b"{}", event_type="com.example"),)),
        make_callback_delivery(b"<xml><FromUserName>a</FromUserName><MsgType>text</MsgType></xml>"),
    ],
    ids=["a group", "not understood", "unknown", "a callback"],
)
def test_what_does_not_name_everybody_is_never_dropped_for_want_of_a_custodian(delivery: Delivery) -> None:  # G9
    assert isinstance(fate(delivery, make_policy(scope={"no_custodian": "drop"})), Vault)


@pytest.mark.parametrize("whom", [("participant", "account-2"), ("conversation", "room-1")])
def test_whoever_is_excluded_is_dropped(whom: tuple[str, str]) -> None:
    policy = make_policy(excluded=(INDEX_KEY.token(*whom),))

    assert fate(deliver(), policy) == Dropped("scope", "excluded", "scope.excluded")


@pytest.mark.parametrize(
    ("door", "event_type", "event"),
    [
        ("gateway", "cn.wechat.consent", {"data": {"person": {"id": "account-1"}, "state": "granted"}}),
        ("office", "cn.fengcun.act.restrict", {"data": {"kind": "restrict", "step": "approved", "document": {}}}),
        ("report", "cn.fengcun.report.completeness", {}),
    ],
)
def test_acts_reports_and_what_is_said_about_consent_are_kept_whoever_is_in_them(
    door: str, event_type: str, event: dict[str, Any]
) -> None:
    capture = json.dumps(event | {"note": MARKED}, ensure_ascii=False).encode()
    delivery = make_delivery(capture, door=door, items=(make_item(capture, event_type=event_type),))
    policy = make_policy(
        excluded=(SENDER,),
        scope={"no_custodian": "drop"},
        secrecy={"uninspected": "quarantine"},
        consent={"other": ON_CONSENT, "unanswered": "drop"},
    )

    assert isinstance(fate(delivery, policy), Vault)


def test_what_is_dropped_is_not_looked_into() -> None:
    assert drafted(deliver(MARKED, conversation={"private": True})).seen.signs == ()


# secrecy


def test_a_marked_text_goes_to_quarantine_whatever_else_is_decided() -> None:
    outcome = fate(deliver(MARKED), ASKING)

    assert isinstance(outcome, Quarantined)
    assert outcome.codes
    assert not any(word in code for code in outcome.codes for word in ("机密", "会议", "纪要"))


def test_the_reasons_that_stand_outside_the_seal_are_no_words_of_the_text() -> None:
    cues = "国家秘密 涉密文件 不得外传 绝密资料 机密文件 泄密"
    outcome = fate(deliver(cues), make_policy(secrecy={"threshold": 1}))

    assert isinstance(outcome, Quarantined)
    assert all(code.isascii() for code in outcome.codes)


def test_a_capture_that_an_officer_cleared_goes_to_the_vault_and_says_why_it_comes_late() -> None:
    told = {"cleared": "act-1", "quarantined_at": "2026-11-22T09:30:00.000Z", "cleared_at": "2026-11-22T12:30:00.000Z"}
    delivery = deliver(MARKED, evidence=told)
    decision = said(delivery, "secrecy", fate(delivery))

    assert decision["result"]["found"] == "suspect"
    assert {name: decision["result"][name] for name in told} == told


@pytest.mark.parametrize(
    ("delivery", "unread"),
    [
        (make_delivery(json.dumps(make_event(data=make_event()["data"] | {"content": IMAGE})).encode()), ["media"]),
        (make_delivery(b"{}"), ["unparsed"]),
    ],
)
def test_what_nobody_has_read_says_so_and_is_never_called_clean(delivery: Delivery, unread: list[str]) -> None:
    outcome = fate(delivery)
    decision = said(delivery, "secrecy", outcome)

    assert (decision["result"]["found"], decision["result"]["unread"]) == ("not_inspected", unread)
    assert isinstance(outcome, Vault)
    assert Flag.NOT_INSPECTED in Flag(outcome.record.plain.flags)


def test_what_nobody_has_read_waits_in_quarantine_where_the_policy_says_so() -> None:
    policy = make_policy(secrecy={"uninspected": "quarantine"})

    assert fate(make_delivery(b"{}"), policy) == Quarantined(("not_inspected:unparsed",), "policy.uninspected")
    assert isinstance(fate(deliver(), policy), Vault)


def test_a_decision_about_secrecy_holds_places_and_keyed_hashes_and_no_text() -> None:
    delivery = deliver(MARKED, evidence={"cleared": "act-1"})
    decision = said(delivery, "secrecy", fate(delivery))
    (reason, *_) = decision["result"]["reasons"]

    assert (reason["field"], len(reason["digest"])) == (0, 32)
    assert MARKED[reason["start"] : reason["end"]]
    assert "机密" not in json.dumps(decision, ensure_ascii=False)


def test_a_sum_over_many_records_raises_the_tier_and_stands_in_the_decision() -> None:
    conversation = INDEX_KEY.token("conversation", "room-1")
    outcome = fate(deliver("内部"), counters={("secrecy", conversation): 50})
    decision = said(deliver(), "tier", outcome)

    assert decision["result"]["tier"] == "important"
    assert {"tier": "important", "rule": "cn.ssl.36", "on": "counter:secrecy=50"} in decision["result"]["reasons"]
    assert isinstance(outcome, Vault)
    assert outcome.record.klass.tier == "important"
    assert INDEX_KEY.token("tier", "important") in outcome.record.plain.tokens


def test_another_conversations_sum_raises_nothing() -> None:
    assert kept(deliver(), counters={("secrecy", b"another"): 50}).klass.tier == "general"


def test_a_record_that_an_authority_abroad_may_ask_for_is_marked() -> None:
    record = kept(deliver(), policy=make_policy(regimes=("hk.sfo.kor.gen",)))

    assert Flag.DUAL_REGIME in Flag(record.plain.flags)


@pytest.mark.parametrize(
    ("custodians", "conversations", "held"),
    [((RECIPIENT,), (), True), ((), (INDEX_KEY.token("conversation", "room-1"),), True), ((b"another",), (), False)],
)
def test_a_hold_covers_the_records_of_its_custodians_and_conversations(
    custodians: tuple[bytes, ...],
    conversations: tuple[bytes, ...],
    held: bool,  # noqa: FBT001 - a case
) -> None:
    hold = Hold(
        id="h-1",
        matter="m-1",
        custodians=frozenset(custodians),
        conversations=frozenset(conversations),
        sent_from=None,
        sent_until=None,
        placed_by_act="act-1",
    )

    assert kept(deliver(), policy=make_policy(holds=(hold,))).held is held


def test_a_membership_says_who_came_and_who_left() -> None:
    data = {"conversation": {"id": "room-1"}, "joined": [{"id": "a"}], "left": [{"id": "b"}]}
    capture = json.dumps(make_event(type="cn.wechat.membership", data=data)).encode()
    record = kept(make_delivery(capture, items=(make_item(capture, event_type="cn.wechat.membership"),)))

    envelope = unpack(record.plain.package)[0]
    assert envelope["membership"] == {"joined": ["a"], "left": ["b"], "dissolved": False}
    assert (record.plain.kind, envelope["sequence"]) == (Kind.MEMBERSHIP, None)


def test_an_act_is_found_by_its_kind_and_by_the_record_it_is_about() -> None:
    document = {"record": "cd" * 24}
    event = {"data": {"kind": "restrict", "step": "approved", "document": document}}
    capture = json.dumps(event).encode()
    delivery = make_delivery(capture, door="office", items=(make_item(capture, event_type="cn.fengcun.act.restrict"),))

    record = kept(delivery)

    expected = {INDEX_KEY.token("act", "restrict"), INDEX_KEY.token("about", "cd" * 24)}
    assert (record.plain.kind, expected <= set(record.plain.tokens)) == (Kind.ACT, True)
