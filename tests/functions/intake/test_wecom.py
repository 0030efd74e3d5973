"""The WeChat door: what WeCom is answered, and what is kept."""

import base64
import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from functions.capture.capture import Delivery, Flag
from functions.capture.delivery import open_delivery
from functions.intake.callback import LARGEST_BODY_BYTES
from functions.web import Answer, Request
from functions.wechat.crypto import Credentials, decode_key
from tests.archive import ARCHIVE_ID, Archive
from tests.make import NOW, make_callback, seconds
from tests.wecom import CANARY_AES_KEY, CANARY_TOKEN, encrypt, signed_query

DOCUMENT = json.loads((Path(__file__).parents[2] / "data" / "wecom_vectors.json").read_text(encoding="utf-8"))
VECTORS: dict[str, dict[str, Any]] = {one["id"]: one for one in DOCUMENT["vectors"] if one["platform"] == "wecom"}
NEGATIVE: dict[str, dict[str, Any]] = {one["id"]: one for one in DOCUMENT["negative"]}
OTHER_AES_KEY = "OtherAesKey000000000000000000000000000000ab"
MESSAGE = (
    b"<xml><FromUserName>a</FromUserName><CreateTime>1795339798</CreateTime>"
    b"<MsgType>text</MsgType><Content>x</Content></xml>"
)


def make_archive(vector: dict[str, Any] | None = None) -> Archive:
    of = vector or {"token": CANARY_TOKEN, "encoding_aes_key": CANARY_AES_KEY, "receive_id": "ww1"}
    credentials = Credentials(
        tokens=(of["token"],),
        keys=(decode_key(of["encoding_aes_key"]),),
        receive_ids=frozenset({of["receive_id"]}),
    )
    return Archive(wecom_endpoints={"app": credentials})


def post(message: bytes = MESSAGE, *, aes_key: str = CANARY_AES_KEY, receive_id: str = "ww1", **query: str) -> Request:
    encrypted = encrypt(message, receive_id=receive_id, aes_key=aes_key)
    body = f"<xml><Encrypt>{encrypted}</Encrypt></xml>".encode()
    return make_callback(body, {**signed_query(encrypted), **query})


def get(echo: bytes = b"1616140317555161061", **changed: str) -> Request:
    echostr = encrypt(echo, receive_id="ww1")
    return make_callback(b"", {**signed_query(echostr), "echostr": echostr, **changed}, method="GET")


def kept(archive: Archive) -> list[Delivery]:
    return [
        open_delivery(base64.b64decode(json.loads(one)["sealed"]), archive.keys.unwrap, archive_id=ARCHIVE_ID)
        for one in archive.queue.waiting.values()
    ]


def text(answer: Answer) -> tuple[int, str]:
    assert answer.media_type == "text/plain; charset=utf-8"
    return answer.status, answer.body


@pytest.mark.parametrize("name", [name for name, one in VECTORS.items() if one["kind"] == "url_verify"])
def test_a_published_url_check_is_answered_with_exactly_its_plaintext(name: str) -> None:
    archive = make_archive(VECTORS[name])

    answer = archive.post(make_callback(b"", VECTORS[name]["query"], method="GET"))

    assert text(answer) == (200, VECTORS[name]["expected"]["plaintext"])
    assert kept(archive) == []


@pytest.mark.parametrize("name", [name for name, one in VECTORS.items() if one["kind"] == "decrypt"])
def test_a_published_callback_is_kept_byte_for_byte_and_answered_success(name: str) -> None:  # G1
    vector = VECTORS[name]
    archive = make_archive(vector)

    answer = archive.post(make_callback(vector["body"].encode(), vector["query"]))

    assert text(answer) == (200, "success")
    (delivery,) = kept(archive)
    (item,) = delivery.items
    assert delivery.capture(item) == vector["expected"]["plaintext"].encode()
    assert delivery.parts[0].body == vector["body"].encode()
    assert (item.source, item.event_id) == (vector["receive_id"], "")
    assert delivery.evidence["query"] == vector["query"]


@pytest.mark.parametrize("name", NEGATIVE)
def test_a_bad_callback_is_refused_with_its_number_and_leaves_nothing_behind(name: str) -> None:  # G5
    vector = NEGATIVE[name]
    archive = make_archive(vector)

    status, reason = text(archive.post(make_callback(vector["body"].encode(), vector["query"])))

    assert status == (403 if vector["expected_error"] in {-40001, -40005} else 400)
    assert reason.startswith(f"{vector['expected_error']}: ")
    assert kept(archive) == []
    assert archive.claims.claims == {}


def test_an_echostr_that_was_decoded_as_a_form_is_read_all_the_same() -> None:
    request = next(one for one in (get(b"%d" % at) for at in range(100)) if "+" in one.query["echostr"][0])
    blanked = make_callback(
        b"", {name: values[0].replace("+", " ") for name, values in request.query.items()}, method="GET"
    )

    archive = make_archive()
    assert archive.post(blanked) == archive.post(request)


def test_a_url_check_with_a_wrong_signature_is_forbidden() -> None:
    assert text(make_archive().post(get(nonce="other")))[0] == 403


@pytest.mark.parametrize("name", ["msg_signature", "timestamp", "nonce"])
@pytest.mark.parametrize("values", [(), ("",), ("a", "b")])
def test_a_query_parameter_that_is_missing_or_stands_twice_is_named(name: str, values: tuple[str, ...]) -> None:
    request = post()

    answer = make_archive().post(replace(request, query={**request.query, name: values}))
    assert text(answer) == (400, f"send the query parameter {name} exactly once")


def test_a_url_check_without_echostr_is_told_so() -> None:
    assert text(make_archive().post(make_callback(b"", signed_query("x"), method="GET"))) == (
        400,
        "send the query parameter echostr exactly once",
    )


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("token", [CANARY_TOKEN, "", "\0"])
def test_an_endpoint_that_nobody_configured_fails_like_a_wrong_signature(method: str, token: str) -> None:
    encrypted = encrypt(MESSAGE, receive_id="ww1")
    query = {**signed_query(encrypted, token=token), "echostr": encrypted}
    body = f"<xml><Encrypt>{encrypted}</Encrypt></xml>".encode()
    unknown = make_callback(body, query, endpoint="unknown", method=method)
    wrong = make_callback(body, {**query, "msg_signature": "0" * 40}, method=method)

    assert make_archive().post(unknown) == make_archive().post(wrong)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", "-40002"),
        (b"plain text", "-40002"),
        (b'<!DOCTYPE x [<!ENTITY e "x">]><xml><Encrypt>&e;</Encrypt></xml>', "-40002"),
        (b"<xml><MsgType>text</MsgType><Content>plaintext mode</Content></xml>", "-40002"),
        (b'{"MsgType": "event"}', "-40002"),
        (b'{"encrypt": "\\ud800"}', "-40001"),
        (b"<xml><Encrypt>AAAA</Encrypt></xml>", "-40001"),
    ],
)
def test_a_body_that_is_no_signed_callback_is_refused(body: bytes, expected: str) -> None:  # G5
    archive = make_archive()

    status, reason = text(archive.post(make_callback(body, signed_query("x"))))

    assert (status, reason[:6]) == (403 if expected == "-40001" else 400, expected)
    assert kept(archive) == []


def test_truncated_base64_under_a_right_signature_is_refused() -> None:
    encrypted = encrypt(MESSAGE, receive_id="ww1")[:-3]
    body = f"<xml><Encrypt>{encrypted}</Encrypt></xml>".encode()

    assert text(make_archive().post(make_callback(body, signed_query(encrypted))))[1].startswith("-40010: ")


def test_a_body_too_large_is_refused_unread() -> None:
    assert text(make_archive().post(make_callback(b"<" * (LARGEST_BODY_BYTES + 1), {})))[0] == 413


def test_a_callback_that_no_key_opens_is_kept_as_it_came_and_refused() -> None:  # G9
    archive = make_archive()
    request = post(aes_key=OTHER_AES_KEY)

    status, reason = text(archive.post(request))

    assert status == 400
    assert reason.startswith("-40008: ")
    assert "EncodingAESKey" in reason
    (delivery,) = kept(archive)
    assert delivery.capture(delivery.items[0]) in request.body
    assert (delivery.parts[0].body, delivery.flags) == (request.body, Flag.UNPARSED)


@pytest.mark.parametrize("message", [b"", b"plain text", b"<xml>", b"[]", b"\xff\xfe", b'{"a": "\\ud83d"}'])
def test_a_plaintext_that_nobody_understands_is_kept_marked_and_answered_success(message: bytes) -> None:  # G9
    archive = make_archive()

    assert text(archive.post(post(message))) == (200, "success")
    outcome = archive.run_archive()

    assert (outcome.captures, outcome.unparsed, outcome.unsettled) == (1, 1, {})


def test_the_evidence_is_that_of_the_format_page() -> None:
    archive = make_archive()
    request = post()
    archive.post(request)

    (delivery,) = kept(archive)
    query = {name: values[0] for name, values in request.query.items()}
    assert delivery.evidence == {"query": query, "receive_id": "ww1", "token": 0, "key": 0, "envelope": "xml"}


def test_the_same_callback_is_queued_once_and_answered_success_again() -> None:  # G6
    archive = make_archive()
    for late in (0, 5, 10):
        archive.now = NOW + seconds(late)
        assert text(archive.post(post())) == (200, "success")  # encrypted anew each time

    assert archive.queue.sent == 1


def test_callbacks_of_the_same_second_with_different_bytes_are_all_kept() -> None:  # G1
    archive = make_archive()
    for at in range(3):
        archive.post(post(MESSAGE.replace(b"<Content>x", b"<Content>%d" % at)))

    assert archive.queue.sent == 3
    assert archive.run_archive().captures == 3


@pytest.mark.parametrize(
    ("created", "timestamp", "flags"),
    [
        (NOW, NOW, Flag.NONE),
        (NOW - seconds(600), NOW - seconds(9000), Flag.NONE),
        (NOW - seconds(9000), NOW + seconds(600), Flag.NONE),
        (NOW + seconds(601), NOW - seconds(601), Flag.LATE),
        (NOW - seconds(601), NOW - seconds(601), Flag.LATE),
    ],
)
def test_a_callback_whose_times_are_all_far_off_is_kept_and_marked(
    created: datetime, timestamp: datetime, flags: Flag
) -> None:
    message = MESSAGE.replace(b"1795339798", b"%d" % created.timestamp())
    encrypted = encrypt(message, receive_id="ww1")
    query = signed_query(encrypted, timestamp=f"{timestamp.timestamp():.0f}")
    archive = make_archive()

    answer = archive.post(make_callback(f"<xml><Encrypt>{encrypted}</Encrypt></xml>".encode(), query))

    assert text(answer) == (200, "success")
    assert kept(archive)[0].flags == flags
