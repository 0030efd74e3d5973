"""The office's door: a signed request in, an answer out. Pure but for what `World` does."""

from collections.abc import Callable, Mapping
from datetime import datetime

from functions.canonical import moment_text
from functions.errors import Rejected
from functions.law.duties import Duty, Watched
from functions.office.act import Act, Line, State
from functions.office.answers import ActLine, ActList, ActShown, ActStanding, DutyLine, IncidentLine, IncidentList
from functions.office.documents import LARGEST_BODY_BYTES, read_decision, read_document
from functions.office.incidents import DAYS, look_after
from functions.office.office import Caller, Closed, Forbidden, Unknown, decide, find, propose, rule_of
from functions.office.person import Stranger, person
from functions.office.settle import World, captured, opened, settle
from functions.office.showing import show_scope, show_year
from functions.web import Answer, Request, json_answer, problem

MOST_LINES = 100


def take(request: Request, *, world: World, roles: Mapping[str, str], now: datetime) -> Answer:
    """Every answer, but for TryLater and Tampered."""
    try:
        caller = Caller(person(request.caller, roles), request.caller or "")
        return ROUTES[f"{request.method} {request.resource}"](request, world, caller, now)
    except Stranger as refused:
        return problem(403, name="stranger", title="Not one of the archive's people", detail=str(refused))
    except Forbidden as refused:
        return problem(403, name="forbidden", title="Not this person", detail=str(refused))
    except Unknown as refused:
        return problem(404, name="unknown", title="No such act", detail=str(refused))
    except Closed as refused:
        return problem(409, name="closed", title="Not in this state", detail=str(refused))
    except Rejected as refused:
        return problem(422, name="document", title="Not understood", detail=str(refused), faults=refused.faults)


def _propose(request: Request, world: World, caller: Caller, now: datetime) -> Answer:
    if len(request.body) > LARGEST_BODY_BYTES:
        return _too_large(request)
    kind = request.path["kind"]
    rule_of(world, kind)
    act = propose(world, kind, read_document(kind, request.body), caller=caller, now=now)
    return json_answer(200, _standing(world, act))


def _decide(request: Request, world: World, caller: Caller, now: datetime) -> Answer:
    if len(request.body) > LARGEST_BODY_BYTES:
        return _too_large(request)
    decision = read_decision(request.body)
    act = find(world, request.path["act"], kind=request.path["kind"])
    said = State(decision.decision)
    return json_answer(
        200, _standing(world, decide(world, act, said=said, reason=decision.reason, caller=caller, now=now))
    )


def _list(request: Request, world: World, caller: Caller, now: datetime) -> Answer:  # noqa: ARG001 - a route's signature
    asked = request.query.get("state", (State.PROPOSED.value,))[-1]
    if asked not in set(State):
        return problem(400, name="request", title="No such state", detail=f"state is one of {', '.join(State)}")
    lines = world.acts.by_state(State(asked), most=MOST_LINES + 1)
    shown: ActList = {
        "state": asked,
        "acts": [_line(one) for one in lines[:MOST_LINES]],
        "complete": len(lines) <= MOST_LINES,
    }
    return json_answer(200, shown)


def _show(request: Request, world: World, caller: Caller, now: datetime) -> Answer:
    rule = rule_of(world, request.path["kind"])
    if caller.who.role not in rule.shown_to:
        raise Forbidden(f"{rule.kind} is shown to: {', '.join(sorted(rule.shown_to))}")
    act = settle(world, find(world, request.path["act"], kind=rule.kind), now)
    event = opened(world, act).event["data"]
    shown: ActShown = {
        **_standing(world, act),
        "document": event["document"],
        "proposed": event["proposed"],
        "decided": event.get("decided"),
        "rule": event["rule"],
        "gate": event.get("gate"),
    }
    return json_answer(200, shown)


def _incidents(request: Request, world: World, caller: Caller, now: datetime) -> Answer:  # noqa: ARG001 - a route's signature
    allowed = {role for rule in world.rules.rules.values() if rule.about == "incident" for role in rule.shown_to}
    if caller.who.role not in allowed:
        raise Forbidden(f"incidents are shown to: {', '.join(sorted(allowed))}")
    looked = look_after(world, now)
    shown: IncidentList = {
        "incidents": [_incident(one) for one in looked.incidents],
        "days": DAYS,
        "complete": not looked.tampered,
    }
    return json_answer(200, shown)


ROUTES: Mapping[str, Callable[[Request, World, Caller, datetime], Answer]] = {
    "POST /acts/{kind}": _propose,
    "POST /acts/{kind}/{act}/approval": _decide,
    "GET /acts": _list,
    "GET /acts/{kind}/{act}": _show,
    "GET /border/scopes/{act}": show_scope,
    "GET /border/years/{year}": show_year,
    "GET /incidents": _incidents,
}


def _too_large(request: Request) -> Answer:
    detail = f"the body has {len(request.body)} bytes, {LARGEST_BODY_BYTES} are allowed"
    return problem(413, name="too-large", title="The body is too large", detail=detail)


def _line(line: Line) -> ActLine:
    return {
        "act": line.act_id,
        "kind": line.kind,
        "state": line.state.value,
        "at": moment_text(line.at),
        "open_until": moment_text(line.open_until),
    }


def _incident(one: Watched) -> IncidentLine:
    return {
        "act": one.known.act,
        "at": moment_text(one.known.at),
        "detected_at": moment_text(one.known.detected_at),
        "supersedes": one.known.supersedes,
        "duties": [_duty(duty) for duty in one.duties],
    }


def _duty(duty: Duty) -> DutyLine:
    return {
        "rule": duty.deadline.rule,
        "version": duty.deadline.version,
        "citation": duty.deadline.citation,
        "tell": duty.deadline.tell,
        "due": moment_text(duty.deadline.due),
        "standing": duty.standing.value,
        "told_at": moment_text(duty.told.at) if duty.told else None,
        "told_by": duty.told.act if duty.told else None,
    }


def _standing(world: World, act: Act) -> ActStanding:
    return {**_line(act.line), "record_id": captured(world, act, opened(world, act)).record_id}
