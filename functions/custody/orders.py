"""Carry out what two security officers approved: clear, confirm or destroy a suspect. Each may be begun again."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Any, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from functions.canonical import canonical, moment_text
from functions.capture.aside import suspect_key, suspect_keys
from functions.capture.capture import Delivery
from functions.capture.delivery import Unwrap
from functions.capture.tokens import endpoint_name
from functions.custody.reports import report
from functions.custody.suspects import Quarantine, WaitingList, destroyed, opened
from functions.errors import AlreadyStored, Rejected, Tampered, TryLater
from functions.intake.accept import DELIVERY_LIFE, Claim, World as IntakeWorld, accept
from functions.law.states import State as RecordState
from functions.office.act import Act, State, marked
from functions.office.documents import UUID7
from functions.office.orders import FORMAT, digest_of

ORDERED = frozenset({State.APPROVED, State.ORDERED})
ENDED = frozenset({State.DONE, State.FAILED})


class Order(BaseModel):
    """As the office writes it (functions/office/orders.py)."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    format: Literal["fengcun.order.1"]
    act: Annotated[str, Field(pattern=UUID7)]
    kind: Literal["secret.clear", "secret.confirm", "secret.destroy"]
    approved_at: str
    record: Annotated[str, Field(pattern=r"^[0-9a-f]{48}$")]

    @property
    def digest(self) -> bytes:
        return digest_of(canonical(self.model_dump()).decode())


class States(Protocol):
    """The table States."""

    def of(self, record_id: str) -> RecordState | None:
        """None where no act has changed it. Raises TryLater and Tampered."""
        ...

    def put(self, record_id: str, state: RecordState, *, act_id: str, at: datetime) -> None:
        """Over any state but erased, which stays. Raises TryLater."""
        ...


class Acts(Protocol):
    """The table Acts."""

    def get(self, act_id: str) -> Act | None:
        """As it stands now. Raises TryLater."""
        ...

    def replace(self, act: Act) -> None:
        """Atomic: put it over the turn before. Raises AlreadyStored when somebody was faster, and TryLater."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What the custodian needs of the world."""

    intake: IntakeWorld
    quarantine: Quarantine
    waiting: WaitingList
    states: States
    acts: Acts
    unwrap: Unwrap


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an order, in words of ours, and what the report says besides."""

    kind: str
    data: Mapping[str, Any]
    failed: bool = False


def read_order(body: str) -> Order:
    """Raises Rejected."""
    try:
        return Order.model_validate_json(body)
    except ValidationError as error:
        raise Rejected(f"not an order of format {FORMAT} for this room") from error


def carry_out(world: World, order: Order, now: datetime) -> Outcome | None:
    """None when it was carried out before. Raises TryLater; and Tampered when no two people approved this."""
    act = world.acts.get(order.act)
    if act is None or not act.recorded or act.kind != order.kind or act.record != bytes.fromhex(order.record):
        raise Tampered(f"order {order.act}: the table of acts knows no such act")
    if act.decider in {None, act.proposer} or act.state not in ORDERED | ENDED:
        raise Tampered(f"order {order.act}: its act is {act.state}, or nobody else approved it")
    if act.ordered != order.digest:
        raise Tampered(f"order {order.act}: it is not the order that the office wrote")
    outcome = None
    if act.state in ORDERED:
        outcome = ORDERS[order.kind](world, order, now)
        data = {"record": order.record, "kind": order.kind, **outcome.data}
        report(world.intake, outcome.kind, act_id=order.act, data=data, now=now)
        act = _end(world, act, State.FAILED if outcome.failed else State.DONE)
    if act.state is State.DONE and order.kind in LEAVES:
        _remove(world, order.record)
    return outcome


def _end(world: World, act: Act, state: State) -> Act:
    ended = marked(act, state=state)
    try:
        world.acts.replace(ended)
    except AlreadyStored as error:  # the office has just marked it ordered; this order comes again
        raise TryLater(f"act {act.act_id} is just being changed") from error
    return ended


def _clear(world: World, order: Order, now: datetime) -> Outcome:
    """Queue it for the vault, with the delay explained. What lies here is removed when that is written down."""
    if (state := world.states.of(order.record)) in {RecordState.SECRET_FROZEN, RecordState.ERASED}:
        return _refused(f"the record is {state}")
    sealed = world.quarantine.get(order.record)
    if sealed is None:
        return _refused("nothing of this record lies in quarantine")
    delivery = opened(sealed, world.quarantine, world.unwrap, archive_id=world.intake.archive_id)
    told = {"cleared": order.act, "cleared_at": order.approved_at}

    def build(claim: Claim) -> Delivery:
        evidence = {**delivery.evidence, **told, "first_delivery_id": delivery.delivery_id}
        return replace(delivery, delivery_id=claim.delivery_id, evidence=evidence)

    name, endpoint = f"{order.act}/{order.record}".encode(), endpoint_name("office", order.kind)
    accept(world.intake, name=name, body=sealed.body, endpoint=endpoint, build=build, now=now)
    return Outcome("secret.cleared", {"quarantined_at": moment_text(sealed.suspect.since)})


def _confirm(world: World, order: Order, now: datetime) -> Outcome:
    if world.states.of(order.record) is RecordState.ERASED:
        return _refused("the record is erased")
    if world.quarantine.head(order.record) is None:
        return _refused("nothing of this record lies in quarantine")
    world.states.put(order.record, RecordState.SECRET_FROZEN, act_id=order.act, at=now)
    return Outcome("secret.confirmed", {"state": RecordState.SECRET_FROZEN.value})


def _destroy(world: World, order: Order, now: datetime) -> Outcome:
    """Only what was confirmed. The certificate says what was removed, and that nothing was found afterwards.

    And until when the delivery that it came in may still hold it. It is not opened to learn when that was received: it
    was set aside no earlier; and what an earlier run removed was received before now.
    """
    if world.states.of(order.record) not in {RecordState.SECRET_FROZEN, RecordState.ERASED}:
        return _refused("it was not confirmed, so it is not destroyed")
    suspect = world.quarantine.head(order.record)
    until = (suspect.since if suspect else now) + DELIVERY_LIFE
    world.states.put(order.record, RecordState.ERASED, act_id=order.act, at=now)
    _remove(world, order.record)
    world.waiting.remove(order.record)
    removed = [suspect_keys(order.record), suspect_key(order.record)]
    certificate = {
        "removed": removed,
        "versions_left": 0,
        "method": "erased_by_key_destruction",
        "delivery_until": moment_text(until) if until > now else None,
    }
    return Outcome("secret.destroyed", {"state": RecordState.ERASED.value, "certificate": certificate})


def _remove(world: World, record_id: str) -> None:
    """Raises TryLater while anything is left."""
    if not destroyed(record_id, world.quarantine):
        raise TryLater(f"{suspect_key(record_id)}: a version is still listed")


def _refused(why: str) -> Outcome:
    return Outcome("secret.refused", {"reason": why}, failed=True)


LEAVES = frozenset({"secret.clear"})
"""After these it is no suspect any more."""
ORDERS: Mapping[str, Callable[[World, Order, datetime], Outcome]] = {
    "secret.clear": _clear,
    "secret.confirm": _confirm,
    "secret.destroy": _destroy,
}
