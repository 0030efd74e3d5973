"""Buckets. All: private, versioned, encrypted, TLS only, closed to other accounts and partitions."""

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam, aws_kms as kms, aws_s3 as s3
from constructs import Construct

from infra.constructs.statements import deny_everyone, foreign_principal
from infra.deployment import Deployment

OLDEST_TLS = 1.2
ACCESS_LOG_DAYS = 400
"""Cybersecurity Law of the PRC, art. 23(3): network logs are kept at least six months. A year serves a late audit."""


class ArchiveBucket(s3.Bucket):
    """A bucket sealed with `key`, whose every request is written into `logs`."""

    def __init__(self, scope: Construct, name: str, *, key: kms.IKey, logs: s3.IBucket, **properties: Any) -> None:
        super().__init__(
            scope,
            name,
            **_PRIVATE,
            encryption=s3.BucketEncryption.KMS,
            encryption_key=key,
            bucket_key_enabled=True,
            server_access_logs_bucket=logs,
            server_access_logs_prefix=f"{name.lower()}/",
            **properties,
        )
        _close_to_strangers(self)

    def deny(self, sid: str, actions: list[str], conditions: dict[str, Any] | None = None) -> None:
        """Refuse `actions` on every object of the bucket to everyone."""
        self.add_to_resource_policy(deny_everyone(sid, actions, [self.arn_for_objects("*")], conditions))

    def require_key(self, key: kms.IKey) -> None:
        """Every put names `key`. A put that names none is refused as well: a negated test holds for an absent key."""
        self.deny("PutsNameTheKey", ["s3:PutObject"], {"StringNotEquals": {_KEY_HEADER: key.key_arn}})


class LockedBucket(ArchiveBucket):
    """A bucket whose objects are written once, locked, and outlive everyone's wish to be rid of them.

    It has no default retention, and whoever gives it one weakens nothing, since every put must bring its own lock; so
    `PutBucketObjectLockConfiguration` is left to IAM. S3 never lets such a bucket lose its versioning or its lock.
    """

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        key: kms.IKey,
        logs: s3.IBucket,
        lock_modes: list[str],
        deployment: Deployment,
        eraser: iam.IRole | None = None,
    ) -> None:
        """`eraser` is the one role that may put a version over a version and remove the older one (docs/adr/0021)."""
        super().__init__(scope, name, key=key, logs=logs, object_lock_enabled=True)
        others = {"ArnNotLike": {_WHO: eraser.role_arn}} if eraser else {}
        self.require_key(key)
        self._require_lock(lock_modes, deployment, others)
        self._write_once(others)
        if eraser is not None:
            # Over exactly the version that it has read: of two erasures at once, one has to read again.
            seen = {"Null": {"s3:if-match": "true"}, "ArnLike": {_WHO: eraser.role_arn}}
            self.deny("ErasuresReplaceWhatTheyRead", ["s3:PutObject"], seen)

    def _require_lock(self, lock_modes: list[str], deployment: Deployment, others: dict[str, Any]) -> None:
        # A negated test holds for an absent key, so a put without a lock is refused by the first line. S3 takes a mode
        # only together with a date, so the second need not ask whether there is one. Parts of a multipart upload
        # carry no lock header and are refused too: records are written in one put.
        writes = ["s3:PutObject", "s3:PutObjectRetention"]
        self.deny("PutsAreLocked", writes, {"StringNotEquals": {_LOCK_MODE: lock_modes}})
        self.deny(
            "LocksReachTheFloor",
            ["s3:PutObject"],
            {"NumericLessThan": {_LOCK_DAYS: str(deployment.retention_floor_days)}, **others},
        )
        if deployment.trial_lock_days:
            # One day more, because S3 does not say how it rounds.
            self.deny(
                "TrialLocksAreShort",
                writes,
                {"NumericGreaterThan": {_LOCK_DAYS: str(deployment.trial_lock_days + 1)}},
            )
        self.deny("NobodyBypassesALock", ["s3:BypassGovernanceRetention"], others)

    def _write_once(self, others: dict[str, Any]) -> None:
        self.deny("PutsNeverReplace", ["s3:PutObject"], {"Null": {"s3:if-none-match": "true"}, **others})
        # Without a version id a delete hides an object behind a marker; locks do not prevent that.
        self.deny("NothingIsHidden", ["s3:DeleteObject"])
        # Nor does a lock keep a lifecycle rule from hiding it.
        self.add_to_resource_policy(deny_everyone("NothingFades", ["s3:PutLifecycleConfiguration"], [self.bucket_arn]))


class AccessLogBucket(s3.Bucket):
    """Where S3 writes who asked for what. It delivers only into buckets under its own key (SSE-S3)."""

    def __init__(self, scope: Construct, name: str) -> None:
        super().__init__(
            scope,
            name,
            **_PRIVATE,
            encryption=s3.BucketEncryption.S3_MANAGED,
            lifecycle_rules=[
                s3.LifecycleRule(
                    expiration=cdk.Duration.days(ACCESS_LOG_DAYS),
                    noncurrent_version_expiration=cdk.Duration.days(1),
                )
            ],
        )
        _close_to_strangers(self)


_KEY_HEADER = "s3:x-amz-server-side-encryption-aws-kms-key-id"
_LOCK_MODE = "s3:object-lock-mode"
_WHO = "aws:PrincipalArn"
_LOCK_DAYS = "s3:object-lock-remaining-retention-days"
_PRIVATE: dict[str, Any] = {
    "block_public_access": s3.BlockPublicAccess.BLOCK_ALL,
    "object_ownership": s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
    "versioned": True,
    "enforce_ssl": True,
    "minimum_tls_version": OLDEST_TLS,
}


def _close_to_strangers(bucket: s3.Bucket) -> None:
    bucket.add_to_resource_policy(
        deny_everyone("OursAlone", ["s3:*"], [bucket.bucket_arn, bucket.arn_for_objects("*")], foreign_principal())
    )
