"""The door: segments that arrived in the vault in, postings out."""

from functools import cache
from typing import Any

import boto3
from botocore.config import Config

from functions.errors import Tampered, TryLater
from functions.index.aws import PostingTable, S3Segments
from functions.index.index import index, read_arrival
from functions.runtime import CLIENT, Message, count, logger, messages, unsettled
from functions.settings import RoomSettings

LEAST_MILLISECONDS = 60_000
"""Of a batch's time, for one segment that was begun: reading it and writing up to 20,000 postings."""


class Settings(RoomSettings):
    archive_id: str
    vault_bucket: str
    postings_table: str


@cache
def settings() -> Settings:
    return Settings.load()


@cache
def segments() -> S3Segments:
    return S3Segments(boto3.client("s3", config=CLIENT), settings().vault_bucket)


@cache
def table() -> PostingTable:
    """Without botocore's own validation: it doubles the cost of a batch, and the items are made here."""
    config = CLIENT.merge(Config(parameter_validation=False))
    return PostingTable(boto3.client("dynamodb", config=config), settings().postings_table)


def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """An SQS event of EventBridge notices, with `ReportBatchItemFailures`. A notice that cannot be read stays."""
    left: dict[str, str] = {}
    written = 0
    for message in messages(event):
        try:
            written += _index(message, context.get_remaining_time_in_millis())
        except Exception as reason:  # noqa: BLE001 - one segment that cannot be read must not keep the others waiting
            left[message.id] = type(reason).__name__
    logger().info("indexed", extra={"notices": len(event["Records"]), "postings": written, "unsettled": left})
    tampered = sum(1 for name in left.values() if name == Tampered.__name__)
    count(settings().archive_id, PostingsWritten=written, SegmentsTampered=tampered)
    return unsettled(left)


def _index(message: Message, milliseconds: int) -> int:
    if milliseconds < LEAST_MILLISECONDS:
        raise TryLater("no time is left for another segment")
    return index(read_arrival(message.body), segments=segments(), table=table())
