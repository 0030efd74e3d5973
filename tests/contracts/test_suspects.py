"""The quarantine bucket as its custodian sees it: what lies there, its key, and nothing once it is removed."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from functions.canonical import moment_text
from functions.custody.aws import S3Quarantine
from functions.custody.suspects import Quarantine, Suspect
from functions.errors import Tampered
from tests.custody import MemorySuspects
from tests.engines.resources import plain_bucket

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

RECORD, OTHER = "ab" * 24, "cd" * 24
NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
SUSPECT = Suspect(record_id=RECORD, reasons=("mark.top_secret", "cue.number"), since=NOW, due=NOW)


def fill(put: object) -> None:
    assert callable(put)
    put(f"suspects/{RECORD}", b"first", SUSPECT)
    put(f"suspects/{RECORD}", b"second", SUSPECT)
    put(f"suspects/{OTHER}", b"another", SUSPECT)
    put(f"suspect-keys/{RECORD}/01", b"key one", None)
    put(f"suspect-keys/{RECORD}/02", b"key two", None)


@pytest.fixture(params=["fake", "moto", "seaweedfs"])
def quarantine(request: pytest.FixtureRequest, token: bytes) -> Quarantine:
    if request.param == "fake":
        fake = MemorySuspects()
        fill(fake.put)
        return fake
    s3: S3Client = request.getfixturevalue({"moto": "moto_s3", "seaweedfs": "seaweed_s3"}[request.param])
    bucket = plain_bucket(s3, f"quarantine-{token.hex()[:12]}")
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})

    def put(key: str, body: bytes, suspect: Suspect | None) -> None:
        told = {"since": moment_text(NOW), "due": moment_text(NOW), "reasons": "mark.top_secret cue.number"}
        s3.put_object(Bucket=bucket, Key=key, Body=body, Metadata=told if suspect else {})

    fill(put)
    return S3Quarantine(s3, bucket)


def test_a_suspect_tells_why_and_since_when_it_is_there(quarantine: Quarantine) -> None:
    sealed = quarantine.get(RECORD)

    assert quarantine.head(RECORD) == SUSPECT
    assert sealed is not None
    assert (sealed.suspect, sealed.body) == (SUSPECT, b"second")
    assert quarantine.key(f"suspect-keys/{RECORD}/01") == b"key one"


def test_what_is_not_there_is_not_there_and_a_key_that_is_not_there_is_tampering(quarantine: Quarantine) -> None:
    assert quarantine.head("ef" * 24) is None
    assert quarantine.get("ef" * 24) is None
    with pytest.raises(Tampered):
        quarantine.key(f"suspect-keys/{RECORD}/03")


def test_removing_leaves_no_version_of_it_and_every_other_suspect(quarantine: Quarantine) -> None:
    assert quarantine.remove(f"suspect-keys/{RECORD}/") == 0
    assert quarantine.remove(f"suspects/{RECORD}") == 0
    assert quarantine.remove(f"suspects/{RECORD}") == 0

    assert quarantine.get(RECORD) is None
    with pytest.raises(Tampered):
        quarantine.key(f"suspect-keys/{RECORD}/01")
    assert quarantine.get(OTHER) is not None
