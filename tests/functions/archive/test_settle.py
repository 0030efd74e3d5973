"""What follows from a decision: what lies where, what is counted, who is told, and what is let go."""

import json
from dataclasses import replace
from typing import Any

import pytest

from functions.capture.aside import open_suspect, suspect_key, wrapped_key_object
from functions.capture.capture import Flag
from functions.errors import TryLater
from functions.law.holds import Hold
from tests.functions.archive.deciding import ON_CONSENT, make_law
from tests.functions.archive.room import Room, make_message
from tests.functions.archive.settling import ASKING, MARKED, RECORD, SENDER, answer, deliver
from tests.functions.builders import ARCHIVE_ID, INDEX_KEY, make_delivery, make_item
from tests.make import NOW, make_event, seconds


@pytest.fixture
def room() -> Room:
    return Room(law=make_law())


@pytest.fixture
def asking() -> Room:
    return Room(law=make_law(consent=ASKING))


# dropped


def test_what_is_dropped_leaves_a_count_and_nothing_else(room: Room) -> None:  # G1
    outcome = room.take(make_message("m1", deliver(private=True)))

    (stone,) = room.tombstones.items.values()
    assert stone.item() == {
        "day": {"S": "2026-11-22"},
        "sk": {"S": f"gateway/gateway-one/private/{deliver().delivery_id}"},
        "rule": {"S": "scope.private"},
        "n": {"N": "1"},
    }
    assert (outcome.unsettled, outcome.dropped, outcome.captures) == ({}, 1, 0)
    assert (room.segments(), room.parcels.stored, room.consents.standings) == ([], {}, {})


def test_a_delivery_that_comes_again_is_counted_once(room: Room) -> None:
    for _ in range(3):
        room.take(make_message("m1", deliver(private=True)), make_message("m2", deliver(private=True)))

    assert room.tombstones.counts() == {"private": 1}


def test_what_is_dropped_or_set_aside_has_come_all_the_same(room: Room) -> None:
    numbered = {"sequence": "41", "sequencetype": "Integer"}
    for at, one in enumerate((deliver(private=True), deliver(MARKED))):
        capture = json.dumps(json.loads(one.parts[0].body) | numbered, ensure_ascii=False).encode()
        room.take(make_message(f"m{at}", make_delivery(capture, items=(make_item(capture),))))

    assert {mark.stream.kind for mark in room.sequences.load()} == {"days", "integer"}
    assert room.segments() == []


def test_a_message_stays_while_its_dropped_captures_cannot_be_counted(room: Room) -> None:
    class Busy:
        def put(self, stones: Any) -> None:  # noqa: ARG002 - the port's
            raise TryLater("DynamoDB answers ThrottlingException")

    outcome = room.take(make_message("m1", deliver(private=True)), make_message("m2"), tombstones=Busy())

    assert (outcome.unsettled, outcome.dropped, outcome.captures) == ({"m1": "TryLater"}, 0, 1)


# quarantine


def test_a_suspect_lies_in_quarantine_alone_and_opens_by_the_key_beside_it(room: Room) -> None:
    outcome = room.take(make_message("m1", deliver(MARKED)))

    body, told = room.suspects.stored[suspect_key(RECORD)]
    wrapped, _ = room.suspects.stored[wrapped_key_object(body, RECORD)]
    opened = open_suspect(body, wrapped, room.keys.unwrap, archive_id=ARCHIVE_ID, record_id=RECORD)
    assert opened.capture(opened.items[0]) == deliver(MARKED).parts[0].body
    assert opened.evidence["quarantined_at"] == "2026-11-22T09:30:00.000Z"
    assert told == {"reasons": "mark", "since": "2026-11-22T09:30:00.000Z", "due": "2026-11-23T09:30:00.000Z"}
    assert (outcome.suspected, outcome.captures, room.segments()) == (1, 0, [])


def test_a_suspect_is_on_a_list_and_told_of_without_a_word_of_its_text(room: Room) -> None:
    room.take(make_message("m1", deliver(MARKED)))

    (item,) = room.waiting.items.values()
    (told,) = room.bus.of("Secret suspected")
    assert item.item() == {
        "token": {"B": INDEX_KEY.token("held", "quarantine")},
        "record": {"S": RECORD},
        "kind": {"S": "quarantine"},
        "since": {"S": "2026-11-22T09:30:00.000Z"},
        "due": {"S": "2026-11-23T09:30:00.000Z"},
    }
    assert told == {
        "archive": ARCHIVE_ID,
        "record": RECORD,
        "reasons": ["mark"],
        "since": "2026-11-22T09:30:00.000Z",
        "due": "2026-11-23T09:30:00.000Z",
    }


def test_a_suspect_that_comes_again_keeps_the_time_since_when_it_waits(room: Room) -> None:
    room.take(make_message("m1", deliver(MARKED)))
    room.now += seconds(3600)
    room.take(make_message("m1", deliver(MARKED)))

    (item,) = room.waiting.items.values()
    assert item.since == NOW


def test_what_an_officer_cleared_is_archived_and_waits_no_longer(room: Room) -> None:
    room.take(make_message("m1", deliver(MARKED)))

    outcome = room.take(make_message("m2", deliver(MARKED, evidence={"cleared": "act-1"})))

    assert (outcome.captures, room.captures()) == (1, [deliver(MARKED).parts[0].body])
    assert room.waiting.items == {}


# the ledger


def test_what_was_said_is_entered_as_it_was_first_understood_whatever_the_policy_says_later(asking: Room) -> None:
    asking.take(make_message("m1", answer("account-1")))
    notices = asking.law.consent.notices
    changed = replace(notices, general=replace(notices.general, method="another-method"))
    asking.law = replace(asking.law, consent=replace(asking.law.consent, notices=changed))

    asking.take(make_message("m1", answer("account-1")))

    (standing,) = asking.consents.people([SENDER])[SENDER].ledger.standings
    assert standing.method == notices.general.method


def test_a_message_stays_while_its_answer_cannot_be_entered(asking: Room) -> None:
    class Busy:
        def __getattr__(self, name: str) -> Any:
            return getattr(asking.consents, name)

        def enter(self, entry: Any) -> None:  # noqa: ARG002 - the port's
            raise TryLater("DynamoDB answers ThrottlingException")

    outcome = asking.take(make_message("m1", answer("account-1")), make_message("m2", answer("x", "noticed")))
    assert outcome.unsettled == {}
    outcome = asking.take(make_message("m1", answer("account-1", "refused")), consents=Busy())

    assert (outcome.unsettled, outcome.captures) == ({"m1": "TryLater"}, 0)


def test_while_the_ledger_cannot_be_read_nothing_is_decided(asking: Room) -> None:
    class Busy:
        def people(self, tokens: Any) -> Any:  # noqa: ARG002 - the port's
            raise TryLater("DynamoDB answers ThrottlingException")

    outcome = asking.take(make_message("m1", deliver()), make_message("m2", deliver(MARKED)), consents=Busy())

    assert outcome.unsettled == {"m1": "TryLater", "m2": "TryLater"}
    assert (asking.segments(), asking.suspects.stored) == ([], {})


# sums and holds


def test_what_adds_up_is_counted_for_what_is_kept_and_members_once(room: Room) -> None:
    room.take(make_message("m1", deliver()), make_message("m2", deliver("x", record_id="cd" * 24)))
    room.take(make_message("m3", deliver(private=True)))

    assert room.counters.sums == {("people", b""): 2}


def test_held_records_go_into_segments_of_their_own_that_are_put_under_a_hold(room: Room) -> None:
    free = make_event(data=make_event()["data"] | {"sender": {"id": "other"}, "recipients": [{"id": "another"}]})
    capture = json.dumps(free).encode()
    other = make_delivery(capture, items=(make_item(capture, record_id="cd" * 24),))
    room.holds = (
        Hold(
            id="h-1",
            matter="m-1",
            custodians=frozenset({SENDER}),
            conversations=frozenset(),
            sent_from=None,
            sent_until=None,
            placed_by_act="act-1",
        ),
    )

    room.take(make_message("m1", deliver()), make_message("m2", other))

    holds = [room.vault.stored[key].legal_hold for key in room.segments()]
    assert sorted(holds) == ["OFF", "ON"]
    assert sorted(one.legal_hold for one in room.keyrings.stored.values()) == ["OFF", "ON"]


def test_what_is_restricted_or_not_inspected_is_counted(room: Room) -> None:
    room.law = make_law(consent={"other": ON_CONSENT, "unanswered": "restrict"})

    outcome = room.take(make_message("m1", deliver()), make_message("m2", make_delivery(b"{}")))

    assert (outcome.restricted, outcome.not_inspected, Flag.RESTRICTED) == (1, 1, 256)
