"""A museum of reports that are not genuine, named by their defect."""

import base64
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP384R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings, strategies as st

from functions.completeness import proof
from functions.errors import Tampered
from tests.fakes import MemorySigner

SIGNER, OTHER = MemorySigner(), MemorySigner()
REPORT: dict[str, Any] = {"day": "2026-11-22", "complete": True, "findings": {}}
SIGNATURE = proof.sign(REPORT, SIGNER)
KEY = SIGNER.public_key()


def der(key: Any) -> bytes:
    return bytes(key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))


def text(body: bytes) -> str:
    return base64.b64encode(body).decode()


def test_what_the_archives_key_signed_is_genuine() -> None:
    proof.check(REPORT, SIGNATURE, public_key=KEY)


@pytest.mark.parametrize(
    ("forge", "reason"),
    [
        (lambda s: s | {"public_key": text(OTHER.public_key())}, "another key"),
        (lambda s: s | {"algorithm": "ECDSA_SHA_512"}, "another key"),
        (lambda _: proof.sign(REPORT, OTHER), "another key"),
        (lambda s: s | {"value": proof.sign(REPORT, OTHER)["value"]}, "does not fit"),
        (lambda s: s | {"value": text(b"no DER")}, "does not fit"),
        (lambda s: s | {"value": "not base64!"}, "cannot be read"),
        (lambda s: s | {"value": None}, "cannot be read"),
        (lambda s: {name: value for name, value in s.items() if name != "value"}, "cannot be read"),
    ],
)
def test_a_signature_that_is_not_the_archives_is_refused(
    forge: Callable[[dict[str, str]], dict[str, str]], reason: str
) -> None:
    with pytest.raises(Tampered, match=f"2026-11-22: .*{reason}"):
        proof.check(REPORT, forge(SIGNATURE), public_key=KEY)


@pytest.mark.parametrize(
    "key", [b"no key", der(Ed25519PrivateKey.generate()), der(generate_private_key(SECP384R1()))], ids=len
)
def test_a_key_that_is_none_on_p256_verifies_nothing(key: bytes) -> None:
    with pytest.raises(Tampered, match="public key"):
        proof.check(REPORT, SIGNATURE | {"public_key": text(key)}, public_key=key)


@settings(max_examples=40)
@given(changed=st.dictionaries(st.sampled_from(["day", "complete", "findings", "more"]), st.integers(), min_size=1))
def test_no_word_of_a_report_can_be_changed(changed: dict[str, int]) -> None:
    with pytest.raises(Tampered):
        proof.check(REPORT | changed, SIGNATURE, public_key=KEY)
