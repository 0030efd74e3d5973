"""Carry out one order: hold, let go, keep longer. A bounded piece at a time; the rest goes back on the queue.

Everything here may be done twice. A hold goes on the list before anything is looked for, so that what is archived from
then on is held as it is written; what was on its way at that moment is found by a second walk fifteen minutes later.
Only the first run puts it there. A hold that was released stays on the list as such: until its walk is over with what
it covered, and for ever so that no order puts it back.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime

from functions.disposition.holding import keep, let_go
from functions.disposition.orders import Order, hold_of, write_order
from functions.disposition.tell import tell
from functions.disposition.walk import Found, Pair, covered, segments
from functions.disposition.world import Acts, Objects, World
from functions.errors import Rejected, Tampered
from functions.law.acts import PREFIX, act_rules
from functions.law.holds import Hold
from functions.law.locks import Lock, extend_only
from functions.law.retention import midnight_after, until_after
from functions.segment.directory import Entry
from functions.segment.segment import Class

FORMAT = "fengcun.disposition.1"
MOST_SEGMENTS = 100
"""Of one run: each costs a dozen calls."""
SECONDS_UNTIL_AGAIN = 900
"""As long as a run may last, so none that began before sees the old list after it; and the most that SQS can wait.
It is longer than the archive room remembers the list of holds, and than the index takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Walked:
    """What one run did."""

    pairs: int = 0
    """Of object and keyring, that were touched."""
    broken: int = 0
    """Segments that did not verify, and were left as they are."""
    finished: bool = True
    unlisted: bool = False
    """The hold was not on the list, so nothing was touched."""


def carry_out(order: Order, *, world: World, now: datetime) -> Walked:
    """Raises Rejected, TryLater."""
    if order.kind not in WORK:
        raise Rejected(f"act {order.act}: no order that this room knows; it knows {', '.join(sorted(WORK))}")
    check_approved(order, world.acts)
    return WORK[order.kind](order, world, now)


def check_approved(order: Order, acts: Acts) -> None:
    """As many people as it takes have approved this very order (docs/threats.md, "A false order").

    Raises Rejected, TryLater.
    """
    people = act_rules().rules[PREFIX + order.kind].people
    if not acts.approved(order, people=people):
        raise Rejected(f"act {order.act}: it takes {people} to approve this order, and they have not")


def _place(order: Order, world: World, now: datetime) -> Walked:
    hold = hold_of(order)
    if not _stands(hold, order, world):
        return _tell(order, Walked(unlisted=True), world, now)
    done = _walk(order, world, now, over=hold, meant=covered(hold), touch=lambda found: keep(found, hold.id, world))
    if done.finished and not order.again:
        world.again.send(write_order(replace(order, again=True, after="")), after_seconds=SECONDS_UNTIL_AGAIN)
    return done


def _stands(hold: Hold, order: Order, world: World) -> bool:
    if order.again or order.after:
        return hold.id in {one.id for one in world.holds.load()}
    return world.holds.put(hold)


def _release(order: Order, world: World, now: datetime) -> Walked:
    """The list first, and later the objects, without those that another hold still covers.

    What it covered is what the list said, and not what comes with the order.
    """
    if order.hold is None:
        raise Rejected(f"act {order.act}: it names no hold")
    if not order.again and world.holds.release(order.hold, by=order.act):
        world.again.send(write_order(replace(order, again=True)), after_seconds=SECONDS_UNTIL_AGAIN)
        return Walked()
    hold = world.holds.released(order.hold, by=order.act) if order.again else None
    if hold is None:
        return _tell(order, Walked(unlisted=True), world, now)
    others = world.holds.load()
    done = _walk(order, world, now, over=hold, meant=covered(hold), touch=lambda found: let_go(found, others, world))
    if done.finished:
        world.holds.close(hold.id)
    return done


def _event(order: Order, world: World, now: datetime) -> Walked:
    """The clocks that have waited for it run from its day."""
    if order.at is None or order.event is None:
        raise Rejected(f"act {order.act}: it names no event, or not when it happened")
    happened = midnight_after(order.at)
    waiting = {
        world.index_key.token("waits", rule.id): until_after(rule, happened)
        for rule in world.rules.rules.values()
        if rule.clock == order.event
    }
    tokens = order.custodians | order.conversations

    def meant(entry: Entry) -> bool:
        return not tokens.isdisjoint(entry.tokens) and not waiting.keys().isdisjoint(entry.tokens)

    def touch(found: Found) -> int:
        until = max(waiting[token] for one in found.entries for token in one.tokens if token in waiting)
        return sum(_extend(pair, until, world, now) for pair in _pairs(found, world))

    return _walk(order, world, now, over=order, meant=meant, touch=touch)


WORK: dict[str, Callable[[Order, World, datetime], Walked]] = {
    "hold.place": _place,
    "hold.release": _release,
    "retention.event": _event,
}


def _walk(
    order: Order,
    world: World,
    now: datetime,
    *,
    over: Hold | Order,
    meant: Callable[[Entry], bool],
    touch: Callable[[Found], int],
) -> Walked:
    """Segment after segment, in the order of their ids; what does not fit goes back on the queue; all is reported.

    `over` says whose, and from when until when. A segment that does not verify must not keep the others from being
    held: it is counted, and alarmed.
    """
    left = segments(over, world.ground.postings, after=order.after)
    pairs = broken = 0
    for posting in left[:MOST_SEGMENTS]:
        try:
            found = world.ground.read(posting, meant)
            pairs += touch(found) if found.entries else 0
        except Tampered:
            broken += 1
    walked = Walked(pairs=pairs, broken=broken, finished=len(left) <= MOST_SEGMENTS)
    if not walked.finished:
        after = left[MOST_SEGMENTS - 1].segment_id
        world.again.send(write_order(replace(order, after=after)), after_seconds=0)
    return _tell(order, walked, world, now)


def _tell(order: Order, walked: Walked, world: World, now: datetime) -> Walked:
    said = {"format": FORMAT, "act": order.act, "kind": order.kind, "after": order.after, "again": order.again}
    tell(world.intake, "disposition", {**said, **asdict(walked)}, now)
    return walked


def _pairs(found: Found, world: World) -> list[Pair]:
    """The segment, and of each file that its records name the newest generation."""
    files = {pair.media: pair for pair in world.ground.media(world.ground.named(found.entries))}
    return [found.pair, *files.values()]


def _extend(pair: Pair, until: date, world: World, now: datetime) -> int:
    """Both, and only ever later. How many of the pair were not locked that long already, as one."""
    klass = Class(tier=pair.klass.tier, retain_until=until, erasable=pair.klass.erasable)
    keyring = _extend_one(world.keyrings, pair.keyring, None, world.locking.keyring(klass, now))
    return keyring | _extend_one(world.vault, pair.key, pair.version_id, world.locking.segment(klass, now))


def _extend_one(bucket: Objects, key: str, version_id: str | None, wanted: Lock) -> bool:
    extension = extend_only(bucket.lock(key, version_id), wanted)
    if extension is not None:
        bucket.extend(key, version_id, extension.lock)
    return extension is not None
