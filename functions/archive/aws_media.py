"""The hands on the table Media and on locks, for every room that follows a file: each uses what its role lets it."""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from functions.archive.media import Standing, Want
from functions.canonical import moment_text, parse_moment
from functions.errors import TryLater
from functions.law.locks import Lock
from functions.runtime import aws_errors, error_code

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

MISSING_INDEX = "missing"
UNLOCKED = frozenset({"AccessDenied", "NoSuchKey", "NoSuchObjectLockConfiguration"})
"""Who may not list a bucket is denied what is not there."""
SETS = ("wants", "keyrings", "aliases", "files", "holds")


class MediaTable:
    """The table Media: one item for each name of a file. Each method is one request."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb, self._table = dynamodb, table

    def want(self, media: bytes, wants: Collection[Want], *, holds: Collection[str], now: datetime) -> Standing:
        added = {"wants": [one.text for one in wants], "holds": holds}
        values = {f":{name}": _strings(texts) for name, texts in added.items() if texts}  # DynamoDB has no empty sets
        adds = ", ".join(f"{name[1:]} {name}" for name in values)
        update = f"SET wanted_at = if_not_exists(wanted_at, :now), touched_at = :now ADD {adds}"
        return self._update(media, update, values | {":now": {"S": moment_text(now)}})

    def hold(self, media: bytes, hold: str) -> Standing:
        return self._update(media, "ADD holds :holds", {":holds": _strings([hold])})

    def strike(self, media: bytes, holds: Collection[str]) -> None:
        self._update(media, "DELETE holds :holds", {":holds": _strings(holds)})

    def miss(self, media: bytes, *, now: datetime) -> None:
        unless = "attribute_not_exists(sealed_at) AND attribute_not_exists(missing_since)"
        self._update_if(unless, media, "SET missing_since = :day", {":day": {"S": now.date().isoformat()}})

    def begin(self, media: bytes, *, keyring: str, name: bytes, verdict: str) -> Standing:
        values = {":keyrings": _strings([keyring]), ":aliases": _strings([name.hex()]), ":verdict": {"S": verdict}}
        return self._update(media, "SET verdict = :verdict ADD keyrings :keyrings, aliases :aliases", values)

    def arrive(self, media: bytes, *, now: datetime) -> Standing:
        return self._update(media, "SET touched_at = :now", {":now": {"S": moment_text(now)}})

    def seal(self, media: bytes, *, generation: int, now: datetime) -> Standing:
        sealed = "SET sealed_at = if_not_exists(sealed_at, :now), touched_at = :now"
        sealed += " REMOVE missing_since, mismatch_at, erased_at"
        return self._change(media, sealed, {":now": {"S": moment_text(now)}}, {"generation": _number(generation)})

    def retire(self, media: bytes, seen: Standing, *, now: datetime) -> None:
        retired = "SET generation = :next, erased_at = :now"
        retired += " REMOVE sealed_at, wants, wanted_at, keyrings, verdict, missing_since, mismatch_at"
        values = {":next": _number(seen.generation + 1), ":now": {"S": moment_text(now)}}
        touched = {"S": moment_text(seen.touched_at)} if seen.touched_at else None
        holds = _strings(seen.holds) if seen.holds else None
        before = {"generation": _number(seen.generation), "touched_at": touched, "holds": holds}
        self._change(media, retired, values, before)

    def forget(self, name: bytes, media_id: str) -> None:
        self._update_if("files = :files", name, "REMOVE wants, wanted_at", {":files": _strings([media_id])})

    def link(self, name: bytes, media_id: str, *, now: datetime) -> Standing:
        values = {":now": {"S": moment_text(now)}, ":files": _strings([media_id])}
        sealed = "SET sealed_at = if_not_exists(sealed_at, :now) REMOVE missing_since, mismatch_at ADD files :files"
        return self._update(name, sealed, values)

    def mismatch(self, media: bytes, *, now: datetime) -> None:
        values = {":now": {"S": moment_text(now)}}
        self._update_if("attribute_not_exists(sealed_at)", media, "SET mismatch_at = :now", values)

    def get(self, media: bytes) -> Standing | None:
        with aws_errors("DynamoDB"):
            answer = self._dynamodb.get_item(TableName=self._table, Key={"media": {"B": media}}, ConsistentRead=True)
        item: dict[str, Any] | None = answer.get("Item")
        return _standing(item) if item else None

    def missing_on(self, day: str) -> Iterator[bytes]:
        """The files that are wanted since that day and not there. The index is a second behind."""
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self._table,
            IndexName=MISSING_INDEX,
            KeyConditionExpression="missing_since = :day",
            ExpressionAttributeValues={":day": {"S": day}},
        )
        with aws_errors("DynamoDB"):
            for page in pages:
                yield from (item["media"]["B"] for item in page["Items"])

    def _change(self, media: bytes, update: str, values: dict[str, Any], before: dict[str, Any]) -> Standing:
        """Only where these attributes still are what they were; None is not there. Raises TryLater."""
        condition = " AND ".join(
            f"attribute_not_exists({name})" if value is None else f"{name} = :before_{name}"
            for name, value in before.items()
        )
        values = values | {f":before_{name}": value for name, value in before.items() if value is not None}
        try:
            return self._update(media, update, values, condition)
        except ClientError as error:
            if error_code(error) == "ConditionalCheckFailedException":
                raise TryLater(f"media {media.hex()}: its item has changed meanwhile") from error
            raise

    def _update_if(self, condition: str, media: bytes, update: str, values: dict[str, Any]) -> None:
        """Nothing changes where it does not hold. Raises TryLater."""
        try:
            self._update(media, update, values, condition)
        except ClientError as error:
            if error_code(error) != "ConditionalCheckFailedException":
                raise

    def _update(self, media: bytes, update: str, values: dict[str, Any], condition: str | None = None) -> Standing:
        only: Any = {"ConditionExpression": condition} if condition else {}
        with aws_errors("DynamoDB"):
            answer = self._dynamodb.update_item(
                TableName=self._table,
                Key={"media": {"B": media}},
                UpdateExpression=update,
                ExpressionAttributeValues=values,
                ReturnValues="ALL_NEW",
                **only,
            )
        return _standing(answer["Attributes"])


class S3Locks:
    """Locks of the objects of one bucket."""

    def __init__(self, s3: "S3Client", bucket: str) -> None:
        self._s3, self._bucket = s3, bucket

    def lock_of(self, key: str) -> Lock | None:
        with aws_errors("S3"):
            try:
                retention: Any = self._s3.get_object_retention(Bucket=self._bucket, Key=key)["Retention"]
            except ClientError as error:
                if error_code(error) in UNLOCKED:
                    return None
                raise
        return Lock(retention["Mode"], retention["RetainUntilDate"]) if retention.get("Mode") else None

    def put_lock(self, key: str, lock: Lock) -> bool:
        with aws_errors("S3"):
            try:
                retention: Any = {"Mode": lock.mode, "RetainUntilDate": lock.until}
                self._s3.put_object_retention(Bucket=self._bucket, Key=key, Retention=retention)
            except ClientError as error:
                if error_code(error) == "AccessDenied":
                    return False
                raise
        return True

    def put_hold(self, key: str) -> None:
        with aws_errors("S3"):
            self._s3.put_object_legal_hold(Bucket=self._bucket, Key=key, LegalHold={"Status": "ON"})


def _number(generation: int) -> dict[str, str] | None:
    """The first is not written down."""
    return {"N": str(generation)} if generation else None


def _strings(values: Any) -> dict[str, Any]:
    return {"SS": sorted(values)}


def _standing(item: dict[str, Any]) -> Standing:
    wants, rings, names, files, holds = (frozenset(item.get(one, {}).get("SS", ())) for one in SETS)
    return Standing(
        wants=frozenset(map(Want.read, wants)),
        holds=holds,
        wanted_at=_moment(item, "wanted_at"),
        missing="missing_since" in item,
        keyrings=rings,
        names=names,
        files=files,
        generation=int(item.get("generation", {"N": "0"})["N"]),
        sealed_at=_moment(item, "sealed_at"),
        erased_at=_moment(item, "erased_at"),
        touched_at=_moment(item, "touched_at"),
        mismatch_at=_moment(item, "mismatch_at"),
        verdict=item.get("verdict", {}).get("S"),
    )


def _moment(item: dict[str, Any], name: str) -> datetime | None:
    return parse_moment(item[name]["S"]) if name in item else None
