"""IAM statements, written out: one function per shape, so that what a statement says is what it grants."""

from collections.abc import Mapping, Sequence
from typing import Any

import aws_cdk as cdk
from aws_cdk import (
    aws_dynamodb as dynamodb,
    aws_iam as iam,
    aws_kms as kms,
    aws_s3 as s3,
    aws_secretsmanager as secretsmanager,
)

from infra.deployment import Deployment

Conditions = Mapping[str, Mapping[str, Any]]


def allow(
    sid: str, actions: Sequence[str], resources: Sequence[str], conditions: Conditions | None = None
) -> iam.PolicyStatement:
    return iam.PolicyStatement(
        sid=sid, actions=list(actions), resources=list(resources), conditions=dict(conditions or {})
    )


def writing(*attributes: str) -> Conditions:
    """Of a write to a table: names these attributes alone, its key among them."""
    return {"ForAllValues:StringEquals": {"dynamodb:Attributes": list(attributes)}}


NOT_ANSWERED: Conditions = {"StringEqualsIfExists": {"dynamodb:ReturnValues": ["NONE"]}}
"""Of a write to a table: its answer says nothing of what is there."""


def deny_everyone(
    sid: str, actions: Sequence[str], resources: Sequence[str], conditions: Conditions | None = None
) -> iam.PolicyStatement:
    """For resource policies: a deny that no permission anywhere outweighs."""
    return iam.PolicyStatement(
        sid=sid,
        effect=iam.Effect.DENY,
        principals=[iam.AnyPrincipal()],
        actions=list(actions),
        resources=list(resources),
        conditions=dict(conditions or {}),
    )


def use_key(
    sid: str, action: str, key: kms.IKey, encryption_context: Mapping[str, str | Sequence[str]]
) -> iam.PolicyStatement:
    """Use of `key` under an encryption context whose values are the given ones (`*` allowed).

    A request that leaves out a pair named here is refused: `StringLike` does not match an absent key.
    """
    pairs = {f"kms:EncryptionContext:{name}": value for name, value in encryption_context.items()}
    return allow(sid, [action], [key.key_arn], {"StringLike": pairs})


def of_buckets(*buckets: s3.IBucket) -> dict[str, list[str]]:
    """The context S3 gives KMS: the bucket's ARN under a bucket key, else the object's."""
    return {"aws:s3:arn": [arn for bucket in buckets for arn in (bucket.bucket_arn, bucket.arn_for_objects("*"))]}


def of_table(table: dynamodb.ITable) -> dict[str, str]:
    """The context DynamoDB gives KMS."""
    return {"aws:dynamodb:tableName": table.table_name, "aws:dynamodb:subscriberId": cdk.Aws.ACCOUNT_ID}


def of_secrets(*secrets: secretsmanager.CfnSecret) -> dict[str, list[str]]:
    """The context Secrets Manager gives KMS."""
    return {"SecretARN": [secret.attr_id for secret in secrets]}


def of_delivery(deployment: Deployment) -> dict[str, str]:
    return {"fengcun:archive": deployment.archive_id, "fengcun:purpose": "delivery"}


def of_act(deployment: Deployment) -> dict[str, str]:
    """Any act of this archive, as the office seals it for its table."""
    return {"fengcun:archive": deployment.archive_id, "fengcun:purpose": "act", "fengcun:act": "?*"}


def of_segment(deployment: Deployment) -> dict[str, str]:
    """Any segment of this archive; both of its pairs must be there and not be empty."""
    return {"fengcun:archive": deployment.archive_id, "fengcun:segment": "?*", "fengcun:class": "?*"}


def of_suspect(deployment: Deployment) -> dict[str, str]:
    """Any one capture in quarantine."""
    return {"fengcun:archive": deployment.archive_id, "fengcun:purpose": "quarantine", "fengcun:record": "?*"}


def of_media(deployment: Deployment) -> dict[str, str]:
    """Any media file of this archive."""
    return {"fengcun:archive": deployment.archive_id, "fengcun:media": "?*"}


def foreign_principal() -> Conditions:
    """Whoever is not of this account in this partition.

    An AWS service acting for itself has no principal ARN, so the negated test is true for it, and the second line
    lets it pass. An unsigned request has neither key, and stays foreign.
    """
    ours = f"arn:{cdk.Aws.PARTITION}:*::{cdk.Aws.ACCOUNT_ID}:*"
    return {
        "ArnNotLike": {"aws:PrincipalArn": ours},
        "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
    }
