"""The gateway door: `POST /captures` (docs: README, "Capture gateway")."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from functions.canonical import moment_text
from functions.capture.capture import Delivery, Flag, Item, Part
from functions.capture.event import Event, Slice, check, read_batch, read_single
from functions.capture.tokens import endpoint_name
from functions.errors import Fault, Rejected
from functions.intake.accept import Claim, Conflicting, World, accept, item
from functions.intake.webhook import Sender, Unauthenticated, authenticate
from functions.web import Answer, Request, json_answer, problem, problem_document
from functions.wechat import chatarchive

DOOR = "gateway"
LARGEST_BODY_BYTES = 4 * 2**20
LARGEST_EVENT_BYTES = 3 * 2**20  # with its record around it, in base64, still an answer that Lambda can give: 6 MB
READERS: Mapping[str, Callable[[bytes], list[Slice]]] = {
    "application/cloudevents+json": lambda body: [read_single(body)],
    "application/cloudevents-batch+json": read_batch,
}


@dataclass(frozen=True, slots=True)
class Refused:
    """One event of a batch that is no CloudEvent."""

    reason: Rejected


Checked = tuple[Slice, Event | Refused]


def take(request: Request, *, world: World, gateways: Mapping[str, tuple[str, ...]], now: datetime) -> Answer:
    """Every answer a gateway can get, but for TryLater."""
    if len(request.body) > LARGEST_BODY_BYTES:
        detail = f"the body has {len(request.body)} bytes, {LARGEST_BODY_BYTES} are allowed: send smaller batches"
        return problem(413, name="too-large", title="The body is too large", detail=detail)
    try:
        sender = authenticate(request, gateways, now)
    except Unauthenticated as refused:
        return problem(401, name="signature", title="Not authenticated", detail=str(refused), faults=refused.faults)
    except Rejected as refused:
        return problem(400, name="headers", title="Headers missing", detail=str(refused), faults=refused.faults)
    return _read(request, sender, world, now)


def _read(request: Request, sender: Sender, world: World, now: datetime) -> Answer:
    media_type = ";".join(request.headers.get("content-type", ())).partition(";")[0].strip().lower()
    if media_type not in READERS:
        fault = Fault(pointer="content-type", detail=f"send {' or '.join(READERS)}")
        detail = "the body is not announced as CloudEvents"
        return problem(415, name="media-type", title="Unsupported media type", detail=detail, faults=(fault,))
    try:
        checked = [(one, _check(one)) for one in READERS[media_type](request.body)]
    except Rejected as refused:
        return problem(400, name="body", title="The body cannot be read", detail=str(refused), faults=refused.faults)
    if not any(isinstance(event, Event) for _, event in checked):
        return _none_accepted(checked, media_type)
    return _accept(request, sender, checked, world, now)


def _check(one: Slice) -> Event | Refused:
    if one.length > LARGEST_EVENT_BYTES:
        fault = Fault(pointer="", detail=f"{one.length} bytes, {LARGEST_EVENT_BYTES} are allowed: send media apart")
        return Refused(Rejected("the event is too large to be read back", (fault,)))
    try:
        event = check(one.value)
    except Rejected as refused:
        return Refused(refused)
    if event.time is None and event.event_type == chatarchive.EVENT_TYPE:
        return replace(event, time=chatarchive.sent_at(one.value.get("data")))
    return event


def _none_accepted(checked: list[Checked], media_type: str) -> Answer:
    """The pointers of a batch lead through its array."""
    batch = media_type.endswith("batch+json")
    faults = tuple(
        Fault(pointer=f"/{index}{fault.pointer}" if batch else fault.pointer, detail=fault.detail)
        for index, (_, refused) in enumerate(checked)
        if isinstance(refused, Refused)
        for fault in refused.reason.faults
    )
    detail = "no event of this request can be kept; none has been"
    return problem(422, name="event", title="Not a CloudEvent", detail=detail, faults=faults)


def _accept(request: Request, sender: Sender, checked: list[Checked], world: World, now: datetime) -> Answer:
    def build(claim: Claim) -> Delivery:
        return Delivery(
            delivery_id=claim.delivery_id,
            door=DOOR,
            endpoint=sender.gateway,
            received_at=claim.received_at,
            evidence=_evidence(request, sender),
            flags=Flag.NONE,
            items=tuple(_items(request.body, sender.gateway, checked, world, claim.received_at)),
            parts=(Part(name="body", media_type="application/json", body=request.body),),
        )

    accepted = accept(
        world,
        name=sender.webhook_id.encode(),
        body=request.body,
        endpoint=endpoint_name(DOOR, sender.gateway),
        build=build,
        now=now,
    )
    if isinstance(accepted, Conflicting):
        fault = Fault(pointer="webhook-id", detail="an id names one body for ever: send this one under a new id")
        first = "both have been kept" if accepted.first_is_kept else "this one has been kept, that one never arrived"
        detail = f"this webhook-id came before with another body; {first}"
        return problem(409, name="conflict", title="Same id, other body", detail=detail, faults=(fault,))
    return json_answer(202, _receipts(accepted.delivery, checked))


def _items(body: bytes, gateway: str, checked: list[Checked], world: World, received_at: datetime) -> list[Item]:
    return [
        item(
            world,
            door=DOOR,
            endpoint=gateway,
            event=event,
            offset=one.offset,
            capture=body[one.offset : one.offset + one.length],
            received_at=received_at,
        )
        for one, event in checked
        if isinstance(event, Event)
    ]


def _evidence(request: Request, sender: Sender) -> dict[str, Any]:
    evidence = asdict(sender)
    del evidence["gateway"]
    evidence["body_sha256"] = hashlib.sha256(request.body).hexdigest()
    if request.caller:
        evidence["caller"] = request.caller
    return evidence


def _receipts(delivery: Delivery, checked: list[Checked]) -> dict[str, Any]:
    """One result for each event, in order."""
    items = iter(delivery.items)
    results: list[dict[str, Any]] = []
    for index, (_, event) in enumerate(checked):
        if isinstance(event, Refused):
            document = problem_document(
                422,
                name="event",
                title="Not a CloudEvent",
                detail=str(event.reason),
                faults=event.reason.faults,
            )
            results.append({"index": index, "status": "refused", "problem": document})
        else:
            receipt = _receipt(delivery, next(items))
            results.append({"index": index, "status": "accepted", "receipt": receipt})
    return {"delivery_id": delivery.delivery_id, "results": results}


def _receipt(delivery: Delivery, one: Item) -> dict[str, str]:
    return {
        "gateway": delivery.endpoint,
        "source": one.source,
        "id": one.event_id,
        "record_id": one.record_id,
        "sent_at": moment_text(one.sent_at),
        "received_at": moment_text(delivery.received_at),
    }
