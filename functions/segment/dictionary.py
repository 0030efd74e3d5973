"""The zstd dictionary of the frames: shipped with the code, named by its SHA-256, one copy kept in the vault."""

import hashlib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from backports.zstd import ZstdCompressor, ZstdDict

from functions.capture.delivery import decompress

SHIPPED = Path(__file__).parent / "dictionaries" / "2.zdict"
"""Those before it stay beside it: old segments name theirs, and the vault has a copy."""
LEVEL = 3
LARGEST_RECORD_BYTES = 64 * 2**20


@dataclass(frozen=True, slots=True)
class Dictionary:
    """Its bytes, its name, and both ready for use."""

    body: bytes = field(repr=False)
    sha256_hex: str
    prepared: ZstdDict = field(repr=False)

    @property
    def key(self) -> str:
        """Object key in the vault."""
        return f"dictionaries/{self.sha256_hex}"

    def compressor(self) -> ZstdCompressor:
        """For many messages, one after another."""
        return ZstdCompressor(level=LEVEL, zstd_dict=self.prepared.as_digested_dict)

    def decompress(self, compressed: bytes) -> bytes:
        """Bounded to 64 MiB. Raises Tampered."""
        return decompress(compressed, LARGEST_RECORD_BYTES, self.prepared)


def load(body: bytes) -> Dictionary:
    """A dictionary from its file."""
    return Dictionary(body, hashlib.sha256(body).hexdigest(), ZstdDict(body))


@cache
def shipped() -> Dictionary:
    """The one that new segments use."""
    return load(SHIPPED.read_bytes())
