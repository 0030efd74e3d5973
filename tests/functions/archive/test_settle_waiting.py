"""What waits for somebody's answer: where it lies, who is asked, and what lets it go."""

import json
from typing import Any

import pytest

from functions.capture.aside import open_suspect, suspect_key, wrapped_key_object
from functions.capture.delivery import open_delivery
from functions.runtime import Message
from tests.functions.archive.deciding import make_law
from tests.functions.archive.room import Room, make_message
from tests.functions.archive.settling import ASKING, DAY, RECIPIENT, RECORD, SENDER, again, answer, deliver
from tests.functions.builders import ARCHIVE_ID
from tests.make import NOW, seconds


@pytest.fixture
def room() -> Room:
    return Room(law=make_law())


@pytest.fixture
def asking() -> Room:
    return Room(law=make_law(consent=ASKING))


# held back


def test_what_is_held_back_lies_alone_outside_the_vault_with_an_item_for_each_person(asking: Room) -> None:
    outcome = asking.take(make_message("m1", deliver()))

    held = open_delivery(asking.parcels.stored[f"held/{RECORD}"].body, asking.keys.unwrap, archive_id=ARCHIVE_ID)
    assert held.capture(held.items[0]) == deliver().parts[0].body
    assert held.evidence["held"] == {
        "since": "2026-11-22T09:30:00.000Z",
        "waiting": [SENDER.hex(), RECIPIENT.hex()],
    }
    assert {(one.token, one.record, one.kind, one.due) for one in asking.waiting.items.values()} == {
        (SENDER, RECORD, "consent", NOW + seconds(7 * DAY)),
        (RECIPIENT, RECORD, "consent", NOW + seconds(7 * DAY)),
    }
    assert (outcome.unsettled, outcome.held_back, asking.segments()) == ({}, 1, [])


def test_whoever_answers_last_has_what_waits_for_them_decided_again_and_archived(asking: Room) -> None:
    asking.take(make_message("m1", deliver()))

    first = asking.take(make_message("m2", answer("account-1")))
    assert again(asking).held_back == 1
    asking.take(make_message("m3", answer("account-2")))
    outcome = again(asking)

    assert (first.captures, outcome.captures) == (1, 1)
    assert deliver().parts[0].body in asking.captures()
    assert (asking.waiting.items, [key for key in asking.parcels.stored if key.startswith("held/")]) == ({}, [])


def test_an_answer_in_the_same_batch_counts_whatever_the_order(asking: Room) -> None:
    outcome = asking.take(
        make_message("m1", deliver()),
        make_message("m2", answer("account-2")),
        make_message("m3", answer("account-1")),
    )

    assert (outcome.unsettled, outcome.captures, outcome.held_back) == ({}, 3, 0)


def test_a_refusal_lets_what_waits_go_where_the_policy_says(asking: Room) -> None:
    asking.law = make_law(consent=ASKING | {"refused": "drop"})
    asking.take(make_message("m1", deliver()))

    asking.take(make_message("m2", answer("account-2", "refused")))
    outcome = again(asking)

    assert (outcome.dropped, asking.tombstones.counts()) == (1, {"consent": 1})
    assert (asking.waiting.items, [key for key in asking.parcels.stored if key.startswith("held/")]) == ({}, [])


def test_what_is_due_unanswered_is_dropped_once_however_often_it_is_looked_at(asking: Room) -> None:
    asking.take(make_message("m1", deliver()))
    due = Message("m2", json.dumps({"stored": f"held/{RECORD}"}))
    early = asking.take(due)
    asking.now += seconds(7 * DAY)

    outcomes = [asking.take(due), asking.take(due), asking.take(make_message("m1", deliver()))]

    assert (early.held_back, [one.dropped for one in outcomes]) == (1, [1, 0, 1])
    assert asking.tombstones.counts() == {"consent": 1}
    assert (asking.waiting.items, asking.segments()) == ({}, [])


def test_what_turns_out_to_be_a_suspect_while_it_waits_lies_in_quarantine_alone(asking: Room) -> None:
    asking.take(make_message("m1", deliver("涉密文件")))
    due = Message("m2", json.dumps({"stored": f"held/{RECORD}"}))

    asking.law = make_law(consent=ASKING, secrecy={"threshold": 10})
    found = asking.take(due)
    suspect = asking.suspects.stored.copy()
    again = asking.take(due)

    assert (found.suspected, again.suspected, asking.suspects.stored) == (1, 0, suspect)
    assert [one.kind for one in asking.waiting.items.values()] == ["quarantine"]
    assert not [key for key in asking.parcels.stored if key.startswith("held/")]
    body, _ = suspect[suspect_key(RECORD)]
    wrapped, _ = suspect[wrapped_key_object(body, RECORD)]
    opened = open_suspect(body, wrapped, asking.keys.unwrap, archive_id=ARCHIVE_ID, record_id=RECORD)
    assert "held" not in opened.evidence  # cleared and still unanswered, it is held back anew


def test_a_notice_that_was_shown_lets_nothing_go(asking: Room) -> None:
    asking.take(make_message("m1", deliver()))

    asking.take(make_message("m2", answer("account-1", "noticed")))

    assert asking.queue.waiting == {}


def test_an_answer_that_comes_while_something_is_being_held_back_is_not_missed(asking: Room) -> None:
    class Meanwhile:
        """The ledger, in which the answers stand once it has been read."""

        def __init__(self) -> None:
            self.read = 0

        def __getattr__(self, name: str) -> Any:
            return getattr(asking.consents, name)

        def people(self, tokens: Any) -> Any:
            known = asking.consents.people(tokens)
            if not self.read:
                asking.take(make_message("m2", answer("account-1")), make_message("m3", answer("account-2")))
                asking.queue.waiting.clear()  # they found nothing to be decided again
            self.read += 1
            return known

    asking.take(make_message("m1", deliver()), consents=Meanwhile())

    assert again(asking).captures == 1


def test_what_a_child_says_waits_for_the_guardian_though_nobody_elses_consent_is_asked(room: Room) -> None:  # G10
    room.take(make_message("m1", answer("account-2", "noticed", guardian=True, turns_14="2031-05-01")))

    outcome = room.take(make_message("m2", deliver()))

    assert (outcome.captures, outcome.restricted) == (1, 1)
    assert [(one["person"], one["category"], one["guardian"]) for one in room.bus.of("Consent requested")] == [
        (RECIPIENT.hex(), "sensitive", True),
    ]


# asking


def test_a_notice_is_asked_for_once_however_many_captures_show_that_it_is_due(asking: Room) -> None:
    other = deliver("再见", record_id="cd" * 24)
    outcome = asking.take(make_message("m1", deliver()), make_message("m2", other))
    asking.now += seconds(3600)
    asking.take(make_message("m3", deliver("三", record_id="ef" * 24)))

    told = asking.bus.of("Consent requested")
    assert [one["person"] for one in told] == [SENDER.hex(), RECIPIENT.hex()]
    assert told[0] == {
        "archive": ARCHIVE_ID,
        "person": SENDER.hex(),
        "purpose": "archive",
        "category": "general",
        "method": asking.law.consent.notices.general.method,
        "notice_sha256": asking.law.consent.notices.general.sha256,
        "notice_version": "1",
        "guardian": False,
        "rule": "consent.ask",
        "due": "2026-11-29T09:30:00.000Z",
    }
    assert outcome.asked == 2


def test_whoever_was_asked_long_ago_is_reminded(asking: Room) -> None:
    asking.take(make_message("m1", deliver()))
    asking.now += seconds(DAY * asking.law.consent.remind_days)
    asking.take(make_message("m2", deliver("三", record_id="ef" * 24, received_at=asking.now)))

    assert len(asking.bus.of("Consent requested")) == 4


def test_whoever_sends_what_may_not_be_sent_is_warned(room: Room) -> None:
    room.take(make_message("m1", deliver("这是涉密文件")))

    assert {one["rule"] for one in room.bus.of("Consent requested")} == {"consent.warn"}
