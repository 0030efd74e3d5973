"""A media room in memory, and files to put into it."""

import hashlib
import json
import random
from dataclasses import dataclass, field, replace
from typing import Any

from functions.archive.locks import Locking
from functions.capture.media import media_id, upload_key
from functions.capture.tokens import IndexKey
from functions.errors import TryLater
from functions.law.retention import rule_book
from functions.media.receive import Arrival, Outcome, Upload, World, read_arrival, receive
from functions.media.sealed import CHUNK_BYTES
from functions.retrieval.answers import MediaPart
from functions.retrieval.media import Range, World as ReadingWorld, read_media
from functions.segment.suites import suite
from tests.fakes import Fuse, MemoryBucket, MemoryKeys, MemoryReader
from tests.make import GATEWAY, INDEX_SECRET, NOW

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


def sha256_hex(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


@dataclass
class MediaRoom:
    """The room on fakes. `fuse` stands before every effect."""

    suite_name: str = "AES-256-GCM"
    fuse: Fuse = field(default_factory=Fuse)

    def __post_init__(self) -> None:
        self.vault, self.keyrings, self.keys = MemoryBucket("vault"), MemoryBucket("keyrings"), MemoryKeys()
        self.uploads = MemoryUploads()
        self.use(self.fuse)

    def use(self, fuse: Fuse) -> None:
        self.fuse = fuse
        for one in (self.vault, self.keyrings, self.keys, self.uploads):
            one.fuse = fuse

    def world(self) -> World:
        return World(
            archive_id="test",
            uploads=self.uploads,
            vault=self.vault,
            keyrings=self.keyrings,
            keys=self.keys,
            kms_key="arn:aws-cn:kms:cn-north-1:111122223333:key/segment",
            index_key=KEY,
            suite=suite(self.suite_name),
            locking=Locking(mode="COMPLIANCE", trial_days=0),
            rules=rule_book().choose({"cn.sec.137"}),
            rules_version=rule_book().version,
            floor_days=180,
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

    def seal(self, notice: str) -> Outcome:
        return receive(read_arrival(notice), world=self.world(), now=NOW)

    def reading(self) -> ReadingWorld:
        return ReadingWorld(
            vault=MemoryReader(self.vault),
            keyrings=MemoryReader(self.keyrings),
            unwrap=self.keys.unwrap,
            index_key=KEY,
        )

    def read(self, name: str, offset: int = 0, length: int | None = None) -> MediaPart:
        return read_media(name, Range(offset=offset, length=length), world=self.reading())
