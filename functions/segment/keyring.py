"""The keyring beside a segment. Layout: "FENGKEY1" | u32 n | salt_0[32] | … | salt_{n-1}[32]."""

import struct
from collections.abc import Sequence

from functions.errors import Tampered

MAGIC = b"FENGKEY1"
HEAD_BYTES = len(MAGIC) + 4
SALT_BYTES = 32
ERASED = bytes(SALT_BYTES)


def key(segment_id: str) -> str:
    """Object key in the keyring bucket."""
    return f"keyrings/{segment_id}"


def write(salts: Sequence[bytes]) -> bytes:
    """One random salt for each record, in order."""
    return b"".join((MAGIC, struct.pack(">I", len(salts)), *salts))


def read(keyring: bytes) -> list[bytes]:
    """The salts; ERASED stands where a record has been erased. Raises Tampered."""
    check_head(keyring[:HEAD_BYTES], len(keyring))
    return [keyring[at : at + SALT_BYTES] for at in range(HEAD_BYTES, len(keyring), SALT_BYTES)]


def check_head(head: bytes, size: int) -> None:
    """From the first 12 bytes of a keyring of `size` bytes. Raises Tampered."""
    if head != MAGIC + struct.pack(">I", max(size - HEAD_BYTES, 0) // SALT_BYTES) or (size - HEAD_BYTES) % SALT_BYTES:
        raise Tampered(f"keyring of {size} bytes: its head does not match its length")


def salt_range(ordinal: int) -> tuple[int, int]:
    """First byte and length of one salt."""
    return HEAD_BYTES + SALT_BYTES * ordinal, SALT_BYTES
