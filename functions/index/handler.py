"""The door: segments that arrived in the vault in, postings out."""

from functools import cache
from typing import Any

import boto3
from botocore.config import Config

from functions.errors import Rejected, Tampered, TryLater
from functions.index.aws import PostingTable, S3Segments
from functions.index.index import index, read_arrival
from functions.runtime import CLIENT, Message, count, logger, messages, unsettled
from functions.settings import RoomSettings


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
    """An SQS event of EventBridge notices, with `ReportBatchItemFailures`."""
    left: dict[str, str] = {}
    written = 0
    for message in messages(event):
        try:
            written += _index(message)
        except (TryLater, Tampered) as reason:
            left[message.id] = type(reason).__name__
    logger().info("indexed", extra={"notices": len(event["Records"]), "postings": written, "unsettled": left})
    count(
        settings().archive_id,
        PostingsWritten=written,
        SegmentsTampered=sum(1 for name in left.values() if name == "Tampered"),
    )
    return unsettled(left)


def _index(message: Message) -> int:
    """A notice that is about no segment is none of ours, and done."""
    try:
        arrival = read_arrival(message.body)
    except Rejected as rejected:
        logger().warning("not a segment", extra={"reason": str(rejected)})
        return 0
    return index(arrival, segments=segments(), table=table())
