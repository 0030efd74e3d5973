"""An act and its steps: proposed, approved, refused, expired; then ordered or done, or failed. Pure.

Each step is written down as an event before anything follows from it. The event of `approved` holds the whole document,
so that whoever carries it out needs nothing else.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from functions.canonical import canonical, moment_text
from functions.law.acts import ALONE, ActRule
from functions.office.person import Person

SOURCE = "urn:fengcun:office"
TYPE = "cn.fengcun.act."


class State(StrEnum):
    """Where an act stands."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REFUSED = "refused"
    EXPIRED = "expired"
    ORDERED = "ordered"
    """Handed to the room that carries it out."""
    DONE = "done"
    FAILED = "failed"
    """Approved, and the record is in a state that forbids it."""


CARRIED_OUT = frozenset({State.ORDERED, State.DONE, State.FAILED})
"""What may follow an approval without a step of its own: another room reports what came of an order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What a list of acts says of one."""

    act_id: str
    kind: str
    state: State
    recorded: bool
    at: datetime
    open_until: datetime

    def waits(self, now: datetime) -> bool:
        """Whether something is left to do about it now."""
        late = self.state is State.PROPOSED and now > self.open_until
        return late or self.state is State.APPROVED or not self.recorded


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One act as the table Acts has it: who is a token, what is sealed."""

    act_id: str
    kind: str
    state: State
    turn: int
    """Grows with every change; a change is made to the turn that was read."""
    recorded: bool
    """Whether the event of this state is known to be queued."""
    proposer: bytes
    decider: bytes | None = None
    digest: bytes = field(repr=False)
    """Keyed hash of the document as it was sent, so that sending it again is recognised."""
    at: datetime
    open_until: datetime
    """Until when it may be approved; of a grant, once it is approved, until when it holds."""
    record: bytes | None = None
    """The record it is about, or the token of the media file; where it is about one."""
    ordered: bytes | None = None
    """SHA-256 of the order, from before it is sent."""
    sealed: bytes = field(repr=False)
    """The step that led to this state."""

    @property
    def line(self) -> Line:
        return Line(
            act_id=self.act_id,
            kind=self.kind,
            state=self.state,
            recorded=self.recorded,
            at=self.at,
            open_until=self.open_until,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What is recorded: the ARN that signed, and the event exactly as it is archived."""

    caller: str
    event: Mapping[str, Any] = field(repr=False)

    def to_bytes(self) -> bytes:
        return canonical({"caller": self.caller, "event": self.event})

    @property
    def capture(self) -> bytes:
        return canonical(self.event)

    @property
    def document(self) -> dict[str, Any]:
        document: dict[str, Any] = self.event["data"]["document"]
        return document

    def leads_to(self, act: Act) -> bool:
        """Whether it is the step that brought this act into its state."""
        data = self.event["data"]
        same = (data["act"], data["kind"]) == (act.act_id, act.kind)
        return same and (data["step"] == act.state or (data["step"] == State.APPROVED and act.state in CARRIED_OUT))

    def people(self) -> int:
        """How many have said yes to it so far, each by name."""
        said = (self.event["data"]["proposed"], self.event["data"].get("decided", {}))
        return len({one["person"] for one in said if "person" in one})


def says(person: Person, now: datetime) -> dict[str, Any]:
    return {"person": person.name, "role": person.role, "at": moment_text(now)}


def first_step(
    rule: ActRule, *, about: dict[str, Any], caller: str, who: Person, document: dict[str, Any], now: datetime
) -> Step:
    """The proposal; where one person decides, the approval; where a gate blocks, the refusal.

    `about` says by which version of the rules, and what a gate said.
    """
    step = State.APPROVED if rule.people == ALONE else State.PROPOSED
    gate = about.get("gate", {"allowed": True})
    data = {
        "act": document["id"],
        "kind": rule.kind,
        "document": document,
        "proposed": says(who, now),
        "rule": {"id": rule.id, "people": rule.people, "citation": rule.citation},
        "step": (step if gate["allowed"] else State.REFUSED).value,
        **about,
    }
    return Step(caller=caller, event=_event(document["id"], rule.kind, now, data))


def next_step(before: Step, step: State, *, caller: str, now: datetime, decided: dict[str, Any], **about: Any) -> Step:
    """What follows a step of the same act. `decided` says who or which rule, and why; `about` as in the first."""
    data = {**before.event["data"], "step": step.value, "decided": decided, **about}
    return Step(caller=caller, event=_event(data["act"], data["kind"], now, data))


def moved(act: Act, state: State, *, now: datetime, sealed: bytes, decider: bytes | None) -> Act:
    """The act after a step that is still to be recorded."""
    return replace(act, state=state, turn=act.turn + 1, recorded=False, at=now, sealed=sealed, decider=decider)


def marked(act: Act, **changed: Any) -> Act:
    """The act after what needs no event."""
    return replace(act, turn=act.turn + 1, **changed)


def _event(act_id: str, kind: str, now: datetime, data: dict[str, Any]) -> dict[str, Any]:
    """A CloudEvent."""
    return {
        "specversion": "1.0",
        "id": act_id,
        "source": SOURCE,
        "type": TYPE + kind,
        "time": moment_text(now),
        "datacontenttype": "application/json",
        "data": data,
    }
