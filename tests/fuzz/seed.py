"""Where a fuzzer begins: the published requests and callbacks, as files."""

import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.callbacks import CALLBACKS, VECTORS
from tests.fuzz.targets import TARGETS


def seeds() -> Iterator[bytes]:
    for vector in (*VECTORS["vectors"], *VECTORS["negative"]):
        yield vector.get("body", "").encode()
        yield ("&".join(vector.get("query", {}).values()) + "\n" + vector.get("body", "")).encode()
        yield vector.get("expected", {}).get("plaintext", "").encode()
    for path in CALLBACKS:
        yield path.read_bytes()
    yield b"<!DOCTYPE x [<!ENTITY y 'z'>]><x>&y;</x>"
    yield bytes(16) + b"\0\0\0\3abcww1" + bytes([6]) * 6


def main(corpus: Path) -> None:
    for name in TARGETS:
        folder = corpus / name
        folder.mkdir(parents=True, exist_ok=True)
        for one in set(seeds()):
            (folder / hashlib.sha256(one).hexdigest()[:16]).write_bytes(one)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
