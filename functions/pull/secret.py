"""What the firm puts into the secret: the chat archive's Secret, and every private key it ever used."""

import base64
from collections.abc import Mapping
from typing import Annotated, Self

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from functions.pull.page import Encrypted

Version = Annotated[str, Field(pattern=r"^[0-9]{1,10}$")]


class Unopened(Exception):
    """No key of ours opens this message's key. `reason` names the version, never content."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ChatSecret(BaseModel):
    """`{"secret": "…", "private_keys": {"1": "-----BEGIN …", "2": "…"}}`: all versions, old messages keep theirs."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    secret: Annotated[str, Field(min_length=1, repr=False)]
    private_keys: Annotated[Mapping[Version, str], Field(repr=False)]

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Raises pydantic's ValidationError, which names what is wrong and quotes nothing."""
        return TypeAdapter(cls).validate_json(text)

    def keys(self) -> "PrivateKeys":
        """Raises ValueError when one of them is no RSA key in PEM, naming its version."""
        return PrivateKeys({version: _load(version, pem) for version, pem in self.private_keys.items()})


class PrivateKeys:
    """RSA keys by their publickey_ver."""

    def __init__(self, keys: Mapping[str, RSAPrivateKey]) -> None:
        self._keys = keys

    def random_key(self, message: Encrypted) -> str:
        """What DecryptData needs: PKCS#1 v1.5 with the key of the message's version. Raises Unopened.

        A wrong key gives noise, not an error: that shows here as something that is not text, or later as 10008.
        """
        key = self._keys.get(message.key_version)
        if key is None:
            raise Unopened(f"no key {message.key_version[:10]}")
        try:
            sealed = base64.b64decode(message.text("encrypt_random_key"), validate=True)
            return key.decrypt(sealed, PKCS1v15()).decode("ascii")
        except ValueError as error:  # not base64, not of the key's length, badly padded, not text
            raise Unopened(f"key {message.key_version} does not fit") from error


def _load(version: str, pem: str) -> RSAPrivateKey:
    try:
        key = load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError) as error:
        raise ValueError(f"private key {version} is not PEM without a password") from error
    if not isinstance(key, RSAPrivateKey):
        raise ValueError(f"private key {version} is not RSA")  # noqa: TRY004 - it is a value of the firm's
    return key
