"""What is set aside in S3, and whom the archive room tells: the queue and the bus."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from functions.archive.aws_aside import Bus, CaptureQueue, S3Held, S3Suspects
from functions.archive.batch import HeldBackOnes
from functions.archive.waiting import HeldObjects, Suspects
from functions.errors import AlreadyStored, TryLater
from tests.engines.resources import KMS_KEY, plain_bucket
from tests.fakes import MemoryBucket
from tests.fakes_aside import MemoryHeld, MemorySuspects

if TYPE_CHECKING:
    import boto3
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient

RECORD = "ab" * 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """One bucket, as two acts know it."""

    putting: HeldObjects
    getting: HeldBackOnes


@pytest.fixture(params=["fake", "moto", "seaweedfs"])
def shelf(request: pytest.FixtureRequest) -> Shelf:
    if request.param == "fake":
        memory = MemoryHeld(MemoryBucket("intake"))
        return Shelf(putting=memory, getting=memory)
    if request.param == "moto":
        s3 = request.getfixturevalue("moto_s3")
        bucket = plain_bucket(s3, "intake")
        s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    else:
        s3, bucket = request.getfixturevalue("seaweed_s3"), request.getfixturevalue("seaweed_bucket")
    return Shelf(putting=S3Held(s3, bucket), getting=S3Held(s3, bucket))


def test_what_is_held_back_is_had_again_byte_for_byte(shelf: Shelf, key: str) -> None:
    shelf.putting.put(f"held/{key}", b"once")
    shelf.putting.put(f"held/{key}", b"\x00again\xff")

    assert shelf.getting.get(f"held/{key}") == b"\x00again\xff"


def test_what_was_let_go_is_known_to_be_done(shelf: Shelf, key: str) -> None:
    shelf.putting.put(f"held/{key}", b"once")
    shelf.putting.put(f"held/{key}", b"again")
    for _ in range(2):
        shelf.putting.remove(f"held/{key}")

    with pytest.raises(AlreadyStored, match="let go"):
        shelf.getting.get(f"held/{key}")


def test_no_version_of_what_was_let_go_is_left(moto_s3: "S3Client") -> None:
    bucket = plain_bucket(moto_s3, "intake")
    moto_s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    held = S3Held(moto_s3, bucket)
    for body in (b"once", b"again"):
        held.put(f"held/{RECORD}", body)
    moto_s3.delete_object(Bucket=bucket, Key=f"held/{RECORD}")

    held.remove(f"held/{RECORD}")

    left = moto_s3.list_object_versions(Bucket=bucket)
    assert (left.get("Versions", []), left.get("DeleteMarkers", [])) == ([], [])


def test_an_error_that_nobody_knows_is_not_taken_for_done(moto_s3: "S3Client") -> None:
    with pytest.raises(moto_s3.exceptions.NoSuchBucket):
        S3Held(moto_s3, "no-such-bucket").get(f"held/{RECORD}")


@pytest.fixture(params=["fake", "moto", "seaweedfs"])
def quarantine(request: pytest.FixtureRequest) -> tuple[Suspects, Callable[[str], tuple[bytes, dict[str, str]]]]:
    if request.param == "fake":
        memory = MemorySuspects()
        return memory, memory.stored.__getitem__
    if request.param == "moto":
        s3 = request.getfixturevalue("moto_s3")
        bucket = plain_bucket(s3, "quarantine")
    else:
        s3, bucket = request.getfixturevalue("seaweed_s3"), request.getfixturevalue("seaweed_bucket")

    def look(key: str) -> tuple[bytes, dict[str, str]]:
        found = s3.get_object(Bucket=bucket, Key=key)
        return found["Body"].read(), found["Metadata"]

    return S3Suspects(s3, bucket, KMS_KEY), look


def test_a_suspect_is_kept_with_its_reasons(quarantine: Any, key: str) -> None:
    suspects, look = quarantine
    told = {"reasons": "mark cn.ssl.22.mark", "since": "2026-11-22T09:30:00.000Z"}

    suspects.put_suspect(key, b"first", metadata={})
    suspects.put_suspect(key, b"sealed", metadata=told)

    assert look(key) == (b"sealed", told)


def test_what_has_to_be_decided_again_is_queued(moto_sqs: "SQSClient") -> None:
    url = moto_sqs.create_queue(QueueName="capture")["QueueUrl"]

    CaptureQueue(moto_sqs, url).send('{"stored": "held/x"}')

    assert moto_sqs.receive_message(QueueUrl=url)["Messages"][0]["Body"] == '{"stored": "held/x"}'


def test_whoever_listens_on_the_bus_is_told_in_as_many_calls_as_it_takes(moto: None, session: "boto3.Session") -> None:
    events, sqs = session.client("events"), session.client("sqs")
    url = sqs.create_queue(QueueName="listener")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    events.put_rule(Name="told", EventPattern=json.dumps({"source": ["fengcun.archive"]}))
    events.put_targets(Rule="told", Targets=[{"Id": "1", "Arn": arn}])

    Bus(events).tell("Consent requested", [{"person": f"{at:02}"} for at in range(23)])

    heard: list[Any] = []
    while found := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        heard += [json.loads(one["Body"]) for one in found]
    assert sorted(one["detail"]["person"] for one in heard) == [f"{at:02}" for at in range(23)]
    assert {one["detail-type"] for one in heard} == {"Consent requested"}


def test_a_bus_that_does_not_take_everything_is_told_again() -> None:
    class Half:
        def put_events(self, *, Entries: list[Any]) -> dict[str, int]:  # noqa: N803 - AWS's name
            return {"FailedEntryCount": len(Entries) // 2}

    half: Any = Half()
    with pytest.raises(TryLater, match="did not take 1 events"):
        Bus(half).tell("Consent requested", [{}, {}])
