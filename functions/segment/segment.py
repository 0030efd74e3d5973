"""Write a segment, and read one again, whole or record by record. Layout: docs/formats.md, "Segment, version 1"."""

import base64
import hashlib
import json
import struct
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from functions.canonical import canonical, from_epoch_ms, moment_text, parse_moment
from functions.capture.delivery import DataKey
from functions.errors import Rejected, Tampered
from functions.segment import directory as directories, keyring as keyrings, tree
from functions.segment.dictionary import Dictionary
from functions.segment.directory import TAIL_BYTES, Directory, Entry
from functions.segment.suites import Suite, open_frame, seal_frame, suite

MAGIC = b"FENGCUN1"
FORMAT = "fengcun.segment.1"
MOST_RECORDS = 65_535
LARGEST_HEADER_BYTES = 16_384


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Class:
    """What decides where a record goes and how long it stays."""

    tier: str
    retain_until: date
    erasable: bool

    def __str__(self) -> str:
        return f"{self.tier}/{self.retain_until}/{'erasable' if self.erasable else 'fixed'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plain:
    """A record before it is sealed, and what its directory line will say."""

    package: bytes = field(repr=False)
    sent_at_ms: int
    received_at_ms: int
    kind: int
    flags: int
    digest: bytes
    event_digest: bytes
    tokens: tuple[bytes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The front of a segment."""

    segment_id: str
    archive: str
    created_at: datetime
    klass: Class
    suite: Suite
    dictionary_sha256_hex: str
    kms_key: str
    wrapped_key: bytes
    encryption_context: dict[str, str]
    software: str

    @property
    def key(self) -> str:
        """Object key in the vault."""
        return object_key(self.segment_id, self.klass.tier)


def object_key(segment_id: str, tier: str) -> str:
    """The day is that of the UUIDv7, which is the segment's own. Raises Tampered when it is none."""
    try:
        created_at = from_epoch_ms(uuid.UUID(segment_id).int >> 80)
    except ValueError as error:
        raise Tampered("a segment's id is a UUIDv7 of 36 characters") from error
    return f"segments/{tier}/{created_at:%Y/%m/%d}/{segment_id}"


def encryption_context(*, archive: str, segment_id: str, klass: Class) -> dict[str, str]:
    """What KMS binds a segment's key to."""
    return {"fengcun:archive": archive, "fengcun:segment": segment_id, "fengcun:class": str(klass)}


def write(
    header: Header, records: Sequence[Plain], *, key: DataKey, dictionary: Dictionary, salts: Sequence[bytes]
) -> bytes:
    """The segment's bytes. `salts` are 32 random bytes for each record: the keyring.

    Raises ValueError when there are no records, or more than 65,535.
    """
    if not 1 <= len(records) <= MOST_RECORDS:
        raise ValueError(f"a segment holds 1 to {MOST_RECORDS} records, not {len(records)}")
    front = _front(header)
    prototype = header.suite.prototype(key.plaintext)
    compressor = dictionary.compressor()
    frames: list[bytes] = []
    for ordinal, (record, salt) in enumerate(zip(records, salts, strict=True)):
        compressed = compressor.compress(record.package, compressor.FLUSH_FRAME)
        record_key = header.suite.record_key(prototype, salt)
        frames.append(seal_frame(header.suite, key=record_key, plaintext=compressed, aad=_aad(front, ordinal)))
    root = tree.root([tree.leaf(frame) for frame in frames])
    directory = directories.write(root, _entries(records, frames, len(front)))
    before = b"".join((front, *frames, directory, struct.pack(">I", len(directory))))
    return before + hashlib.sha256(before).digest()


def read_header(front: bytes) -> Header:
    """From a segment's first bytes (16 KiB always suffice). Raises Tampered."""
    try:
        (length,) = struct.unpack_from(">I", front, len(MAGIC))
        document = json.loads(front[len(MAGIC) + 4 : len(MAGIC) + 4 + length])
        header = _header(document)
        same = _front(header) == front[: len(MAGIC) + 4 + length]
    except (struct.error, ValueError, KeyError, TypeError, AttributeError, RecursionError, Rejected) as error:
        raise Tampered("the segment's header cannot be read") from error
    if not same:
        raise Tampered("not the header of a segment of version 1: written again, it differs")
    if header.encryption_context != encryption_context(
        archive=header.archive, segment_id=header.segment_id, klass=header.klass
    ):
        raise Tampered(f"segment {header.segment_id}: its key is bound to another archive, segment or class")
    return header


def read_record(
    header: Header, *, ordinal: int, frame: bytes, segment_key: bytes, salt: bytes, dictionary: Dictionary
) -> bytes:
    """One record's package. Raises Tampered; `salt` must not be the mark of an erased record."""
    key = header.suite.record_key(header.suite.prototype(segment_key), salt)
    compressed = open_frame(header.suite, key=key, frame=frame, aad=_aad(_front(header), ordinal))
    return dictionary.decompress(compressed)


def check(segment: bytes) -> tuple[Header, Directory]:
    """Everything that can be checked without a key. Raises Tampered."""
    # (1) the last 32 bytes are the SHA-256 of everything before them
    if hashlib.sha256(segment[:-32]).digest() != segment[-32:]:
        raise Tampered(f"segment of {len(segment)} bytes: its trailer does not match")
    # (2) the header is of this version
    header = read_header(segment[: len(MAGIC) + 4 + LARGEST_HEADER_BYTES])
    # (3) the directory's frames fill the space between header and directory
    start, length = directories.tail(segment[-TAIL_BYTES:], len(segment))
    directory = directories.read(segment[start : start + length])
    if directory.entries[0].offset != len(_front(header)) or _end(directory) != start:
        raise Tampered(f"segment {header.segment_id}: frames do not fill the space before the directory")
    # (4) the frames are the leaves under the directory's root
    leaves = [tree.leaf(segment[one.offset : one.offset + one.length]) for one in directory.entries]
    if tree.root(leaves) != directory.root:
        raise Tampered(f"segment {header.segment_id}: the frames are not those under its root")
    return header, directory


def open_all(
    segment: bytes, *, keyring: bytes, unwrap: Callable[[bytes, dict[str, str]], bytes], dictionary: Dictionary
) -> list[bytes]:
    """Every record's package, after every check. Raises Tampered, also when a record has been erased."""
    header, directory = check(segment)
    salts = keyrings.read(keyring)
    if len(salts) != len(directory.entries):
        raise Tampered(f"segment {header.segment_id}: {len(directory.entries)} records, {len(salts)} salts")
    segment_key = unwrap(header.wrapped_key, header.encryption_context)
    return [
        read_record(
            header,
            ordinal=ordinal,
            frame=segment[entry.offset : entry.offset + entry.length],
            segment_key=segment_key,
            salt=salt,
            dictionary=dictionary,
        )
        for ordinal, (entry, salt) in enumerate(zip(directory.entries, salts, strict=True))
    ]


def _aad(front: bytes, ordinal: int) -> bytes:
    """Binds a frame to its place and to every byte of its segment's header."""
    return hashlib.sha256(front).digest() + struct.pack(">I", ordinal)


def _end(directory: Directory) -> int:
    return directory.entries[-1].offset + directory.entries[-1].length


def _entries(records: Sequence[Plain], frames: Sequence[bytes], offset: int) -> list[Entry]:
    entries = []
    for record, frame in zip(records, frames, strict=True):
        entry = Entry(
            offset=offset,
            length=len(frame),
            sent_at_ms=record.sent_at_ms,
            received_at_ms=record.received_at_ms,
            kind=record.kind,
            flags=record.flags,
            digest=record.digest,
            event_digest=record.event_digest,
            tokens=record.tokens,
        )
        entries.append(entry)
        offset += len(frame)
    return entries


def _front(header: Header) -> bytes:
    document = canonical(
        {
            "format": FORMAT,
            "segment_id": header.segment_id,
            "archive": header.archive,
            "created_at": moment_text(header.created_at),
            "class": {
                "tier": header.klass.tier,
                "retain_until": header.klass.retain_until.isoformat(),
                "erasable": header.klass.erasable,
            },
            "suite": header.suite.name,
            "dictionary": header.dictionary_sha256_hex,
            "kms_key": header.kms_key,
            "wrapped_key": base64.b64encode(header.wrapped_key).decode(),
            "encryption_context": header.encryption_context,
            "software": header.software,
        }
    )
    return MAGIC + struct.pack(">I", len(document)) + document


def _header(document: dict[str, Any]) -> Header:
    klass = document["class"]
    return Header(
        segment_id=document["segment_id"],
        archive=document["archive"],
        created_at=parse_moment(document["created_at"]),
        klass=Class(
            tier=klass["tier"], retain_until=date.fromisoformat(klass["retain_until"]), erasable=klass["erasable"]
        ),
        suite=suite(document["suite"]),
        dictionary_sha256_hex=document["dictionary"],
        kms_key=document["kms_key"],
        wrapped_key=base64.b64decode(document["wrapped_key"]),
        encryption_context=document["encryption_context"],
        software=document["software"],
    )
