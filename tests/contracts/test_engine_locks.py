"""What Object Lock promises, attacked on an independent engine: the archive rests on nothing else."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

from tests.engines.resources import plain_bucket

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.literals import ObjectLockModeType, ObjectLockRetentionModeType

BODY = b"what was said"
UNTIL = datetime(2046, 11, 22, 8, 30, tzinfo=UTC)
LATER, SOONER = UNTIL + timedelta(days=365), UNTIL - timedelta(days=1)
PAST = datetime(2016, 11, 22, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version of one object in a bucket with Object Lock, and what can be tried on it."""

    s3: "S3Client"
    bucket: str
    key: str
    version_id: str

    def body(self) -> bytes:
        return self.s3.get_object(Bucket=self.bucket, Key=self.key, VersionId=self.version_id)["Body"].read()

    def retention(self) -> tuple[str | None, datetime | None]:
        answer = self.s3.get_object_retention(Bucket=self.bucket, Key=self.key, VersionId=self.version_id)
        return answer["Retention"].get("Mode"), answer["Retention"].get("RetainUntilDate")

    def delete(self) -> None:
        self.s3.delete_object(Bucket=self.bucket, Key=self.key, VersionId=self.version_id)

    def delete_with_bypass(self) -> None:
        self.s3.delete_object(
            Bucket=self.bucket, Key=self.key, VersionId=self.version_id, BypassGovernanceRetention=True
        )

    def delete_in_batch(self) -> list[str | None]:
        """The codes of what was refused."""
        answer = self.s3.delete_objects(
            Bucket=self.bucket, Delete={"Objects": [{"Key": self.key, "VersionId": self.version_id}]}
        )
        return [error.get("Code") for error in answer.get("Errors", [])]

    def retain(self, mode: "ObjectLockRetentionModeType", until: datetime) -> None:
        self.s3.put_object_retention(
            Bucket=self.bucket,
            Key=self.key,
            VersionId=self.version_id,
            Retention={"Mode": mode, "RetainUntilDate": until},
        )

    def retain_with_bypass(self, mode: "ObjectLockRetentionModeType", until: datetime) -> None:
        self.s3.put_object_retention(
            Bucket=self.bucket,
            Key=self.key,
            VersionId=self.version_id,
            Retention={"Mode": mode, "RetainUntilDate": until},
            BypassGovernanceRetention=True,
        )

    def retain_nothing_with_bypass(self) -> None:
        self.s3.put_object_retention(
            Bucket=self.bucket, Key=self.key, VersionId=self.version_id, Retention={}, BypassGovernanceRetention=True
        )


def put(s3: "S3Client", bucket: str, key: str, mode: "ObjectLockModeType", until: datetime = UNTIL) -> Version:
    answer = s3.put_object(Bucket=bucket, Key=key, Body=BODY, ObjectLockMode=mode, ObjectLockRetainUntilDate=until)
    return Version(s3=s3, bucket=bucket, key=key, version_id=answer["VersionId"])


@pytest.fixture
def compliance(seaweed_s3: "S3Client", seaweed_vault: str, key: str) -> Version:
    return put(seaweed_s3, seaweed_vault, key, "COMPLIANCE")


@pytest.fixture
def governance(seaweed_s3: "S3Client", seaweed_vault: str, key: str) -> Version:
    return put(seaweed_s3, seaweed_vault, key, "GOVERNANCE")


COMPLIANCE_ATTACKS: dict[str, Callable[[Version], None]] = {
    "delete": Version.delete,
    "delete with bypass": Version.delete_with_bypass,
    "shorten": lambda it: it.retain("COMPLIANCE", SOONER),
    "shorten with bypass": lambda it: it.retain_with_bypass("COMPLIANCE", SOONER),
    "downgrade with bypass": lambda it: it.retain_with_bypass("GOVERNANCE", UNTIL),
    "downgrade and extend with bypass": lambda it: it.retain_with_bypass("GOVERNANCE", LATER),
}
GOVERNANCE_ATTACKS: dict[str, Callable[[Version], None]] = {
    "delete": Version.delete,
    "shorten": lambda it: it.retain("GOVERNANCE", SOONER),
}


@pytest.mark.parametrize("attack", COMPLIANCE_ATTACKS.values(), ids=COMPLIANCE_ATTACKS.keys())
def test_nothing_undoes_a_compliance_lock(attack: Callable[[Version], None], compliance: Version) -> None:
    with pytest.raises(ClientError, match="AccessDenied"):
        attack(compliance)

    assert compliance.retention() == ("COMPLIANCE", UNTIL)
    assert compliance.body() == BODY


def test_a_compliance_lock_cannot_be_emptied(compliance: Version) -> None:
    with pytest.raises(ClientError, match=r"AccessDenied|InvalidRequest"):
        compliance.retain_nothing_with_bypass()

    assert compliance.retention() == ("COMPLIANCE", UNTIL)


def test_a_batch_delete_leaves_a_compliance_version_where_it_is(compliance: Version) -> None:
    refused = compliance.delete_in_batch()

    assert refused == ["AccessDenied"]
    assert compliance.body() == BODY


def test_a_compliance_lock_can_be_extended_and_then_never_shortened_again(compliance: Version) -> None:
    compliance.retain("COMPLIANCE", LATER)

    with pytest.raises(ClientError, match="AccessDenied"):
        compliance.retain_with_bypass("COMPLIANCE", UNTIL)
    assert compliance.retention() == ("COMPLIANCE", LATER)


def test_deleting_the_key_hides_a_locked_version_but_keeps_it(compliance: Version) -> None:
    compliance.s3.delete_object(Bucket=compliance.bucket, Key=compliance.key)

    assert compliance.body() == BODY
    assert compliance.retention() == ("COMPLIANCE", UNTIL)


def test_overwriting_the_key_makes_a_second_version_and_keeps_the_locked_one(compliance: Version) -> None:
    second = compliance.s3.put_object(Bucket=compliance.bucket, Key=compliance.key, Body=b"something else")

    assert second["VersionId"] != compliance.version_id
    assert compliance.body() == BODY
    with pytest.raises(ClientError, match="AccessDenied"):
        compliance.delete_with_bypass()


@pytest.mark.parametrize("attack", GOVERNANCE_ATTACKS.values(), ids=GOVERNANCE_ATTACKS.keys())
def test_a_governance_lock_holds_against_everyone_without_bypass(
    attack: Callable[[Version], None], governance: Version
) -> None:
    with pytest.raises(ClientError, match="AccessDenied"):
        attack(governance)

    assert governance.retention() == ("GOVERNANCE", UNTIL)
    assert governance.body() == BODY


def test_a_batch_delete_without_bypass_leaves_a_governance_version_where_it_is(governance: Version) -> None:
    refused = governance.delete_in_batch()

    assert refused == ["AccessDenied"]
    assert governance.body() == BODY


def test_a_governance_lock_yields_to_bypass_so_only_the_bucket_policy_stands_before_it(governance: Version) -> None:
    governance.delete_with_bypass()

    with pytest.raises(ClientError, match="NoSuchVersion"):
        governance.body()


def test_a_legal_hold_outlives_every_attempt_to_delete_until_it_is_lifted(
    seaweed_s3: "S3Client", seaweed_vault: str, key: str
) -> None:
    answer = seaweed_s3.put_object(Bucket=seaweed_vault, Key=key, Body=BODY, ObjectLockLegalHoldStatus="ON")
    held = Version(s3=seaweed_s3, bucket=seaweed_vault, key=key, version_id=answer["VersionId"])
    status = seaweed_s3.get_object_legal_hold(Bucket=seaweed_vault, Key=key)["LegalHold"].get("Status")

    assert status == "ON"
    with pytest.raises(ClientError, match="AccessDenied"):
        held.delete_with_bypass()
    seaweed_s3.put_object_legal_hold(
        Bucket=seaweed_vault, Key=key, VersionId=held.version_id, LegalHold={"Status": "OFF"}
    )
    held.delete()


def test_a_lock_that_would_already_be_over_is_refused(seaweed_s3: "S3Client", seaweed_vault: str, key: str) -> None:
    with pytest.raises(ClientError, match=r"InvalidArgument|InvalidRequest"):
        put(seaweed_s3, seaweed_vault, key, "COMPLIANCE", PAST)


def test_a_locked_write_to_a_bucket_without_locks_is_refused(seaweed_s3: "S3Client", key: str) -> None:
    bucket = plain_bucket(seaweed_s3, "no-locks")

    with pytest.raises(ClientError, match="InvalidRequest"):
        put(seaweed_s3, bucket, key, "COMPLIANCE")


def test_versioning_of_a_locked_bucket_cannot_be_suspended(seaweed_s3: "S3Client", seaweed_vault: str) -> None:
    with pytest.raises(ClientError, match="InvalidBucketState"):
        seaweed_s3.put_bucket_versioning(Bucket=seaweed_vault, VersioningConfiguration={"Status": "Suspended"})
