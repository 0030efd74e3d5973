"""Planted text, names, numbers and secrets are looked for in everything that is stored, logged or answered."""

import base64
import json
import random
from datetime import UTC, datetime
from typing import Any

import pytest

from functions.border import handler as border
from functions.completeness import handler as completeness
from functions.disposition.orders import read_order
from tests.aws import TABLES, Stage, client, listening
from tests.conftest import configure
from tests.flow.overheard import heard, overhear, set_aside
from tests.make import GATEWAY, SECRET, make_callback, make_event, make_post
from tests.msgaudit import archived, sample, text_of
from tests.wecom import CANARY_AES_KEY, CANARY_TOKEN, encrypt, plain_query, secure_query, signed_query

CANARIES = {
    "text": "金丝雀不可泄露",
    "sender": "canary-sender-7731",
    "recipient": "canary-recipient-9902",
    "conversation": "canary-room-4410",
    "mobile": "13800138000",
    "event id": "canary-event-id-5521",
    "name": "金丝雀群名",
    "secret": SECRET.removeprefix("whsec_"),
    "token": CANARY_TOKEN,
    "aes key": CANARY_AES_KEY,
    "wecom text": "回调金丝雀",
    "wecom sender": "CanaryWecomUser",
    "refused": "被拒金丝雀",
    "wechat text": "公众号金丝雀",
    "wechat token": "CanaryWechatToken3Wz",
    "in clear": "明文金丝雀",
    "file credential": "Q2FuYXJ5Q3JlZGVudGlhbDQ3MTE=",
    "nested file credential": "TmVzdGVkQ2FuYXJ5Q3JlZGVudGlhbA==",
    "file name": "金丝雀合同.docx",
    "secret text": "机密★20年金丝雀",
    "private text": "私聊金丝雀",
    "consenting": "canary-client-6612",
}
ASIDE = ("consents", "held", "tombstones", "counters")
SENT = {
    "file": "2020-10-28T09:00:08Z",  # as the messages themselves say
    "forwarded": "2020-10-28T09:00:57Z",
    "unknown": "2020-10-28T09:00:08Z",
}
TOML = f"""
[[gateway]]
id = "{GATEWAY}"
secrets = ["{SECRET}"]

[[wecom]]
id = "app"
kind = "app"
tokens = ["{CANARY_TOKEN}"]
keys = ["{CANARY_AES_KEY}"]
receive_ids = ["wwcanary"]

[[wechat]]
id = "oa"
kind = "oa"
tokens = ["{CANARIES["wechat token"]}"]
keys = ["{CANARY_AES_KEY}"]
receive_ids = ["wxcanary"]

[[wechat]]
id = "plain"
kind = "mp"
mode = "plain"
tokens = ["{CANARIES["wechat token"]}"]
receive_ids = ["wxcanary"]
accept_unauthenticated = true

[[custodian]]
account = "{CANARIES["sender"]}"
valid_from = 2026-01-01T00:00:00Z
regimes = ["us.finra.4511b"]
"""


def forms(canary: str) -> list[bytes]:
    """The canary as it could stand somewhere: UTF-8, escaped, in base64 at each of its three alignments."""
    plain = canary.encode()
    encoded = [base64.b64encode(b"x" * shift + plain)[4 if shift else 0 : -4] for shift in range(3)]
    return [plain, json.dumps(canary)[1:-1].encode(), plain.hex().encode(), *encoded]


def everything_stored(stage: Stage) -> dict[str, bytes]:
    """Every object, queue message and table item, by where it is."""
    found: dict[str, bytes] = {}
    s3, sqs, dynamodb = client("s3"), client("sqs"), client("dynamodb")
    for bucket in ("vault", "keyrings", "intake", "quarantine"):
        for one in s3.list_object_versions(Bucket=bucket).get("Versions", []):
            answer = s3.get_object(Bucket=bucket, Key=one["Key"], VersionId=one["VersionId"])
            found[f"{bucket}/{one['Key']}"] = answer["Body"].read() + repr(answer["Metadata"]).encode()
    for queue in (stage.queue, stage.failed):
        waiting = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10, VisibilityTimeout=0).get("Messages", [])
        for at, one in enumerate(waiting):
            found[f"{queue}#{at}"] = one["Body"].encode() + base64_inside(one["Body"])
    for table in (*TABLES, "media"):
        found[table] = repr(dynamodb.scan(TableName=table)["Items"]).encode()
    return found


def base64_inside(body: str) -> bytes:
    return base64.b64decode(json.loads(body).get("sealed", ""))


def deliver(stage: Stage) -> None:
    data: dict[str, Any] = {
        "conversation": {"id": CANARIES["conversation"], "title": CANARIES["name"]},
        "sender": {"id": CANARIES["sender"], "name": CANARIES["name"]},
        "recipients": [{"id": CANARIES["recipient"]}],
        "content": {"type": "text", "text": f"{CANARIES['text']} {CANARIES['mobile']}"},
    }
    good = make_event(id=CANARIES["event id"], data=data)
    large = make_event(id="large", data=data | {"padding": random.Random(7).randbytes(200_000).hex()})
    bad = make_event(id=CANARIES["refused"], specversion=CANARIES["refused"]) | {CANARIES["refused"]: 1}
    now = datetime.now(UTC)
    for at, events in enumerate(([good, bad], [large], [bad], chat_archive())):
        body = json.dumps(events, ensure_ascii=False).encode()
        stage.post(make_post(body, at=now, webhook_id=f"d-{at}"))
    stage.post(make_post(json.dumps(set_aside(data, CANARIES)).encode(), at=now, webhook_id="d-7"))
    stage.post(make_post(CANARIES["refused"].encode(), at=now, webhook_id="d-8"))
    stage.post(make_post(CANARIES["refused"].encode(), at=now, webhook_id="d-9", secret="whsec_" + "A" * 32))
    message = (
        f"<xml><ToUserName>ww</ToUserName><FromUserName>{CANARIES['wecom sender']}</FromUserName>"
        f"<MsgType>text</MsgType><CreateTime>{int(now.timestamp())}</CreateTime>"
        f"<Content>{CANARIES['wecom text']}</Content></xml>"
    )
    encrypted = encrypt(message.encode(), receive_id="wwcanary")
    body = f"<xml><ToUserName>ww</ToUserName><Encrypt>{encrypted}</Encrypt></xml>".encode()
    assert stage.post(make_callback(body, signed_query(encrypted)))["body"] == "success"
    assert stage.post(make_callback(body, {**signed_query(encrypted), "msg_signature": "0" * 40}))["statusCode"] == 403
    deliver_from_wechat(stage)


def deliver_from_wechat(stage: Stage) -> None:
    token = CANARIES["wechat token"]
    encrypted = encrypt(f"<xml><Content>{CANARIES['wechat text']}</Content></xml>".encode(), receive_id="wxcanary")
    secure = f"<xml><Encrypt>{encrypted}</Encrypt></xml>".encode()
    clear = f"<xml><Content>{CANARIES['in clear']}</Content></xml>".encode()
    posts = [
        ("oa", secure, secure_query(encrypted, token=token), 200),
        ("plain", clear, plain_query(token=token), 200),
        ("oa", clear, plain_query(token=token), 403),  # a downgrade
        ("oa", clear, plain_query(token="guessed"), 403),
    ]
    for endpoint, body, query, status in posts:
        assert stage.post(make_callback(body, query, endpoint=endpoint, door="wechat"))["statusCode"] == status


def chat_archive() -> list[dict[str, Any]]:
    """Files of the chat archive, one of them inside a forwarded conversation, one of a type that nobody knows."""
    file = {"md5sum": "", "filename": CANARIES["file name"], "sdkfileid": CANARIES["file credential"]}
    nested = {"type": "ChatRecordFile", "content": text_of(file | {"sdkfileid": CANARIES["nested file credential"]})}
    return [
        archived(sample("file", msgid="file", file=file)),
        archived(sample("chatrecord", msgid="forwarded", chatrecord={"title": "t", "item": [nested]})),
        archived(sample("file", msgid="unknown", msgtype="hologram", hologram=file)),
    ]


def custodians(stage: Stage) -> None:
    from functions.intake.endpoints import Configuration

    for one in Configuration.from_toml(TOML, name="canary.toml").custodian_items(b"an index secret for tests"):
        item = {
            "token": {"B": one["token"]},
            "valid_from": {"S": one["valid_from"]},
            "regimes": {"SS": list(one["regimes"])},
        }
        client("dynamodb").put_item(TableName="custodians", Item=item)


def count_a_scope() -> None:
    """Of all that the planted sender wrote."""
    act = "01932e4b-7c00-7000-8000-0000000000aa"
    named = border.intake().index_key.token("participant", CANARIES["sender"]).hex()
    order = {"act": act, "kind": "border.scope", "custodians": [named], "format": "fengcun.order.1"}
    body = json.dumps(order | {"approved_at": "2026-11-22T09:30:00.000Z"})
    item: dict[str, Any] = {"act": {"S": act}, "kind": {"S": "border.scope"}, "state": {"S": "ordered"}}
    item |= {"proposer": {"B": b"a"}, "recorded": {"BOOL": True}, "ordered": {"B": read_order(body).digest}}
    client("dynamodb").put_item(TableName="acts", Item=item)
    assert border.handle({"Records": [{"messageId": "1", "body": body}]}, None) == {"batchItemFailures": []}


def test_nothing_that_was_planted_is_found_in_clear_anywhere(  # G3
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    configure(stage, TOML)
    custodians(stage)
    listener = overhear()
    seen: dict[str, bytes] = {}

    with listening() as lines:
        deliver(stage)
        seen |= {f"before archiving: {name}": body for name, body in everything_stored(stage).items()}
        client("sqs").set_queue_attributes(QueueUrl=stage.queue, Attributes={"VisibilityTimeout": "0"})
        stage.run()
        completeness.handle({}, None)
        stage.run()
        count_a_scope()
        seen |= {"reports": json.dumps(stage.get("/reports/completeness", {})).encode()}
        seen |= everything_stored(stage) | {"told": heard(listener)}
    captured = capsys.readouterr()
    seen |= {"logs": "\n".join(lines).encode(), "stdout": captured.out.encode(), "stderr": captured.err.encode()}

    assert len(seen) > 10
    assert b"fengcun.completeness.1" in seen["reports"]
    assert b"archived" in seen["logs"]
    assert b"Secret suspected" in seen["told"]
    assert b"Consent requested" in seen["told"]
    assert all(seen[table] != b"[]" for table in (*ASIDE, "sequences", "scopes"))
    for where, body in seen.items():
        for what, canary in CANARIES.items():
            for form in forms(canary):
                assert form not in body, f"the planted {what} stands in {where}"


def test_the_canary_search_finds_what_is_there() -> None:
    for canary in CANARIES.values():
        for shift in range(3):
            haystack = base64.b64encode(b"y" * shift + b"{" + canary.encode() + b"} and more")
            assert any(form in haystack for form in forms(canary))


def test_a_record_that_was_planted_can_still_be_read(stage: Stage) -> None:
    configure(stage, TOML)
    custodians(stage)
    deliver(stage)
    stage.run()

    path = {"gateway": GATEWAY, "event_id": CANARIES["event id"]}
    receipt = stage.get("/receipts/{gateway}/{event_id}", path, sent="2026-11-22T09:29:58Z")
    record = stage.record(receipt["records"][0]["record_id"])

    assert CANARIES["text"].encode() in base64.b64decode(record["capture"]["base64"])
    reasons = next(one for one in record["envelope"]["decisions"] if one["about"] == "retention")["result"]["reasons"]
    assert "us.finra.4511b" in {one["rule"] for one in reasons}


def test_the_credential_of_a_file_stands_in_the_capture_and_nowhere_else_in_its_record(stage: Stage) -> None:
    configure(stage, TOML)
    deliver(stage)
    stage.run()

    for event in chat_archive():
        path = {"gateway": GATEWAY, "event_id": event["id"]}
        receipt = stage.get("/receipts/{gateway}/{event_id}", path, sent=SENT[event["id"]])
        record = stage.record(receipt["records"][0]["record_id"])
        capture = base64.b64decode(record.pop("capture")["base64"])
        assert json.loads(capture) == event
        assert CANARIES["file name"] in json.dumps(record, ensure_ascii=False)
        for canary in (CANARIES["file credential"], CANARIES["nested file credential"]):
            for form in forms(canary):
                assert form not in json.dumps(record).encode()
