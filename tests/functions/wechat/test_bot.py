"""What intelligent bots post is understood: who spoke, where, and every word, also inside quotes and mixed messages."""

import json
from typing import Any

import pytest
from hypothesis import given, strategies as st

from functions.capture.capture import Flag, Kind
from functions.wechat.message import interpret

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def make_message(msgtype: str, **body: Any) -> bytes:
    message = {
        "msgid": "m-1",
        "aibotid": "bot-1",
        "chatid": "room-1",
        "chattype": "group",
        "from": {"userid": "zhangsan"},
        "msgtype": msgtype,
        **body,
    }
    return json.dumps(message).encode()


def test_a_bots_message_says_who_spoke_where_and_what() -> None:
    meaning = interpret(make_message("text", text={"content": "@bot 你好"}))

    assert (meaning.kind, meaning.flags) == (Kind.MESSAGE, Flag.NONE)
    assert meaning.message_id == "m-1"
    assert (meaning.conversation, meaning.participants) == ("room-1", ("zhangsan", "bot-1"))
    assert meaning.texts == ("@bot 你好",)


def test_words_inside_mixed_messages_and_quotes_are_read() -> None:
    mixed = {"msg_item": [{"msgtype": "text", "text": {"content": "one"}}, {"msgtype": "image", "image": {"url": "u"}}]}
    quoted = {"msgtype": "mixed", "mixed": {"msg_item": [{"text": {"content": "two"}}, 7]}}

    meaning = interpret(make_message("mixed", mixed=mixed, quote=quoted))

    assert meaning.texts == ("one", "two")
    assert meaning.flags == Flag.MEDIA_MISSING


@pytest.mark.parametrize("msgtype", ["image", "file", "video"])
def test_a_file_is_named_and_its_bytes_are_missing(msgtype: str) -> None:
    meaning = interpret(make_message(msgtype, **{msgtype: {"url": "https://files.example/1"}}))

    assert (meaning.kind, meaning.flags) == (Kind.MESSAGE, Flag.MEDIA_MISSING)


@pytest.mark.parametrize("msgtype", ["stream", "event", "something new"])
def test_what_no_person_wrote_is_a_callback(msgtype: str) -> None:
    assert interpret(make_message(msgtype, **{msgtype: {"id": "s-1"}})).kind is Kind.CALLBACK


@pytest.mark.parametrize("text", ["", None, 7, [], {"content": None}, {"content": "\ud800"}])
def test_a_shape_nobody_documented_is_interpreted_all_the_same(text: Any) -> None:
    body = json.loads(make_message("text")) | {"text": text, "from": text, "mixed": {"msg_item": text}, "chatid": text}

    meaning = interpret(json.dumps(body).encode())

    assert meaning.participants[-1] == "bot-1"
    "".join(meaning.texts).encode()


@given(body=st.dictionaries(st.sampled_from(["text", "mixed", "quote", "from", "chatid", "msgtype", "image"]), values))
def test_whatever_stands_in_a_bots_message_there_is_an_interpretation(body: dict[str, Any]) -> None:
    meaning = interpret(json.dumps({"aibotid": "bot-1", **body}).encode())

    assert meaning.kind in {Kind.MESSAGE, Kind.CALLBACK}
