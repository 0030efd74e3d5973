"""Open one record: its own frame, salt and key, and nothing else of its segment."""

import base64
import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from functions.canonical import moment_text
from functions.capture.capture import Part
from functions.capture.package import unpack
from functions.errors import Tampered
from functions.index.postings import Posting
from functions.law.states import State, Use
from functions.retrieval.answers import Lock, Unlinked
from functions.retrieval.find import Found
from functions.retrieval.states import States, check, state_of
from functions.segment import directory as directories, keyring as keyrings, segment as segments
from functions.segment.dictionary import Dictionary
from functions.segment.directory import TAIL_BYTES, Entry
from functions.segment.keyring import ERASED
from functions.segment.segment import LARGEST_HEADER_BYTES, Header


class Erased(Exception):
    """The record's salt is gone: nobody can open it again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """Bytes of one object version, and what S3 says of the object."""

    body: bytes = field(repr=False)
    size_bytes: int
    """Of the whole object."""
    lock_mode: str | None
    retain_until: datetime | None
    legal_hold: str


class Bucket(Protocol):
    @property
    def name(self) -> str: ...

    def read(self, key: str, version_id: str | None, *, start: int, length: int) -> Chunk:
        """Up to `length` bytes from `start`. Raises TryLater, Tampered when the object is not there."""
        ...

    def holds(self, key: str) -> bool:
        """Whether it is there, locked. Raises TryLater."""
        ...


class Unwrap(Protocol):
    def __call__(self, wrapped: bytes, context: dict[str, str]) -> bytes:
        """KMS Decrypt. Raises TryLater, Tampered."""
        ...


class Dictionaries(Protocol):
    def load(self, sha256_hex: str) -> Dictionary:
        """By name. Raises TryLater, Tampered."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What reading a record needs of the world."""

    archive_id: str
    vault: Bucket
    keyrings: Bucket
    unwrap: Unwrap
    dictionaries: Dictionaries
    states: States


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """One record, and where it lies."""

    description: dict[str, Any] = field(repr=False)
    parts: tuple[Part, ...] = field(repr=False)
    key: str
    front: Chunk
    entry: Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """What a segment says without a key."""

    key: str
    header: Header
    front: Chunk
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a record lies, as its segment says."""

    segment: Segment
    version_id: str
    ordinal: int
    entry: Entry


def read(found: Found, *, copies: int, world: World, use: Use = Use.READ) -> Unlinked:
    """The answer of `GET /records/{record_id}`, without its links. Raises TryLater, Tampered, Erased, Withheld."""
    opened = open_record(found, world=world, use=use)
    if opened.description["record_id"] != found.record_id:
        raise Tampered(f"record {found.record_id}: the frame holds another record")
    if not opened.parts or opened.parts[0].name != "capture":
        raise Tampered(f"record {found.record_id}: its first part is no capture")
    capture = opened.parts[0]
    return {
        "record_id": found.record_id,
        "capture": {
            "media_type": capture.media_type,
            "base64": base64.b64encode(capture.body).decode(),
            "sha256": hashlib.sha256(capture.body).hexdigest(),
        },
        "envelope": opened.description,
        "location": {
            "bucket": world.vault.name,
            "key": opened.key,
            "version_id": found.posting.version_id,
            "segment_id": found.posting.segment_id,
            "ordinal": found.row.ordinal,
            "offset": opened.entry.offset,
            "length": opened.entry.length,
        },
        "lock": lock_of(opened.front),
        "copies": copies,
    }


def open_record(found: Found, *, world: World, use: Use = Use.READ) -> Opened:
    """The record that a row means, by whichever token it was found. Raises TryLater, Tampered, Erased, Withheld."""
    return open_at(locate(found, vault=world.vault, archive_id=world.archive_id), world=world, use=use)


def open_at(place: Place, *, world: World, use: Use) -> Opened:
    """The record at a place that was looked at. Raises TryLater, Tampered, Erased, Withheld."""
    # (3) its state allows this use: nothing is decrypted before
    record_id = record_id_of(place.entry)
    state = state_of(record_id, place.entry.flags, world.states)
    if state is State.ERASED:
        raise Erased
    check(state, use)
    # (4) the frame, under the record's own key
    package = _open(world, place)
    description, parts = unpack(package)
    # (5) the record says itself who it is
    if description.get("record_id") != record_id:
        raise Tampered(f"record {record_id}: the frame holds another record")
    return Opened(
        description=description, parts=parts, key=place.segment.key, front=place.segment.front, entry=place.entry
    )


def locate(found: Found, *, vault: Bucket, archive_id: str) -> Place:
    """Where a row's record lies, checked without a key. Raises TryLater, Tampered."""
    segment, ordinal = look(found.posting, vault=vault, archive_id=archive_id), found.row.ordinal
    if ordinal >= len(segment.entries):
        raise Tampered(f"{segment.key}: no record {ordinal} of {len(segment.entries)}")
    if segment.entries[ordinal].digest != found.row.digest:
        raise Tampered(f"record {found.record_id}: the segment holds another record there")
    return Place(segment=segment, version_id=found.posting.version_id, ordinal=ordinal, entry=segment.entries[ordinal])


def look(posting: Posting, *, vault: Bucket, archive_id: str) -> Segment:
    """The segment that a posting means. Raises TryLater, Tampered."""
    key = segments.object_key(posting.segment_id, posting.tier)
    # (1) the header: which key, which suite, which dictionary; and S3's word about the lock
    front = vault.read(key, posting.version_id, start=0, length=LARGEST_HEADER_BYTES)
    header = segments.read_header(front.body)
    if (header.archive, header.key) != (archive_id, key):
        raise Tampered(f"{key}: it is another segment, or another archive's")
    # (2) the directory: where each frame lies
    return Segment(
        key=key, header=header, front=front, entries=_entries(vault, key, posting.version_id, front.size_bytes)
    )


def record_id_of(entry: Entry) -> str:
    """The first token of every record is that of its arrival, which with its digest is its id. Raises Tampered."""
    if not entry.tokens:
        raise Tampered("the directory names no token for this record")
    return (entry.tokens[0] + entry.digest).hex()


def _entries(vault: Bucket, key: str, version_id: str, size: int) -> tuple[Entry, ...]:
    end = vault.read(key, version_id, start=size - TAIL_BYTES, length=TAIL_BYTES).body
    start, length = directories.tail(end, size)
    return directories.read(vault.read(key, version_id, start=start, length=length).body).entries


def _open(world: World, place: Place) -> bytes:
    header, entry = place.segment.header, place.entry
    salt = _salt(world.keyrings, header.segment_id, place.ordinal)
    if salt == ERASED:
        raise Erased
    return segments.read_record(
        header,
        ordinal=place.ordinal,
        frame=world.vault.read(place.segment.key, place.version_id, start=entry.offset, length=entry.length).body,
        segment_key=world.unwrap(header.wrapped_key, header.encryption_context),
        salt=salt,
        dictionary=world.dictionaries.load(header.dictionary_sha256_hex),
    )


def _salt(bucket: Bucket, segment_id: str, ordinal: int) -> bytes:
    key = keyrings.key(segment_id)
    head = bucket.read(key, None, start=0, length=keyrings.HEAD_BYTES)
    keyrings.check_head(head.body, head.size_bytes)
    start, length = keyrings.salt_range(ordinal)
    return bucket.read(key, None, start=start, length=length).body


def lock_of(chunk: Chunk) -> Lock:
    """As S3 reports it, never from a table."""
    return {
        "mode": chunk.lock_mode,
        "retain_until": moment_text(chunk.retain_until) if chunk.retain_until else None,
        "legal_hold": chunk.legal_hold,
    }
