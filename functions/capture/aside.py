"""One capture alone, set aside: as a delivery of its own. Layout: docs/formats.md, "Set aside".

In quarantine the wrapped key does not lie in the capture's own object but beside it, under a name that the object's
header gives, so that removing it destroys the capture. No two attempts to write one can mix up their keys.
"""

import hashlib
from dataclasses import replace
from typing import Any

from functions.capture.capture import Delivery, Item, Part
from functions.capture.delivery import DataKey, Unwrap, open_under, seal, wrapped_key

BATCHES = frozenset({"gateway", "pull", "office", "report"})
"""Doors whose captures are CloudEvents that lie one after another in one body."""
KEY_NAME_BYTES = 16
HELD = "held/"


def single(delivery: Delivery, item: Item, *, evidence: dict[str, Any]) -> Delivery:
    """The delivery as if it had brought this capture alone; `evidence` is added to its own.

    Where in the request the capture stood is written into the evidence, so that its record says the same.
    """
    if delivery.door not in BATCHES:
        return replace(delivery, items=(item,), evidence={**delivery.evidence, **evidence})
    place = {"offset": item.offset, "length": item.length}
    alone = Part(name=delivery.parts[-1].name, media_type="application/json", body=delivery.capture(item))
    return replace(
        delivery,
        items=(replace(item, offset=0),),
        parts=(alone,),
        evidence={**place, **delivery.evidence, **evidence},
    )


def held_key(record_id: str) -> str:
    """Object key, in the intake bucket, of a capture that waits for an answer about consent."""
    return HELD + record_id


def suspect_key(record_id: str) -> str:
    """Object key, in the quarantine bucket, of a capture that may be a state secret."""
    return f"suspects/{record_id}"


def suspect_keys(record_id: str) -> str:
    """Prefix of the objects that hold wrapped keys of that capture. Once all versions are gone, nothing opens it."""
    return f"suspect-keys/{record_id}/"


def quarantine_context(archive_id: str, record_id: str) -> dict[str, str]:
    """What KMS binds the key of a capture in quarantine to."""
    return {"fengcun:archive": archive_id, "fengcun:purpose": "quarantine", "fengcun:record": record_id}


def seal_suspect(alone: Delivery, *, archive_id: str, key: DataKey, nonce: bytes) -> tuple[bytes, str]:
    """The sealed capture, and the object key under which its wrapped data key has to lie first."""
    name = hashlib.sha256(key.wrapped).digest()[:KEY_NAME_BYTES]
    body = seal(alone, archive_id=archive_id, key=replace(key, wrapped=name), nonce=nonce)
    return body, suspect_keys(alone.items[0].record_id) + name.hex()


def wrapped_key_object(sealed: bytes, record_id: str) -> str:
    """Object key of the wrapped data key that opens this one. Raises Tampered."""
    return suspect_keys(record_id) + wrapped_key(sealed).hex()


def open_suspect(sealed: bytes, wrapped: bytes, unwrap: Unwrap, *, archive_id: str, record_id: str) -> Delivery:
    """`wrapped` is what lies at `wrapped_key_object`. Raises Tampered."""
    context = quarantine_context(archive_id, record_id)
    return open_under(context, sealed, lambda _, bound: unwrap(wrapped, bound))
