"""An event of the archive's own, of what a person decided or a room did: through the queue, as every capture goes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from functions.capture.capture import Delivery, Flag, Part
from functions.capture.event import check, read_single
from functions.capture.tokens import endpoint_name
from functions.intake.accept import Accepted, Claim, World, accept, item

MEDIA_TYPE = "application/cloudevents+json"


def tell(
    world: World,
    capture: bytes,
    *,
    door: str,
    endpoint: str,
    name: bytes,
    evidence: Mapping[str, Any],
    now: datetime,
) -> Accepted:
    """Sealed and queued when it returns, once however often `name` is told. Raises TryLater.

    `capture` is one CloudEvent, in canonical JSON.
    """
    about = check(read_single(capture).value)

    def build(claim: Claim) -> Delivery:
        received_at = claim.received_at
        return Delivery(
            delivery_id=claim.delivery_id,
            door=door,
            endpoint=endpoint,
            received_at=received_at,
            evidence=dict(evidence),
            flags=Flag.NONE,
            items=(
                item(
                    world,
                    door=door,
                    endpoint=endpoint,
                    event=about,
                    offset=0,
                    capture=capture,
                    received_at=received_at,
                ),
            ),
            parts=(Part(name="body", media_type=MEDIA_TYPE, body=capture),),
        )

    return accept(world, name=name, body=capture, endpoint=endpoint_name(door, endpoint), build=build, now=now)
