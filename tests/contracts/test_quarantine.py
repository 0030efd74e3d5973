"""The quarantine: what can never be archived is kept with its reason, unlocked, for an officer to decide about."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from functions.archive.aws import S3Quarantine
from functions.archive.batch import Quarantine
from tests.engines.resources import KMS_KEY, plain_bucket
from tests.fakes import MemoryQuarantine

REASON = "not a message that intake writes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ward:
    """The port, and an officer's look at what it keeps: body and reason by name."""

    quarantine: Quarantine
    look: Callable[[str], tuple[bytes, str]]


@pytest.fixture(params=["fake", "moto", "seaweedfs"])
def ward(request: pytest.FixtureRequest) -> Ward:
    if request.param == "fake":
        memory = MemoryQuarantine()
        return Ward(quarantine=memory, look=memory.kept.__getitem__)
    if request.param == "moto":
        s3 = request.getfixturevalue("moto_s3")
        bucket = plain_bucket(s3, "quarantine")
    else:
        s3, bucket = request.getfixturevalue("seaweed_s3"), request.getfixturevalue("seaweed_bucket")

    def look(name: str) -> tuple[bytes, str]:
        found = s3.get_object(Bucket=bucket, Key=f"rejected/{name}")
        return found["Body"].read(), found["Metadata"]["reason"]

    return Ward(quarantine=S3Quarantine(s3, bucket, KMS_KEY), look=look)


def test_what_is_put_in_quarantine_is_kept_byte_for_byte_with_its_reason(ward: Ward, key: str) -> None:
    ward.quarantine.put(key, b"\x00 not JSON \xff", reason=REASON)

    assert ward.look(key) == (b"\x00 not JSON \xff", REASON)


def test_the_same_message_put_twice_is_kept_once(ward: Ward, key: str) -> None:
    ward.quarantine.put(key, b"first delivery", reason=REASON)
    ward.quarantine.put(key, b"redelivery", reason=REASON)

    assert ward.look(key) == (b"redelivery", REASON)
