"""The four outcomes, whatever dies when, whatever comes in which order and how often: the same archive."""

import base64
import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from functions.capture.aside import open_suspect, wrapped_key_object
from functions.law.states import Use
from tests.archive import ARCHIVE_ID, Archive, receipts
from tests.fakes import Crash, Fuse
from tests.functions.archive.deciding import ON_CONSENT, make_law
from tests.make import body_of, make_event, make_post, seconds

LAW = make_law(consent={"other": ON_CONSENT, "unanswered": "hold_back", "hold_days": 7, "after_hold": "drop"})


def talk(name: str, text: str, *, private: bool = False, **accounts: str) -> dict[str, Any]:
    data = make_event(text)["data"]
    sender, recipient = accounts.get("sender", "a"), accounts.get("recipient", "b")
    people = {"sender": {"id": sender}, "recipients": [{"id": recipient}]}
    return make_event(id=name, data=data | people | {"conversation": {"id": "room-1", "private": private}})


def answer(name: str, person: str, state: str) -> dict[str, Any]:
    data = {"person": {"id": person}, "state": state, "at": "2026-11-22T09:00:00Z", "purpose": "archive"}
    return make_event(id=name, type="cn.wechat.consent", data=data)


DELIVERIES: list[list[dict[str, Any]]] = [
    [talk("private", "晚饭", private=True), talk("first", "您好"), talk("marked", "机密★20年")],
    [talk("second", "涉密文件", recipient="c"), talk("also private", "早饭", private=True)],
    [answer("a says", "a", "granted"), answer("b says", "b", "granted")],
    [answer("c says", "c", "refused"), answer("c was shown", "c", "noticed")],
]
LAST = {"first", "a says", "b says", "c says", "c was shown", "second"}
"""What is in the vault in the end; `second` restricted, because c refused."""


def post(archive: Archive, at: int) -> set[str]:
    answered = archive.post(make_post(body_of(*DELIVERIES[at]), webhook_id=f"d-{at}", at=archive.now))
    return {one["record_id"] for one in receipts(answered)}


def run(archive: Archive) -> None:
    """Until nothing waits for the rooms."""
    while archive.queue.waiting or set(archive.segments()) - archive.noticed:
        archive.run()


def state(archive: Archive, ids: set[str]) -> dict[str, Any]:
    """What somebody who looks everywhere finds, whatever happened on the way."""
    records = {}
    for record_id in ids:
        if list(archive.postings.query(bytes.fromhex(record_id)[:16])):
            record = _read(archive, record_id)
            if record is not None:
                records[record_id] = record
    suspects = {key for key in archive.suspects.stored if key.startswith("suspects/")}
    return {
        "records": records,
        "suspects": suspects,
        "opened": {_opened(archive, key) for key in suspects},
        "waiting": set(archive.waiting.items),
        "held": {key for key in archive.parcels.stored if key.startswith("held/")},
        "dropped": archive.tombstones.counts(),
        "ledgers": {token: frozenset(said) for token, said in archive.consents.standings.items()},
        "people": archive.counters.members,
        "counted": archive.counters.sums["people", b""],
        "asked": {(one["person"], one["rule"]) for one in archive.bus.of("Consent requested")},
        "told": {one["record"] for one in archive.bus.of("Secret suspected")},
    }


def _read(archive: Archive, record_id: str) -> Any:
    try:
        record = archive.read(record_id, Use.STATUTORY)  # the restricted as well
    except IndexError:
        return None  # another record of the same hour
    flags = set(record["envelope"]["flags"])
    return base64.b64decode(record["capture"]["base64"]), frozenset(flags)


def _opened(archive: Archive, key: str) -> bytes:
    record_id = key.rpartition("/")[2]
    body, _ = archive.suspects.stored[key]
    wrapped, _ = archive.suspects.stored[wrapped_key_object(body, record_id)]
    alone = open_suspect(body, wrapped, archive.keys.unwrap, archive_id=ARCHIVE_ID, record_id=record_id)
    return alone.capture(alone.items[0])


def play(fuse: Fuse) -> Archive:
    """Every delivery, each until it has its answer; after a death the rooms are started again."""
    archive = Archive(fuse=fuse, law=LAW)
    for at in range(len(DELIVERIES)):
        done = False
        while not done:
            try:
                post(archive, at)
                run(archive)
                done = True
            except Crash:
                archive.use(Fuse())
    return archive


def every_id() -> set[str]:
    archive = Archive(law=LAW)
    return {one for at in range(len(DELIVERIES)) for one in post(archive, at)}


IDS = every_id()
UNDISTURBED = play(Fuse())
EXPECTED = state(UNDISTURBED, IDS)


def test_each_capture_is_where_it_belongs() -> None:
    names = {json.loads(capture)["id"] for capture, _ in EXPECTED["records"].values()}
    restricted = {json.loads(capture)["id"] for capture, flags in EXPECTED["records"].values() if "restricted" in flags}

    assert (names, restricted) == (LAST, {"second"})
    assert {json.loads(capture)["id"] for capture in EXPECTED["opened"]} == {"marked"}
    assert EXPECTED["dropped"] == {"private": 2}
    assert EXPECTED["held"] == set()
    assert [kind.kind for kind in UNDISTURBED.waiting.items.values()] == ["quarantine"]


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("at", range(1, UNDISTURBED.fuse.count + 1))
def test_a_death_at_any_step_of_any_outcome_changes_nothing(at: int, when: str) -> None:  # G1, G6
    assert state(play(Fuse(at, when)), IDS) == EXPECTED


@settings(max_examples=30, deadline=None)
@given(
    st.permutations(range(len(DELIVERIES))),
    st.lists(st.sampled_from([*range(len(DELIVERIES)), "archive", "index"]), max_size=8),
    st.randoms(use_true_random=False),
)
def test_any_order_and_any_multiplicity_gives_the_same_outcomes(
    every: list[int], again: list[Any], chance: Any
) -> None:
    steps: list[Any] = [*every, *again]
    chance.shuffle(steps)
    archive = Archive(law=LAW)
    for step in steps:
        archive.now += seconds(1)
        if step == "archive":
            archive.run_archive()
        elif step == "index":
            archive.run_index()
        else:
            post(archive, step)
    run(archive)

    apart = ("asked",)  # whoever answers before they are asked is not asked
    assert without(state(archive, IDS), *apart) == without(EXPECTED, *apart)


def without(found: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in found.items() if name not in names}


def test_what_nobody_answers_is_dropped_when_it_is_due_and_counted_once() -> None:
    archive = Archive(law=replace(LAW))
    post(archive, 0)
    run(archive)
    (held,) = (key for key in archive.parcels.stored if key.startswith("held/"))
    archive.now += seconds(7 * 86_400)
    for _ in range(2):
        archive.queue.send(json.dumps({"stored": held}))
        run(archive)

    assert archive.tombstones.counts() == {"private": 1, "consent": 1}
    assert (archive.segments(), [one for one in archive.parcels.stored if one.startswith("held/")]) == ([], [])
