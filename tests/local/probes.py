"""What the gap tests ask of an emulator: one small act each, answered by an error code or by what was found."""

import io
import json
import time
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from botocore.exceptions import ClientError

DONE = "done"


def outcome(act: Callable[[], object]) -> str:
    """ "done", or the error code the emulator answered with."""
    try:
        act()
    except ClientError as error:
        return error.response["Error"]["Code"]
    return DONE


def until(days: float) -> datetime:
    return datetime.now(UTC).replace(microsecond=0) + timedelta(days=days)


def lock(days: float = 3, mode: str = "COMPLIANCE") -> dict[str, Any]:
    return {"ObjectLockMode": mode, "ObjectLockRetainUntilDate": until(days)}


def locked_bucket(s3: Any) -> str:
    name = f"bucket-{uuid4().hex[:12]}"
    place = {"LocationConstraint": "cn-north-1"}
    s3.create_bucket(Bucket=name, ObjectLockEnabledForBucket=True, CreateBucketConfiguration=place)
    return name


def deny(s3: Any, bucket: str, action: str, condition: dict[str, Any]) -> None:
    statement = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": action,
        "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
        "Condition": condition,
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    s3.put_bucket_policy(Bucket=bucket, Policy=policy)


def zipped(source: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("room.py", source)
    return buffer.getvalue()


def eventually(found: Callable[[], Any], seconds: float = 10) -> Any:
    """Ask until the answer is not empty; the last answer when the time is over."""
    deadline = time.monotonic() + seconds
    answer = found()
    while not answer and time.monotonic() < deadline:
        time.sleep(0.1)
        answer = found()
    return answer
