"""CloudFormation: the bucket properties that ministack reads and drops."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from botocore.serialize import create_serializer
from botocore.session import get_session
from ministack.services import s3

from local.gaps.cloudformation import Properties, after, succeed
from local.gaps.patching import function, need


@cache
def _serializer() -> tuple[Any, Any]:
    return get_session().get_service_model("s3"), create_serializer("rest-xml", include_validation=False)


def document(operation: str, member: str, configuration: Mapping[str, Any]) -> bytes:
    """The XML body in which the S3 API takes this configuration, as the AWS SDK writes it."""
    model, serializer = _serializer()
    parameters = {"Bucket": "any", member: configuration}
    request = serializer.serialize_to_request(parameters, model.operation_model(operation))
    body: bytes = request["body"]
    return body


def _as_bool(value: Any) -> bool:
    return str(value).lower() == "true"


def encryption_document(configuration: Properties) -> bytes:
    rules = [
        {
            "ApplyServerSideEncryptionByDefault": dict(rule["ServerSideEncryptionByDefault"]),
            "BucketKeyEnabled": _as_bool(rule.get("BucketKeyEnabled", False)),
        }
        for rule in configuration["ServerSideEncryptionConfiguration"]
    ]
    return document("PutBucketEncryption", "ServerSideEncryptionConfiguration", {"Rules": rules})


def lifecycle_rule(rule: Properties) -> dict[str, Any]:
    """One rule in the API's spelling: expiry, transitions, old versions and broken uploads."""
    api: dict[str, Any] = {"Status": rule["Status"], "Filter": {"Prefix": rule.get("Prefix", "")}}
    if "Id" in rule:
        api["ID"] = rule["Id"]
    if "ExpirationInDays" in rule:
        api["Expiration"] = {"Days": int(rule["ExpirationInDays"])}
    elif "ExpiredObjectDeleteMarker" in rule:
        api["Expiration"] = {"ExpiredObjectDeleteMarker": _as_bool(rule["ExpiredObjectDeleteMarker"])}
    if "NoncurrentVersionExpiration" in rule:
        days = int(rule["NoncurrentVersionExpiration"]["NoncurrentDays"])
        api["NoncurrentVersionExpiration"] = {"NoncurrentDays": days}
    if "AbortIncompleteMultipartUpload" in rule:
        days = int(rule["AbortIncompleteMultipartUpload"]["DaysAfterInitiation"])
        api["AbortIncompleteMultipartUpload"] = {"DaysAfterInitiation": days}
    moves = [
        {"Days": int(move["TransitionInDays"]), "StorageClass": move["StorageClass"]}
        for move in rule.get("Transitions", [])
    ]
    return api | ({"Transitions": moves} if moves else {})


def lifecycle_document(configuration: Properties) -> bytes:
    rules = [lifecycle_rule(rule) for rule in configuration["Rules"]]
    return document("PutBucketLifecycleConfiguration", "LifecycleConfiguration", {"Rules": rules})


def logging_document(configuration: Properties) -> bytes:
    target: dict[str, Any] = {
        "TargetBucket": configuration["DestinationBucketName"],
        "TargetPrefix": configuration.get("LogFilePrefix", ""),
    }
    if "TargetObjectKeyFormat" in configuration:
        target["TargetObjectKeyFormat"] = configuration["TargetObjectKeyFormat"]
    return document("PutBucketLogging", "BucketLoggingStatus", {"LoggingEnabled": target})


def ownership_document(configuration: Properties) -> bytes:
    return document("PutBucketOwnershipControls", "OwnershipControls", {"Rules": list(configuration["Rules"])})


def lock_document(configuration: Properties) -> bytes:
    lock: dict[str, Any] = {"ObjectLockEnabled": "Enabled"}
    default = (configuration.get("Rule") or {}).get("DefaultRetention")
    if default:
        numbers = {unit: int(default[unit]) for unit in ("Days", "Years") if unit in default}
        lock["Rule"] = {"DefaultRetention": {"Mode": default["Mode"]} | numbers}
    return document("PutObjectLockConfiguration", "ObjectLockConfiguration", lock)


def _apply_lock(name: str, properties: Properties) -> None:
    wanted = properties.get("ObjectLockConfiguration")
    if wanted or _as_bool(properties.get("ObjectLockEnabled", False)):
        need(s3, "_bucket_versioning")[name] = "Enabled"
        put = function(s3, "_put_object_lock_configuration", "bucket_name body")
        succeed(put(name, lock_document(wanted or {})), f"{name}: ObjectLockConfiguration")


def close_bucket_properties() -> None:
    """AWS::S3::Bucket keeps its lock, encryption, lifecycle, access logs, ownership and tags.

    AWS: applies all of them, and ObjectLockEnabled switches versioning on.
    ministack: applies versioning, notifications, the public access block, CORS and the website; drops the rest.
    """
    puts: dict[str, tuple[str, Callable[[Any], bytes]]] = {
        "BucketEncryption": ("encryption", encryption_document),
        "LifecycleConfiguration": ("lifecycle", lifecycle_document),
        "LoggingConfiguration": ("logging", logging_document),
        "OwnershipControls": ("ownership_controls", ownership_document),
        "Tags": ("tagging", lambda tags: document("PutBucketTagging", "Tagging", {"TagSet": list(tags)})),
    }
    calls = {key: function(s3, f"_put_bucket_{what}", "name body") for key, (what, _xml) in puts.items()}
    function(s3, "_put_object_lock_configuration", "bucket_name body")

    def apply(name: str, _before: Properties, now: Properties) -> None:
        _apply_lock(name, now)
        for key, put in calls.items():
            if key in now:
                succeed(put(name, puts[key][1](now[key])), f"{name}: {key}")

    after("AWS::S3::Bucket", apply)
