"""Pages of encrypted messages: exact numbers, nothing invented, nothing dropped."""

import json
from typing import Any

import pytest
from hypothesis import example, given, strategies as st

from functions.capture.event import check, read_single
from functions.pull.event import decrypted, sealed
from functions.pull.page import Encrypted, read_page
from functions.pull.sdk import GARBAGE, Failed

anything: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


def page(*entries: Any, errcode: Any = 0) -> bytes:
    return json.dumps({"errcode": errcode, "errmsg": "ok", "chatdata": list(entries)}).encode()


def test_messages_come_in_the_order_of_seq_and_seq_is_exact() -> None:
    found = read_page(page({"seq": 2**64 - 1}, {"seq": str(2**63 + 1)}, {"seq": 7}))

    assert [one.seq for one in found] == [7, 2**63 + 1, 2**64 - 1]


@pytest.mark.parametrize("seq", [0, -1, 1.0, True, None, "x", 2**64, float("inf"), [1]])
def test_a_page_with_a_seq_that_is_none_is_garbage(seq: Any) -> None:
    with pytest.raises(Failed, match=GARBAGE):
        read_page(page({"seq": 1}, {"seq": seq}))


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"[]",
        b"null",
        b"\xff",
        b"{}",
        b'{"errcode":0,"chatdata":7}',
        b"[" * 100_000,
        b'{"errcode":0,"chatdata":[{"seq":1,"x":1e999}]}',
        b'{"errcode":NaN}',
    ],
)
def test_what_is_no_page_is_garbage(answer: bytes) -> None:
    with pytest.raises(Failed, match=GARBAGE):
        read_page(answer)


@pytest.mark.parametrize("answer", [b'{"errcode":0}', b'{"errcode":0,"chatdata":null}', page()])
def test_a_page_may_be_empty(answer: bytes) -> None:
    assert read_page(answer) == []


@pytest.mark.parametrize(("errcode", "reason"), [(301052, "301052"), (10009, "10009"), ("10009 secret", GARBAGE)])
def test_an_error_inside_the_answer_is_an_error(errcode: Any, reason: str) -> None:
    with pytest.raises(Failed) as failed:
        read_page(page(errcode=errcode))

    assert failed.value.reason == reason


@given(body=st.binary())
def test_any_answer_is_a_page_or_fails(body: bytes) -> None:
    with pytest.raises(Failed):
        read_page(body)


@given(entry=st.dictionaries(st.text(), anything), msgid=anything)
def test_whatever_an_entry_holds_its_capture_is_an_event_this_archive_can_keep(entry: Any, msgid: Any) -> None:
    message = Encrypted(seq=7, entry={**entry, "seq": 7, "msgid": msgid})

    found = sealed("ww1", message, "10008")

    assert check(read_single(found.body).value).event_id == found.event.event_id
    assert found.event.event_id in ("seq-7", msgid)


@given(text=st.text(), msgtime=anything)
def test_a_plaintext_is_in_its_capture_character_by_character(text: str, msgtime: Any) -> None:
    plaintext = json.dumps({"msgtime": msgtime, "text": {"content": text}}, ensure_ascii=False)
    plaintext = plaintext.encode("utf-8", "replace").decode()

    found = decrypted("ww1", Encrypted(seq=7, entry={"seq": 7, "publickey_ver": 1}), plaintext.encode())

    value = read_single(found.body).value
    assert value["data"]["msg"] == plaintext
    assert check(value).time == found.event.time


@example(plaintext=b"[]")
@given(plaintext=st.binary())
def test_what_is_no_json_object_is_no_plaintext(plaintext: bytes) -> None:
    with pytest.raises(Failed, match=GARBAGE):
        decrypted("ww1", Encrypted(seq=7, entry={}), plaintext)


@pytest.mark.parametrize("msgtime", [0, -1, None, "", "soon", 2**80, [], True])
def test_a_time_that_says_nothing_is_left_out(msgtime: Any) -> None:
    found = decrypted("ww1", Encrypted(seq=7, entry={}), json.dumps({"msgtime": msgtime}).encode())

    assert found.event.time is None
