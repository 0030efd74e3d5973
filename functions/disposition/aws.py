"""The hands of the disposition room on tables: the list of holds."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from functions.canonical import moment_text, parse_moment
from functions.law.holds import Hold
from functions.runtime import aws_errors

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

ENDS = ("sent_from", "sent_until")
NAMES = ("custodians", "conversations")


class HoldTable:
    """The table Holds: those that stand. A few hundred items at most."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb, self._table = dynamodb, table

    def load(self) -> tuple[Hold, ...]:
        with aws_errors("DynamoDB"):
            return tuple(_hold(item) for item in self._items())

    def put(self, hold: Hold) -> None:
        with aws_errors("DynamoDB"):
            self._dynamodb.put_item(TableName=self._table, Item=_item(hold))

    def remove(self, hold_id: str) -> None:
        with aws_errors("DynamoDB"):
            self._dynamodb.delete_item(TableName=self._table, Key={"hold": {"S": hold_id}})

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
