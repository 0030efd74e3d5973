"""A step of an act, sealed for the table. Layout: b"FENGACT1" | u16 length | wrapped key | nonce[12] | AES-256-GCM.

The key is a KMS data key of the intake key, bound to the act; the associated data is everything before the nonce, so a
step cannot be put under another act's name.
"""

import json
import struct
from typing import Any, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from functions.capture.delivery import DataKey
from functions.errors import Tampered
from functions.office.act import Step

MAGIC = b"FENGACT1"
NONCE_BYTES = 12


class Keys(Protocol):
    def data_key(self, context: dict[str, str]) -> DataKey:
        """A new one. Raises TryLater."""
        ...

    def unwrap(self, wrapped: bytes, context: dict[str, str]) -> bytes:
        """Raises TryLater, and Tampered when it was not wrapped under this context."""
        ...


def context(archive_id: str, act_id: str) -> dict[str, str]:
    """What KMS binds the keys of an act to."""
    return {"fengcun:archive": archive_id, "fengcun:purpose": "act", "fengcun:act": act_id}


def seal_step(step: Step, *, key: DataKey, nonce: bytes) -> bytes:
    """`nonce` is 12 random bytes."""
    front = MAGIC + struct.pack(">H", len(key.wrapped)) + key.wrapped
    return front + nonce + AESGCM(key.plaintext).encrypt(nonce, step.to_bytes(), front)


def open_step(sealed: bytes, keys: Keys, *, archive_id: str, act_id: str) -> Step:
    """Raises TryLater, and Tampered when a byte has changed or it is another act's."""
    if sealed[: len(MAGIC)] != MAGIC or len(sealed) < len(MAGIC) + 2:
        raise Tampered(f"act {act_id}: not a sealed step")
    (length,) = struct.unpack_from(">H", sealed, len(MAGIC))
    front = sealed[: len(MAGIC) + 2 + length]
    key = keys.unwrap(front[len(MAGIC) + 2 :], context(archive_id, act_id))
    rest = sealed[len(front) :]
    try:
        plain = AESGCM(key).decrypt(rest[:NONCE_BYTES], rest[NONCE_BYTES:], front)
    except (InvalidTag, ValueError) as error:
        raise Tampered(f"act {act_id}: its step does not open under its own key") from error
    found: dict[str, Any] = json.loads(plain)
    return Step(caller=found["caller"], event=found["event"])
