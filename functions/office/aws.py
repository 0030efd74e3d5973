"""The hands of the office: DynamoDB, KMS, SQS."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from functions.canonical import moment_text, parse_moment
from functions.capture.delivery import DataKey
from functions.errors import AlreadyStored, Rejected, Tampered
from functions.law.states import State as RecordState
from functions.office.act import Act, Line, State
from functions.runtime import aws_errors, error_code

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_kms import KMSClient
    from mypy_boto3_sqs import SQSClient

BY_STATE, BY_KIND = "ByState", "ByKind"
NOT_MET = "ConditionalCheckFailedException"


class ActTable:
    """The table Acts."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb, self._table = dynamodb, table

    def put_new(self, act: Act) -> Act:
        with aws_errors("DynamoDB"):
            try:
                self._dynamodb.put_item(
                    TableName=self._table,
                    Item=_item(act),
                    ConditionExpression="attribute_not_exists(act)",
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
            except ClientError as error:
                if error_code(error) == NOT_MET:
                    return _act(error.response["Item"])  # type: ignore[typeddict-item]  # asked for above
                raise
        return act

    def get(self, act_id: str) -> Act | None:
        with aws_errors("DynamoDB"):
            answer = self._dynamodb.get_item(TableName=self._table, Key={"act": {"S": act_id}}, ConsistentRead=True)
        return _act(answer["Item"]) if "Item" in answer else None

    def replace(self, act: Act) -> None:
        with aws_errors("DynamoDB"):
            try:
                self._dynamodb.put_item(
                    TableName=self._table,
                    Item=_item(act),
                    ConditionExpression="turn = :before",
                    ExpressionAttributeValues={":before": {"N": str(act.turn - 1)}},
                )
            except ClientError as error:
                if error_code(error) == NOT_MET:
                    raise AlreadyStored(f"act {act.act_id}: turn {act.turn} was somebody else's") from error
                raise

    def by_state(self, state: State, *, most: int) -> list[Line]:
        with aws_errors("DynamoDB"):
            answer = self._dynamodb.query(
                TableName=self._table,
                IndexName=BY_STATE,
                KeyConditionExpression="#state = :state",
                ExpressionAttributeNames={"#state": "state"},
                ExpressionAttributeValues={":state": {"S": state.value}},
                ScanIndexForward=False,
                Limit=most,
            )
        return [_line(item) for item in answer["Items"]]

    def by_kind(self, kind: str, *, since: datetime) -> list[str]:
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self._table,
            IndexName=BY_KIND,
            KeyConditionExpression="kind = :kind AND #at >= :since",
            ExpressionAttributeNames={"#at": "at"},
            ExpressionAttributeValues={":kind": {"S": kind}, ":since": {"S": moment_text(since)}},
            ScanIndexForward=False,
        )
        with aws_errors("DynamoDB"):
            return [item["act"]["S"] for page in pages for item in page["Items"]]


class StateTable:
    """The table States: what no act has changed is not in it."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb, self._table = dynamodb, table

    def put(self, record: bytes, state: RecordState, *, act_id: str, at: datetime) -> None:
        kept = {":frozen": RecordState.SECRET_FROZEN.value, ":erased": RecordState.ERASED.value}
        with aws_errors("DynamoDB"):
            try:
                self._dynamodb.put_item(
                    TableName=self._table,
                    Item={
                        "record": {"B": record},
                        "state": {"S": state.value},
                        "act": {"S": act_id},
                        "at": {"S": moment_text(at)},
                    },
                    ConditionExpression="attribute_not_exists(#record)"
                    " OR (NOT #state IN (:frozen, :erased) AND #at < :at)",
                    ExpressionAttributeNames={"#record": "record", "#state": "state", "#at": "at"},
                    ExpressionAttributeValues={
                        ":at": {"S": moment_text(at)},
                        **{name: {"S": value} for name, value in kept.items()},
                    },
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
            except ClientError as error:
                if error_code(error) != NOT_MET:
                    raise
                stands = error.response["Item"]["state"]["S"]  # type: ignore[typeddict-item]  # asked for above
                if stands in kept.values():
                    raise Rejected(f"the record is {stands}") from error


class KmsActKeys:
    """Data keys of acts, each used once."""

    def __init__(self, kms: "KMSClient", key_arn: str) -> None:
        self._kms, self._key_arn = kms, key_arn

    def data_key(self, context: dict[str, str]) -> DataKey:
        with aws_errors("KMS"):
            answer = self._kms.generate_data_key(KeyId=self._key_arn, NumberOfBytes=32, EncryptionContext=context)
        return DataKey(answer["Plaintext"], answer["CiphertextBlob"], context)

    def unwrap(self, wrapped: bytes, context: dict[str, str]) -> bytes:
        with aws_errors("KMS"):
            try:
                return self._kms.decrypt(CiphertextBlob=wrapped, EncryptionContext=context)["Plaintext"]
            except ClientError as error:
                if error_code(error) == "InvalidCiphertextException":
                    raise Tampered("the act's key is not wrapped for this act") from error
                raise


class SqsOrders:
    """The queues of the rooms that carry orders out, by name."""

    def __init__(self, sqs: "SQSClient", urls: Mapping[str, str]) -> None:
        self._sqs, self._urls = sqs, urls

    def send(self, queue: str, body: str) -> None:
        with aws_errors("SQS"):
            self._sqs.send_message(QueueUrl=self._urls[queue], MessageBody=body)


def _item(act: Act) -> dict[str, Any]:
    optional = {"decider": act.decider, "record": act.record, "ordered": act.ordered}
    return {
        "act": {"S": act.act_id},
        "kind": {"S": act.kind},
        "state": {"S": act.state.value},
        "turn": {"N": str(act.turn)},
        "recorded": {"BOOL": act.recorded},
        "proposer": {"B": act.proposer},
        "digest": {"B": act.digest},
        "at": {"S": moment_text(act.at)},
        "open_until": {"S": moment_text(act.open_until)},
        "sealed": {"B": act.sealed},
        **{name: {"B": value} for name, value in optional.items() if value is not None},
    }


def _act(item: dict[str, Any]) -> Act:
    line = _line(item)
    return Act(
        act_id=line.act_id,
        kind=line.kind,
        state=line.state,
        turn=int(item["turn"]["N"]),
        recorded=line.recorded,
        proposer=item["proposer"]["B"],
        decider=item["decider"]["B"] if "decider" in item else None,
        digest=item["digest"]["B"],
        at=line.at,
        open_until=line.open_until,
        record=item["record"]["B"] if "record" in item else None,
        ordered=item["ordered"]["B"] if "ordered" in item else None,
        sealed=item["sealed"]["B"],
    )


def _line(item: Mapping[str, Any]) -> Line:
    return Line(
        act_id=item["act"]["S"],
        kind=item["kind"]["S"],
        state=State(item["state"]["S"]),
        recorded=item["recorded"]["BOOL"],
        at=parse_moment(item["at"]["S"]),
        open_until=parse_moment(item["open_until"]["S"]),
    )
