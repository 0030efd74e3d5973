"""The tables Scopes and Exports: what a scope holds, in parts, and what was approved in a year. Tokens and numbers.

The room border writes Scopes and the office reads it; the office alone writes Exports.
"""

import struct
from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from functions.canonical import moment_text, parse_moment
from functions.capture.tokens import TOKEN_BYTES
from functions.errors import AlreadyStored
from functions.law.export import ID_BYTES, Approval, Measured, Part, Piece, Trait, Year
from functions.runtime import aws_errors, error_code

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

PERSON = struct.Struct(f"{TOKEN_BYTES}sB")
trait_of = cache(Trait)
NOT_MET = "ConditionalCheckFailedException"
PEOPLE_OF_ONE = 20_000
"""Persons of one item: 340 kB, and DynamoDB takes 400."""
MEASURED, PIECE, PEOPLE = "measured", "piece#", "people#"
COUNTS = ("records", "persons", "sensitive_persons", "consent_persons", "broken")


class ScopeTable:
    """The table Scopes."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb, self._table = dynamodb, table

    def put_piece(self, scope: str, after: str, piece: Piece) -> Piece:
        return _piece(self._put_new({"scope": {"S": scope}, "part": {"S": PIECE + after}, **_of_piece(piece)}))

    def piece(self, scope: str, after: str) -> Piece | None:
        item = self._get(scope, PIECE + after)
        return _piece(item) if item else None

    def pieces(self, scope: str) -> Iterator[Piece]:
        yield from map(_piece, self._query(scope, PIECE))

    def finish(self, measured: Measured, people: Mapping[bytes, Trait]) -> Measured:
        """The number last: what is measured is there whole."""
        with aws_errors("DynamoDB"):
            for part, packed in _chunks(people):
                item: dict[str, Any] = {"scope": {"S": measured.act}, "part": {"S": part}, "people": {"B": packed}}
                self._dynamodb.put_item(TableName=self._table, Item=item)
        return _measured(self._put_new(_of_measured(measured)))

    def measured(self, scope: str) -> Measured | None:
        item = self._get(scope, MEASURED)
        return _measured(item) if item else None

    def people(self, scope: str) -> dict[bytes, Trait]:
        found: dict[bytes, Trait] = {}
        for item in self._query(scope, PEOPLE):
            found |= _unpack(item["people"]["B"])
        return found

    def _put_new(self, item: dict[str, Any]) -> dict[str, Any]:
        """The item that stands: this one, or that of whoever was first."""
        with aws_errors("DynamoDB"):
            try:
                self._dynamodb.put_item(
                    TableName=self._table,
                    Item=item,
                    ConditionExpression="attribute_not_exists(#scope)",
                    ExpressionAttributeNames={"#scope": "scope"},
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
            except ClientError as error:
                if error_code(error) != NOT_MET:
                    raise
                return error.response["Item"]  # type: ignore[typeddict-item,no-any-return]  # asked for above
        return item

    def _get(self, scope: str, part: str) -> dict[str, Any] | None:
        with aws_errors("DynamoDB"):
            answer = self._dynamodb.get_item(
                TableName=self._table, Key={"scope": {"S": scope}, "part": {"S": part}}, ConsistentRead=True
            )
        return answer.get("Item")

    def _query(self, scope: str, front: str) -> Iterator[dict[str, Any]]:
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="#scope = :scope AND begins_with(#part, :front)",
            ExpressionAttributeNames={"#scope": "scope", "#part": "part"},
            ExpressionAttributeValues={":scope": {"S": scope}, ":front": {"S": front}},
            ConsistentRead=True,
        )
        with aws_errors("DynamoDB"):
            for page in pages:
                yield from page["Items"]


class ExportTable:
    """The table Exports: one item for each year."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb, self._table = dynamodb, table

    def year(self, year: int) -> Year:
        with aws_errors("DynamoDB"):
            answer = self._dynamodb.get_item(TableName=self._table, Key={"year": {"S": str(year)}}, ConsistentRead=True)
        item: dict[str, Any] | None = answer.get("Item")
        if item is None:
            return Year(year=year)
        approvals = tuple(_approval(one["M"]) for one in item["approvals"]["L"])
        return Year(year=year, turn=int(item["turn"]["N"]), approvals=approvals)

    def enter(self, year: Year, approval: Approval) -> None:
        approvals = [{"M": _of_approval(one)} for one in (*year.approvals, approval)]
        item: dict[str, Any] = {
            "year": {"S": str(year.year)},
            "turn": {"N": str(year.turn + 1)},
            "approvals": {"L": approvals},
        }
        with aws_errors("DynamoDB"):
            try:
                self._dynamodb.put_item(
                    TableName=self._table,
                    Item=item,
                    **_follows(year.turn),
                )
            except ClientError as error:
                if error_code(error) == NOT_MET:
                    raise AlreadyStored(f"year {year.year}: turn {year.turn + 1} was somebody else's") from error
                raise


def _follows(turn: int) -> dict[str, Any]:
    """The condition of what comes after it."""
    if turn == 0:
        return {"ConditionExpression": "attribute_not_exists(turn)"}
    return {"ConditionExpression": "turn = :turn", "ExpressionAttributeValues": {":turn": {"N": str(turn)}}}


def _of_piece(piece: Piece) -> dict[str, Any]:
    """DynamoDB has no empty sets, so what is empty is left out."""
    part, then = piece.part, piece.then
    return {
        "records": {"B": b"".join(sorted(part.records))},
        "people": {"B": _pack(part.people)},
        "left": {"M": {reason: {"B": b"".join(sorted(ids))} for reason, ids in part.left.items()}},
        **{name: {"SS": sorted(held)} for name, held in (("tiers", part.tiers), ("broken", part.broken)) if held},
        **({"then": {"S": then}} if then is not None else {}),
    }


def _piece(item: Mapping[str, Any]) -> Piece:
    part = Part(
        records=_ids(item["records"]["B"]),
        people=_unpack(item["people"]["B"]),
        tiers=frozenset(item["tiers"]["SS"]) if "tiers" in item else frozenset(),
        left={reason: _ids(ids["B"]) for reason, ids in item["left"]["M"].items()},
        broken=frozenset(item["broken"]["SS"]) if "broken" in item else frozenset(),
    )
    return Piece(part, item["then"]["S"] if "then" in item else None)


def _of_measured(measured: Measured) -> dict[str, Any]:
    return {
        "scope": {"S": measured.act},
        "part": {"S": MEASURED},
        "state": {"S": measured.state},
        "at": {"S": moment_text(measured.at)},
        "left": {"M": {reason: {"N": str(count)} for reason, count in measured.left.items()}},
        **{name: {"N": str(getattr(measured, name))} for name in COUNTS},
        **({"tiers": {"SS": sorted(measured.tiers)}} if measured.tiers else {}),
        **({"sha256": {"S": measured.scope_sha256}} if measured.scope_sha256 else {}),
    }


def _measured(item: Mapping[str, Any]) -> Measured:
    return Measured(
        act=item["scope"]["S"],
        state=item["state"]["S"],
        at=parse_moment(item["at"]["S"]),
        tiers=frozenset(item["tiers"]["SS"]) if "tiers" in item else frozenset(),
        left={reason: int(count["N"]) for reason, count in item["left"]["M"].items()},
        scope_sha256=item["sha256"]["S"] if "sha256" in item else None,
        **{name: int(item[name]["N"]) for name in COUNTS},
    )


def _of_approval(approval: Approval) -> dict[str, Any]:
    return {"act": {"S": approval.act}, "scope": {"S": approval.scope}, "at": {"S": moment_text(approval.at)}}


def _approval(item: Mapping[str, Any]) -> Approval:
    return Approval(act=item["act"]["S"], scope=item["scope"]["S"], at=parse_moment(item["at"]["S"]))


def _chunks(people: Mapping[bytes, Trait]) -> Iterator[tuple[str, bytes]]:
    """By the name of their item."""
    tokens = sorted(people)
    for number, first in enumerate(range(0, len(tokens), PEOPLE_OF_ONE)):
        some = tokens[first : first + PEOPLE_OF_ONE]
        yield f"{PEOPLE}{number:04}", _pack({token: people[token] for token in some})


def _pack(people: Mapping[bytes, Trait]) -> bytes:
    return b"".join(token + bytes([people[token]]) for token in sorted(people))


def _unpack(packed: bytes) -> dict[bytes, Trait]:
    return {token: trait_of(bits) for token, bits in PERSON.iter_unpack(packed)}


def _ids(packed: bytes) -> frozenset[bytes]:
    return frozenset(packed[first : first + ID_BYTES] for first in range(0, len(packed), ID_BYTES))
