"""The hands of the archive room: S3, KMS, DynamoDB, Secrets Manager. Writes to the vault; cannot read it back."""

import base64
import hashlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import IO, TYPE_CHECKING, Any, Literal

from botocore.exceptions import ClientError

from functions.archive.sequences import Mark, item_of
from functions.canonical import parse_moment
from functions.capture.delivery import DataKey
from functions.errors import AlreadyStored, Tampered, TryLater
from functions.law.locks import Lock
from functions.law.scope import Roll, Term
from functions.runtime import aws_errors, error_code

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_kms import KMSClient
    from mypy_boto3_s3 import S3Client

ROUNDING = timedelta(seconds=1)  # S3 keeps retain-until dates to the second or the millisecond
UNLOCKED = frozenset({"AccessDenied", "NoSuchKey", "NoSuchObjectLockConfiguration"})


class S3Lockbox:
    """A bucket with Object Lock."""

    def __init__(self, s3: "S3Client", bucket: str, kms_key: str) -> None:
        self._s3, self._bucket, self._kms_key = s3, bucket, kms_key

    def put_once(self, key: str, body: bytes, *, lock: Lock, legal_hold: bool = False) -> str:
        return self.put_stream(key, body, sha256=hashlib.sha256(body).digest(), lock=lock, legal_hold=legal_hold)

    def put_stream(
        self, key: str, body: "bytes | IO[bytes]", *, sha256: bytes, lock: Lock, legal_hold: bool = False
    ) -> str:
        checksum = base64.b64encode(sha256).decode()
        with aws_errors("S3"):
            version, stored = self._put(key, body, lock, checksum, "ON" if legal_hold else None)
            if stored != checksum:
                raise Tampered(f"{key}: S3 stored a checksum other than the one sent")
            self._check_lock(key, version, lock)
        return version

    def is_locked(self, key: str) -> bool:
        """Whether S3 knows a lock of it that runs; who may not list a bucket is denied what is not there."""
        with aws_errors("S3"):
            try:
                answer = self._s3.get_object_retention(Bucket=self._bucket, Key=key)
            except ClientError as error:
                if error_code(error) in UNLOCKED:
                    return False
                raise
        return answer["Retention"].get("Mode") is not None

    def _put(
        self, key: str, body: "bytes | IO[bytes]", lock: Lock, checksum: str, hold: Literal["ON"] | None
    ) -> tuple[str, str | None]:
        held: Any = {"ObjectLockLegalHoldStatus": hold} if hold else {}  # whose name alone needs a right of its own
        try:
            answer = self._s3.put_object(
                Bucket=self._bucket,
                Key=key,
                Body=body,
                IfNoneMatch="*",
                ChecksumAlgorithm="SHA256",
                ChecksumSHA256=checksum,
                ServerSideEncryption="aws:kms",
                SSEKMSKeyId=self._kms_key,
                BucketKeyEnabled=True,
                ObjectLockMode=lock.mode,  # type: ignore[arg-type]  # one of the two by settings
                ObjectLockRetainUntilDate=lock.until,
                **held,
            )
        except ClientError as error:
            if error_code(error) == "PreconditionFailed":
                raise AlreadyStored(f"{key} exists") from error
            raise
        return answer["VersionId"], answer.get("ChecksumSHA256")

    def _check_lock(self, key: str, version: str, lock: Lock) -> None:
        """What S3 says, not what was asked for."""
        answer = self._s3.get_object_retention(Bucket=self._bucket, Key=key, VersionId=version)
        retention = answer["Retention"]
        mode, until = retention.get("Mode"), retention.get("RetainUntilDate", datetime.min.replace(tzinfo=UTC))
        if mode != lock.mode or until < lock.until - ROUNDING:
            raise Tampered(f"{key}: asked for {lock.mode} until {lock.until}, S3 says {mode} until {until}")


class S3Parcels:
    """Deliveries too large for a queue message."""

    def __init__(self, s3: "S3Client", bucket: str) -> None:
        self._s3, self._bucket = s3, bucket

    def get(self, key: str) -> bytes:
        with aws_errors("S3"):
            try:
                return self._s3.get_object(Bucket=self._bucket, Key=key)["Body"].read()
            except ClientError as error:
                if error_code(error) == "NoSuchKey":
                    raise TryLater(f"{key} is not there") from error
                raise


class S3Quarantine:
    """What can never be archived. Not locked: an officer decides about it."""

    def __init__(self, s3: "S3Client", bucket: str, kms_key: str) -> None:
        self._s3, self._bucket, self._kms_key = s3, bucket, kms_key

    def put(self, name: str, body: bytes, *, reason: str) -> None:
        with aws_errors("S3"):
            self._s3.put_object(
                Bucket=self._bucket,
                Key=f"rejected/{name}",
                Body=body,
                Metadata={"reason": reason},
                ChecksumAlgorithm="SHA256",
                ServerSideEncryption="aws:kms",
                SSEKMSKeyId=self._kms_key,
            )


class KmsSegmentKeys:
    """Keys that this room can make and use once, but never unwrap again."""

    def __init__(self, kms: "KMSClient", key_arn: str) -> None:
        self._kms, self._key_arn = kms, key_arn

    def generate(self, context: dict[str, str]) -> DataKey:
        with aws_errors("KMS"):
            answer = self._kms.generate_data_key(KeyId=self._key_arn, NumberOfBytes=32, EncryptionContext=context)
        return DataKey(answer["Plaintext"], answer["CiphertextBlob"], context)


class KmsUnwrap:
    """Unwraps delivery keys; remembers them for as long as it lives, which is one batch."""

    def __init__(self, kms: "KMSClient", key_arn: str) -> None:
        self._kms, self._key_arn = kms, key_arn
        self._known: dict[tuple[bytes, str], bytes] = {}

    def __call__(self, wrapped: bytes, context: dict[str, str]) -> bytes:
        name = (wrapped, repr(sorted(context.items())))
        if name not in self._known:
            self._known[name] = self._decrypt(wrapped, context)
        return self._known[name]

    def _decrypt(self, wrapped: bytes, context: dict[str, str]) -> bytes:
        with aws_errors("KMS"):
            try:
                return self._kms.decrypt(KeyId=self._key_arn, CiphertextBlob=wrapped, EncryptionContext=context)[
                    "Plaintext"
                ]
            except ClientError as error:
                if error_code(error) in {"InvalidCiphertextException", "IncorrectKeyException"}:
                    raise Tampered("a delivery's key is not wrapped by the intake key for it") from error
                raise


class SequenceTable:
    """The table Sequences, to add to."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb, self._table = dynamodb, table

    def put(self, marks: Iterable[Mark]) -> None:
        with aws_errors("DynamoDB"):
            for mark in marks:
                self._dynamodb.put_item(TableName=self._table, Item=item_of(mark))


class CustodianTable:
    """The custodians with their contacts and what is excluded, whole: a few thousand items at most."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb, self._table = dynamodb, table

    def load(self) -> Roll:
        with aws_errors("DynamoDB"):
            items = list(self._items())
        listed = {
            role: [item["token"]["B"] for item in items if _role(item) == role] for role in ("contact", "excluded")
        }
        terms = (_term(item) for item in items if _role(item) == "custodian")
        return Roll(terms, contacts=listed["contact"], excluded=listed["excluded"])

    def _items(self) -> Iterator[dict[str, Any]]:
        for page in self._dynamodb.get_paginator("scan").paginate(TableName=self._table, ConsistentRead=True):
            yield from page["Items"]


def _role(item: dict[str, Any]) -> str:
    """What the entry is; one without a role is a custodian."""
    return str(item.get("role", {"S": "custodian"})["S"])


def _term(item: dict[str, Any]) -> Term:
    until, device = item.get("valid_until"), item.get("device")
    return Term(
        token=item["token"]["B"],
        valid_from=parse_moment(item["valid_from"]["S"]),
        valid_until=parse_moment(until["S"]) if until else None,
        regimes=frozenset(item.get("regimes", {"SS": []})["SS"]),
        jurisdictions=frozenset(item.get("jurisdictions", {"SS": []})["SS"]),
        device=device["S"] if device else None,
    )
