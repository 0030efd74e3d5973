"""What a write to the vault and a read from it rest on: conditions, checksums, encryption, ranges, signatures."""

import base64
import hashlib
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

from tests.engines import seaweedfs
from tests.engines.process import Engine
from tests.engines.resources import KMS_KEY

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import PutObjectOutputTypeDef

BODY = b"0123456789"
UNTIL = datetime(2046, 11, 22, 8, 30, tzinfo=UTC)
WRITERS = 5


def sha256_base64(body: bytes) -> str:
    return base64.b64encode(hashlib.sha256(body).digest()).decode()


def seal(s3: "S3Client", bucket: str, key: str, body: bytes = BODY) -> "PutObjectOutputTypeDef":
    """The archive room's write, with every promise it asks for."""
    return s3.put_object(
        Bucket=bucket,
        Key=key,
        Body=body,
        IfNoneMatch="*",
        ChecksumAlgorithm="SHA256",
        ChecksumSHA256=sha256_base64(body),
        ServerSideEncryption="aws:kms",
        SSEKMSKeyId=KMS_KEY,
        BucketKeyEnabled=True,
        ObjectLockMode="COMPLIANCE",
        ObjectLockRetainUntilDate=UNTIL,
    )


def test_one_write_is_conditional_checked_encrypted_and_locked_at_once(
    seaweed_s3: "S3Client", seaweed_vault: str, key: str
) -> None:
    answer = seal(seaweed_s3, seaweed_vault, key)
    head = seaweed_s3.head_object(Bucket=seaweed_vault, Key=key, ChecksumMode="ENABLED")

    assert answer["ChecksumSHA256"] == head["ChecksumSHA256"] == sha256_base64(BODY)
    assert head["VersionId"] == answer["VersionId"]
    assert head["ServerSideEncryption"] == "aws:kms"
    assert head["SSEKMSKeyId"] == KMS_KEY
    assert (head["ObjectLockMode"], head["ObjectLockRetainUntilDate"]) == ("COMPLIANCE", UNTIL)


def test_a_second_write_of_a_key_is_refused_and_leaves_one_version(
    seaweed_s3: "S3Client", seaweed_vault: str, key: str
) -> None:
    seal(seaweed_s3, seaweed_vault, key)

    with pytest.raises(ClientError, match="PreconditionFailed"):
        seal(seaweed_s3, seaweed_vault, key, b"something else")
    versions = seaweed_s3.list_object_versions(Bucket=seaweed_vault, Prefix=key)["Versions"]
    assert len(versions) == 1
    assert seaweed_s3.get_object(Bucket=seaweed_vault, Key=key)["Body"].read() == BODY


def test_of_many_writers_of_one_key_exactly_one_wins(seaweed_s3: "S3Client", seaweed_vault: str, key: str) -> None:
    def write(writer: int) -> str:
        try:
            seal(seaweed_s3, seaweed_vault, key, b"writer %d" % writer)
        except ClientError as error:
            return error.response["Error"]["Code"]
        return "stored"

    with ThreadPoolExecutor(WRITERS) as pool:
        answers = list(pool.map(write, range(WRITERS)))

    assert answers.count("stored") == 1
    assert set(answers) <= {"stored", "PreconditionFailed", "ConditionalRequestConflict"}
    assert len(seaweed_s3.list_object_versions(Bucket=seaweed_vault, Prefix=key)["Versions"]) == 1


def test_bytes_that_do_not_match_their_checksum_are_refused(
    seaweed_s3: "S3Client", seaweed_vault: str, key: str
) -> None:
    with pytest.raises(ClientError, match="BadDigest"):
        seaweed_s3.put_object(Bucket=seaweed_vault, Key=key, Body=BODY, ChecksumSHA256=sha256_base64(b"other bytes"))

    with pytest.raises(ClientError, match="404"):
        seaweed_s3.head_object(Bucket=seaweed_vault, Key=key)


@pytest.mark.parametrize(
    ("wanted", "body", "answered"),
    [
        ("bytes=2-4", b"234", "bytes 2-4/10"),
        ("bytes=-3", b"789", "bytes 7-9/10"),
        ("bytes=7-99", b"789", "bytes 7-9/10"),
    ],
)
def test_a_range_read_gives_exactly_those_bytes(
    seaweed_s3: "S3Client", seaweed_vault: str, key: str, wanted: str, body: bytes, answered: str
) -> None:
    seal(seaweed_s3, seaweed_vault, key)

    found = seaweed_s3.get_object(Bucket=seaweed_vault, Key=key, Range=wanted)

    assert found["Body"].read() == body
    assert found["ContentRange"] == answered


def test_a_range_beyond_the_end_is_refused(seaweed_s3: "S3Client", seaweed_vault: str, key: str) -> None:
    seal(seaweed_s3, seaweed_vault, key)

    with pytest.raises(ClientError, match="InvalidRange"):
        seaweed_s3.get_object(Bucket=seaweed_vault, Key=key, Range="bytes=10-12")


def test_what_was_never_written_is_missing_by_name(seaweed_s3: "S3Client", seaweed_vault: str, key: str) -> None:
    with pytest.raises(ClientError, match="NoSuchKey"):
        seaweed_s3.get_object(Bucket=seaweed_vault, Key=key)
    with pytest.raises(ClientError, match="NoSuchBucket"):
        seaweed_s3.put_object(Bucket="never-made", Key=key, Body=BODY)


def test_a_caller_with_the_wrong_secret_is_refused(seaweed: Engine, seaweed_vault: str, key: str) -> None:
    with (
        closing(seaweedfs.client(seaweed.endpoint, secret_access_key="not the secret")) as stranger,
        pytest.raises(ClientError, match="SignatureDoesNotMatch") as refusal,
    ):
        stranger.put_object(Bucket=seaweed_vault, Key=key, Body=BODY)

    assert refusal.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403


def test_a_caller_without_a_signature_is_refused(seaweed: Engine, seaweed_vault: str, key: str) -> None:
    anonymous = boto3.client(
        "s3",
        endpoint_url=seaweed.endpoint,
        region_name=seaweedfs.REGION,
        config=Config(signature_version=UNSIGNED, retries={"total_max_attempts": 1}),
    )
    with closing(anonymous), pytest.raises(ClientError, match="AccessDenied"):
        anonymous.get_object(Bucket=seaweed_vault, Key=key)
