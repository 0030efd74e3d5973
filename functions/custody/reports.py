"""What the custodian writes down: a look before it happens, the outcome of an order when it has happened."""

import hashlib
from datetime import datetime
from typing import Any

from functions.canonical import canonical, moment_text
from functions.intake import own
from functions.intake.accept import World


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
    name = hashlib.sha256(capture).digest()
    own.tell(world, capture, door=door, endpoint=kind, name=name, evidence=evidence, now=now)
