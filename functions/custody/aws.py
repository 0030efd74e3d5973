"""The hands of the custodian: S3, DynamoDB. Keys are opened, and acts kept, with the hands of other rooms."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from functions.canonical import moment_text, parse_moment
from functions.capture.aside import suspect_key
from functions.custody.suspects import Sealed, Suspect
from functions.errors import Tampered
from functions.law.states import State
from functions.runtime import aws_errors, error_code

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

GONE = frozenset({"NoSuchKey", "404"})
NOT_MET = "ConditionalCheckFailedException"


class S3Quarantine:
    """The quarantine bucket."""

    def __init__(self, s3: "S3Client", bucket: str) -> None:
        self._s3, self._bucket = s3, bucket

    def head(self, record_id: str) -> Suspect | None:
        with aws_errors("S3"):
            try:
                answer = self._s3.head_object(Bucket=self._bucket, Key=suspect_key(record_id))
            except ClientError as error:
                if error_code(error) in GONE:
                    return None
                raise
        return _suspect(record_id, answer["Metadata"])

    def get(self, record_id: str) -> Sealed | None:
        with aws_errors("S3"):
            try:
                answer = self._s3.get_object(Bucket=self._bucket, Key=suspect_key(record_id))
                body = answer["Body"].read()
            except ClientError as error:
                if error_code(error) in GONE:
                    return None
                raise
        return Sealed(_suspect(record_id, answer["Metadata"]), body)

    def key(self, name: str) -> bytes:
        with aws_errors("S3"):
            try:
                return self._s3.get_object(Bucket=self._bucket, Key=name)["Body"].read()
            except ClientError as error:
                if error_code(error) in GONE:
                    raise Tampered(f"{name}: the key of a suspect that is there is not") from error
                raise

    def remove(self, prefix: str) -> int:
        with aws_errors("S3"):
            for key, version in self._versions(prefix):
                self._s3.delete_object(Bucket=self._bucket, Key=key, VersionId=version)
            return len(self._versions(prefix))

    def _versions(self, prefix: str) -> list[tuple[str, str]]:
        """Delete markers too. A prefix that ends in a record id is no other record's: they all have one length."""
        pages = self._s3.get_paginator("list_object_versions").paginate(Bucket=self._bucket, Prefix=prefix)
        return [
            (one["Key"], one["VersionId"])
            for page in pages
            for one in (*page.get("Versions", ()), *page.get("DeleteMarkers", ()))
        ]


class HeldTable:
    """The table Held; `token` is the suspects' own."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str, token: bytes) -> None:
        self._dynamodb, self._table, self._token = dynamodb, table, token

    def suspects(self, *, most: int) -> Sequence[str]:
        with aws_errors("DynamoDB"):
            answer = self._dynamodb.query(
                TableName=self._table,
                KeyConditionExpression="#token = :token",
                ExpressionAttributeNames={"#token": "token"},
                ExpressionAttributeValues={":token": {"B": self._token}},
                ConsistentRead=True,
                Limit=most,
            )
        return [item["record"]["S"] for item in answer["Items"]]

    def remove(self, record_id: str) -> None:
        key: dict[str, Any] = {"token": {"B": self._token}, "record": {"S": record_id}}
        with aws_errors("DynamoDB"):
            self._dynamodb.delete_item(TableName=self._table, Key=key)


class StateTable:
    """The table States."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb, self._table = dynamodb, table

    def of(self, record_id: str) -> State | None:
        with aws_errors("DynamoDB"):
            answer = self._dynamodb.get_item(
                TableName=self._table, Key={"record": {"B": bytes.fromhex(record_id)}}, ConsistentRead=True
            )
        return State(answer["Item"]["state"]["S"]) if "Item" in answer else None

    def put(self, record_id: str, state: State, *, act_id: str, at: datetime) -> None:
        item: dict[str, Any] = {
            "record": {"B": bytes.fromhex(record_id)},
            "state": {"S": state.value},
            "act": {"S": act_id},
            "at": {"S": moment_text(at)},
        }
        with aws_errors("DynamoDB"):
            try:
                self._dynamodb.put_item(
                    TableName=self._table,
                    Item=item,
                    ConditionExpression="attribute_not_exists(#record) OR NOT #state = :erased",
                    ExpressionAttributeNames={"#record": "record", "#state": "state"},
                    ExpressionAttributeValues={":erased": {"S": State.ERASED.value}},
                )
            except ClientError as error:
                if error_code(error) != NOT_MET:
                    raise


def _suspect(record_id: str, metadata: dict[str, str]) -> Suspect:
    return Suspect(
        record_id=record_id,
        reasons=tuple(metadata["reasons"].split()),
        since=parse_moment(metadata["since"]),
        due=parse_moment(metadata["due"]),
    )
