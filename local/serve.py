"""`python -m local.serve`: the archive on this machine, left running until Ctrl-C.

FENGCUN_PORT is the door's port (8600), FENGCUN_DATA the folder in which everything is kept (build/local) and
FENGCUN_CONFIG the file that says who may deliver (local/archive.toml).
"""

import os
import signal
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import FrameType

from rich.console import Console

from functions.errors import Rejected
from functions.intake.endpoints import Configuration
from local.archive import opened, settle
from local.deployed.known import list_dropped
from local.emulator import REPOSITORY, CannotStart, forget_surroundings

_PORTS = range(1, 65536)


def read_configuration(file: Path) -> Configuration:
    """Raises CannotStart with file, key and reason."""
    try:
        return Configuration.from_toml(file.read_text("utf-8"), name=str(file))
    except Rejected as refusal:
        raise CannotStart(str(refusal)) from refusal
    except (OSError, UnicodeDecodeError) as error:
        raise CannotStart(f"{file}: {error}") from error


def read_port(environment: Mapping[str, str]) -> int:
    """Raises CannotStart when FENGCUN_PORT is no port."""
    text = environment.get("FENGCUN_PORT") or "8600"
    if not text.isdecimal() or int(text) not in _PORTS:
        raise CannotStart(f"FENGCUN_PORT is {text!r}: expected a number from 1 to 65535")
    return int(text)


def leave(_number: int, _frame: FrameType | None) -> None:
    """On SIGTERM and SIGINT: stop through every `finally`, also where a shell has us ignore Ctrl-C."""
    raise KeyboardInterrupt


def serve(console: Console) -> None:
    """Run until interrupted. Raises CannotStart before or while starting."""
    environment = os.environ
    file = Path(environment.get("FENGCUN_CONFIG") or REPOSITORY / "local" / "archive.toml")
    data = Path(environment.get("FENGCUN_DATA") or REPOSITORY / "build" / "local")
    configuration, port = read_configuration(file), read_port(environment)
    forget_surroundings()
    with console.status("starting") as status, opened(settle(data, port), configuration, say=status.update) as archive:
        status.stop()
        if archive.deployed.dropped:
            console.print(f"The emulator does not have:\n{list_dropped(archive.deployed.dropped)}", markup=False)
        console.print(f"Ready: door {archive.place.door}, everything else in {archive.place.data / 'state.json'}")
        while True:
            time.sleep(3600)


def main() -> int:
    console = Console(highlight=False, soft_wrap=True)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, leave)
    try:
        serve(console)
    except CannotStart as reason:
        console.print(f"The archive cannot start: {reason}", style="red", markup=False)
        return 1
    except KeyboardInterrupt:
        console.print("Stopped.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
