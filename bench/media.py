"""`python -m bench.media`: what sealing a media file costs, against plain AES-256-GCM in the same run.

Each case runs in a process of its own, on a file that is made as it is read, so that nothing but the sealing counts.
`seal` is both readings, as the media room does them: hash and scan the file, hash the object it becomes, then send it.
"""

import hashlib
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from functions.canonical import from_epoch_ms
from functions.malware.rules import shipped
from functions.malware.scan import Scanner
from functions.media.sealed import CHUNK_BYTES, Header, Media, encryption_context
from functions.media.stream import Plain, Sealed
from functions.segment.segment import Class
from functions.segment.suites import suite

SIZES = (2**20, 100 * 2**20, 2 * 2**30)
SENT_AT_ONCE = 16_384
"""What http.client reads of a body at once."""
KIB_PER_MIB = 1024


class Synthetic:
    """A file of any size in no memory: one mebibyte, again and again."""

    def __init__(self) -> None:
        self._block = memoryview(os.urandom(CHUNK_BYTES))

    def read(self, *, start: int, length: int) -> bytes:
        del start
        whole, rest = divmod(length, CHUNK_BYTES)
        return b"".join([self._block] * whole + [self._block[:rest]])


def make(size_bytes: int, suite_name: str) -> Sealed:
    context = encryption_context(archive="bench", media_id="0" * 32)
    header = Header(
        media_id="0" * 32,
        archive="bench",
        created_at=from_epoch_ms(0),
        klass=Class(tier="general", retain_until=date(2046, 11, 22), erasable=False),
        suite=suite(suite_name),
        keyring="019aab00-0000-7000-8000-000000000000",
        size_bytes=size_bytes,
        kms_key="arn",
        wrapped_key=bytes(184),
        encryption_context=context,
        software="bench",
    )
    return Sealed(Media(header, key=bytes(32), salt=os.urandom(32)), Plain(Synthetic(), size_bytes))


def seal(size_bytes: int, *, suite_name: str = "AES-256-GCM", scanning: bool = True) -> None:
    """As the media room does, with every file a picture to the scan, so that there is nothing inside it."""
    sealed, scanner = make(size_bytes, suite_name), Scanner(rules=shipped(), clamd=None, clock=time.monotonic)
    watch = scanner.watch("image/png")
    seen = sealed.examine(watch.feed if scanning else lambda _: None)
    if scanning:
        watch.end(Synthetic(), size_bytes, now=from_epoch_ms(0))
    sealed.describe({"sha256": seen.sha256_hex})
    sent = 0
    while part := sealed.read(SENT_AT_ONCE):
        sent += len(part)
    if sent != sealed.size_bytes:
        raise SystemExit(f"{sent} of {sealed.size_bytes} bytes")


def floor(size_bytes: int) -> None:
    """Plain AES-256-GCM of each mebibyte, and the one SHA-256 that nobody can do without."""
    cipher, source, digest = AESGCM(bytes(32)), Synthetic(), hashlib.sha256()
    for at in range(0, size_bytes, CHUNK_BYTES):
        chunk = source.read(start=at, length=min(CHUNK_BYTES, size_bytes - at))
        digest.update(chunk)
        cipher.encrypt(at.to_bytes(12, "big"), chunk, None)


def plain(size_bytes: int) -> None:
    """Plain AES-256-GCM of each mebibyte."""
    cipher, source = AESGCM(bytes(32)), Synthetic()
    for at in range(0, size_bytes, CHUNK_BYTES):
        cipher.encrypt(at.to_bytes(12, "big"), source.read(start=at, length=min(CHUNK_BYTES, size_bytes - at)), None)


CASES: dict[str, Callable[[int], None]] = {
    "plain AES-256-GCM": plain,
    "plain AES-256-GCM and one SHA-256": floor,
    "seal": seal,
    "seal, without a scan": lambda size: seal(size, scanning=False),
    "seal, SM4-GCM": lambda size: seal(size, suite_name="SM4-GCM"),
}


def peak_mib() -> float:
    """Linux's own word about this program: what getrusage says includes the process that started it."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KIB_PER_MIB
    (line,) = (line for line in status.read_text("ascii").splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) / KIB_PER_MIB


def measure(name: str, size_bytes: int) -> None:
    """In this process: seconds of CPU (nothing waits), MiB that the peak grew by after a warm-up with one chunk."""
    CASES[name](1)
    before, started = peak_mib(), time.process_time()
    CASES[name](size_bytes)
    print(json.dumps({"seconds": time.process_time() - started, "growth_mib": peak_mib() - before}))


def measured(name: str, size_bytes: int) -> dict[str, float]:
    """In a process of its own."""
    command = [sys.executable, "-m", "bench.media", name, str(size_bytes)]
    found: dict[str, float] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return found


def main() -> None:
    for size_bytes in SIZES:
        print(f"{size_bytes / 2**20:,.0f} MiB")
        base = 0.0
        for name in CASES:
            if size_bytes == SIZES[-1] and "SM4" in name:
                continue  # half a minute that says nothing new
            found = measured(name, size_bytes)
            base = base or found["seconds"]
            rate = size_bytes / 2**20 / found["seconds"]
            print(
                f"  {name:<36} {rate:>8,.0f} MiB/s {found['seconds'] / base:>7.1f} × plain"
                f" {found['growth_mib']:>8.1f} MiB more memory"
            )


if __name__ == "__main__":
    if sys.argv[1:]:
        measure(sys.argv[1], int(sys.argv[2]))
    else:
        main()
