"""The hands of the pull room: DynamoDB, Secrets Manager."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from functions.canonical import moment_text, parse_moment
from functions.errors import AlreadyStored
from functions.pull.cursor import Cursor, Gap
from functions.pull.secret import ChatSecret
from functions.runtime import aws_errors, error_code

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_secretsmanager import SecretsManagerClient


class CursorTable:
    """Cursors, as items of the table Deliveries that do not expire. `name` gives a corp's key in it."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str, name: Callable[[str], bytes]) -> None:
        self._dynamodb, self._table, self._name = dynamodb, table, name

    def load(self, corp_id: str) -> Cursor | None:
        with aws_errors("DynamoDB"):
            answer = self._dynamodb.get_item(TableName=self._table, Key=self._key(corp_id), ConsistentRead=True)
        item: dict[str, Any] | None = answer.get("Item")
        return _cursor(item) if item else None

    def save(self, corp_id: str, cursor: Cursor) -> None:
        with aws_errors("DynamoDB"):
            try:
                self._dynamodb.put_item(
                    TableName=self._table,
                    Item={**self._key(corp_id), **_item(cursor)},
                    ConditionExpression="attribute_not_exists(claim) OR seq <= :seq",
                    ExpressionAttributeValues={":seq": {"N": str(cursor.seq)}},
                )
            except ClientError as error:
                if error_code(error) == "ConditionalCheckFailedException":
                    raise AlreadyStored(f"another run has passed seq {cursor.seq}") from error
                raise

    def _key(self, corp_id: str) -> dict[str, Any]:
        return {"claim": {"B": self._name(corp_id)}}


def load_secret(secrets: "SecretsManagerClient", secret_arn: str) -> ChatSecret:
    """Raises TryLater, and pydantic's ValidationError when nobody has put it there yet."""
    with aws_errors("Secrets Manager"):
        text = secrets.get_secret_value(SecretId=secret_arn)["SecretString"]
    return ChatSecret.from_json(text)


def _item(cursor: Cursor) -> dict[str, Any]:
    item = {"seq": {"N": str(cursor.seq)}, "succeeded_at": {"S": moment_text(cursor.succeeded_at)}}
    if cursor.gap is not None:
        item["gap_seq"] = {"N": str(cursor.gap.requested_seq)}
        item["gap_since"] = {"S": moment_text(cursor.gap.last_success)}
    return item


def _cursor(item: dict[str, Any]) -> Cursor:
    gap = None
    if "gap_seq" in item:
        since = parse_moment(item["gap_since"]["S"])
        gap = Gap(requested_seq=int(item["gap_seq"]["N"]), last_success=since)
    return Cursor(seq=int(item["seq"]["N"]), succeeded_at=parse_moment(item["succeeded_at"]["S"]), gap=gap)
