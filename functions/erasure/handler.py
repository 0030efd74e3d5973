"""The door: orders to erase in, certificates out."""

from datetime import UTC, datetime
from functools import cache
from typing import Any

import boto3

from functions.archive.aws_media import MediaTable
from functions.disposition.aws import ActTable, HoldTable
from functions.disposition.orders import read_order
from functions.erasure.aws import S3Keyrings
from functions.erasure.erase import erase
from functions.erasure.world import World
from functions.errors import Rejected, Tampered, TryLater
from functions.intake.accept import World as IntakeWorld
from functions.intake.aws import Delivering, delivering
from functions.office.aws import StateTable as Marks
from functions.retrieval.aws import PostingTable, S3Bucket, StateTable
from functions.runtime import CLIENT, Message, count, logger, messages, unsettled


class Settings(Delivering):
    vault_bucket: str
    keyring_bucket: str
    storage_key_arn: str
    postings_table: str
    states_table: str
    acts_table: str
    holds_table: str
    media_table: str


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
    return World(
        archive_id=own.archive_id,
        postings=PostingTable(dynamodb, own.postings_table),
        vault=S3Bucket(s3, own.vault_bucket),
        keyrings=S3Keyrings(s3, own.keyring_bucket, own.storage_key_arn),
        files=MediaTable(dynamodb, own.media_table),
        states=StateTable(dynamodb, own.states_table),
        marks=Marks(dynamodb, own.states_table),
        acts=ActTable(dynamodb, own.acts_table),
        holds=HoldTable(dynamodb, own.holds_table),
        intake=intake(),
    )


def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """An SQS event of orders, with `ReportBatchItemFailures`. An order that cannot be carried out stays."""
    ended = {message.id: _outcome(message) for message in messages(event)}
    outcomes = list(ended.values())
    logger().info("erasure", extra={"outcomes": ended})
    count(
        settings().archive_id,
        RecordsErased=outcomes.count("erased_by_key_destruction"),
        ErasuresRefused=outcomes.count("refused") + outcomes.count("restricted"),
        ErasuresRejected=outcomes.count("Rejected"),
        ErasuresTampered=outcomes.count("Tampered"),
    )
    return unsettled(one for one, outcome in ended.items() if outcome in {"Rejected", "TryLater", "Tampered"})


def _outcome(message: Message) -> str:
    try:
        return erase(read_order(message.body), world=world(), now=now())
    except (Rejected, TryLater, Tampered) as reason:
        logger().warning("not erased", extra={"reason": str(reason)})
        return type(reason).__name__
