"""An engine as a process: started on free loopback ports, awaited, killed with everything it started."""

import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

LOOPBACK = "127.0.0.1"
PATIENCE_SECONDS = 30
LOG_TAIL_BYTES = 4000


class EngineFailed(Exception):
    """The engine did not come up; carries the end of its log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """A running engine and the only credentials it was told of."""

    endpoint: str
    access_key_id: str
    secret_access_key: str
    session: int
    """Process session that the engine and all its children belong to."""


def free_ports(count: int) -> list[int]:
    """Loopback ports that nobody listens on now."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind((LOOPBACK, 0))
        return [each.getsockname()[1] for each in sockets]


@contextmanager
def running(
    command: Sequence[str], *, directory: Path, environment: Mapping[str, str], ready: Callable[[], bool]
) -> Iterator[int]:
    """Start `command` in its own session and yield the session id once `ready` says so. Raises EngineFailed.

    The program sees `environment` and nothing of ours. It is killed, not asked, at the end and when we die.
    """
    log = directory / "log"
    with log.open("wb") as out:
        leash = subprocess.Popen(
            [sys.executable, "-IS", str(Path(__file__).with_name("leash.py")), *command],
            cwd=directory,
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    with leash:  # leaving closes its standard input and waits
        _await(leash, ready, log)
        yield leash.pid


def _await(leash: "subprocess.Popen[bytes]", ready: Callable[[], bool], log: Path) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not ready():
        if leash.poll() is not None or time.monotonic() > deadline:
            raise EngineFailed(f"{leash.args!r}\n{log.read_bytes()[-LOG_TAIL_BYTES:].decode(errors='replace')}")
        time.sleep(0.02)
