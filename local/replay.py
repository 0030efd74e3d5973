"""`python -m local.replay [FOLDER]`: post captures to the archive that `make serve` left running.

Each `*.json` of the folder (`events/intake` if none is named) is one CloudEvent. They go in batches of a hundred, under
webhook ids made from their bytes: to run it again changes nothing.
"""

import hashlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.progress import track

from local.emulator import REPOSITORY
from local.state import read_state
from local.story.outside import Outside

BATCH = 100
ACCEPTED = 202


def main(arguments: Sequence[str]) -> None:
    file = Path(os.environ.get("FENGCUN_DATA", REPOSITORY / "build" / "local")) / "state.json"
    state = read_state(file)
    if state is None:
        raise SystemExit(f"{file} is not there: start the archive with `make serve` first")
    folder = Path(arguments[0]) if arguments else REPOSITORY / "events" / "intake"
    events = [path.read_bytes() for path in sorted(folder.glob("*.json"))]
    bodies = [b"[" + b",".join(events[at : at + BATCH]) + b"]" for at in range(0, len(events), BATCH)]
    outside = Outside(state=state)
    accepted = sum(post(outside, body) for body in track(bodies, description="posting", transient=True))
    print(f"{accepted} of {len(events)} captures accepted by {state['door']}")


def post(outside: Outside, body: bytes) -> int:
    """How many captures of the batch were accepted. Raises SystemExit with the archive's own words when none."""
    gateway = next(iter(outside.state["gateways"]))
    webhook_id = f"replay_{hashlib.sha256(body).hexdigest()[:32]}"
    answer = outside.deliver(body, gateway=gateway, webhook_id=webhook_id)
    if answer.status != ACCEPTED:
        raise SystemExit(f"{answer.status}: {answer.body.decode()}")
    return sum(1 for one in answer.document()["results"] if one["status"] == "accepted")


if __name__ == "__main__":
    main(sys.argv[1:])
