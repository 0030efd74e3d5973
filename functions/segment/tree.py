"""The Merkle tree of RFC 6962 §2.1 (read 2026-11), with SHA-256."""

import hashlib
from collections.abc import Sequence

LEAF = b"\x00"
NODE = b"\x01"


def leaf(entry: bytes) -> bytes:
    """SHA-256(0x00 | entry)."""
    return hashlib.sha256(LEAF + entry).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """Merkle tree head of the leaf hashes; of none, the hash of nothing."""
    if not leaves:
        return hashlib.sha256().digest()
    level = list(leaves)
    while len(level) > 1:
        pairs = [_node(level[at], level[at + 1]) for at in range(0, len(level) - 1, 2)]
        level = pairs + level[len(pairs) * 2 :]  # an odd last one moves up unchanged: the same tree as RFC 6962's
    return level[0]


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(NODE + left + right).digest()
