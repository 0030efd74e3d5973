"""Start the emulator as a process group of its own, wait until it answers, and stop all of it."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

HOST = "127.0.0.1"
REGION = "cn-north-1"
ROOT_KEY = "test"  # ministack's own root credentials; never leave this machine
REPOSITORY = Path(__file__).resolve().parent.parent
_PASSED_ON = ("PATH", "LANG", "LC_ALL", "VIRTUAL_ENV")
_START_SECONDS = 30
_STOP_SECONDS = 20


class CannotStart(RuntimeError):
    """The emulator cannot start here; the message is a sentence for the person who asked for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where one local archive lives: its folder and its two ports on 127.0.0.1."""

    data: Path
    port: int
    """AWS endpoint. Queue URLs contain it, so it stays the same for as long as the folder is used."""
    door_port: int

    @property
    def endpoint(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def door(self) -> str:
        return f"http://{HOST}:{self.door_port}"

    @property
    def route_file(self) -> Path:
        return self.data / "route"

    @property
    def log_file(self) -> Path:
        return self.data / "emulator.log"


def forget_surroundings() -> None:
    """Leave out of this process what would lead its calls elsewhere: AWS settings, and proxies for this machine."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = f"{HOST},localhost"


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def is_taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((HOST, port)) == 0


def in_use(port: int) -> str:
    """The sentence for a person who wants this port."""
    return f"port {port} of {HOST} is already in use: stop what listens there, or choose another"


def environment(place: Place, extra: Mapping[str, str]) -> dict[str, str]:
    """All the emulator and the functions in it get to see: no profile, proxy or certificate of this machine."""
    scratch = place.data / "scratch"
    kept = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    settings = {
        "HOME": str(scratch),
        "TMPDIR": str(scratch),
        "PYTHONUNBUFFERED": "1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": f"{HOST},localhost",
        "BIND_HOST": HOST,
        "MINISTACK_HOST": HOST,
        "MINISTACK_REGION": REGION,
        "GATEWAY_PORT": str(place.port),
        "AUTH": "true",
        "LAMBDA_EXECUTOR": "local",
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
        "PERSIST_STATE": "1",
        "STATE_DIR": str(place.data / "state"),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(place.data / "s3"),
        "FENGCUN_DOOR_PORT": str(place.door_port),
        "FENGCUN_ROUTE": str(place.route_file),
    }
    return kept | settings | dict(extra)


def _end_of_log(place: Place) -> str:
    lines = place.log_file.read_text("utf-8", errors="replace").splitlines()
    return "\n".join(lines[-15:])


def _answers(endpoint: str) -> bool:
    try:
        with urlopen(f"{endpoint}/_ministack/health", timeout=1):  # noqa: S310 (our own loopback address)
            return True
    except (URLError, OSError):
        return False


def _await_answer(process: subprocess.Popen[bytes], place: Place) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise CannotStart(f"the emulator stopped at once; the end of {place.log_file}:\n{_end_of_log(place)}")
        if _answers(place.endpoint):
            return
        time.sleep(0.05)
    raise CannotStart(f"the emulator did not answer within {_START_SECONDS} s; see {place.log_file}")


def stop(process: subprocess.Popen[bytes]) -> None:
    """Ask the emulator to save and leave, then make sure that nothing it started is left."""
    process.terminate()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return


@contextmanager
def running(place: Place, *, module: str = "local.launcher", **extra: str) -> Iterator[subprocess.Popen[bytes]]:
    """The emulator, answering, for as long as the block runs. Raises CannotStart."""
    for port in (place.port, place.door_port):
        if is_taken(port):
            raise CannotStart(in_use(port))
    shutil.rmtree(place.data / "scratch", ignore_errors=True)
    (place.data / "scratch").mkdir(parents=True)
    with place.log_file.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", module],
            cwd=REPOSITORY,
            env=environment(place, extra),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            _await_answer(process, place)
            yield process
        finally:
            stop(process)
