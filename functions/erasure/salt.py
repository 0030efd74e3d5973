"""One salt out of one keyring, and every older version of it gone; the other salts stay, whatever happens in between.

The new version is put over exactly the version that was read, so of two erasures in one keyring the slower reads again.
Nothing is removed before the newest version is seen to hold every other salt that the older ones hold.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from functions.errors import Tampered, TryLater
from functions.law.locks import Lock
from functions.segment import keyring as layout
from functions.segment.keyring import ERASED

AGAIN = timedelta(days=1)
"""How long a keyring whose lock has run out is locked when it is written once more: S3 takes no past date."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """The newest version of a keyring, and what S3 says of it."""

    version_id: str
    etag: str
    body: bytes = field(repr=False)
    lock: Lock
    held: bool
    """Whether a legal hold is on it."""


@dataclass(frozen=True, slots=True)
class Done:
    """What S3 did, and the id of the request in which it did it."""

    version_id: str
    request_id: str


class Keyrings(Protocol):
    def current(self, key: str) -> Version:
        """The newest version. Raises TryLater, and Tampered when there is none or it has no lock."""
        ...

    def replace(self, key: str, body: bytes, *, lock: Lock, over: Version) -> Done:
        """A new version, atomically with its lock, over that one.

        Raises TryLater, also when another has been put meanwhile, and Tampered when S3 stored something else.
        """
        ...

    def older(self, key: str) -> list[str]:
        """Ids of every version and every marker but the newest version. Raises TryLater."""
        ...

    def read(self, key: str, version_id: str) -> bytes | None:
        """The bytes of a version; None of a marker, or of one that is gone. Raises TryLater."""
        ...

    def remove(self, key: str, version_id: str) -> Done:
        """This version for good, whatever GOVERNANCE says; gone already is done. Raises TryLater, also when held."""
        ...


@dataclass(frozen=True, slots=True)
class Salt:
    """Which one."""

    key: str
    ordinal: int
    count: int
    """How many the keyring holds."""


def zero(salt: Salt, *, keyrings: Keyrings, now: datetime) -> Done | None:
    """The newest version has no such salt afterwards; None when it had none before. Raises TryLater, Tampered."""
    current = keyrings.current(salt.key)
    salts = _salts(salt, current.body)
    if salts[salt.ordinal] == ERASED:
        return None
    salts[salt.ordinal] = ERASED
    lock = Lock("GOVERNANCE", max(current.lock.until, now.replace(microsecond=0) + AGAIN))
    return keyrings.replace(salt.key, layout.write(salts), lock=lock, over=current)


def left(salt: Salt, *, keyrings: Keyrings) -> list[str]:
    """The older versions, once it is certain that nothing is lost with them. Raises TryLater, Tampered."""
    newest = _salts(salt, keyrings.current(salt.key).body)
    if newest[salt.ordinal] != ERASED:
        raise Tampered(f"{salt.key}: salt {salt.ordinal} is back")
    older = keyrings.older(salt.key)
    for version_id in older:
        body = keyrings.read(salt.key, version_id)
        if body is not None:
            _check_nothing_is_lost(salt, newest, _salts(salt, body))
    return older


def remove(salt: Salt, versions: list[str], *, keyrings: Keyrings) -> list[Done]:
    """Afterwards only the newest version is there. Raises TryLater, also when S3 still lists another."""
    done = [keyrings.remove(salt.key, one) for one in versions]
    if keyrings.older(salt.key):
        raise TryLater(f"{salt.key}: older versions are still listed")
    return done


def is_erased(salt: Salt, *, keyrings: Keyrings) -> bool:
    """By the newest version. Raises TryLater, Tampered."""
    return _salts(salt, keyrings.current(salt.key).body)[salt.ordinal] == ERASED


def _check_nothing_is_lost(salt: Salt, newest: list[bytes], older: list[bytes]) -> None:
    for ordinal, (now, before) in enumerate(zip(newest, older, strict=True)):
        if now not in (before, ERASED):
            raise Tampered(f"{salt.key}: salt {ordinal} is another than in an older version")


def _salts(salt: Salt, body: bytes) -> list[bytes]:
    salts = layout.read(body)
    if len(salts) != salt.count:
        raise Tampered(f"{salt.key}: {len(salts)} salts for {salt.count} records")
    return salts
