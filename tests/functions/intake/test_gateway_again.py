"""A gateway that sends again: the same answer, or a conflict that keeps both."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from functions.web import Answer
from tests.archive import Archive, receipts
from tests.make import NOW, OTHER_SECRET, body_of, make_event, make_post, seconds

BODY = body_of(make_event("一"), make_event(id=""), make_event("二", id="msg-2"))
OTHER = body_of(make_event("三", id="msg-3"))


@pytest.fixture
def archive() -> Archive:
    return Archive()


def conflict(answer: Answer) -> tuple[int, str, list[str]]:
    document = json.loads(answer.body)
    return answer.status, document["type"], [one["pointer"] for one in document["errors"]]


CONFLICT = (409, "urn:fengcun:problem:conflict", ["webhook-id"])


def test_the_same_delivery_gets_the_same_answer_byte_for_byte(archive: Archive) -> None:  # G6
    first = archive.post(make_post(BODY))
    archive.now = NOW + seconds(200)

    again = archive.post(make_post(BODY, at=archive.now))

    assert again == first
    assert archive.queue.sent == 1


def test_an_event_without_a_time_gets_the_same_receipt_when_it_comes_again_later(archive: Archive) -> None:  # G6
    body = body_of(make_event(time=...))
    first = archive.post(make_post(body))
    archive.now = NOW + timedelta(hours=5)

    assert archive.post(make_post(body, at=archive.now)) == first


def test_a_known_id_with_another_body_is_a_conflict_and_both_are_kept(archive: Archive) -> None:  # G6
    archive.post(make_post(BODY))

    assert conflict(archive.post(make_post(OTHER))) == CONFLICT
    assert archive.run_archive().captures == 3


def test_a_conflict_that_comes_again_is_answered_alike_and_changes_nothing(archive: Archive) -> None:  # G6
    archive.post(make_post(BODY))
    first = archive.post(make_post(OTHER))

    assert archive.post(make_post(OTHER)) == first
    assert archive.queue.sent == 2


def test_what_was_kept_in_a_conflict_is_marked_and_can_be_read(archive: Archive) -> None:  # G6
    archive.post(make_post(BODY))
    archive.post(make_post(OTHER))
    other = Archive()
    (receipt,) = receipts(other.post(make_post(OTHER)))  # a record's id comes from its content, not from the delivery

    outcome = archive.run_archive()
    archive.run_index()

    assert outcome.conflicts == 1
    assert archive.read(receipt["record_id"])["envelope"]["flags"] == ["conflict"]


def test_after_a_conflict_the_first_delivery_still_gets_its_own_answer(archive: Archive) -> None:  # G6
    first = archive.post(make_post(BODY))
    archive.post(make_post(OTHER))

    assert archive.post(make_post(BODY)) == first


def test_another_gateway_may_use_the_same_id(archive: Archive) -> None:
    archive.gateways = {**archive.gateways, "gateway-two": (OTHER_SECRET,)}
    archive.post(make_post(BODY))

    answer = archive.post(make_post(OTHER, secret=OTHER_SECRET))

    assert answer.status == 202
    assert receipts(answer)[0]["gateway"] == "gateway-two"


def test_the_same_capture_from_two_gateways_is_two_records(archive: Archive) -> None:
    archive.gateways = {**archive.gateways, "gateway-two": (OTHER_SECRET,)}
    (first,) = receipts(archive.post(make_post(OTHER)))
    (second,) = receipts(archive.post(make_post(OTHER, secret=OTHER_SECRET)))

    assert first["record_id"] != second["record_id"]


def test_the_same_capture_in_another_batch_is_the_same_record(archive: Archive) -> None:  # G6
    event = make_event()
    (alone,) = receipts(archive.post(make_post(body_of(event), webhook_id="d-1")))
    _, batched = receipts(archive.post(make_post(body_of(make_event(id="x"), event), webhook_id="d-2")))

    assert alone == batched


def test_after_the_secret_was_rotated_a_repeated_delivery_gets_the_same_answer(archive: Archive) -> None:  # G6
    first = archive.post(make_post(BODY))
    archive.gateways = {name: (OTHER_SECRET, *secrets) for name, secrets in archive.gateways.items()}

    assert archive.post(make_post(BODY, secret=OTHER_SECRET)) == first


def test_a_caller_that_changes_does_not_change_the_answer(archive: Archive) -> None:
    request = make_post(BODY)
    first = archive.post(replace(request, caller="arn:aws-cn:one"))

    assert archive.post(replace(request, caller="arn:aws-cn:two")) == first
