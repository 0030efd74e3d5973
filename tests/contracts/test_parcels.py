"""Parcels as two rooms know them: intake puts what is too large for the queue, archive gets it."""

from dataclasses import dataclass

import pytest

from functions.archive.aws import S3Parcels
from functions.archive.batch import Parcels
from functions.errors import TryLater
from functions.intake.accept import ParcelStore
from functions.intake.aws import S3ParcelStore
from tests.engines.resources import plain_bucket
from tests.fakes import MemoryBucket

LARGER_THAN_A_MESSAGE = bytes(range(256)) * 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter:
    """One bucket, through the ports of two rooms."""

    putting: ParcelStore
    getting: Parcels


@pytest.fixture(params=["fake", "moto", "seaweedfs"])
def counter(request: pytest.FixtureRequest) -> Counter:
    if request.param == "fake":
        bucket = MemoryBucket("intake")
        return Counter(putting=bucket, getting=bucket)
    if request.param == "moto":
        s3 = request.getfixturevalue("moto_s3")
        name = plain_bucket(s3, "intake")
    else:
        s3, name = request.getfixturevalue("seaweed_s3"), request.getfixturevalue("seaweed_bucket")
    return Counter(putting=S3ParcelStore(s3, name), getting=S3Parcels(s3, name))


def test_a_parcel_is_handed_over_byte_for_byte(counter: Counter, key: str) -> None:
    counter.putting.put(key, LARGER_THAN_A_MESSAGE)

    assert counter.getting.get(key) == LARGER_THAN_A_MESSAGE


def test_putting_a_parcel_again_replaces_it(counter: Counter, key: str) -> None:
    counter.putting.put(key, b"sealed once")
    counter.putting.put(key, b"sealed again")

    assert counter.getting.get(key) == b"sealed again"


def test_a_parcel_that_is_not_there_is_waited_for_and_never_given_up(counter: Counter, key: str) -> None:
    with pytest.raises(TryLater):
        counter.getting.get(key)
