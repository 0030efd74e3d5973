"""One upload's arrival: check that it is the file it was announced as, scan it, seal it into the vault, remove it."""

import json
import re
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from functions.archive.media import BY_MD5, Shelf, Standing
from functions.capture.media import LARGEST_BYTES, media_id, object_key
from functions.capture.tokens import IndexKey
from functions.errors import AlreadyStored, Rejected, TryLater
from functions.law.locks import Lock
from functions.malware.scan import Scan, Scanner
from functions.malware.source import Source
from functions.malware.verdicts import UNSCANNED
from functions.media.prepare import Sealing, describe, first_locks, prepare
from functions.media.sealed import Media
from functions.media.settle import Table, settle
from functions.media.stream import Plain, Sealed, Seen
from functions.segment import keyring as keyrings

KEY = re.compile(r"uploads/([0-9a-f]{32})")
PATIENT_ATTEMPTS = 3
"""So often a file waits for a clamd that does not answer, an hour and a half each time; then it is sealed unscanned."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What sealing an upload needs of the world."""

    uploads: Uploads
    vault: Vault
    keyrings: Keyrings
    shelf: Shelf
    table: Table
    index_key: IndexKey
    sealing: Sealing
    scanner: Scanner


class Outcome(StrEnum):
    """How it ended, where it ended well."""

    SEALED = "sealed"
    KNOWN = "known"
    """The same content was in the vault before."""


@dataclass(frozen=True, slots=True)
class Received:
    """What became of an upload."""

    outcome: Outcome
    verdict: str | None = None
    """What the scan said, where there was one."""


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


def receive(arrival: Arrival, *, world: World, now: datetime, attempt: int = 1) -> Received:
    """Whatever happens, the file is in the upload or in the vault.

    Raises Rejected when the upload is not the file it was announced as (it stays, and expires), TryLater, Tampered.
    """
    # (1) is this content in the vault already, and not erased? Then this upload is one too many
    generation = world.table.arrive(bytes.fromhex(arrival.media_id), now=now).generation
    received = Received(Outcome.KNOWN)
    if not world.vault.is_locked(object_key(arrival.media_id, generation)):
        received = _take(arrival, generation, world, now, attempt)
    # (6) its item says that it is sealed, if it was not erased meanwhile; its locks are what every record wants
    settle(arrival.media_id, generation, table=world.table, shelf=world.shelf, now=now)
    # (7) S3 has confirmed digest and locks: the clear copy goes
    world.uploads.remove(arrival)
    return received


def _take(arrival: Arrival, generation: int, world: World, now: datetime, attempt: int) -> Received:
    upload = world.uploads.find(arrival)
    if upload.size_bytes > LARGEST_BYTES:
        raise Rejected(f"media {arrival.media_id}: {upload.size_bytes} bytes, at most {LARGEST_BYTES} can be sealed")
    # (2) read it once: is it what it says, is it harmful, and what does it become?
    media, salt = prepare(arrival.media_id, generation, upload.size_bytes, sealing=world.sealing, now=now)
    sealed = Sealed(media, Plain(upload.source, upload.size_bytes))
    with closing(world.scanner.watch(upload.claimed_type)) as watch:
        seen = sealed.examine(watch.feed)
        _check(arrival, upload, seen, world, now)
        # (3) look inside it; the verdict is sealed with the file, whatever it is
        scan = _patient(watch.end(upload.source, upload.size_bytes, now=now), arrival, attempt)
    described = describe(
        claimed_type=upload.claimed_type, gateway=upload.gateway, uploaded_at=upload.uploaded_at, seen=seen, scan=scan
    )
    sealed.describe(described)
    # (4) its item names the keyring, so that whoever extends the one lock finds the other
    name = world.index_key.token(BY_MD5, seen.md5_hex)
    standing = world.table.begin(
        bytes.fromhex(arrival.media_id), keyring=media.header.keyring, name=name, verdict=scan.verdict
    )
    return Received(_store(media, sealed, salt, world, standing, now), scan.verdict)


def _store(media: Media, sealed: Sealed, salt: bytes, world: World, standing: Standing, now: datetime) -> Outcome:
    """(5) The keyring first, so that a sealed file that exists can be opened; then the file, read once more."""
    header, key = media.header, media.header.key
    lock, keyring_lock = first_locks(header, standing.wants, locking=world.shelf.locking, now=now)
    try:
        world.keyrings.put_once(keyrings.key(header.keyring), keyrings.write([salt]), lock=keyring_lock)
        world.vault.put_stream(key, sealed, sha256=sealed.sha256, lock=lock)
    except AlreadyStored as error:  # by another upload meanwhile, or by this one and S3's answer was lost
        if not world.vault.is_locked(key):
            raise TryLater(f"media {header.media_id}: S3 has something, but not the locked file") from error
        return Outcome.KNOWN
    return Outcome.SEALED


def _check(arrival: Arrival, upload: Upload, seen: Seen, world: World, now: datetime) -> None:
    """Raises Rejected. The name is keyed, so it stands for the SHA-256 that was announced without telling it."""
    wrong = None
    if media_id(world.index_key, seen.sha256_hex) != arrival.media_id:
        wrong = "SHA-256"
    elif upload.md5_hex not in {None, seen.md5_hex}:
        wrong = "MD5"
    if wrong:
        world.table.mismatch(bytes.fromhex(arrival.media_id), now=now)
        raise Rejected(f"media {arrival.media_id}: the upload's {wrong} is not the announced one")


def _patient(scan: Scan, arrival: Arrival, attempt: int) -> Scan:
    """Raises TryLater while it is worth waiting for clamd."""
    if scan.verdict == UNSCANNED and attempt <= PATIENT_ATTEMPTS:
        raise TryLater(f"media {arrival.media_id}: clamd did not answer")
    return scan
