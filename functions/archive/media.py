"""A file is kept as long as the longest of the records that name it, and held as long as any of them is.

Whichever comes first, the file or a record: two rooms meet at one item of the table Media. This one adds what a record
wants; the media room marks the file as sealed. DynamoDB puts the two writes into an order and answers each with the
whole item after it, so whoever comes second sees what the first one wrote, and follows it (docs/adr/0023, 0030).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from functions.archive.locks import Locking
from functions.capture.media import object_key
from functions.errors import Tampered, TryLater
from functions.law import tier
from functions.law.locks import Lock, extend_only
from functions.segment import keyring as keyrings
from functions.segment.segment import Class

BY_SHA256, BY_MD5 = "media", "media-md5"
# WeCom's chat archive names a file by its MD5 alone: developer.work.weixin.qq.com/document/path/91774 (read 2026-11)
FIXED, ERASABLE = "fixed", "erasable"


@dataclass(frozen=True, slots=True, order=True)
class Want:
    """One record's class, as far as it says how a file that it names is locked."""

    until: date
    fixed: bool
    """Whether no law may demand that it is erased before."""

    @classmethod
    def of(cls, klass: Class) -> "Want":
        return cls(klass.retain_until, not klass.erasable)

    @classmethod
    def read(cls, text: str) -> "Want":
        """The inverse of `text`. Raises Tampered."""
        until, _, kind = text.partition(" ")
        if kind not in {FIXED, ERASABLE}:
            raise Tampered("the table Media holds a want that this release does not write")
        return cls(date.fromisoformat(until), kind == FIXED)

    @property
    def text(self) -> str:
        """As the table keeps it. Dates end with a month, so a file has a few dozen different ones at most."""
        return f"{self.until.isoformat()} {FIXED if self.fixed else ERASABLE}"


@dataclass(frozen=True, slots=True)
class Wish:
    """What the records that name a file want of it together."""

    wants: frozenset[Want]
    holds: frozenset[str] = frozenset()
    """Ids of the holds that cover any of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The item of one file, as it was at one moment."""

    wants: frozenset[Want] = frozenset()
    holds: frozenset[str] = frozenset()
    """Ids of the holds under which a record names it: until the last is struck off, S3's legal hold is on it."""
    wanted_at: datetime | None = None
    """When the first record named it."""
    missing: bool = False
    """Whether it stands among the files that are wanted and not there."""
    keyrings: frozenset[str] = frozenset()
    """Each named before it is written: the file's own is one of them, the others are those of dead attempts."""
    names: frozenset[str] = frozenset()
    """The tokens, in hex, of the file's other names."""
    files: frozenset[str] = frozenset()
    """Of another name: the media ids it stands for."""
    generation: int = 0
    """Which of the file's objects counts: how often it has been erased."""
    sealed_at: datetime | None = None
    """When that one was."""
    erased_at: datetime | None = None
    """When the one before was; gone once the next is sealed."""
    touched_at: datetime | None = None
    """When a record last named it, or an upload of it last came or was said to be needless."""
    mismatch_at: datetime | None = None
    """When an upload was not the file it was announced as; gone once it is sealed."""
    verdict: str | None = None
    """What the scan said when it was sealed. The word that counts is the sealed one."""


class Media(Protocol):
    """The table. Each call is one write to one item, so all calls for one file stand in an order."""

    def want(self, media: bytes, wants: Collection[Want], *, holds: Collection[str], now: datetime) -> Standing:
        """Add them. The item after it. Raises TryLater."""
        ...

    def miss(self, media: bytes, *, now: datetime) -> None:
        """List it as missing since this day, unless it is sealed or listed already. Raises TryLater."""
        ...


class Locks(Protocol):
    """The locks of one bucket's objects."""

    def lock_of(self, key: str) -> Lock | None:
        """What S3 says. None where there is no object, or none under a lock that runs. Raises TryLater."""
        ...

    def put_lock(self, key: str, lock: Lock) -> bool:
        """Whether S3 took it: it does not let another mode be put by those who may not bypass one. Raises TryLater."""
        ...

    def put_hold(self, key: str) -> None:
        """Put S3's legal hold on an object that is there; on it already is done. Raises TryLater."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """Where sealed files and their keyrings are, and how a deployment locks."""

    vault: Locks
    keyrings: Locks
    locking: Locking


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What adding wishes needs of the world."""

    media: Media
    shelf: Shelf

    def add(self, wanted: Mapping[bytes, Wish], *, now: datetime) -> dict[bytes, str]:
        """Of every file by its token. Afterwards each is locked and held as wanted, or will be as soon as it is sealed.

        Answers those for which that could not be said, and the outcome's name: what wants them must wait.
        """
        failed: dict[bytes, str] = {}
        for media, wish in wanted.items():
            try:
                self._wish(media, wish, now)
            except (TryLater, Tampered) as reason:
                failed[media] = type(reason).__name__
        return failed

    def _wish(self, media: bytes, wish: Wish, now: datetime) -> None:
        standing = self.media.want(media, wish.wants, holds=wish.holds, now=now)
        for file in standing.files:
            self._wish(bytes.fromhex(file), wish, now)
        if standing.sealed_at is None:
            if not standing.missing:
                self.media.miss(media, now=now)
        elif not standing.files:
            follow(media.hex(), standing, self.shelf, now)


class Naming(Protocol):
    """A record, as far as it matters here."""

    @property
    def klass(self) -> Class: ...

    @property
    def files(self) -> tuple[bytes, ...]:
        """Tokens of the files that it names and does not carry."""
        ...

    @property
    def holds(self) -> frozenset[str]:
        """Ids of the holds that cover it."""
        ...


def wanted_by(records: Iterable[Naming]) -> dict[bytes, Wish]:
    """What they want of each file that any of them names."""
    wanted: dict[bytes, Wish] = {}
    for record in records:
        for media in record.files:
            before = wanted.get(media, Wish(frozenset()))
            wanted[media] = Wish(before.wants | {Want.of(record.klass)}, before.holds | record.holds)
    return wanted


def joined(wants: Iterable[Want]) -> Class:
    """The class that satisfies all of them, of which there is at least one."""
    all_of_them = list(wants)
    return Class(
        tier=tier.DEFAULT.name,
        retain_until=max(one.until for one in all_of_them),
        erasable=not any(one.fixed for one in all_of_them),
    )


def follow(media_id: str, standing: Standing, shelf: Shelf, now: datetime) -> None:
    """Hold a sealed file and extend its locks, as is wanted of it; never lift or shorten. Raises TryLater, Tampered.

    Its keyring is one of those that the item names; none of them being there is evidence of something.
    """
    key, rings = object_key(media_id, standing.generation), [keyrings.key(one) for one in sorted(standing.keyrings)]
    if standing.holds:
        _check_there(media_id, [put_hold(shelf.keyrings, one) for one in rings], put_hold(shelf.vault, key))
    if standing.wants:
        klass = joined(standing.wants)
        object_lock, keyring_lock = shelf.locking.segment(klass, now), shelf.locking.keyring(klass, now)
        found = [extend(shelf.keyrings, one, keyring_lock) for one in rings]
        _check_there(media_id, found, extend(shelf.vault, key, object_lock))


def _check_there(media_id: str, found: Sequence[bool], sealed: bool) -> None:  # noqa: FBT001 - what was just asked
    if not any(found):
        raise Tampered(f"media {media_id}: none of the keyrings that its item names is there")
    if not sealed:
        raise Tampered(f"media {media_id}: its item says it is sealed, and it is not there under a lock")


def put_hold(locks: Locks, key: str) -> bool:
    """Whether the object is there; then S3's legal hold is on it. Raises TryLater."""
    if locks.lock_of(key) is None:
        return False
    locks.put_hold(key)
    return True


def extend(locks: Locks, key: str, wanted: Lock) -> bool:
    """Whether the object is there; then its lock lasts at least as long. Raises TryLater, Tampered.

    Where S3 refuses the stronger mode, the date is put under the mode that stands (docs/threats.md, "Media").
    """
    current = locks.lock_of(key)
    if current is None:
        return False
    extension = extend_only(current, wanted)
    if extension is None:
        return True
    if not locks.put_lock(key, extension.lock):
        _put_date(locks, key, Lock(current.mode, extension.lock.until), current)
    after = locks.lock_of(key)
    if after is None or extend_only(after, Lock(after.mode, wanted.until)) is not None:
        raise Tampered(f"{key}: its lock was to last until {wanted.until}, S3 says {after}")
    return True


def _put_date(locks: Locks, key: str, lock: Lock, current: Lock) -> None:
    if lock != current and not locks.put_lock(key, lock):
        raise Tampered(f"{key}: S3 does not let its lock be extended")
