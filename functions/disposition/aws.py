"""The hands of the disposition room: locks and legal holds of objects, the list of holds, its own queue."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from functions.canonical import moment_text, parse_moment
from functions.disposition.orders import Order
from functions.errors import Tampered
from functions.law.holds import Hold
from functions.law.locks import Lock
from functions.runtime import aws_errors, error_code

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient

ORDERED = frozenset({"approved", "ordered", "done", "failed"})
"""States of an act that is approved, whatever has become of its order."""
ENDED = frozenset({"done", "failed"})
MISSING = frozenset({"NoSuchKey", "NoSuchVersion"})
NOT_MET = "ConditionalCheckFailedException"
ENDS = ("sent_from", "sent_until")
NAMES = ("custodians", "conversations")


class S3Objects:
    """A bucket with Object Lock, whose locks may be extended and whose objects may be held."""

    def __init__(self, s3: "S3Client", bucket: str) -> None:
        self._s3, self._bucket = s3, bucket

    def lock(self, key: str, version_id: str | None) -> Lock | None:
        with aws_errors("S3"), _missing(key):
            try:
                answer = self._s3.get_object_retention(Bucket=self._bucket, Key=key, **_version(version_id))
            except ClientError as error:
                if error_code(error) == "NoSuchObjectLockConfiguration":
                    return None
                raise
        return Lock(answer["Retention"]["Mode"], answer["Retention"]["RetainUntilDate"])

    def extend(self, key: str, version_id: str | None, lock: Lock) -> None:
        retention: Any = {"Mode": lock.mode, "RetainUntilDate": lock.until}
        with aws_errors("S3"), _missing(key):
            self._s3.put_object_retention(Bucket=self._bucket, Key=key, Retention=retention, **_version(version_id))

    def hold(self, key: str, version_id: str | None, *, on: bool) -> None:
        status: Any = {"Status": "ON" if on else "OFF"}
        with aws_errors("S3"), _missing(key):
            self._s3.put_object_legal_hold(Bucket=self._bucket, Key=key, LegalHold=status, **_version(version_id))


class ActTable:
    """The table Acts: whether an order was approved, and that it was carried out."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb, self._table = dynamodb, table

    def approved(self, order: Order, *, people: int) -> bool:
        item = self._item(order.act)
        said = tuple(item.get(name, {}).get("B") for name in ("record", "ordered"))
        who = {item[name]["B"] for name in ("proposer", "decider") if name in item}
        return (
            (item.get("kind", {}).get("S"), *said) == (order.kind, order.record, order.digest)
            and item["recorded"]["BOOL"]
            and item["state"]["S"] in ORDERED
            and len(who) >= people
        )

    def ended(self, act_id: str) -> bool:
        return self._item(act_id)["state"]["S"] in ENDED

    def end(self, act_id: str, *, failed: bool) -> None:
        with aws_errors("DynamoDB"):
            try:
                self._dynamodb.update_item(
                    TableName=self._table,
                    Key={"act": {"S": act_id}},
                    UpdateExpression="SET #state = :state ADD turn :one",
                    ConditionExpression="#state IN (:approved, :ordered)",
                    ExpressionAttributeNames={"#state": "state"},
                    ExpressionAttributeValues={
                        ":state": {"S": "failed" if failed else "done"},
                        ":approved": {"S": "approved"},
                        ":ordered": {"S": "ordered"},
                        ":one": {"N": "1"},
                    },
                )
            except ClientError as error:
                if error_code(error) != NOT_MET:
                    raise

    def _item(self, act_id: str) -> dict[str, Any]:
        with aws_errors("DynamoDB"):
            answer = self._dynamodb.get_item(TableName=self._table, Key={"act": {"S": act_id}}, ConsistentRead=True)
        return dict(answer.get("Item", {}))


class SqsAgain:
    """This room's own queue."""

    def __init__(self, sqs: "SQSClient", url: str) -> None:
        self._sqs, self._url = sqs, url

    def send(self, body: str, *, after_seconds: int) -> None:
        with aws_errors("SQS"):
            self._sqs.send_message(QueueUrl=self._url, MessageBody=body, DelaySeconds=after_seconds)


@contextmanager
def _missing(key: str) -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        if error_code(error) in MISSING:
            raise Tampered(f"{key}: not there, though the index says so") from error
        raise


def _version(version_id: str | None) -> Any:
    return {"VersionId": version_id} if version_id else {}


class HoldTable:
    """The table Holds: those that stand, and that there were others. A few hundred items at most."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb, self._table = dynamodb, table

    def load(self) -> tuple[Hold, ...]:
        with aws_errors("DynamoDB"):
            return tuple(_hold(item) for item in self._items() if "released" not in item)

    def put(self, hold: Hold) -> bool:
        return self._met(
            lambda: self._dynamodb.put_item(
                TableName=self._table, Item=_item(hold), ConditionExpression="attribute_not_exists(released)"
            )
        )

    def release(self, hold_id: str, *, by: str) -> bool:
        stands = "attribute_exists(matter) AND (attribute_not_exists(released) OR released = :act)"
        return self._met(
            lambda: self._dynamodb.update_item(
                TableName=self._table,
                Key={"hold": {"S": hold_id}},
                UpdateExpression="SET released = :act",
                ConditionExpression=stands,
                ExpressionAttributeValues={":act": {"S": by}},
            )
        )

    def released(self, hold_id: str, *, by: str) -> Hold | None:
        with aws_errors("DynamoDB"):
            answer = self._dynamodb.get_item(TableName=self._table, Key={"hold": {"S": hold_id}}, ConsistentRead=True)
        item: dict[str, Any] = dict(answer.get("Item", {}))
        return _hold(item) if "matter" in item and item.get("released", {}).get("S") == by else None

    def close(self, hold_id: str) -> None:
        with aws_errors("DynamoDB"):
            self._dynamodb.update_item(
                TableName=self._table,
                Key={"hold": {"S": hold_id}},
                UpdateExpression="REMOVE matter, #act, custodians, conversations, sent_from, sent_until",
                ExpressionAttributeNames={"#act": "act"},
            )

    def _met(self, write: Callable[[], object]) -> bool:
        """Whether the condition of a write held."""
        with aws_errors("DynamoDB"):
            try:
                write()
            except ClientError as error:
                if error_code(error) != NOT_MET:
                    raise
                return False
        return True

    def _items(self) -> Iterator[dict[str, Any]]:
        for page in self._dynamodb.get_paginator("scan").paginate(TableName=self._table, ConsistentRead=True):
            yield from page["Items"]


def _item(hold: Hold) -> dict[str, Any]:
    """DynamoDB has no empty sets, so what is empty or open is left out."""
    ends: dict[str, datetime | None] = {"sent_from": hold.sent_from, "sent_until": hold.sent_until}
    names = {"custodians": hold.custodians, "conversations": hold.conversations}
    return {
        "hold": {"S": hold.id},
        "matter": {"S": hold.matter},
        "act": {"S": hold.placed_by_act},
        **{name: {"S": moment_text(moment)} for name, moment in ends.items() if moment is not None},
        **{name: {"BS": sorted(tokens)} for name, tokens in names.items() if tokens},
    }


def _hold(item: dict[str, Any]) -> Hold:
    ends = {name: parse_moment(item[name]["S"]) if name in item else None for name in ENDS}
    names = {name: frozenset(item[name]["BS"]) if name in item else frozenset() for name in NAMES}
    return Hold(
        id=item["hold"]["S"],
        matter=item["matter"]["S"],
        placed_by_act=item["act"]["S"],
        custodians=names["custodians"],
        conversations=names["conversations"],
        sent_from=ends["sent_from"],
        sent_until=ends["sent_until"],
    )
