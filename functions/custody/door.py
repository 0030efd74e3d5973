"""The custodian's door: which suspects there are, and one of them, to whom it concerns."""

import base64
import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from functions.canonical import moment_text
from functions.custody.answers import SuspectLine, SuspectList, SuspectShown
from functions.custody.orders import World
from functions.custody.reports import record_look
from functions.custody.suspects import Suspect, opened
from functions.law.acts import Role
from functions.law.states import Refused, State, Use, may
from functions.office.act import says
from functions.office.person import Person, Stranger, person
from functions.web import Answer, Request, json_answer, problem

RECORD_ID = re.compile("[0-9a-f]{48}", re.ASCII)
MOST_LINES = 100
MAY_LIST: frozenset[Role] = frozenset({"security_officer", "auditor"})
MAY_LOOK: frozenset[Role] = frozenset({"security_officer"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Who looks, by which ARN, when, and the id of the act that this is."""

    who: Person
    arn: str
    now: datetime
    act_id: str


def take(request: Request, *, world: World, roles: Mapping[str, str], now: datetime, act_id: str) -> Answer:
    """Every answer, but for TryLater and Tampered."""
    try:
        look = Look(who=person(request.caller, roles), arn=request.caller or "", now=now, act_id=act_id)
    except Stranger as refused:
        return problem(403, name="stranger", title="Not one of the archive's people", detail=str(refused))
    allowed, answer = ROUTES[request.resource]
    if look.who.role not in allowed:
        detail = f"suspects are for: {', '.join(sorted(allowed))}"
        return problem(403, name="forbidden", title="Not this person", detail=detail)
    return answer(request, world, look)


def _list(request: Request, world: World, look: Look) -> Answer:  # noqa: ARG001 - a route's signature
    found = world.waiting.suspects(most=MOST_LINES + 1)
    heads = (world.quarantine.head(record_id) for record_id in found[:MOST_LINES])
    lines = [_line(one, world.states.of(one.record_id)) for one in heads if one is not None]
    shown: SuspectList = {"suspects": lines, "complete": len(found) <= MOST_LINES}
    return json_answer(200, shown)


def _show(request: Request, world: World, look: Look) -> Answer:
    record_id = request.path["record_id"]
    if RECORD_ID.fullmatch(record_id) is None or world.quarantine.head(record_id) is None:
        return problem(404, name="unknown", title="No such suspect", detail="nothing of this id lies in quarantine")
    state = world.states.of(record_id) or State.ACTIVE
    answer = may(state, Use.READ)
    if isinstance(answer, Refused):
        return problem(403, name="restricted", title="Closed", detail=answer.reason)
    who = says(look.who, look.now)
    record_look(world.intake, act_id=look.act_id, record_id=record_id, caller=look.arn, who=who, now=look.now)
    sealed = world.quarantine.get(record_id)
    if sealed is None:
        return problem(404, name="unknown", title="No such suspect", detail="it has just been decided about")
    delivery = opened(sealed, world.quarantine, world.unwrap, archive_id=world.intake.archive_id)
    one = delivery.items[0]
    capture = delivery.capture(one)
    shown: SuspectShown = {
        **_line(sealed.suspect, state),
        "source": one.source,
        "event_type": one.event_type,
        "sent_at": moment_text(one.sent_at),
        "received_at": moment_text(delivery.received_at),
        "capture": {
            "base64": base64.b64encode(capture).decode(),
            "sha256": hashlib.sha256(capture).hexdigest(),
        },
    }
    return json_answer(200, shown)


ROUTES: Mapping[str, tuple[frozenset[Role], Callable[[Request, World, Look], Answer]]] = {
    "/suspects": (MAY_LIST, _list),
    "/suspects/{record_id}": (MAY_LOOK, _show),
}


def _line(suspect: Suspect, state: State | None) -> SuspectLine:
    return {
        "record_id": suspect.record_id,
        "reasons": list(suspect.reasons),
        "since": moment_text(suspect.since),
        "due": moment_text(suspect.due),
        "state": (state or State.ACTIVE).value,
    }
