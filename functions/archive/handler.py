"""The door: sealed deliveries from the queue in, locked segments out."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from time import monotonic
from typing import Annotated, Any, Literal

import boto3
from pydantic import Field

from functions.archive.archive import archive
from functions.archive.aws import (
    CustodianTable,
    KmsSegmentKeys,
    KmsUnwrap,
    S3Lockbox,
    S3Parcels,
    S3Quarantine,
    SequenceTable,
)
from functions.archive.aws_aside import Bus, CaptureQueue, S3Held, S3Suspects
from functions.archive.aws_media import MediaTable, S3Locks
from functions.archive.aws_tables import ConsentTable, CounterTable, HeldTable, HoldTable, TombstoneTable
from functions.archive.batch import Outcome, Time, World
from functions.archive.locks import Locking
from functions.archive.media import Shelf, Wishes
from functions.archive.policy import Policy
from functions.archive.store import Store
from functions.archive.waiting import Aside
from functions.capture.delivery import encryption_context
from functions.capture.tokens import IndexKey, Names
from functions.classify import lexicon
from functions.law.policy import deployed
from functions.law.retention import rule_book
from functions.malware.rules import shipped as shipped_rules
from functions.malware.scan import Scanner
from functions.runtime import CLIENT, Message, count, logger, messages, read_secret, unsettled
from functions.segment.dictionary import shipped
from functions.segment.suites import suite
from functions.settings import RoomSettings

POLICY_SECONDS = 60
"""How long a change of the custodians or holds may take to be seen."""


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
    sequences_table: str
    consents_table: str
    held_table: str
    tombstones_table: str
    counters_table: str
    holds_table: str
    capture_queue_url: str
    media_table: str
    index_secret_arn: str
    lock_mode: Literal["COMPLIANCE", "GOVERNANCE"]
    trial_lock_days: Annotated[int, Field(ge=0, le=365)]
    retention_floor_days: Annotated[int, Field(ge=1)]
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
        sequences=SequenceTable(boto3.client("dynamodb", config=CLIENT), own.sequences_table),
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
    """Read again every minute: custodians or holds may have changed. Raises Rejected when a regime has no rule."""
    dynamodb, law = boto3.client("dynamodb", config=CLIENT), deployed()
    roll = CustodianTable(dynamodb, settings().custodians_table).load()
    rule_book().choose(frozenset(law.retention.regimes) | roll.all_regimes())
    return Policy(
        archive_id=settings().archive_id,
        law=law,
        floor_days=settings().retention_floor_days,
        rules=rule_book(),
        roll=roll,
        holds=HoldTable(dynamodb, settings().holds_table).load(),
    )


@cache
def scanner() -> Scanner:
    """A firm's clamd is asked about uploads alone: it may take minutes."""
    return Scanner(rules=shipped_rules(), clamd=None, clock=monotonic)


@cache
def counters() -> CounterTable:
    """Kept, because it remembers who has been counted."""
    return CounterTable(boto3.client("dynamodb", config=CLIENT), settings().counters_table)


def aside() -> Aside:
    """Fresh for each batch, with one key for what the batch holds back."""
    s3, kms, own = boto3.client("s3", config=CLIENT), boto3.client("kms", config=CLIENT), settings()
    delivery_keys = KmsSegmentKeys(kms, own.intake_key_arn)
    return Aside(
        archive_id=own.archive_id,
        suspects=S3Suspects(s3, own.quarantine_bucket, own.quarantine_key_arn),
        quarantine_keys=KmsSegmentKeys(kms, own.quarantine_key_arn),
        held=S3Held(s3, own.intake_bucket),
        delivery_key=cache(lambda: delivery_keys.generate(encryption_context(own.archive_id))),
        waiting=HeldTable(boto3.client("dynamodb", config=CLIENT), own.held_table),
    )


def world() -> World:
    """Fresh for each batch, so that no delivery's key and no account's name is remembered longer."""
    s3, kms, own = boto3.client("s3", config=CLIENT), boto3.client("kms", config=CLIENT), settings()
    dynamodb = boto3.client("dynamodb", config=CLIENT)
    return World(
        parcels=S3Parcels(s3, own.intake_bucket),
        held=S3Held(s3, own.intake_bucket),
        unwrap=KmsUnwrap(kms, own.intake_key_arn),
        quarantine=S3Quarantine(s3, own.quarantine_bucket, own.quarantine_key_arn),
        store=store(),
        aside=aside(),
        consents=ConsentTable(dynamodb, own.consents_table),
        counters=counters(),
        tombstones=TombstoneTable(dynamodb, own.tombstones_table),
        queue=CaptureQueue(boto3.client("sqs", config=CLIENT), own.capture_queue_url),
        bus=Bus(boto3.client("events", config=CLIENT)),
        policy=policy(int(monotonic() // POLICY_SECONDS)),
        lexicons=lexicon.load(),
        names=Names(index_key()),
        scanner=scanner,
        wishes=Wishes(
            media=MediaTable(dynamodb, own.media_table),
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
    _tell(batch, outcome)
    return unsettled(outcome.unsettled)


def _tell(batch: Sequence[Message], outcome: Outcome) -> None:
    logger().info(
        "archived",
        extra={
            "deliveries": len(batch),
            "captures": outcome.captures,
            "dropped": outcome.dropped,
            "suspected": outcome.suspected,
            "held_back": outcome.held_back,
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
        CapturesDropped=outcome.dropped,
        CapturesHeldBack=outcome.held_back,
        CapturesRestricted=outcome.restricted,
        CapturesNotInspected=outcome.not_inspected,
        CapturesUnclean=outcome.unclean,
        MediaInfected=outcome.infected,
        SecretsSuspected=outcome.suspected,
        NoticesRequested=outcome.asked,
        DeliveriesQuarantined=outcome.quarantined,
        DeliveriesTampered=outcome.tampered,
    )
