"""Callback crypto: every check, every rotation, every error number."""

import base64
import os
import struct

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import assume, given, strategies as st

from functions.errors import Rejected
from functions.wechat.crypto import Credentials, Opened, decode_key, open_callback, sign
from tests.functions.strategies import texts
from tests.wecom import CANARY_AES_KEY, CANARY_TOKEN, encrypt, signed_query

KEY = decode_key(CANARY_AES_KEY)
OTHER_TEXT = "OtherAesKey000000000000000000000000000000ab"
OTHER = decode_key(OTHER_TEXT)


def make_credentials(**changed: object) -> Credentials:
    fields = {"tokens": (CANARY_TOKEN,), "keys": (KEY,), "receive_ids": frozenset({"ww1"})}
    return Credentials(**{**fields, **changed})  # type: ignore[arg-type]  # builders take anything


def opened(encrypted: str, credentials: Credentials | None = None, *, token: str = CANARY_TOKEN) -> Opened:
    """After a right signature."""
    return open_callback(
        encrypted,
        signature=sign(token, "1", "2", encrypted),
        timestamp="1",
        nonce="2",
        credentials=credentials or make_credentials(),
    )


def encrypted_as_is(padded: bytes) -> str:
    encryptor = Cipher(algorithms.AES(KEY), modes.CBC(KEY[:16])).encryptor()
    return base64.b64encode(encryptor.update(padded) + encryptor.finalize()).decode()


def padded_to(plain: bytes, padding: int) -> bytes:
    assert (len(plain) + padding) % 16 == 0
    return plain + bytes([padding]) * padding


def head(message: bytes, receive_id: bytes = b"ww1") -> bytes:
    return os.urandom(16) + struct.pack(">I", len(message)) + message + receive_id


def refusal(encrypted: str, credentials: Credentials | None = None) -> str:
    with pytest.raises(Rejected) as refused:
        opened(encrypted, credentials)
    return str(refused.value)[:6]


@given(st.binary(max_size=200), texts)
def test_what_the_platform_encrypts_is_opened_byte_for_byte(message: bytes, receive_id: str) -> None:
    credentials = make_credentials(receive_ids=frozenset({receive_id}))

    found = opened(encrypt(message, receive_id=receive_id), credentials)

    assert (found.message, found.receive_id) == (message, receive_id)


def test_a_signature_is_sha1_over_the_sorted_parts() -> None:
    query = signed_query("RypE")

    assert sign(CANARY_TOKEN, query["timestamp"], query["nonce"], "RypE") == query["msg_signature"]


@pytest.mark.parametrize("length", range(16))
@pytest.mark.parametrize("block", [16, 32])
def test_every_valid_padding_from_1_to_32_is_read(length: int, block: int) -> None:
    for more in (0, 16):
        message = b"x" * (length + more)
        assert opened(encrypt(message, receive_id="ww1", block=block)).message == message


@given(st.integers(0, 1), st.integers(0, 15), st.data())
def test_padding_that_is_not_pkcs7_is_refused(blocks: int, rest: int, data: st.DataObject) -> None:
    padding = 16 * blocks + (16 - rest)
    whole = bytearray(padded_to(head(b"x" * (rest + 9)), padding))  # the head is 20 bytes, the receiveid 3
    at = data.draw(st.integers(1, padding))
    whole[-at] = data.draw(st.integers(0, 255).filter(lambda value: value != padding))
    assume(whole[-1] != 1)  # one byte of 1 is a padding of its own

    assert refusal(encrypted_as_is(bytes(whole))) == "-40008"


@pytest.mark.parametrize("last", [0, 33, 48, 255])
def test_a_padding_of_none_or_of_more_than_32_is_refused(last: int) -> None:
    assert refusal(encrypted_as_is(bytes([last]) * 64)) == "-40008"


@pytest.mark.parametrize("padding", [33, 34, 48])
def test_a_padding_of_more_than_32_is_refused_though_it_is_consistent(padding: int) -> None:
    plain = head(b"x" * (-(23 + padding) % 16))

    assert refusal(encrypted_as_is(padded_to(plain, padding))) == "-40008"


@pytest.mark.parametrize("length", range(20))
def test_a_plaintext_shorter_than_its_own_head_is_refused(length: int) -> None:
    assert refusal(encrypted_as_is(padded_to(b"x" * length, 32 - length))) == "-40008"


@pytest.mark.parametrize("claimed", [13, 14, 2**16, 2**31, 2**32 - 1])
def test_a_message_that_claims_more_than_there_is_is_refused(claimed: int) -> None:
    plain = bytes(16) + struct.pack(">I", claimed) + b"x" * 12

    assert refusal(encrypted_as_is(padded_to(plain, 16))) == "-40008"


def test_nothing_secret_shows_when_it_is_printed() -> None:  # G4
    shown = repr(make_credentials()) + repr(opened(encrypt(b"planted", receive_id="ww1")))

    for secret in ("planted", CANARY_TOKEN, repr(KEY)[2:-1]):
        assert secret not in shown


def test_an_empty_message_is_a_message() -> None:
    assert opened(encrypt(b"", receive_id="ww1")).message == b""


@pytest.mark.parametrize("encrypted", ["", "AAAA", base64.b64encode(bytes(15)).decode()])
def test_what_is_not_whole_aes_blocks_is_refused(encrypted: str) -> None:
    assert refusal(encrypted) == "-40007"


@pytest.mark.parametrize("encrypted", ["!", "AAA", "AAAA AAAA", "AAAA\nAAAA", "_-__", "ＡＡＡＡ", "好", "=", "\ud800"])
def test_what_is_not_base64_is_refused(encrypted: str) -> None:
    assert refusal(encrypted) == "-40010"


@given(st.integers(0, 39), st.sampled_from("0123456789abcdefABCDEFx"))
def test_a_signature_with_any_other_digit_is_refused(at: int, digit: str) -> None:
    encrypted = encrypt(b"x", receive_id="ww1")
    right = sign(CANARY_TOKEN, "1", "2", encrypted)
    wrong = right[:at] + digit + right[at + 1 :]
    assume(wrong != right)

    with pytest.raises(Rejected, match=r"^-40001: "):
        open_callback(encrypted, signature=wrong, timestamp="1", nonce="2", credentials=make_credentials())


@pytest.mark.parametrize("signature", ["", "好", "\ud800", "0" * 39, "0" * 41])
def test_a_signature_that_is_none_is_refused(signature: str) -> None:
    with pytest.raises(Rejected, match=r"^-40001: "):
        open_callback("AAAA", signature=signature, timestamp="1", nonce="2", credentials=make_credentials())


def test_a_wrong_signature_is_refused_before_anything_is_decoded() -> None:
    with pytest.raises(Rejected, match=r"^-40001: "):
        open_callback("not base64!", signature="0" * 40, timestamp="1", nonce="2", credentials=make_credentials())


def test_the_previous_token_is_still_accepted_and_named() -> None:
    credentials = make_credentials(tokens=("new", CANARY_TOKEN))

    assert opened(encrypt(b"x", receive_id="ww1"), credentials).token == 1


def test_the_previous_key_is_still_accepted_and_named() -> None:
    credentials = make_credentials(keys=(OTHER, KEY))

    assert opened(encrypt(b"x", receive_id="ww1"), credentials).key == 1
    assert opened(encrypt(b"x", receive_id="ww1", aes_key=OTHER_TEXT), credentials).key == 0


def test_a_key_that_nobody_configured_opens_nothing() -> None:
    assert refusal(encrypt(b"x" * 50, receive_id="ww1", aes_key=OTHER_TEXT)) == "-40008"


def test_an_endpoint_without_a_key_opens_nothing() -> None:
    assert refusal(encrypt(b"x", receive_id="ww1"), make_credentials(keys=())) == "-40004"


def test_any_of_the_configured_receiveids_is_accepted() -> None:
    credentials = make_credentials(receive_ids=frozenset({"ww1", "wp-encrypted", "suite-1"}))

    assert opened(encrypt(b"x", receive_id="wp-encrypted"), credentials).receive_id == "wp-encrypted"


def test_an_empty_receiveid_is_accepted_where_it_is_configured() -> None:
    found = opened(encrypt(b"{}", receive_id=""), make_credentials(receive_ids=frozenset({""})))

    assert (found.message, found.receive_id) == (b"{}", "")


@pytest.mark.parametrize("receive_id", ["", "ww", "ww11", "WW1", "ww2", "ww1\x00"])
def test_a_receiveid_that_is_not_configured_is_refused(receive_id: str) -> None:
    assert refusal(encrypt(b"x", receive_id=receive_id)) == "-40005"


def test_a_receiveid_that_is_no_text_is_refused() -> None:
    assert refusal(encrypted_as_is(padded_to(head(b"x" * 7, b"\xff\xfe\xff\xff\xff"), 32))) == "-40005"


@given(st.text(), st.text(), st.text(), st.text())
def test_nothing_but_a_refusal_ever_escapes(encrypted: str, signature: str, timestamp: str, nonce: str) -> None:
    with pytest.raises(Rejected, match=r"^-4\d{4}: "):
        open_callback(encrypted, signature=signature, timestamp=timestamp, nonce=nonce, credentials=make_credentials())


@given(st.binary(max_size=200).map(lambda body: base64.b64encode(body).decode()) | st.text(st.characters()))
def test_nothing_but_a_refusal_ever_escapes_after_a_right_signature(encrypted: str) -> None:
    assert refusal(encrypted).startswith("-4")


@pytest.mark.parametrize(
    "text", ["", "A" * 42, "A" * 44, "A" * 42 + "=", "A" * 42 + "+", "A" * 42 + " ", "Ａ" * 43, "é" * 43]
)
def test_a_key_that_is_not_43_letters_and_digits_is_refused(text: str) -> None:
    with pytest.raises(Rejected, match="43 letters and digits"):
        decode_key(text)


@given(st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", min_size=43, max_size=43))
def test_every_key_of_43_letters_and_digits_gives_32_bytes(text: str) -> None:
    assume(text[:42] != "A" * 42)

    assert len(decode_key(text)) == 32
