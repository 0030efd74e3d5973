"""How far a corp's messages have been read, and whether some may have been missed."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from functions.canonical import moment_text

KEPT = timedelta(days=5)
"""How long WeCom keeps messages. Asked for older ones it begins with the oldest it has, without an error:
developer.work.weixin.qq.com/document/path/91552 (read 2026-11)"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Between these, messages may have come and gone unread."""

    requested_seq: int
    last_success: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """`succeeded_at` is when WeCom last answered, whether or not it had anything."""

    seq: int
    succeeded_at: datetime
    gap: Gap | None = None
    """A gap that no capture tells of yet."""

    def gap_at(self, now: datetime) -> Gap | None:
        """What may be missing, if WeCom answers now."""
        if now - self.succeeded_at > KEPT:
            return Gap(requested_seq=self.seq, last_success=self.succeeded_at)
        return self.gap

    def age_minutes(self, now: datetime) -> int:
        return int((now - self.succeeded_at) / timedelta(minutes=1))


class Cursors(Protocol):
    def load(self, corp_id: str) -> Cursor | None:
        """None before the first pull. Raises TryLater."""
        ...

    def save(self, corp_id: str, cursor: Cursor) -> None:
        """Atomic, and only ever forward: raises AlreadyStored when another run is further. Raises TryLater."""
        ...


def evidence(*, requested_seq: int, first_seq: int, gap: Gap | None) -> dict[str, Any]:
    """What a delivery says about how it was asked for. A seq is text here: it may be too large for portable JSON."""
    found: dict[str, Any] = {"requested_seq": str(requested_seq), "first_seq": str(first_seq)}
    if gap is not None:
        found["gap"] = {"requested_seq": str(gap.requested_seq), "last_success": moment_text(gap.last_success)}
    return found
