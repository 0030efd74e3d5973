"""The real handlers of the office and the custodian on moto: acts, orders, suspects; and nobody in clear anywhere."""

import base64
import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from functions.capture.aside import quarantine_context, seal_suspect, single, suspect_key
from functions.capture.delivery import NONCE_BYTES, DataKey, open_delivery
from functions.capture.tokens import IndexKey
from functions.custody import handler as custody
from functions.law.export import Measured, Trait
from functions.office import handler as office
from functions.office.aws import BY_KIND, BY_STATE
from functions.office.aws_scopes import ScopeTable
from functions.web import Request
from tests.aws import Stage, client, forget, listening
from tests.make import proxy
from tests.office import ACCOUNT, ROLES, act_id, arn, document, request

OFFICER, OTHER = arn("alice"), arn("bob")
SECURITY, SECOND = arn("carol", "security_officer"), arn("dave", "security_officer")
DOCUMENT = json.loads((Path(__file__).parents[2] / "docs" / "openapi.json").read_text("utf-8"))
CANARIES = ("alice", "bob", "wm-zhang", "room-1", "matter Zhang", "a reason", "seen")


@pytest.fixture
def firm(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """The stage with the office's table, queues and roles."""
    dynamodb, sqs, s3 = client("dynamodb"), client("sqs"), client("s3")
    dynamodb.delete_table(TableName="acts")
    names = [("act", "S"), ("state", "S"), ("kind", "S"), ("at", "S")]
    dynamodb.create_table(
        TableName="acts",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": kind} for name, kind in names],
        KeySchema=[{"AttributeName": "act", "KeyType": "HASH"}],
        GlobalSecondaryIndexes=[
            {
                "IndexName": name,
                "KeySchema": [
                    {"AttributeName": key, "KeyType": "HASH"},
                    {"AttributeName": "at", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "ALL"},
            }
            for name, key in ((BY_STATE, "state"), (BY_KIND, "kind"))
        ],
    )
    s3.put_bucket_versioning(Bucket="quarantine", VersioningConfiguration={"Status": "Enabled"})
    for name in ("custody", "disposition", "erasure"):
        monkeypatch.setenv(f"{name.upper()}_QUEUE_URL", sqs.create_queue(QueueName=name)["QueueUrl"])
    monkeypatch.setenv("PEOPLE_ROLES", ",".join(f"{role}={known}" for role, known in ROLES.items()))
    forget()
    return stage


def call(handler: Any, asked: Request) -> dict[str, Any]:
    """As API Gateway does; what comes back is what the document says."""
    event = proxy(asked)
    event["requestContext"]["identity"]["userArn"] = asked.caller
    answer = handler.handle(event, None)
    path, method = asked.resource, asked.method.lower()
    response = DOCUMENT["paths"][path][method]["responses"][str(answer["statusCode"])]
    schema = response["content"][answer["headers"]["Content-Type"]]["schema"]
    body: dict[str, Any] = json.loads(answer["body"])
    jsonschema.Draft202012Validator({**DOCUMENT, **schema}).validate(body)
    return {"status": answer["statusCode"], **body}


def propose(kind: str, by: str | None, number: int = 1, **changed: Any) -> dict[str, Any]:
    return call(office, request("POST", "/acts/{kind}", by, {"kind": kind}, document(kind, number, **changed)))


def decide(kind: str, by: str | None, number: int = 1, decision: str = "approved") -> dict[str, Any]:
    path, said = {"kind": kind, "act": act_id(number)}, {"decision": decision, "reason": "seen"}
    return call(office, request("POST", "/acts/{kind}/{act}/approval", by, path, said))


def show(kind: str, by: str | None, number: int = 1) -> dict[str, Any]:
    return call(office, request("GET", "/acts/{kind}/{act}", by, {"kind": kind, "act": act_id(number)}))


def waiting(queue: str) -> list[str]:
    url = queue if queue.startswith("http") else os.environ[f"{queue.upper()}_QUEUE_URL"]
    got = client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
    return [one["Body"] for one in got]


def events(firm: Stage) -> list[dict[str, Any]]:
    def unwrap(wrapped: bytes, context: dict[str, str]) -> bytes:
        plain: bytes = client("kms").decrypt(CiphertextBlob=wrapped, EncryptionContext=context)["Plaintext"]
        return plain

    found = []
    for body in waiting(firm.queue):
        delivery = open_delivery(base64.b64decode(json.loads(body)["sealed"]), unwrap, archive_id="test")
        found.append(json.loads(delivery.capture(delivery.items[0])))
    return found


def test_a_proposal_is_approved_by_a_second_person_recorded_and_ordered(firm: Stage) -> None:  # G14
    assert propose("hold.release", OFFICER)["state"] == "proposed"
    assert decide("hold.release", OFFICER)["status"] == 403
    assert decide("hold.release", OTHER)["state"] == "ordered"

    assert [event["data"]["step"] for event in events(firm)] == ["proposed", "approved"]
    (order,) = waiting("disposition")
    assert json.loads(order)["act"] == act_id()
    assert show("hold.release", arn("eve", "auditor"))["decided"]["person"] == "bob"


def test_a_restriction_stands_in_the_table_of_states(firm: Stage) -> None:
    assert propose("restrict", OFFICER)["state"] == "done"

    (item,) = client("dynamodb").scan(TableName="states")["Items"]
    assert item["state"] == {"S": "restricted"}


def test_acts_are_listed_and_what_is_not_there_is_not_found(firm: Stage) -> None:
    propose("unrestrict", OFFICER)

    listed = call(office, request("GET", "/acts", OTHER, {}, None, state="proposed"))
    assert [one["act"] for one in listed["acts"]] == [act_id()]
    assert call(office, request("GET", "/acts", OTHER, {}, None, state="lost"))["status"] == 400
    assert show("restrict", OTHER)["status"] == 404
    assert propose("restrict", OFFICER, 2, record="no")["status"] == 422
    assert propose("unrestrict", OTHER)["status"] == 409
    assert propose("restrict", f"arn:aws-cn:iam::{ACCOUNT}:user/alice", 3)["status"] == 403
    large = Request(
        **{**_fields(request("POST", "/acts/{kind}", OFFICER, {"kind": "restrict"})), "body": b" " * 40_000}
    )
    assert call(office, large)["status"] == 413


def _fields(one: Request) -> dict[str, Any]:
    return {name: getattr(one, name) for name in one.__slots__}


def test_the_clock_lets_a_proposal_expire(firm: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    propose("override", arn("rita", "reviewer"))
    table = client("dynamodb")
    late = {":late": {"S": "2020-01-01T00:00:00.000Z"}}
    table.update_item(
        TableName="acts",
        Key={"act": {"S": act_id()}},
        UpdateExpression="SET open_until = :late",
        ExpressionAttributeValues=late,
    )

    assert office.handle({"source": "aws.events"}, None) is None

    assert show("override", arn("eve", "auditor"))["state"] == "expired"


def metrics(printed: str) -> dict[str, float]:
    """The last number of each."""
    found: dict[str, float] = {}
    for line in filter(lambda line: '"_aws"' in line, printed.splitlines()):
        said = json.loads(line)
        names = [one["Name"] for one in said["_aws"]["CloudWatchMetrics"][0]["Metrics"]]
        found |= {name: said[name][0] for name in names}
    return found


def test_the_clock_rings_for_what_was_not_told_in_time_until_it_is_told(
    firm: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    facts = {"detected_at": "2026-11-22T09:00:00Z", "facts": ["national_security"], "persons": 0}
    propose("incident.open", SECURITY, 1, **facts)
    with listening() as lines:
        assert office.handle({"source": "aws.events"}, None) is None
    rung = metrics(capsys.readouterr().out)
    assert (rung["IncidentsLookedAfter"], rung["IncidentDutiesOverdue"]) == (1.0, 2.0)
    assert not [canary for canary in (*CANARIES, "carol") if canary in "".join(lines)]  # G4

    shown = call(office, request("GET", "/incidents", OTHER, {}))
    assert {one["standing"] for one in shown["incidents"][0]["duties"]} == {"overdue"}
    rules = [one["rule"] for one in shown["incidents"][0]["duties"]]
    told = {"incident": act_id(1), "told": "authority", "rules": rules}
    assert propose("incident.told", SECURITY, 2, **told)["state"] == "done"
    office.handle({"source": "aws.events"}, None)
    quiet = metrics(capsys.readouterr().out)
    assert quiet["IncidentsLookedAfter"] == 1.0
    assert "IncidentDutiesOverdue" not in quiet


def test_an_export_is_asked_of_the_border_gate_of_the_deployed_policy(firm: Stage) -> None:
    scope = Measured(act=act_id(88), state="ready", at=datetime.now(UTC), records=1, persons=1, scope_sha256="cd" * 32)
    ScopeTable(client("dynamodb"), "scopes").finish(scope, {b"a" * 16: Trait.NONE})
    answer = propose("border.approval", OFFICER, recipient="court", country="US")

    assert answer["state"] == "refused"
    shown = show("border.approval", OTHER)
    assert shown["gate"]["allowed"] is False
    assert shown["gate"]["reasons"]


def away(monkeypatch: pytest.MonkeyPatch) -> None:
    """KMS does not answer."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_KMS", "http://127.0.0.1:9")
    forget()


def test_a_changed_act_is_tampered_and_a_service_that_is_away_is_busy(
    firm: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    propose("unrestrict", OFFICER)
    client("dynamodb").update_item(
        TableName="acts",
        Key={"act": {"S": act_id()}},
        UpdateExpression="SET sealed = :bad",
        ExpressionAttributeValues={":bad": {"B": b"FENGACT1\x00\x00"}},
    )
    client("dynamodb").update_item(
        TableName="acts",
        Key={"act": {"S": act_id()}},
        UpdateExpression="SET open_until = :late",
        ExpressionAttributeValues={":late": {"S": "2020-01-01T00:00:00.000Z"}},
    )
    with listening() as lines:
        assert office.handle({}, None) is None
    assert "tampered" in "".join(lines)
    propose("incident.open", OFFICER, 3)
    client("dynamodb").update_item(
        TableName="acts",
        Key={"act": {"S": act_id(3)}},
        UpdateExpression="SET sealed = :bad",
        ExpressionAttributeValues={":bad": {"B": b"FENGACT1\x00\x00"}},
    )
    office.handle({}, None)
    assert call(office, request("GET", "/incidents", OTHER, {}))["complete"] is False
    answer = decide("unrestrict", OTHER)
    assert (answer["status"], answer["type"]) == (500, "urn:fengcun:problem:tampered")

    away(monkeypatch)
    office.handle({}, None)
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:9")
    forget()
    assert office.handle({}, None) is None
    assert propose("restrict", OFFICER, 2)["status"] == 503


def suspect(firm: Stage) -> str:
    """What the archive room does with one."""
    from tests.custody import Custody

    made = Custody()
    delivery = made._delivery("绝密★", "msg-1")  # noqa: SLF001 - the builder
    alone = single(delivery, delivery.items[0], evidence={"quarantined_at": "2026-11-22T09:30:00.000Z"})
    record = alone.items[0].record_id
    context = quarantine_context("test", record)
    key = client("kms").generate_data_key(
        KeyId=firm.env["QUARANTINE_KEY_ARN"], NumberOfBytes=32, EncryptionContext=context
    )
    data_key = DataKey(key["Plaintext"], key["CiphertextBlob"], context)
    body, name = seal_suspect(alone, archive_id="test", key=data_key, nonce=os.urandom(NONCE_BYTES))
    told = {"reasons": "mark.top_secret", "since": "2026-11-22T09:30:00.000Z", "due": "2026-11-25T09:30:00.000Z"}
    s3 = client("s3")
    s3.put_object(Bucket="quarantine", Key=name, Body=key["CiphertextBlob"])
    s3.put_object(Bucket="quarantine", Key=suspect_key(record), Body=body, Metadata=told)
    token = IndexKey(b"an index secret for tests").token("held", "quarantine")
    item = {"token": {"B": token}, "record": {"S": record}, "kind": {"S": "quarantine"}}
    client("dynamodb").put_item(TableName="held", Item=item)
    return record


def order(firm: Stage, kind: str, record: str, number: int) -> dict[str, Any]:
    changed = {"order_number": "12"} if kind == "secret.destroy" else {}
    propose(kind, SECURITY, number, record=record, **changed)
    decide(kind, SECOND, number)
    bodies = waiting("custody")
    records = [{"messageId": str(at), "body": body} for at, body in enumerate(bodies)]
    answer: dict[str, Any] = custody.handle({"Records": records}, None)
    return answer


def look(by: str | None, record: str) -> dict[str, Any]:
    return call(custody, request("GET", "/suspects/{record_id}", by, {"record_id": record}))


def test_a_suspect_is_looked_at_confirmed_and_destroyed_and_nothing_is_left(firm: Stage) -> None:
    record = suspect(firm)

    assert "绝密" in base64.b64decode(look(SECURITY, record)["capture"]["base64"]).decode("unicode_escape")
    assert look(OFFICER, record)["status"] == 403
    assert look(None, record)["status"] == 403
    assert look(SECURITY, "0" * 48)["status"] == 404
    assert order(firm, "secret.confirm", record, 1) == {"batchItemFailures": []}
    listed = call(custody, request("GET", "/suspects", SECURITY, {}))
    assert listed["suspects"][0]["state"] == "secret_frozen"
    assert order(firm, "secret.destroy", record, 2) == {"batchItemFailures": []}

    assert "Versions" not in client("s3").list_object_versions(Bucket="quarantine")
    assert client("dynamodb").scan(TableName="held")["Items"] == []
    kinds = [event["type"].removeprefix("cn.fengcun.") for event in events(firm)]
    assert kinds.count("report.secret.destroyed") == 1


def test_a_cleared_suspect_is_queued_for_the_vault(firm: Stage) -> None:
    record = suspect(firm)

    order(firm, "secret.clear", record, 1)

    assert [event["type"] for event in events(firm)][-2:] == ["cn.wechat.message", "cn.fengcun.report.secret.cleared"]
    assert "Versions" not in client("s3").list_object_versions(Bucket="quarantine")


def test_what_the_custodian_cannot_carry_out_stays_on_its_queue(firm: Stage) -> None:
    record = suspect(firm)
    forged = {
        "format": "fengcun.order.1",
        "act": act_id(9),
        "kind": "secret.clear",
        "approved_at": "2026-11-22T09:30:00.000Z",
        "record": record,
    }
    records = [{"messageId": "forged", "body": json.dumps(forged)}, {"messageId": "rubbish", "body": "{}"}]

    failed = custody.handle({"Records": records}, None)["batchItemFailures"]

    assert [one["itemIdentifier"] for one in failed] == ["forged", "rubbish"]
    propose("secret.clear", SECURITY, 1, record="0b" * 24)
    decide("secret.clear", SECOND, 1)
    (body,) = waiting("custody")
    again = {"Records": [{"messageId": "1", "body": body}]}
    assert custody.handle(again, None) == {"batchItemFailures": []}
    assert custody.handle(again, None) == {"batchItemFailures": []}
    assert show("secret.clear", SECURITY)["state"] == "failed"


def test_a_suspect_that_does_not_verify_is_tampered_and_a_key_that_is_away_is_busy(
    firm: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = suspect(firm)
    s3 = client("s3")
    for one in s3.list_object_versions(Bucket="quarantine", Prefix="suspect-keys/")["Versions"]:
        s3.delete_object(Bucket="quarantine", Key=one["Key"], VersionId=one["VersionId"])
    assert look(SECURITY, record)["status"] == 500

    away(monkeypatch)
    assert look(SECURITY, record)["status"] == 503


def test_no_table_no_order_and_no_log_names_anybody(firm: Stage) -> None:  # G4
    with listening() as lines:
        propose("hold.place", OFFICER, 1)
        propose("consent.grant", OFFICER, 2)
        propose("unrestrict", OFFICER, 3)
        decide("unrestrict", OTHER, 3)
        stored = [repr(client("dynamodb").scan(TableName=name)["Items"]) for name in ("acts", "states", "deliveries")]
        queued = [*waiting("disposition"), *waiting(firm.queue)]

    for canary in CANARIES:
        assert not [text for text in (*stored, *queued) if canary in text], canary
    logged = "".join(lines).replace(OFFICER, "").replace(OTHER, "")  # who signed is logged, as for every read
    assert not [canary for canary in CANARIES if canary in logged]


def test_an_override_holds_in_hours_and_then_no_more(firm: Stage) -> None:
    propose("override", arn("rita", "reviewer"))
    decide("override", OFFICER)

    until = datetime.fromisoformat(show("override", OTHER)["open_until"])
    assert timedelta(hours=3) < until - datetime.now(UTC) <= timedelta(hours=4)
