"""Notices that people should be shown, as events that a gateway can act on. The reply comes back as a capture."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from functions.archive.batch import Case, Outcome, Time, World
from functions.archive.decide import people
from functions.archive.draft import Draft
from functions.archive.ledger import Person, asked_too, event_of
from functions.archive.outcome import HeldBack, Vault
from functions.law.asking import Request, requests
from functions.law.consent import Ledger

FORBIDDEN = "secrecy"
"""Lexicons, by what their ids begin with, whose terms stand for content that the law forbids to send."""


@dataclass(slots=True)
class Due:
    """One notice: until when it matters, and the messages that show it is due."""

    until: datetime | None
    owners: list[str]


def ask(cases: Sequence[Case], asked: Mapping[bytes, Person], world: World, outcome: Outcome, time: Time) -> None:
    """Tell first and write down after: a death in between asks twice, never not at all."""
    found = due(cases, asked, world, time.clock())
    if not found:
        return
    owners = {owner for one in found.values() for owner in one.owners}
    with outcome.keeping(*owners):
        now = time.check()
        archive_id = world.policy.archive_id
        world.bus.tell("Consent requested", [event_of(one, archive_id, due=told.until) for one, told in found.items()])
        for request in found:
            world.consents.ask(request.token, request.purpose, request.category, now=now)
        outcome.asked += len(found)


def due(cases: Sequence[Case], asked: Mapping[bytes, Person], world: World, now: datetime) -> dict[Request, Due]:
    """Each notice once, however many captures show that it is due."""
    methods = {
        name: getattr(world.policy.law.consent.notices, name).method for name in ("general", "sensitive", "warning")
    }
    ledgers = {token: asked_too(person, methods) for token, person in asked.items()}
    found: dict[Request, Due] = {}
    for one in cases:
        if isinstance(one.fate, Vault | HeldBack):
            for request in _of(one.draft, ledgers, world, now):
                known = found.setdefault(request, Due(None, []))
                known.owners.append(one.owner)
                if isinstance(one.fate, HeldBack):
                    known.until = max(known.until or one.fate.until, one.fate.until)
    return found


def _of(draft: Draft, ledgers: Mapping[bytes, Ledger], world: World, now: datetime) -> tuple[Request, ...]:
    return requests(
        people=people(draft, world.policy),
        ledgers=ledgers,
        sensitive=bool(draft.seen.sensitive_findings),
        sent_at=draft.item.sent_at,
        forbidden=any(name.startswith(FORBIDDEN) for name in draft.seen.found.lists),
        now=now,
        policy=world.policy.law.consent,
    )
