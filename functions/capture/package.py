"""A package: one JSON description and the bytes it speaks of.

Layout: u32 length | description | part | part | …
"""

import json
import struct
from collections.abc import Iterable
from typing import Any

from functions.canonical import canonical
from functions.capture.capture import Part
from functions.errors import Tampered


def pack(description: dict[str, Any], parts: Iterable[Part]) -> bytes:
    """The description gets `parts`; everything else in it is the caller's."""
    parts = tuple(parts)
    return join(canonical(description | listed(parts)), parts)


def listed(parts: Iterable[Part]) -> dict[str, Any]:
    """What the description says of the parts."""
    return {"parts": [{"name": part.name, "media_type": part.media_type, "length": len(part.body)} for part in parts]}


def join(head: bytes, parts: Iterable[Part]) -> bytes:
    """A description that is written already, and the parts that it lists."""
    return b"".join((struct.pack(">I", len(head)), head, *(part.body for part in parts)))


def unpack(package: bytes) -> tuple[dict[str, Any], tuple[Part, ...]]:
    """Raises Tampered when the lengths do not add up or the description is not the JSON `pack` writes."""
    try:
        (length,) = struct.unpack_from(">I", package)
        description: dict[str, Any] = json.loads(package[4 : 4 + length])
        parts = tuple(_parts(package, 4 + length, description["parts"]))
    except (struct.error, ValueError, KeyError, TypeError, RecursionError) as error:
        raise Tampered(f"package of {len(package)} bytes: its description cannot be read") from error
    if 4 + length + sum(len(part.body) for part in parts) != len(package):
        raise Tampered(f"package of {len(package)} bytes: its parts do not add up")
    return description, parts


def _parts(package: bytes, offset: int, listed: list[dict[str, Any]]) -> Iterable[Part]:
    for entry in listed:
        end = offset + entry["length"]
        body = package[offset:end]
        if len(body) != entry["length"]:
            raise ValueError("a part of less than nothing, or beyond the end")
        yield Part(name=entry["name"], media_type=entry["media_type"], body=body)
        offset = end
