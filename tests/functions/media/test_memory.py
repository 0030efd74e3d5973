"""How much memory a large file takes, measured from outside on a process that scans or seals one."""

import json
import lzma
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.media import make_file
from tests.media_files import forty_two, gzipped, tarred, zeros, zipped

MIB = 2**20


def test_a_file_of_256_mib_is_hashed_scanned_sealed_and_sent_in_less_than_64_mib() -> None:
    command = [sys.executable, "-m", "bench.media", "seal", str(256 * MIB)]

    measured = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)

    assert 0 < measured["growth_mib"] < 64


def deep() -> bytes:
    """The most that may be open at once: a zip held in a zip held in an archive, and a decoder for what is in it."""
    packed = lzma.compress(make_file(MIB) + bytes(30 * MIB), preset=6)
    inner = zipped(("x.xz", packed), ("fill", make_file(3 * MIB)), method=zipfile.ZIP_STORED)
    outer = zipped(("inner.zip", inner), ("fill", make_file(2 * MIB)), method=zipfile.ZIP_STORED)
    return gzipped(tarred(("outer.zip", outer), ("fill", make_file(8 * MIB))))


@pytest.mark.parametrize(
    ("name", "verdict", "reasons"),
    [
        ("a gibibyte in a mebibyte", "unscannable", ["bomb: size"]),
        ("zips of zips of zips", "unscannable", ["bomb: size"]),
        ("as much as may be open", "clean", []),
    ],
)
def test_a_bomb_is_told_in_less_than_64_mib(tmp_path: Path, name: str, verdict: str, reasons: list[str]) -> None:
    bodies = {
        "a gibibyte in a mebibyte": lambda: zeros(1024 * MIB),
        "zips of zips of zips": forty_two,
        "as much as may be open": deep,
    }
    path = tmp_path / "file"
    path.write_bytes(bodies[name]())

    measured = scanned(path)

    assert measured["growth_mib"] < 64
    assert (measured["verdict"], measured["reasons"]) == (verdict, reasons)


def scanned(path: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.functions.media.scanning", str(path)]
    measured: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return measured
