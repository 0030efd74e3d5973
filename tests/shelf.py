"""The table Media and the locks of a bucket, in memory: under the contracts of the real ones."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from functions.archive.media import Standing, Want
from functions.errors import TryLater
from functions.law.locks import Lock
from tests.fakes import Fuse, MemoryBucket


@dataclass
class MemoryItems:
    """Intake's Generations, archive's Media, media's Table, retrieval's Items, disposition's Notes, erasure's Files."""

    fuse: Fuse = field(default_factory=Fuse)
    items: dict[bytes, Standing] = field(default_factory=dict)
    days: dict[bytes, str] = field(default_factory=dict)

    def want(self, media: bytes, wants: Collection[Want], *, holds: Collection[str] = (), now: datetime) -> Standing:
        def wanted(old: Standing) -> Standing:
            first = old.wanted_at or now
            both = replace(old, wants=old.wants | set(wants), holds=old.holds | set(holds))
            return replace(both, wanted_at=first, touched_at=now)

        return self._change(media, wanted)

    def hold(self, media: bytes, hold: str) -> Standing:
        return self._change(media, lambda old: replace(old, holds=old.holds | {hold}))

    def strike(self, media: bytes, holds: Collection[str]) -> None:
        self._change(media, lambda old: replace(old, holds=old.holds - set(holds)))

    def miss(self, media: bytes, *, now: datetime) -> None:
        def listed(old: Standing) -> Standing:
            if old.sealed_at is not None or old.missing:
                return old
            self.days[media] = now.date().isoformat()
            return replace(old, missing=True)

        self._change(media, listed)

    def begin(self, media: bytes, *, keyring: str, name: bytes, verdict: str) -> Standing:
        return self._change(
            media,
            lambda old: replace(
                old, keyrings=old.keyrings | {keyring}, names=old.names | {name.hex()}, verdict=verdict
            ),
        )

    def of(self, name: str) -> int:
        return self.items.get(bytes.fromhex(name), Standing()).generation

    def touch(self, name: str, generation: int, *, now: datetime) -> bool:
        if self.of(name) != generation:
            return False
        self.arrive(bytes.fromhex(name), now=now)
        return True

    def arrive(self, media: bytes, *, now: datetime) -> Standing:
        return self._change(media, lambda old: replace(old, touched_at=now))

    def seal(self, media: bytes, *, generation: int, now: datetime) -> Standing:
        def seal(old: Standing) -> Standing:
            if old.generation != generation:
                raise TryLater("its item has changed meanwhile")
            return replace(_sealed(old, now), touched_at=now, erased_at=None)

        return self._change(media, seal)

    def retire(self, media: bytes, seen: Standing, *, now: datetime) -> None:
        def retire(old: Standing) -> Standing:
            if any(getattr(old, name) != getattr(seen, name) for name in ("generation", "touched_at", "holds")):
                raise TryLater("its item has changed meanwhile")
            return Standing(
                holds=old.holds,
                names=old.names,
                files=old.files,
                touched_at=old.touched_at,
                generation=old.generation + 1,
                erased_at=now,
            )

        self._change(media, retire)

    def forget(self, name: bytes, media_id: str) -> None:
        def forget(old: Standing) -> Standing:
            return replace(old, wants=frozenset(), wanted_at=None) if old.files == {media_id} else old

        if name in self.items:
            self._change(name, forget)

    def link(self, name: bytes, media_id: str, *, now: datetime) -> Standing:
        return self._change(name, lambda old: replace(_sealed(old, now), files=old.files | {media_id}))

    def mismatch(self, media: bytes, *, now: datetime) -> None:
        self._change(media, lambda old: old if old.sealed_at else replace(old, mismatch_at=now))

    def get(self, media: bytes) -> Standing | None:
        return self.items.get(media)

    def missing_on(self, day: str) -> Iterator[bytes]:
        yield from (media for media, one in self.items.items() if one.missing and self.days[media] == day)

    def _change(self, media: bytes, change: Callable[[Standing], Standing]) -> Standing:
        """All at once, as one request is."""

        def write() -> Standing:
            self.items[media] = change(self.items.get(media, Standing()))
            return self.items[media]

        return self.fuse.run(write)


def _sealed(old: Standing, now: datetime) -> Standing:
    return replace(old, sealed_at=old.sealed_at or now, missing=False, mismatch_at=None)


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

    def put_hold(self, key: str) -> None:
        self.bucket.fuse.run(lambda: self.bucket.put_hold(key, on=True))
