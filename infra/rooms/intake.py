"""Intake: seals what comes through the door and queues it. Reads nothing it wrote."""

from aws_cdk import aws_lambda as lambda_, aws_sqs as sqs
from constructs import Construct

from functions.intake.handler import Settings, handle
from infra.constructs.alarms import Alarms
from infra.constructs.room_function import Room, RoomFunction
from infra.constructs.statements import allow, of_buckets, of_delivery, of_secrets, of_table, use_key
from infra.deployment import Deployment
from infra.records_stack import RecordsStack

ROOM = Room(handle=handle, settings=Settings, memory_mb=1024, timeout_seconds=10)


class IntakeRoom(RoomFunction):
    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        deployment: Deployment,
        records: RecordsStack,
        captures: sqs.IQueue,
        code: lambda_.Code,
        alarms: Alarms,
    ) -> None:
        super().__init__(
            scope,
            name,
            room=ROOM,
            code=code,
            alarms=alarms,
            variables=_variables(deployment, records, captures),
        )
        secrets = [records.endpoints_secret.attr_id, records.index_secret.attr_id]
        self.may(
            allow("QueueCaptures", ["sqs:SendMessage"], [captures.queue_arn]),
            allow("KeepLargeDeliveries", ["s3:PutObject"], [records.intake.arn_for_objects("deliveries/*")]),
            # Presigned: a gateway puts its media itself, with what this role may and the permit says.
            allow("PermitUploads", ["s3:PutObject"], [records.intake.arn_for_objects("uploads/*")]),
            allow("KnowTheMedia", ["s3:GetObjectRetention"], [records.vault.arn_for_objects("media/*")]),
            allow("RememberDeliveries", ["dynamodb:PutItem", "dynamodb:UpdateItem"], [records.deliveries.table_arn]),
            allow("KnowTheSenders", ["secretsmanager:GetSecretValue"], secrets),
            use_key("SealDeliveries", "kms:GenerateDataKey", records.intake_key, of_delivery(deployment)),
            use_key("EncryptTheBucket", "kms:GenerateDataKey", records.storage_key, of_buckets(records.intake)),
            use_key(
                "OpenTheSecrets",
                "kms:Decrypt",
                records.storage_key,
                of_secrets(records.endpoints_secret, records.index_secret),
            ),
            use_key("OpenTheTable", "kms:Decrypt", records.storage_key, of_table(records.deliveries)),
        )


def _variables(deployment: Deployment, records: RecordsStack, captures: sqs.IQueue) -> dict[str, str]:
    return {
        "archive_id": deployment.archive_id,
        "capture_queue_url": captures.queue_url,
        "intake_bucket": records.intake.bucket_name,
        "intake_key_arn": records.intake_key.key_arn,
        "deliveries_table": records.deliveries.table_name,
        "endpoints_secret_arn": records.endpoints_secret.attr_id,
        "index_secret_arn": records.index_secret.attr_id,
        "vault_bucket": records.vault.bucket_name,
    }
