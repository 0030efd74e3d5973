"""Carry an act on: record its step as a capture, and only then follow it. Whoever touches an act finishes it.

The table Acts is a log written ahead: it holds each step, sealed, before the step is queued. After a crash the next
caller, or the clock, goes on with the same bytes; so a step is recorded once, and nothing is done that is not recorded.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from functions.capture.capture import Item
from functions.capture.event import check
from functions.errors import AlreadyStored, Rejected, Tampered
from functions.intake import own
from functions.intake.accept import Conflicting, World as IntakeWorld, item
from functions.law.acts import PREFIX, ActRules
from functions.law.states import State as RecordState
from functions.office.act import Act, Line, State, Step, marked, moved, next_step
from functions.office.border import Border
from functions.office.box import NONCE_BYTES, Keys, context, open_step, seal_step
from functions.office.orders import Orders, digest_of, order

DOOR = "office"
CLOCK = "urn:fengcun:office"
"""Who lets a proposal expire, and who says that an approved act came to nothing."""
MOST_LINES = 1000
"""Of each state, that one turn of the clock looks at."""


class Acts(Protocol):
    def put_new(self, act: Act) -> Act:
        """Atomic: the act that stands under this id, which is `act` if there was none. Raises TryLater."""
        ...

    def get(self, act_id: str) -> Act | None:
        """As it stands now. Raises TryLater."""
        ...

    def replace(self, act: Act) -> None:
        """Atomic: put it over the turn before. Raises AlreadyStored when somebody was faster, and TryLater."""
        ...

    def by_state(self, state: State, *, most: int) -> list[Line]:
        """The newest first; what changed within seconds may be missing or old. Raises TryLater."""
        ...

    def by_kind(self, kind: str, *, since: datetime) -> list[str]:
        """Ids of all that came into their state since then, the newest first; likewise. Raises TryLater."""
        ...


Gate = Callable[[Mapping[str, Any], datetime], dict[str, Any]]
"""A document in, `allowed` and what the rules say out. Raises Rejected with the field that is wrong, and TryLater."""


class States(Protocol):
    def put(self, record: bytes, state: RecordState, *, act_id: str, at: datetime) -> None:
        """Atomic: the latest act stands; an earlier one, or the same again, changes nothing.

        Raises Rejected when the record is frozen or erased, which no office undoes; and TryLater.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What the office needs of the world."""

    intake: IntakeWorld
    acts: Acts
    states: States
    orders: Orders
    keys: Keys
    rules: ActRules
    gates: Mapping[str, Gate]
    """Asked before anybody may approve, by what acts.toml calls them."""
    closing: Mapping[str, Gate]
    """Asked once more when somebody does. Calling one twice for one act is calling it once."""
    border: Border


def settle(world: World, act: Act, now: datetime) -> Act:
    """The act when nothing is left to do now.

    Raises TryLater; and Tampered when what the table holds is not what was recorded or sealed.
    """
    while (after := _on(world, act, now)) is not None:
        act = after
    return act


def stand(world: World, act: Act) -> Act:
    """The act that stands: this one, or that of whoever was faster. Raises TryLater."""
    try:
        world.acts.replace(act)
    except AlreadyStored:
        return world.acts.get(act.act_id) or act
    return act


def opened(world: World, act: Act) -> Step:
    """The step that led here, which must say what the table says. Raises TryLater and Tampered."""
    step = open_step(act.sealed, world.keys, archive_id=world.intake.archive_id, act_id=act.act_id)
    if step.leads_to(act):
        return step
    raise Tampered(f"act {act.act_id}: the table says {act.kind}, {act.state}, and its step says otherwise")


def sealed(world: World, step: Step, act_id: str) -> bytes:
    """Raises TryLater."""
    key = world.keys.data_key(context(world.intake.archive_id, act_id))
    return seal_step(step, key=key, nonce=os.urandom(NONCE_BYTES))


def captured(world: World, act: Act, step: Step) -> Item:
    """The step as a capture, with the id it is read by."""
    event, capture = check(step.event), step.capture
    return item(world.intake, door=DOOR, endpoint=act.kind, event=event, offset=0, capture=capture, received_at=act.at)


@dataclass(slots=True)
class Swept:
    """What one turn of the clock came to."""

    settled: int = 0
    tampered: list[Tampered] = field(default_factory=list)


def sweep(world: World, now: datetime) -> Swept:
    """Expire what is late, and finish what nobody came back to. An act that does not verify hides no other.

    Raises TryLater; then the next turn goes on.
    """
    swept = Swept()
    waiting = [line for state in State for line in world.acts.by_state(state, most=MOST_LINES) if line.waits(now)]
    for act in filter(None, (world.acts.get(line.act_id) for line in waiting)):
        try:
            settle(world, act, now)
            swept.settled += 1
        except Tampered as evidence:
            swept.tampered.append(evidence)
    return swept


def _on(world: World, act: Act, now: datetime) -> Act | None:
    if not act.recorded:
        _record(world, act, now)
        return stand(world, marked(act, recorded=True))
    if act.state is State.PROPOSED and now > act.open_until:
        return _end(world, act, State.EXPIRED, decided={"by": CLOCK, "reason": "its time ran out"}, now=now)
    if act.state is State.APPROVED:
        return _follow(world, act, now)
    return None


def _record(world: World, act: Act, now: datetime) -> None:
    step, name = opened(world, act), f"{act.act_id}/{act.state}".encode()
    evidence = {"caller": step.caller}
    told = own.tell(world.intake, step.capture, door=DOOR, endpoint=act.kind, name=name, evidence=evidence, now=now)
    if isinstance(told, Conflicting):
        raise Tampered(f"act {act.act_id}: {act.state} was recorded before with another content")


def _follow(world: World, act: Act, now: datetime) -> Act:
    """Do what was approved, as the sealed step says it. May be done again."""
    rule, step, after = world.rules.rules[PREFIX + act.kind], opened(world, act), State.DONE
    if step.people() < rule.people:
        raise Tampered(f"act {act.act_id}: {rule.people} people decide, and its step names {step.people()}")
    if rule.queue is not None:
        return _order(world, act, step, queue=rule.queue)
    if rule.effect == "ledger":
        after = State.ORDERED
    if rule.sets is not None:
        record = bytes.fromhex(step.document["record"])
        try:
            world.states.put(record, RecordState(rule.sets), act_id=act.act_id, at=act.at)
        except Rejected as refused:
            return _end(world, act, State.FAILED, decided={"by": CLOCK, "reason": str(refused)}, now=now)
    return stand(world, marked(act, state=after))


def _order(world: World, act: Act, step: Step, *, queue: str) -> Act:
    """The table knows the order before the queue has it: whoever carries it out compares the two."""
    body = order(act, step.document, world.intake.index_key)
    if act.ordered != digest_of(body):
        return stand(world, marked(act, ordered=digest_of(body)))
    world.orders.send(queue, body)
    return stand(world, marked(act, state=State.ORDERED))


def _end(world: World, act: Act, state: State, *, decided: dict[str, Any], now: datetime) -> Act:
    step = next_step(opened(world, act), state, caller=CLOCK, now=now, decided=decided)
    return stand(world, moved(act, state, now=now, sealed=sealed(world, step, act.act_id), decider=act.decider))
