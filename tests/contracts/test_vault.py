"""The vault as three rooms know it: archive writes once and locks, index and retrieval read what was written."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from functions.archive.aws import S3Lockbox
from functions.archive.store import Lockbox
from functions.errors import AlreadyStored, Tampered, TryLater
from functions.index.aws import S3Segments
from functions.index.index import Segments
from functions.law.locks import Lock
from functions.retrieval.aws import S3Bucket
from functions.retrieval.read import Bucket
from tests.engines.resources import KMS_KEY, locked_bucket
from tests.fakes import MemoryBucket, MemoryReader, MemorySegments

BODY = b"0123456789"
COMPLIANCE = Lock("COMPLIANCE", datetime(2046, 11, 22, tzinfo=UTC))
GOVERNANCE = Lock("GOVERNANCE", datetime(2031, 11, 22, 9, 30, 1, tzinfo=UTC))
WRITERS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Vault:
    """One bucket, through the ports of three rooms."""

    lockbox: Lockbox
    segments: Segments
    reader: Bucket


@pytest.fixture(params=["fake", "moto", "seaweedfs"])
def vault(request: pytest.FixtureRequest) -> Vault:
    if request.param == "fake":
        bucket = MemoryBucket("vault")
        return Vault(lockbox=bucket, segments=MemorySegments(bucket), reader=MemoryReader(bucket))
    if request.param == "moto":
        s3 = request.getfixturevalue("moto_s3")
        name = locked_bucket(s3, "vault")
    else:
        s3, name = request.getfixturevalue("seaweed_s3"), request.getfixturevalue("seaweed_vault")
    return Vault(lockbox=S3Lockbox(s3, name, KMS_KEY), segments=S3Segments(s3, name), reader=S3Bucket(s3, name))


@pytest.mark.parametrize("lock", [COMPLIANCE, GOVERNANCE], ids=lambda lock: lock.mode)
def test_what_is_written_once_is_read_back_with_its_lock(vault: Vault, key: str, lock: Lock) -> None:
    version_id = vault.lockbox.put_once(key, BODY, lock=lock)
    found = vault.reader.read(key, version_id, start=0, length=len(BODY))

    assert version_id
    assert (found.body, found.size_bytes) == (BODY, len(BODY))
    assert (found.lock_mode, found.retain_until, found.legal_hold) == (lock.mode, lock.until, "OFF")


def test_what_a_hold_covers_is_written_under_it(vault: Vault, key: str) -> None:
    version_id = vault.lockbox.put_once(key, BODY, lock=COMPLIANCE, legal_hold=True)

    assert vault.reader.read(key, version_id, start=0, length=1).legal_hold == "ON"


def test_the_current_version_is_read_when_none_is_named(vault: Vault, key: str) -> None:
    vault.lockbox.put_once(key, BODY, lock=GOVERNANCE)

    assert vault.reader.read(key, None, start=0, length=len(BODY)).body == BODY


@pytest.mark.parametrize("again", [BODY, b"something else"], ids=["same bytes", "other bytes"])
def test_a_second_write_of_a_key_is_refused_and_the_first_stays(vault: Vault, key: str, again: bytes) -> None:
    version_id = vault.lockbox.put_once(key, BODY, lock=COMPLIANCE)

    with pytest.raises(AlreadyStored):
        vault.lockbox.put_once(key, again, lock=GOVERNANCE)
    found = vault.reader.read(key, None, start=0, length=len(BODY))
    assert (found.body, found.lock_mode) == (BODY, COMPLIANCE.mode)
    assert vault.segments.read(key, version_id) == BODY


@pytest.mark.parametrize("vault", ["fake", "seaweedfs"], indirect=True)  # moto is not atomic between threads
def test_of_many_writers_of_one_key_exactly_one_wins(vault: Vault, key: str) -> None:
    def write(writer: int) -> str:
        try:
            vault.lockbox.put_once(key, b"writer %d" % writer, lock=COMPLIANCE)
        except (AlreadyStored, TryLater) as refusal:
            return type(refusal).__name__
        return "stored"

    with ThreadPoolExecutor(WRITERS) as pool:
        answers = list(pool.map(write, range(WRITERS)))

    assert answers.count("stored") == 1
    assert set(answers) <= {"stored", "AlreadyStored", "TryLater"}


def test_a_range_is_exactly_those_bytes_and_knows_the_size_of_the_whole(vault: Vault, key: str) -> None:
    version_id = vault.lockbox.put_once(key, BODY, lock=COMPLIANCE)

    found = vault.reader.read(key, version_id, start=2, length=3)

    assert (found.body, found.size_bytes) == (b"234", len(BODY))
    assert vault.segments.read(key, version_id) == BODY


def test_a_range_past_the_end_stops_at_the_end(vault: Vault, key: str) -> None:
    version_id = vault.lockbox.put_once(key, BODY, lock=COMPLIANCE)

    found = vault.reader.read(key, version_id, start=7, length=1000)

    assert (found.body, found.size_bytes) == (b"789", len(BODY))


def test_what_the_index_promises_and_s3_lacks_is_tampering(vault: Vault, key: str) -> None:
    version_id = vault.lockbox.put_once(key, BODY, lock=COMPLIANCE)

    with pytest.raises(Tampered, match="not there"):
        vault.reader.read(f"{key}-other", None, start=0, length=1)
    with pytest.raises(Tampered, match="not there"):
        vault.reader.read(f"{key}-other", version_id, start=0, length=1)
    with pytest.raises(Tampered, match="not there"):
        vault.reader.read(key, version_id, start=len(BODY), length=1)
