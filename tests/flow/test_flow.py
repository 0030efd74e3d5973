"""From the door to the reader, through the real handlers, on moto."""

import base64
import json
import random
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.aws import Stage, client
from tests.make import GATEWAY, make_event, make_post
from tests.msgaudit import archived, sample, sealed

EVENTS = sorted(Path(__file__).parents[2].glob("events/intake/*.json"))


def now() -> datetime:
    return datetime.now(UTC)


def post(stage: Stage, *events: bytes, webhook_id: str = "d-1") -> list[dict[str, str]]:
    answer = stage.post(make_post(b"[" + b",".join(events) + b"]", at=now(), webhook_id=webhook_id))
    assert answer["statusCode"] == 202, answer["body"]
    return [one["receipt"] for one in json.loads(answer["body"])["results"]]


def test_every_sample_capture_is_read_back_byte_for_byte(stage: Stage) -> None:  # G1
    bodies = [path.read_bytes().strip() for path in EVENTS]

    for account in ("adviser-07", "client-0042"):  # of whom nobody has to be asked
        stage.employ(account, "cn.sec.137")
    receipts = post(stage, *bodies)
    stage.run()

    for body, receipt in zip(bodies, receipts, strict=True):
        record = stage.record(receipt["record_id"])
        assert base64.b64decode(record["capture"]["base64"]) == body
        assert record["envelope"]["record_id"] == receipt["record_id"]


def test_what_was_found_in_a_capture_and_why_it_is_kept_stand_in_its_record(stage: Stage) -> None:
    stage.employ("adviser-07", "cn.sec.137")
    (receipt,) = post(stage, next(path for path in EVENTS if path.stem == "text-identifiers").read_bytes())
    stage.run()

    assert stage.record(receipt["record_id"])["type"] == "urn:fengcun:problem:restricted"
    act = stage.override(receipt["record_id"])
    envelope = stage.record(receipt["record_id"], use="statutory", act=act)["envelope"]
    assert [one["kind"] for one in envelope["findings"]] == ["resident_id", "mobile", "bank_card"]
    assert envelope["flags"] == ["has_findings", "restricted"]  # a client's bank card, and nobody has asked them
    kept = next(one for one in envelope["decisions"] if one["about"] == "retention")
    assert (kept["rule"], kept["result"]["retain_until"]) == ("cn.sec.137", "2046-12-01")


def test_a_record_says_where_it_lies_and_how_s3_locks_it(stage: Stage) -> None:  # G2
    stage.employ("account-1", "cn.sec.137")
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


def test_a_message_of_the_chat_archive_is_filed_by_the_time_it_says_itself_whenever_it_comes(stage: Stage) -> None:
    event = json.dumps(archived(sample("revoke")), ensure_ascii=False).encode()

    (first,) = post(stage, event, webhook_id="d-1")
    (second,) = post(stage, event, webhook_id="d-2")
    stage.run()
    record = stage.record(first["record_id"])

    assert first["record_id"] == second["record_id"]
    assert first["sent_at"] == "2020-10-28T09:00:15.723Z"
    assert record["envelope"]["sent_at_source"] == "event"
    assert record["envelope"]["refers_to"] == "14822339130656386894_1603875600"
    assert record["links"] == {"recalls": [], "recalled_by": [], "opens": [], "opened_by": [], "complete": True}


def test_a_time_of_the_event_comes_before_that_of_the_message_and_without_either_the_deliverys_counts(
    stage: Stage,
) -> None:
    stated = archived(sample("text"), time="2026-11-22T09:29:58Z")

    told, zero, sealed_one = post(
        stage, *(json.dumps(one).encode() for one in (stated, archived(sample("image")), archived(sealed())))
    )

    assert told["sent_at"] == "2026-11-22T09:29:58.000Z"
    assert zero["sent_at"] == zero["received_at"]
    assert sealed_one["sent_at"] == sealed_one["received_at"]


def test_what_is_unknown_or_sealed_is_kept_and_counted(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    unknown = archived(sample("text", msgtype="hologram"))
    receipts = post(stage, *(json.dumps(one).encode() for one in (unknown, archived(sealed(), data=sealed()))))
    stage.run()

    flags = [stage.record(receipt["record_id"])["envelope"]["flags"] for receipt in receipts]
    assert flags == [["unknown_type", "not_inspected"], ["sealed", "not_inspected"]]
    counted = capsys.readouterr().out
    assert '"CapturesUnknown":[1.0]' in counted.replace(" ", "")
    assert '"CapturesSealed":[1.0]' in counted.replace(" ", "")
