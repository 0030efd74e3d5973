"""The buckets and tables of the Records stack, made by hand on whichever engine is asked."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

REGION: Literal["cn-north-1"] = "cn-north-1"
KMS_KEY = "00000000-0000-4000-8000-000000000001"  # S3 takes a key by id or by ARN; SeaweedFS makes ids, not ARNs
AttributeType = Literal["S", "N", "B"]
KeyRole = Literal["HASH", "RANGE"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """Their names."""

    postings: str
    deliveries: str
    custodians: str
    consents: str
    held: str
    tombstones: str
    counters: str
    holds: str
    media: str
    acts: str
    sequences: str


def locked_bucket(s3: "S3Client", name: str) -> str:
    """Like Vault and Keyring: Object Lock, and so versioned; no default retention."""
    s3.create_bucket(
        Bucket=name,
        CreateBucketConfiguration={"LocationConstraint": REGION},
        ObjectLockEnabledForBucket=True,
    )
    return name


def plain_bucket(s3: "S3Client", name: str) -> str:
    """Like Intake and Quarantine: no lock."""
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
    return name


def tables(dynamodb: "DynamoDBClient", suffix: str) -> Tables:
    """The tables of the archive, empty."""
    return Tables(
        postings=table(dynamodb, f"postings-{suffix}", {"token": "B", "at": "S"}),
        deliveries=table(dynamodb, f"deliveries-{suffix}", {"claim": "B"}),
        custodians=table(dynamodb, f"custodians-{suffix}", {"token": "B", "valid_from": "S"}),
        consents=table(dynamodb, f"consents-{suffix}", {"token": "B", "sk": "S"}),
        held=table(dynamodb, f"held-{suffix}", {"token": "B", "record": "S"}),
        tombstones=table(dynamodb, f"tombstones-{suffix}", {"day": "S", "sk": "S"}),
        counters=table(dynamodb, f"counters-{suffix}", {"counter": "S", "member": "S"}),
        holds=table(dynamodb, f"holds-{suffix}", {"hold": "S"}),
        media=make_media(dynamodb, f"media-{suffix}"),
        acts=table(dynamodb, f"acts-{suffix}", {"act": "S"}),
        sequences=table(dynamodb, f"sequences-{suffix}", {"token": "B", "at": "S"}),
    )


def make_media(dynamodb: "DynamoDBClient", name: str) -> str:
    """With the sparse index of what is missing."""
    dynamodb.create_table(
        TableName=name,
        AttributeDefinitions=[
            {"AttributeName": "media", "AttributeType": "B"},
            {"AttributeName": "missing_since", "AttributeType": "S"},
        ],
        KeySchema=[{"AttributeName": "media", "KeyType": "HASH"}],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "missing",
                "KeySchema": [
                    {"AttributeName": "missing_since", "KeyType": "HASH"},
                    {"AttributeName": "media", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    return name


def table(dynamodb: "DynamoDBClient", name: str, keys: dict[str, AttributeType]) -> str:
    """`keys` is the partition key and then, if there is one, the sort key."""
    roles: tuple[KeyRole, ...] = ("HASH", "RANGE")
    dynamodb.create_table(
        TableName=name,
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": kind} for key, kind in keys.items()],
        KeySchema=[{"AttributeName": key, "KeyType": role} for key, role in zip(keys, roles, strict=False)],
        BillingMode="PAY_PER_REQUEST",
    )
    return name
