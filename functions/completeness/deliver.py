"""A signed report as a capture: the event it travels in, and its way through the door of every delivery."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from functions.canonical import canonical
from functions.capture.event import check, read_single
from functions.capture.tokens import endpoint_name
from functions.intake import own
from functions.intake.accept import World

DOOR, KIND = "report", "completeness"
SOURCE, EVENT_TYPE = "urn:fengcun:report", f"cn.fengcun.report.{KIND}"
ENDPOINT = endpoint_name(DOOR, KIND)


def event(report: Mapping[str, Any], signature: Mapping[str, str]) -> bytes:
    """The CloudEvent of a day. Of one report, always the same bytes."""
    return canonical(
        {
            "specversion": "1.0",
            "id": f"{KIND}-{report['day']}",
            "source": SOURCE,
            "type": EVENT_TYPE,
            "time": report["made_at"],
            "data": {"report": report, "signature": signature},
        }
    )


def deliver(world: World, body: bytes, *, now: datetime) -> None:
    """To the capture queue, once however often. Raises TryLater."""
    name = check(read_single(body).value).event_id.encode()
    evidence = {"body_sha256": hashlib.sha256(body).hexdigest()}
    own.tell(world, body, door=DOOR, endpoint=KIND, name=name, evidence=evidence, now=now)
