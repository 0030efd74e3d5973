"""Every published callback is taken, kept once however often and in whatever order it comes, and read back."""

import base64
import random
from datetime import UTC, datetime

import pytest

from tests.aws import Stage, client
from tests.callbacks import CALLBACKS, ENDPOINTS, Posted, archived, captures, posted, published, run
from tests.conftest import configure

DOORS = ("wecom/wecom", "wechat/oa", "wechat/mp")


@pytest.fixture
def opened(stage: Stage) -> Stage:
    configure(stage, ENDPOINTS)
    return stage


def deliver(stage: Stage, callbacks: list[Posted]) -> None:
    for one in callbacks:
        answer = stage.post(one.request)
        assert (answer["statusCode"], answer["body"]) == (200, "success")


def test_every_published_callback_is_archived_byte_for_byte(opened: Stage) -> None:  # G1
    everything = [published(path) for path in CALLBACKS]

    deliver(opened, everything)
    run(opened)
    records = archived(opened, *DOORS)

    assert len(everything) == 61
    assert captures(records) == sorted(one.plaintext for one in everything)
    for record in records:
        assert "unparsed" not in record["envelope"]["flags"]
        assert record["envelope"]["sent_at_source"] == "event"


def test_callbacks_that_come_again_and_out_of_order_are_each_kept_once(opened: Stage) -> None:  # G6
    timestamp = str(int(datetime.now(UTC).timestamp()))
    chosen = CALLBACKS[:8]
    again = [published(path, timestamp=timestamp, nonce=str(copy)) for path in chosen for copy in range(3)]
    random.Random(7).shuffle(again)  # three ciphertexts of each, since every encryption takes a new random

    deliver(opened, again)
    run(opened)

    records = archived(opened, *DOORS)
    assert captures(records) == sorted(path.read_bytes() for path in chosen)
    assert {one["copies"] for one in records} == {1}


def test_two_messages_with_one_msgid_are_both_kept(opened: Stage) -> None:
    def message(name: str) -> bytes:
        return (
            f"<xml><FromUserName>{name}</FromUserName><CreateTime>1409735668</CreateTime><MsgType>text</MsgType>"
            f"<Content>hi</Content><MsgId>18446744073709551615</MsgId></xml>"
        ).encode()

    deliver(opened, [posted(message(name), door="wechat", endpoint="oa") for name in ("one", "other")])
    run(opened)

    assert captures(archived(opened, *DOORS)) == [message("one"), message("other")]


def test_a_truncated_delivery_is_refused_and_leaves_nothing_behind(opened: Stage) -> None:  # G5
    whole = published(CALLBACKS[0]).request
    for length in range(0, len(whole.body), 7):
        cut = type(whole)(
            method="POST",
            resource=whole.resource,
            path=whole.path,
            headers={},
            query=whole.query,
            body=whole.body[:length],
        )

        assert opened.post(cut)["statusCode"] in {400, 403}
    assert client("dynamodb").scan(TableName="deliveries")["Count"] == 0


def test_text_that_no_platform_would_send_is_kept_as_it_came(opened: Stage) -> None:  # G9
    strange = [
        b"",
        b"[]",
        b"\x00\xff not text",
        "我是中文abcd123".encode(),
        b'{"MsgId": 18446744073709551615, "CreateTime": 1.5e300}',
        b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/hostname'>]><xml><Content>&b;</Content></xml>",
        b"<xml><Content>\xe2\x80\x8b&#x1F600;  trailing blanks  \n</Content>\n\n</xml>\n\n",
    ]

    deliver(opened, [posted(one, door="wechat", endpoint="mp", form="json") for one in strange])
    run(opened)
    records = archived(opened, "wechat/mp")

    assert captures(records) == sorted(strange)
    unparsed = [one for one in records if "unparsed" in one["envelope"]["flags"]]
    assert sorted(base64.b64decode(one["capture"]["base64"]) for one in unparsed) == sorted([*strange[:4], strange[5]])
