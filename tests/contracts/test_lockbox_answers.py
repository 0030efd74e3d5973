"""What the archive room believes of S3 and of KMS: their own answers, compared with what was asked for."""

import base64
import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.stub import Stubber

from functions.archive.aws import KmsUnwrap, S3Lockbox
from functions.errors import AlreadyStored, Tampered, TryLater
from functions.law.locks import Lock

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

BODY = b"sealed"
UNTIL = datetime(2046, 11, 22, tzinfo=UTC)
LOCK = Lock("COMPLIANCE", UNTIL)
CHECKSUM = base64.b64encode(hashlib.sha256(BODY).digest()).decode()
STORED = {"VersionId": "a-version", "ChecksumSHA256": CHECKSUM}
LOCKED = {"Retention": {"Mode": "COMPLIANCE", "RetainUntilDate": UNTIL}}


@pytest.fixture
def s3(session: boto3.Session) -> "S3Client":
    return session.client("s3")


@pytest.fixture
def answers(s3: "S3Client") -> Iterator[Stubber]:
    """What S3 will say, in order."""
    with Stubber(s3) as stubber:
        yield stubber


def put_once(s3: "S3Client") -> str:
    return S3Lockbox(s3, "vault", "key").put_once("k", BODY, lock=LOCK)


def test_a_write_counts_once_s3_itself_has_said_checksum_and_lock(s3: "S3Client", answers: Stubber) -> None:
    answers.add_response("put_object", STORED)
    answers.add_response("get_object_retention", LOCKED, {"Bucket": "vault", "Key": "k", "VersionId": "a-version"})

    assert put_once(s3) == "a-version"
    answers.assert_no_pending_responses()


@pytest.mark.parametrize("checksum", [{"ChecksumSHA256": "b3RoZXI="}, {}], ids=["another", "none"])
def test_a_checksum_that_s3_does_not_confirm_is_tampering(
    s3: "S3Client", answers: Stubber, checksum: dict[str, str]
) -> None:
    answers.add_response("put_object", {"VersionId": "a-version", **checksum})

    with pytest.raises(Tampered, match="checksum"):
        put_once(s3)


WEAKER: dict[str, dict[str, Any]] = {
    "another mode": {"Mode": "GOVERNANCE", "RetainUntilDate": UNTIL},
    "a day too short": {"Mode": "COMPLIANCE", "RetainUntilDate": UNTIL - timedelta(days=1)},
    "no date": {"Mode": "COMPLIANCE"},
    "nothing": {},
}


@pytest.mark.parametrize("retention", WEAKER.values(), ids=WEAKER.keys())
def test_a_lock_weaker_than_was_asked_for_is_tampering(
    s3: "S3Client", answers: Stubber, retention: dict[str, Any]
) -> None:
    answers.add_response("put_object", STORED)
    answers.add_response("get_object_retention", {"Retention": retention})

    with pytest.raises(Tampered, match="asked for COMPLIANCE"):
        put_once(s3)


def test_a_lock_longer_than_was_asked_for_is_a_lock(s3: "S3Client", answers: Stubber) -> None:
    answers.add_response("put_object", STORED)
    longer = {"Mode": "COMPLIANCE", "RetainUntilDate": UNTIL + timedelta(days=1)}
    answers.add_response("get_object_retention", {"Retention": longer})

    assert put_once(s3) == "a-version"


def test_a_lock_that_cannot_be_checked_now_is_not_taken_for_granted(s3: "S3Client", answers: Stubber) -> None:
    answers.add_response("put_object", STORED)
    answers.add_client_error("get_object_retention", service_error_code="SlowDown", http_status_code=503)

    with pytest.raises(TryLater):
        put_once(s3)


@pytest.mark.parametrize(
    ("code", "status", "outcome"),
    [("PreconditionFailed", 412, AlreadyStored), ("ConditionalRequestConflict", 409, TryLater)],
)
def test_a_key_that_exists_and_a_key_that_is_just_being_written_are_told_apart(
    s3: "S3Client", answers: Stubber, code: str, status: int, outcome: type[Exception]
) -> None:
    answers.add_client_error("put_object", service_error_code=code, http_status_code=status)

    with pytest.raises(outcome):
        put_once(s3)


@pytest.mark.parametrize("code", ["InvalidCiphertextException", "IncorrectKeyException"])
def test_a_delivery_key_of_another_kms_key_is_tampering(session: boto3.Session, code: str) -> None:
    kms = session.client("kms")

    with Stubber(kms) as answers:
        answers.add_client_error("decrypt", service_error_code=code, http_status_code=400)
        with pytest.raises(Tampered):
            KmsUnwrap(kms, "key")(b"wrapped", {})


def test_a_batch_asks_kms_once_for_each_key_and_context(session: boto3.Session) -> None:
    kms = session.client("kms")
    unwrap = KmsUnwrap(kms, "key")

    with Stubber(kms) as answers:
        answers.add_response("decrypt", {"Plaintext": b"first"})
        answers.add_response("decrypt", {"Plaintext": b"second"})

        assert [unwrap(b"wrapped", {"a": "1"}), unwrap(b"wrapped", {"a": "1"})] == [b"first", b"first"]
        assert unwrap(b"wrapped", {"a": "2"}) == b"second"
