"""The hands of the erasure room: the keyring bucket with all its versions."""

import base64
import hashlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from functions.erasure.salt import Done, Version
from functions.errors import Tampered, TryLater
from functions.law.locks import Lock, extend_only
from functions.runtime import aws_errors, error_code

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

GONE = frozenset({"NoSuchKey", "NoSuchVersion", "MethodNotAllowed"})
"""MethodNotAllowed is S3's word for a marker."""
FASTER = frozenset({"PreconditionFailed", "ConditionalRequestConflict"})


class S3Keyrings:
    """The keyring bucket, as the one role sees it that may remove a version."""

    def __init__(self, s3: "S3Client", bucket: str, kms_key: str) -> None:
        self._s3, self._bucket, self._kms_key = s3, bucket, kms_key

    def current(self, key: str) -> Version:
        with aws_errors("S3"):
            try:
                answer = self._s3.get_object(Bucket=self._bucket, Key=key)
                body = answer["Body"].read()
            except ClientError as error:
                if error_code(error) in GONE:
                    raise Tampered(f"{key}: the keyring is not there") from error
                raise
        if "ObjectLockMode" not in answer:
            raise Tampered(f"{key}: the keyring has no lock")
        return Version(
            version_id=answer["VersionId"],
            etag=answer["ETag"],
            body=body,
            lock=Lock(answer["ObjectLockMode"], answer["ObjectLockRetainUntilDate"]),
            held=answer.get("ObjectLockLegalHoldStatus") == "ON",
        )

    def replace(self, key: str, body: bytes, *, lock: Lock, over: Version) -> Done:
        checksum = base64.b64encode(hashlib.sha256(body).digest()).decode()
        with aws_errors("S3"):
            try:
                answer = self._s3.put_object(
                    Bucket=self._bucket,
                    Key=key,
                    Body=body,
                    IfMatch=over.etag,
                    ChecksumAlgorithm="SHA256",
                    ChecksumSHA256=checksum,
                    ServerSideEncryption="aws:kms",
                    SSEKMSKeyId=self._kms_key,
                    BucketKeyEnabled=True,
                    ObjectLockMode=lock.mode,  # type: ignore[arg-type]  # the caller's is one of the two
                    ObjectLockRetainUntilDate=lock.until,
                )
            except ClientError as error:
                if error_code(error) in FASTER:
                    raise TryLater(f"{key}: another version was put meanwhile") from error
                raise
        if answer.get("ChecksumSHA256") != checksum:
            raise Tampered(f"{key}: S3 stored a checksum other than the one sent")
        self._check_lock(key, answer["VersionId"], lock)
        return Done(answer["VersionId"], answer["ResponseMetadata"]["RequestId"])

    def _check_lock(self, key: str, version_id: str, lock: Lock) -> None:
        """What S3 says, not what was asked for."""
        with aws_errors("S3"):
            said = self._s3.get_object_retention(Bucket=self._bucket, Key=key, VersionId=version_id)["Retention"]
        stands = Lock(said["Mode"], said["RetainUntilDate"])
        if extend_only(stands, lock) is not None:
            raise Tampered(f"{key}: asked for {lock.mode} until {lock.until}, S3 says {stands.mode} {stands.until}")

    def older(self, key: str) -> list[str]:
        with aws_errors("S3"):
            return [one["VersionId"] for one in self._listed(key) if not one["IsLatest"]]

    def _listed(self, key: str) -> Iterator[Any]:
        for page in self._s3.get_paginator("list_object_versions").paginate(Bucket=self._bucket, Prefix=key):
            yield from (one for one in page.get("Versions", []) if one["Key"] == key)
            yield from (one for one in page.get("DeleteMarkers", []) if one["Key"] == key)

    def read(self, key: str, version_id: str) -> bytes | None:
        with aws_errors("S3"):
            try:
                return self._s3.get_object(Bucket=self._bucket, Key=key, VersionId=version_id)["Body"].read()
            except ClientError as error:
                if error_code(error) in GONE:
                    return None
                raise

    def remove(self, key: str, version_id: str) -> Done:
        with aws_errors("S3"):
            try:
                answer = self._s3.delete_object(
                    Bucket=self._bucket, Key=key, VersionId=version_id, BypassGovernanceRetention=True
                )
            except ClientError as error:
                if error_code(error) == "AccessDenied":
                    raise TryLater(f"{key}: S3 does not let go of version {version_id}") from error
                raise
        return Done(version_id, answer["ResponseMetadata"]["RequestId"])
