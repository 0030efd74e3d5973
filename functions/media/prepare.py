"""What a file is sealed under, decided before its first byte is read; and what is sealed with it, after the last."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import functions
from functions.archive.locks import Locking
from functions.archive.media import Want, joined
from functions.canonical import moment_text
from functions.capture.delivery import DataKey
from functions.capture.identity import uuid7
from functions.law import retention, tier
from functions.law.locks import Lock
from functions.law.retention import Rule
from functions.malware.scan import Scan
from functions.media.sealed import Header, Media, encryption_context
from functions.media.stream import Seen
from functions.segment.keyring import SALT_BYTES
from functions.segment.segment import Class
from functions.segment.suites import Suite


class MediaKeys(Protocol):
    def generate(self, context: dict[str, str]) -> DataKey:
        """A new 32-byte key bound to the context. Raises TryLater."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealing:
    """What the deployment has decided beforehand."""

    archive_id: str
    keys: MediaKeys
    kms_key: str
    suite: Suite
    rules: tuple[Rule, ...]
    rules_version: str
    floor_days: int


def prepare(media_id: str, generation: int, size_bytes: int, *, sealing: Sealing, now: datetime) -> tuple[Media, bytes]:
    """A key of its own for one attempt, and the salt that its keyring will hold."""
    context = encryption_context(archive=sealing.archive_id, media_id=media_id, generation=generation)
    key, salt = sealing.keys.generate(context), os.urandom(SALT_BYTES)
    header = Header(
        media_id=media_id,
        generation=generation,
        archive=sealing.archive_id,
        created_at=now,
        klass=_class(sealing, now),
        suite=sealing.suite,
        keyring=uuid7(now, os.urandom(10)),
        size_bytes=size_bytes,
        kms_key=sealing.kms_key,
        wrapped_key=key.wrapped,
        encryption_context=context,
        software=f"fengcun {functions.__version__}",
    )
    return Media(header, key=key.plaintext, salt=salt), salt


def _class(sealing: Sealing, now: datetime) -> Class:
    """General, and as long as a capture sent at this moment; what captures really want of it is in its item."""
    today = retention.midnight_after(now)
    kept = retention.decide(
        rules=sealing.rules, version=sealing.rules_version, sent=today, archived=today, floor_days=sealing.floor_days
    )
    return Class(tier=tier.DEFAULT.name, retain_until=kept.retain_until, erasable=kept.erasable)


def first_locks(header: Header, wants: Iterable[Want], *, locking: Locking, now: datetime) -> tuple[Lock, Lock]:
    """Of the object and of its keyring, as far as anybody has said what he wants: S3 lets a mode be chosen but once."""
    klass = joined([Want.of(header.klass), *wants])
    return locking.segment(klass, now), locking.keyring(klass, now)


def describe(
    *, claimed_type: str | None, gateway: str, uploaded_at: datetime, seen: Seen, scan: Scan
) -> dict[str, Any]:
    """What depends on the content or tells who sent it."""
    return {
        "claimed_type": claimed_type,
        "gateway": gateway,
        "md5": seen.md5_hex,
        "media_type": seen.media_type,
        "scan": scan.description(),
        "sha256": seen.sha256_hex,
        "uploaded_at": moment_text(uploaded_at),
    }
