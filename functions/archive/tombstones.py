"""What remains of what was dropped: a count by day, way in and reason, and nothing about anybody.

A delivery that comes again writes the same items again, so the counts are exact however often it comes. What the scope
drops is counted once for each delivery; what a missing consent drops, once for each capture, because a capture that was
held back is dropped alone, and may come again in the company it came in first.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from functions.archive.draft import Draft
from functions.archive.outcome import Dropped
from functions.capture.days import day_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Tombstone:
    """One item of table Tombstones."""

    day: str
    """Of receipt, as Beijing counts it."""
    name: str
    """`<door>/<endpoint>/<reason>/<delivery_id>`, of a single capture with `@<offset>` behind it."""
    rule: str
    count: int

    def item(self) -> dict[str, Any]:
        return {
            "day": {"S": self.day},
            "sk": {"S": self.name},
            "rule": {"S": self.rule},
            "n": {"N": str(self.count)},
        }


class Tombstones(Protocol):
    def put(self, stones: Sequence[Tombstone]) -> None:
        """Write all; the same again changes nothing. Raises TryLater; then some may have been written."""
        ...


def tombstones(dropped: Iterable[tuple[Draft, Dropped]]) -> list[Tombstone]:
    """In order of their names. Each capture counts once, also when its delivery is there twice."""
    every = {(_day(one), _name(one, why), why.rule, _place(one)) for one, why in dropped}
    counted = Counter((day, name, rule) for day, name, rule, _ in every)
    return [Tombstone(day=day, name=name, rule=rule, count=n) for (day, name, rule), n in sorted(counted.items())]


def reason_of(name: str) -> str:
    """Of a tombstone's name: neither a way in nor a reason has a slash in it."""
    return name.split("/")[2]


def _day(one: Draft) -> str:
    return day_of(one.delivery.received_at).isoformat()


def _name(one: Draft, why: Dropped) -> str:
    delivery = one.delivery
    whole = f"{delivery.door}/{delivery.endpoint}/{why.reason}/{delivery.delivery_id}"
    if why.about == "scope":
        return whole
    return f"{whole}@{_place(one)}"


def _place(one: Draft) -> int:
    """Where in its delivery it came, also when it is alone by now."""
    return int(one.delivery.evidence.get("offset", one.item.offset))
