"""What lies in quarantine, and how it is opened."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from functions.capture.aside import open_suspect, suspect_key, suspect_keys, wrapped_key_object
from functions.capture.capture import Delivery
from functions.capture.delivery import Unwrap


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspect:
    """One capture in quarantine, and why and since when it is there."""

    record_id: str
    reasons: tuple[str, ...]
    """Codes, never text."""
    since: datetime
    due: datetime
    """When an officer should have looked."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """As it lies there."""

    suspect: Suspect
    body: bytes = field(repr=False)


class Quarantine(Protocol):
    """The quarantine bucket."""

    def head(self, record_id: str) -> Suspect | None:
        """None when it is not there. Raises TryLater."""
        ...

    def get(self, record_id: str) -> Sealed | None:
        """None when it is not there. Raises TryLater."""
        ...

    def key(self, name: str) -> bytes:
        """A wrapped key. Raises TryLater, and Tampered when it is not there."""
        ...

    def remove(self, prefix: str) -> int:
        """Every version under it. How many are left when it has done so. Raises TryLater."""
        ...


class WaitingList(Protocol):
    """The table Held, of which this room sees the suspects."""

    def suspects(self, *, most: int) -> Sequence[str]:
        """Record ids. Raises TryLater."""
        ...

    def remove(self, record_id: str) -> None:
        """What is not there is removed as well. Raises TryLater."""
        ...


def opened(sealed: Sealed, quarantine: Quarantine, unwrap: Unwrap, *, archive_id: str) -> Delivery:
    """The one capture. Raises TryLater and Tampered."""
    record_id = sealed.suspect.record_id
    wrapped = quarantine.key(wrapped_key_object(sealed.body, record_id))
    return open_suspect(sealed.body, wrapped, unwrap, archive_id=archive_id, record_id=record_id)


def destroyed(record_id: str, quarantine: Quarantine) -> bool:
    """Its keys first, so that a death between the two leaves nothing that opens. Whether nothing is left."""
    keys_left = quarantine.remove(suspect_keys(record_id))
    return keys_left == 0 and quarantine.remove(suspect_key(record_id)) == 0
