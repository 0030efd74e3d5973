"""The hands of the media room on uploads: reads them by range and version, removes them for good."""

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from functions.errors import TryLater
from functions.media.receive import Arrival, Upload
from functions.runtime import aws_errors, error_code

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

MISSING = frozenset({"404", "AccessDenied", "403", "NoSuchKey", "NoSuchVersion", "MethodNotAllowed"})
"""Who may not list a bucket is denied what is not there: docs.aws.amazon.com/AmazonS3, HeadObject (read 2026-11)."""


class S3Upload:
    """One version of one upload, by range."""

    def __init__(self, s3: "S3Client", bucket: str, arrival: Arrival) -> None:
        self._s3, self._bucket, self._arrival = s3, bucket, arrival

    def read(self, *, start: int, length: int) -> bytes:
        with aws_errors("S3"):
            answer = self._s3.get_object(
                Bucket=self._bucket,
                Key=self._arrival.key,
                VersionId=self._arrival.version_id,
                Range=f"bytes={start}-{start + length - 1}",
            )
            body = answer["Body"].read()
        if len(body) != length:
            raise TryLater(f"S3 gave {len(body)} of {length} bytes")
        return body


class S3Uploads:
    """Uploads in the intake bucket."""

    def __init__(self, s3: "S3Client", bucket: str) -> None:
        self._s3, self._bucket = s3, bucket

    def find(self, arrival: Arrival) -> Upload:
        with aws_errors("S3"):
            try:
                head = self._s3.head_object(Bucket=self._bucket, Key=arrival.key, VersionId=arrival.version_id)
            except ClientError as error:
                if error_code(error) in MISSING:
                    raise TryLater(f"{arrival.key} is not there") from error
                raise
        said = head["Metadata"]
        return Upload(
            source=S3Upload(self._s3, self._bucket, arrival),
            size_bytes=head["ContentLength"],
            uploaded_at=head["LastModified"],
            gateway=said.get("gateway", ""),
            claimed_type=said.get("media-type"),
            md5_hex=said.get("md5"),
        )

    def remove(self, arrival: Arrival) -> None:
        """The version by name: a delete without one would only hide it."""
        with aws_errors("S3"):
            self._s3.delete_object(Bucket=self._bucket, Key=arrival.key, VersionId=arrival.version_id)
