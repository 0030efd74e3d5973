"""What the custodian writes down: a look before it happens, the outcome of an order when it has happened."""

import hashlib
from datetime import datetime
from typing import Any

from functions.canonical import canonical, moment_text
from functions.capture.capture import Delivery, Flag, Part
from functions.capture.event import check
from functions.capture.tokens import endpoint_name
from functions.intake.accept import Claim, World, accept, item

MEDIA_TYPE = "application/cloudevents+json"


def record_look(world: World, *, act_id: str, record_id: str, caller: str, who: dict[str, Any], now: datetime) -> None:
    """An act of its own, which is done by being recorded. Raises TryLater."""
    data = {
        "act": act_id,
        "kind": "secret.look",
        "step": "approved",
        "document": {"id": act_id, "record": record_id},
        "proposed": who,
    }
    _record(world, door="office", kind="secret.look", event_id=act_id, data=data, evidence={"caller": caller}, now=now)


def report(world: World, kind: str, *, act_id: str, data: dict[str, Any], now: datetime) -> None:
    """One report about one act; made again after a crash it is another report, and as true. Raises TryLater."""
    evidence = {"act": act_id}
    _record(world, door="report", kind=kind, event_id=act_id, data=data | evidence, evidence=evidence, now=now)


def _record(
    world: World,
    *,
    door: str,
    kind: str,
    event_id: str,
    data: dict[str, Any],
    evidence: dict[str, Any],
    now: datetime,
) -> None:
    """Sealed and queued when it returns."""
    sort = "act" if door == "office" else "report"
    event = {
        "specversion": "1.0",
        "id": event_id,
        "source": f"urn:fengcun:{door}",
        "type": f"cn.fengcun.{sort}.{kind}",
        "time": moment_text(now),
        "datacontenttype": "application/json",
        "data": data,
    }
    capture = canonical(event)

    def build(claim: Claim) -> Delivery:
        one = item(
            world,
            door=door,
            endpoint=kind,
            event=check(event),
            offset=0,
            capture=capture,
            received_at=claim.received_at,
        )
        return Delivery(
            delivery_id=claim.delivery_id,
            door=door,
            endpoint=kind,
            received_at=claim.received_at,
            evidence=evidence,
            flags=Flag.NONE,
            items=(one,),
            parts=(Part(name="body", media_type=MEDIA_TYPE, body=capture),),
        )

    name = hashlib.sha256(capture).digest()
    accept(world, name=name, body=capture, endpoint=endpoint_name(door, kind), build=build, now=now)
