"""What the doors answer when the world is busy, the request is odd or the evidence does not verify."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from functions.index import handler as index
from functions.segment.keyring import ERASED, HEAD_BYTES
from tests.aws import Context, Stage, client, forget
from tests.conftest import configure
from tests.make import GATEWAY, SECRET, make_callback, make_event, make_post
from tests.wecom import CANARY_AES_KEY, CANARY_TOKEN, encrypt, signed_query

WECOM = f"""
[[gateway]]
id = "{GATEWAY}"
secrets = ["{SECRET}"]

[[wecom]]
id = "app"
kind = "app"
tokens = ["{CANARY_TOKEN}"]
keys = ["{CANARY_AES_KEY}"]
receive_ids = ["ww1"]
"""
NOWHERE = "http://127.0.0.1:9"


def archived(stage: Stage) -> str:
    body = json.dumps([make_event()]).encode()
    answer = stage.post(make_post(body, at=datetime.now(UTC)))
    stage.run()
    return str(json.loads(answer["body"])["results"][0]["receipt"]["record_id"])


def cut_off(monkeypatch: pytest.MonkeyPatch, service: str) -> None:
    """Nothing answers for this service any more."""
    monkeypatch.setenv(f"AWS_ENDPOINT_URL_{service}", NOWHERE)
    forget()


def test_a_gateway_is_told_to_come_back_while_the_queue_cannot_be_reached(  # G1
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = json.dumps([make_event()]).encode()
    cut_off(monkeypatch, "SQS")

    refused = stage.post(make_post(body, at=datetime.now(UTC)))
    monkeypatch.delenv("AWS_ENDPOINT_URL_SQS")
    forget()
    accepted = stage.post(make_post(body, at=datetime.now(UTC)))
    stage.run()

    assert (refused["statusCode"], accepted["statusCode"]) == (503, 202)
    receipt = json.loads(accepted["body"])["results"][0]["receipt"]
    assert stage.record(receipt["record_id"])["copies"] == 1


def test_wecom_is_told_to_come_back_while_the_queue_cannot_be_reached(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(stage, WECOM)
    cut_off(monkeypatch, "SQS")
    encrypted = encrypt(b"<xml><Content>1</Content></xml>", receive_id="ww1")
    body = f"<xml><Encrypt>{encrypted}</Encrypt></xml>".encode()

    answer = stage.post(make_callback(body, signed_query(encrypted)))

    assert answer["statusCode"] == 503
    assert "success" not in answer["body"]


def test_what_cannot_be_archived_now_stays_on_the_queue(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:  # G1
    body = json.dumps([make_event()]).encode()
    answer = stage.post(make_post(body, at=datetime.now(UTC)))
    cut_off(monkeypatch, "S3")

    failures = stage.pump()
    monkeypatch.delenv("AWS_ENDPOINT_URL_S3")
    forget()
    stage.run()

    assert len(failures) == 1
    receipt = json.loads(answer["body"])["results"][0]["receipt"]
    assert stage.record(receipt["record_id"])["status"] == 200


def test_a_message_that_intake_never_wrote_goes_to_quarantine(stage: Stage) -> None:
    client("sqs").send_message(QueueUrl=stage.queue, MessageBody="not a delivery")

    failures = stage.pump()

    assert failures == []
    (kept,) = client("s3").list_objects_v2(Bucket="quarantine")["Contents"]
    assert kept["Key"].startswith("rejected/")


def test_an_empty_queue_is_a_normal_day(stage: Stage) -> None:
    assert stage.pump() == []


def test_a_notice_that_cannot_be_read_stays_and_so_does_one_whose_segment_cannot(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    archived(stage)
    notice = json.dumps(stage.notices()[0])
    cut_off(monkeypatch, "S3")

    records = [{"messageId": "odd", "body": "{}"}, {"messageId": "segment", "body": notice}]
    answer = index.handle({"Records": records}, Context())

    assert answer == {"batchItemFailures": [{"itemIdentifier": "odd"}, {"itemIdentifier": "segment"}]}


def test_without_time_for_another_segment_its_notice_stays(stage: Stage) -> None:
    class Late(Context):
        def get_remaining_time_in_millis(self) -> int:
            return 1000

    answer = index.handle({"Records": [{"messageId": "segment", "body": "{}"}]}, Late())

    assert answer == {"batchItemFailures": [{"itemIdentifier": "segment"}]}


def test_a_copy_that_does_not_verify_does_not_hide_one_that_does(stage: Stage) -> None:
    record_id = archived(stage)
    table = client("dynamodb")
    for item in table.scan(TableName="postings")["Items"]:
        earlier = item["at"]["S"].partition("/")[0] + "/00000000-0000-7000-8000-000000000000"
        table.put_item(TableName="postings", Item=item | {"at": {"S": earlier}})

    record = stage.record(record_id)

    assert (record["record_id"], record["copies"]) == (record_id, 2)


def test_what_is_no_record_id_is_answered_with_what_is_expected(stage: Stage) -> None:
    answer = stage.record("金丝雀")

    assert answer["status"] == 400
    assert answer["errors"][0]["pointer"] == "record_id"


def test_a_record_nobody_has_is_not_found(stage: Stage) -> None:
    assert stage.record("0" * 48)["status"] == 404


def test_a_time_that_is_none_is_answered_with_what_is_expected(stage: Stage) -> None:
    path = {"gateway": GATEWAY, "event_id": "msg-1"}

    answer = stage.get("/receipts/{gateway}/{event_id}", path, sent="yesterday")

    assert answer["status"] == 400
    assert answer["errors"][0]["pointer"] == "sent"


def test_an_offset_whose_plus_was_decoded_as_a_blank_is_understood(stage: Stage) -> None:
    record_id = archived(stage)
    path = {"gateway": GATEWAY, "event_id": "msg-1"}

    answer = stage.get("/receipts/{gateway}/{event_id}", path, sent="2026-11-22T17:29:58 08:00")

    assert answer["records"][0]["record_id"] == record_id


def test_without_a_time_the_last_day_is_looked_through(stage: Stage) -> None:
    body = json.dumps([make_event(time=...)]).encode()
    stage.post(make_post(body, at=datetime.now(UTC)))
    stage.run()

    answer = stage.get("/receipts/{gateway}/{event_id}", {"gateway": GATEWAY, "event_id": "msg-1"})

    assert answer["status"] == "archived"


def test_a_reader_is_told_to_ask_again_while_the_table_cannot_be_reached(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    record_id = archived(stage)
    cut_off(monkeypatch, "DYNAMODB")

    assert stage.record(record_id)["status"] == 503


def test_evidence_that_does_not_verify_is_never_shown(stage: Stage) -> None:  # G3
    record_id = archived(stage)
    table = client("dynamodb")
    for item in table.scan(TableName="postings")["Items"]:
        item["rows"]["B"] = item["rows"]["B"][:4] + b"\x07" + item["rows"]["B"][5:]
        table.put_item(TableName="postings", Item=item)

    answer = stage.record(record_id)

    assert answer["type"] == "urn:fengcun:problem:tampered"
    assert "capture" not in answer


def test_an_erased_record_is_said_to_be_erased(stage: Stage) -> None:
    record_id = archived(stage)
    s3 = client("s3")
    (keyring,) = s3.list_objects_v2(Bucket="keyrings")["Contents"]
    body = s3.get_object(Bucket="keyrings", Key=keyring["Key"])["Body"].read()
    s3.put_object(Bucket="keyrings", Key=keyring["Key"], Body=body[:HEAD_BYTES] + ERASED, ChecksumAlgorithm="SHA256")

    answer = stage.record(record_id)

    assert answer["type"] == "urn:fengcun:problem:erased"


def test_a_gateway_is_told_when_the_first_body_under_an_id_never_arrived(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (json.dumps([make_event(text)]).encode() for text in ("一", "二"))
    cut_off(monkeypatch, "SQS")
    stage.post(make_post(first, at=datetime.now(UTC)))
    monkeypatch.delenv("AWS_ENDPOINT_URL_SQS")
    forget()

    answer = stage.post(make_post(second, at=datetime.now(UTC)))

    assert answer["statusCode"] == 409
    assert "that one never arrived" in json.loads(answer["body"])["detail"]


def test_an_event_too_large_to_be_read_back_is_refused_and_its_neighbour_kept(stage: Stage) -> None:
    large = make_event("长" * 1_100_000, id="large")
    body = json.dumps([large, make_event()], ensure_ascii=False).encode()

    results = json.loads(stage.post(make_post(body, at=datetime.now(UTC)))["body"])["results"]

    assert [one["status"] for one in results] == ["refused", "accepted"]
    assert "send media apart" in results[0]["problem"]["errors"][0]["detail"]


def test_who_was_in_a_conversation_is_read_through_the_door(stage: Stage) -> None:
    data = {"conversation": {"id": "room-1"}, "joined": [{"id": "account-1"}], "left": []}
    body = json.dumps([make_event(id="m1", type="cn.wechat.membership", data=data)]).encode()
    stage.post(make_post(body, at=datetime.now(UTC)))
    stage.run()

    by_conversation = stage.get("/memberships", {}, conversation="room-1", at="2026-11-22T09:30:00Z")
    by_account = stage.get("/memberships", {}, account="account-1")
    neither = stage.get("/memberships", {})

    assert by_conversation["stays"] == by_account["stays"]
    assert by_account["stays"][0]["since"] == "2026-11-22T09:29:58.000Z"
    assert (neither["status"], neither["errors"][0]["pointer"]) == (400, "conversation")


def test_what_a_flag_of_a_day_is_about_is_read_through_the_door(stage: Stage) -> None:
    stage.post(make_post(json.dumps([make_event(id="m1", type="cn.example.other")]).encode(), at=datetime.now(UTC)))
    stage.run()

    day = stage.get("/exceptions/{flag}", {"flag": "unknown_type"}, day="2026-11-22")
    no_day = stage.get("/exceptions/{flag}", {"flag": "unknown_type"})

    assert (day["status"], len(day["records"])) == (200, 1)
    assert (no_day["status"], no_day["errors"][0]["pointer"]) == (400, "day")


def close(record_id: str, state: str) -> None:
    item: dict[str, Any] = {"record": {"B": bytes.fromhex(record_id)}, "state": {"S": state}}
    client("dynamodb").put_item(TableName="states", Item=item)


def test_a_restricted_record_is_403_with_its_rule_unless_an_approved_override_is_named(stage: Stage) -> None:
    record_id = archived(stage)
    close(record_id, "restricted")
    route = ("/records/{record_id}", {"record_id": record_id})

    refused = stage.get(*route)
    assert (refused["status"], refused["type"]) == (403, "urn:fengcun:problem:restricted")
    assert refused["errors"][0]["pointer"] == "cn.pipl.47.2"
    assert (
        stage.get(*route, use="statutory", act="01932e4b-7c00-7000-8000-00000000000f")["errors"][0]["pointer"]
        == "act.override"
    )
    assert stage.get(*route, use="statutory")["status"] == 400
    assert stage.get(*route, use="statutory", act=stage.override(record_id))["status"] == 200


def test_a_frozen_record_is_403_whatever_is_named_and_an_erased_one_410(stage: Stage) -> None:
    record_id = archived(stage)
    route = ("/records/{record_id}", {"record_id": record_id})
    act = stage.override(record_id)

    close(record_id, "secret_frozen")
    assert stage.get(*route, use="statutory", act=act)["status"] == 403
    close(record_id, "erased")
    assert stage.get(*route, use="statutory", act=act)["status"] == 410
