"""The keyring bucket with its versions: what the erasure room may rely on, fake, moto and an independent engine."""

import base64
import hashlib
import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.response import StreamingBody
from botocore.stub import Stubber

from functions.archive.aws import S3Lockbox
from functions.erasure.aws import S3Keyrings
from functions.erasure.salt import Keyrings, Version
from functions.errors import Tampered, TryLater
from functions.law.locks import Lock
from tests.engines.resources import KMS_KEY, locked_bucket
from tests.erasing import MemoryKeyrings
from tests.fakes import MemoryBucket

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

UNTIL = datetime(2046, 12, 1, tzinfo=UTC)
LOCK = Lock("GOVERNANCE", UNTIL)
HARD = Lock("COMPLIANCE", UNTIL)


class World:
    """One bucket, written by the archive room and seen by the erasure room."""

    def __init__(self, keyrings: Keyrings, archive: S3Lockbox | MemoryBucket, s3: "S3Client | None", name: str) -> None:
        self.keyrings, self.archive, self.s3, self.name = keyrings, archive, s3, name

    def hold(self, key: str) -> None:
        if isinstance(self.keyrings, MemoryKeyrings):
            self.keyrings.held.add(key)
        if self.s3 is not None:
            self.s3.put_object_legal_hold(Bucket=self.name, Key=key, LegalHold={"Status": "ON"})


@pytest.fixture(params=["fake", "moto", "seaweedfs"])
def world(request: pytest.FixtureRequest) -> World:
    if request.param == "fake":
        bucket = MemoryBucket("keyrings")
        return World(MemoryKeyrings(bucket), bucket, None, "")
    if request.param == "moto":
        s3 = request.getfixturevalue("moto_s3")
        name = locked_bucket(s3, "keyrings")
    else:
        s3, name = request.getfixturevalue("seaweed_s3"), request.getfixturevalue("seaweed_vault")
    return World(S3Keyrings(s3, name, KMS_KEY), S3Lockbox(s3, name, KMS_KEY), s3, name)


def test_what_is_put_over_the_newest_version_becomes_the_newest_under_its_lock(world: World, key: str) -> None:
    first = world.archive.put_once(key, b"one", lock=LOCK)
    seen = world.keyrings.current(key)
    done = world.keyrings.replace(key, b"two", lock=LOCK, over=seen)
    now = world.keyrings.current(key)

    assert (seen.version_id, seen.body, seen.lock, seen.held) == (first, b"one", LOCK, False)
    assert (now.version_id, now.body, now.lock) == (done.version_id, b"two", LOCK)
    assert done.request_id
    assert world.keyrings.older(key) == [first]
    assert world.keyrings.read(key, first) == b"one"


def test_of_two_that_saw_the_same_version_the_second_is_refused(world: World, key: str) -> None:
    world.archive.put_once(key, b"one", lock=LOCK)
    seen = world.keyrings.current(key)
    world.keyrings.replace(key, b"two", lock=LOCK, over=seen)

    with pytest.raises(TryLater, match="meanwhile"):
        world.keyrings.replace(key, b"other", lock=LOCK, over=seen)
    assert world.keyrings.current(key).body == b"two"


def test_a_removed_version_is_gone_for_good_and_may_be_removed_again(world: World, key: str) -> None:
    first = world.archive.put_once(key, b"one", lock=LOCK)
    world.keyrings.replace(key, b"two", lock=LOCK, over=world.keyrings.current(key))

    assert world.keyrings.remove(key, first).version_id == first
    world.keyrings.remove(key, first)
    assert world.keyrings.older(key) == []
    assert world.keyrings.read(key, first) is None
    assert world.keyrings.current(key).body == b"two"


def test_a_hold_is_seen_and_keeps_a_version(world: World, key: str) -> None:
    first = world.archive.put_once(key, b"one", lock=LOCK)
    world.hold(key)

    assert world.keyrings.current(key).held
    with pytest.raises(TryLater, match="does not let go"):
        world.keyrings.remove(key, first)


def test_a_keyring_that_is_not_there_is_tampering(world: World, key: str) -> None:
    with pytest.raises(Tampered, match="not there"):
        world.keyrings.current(key)


@pytest.fixture(params=["moto", "seaweedfs"])
def engine(request: pytest.FixtureRequest) -> "tuple[S3Client, str]":
    if request.param == "moto":
        s3 = request.getfixturevalue("moto_s3")
        return s3, locked_bucket(s3, "keyrings")
    return request.getfixturevalue("seaweed_s3"), request.getfixturevalue("seaweed_vault")


def test_a_compliance_version_is_not_removed_by_anybody(engine: "tuple[S3Client, str]", key: str) -> None:  # G2
    s3, name = engine
    version = S3Lockbox(s3, name, KMS_KEY).put_once(key, b"one", lock=HARD)

    with pytest.raises(TryLater, match="does not let go"):
        S3Keyrings(s3, name, KMS_KEY).remove(key, version)
    assert S3Keyrings(s3, name, KMS_KEY).read(key, version) == b"one"


def test_a_marker_counts_as_a_version_and_can_be_removed(engine: "tuple[S3Client, str]", key: str) -> None:
    s3, name = engine
    keyrings, box = S3Keyrings(s3, name, KMS_KEY), S3Lockbox(s3, name, KMS_KEY)
    box.put_once(key, b"one", lock=LOCK)
    s3.delete_object(Bucket=name, Key=key)
    box.put_once(key, b"two", lock=LOCK)
    older = keyrings.older(key)

    assert [keyrings.read(key, one) for one in older].count(None) == 1
    for one in older:
        keyrings.remove(key, one)
    assert keyrings.older(key) == []


def test_a_neighbour_whose_name_begins_alike_is_not_listed(engine: "tuple[S3Client, str]", key: str) -> None:
    s3, name = engine
    S3Lockbox(s3, name, KMS_KEY).put_once(key, b"one", lock=LOCK)
    s3.put_object(Bucket=name, Key=f"{key}x", Body=b"a")
    s3.put_object(Bucket=name, Key=f"{key}x", Body=b"b")

    assert S3Keyrings(s3, name, KMS_KEY).older(key) == []


SEEN = Version(version_id="v", etag="e", body=b"one", lock=LOCK, held=False)
CHECKSUM = base64.b64encode(hashlib.sha256(b"two").digest()).decode()


@pytest.fixture
def s3(session: boto3.Session) -> "S3Client":
    return session.client("s3")


@pytest.fixture
def answers(s3: "S3Client") -> Iterator[Stubber]:
    """What S3 will say, in order."""
    with Stubber(s3) as stubber:
        yield stubber


def test_a_keyring_without_a_lock_is_tampering(s3: "S3Client", answers: Stubber) -> None:
    body = StreamingBody(io.BytesIO(b"one"), 3)
    answers.add_response("get_object", {"Body": body, "VersionId": "v", "ETag": "e"})

    with pytest.raises(Tampered, match="no lock"):
        S3Keyrings(s3, "keyrings", KMS_KEY).current("k")


@pytest.mark.parametrize(
    "stored",
    [{"Mode": "GOVERNANCE", "RetainUntilDate": UNTIL - timedelta(days=1)}],
    ids=["shorter"],
)
def test_a_put_that_s3_locked_less_is_tampering(s3: "S3Client", answers: Stubber, stored: dict[str, Any]) -> None:
    answers.add_response("put_object", {"VersionId": "v2", "ChecksumSHA256": CHECKSUM})
    answers.add_response("get_object_retention", {"Retention": stored})

    with pytest.raises(Tampered, match="asked for GOVERNANCE"):
        S3Keyrings(s3, "keyrings", KMS_KEY).replace("k", b"two", lock=LOCK, over=SEEN)


def test_a_checksum_that_s3_does_not_confirm_is_tampering(s3: "S3Client", answers: Stubber) -> None:
    answers.add_response("put_object", {"VersionId": "v2"})

    with pytest.raises(Tampered, match="checksum"):
        S3Keyrings(s3, "keyrings", KMS_KEY).replace("k", b"two", lock=LOCK, over=SEEN)


CALLS: dict[str, Callable[[S3Keyrings], object]] = {
    "get_object": lambda it: it.current("k"),
    "put_object": lambda it: it.replace("k", b"two", lock=LOCK, over=SEEN),
    "delete_object": lambda it: it.remove("k", "v"),
}


@pytest.mark.parametrize("operation", CALLS)
def test_an_error_that_nobody_knows_is_let_through(s3: "S3Client", answers: Stubber, operation: str) -> None:
    answers.add_client_error(operation, "InvalidBucketName")

    with pytest.raises(ClientError, match="InvalidBucketName"):
        CALLS[operation](S3Keyrings(s3, "keyrings", KMS_KEY))


def test_an_error_of_an_older_version_is_let_through(s3: "S3Client", answers: Stubber) -> None:
    answers.add_client_error("get_object", "InvalidBucketName")

    with pytest.raises(ClientError, match="InvalidBucketName"):
        S3Keyrings(s3, "keyrings", KMS_KEY).read("k", "v")
