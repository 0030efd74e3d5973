"""The table Media and the locks of a bucket, in memory: under the contracts of the real ones."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from functions.archive.media import Standing, Want
from functions.law.locks import Lock
from tests.fakes import Fuse, MemoryBucket


@dataclass
class MemoryItems:
    """Archive's Media, media's Table, retrieval's Items."""

    fuse: Fuse = field(default_factory=Fuse)
    items: dict[bytes, Standing] = field(default_factory=dict)
    days: dict[bytes, str] = field(default_factory=dict)

    def want(self, media: bytes, wants: Collection[Want], *, now: datetime) -> Standing:
        old = self._old(media)
        return self._put(media, replace(old, wants=old.wants | set(wants), wanted_at=old.wanted_at or now))

    def miss(self, media: bytes, *, now: datetime) -> None:
        old = self._old(media)
        if old.sealed_at is None and not old.missing:
            self._put(media, replace(old, missing=True))
            self.days[media] = now.date().isoformat()

    def begin(self, media: bytes, *, keyring: str, name: bytes, verdict: str) -> Standing:
        old = self._old(media)
        return self._put(
            media, replace(old, keyrings=old.keyrings | {keyring}, names=old.names | {name.hex()}, verdict=verdict)
        )

    def seal(self, media: bytes, *, now: datetime) -> Standing:
        old = self._old(media)
        return self._put(media, replace(old, sealed_at=old.sealed_at or now, missing=False, mismatch_at=None))

    def link(self, name: bytes, media_id: str, *, now: datetime) -> Standing:
        self.seal(name, now=now)
        old = self._old(name)
        return self._put(name, replace(old, files=old.files | {media_id}))

    def mismatch(self, media: bytes, *, now: datetime) -> None:
        old = self._old(media)
        if old.sealed_at is None:
            self._put(media, replace(old, mismatch_at=now))

    def get(self, media: bytes) -> Standing | None:
        return self.items.get(media)

    def missing_on(self, day: str) -> Iterator[bytes]:
        yield from (media for media, one in self.items.items() if one.missing and self.days[media] == day)

    def _old(self, media: bytes) -> Standing:
        return self.items.get(media, Standing())

    def _put(self, media: bytes, standing: Standing) -> Standing:
        self.fuse.run(lambda: self.items.__setitem__(media, standing))
        return standing


@dataclass
class MemoryLocks:
    """Locks of what is in a bucket: as S3 is, it lets none be shortened, nor a mode be changed."""

    bucket: MemoryBucket

    def lock_of(self, key: str) -> Lock | None:
        return self.bucket.stored[key].lock if key in self.bucket.stored else None

    def put_lock(self, key: str, lock: Lock) -> bool:
        stored = self.bucket.stored[key]
        if stored.lock is None or stored.lock.mode != lock.mode or lock.until < stored.lock.until:
            return False
        self.bucket.fuse.run(lambda: self.bucket.stored.__setitem__(key, replace(stored, lock=lock)))
        return True
