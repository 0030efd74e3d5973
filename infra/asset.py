"""The one zip of all rooms: `functions/` and what it runs on, built again only when something in it changed."""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from uv import find_uv_bin

from functions.classify.lexicon import FOLDER as LEXICONS
from functions.law.policy import DEPLOYED, FOLDER

LAMBDA_PYTHON = "3.13"
LAMBDA_PLATFORM = "x86_64-manylinux_2_28"
# Python 3.12 and later run on Amazon Linux 2023, glibc 2.34: docs.aws.amazon.com/lambda, Runtimes (read 2026-11)
DIGEST_CHARACTERS = 16
KEPT_BUILDS = 3
POLICY = DEPLOYED.relative_to(FOLDER.parent.parent)
ADDED = LEXICONS.relative_to(FOLDER.parent.parent)
INSTALLERS_NOTES = ("RECORD", "REQUESTED", "INSTALLER", "direct_url.json", "uv_cache.json", ".lock")
LEFT_OUT = ("__pycache__", "bin", "tests", "*.pyi", "*.pyc", *INSTALLERS_NOTES)
"""What nobody runs, and what tells where and when it was built."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Whose Python runs the zip."""

    folder: str
    """Where builds are kept, under the root of the repository."""
    install: tuple[str, ...]
    """What uv must know to choose the wheels."""
    python: str
    """What compiles the sources. Empty: nothing on this machine can, and cold starts take twice as long."""


def for_lambda() -> Target:
    install = ("--python-platform", LAMBDA_PLATFORM, "--python-version", LAMBDA_PYTHON)
    return Target(folder="build/lambda", install=install, python=find_python(LAMBDA_PYTHON))


def for_this_machine() -> Target:
    """For the local archive, which runs the functions on the interpreter that runs it."""
    install = ("--python", sys.executable)
    return Target(folder="build/lambda-local", install=install, python=sys.executable)


def build(root: Path, target: Target, *, policy: str, lexicons: tuple[str, ...] = ()) -> Path:
    """Return the folder to deploy, with these texts as the deployment's policy and the lexicons it adds.

    Raises `subprocess.CalledProcessError` when a wheel cannot be had.

    The folder is named by the digest of everything that goes in, so what exists is complete and needs no network to
    be used again. It appears at once, which lets several builds run side by side.
    """
    shelf = root / target.folder
    chosen = {POLICY: policy, **{ADDED / f"added_{at}.toml": text for at, text in enumerate(lexicons)}}
    folder = shelf / _digest(root, target, chosen)[:DIGEST_CHARACTERS]
    if not folder.is_dir():
        shelf.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(dir=shelf, prefix="fresh-"))
        _fill(fresh, root, target, chosen)
        fresh.rename(folder)
        _keep_newest(shelf)
    return folder


def _keep_newest(shelf: Path) -> None:
    for old in sorted(shelf.iterdir(), key=lambda path: path.stat().st_mtime)[:-KEPT_BUILDS]:
        shutil.rmtree(old, ignore_errors=True)


def _fill(folder: Path, root: Path, target: Target, chosen: Mapping[Path, str]) -> None:
    requirements = str(root / "requirements" / "lambda.txt")
    exact = ("--require-hashes", "--no-deps", "--only-binary", ":all:", "--link-mode", "copy")
    _run(find_uv_bin(), "pip", "install", "-q", *exact, *target.install, "--target", str(folder), "-r", requirements)
    for useless in _left_out(folder):
        shutil.rmtree(useless) if useless.is_dir() else useless.unlink()
    shutil.copytree(root / "functions", folder / "functions", ignore=shutil.ignore_patterns(*LEFT_OUT))
    for path, text in chosen.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    if target.python:
        _compile(folder, target.python)


def _compile(folder: Path, python: str) -> None:
    """Ship bytecode: Lambda's disk is read-only, so what is not compiled here is compiled at every cold start."""
    how = ("--invalidation-mode", "unchecked-hash", "-s", str(folder), "-p", "/var/task")
    _run(python, "-m", "compileall", "-q", *how, str(folder), environment={"PYTHONHASHSEED": "0"})


def _left_out(folder: Path) -> list[Path]:
    found = {path for pattern in LEFT_OUT for path in folder.rglob(pattern)}
    return [path for path in sorted(found) if not found.intersection(path.parents)]


def _digest(root: Path, target: Target, chosen: Mapping[Path, str]) -> str:
    """SHA-256, lowercase hex, over target, policy, lexicons, this file, the pinned requirements and every source."""
    texts = {path.as_posix(): text for path, text in chosen.items()}
    everything = hashlib.sha256(repr((target, texts)).encode() + Path(__file__).read_bytes())
    for path in (root / "requirements" / "lambda.txt", *_sources(root / "functions")):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        everything.update(f"{path.relative_to(root)} {content}\n".encode())
    return everything.hexdigest()


def _sources(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            yield path


def find_python(version: str) -> str:
    """The path of an interpreter of exactly that version on this machine, or an empty string."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    candidates = [sys.executable, f"python{version}", *map(str, pyenv.glob(f"versions/{version}.*/bin/python"))]
    return next((python for python in candidates if _version(python) == version), "")


def _version(python: str) -> str:
    """`3.13`, or an empty string: a program of that name may be missing, or be a shim that leads nowhere."""
    ask = "import sys; print('%d.%d' % sys.version_info[:2])"
    try:
        answer = subprocess.run([python, "-c", ask], capture_output=True, text=True, check=True)  # noqa: S603 - ours
    except (OSError, subprocess.CalledProcessError):
        return ""
    return answer.stdout.strip()


def _run(*command: str, environment: dict[str, str] | None = None) -> None:
    subprocess.run(command, check=True, env={**os.environ, **(environment or {})})  # noqa: S603 - ours
