"""One upload's arrival: check that it is the file it was announced as, seal it into the vault, remove it."""

import json
import os
import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

import functions
from functions.archive.locks import Locking
from functions.canonical import moment_text
from functions.capture.delivery import DataKey
from functions.capture.identity import uuid7
from functions.capture.media import LARGEST_BYTES, media_id, object_key
from functions.capture.tokens import IndexKey
from functions.errors import AlreadyStored, Rejected, TryLater
from functions.law import retention, tier
from functions.law.locks import Lock
from functions.law.retention import Rule
from functions.media.sealed import Header, Media, encryption_context
from functions.media.stream import Plain, Sealed, Seen, Source
from functions.segment import keyring as keyrings
from functions.segment.keyring import SALT_BYTES
from functions.segment.segment import Class
from functions.segment.suites import Suite

KEY = re.compile(r"uploads/([0-9a-f]{32})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """What S3 says about a new upload."""

    key: str
    version_id: str
    media_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """One version of an upload, and what was signed into the permission to make it."""

    source: Source
    size_bytes: int
    uploaded_at: datetime
    gateway: str
    claimed_type: str | None
    md5_hex: str | None


class Uploads(Protocol):
    def find(self, arrival: Arrival) -> Upload:
        """Raises TryLater, also when it is not there."""
        ...

    def remove(self, arrival: Arrival) -> None:
        """This version, for good; done already is done. Raises TryLater."""
        ...


class Vault(Protocol):
    def put_stream(self, key: str, body: Any, *, sha256: bytes, lock: Lock) -> str:
        """As `functions.archive.store.Lockbox.put_once`, from a file that is read as it is sent, maybe more than once.

        `sha256` is the digest of all that it will give.
        """
        ...

    def is_locked(self, key: str) -> bool:
        """Whether the object is there under a lock that runs. Raises TryLater."""
        ...


class Keyrings(Protocol):
    def put_once(self, key: str, body: bytes, *, lock: Lock) -> str:
        """As `functions.archive.store.Lockbox`."""
        ...


class MediaKeys(Protocol):
    def generate(self, context: dict[str, str]) -> DataKey:
        """A new 32-byte key bound to the context. Raises TryLater."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What sealing an upload needs of the world, and what the deployment has decided beforehand."""

    archive_id: str
    uploads: Uploads
    vault: Vault
    keyrings: Keyrings
    keys: MediaKeys
    kms_key: str
    index_key: IndexKey
    suite: Suite
    locking: Locking
    rules: tuple[Rule, ...]
    rules_version: str
    floor_days: int


class Outcome(StrEnum):
    """How it ended, where it ended well."""

    SEALED = "sealed"
    KNOWN = "known"
    """The same content was in the vault before."""


def read_arrival(body: str) -> Arrival:
    """From EventBridge's `Object Created` of S3. Raises Rejected when it is not about an upload."""
    try:
        thing = json.loads(body)["detail"]["object"]
        match = KEY.fullmatch(thing["key"])
        if match is None:
            raise Rejected("the notice is about an object that is no upload")
        return Arrival(key=thing["key"], version_id=thing["version-id"], media_id=match[1])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise Rejected("the message is not S3's notice of a new object") from error


def receive(arrival: Arrival, *, world: World, now: datetime) -> Outcome:
    """Whatever happens, the file is in the upload or in the vault.

    Raises Rejected when the upload is not the file it was announced as (it stays, and expires), TryLater, Tampered.
    """
    # (1) is this content in the vault already? Then this upload is one too many
    if world.vault.is_locked(object_key(arrival.media_id)):
        world.uploads.remove(arrival)
        return Outcome.KNOWN
    upload = world.uploads.find(arrival)
    # (2) read it once: is it what it says, and what does it become?
    media, salt = _prepare(arrival, upload, world, now)
    sealed = Sealed(media, Plain(upload.source, upload.size_bytes))
    seen = sealed.examine(with_md5=upload.md5_hex is not None)
    _check(arrival, upload, seen, world.index_key)
    sealed.describe(_describe(upload, seen))
    # (3) the keyring first, so that a sealed file that exists can be opened; then the file, read once more
    outcome = _store(media, sealed, salt, world, now)
    # (4) S3 has confirmed digest and lock: the clear copy goes
    world.uploads.remove(arrival)
    return outcome


def _store(media: Media, sealed: Sealed, salt: bytes, world: World, now: datetime) -> Outcome:
    header = media.header
    key, lock = object_key(header.media_id), world.locking.keyring(header.klass, now)
    try:
        world.keyrings.put_once(keyrings.key(header.keyring), keyrings.write([salt]), lock=lock)
        world.vault.put_stream(key, sealed, sha256=sealed.sha256, lock=world.locking.segment(header.klass, now))
    except AlreadyStored as error:  # by another upload meanwhile, or by this one and S3's answer was lost
        if not world.vault.is_locked(key):
            raise TryLater(f"media {header.media_id}: S3 has something, but not the locked file") from error
        return Outcome.KNOWN
    return Outcome.SEALED


def _class(world: World, now: datetime) -> Class:
    """General, and as long as a capture sent at this moment: who it belongs to is not known yet (docs/adr/0010)."""
    today = retention.midnight_after(now)
    kept = retention.decide(
        rules=world.rules, version=world.rules_version, sent=today, archived=today, floor_days=world.floor_days
    )
    return Class(tier=tier.DEFAULT.name, retain_until=kept.retain_until, erasable=kept.erasable)


def _prepare(arrival: Arrival, upload: Upload, world: World, now: datetime) -> tuple[Media, bytes]:
    if upload.size_bytes > LARGEST_BYTES:
        raise Rejected(f"media {arrival.media_id}: {upload.size_bytes} bytes, at most {LARGEST_BYTES} can be sealed")
    context = encryption_context(archive=world.archive_id, media_id=arrival.media_id)
    key, salt = world.keys.generate(context), os.urandom(SALT_BYTES)
    header = Header(
        media_id=arrival.media_id,
        archive=world.archive_id,
        created_at=now,
        klass=_class(world, now),
        suite=world.suite,
        keyring=uuid7(now, os.urandom(10)),
        size_bytes=upload.size_bytes,
        kms_key=world.kms_key,
        wrapped_key=key.wrapped,
        encryption_context=context,
        software=f"fengcun {functions.__version__}",
    )
    return Media(header, key=key.plaintext, salt=salt), salt


def _check(arrival: Arrival, upload: Upload, seen: Seen, index_key: IndexKey) -> None:
    """Raises Rejected. The name is keyed, so it stands for the SHA-256 that was announced without telling it."""
    if media_id(index_key, seen.sha256_hex) != arrival.media_id:
        raise Rejected(f"media {arrival.media_id}: the upload's SHA-256 is not the announced one")
    if seen.md5_hex != upload.md5_hex:
        raise Rejected(f"media {arrival.media_id}: the upload's MD5 is not the announced one")


def _describe(upload: Upload, seen: Seen) -> dict[str, Any]:
    """What depends on the content or tells who sent it, sealed with it."""
    return {
        "claimed_type": upload.claimed_type,
        "gateway": upload.gateway,
        "md5": seen.md5_hex,
        "media_type": seen.media_type,
        "sha256": seen.sha256_hex,
        "uploaded_at": moment_text(upload.uploaded_at),
    }
