"""`python -m local.replay [FOLDER]`: post captures to the archive that `make serve` left running.

Each `*.json` of the folder (`events/intake` if none is named) is one CloudEvent. They go in batches of a hundred, under
webhook ids made from their bytes: to run it again changes nothing.
"""

import base64
import hashlib
import hmac
import json
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import urllib3
from rich.progress import track

from local.state import read_state

BATCH = 100
SAMPLES = Path(__file__).parent.parent / "events" / "intake"
STATE = Path(os.environ.get("FENGCUN_DATA", "build/local")) / "state.json"


def main(arguments: Sequence[str]) -> None:
    state = read_state(STATE)
    if state is None:
        raise SystemExit(f"{STATE} is not there: start the archive with `make serve` first")
    files = sorted(Path(arguments[0] if arguments else SAMPLES).glob("*.json"))
    bodies = [
        b"[" + b",".join(one.read_bytes() for one in files[at : at + BATCH]) + b"]"
        for at in range(0, len(files), BATCH)
    ]
    accepted = sum(post(state, body) for body in track(bodies, description="posting", transient=True))
    print(f"{accepted} of {len(files)} captures accepted by {state['door']}")


def post(state: dict[str, Any], body: bytes) -> int:
    """How many captures of the batch were accepted. Raises SystemExit with the archive's own words when none."""
    secret = next(iter(state["gateways"].values()))["secret"]
    answer = urllib3.request("POST", f"{state['door']}/captures", body=body, headers=signed(secret, body))
    if answer.status != 202:  # noqa: PLR2004 - HTTP's own number
        raise SystemExit(f"{answer.status}: {answer.data.decode()}")
    return sum(1 for one in json.loads(answer.data)["results"] if one["status"] == "accepted")


def signed(secret: str, body: bytes) -> dict[str, str]:
    """Standard Webhooks headers."""
    webhook_id, timestamp = f"replay_{hashlib.sha256(body).hexdigest()[:32]}", str(int(time.time()))
    content = b".".join((webhook_id.encode(), timestamp.encode(), body))
    mac = hmac.digest(base64.b64decode(secret.removeprefix("whsec_")), content, hashlib.sha256)
    return {
        "content-type": "application/cloudevents-batch+json",
        "webhook-id": webhook_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": f"v1,{base64.b64encode(mac).decode()}",
    }


if __name__ == "__main__":
    main(sys.argv[1:])
