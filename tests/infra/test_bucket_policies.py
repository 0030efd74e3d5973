"""What the buckets refuse to everyone, whatever their IAM policies say. # G: records are locked, once, by us"""

from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from tests.infra.iam import Context, denials
from tests.infra.synth import Stacks
from tests.infra.template import text

OURS = "arn:AWS::Partition:iam::AWS::AccountId:role/anyone"
MODE = "s3:object-lock-mode"
DAYS = "s3:object-lock-remaining-retention-days"
ONCE = "s3:if-none-match"
KEY = "s3:x-amz-server-side-encryption-aws-kms-key-id"
GOOD_PUT = {
    "aws:PrincipalArn": OURS,
    "aws:PrincipalIsAWSService": "false",
    "aws:SecureTransport": "true",
    "s3:TlsVersion": "1.3",
    MODE: "COMPLIANCE",
    DAYS: "7300",
    ONCE: "*",
    KEY: "StorageKey",
}


def policy(stacks: Stacks, bucket: str) -> dict[str, Any]:
    (found,) = [
        one.properties["PolicyDocument"]
        for one in stacks.records.of("AWS::S3::BucketPolicy")
        if text(one.properties["Bucket"]) == bucket
    ]
    document: dict[str, Any] = found
    return document


def refusals(stacks: Stacks, bucket: str, context: Context, action: str = "s3:PutObject") -> list[str]:
    return denials(policy(stacks, bucket), action=action, resource=f"{bucket}/segments/x", context=context)


def without(key: str) -> Context:
    return {name: value for name, value in GOOD_PUT.items() if name != key}


@pytest.mark.parametrize("bucket", ["Vault", "Keyring"])
def test_a_locked_sealed_first_put_over_tls_by_us_is_let_through(prod: Stacks, bucket: str) -> None:
    assert refusals(prod, bucket, GOOD_PUT) == []


@pytest.mark.parametrize("bucket", ["Vault", "Keyring"])
@pytest.mark.parametrize(
    ("context", "refusal"),
    [
        (without(MODE), "PutsAreLocked"),
        ({**GOOD_PUT, MODE: "NONE"}, "PutsAreLocked"),
        ({**GOOD_PUT, DAYS: "179"}, "LocksReachTheFloor"),
        ({**GOOD_PUT, DAYS: "-1"}, "LocksReachTheFloor"),
        (without(ONCE), "PutsNeverReplace"),
        (without(KEY), "PutsNameTheKey"),
        ({**GOOD_PUT, KEY: "SomeOtherKey"}, "PutsNameTheKey"),
        ({**GOOD_PUT, "aws:PrincipalArn": "arn:AWS::Partition:iam::999999999999:role/x"}, "OursAlone"),
        ({**GOOD_PUT, "aws:PrincipalArn": "arn:aws-elsewhere:iam::AWS::AccountId:role/x"}, "OursAlone"),
        ({"aws:SecureTransport": "true", MODE: "COMPLIANCE", DAYS: "7300", ONCE: "*", KEY: "StorageKey"}, "OursAlone"),
    ],
)
def test_a_put_that_lacks_one_thing_is_refused_for_that(
    prod: Stacks, bucket: str, context: Context, refusal: str
) -> None:
    assert refusals(prod, bucket, context) == [refusal]


def test_a_weaker_lock_is_refused_by_the_vault_but_not_by_the_keyring(prod: Stacks) -> None:
    weaker = {**GOOD_PUT, MODE: "GOVERNANCE"}

    assert refusals(prod, "Vault", weaker) == ["PutsAreLocked"]
    assert refusals(prod, "Keyring", weaker) == []


def test_a_trial_never_locks_beyond_anyones_power_nor_for_long(trial: Stacks) -> None:
    for action in ("s3:PutObject", "s3:PutObjectRetention"):
        long = {**GOOD_PUT, MODE: "GOVERNANCE", DAYS: "9"}

        assert refusals(trial, "Vault", long, action) == ["TrialLocksAreShort"]
    assert "PutsAreLocked" in refusals(trial, "Vault", {**GOOD_PUT, DAYS: "7"})
    assert refusals(trial, "Vault", {**GOOD_PUT, MODE: "GOVERNANCE", DAYS: "7"}) == []


@pytest.mark.parametrize("bucket", ["Vault", "Keyring"])
def test_nobody_bypasses_a_lock_or_hides_an_object(stacks: Stacks, bucket: str) -> None:
    assert "NobodyBypassesALock" in refusals(stacks, bucket, GOOD_PUT, "s3:BypassGovernanceRetention")
    assert "NothingIsHidden" in refusals(stacks, bucket, GOOD_PUT, "s3:DeleteObject")


def test_the_quarantine_is_sealed_with_its_own_key_or_not_at_all(stacks: Stacks) -> None:
    assert refusals(stacks, "Quarantine", {**GOOD_PUT, KEY: "QuarantineKey"}) == []
    assert refusals(stacks, "Quarantine", GOOD_PUT) == ["PutsNameTheKey"]
    assert refusals(stacks, "Quarantine", without(KEY)) == ["PutsNameTheKey"]


@pytest.mark.parametrize("bucket", ["Vault", "Keyring", "Quarantine", "Intake", "AccessLogs"])
@pytest.mark.parametrize("action", ["s3:GetObject", "s3:PutObject", "s3:ListBucketVersions", "s3:PutBucketPolicy"])
def test_every_bucket_is_closed_to_strangers_and_to_plain_http(stacks: Stacks, bucket: str, action: str) -> None:
    stranger = {**GOOD_PUT, "aws:PrincipalArn": "arn:AWS::Partition:sts::999999999999:assumed-role/x/y"}
    anonymous = {"aws:SecureTransport": "true"}

    assert "OursAlone" in refusals(stacks, bucket, stranger, action)
    assert "OursAlone" in refusals(stacks, bucket, anonymous, action)
    assert len(refusals(stacks, bucket, {**GOOD_PUT, "aws:SecureTransport": "false"}, action)) > len(
        refusals(stacks, bucket, GOOD_PUT, action)
    )
    assert len(refusals(stacks, bucket, {**GOOD_PUT, "s3:TlsVersion": "1.1"}, action)) > len(
        refusals(stacks, bucket, GOOD_PUT, action)
    )


def test_s3_itself_may_deliver_access_logs(stacks: Stacks) -> None:
    delivery = {"aws:PrincipalIsAWSService": "true", "aws:SecureTransport": "true"}

    assert refusals(stacks, "AccessLogs", delivery) == []


@given(
    present=st.sets(st.sampled_from(sorted(GOOD_PUT))),
    mode=st.sampled_from(["COMPLIANCE", "GOVERNANCE"]),
    days=st.integers(min_value=-1, max_value=36500),
)
@settings(deadline=None)
def test_whatever_else_a_put_says_it_is_locked_long_enough_sealed_and_new_or_refused(
    all_stacks: dict[str, Stacks], present: set[str], mode: str, days: int
) -> None:
    said = {**GOOD_PUT, MODE: mode, DAYS: str(days)}
    context = {key: said[key] for key in present}

    if refusals(all_stacks["local"], "Vault", context) == []:
        assert context[MODE] == "COMPLIANCE"
        assert context.get(DAYS) is None or int(context[DAYS]) >= 180  # S3 takes no mode without a date
        assert context[ONCE] == "*"
        assert context[KEY] == "StorageKey"
        assert context["aws:PrincipalArn"] == OURS
