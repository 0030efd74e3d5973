"""Files to scan: harmless ones that look like what they must not be, and archives that are more than they seem."""

import gzip
import io
import struct
import tarfile
import zipfile

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE!$H+H*"
"""The test file that every scanner finds: eicar.org. In two parts, so that no scanner finds this one."""


def zipped(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", method) as archive:
        for name, body in members:
            archive.writestr(name, body)
    return whole.getvalue()


def tarred(*members: tuple[str, bytes]) -> bytes:
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w") as archive:
        for name, body in members:
            told = tarfile.TarInfo(name)
            told.size = len(body)
            archive.addfile(told, io.BytesIO(body))
    return whole.getvalue()


def encrypted() -> bytes:
    """A zip whose one member says that it is."""
    body = bytearray(zipped(("secret.txt", b"secret")))
    body[6] |= 1
    body[body.index(b"PK\1\2") + 8] |= 1
    return bytes(body)


def nest(depth: int, core: bytes = b"core") -> bytes:
    """A zip in a zip, so many times."""
    for _ in range(depth):
        core = zipped(("inner.zip", core))
    return core


def forty_two(width: int = 16, depth: int = 5, core_bytes: int = 2**20) -> bytes:
    """As 42.zip is made: zips full of zips, at the bottom of which there are zeros without end."""
    body = zipped(("0", bytes(core_bytes)))
    for level in range(depth - 1):
        body = zipped(*((f"{level}-{number}.zip", body) for number in range(width)))
    return body


def zeros(size_bytes: int) -> bytes:
    """A zip of about a thousandth of that."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("zeros", "w") as member:
        for _ in range(size_bytes // 2**20):
            member.write(bytes(2**20))
    return whole.getvalue()


def crowd(members: int) -> bytes:
    return tarred(*((str(number), b"") for number in range(members)))


def png(width: int, height: int) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", width, height)


def shortcut(target: str) -> bytes:
    return struct.pack("<II", 0x4C, 0x00021401) + bytes(68) + target.encode("utf-16-le")


def gzipped(body: bytes) -> bytes:
    return gzip.compress(body, mtime=0)
