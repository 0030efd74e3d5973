"""The door: sealed deliveries from the queue in, locked segments out."""

from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from time import monotonic
from typing import Annotated, Any, Literal

import boto3
from pydantic import Field

from functions.archive.archive import Time, World, archive
from functions.archive.aws import (
    CustodianTable,
    KmsSegmentKeys,
    KmsUnwrap,
    S3Lockbox,
    S3Parcels,
    S3Quarantine,
)
from functions.archive.aws_media import MediaTable, S3Locks
from functions.archive.decide import Policy
from functions.archive.locks import Locking
from functions.archive.media import Shelf, Wishes
from functions.archive.store import Store
from functions.capture.tokens import IndexKey, Names
from functions.law.retention import rule_book
from functions.runtime import CLIENT, count, logger, messages, read_secret, unsettled
from functions.segment.dictionary import shipped
from functions.segment.suites import suite
from functions.settings import RoomSettings

CUSTODIANS_SECONDS = 60
"""How long a change of the custodians may take to be seen."""


STORING = timedelta(seconds=60)
"""Kept of a batch's time for what has been opened: sealing, writing and checking it."""
LAST_SEGMENT = timedelta(seconds=15)
"""Of that, for one segment that was begun."""


class Settings(RoomSettings):
    archive_id: str
    intake_bucket: str
    intake_key_arn: str
    vault_bucket: str
    keyring_bucket: str
    quarantine_bucket: str
    storage_key_arn: str
    segment_key_arn: str
    quarantine_key_arn: str
    custodians_table: str
    media_table: str
    index_secret_arn: str
    lock_mode: Literal["COMPLIANCE", "GOVERNANCE"]
    trial_lock_days: Annotated[int, Field(ge=0, le=365)]
    retention_floor_days: Annotated[int, Field(ge=1)]
    regimes: str
    suite: str


def now() -> datetime:
    return datetime.now(UTC)


@cache
def settings() -> Settings:
    return Settings.load()


@cache
def store() -> Store:
    s3, kms, own = boto3.client("s3", config=CLIENT), boto3.client("kms", config=CLIENT), settings()
    return Store(
        archive_id=own.archive_id,
        vault=S3Lockbox(s3, own.vault_bucket, own.storage_key_arn),
        keyrings=S3Lockbox(s3, own.keyring_bucket, own.storage_key_arn),
        keys=KmsSegmentKeys(kms, own.segment_key_arn),
        kms_key=own.segment_key_arn,
        suite=suite(own.suite),
        dictionary=shipped(),
        locking=Locking(mode=own.lock_mode, trial_days=own.trial_lock_days),
    )


@cache
def index_key() -> IndexKey:
    secrets = boto3.client("secretsmanager", config=CLIENT)
    return IndexKey(read_secret(secrets, settings().index_secret_arn).encode())


@lru_cache(maxsize=1)
def policy(_minute: int) -> Policy:
    """Read again every minute: the custodians may have changed. Raises Rejected when a regime has no rule."""
    roll = CustodianTable(boto3.client("dynamodb", config=CLIENT), settings().custodians_table).load()
    regimes = frozenset(settings().regimes.split(","))
    rule_book().choose(regimes | roll.all_regimes())
    return Policy(
        archive_id=settings().archive_id,
        regimes=regimes,
        floor_days=settings().retention_floor_days,
        rules=rule_book(),
        roll=roll,
    )


def world() -> World:
    """Fresh for each batch, so that no delivery's key and no account's name is remembered longer."""
    s3, kms, own = boto3.client("s3", config=CLIENT), boto3.client("kms", config=CLIENT), settings()
    return World(
        parcels=S3Parcels(s3, own.intake_bucket),
        unwrap=KmsUnwrap(kms, own.intake_key_arn),
        quarantine=S3Quarantine(s3, own.quarantine_bucket, own.quarantine_key_arn),
        store=store(),
        policy=policy(int(monotonic() // CUSTODIANS_SECONDS)),
        names=Names(index_key()),
        wishes=Wishes(
            media=MediaTable(boto3.client("dynamodb", config=CLIENT), own.media_table),
            shelf=Shelf(
                vault=S3Locks(s3, own.vault_bucket), keyrings=S3Locks(s3, own.keyring_bucket), locking=store().locking
            ),
        ),
    )


def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """An SQS event with `ReportBatchItemFailures`."""
    batch = messages(event)
    end = now() + timedelta(milliseconds=context.get_remaining_time_in_millis())
    outcome = archive(batch, world=world(), time=Time(now, end - STORING, end - LAST_SEGMENT))
    logger().info(
        "archived",
        extra={
            "deliveries": len(batch),
            "captures": outcome.captures,
            "segments": outcome.segments,
            "unsettled": outcome.unsettled,
            "quarantined": outcome.quarantined,
        },
    )
    count(
        settings().archive_id,
        CapturesArchived=outcome.captures,
        CapturesUnparsed=outcome.unparsed,
        CapturesUnknown=outcome.unknown,
        CapturesSealed=outcome.sealed,
        CapturesConflicting=outcome.conflicts,
        DeliveriesQuarantined=outcome.quarantined,
        DeliveriesTampered=outcome.tampered,
    )
    return unsettled(outcome.unsettled)
