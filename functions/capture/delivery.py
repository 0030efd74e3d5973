"""Seal a delivery before its first durable write, and open it again. Layout: docs/formats.md, "Delivery, version 1"."""

import base64
import json
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from backports import zstd
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from functions.canonical import canonical, moment_text, parse_moment
from functions.capture.capture import Delivery, Flag, Item
from functions.capture.package import pack, unpack
from functions.errors import Tampered

MAGIC = b"FENGDLV1"
FORMAT = "fengcun.delivery.1"
NONCE_BYTES = 12
LARGEST_PACKAGE_BYTES = 64 * 2**20

Unwrap = Callable[[bytes, dict[str, str]], bytes]
"""KMS Decrypt: wrapped key and encryption context in, key out. Raises Tampered when they do not belong together."""


@dataclass(frozen=True, slots=True)
class DataKey:
    """A KMS data key: to use, and to keep."""

    plaintext: bytes = field(repr=False)
    wrapped: bytes
    context: dict[str, str]


def encryption_context(archive_id: str) -> dict[str, str]:
    """What KMS binds delivery keys to."""
    return {"fengcun:archive": archive_id, "fengcun:purpose": "delivery"}


def seal(delivery: Delivery, *, archive_id: str, key: DataKey, nonce: bytes) -> bytes:
    """Encrypt. `nonce` is 12 random bytes, never used before with this key."""
    header = canonical(
        {
            "format": FORMAT,
            "archive": archive_id,
            "delivery_id": delivery.delivery_id,
            "encryption_context": key.context,
            "wrapped_key": base64.b64encode(key.wrapped).decode(),
        }
    )
    front = MAGIC + struct.pack(">I", len(header)) + header
    package = zstd.compress(pack(_describe(delivery), delivery.parts))
    return front + nonce + AESGCM(key.plaintext).encrypt(nonce, package, front)


def open_delivery(sealed: bytes, unwrap: Unwrap, *, archive_id: str) -> Delivery:
    """Decrypt. Raises Tampered when a byte has changed, or the bytes were never a delivery to this archive."""
    return open_under(encryption_context(archive_id), sealed, unwrap)


def open_under(expected: dict[str, str], sealed: bytes, unwrap: Unwrap) -> Delivery:
    """As `open_delivery`, of what was sealed under another context."""
    front, wrapped, context = _header(sealed)
    if context != expected:
        raise Tampered(f"delivery of {len(sealed)} bytes: it was not sealed for this archive")
    key = unwrap(wrapped, context)
    nonce = sealed[len(front) : len(front) + NONCE_BYTES]
    try:
        package = AESGCM(key).decrypt(nonce, sealed[len(front) + NONCE_BYTES :], front)
    except (InvalidTag, ValueError) as error:
        raise Tampered(f"delivery of {len(sealed)} bytes: it does not open under its own key") from error
    description, parts = unpack(decompress(package, LARGEST_PACKAGE_BYTES))
    try:
        return _restore(description, parts)
    except (KeyError, TypeError, ValueError) as error:
        raise Tampered(f"delivery of {len(sealed)} bytes: its description is not of this version") from error


def decompress(package: bytes, most: int, dictionary: zstd.ZstdDict | None = None) -> bytes:
    """Bounded: raises Tampered instead of filling the memory."""
    decompressor = zstd.ZstdDecompressor(zstd_dict=dictionary)
    try:
        plain = decompressor.decompress(package, max_length=most)
    except zstd.ZstdError as error:
        raise Tampered("the compressed bytes are not zstd") from error
    if not decompressor.eof or decompressor.unused_data:
        raise Tampered(f"the compressed bytes hold more than {most} bytes or end early")
    return plain


def wrapped_key(sealed: bytes) -> bytes:
    """What the header holds in the key's place. Raises Tampered."""
    return _header(sealed)[1]


def _header(sealed: bytes) -> tuple[bytes, bytes, dict[str, str]]:
    """Everything before the nonce, the wrapped key and its context."""
    try:
        (length,) = struct.unpack_from(">I", sealed, len(MAGIC))
        front = sealed[: len(MAGIC) + 4 + length]
        header = json.loads(front[len(MAGIC) + 4 :])
        wrong = sealed[: len(MAGIC)] != MAGIC or header["format"] != FORMAT
        wrapped = base64.b64decode(header["wrapped_key"], validate=True)
        context = {name: str(value) for name, value in header["encryption_context"].items()}
    except (struct.error, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Tampered(f"delivery of {len(sealed)} bytes: its header cannot be read") from error
    if wrong:
        raise Tampered(f"delivery of {len(sealed)} bytes: not of a format this release reads")
    return front, wrapped, context


def _describe(delivery: Delivery) -> dict[str, Any]:
    return {
        "delivery_id": delivery.delivery_id,
        "door": delivery.door,
        "endpoint": delivery.endpoint,
        "evidence": delivery.evidence,
        "flags": delivery.flags.names(),
        "received_at": moment_text(delivery.received_at),
        "items": [
            {
                "offset": item.offset,
                "length": item.length,
                "source": item.source,
                "event_id": item.event_id,
                "event_type": item.event_type,
                "sent_at": moment_text(item.sent_at),
                "sent_at_source": item.sent_at_source,
                "record_id": item.record_id,
            }
            for item in delivery.items
        ],
    }


def _restore(description: dict[str, Any], parts: tuple[Any, ...]) -> Delivery:
    items = tuple(Item(**{**item, "sent_at": parse_moment(item["sent_at"])}) for item in description.pop("items"))
    description.pop("parts")
    return Delivery(
        **{
            **description,
            "received_at": parse_moment(description["received_at"]),
            "flags": Flag.of(description["flags"]),
            "items": items,
            "parts": parts,
        }
    )
