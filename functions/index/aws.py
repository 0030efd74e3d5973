"""The hands of the index room: S3 to read directories, DynamoDB to write postings."""

import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from functions.errors import TryLater
from functions.index.postings import Posting, write_rows
from functions.runtime import aws_errors

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

BATCH = 25  # BatchWriteItem's limit
ATTEMPTS = 5
FIRST_PAUSE_SECONDS = 0.1


class S3Segments:
    """Segments in the vault."""

    def __init__(self, s3: "S3Client", bucket: str) -> None:
        self._s3, self._bucket = s3, bucket

    def read(self, key: str, version_id: str) -> bytes:
        with aws_errors("S3"):
            answer = self._s3.get_object(Bucket=self._bucket, Key=key, VersionId=version_id)
            return answer["Body"].read()


class PostingTable:
    """The table Postings."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str, sleep: Callable[[float], None] = time.sleep) -> None:
        self._dynamodb, self._table, self._sleep = dynamodb, table, sleep

    def put(self, items: Iterable[Posting]) -> int:
        requests = [{"PutRequest": {"Item": _item(posting)}} for posting in items]
        for at in range(0, len(requests), BATCH):
            self._write(requests[at : at + BATCH])
        return len(requests)

    def _write(self, requests: list[dict[str, Any]]) -> None:
        for attempt in range(ATTEMPTS):
            with aws_errors("DynamoDB"):
                answer = self._dynamodb.batch_write_item(RequestItems={self._table: requests})  # type: ignore[dict-item]
            requests = answer["UnprocessedItems"].get(self._table, [])  # type: ignore[assignment]
            if not requests:
                return
            self._sleep(FIRST_PAUSE_SECONDS * 2**attempt)
        raise TryLater(f"DynamoDB left {len(requests)} postings unwritten")


def _item(posting: Posting) -> dict[str, Any]:
    return {
        "token": {"B": posting.token},
        "at": {"S": posting.at},
        "tier": {"S": posting.tier},
        "version": {"S": posting.version_id},
        "rows": {"B": write_rows(posting.rows)},
    }
