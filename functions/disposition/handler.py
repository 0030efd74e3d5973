"""The door: orders about locked records in, holds and longer locks out."""

from dataclasses import asdict
from datetime import UTC, datetime
from functools import cache
from typing import Annotated, Any, Literal

import boto3
from pydantic import Field

from functions.archive.aws_media import MediaTable
from functions.archive.locks import Locking
from functions.disposition.aws import ActTable, HoldTable, S3Objects, SqsAgain
from functions.disposition.carry import carry_out
from functions.disposition.orders import read_order
from functions.disposition.walk import Ground
from functions.disposition.world import World
from functions.errors import Rejected, TryLater
from functions.intake.accept import World as IntakeWorld
from functions.intake.aws import Delivering, delivering
from functions.law.retention import rule_book
from functions.retrieval.aws import PostingTable, S3Bucket
from functions.runtime import CLIENT, Message, count, logger, messages, unsettled


class Settings(Delivering):
    vault_bucket: str
    keyring_bucket: str
    postings_table: str
    acts_table: str
    holds_table: str
    media_table: str
    disposition_queue_url: str
    lock_mode: Literal["COMPLIANCE", "GOVERNANCE"]
    trial_lock_days: Annotated[int, Field(ge=0, le=365)]


def now() -> datetime:
    return datetime.now(UTC)


@cache
def settings() -> Settings:
    return Settings.load()


@cache
def intake() -> IntakeWorld:
    return delivering(settings(), CLIENT, now)


@cache
def world() -> World:
    own, s3, dynamodb = settings(), boto3.client("s3", config=CLIENT), boto3.client("dynamodb", config=CLIENT)
    media = MediaTable(dynamodb, own.media_table)
    return World(
        ground=Ground(
            postings=PostingTable(dynamodb, own.postings_table),
            vault=S3Bucket(s3, own.vault_bucket),
            items=media,
            archive_id=own.archive_id,
        ),
        vault=S3Objects(s3, own.vault_bucket),
        keyrings=S3Objects(s3, own.keyring_bucket),
        notes=media,
        acts=ActTable(dynamodb, own.acts_table),
        holds=HoldTable(dynamodb, own.holds_table),
        again=SqsAgain(boto3.client("sqs", config=CLIENT), own.disposition_queue_url),
        intake=intake(),
        rules=rule_book(),
        index_key=intake().index_key,
        locking=Locking(mode=own.lock_mode, trial_days=own.trial_lock_days),
    )


def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """An SQS event of orders, with `ReportBatchItemFailures`. An order that cannot be carried out stays."""
    left = {message.id: reason for message in messages(event) if (reason := _carry(message))}
    return unsettled(left)


def _carry(message: Message) -> str:
    """Why it stays on the queue; nothing when it is done."""
    try:
        walked = carry_out(read_order(message.body), world=world(), now=now())
    except (Rejected, TryLater) as reason:
        logger().warning("order left", extra={"reason": str(reason)})
        return type(reason).__name__
    logger().info("order", extra=asdict(walked))
    counts = {"PairsTouched": walked.pairs, "HoldsTampered": walked.broken, "HoldsUnlisted": int(walked.unlisted)}
    count(settings().archive_id, **counts)
    return ""
