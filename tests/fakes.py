"""The world in memory: every port's fake, each held to the contract suite of the real one.

A `Fuse` stands in front of every effect and may let the process die before or after it.
"""

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, TypeVar

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from functions.archive.sequences import Mark, item_of
from functions.capture.delivery import DataKey
from functions.errors import AlreadyStored, Tampered, TryLater
from functions.index.postings import Posting
from functions.intake.accept import Claim
from functions.law.locks import Lock
from functions.law.states import State
from functions.pull.cursor import Cursor
from functions.retrieval.read import Chunk
from functions.segment.dictionary import Dictionary, load

Result = TypeVar("Result")


class Crash(BaseException):
    """The process died. Nothing may catch this."""


class Fuse:
    """Dies at the `at`-th effect, before it happens or after. Never, when there is no `at`."""

    def __init__(self, at: int | None = None, when: str = "before") -> None:
        self.at, self.when, self.count = at, when, 0

    def run(self, effect: Callable[[], Result]) -> Result:
        self.count += 1
        if self.count == self.at and self.when == "before":
            raise Crash
        result = effect()
        if self.count == self.at:
            raise Crash
        return result


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """One object version."""

    key: str
    version_id: str
    body: bytes
    lock: Lock | None
    legal_hold: str = "OFF"


@dataclass
class MemoryBucket:
    """A bucket: archive's Lockbox, index's Segments, retrieval's Bucket, intake's and archive's parcels."""

    name: str = "bucket"
    fuse: Fuse = field(default_factory=Fuse)
    stored: dict[str, Stored] = field(default_factory=dict)

    def put_once(self, key: str, body: bytes, *, lock: Lock, legal_hold: bool = False) -> str:
        return self.fuse.run(lambda: self._put_once(key, body, lock, "ON" if legal_hold else "OFF"))

    def _put_once(self, key: str, body: bytes, lock: Lock, hold: str) -> str:
        if key in self.stored:
            raise AlreadyStored(f"{key} exists")
        self.stored[key] = Stored(key=key, version_id=f"v{len(self.stored)}", body=body, lock=lock, legal_hold=hold)
        return self.stored[key].version_id

    def put_stream(self, key: str, body: Any, *, sha256: bytes, lock: Lock) -> str:
        content = body.read()
        if hashlib.sha256(content).digest() != sha256:
            raise Tampered(f"{key}: not the announced bytes")
        return self.put_once(key, content, lock=lock)

    def is_locked(self, key: str) -> bool:
        return key in self.stored

    def put_hold(self, key: str, *, on: bool) -> None:
        self.stored[key] = replace(self.stored[key], legal_hold="ON" if on else "OFF")

    @property
    def held(self) -> set[str]:
        return {key for key, one in self.stored.items() if one.legal_hold == "ON"}

    def put(self, key: str, body: bytes) -> None:
        stored = Stored(key=key, version_id=f"v{len(self.stored)}", body=body, lock=None)
        self.fuse.run(lambda: self.stored.__setitem__(key, stored))

    def get(self, key: str) -> bytes:
        if key not in self.stored:
            raise TryLater(f"{key} is not there")
        return self.stored[key].body


@dataclass
class MemorySegments:
    """Index's view of a bucket."""

    bucket: MemoryBucket

    def read(self, key: str, version_id: str) -> bytes:
        stored = self.bucket.stored[key]
        if stored.version_id != version_id:
            raise KeyError(version_id)
        return stored.body


@dataclass
class MemoryReader:
    """Retrieval's view of a bucket."""

    bucket: MemoryBucket

    @property
    def name(self) -> str:
        return self.bucket.name

    def read(self, key: str, version_id: str | None, *, start: int, length: int) -> Chunk:
        stored = self.bucket.stored.get(key)
        if stored is None or version_id not in (None, stored.version_id) or start >= len(stored.body):
            raise Tampered(f"{key}: not there, though the index says so")
        return Chunk(
            body=stored.body[start : start + length],
            size_bytes=len(stored.body),
            lock_mode=stored.lock.mode if stored.lock else None,
            retain_until=stored.lock.until if stored.lock else None,
            legal_hold=stored.legal_hold,
        )

    def holds(self, key: str) -> bool:
        return key in self.bucket.stored


@dataclass
class MemoryDictionaries:
    """Retrieval's view of the vault's dictionaries."""

    bucket: MemoryBucket

    def load(self, sha256_hex: str) -> Dictionary:
        return load(self.bucket.stored[f"dictionaries/{sha256_hex}"].body)


@dataclass
class MemoryKeys:
    """KMS: what was wrapped under a context opens under that context only."""

    fuse: Fuse = field(default_factory=Fuse)
    known: dict[bytes, tuple[bytes, dict[str, str]]] = field(default_factory=dict)

    def generate(self, context: dict[str, str]) -> DataKey:
        wrapped, plaintext = os.urandom(48), os.urandom(32)
        self.fuse.run(lambda: self.known.__setitem__(wrapped, (plaintext, dict(context))))
        return DataKey(plaintext, wrapped, context)

    def unwrap(self, wrapped: bytes, context: dict[str, str]) -> bytes:
        plaintext, bound = self.known.get(wrapped, (b"", {}))
        if not plaintext or bound != context:
            raise Tampered("the key is not wrapped for this")
        return plaintext


@dataclass
class MemoryClaims:
    """Intake's Claims."""

    fuse: Fuse = field(default_factory=Fuse)
    claims: dict[bytes, Claim] = field(default_factory=dict)

    def claim(self, name: bytes, mine: Claim, *, expires_at: datetime) -> Claim:  # noqa: ARG002 - nothing expires here
        return self.fuse.run(lambda: self.claims.setdefault(name, mine))

    def mark_queued(self, name: bytes) -> None:
        standing = self.claims[name]
        queued = Claim(
            body=standing.body,
            delivery_id=standing.delivery_id,
            received_at=standing.received_at,
            queued=True,
        )
        self.fuse.run(lambda: self.claims.__setitem__(name, queued))


@dataclass
class MemoryQueue:
    """A queue: a message stays until it is settled."""

    fuse: Fuse = field(default_factory=Fuse)
    waiting: dict[str, str] = field(default_factory=dict)
    sent: int = 0

    def send(self, body: str) -> None:
        self.sent += 1
        self.fuse.run(lambda: self.waiting.__setitem__(f"m{self.sent}", body))


@dataclass
class MemoryQuarantine:
    """Archive's Quarantine."""

    kept: dict[str, tuple[bytes, str]] = field(default_factory=dict)

    def put(self, name: str, body: bytes, *, reason: str) -> None:
        self.kept[name] = (body, reason)


@dataclass
class MemoryPostings:
    """The table Postings: index writes it, retrieval queries it."""

    fuse: Fuse = field(default_factory=Fuse)
    items: dict[tuple[bytes, str], Posting] = field(default_factory=dict)

    def put(self, items: Iterable[Posting]) -> int:
        postings = list(items)
        for posting in postings:
            self.fuse.run(lambda one=posting: self.items.__setitem__((one.token, one.at), one))  # type: ignore[misc]
        return len(postings)

    def query(self, token: bytes) -> Iterator[Posting]:
        for (held, _), posting in sorted(self.items.items()):
            if held == token:
                yield posting

    def between(self, token: bytes, first_day: str, last_day: str) -> Iterator[Posting]:
        yield from (posting for posting in self.query(token) if first_day <= posting.day <= last_day)

    def latest(self, token: bytes, last_day: str) -> Posting | None:
        return max((one for one in self.query(token) if one.day <= last_day), key=lambda one: one.at, default=None)


@dataclass
class MemoryCursors:
    """Pull's Cursors."""

    fuse: Fuse = field(default_factory=Fuse)
    kept: dict[str, Cursor] = field(default_factory=dict)

    def load(self, corp_id: str) -> Cursor | None:
        return self.kept.get(corp_id)

    def save(self, corp_id: str, cursor: Cursor) -> None:
        if corp_id in self.kept and self.kept[corp_id].seq > cursor.seq:
            raise AlreadyStored(f"another run has passed seq {cursor.seq}")
        self.fuse.run(lambda: self.kept.__setitem__(corp_id, cursor))


@dataclass
class MemorySequences:
    """The table Sequences: archive adds to it, completeness folds it."""

    fuse: Fuse = field(default_factory=Fuse)
    items: dict[tuple[bytes, str], Mark] = field(default_factory=dict)

    def put(self, marks: Iterable[Mark]) -> None:
        for mark in marks:
            item = item_of(mark)
            key = (item["token"]["B"], item["at"]["S"])
            self.fuse.run(lambda key=key, mark=mark: self.items.__setitem__(key, mark))  # type: ignore[misc]

    def load(self) -> list[Mark]:
        return list(self.items.values())

    def remove(self, marks: Iterable[Mark]) -> None:
        for mark in marks:
            item = item_of(mark)
            self.fuse.run(lambda item=item: self.items.pop((item["token"]["B"], item["at"]["S"]), None))  # type: ignore[misc]


@dataclass
class MemoryStates:
    """The table States, as retrieval reads it."""

    kept: dict[str, State] = field(default_factory=dict)
    acts: dict[str, str] = field(default_factory=dict)

    def of(self, record_id: str) -> State | None:
        return self.kept.get(record_id)

    def act_of(self, record_id: str) -> str | None:
        return self.acts.get(record_id)


@dataclass
class MemoryOverrides:
    """What the table Acts says of overrides: until when each is open, for which thing."""

    kept: dict[str, tuple[bytes, datetime]] = field(default_factory=dict)

    def opens(self, act_id: str, thing: bytes, now: datetime) -> bool:
        about, until = self.kept.get(act_id, (b"", now))
        return about == thing and now < until


@dataclass
class MemoryReports:
    """Completeness's Reports."""

    fuse: Fuse = field(default_factory=Fuse)
    kept: dict[date, bytes] = field(default_factory=dict)

    def get(self, day: date) -> bytes | None:
        return self.kept.get(day)

    def put_once(self, day: date, body: bytes, *, now: datetime) -> None:  # noqa: ARG002 - nothing expires here
        if day in self.kept:
            raise AlreadyStored(f"the report of {day} exists")
        self.fuse.run(lambda: self.kept.__setitem__(day, body))


class MemorySigner:
    """A P-256 key in this process; as of KMS, no two signatures of it are the same."""

    key = "arn:aws-cn:kms:cn-north-1:111122223333:key/report"

    def __init__(self) -> None:
        self._key = generate_private_key(SECP256R1())

    def sign(self, sha256: bytes) -> bytes:
        return self._key.sign(sha256, ECDSA(Prehashed(SHA256())))

    def public_key(self) -> bytes:
        return self._key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
