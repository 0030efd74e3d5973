"""What an erasure would take: a salt, and all that storage says about whether it may go."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from functions.archive.media import Standing
from functions.canonical import from_epoch_ms
from functions.erasure.salt import Keyrings, Salt, Version
from functions.errors import Tampered
from functions.law.erasure import Erase, Facts, Ground, Refused, Restrict, decide_erasure
from functions.law.holds import Hold, holding
from functions.law.states import State
from functions.media.sealed import LARGEST_HEADER_BYTES, read_header
from functions.retrieval.find import Found
from functions.retrieval.naming import generations
from functions.retrieval.read import Bucket, locate, record_id_of
from functions.segment import keyring as layout
from functions.segment.segment import Class

S3 = "s3"
"""What stands for a hold that only the object itself knows of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A record's copy in one segment, or a media file."""

    key: str
    """Of the object that the salt opens."""
    salt: Salt
    klass: Class
    kms_key: str
    record_id: str | None
    """Which record it is; a media file is none."""
    tokens: frozenset[bytes]
    """Of the record, for the holds over it."""
    sent_at: datetime | None
    received_at: datetime | None
    held: bool
    """Whether S3 has a legal hold on the object."""
    noted: frozenset[str] = frozenset()
    """Ids of the holds that its item names, where it is a file."""


class Holds(Protocol):
    def load(self) -> Iterable[Hold]:
        """Those that stand. Raises TryLater."""
        ...


def record_target(found: Found, *, vault: Bucket, archive_id: str) -> Target:
    """One copy, as its segment says. Raises TryLater, Tampered."""
    place = locate(found, vault=vault, archive_id=archive_id)
    segment = place.segment
    return Target(
        key=segment.key,
        salt=Salt(layout.key(segment.header.segment_id), found.row.ordinal, len(segment.entries)),
        klass=segment.header.klass,
        kms_key=segment.header.kms_key,
        record_id=record_id_of(place.entry),
        tokens=frozenset(place.entry.tokens),
        sent_at=from_epoch_ms(place.entry.sent_at_ms),
        received_at=from_epoch_ms(place.entry.received_at_ms),
        held=segment.front.legal_hold == "ON",
    )


def media_targets(token: bytes, standing: Standing, *, vault: Bucket, archive_id: str) -> list[Target]:
    """Every generation of the sealed file that a token names, oldest first; none where it names no file.

    Raises TryLater, Tampered.
    """
    keys = generations(token.hex(), vault)
    return [_media_target(key, standing, vault=vault, archive_id=archive_id) for key in keys]


def _media_target(key: str, standing: Standing, *, vault: Bucket, archive_id: str) -> Target:
    front = vault.read(key, None, start=0, length=LARGEST_HEADER_BYTES)
    header = read_header(front.body)
    if (header.archive, header.key) != (archive_id, key):
        raise Tampered(f"{key}: it is another file, or another archive's")
    return Target(
        key=key,
        salt=Salt(layout.key(header.keyring), 0, 1),
        klass=header.klass,
        kms_key=header.kms_key,
        record_id=None,
        tokens=frozenset(),
        sent_at=None,
        received_at=None,
        held=front.legal_hold == "ON",
        noted=standing.holds,
    )


def judge(
    target: Target, ground: Ground, *, keyrings: Keyrings, holds: Iterable[Hold], state: State, now: datetime
) -> Refused | Restrict | Erase:
    """By what storage says now, and not by what anybody remembers. Raises TryLater, Tampered."""
    current = keyrings.current(target.salt.key)
    facts = Facts(
        ground=ground,
        state=state,
        holds=_holding(target, current, holds),
        erasable=target.klass.erasable,
        retain_until=target.klass.retain_until,
        lock=current.lock,
        now=now,
    )
    return decide_erasure(facts)


def _holding(target: Target, current: Version, holds: Iterable[Hold]) -> tuple[str, ...]:
    standing = tuple(holds)
    named = [hold.id for hold in standing if hold.id in target.noted]
    if target.sent_at is not None:
        named = [hold.id for hold in holding(standing, tokens=target.tokens, sent_at=target.sent_at)]
    return (*named, S3) if target.held or current.held else tuple(named)
