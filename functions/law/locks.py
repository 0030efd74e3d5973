"""S3 Object Lock as a value, and the check that every put of a lock makes first: it only ever extends.

S3 refuses to shorten a COMPLIANCE lock; a GOVERNANCE lock it lets whoever may bypass shorten, and an emulator may let
anybody. So every caller that puts a retention asks here first, with what S3 says (docs/adr/0003).
"""

from dataclasses import dataclass
from datetime import datetime

MODES = ("GOVERNANCE", "COMPLIANCE")
"""Weaker first."""


@dataclass(frozen=True, slots=True)
class Lock:
    """S3 Object Lock: `mode` is COMPLIANCE or GOVERNANCE, `until` aware UTC."""

    mode: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Extension:
    """A lock that may be put: at least as strong and as long as the one that is there, and different from it."""

    lock: Lock


def extend_only(current: Lock | None, wanted: Lock) -> Extension | None:
    """The lock to put so that both hold: the stronger mode, the later date; nothing when that is there already.

    `current` is what S3 says, never what a table remembers. Raises ValueError on a mode that S3 does not have.
    """
    if current is None:
        return Extension(Lock(MODES[_strength(wanted)], wanted.until))
    mode = MODES[max(_strength(current), _strength(wanted))]
    joined = Lock(mode, max(current.until, wanted.until))
    return None if joined == current else Extension(joined)


def _strength(lock: Lock) -> int:
    if lock.mode not in MODES:
        raise ValueError(f"S3 has no lock mode {lock.mode!r}; it has {', '.join(MODES)}")
    return MODES.index(lock.mode)
