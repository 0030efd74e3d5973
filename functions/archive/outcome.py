"""What can become of a capture: kept in the vault, set aside as a suspect, held back for an answer, or dropped."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from functions.archive.sequences import Mark
from functions.canonical import canonical
from functions.segment.segment import Class, Plain


@dataclass(frozen=True)
class Decision:
    """One decision. `result` holds codes, dates, offsets and keyed hashes, never text.

    Many captures of a batch share one, so that it is put together and written once.
    """

    about: str
    """`scope`, `classify`, `secrecy`, `tier`, `consent` or `retention`."""
    rule: str
    version: str
    result: dict[str, Any]

    def line(self) -> dict[str, Any]:
        """As it stands in the record."""
        return {"about": self.about, "rule": self.rule, "version": self.version, "result": self.result}

    @cached_property
    def written(self) -> bytes:
        """The same as canonical JSON."""
        return canonical(self.line())


@dataclass(frozen=True, slots=True)
class Record:
    """A capture that knows where it goes."""

    klass: Class
    plain: Plain = field(repr=False)
    marks: tuple[Mark, ...] = field(default=(), repr=False)
    """Its place in what its sender counts."""
    files: tuple[bytes, ...] = ()
    """Tokens of the files that it names and does not carry."""
    holds: frozenset[str] = frozenset()
    """Ids of the legal holds that cover it."""

    @property
    def held(self) -> bool:
        """Whether its segment is put under S3's, and the files that it names."""
        return bool(self.holds)


@dataclass(frozen=True, slots=True)
class Vault:
    """Kept, and locked."""

    record: Record


@dataclass(frozen=True, slots=True)
class Quarantined:
    """It may be a state secret, or nobody could tell: it waits, unlocked, for an officer."""

    codes: tuple[str, ...]
    """Why, in our own words."""
    rule: str


@dataclass(frozen=True, slots=True)
class HeldBack:
    """Somebody in it has not answered yet."""

    waiting: tuple[bytes, ...]
    """Whose answer is waited for, by their tokens."""
    until: datetime
    rule: str


@dataclass(frozen=True, slots=True)
class Dropped:
    """Not the firm's to keep. What remains is a count."""

    about: str
    """`scope` or `consent`."""
    reason: str
    """One word that says nothing about anybody."""
    rule: str


Outcome = Vault | Quarantined | HeldBack | Dropped
