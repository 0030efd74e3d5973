"""`python -m local.replay [FOLDER]`: post a folder of captures to the archive that `make serve` left running.

FOLDER (`events/intake` if none is named) holds CloudEvents: one in each `*.json`, one on each line of a `*.jsonl`.
They go in batches of a hundred under webhook ids made from their bytes. What has had its answer is remembered in the
archive's own data folder, so that the next run goes on behind it; `--again` starts from the beginning, and the
archive still keeps each capture once.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from local.emulator import REPOSITORY
from local.replaying.folder import batches, captures, files_of
from local.replaying.journal import Journal, journal_file
from local.replaying.posting import Poster, Refusal, Stopped
from local.state import read_state
from local.story.outside import Outside

SHOWN = 10
"""Refusals that are told one by one."""


def main(arguments: Sequence[str], console: Console, sleep: Callable[[float], None] = time.sleep) -> int:
    """0 when every capture was accepted, 1 when some were refused. Raises SystemExit with a sentence."""
    wanted = _parse(arguments)
    data = Path(os.environ.get("FENGCUN_DATA") or REPOSITORY / "build" / "local")
    state = read_state(data / "state.json")
    if state is None:
        raise SystemExit(f"{data / 'state.json'} is not there: start the archive with `make serve` first")
    folder, gateway = _folder(wanted.folder), _gateway(wanted.gateway, state)
    file = journal_file(data, folder=folder, into=f"{state['vault_bucket']}\0{gateway}")
    if wanted.again:
        file.unlink(missing_ok=True)
    journal = Journal.open(file)
    if journal.done:
        console.print(f"{journal.accepted + journal.refused} captures had their answer before: going on behind them")
    poster = Poster(outside=Outside(state=state), gateway=gateway, sleep=sleep)
    try:
        refusals = replay(folder, journal, poster, rate=wanted.rate, console=console)
    except Stopped as reason:
        raise SystemExit(f"{reason}\n{_told(journal)} so far; run it again to go on") from reason
    _tell(console, refusals)
    console.print(f"{_told(journal)} by {state['door']}", markup=False)
    return 1 if journal.refused else 0


def replay(folder: Path, journal: Journal, poster: Poster, *, rate: float, console: Console) -> list[Refusal]:
    """Post what `journal` does not know yet, `rate` captures a second (0: as fast as it goes). Raises Stopped."""
    refusals: list[Refusal] = []
    with _progress(console) as progress:
        total = sum(path.stat().st_size for path in files_of(folder))
        task = progress.add_task("posting", total=total, completed=_bytes(journal), counts=_told(journal))
        for batch in batches(captures(folder, journal.done)):
            started = time.monotonic()
            refused = poster.post(batch)
            journal.write(batch, accepted=len(batch) - len(refused), refused=len(refused))
            refusals += refused
            progress.update(task, completed=_bytes(journal), counts=_told(journal))
            if rate:
                poster.sleep(max(0.0, len(batch) / rate - (time.monotonic() - started)))
    return refusals


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m local.replay", description="Post a folder of captures.")
    parser.add_argument("folder", nargs="?", default=str(REPOSITORY / "events" / "intake"))
    parser.add_argument("--gateway", help="as which gateway of the archive's configuration; the first if none")
    parser.add_argument("--rate", type=float, default=0, help="at most so many captures a second")
    parser.add_argument("--again", action="store_true", help="from the beginning, whatever was answered before")
    return parser.parse_args(arguments)


def _folder(text: str) -> Path:
    folder = Path(text)
    if not folder.is_dir():
        raise SystemExit(f"{folder} is no folder")
    if not files_of(folder):
        raise SystemExit(f"{folder} holds no captures: one CloudEvent in each *.json, or on each line of a *.jsonl")
    return folder


def _gateway(name: str | None, state: dict[str, Any]) -> str:
    known = list(state["gateways"])
    if not known:
        raise SystemExit("the archive's configuration has no gateway: nobody may deliver")
    if name is not None and name not in known:
        raise SystemExit(f"the archive has no gateway {name!r}; it has: {', '.join(known)}")
    return name or known[0]


def _progress(console: Console) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TextColumn("{task.fields[counts]}"))
    return Progress(*columns, TimeRemainingColumn(), console=console, transient=True)


def _bytes(journal: Journal) -> int:
    return sum(mark.end for mark in journal.done.values())


def _told(journal: Journal) -> str:
    return f"{journal.accepted} accepted, {journal.refused} refused"


def _tell(console: Console, refusals: Sequence[Refusal]) -> None:
    for one in refusals[:SHOWN]:
        console.print(f"refused: {one.capture.place}: {one.reason}", markup=False)
    if len(refusals) > SHOWN:
        console.print(f"and {len(refusals) - SHOWN} more")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], Console(highlight=False, soft_wrap=True)))
