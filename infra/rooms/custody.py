"""Custody: the only room that reads the quarantine, and the only one that removes from it. Cannot write the vault."""

from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from functions.custody.handler import Settings, handle
from infra.constructs.alarms import Alarms
from infra.constructs.room_function import Room, RoomFunction
from infra.constructs.statements import allow, of_buckets, of_suspect, of_table, use_key
from infra.deployment import Deployment
from infra.people import People
from infra.records_stack import RecordsStack
from infra.rooms.delivering import delivers, variables

ROOM = Room(handle=handle, settings=Settings, memory_mb=512, timeout_seconds=29)
EVIDENCE = {
    "CustodyTampered": "an order about a suspect that no two people approved, or a suspect that does not verify",
    "OrdersFailed": "an approved order about a suspect came to nothing: its report says why",
}


class CustodyRoom(RoomFunction):
    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        deployment: Deployment,
        records: RecordsStack,
        people: People,
        code: lambda_.Code,
        alarms: Alarms,
    ) -> None:
        variables = _variables(deployment, records) | {"people_roles": people.setting()}
        super().__init__(scope, name, room=ROOM, code=code, alarms=alarms, variables=variables)
        self._keeps_the_quarantine(deployment, records)
        self.may(*delivers(deployment, records))
        self._knows(records)
        for count, says in EVIDENCE.items():
            alarms.watch_count(count, says)

    def _keeps_the_quarantine(self, deployment: Deployment, records: RecordsStack) -> None:
        bucket = records.quarantine
        suspects = [bucket.arn_for_objects("suspects/*"), bucket.arn_for_objects("suspect-keys/*")]
        self.may(
            allow("TakeSuspects", ["s3:GetObject", "s3:DeleteObjectVersion"], suspects),
            allow("KnowWhatIsLeft", ["s3:ListBucket", "s3:ListBucketVersions"], [bucket.bucket_arn]),
            use_key("DecryptTheQuarantine", "kms:Decrypt", records.quarantine_key, of_buckets(bucket)),
            use_key("OpenSuspects", "kms:Decrypt", records.quarantine_key, of_suspect(deployment)),
        )

    def _knows(self, records: RecordsStack) -> None:
        tables = [records.acts.table_arn, records.states.table_arn]
        self.may(
            allow("KnowWhatWasApproved", ["dynamodb:GetItem", "dynamodb:PutItem"], tables),
            use_key("OpenTheActs", "kms:Decrypt", records.storage_key, of_table(records.acts)),
            use_key("OpenTheStates", "kms:Decrypt", records.storage_key, of_table(records.states)),
            allow("KnowTheSuspects", ["dynamodb:Query", "dynamodb:DeleteItem"], [records.held.table_arn]),
            use_key("OpenTheWaiting", "kms:Decrypt", records.storage_key, of_table(records.held)),
        )


def _variables(deployment: Deployment, records: RecordsStack) -> dict[str, str]:
    return {
        **variables(deployment, records),
        "quarantine_bucket": records.quarantine.bucket_name,
        "quarantine_key_arn": records.quarantine_key.key_arn,
        "acts_table": records.acts.table_name,
        "states_table": records.states.table_name,
        "held_table": records.held.table_name,
    }
