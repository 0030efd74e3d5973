"""What is left to do about incidents: which duties to tell are open, met, or overdue. Pure.

An incident that is known better later is opened again, and the later act names the earlier one: its clocks stand then,
and what was told of the earlier one counts.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from functions.law.incident import Deadline, Told

GRACE = timedelta(minutes=30)
"""Of a duty to tell at once, from the act that shows it until the alarm rings. It is ours, and no law's: whoever opens
an incident and tells at once is not to be rung up about it."""
LEAD = timedelta(hours=1)
"""How long before its end a duty is due soon; of a shorter clock, half of it."""


class Standing(StrEnum):
    """How it stands with one duty."""

    OPEN = "open"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    MET = "met"
    LATE = "late"
    """Met, and after its time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """An incident as one act knows it."""

    act: str
    at: datetime
    """Of the act."""
    detected_at: datetime
    clocks: tuple[Deadline, ...]
    """As the act has them."""
    supersedes: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """That somebody was told, of which incident."""

    act: str
    incident: str
    tell: Told
    at: datetime
    rules: frozenset[str] = frozenset()
    """The duties that are met by it; none is named where the incident had but one towards them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """One clock, and what became of it."""

    deadline: Deadline
    standing: Standing
    told: Telling | None = None
    """The first that meets it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """One incident as it is known now."""

    known: Opened
    duties: tuple[Duty, ...]
    """In the order of the clocks."""

    def count(self, standing: Standing) -> int:
        return sum(1 for duty in self.duties if duty.standing is standing)


def look(opened: Collection[Opened], tellings: Collection[Telling], now: datetime) -> tuple[Watched, ...]:
    """Each incident once, as the last act knows it; the newest first."""
    acts = {one.act: one for one in opened}
    superseded = {one.supersedes for one in opened}
    standing = sorted((one for one in opened if one.act not in superseded), key=lambda one: one.at, reverse=True)
    return tuple(_watched(one, acts, tellings, now) for one in standing)


def meets(telling: Telling, named: Opened) -> frozenset[str]:
    """The rules whose duties are met by it, of the incident that it names."""
    towards = frozenset(clock.rule for clock in named.clocks if clock.tell == telling.tell)
    if telling.rules:
        return telling.rules & towards
    return towards if len(towards) == 1 else frozenset()


def _watched(known: Opened, acts: Mapping[str, Opened], tellings: Iterable[Telling], now: datetime) -> Watched:
    line = _line(known, acts)
    told = [(telling, meets(telling, line[telling.incident])) for telling in tellings if telling.incident in line]
    return Watched(known=known, duties=tuple(_duty(clock, line.values(), told, now) for clock in known.clocks))


def _line(known: Opened, acts: Mapping[str, Opened]) -> dict[str, Opened]:
    """It, what it supersedes, and so on back; by act."""
    line: dict[str, Opened] = {}
    one: Opened | None = known
    while one is not None and one.act not in line:
        line[one.act] = one
        one = acts.get(one.supersedes or "")
    return line


def _duty(
    clock: Deadline, line: Collection[Opened], told: Iterable[tuple[Telling, frozenset[str]]], now: datetime
) -> Duty:
    since = min(one.at for one in line if clock.rule in {each.rule for each in one.clocks})
    first = min((one for one, rules in told if clock.rule in rules), key=lambda one: one.at, default=None)
    detected_at = min(one.detected_at for one in line)
    begins, ends = (detected_at, clock.due) if clock.due > detected_at else (since, since + GRACE)
    if first is not None:
        return Duty(deadline=clock, standing=Standing.MET if first.at <= ends else Standing.LATE, told=first)
    return Duty(deadline=clock, standing=_unmet(begins, ends, now))


def _unmet(begins: datetime, ends: datetime, now: datetime) -> Standing:
    if now > ends:
        return Standing.OVERDUE
    return Standing.DUE_SOON if now >= ends - min(LEAD, (ends - begins) / 2) else Standing.OPEN
