"""The door: orders to count a scope in, numbers out."""

from datetime import UTC, datetime
from functools import cache
from typing import Any

import boto3

from functions.border.measure import World, measure, remembering
from functions.disposition.aws import ActTable, SqsAgain
from functions.disposition.orders import read_order
from functions.errors import Rejected, TryLater
from functions.intake.accept import World as IntakeWorld
from functions.intake.aws import Delivering, delivering
from functions.office.aws_scopes import ScopeTable
from functions.retrieval.aws import KmsUnwrap, PostingTable, S3Bucket, StateTable
from functions.retrieval.dictionaries import VaultDictionaries
from functions.retrieval.read import World as Reading
from functions.runtime import CLIENT, Message, count, logger, messages, unsettled
from functions.segment.dictionary import shipped


class Settings(Delivering):
    vault_bucket: str
    keyring_bucket: str
    postings_table: str
    states_table: str
    acts_table: str
    scopes_table: str
    border_queue_url: str


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
    own, dynamodb = settings(), boto3.client("dynamodb", config=CLIENT)
    return World(
        postings=PostingTable(dynamodb, own.postings_table),
        reading=reading(),
        acts=ActTable(dynamodb, own.acts_table),
        scopes=ScopeTable(dynamodb, own.scopes_table),
        again=SqsAgain(boto3.client("sqs", config=CLIENT), own.border_queue_url),
        intake=intake(),
    )


def reading() -> Reading:
    own, s3 = settings(), boto3.client("s3", config=CLIENT)
    vault = S3Bucket(s3, own.vault_bucket)
    return Reading(
        archive_id=own.archive_id,
        vault=vault,
        keyrings=S3Bucket(s3, own.keyring_bucket),
        unwrap=remembering(KmsUnwrap(boto3.client("kms", config=CLIENT))),
        dictionaries=VaultDictionaries(vault, shipped()),
        states=StateTable(boto3.client("dynamodb", config=CLIENT), own.states_table),
    )


def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """An SQS event of orders, with `ReportBatchItemFailures`. An order that cannot be carried out stays."""
    left = {message.id: reason for message in messages(event) if (reason := _carry(message))}
    return unsettled(left)


def _carry(message: Message) -> str:
    """Why it stays on the queue; nothing when it is done."""
    try:
        found = measure(read_order(message.body), world=world(), now=now())
    except (Rejected, TryLater) as reason:
        logger().warning("order left", extra={"reason": str(reason)})
        return type(reason).__name__
    logger().info("scope", extra={"act": found.act, "state": found.state, "records": found.records})
    broken = found.broken + found.left.get("tampered", 0)
    count(settings().archive_id, ScopesCounted=int(found.state != "measuring"), ScopesTampered=broken)
    return ""
