"""Legal holds: by matter, over custodians, conversations and a range of time, past and future."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from functions.errors import Rejected


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """One hold. Ends are inclusive, aware UTC; None is open. Raises Rejected when it would hold nobody or no time."""

    id: str
    matter: str
    """Keyed token, hex."""
    custodians: frozenset[bytes]
    """Participant tokens."""
    conversations: frozenset[bytes]
    """Conversation tokens."""
    sent_from: datetime | None
    sent_until: datetime | None
    placed_by_act: str

    def __post_init__(self) -> None:
        if not self.custodians and not self.conversations:
            raise Rejected(f"hold {self.id}: name a custodian or a conversation")
        if self.sent_from and self.sent_until and self.sent_until < self.sent_from:
            raise Rejected(f"hold {self.id}: it ends {self.sent_until} and begins {self.sent_from}")


def matches(hold: Hold, *, tokens: Collection[bytes], sent_at: datetime) -> bool:
    """Whether the hold covers a record with these index tokens. Any one custodian or conversation suffices."""
    if hold.sent_from is not None and sent_at < hold.sent_from:
        return False
    if hold.sent_until is not None and sent_at > hold.sent_until:
        return False
    return not (hold.custodians | hold.conversations).isdisjoint(tokens)


def holding(holds: Iterable[Hold], *, tokens: Collection[bytes], sent_at: datetime) -> tuple[Hold, ...]:
    """Those that cover the record, by id."""
    return tuple(sorted((h for h in holds if matches(h, tokens=tokens, sent_at=sent_at)), key=lambda hold: hold.id))
