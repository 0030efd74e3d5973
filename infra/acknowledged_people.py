"""Findings that stay at the roles of people, at the office and at the custodian."""

from collections.abc import Iterator
from typing import Any

import aws_cdk as cdk

from infra.claim import SOLUTIONS, Claim, inline, wildcard
from infra.constructs.room_function import RoomFunction
from infra.people import People
from infra.records_stack import RecordsStack


def claims_of_people(people: People) -> Iterator[Claim]:
    for role, policy in people.permissions.items():
        yield inline(policy)
        for arn in people.arns[role]:
            spelled = _spelled(cdk.Stack.of(people).resolve(arn))
            if "*" in spelled:
                yield Claim(
                    where=policy,
                    finding=f"{SOLUTIONS}-IAM5[Resource::{spelled}]",
                    reason="Ids are made while running. The method, the route and the kind of act are written out.",
                )


def claims_of_deciding(records: RecordsStack, office: RoomFunction, custody: RoomFunction) -> Iterator[Claim]:
    writes = "Object names are made while running; the prefix is the narrowest thing there is."
    for room in (office, custody):
        yield Claim(where=room.permissions, finding=wildcard(records, records.intake, "deliveries/*"), reason=writes)
    for prefix in ("suspects/*", "suspect-keys/*"):
        reads = "A suspect is named by its record id, whatever that is; the prefix is the narrowest thing there is."
        yield Claim(where=custody.permissions, finding=wildcard(records, records.quarantine, prefix), reason=reads)


def _spelled(arn: Any) -> str:
    """As cdk-nag spells an ARN: references in angle brackets."""
    parts = arn["Fn::Join"][1]
    return "".join(part if isinstance(part, str) else f"<{part['Ref']}>" for part in parts)
