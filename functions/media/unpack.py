"""What is inside a file: archives unpacked as streams, each member scanned, never more than the bounds allow."""

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from typing import Any

import yara_x

from functions.media import kinds
from functions.media.bounds import (
    LARGEST_NESTED_BYTES,
    MOST_DEPTH,
    PIECE_BYTES,
    Bomb,
    Bounded,
    Budget,
    Tapped,
    Unscannable,
    Xz,
)
from functions.media.rules import Windows

CONTAINERS = frozenset(
    {
        "application/vnd.ms-cab-compressed",
        "application/vnd.rar",
        "application/x-7z-compressed",
        "application/x-ole-storage",
        "application/zstd",
    }
)
"""Whose members nothing here can see."""
ENCRYPTED = 1
READABLE = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
"""Python unpacks two more, without a bound on memory."""
DAMAGE = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    lzma.LZMAError,
    tarfile.HeaderError,
    EOFError,
    OSError,
    ValueError,
    NotImplementedError,
    struct.error,
)
"""What Python's unpackers raise on bytes that are not what they should be."""
PACKED: dict[str, Callable[[Any], Any]] = {
    "application/gzip": lambda packed: gzip.GzipFile(fileobj=packed),
    "application/x-bzip2": bz2.BZ2File,
    "application/x-xz": Xz,
}
TAR, ZIP = "application/x-tar", "application/zip"


class Unpacker:
    """One upload's inside. `found` and `why` are as in `Windows`, of all members together."""

    def __init__(self, scanner: yara_x.Scanner, budget: Budget) -> None:
        self._scanner, self._budget = scanner, budget
        self.found: set[str] = set()
        self.why: set[str] = set()

    def open(self, file: Any, media_type: str) -> None:
        """The upload itself, which was scanned before. Raises TryLater, where reading does."""
        try:
            self._walk(file, media_type, 1)
        except Bomb as bomb:
            self.why.add(str(bomb))

    def _walk(self, file: Any, media_type: str, depth: int) -> None:
        """Whatever is inside `file`. Raises Bomb."""
        if media_type in CONTAINERS:
            self.why.add("container")
        elif media_type in {ZIP, TAR, *PACKED}:
            try:
                self._unpack(file, media_type, depth)
            except Bomb:
                raise
            except Unscannable as reason:
                self.why.add(str(reason))
            except DAMAGE:
                self.why.add("damaged")

    def _unpack(self, file: Any, media_type: str, depth: int) -> None:
        if depth > MOST_DEPTH:
            raise Unscannable("too deep")
        if media_type == ZIP:
            self._zip(file, depth)
        elif media_type == TAR:
            self._tar(file, depth)
        else:
            self._member("", PACKED[media_type](file), depth)

    def _zip(self, file: Any, depth: int) -> None:
        with zipfile.ZipFile(file) as archive:
            for member in archive.infolist():
                if member.flag_bits & ENCRYPTED:
                    self.why.add("encrypted")
                elif member.compress_type not in READABLE:
                    self.why.add("container")
                elif not member.is_dir():
                    self._zipped(archive, member, depth)

    def _zipped(self, archive: zipfile.ZipFile, member: zipfile.ZipInfo, depth: int) -> None:
        """One that is damaged does not hide the others."""
        try:
            with archive.open(member) as stream:
                self._member(member.filename, stream, depth)
        except DAMAGE:
            self.why.add("damaged")

    def _tar(self, file: Any, depth: int) -> None:
        """Header by header: the library would hold a member's extended header in memory, however large."""
        while (block := _exactly(file, tarfile.BLOCKSIZE)).strip(b"\0"):
            header = tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
            if header.size < 0:
                raise ValueError("a member cannot have less than nothing")
            padding = -header.size % tarfile.BLOCKSIZE
            self._member(header.name, _Part(file, header.size), depth)
            _exactly(file, padding)

    def _member(self, name: str, stream: Any, depth: int) -> None:
        self._budget.member()
        windows = Windows(self._scanner, name=name)
        try:
            tapped = Tapped(stream, windows, self._budget)
            head = _up_to(tapped, kinds.HEAD_BYTES)
            media_type = kinds.detect(head)
            whole = Tapped(stream, windows, self._budget, head)
            self._inside(whole, media_type, depth + 1)
            while whole.read(PIECE_BYTES):
                pass
        finally:
            windows.close()
            self.found |= windows.found
            self.why |= windows.why

    def _inside(self, member: Tapped, media_type: str, depth: int) -> None:
        if media_type != ZIP:
            self._walk(member, media_type, depth)
            return
        try:
            held = _up_to(member, LARGEST_NESTED_BYTES + 1)
            self._budget.hold(len(held))
            try:
                if len(held) > LARGEST_NESTED_BYTES:
                    raise Unscannable("nested archive too large")
                self._walk(Bounded(held), media_type, depth)
            finally:
                self._budget.hold(-len(held))
        except Bomb:
            raise
        except Unscannable as reason:
            self.why.add(str(reason))


class _Part(io.RawIOBase):
    """The next `size` bytes of a stream. Raises EOFError when there are fewer."""

    def __init__(self, stream: Any, size: int) -> None:
        super().__init__()
        self._stream, self._left = stream, size

    def readinto(self, buffer: Any) -> int:
        part = self._stream.read(min(len(buffer), self._left, PIECE_BYTES))
        if self._left and not part:
            raise EOFError("the archive ends inside a member")
        self._left -= len(part)
        buffer[: len(part)] = part
        return len(part)


def _up_to(stream: Any, size: int) -> bytes:
    parts: list[bytes] = []
    while size > 0 and (part := stream.read(min(size, PIECE_BYTES))):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _exactly(stream: Any, size: int) -> bytes:
    block = _up_to(stream, size)
    if len(block) != size:
        raise EOFError("the archive ends too early")
    return block
