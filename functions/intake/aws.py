"""The hands of the intake room: KMS, SQS, DynamoDB, S3, Secrets Manager."""

import base64
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from functions.canonical import moment_text, parse_moment
from functions.capture.delivery import DataKey, encryption_context
from functions.capture.tokens import IndexKey
from functions.intake.accept import Claim, World
from functions.intake.endpoints import Endpoints
from functions.intake.media import Permit, Wanted
from functions.runtime import aws_errors, error_code, read_secret
from functions.settings import RoomSettings

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_kms import KMSClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sqs import SQSClient

KEY_LIFE = timedelta(minutes=5)
ENDPOINTS_LIFE = timedelta(minutes=1)
"""How long a rotated secret may take to be seen."""
UNLOCKED = frozenset({"AccessDenied", "NoSuchKey", "NoSuchObjectLockConfiguration"})
"""What S3 says of a lock that is not there; who may not list a bucket is denied what is not in it."""


class KmsDataKeys:
    """Data keys, each used for at most five minutes."""

    def __init__(self, kms: "KMSClient", key_arn: str, archive_id: str, clock: Callable[[], datetime]) -> None:
        self._kms, self._key_arn, self._clock = kms, key_arn, clock
        self._context = encryption_context(archive_id)
        self._current: tuple[datetime, DataKey] | None = None

    def __call__(self) -> DataKey:
        now = self._clock()
        if self._current is None or now - self._current[0] > KEY_LIFE:
            self._current = (now, self._generate())
        return self._current[1]

    def _generate(self) -> DataKey:
        with aws_errors("KMS"):
            answer = self._kms.generate_data_key(KeyId=self._key_arn, NumberOfBytes=32, EncryptionContext=self._context)
        return DataKey(answer["Plaintext"], answer["CiphertextBlob"], self._context)


class EndpointsSecret:
    """Who may deliver, read again every minute."""

    def __init__(self, secrets: "SecretsManagerClient", secret_arn: str, clock: Callable[[], datetime]) -> None:
        self._secrets, self._secret_arn, self._clock = secrets, secret_arn, clock
        self._current: tuple[datetime, Endpoints] | None = None

    def load(self) -> Endpoints:
        now = self._clock()
        if self._current is None or now - self._current[0] > ENDPOINTS_LIFE:
            self._current = (now, Endpoints.from_secret(read_secret(self._secrets, self._secret_arn)))
        return self._current[1]


class SqsQueue:
    """The capture queue."""

    def __init__(self, sqs: "SQSClient", url: str) -> None:
        self._sqs, self._url = sqs, url

    def send(self, body: str) -> None:
        with aws_errors("SQS"):
            self._sqs.send_message(QueueUrl=self._url, MessageBody=body)


class S3ParcelStore:
    """Sealed deliveries too large for the queue."""

    def __init__(self, s3: "S3Client", bucket: str) -> None:
        self._s3, self._bucket = s3, bucket

    def put(self, key: str, body: bytes) -> None:
        with aws_errors("S3"):
            self._s3.put_object(Bucket=self._bucket, Key=key, Body=body, ChecksumAlgorithm="SHA256")


class S3Shelf:
    """The vault's media, of which this room may see the locks and nothing else."""

    def __init__(self, s3: "S3Client", bucket: str) -> None:
        self._s3, self._bucket = s3, bucket

    def holds(self, key: str) -> bool:
        with aws_errors("S3"):
            try:
                self._s3.get_object_retention(Bucket=self._bucket, Key=key)
            except ClientError as error:
                if error_code(error) in UNLOCKED:
                    return False
                raise
        return True


class GenerationTable:
    """The table Media, of which this room asks one thing, and says one."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb, self._table = dynamodb, table

    def of(self, name: str) -> int:
        with aws_errors("DynamoDB"):
            answer = self._dynamodb.get_item(
                TableName=self._table,
                Key={"media": {"B": bytes.fromhex(name)}},
                ConsistentRead=True,
                ProjectionExpression="generation",
            )
        return int(answer.get("Item", {}).get("generation", {"N": "0"})["N"])

    def touch(self, name: str, generation: int, *, now: datetime) -> bool:
        first = "attribute_not_exists(generation)"  # which is not written down
        values: dict[str, Any] = {":now": {"S": moment_text(now)}}
        with aws_errors("DynamoDB"):
            try:
                self._dynamodb.update_item(
                    TableName=self._table,
                    Key={"media": {"B": bytes.fromhex(name)}},
                    UpdateExpression="SET touched_at = :now",
                    ConditionExpression="generation = :seen" if generation else first,
                    ExpressionAttributeValues=values | ({":seen": {"N": str(generation)}} if generation else {}),
                )
            except ClientError as error:
                if error_code(error) != "ConditionalCheckFailedException":
                    raise
                return False
        return True


class S3Uploads:
    """Permissions to put one file into the intake bucket: presigned, with everything bound that must be so."""

    def __init__(self, s3: "S3Client", bucket: str) -> None:
        self._s3, self._bucket = s3, bucket

    def permit(self, key: str, wanted: Wanted, *, seconds: int) -> Permit:
        checksum = base64.b64encode(bytes.fromhex(wanted.sha256)).decode()
        said = {"gateway": wanted.gateway, "media-type": wanted.media_type, "md5": wanted.md5}
        metadata = {name: value for name, value in said.items() if value is not None}
        url = self._s3.generate_presigned_url(
            "put_object",
            Params={
                "Bucket": self._bucket,
                "Key": key,
                "ContentLength": wanted.size_bytes,
                "ChecksumSHA256": checksum,
                "Metadata": metadata,
            },
            ExpiresIn=seconds,
        )
        headers = {"content-length": str(wanted.size_bytes), "x-amz-checksum-sha256": checksum}
        return Permit(url, headers | {f"x-amz-meta-{name}": value for name, value in metadata.items()})


class ClaimTable:
    """Which deliveries have come before."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb, self._table = dynamodb, table

    def claim(self, name: bytes, mine: Claim, *, expires_at: datetime) -> Claim:
        item: dict[str, Any] = {
            "claim": {"B": name},
            "body": {"B": mine.body},
            "delivery_id": {"S": mine.delivery_id},
            "received_at": {"S": moment_text(mine.received_at)},
            "expires_at": {"N": str(int(expires_at.timestamp()))},
        }
        with aws_errors("DynamoDB"):
            try:
                self._dynamodb.put_item(
                    TableName=self._table,
                    Item=item,
                    ConditionExpression="attribute_not_exists(claim)",
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
            except ClientError as error:
                if error_code(error) == "ConditionalCheckFailedException":
                    return _claim(error.response["Item"])  # type: ignore[typeddict-item]  # asked for above
                raise
        return mine

    def mark_queued(self, name: bytes) -> None:
        with aws_errors("DynamoDB"), suppress(self._dynamodb.exceptions.ConditionalCheckFailedException):
            self._dynamodb.update_item(
                TableName=self._table,
                Key={"claim": {"B": name}},
                UpdateExpression="SET queued = :yes",
                ConditionExpression="attribute_exists(claim)",  # one that has just expired stays gone
                ExpressionAttributeValues={":yes": {"BOOL": True}},
            )


def _claim(item: dict[str, Any]) -> Claim:
    return Claim(
        body=item["body"]["B"],
        delivery_id=item["delivery_id"]["S"],
        received_at=parse_moment(item["received_at"]["S"]),
        queued="queued" in item,
    )


class Delivering(RoomSettings):
    """Of a room that delivers captures: the door's, and every room that records what it did."""

    archive_id: str
    capture_queue_url: str
    intake_bucket: str
    intake_key_arn: str
    deliveries_table: str
    index_secret_arn: str


def delivering(own: Delivering, config: Config, clock: Callable[[], datetime]) -> World:
    """What it delivers with. Raises TryLater."""
    secret = read_secret(boto3.client("secretsmanager", config=config), own.index_secret_arn)
    return World(
        archive_id=own.archive_id,
        index_key=IndexKey(secret.encode()),
        claims=ClaimTable(boto3.client("dynamodb", config=config), own.deliveries_table),
        queue=SqsQueue(boto3.client("sqs", config=config), own.capture_queue_url),
        parcels=S3ParcelStore(boto3.client("s3", config=config), own.intake_bucket),
        data_key=KmsDataKeys(boto3.client("kms", config=config), own.intake_key_arn, own.archive_id, clock),
    )
