"""The door: uploads that arrived in the intake bucket in, sealed and locked media files out."""

from datetime import UTC, datetime
from functools import cache
from time import monotonic
from typing import Annotated, Any, Literal

import boto3
from botocore.config import Config
from pydantic import Field

from functions.archive.aws import KmsSegmentKeys, S3Lockbox
from functions.archive.aws_media import MediaTable, S3Locks
from functions.archive.locks import Locking
from functions.archive.media import Shelf
from functions.capture.tokens import IndexKey
from functions.errors import Rejected, Tampered, TryLater
from functions.law.retention import rule_book
from functions.malware.clamd import Endpoint
from functions.malware.rules import shipped
from functions.malware.scan import Scanner
from functions.malware.verdicts import INFECTED, UNSCANNABLE, UNSCANNED
from functions.media.aws import S3Uploads
from functions.media.prepare import Sealing
from functions.media.receive import World, read_arrival, receive
from functions.runtime import CLIENT, Message, count, logger, messages, read_secret, unsettled
from functions.segment.suites import suite
from functions.settings import RoomSettings

PATIENT = CLIENT.merge(Config(read_timeout=120))
"""S3 answers when it has all of a file and has hashed it."""


class Settings(RoomSettings):
    archive_id: str
    intake_bucket: str
    vault_bucket: str
    keyring_bucket: str
    storage_key_arn: str
    segment_key_arn: str
    index_secret_arn: str
    media_table: str
    clamd: Annotated[str, Field(pattern=r"^([A-Za-z0-9.-]+:[0-9]{1,5})?$")]
    """`host:port`; empty where the firm has none."""
    lock_mode: Literal["COMPLIANCE", "GOVERNANCE"]
    trial_lock_days: Annotated[int, Field(ge=0, le=365)]
    retention_floor_days: Annotated[int, Field(ge=1)]
    regimes: str
    suite: str


@cache
def settings() -> Settings:
    return Settings.load()


@cache
def world() -> World:
    own = settings()
    s3, kms = boto3.client("s3", config=PATIENT), boto3.client("kms", config=CLIENT)
    secret = read_secret(boto3.client("secretsmanager", config=CLIENT), own.index_secret_arn)
    return World(
        uploads=S3Uploads(s3, own.intake_bucket),
        vault=S3Lockbox(s3, own.vault_bucket, own.storage_key_arn),
        keyrings=S3Lockbox(s3, own.keyring_bucket, own.storage_key_arn),
        shelf=Shelf(
            vault=S3Locks(s3, own.vault_bucket),
            keyrings=S3Locks(s3, own.keyring_bucket),
            locking=Locking(mode=own.lock_mode, trial_days=own.trial_lock_days),
        ),
        table=MediaTable(boto3.client("dynamodb", config=CLIENT), own.media_table),
        index_key=IndexKey(secret.encode()),
        sealing=sealing(KmsSegmentKeys(kms, own.segment_key_arn)),
        scanner=Scanner(rules=shipped(), clamd=endpoint(own.clamd), clock=monotonic),
    )


def sealing(keys: KmsSegmentKeys) -> Sealing:
    own = settings()
    return Sealing(
        archive_id=own.archive_id,
        keys=keys,
        kms_key=own.segment_key_arn,
        suite=suite(own.suite),
        rules=rule_book().choose(own.regimes.split(",")),
        rules_version=rule_book().version,
        floor_days=own.retention_floor_days,
    )


def endpoint(clamd: str) -> Endpoint | None:
    """`host:port`, or nothing where the firm has none."""
    host, _, port = clamd.rpartition(":")
    return Endpoint(host, int(port)) if host else None


def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """An SQS event of EventBridge notices, with `ReportBatchItemFailures`."""
    ended = {message.id: _outcome(message) for message in messages(event)}
    outcomes = [outcome for outcome, _ in ended.values()]
    verdicts = [verdict for _, verdict in ended.values()]
    logger().info("media", extra={"outcomes": ended})
    count(
        settings().archive_id,
        MediaSealed=outcomes.count("sealed"),
        MediaKnown=outcomes.count("known"),
        MediaMismatching=outcomes.count("Rejected"),
        MediaTampered=outcomes.count("Tampered"),
        MediaInfected=verdicts.count(INFECTED),
        MediaUnscannable=verdicts.count(UNSCANNABLE),
        MediaUnscanned=verdicts.count(UNSCANNED),
    )
    return unsettled(one for one, (outcome, _) in ended.items() if outcome in {"TryLater", "Tampered"})


def _outcome(message: Message) -> tuple[str, str | None]:
    """How it ended, and what the scan said. A notice about no upload is none of ours, and done."""
    try:
        arrival = read_arrival(message.body)
    except Rejected as rejected:
        logger().warning("not an upload", extra={"reason": str(rejected)})
        return "ignored", None
    try:
        received = receive(arrival, world=world(), now=datetime.now(UTC), attempt=message.attempt)
    except (Rejected, TryLater, Tampered) as reason:
        logger().warning("not sealed", extra={"reason": str(reason)})
        return type(reason).__name__, None
    return received.outcome.value, received.verdict
