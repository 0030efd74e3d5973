"""ministack with its gaps closed and the archive's door beside it: `python -m local.launcher`.

Started by `local.emulator`, which sets the environment: ministack reads GATEWAY_PORT, AUTH, STATE_DIR and others at
import, and the launcher FENGCUN_DOOR_PORT (the door's port), FENGCUN_ROUTE (a file), FENGCUN_LOOPBACK_TLS (0 leaves
that gap open) and FENGCUN_SAVE_SECONDS.
"""

import asyncio
import os
import signal
import sys
from importlib.metadata import version
from pathlib import Path

from local.gaps.patching import MINISTACK_VERSION, GapMoved

_HOST = "127.0.0.1"
_KEEP_ALIVE_SECONDS = 75


def check_version(installed: str) -> None:
    """Raise GapMoved unless this is the version whose source the gaps were read in."""
    if installed != MINISTACK_VERSION:
        raise GapMoved(f"ministack {installed} is installed: this launcher closes gaps of {MINISTACK_VERSION} alone")


def close_gaps() -> None:
    """Close every gap; raises GapMoved with a sentence when ministack is not what we read."""
    from local.gaps import GAPS  # noqa: PLC0415 (imports ministack, which must not happen before the version check)
    from local.gaps.transport import close_loopback_transport  # noqa: PLC0415

    for close in GAPS:
        close()
    if os.environ.get("FENGCUN_LOOPBACK_TLS", "1") != "0":
        close_loopback_transport()


async def _save_periodically(seconds: float) -> None:
    """Gap: ministack writes its state on a clean stop alone, and a crash would lose everything since the start."""
    from ministack import app  # noqa: PLC0415

    while True:
        await asyncio.sleep(seconds)
        await asyncio.to_thread(lambda: app.save_all(app._build_persistence_save_dict()))  # noqa: SLF001


async def _leave_with_parent(stop: asyncio.Event) -> None:
    """Stop when the process that started us is gone, however it went."""
    parent = os.getppid()
    while os.getppid() == parent:  # noqa: ASYNC110 (the kernel tells nobody; only asking helps)
        await asyncio.sleep(1)
    stop.set()


async def _serve() -> None:
    from hypercorn.asyncio import serve  # noqa: PLC0415
    from hypercorn.config import Config  # noqa: PLC0415
    from ministack import app  # noqa: PLC0415

    from local.door import with_door  # noqa: PLC0415

    door_port = int(os.environ["FENGCUN_DOOR_PORT"])
    config = Config()
    config.bind = [f"{_HOST}:{os.environ['GATEWAY_PORT']}", f"{_HOST}:{door_port}"]
    config.keep_alive_timeout = _KEEP_ALIVE_SECONDS
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    chores = [
        asyncio.create_task(_leave_with_parent(stop)),
        asyncio.create_task(_save_periodically(float(os.environ.get("FENGCUN_SAVE_SECONDS", "10")))),
    ]
    application = with_door(app.app, port=door_port, route_file=Path(os.environ["FENGCUN_ROUTE"]))
    await serve(application, config, shutdown_trigger=stop.wait)  # type: ignore[arg-type]  # hypercorn types events apart
    for chore in chores:
        chore.cancel()


def main() -> None:
    try:
        check_version(version("ministack"))
        close_gaps()
    except GapMoved as moved:
        sys.exit(f"The local archive cannot start: {moved}.")
    asyncio.run(_serve())


if __name__ == "__main__":
    main()
