"""A report of what was done, as a capture: it goes through the queue like every other and is locked in the vault."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from functions.canonical import canonical, moment_text
from functions.capture.capture import Delivery, Flag, Part
from functions.capture.event import check
from functions.capture.tokens import endpoint_name
from functions.intake.accept import Claim, World, accept, item

DOOR, SOURCE, TYPE = "report", "urn:fengcun:report", "cn.fengcun.report."
MEDIA_TYPE = "application/cloudevents+json"


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
    about, capture = check(event), canonical(event)

    def build(claim: Claim) -> Delivery:
        one = item(
            world, door=DOOR, endpoint=kind, event=about, offset=0, capture=capture, received_at=claim.received_at
        )
        return Delivery(
            delivery_id=claim.delivery_id,
            door=DOOR,
            endpoint=kind,
            received_at=claim.received_at,
            evidence={"body_sha256": hashlib.sha256(capture).hexdigest()},
            flags=Flag.NONE,
            items=(one,),
            parts=(Part(name="body", media_type=MEDIA_TYPE, body=capture),),
        )

    name = report_id.encode() + b"/" + moment_text(now).encode()
    accept(world, name=name, body=capture, endpoint=endpoint_name(DOOR, kind), build=build, now=now)
