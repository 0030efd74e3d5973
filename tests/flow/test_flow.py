"""From the door to the reader, through the real handlers, on moto."""

import base64
import json
import random
from datetime import UTC, datetime
from pathlib import Path

from tests.aws import Stage, client
from tests.make import GATEWAY, make_event, make_post

EVENTS = sorted(Path(__file__).parents[2].glob("events/intake/*.json"))


def now() -> datetime:
    return datetime.now(UTC)


def post(stage: Stage, *events: bytes, webhook_id: str = "d-1") -> list[dict[str, str]]:
    answer = stage.post(make_post(b"[" + b",".join(events) + b"]", at=now(), webhook_id=webhook_id))
    assert answer["statusCode"] == 202, answer["body"]
    return [one["receipt"] for one in json.loads(answer["body"])["results"]]


def test_every_sample_capture_is_read_back_byte_for_byte(stage: Stage) -> None:  # G1
    bodies = [path.read_bytes().strip() for path in EVENTS]

    receipts = post(stage, *bodies)
    stage.run()

    for body, receipt in zip(bodies, receipts, strict=True):
        record = stage.record(receipt["record_id"])
        assert base64.b64decode(record["capture"]["base64"]) == body
        assert record["envelope"]["record_id"] == receipt["record_id"]


def test_what_was_found_in_a_capture_and_why_it_is_kept_stand_in_its_record(stage: Stage) -> None:
    (receipt,) = post(stage, next(path for path in EVENTS if path.stem == "text-identifiers").read_bytes())
    stage.run()

    envelope = stage.record(receipt["record_id"])["envelope"]
    assert [one["kind"] for one in envelope["findings"]] == ["resident_id", "mobile", "bank_card"]
    assert envelope["flags"] == ["has_findings"]
    kept = next(one for one in envelope["decisions"] if one["about"] == "retention")
    assert (kept["rule"], kept["result"]["retain_until"]) == ("cn.sec.137", "2046-12-01")


def test_a_record_says_where_it_lies_and_how_s3_locks_it(stage: Stage) -> None:  # G2
    (receipt,) = post(stage, json.dumps(make_event()).encode())
    stage.run()

    record = stage.record(receipt["record_id"])
    where = record["location"]
    head = client("s3").head_object(Bucket=where["bucket"], Key=where["key"], VersionId=where["version_id"])
    assert record["lock"] == {
        "mode": head["ObjectLockMode"],
        "retain_until": "2046-12-01T00:00:00.000Z",
        "legal_hold": "OFF",
    }
    assert head["ObjectLockMode"] == "COMPLIANCE"


def test_a_gateway_learns_by_its_own_event_id_whether_its_event_is_archived(stage: Stage) -> None:
    (receipt,) = post(stage, json.dumps(make_event()).encode())
    path = {"gateway": GATEWAY, "event_id": "msg-1"}
    before = stage.get("/receipts/{gateway}/{event_id}", path, sent=receipt["sent_at"])
    stage.run()

    after = stage.get("/receipts/{gateway}/{event_id}", path, sent=receipt["sent_at"])

    assert before["status"] == 404
    assert after["records"] == [{name: receipt[name] for name in ("record_id", "sent_at", "received_at")}]


def test_the_same_capture_under_another_webhook_id_is_the_same_record(stage: Stage) -> None:  # G6
    event = json.dumps(make_event()).encode()

    (first,) = post(stage, event, webhook_id="d-1")
    (second,) = post(stage, event, webhook_id="d-2")
    stage.run()

    assert first["record_id"] == second["record_id"]
    assert stage.record(first["record_id"])["copies"] == 2


def test_a_delivery_larger_than_a_queue_message_goes_through_the_intake_bucket(stage: Stage) -> None:
    noise = random.Random(7).randbytes(200_000).hex()

    (receipt,) = post(stage, json.dumps(make_event(noise)).encode())
    waiting = client("s3").list_objects_v2(Bucket="intake")["Contents"]
    stage.run()

    assert [one["Key"].partition("/")[0] for one in waiting] == ["deliveries"]
    assert stage.record(receipt["record_id"])["status"] == 200


def test_indexing_again_changes_nothing(stage: Stage) -> None:
    post(stage, *(path.read_bytes() for path in EVENTS))
    stage.run()
    table = client("dynamodb")
    before = table.scan(TableName="postings")["Items"]

    stage.index()

    assert table.scan(TableName="postings")["Items"] == before
