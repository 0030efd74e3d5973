"""What the firm puts into the secret: refused with a reason, never quoted."""

import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pydantic import ValidationError

from functions.pull.secret import ChatSecret, PrivateKeys
from tests.corp import SECRET, pem, private_key


def secret(**changed: object) -> ChatSecret:
    return ChatSecret.from_json(json.dumps({"secret": SECRET, "private_keys": {"1": pem(1)}} | changed))


@pytest.mark.parametrize("changed", [{"secret": ""}, {"private_keys": {"one": "x"}}, {"keys": {}}, {"secret": 7}])
def test_a_secret_of_another_shape_is_refused_without_a_word_of_it(changed: dict[str, object]) -> None:
    with pytest.raises(ValidationError) as refused:
        secret(**changed)

    assert SECRET not in str(refused.value)
    assert "BEGIN" not in str(refused.value)


def test_keys_may_be_pkcs1_or_pkcs8() -> None:
    other = private_key(1).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    told = secret(private_keys={"1": pem(1), "2": other})

    assert isinstance(told.keys(), PrivateKeys)


def test_a_key_that_is_no_rsa_key_is_named_by_its_version() -> None:
    other = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()

    with pytest.raises(ValueError, match="private key 7 is not RSA"):
        secret(private_keys={"7": other}).keys()
    with pytest.raises(ValueError, match="private key 8 is not PEM"):
        secret(private_keys={"8": "-----BEGIN"}).keys()


def test_nothing_of_it_is_printed() -> None:
    assert SECRET not in repr(secret())
    assert "BEGIN" not in repr(secret())
