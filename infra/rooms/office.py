"""Office: where people decide. Records each step, changes states, sends orders. Opens acts, and nothing else."""

from aws_cdk import aws_lambda as lambda_, aws_sqs as sqs
from constructs import Construct

from functions.office.handler import Settings, handle
from infra.constructs.alarms import Alarms
from infra.constructs.room_function import Room, RoomFunction
from infra.constructs.schedule import wake
from infra.constructs.statements import allow, of_act, of_buckets, of_delivery, of_secrets, of_table, use_key
from infra.deployment import Deployment
from infra.people import People
from infra.records_stack import BY_STATE, RecordsStack

ROOM = Room(handle=handle, settings=Settings, memory_mb=512, timeout_seconds=29)
SCHEDULE = "rate(1 hour)"
EVIDENCE = {"ActsTampered": "an act in the table is not the one that was sealed or recorded: nothing was done"}


class OfficeRoom(RoomFunction):
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
        self._records_steps(deployment, records, captures)
        self._keeps_acts(deployment, records)
        self._follows(records)
        for count, says in EVIDENCE.items():
            alarms.watch_count(count, says)
        self.scheduler = wake(self, expression=SCHEDULE, description="let proposals expire, finish what was left")

    def _records_steps(self, deployment: Deployment, records: RecordsStack, captures: sqs.IQueue) -> None:
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

    def _keeps_acts(self, deployment: Deployment, records: RecordsStack) -> None:
        acts = records.acts.table_arn
        self.may(
            allow("KeepActs", ["dynamodb:PutItem", "dynamodb:GetItem"], [acts]),
            allow("ListActs", ["dynamodb:Query"], [f"{acts}/index/{BY_STATE}"]),
            use_key("OpenTheTable", "kms:Decrypt", records.storage_key, of_table(records.acts)),
            use_key("SealActs", "kms:GenerateDataKey", records.intake_key, of_act(deployment)),
            use_key("OpenActs", "kms:Decrypt", records.intake_key, of_act(deployment)),
        )

    def _follows(self, records: RecordsStack) -> None:
        self.may(
            allow("SetStates", ["dynamodb:PutItem"], [records.states.table_arn]),
            use_key("OpenTheStates", "kms:Decrypt", records.storage_key, of_table(records.states)),
            allow("SendOrders", ["sqs:SendMessage"], [queue.queue_arn for queue in records.orders.values()]),
        )


def _variables(deployment: Deployment, records: RecordsStack, captures: sqs.IQueue) -> dict[str, str]:
    return {
        "archive_id": deployment.archive_id,
        "capture_queue_url": captures.queue_url,
        "intake_bucket": records.intake.bucket_name,
        "intake_key_arn": records.intake_key.key_arn,
        "deliveries_table": records.deliveries.table_name,
        "acts_table": records.acts.table_name,
        "states_table": records.states.table_name,
        "index_secret_arn": records.index_secret.attr_id,
        **{f"{name}_queue_url": queue.queue_url for name, queue in records.orders.items()},
    }
