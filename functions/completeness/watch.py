"""One turn of the room: look at everything, say the numbers, and make the reports that are due."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from functions.archive.sequences import Mark
from functions.capture.days import last_due
from functions.capture.tokens import endpoint_name
from functions.completeness import proof
from functions.completeness.changes import Change, filled, recount, stated
from functions.completeness.days import Index, MissingMedia, Tombstones, count_missing
from functions.completeness.deliver import deliver, event
from functions.completeness.fetching import Cursors, Fetching, look_at_fetching
from functions.completeness.people import Custodians, People, look_at_people
from functions.completeness.report import Facts, write
from functions.completeness.streams import Counted, compaction, count_streams, endpoints, lost
from functions.completeness.waiting import Held, Waited, look_after
from functions.errors import AlreadyStored, Rejected
from functions.intake.accept import CLAIM_DAYS, World as IntakeWorld
from functions.law.sections import CompletenessPolicy

LOOK_BACK_DAYS = 7
"""How many days a report corrects, and how many missed reports are made up for."""


class Streams(Protocol):
    """The table Sequences."""

    def load(self) -> list[Mark]:
        """All of it. Raises TryLater."""
        ...

    def put(self, marks: Iterable[Mark]) -> None:
        """Write all; the same again changes nothing. Raises TryLater; then some may have been written."""
        ...

    def remove(self, marks: Iterable[Mark]) -> None:
        """What is not there is removed as well. Raises TryLater; then some may have been removed."""
        ...


class Reports(Protocol):
    """Signed reports of the last weeks, on their way to the vault."""

    def get(self, day: date) -> bytes | None:
        """The event of a day's report. Raises TryLater."""
        ...

    def put_once(self, day: date, body: bytes, *, now: datetime) -> None:
        """Atomic. Raises AlreadyStored if the day has one, TryLater."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What the room needs of the world."""

    archive_id: str
    corps: dict[str, str]
    """Endpoints of the pull room, and the corp each reads."""
    index: Index
    custodians: Custodians
    streams: Streams
    cursors: Cursors
    policy: CompletenessPolicy
    media: MissingMedia
    tombstones: Tombstones
    signer: proof.Signer
    reports: Reports
    held: Held
    intake: IntakeWorld
    clock: Callable[[], datetime]


@dataclass(slots=True, kw_only=True)
class Outcome:
    """The numbers of one turn."""

    gaps: int
    silent: int
    overdue_hours: int
    waited: Waited
    signed: int = 0
    current: bool = False
    """Whether the report that is due now is there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """The whole, as it is now."""

    counted: Sequence[Counted]
    fetching: Fetching
    now: datetime


def watch(world: World, *, asked: date | None = None) -> Outcome:
    """`asked` names a day whose report is wanted though nobody made it in time.

    Raises TryLater, and Rejected when that day is not over.
    """
    now = world.clock()
    due = last_due(now)
    if asked is not None and asked > due:
        raise Rejected(f"{asked} is not over for two hours yet: its report cannot be complete")
    seen = _look(world, now)
    people = _people(world, due)
    outcome = Outcome(
        gaps=lost(seen.counted),
        silent=len(people.silent),
        overdue_hours=seen.fetching.silent_hours(now),
        waited=look_after(world.held, world.intake.queue, now),
    )
    for day in [asked] if asked is not None else _owed(world, due):
        outcome.signed += _report(world, day, seen)
    outcome.current = world.reports.get(due) is not None
    return outcome


def _look(world: World, now: datetime) -> Seen:
    """And leave the table tidier than it was."""
    marks = world.streams.load()
    counted = count_streams(marks, now)
    new, old = compaction(marks, counted)
    world.streams.put(new)
    world.streams.remove(old)
    loaded = {endpoint: world.cursors.load(corp_id) for endpoint, corp_id in world.corps.items()}
    cursors = {endpoint: cursor for endpoint, cursor in loaded.items() if cursor is not None}
    return Seen(counted=counted, fetching=look_at_fetching(counted, cursors, world.index, now), now=now)


def _people(world: World, day: date) -> People:
    return look_at_people(world.custodians.load(), world.index.postings, day=day, silent_days=world.policy.silent_days)


def _owed(world: World, due: date) -> list[date]:
    """The last report that stands, which may not have been delivered, and every day after it; or the first one ever.

    After a longer silence the last seven days. Reports are known here for about a month, and to the index for ever.
    """
    for back in range(CLAIM_DAYS + 1):
        if world.reports.get(due - timedelta(days=back)) is not None:
            return _until(due, back if back <= LOOK_BACK_DAYS else LOOK_BACK_DAYS - 1)
    before = world.index.last_report(due)
    return _until(due, 0 if before is None else max(0, min(LOOK_BACK_DAYS - 1, (due - before).days - 1)))


def _until(due: date, back: int) -> list[date]:
    return [due - timedelta(days=ahead) for ahead in range(back, -1, -1)]


def _report(world: World, day: date, seen: Seen) -> int:
    """How many were signed: one, or none when it stood already. Whoever comes second delivers what the first signed."""
    standing, signed = world.reports.get(day), 0
    if standing is None:
        report = write(_facts(world, day, seen))
        standing, signed = event(report, proof.sign(report, world.signer)), 1
        try:
            world.reports.put_once(day, standing, now=seen.now)
        except AlreadyStored:
            return 0  # another turn was faster, and delivers its own
    deliver(world.intake, standing, now=seen.now)
    return signed


def _facts(world: World, day: date, seen: Seen) -> Facts:
    before = [_read(body) for body in map(world.reports.get, _days_before(day)) if body is not None]
    expected = [endpoint_name("gateway", one) for one in world.policy.gateways]
    ways = sorted({*endpoints(seen.counted), *expected})
    yesterday = next((report for report in before if report["day"] == str(day - timedelta(days=1))), None)
    return Facts(
        archive=world.archive_id,
        day=day,
        made_at=seen.now,
        previous=None if yesterday is None else proof.digest(yesterday).hex(),
        ways=tuple(world.index.way(endpoint, day) for endpoint in ways),
        expected=frozenset(expected),
        counted=tuple(seen.counted),
        people=_people(world, day),
        silent_days=world.policy.silent_days,
        flags=world.index.flags(day),
        media_missing=count_missing(world.media, day),
        fetching=seen.fetching,
        tombstones=world.tombstones.of_day(day),
        changes=tuple(_changes(world.index, before, seen, ways)),
    )


def _changes(index: Index, before: Sequence[dict[str, Any]], seen: Seen, ways: Sequence[str]) -> Iterable[Change]:
    days = [date.fromisoformat(report["day"]) for report in before]
    counts = {(day, endpoint): index.way(endpoint, day).count for day in days for endpoint in ways}
    yield from recount(stated(before), counts)
    if before:
        yield from filled(before[-1], seen.counted)


def _days_before(day: date) -> list[date]:
    return [day - timedelta(days=back) for back in range(LOOK_BACK_DAYS, 0, -1)]


def _read(body: bytes) -> dict[str, Any]:
    report: dict[str, Any] = json.loads(body)["data"]["report"]
    return report
