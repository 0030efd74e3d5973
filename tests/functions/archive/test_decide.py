"""One capture becomes one record, and every decision about it is written down."""

import hashlib
import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, strategies as st

from functions.archive.classify import FINDINGS_KEPT
from functions.archive.outcome import Record
from functions.archive.policy import Policy
from functions.canonical import epoch_ms, moment_text
from functions.capture.capture import Delivery, Flag, Kind, Part
from functions.capture.package import unpack
from functions.classify.scan import RULESET, VERSION
from functions.law.retention import rule_book
from functions.law.scope import Term
from tests.functions.archive.deciding import kept, make_policy
from tests.functions.builders import INDEX_KEY, make_callback_delivery, make_delivery, make_item
from tests.functions.strategies import moments, texts
from tests.make import make_event

TEXT = (
    b"<xml><FromUserName>a</FromUserName><ToUserName>ww1</ToUserName><MsgType>text</MsgType><Content>x</Content></xml>"
)


def make_term(account: str, *regimes: str, until: datetime | None = None) -> Term:
    token = INDEX_KEY.token("participant", account)
    start = datetime(2026, 1, 1, tzinfo=UTC)
    return Term(token=token, valid_from=start, valid_until=until, regimes=frozenset(regimes))


def event(text: str = "您好", **changed: Any) -> bytes:
    return json.dumps(make_event(text, **changed), ensure_ascii=False).encode()


def decided(delivery: Delivery, policy: Policy | None = None) -> Record:
    return kept(delivery, policy=policy)


def envelope(record: Record) -> dict[str, Any]:
    return unpack(record.plain.package)[0]


def parts(record: Record) -> tuple[Part, ...]:
    return unpack(record.plain.package)[1]


def about(record: Record, subject: str) -> dict[str, Any]:
    (decision,) = (one for one in envelope(record)["decisions"] if one["about"] == subject)
    return dict(decision)


def tokens(*names: tuple[str, str]) -> set[bytes]:
    return {INDEX_KEY.token(kind, value) for kind, value in names}


def test_a_record_holds_the_capture_byte_for_byte() -> None:  # G1
    capture = event()

    assert parts(decided(make_delivery(capture))) == (
        Part(name="capture", media_type="application/cloudevents+json", body=capture),
    )


def test_a_records_envelope_has_the_fields_of_the_format_page_and_no_others() -> None:
    assert set(envelope(decided(make_delivery(event())))) == {
        *("archive", "decisions", "delivery_id", "door", "endpoint", "event_id", "event_type", "evidence", "findings"),
        *("flags", "format", "kind", "media", "parts", "participants", "conversation", "received_at", "record_id"),
        *("membership", "message_id", "refers_to", "sent_at", "sent_at_source", "sequence", "source"),
    }


def test_a_gateways_record_says_where_in_its_request_it_stood() -> None:
    capture = event()
    item = make_item(capture, offset=1)
    body = Part(name="body", media_type="application/json", body=b"[" + capture + b"]")
    record = decided(make_delivery(items=(item,), parts=(body,), evidence={"webhook_id": "d-1"}))

    assert envelope(record)["evidence"] == {"webhook_id": "d-1", "offset": 1, "length": len(capture)}
    assert parts(record)[0].body == capture


def test_a_callbacks_record_holds_plaintext_and_what_was_posted() -> None:
    record = decided(make_callback_delivery(TEXT, request_body=b"<xml><Encrypt>x</Encrypt></xml>", evidence={"key": 1}))

    assert [(part.name, part.body) for part in parts(record)] == [
        ("capture", TEXT),
        ("request_body", b"<xml><Encrypt>x</Encrypt></xml>"),
    ]
    assert envelope(record)["evidence"] == {"key": 1}


def test_every_decision_says_by_which_rule_and_version() -> None:  # G10
    record = decided(make_delivery(event()))

    law = make_policy().law.version
    assert [one["about"] for one in envelope(record)["decisions"]] == [
        *("scope", "classify", "secrecy", "tier", "consent", "retention")
    ]
    assert about(record, "scope")["rule"] == "scope.everyone"
    assert (about(record, "classify")["rule"], about(record, "classify")["version"]) == (RULESET, VERSION)
    assert about(record, "secrecy")["result"]["found"] == "nothing_found"
    assert about(record, "tier")["result"] == {"tier": "general", "reasons": []}
    versions = {one["about"]: one["version"].partition("+")[2] for one in envelope(record)["decisions"]}
    assert versions == {"classify": ""} | dict.fromkeys(("scope", "secrecy", "tier", "consent", "retention"), law)
    assert about(record, "consent")["result"]["action"] == "keep"
    assert about(record, "retention") == {
        "about": "retention",
        "rule": "us.sec.17a4.b4",
        "version": f"{rule_book().version}+{law}",
        "result": {
            "retain_until": "2029-12-01",
            "erasable": True,
            "reasons": [
                {"rule": "us.sec.17a4.b4", "until": "2029-11-23"},
                {"rule": "policy.floor", "until": "2027-05-23"},
            ],
            "waiting": [],
            "excess": [],
        },
    }
    assert str(record.klass) == "general/2029-12-01/erasable"


def test_the_rules_of_every_participant_apply() -> None:
    policy = make_policy(make_term("account-2", "cn.sec.137"), make_term("somebody", "eu.mifid2.16.7"))
    record = decided(make_delivery(event()), policy)

    rules = {one["rule"] for one in about(record, "retention")["result"]["reasons"]}
    assert rules == {"us.sec.17a4.b4", "cn.sec.137", "policy.floor"}
    assert str(record.klass) == "general/2046-12-01/fixed"


def test_a_custodian_counts_at_the_moment_of_sending() -> None:
    past = make_term("account-1", "cn.sec.137", until=datetime(2026, 11, 22, 9, 29, 58, tzinfo=UTC))

    assert decided(make_delivery(event()), make_policy(past)).klass.erasable


@pytest.mark.parametrize("event_type", ["cn.wechat.message", "com.example"])
def test_a_capture_that_does_not_say_whose_it_is_is_kept_under_everybodys_rules(event_type: str) -> None:  # G9
    delivery = make_delivery(b"{}", items=(make_item(b"{}", event_type=event_type),))
    past = make_term("somebody", "eu.mifid2.16.7", until=datetime(2026, 2, 1, tzinfo=UTC))
    record = decided(delivery, make_policy(make_term("somebody", "cn.sec.137"), past))

    rules = {one["rule"] for one in about(record, "retention")["result"]["reasons"]}
    assert rules == {"us.sec.17a4.b4", "cn.sec.137", "policy.floor"}


def test_findings_stand_in_the_record_with_kind_and_place_and_raise_a_flag() -> None:
    record = decided(make_delivery(event("身份证11010519491231002X号")))

    assert envelope(record)["findings"] == [
        {"kind": "resident_id", "field": 0, "start": 3, "end": 21, "rule": f"cn.resident_id@{VERSION}"}
    ]
    assert envelope(record)["flags"] == ["has_findings"]
    assert record.plain.flags == Flag.HAS_FINDINGS


def test_no_capture_has_more_findings_than_are_kept() -> None:
    record = decided(make_delivery(event("13800138000 " * (FINDINGS_KEPT + 1))))

    assert len(envelope(record)["findings"]) == FINDINGS_KEPT


@given(st.integers(0, 31).map(Flag).filter(lambda flags: Flag.UNPARSED not in flags))
def test_what_the_door_marked_stays_marked(flags: Flag) -> None:
    record = decided(make_delivery(event("13800138000"), flags=flags))

    unread = Flag.NOT_INSPECTED if Flag.UNKNOWN_TYPE in flags else Flag.NONE
    assert record.plain.flags == flags | Flag.HAS_FINDINGS | unread


@pytest.mark.parametrize("capture", [b"", b"{", b"\xff", b"{}", b'{"data": 5}'])
def test_a_capture_that_is_not_understood_is_kept_and_marked(capture: bytes) -> None:  # G9
    record = decided(make_delivery(capture))

    assert (record.plain.kind, record.plain.flags) == (Kind.UNPARSED, Flag.UNPARSED | Flag.NOT_INSPECTED)
    assert parts(record)[0].body == capture
    assert envelope(record)["kind"] == "unparsed"


def test_an_event_of_an_unknown_type_is_kept_and_marked() -> None:  # G9
    record = decided(make_delivery(event(), items=(make_item(event(), event_type="com.example"),)))

    assert (envelope(record)["kind"], envelope(record)["flags"]) == ("unknown", ["unknown_type", "not_inspected"])


def test_of_a_callback_that_nobody_could_open_nothing_is_believed() -> None:
    # the encrypted body stands for its capture; what it says in clear is signed by nobody
    body = b"<xml><ToUserName>planted</ToUserName><FromUserName>planted</FromUserName><Encrypt>x</Encrypt></xml>"
    record = decided(make_callback_delivery(body, request_body=body, flags=Flag.UNPARSED))

    assert (envelope(record)["kind"], envelope(record)["participants"]) == ("unparsed", [])
    assert set(record.plain.tokens) == {bytes.fromhex("ab" * 16)} | tokens(("tier", "general"), ("flag", "unparsed"))


@given(st.binary(max_size=60), moments, texts, texts)
def test_every_gateway_item_becomes_a_record(capture: bytes, sent_at: datetime, source: str, event_type: str) -> None:
    item = make_item(capture, sent_at=sent_at, source=source, event_type=event_type)
    record = decided(make_delivery(capture, items=(item,)))

    assert envelope(record)["sent_at"] == moment_text(sent_at)
    assert record.plain.sent_at_ms == epoch_ms(sent_at)
    assert record.klass.retain_until >= date(2027, 5, 22)


@given(
    st.binary(max_size=60)
    | st.builds(lambda text: json.dumps({"FromUserName": text}).encode(), st.text(st.characters()))
)
def test_every_callback_becomes_a_record(plaintext: bytes) -> None:
    record = decided(make_callback_delivery(plaintext))

    assert hashlib.sha256(parts(record)[0].body).digest() == hashlib.sha256(plaintext).digest()


def test_nothing_of_a_record_shows_when_it_is_printed() -> None:  # G4
    assert "planted" not in repr(decided(make_delivery(event("planted"))))


def test_the_same_capture_is_decided_alike_whenever_it_comes() -> None:
    assert decided(make_delivery(event())) == decided(make_delivery(event()))
