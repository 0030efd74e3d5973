"""What follows from a load of drafts, in an order in which a death at any step loses nothing and repeats harmlessly.

Answers about consent first, since they decide about others; then what has to be known; then each outcome's effects;
then the vault; and only then what waited is let go.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from functions.archive import asking, counting, waiting
from functions.archive.batch import Case, Load, Outcome, Time, World
from functions.archive.decide import Known, decide, people
from functions.archive.draft import Draft
from functions.archive.ledger import Entry, Person, entries, tokens_of
from functions.archive.media import wanted_by
from functions.archive.outcome import Dropped, HeldBack, Quarantined, Record, Vault
from functions.archive.sequences import marks, ranges
from functions.archive.store import chunks, put_dictionary, put_segment
from functions.archive.tombstones import tombstones
from functions.canonical import moment_text
from functions.capture.aside import held_key
from functions.capture.capture import Flag
from functions.errors import Tampered
from functions.segment.segment import Class


def settle(load: Load, world: World, outcome: Outcome, time: Time) -> None:
    """Afterwards every message of the load is in `unsettled`, or all its captures are where they belong."""
    _enter(load, world, outcome)
    with outcome.keeping(*load.owners()):
        asked = world.consents.people(_asked_about(load, world))
        steps = counting.steps_of((one for _, one in load.drafts), world.policy)
        known = Known(
            ledgers={token: one.ledger for token, one in asked.items()},
            counters=counting.standing(world.counters, steps),
        )
        cases = _decide(load, known, world, time.clock(), outcome)
        _entomb(cases, world, outcome)
        _set_aside(cases, known, world, outcome, time)
        asking.ask(_settling(cases, outcome), asked, world, outcome, time)
        _wish(_settling(cases, outcome), world, outcome, time.clock())
        _store(_settling(cases, outcome), world, outcome, time)
        _number(_settling(cases, outcome), world, outcome)
        _finish(_settling(cases, outcome), world, outcome)


def _enter(load: Load, world: World, outcome: Outcome) -> None:
    """What is said about consent; and whatever waits for that answer is decided again."""
    for owner, one in load.drafts:
        said = list(entries(one, world.names, world.policy.law.consent))
        if said:
            with outcome.keeping(owner):
                _enter_one(said, world)


def _enter_one(said: Sequence[Entry], world: World) -> None:
    for entry in said:
        world.consents.enter(entry)
    for token in tokens_of(said):
        for record_id in world.aside.waiting.records(token):
            world.queue.send(again(record_id))


def again(record_id: str) -> str:
    """The message that has a held capture decided again."""
    return json.dumps({"stored": held_key(record_id)})


def _asked_about(load: Load, world: World) -> list[bytes]:
    """Everybody whose information may rest on consent, each once."""
    policy = world.policy.law.consent
    found = {
        person.token: None
        for _, one in load.drafts
        if one.early is None
        for person in people(one, world.policy)
        if policy.may_ask(person)
    }
    return list(found)


def _decide(load: Load, known: Known, world: World, now: datetime, outcome: Outcome) -> list[Case]:
    cases = []
    for owner, one in load.drafts:
        with outcome.keeping(owner):
            cases.append(Case(owner, one, decide(one, known, policy=world.policy, names=world.names, now=now)))
    return cases


def _settling(cases: Iterable[Case], outcome: Outcome) -> list[Case]:
    """Those whose message may still leave the queue: the others come again whole."""
    return [one for one in cases if one.owner not in outcome.unsettled]


def _entomb(cases: Sequence[Case], world: World, outcome: Outcome) -> None:
    """A count of what is dropped, before anything is answered for."""
    dropped = [(one.owner, one.draft, one.fate) for one in cases if isinstance(one.fate, Dropped)]
    if dropped:
        with outcome.keeping(*{owner for owner, _, _ in dropped}):
            world.tombstones.put(tombstones((draft, fate) for _, draft, fate in dropped))


def _set_aside(cases: Sequence[Case], known: Known, world: World, outcome: Outcome, time: Time) -> None:
    for one in _settling(cases, outcome):
        with outcome.keeping(one.owner):
            if isinstance(one.fate, Quarantined):
                _suspect(one.draft, one.fate, world, time.check())
            elif isinstance(one.fate, HeldBack):
                waiting.hold_back(one.draft, one.fate, world.aside, now=time.check())
    _look_again([one for one in cases if isinstance(one.fate, HeldBack)], known, world, outcome)


def _suspect(draft: Draft, fate: Quarantined, world: World, now: datetime) -> None:
    """Told to whoever listens without a word of the text, once it is where it can be destroyed."""
    due = now + timedelta(hours=world.policy.law.secrecy.alarm_hours)
    waiting.set_suspect_aside(draft, fate, world.aside, names=world.names, now=now, due=due)
    told = {"archive": world.policy.archive_id, "record": draft.item.record_id, "reasons": list(fate.codes)}
    world.bus.tell("Secret suspected", [told | {"since": moment_text(now), "due": moment_text(due)}])


def _look_again(held: Sequence[Case], known: Known, world: World, outcome: Outcome) -> None:
    """Whoever answered while their captures were being held back has looked for them in vain: so look for answers."""
    tokens = {token for one in held if isinstance(one.fate, HeldBack) for token in one.fate.waiting}
    if not tokens:
        return
    with outcome.keeping(*{one.owner for one in held}):
        now = world.consents.people(sorted(tokens))
        answered = {
            token for token in tokens if now.get(token, Person()).ledger != known.ledgers.get(token, Person().ledger)
        }
        for one in held:
            if isinstance(one.fate, HeldBack) and not answered.isdisjoint(one.fate.waiting):
                world.queue.send(again(one.draft.item.record_id))


def _wish(cases: Sequence[Case], world: World, outcome: Outcome, now: datetime) -> None:
    """The files that records name are locked as these want them, or their message stays on the queue."""
    kept = [(one.owner, one.fate.record) for one in cases if isinstance(one.fate, Vault)]
    failed = world.wishes.add(wanted_by(record for _, record in kept), now=now)
    waiting_for = {owner: failed[file] for owner, record in kept for file in record.files if file in failed}
    outcome.tampered += sum(reason == Tampered.__name__ for reason in waiting_for.values())
    outcome.unsettled |= waiting_for


def _store(cases: Sequence[Case], world: World, outcome: Outcome, time: Time) -> None:
    kept = [(one.owner, one.fate.record) for one in cases if isinstance(one.fate, Vault)]
    if not kept:
        return
    owners, records = [owner for owner, _ in kept], [record for _, record in kept]
    with outcome.keeping(*owners):
        put_dictionary(world.store, time.clock())
        for chunk in chunks(records):
            with outcome.keeping(*(owners[at] for at in chunk.positions)):
                held = [records[at] for at in chunk.positions]
                outcome.segments.append(_put(world, chunk.klass, held, time, legal_hold=chunk.held))
                _tally(outcome, held)


def _put(world: World, klass: Class, records: Sequence[Record], time: Time, *, legal_hold: bool) -> str:
    return put_segment(world.store, klass, records, now=time.check(), legal_hold=legal_hold)


def _number(cases: Sequence[Case], world: World, outcome: Outcome) -> None:
    """What is not kept, or not yet, has come as well: its number is no hole. With a segment its records are counted."""
    elsewhere = [one for one in cases if not isinstance(one.fate, Vault)]
    with outcome.keeping(*{one.owner for one in elsewhere}):
        found = (marks(one.draft.delivery, one.draft.item, world.names) for one in elsewhere)
        world.store.sequences.put(ranges(found))


def _finish(cases: Sequence[Case], world: World, outcome: Outcome) -> None:
    """What adds up is added, and what waited is let go, now that it is kept or dropped."""
    kept = [one for one in cases if isinstance(one.fate, Vault)]
    with outcome.keeping(*{one.owner for one in kept}):
        world.counters.add(counting.steps_of((one.draft for one in kept), world.policy))
    for one in cases:
        outcome.dropped += isinstance(one.fate, Dropped)
        outcome.suspected += isinstance(one.fate, Quarantined)
        outcome.held_back += isinstance(one.fate, HeldBack)
        if isinstance(one.fate, Vault | Dropped):
            with outcome.keeping(one.owner):
                waiting.let_go(one.draft, world.aside, world.names)


def _tally(outcome: Outcome, chunk: Sequence[Record]) -> None:
    flags = [Flag(record.plain.flags) for record in chunk]
    outcome.captures += len(chunk)
    outcome.unparsed += sum(Flag.UNPARSED in one for one in flags)
    outcome.unknown += sum(Flag.UNKNOWN_TYPE in one for one in flags)
    outcome.sealed += sum(Flag.SEALED in one for one in flags)
    outcome.conflicts += sum(Flag.CONFLICT in one for one in flags)
    outcome.restricted += sum(Flag.RESTRICTED in one for one in flags)
    outcome.not_inspected += sum(Flag.NOT_INSPECTED in one for one in flags)
    outcome.unclean += sum(Flag.UNCLEAN in one for one in flags)
