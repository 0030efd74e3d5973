"""How far an archive is unpacked, and files that are read within that: from a source by range, from a packed stream."""

import io
import lzma
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from functions.media.rules import Windows
from functions.media.stream import Source

MOST_DEPTH = 6
"""Of archives in one another; a `.tar.gz` counts as two."""
MOST_MEMBERS = 10_000
MOST_BYTES = 8 * 2**30
FREE_BYTES = 64 * 2**20
"""Unpacked at any ratio."""
MOST_RATIO = 200
"""Beyond that, unpacked to packed. Text seldom passes 20; a row of zeros reaches 1,000."""
MOST_SECONDS = 180
LARGEST_READ_BYTES = 2**20
"""At once. A zip's directory is read at once, so one larger than that is a bomb: it names 10,000 members in less."""
LARGEST_NESTED_BYTES = 8 * 2**20
"""Of a zip inside an archive: it is held in memory, because it is read from its end."""
MOST_HELD_BYTES = 12 * 2**20
"""Of all that are open at once, one in another."""
XZ_MEMORY_BYTES = 16 * 2**20
"""What a decoder may ask for; `xz -9` asks for 65 MiB, the usual `xz -6` for 9."""
PIECE_BYTES = 2**18


class Unscannable(Exception):
    """It cannot be looked into, and why: in words that stand in the description of the file."""


class Bomb(Unscannable):
    """What ends all unpacking, of the whole file."""

    def __init__(self, bound: str) -> None:
        super().__init__(f"bomb: {bound}")


@dataclass(slots=True)
class Budget:
    """What is left to unpack of one upload."""

    packed_bytes: int
    clock: Callable[[], float]
    """Seconds, only ever more."""
    until: float = 0
    members: int = 0
    unpacked_bytes: int = 0
    held_bytes: int = 0

    def __post_init__(self) -> None:
        self.until = self.clock() + MOST_SECONDS

    def member(self) -> None:
        """One more. Raises Bomb."""
        self.members += 1
        if self.members > MOST_MEMBERS:
            raise Bomb("members")

    def spend(self, unpacked: int) -> None:
        """So many bytes more were unpacked. Raises Bomb."""
        self.unpacked_bytes += unpacked
        if self.unpacked_bytes > min(MOST_BYTES, FREE_BYTES + MOST_RATIO * self.packed_bytes):
            raise Bomb("size")
        if self.clock() > self.until:
            raise Bomb("time")

    def hold(self, more: int) -> None:
        """So many bytes more are held in memory, or fewer. Raises Unscannable."""
        self.held_bytes += more
        if self.held_bytes > MOST_HELD_BYTES:
            raise Unscannable("nested archive too large")


class Bounded(io.BytesIO):
    """Bytes in memory, read as `Ranged` is."""

    def read(self, size: int | None = -1) -> bytes:
        return super().read(_bounded(size, self.getbuffer().nbytes - self.tell()))


class Ranged(io.RawIOBase):
    """An upload as a file to read from anywhere, with one block of it in memory."""

    def __init__(self, source: Source, size_bytes: int) -> None:
        super().__init__()
        self._source, self._size = source, size_bytes
        self._position, self._start, self._block = 0, 0, b""

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        if base + offset < 0:
            raise OSError("before the beginning")
        self._position = base + offset
        return self._position

    def read(self, size: int | None = -1) -> bytes:
        """Raises Bomb when it is asked for too much at once, TryLater."""
        wanted = _bounded(size, self._size - self._position)
        parts: list[bytes] = []
        while wanted > 0:
            parts.append(self._some(wanted))
            wanted -= len(parts[-1])
        return b"".join(parts)

    def readinto(self, buffer: Any) -> int:
        part = self.read(min(len(buffer), LARGEST_READ_BYTES))
        buffer[: len(part)] = part
        return len(part)

    def _some(self, wanted: int) -> bytes:
        if not self._start <= self._position < self._start + len(self._block):
            length = min(LARGEST_READ_BYTES, self._size - self._position)
            self._start, self._block = self._position, self._source.read(start=self._position, length=length)
        at = self._position - self._start
        part = self._block[at : at + wanted]
        self._position += len(part)
        return part


def _bounded(size: int | None, left: int) -> int:
    wanted = max(left, 0) if size is None or size < 0 else min(size, max(left, 0))
    if wanted > LARGEST_READ_BYTES:
        raise Bomb("directory")
    return wanted


class Xz(io.RawIOBase):
    """What an .xz file holds, with a decoder that may not take more memory than that. Raises LZMAError, Unscannable."""

    def __init__(self, packed: Any) -> None:
        super().__init__()
        self._packed = packed
        self._decoder = self._new()

    def _new(self) -> lzma.LZMADecompressor:
        return lzma.LZMADecompressor(format=lzma.FORMAT_XZ, memlimit=XZ_MEMORY_BYTES)

    def readinto(self, buffer: Any) -> int:
        """0 at the end. Raises EOFError when it comes too early."""
        while True:
            fed = b""
            if self._decoder.eof:
                fed = self._decoder.unused_data.lstrip(b"\0") or self._packed.read(PIECE_BYTES)
                if not fed:
                    return 0
                self._decoder = self._new()
            elif self._decoder.needs_input:
                fed = self._packed.read(PIECE_BYTES)
                if not fed:
                    raise EOFError("the stream ends too early")
            part = self._decompress(fed, len(buffer))
            if part:
                buffer[: len(part)] = part
                return len(part)

    def _decompress(self, fed: bytes, most: int) -> bytes:
        try:
            return self._decoder.decompress(fed, most)
        except lzma.LZMAError as error:
            if "limit" in str(error):
                raise Unscannable("needs too much memory") from error
            raise


class Tapped(io.RawIOBase):
    """A member as it is unpacked: every byte that passes is counted and scanned."""

    def __init__(self, stream: Any, windows: Windows, budget: Budget, head: bytes = b"") -> None:
        super().__init__()
        self._stream, self._windows, self._budget, self._head = stream, windows, budget, head

    def readinto(self, buffer: Any) -> int:
        if self._head:  # has passed before
            part, self._head = self._head[: len(buffer)], self._head[len(buffer) :]
        else:
            part = self._stream.read(min(len(buffer), PIECE_BYTES))
            self._budget.spend(len(part))
            self._windows.feed(part)
        buffer[: len(part)] = part
        return len(part)
