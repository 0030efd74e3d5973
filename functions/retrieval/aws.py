"""The hands of the retrieval room: DynamoDB, S3, KMS. All of them only read."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from functions.canonical import parse_moment
from functions.errors import Tampered
from functions.index.postings import Posting, read_rows
from functions.law.states import State
from functions.retrieval.read import Chunk
from functions.runtime import aws_errors, error_code

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_kms import KMSClient
    from mypy_boto3_s3 import S3Client

MISSING = frozenset({"InvalidRange", "NoSuchKey", "NoSuchVersion"})
GRANTED = {"S": "done"}
"""Approved by a second person, and recorded: while it is only approved, its capture may not be queued yet."""


class PostingTable:
    """The table Postings."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb, self._table = dynamodb, table

    def query(self, token: bytes) -> Iterator[Posting]:
        yield from self._query(token, "#token = :token", names={"#token": "token"}, values={})

    def between(self, token: bytes, first_day: str, last_day: str) -> Iterator[Posting]:
        yield from self._query(
            token,
            "#token = :token AND #at BETWEEN :first AND :last",
            names={"#token": "token", "#at": "at"},
            values={":first": {"S": f"{first_day}/"}, ":last": {"S": f"{last_day}0"}},  # 0 is what follows the slash
        )

    def _query(
        self, token: bytes, condition: str, *, names: dict[str, str], values: dict[str, Any]
    ) -> Iterator[Posting]:
        """Names are given apart, since `token` is a reserved word."""
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression=condition,
            ExpressionAttributeNames=names,
            ExpressionAttributeValues={":token": {"B": token}, **values},
            ConsistentRead=True,
        )
        with aws_errors("DynamoDB"):
            for page in pages:
                for item in page["Items"]:
                    day, _, segment_id = item["at"]["S"].partition("/")
                    yield Posting(
                        token=token,
                        day=day,
                        segment_id=segment_id,
                        tier=item["tier"]["S"],
                        version_id=item["version"]["S"],
                        rows=read_rows(item["rows"]["B"]),
                    )


class StateTable:
    """The table States, as the office keeps it."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb, self._table = dynamodb, table

    def of(self, record_id: str) -> State | None:
        item = get_item(self._dynamodb, self._table, {"record": {"B": bytes.fromhex(record_id)}})
        if item is None:
            return None
        try:
            return State(item["state"]["S"])
        except (ValueError, KeyError) as error:
            raise Tampered(f"record {record_id}: its line in the table of states is not of this version") from error

    def act_of(self, record_id: str) -> str | None:
        item = get_item(self._dynamodb, self._table, {"record": {"B": bytes.fromhex(record_id)}}) or {}
        return item["act"]["S"] if "act" in item else None


class ActTable:
    """The table Acts, as far as overrides go."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb, self._table = dynamodb, table

    def opens(self, act_id: str, thing: bytes, now: datetime) -> bool:
        item = get_item(self._dynamodb, self._table, {"act": {"S": act_id}}) or {}
        return (
            item.get("kind") == {"S": "override"}
            and item.get("state") == GRANTED
            and item.get("record") == {"B": thing}
            and now < parse_moment(item["open_until"]["S"])
        )

    def allows(self, act_id: str, thing: str, *, now: datetime) -> bool:
        return self.opens(act_id, bytes.fromhex(thing), now)


def get_item(dynamodb: "DynamoDBClient", table: str, key: dict[str, Any]) -> dict[str, Any] | None:
    """As it stands now. Raises TryLater."""
    with aws_errors("DynamoDB"):
        return dynamodb.get_item(TableName=table, Key=key, ConsistentRead=True).get("Item")


class S3Bucket:
    """A bucket, by range."""

    def __init__(self, s3: "S3Client", name: str) -> None:
        self._s3, self._name = s3, name

    @property
    def name(self) -> str:
        return self._name

    def read(self, key: str, version_id: str | None, *, start: int, length: int) -> Chunk:
        version: Any = {"VersionId": version_id} if version_id else {}
        with aws_errors("S3"):
            try:
                answer = self._s3.get_object(
                    Bucket=self._name, Key=key, Range=f"bytes={start}-{start + length - 1}", **version
                )
                body = answer["Body"].read()
            except ClientError as error:
                if error_code(error) in MISSING:
                    raise Tampered(f"{key}: not there for this room, though the index says so") from error
                raise
        return Chunk(
            body=body,
            size_bytes=int(answer["ContentRange"].rpartition("/")[2]),
            lock_mode=answer.get("ObjectLockMode"),
            retain_until=answer.get("ObjectLockRetainUntilDate"),
            legal_hold=answer.get("ObjectLockLegalHoldStatus", "OFF"),
        )

    def holds(self, key: str) -> bool:
        with aws_errors("S3"):
            try:
                self._s3.get_object_retention(Bucket=self._name, Key=key)
            except ClientError as error:
                if error_code(error) in MISSING | {"NoSuchObjectLockConfiguration"}:
                    return False
                raise
        return True


class KmsUnwrap:
    """Segment keys."""

    def __init__(self, kms: "KMSClient") -> None:
        self._kms = kms

    def __call__(self, wrapped: bytes, context: dict[str, str]) -> bytes:
        with aws_errors("KMS"):
            try:
                return self._kms.decrypt(CiphertextBlob=wrapped, EncryptionContext=context)["Plaintext"]
            except ClientError as error:
                if error_code(error) == "InvalidCiphertextException":
                    raise Tampered("the segment's key is not wrapped for this segment") from error
                raise
