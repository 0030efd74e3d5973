"""Callbacks that Tencent and others have published, and what becomes of them here."""

import json
from pathlib import Path
from typing import Any

import pytest

from functions.errors import Rejected
from functions.wechat.crypto import Credentials, Opened, decode_key, open_callback, sign
from functions.wechat.envelope import read_envelope

DOCUMENT = json.loads((Path(__file__).parents[2] / "data" / "wecom_vectors.json").read_text(encoding="utf-8"))
VECTORS: dict[str, dict[str, Any]] = {one["id"]: one for one in DOCUMENT["vectors"]}
NEGATIVE: dict[str, dict[str, Any]] = {one["id"]: one for one in DOCUMENT["negative"]}
ALL_ZERO = "A" * 43


def of_kind(*kinds: str) -> list[str]:
    return [name for name, one in VECTORS.items() if one["kind"] in kinds]


def credentials(vector: dict[str, Any]) -> Credentials:
    text = vector["encoding_aes_key"]
    key = bytes(32) if text == ALL_ZERO else decode_key(text)
    return Credentials(tokens=(vector["token"],), keys=(key,), receive_ids=frozenset({vector["receive_id"]}))


def opened(vector: dict[str, Any]) -> Opened:
    query = vector["query"]
    encrypted = query["echostr"] if "echostr" in query else read_envelope(vector["body"].encode()).encrypted
    return open_callback(
        encrypted,
        signature=query["msg_signature"],
        timestamp=query["timestamp"],
        nonce=query["nonce"],
        credentials=credentials(vector),
    )


@pytest.mark.parametrize("name", of_kind("url_verify", "decrypt"))
def test_a_published_callback_opens_to_its_published_plaintext(name: str) -> None:
    vector = VECTORS[name]

    found = opened(vector)

    assert found.message == vector["expected"]["plaintext"].encode()
    assert (found.receive_id, found.token, found.key) == (vector["receive_id"], 0, 0)


@pytest.mark.parametrize("name", of_kind("encrypt"))
def test_a_published_ciphertext_opens_to_its_published_plaintext(name: str) -> None:
    vector = VECTORS[name]
    encrypted = vector["expected"]["encrypt"]
    timestamp, nonce = vector.get("timestamp", "1"), vector.get("nonce", "2")

    found = open_callback(
        encrypted,
        signature=sign(vector["token"], timestamp, nonce, encrypted),
        timestamp=timestamp,
        nonce=nonce,
        credentials=credentials(vector),
    )

    assert found.message == vector["plaintext"].encode()


@pytest.mark.parametrize("name", [name for name in of_kind("encrypt") if "msg_signature" in VECTORS[name]["expected"]])
def test_a_published_signature_is_made_again(name: str) -> None:
    vector = VECTORS[name]
    made = sign(vector["token"], vector["timestamp"], vector["nonce"], vector["expected"]["encrypt"])

    assert made == vector["expected"]["msg_signature"]


@pytest.mark.parametrize("name", NEGATIVE)
def test_a_bad_callback_is_refused_with_tencents_own_number(name: str) -> None:
    with pytest.raises(Rejected) as refused:
        opened(NEGATIVE[name])

    assert str(refused.value).startswith(f"{NEGATIVE[name]['expected_error']}: ")


@pytest.mark.parametrize("name", ["mp-plain-event"])
def test_plaintext_mode_whose_signature_covers_no_body_is_refused(name: str) -> None:
    with pytest.raises(Rejected, match=r"^-40002: "):
        read_envelope(VECTORS[name]["body"].encode())


def test_timestamp_and_nonce_can_be_exchanged_and_prove_nothing() -> None:
    # the signature sorts its parts and joins them without separator: known, and why no time of the query is trusted
    vector = VECTORS["wecom-xml-text"]
    query = {**vector["query"], "timestamp": vector["query"]["nonce"], "nonce": vector["query"]["timestamp"]}

    assert opened({**vector, "query": query}) == opened(vector)


def test_a_key_whose_last_character_has_bits_to_spare_is_read() -> None:
    text = VECTORS["oa-secure-mode-text"]["encoding_aes_key"]

    assert text.endswith("G")
    assert len(decode_key(text)) == 32


def test_the_zero_key_of_tencents_debug_page_is_refused_as_a_configuration() -> None:
    with pytest.raises(Rejected, match="protects nothing"):
        decode_key(ALL_ZERO)
