"""What a record adds to the counting: its place in its source's order, and the names its flags are found under."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from functions.canonical import epoch_ms, from_epoch_ms
from functions.capture.capture import Delivery, Flag, Interpretation, Item, Kind
from functions.capture.days import day_of
from functions.capture.sequence import DAYS, Number, Range, Stream, merge, numbers
from functions.capture.tokens import Names, endpoint_name

OWN = frozenset({"office", "report"})
"""Doors of the archive itself: nothing is expected there, so nothing can be missing."""
NUMBERED = frozenset({"gateway", "pull"})
"""Doors whose captures are CloudEvents, which alone have numbers."""
SHOWN = (
    Flag.UNPARSED
    | Flag.UNKNOWN_TYPE
    | Flag.CONFLICT
    | Flag.LATE
    | Flag.UNAUTHENTICATED
    | Flag.MEDIA_MISSING
    | Flag.SEALED
    | Flag.UNCLEAN
)
"""The exceptions: whoever looks through a day finds each of these by one query."""
PULL_GAP = "pull_gap"
"""Stands among the flags: before this capture, WeCom was not asked for longer than it keeps messages."""
WIDTH = len(str(2**64))


@dataclass(frozen=True, slots=True)
class Mark:
    """One number of one record."""

    stream: Stream
    range: Range


class Sequences(Protocol):
    def put(self, marks: Iterable[Mark]) -> None:
        """Write all; the same again changes nothing. Raises TryLater; then some may have been written."""
        ...


def marks(delivery: Delivery, item: Item, names: Names) -> tuple[Mark, ...]:
    """The day on which its way in was alive, and what its sender numbered it with."""
    if delivery.door in OWN:
        return ()
    endpoint = endpoint_name(delivery.door, delivery.endpoint)
    found = numbers(delivery.capture(item)) if delivery.door in NUMBERED else ()
    counted = [_mark(names, endpoint, item.source, one, item, delivery) for one in found]
    if item is delivery.items[0]:  # once for all that came together
        alive = Number(DAYS, day_of(delivery.received_at).toordinal())
        counted.append(_mark(names, endpoint, "", alive, item, delivery))
    return tuple(counted)


def stream(names: Names, *, endpoint: str, source: str, kind: str) -> Stream:
    return Stream(token=names.token("sequence", f"{endpoint}\0{source}\0{kind}"), endpoint=endpoint, kind=kind)


def found_by(delivery: Delivery, meaning: Interpretation, flags: Flag, names: Names) -> Iterator[bytes]:
    """A record's exceptions, what a platform announced with it, and which report it is."""
    if flags:
        yield from (names.token("flag", name) for name in (flags & SHOWN).names())
    if delivery.door == "pull" and "gap" in delivery.evidence:
        yield names.token("flag", PULL_GAP)
    if meaning.event:
        yield names.token("event", meaning.event)
    if meaning.kind is Kind.REPORT and meaning.about:
        yield names.token("report", meaning.about)


def ranges(found: Iterable[Sequence[Mark]]) -> list[Mark]:
    """The marks of one segment's records, as few ranges as they make."""
    by_stream: dict[Stream, list[Range]] = {}
    for held in found:
        for one in held:
            by_stream.setdefault(one.stream, []).append(one.range)
    return [Mark(of, one) for of, held in by_stream.items() for one in merge(held)]


def item_of(mark: Mark) -> dict[str, Any]:
    """The item of table Sequences (docs/formats.md, "Sequences"). The same range, the same key."""
    one = mark.range
    times = [epoch_ms(moment) for moment in (one.sent_from, one.sent_until, one.received_from, one.received_until)]
    name = ",".join(map(str, (one.last, one.jumped, *times)))
    return {
        "token": {"B": mark.stream.token},
        "at": {"S": f"{one.first:0{WIDTH}d}/{name}"},
        "endpoint": {"S": mark.stream.endpoint},
        "kind": {"S": mark.stream.kind},
    }


def read_item(item: dict[str, Any]) -> Mark:
    """The inverse of `item_of`."""
    first, _, name = item["at"]["S"].partition("/")
    last, jumped, *times = map(int, name.split(","))
    sent_from, sent_until, received_from, received_until = map(from_epoch_ms, times)
    return Mark(
        Stream(token=item["token"]["B"], endpoint=item["endpoint"]["S"], kind=item["kind"]["S"]),
        Range(
            first=int(first),
            last=last,
            jumped=jumped,
            sent_from=sent_from,
            sent_until=sent_until,
            received_from=received_from,
            received_until=received_until,
        ),
    )


def _mark(names: Names, endpoint: str, source: str, number: Number, item: Item, delivery: Delivery) -> Mark:
    return Mark(
        stream(names, endpoint=endpoint, source=source, kind=number.kind),
        _single(number.value, item.sent_at, delivery.received_at),
    )


def _single(value: int, sent_at: datetime, received_at: datetime) -> Range:
    return Range(
        first=value,
        last=value,
        sent_from=sent_at,
        sent_until=sent_at,
        received_from=received_at,
        received_until=received_at,
    )
