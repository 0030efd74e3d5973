"""A sealed media file as a stream: made while it is read, from an upload that is read by range, in bounded memory."""

import hashlib
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from functions.malware import kinds
from functions.malware.source import Source
from functions.media.sealed import CHUNK_BYTES, SEALED_CHUNK_BYTES, Media

BLOCK_BYTES = 8 * CHUNK_BYTES
"""Read from the upload at once: fewer requests, little memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the first reading of an upload found."""

    sha256_hex: str
    md5_hex: str
    """The one name that WeCom's chat archive gives a file."""
    media_type: str
    """Of its content."""


class Plain:
    """The file's chunks, from a source that is asked for a block at a time."""

    def __init__(self, source: Source, size_bytes: int) -> None:
        self._source, self.size_bytes = source, size_bytes
        self._start, self._block = 0, b""

    def chunk(self, ordinal: int) -> memoryview:
        at = ordinal * CHUNK_BYTES
        if not self._start <= at < self._start + len(self._block):
            self._block = b""  # before the next is there, not after
            length = min(BLOCK_BYTES, self.size_bytes - at)
            self._start, self._block = at, self._source.read(start=at, length=length) if length else b""
        return memoryview(self._block)[at - self._start : at - self._start + CHUNK_BYTES]


class Sealed(io.RawIOBase):
    """The media object as a file to read from, and to read again: each chunk is sealed when it is asked for.

    The same chunk under the same key always gives the same bytes, so nothing of the object is kept.
    """

    def __init__(self, media: Media, plain: Plain) -> None:
        super().__init__()
        self._media, self._plain = media, plain
        self._digest = hashlib.sha256(media.front + media.commit)
        self._description = b""
        self._position, self._at, self._piece = 0, 0, b""

    def examine(self, watch: Callable[[memoryview], None]) -> Seen:
        """The first reading, which every other needs: what the file is, and the digest of what it becomes.

        `watch` is shown every chunk.
        """
        sha256, md5 = hashlib.sha256(), hashlib.md5(usedforsecurity=False)
        head = bytes(self._plain.chunk(0)[: kinds.HEAD_BYTES])
        for ordinal in range(self._media.header.chunks):
            chunk = self._plain.chunk(ordinal)
            sha256.update(chunk)
            md5.update(chunk)
            watch(chunk)
            self._digest.update(self._media.seal(ordinal, chunk))
        return Seen(
            sha256_hex=sha256.hexdigest(),
            md5_hex=md5.hexdigest(),
            media_type=kinds.detect(head),
        )

    def describe(self, description: Mapping[str, Any]) -> None:
        """Once, after the first reading: what is sealed behind the chunks."""
        self._description = self._media.seal_description(description)
        self._digest.update(self._description)

    @property
    def sha256(self) -> bytes:
        """Of the whole object."""
        return self._digest.digest()

    @property
    def size_bytes(self) -> int:
        """Of the whole object."""
        return self._media.description_at + len(self._description)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self.size_bytes}[whence]
        self._position = base + offset
        return self._position

    def readinto(self, buffer: Any) -> int:
        """As much of one piece as there is; 0 at the end."""
        if not self._at <= self._position < self._at + len(self._piece):
            self._at, self._piece = self._piece_at(self._position)
        start = self._position - self._at
        part = memoryview(self._piece)[start : start + len(buffer)]
        buffer[: len(part)] = part
        self._position += len(part)
        return len(part)

    def _piece_at(self, position: int) -> tuple[int, bytes]:
        """The prefix, one chunk, or the description: where it begins, and its bytes."""
        media = self._media
        if position < media.chunks_at:
            return 0, media.front + media.commit
        if position >= media.description_at:
            return media.description_at, self._description
        ordinal = (position - media.chunks_at) // SEALED_CHUNK_BYTES
        return media.chunks_at + ordinal * SEALED_CHUNK_BYTES, media.seal(ordinal, self._plain.chunk(ordinal))
