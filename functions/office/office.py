"""Propose and approve acts. Whoever sends the same again finishes what was begun, and changes nothing else."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from functions.canonical import canonical
from functions.law.acts import PREFIX, ActRule, kinds
from functions.office.act import Act, State, first_step, moved, next_step, says
from functions.office.documents import UUID7
from functions.office.incidents import check as check_incident
from functions.office.person import Person
from functions.office.settle import CLOCK, Gate, World, opened, sealed, settle, stand

ACT_ID = re.compile(UUID7, re.ASCII)
OPEN = {"allowed": True}


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, and the ARN that signed."""

    who: Person
    arn: str


class Unknown(Exception):
    """No such kind, or no such act."""


class Forbidden(Exception):
    """This person may not."""


class Closed(Exception):
    """It stands otherwise than the caller thinks."""


def rule_of(world: World, kind: str) -> ActRule:
    """Raises Unknown."""
    rule = world.rules.rules.get(PREFIX + kind)
    if rule is None:
        raise Unknown(f"no such kind of act; there are {', '.join(kinds(world.rules))}")
    return rule


def find(world: World, act_id: str, *, kind: str) -> Act:
    """Raises Unknown and TryLater."""
    if ACT_ID.fullmatch(act_id) is None:
        raise Unknown("an act's id is a UUIDv7 in lowercase")
    act = world.acts.get(act_id)
    if act is None or act.kind != kind:
        raise Unknown("no act of this kind has this id")
    return act


def propose(world: World, kind: str, document: dict[str, Any], *, caller: Caller, now: datetime) -> Act:
    """The act as it stands.

    Raises Unknown, Forbidden, Rejected by a gate or when it does not fit its incident, Closed when the id is another
    act's, and TryLater.
    """
    rule = rule_of(world, kind)
    if caller.who.role not in rule.propose:
        raise Forbidden(f"{kind} is proposed by: {', '.join(rule.propose)}")
    if rule.about == "incident":
        check_incident(world, document, now)
    about = {"version": world.rules.version, **_gate(world.gates, rule, document, now)}
    step = first_step(rule, about=about, caller=caller.arn, who=caller.who, document=document, now=now)
    mine = Act(
        act_id=document["id"],
        kind=kind,
        state=State(step.event["data"]["step"]),
        turn=0,
        recorded=False,
        proposer=token(world, caller),
        digest=world.intake.index_key.body(canonical({"kind": kind, "document": document})),
        at=now,
        open_until=now + rule.open_for,
        record=_thing(world, document),
        sealed=sealed(world, step, document["id"]),
    )
    standing = world.acts.put_new(mine)
    if (standing.proposer, standing.digest) != (mine.proposer, mine.digest):
        raise Closed("this id names another act: choose a new one")
    return settle(world, standing, now)


def decide(world: World, act: Act, *, said: State, reason: str, caller: Caller, now: datetime) -> Act:
    """Approve or refuse. Raises Forbidden, Rejected by a gate, Closed and TryLater."""
    rule, mine = rule_of(world, act.kind), token(world, caller)
    if mine == act.proposer:
        raise Forbidden("a second person decides: not the one who proposed it, in whatever role")
    if caller.who.role not in rule.approve:
        raise Forbidden(f"{act.kind} is approved by: {', '.join(rule.approve) or 'nobody, one person decides'}")
    act = settle(world, act, now)
    if act.state is State.PROPOSED:
        act = stand(world, _decided(world, act, said=said, reason=reason, caller=caller, now=now))
    otherwise = (said is State.REFUSED) != (act.state is State.REFUSED) and not _closed(world, act)
    if act.decider != mine or otherwise:
        raise Closed(f"the act is {act.state} already")
    return settle(world, act, now)


def token(world: World, caller: Caller) -> bytes:
    """Stands for a person in the table, whatever roles they use."""
    return world.intake.index_key.token("officer", caller.who.name)


def _thing(world: World, document: dict[str, Any]) -> bytes | None:
    """What it is about: a record by its id, a media file by its token in the index."""
    if "record" in document:
        return bytes.fromhex(document["record"])
    return world.intake.index_key.token("media", document["media"]) if "media" in document else None


def _gate(
    gates: Mapping[str, Gate], rule: ActRule, document: dict[str, Any], now: datetime
) -> dict[str, dict[str, Any]]:
    """What the rule's gate says, where one is asked. Raises Rejected, TryLater."""
    gate = None if rule.gate is None else gates.get(rule.gate)
    return {"gate": gate(document, now)} if gate else {}


def _decided(world: World, act: Act, *, said: State, reason: str, caller: Caller, now: datetime) -> Act:
    """What a person has said; or that a gate has closed since it was proposed, and so it is refused."""
    before, rule = opened(world, act), rule_of(world, act.kind)
    about = _gate(world.closing, rule, before.document, now) if said is State.APPROVED else {}
    decided = {**says(caller.who, now), "reason": reason}
    if not about.get("gate", OPEN)["allowed"]:
        said, decided = State.REFUSED, {"by": CLOCK, "reason": f"the {rule.gate} gate has closed since"}
    step = next_step(before, said, caller=caller.arn, now=now, decided=decided, **about)
    after = moved(act, said, now=now, sealed=sealed(world, step, act.act_id), decider=token(world, caller))
    if said is State.APPROVED and "hours" in before.document:
        return replace(after, open_until=now + timedelta(hours=before.document["hours"]))
    return after


def _closed(world: World, act: Act) -> bool:
    """Whether a gate has refused it. Raises TryLater, Tampered."""
    return not opened(world, act).event["data"].get("gate", OPEN)["allowed"]
