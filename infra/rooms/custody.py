"""Custody: the only room that reads the quarantine, and the only one that removes from it. Cannot write the vault."""

from aws_cdk import aws_lambda as lambda_, aws_sqs as sqs
from constructs import Construct

from functions.custody.handler import Settings, handle
from infra.constructs.alarms import Alarms
from infra.constructs.room_function import Room, RoomFunction
from infra.constructs.statements import allow, of_buckets, of_delivery, of_secrets, of_suspect, of_table, use_key
from infra.deployment import Deployment
from infra.people import People
from infra.records_stack import RecordsStack

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
        captures: sqs.IQueue,
        people: People,
        code: lambda_.Code,
        alarms: Alarms,
    ) -> None:
        variables = _variables(deployment, records, captures) | {"people_roles": people.setting()}
        super().__init__(scope, name, room=ROOM, code=code, alarms=alarms, variables=variables)
        self._keeps_the_quarantine(deployment, records)
        self._records(deployment, records, captures)
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

    def _records(self, deployment: Deployment, records: RecordsStack, captures: sqs.IQueue) -> None:
        """What it does, and what it clears, goes the way of every capture."""
        self.may(
            allow("QueueCaptures", ["sqs:SendMessage"], [captures.queue_arn]),
            allow("KeepLargeDeliveries", ["s3:PutObject"], [records.intake.arn_for_objects("deliveries/*")]),
            allow("RememberDeliveries", ["dynamodb:PutItem", "dynamodb:UpdateItem"], [records.deliveries.table_arn]),
            use_key("SealDeliveries", "kms:GenerateDataKey", records.intake_key, of_delivery(deployment)),
            use_key("EncryptTheBucket", "kms:GenerateDataKey", records.storage_key, of_buckets(records.intake)),
            use_key("OpenTheDeliveries", "kms:Decrypt", records.storage_key, of_table(records.deliveries)),
            allow("MakeIndexTokens", ["secretsmanager:GetSecretValue"], [records.index_secret.attr_id]),
            use_key("OpenTheSecret", "kms:Decrypt", records.storage_key, of_secrets(records.index_secret)),
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


def _variables(deployment: Deployment, records: RecordsStack, captures: sqs.IQueue) -> dict[str, str]:
    return {
        "archive_id": deployment.archive_id,
        "capture_queue_url": captures.queue_url,
        "intake_bucket": records.intake.bucket_name,
        "intake_key_arn": records.intake_key.key_arn,
        "quarantine_bucket": records.quarantine.bucket_name,
        "quarantine_key_arn": records.quarantine_key.key_arn,
        "deliveries_table": records.deliveries.table_name,
        "acts_table": records.acts.table_name,
        "states_table": records.states.table_name,
        "held_table": records.held.table_name,
        "index_secret_arn": records.index_secret.attr_id,
    }
