"""UUIDv7 (RFC 9562 §5.7, read 2026-11): ids that sort by time. Layout: u48 Unix ms | version | random."""

import uuid
from datetime import datetime

from functions.canonical import epoch_ms


def uuid7(now: datetime, entropy: bytes) -> str:
    """36 characters. `entropy` is 10 random bytes."""
    value = int.from_bytes(epoch_ms(now).to_bytes(6, "big") + entropy, "big")
    value = value & ~(0xF << 76) | 0x7 << 76  # version 7
    value = value & ~(0x3 << 62) | 0x2 << 62  # the RFC's variant
    return str(uuid.UUID(int=value))
