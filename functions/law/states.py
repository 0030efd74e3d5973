"""What may be done with a record in which state. Every path that reads, searches, exports or supervises asks `may`."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """A record's state. One that no act has changed is active."""

    ACTIVE = "active"
    RESTRICTED = "restricted"
    """Stored and protected, nothing else (PIPL 47 para. 2)."""
    SECRET_FROZEN = "secret_frozen"  # noqa: S105 - a state, not a password
    """Suspected or confirmed state secret: waits for the authority's order."""
    ERASED = "erased"
    """Its key is destroyed."""


class Use(StrEnum):
    """What somebody wants to do with a record."""

    READ = "read"
    SEARCH = "search"
    EXPORT = "export"
    SUPERVISE = "supervise"
    STATUTORY = "statutory"
    """A duty that a law imposes, under an approved act."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """Go on."""


@dataclass(frozen=True, slots=True)
class Refused:
    """By which rule, and what that means for the caller."""

    rule: str
    reason: str


RESTRICTED = Refused("cn.pipl.47.2", "restricted: it is stored and protected, and not read, searched or exported")
FROZEN = Refused("cn.ssl.34", "frozen as a suspected state secret: it waits for the authority's order")
GONE = Refused("state.erased", "erased by destruction of its key: nobody can open it again")


def may(state: State, use: Use) -> Allowed | Refused:
    """Total. A restricted record serves a statutory duty alone; a frozen or erased one serves nothing."""
    if state is State.ACTIVE or (state is State.RESTRICTED and use is Use.STATUTORY):
        return Allowed()
    return {State.RESTRICTED: RESTRICTED, State.SECRET_FROZEN: FROZEN, State.ERASED: GONE}[state]
