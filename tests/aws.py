"""A whole archive on moto: the stacks' resources by hand, the real handlers, the queue pumped as Lambda pumps it."""

import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import boto3
import pytest

from functions import runtime
from functions.archive import handler as archive
from functions.border import handler as border
from functions.capture.tokens import IndexKey
from functions.completeness import handler as completeness
from functions.custody import handler as custody
from functions.disposition import handler as disposition
from functions.erasure import handler as erasure
from functions.index import handler as index
from functions.intake import handler as intake
from functions.media import handler as media
from functions.office import handler as office
from functions.pull import handler as pull
from functions.retrieval import handler as retrieval
from functions.web import Request
from tests import moto_lock, moto_sign
from tests.engines.resources import make_media
from tests.make import proxy

REGION = "cn-north-1"
HANDLERS = (
    intake,
    pull,
    archive,
    media,
    index,
    retrieval,
    completeness,
    office,
    custody,
    disposition,
    erasure,
    border,
)
TABLES: dict[str, list[tuple[str, str]]] = {
    "deliveries": [("claim", "B")],
    "postings": [("token", "B"), ("at", "S")],
    "custodians": [("token", "B"), ("valid_from", "S")],
    "acts": [("act", "S")],
    "states": [("record", "B")],
    "sequences": [("token", "B"), ("at", "S")],
    "consents": [("token", "B"), ("sk", "S")],
    "held": [("token", "B"), ("record", "S")],
    "tombstones": [("day", "S"), ("sk", "S")],
    "counters": [("counter", "S"), ("member", "S")],
    "holds": [("hold", "S")],
    "scopes": [("scope", "S"), ("part", "S")],
    "exports": [("year", "S")],
}


def client(service: str) -> Any:
    return boto3.client(service, region_name=REGION)  # type: ignore[call-overload]


def forget() -> None:
    """What a new Lambda environment would not know."""
    for module in HANDLERS:
        for value in vars(module).values():
            if hasattr(value, "cache_clear") and value.__module__ == module.__name__:
                value.cache_clear()


class Context:
    """Lambda's, as far as a handler asks it."""

    def get_remaining_time_in_millis(self) -> int:
        return 120_000


@dataclass
class Stage:
    """Names of everything a deployment makes."""

    env: dict[str, str]
    queue: str
    failed: str

    def post(self, request: Request) -> dict[str, Any]:
        return intake.handle(proxy(request), None)

    def get_raw(self, resource: str, path: dict[str, str], **query: str) -> dict[str, Any]:
        """As the function answers API Gateway."""
        request = Request(
            method="GET",
            resource=resource,
            path=path,
            headers={},
            query={name: (value,) for name, value in query.items()},
            body=b"",
        )
        return retrieval.handle(proxy(request), None)

    def get(self, resource: str, path: dict[str, str], **query: str) -> dict[str, Any]:
        answer = self.get_raw(resource, path, **query)
        return {"status": answer["statusCode"], **json.loads(answer["body"])}

    def employ(self, account: str, *regimes: str) -> None:
        """As a custodian, from the beginning of the year."""
        token = IndexKey(b"an index secret for tests").token("participant", account)
        item: dict[str, Any] = {"token": {"B": token}, "valid_from": {"S": "2026-01-01T00:00:00.000Z"}}
        client("dynamodb").put_item(TableName="custodians", Item=item | {"regimes": {"SS": list(regimes)}})

    def override(self, record_id: str) -> str:
        """An approved one, for a long time: its id."""
        act = "01932e4b-7c00-7000-8000-000000000001"
        item: dict[str, Any] = {"act": {"S": act}, "kind": {"S": "override"}, "state": {"S": "done"}}
        item |= {"record": {"B": bytes.fromhex(record_id)}, "open_until": {"S": "2126-01-01T00:00:00.000Z"}}
        client("dynamodb").put_item(TableName="acts", Item=item)
        return act

    def record(self, record_id: str, **query: str) -> dict[str, Any]:
        return self.get("/records/{record_id}", {"record_id": record_id}, **query)

    def pump(self) -> list[dict[str, Any]]:
        """One batch of at most ten, which is all that any test sends; what fails stays."""
        sqs = client("sqs")
        waiting = sqs.receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10).get("Messages", [])
        if not waiting:
            return []
        event = {"Records": [{"messageId": one["MessageId"], "body": one["Body"]} for one in waiting]}
        failures = archive.handle(event, Context())["batchItemFailures"]
        failed = {one["itemIdentifier"] for one in failures}
        for one in waiting:
            if one["MessageId"] not in failed:
                sqs.delete_message(QueueUrl=self.queue, ReceiptHandle=one["ReceiptHandle"])
            else:
                sqs.change_message_visibility(
                    QueueUrl=self.queue, ReceiptHandle=one["ReceiptHandle"], VisibilityTimeout=0
                )
        return list(failures)

    def notices(self) -> list[dict[str, Any]]:
        """What S3 tells EventBridge about the segments."""
        versions = client("s3").list_object_versions(Bucket=self.env["VAULT_BUCKET"]).get("Versions", [])
        return [
            {"detail": {"object": {"key": one["Key"], "size": one["Size"], "version-id": one["VersionId"]}}}
            for one in versions
            if one["Key"].startswith("segments/")
        ]

    def seal_media(self) -> dict[str, Any]:
        """What S3 tells of every upload that lies in the intake bucket, to the media room."""
        versions = client("s3").list_object_versions(Bucket=self.env["INTAKE_BUCKET"]).get("Versions", [])
        return self.tell_media([{"key": one["Key"], "version-id": one["VersionId"]} for one in versions])

    def tell_media(self, things: list[dict[str, str]]) -> dict[str, Any]:
        bodies = [json.dumps({"detail": {"object": thing}}) for thing in things]
        return media.handle({"Records": [{"messageId": str(at), "body": body} for at, body in enumerate(bodies)]}, None)

    def index(self) -> dict[str, Any]:
        notices = enumerate(self.notices())
        records = [{"messageId": str(at), "body": json.dumps(notice)} for at, notice in notices]
        return index.handle({"Records": records}, Context())

    def run(self) -> None:
        self.pump()
        self.index()


def deploy(monkeypatch: pytest.MonkeyPatch, **changed: str) -> Stage:
    """Make the resources and set every handler's environment."""
    moto_lock.install()
    moto_sign.install()
    s3, kms, sqs, secrets, dynamodb = map(client, ("s3", "kms", "sqs", "secretsmanager", "dynamodb"))
    location: Any = {"LocationConstraint": REGION}
    for name in ("vault", "keyrings"):
        s3.create_bucket(Bucket=name, CreateBucketConfiguration=location, ObjectLockEnabledForBucket=True)
    for name in ("intake", "quarantine"):
        s3.create_bucket(Bucket=name, CreateBucketConfiguration=location)
    s3.put_bucket_versioning(Bucket="intake", VersioningConfiguration={"Status": "Enabled"})
    for table, keys in TABLES.items():
        dynamodb.create_table(
            TableName=table,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": kind} for name, kind in keys],
            KeySchema=[
                {"AttributeName": name, "KeyType": role}
                for (name, _), role in zip(keys, ("HASH", "RANGE"), strict=False)
            ],
        )
    make_media(dynamodb, "media")
    key = {name: kms.create_key()["KeyMetadata"]["Arn"] for name in ("intake", "segment", "storage", "quarantine")}
    reports = kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["Arn"]
    endpoints = secrets.create_secret(Name="endpoints", SecretString='{"gateways":{},"wecom":{}}')["ARN"]
    names = secrets.create_secret(Name="index", SecretString="an index secret for tests")["ARN"]
    queue, failed, disposing, measuring = (
        sqs.create_queue(QueueName=one)["QueueUrl"] for one in ("capture", "failed", "disposition", "border")
    )
    env = {
        "ARCHIVE_ID": "test",
        "CAPTURE_QUEUE_URL": queue,
        "BORDER_QUEUE_URL": measuring,
        "DISPOSITION_QUEUE_URL": disposing,
        "INTAKE_BUCKET": "intake",
        "INTAKE_KEY_ARN": key["intake"],
        "DELIVERIES_TABLE": "deliveries",
        "ENDPOINTS_SECRET_ARN": endpoints,
        "INDEX_SECRET_ARN": names,
        "VAULT_BUCKET": "vault",
        "KEYRING_BUCKET": "keyrings",
        "QUARANTINE_BUCKET": "quarantine",
        "STORAGE_KEY_ARN": key["storage"],
        "SEGMENT_KEY_ARN": key["segment"],
        "QUARANTINE_KEY_ARN": key["quarantine"],
        "CUSTODIANS_TABLE": "custodians",
        "POSTINGS_TABLE": "postings",
        "MEDIA_TABLE": "media",
        "SEQUENCES_TABLE": "sequences",
        "REPORT_KEY_ARN": reports,
        "CORP_ID": "",
        "CONSENTS_TABLE": "consents",
        "HELD_TABLE": "held",
        "TOMBSTONES_TABLE": "tombstones",
        "COUNTERS_TABLE": "counters",
        "HOLDS_TABLE": "holds",
        "SCOPES_TABLE": "scopes",
        "EXPORTS_TABLE": "exports",
        "STATES_TABLE": "states",
        "ACTS_TABLE": "acts",
        "CLAMD": "",
        "LOCK_MODE": "COMPLIANCE",
        "TRIAL_LOCK_DAYS": "0",
        "RETENTION_FLOOR_DAYS": "180",
        "REGIMES": "cn.sec.137,us.sec.17a4.b4",
        "SUITE": "AES-256-GCM",
        "AWS_DEFAULT_REGION": REGION,
    } | changed
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    forget()
    return Stage(env, queue, failed)


@contextmanager
def listening() -> Iterator[list[str]]:
    """Every line that is logged meanwhile, and every message of an exception in it."""
    lines: list[str] = []

    class Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(self.format(record) + repr(vars(record)))

    runtime.logger()  # as it is made, it mutes every other ear
    ear = Ear(level=logging.DEBUG)
    root, own = logging.getLogger(), logging.getLogger("fengcun")
    printers = [one for one in own.handlers if isinstance(one, logging.StreamHandler)]
    before = [one.setStream(sys.stdout) for one in printers]  # where an earlier test's output went is closed by now
    for logger in (root, own):
        logger.addHandler(ear)
    try:
        yield lines
    finally:
        for logger in (root, own):
            logger.removeHandler(ear)
        for one, stream in zip(printers, before, strict=True):
            one.setStream(stream or sys.__stdout__)
