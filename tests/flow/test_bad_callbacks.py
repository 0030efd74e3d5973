"""Rightly signed and wrong all the same: every check that Tencent's sample code omits, at the running door."""

import base64
import struct
from datetime import UTC, datetime

import pytest

from tests.aws import Stage
from tests.callbacks import APP, CORP, ENDPOINTS, TEXT, archived, captures, envelope, nothing_is_kept, run, wechat
from tests.conftest import configure
from tests.make import make_callback
from tests.wecom import encrypt, encrypt_blocks, plain_query, secure_query, signed_query

RANDOM = bytes(16)
ID = APP.encode()


@pytest.fixture
def opened(stage: Stage) -> Stage:
    configure(stage, ENDPOINTS)
    return stage


def padded(plain: bytes) -> str:
    """Encrypted, with PKCS#7 to 32."""
    count = 32 - len(plain) % 32
    return encrypt_blocks(plain + bytes([count]) * count)


def ending(tail: bytes) -> str:
    """A message whose last bytes are these, where padding should be."""
    body = plain(b"x" * 40)
    return encrypt_blocks(body + b"x" * (-(len(body) + len(tail)) % 16) + tail)


def plain(message: bytes = TEXT, *, length: int | None = None, receive_id: bytes = ID) -> bytes:
    return RANDOM + struct.pack(">I", len(message) if length is None else length) + message + receive_id


UNREADABLE = {
    "padding of 0": ending(b"\0"),
    "padding of 33": ending(b"\x21" * 33),
    "padding that is not all the same": ending(b"\x03\x02\x03"),
    "nothing before the padding": encrypt_blocks(bytes([32]) * 32),
    "shorter than its own head": padded(RANDOM + b"\0\0\0"),
    "a length beyond the end": padded(plain(length=len(TEXT) + len(ID) + 1)),
    "the largest length": padded(plain(length=2**32 - 1)),
    "another key": encrypt(TEXT, receive_id=APP, aes_key="AnotherAesKey0000000000000000000000000000Ab"),
}
MALFORMED = {
    "no base64": ("!!!", "-40010"),
    "base64 without its end": (encrypt(TEXT, receive_id=APP)[:-3], "-40010"),
    "URL-safe base64": ("-_-_" * 16, "-40010"),
    "not whole blocks": (base64.b64encode(bytes(17)).decode(), "-40007"),
}
FOREIGN = {
    "another": b"wx0000000000000000",
    "none": b"",
    "a beginning": ID[:-1],
    "more": ID + b"0",
    "upper case": ID.upper(),
    "not text": b"\xff\xfe",
    "a length that eats into the message": b"l" + ID,
}


def post(stage: Stage, encrypted: str, *, form: str = "xml", **signed: str) -> tuple[int, str]:
    answer = stage.post(wechat(envelope(encrypted, form), secure_query(encrypted, **signed)))
    return answer["statusCode"], answer["body"]


@pytest.mark.parametrize("form", ["xml", "json"])
def test_what_is_no_ciphertext_is_refused(opened: Stage, form: str) -> None:
    for what, (encrypted, number) in MALFORMED.items():
        status, body = post(opened, encrypted, form=form)

        assert (status, body[:6]) == (400, number), what
    assert nothing_is_kept(opened)


def test_what_decrypts_into_no_message_is_answered_with_an_error_and_kept_encrypted(opened: Stage) -> None:  # G9
    now = str(int(datetime.now(UTC).timestamp()))
    for what, encrypted in UNREADABLE.items():
        status, body = post(opened, encrypted, timestamp=now)

        assert (status, body[:6]) == (400, "-40008"), what
    run(opened)

    records = archived(opened, "wechat/oa")
    assert captures(records) == sorted(encrypted.encode() for encrypted in UNREADABLE.values())
    assert all("unparsed" in one["envelope"]["flags"] for one in records)
    assert all(one["envelope"]["evidence"]["receive_id"] is None for one in records)


def test_what_decrypts_into_no_message_and_is_not_of_these_minutes_is_not_kept(opened: Stage) -> None:  # G5
    for encrypted in UNREADABLE.values():
        assert post(opened, encrypted, timestamp="1409659813")[0] == 400

    assert nothing_is_kept(opened)


def test_the_url_check_decrypts_no_captured_callback_for_whoever_posts_it_again(opened: Stage) -> None:  # G5
    for plaintext in (TEXT, b'{"msgtype":"text"}', b"words with blanks", b"1" * 65, b""):
        captured = encrypt(plaintext, receive_id=CORP)
        query = {**signed_query(captured), "echostr": captured}
        answer = opened.post(make_callback(b"", query, endpoint="wecom", method="GET"))

        assert (answer["statusCode"], answer["body"][:6]) == (400, "-40002")


def test_no_byte_of_the_encrypted_text_moves_into_the_nonce(opened: Stage) -> None:  # G5
    encrypted = encrypt(TEXT, receive_id=CORP)
    query = signed_query(encrypted)
    moved = {**query, "nonce": query["nonce"] + encrypted[:64]}
    body = f"<xml><Encrypt>{encrypted[64:]}</Encrypt></xml>".encode()

    assert opened.post(make_callback(body, moved, endpoint="wecom"))["statusCode"] == 403
    assert nothing_is_kept(opened)


def test_a_message_for_anybody_else_is_refused(opened: Stage) -> None:
    for what, receive_id in FOREIGN.items():
        status, body = post(opened, padded(plain(receive_id=receive_id)))

        assert (status, body[:6]) == (403, "-40005"), what
    assert nothing_is_kept(opened)


@pytest.mark.parametrize("door", ["wecom", "wechat"])
def test_an_envelope_that_cannot_be_read_in_one_way_only_is_refused(opened: Stage, door: str) -> None:
    encrypted = encrypt(TEXT, receive_id=APP)
    broken = [
        "",
        " \n",
        "encrypted",
        f"<xml><Encrypt>{encrypted}</Encrypt>",
        f"<!DOCTYPE x [<!ENTITY e 'y'>]><xml><Encrypt>{encrypted}</Encrypt></xml>",
        f"<xml><Encrypt>&undeclared;{encrypted}</Encrypt></xml>",
        f'{{"Encrypt": "{encrypted}"',
        f'[{{"Encrypt": "{encrypted}"}}]',
        "[" * 100_000,
        '{"a":' * 100_000,
    ]
    query = secure_query(encrypted)
    for body in broken:
        request = wechat(body.encode(), query, endpoint="wecom" if door == "wecom" else "oa")
        answer = opened.post(request)

        assert answer["statusCode"] == 400, body[:40]
    assert nothing_is_kept(opened)


@pytest.mark.parametrize("name", ["msg_signature", "timestamp", "nonce"])
def test_each_signed_parameter_must_be_there_exactly_once(opened: Stage, name: str) -> None:
    encrypted = encrypt(TEXT, receive_id=APP)
    request = wechat(envelope(encrypted, "xml"), secure_query(encrypted))
    for values in ((), ("",), (*request.query[name], *request.query[name])):
        query = {**request.query, name: values}
        changed = type(request)(
            method="POST", resource=request.resource, path=request.path, headers={}, query=query, body=request.body
        )

        assert opened.post(changed)["statusCode"] in {400, 403}
    assert nothing_is_kept(opened)


def test_a_signature_in_another_spelling_is_no_signature(opened: Stage) -> None:
    encrypted = encrypt(TEXT, receive_id=APP)
    query = secure_query(encrypted)
    for changed in (query["msg_signature"].upper(), query["msg_signature"][:-1], query["signature"], "é", "\ud800"):
        answer = opened.post(wechat(envelope(encrypted, "xml"), {**query, "msg_signature": changed}))

        assert answer["statusCode"] == 403
    assert nothing_is_kept(opened)


def test_a_url_check_says_nothing_it_was_not_asked_by_the_platform(opened: Stage) -> None:
    encrypted = encrypt(b"1616140317555161061", receive_id="another")
    asked = {
        "oa": [plain_query(), plain_query(token="guessed", echostr="1"), {"echostr": "1"}],
        "wecom": [
            signed_query(encrypted),
            {**signed_query(encrypted), "echostr": encrypted},
            {**signed_query(encrypted, token="guessed"), "echostr": encrypted},
            plain_query(echostr="1"),
        ],
    }
    for endpoint, queries in asked.items():
        for query in queries:
            request = wechat(b"", query, endpoint=endpoint, method="GET")
            if endpoint == "wecom":
                request = type(request)(
                    method="GET",
                    resource="/wecom/{endpoint}",
                    path=request.path,
                    headers={},
                    query=request.query,
                    body=b"",
                )
            answer = opened.post(request)

            assert answer["statusCode"] in {400, 403}
            assert "1616140317555161061" not in answer["body"]
