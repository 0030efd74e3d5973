"""Postings: (token, day) → which records of which segment. Layout of a row: docs/formats.md, "Index"."""

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from functions.canonical import from_epoch_ms
from functions.errors import Tampered
from functions.segment.directory import Directory

VERSION = b"\x01"
ROW = struct.Struct(">IqqBH8s8s")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One record of the segment."""

    ordinal: int
    sent_at_ms: int
    received_at_ms: int
    kind: int
    flags: int
    digest: bytes
    event_digest: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """One item of the table."""

    token: bytes
    day: str
    """UTC date of sent_at, `2026-11-22`."""
    segment_id: str
    tier: str
    version_id: str
    rows: tuple[Row, ...]

    @property
    def at(self) -> str:
        """The sort key."""
        return f"{self.day}/{self.segment_id}"


def postings(directory: Directory, *, segment_id: str, tier: str, version_id: str) -> Iterator[Posting]:
    """Everything a directory says, by token and day, in order."""
    grouped: dict[tuple[bytes, str], list[Row]] = {}
    for ordinal, entry in enumerate(directory.entries):
        row = Row(
            ordinal=ordinal,
            sent_at_ms=entry.sent_at_ms,
            received_at_ms=entry.received_at_ms,
            kind=entry.kind,
            flags=entry.flags,
            digest=entry.digest,
            event_digest=entry.event_digest,
        )
        day = from_epoch_ms(entry.sent_at_ms).date().isoformat()
        for token in entry.tokens:
            grouped.setdefault((token, day), []).append(row)
    for (token, day), rows in sorted(grouped.items()):
        yield Posting(token=token, day=day, segment_id=segment_id, tier=tier, version_id=version_id, rows=tuple(rows))


def write_rows(rows: Iterable[Row]) -> bytes:
    """The attribute `rows`."""
    packed = (
        ROW.pack(
            row.ordinal,
            row.sent_at_ms,
            row.received_at_ms,
            row.kind,
            row.flags,
            row.digest,
            row.event_digest,
        )
        for row in rows
    )
    return b"".join((VERSION, *packed))


def read_rows(body: bytes) -> tuple[Row, ...]:
    """Raises Tampered when it is not what `write_rows` writes."""
    if body[:1] != VERSION or (len(body) - 1) % ROW.size:
        raise Tampered(f"rows of {len(body)} bytes: not of version 1")
    names = ("ordinal", "sent_at_ms", "received_at_ms", "kind", "flags", "digest", "event_digest")
    return tuple(Row(**dict(zip(names, values, strict=True))) for values in ROW.iter_unpack(body[1:]))
