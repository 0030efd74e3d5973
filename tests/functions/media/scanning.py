"""`python -m tests.functions.media.scanning FILE`: scan it as an upload is scanned, and say what that took."""

import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from bench.media import peak_mib
from functions.canonical import from_epoch_ms
from functions.media.rules import shipped
from functions.media.scan import Scan, Scanner
from functions.media.stream import BLOCK_BYTES
from tests.media_files import zipped


@dataclass(frozen=True)
class FileSource:
    path: Path

    def read(self, *, start: int, length: int) -> bytes:
        with self.path.open("rb") as file:
            file.seek(start)
            return file.read(length)


@dataclass(frozen=True)
class BytesSource:
    body: bytes

    def read(self, *, start: int, length: int) -> bytes:
        return self.body[start : start + length]


def scan(source: FileSource | BytesSource, size_bytes: int) -> Scan:
    watch = Scanner(rules=shipped(), clamd=None, clock=time.monotonic).watch(None)
    for at in range(0, size_bytes, BLOCK_BYTES):
        watch.feed(source.read(start=at, length=min(BLOCK_BYTES, size_bytes - at)))
    return watch.end(source, size_bytes, now=from_epoch_ms(0))


def main() -> None:
    path = Path(sys.argv[1])
    warm = zipped(("a", b"a"))
    scan(BytesSource(warm), len(warm))
    before, began = peak_mib(), time.perf_counter()
    found = scan(FileSource(path), path.stat().st_size)
    seconds, growth = time.perf_counter() - began, peak_mib() - before
    sys.stdout.write(json.dumps({"growth_mib": growth, "seconds": seconds, **found.description()}))


if __name__ == "__main__":
    main()
