"""Pack records by class and write each segment once: keyring first, so that a segment that exists can be opened."""

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

import functions
from functions.archive.locks import Locking
from functions.archive.outcome import Record
from functions.archive.sequences import Sequences, ranges
from functions.capture.delivery import DataKey
from functions.capture.identity import uuid7
from functions.errors import AlreadyStored, TryLater
from functions.law.locks import Lock
from functions.segment import keyring as keyrings, segment as segments
from functions.segment.dictionary import Dictionary
from functions.segment.keyring import SALT_BYTES
from functions.segment.segment import Class, Header
from functions.segment.suites import Suite

MOST_RECORDS = 1000  # more saves under 1 % of requests (docs/adr/0004)
MOST_BYTES = 32 * 2**20  # of packages in one segment, unless a single one is larger
MOST_TOKENS = 20_000  # of one segment's records together: each may become a posting, and the index has minutes


class Lockbox(Protocol):
    """A bucket where everything is written once and locked."""

    def put_once(self, key: str, body: bytes, *, lock: Lock, legal_hold: bool = False) -> str:
        """Store and return the version id, atomically with its lock and, where asked for, a legal hold.

        Raises AlreadyStored if `key` exists, TryLater if S3 cannot answer now, Tampered if S3's own answer
        (checksum, retention) is not what was asked for.
        """
        ...


class SegmentKeys(Protocol):
    def generate(self, context: dict[str, str]) -> DataKey:
        """A new 32-byte key bound to the context. Raises TryLater."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """What writing a segment needs of the world."""

    archive_id: str
    vault: Lockbox
    keyrings: Lockbox
    keys: SegmentKeys
    sequences: Sequences
    kms_key: str
    suite: Suite
    dictionary: Dictionary
    locking: Locking
    kept: set[str] = field(default_factory=set)
    """Dictionaries this process has seen in the vault."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """What goes into one segment."""

    klass: Class
    held: bool
    """Whether the segment is put under a legal hold: records that none covers are not held with them."""
    positions: list[int]


def chunks(records: Sequence[Record]) -> Iterator[Chunk]:
    """Positions of the records that go into one segment: one class, held or not, bounded in number and bytes."""
    by_class: dict[tuple[Class, bool], list[int]] = {}
    for position, record in enumerate(records):
        by_class.setdefault((record.klass, record.held), []).append(position)
    for (klass, held), positions in by_class.items():
        chunk: list[int] = []
        size = tokens = 0
        for position in positions:
            plain = records[position].plain
            size, tokens = size + len(plain.package), tokens + len(plain.tokens)
            if chunk and (len(chunk) == MOST_RECORDS or size > MOST_BYTES or tokens > MOST_TOKENS):
                yield Chunk(klass=klass, held=held, positions=chunk)
                chunk, size, tokens = [], len(plain.package), len(plain.tokens)
            chunk.append(position)
        yield Chunk(klass=klass, held=held, positions=chunk)


def put_dictionary(store: Store, now: datetime) -> None:
    """Keep a copy of the dictionary beside what needs it. Raises TryLater, Tampered."""
    if store.dictionary.key in store.kept:
        return
    with suppress(AlreadyStored):
        store.vault.put_once(store.dictionary.key, store.dictionary.body, lock=store.locking.dictionary(now))
    store.kept.add(store.dictionary.key)


def put_segment(
    store: Store, klass: Class, records: Sequence[Record], *, now: datetime, legal_hold: bool = False
) -> str:
    """Seal, lock, check. Returns the object key. Raises TryLater, Tampered; then nothing refers to what was written."""
    segment_id = uuid7(now, os.urandom(10))
    context = segments.encryption_context(archive=store.archive_id, segment_id=segment_id, klass=klass)
    key = store.keys.generate(context)
    header = Header(
        segment_id=segment_id,
        archive=store.archive_id,
        created_at=now,
        klass=klass,
        suite=store.suite,
        dictionary_sha256_hex=store.dictionary.sha256_hex,
        kms_key=store.kms_key,
        wrapped_key=key.wrapped,
        encryption_context=context,
        software=f"fengcun {functions.__version__}",
    )
    salts = [os.urandom(SALT_BYTES) for _ in records]
    plains = [record.plain for record in records]
    body = segments.write(header, plains, key=key, dictionary=store.dictionary, salts=salts)
    try:
        store.keyrings.put_once(
            keyrings.key(segment_id),
            keyrings.write(salts),
            lock=store.locking.keyring(klass, now),
            legal_hold=legal_hold,
        )
        store.vault.put_once(header.key, body, lock=store.locking.segment(klass, now), legal_hold=legal_hold)
    except AlreadyStored as error:  # S3 kept it, but its answer was lost: under another id it is certain
        raise TryLater(f"segment {segment_id} may be stored already") from error
    store.sequences.put(ranges(record.marks for record in records))
    return header.key
