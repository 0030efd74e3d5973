"""The hands of the archive room on its tables: what was agreed, waits, was dropped, adds up, or holds."""

import itertools
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from functions.archive.counting import Place, Steps
from functions.archive.ledger import Entry, Person, ledger_of, text_of
from functions.archive.tombstones import Tombstone
from functions.archive.waiting import Waiting
from functions.canonical import moment_text, parse_moment
from functions.errors import TryLater
from functions.law.holds import Hold
from functions.runtime import aws_errors, error_code

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

MOST_READ = 100  # items of one BatchGetItem
MOST_WRITTEN = 25  # of one BatchWriteItem
MOST_TOGETHER = 99  # of one transaction, which takes a hundred, with the number beside them
COUNTED = "ConditionalCheckFailed"
NOW = "now"
ASKED = "asked "
SUM = "#"
"""Sort key of a counter's value; those of its members are longer."""


class Table:
    """One table, and what DynamoDB leaves unprocessed."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb, self._table = dynamodb, table

    def _get(self, keys: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        """Consistent reads, a hundred at a time."""
        for chunk in batched(keys, MOST_READ):
            wanted: dict[str, Any] = {self._table: {"Keys": chunk, "ConsistentRead": True}}
            while wanted:
                answer: Any = self._dynamodb.batch_get_item(RequestItems=wanted)
                yield from answer["Responses"].get(self._table, [])
                wanted = answer.get("UnprocessedKeys", {})

    def _write(self, requests: Iterable[dict[str, Any]]) -> None:
        for chunk in batched(requests, MOST_WRITTEN):
            wanted: dict[str, Any] = {self._table: chunk}
            while wanted:
                wanted = self._dynamodb.batch_write_item(RequestItems=wanted).get("UnprocessedItems", {})


class ConsentTable(Table):
    """Each person's entries, as a set that only grows, and the log of where each came from."""

    def enter(self, entry: Entry) -> None:
        with aws_errors("DynamoDB"):
            logged = self._update(entry.token, entry.name, "SET entry = if_not_exists(entry, :entry)", entry)
            stands = logged["Attributes"]["entry"]["S"]
            self._dynamodb.update_item(
                TableName=self._table,
                Key={"token": {"B": entry.token}, "sk": {"S": NOW}},
                UpdateExpression="ADD standings :stands",
                ExpressionAttributeValues={":stands": {"SS": [stands]}},
            )

    def people(self, tokens: Collection[bytes]) -> Mapping[bytes, Person]:
        with aws_errors("DynamoDB"):
            items = list(self._get({"token": {"B": token}, "sk": {"S": NOW}} for token in tokens))
        return {item["token"]["B"]: _person(item) for item in items}

    def ask(self, token: bytes, purpose: str, category: str, *, now: datetime) -> None:
        with aws_errors("DynamoDB"):
            self._dynamodb.update_item(
                TableName=self._table,
                Key={"token": {"B": token}, "sk": {"S": NOW}},
                UpdateExpression="SET #asked = :now",
                ExpressionAttributeNames={"#asked": f"{ASKED}{purpose} {category}"},
                ExpressionAttributeValues={":now": {"S": moment_text(now)}},
            )

    def _update(self, token: bytes, name: str, update: str, entry: Entry) -> Any:
        return self._dynamodb.update_item(
            TableName=self._table,
            Key={"token": {"B": token}, "sk": {"S": name}},
            UpdateExpression=update,
            ExpressionAttributeValues={":entry": {"S": text_of(entry.standing)}},
            ReturnValues="ALL_NEW",
        )


class HeldTable(Table):
    """What waits outside the vault."""

    def put(self, waiting: Sequence[Waiting]) -> None:
        with aws_errors("DynamoDB"):
            for one in waiting:
                self._put_new(one.item())

    def _put_new(self, item: dict[str, Any]) -> None:
        new = "attribute_not_exists(due)"
        try:
            self._dynamodb.put_item(TableName=self._table, Item=item, ConditionExpression=new)
        except ClientError as error:
            if error_code(error) != "ConditionalCheckFailedException":
                raise

    def records(self, token: bytes) -> Iterator[str]:
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="#token = :token",
            ExpressionAttributeNames={"#token": "token"},
            ExpressionAttributeValues={":token": {"B": token}},
            ConsistentRead=True,
        )
        with aws_errors("DynamoDB"):
            for page in pages:
                yield from (item["record"]["S"] for item in page["Items"])

    def remove(self, tokens: Iterable[bytes], record: str) -> None:
        keys = ({"token": {"B": token}, "record": {"S": record}} for token in tokens)
        with aws_errors("DynamoDB"):
            self._write({"DeleteRequest": {"Key": key}} for key in keys)


class TombstoneTable(Table):
    """How many captures were dropped."""

    def put(self, stones: Sequence[Tombstone]) -> None:
        with aws_errors("DynamoDB"):
            self._write({"PutRequest": {"Item": one.item()}} for one in stones)


class CounterTable(Table):
    """Sums and their members. Remembers the members it has seen, so that the same people cost nothing twice."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str, remembered: int = 100_000) -> None:
        super().__init__(dynamodb, table)
        self._remembered = remembered
        self._counted: set[tuple[Place, bytes]] = set()

    def values(self, places: Iterable[Place]) -> Mapping[Place, int]:
        names = {_name(place): place for place in places}
        with aws_errors("DynamoDB"):
            items = list(self._get({"counter": {"S": name}, "member": {"S": SUM}} for name in names))
        return {names[item["counter"]["S"]]: int(item["n"]["N"]) for item in items}

    def add(self, steps: Steps) -> None:
        with aws_errors("DynamoDB"):
            fresh: dict[Place, list[bytes]] = {}
            for place, member in self._new(steps.members - self._counted):
                fresh.setdefault(place, []).append(member)
            for place, members in fresh.items():
                for first in range(0, len(members), MOST_TOGETHER):
                    self._join(place, members[first : first + MOST_TOGETHER])
            for place, by in steps.sums.items():
                if by:
                    self._dynamodb.update_item(TableName=self._table, **_addition(place, by))
        self._remember(steps.members)

    def _join(self, place: Place, members: list[bytes]) -> None:
        """Members and their number in one transaction, so that neither is there without the other."""
        while members:
            puts: list[Any] = [{"Put": {"TableName": self._table, **_membership(place, one)}} for one in members]
            update: Any = {"Update": {"TableName": self._table, **_addition(place, len(members))}}
            try:
                self._dynamodb.transact_write_items(TransactItems=[*puts, update])
            except self._dynamodb.exceptions.TransactionCanceledException as error:
                reasons = [one.get("Code", "None") for one in error.response["CancellationReasons"]]
                if set(reasons) - {"None", COUNTED}:
                    raise TryLater("DynamoDB works on the same counter elsewhere") from error
                members = [one for one, reason in zip(members, reasons, strict=False) if reason != COUNTED]
            else:
                return

    def _new(self, members: Collection[tuple[Place, bytes]]) -> Iterator[tuple[Place, bytes]]:
        """Those that are not in the table: most are, and a hundred are asked for in one read."""
        keys = [{"counter": {"S": _name(place)}, "member": {"S": member.hex()}} for place, member in members]
        there = {(item["counter"]["S"], item["member"]["S"]) for item in self._get(keys)}
        return (one for one in sorted(members) if (_name(one[0]), one[1].hex()) not in there)

    def _remember(self, members: Collection[tuple[Place, bytes]]) -> None:
        if len(self._counted) > self._remembered:
            self._counted.clear()
        self._counted.update(members)


class HoldTable(Table):
    """The legal holds, whole: a few hundred items at most."""

    def load(self) -> tuple[Hold, ...]:
        """Those that stand. Raises TryLater."""
        pages = self._dynamodb.get_paginator("scan").paginate(TableName=self._table, ConsistentRead=True)
        with aws_errors("DynamoDB"):
            return tuple(_hold(item) for page in pages for item in page["Items"] if "released" not in item)


def _addition(place: Place, by: int) -> dict[str, Any]:
    return {
        "Key": {"counter": {"S": _name(place)}, "member": {"S": SUM}},
        "UpdateExpression": "ADD n :by",
        "ExpressionAttributeValues": {":by": {"N": str(by)}},
    }


def _membership(place: Place, member: bytes) -> dict[str, Any]:
    return {
        "Item": {"counter": {"S": _name(place)}, "member": {"S": member.hex()}},
        "ConditionExpression": "attribute_not_exists(#member)",
        "ExpressionAttributeNames": {"#member": "member"},
    }


def batched(values: Iterable[dict[str, Any]], size: int) -> Iterator[list[dict[str, Any]]]:
    """As `itertools.batched` of Python 3.12."""
    left = iter(values)
    while chunk := list(itertools.islice(left, size)):
        yield chunk


def _name(place: Place) -> str:
    return f"{place[0]}/{place[1].hex()}"


def _person(item: dict[str, Any]) -> Person:
    asked = {
        (purpose, category): parse_moment(value["S"])
        for name, value in item.items()
        if name.startswith(ASKED)
        for purpose, _, category in (name.removeprefix(ASKED).rpartition(" "),)
    }
    return Person(ledger_of(item.get("standings", {"SS": []})["SS"]), asked)


def _hold(item: dict[str, Any]) -> Hold:
    sent_from, sent_until = (
        parse_moment(item[name]["S"]) if name in item else None for name in ("sent_from", "sent_until")
    )
    return Hold(
        id=item["hold"]["S"],
        matter=item["matter"]["S"],
        custodians=frozenset(item.get("custodians", {"BS": []})["BS"]),
        conversations=frozenset(item.get("conversations", {"BS": []})["BS"]),
        sent_from=sent_from,
        sent_until=sent_until,
        placed_by_act=item["act"]["S"],
    )
