"""Count one scope, a piece in each run. A piece that stands is never counted again, so every order may come twice.

A piece says where the next begins. So however often and late the orders come, they go through the same pieces, and
the sum is the same; whoever dies is followed by one who goes on.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from functions.archive.draft import OWN
from functions.border.persons import part_of
from functions.canonical import epoch_ms, moment_text
from functions.disposition.carry import check_approved
from functions.disposition.orders import Order, hold_of, write_order
from functions.disposition.tell import tell
from functions.disposition.walk import Postings, covered, every, segments
from functions.disposition.world import Acts, Again
from functions.errors import Rejected, Tampered
from functions.index.postings import Posting
from functions.intake.accept import World as IntakeWorld
from functions.law.export import MOST_RECORDS, LeftOut, Measured, Part, Piece, Trait, join, total
from functions.law.states import FROZEN, RESTRICTED, Use
from functions.retrieval.read import Erased, Place, Segment, Unwrap, World as Reading, look, open_at, record_id_of
from functions.retrieval.scanned import unclean
from functions.retrieval.states import Withheld
from functions.segment.directory import Entry

KIND = "border.scope"
FORMAT = "fengcun.scope.1"
MOST_SEGMENTS = 100
MOST_OPENED = 2000
"""Of one run: each record costs about four calls, and a segment has a thousand at most."""
LARGEST_PIECE_BYTES = 380_000
"""DynamoDB takes 400 kB."""
WITHHELD: Mapping[str, LeftOut] = {RESTRICTED.rule: "restricted", FROZEN.rule: "frozen"}
LEFT_OUT: tuple[LeftOut, ...] = ("erased", "frozen", "own", "restricted", "tampered", "unclean")


class Scopes(Protocol):
    """The table Scopes."""

    def put_piece(self, scope: str, after: str, piece: Piece) -> Piece:
        """Atomic: the piece that stands there, which is `piece` if there was none. Raises TryLater."""
        ...

    def piece(self, scope: str, after: str) -> Piece | None:
        """Raises TryLater."""
        ...

    def pieces(self, scope: str) -> Iterable[Piece]:
        """All that stand, in no order. Raises TryLater."""
        ...

    def finish(self, measured: Measured, people: Mapping[bytes, Trait]) -> Measured:
        """Keep the people, and then the numbers, unless they stand: those that do. Raises TryLater."""
        ...

    def measured(self, scope: str) -> Measured | None:
        """Raises TryLater."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What counting a scope needs of the world."""

    postings: Postings
    reading: Reading
    acts: Acts
    scopes: Scopes
    again: Again
    intake: IntakeWorld


class TooLarge(Exception):
    """More than a scope may have."""


def measure(order: Order, *, world: World, now: datetime) -> Measured:
    """How far it has come. Raises Rejected, TryLater."""
    if order.kind != KIND:
        raise Rejected(f"act {order.act}: no order that this room knows; it knows {KIND}")
    check_approved(order, world.acts)
    known = world.scopes.measured(order.act)
    if known is not None:
        return _tell(known, world)
    try:
        return _go_on(order, world, now)
    except TooLarge:
        measured = world.scopes.finish(Measured(act=order.act, state="too_large", at=now), {})
        return _tell(measured, world)


def _go_on(order: Order, world: World, now: datetime) -> Measured:
    piece = world.scopes.piece(order.act, order.after)
    if piece is None:
        piece = world.scopes.put_piece(order.act, order.after, _piece(order, world))
    if piece.then is not None:
        world.again.send(write_order(replace(order, after=piece.then)), after_seconds=0)
        return Measured(act=order.act, state="measuring", at=now, broken=len(piece.part.broken))
    whole = join(one.part for one in world.scopes.pieces(order.act))
    counted = total(whole, act=order.act, at=now)
    people = whole.people if counted.state == "ready" else {}
    return _tell(world.scopes.finish(counted, people), world)


def _piece(order: Order, world: World) -> Piece:
    """As many segments as one run can open and one item can hold. Raises TooLarge, TryLater."""
    if not order.after and _rows(order, world.postings) > MOST_RECORDS:
        raise TooLarge
    meant = covered(hold_of(order))
    left, part, done = segments(order, world.postings, after=order.after), Part(), ""
    for number, posting in enumerate(left, start=1):
        more = join((part, _look_into(posting, meant, world)))
        if more.size_bytes > LARGEST_PIECE_BYTES:
            if not done:
                raise TooLarge
            return Piece(part, done)
        part, done = more, posting.segment_id
        if number < len(left) and (number == MOST_SEGMENTS or len(part.records) >= MOST_OPENED):
            return Piece(part, done)
    return Piece(part, None)


def _rows(order: Order, postings: Postings) -> int:
    """How many records the index knows, before any is opened."""
    first = epoch_ms(order.sent_from) if order.sent_from else None
    last = epoch_ms(order.sent_until) if order.sent_until else None
    return len(
        {
            (one.segment_id, row.ordinal)
            for one in every(order, postings)
            for row in one.rows
            if (first is None or row.sent_at_ms >= first) and (last is None or row.sent_at_ms <= last)
        }
    )


def _look_into(posting: Posting, meant: Callable[[Entry], bool], world: World) -> Part:
    """All of a segment that is meant. One that does not verify hides no other. Raises TryLater."""
    try:
        segment = look(posting, vault=world.reading.vault, archive_id=world.reading.archive_id)
        return join(_record(place, world) for place in _places(segment, posting) if meant(place.entry))
    except Tampered:
        return Part(broken=frozenset({posting.segment_id}))


def _places(segment: Segment, posting: Posting) -> Iterator[Place]:
    for ordinal, entry in enumerate(segment.entries):
        yield Place(segment=segment, version_id=posting.version_id, ordinal=ordinal, entry=entry)


def _record(place: Place, world: World) -> Part:
    """The record as a part of the scope, or why it is not. Raises TryLater, and Tampered when nobody knows which."""
    record_id = record_id_of(place.entry)
    if place.entry.kind in OWN:
        return _left("own", record_id)
    try:
        description = open_at(place, world=world.reading, use=Use.EXPORT).description
    except Erased:
        return _left("erased", record_id)
    except Withheld as withheld:
        return _left(WITHHELD[withheld.refused.rule], record_id)
    except Tampered:
        return _left("tampered", record_id)
    if unclean(description):
        return _left("unclean", record_id)
    return part_of(description, place.segment.header.klass.tier, world.intake.index_key)


def _left(reason: LeftOut, record_id: str) -> Part:
    return Part(left={reason: frozenset({bytes.fromhex(record_id)})})


def _tell(measured: Measured, world: World) -> Measured:
    """The same bytes however often: its time is that of the numbers that stand."""
    said = {
        "format": FORMAT,
        "act": measured.act,
        "state": measured.state,
        "measured_at": moment_text(measured.at),
        "records": measured.records,
        "persons": measured.persons,
        "sensitive_persons": measured.sensitive_persons,
        "consent_persons": measured.consent_persons,
        "tiers": sorted(measured.tiers),
        "left_out": {reason: measured.left.get(reason, 0) for reason in LEFT_OUT},
        "broken": measured.broken,
        "scope_sha256": measured.scope_sha256,
    }
    tell(world.intake, "border", said, measured.at)
    return measured


def remembering(unwrap: Unwrap) -> Unwrap:
    """Asks KMS once for each segment, not for each of its records."""
    last: dict[tuple[bytes, tuple[tuple[str, str], ...]], bytes] = {}

    def ask(wrapped: bytes, context: dict[str, str]) -> bytes:
        name = (wrapped, tuple(sorted(context.items())))
        if name not in last:
            key = unwrap(wrapped, context)
            last.clear()
            last[name] = key
        return last[name]

    return ask
