"""What a callback's plaintext says."""

import json
from datetime import UTC, datetime
from xml.sax.saxutils import escape

import pytest
from hypothesis import given, strategies as st

from functions.capture.capture import UNPARSED, Flag, Interpretation, Kind
from functions.wechat.message import MESSAGE_TYPES, created_at, interpret, read_fields
from tests.functions.strategies import json_values, texts

XML_TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"], exclude_characters="\r"))
TEXT = """<xml><ToUserName><![CDATA[ww1]]></ToUserName>
<FromUserName><![CDATA[ZhangSan]]></FromUserName>
<CreateTime>1348831860</CreateTime>
<MsgType><![CDATA[text]]></MsgType>
<Content><![CDATA[ this is a test ]]></Content>
<MsgId>18446744073709551615</MsgId>
<AgentID>1</AgentID>
</xml>"""


def xml(**fields: str) -> bytes:
    return (
        "<xml>" + "".join(f"<{name}>{escape(value)}</{name}>" for name, value in fields.items()) + "</xml>"
    ).encode()


def test_a_text_message_is_read() -> None:
    assert interpret(TEXT.encode()) == Interpretation(
        kind=Kind.MESSAGE,
        participants=("ZhangSan", "ww1"),
        texts=(" this is a test ",),
        message_id="18446744073709551615",
    )


def test_the_same_message_in_json_is_read_alike() -> None:
    fields = read_fields(TEXT.encode())

    assert interpret(json.dumps(fields).encode()) == interpret(TEXT.encode())


def test_numbers_in_json_are_read_like_their_texts() -> None:
    assert read_fields(b'{"MsgId": 18446744073709551615, "Content": "x", "A": null, "B": 1.5, "C": {}}') == {
        "MsgId": "18446744073709551615",
        "Content": "x",
    }


@given(st.dictionaries(st.from_regex(r"[A-Za-z][A-Za-z0-9_]{0,9}", fullmatch=True), XML_TEXTS, max_size=6))
def test_every_top_level_field_is_read_untrimmed(fields: dict[str, str]) -> None:
    assert read_fields(xml(**fields)) == fields


def test_fields_below_the_top_level_are_not_taken_for_the_message() -> None:
    reply = b"<xml><MsgType>image</MsgType><Image><MediaId>deep</MediaId></Image></xml>"

    assert read_fields(reply) == {"MsgType": "image", "Image": ""}


@pytest.mark.parametrize("kind", sorted(MESSAGE_TYPES))
def test_every_kind_of_message_is_a_message(kind: str) -> None:
    assert interpret(xml(MsgType=f" {kind}\n", FromUserName="a")).kind == Kind.MESSAGE


@pytest.mark.parametrize("kind", ["event", "", "sphfeed", "TEXT"])
def test_everything_else_is_a_callback(kind: str) -> None:
    assert interpret(xml(MsgType=kind, FromUserName="a")).kind == Kind.CALLBACK


def test_an_event_without_sender_type_or_time_is_a_callback() -> None:
    # third-party and customer events have neither FromUserName nor MsgType
    suite = b"<xml><SuiteId>ww1</SuiteId><InfoType> <![CDATA[suite_ticket]]></InfoType><TimeStamp>1</TimeStamp></xml>"

    assert interpret(suite) == Interpretation(kind=Kind.CALLBACK)


def test_short_fields_are_trimmed_and_content_is_not() -> None:
    meaning = interpret(xml(FromUserName=" a ", ToUserName="\nb", ChatId=" room ", MsgType="text", Content=" x "))

    assert (meaning.participants, meaning.conversation, meaning.texts) == (("a", "b"), "room", (" x ",))


def test_everything_a_person_wrote_is_classified_and_nothing_else() -> None:
    fields = {"Content": "1", "Title": "2", "Description": "3", "Label": "4", "Recognition": "5"}

    assert interpret(xml(**fields, MsgId="6", PicUrl="7", MediaId="8")).texts == ("1", "2", "3", "4", "5")


def test_a_message_that_only_names_its_media_file_is_marked() -> None:
    assert interpret(xml(MsgType="image", MediaId="abc")).flags == Flag.MEDIA_MISSING
    assert interpret(xml(MsgType="image", MediaId="")).flags == Flag.NONE


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b" ",
        b"<",
        b"<xml>",
        b"<xml></xml> x",
        b"plain text",
        b"[]",
        b"5",
        b'"text"',
        b"null",
        b"{",
        b"\xff\xfe",
        b'{"a": ' + b"[" * 100_000,
        b'{"a": ' + b"9" * 5000 + b"}",
        b'{"FromUserName": "\\ud83d"}',
        b'{"Content": "\\udc00 half an emoji"}',
        b'<!DOCTYPE x [<!ENTITY e "x">]><xml><Content>&e;</Content></xml>',
    ],
    ids=lambda message: str(message[:40]),
)
def test_a_plaintext_that_is_no_message_is_kept_as_unparsed(message: bytes) -> None:  # G9
    assert interpret(message) == UNPARSED


@given(
    st.binary(max_size=80)
    | json_values.map(json.dumps).map(str.encode)
    | st.dictionaries(st.sampled_from(["FromUserName", "Content", "MsgType", "ChatId", "MediaId"]), json_values)
    .map(json.dumps)
    .map(str.encode)
    | st.text("<>/?!-[]xmlContent&;= \"'", max_size=80).map(lambda text: b"<" + text.encode())
)
def test_whatever_the_plaintext_is_there_is_an_answer_that_can_be_written_down(message: bytes) -> None:
    meaning = interpret(message)

    for text in (*meaning.participants, *meaning.texts, meaning.conversation or ""):
        assert text.encode().decode() == text


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"CreateTime": "1348831860"}, datetime(2012, 9, 28, 11, 31, tzinfo=UTC)),
        ({"CreateTime": " 1348831860\n"}, datetime(2012, 9, 28, 11, 31, tzinfo=UTC)),
        ({"TimeStamp": "1403610513"}, datetime(2014, 6, 24, 11, 48, 33, tzinfo=UTC)),
        ({"CreateTime": "", "TimeStamp": "1403610513"}, datetime(2014, 6, 24, 11, 48, 33, tzinfo=UTC)),
        ({"CreateTime": "0"}, datetime(1970, 1, 1, tzinfo=UTC)),
        ({"CreateTime": "99999999999"}, datetime(5138, 11, 16, 9, 46, 39, tzinfo=UTC)),
    ],
)
def test_when_a_message_was_made_is_read(fields: dict[str, str], expected: datetime) -> None:
    assert created_at(fields) == expected


@pytest.mark.parametrize(
    "text", ["", " ", "-1", "1.5", "1e9", "13488318600000", "now", "１３４８８３１８６０", "0x10", "1_000"]
)
def test_a_time_that_is_none_is_not_guessed_at(text: str) -> None:
    assert created_at({"CreateTime": text}) is None


@given(st.dictionaries(st.sampled_from(["CreateTime", "TimeStamp"]), texts | st.integers().map(str)))
def test_any_fields_have_a_time_or_none(fields: dict[str, str]) -> None:
    moment = created_at(fields)

    assert moment is None or moment.tzinfo is UTC
