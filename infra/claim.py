"""A finding of the gates that stays, and what protects us instead."""

from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_s3 as s3
from constructs import IConstruct

from infra.records_stack import RecordsStack

NIST = "NIST.800.53.R5"
SOLUTIONS = "AwsSolutions"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """That `finding` may stay at `where`, because of `reason`."""

    where: IConstruct
    finding: str
    reason: str


def wildcard(records: RecordsStack, bucket: s3.IBucket, keys: str) -> str:
    """The finding's name as cdk-nag spells it: with the name under which the bucket's ARN crosses the stacks."""
    name = cdk.Stack.of(records).resolve(records.export_value(bucket.bucket_arn))["Fn::ImportValue"]
    return f"{SOLUTIONS}-IAM5[Resource::{name}/{keys}]"


def inline(permissions: IConstruct) -> Claim:
    return Claim(
        where=permissions,
        finding=f"{NIST}-IAMNoInlinePolicy",
        reason="One policy for one role, which dies with it. A managed policy could be attached to others.",
    )
