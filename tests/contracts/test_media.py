"""Media as three rooms know them: intake permits an upload, media takes and stores it, all ask whether it is there."""

import base64
import hashlib
import io
import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
import urllib3

from functions.archive.aws import S3Lockbox
from functions.errors import AlreadyStored, TryLater
from functions.intake.aws import S3Shelf, S3Uploads as Permits
from functions.intake.media import Permit, Wanted
from functions.law.locks import Lock
from functions.media.aws import S3Uploads
from functions.media.receive import Arrival, Vault, read_arrival
from functions.retrieval.aws import S3Bucket
from tests.engines.resources import KMS_KEY, locked_bucket, plain_bucket
from tests.fakes import MemoryBucket, MemoryReader

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

BODY = bytes(range(256)) * 9000
SHA256 = hashlib.sha256(BODY).digest()
LOCK = Lock("COMPLIANCE", datetime(2046, 11, 22, tzinfo=UTC))
WANTED = Wanted(sha256=SHA256.hex(), size_bytes=len(BODY), gateway="gateway-one", media_type="video/mp4", md5="0" * 32)


@pytest.fixture(params=["fake", "moto", "seaweedfs"])
def vault(request: pytest.FixtureRequest) -> tuple[Vault, MemoryReader | S3Bucket]:
    if request.param == "fake":
        bucket = MemoryBucket("vault")
        return bucket, MemoryReader(bucket)
    if request.param == "moto":
        s3 = request.getfixturevalue("moto_s3")
        name = locked_bucket(s3, "vault")
    else:
        s3, name = request.getfixturevalue("seaweed_s3"), request.getfixturevalue("seaweed_vault")
    assert S3Shelf(s3, name).holds("media/never") is False
    return S3Lockbox(s3, name, KMS_KEY), S3Bucket(s3, name)


def test_a_stream_is_stored_once_locked_and_known_afterwards(
    vault: tuple[Vault, MemoryReader | S3Bucket], key: str
) -> None:
    writing, reading = vault
    assert (writing.is_locked(key), reading.holds(key)) == (False, False)

    version_id = writing.put_stream(key, io.BytesIO(BODY), sha256=SHA256, lock=LOCK)

    assert (writing.is_locked(key), reading.holds(key)) == (True, True)
    found = reading.read(key, version_id, start=5, length=300)
    assert (found.body, found.size_bytes, found.lock_mode) == (BODY[5:305], len(BODY), "COMPLIANCE")
    with pytest.raises(AlreadyStored):
        writing.put_stream(key, io.BytesIO(BODY), sha256=SHA256, lock=LOCK)


@dataclass(frozen=True, slots=True)
class Intake:
    """One bucket, through the hands of two rooms."""

    s3: "S3Client"
    bucket: str

    def permit(self, key: str, wanted: Wanted = WANTED, seconds: int = 60) -> Permit:
        return Permits(self.s3, self.bucket).permit(key, wanted, seconds=seconds)

    @property
    def uploads(self) -> S3Uploads:
        return S3Uploads(self.s3, self.bucket)

    def arrived(self, key: str) -> list[Arrival]:
        """One for each version there is, newest first."""
        versions = self.s3.list_object_versions(Bucket=self.bucket, Prefix=key).get("Versions", [])
        things = [{"key": key, "version-id": one["VersionId"]} for one in versions]
        return [read_arrival(json.dumps({"detail": {"object": thing}})) for thing in things]


@pytest.fixture(params=["moto", "seaweedfs"])
def intake(request: pytest.FixtureRequest) -> Intake:
    s3 = request.getfixturevalue("moto_s3" if request.param == "moto" else "seaweed_s3")
    bucket = plain_bucket(s3, f"uploads-{uuid4()}")
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    return Intake(s3, bucket)


@pytest.fixture
def upload() -> str:
    return f"uploads/{uuid4().hex}"


def send(permit: Permit, body: bytes, **changed: str) -> int:
    """As a gateway does: plain HTTP, and nothing but what it was told."""
    headers = {**permit.headers, **{name.replace("_", "-"): value for name, value in changed.items()}}
    return urllib3.PoolManager(retries=False).request("PUT", permit.url, body=body, headers=headers).status


@pytest.mark.parametrize("intake", ["seaweedfs"], indirect=True)
def test_a_permit_takes_the_announced_file_and_no_other(intake: Intake, upload: str) -> None:
    permit = intake.permit(upload)
    other = base64.b64encode(hashlib.sha256(BODY[:-1]).digest()).decode()

    assert send(permit, BODY[:-1] + b"?") == 400, "other bytes of the same size"
    assert send(permit, BODY[:-1], content_length=str(len(BODY) - 1)) == 403, "another size"
    assert send(permit, BODY, x_amz_checksum_sha256=other) == 403, "another digest"
    assert send(permit, BODY, x_amz_meta_gateway="gateway-two") == 403, "in another's name"
    assert send(Permit(permit.url.replace("uploads/", "deliveries/"), permit.headers), BODY) == 403, "elsewhere"
    assert intake.arrived(upload) == []
    assert send(permit, BODY) == 200
    (arrival,) = intake.arrived(upload)
    found = intake.uploads.find(arrival)
    assert (found.size_bytes, found.gateway, found.claimed_type, found.md5_hex) == (
        len(BODY),
        "gateway-one",
        "video/mp4",
        "0" * 32,
    )
    assert found.source.read(start=7, length=1000) == BODY[7:1007]


@pytest.mark.parametrize("intake", ["seaweedfs"], indirect=True)
def test_a_permit_ends(intake: Intake, upload: str) -> None:
    permit = intake.permit(upload, seconds=1)
    time.sleep(2.1)

    assert send(permit, BODY) == 403


def test_an_upload_is_read_by_version_and_removed_for_good(intake: Intake, upload: str) -> None:
    for body in (b"first", b"second"):
        intake.s3.put_object(Bucket=intake.bucket, Key=upload, Body=body)
    newest, oldest = intake.arrived(upload)

    assert intake.uploads.find(oldest).source.read(start=0, length=5) == b"first"
    intake.uploads.remove(oldest)
    intake.uploads.remove(oldest)
    assert intake.arrived(upload) == [newest]
    with pytest.raises(TryLater):
        intake.uploads.find(oldest)
    assert intake.uploads.find(newest).source.read(start=0, length=6) == b"second"


def test_an_upload_that_gives_less_than_it_has_is_tried_again(intake: Intake, upload: str) -> None:
    intake.s3.put_object(Bucket=intake.bucket, Key=upload, Body=b"short")
    (arrival,) = intake.arrived(upload)

    with pytest.raises(TryLater, match="5 of 9 bytes"):
        intake.uploads.find(arrival).source.read(start=0, length=9)
