"""Runs of the pull room with the executable's stand-in: whatever the SDK does, no message is lost or passed unread."""

import json
from contextlib import suppress
from datetime import timedelta

import pytest

from functions.canonical import moment_text
from functions.pull.cursor import Cursor
from functions.pull.pull import LIMIT, MOST_CAPTURES, WAITS
from tests.corp import CORP_ID, message
from tests.fakes import Crash, Fuse
from tests.firm import Firm, capture_of, data_of
from tests.make import NOW


def test_messages_are_archived_as_captures_with_the_plaintext_byte_for_byte(firm: Firm) -> None:
    for seq in (3, 7, 2**63 + 1):
        firm.corp.say(seq, plaintext=message(1, a=["\\ud800", "\u2028", 2**64 - 1]))

    outcome = firm.pull()
    records = firm.records()

    assert (outcome.captures, outcome.left_sealed, outcome.failure) == (3, 0, "")
    assert [data_of(one) for one in records] == [
        {"corpid": CORP_ID, "seq": seq, "publickey_ver": 1, "msg": message(1, a=["\\ud800", "\u2028", 2**64 - 1])}
        for seq in (3, 7, 2**63 + 1)
    ]
    assert firm.seq == 2**63 + 1


def test_a_record_says_which_door_it_came_through_and_when_it_was_sent(firm: Firm) -> None:
    firm.corp.say(5)

    firm.pull()
    (record,) = firm.records()

    event, envelope = capture_of(record), record["envelope"]
    assert {name: event[name] for name in event if name != "data"} == {
        "specversion": "1.0",
        "id": "5_1763800000000_external",
        "source": f"wecom:{CORP_ID}",
        "type": "com.tencent.wecom.chatarchive",
        "time": "2025-11-22T08:26:40.005Z",
    }
    assert (envelope["door"], envelope["endpoint"]) == ("pull", CORP_ID)
    assert (envelope["sent_at"], envelope["sent_at_source"]) == ("2025-11-22T08:26:40.005Z", "event")
    assert envelope["evidence"] | {"body_sha256": "", "length": 0} == {
        "requested_seq": "0",
        "first_seq": "5",
        "left_sealed": {},
        "body_sha256": "",
        "offset": 1,
        "length": 0,
    }


def test_the_next_run_asks_for_what_lies_behind(firm: Firm) -> None:
    firm.corp.say(1)
    firm.pull()
    firm.corp.say(2)

    outcome = firm.pull()

    assert outcome.captures == 1
    assert [data_of(one)["seq"] for one in firm.records()] == [1, 2]


def test_pages_and_deliveries_are_bounded_and_nothing_between_them_is_lost(firm: Firm) -> None:
    sealed = {"encrypt_random_key": ""}  # not one call to decrypt: this is about pages
    for seq in range(1, LIMIT + MOST_CAPTURES + 2):
        firm.corp.chat.append([{"seq": seq, "msgid": f"m{seq}", "publickey_ver": 1, **sealed}, "", "", ""])

    outcome = firm.pull()

    assert outcome.captures == firm.seq == LIMIT + MOST_CAPTURES + 1
    assert len(firm.archive.queue.waiting) == 4
    assert firm.corp.calls("page") == 3


def test_large_messages_travel_in_deliveries_of_bounded_size(firm: Firm) -> None:
    for seq in (1, 2, 3):
        firm.corp.say(seq, plaintext=message(seq, text={"content": "x" * 2**21}))

    firm.pull()

    assert len(firm.archive.queue.waiting) == 3


@pytest.mark.parametrize(
    ("how", "reason"),
    [("10008", "10008"), ("10006", "10006"), ("crash", "crashed"), ("garbage", "garbage"), ("broken", "broken")],
)
def test_one_message_that_cannot_be_decrypted_is_kept_as_it_is_and_stops_no_other(
    firm: Firm, how: str, reason: str
) -> None:
    firm.corp.say(1)
    firm.corp.say(2, how=how)
    firm.corp.say(3)

    outcome = firm.pull()
    records = firm.records()

    assert (outcome.captures, outcome.left_sealed, firm.seq) == (3, 1, 3)
    assert data_of(records[1]) == {"corpid": CORP_ID, **firm.corp.chat[1][0]}
    assert "time" not in capture_of(records[1])
    assert records[1]["envelope"]["sent_at_source"] == "delivery"
    assert records[1]["envelope"]["evidence"]["left_sealed"] == {"2": reason}


def test_a_message_that_hangs_is_given_up_in_time(firm: Firm) -> None:
    firm.corp.say(1, how="hang")
    firm.corp.say(2)

    outcome = firm.pull(timeout_seconds=1)

    assert (outcome.left_sealed, firm.seq) == (1, 2)
    assert firm.records()[0]["envelope"]["evidence"]["left_sealed"] == {"1": "hung"}


@pytest.mark.parametrize("how", ["10001*1", "10002*2", "10003*2", "crash*2", "garbage*1"])
def test_what_passes_is_tried_again_after_a_while(firm: Firm, how: str) -> None:
    firm.corp.say(1, how=how)
    firm.corp.page = how

    outcome = firm.pull()

    assert (outcome.captures, outcome.left_sealed, outcome.failure) == (1, 0, "")
    assert firm.waited == list(WAITS[: int(how[-1])]) * 2


def test_every_version_of_the_private_key_opens_its_own_messages(firm: Firm) -> None:
    firm.corp.versions = (1, 3)
    for seq, version in enumerate((1, 3, 1, 3), start=1):
        firm.corp.say(seq, version=version)

    assert firm.pull().left_sealed == 0
    assert [data_of(one)["publickey_ver"] for one in firm.records()] == [1, 3, 1, 3]


def test_messages_of_a_key_that_is_gone_or_wrong_are_kept_sealed(firm: Firm) -> None:
    firm.corp.versions = (2,)
    firm.corp.say(1, version=1)
    firm.corp.say(2, version=2)
    firm.corp.say(3, version=1, publickey_ver=2)
    firm.corp.say(4, encrypt_random_key="no base64!", publickey_ver=2)

    outcome = firm.pull()

    reasons = {
        key: value for one in firm.records() for key, value in one["envelope"]["evidence"]["left_sealed"].items()
    }
    assert outcome.left_sealed == 3
    assert reasons["1"] == "no key 1"
    assert reasons["3"] in {"key 2 does not fit", "10008"}, "a wrong key gives noise, not an error"
    assert reasons["4"] == "key 2 does not fit"


@pytest.mark.parametrize("code", ["10000", "10009", "10010", "10011", "broken"])
def test_what_only_a_person_can_mend_ends_the_run_at_once(firm: Firm, code: str) -> None:
    firm.corp.say(1)
    firm.corp.page = code

    outcome = firm.pull()

    assert outcome.failure == code
    assert firm.corp.calls("page") == 1
    assert CORP_ID not in firm.cursors.kept


@pytest.mark.parametrize(("how", "reason"), [("10001", "10001"), ("crash", "crashed"), ("garbage", "garbage")])
def test_what_does_not_pass_ends_the_run_and_leaves_the_cursor(firm: Firm, how: str, reason: str) -> None:
    firm.corp.page = how
    firm.cursors.kept[CORP_ID] = before = Cursor(seq=9, succeeded_at=NOW)

    assert firm.pull().failure == reason
    assert firm.cursors.kept[CORP_ID] == before
    assert firm.corp.calls("page") == 1 + len(WAITS)


def test_with_nothing_new_the_cursor_remembers_that_wecom_answered(firm: Firm) -> None:
    firm.cursors.kept[CORP_ID] = Cursor(seq=9, succeeded_at=NOW - timedelta(hours=1))

    firm.pull()

    assert firm.cursors.kept[CORP_ID] == Cursor(seq=9, succeeded_at=NOW)


def test_after_five_days_without_an_answer_the_silent_gap_is_counted_and_told_by_the_next_capture(firm: Firm) -> None:
    slept = Cursor(seq=9, succeeded_at=NOW - timedelta(days=5, seconds=1))
    firm.cursors.kept[CORP_ID] = slept
    firm.corp.say(500)
    firm.corp.say(501)

    outcome = firm.pull()

    evidence = firm.records()[0]["envelope"]["evidence"]
    gap = {"requested_seq": "9", "last_success": moment_text(slept.succeeded_at)}
    assert outcome.gaps == 1
    assert (evidence["requested_seq"], evidence["first_seq"], evidence["gap"]) == ("9", "500", gap)
    assert firm.cursors.kept[CORP_ID].gap is None


def test_a_gap_without_a_message_to_tell_of_it_waits_for_the_first_one(firm: Firm) -> None:
    firm.cursors.kept[CORP_ID] = Cursor(seq=9, succeeded_at=NOW - timedelta(days=6))
    first, second = firm.pull(), firm.pull()
    firm.corp.say(500)

    third = firm.pull()

    assert (first.gaps, second.gaps, third.gaps) == (1, 0, 0), "one gap is counted once"
    assert firm.records()[0]["envelope"]["evidence"]["gap"]["requested_seq"] == "9"


def test_within_five_days_a_jump_of_seq_alone_is_no_gap(firm: Firm) -> None:
    firm.cursors.kept[CORP_ID] = Cursor(seq=9, succeeded_at=NOW - timedelta(days=5))
    firm.corp.say(500)

    assert firm.pull().gaps == 0
    assert "gap" not in firm.records()[0]["envelope"]["evidence"]


def test_when_time_runs_out_what_was_opened_is_queued_and_the_rest_is_for_the_next_run(firm: Firm) -> None:
    for seq in range(1, 6):
        firm.corp.say(seq)
    firm.ticks = timedelta(seconds=1)

    firm.pull(minutes=3 / 60)
    reached = firm.seq
    firm.ticks = timedelta()
    firm.pull()

    assert 1 <= reached < 5
    assert [data_of(one)["seq"] for one in firm.records()] == [1, 2, 3, 4, 5]


def test_when_another_run_is_further_this_one_ends(firm: Firm) -> None:
    firm.corp.say(1)

    class Racing:
        """While it fetches, another run passes it."""

        def chat_data(self, seq: int, limit: int) -> bytes:  # noqa: ARG002
            firm.cursors.kept[CORP_ID] = Cursor(seq=10, succeeded_at=NOW)
            return json.dumps({"errcode": 0, "chatdata": [firm.corp.chat[0][0]]}).encode()

        def decrypt(self, key: str, sealed: str) -> bytes:  # noqa: ARG002
            return message(1).encode()

    outcome = firm.pull(sdk=Racing())

    assert (outcome.failure, firm.seq) == ("", 10)
    assert len(firm.records()) == 1, "queued twice is archived once"


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("at", range(1, 9))
def test_whenever_it_dies_every_message_is_archived_once(firm: Firm, at: int, when: str) -> None:
    firm.corp.say(1)
    firm.corp.say(2, how="10008")
    firm.use(Fuse(at, when))

    with suppress(Crash):
        firm.pull()
    firm.use(Fuse())
    firm.pull()

    assert firm.seq == 2
    assert [data_of(one)["seq"] for one in firm.records()] == [1, 2]
