"""The hands of the archive room on what is set aside: quarantine, what is held back, and whom to tell."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from functions.errors import AlreadyStored, TryLater
from functions.runtime import aws_errors, error_code

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient

SOURCE = "fengcun.archive"
MOST_EVENTS = 10  # of one PutEvents
GONE = frozenset({"NoSuchKey", "404"})


class S3Suspects:
    """The quarantine bucket's suspects and their keys. Not locked: they are destroyed on order."""

    def __init__(self, s3: "S3Client", bucket: str, kms_key: str) -> None:
        self._s3, self._bucket, self._kms_key = s3, bucket, kms_key

    def put_suspect(self, key: str, body: bytes, *, metadata: Mapping[str, str]) -> None:
        with aws_errors("S3"):
            self._s3.put_object(
                Bucket=self._bucket,
                Key=key,
                Body=body,
                Metadata=dict(metadata),
                ChecksumAlgorithm="SHA256",
                ServerSideEncryption="aws:kms",
                SSEKMSKeyId=self._kms_key,
            )


class S3Held:
    """What is held back, in the intake bucket."""

    def __init__(self, s3: "S3Client", bucket: str) -> None:
        self._s3, self._bucket = s3, bucket

    def put(self, key: str, body: bytes) -> None:
        with aws_errors("S3"):
            self._s3.put_object(Bucket=self._bucket, Key=key, Body=body, ChecksumAlgorithm="SHA256")

    def get(self, key: str) -> bytes:
        """Raises AlreadyStored when it is gone: it was put before anything named it, so it has been let go."""
        with aws_errors("S3"):
            try:
                return self._s3.get_object(Bucket=self._bucket, Key=key)["Body"].read()
            except ClientError as error:
                if error_code(error) in GONE:
                    raise AlreadyStored(f"{key} was let go") from error
                raise

    def remove(self, key: str) -> None:
        with aws_errors("S3"):
            for version in self._versions(key):
                self._s3.delete_object(Bucket=self._bucket, Key=key, VersionId=version)

    def _versions(self, key: str) -> Iterator[str]:
        """Of a key that is nobody else's beginning: record ids all have one length."""
        for page in self._s3.get_paginator("list_object_versions").paginate(Bucket=self._bucket, Prefix=key):
            for one in (*page.get("Versions", ()), *page.get("DeleteMarkers", ())):
                yield one["VersionId"]


class CaptureQueue:
    """The room's own queue, for what has to be decided again."""

    def __init__(self, sqs: "SQSClient", url: str) -> None:
        self._sqs, self._url = sqs, url

    def send(self, body: str) -> None:
        with aws_errors("SQS"):
            self._sqs.send_message(QueueUrl=self._url, MessageBody=body)


class Bus:
    """EventBridge's default bus."""

    def __init__(self, events: "EventBridgeClient") -> None:
        self._events = events

    def tell(self, kind: str, details: Sequence[dict[str, Any]]) -> None:
        """Raises TryLater when it did not take all of them; telling again tells some twice."""
        entries: list[Any] = [
            {"Source": SOURCE, "DetailType": kind, "Detail": json.dumps(detail, sort_keys=True)} for detail in details
        ]
        with aws_errors("EventBridge"):
            for first in range(0, len(entries), MOST_EVENTS):
                answer = self._events.put_events(Entries=entries[first : first + MOST_EVENTS])
                if answer["FailedEntryCount"]:
                    raise TryLater(f"EventBridge did not take {answer['FailedEntryCount']} events")
