"""The directory at a segment's end: what the index may know without any right to decrypt."""

import itertools
import json
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from backports import zstd

from functions.canonical import canonical, from_epoch_ms
from functions.capture.delivery import decompress
from functions.capture.tokens import DIGEST_BYTES, TOKEN_BYTES
from functions.errors import Tampered

SHA256_BYTES = 32
TAIL_BYTES = 4 + SHA256_BYTES
LARGEST_BYTES = 64 * 2**20
COLUMNS = 9
NUMBERS = struct.Struct(">QIqqBH")
"""What the first six columns hold, so that everyone downstream can write them down again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One record's line."""

    offset: int
    length: int
    sent_at_ms: int
    received_at_ms: int
    kind: int
    flags: int
    digest: bytes
    event_digest: bytes
    tokens: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Directory:
    """`root` is the RFC 6962 tree head over the frames."""

    root: bytes
    entries: tuple[Entry, ...]


def write(root: bytes, entries: Sequence[Entry]) -> bytes:
    """Compressed JSON. Each token is written once, in order of its first use."""
    tokens = {token: None for entry in entries for token in entry.tokens}
    position = {token: at for at, token in enumerate(tokens)}
    rows = [
        [
            entry.offset,
            entry.length,
            entry.sent_at_ms,
            entry.received_at_ms,
            entry.kind,
            entry.flags,
            entry.digest.hex(),
            entry.event_digest.hex(),
            [position[token] for token in entry.tokens],
        ]
        for entry in entries
    ]
    document = {"root": root.hex(), "tokens": [token.hex() for token in tokens], "records": rows}
    return zstd.compress(canonical(document))


def read(compressed: bytes) -> Directory:
    """Raises Tampered when it is not what `write` writes, or frames overlap or leave gaps."""
    try:
        document = json.loads(decompress(compressed, LARGEST_BYTES))
        tokens = [_hex(token, TOKEN_BYTES) for token in document["tokens"]]
        entries = tuple(_entry(row, tokens) for row in document["records"])
        root = _hex(document["root"], SHA256_BYTES)
    except (struct.error, ValueError, KeyError, TypeError, IndexError, RecursionError) as error:
        raise Tampered(f"directory of {len(compressed)} bytes: it cannot be read") from error
    if not entries:
        raise Tampered("directory: a segment holds at least one record")
    for before, after in itertools.pairwise(entries):
        if before.offset + before.length != after.offset:
            raise Tampered(f"directory: the frame at {before.offset} does not end where the next begins")
    return Directory(root, entries)


def tail(segment_end: bytes, size: int) -> tuple[int, int]:
    """Where the directory of a segment of `size` bytes lies: first byte and length, from its last 36 bytes.

    Raises Tampered when they name no place in the segment.
    """
    if len(segment_end) < TAIL_BYTES:
        raise Tampered(f"segment of {size} bytes: only {len(segment_end)} of its last {TAIL_BYTES} are there")
    (length,) = struct.unpack_from(">I", segment_end, len(segment_end) - TAIL_BYTES)
    start = size - TAIL_BYTES - length
    if start < 0:
        raise Tampered(f"segment of {size} bytes: its directory claims {length}")
    return start, length


def _entry(row: list[Any], tokens: list[bytes]) -> Entry:
    if len(row) != COLUMNS:
        raise ValueError(f"a line has {COLUMNS} columns")
    offset, length, sent_at_ms, received_at_ms, kind, flags, digest, event_digest, used = row
    NUMBERS.pack(offset, length, sent_at_ms, received_at_ms, kind, flags)
    for moment in (sent_at_ms, received_at_ms):
        from_epoch_ms(moment)
    if length == 0 or min(used, default=0) < 0:
        raise ValueError("a frame is never empty, and positions are counted from the front")
    return Entry(
        offset=offset,
        length=length,
        sent_at_ms=sent_at_ms,
        received_at_ms=received_at_ms,
        kind=kind,
        flags=flags,
        digest=_hex(digest, DIGEST_BYTES),
        event_digest=_hex(event_digest, DIGEST_BYTES),
        tokens=tuple(tokens[at] for at in used),
    )


def _hex(digits: str, size: int) -> bytes:
    value = bytes.fromhex(digits)
    if len(value) != size:
        raise ValueError(f"{len(value)} bytes where {size} are expected")
    return value
