"""Propose and approve acts. Whoever sends the same again finishes what was begun, and changes nothing else."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from functions.canonical import canonical
from functions.law.acts import PREFIX, ActRule, kinds
from functions.office.act import Act, State, first_step, moved, next_step, says
from functions.office.incidents import check as check_incident
from functions.office.person import Person
from functions.office.settle import World, opened, sealed, settle, stand


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
    act = world.acts.get(act_id)
    if act is None or act.kind != kind:
        raise Unknown("no act of this kind has this id")
    return act


def propose(world: World, kind: str, document: dict[str, Any], *, caller: Caller, now: datetime) -> Act:
    """The act as it stands.

    Raises Unknown, Forbidden, Rejected when it does not fit its incident, Closed when the id is another's, TryLater.
    """
    rule = rule_of(world, kind)
    if caller.who.role not in rule.propose:
        raise Forbidden(f"{kind} is proposed by: {', '.join(rule.propose)}")
    if rule.about == "incident":
        check_incident(world, document, now)
    about = _about(world, rule, document)
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
    """Approve or refuse. Raises Forbidden, Closed and TryLater."""
    rule, mine = rule_of(world, act.kind), token(world, caller)
    if mine == act.proposer:
        raise Forbidden("a second person decides: not the one who proposed it, in whatever role")
    if caller.who.role not in rule.approve:
        raise Forbidden(f"{act.kind} is approved by: {', '.join(rule.approve) or 'nobody, one person decides'}")
    act = settle(world, act, now)
    if act.state is State.PROPOSED:
        act = stand(world, _decided(world, act, said=said, reason=reason, caller=caller, now=now))
    if act.decider != mine or (said is State.REFUSED) != (act.state is State.REFUSED):
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


def _about(world: World, rule: ActRule, document: dict[str, Any]) -> dict[str, Any]:
    """By what the act is judged: the version of the rules, and the gate's answer where one is asked."""
    gate = {} if rule.gate is None else {"gate": world.gates[rule.gate](document)}
    return {"version": world.rules.version, **gate}


def _decided(world: World, act: Act, *, said: State, reason: str, caller: Caller, now: datetime) -> Act:
    before = opened(world, act)
    decided = {**says(caller.who, now), "reason": reason}
    step = next_step(before, said, caller=caller.arn, now=now, decided=decided)
    after = moved(act, said, now=now, sealed=sealed(world, step, act.act_id), decider=token(world, caller))
    if said is State.APPROVED and "hours" in before.document:
        return replace(after, open_until=now + timedelta(hours=before.document["hours"]))
    return after
