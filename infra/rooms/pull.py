"""Pull: on a schedule, the firm's own SDK fetches WeCom's chat archive. Reads one secret, writes to the queue alone."""

from typing import cast

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_, aws_secretsmanager as secretsmanager, aws_sqs as sqs
from constructs import Construct

from functions.pull.handler import Settings, handle
from infra.constructs.alarms import Alarms
from infra.constructs.room_function import Room, RoomFunction
from infra.constructs.schedule import wake
from infra.constructs.statements import allow, of_buckets, of_delivery, of_secrets, of_table, use_key
from infra.deployment import Deployment, Pull
from infra.records_stack import RecordsStack

ROOM = Room(handle=handle, settings=Settings, memory_mb=1024, timeout_seconds=600)
EXECUTABLE = "/opt/bin/wecom-finance"
"""Where the firm's layer puts it."""
SILENT_HOURS, OLD_MINUTES = 12, 72 * 60
"""WeCom keeps messages for five days: a first and a last warning."""
EVIDENCE = {
    "PullGaps": "WeCom was not asked for more than five days: messages may have been lost unread",
    "PullsRefused": "WeCom refuses (10009: our address is not trusted; 10010: too old; the log line pulled says it)",
    "MessagesLeftSealed": "a message could not be decrypted (no key of its version, or the SDK failed); kept sealed",
}


class PullRoom(RoomFunction):
    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        deployment: Deployment,
        pull: Pull,
        records: RecordsStack,
        captures: sqs.IQueue,
        code: lambda_.Code,
        alarms: Alarms,
    ) -> None:
        secret = cast("secretsmanager.CfnSecret", records.pull_secret)  # the deployment has a pull, so it is there
        variables = _variables(deployment, pull, records, secret, captures)
        super().__init__(scope, name, room=ROOM, code=code, alarms=alarms, variables=variables)
        self.secret = secret
        self._queues(deployment, records, captures)
        self._knows(records, secret)
        self._goes_out(pull)
        self.scheduler = wake(
            self, expression=f"rate({pull.schedule_minutes} minutes)", description="fetch WeCom's chat archive"
        )
        for count, says in EVIDENCE.items():
            alarms.watch_count(count, says)
        silence = f"Pull: WeCom's chat archive was not read for {SILENT_HOURS} hours; it keeps messages for five days"
        alarms.watch_silence("PullsDone", silence, hours=SILENT_HOURS)
        old = "Pull: WeCom's chat archive was not read for three days; in two more, messages are lost"
        alarms.watch_level("PullAgeMinutes", old, alarm_at=OLD_MINUTES)

    def _queues(self, deployment: Deployment, records: RecordsStack, captures: sqs.IQueue) -> None:
        remembers = ["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:GetItem"]
        self.may(
            allow("QueueCaptures", ["sqs:SendMessage"], [captures.queue_arn]),
            allow("KeepLargeDeliveries", ["s3:PutObject"], [records.intake.arn_for_objects("deliveries/*")]),
            allow("RememberDeliveries", remembers, [records.deliveries.table_arn]),
            use_key("SealDeliveries", "kms:GenerateDataKey", records.intake_key, of_delivery(deployment)),
            use_key("EncryptTheBucket", "kms:GenerateDataKey", records.storage_key, of_buckets(records.intake)),
            use_key("OpenTheTable", "kms:Decrypt", records.storage_key, of_table(records.deliveries)),
        )

    def _knows(self, records: RecordsStack, secret: secretsmanager.CfnSecret) -> None:
        known = [secret, records.index_secret]
        self.may(
            allow("KnowTheSecrets", ["secretsmanager:GetSecretValue"], [one.attr_id for one in known]),
            use_key("OpenTheSecrets", "kms:Decrypt", records.storage_key, of_secrets(*known)),
        )

    def _goes_out(self, pull: Pull) -> None:
        """Into the firm's VPC, with the firm's layer."""
        self.joins(pull.subnet_ids, pull.security_group_id)
        function = cast("lambda_.CfnFunction", self.function.node.default_child)
        account = f"{cdk.Aws.PARTITION}:lambda:{cdk.Aws.REGION}:{cdk.Aws.ACCOUNT_ID}"
        function.layers = [f"arn:{account}:layer:{pull.layer}"]
        self.function.node.add_dependency(self.permissions)


def _variables(
    deployment: Deployment,
    pull: Pull,
    records: RecordsStack,
    secret: secretsmanager.CfnSecret,
    captures: sqs.IQueue,
) -> dict[str, str]:
    return {
        "archive_id": deployment.archive_id,
        "capture_queue_url": captures.queue_url,
        "intake_bucket": records.intake.bucket_name,
        "intake_key_arn": records.intake_key.key_arn,
        "deliveries_table": records.deliveries.table_name,
        "index_secret_arn": records.index_secret.attr_id,
        "pull_secret_arn": secret.attr_id,
        "corp_id": pull.corp_id,
        "sdk_executable": EXECUTABLE,
    }
