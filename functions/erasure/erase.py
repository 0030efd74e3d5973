"""Carry out one order: check everything again, take the salt out, remove what is older, say so.

Each step may be done again, and the next run goes on where the last one died. The certificate never says more than was
done: erased by destruction of the key. What remains is written in docs/threats.md.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from functions.canonical import moment_text
from functions.disposition.carry import check_approved
from functions.disposition.orders import Order
from functions.disposition.tell import tell
from functions.erasure.files import Found, look
from functions.erasure.salt import Done, is_erased, left, remove, zero
from functions.erasure.target import Target, judge, record_target
from functions.erasure.world import Wanted, World
from functions.errors import Rejected, Tampered, TryLater
from functions.intake.accept import DELIVERY_LIFE
from functions.law.erasure import Erase, Ground, Refused, Restrict
from functions.law.states import State
from functions.retrieval.find import by_record_id

KIND = "erasure.request"
FORMAT = "fengcun.erasure.1"
ERASED = "erased_by_key_destruction"
REFUSED, AGAIN = "refused", "carried_out_before"


def erase(order: Order, *, world: World, now: datetime) -> str:
    """What became of it: `refused`, `restricted`, `erased_by_key_destruction`; or that it was carried out before.

    Raises Rejected when the order is none that two people gave, TryLater, Tampered. Then what was begun is unharmed.
    """
    # (1) two people have approved this very order, and it is good for once: a record that comes again, or that was
    #     held at the time, needs another
    wanted = _wanted(order, world)
    if world.acts.ended(wanted.act):
        return AGAIN
    if _is_done(wanted, world):
        world.acts.end(wanted.act, failed=False)
        return ERASED
    result = _carry_out(wanted, world, now)
    world.acts.end(wanted.act, failed=result == REFUSED)
    return result


def _carry_out(wanted: Wanted, world: World, now: datetime) -> str:
    # (2) where the record lies, in every copy, as the segments say
    targets = _targets(wanted, world)
    # (3) nothing forbids it, for any copy
    answer = _judge(targets, wanted, world, now)
    if not isinstance(answer, Erase):
        _check_not_begun(targets, answer, wanted, world)
        return _leave(answer, wanted, world, now)
    files = list(look(targets, wanted, world, now))
    # (4) copy after copy: the salt goes, then every version that still has it; then files that nobody else names
    taken = [_take(one, wanted, world, now) for one in targets]
    taken += [said for one in files for said in _take_file(one, wanted, world, now)]
    # (5) the certificate, and its state: what is marked has one
    said = {"rule": answer.rule, "citation": answer.citation, "delivery_until": _delivery_until(targets, now)}
    _tell(world, wanted, now, result=ERASED, taken=taken, **said)
    if world.states.of(wanted.record.hex()) is not State.ERASED:
        world.marks.put(wanted.record, State.ERASED, act_id=wanted.act, at=now)
    return ERASED


def _is_done(wanted: Wanted, world: World) -> bool:
    """Whether a run died after its last step but one: nothing that came since can refuse what has its certificate."""
    record = wanted.record.hex()
    return world.states.of(record) is State.ERASED and world.states.act_of(record) == wanted.act


def _wanted(order: Order, world: World) -> Wanted:
    if order.kind != KIND or order.record is None or order.ground not in set(Ground):
        raise Rejected(f"act {order.act}: not an order to erase one record on a ground of the law")
    check_approved(order, world.acts)
    return Wanted(act=order.act, record=order.record, ground=Ground(order.ground))


def _targets(wanted: Wanted, world: World) -> list[Target]:
    found = by_record_id(world.postings, wanted.record.hex())
    if not found:
        raise TryLater(f"act {wanted.act}: the index does not know the record, or not yet")
    targets = [record_target(one, vault=world.vault, archive_id=world.archive_id) for one in found]
    if {one.record_id for one in targets} != {wanted.record.hex()}:
        raise Tampered(f"record {wanted.record.hex()}: a segment has another record in its place")
    return targets


def _judge(targets: Sequence[Target], wanted: Wanted, world: World, now: datetime) -> Refused | Restrict | Erase:
    """The hardest answer of all copies stands."""
    holds = tuple(world.holds.load())
    state = world.states.of(wanted.record.hex()) or State.ACTIVE
    answers = [judge(one, wanted.ground, keyrings=world.keyrings, holds=holds, state=state, now=now) for one in targets]
    return min(answers, key=lambda answer: (Refused, Restrict, Erase).index(type(answer)))


def _check_not_begun(targets: Sequence[Target], answer: Refused | Restrict, wanted: Wanted, world: World) -> None:
    """What an earlier run has begun must not be reported as left alone. Raises TryLater, Tampered.

    A copy that was erased long ago is none of this order's: the record is marked, and nothing older is left of it.
    """
    marked = world.states.of(wanted.record.hex()) is State.ERASED
    for salt in (one.salt for one in targets):
        gone = is_erased(salt, keyrings=world.keyrings)
        if gone and not (marked and not world.keyrings.older(salt.key)):
            raise Tampered(
                f"act {wanted.act}: record {wanted.record.hex()}: {salt.key}: salt {salt.ordinal} is gone already, "
                f"and now {answer.rule} forbids it"
            )


def _leave(answer: Refused | Restrict, wanted: Wanted, world: World, now: datetime) -> str:
    result = REFUSED
    if isinstance(answer, Restrict):
        result = "restricted"
        world.marks.put(wanted.record, State.RESTRICTED, act_id=wanted.act, at=now)
    _tell(world, wanted, now, result=result, rule=answer.rule, citation=answer.citation, taken=[])
    return result


def _take(target: Target, wanted: Wanted, world: World, now: datetime) -> dict[str, Any]:
    """Afterwards nothing has this salt. What will be removed is reported before it is."""
    written = zero(target.salt, keyrings=world.keyrings, now=now)
    older = left(target.salt, keyrings=world.keyrings)
    said = _said(target, written)
    if older:
        _tell(world, wanted, now, result="begun", taken=[said | {"removes": older}])
    return said | {"removed": [_evidence(one) for one in remove(target.salt, older, keyrings=world.keyrings)]}


def _take_file(found: Found, wanted: Wanted, world: World, now: datetime) -> Iterator[dict[str, Any]]:
    """Whoever uploads it from now on makes a new generation of it, which this erasure leaves alone."""
    if found.retires:
        for name in sorted(found.standing.names):
            world.files.forget(bytes.fromhex(name), found.file.hex())
        world.files.retire(found.file, found.standing, now=now)
    for target in found.taken:
        yield _take(target, wanted, world, now)
    for target, why in found.kept:
        yield {"object": target.key, "kept": why}


def _delivery_until(targets: Sequence[Target], now: datetime) -> str | None:
    """Until when a sealed delivery may still hold it, on its way in; None when that is over."""
    ends = [one.received_at + DELIVERY_LIFE for one in targets if one.received_at]
    return moment_text(max(ends)) if max(ends) > now else None


def _said(target: Target, written: Done | None) -> dict[str, Any]:
    return {
        "object": target.key,
        "keyring": target.salt.key,
        "ordinal": target.salt.ordinal,
        "kms_key": target.kms_key,
        "written": _evidence(written) if written else None,
    }


def _evidence(done: Done) -> dict[str, str]:
    return {"version": done.version_id, "request": done.request_id}


def _tell(world: World, wanted: Wanted, now: datetime, **said: Any) -> None:
    data = {
        "format": FORMAT,
        "archive": world.archive_id,
        "act": wanted.act,
        "record": wanted.record.hex(),
        "ground": wanted.ground.value,
        "at": moment_text(now),
        **said,
    }
    tell(world.intake, "erasure", data, now)
