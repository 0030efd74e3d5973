"""The hands of the completeness room: DynamoDB to look and to tidy up, KMS to sign."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from backports import zstd
from botocore.exceptions import ClientError

from functions.archive.sequences import Mark, item_of, read_item
from functions.archive.tombstones import reason_of
from functions.canonical import epoch_ms
from functions.capture.delivery import decompress
from functions.errors import AlreadyStored
from functions.index.postings import Posting, read_rows
from functions.intake.accept import CLAIM_DAYS
from functions.runtime import aws_errors, error_code

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_kms import KMSClient

LARGEST_REPORT_BYTES = 8 * 2**20


class PostingTable:
    """The table Postings."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb, self._table = dynamodb, table

    def between(self, token: bytes, first_day: str, last_day: str) -> Iterator[Posting]:
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="#token = :token AND #at BETWEEN :first AND :last",
            ExpressionAttributeNames={"#token": "token", "#at": "at"},
            ExpressionAttributeValues={
                ":token": {"B": token},
                ":first": {"S": f"{first_day}/"},
                ":last": {"S": f"{last_day}0"},  # 0 is what follows the slash
            },
            ConsistentRead=True,
        )
        with aws_errors("DynamoDB"):
            for page in pages:
                yield from (_posting(item) for item in page["Items"])

    def latest(self, token: bytes, last_day: str) -> Posting | None:
        with aws_errors("DynamoDB"):
            items = self._dynamodb.query(
                TableName=self._table,
                KeyConditionExpression="#token = :token AND #at < :last",
                ExpressionAttributeNames={"#token": "token", "#at": "at"},
                ExpressionAttributeValues={":token": {"B": token}, ":last": {"S": f"{last_day}0"}},
                ScanIndexForward=False,
                Limit=1,
                ConsistentRead=True,
            )["Items"]
        return _posting(items[0]) if items else None


class SequenceTable:
    """The table Sequences."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb, self._table = dynamodb, table

    def load(self) -> list[Mark]:
        pages = self._dynamodb.get_paginator("scan").paginate(TableName=self._table, ConsistentRead=True)
        with aws_errors("DynamoDB"):
            return [read_item(item) for page in pages for item in page["Items"]]

    def put(self, marks: Iterable[Mark]) -> None:
        with aws_errors("DynamoDB"):
            for mark in marks:
                self._dynamodb.put_item(TableName=self._table, Item=item_of(mark))

    def remove(self, marks: Iterable[Mark]) -> None:
        with aws_errors("DynamoDB"):
            for mark in marks:
                item = item_of(mark)
                self._dynamodb.delete_item(TableName=self._table, Key={name: item[name] for name in ("token", "at")})


class TombstoneTable:
    """The table Tombstones, to count."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb, self._table = dynamodb, table

    def of_day(self, day: date) -> Mapping[str, int]:
        found: Counter[str] = Counter()
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="#day = :day",
            ExpressionAttributeNames={"#day": "day"},
            ExpressionAttributeValues={":day": {"S": day.isoformat()}},
            ConsistentRead=True,
        )
        with aws_errors("DynamoDB"):
            for page in pages:
                for item in page["Items"]:
                    found[reason_of(item["sk"]["S"])] += int(item["n"]["N"])
        return dict(found)


class ReportTable:
    """Reports, as items of the table Deliveries that expire like claims. `name` gives a day's key in it."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str, name: Callable[[date], bytes]) -> None:
        self._dynamodb, self._table, self._name = dynamodb, table, name

    def get(self, day: date) -> bytes | None:
        with aws_errors("DynamoDB"):
            answer = self._dynamodb.get_item(TableName=self._table, Key=self._key(day), ConsistentRead=True)
        item: dict[str, Any] | None = answer.get("Item")
        return decompress(item["report"]["B"], LARGEST_REPORT_BYTES) if item else None

    def put_once(self, day: date, body: bytes, *, now: datetime) -> None:
        expires = epoch_ms(now + timedelta(days=CLAIM_DAYS)) // 1000
        with aws_errors("DynamoDB"):
            try:
                self._dynamodb.put_item(
                    TableName=self._table,
                    Item={
                        **self._key(day),
                        "report": {"B": zstd.compress(body)},
                        "expires_at": {"N": str(expires)},
                    },
                    ConditionExpression="attribute_not_exists(claim)",
                )
            except ClientError as error:
                if error_code(error) == "ConditionalCheckFailedException":
                    raise AlreadyStored(f"the report of {day} exists") from error
                raise

    def _key(self, day: date) -> dict[str, Any]:
        return {"claim": {"B": self._name(day)}}


class KmsSigner:
    """A key that signs and never leaves KMS."""

    def __init__(self, kms: "KMSClient", key_arn: str) -> None:
        self._kms, self._key_arn = kms, key_arn

    @property
    def key(self) -> str:
        return self._key_arn

    def sign(self, sha256: bytes) -> bytes:
        with aws_errors("KMS"):
            answer = self._kms.sign(
                KeyId=self._key_arn, Message=sha256, MessageType="DIGEST", SigningAlgorithm="ECDSA_SHA_256"
            )
        return answer["Signature"]

    def public_key(self) -> bytes:
        return self._public_key

    @cached_property
    def _public_key(self) -> bytes:
        with aws_errors("KMS"):
            return self._kms.get_public_key(KeyId=self._key_arn)["PublicKey"]


def _posting(item: dict[str, Any]) -> Posting:
    day, _, segment_id = item["at"]["S"].partition("/")
    return Posting(
        token=item["token"]["B"],
        day=day,
        segment_id=segment_id,
        tier=item["tier"]["S"],
        version_id=item["version"]["S"],
        rows=read_rows(item["rows"]["B"]),
    )
