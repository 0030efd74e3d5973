"""Who may use the key under which S3 encrypts: the caller must be allowed to, not S3."""

from collections.abc import Callable, Mapping
from typing import Any

from ministack.core import iam_actions
from ministack.services import kms, s3

from local.gaps.patching import function, need, replace
from local.gaps.s3_conditions import with_keys

_ALGORITHM, _KEY_ID = "x-amz-server-side-encryption", "x-amz-server-side-encryption-aws-kms-key-id"
_BUCKET_KEY = "x-amz-server-side-encryption-bucket-key-enabled"
Headers = Mapping[str, str]


def _stored_headers(bucket: str, key: str, version_id: str) -> Headers:
    """The encryption headers of what is stored there, or none."""
    if version_id:
        versions = need(s3, "_object_versions").get((bucket, key), [])
        found = next((each for each in versions if each["version_id"] == version_id), None)
    else:
        found = (need(s3, "_buckets").get(bucket) or {}).get("objects", {}).get(key)
    return (found or {}).get("preserved_headers") or {}


def _check_of(action: str, headers: Headers, bucket: str, key: str) -> list[tuple[str, str]]:
    """The permission needed on the key these headers name, under the context that S3 gives KMS."""
    record = need(kms, "_resolve_key")(headers.get(_KEY_ID, "")) if headers.get(_ALGORITHM) == "aws:kms" else None
    if not record:
        return []
    by_bucket_key = headers.get(_BUCKET_KEY) == "true"
    arn = f"arn:aws:s3:::{bucket}" if by_bucket_key else f"arn:aws:s3:::{bucket}/{key}"
    context = {"kms:EncryptionContext:aws:s3:arn": arn, "kms:EncryptionContextKeys": "aws:s3:arn"}
    return [(action, with_keys(record["Arn"], context))]


def close_key_permissions() -> None:
    """Writing under a KMS key needs `kms:GenerateDataKey` of the caller, reading back needs `kms:Decrypt`.

    AWS: S3 uses the key in the caller's name, with the bucket's ARN (bucket key) or the object's as context.
    ministack: never asks KMS, so a role that could not read anything reads everything. With this, the caller's IAM
    policies are asked; the key's own policy, its state and its grants still are not.
    """
    resolve = function(s3, "_resolve_sse_write_headers", "headers bucket_name")
    name = function(iam_actions, "_s3_action", "method path query_params")
    function(kms, "_resolve_key", "key_id_or_arn")
    need(s3, "_object_versions")
    need(s3, "_buckets")

    def around(original: Callable[..., list[tuple[str, str]]]) -> Callable[..., list[tuple[str, str]]]:
        def checks(
            method: str, path: str, headers: dict[str, str], body: bytes, query_params: dict[str, Any]
        ) -> list[tuple[str, str]]:
            asked = original(method, path, headers, body, query_params)
            bucket, _, key = path.strip("/").partition("/")
            action = name(method, path, query_params)
            if action == "PutObject" and "partNumber" not in query_params:
                return asked + _check_of("kms:GenerateDataKey", resolve(headers, bucket)[0] or {}, bucket, key)
            if method == "GET" and action in {"GetObject", "GetObjectVersion"}:
                version_id = need(s3, "_qp")(query_params, "versionId", "")
                return asked + _check_of("kms:Decrypt", _stored_headers(bucket, key, version_id), bucket, key)
            return asked

        return checks

    replace(iam_actions, "s3_additional_checks", "method path headers body query_params", around)
