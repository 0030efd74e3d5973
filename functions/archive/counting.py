"""What adds up over many records: read before a batch is decided, added to after it is kept.

Members (people) are counted once each, however often they come. Other sums grow by what each record adds: a record that
is archived twice, after a crash, adds twice, so such a sum may be too high, never too low for what is kept. A batch is
decided by the sums before it and what it adds itself; members it adds count from the next one (docs/adr/0016).
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from functions.archive.decide import adds
from functions.archive.draft import Draft
from functions.archive.policy import Policy
from functions.law.counters import Increment

Place = tuple[str, bytes]
"""A counter's name and scope."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """What some records add."""

    sums: Mapping[Place, int]
    members: frozenset[tuple[Place, bytes]]

    @property
    def places(self) -> frozenset[Place]:
        return frozenset(self.sums) | {place for place, _ in self.members}


class Counters(Protocol):
    """The table Counters."""

    def values(self, places: Iterable[Place]) -> Mapping[Place, int]:
        """What stands there; what does not is 0. Raises TryLater."""
        ...

    def add(self, steps: Steps) -> None:
        """Add sums, and members that are not counted yet. Raises TryLater; then some may have been added."""
        ...


def steps_of(drafts: Iterable[Draft], policy: Policy) -> Steps:
    """Of all that are the firm's to keep."""
    found: list[Increment] = []
    for one in drafts:
        if one.early is None:
            found += adds(one, policy)
    sums = Counter[Place]()
    for step in found:
        if step.member is None:
            sums[step.name, step.scope] += step.by
    members = frozenset(((step.name, step.scope), step.member) for step in found if step.member is not None)
    return Steps(sums=sums, members=members)


def standing(counters: Counters, steps: Steps) -> dict[Place, int]:
    """What the batch is decided by. Raises TryLater."""
    before = counters.values(steps.places) if steps.places else {}
    return {place: before.get(place, 0) + steps.sums.get(place, 0) for place in steps.places}
