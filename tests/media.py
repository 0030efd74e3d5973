"""A media room in memory, and files to put into it."""

import hashlib
import json
import random
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from functions.archive.locks import Locking
from functions.archive.media import Shelf, Wishes
from functions.capture.media import media_id, upload_key
from functions.capture.tokens import IndexKey
from functions.errors import TryLater
from functions.law.retention import rule_book
from functions.malware.clamd import Endpoint
from functions.malware.rules import shipped
from functions.malware.scan import Scanner
from functions.media.prepare import Sealing
from functions.media.receive import Arrival, Received, Upload, World, read_arrival, receive
from functions.media.sealed import CHUNK_BYTES
from functions.retrieval.answers import MediaPart
from functions.retrieval.media import Range, World as ReadingWorld, read_media
from functions.retrieval.scanned import Asked
from functions.segment.suites import suite
from tests.fakes import Fuse, MemoryBucket, MemoryKeys, MemoryReader
from tests.make import GATEWAY, INDEX_SECRET, NOW
from tests.shelf import MemoryItems, MemoryLocks

KEY = IndexKey(INDEX_SECRET)
SIZES = [
    0,
    1,
    CHUNK_BYTES - 1,
    CHUNK_BYTES,
    CHUNK_BYTES + 1,
    2 * CHUNK_BYTES - 1,
    2 * CHUNK_BYTES,
    2 * CHUNK_BYTES + 1,
    9 * CHUNK_BYTES + 3,
]
"""Around the borders of chunks, and of the blocks an upload is read in."""


@dataclass
class MemoryUploads:
    """The media room's Uploads, and the source of each."""

    fuse: Fuse = field(default_factory=Fuse)
    waiting: dict[tuple[str, str], tuple[bytes, Upload]] = field(default_factory=dict)

    def put(self, key: str, body: bytes, upload: Upload) -> str:
        version_id = f"u{len(self.waiting)}"
        self.waiting[key, version_id] = (body, upload)
        return version_id

    def find(self, arrival: Arrival) -> Upload:
        if (arrival.key, arrival.version_id) not in self.waiting:
            raise TryLater(f"{arrival.key} is not there")
        return self.waiting[arrival.key, arrival.version_id][1]

    def remove(self, arrival: Arrival) -> None:
        self.fuse.run(lambda: self.waiting.pop((arrival.key, arrival.version_id), None))


@dataclass
class MemorySource:
    """Bytes by range; how many were asked for at once is remembered."""

    body: bytes = field(repr=False)
    largest: int = 0

    def read(self, *, start: int, length: int) -> bytes:
        self.largest = max(self.largest, length)
        return self.body[start : start + length]


def make_file(size_bytes: int) -> bytes:
    return random.Random(size_bytes).randbytes(size_bytes)


def md5_hex(body: bytes) -> str:
    return hashlib.md5(body, usedforsecurity=False).hexdigest()


def sha256_hex(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


@dataclass
class MediaRoom:
    """The room on fakes. `fuse` stands before every effect."""

    suite_name: str = "AES-256-GCM"
    regimes: frozenset[str] = frozenset({"cn.sec.137"})
    clamd: Endpoint | None = None
    fuse: Fuse = field(default_factory=Fuse)

    def __post_init__(self) -> None:
        self.vault, self.keyrings, self.keys = MemoryBucket("vault"), MemoryBucket("keyrings"), MemoryKeys()
        self.uploads, self.items = MemoryUploads(), MemoryItems()
        self.granted: set[tuple[str, str]] = set()
        self.now = NOW
        self.use(self.fuse)

    def use(self, fuse: Fuse) -> None:
        self.fuse = fuse
        for one in (self.vault, self.keyrings, self.keys, self.uploads, self.items):
            one.fuse = fuse

    def shelf(self) -> Shelf:
        return Shelf(
            vault=MemoryLocks(self.vault),
            keyrings=MemoryLocks(self.keyrings),
            locking=Locking(mode="COMPLIANCE", trial_days=0),
        )

    def wishes(self) -> Wishes:
        """The archive room's side of it."""
        return Wishes(media=self.items, shelf=self.shelf())

    def world(self) -> World:
        return World(
            uploads=self.uploads,
            vault=self.vault,
            keyrings=self.keyrings,
            shelf=self.shelf(),
            table=self.items,
            index_key=KEY,
            sealing=Sealing(
                archive_id="test",
                keys=self.keys,
                kms_key="arn:aws-cn:kms:cn-north-1:111122223333:key/segment",
                suite=suite(self.suite_name),
                rules=rule_book().choose(self.regimes),
                rules_version=rule_book().version,
                floor_days=180,
            ),
            scanner=Scanner(rules=shipped(), clamd=self.clamd, clock=lambda: 0.0),
        )

    def upload(self, body: bytes, *, announced: bytes | None = None, **changed: Any) -> str:
        """Put it where a sender would, as the file it was announced as; S3's notice of it."""
        usual = Upload(
            source=MemorySource(body),
            size_bytes=len(body),
            uploaded_at=NOW,
            gateway=GATEWAY,
            claimed_type=None,
            md5_hex=None,
        )
        key = upload_key(media_id(KEY, sha256_hex(body if announced is None else announced)))
        version_id = self.uploads.put(key, body, replace(usual, **changed))
        return json.dumps({"detail": {"object": {"key": key, "version-id": version_id}}})

    def seal(self, notice: str, *, attempt: int = 1) -> Received:
        return receive(read_arrival(notice), world=self.world(), now=self.now, attempt=attempt)

    def reading(self) -> ReadingWorld:
        return ReadingWorld(
            vault=MemoryReader(self.vault),
            keyrings=MemoryReader(self.keyrings),
            unwrap=self.keys.unwrap,
            index_key=KEY,
            items=self.items,
        )

    def allows(self, act_id: str, thing: str, *, now: datetime) -> bool:  # noqa: ARG002 - nothing runs out here
        """Retrieval's Overrides."""
        return (act_id, thing) in self.granted

    def read(self, name: str, offset: int = 0, length: int | None = None, *, override: str | None = None) -> MediaPart:
        asked = Asked(override=override, now=self.now, overrides=self)
        return read_media(name, Range(offset=offset, length=length), asked=asked, world=self.reading())
