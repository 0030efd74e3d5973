"""A report of what was done, as a capture: it goes through the queue like every other and is locked in the vault."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from functions.canonical import canonical, moment_text
from functions.intake import own
from functions.intake.accept import World

DOOR, SOURCE, TYPE = "report", "urn:fengcun:report", "cn.fengcun.report."


def tell(world: World, kind: str, data: Mapping[str, Any], now: datetime) -> None:
    """Durable when it returns. Raises TryLater.

    The report's id is made of its content: the same said again is one report, and two that differ are two.
    """
    report_id = f"{kind}-{hashlib.sha256(canonical(data)).hexdigest()[:32]}"
    event = {
        "specversion": "1.0",
        "id": report_id,
        "source": SOURCE,
        "type": TYPE + kind,
        "time": moment_text(now),
        "datacontenttype": "application/json",
        "data": data,
    }
    capture = canonical(event)
    evidence = {"body_sha256": hashlib.sha256(capture).hexdigest()}
    name = f"{report_id}/{event['time']}".encode()
    own.tell(world, capture, door=DOOR, endpoint=kind, name=name, evidence=evidence, now=now)
