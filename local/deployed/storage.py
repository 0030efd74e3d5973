"""What the emulator says about buckets, tables, keys, secrets, queues and logs, as CloudFormation spells it."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import ClientError

Properties = dict[str, Any]
Client = Callable[[str], Any]
"""`client("s3")` gives the boto3 client."""


def answered(ask: Callable[[], Any], member: str) -> Any:
    """`member` of the answer, or None when the service has nothing of the kind."""
    try:
        return ask().get(member)
    except ClientError:
        return None


def policy(text: str | None) -> Any:
    return json.loads(text) if text else None


def bucket(client: Client, name: str, _wanted: Mapping[str, Any]) -> Properties:
    s3, it = client("s3"), {"Bucket": name}
    rules = answered(lambda: s3.get_bucket_encryption(**it), "ServerSideEncryptionConfiguration")
    lock = answered(lambda: s3.get_object_lock_configuration(**it), "ObjectLockConfiguration")
    events = s3.get_bucket_notification_configuration(**it)
    return {
        "BucketEncryption": _encryption(rules),
        "LifecycleConfiguration": _lifecycle(answered(lambda: s3.get_bucket_lifecycle_configuration(**it), "Rules")),
        "LoggingConfiguration": _logging(answered(lambda: s3.get_bucket_logging(**it), "LoggingEnabled")),
        "NotificationConfiguration": {
            "EventBridgeConfiguration": {"EventBridgeEnabled": "EventBridgeConfiguration" in events}
        },
        "ObjectLockEnabled": bool(lock),
        "ObjectLockConfiguration": lock,
        "OwnershipControls": answered(lambda: s3.get_bucket_ownership_controls(**it), "OwnershipControls"),
        "PublicAccessBlockConfiguration": answered(
            lambda: s3.get_public_access_block(**it), "PublicAccessBlockConfiguration"
        ),
        "VersioningConfiguration": {"Status": s3.get_bucket_versioning(**it).get("Status")},
        "Tags": answered(lambda: s3.get_bucket_tagging(**it), "TagSet"),
    }


def _encryption(found: Mapping[str, Any] | None) -> Properties | None:
    if found is None:
        return None
    rules = [
        {
            "ServerSideEncryptionByDefault": rule["ApplyServerSideEncryptionByDefault"],
            "BucketKeyEnabled": rule.get("BucketKeyEnabled", False),
        }
        for rule in found["Rules"]
    ]
    return {"ServerSideEncryptionConfiguration": rules}


def _lifecycle(found: list[Properties] | None) -> Properties | None:
    if found is None:
        return None
    return {"Rules": [_lifecycle_rule(rule) for rule in found]}


def _lifecycle_rule(rule: Mapping[str, Any]) -> Properties:
    renamed = {
        "Id": rule.get("ID"),
        "Prefix": rule.get("Filter", {}).get("Prefix"),
        "ExpirationInDays": rule.get("Expiration", {}).get("Days"),
        "ExpiredObjectDeleteMarker": rule.get("Expiration", {}).get("ExpiredObjectDeleteMarker"),
        "Transitions": [
            {"TransitionInDays": move.get("Days"), "StorageClass": move.get("StorageClass")}
            for move in rule.get("Transitions", [])
        ],
    }
    return {**rule, **renamed}


def _logging(found: Mapping[str, Any] | None) -> Properties | None:
    if found is None:
        return None
    return {**found, "DestinationBucketName": found["TargetBucket"], "LogFilePrefix": found["TargetPrefix"]}


def bucket_policy(client: Client, _name: str, wanted: Mapping[str, Any]) -> Properties:
    text = answered(lambda: client("s3").get_bucket_policy(Bucket=wanted["Bucket"]), "Policy")
    return {"Bucket": wanted["Bucket"], "PolicyDocument": policy(text)}


def table(client: Client, name: str, _wanted: Mapping[str, Any]) -> Properties:
    dynamodb, it = client("dynamodb"), {"TableName": name}
    described = dynamodb.describe_table(**it)["Table"]
    expiry = dynamodb.describe_time_to_live(**it)["TimeToLiveDescription"]
    backups = dynamodb.describe_continuous_backups(**it)["ContinuousBackupsDescription"]
    recovery = backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"]
    sse = described.get("SSEDescription", {})
    return {
        **described,
        "BillingMode": described.get("BillingModeSummary", {}).get("BillingMode"),
        "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": recovery == "ENABLED"},
        "SSESpecification": {
            "SSEEnabled": sse.get("Status") == "ENABLED",
            "SSEType": sse.get("SSEType"),
            "KMSMasterKeyId": sse.get("KMSMasterKeyArn"),
        },
        "TimeToLiveSpecification": {
            "AttributeName": expiry.get("AttributeName"),
            "Enabled": expiry["TimeToLiveStatus"] == "ENABLED",
        },
    }


def key(client: Client, name: str, wanted: Mapping[str, Any]) -> Properties:
    kms, it = client("kms"), {"KeyId": name}
    described = kms.describe_key(**it)["KeyMetadata"]
    return {
        **{name: described[name] for name in ("Description", "KeySpec", "KeyUsage")},
        "EnableKeyRotation": answered(lambda: kms.get_key_rotation_status(**it), "KeyRotationEnabled"),
        "KeyPolicy": policy(kms.get_key_policy(**it, PolicyName="default")["Policy"]),
        # How long a key waits for its deletion is a promise about that deletion; no service reports it before.
        "PendingWindowInDays": wanted.get("PendingWindowInDays"),
    }


def secret(client: Client, name: str, wanted: Mapping[str, Any]) -> Properties:
    manager, it = client("secretsmanager"), {"SecretId": name}
    described, value = manager.describe_secret(**it), manager.get_secret_value(**it)["SecretString"]
    length = wanted.get("GenerateSecretString", {}).get("PasswordLength")
    kept = wanted.get("GenerateSecretString") if len(value) == length and value.isalnum() else None
    return {
        "Description": described.get("Description"),
        "KmsKeyId": described.get("KmsKeyId"),
        "GenerateSecretString": kept,
        "SecretString": wanted.get("SecretString") if value else None,  # the initial value, changed since by operators
    }


def queue(client: Client, name: str, _wanted: Mapping[str, Any]) -> Properties:
    attributes = client("sqs").get_queue_attributes(QueueUrl=name, AttributeNames=["All"])["Attributes"]
    return {**attributes, "RedrivePolicy": policy(attributes.get("RedrivePolicy"))}


def queue_policy(client: Client, _name: str, wanted: Mapping[str, Any]) -> Properties:
    urls = wanted["Queues"]
    answer = client("sqs").get_queue_attributes(QueueUrl=urls[0], AttributeNames=["Policy"]).get("Attributes", {})
    return {"Queues": urls, "PolicyDocument": policy(answer.get("Policy"))}


def topic_policy(client: Client, _name: str, wanted: Mapping[str, Any]) -> Properties:
    arns = wanted["Topics"]
    answer = client("sns").get_topic_attributes(TopicArn=arns[0])["Attributes"]
    return {"Topics": arns, "PolicyDocument": policy(answer.get("Policy"))}


def log_group(client: Client, name: str, _wanted: Mapping[str, Any]) -> Properties:
    groups = client("logs").describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    (found,) = [group for group in groups if group["logGroupName"] == name]
    return {"RetentionInDays": found.get("retentionInDays"), "KmsKeyId": found.get("kmsKeyId")}
