"""Every published message of the WeCom chat archive is understood, and whatever else comes has an answer."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, strategies as st

from functions.canonical import canonical
from functions.capture.capture import UNPARSED, Flag, Interpretation, Kind, Media
from functions.capture.content import MOST_ACCOUNTS
from functions.wechat.chatarchive import interpret, sent_at
from tests.msgaudit import FOLDER, NAMES, archived, sample, sealed, text_of

CALLS = {"meeting_voice_call", "voip_doc_share", "voiptext"}
CONSENT = {"agree", "disagree"}
OTHERS = {"revoke": Kind.RECALL, "switch": Kind.CALLBACK}
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)
FIELDS = ("msgid", "action", "from", "tolist", "roomid", "msgtime", "msgtype", "text", "revoke", "mixed", "user")


def read(message: Any, **changed: Any) -> Interpretation:
    """What the event around a message is understood as."""
    return interpret(json.dumps(archived(message, **changed)).encode())


@pytest.mark.parametrize("name", NAMES)
def test_every_published_message_is_understood(name: str) -> None:
    meaning = read(sample(name))

    assert not meaning.flags & (Flag.UNPARSED | Flag.UNKNOWN_TYPE | Flag.SEALED)
    assert meaning.kind == OTHERS.get(
        name, Kind.CALL if name in CALLS else Kind.CONSENT if name in CONSENT else Kind.MESSAGE
    )
    assert meaning.message_id == sample(name)["msgid"]


def test_there_are_thirty_one_published_messages() -> None:
    assert len(NAMES) == 31


@pytest.mark.parametrize("name", sorted(set(NAMES) - {"switch"}))
def test_the_sender_comes_first_and_then_who_received_it(name: str) -> None:
    message = sample(name)

    assert read(message).participants == tuple(dict.fromkeys([message["from"], *message["tolist"]]))


@pytest.mark.parametrize("name", sorted(set(NAMES) - {"switch"}))
def test_a_message_in_a_group_is_filed_under_the_group_and_others_under_both_accounts(name: str) -> None:
    message = sample(name)
    pair = text_of(sorted([message["from"], message["tolist"][0]]))

    assert read(message).conversation == (message.get("roomid") or pair)


def test_both_directions_of_a_conversation_of_two_are_one_conversation() -> None:
    there = read(sample("text", **{"from": "a", "tolist": ["b"]}))
    back = read(sample("text", **{"from": "b", "tolist": ["a"]}))

    assert there.conversation == back.conversation == '["a","b"]'


@pytest.mark.parametrize("name", NAMES)
def test_no_credential_of_a_file_leaves_the_capture(name: str) -> None:
    text = (FOLDER / f"{name}.json").read_text().replace('\\"', '"')
    credentials = [part.split('"')[2] for part in text.split("sdkfileid")[1:]]

    assert all(len(credential) > 50 for credential in credentials)
    assert not [one for one in credentials if one in repr(read(sample(name)))]
    assert bool(credentials) == bool(read(sample(name)).media)


def test_what_a_person_wrote_or_reads_is_searched_in_order_and_ids_are_not() -> None:
    assert read(sample("collect")).texts == (
        "这是一个群",
        "这是填表title",
        "表项1，文本",
        "表项2，数字",
        "表项3，日期",
        "表项4，时间",
    )
    assert read(sample("vote")).texts == ("投票主题", "投票选项")
    assert read(sample("card")).texts == ("微信联系人",)


def test_forwarded_and_mixed_messages_are_flattened() -> None:
    mixed = read(sample("mixed"))

    assert read(sample("chatrecord")).texts == ("群聊", "test", "test2")
    assert mixed.texts == ("你好[微笑]\n",)
    assert mixed.media == (Media(md5="368b6c18c82e6441bfd89b343e9d2429", size_bytes=13177),)


def test_a_forwarded_conversation_inside_another_is_flattened_too() -> None:
    content = text_of({"content": "innermost"})
    for level in range(5):
        content = text_of({"title": f"level {level}", "item": [{"type": "ChatRecordMixed", "content": content}]})
    message = sample("chatrecord", chatrecord=json.loads(content))

    assert read(message).texts == ("level 4", "level 3", "level 2", "level 1", "level 0", "innermost")
    assert read(message).flags == Flag.NONE


def test_a_file_is_named_by_what_the_message_says_of_it_and_is_missing() -> None:
    meaning = read(sample("file"))

    assert meaning.flags == Flag.MEDIA_MISSING
    assert meaning.media == (Media(md5="18e93fc2ea884df23b3d2d3b8667b9f0", name="资料.docx", size_bytes=18181),)


@pytest.mark.parametrize(
    ("size", "understood"),
    [
        (2287375645, 2287375645),
        ("2287375645", 2287375645),
        (2**53 - 1, 2**53 - 1),
        (2**53, None),
        (2**64, None),
        (-1, None),
        (1.5, None),
        (True, None),
        ("", None),
        ("٣", None),
    ],
)
def test_sizes_are_exact_integers_or_unknown(size: Any, understood: int | None) -> None:
    (file,) = read(sample("file", file={"md5sum": "", "filesize": size})).media

    assert file == Media(size_bytes=understood)
    assert type(file.size_bytes) in {int, type(None)}


def test_a_recall_names_the_message_that_it_takes_back() -> None:
    assert read(sample("revoke")).refers_to == "14822339130656386894_1603875600"


def test_consent_names_the_person_even_if_somebody_else_sends_it() -> None:
    message = sample("agree", agree={"userid": "wm1", "agree_time": 1}, **{"from": "sys"})

    assert read(message).participants == ("sys", "kenshin", "wm1")


def test_numbers_and_lists_in_strings_are_read_alike() -> None:
    plain = sample("mixed")
    for tolist in ("HeChangTian,LiuZeYu", '["HeChangTian","LiuZeYu"]'):
        assert read({**plain, "tolist": tolist, "msgtime": "1577414359072"}) == read(plain)
    assert read(sample("text", **{"from": 18002520162})).participants[0] == "18002520162"
    assert sent_at(text_of({"msgtime": "1577414359072"})) == sent_at(text_of(plain))


@pytest.mark.parametrize("tolist", [None, "[", "", 7, {}, ["", None, "x" * 257]])
def test_a_message_without_readable_recipients_has_its_sender_alone(tolist: Any) -> None:
    meaning = read(sample("text", tolist=tolist))

    assert (meaning.participants, meaning.conversation) == (("XuJinSheng",), None)


def test_the_three_forms_of_data_carry_the_same_message() -> None:
    message = sample("text")
    wrapped = {"corpid": "ww1", "seq": 2**64 - 1, "publickey_ver": 3, "msg": text_of(message)}

    assert read(message, data=wrapped) == read(message, data=message) == read(message)


def test_a_message_that_nobody_has_decrypted_stays_sealed() -> None:
    triple = sealed()

    assert read(triple, data=triple) == Interpretation(
        kind=Kind.UNKNOWN, flags=Flag.SEALED, message_id="CAQQ2fbb4QUY0On2rYSAgAMgip/yzgs="
    )
    assert sent_at(triple) is None


def test_an_unknown_type_keeps_its_envelope_and_what_can_be_read_of_it() -> None:
    message = sample("text", msgtype="hologram", hologram={"title": "标题", "sdkfileid": "secret", "id": "x"}, text=...)

    assert read(message) == Interpretation(
        kind=Kind.UNKNOWN,
        flags=Flag.UNKNOWN_TYPE | Flag.MEDIA_MISSING,
        conversation='["XuJinSheng","icefog"]',
        participants=("XuJinSheng", "icefog"),
        texts=("标题",),
        media=(Media(),),
        message_id="CAQQluDa4QUY0On2rYSAgAMgzPrShAE=",
    )


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ({}, Kind.UNKNOWN),
        ({"action": "switch"}, Kind.CALLBACK),
        (sample("text", text="not an object"), Kind.MESSAGE),
        (sample("text", text={"context": "misspelt"}), Kind.MESSAGE),
        (sample("text", **{"from": ...}), Kind.MESSAGE),
        (sample("revoke", revoke={}), Kind.RECALL),
        (sample("revoke", revoke={"pre_msgid": None}), Kind.RECALL),
        (sample("mixed", mixed={"item": [{"type": "text", "content": "no JSON"}]}), Kind.MESSAGE),
        (sample("mixed", mixed={"item": [{"type": "text", "content": "[" * 100_000}]}), Kind.MESSAGE),
        (sample("mixed", mixed={"item": [{"type": "text", "content": '"text"'}]}), Kind.MESSAGE),
        (sample("text", tolist=[f"u{n}" for n in range(MOST_ACCOUNTS + 1)]), Kind.MESSAGE),
        (sample("text", msgtype=["text"]), Kind.UNKNOWN),
    ],
)
def test_a_shape_that_nobody_described_is_flagged_and_says_what_it_is(message: dict[str, Any], kind: Kind) -> None:
    meaning = read(message)

    assert (meaning.kind, meaning.flags) == (kind, Flag.UNKNOWN_TYPE)
    assert len(meaning.participants) <= MOST_ACCOUNTS


@pytest.mark.parametrize("capture", [b"", b"[]", b"1", b"{}", b'{"data": null}', b"\xff", b"[" * 100_000])
def test_what_is_no_event_is_unparsed(capture: bytes) -> None:
    assert interpret(capture) == UNPARSED


@pytest.mark.parametrize("data", ["", "{", "[]", "null", 7, [], None, {"msg": None}, {"msg": ""}, '{"a":' + "9" * 5000])
def test_data_without_a_message_are_unparsed_and_have_no_time(data: Any) -> None:
    assert read({}, data=data) == UNPARSED
    assert sent_at(data) is None


def test_half_an_emoji_hides_nothing_else() -> None:
    data = text_of(sample("text")).replace('"test"', '"half \\ud83d, 13800138000"').replace("icefog", "ice\\udc00")
    meaning = interpret(json.dumps(archived({}, data=data)).encode())

    assert meaning.texts == ("half ?, 13800138000",)
    assert meaning.participants == ("XuJinSheng", "ice?")


@pytest.mark.parametrize(
    ("data", "moment"),
    [
        (text_of(sample("text")), datetime(2019, 1, 10, 2, 38, 14, 783000, tzinfo=UTC)),
        ({"msg": text_of(sample("text"))}, datetime(2019, 1, 10, 2, 38, 14, 783000, tzinfo=UTC)),
        (text_of(sample("switch")), datetime(2019, 4, 1, 11, 50, 21, 840000, tzinfo=UTC)),
        (text_of(sample("image")), None),  # zero, in the official sample
        (text_of(sample("text", msgtime=1547087894)), None),  # seconds
        (text_of(sample("text", msgtime=...)), None),
        (text_of(sample("text", msgtime=2**53 - 1)), None),  # after the year 9999
        (text_of(sample("text", msgtime=2**64)), None),
        (text_of(sample("text", msgtime=1.5e12)), None),
    ],
)
def test_the_message_says_when_it_was_sent_in_milliseconds_or_not_at_all(data: Any, moment: datetime | None) -> None:
    assert sent_at(data) == moment


@given(ANY_JSON)
def test_any_data_have_an_answer(data: Any) -> None:
    meaning = read({}, data=data)

    assert meaning == UNPARSED or meaning.flags
    assert sent_at(data) is None


@given(st.dictionaries(st.sampled_from(FIELDS), ANY_JSON), st.sampled_from(NAMES))
def test_any_change_of_a_message_has_an_answer_that_can_be_written_down(changed: dict[str, Any], name: str) -> None:
    meaning = read(sample(name, **changed))

    canonical([meaning.conversation, meaning.participants, meaning.refers_to, meaning.message_id])
    "".join(meaning.texts).encode()
