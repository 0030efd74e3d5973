"""What the data of a gateway's events mean."""

import base64
import hashlib
import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, strategies as st

from functions.capture.capture import STATEMENTS, UNPARSED, Flag, Interpretation, Kind, Said
from functions.capture.content import MOST_ACCOUNTS, MOST_FILES, SHAPES, interpret
from tests.functions.strategies import json_values, texts
from tests.make import make_event

ROOM = {"conversation": {"id": "room-1"}}
EXCHANGE = {**ROOM, "sender": {"id": "a"}, "recipients": [{"id": "b"}, {"id": "a"}, {"id": "c"}]}
DATA: dict[str, dict[str, Any]] = {
    "cn.wechat.message": {**EXCHANGE, "content": {"type": "text", "text": "您好"}},
    "cn.wechat.recall": {**EXCHANGE, "recalls": "msg-0"},
    "cn.wechat.call": EXCHANGE,
    "cn.wechat.membership": {**ROOM, "joined": [{"id": "a"}, {"id": "b"}], "left": [{"id": "c"}, {"id": "a"}]},
    "cn.wechat.consent": {"person": {"id": "a"}},
}
IDENTITIES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=256)


def read(event_type: str, data: Any) -> Interpretation:
    return interpret(event_type, json.dumps(make_event(type=event_type, data=data)).encode())


def media(body: bytes = b"a picture", **changed: Any) -> dict[str, Any]:
    whole = {
        "sha256": hashlib.sha256(body).hexdigest(),
        "name": "picture.png",
        "data_base64": base64.b64encode(body).decode(),
    } | changed
    return {name: value for name, value in whole.items() if value is not ...}


def with_media(*files: Any) -> Interpretation:
    return read("cn.wechat.message", {**EXCHANGE, "content": {"type": "image", "media": list(files)}})


@pytest.mark.parametrize(
    ("event_type", "expected"),
    [
        (
            "cn.wechat.message",
            Interpretation(
                kind=Kind.MESSAGE,
                conversation="room-1",
                participants=("a", "b", "c"),
                texts=("您好",),
                complete=True,
            ),
        ),
        (
            "cn.wechat.recall",
            Interpretation(
                kind=Kind.RECALL,
                conversation="room-1",
                participants=("a", "b", "c"),
                refers_to="msg-0",
                complete=True,
            ),
        ),
        (
            "cn.wechat.call",
            Interpretation(kind=Kind.CALL, conversation="room-1", participants=("a", "b", "c"), complete=True),
        ),
        (
            "cn.wechat.membership",
            Interpretation(
                kind=Kind.MEMBERSHIP,
                conversation="room-1",
                participants=("a", "b", "c"),
                joined=("a", "b"),
                left=("c", "a"),
            ),
        ),
        ("cn.wechat.consent", Interpretation(kind=Kind.CONSENT, participants=("a",))),
    ],
)
def test_each_type_is_read_as_what_it_says(event_type: str, expected: Interpretation) -> None:
    assert read(event_type, DATA[event_type]) == expected


def test_there_is_an_example_here_of_every_type_that_is_known() -> None:
    assert set(DATA) == set(SHAPES)


@pytest.mark.parametrize("event_type", DATA)
def test_fields_nobody_told_us_about_change_nothing(event_type: str) -> None:
    data = DATA[event_type]

    assert read(event_type, {**data, "new": {"deep": [1]}}) == read(event_type, data)


@pytest.mark.parametrize(("event_type", "field"), [(name, field) for name, data in DATA.items() for field in data])
@pytest.mark.parametrize("value", [None, 5, "text", [5], {}, [{}], {"id": ""}, {"id": 5}, [{"id": None}]])
def test_data_that_do_not_fit_are_kept_as_unparsed(event_type: str, field: str, value: Any) -> None:  # G9
    if field == "recalls" and value == "text":
        return  # any text names a message

    assert read(event_type, {**DATA[event_type], field: value}) == UNPARSED


@pytest.mark.parametrize("event_type", DATA)
@pytest.mark.parametrize("data", [..., None, [], "text", 5, {}])
def test_an_event_without_the_data_of_its_type_is_kept_as_unparsed(event_type: str, data: Any) -> None:  # G9
    assert read(event_type, data) == UNPARSED


def test_binary_data_are_kept_as_unparsed() -> None:  # G9
    event = make_event(data=..., data_base64="AAAA")

    assert interpret("cn.wechat.message", json.dumps(event).encode()) == UNPARSED


@given(texts.filter(lambda name: name not in SHAPES), st.binary(max_size=40))
def test_a_type_nobody_told_us_about_is_kept_as_unknown(event_type: str, capture: bytes) -> None:  # G9
    assert interpret(event_type, capture) == Interpretation(kind=Kind.UNKNOWN, flags=Flag.UNKNOWN_TYPE)


@given(st.sampled_from(sorted(DATA)), st.binary(max_size=80) | json_values.map(json.dumps).map(str.encode))
def test_whatever_the_bytes_are_there_is_an_answer(event_type: str, capture: bytes) -> None:
    assert interpret(event_type, capture).kind in Kind


@given(st.sampled_from(sorted(DATA)), st.data())
def test_whatever_the_fields_are_there_is_an_answer(event_type: str, data: st.DataObject) -> None:
    loose = st.recursive(
        json_values,
        lambda inner: st.fixed_dictionaries(
            {}, optional=dict.fromkeys(("id", "type", "text", "media", "sha256", "data_base64", "name"), inner)
        ),
        max_leaves=8,
    )
    fields = data.draw(st.fixed_dictionaries({}, optional=dict.fromkeys((*EXCHANGE, "content", "joined"), loose)))

    assert read(event_type, {**DATA[event_type], **fields}).kind in Kind


@pytest.mark.parametrize(
    "capture",
    [b"", b"{", b'{"data": ' + b"[" * 100_000, b'{"data": {"conversation": {"id": "\\ud800"}}}', b"\xff"],
    ids=lambda capture: str(capture[:20]),
)
def test_a_capture_that_another_parser_would_refuse_is_kept_as_unparsed(capture: bytes) -> None:  # G9
    assert interpret("cn.wechat.message", capture) == UNPARSED


def test_of_two_fields_of_one_name_the_last_counts_here_as_at_the_door() -> None:
    capture = json.dumps(make_event()).replace('"sender": {', '"sender": {"id": "first"}, "sender": {').encode()

    assert capture.count(b'"sender"') == 2
    assert interpret("cn.wechat.message", capture).participants[0] == "account-1"


@given(IDENTITIES, IDENTITIES, st.lists(IDENTITIES, max_size=5))
def test_a_sender_stands_first_and_everybody_once(room: str, sender: str, recipients: list[str]) -> None:
    data = {
        "conversation": {"id": room},
        "sender": {"id": sender},
        "recipients": [{"id": one} for one in recipients],
        "content": {"type": "text"},
    }

    meaning = read("cn.wechat.message", data)

    assert meaning.conversation == room
    assert meaning.participants == tuple(dict.fromkeys([sender, *recipients]))


def test_a_name_longer_than_any_account_has_is_kept_as_unparsed() -> None:
    assert read("cn.wechat.consent", {"person": {"id": "x" * 257}}) == UNPARSED


def test_more_accounts_or_files_than_any_message_has_are_kept_as_unparsed() -> None:
    many = [{"id": f"{at}"} for at in range(MOST_ACCOUNTS + 1)]

    assert read("cn.wechat.call", {**EXCHANGE, "recipients": many}) == UNPARSED
    assert len(read("cn.wechat.call", {**EXCHANGE, "recipients": many[1:]}).participants) == MOST_ACCOUNTS + 1
    assert with_media(*[media()] * (MOST_FILES + 1)) == UNPARSED
    assert len(with_media(*[media()] * MOST_FILES).media) == MOST_FILES


def test_text_title_and_file_names_are_what_gets_classified_and_ids_are_not() -> None:
    content = {"type": "file", "text": "a text", "title": "a title", "media": [media(), media(name=...)]}

    assert read("cn.wechat.message", {**EXCHANGE, "content": content}).texts == ("a text", "a title", "picture.png")


@given(st.binary(max_size=100))
def test_a_file_that_comes_along_is_known_by_its_hash(body: bytes) -> None:
    meaning = with_media(media(body))

    assert [file.sha256 for file in meaning.media] == [hashlib.sha256(body).hexdigest()]
    assert meaning.flags == Flag.NONE


@pytest.mark.parametrize(
    "file",
    [
        media(data_base64=...),
        media(data_base64=None),
        media(data_base64=""),
        media(data_base64="not base64!"),
        media(data_base64="图片"),
        media(data_base64="YSBwaWN0dXJ"),
        media(data_base64=base64.b64encode(b"another picture").decode()),
    ],
    ids=lambda file: str(file.get("data_base64", "none")),
)
def test_a_file_that_does_not_come_along_is_marked_as_missing(file: dict[str, Any]) -> None:
    meaning = with_media(media(), file)

    assert meaning.kind == Kind.MESSAGE
    assert meaning.flags == Flag.MEDIA_MISSING
    assert [(one.sha256, one.present) for one in meaning.media] == [(media()["sha256"], True), (file["sha256"], False)]


@pytest.mark.parametrize("digest", ["", "ab" * 31, "AB" * 32, "zz" * 32, "ab" * 32 + "\n", 5, None])
def test_a_file_whose_hash_is_none_makes_the_capture_unparsed(digest: Any) -> None:
    assert with_media(media(sha256=digest)) == UNPARSED


@pytest.mark.parametrize(
    ("conversation", "recipients", "complete"),
    [
        ({}, [{"id": "b"}], True),
        ({}, [], False),
        ({"type": "group"}, [{"id": "b"}], False),
        ({"type": "group", "complete": True}, [{"id": "b"}], True),
        ({"type": "group", "complete": "yes"}, [{"id": "b"}], False),
    ],
)
def test_only_what_names_everybody_counts_as_complete(
    conversation: dict[str, Any],
    recipients: list[dict[str, str]],
    complete: bool,  # noqa: FBT001 - a case
) -> None:
    data = {**EXCHANGE, "conversation": {"id": "r", **conversation}, "recipients": recipients}

    assert read("cn.wechat.call", data).complete is complete


@pytest.mark.parametrize("event_type", ["cn.wechat.call", "cn.wechat.membership"])
@pytest.mark.parametrize(("mark", "private"), [(True, True), (1, False), ("true", False), (None, False)])
def test_a_conversation_is_private_when_its_gateway_says_so_plainly(
    event_type: str,
    mark: Any,
    private: bool,  # noqa: FBT001 - a case
) -> None:
    data = {**DATA[event_type], "conversation": {"id": "r", "private": mark}}

    assert read(event_type, data).private is private


@pytest.mark.parametrize("state", STATEMENTS)
def test_a_consent_says_whose_to_what_and_when(state: str) -> None:
    told: dict[str, Any] = {
        "purpose": "cross_border",
        "notice_sha256": "ab" * 32,
        "category": "chat",
        "method": "wecom",
        "guardian": True,
    }
    data = {"person": {"id": "a"}, "state": state, "at": "2026-11-20T10:00:00+08:00", "turns_14": "2031-05-01", **told}

    at = datetime(2026, 11, 20, 2, tzinfo=UTC)
    said = Said(person="a", state=state, at=at, turns_14=date(2031, 5, 1), **told)
    assert read("cn.wechat.consent", data).said == (said,)


def test_a_consent_leaves_out_what_it_does_not_say() -> None:
    data = {"person": {"id": "a"}, "state": "refused", "at": "yesterday", "turns_14": "soon"}

    assert read("cn.wechat.consent", data).said == (Said(person="a", state="refused"),)


@pytest.mark.parametrize("state", ["maybe", 5, ["granted"], {}])
def test_a_consent_of_an_unknown_state_is_kept_and_marked_and_says_nothing(state: Any) -> None:
    meaning = read("cn.wechat.consent", {"person": {"id": "a"}, "state": state})

    assert (meaning.kind, meaning.flags, meaning.said) == (Kind.CONSENT, Flag.UNKNOWN_TYPE, ())
