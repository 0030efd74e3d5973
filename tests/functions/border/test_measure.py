"""A scope holds what may be read and nothing else, counted once however its order comes and whoever dies."""

import hashlib
import json
from dataclasses import replace
from datetime import timedelta

import pytest

from functions.border import measure as module
from functions.border.measure import remembering
from functions.canonical import from_epoch_ms
from functions.disposition.orders import read_order
from functions.errors import Rejected
from functions.law import export
from functions.law.export import Measured
from functions.law.states import State
from functions.retrieval.find import by_record_id
from functions.retrieval.read import locate
from functions.segment import keyring
from tests.fakes import Crash, Fuse
from tests.make import NOW, make_event
from tests.measuring import SCOPE, Measuring, said
from tests.office import Office, arn, document

BANK_CARD = "银行卡6222021234567890128"


def three() -> Measuring:
    """Three segments: two by ann, one of them to bob, and one by carl."""
    measuring = Measuring()
    measuring.deliver(said("ann", "m-1"))
    measuring.deliver(said("ann", "m-2", to=("bob",)))
    measuring.deliver(said("carl", "m-3"))
    return measuring


def ids(measuring: Measuring) -> list[str]:
    pieces = measuring.scopes.pieces(SCOPE)
    return sorted(record.hex() for piece in pieces for record in piece.part.records)


def test_a_scope_counts_the_records_and_the_distinct_persons_of_whom_it_names() -> None:
    measuring = three()
    found = measuring.run(measuring.order("ann"))

    assert (found.state, found.records, found.persons, found.at) == ("ready", 2, 2, NOW)
    assert found.tiers == {"general"}
    assert measuring.scopes.people(SCOPE).keys() == {measuring.person("ann"), measuring.person("bob")}


def test_the_hash_is_that_of_the_ids_in_order_and_any_client_can_make_it() -> None:
    measuring = three()
    found = measuring.run(measuring.order("ann", "carl"))

    listed = json.dumps(ids(measuring), separators=(",", ":")).encode()
    assert len(ids(measuring)) == 3
    assert found.scope_sha256 == hashlib.sha256(listed).hexdigest()


def test_a_scope_names_conversations_and_a_time_as_a_hold_does() -> None:
    measuring = three()
    order = replace(measuring.order(), conversations=frozenset({measuring.conversation("room of carl")}))

    assert measuring.run(order).records == 1
    sent = from_epoch_ms(next(iter(measuring.archive.postings.items.values())).rows[0].sent_at_ms)
    for number, (first, last, count) in enumerate(
        [(sent, None, 2), (None, sent, 2), (sent + timedelta(seconds=1), None, 0), (None, sent - timedelta(1), 0)]
    ):
        order = measuring.order("ann", act=f"{SCOPE[:-1]}{number}", sent_from=first, sent_until=last)
        assert measuring.run(order).records == count


def test_sensitive_information_counts_for_everybody_in_its_record() -> None:
    measuring = Measuring()
    (record,) = measuring.deliver(said("ann", "m-1", BANK_CARD, to=("bob",)))
    measuring.deliver(said("ann", "m-2", to=("carl",)))
    measuring.archive.states.kept[record] = State.ACTIVE  # archived restricted, for want of a consent

    found = measuring.run(measuring.order("ann"))
    assert (found.persons, found.sensitive_persons, found.consent_persons) == (3, 2, 2)


def test_what_may_not_be_read_is_left_out_by_its_reason() -> None:
    measuring = Measuring()
    names = ("kept", "restricted", "frozen", "erased", "salted", "tampered")
    records = dict(zip(names, measuring.deliver(*(said("ann", name) for name in names)), strict=True))
    states = measuring.archive.states.kept
    states[records["restricted"]] = State.RESTRICTED
    states[records["frozen"]] = State.SECRET_FROZEN
    states[records["erased"]] = State.ERASED
    spoil(measuring, records["tampered"])
    erase(measuring, records["salted"])

    found = measuring.run(measuring.order("ann"))
    assert ids(measuring) == [records["kept"]]
    assert found.left == {"restricted": 1, "frozen": 1, "erased": 2, "tampered": 1}


def place(measuring: Measuring, record: str) -> tuple[str, int, int]:
    """Object key, ordinal, and offset of the frame."""
    (found,) = by_record_id(measuring.archive.postings, record)
    reading = measuring.archive.reading()
    at = locate(found, vault=reading.vault, archive_id=reading.archive_id)
    return at.segment.key, at.ordinal, at.entry.offset


def spoil(measuring: Measuring, record: str) -> None:
    key, _, offset = place(measuring, record)
    stored = measuring.archive.vault.stored
    body = bytearray(stored[key].body)
    body[offset + 20] ^= 1
    stored[key] = replace(stored[key], body=bytes(body))


def erase(measuring: Measuring, record: str) -> None:
    key, ordinal, _ = place(measuring, record)
    name = keyring.key(key.rpartition("/")[2])
    stored = measuring.archive.keyrings.stored
    start, length = keyring.salt_range(ordinal)
    body = stored[name].body
    stored[name] = replace(stored[name], body=body[:start] + keyring.ERASED + body[start + length :])


def test_a_file_inside_a_record_that_was_not_found_clean_keeps_the_record_out() -> None:
    measuring = Measuring()
    media = [{"sha256": "ab" * 32, "data_base64": "not base64"}]
    data = {"conversation": {"id": "r"}, "sender": {"id": "ann"}, "content": {"type": "file", "media": media}}
    measuring.deliver(make_event(data=data))

    found = measuring.run(measuring.order("ann"))
    assert (found.records, found.left) == (0, {"unclean": 1})


def test_what_the_archives_own_people_wrote_about_somebody_is_left_out() -> None:
    measuring = Measuring()
    measuring.deliver(make_event(id="m-1", type="cn.wechat.consent", data={"person": {"id": "ann"}}))
    office = Office()
    office.archive = measuring.archive
    office.propose("consent.grant", arn("alice"), document("consent.grant", person="ann"))
    measuring.archive.run()

    found = measuring.run(measuring.order("ann"))
    assert (found.records, found.left) == (1, {"own": 1})


def test_a_segment_that_does_not_verify_hides_no_other_and_is_counted() -> None:
    measuring = three()
    stored = measuring.archive.vault.stored
    broken = min(key for key in stored if key.startswith("segments/"))
    stored[broken] = replace(stored[broken], body=b"x" * len(stored[broken].body))

    found = measuring.run(measuring.order("ann", "carl"))
    assert (found.records, found.broken) == (2, 1)


def test_two_copies_of_a_record_are_one() -> None:
    measuring = three()
    archive = measuring.archive
    archive.claims.claims.clear()
    measuring.deliver(said("ann", "m-1"))

    assert len(archive.segments()) == 4
    assert measuring.run(measuring.order("ann")).records == 2


@pytest.mark.parametrize(("most", "value"), [("MOST_SEGMENTS", 1), ("MOST_OPENED", 1), ("LARGEST_PIECE_BYTES", 60)])
def test_the_pieces_of_a_scope_make_the_same_whole(monkeypatch: pytest.MonkeyPatch, most: str, value: int) -> None:
    measuring = three()
    order = measuring.order("ann", "carl")
    whole = measuring.run(order)

    apart = three()
    monkeypatch.setattr(module, most, value)
    found = apart.run(apart.order("ann", "carl"))
    assert len(apart.scopes.kept) == 3
    assert replace(found, scope_sha256=None) == replace(whole, scope_sha256=None)
    assert apart.scopes.people(SCOPE) == measuring.scopes.people(SCOPE)


def test_a_record_more_than_an_item_holds_and_more_records_than_a_scope_holds_are_too_large(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "LARGEST_PIECE_BYTES", 30)
    measuring = three()
    assert measuring.run(measuring.order("ann")) == Measured(act=SCOPE, state="too_large", at=NOW)
    assert measuring.reports()[-1]["state"] == "too_large"

    monkeypatch.undo()
    monkeypatch.setattr(module, "MOST_RECORDS", 1)
    measuring = three()
    assert measuring.run(measuring.order("ann")).state == "too_large"
    assert measuring.scopes.kept == {}
    monkeypatch.undo()
    monkeypatch.setattr(export, "MOST_PEOPLE", 1)
    measuring = three()
    assert measuring.run(measuring.order("ann")).state == "too_large"
    assert measuring.scopes.people(SCOPE) == {}


def test_what_is_counted_is_reported_once_with_its_numbers_and_no_name() -> None:
    measuring = three()
    order = measuring.order("ann")
    found = measuring.run(order)
    again = measuring.measure(order, now=NOW + timedelta(days=1))

    (report,) = measuring.reports()
    assert again == found
    assert report == {
        "format": "fengcun.scope.1",
        "act": SCOPE,
        "state": "ready",
        "measured_at": "2026-11-22T09:30:00.000Z",
        "records": 2,
        "persons": 2,
        "sensitive_persons": 0,
        "consent_persons": found.consent_persons,
        "tiers": ["general"],
        "left_out": {"erased": 0, "frozen": 0, "own": 0, "restricted": 0, "tampered": 0, "unclean": 0},
        "broken": 0,
        "scope_sha256": found.scope_sha256,
    }


def test_an_order_that_nobody_gave_or_of_another_kind_is_refused() -> None:
    measuring = three()

    with pytest.raises(Rejected, match="it takes 1 to approve"):
        module.measure(measuring.order("ann"), world=measuring.measurer(), now=NOW)
    with pytest.raises(Rejected, match="no order that this room knows"):
        measuring.measure(replace(measuring.order("ann"), kind="hold.place"))
    with pytest.raises(Rejected, match="name a custodian"):
        measuring.measure(measuring.order())


def finished(measuring: Measuring) -> tuple[object, ...]:
    return ids(measuring), measuring.scopes.people(SCOPE), measuring.scopes.measured(SCOPE), measuring.reports()


@pytest.fixture
def pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_SEGMENTS", 1)


def effects() -> int:
    measuring = three()
    measuring.use(Fuse())
    measuring.run(measuring.order("ann", "carl"))
    return measuring.archive.fuse.count


@pytest.mark.usefixtures("pieces")
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_death_at_any_step_is_finished_when_the_queue_delivers_again(when: str) -> None:
    for at in range(1, effects() + 1):
        measuring = three()
        measuring.use(Fuse(at, when))
        orders = [measuring.order("ann", "carl")]
        while orders or measuring.again.waiting:
            one = orders.pop() if orders else read_order(measuring.again.waiting.pop(0)[0])
            try:
                measuring.measure(one)
            except Crash:
                measuring.use(Fuse())
                orders.append(one)

        found = measuring.scopes.measured(SCOPE)
        assert found
        assert (found.state, found.records, found.persons) == ("ready", 3, 3)
        assert len(ids(measuring)) == 3
        assert {one["scope_sha256"] for one in measuring.reports()} == {found.scope_sha256}


@pytest.mark.usefixtures("pieces")
def test_every_order_may_come_twice_and_the_archive_may_grow_and_change_between() -> None:
    measuring = three()
    order = measuring.order("ann", "carl")
    seen = []
    measuring.measure(order)
    while measuring.again.waiting:
        one = read_order(measuring.again.waiting.pop(0)[0])
        seen.append(one)
        measuring.measure(one)
    before = finished(measuring)

    (first, *_) = ids(measuring)
    measuring.archive.states.kept[first] = State.RESTRICTED
    measuring.deliver(said("ann", "m-9"))
    del measuring.scopes.numbers[SCOPE]
    for one in (order, *seen):
        measuring.measure(one)
    while measuring.again.waiting:
        measuring.measure(read_order(measuring.again.waiting.pop(0)[0]))
    assert finished(measuring)[:3] == before[:3]


def test_the_key_of_a_segment_is_asked_for_once_and_never_under_another_context() -> None:
    asked: list[bytes] = []

    def unwrap(wrapped: bytes, context: dict[str, str]) -> bytes:
        asked.append(wrapped)
        return wrapped + context["c"].encode()

    remembered = remembering(unwrap)
    calls = [(b"a", "1"), (b"a", "1"), (b"a", "2"), (b"b", "1"), (b"a", "1")]
    assert [remembered(wrapped, {"c": value}) for wrapped, value in calls] == [b"a1", b"a1", b"a2", b"b1", b"a1"]
    assert asked == [b"a", b"a", b"b", b"a"]
