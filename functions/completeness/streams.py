"""Each sender's counting: what came, and the holes in it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from functions.archive.sequences import Mark
from functions.capture.sequence import DAYS, INTEGER, WECOM, Gap, Range, Stream, gaps, merge, settle
from functions.pull.cursor import KEPT


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """One stream, its ranges ascending and apart."""

    stream: Stream
    ranges: tuple[Range, ...]

    @property
    def holes(self) -> list[Gap]:
        return list(gaps(self.ranges))

    @property
    def jumped(self) -> int:
        return sum(one.jumped for one in self.ranges)

    @property
    def last_received(self) -> datetime:
        return max(one.received_until for one in self.ranges)


def count_streams(marks: Iterable[Mark], now: datetime) -> list[Counted]:
    """WeCom gives nothing older than five days: a jump in its numbers that is older stays one."""
    held: dict[Stream, list[Range]] = {}
    for one in marks:
        held.setdefault(one.stream, []).append(one.range)
    found = []
    for stream, ranges in sorted(held.items(), key=lambda pair: (pair[0].endpoint, pair[0].kind, pair[0].token)):
        merged = merge(ranges)
        if stream.kind == WECOM:
            merged = settle(merged, received_before=now - KEPT)
        found.append(Counted(stream=stream, ranges=tuple(merged)))
    return found


def of_kind(counted: Iterable[Counted], kind: str) -> list[Counted]:
    return [one for one in counted if one.stream.kind == kind]


def lost(counted: Iterable[Counted]) -> int:
    """Holes where the sender says that there are none."""
    return sum(len(one.holes) for one in of_kind(counted, INTEGER))


def endpoints(counted: Iterable[Counted]) -> list[str]:
    """Every way in that ever brought something."""
    return sorted({one.stream.endpoint for one in of_kind(counted, DAYS)})


def compaction(marks: Iterable[Mark], counted: Iterable[Counted]) -> tuple[list[Mark], list[Mark]]:
    """What to write first and then to remove, so that the table says the same in fewer items."""
    standing = dict.fromkeys(marks)
    wanted = dict.fromkeys(Mark(one.stream, held) for one in counted for held in one.ranges)
    return [one for one in wanted if one not in standing], [one for one in standing if one not in wanted]


def came(ranges: Iterable[Range], first: int, last: int) -> Iterator[tuple[int, int]]:
    """Which of these numbers have come."""
    for one in ranges:
        if one.first <= last and first <= one.last:
            yield max(first, one.first), min(last, one.last)
