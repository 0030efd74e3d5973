"""Keyed names: what the index and the claims call things, so that a stolen table names nobody.

Everything here is HMAC-SHA256 under the archive's index key (docs/formats.md, "Record id and digests").
"""

import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import UTC, datetime

from functions.canonical import lp

TOKEN_BYTES = 16
DIGEST_BYTES = 8
RECORD_ID_DIGITS = 2 * (TOKEN_BYTES + DIGEST_BYTES)
MOST_NAMES = 50_000  # remembered at once
NO_EVENT = bytes(DIGEST_BYTES)
"""Event digest of a capture whose sender gives events no id."""


def endpoint_name(door: str, endpoint: str) -> str:
    """What the keyed names call a way in: `gateway/<id>`, `wecom/<id>`, `wechat/<id>` or `pull/<corp id>`."""
    return f"{door}/{endpoint}"


def arrival(record_id: str) -> bytes:
    """The token under which the index files a record, from its id."""
    return bytes.fromhex(record_id)[:TOKEN_BYTES]


def record_digest(record_id: str) -> bytes:
    """Which record it is under that token, from its id."""
    return bytes.fromhex(record_id)[TOKEN_BYTES:]


@dataclass(frozen=True, slots=True)
class IndexKey:
    """The key that names are made with. `secret` is the UTF-8 text of the index secret."""

    secret: bytes = field(repr=False)

    def _mac(self, label: bytes, *values: bytes) -> bytes:
        return hmac.digest(self.secret, b"".join((label, *map(lp, values))), hashlib.sha256)

    def token(self, kind: str, value: str) -> bytes:
        """16 bytes that stand for one conversation, participant, hour and so on."""
        return self._mac(b"fengcun/token", kind.encode(), value.encode())[:TOKEN_BYTES]

    def arrival(self, endpoint: str, sent_at: datetime) -> bytes:
        """Token of everything one endpoint sent in one UTC hour."""
        hour = sent_at.astimezone(UTC).isoformat(timespec="hours")[: len("2026-11-22T09")]
        return self.token("arrival", f"{endpoint}\0{hour}")

    def digest(self, *, endpoint: str, source: str, event_id: str, capture: bytes) -> bytes:
        """8 bytes that are the same whenever the same capture is delivered again."""
        head = b"".join(map(lp, (endpoint.encode(), source.encode(), event_id.encode())))
        return hmac.digest(self.secret, b"fengcun/record" + head + capture, hashlib.sha256)[:DIGEST_BYTES]

    def event_digest(self, *, endpoint: str, event_id: str) -> bytes:
        """8 bytes that stand for a sender's own event id; zeros when it has none."""
        if not event_id:
            return NO_EVENT
        return self._mac(b"fengcun/event", endpoint.encode(), event_id.encode())[:DIGEST_BYTES]

    def record_id(self, *, endpoint: str, source: str, event_id: str, sent_at: datetime, capture: bytes) -> str:
        """48 hex digits: where the index files it, then which one it is."""
        digest = self.digest(endpoint=endpoint, source=source, event_id=event_id, capture=capture)
        return (self.arrival(endpoint, sent_at) + digest).hex()

    def claim(self, endpoint: str, name: bytes) -> bytes:
        """32 bytes under which a delivery is claimed, so that it is queued once."""
        return self._mac(b"fengcun/claim", endpoint.encode(), name)

    def body(self, body: bytes) -> bytes:
        """32 bytes that tell two bodies apart without letting anyone guess one."""
        return hmac.digest(self.secret, b"fengcun/body" + body, hashlib.sha256)


class Names:
    """Tokens under one key, each made once. Lives as long as one batch, since it remembers what they stand for."""

    def __init__(self, key: IndexKey) -> None:
        self.key = key
        self._known: dict[tuple[str, str], bytes] = {}

    def token(self, kind: str, value: str) -> bytes:
        """As `IndexKey.token`."""
        name = (kind, value)
        known = self._known.get(name)
        if known is None:
            if len(self._known) >= MOST_NAMES:
                self._known.clear()
            known = self._known[name] = self.key.token(kind, value)
        return known
