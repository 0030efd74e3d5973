"""The gateway door: every good answer, and every bad input with what it gets."""

import base64
import json
from dataclasses import replace
from typing import Any

import pytest

from functions.capture.capture import Delivery, Flag
from functions.capture.delivery import open_delivery
from functions.intake.gateway import LARGEST_BODY_BYTES, LARGEST_EVENT_BYTES
from functions.web import Answer, Request
from tests.archive import ARCHIVE_ID, Archive, receipts
from tests.make import GATEWAY, NOW, OTHER_SECRET, body_of, change_headers, make_event, make_post, seconds

SINGLE = "application/cloudevents+json"
GOOD = make_event()
BAD = make_event(id="", specversion="0.3")


@pytest.fixture
def archive() -> Archive:
    return Archive()


def document(answer: Answer) -> dict[str, Any]:
    return dict(json.loads(answer.body))


def problem(answer: Answer) -> tuple[int, str, list[str]]:
    """Status, problem type and pointers."""
    assert answer.media_type == "application/problem+json"
    found = document(answer)
    assert found["status"] == answer.status
    assert found["title"]
    assert found["detail"]
    assert all(one["detail"] for one in found["errors"])
    return (
        answer.status,
        found["type"].removeprefix("urn:fengcun:problem:"),
        [one["pointer"] for one in found["errors"]],
    )


def queued(archive: Archive) -> list[Delivery]:
    bodies = [json.loads(message) for message in archive.queue.waiting.values()]
    sealed = [
        base64.b64decode(one["sealed"]) if "sealed" in one else archive.parcels.get(one["stored"]) for one in bodies
    ]
    return [open_delivery(one, archive.keys.unwrap, archive_id=ARCHIVE_ID) for one in sealed]


def bad_batch(*events: Any) -> Request:
    return make_post(body_of(*events))


FRESH = make_post(body_of(GOOD))
REFUSED: dict[str, tuple[Request, tuple[int, str, list[str]]]] = {
    "a wrong signature": (make_post(body_of(GOOD), secret=OTHER_SECRET), (401, "signature", ["webhook-signature"])),
    "a stale time": (make_post(body_of(GOOD), at=NOW - seconds(301)), (401, "signature", ["webhook-timestamp"])),
    "a time to come": (make_post(body_of(GOOD), at=NOW + seconds(301)), (401, "signature", ["webhook-timestamp"])),
    "a missing header": (change_headers(FRESH, webhook_id=None), (400, "headers", ["webhook-id"])),
    "a malformed header": (change_headers(FRESH, webhook_timestamp="now"), (400, "headers", ["webhook-timestamp"])),
    "not JSON": (make_post(b"not json"), (400, "body", [""])),
    "JSON that was cut": (make_post(body_of(GOOD)[:-5]), (400, "body", [""])),
    "not UTF-8": (make_post(json.dumps([GOOD]).encode("utf-16")), (400, "body", [""])),
    "NaN": (make_post(b'[{"data": NaN}]'), (400, "body", [""])),
    "nesting beyond reason": (make_post(b"[" * 100_000), (400, "body", [""])),
    "no array": (make_post(json.dumps(GOOD).encode()), (400, "body", [""])),
    "an array as a single event": (make_post(body_of(GOOD), content_type=SINGLE), (422, "event", [""])),
    "two single events": (make_post(b"{}{}", content_type=SINGLE), (400, "body", [""])),
    "an empty batch": (make_post(b"[]"), (400, "body", [""])),
    "an empty body": (make_post(b""), (400, "body", [""])),
    "a batch too long": (bad_batch(*[GOOD] * 1001), (400, "body", ["/1000"])),
    "a body too large": (make_post(b" " * (LARGEST_BODY_BYTES + 1)), (413, "too-large", [])),
    "no content type": (change_headers(FRESH, content_type=None), (415, "media-type", ["content-type"])),
    "plain JSON": (make_post(body_of(GOOD), content_type="application/json"), (415, "media-type", ["content-type"])),
    "two content types": (
        make_post(body_of(GOOD), content_type=f"{SINGLE}, {SINGLE}"),
        (415, "media-type", ["content-type"]),
    ),
    "no CloudEvent": (
        make_post(b"{}", content_type=SINGLE),
        (422, "event", ["/id", "/source", "/type", "/specversion"]),
    ),
    "no CloudEvents": (bad_batch({}, 5), (422, "event", ["/0/id", "/0/source", "/0/type", "/0/specversion", "/1"])),
    "an unknown version": (bad_batch(make_event(specversion="2.0")), (422, "event", ["/0/specversion"])),
    "a wrong time": (bad_batch(make_event(time="now")), (422, "event", ["/0/time"])),
    "data twice": (bad_batch(make_event(data_base64="AAAA")), (422, "event", ["/0/data_base64"])),
    "a wrong name": (bad_batch(make_event(Subject="x")), (422, "event", ["/0"])),
}


@pytest.mark.parametrize(("request_", "expected"), REFUSED.values(), ids=REFUSED.keys())
def test_a_bad_request_is_refused_with_the_field_and_leaves_nothing_behind(  # G5
    archive: Archive, request_: Request, expected: tuple[int, str, list[str]]
) -> None:
    answer = archive.post(request_)

    assert problem(answer) == expected
    assert archive.claims.claims == {}
    assert archive.queue.waiting == {}
    assert archive.keys.known == {}


def test_a_body_of_exactly_the_size_that_is_allowed_is_read(archive: Archive) -> None:
    body = body_of(GOOD)

    assert archive.post(make_post(body + b" " * (LARGEST_BODY_BYTES - len(body)))).status == 202


def test_an_event_too_large_to_be_read_back_is_refused_and_one_of_exactly_that_size_is_not(archive: Archive) -> None:
    blank = len(json.dumps(make_event("")))
    events = [json.dumps(make_event("x" * (LARGEST_EVENT_BYTES - blank + more))).encode() for more in (0, 1)]

    assert archive.post(make_post(events[0], content_type=SINGLE)).status == 202
    assert problem(archive.post(make_post(events[1], content_type=SINGLE, webhook_id="d-2"))) == (422, "event", [""])


@pytest.mark.parametrize("text", ["planted", "栽"])
def test_no_refusal_quotes_what_was_sent(archive: Archive, text: str) -> None:  # G4
    event = make_event(id=f"{text}\n", source=f"{text}\n", type="", time=text, specversion=text, **{text * 2: text})
    for request in (
        bad_batch(event),
        bad_batch(event, GOOD),
        make_post(f"[{text}".encode()),
        make_post(b"{}", content_type=text),
        change_headers(FRESH, webhook_id=f"{text}.", webhook_timestamp=text),
        change_headers(FRESH, webhook_signature=text),
    ):
        assert text not in archive.post(request).body


def test_the_signature_is_asked_for_before_the_body_is_read(archive: Archive) -> None:  # G5
    assert archive.post(make_post(b"not json", secret=OTHER_SECRET)).status == 401
    assert archive.post(make_post(b"{}", content_type="text/plain", secret=OTHER_SECRET)).status == 401


@pytest.mark.parametrize(
    "content_type", [SINGLE, f"{SINGLE}; charset=utf-8", f"{SINGLE};charset=UTF-8", SINGLE.upper(), f" {SINGLE} "]
)
def test_a_single_event_is_accepted_however_its_type_is_spelt(archive: Archive, content_type: str) -> None:
    answer = archive.post(make_post(json.dumps(GOOD).encode(), content_type=content_type))

    assert answer.status == 202
    assert [one["id"] for one in receipts(answer)] == ["msg-1"]


def test_a_receipt_names_gateway_event_record_and_times(archive: Archive) -> None:
    body = body_of(GOOD)
    answer = archive.post(make_post(body))

    (delivery,) = queued(archive)
    assert answer.media_type == "application/json"
    assert document(answer)["delivery_id"] == delivery.delivery_id
    assert receipts(answer) == [
        {
            "gateway": GATEWAY,
            "source": "//gateway-one.example/wechat",
            "id": "msg-1",
            "record_id": delivery.items[0].record_id,
            "sent_at": "2026-11-22T09:29:58.000Z",
            "received_at": "2026-11-22T09:30:00.000Z",
        }
    ]


@pytest.mark.parametrize("time", [..., None])
def test_an_event_without_a_time_counts_as_sent_when_it_was_received(archive: Archive, time: Any) -> None:
    (receipt,) = receipts(archive.post(bad_batch(make_event(time=time))))

    assert receipt["sent_at"] == receipt["received_at"]
    (item,) = queued(archive)[0].items
    assert item.sent_at_source == "delivery"


def test_one_bad_event_of_a_batch_is_refused_and_the_others_are_accepted(archive: Archive) -> None:
    answer = archive.post(bad_batch(GOOD, BAD, 5, make_event(id="msg-2")))

    results = document(answer)["results"]
    assert answer.status == 202
    assert [(one["index"], one["status"]) for one in results] == [
        *((0, "accepted"), (1, "refused"), (2, "refused"), (3, "accepted")),
    ]
    assert [one["pointer"] for one in results[1]["problem"]["errors"]] == ["/id", "/specversion"]
    assert (results[2]["problem"]["status"], results[2]["problem"]["type"]) == (422, "urn:fengcun:problem:event")
    assert [one["receipt"]["id"] for one in results if one["status"] == "accepted"] == ["msg-1", "msg-2"]


def test_only_what_was_accepted_is_in_the_delivery_and_its_bytes_are_the_senders(archive: Archive) -> None:  # G1
    events = [
        json.dumps(event, indent=1, ensure_ascii=False).encode() for event in (GOOD, BAD, make_event("二", id="b"))
    ]
    archive.post(make_post(b" [ " + b"\n,\t".join(events) + b" ] "))

    (delivery,) = queued(archive)
    assert [delivery.capture(item) for item in delivery.items] == [events[0], events[2]]


def test_how_a_delivery_was_authenticated_stands_in_it(archive: Archive) -> None:
    request = make_post(body_of(GOOD))
    archive.post(request)

    (delivery,) = queued(archive)
    assert (delivery.door, delivery.endpoint, delivery.flags) == ("gateway", GATEWAY, Flag.NONE)
    assert delivery.parts[0].body == request.body
    assert set(delivery.evidence) == {
        *("webhook_id", "webhook_timestamp", "webhook_signature", "secret", "body_sha256"),
    }
    for name in ("webhook-id", "webhook-timestamp", "webhook-signature"):
        assert delivery.evidence[name.replace("-", "_")] == request.headers[name][0]


def test_an_iam_caller_stands_in_the_evidence(archive: Archive) -> None:
    request = make_post(body_of(GOOD))
    archive.post(replace(request, caller="arn:aws-cn:x"))

    assert queued(archive)[0].evidence["caller"] == "arn:aws-cn:x"


def test_data_that_nobody_understands_are_accepted(archive: Archive) -> None:  # G9
    events = [make_event(id="1", data=5), make_event(id="2", data=...), make_event(id="3", type="com.example.new")]

    assert len(receipts(archive.post(bad_batch(*events)))) == 3


@pytest.mark.parametrize("time", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999Z", "2200-01-01T00:00:00Z"])
def test_an_event_of_any_time_is_accepted_archived_and_read(archive: Archive, time: str) -> None:  # G1
    (receipt,) = receipts(archive.post(bad_batch(make_event(time=time), GOOD)))[:1]
    archive.run()

    assert archive.read(receipt["record_id"])["envelope"]["sent_at"] == receipt["sent_at"]
