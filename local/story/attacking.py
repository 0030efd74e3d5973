"""The attack: somebody with every right in IAM tries to get rid of evidence, or to change it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from local.story.promise import Promise, weigh
from local.story.reading import Locked


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try, and what S3 said."""

    what: str
    code: str | None
    """S3's own error code; None when the attack went through."""
    message: str = ""


Act = Callable[[], object]


REFUSALS = frozenset({"AccessDenied", "AccessDeniedException", "InvalidBucketState", "PreconditionFailed"})
"""Codes by which AWS says no. Any other error says that the attempt was clumsy, which proves nothing."""


def first_segment(objects: Sequence[Locked]) -> Locked:
    """The one to attack. Raises LookupError when there is none."""
    found = next((one for one in objects if one.key.startswith("segments/")), None)
    if found is None:
        raise LookupError("there is no segment to attack")
    return found


def attempts_of(s3: Any, target: Locked) -> dict[str, Act]:
    """Everything one can try against a locked version with a client `s3`, by what it would be."""
    there = {"Bucket": target.bucket, "Key": target.key}
    it = {**there, "VersionId": target.version_id}
    later = (target.retain_until or datetime.now(UTC)) + timedelta(days=1)
    sooner = {"Mode": "COMPLIANCE", "RetainUntilDate": datetime.now(UTC) + timedelta(days=1)}
    weaker = {"Mode": "GOVERNANCE", "RetainUntilDate": later}
    own_lock = {"ObjectLockMode": "COMPLIANCE", "ObjectLockRetainUntilDate": later}
    own_key = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": target.kms_key}
    suspended = {"Status": "Suspended"}
    return {
        "delete the version": lambda: s3.delete_object(**it),
        "delete it with the bypass header": lambda: s3.delete_object(**it, BypassGovernanceRetention=True),
        "hide it behind a delete marker": lambda: s3.delete_object(**there),
        "shorten its retention": lambda: s3.put_object_retention(**it, Retention=sooner),
        "downgrade it to GOVERNANCE": lambda: s3.put_object_retention(
            **it, Retention=weaker, BypassGovernanceRetention=True
        ),
        "remove its retention": lambda: s3.put_object_retention(**it, Retention={}, BypassGovernanceRetention=True),
        "write over it": lambda: s3.put_object(**there, Body=b"nothing to see", **own_lock, **own_key),
        "write over it if it is not there": lambda: s3.put_object(
            **there, Body=b"nothing to see", IfNoneMatch="*", **own_lock, **own_key
        ),
        "copy another object over it": lambda: s3.copy_object(**there, CopySource=it, **own_lock, **own_key),
        "write beside it without a lock": lambda: s3.put_object(
            Bucket=target.bucket, Key=f"{target.key}-2", Body=b"x", IfNoneMatch="*", **own_key
        ),
        "switch versioning off": lambda: s3.put_bucket_versioning(
            Bucket=target.bucket, VersioningConfiguration=suspended
        ),
    }


BEYOND_POLICY = (
    "delete the version",
    "delete it with the bypass header",
    "shorten its retention",
    "downgrade it to GOVERNANCE",
    "remove its retention",
    "switch versioning off",
)
"""What the lock itself refuses; the emulator's root is bound by no policy, so the rest is not tried with it."""


def key_attempts_of(kms: Any, target: Locked) -> dict[str, Act]:
    """What one can try against the key without which the object is noise."""
    return {
        "delete the key that encrypts it": lambda: kms.schedule_key_deletion(KeyId=target.kms_key),
        "disable the key that encrypts it": lambda: kms.disable_key(KeyId=target.kms_key),
    }


def try_all(acts: dict[str, Act]) -> list[Attempt]:
    return [_try(what, act) for what, act in acts.items()]


def _try(what: str, act: Act) -> Attempt:
    try:
        act()
    except ClientError as error:
        said = error.response["Error"]
        return Attempt(what=what, code=said.get("Code", "unknown"), message=said.get("Message", ""))
    return Attempt(what=what, code=None)


def all_refused(name: str, attempts: Sequence[Attempt]) -> Promise:
    seen = [(f"{attempt.what}: {attempt.code or 'went through'}", attempt.code in REFUSALS) for attempt in attempts]
    codes = ", ".join(sorted({attempt.code or "" for attempt in attempts}))
    return weigh(name, seen, evidence=f"{len(attempts)} attempts refused: {codes}")
