"""Pull: on a schedule, the firm's own SDK fetches WeCom's chat archive. Reads one secret, writes to the queue alone."""

from typing import cast

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_, aws_secretsmanager as secretsmanager
from constructs import Construct

from functions.pull.handler import Settings, handle
from infra.constructs.alarms import Alarms
from infra.constructs.room_function import Room, RoomFunction
from infra.constructs.schedule import wake
from infra.constructs.statements import allow, of_secrets, use_key
from infra.deployment import Deployment, Pull
from infra.records_stack import RecordsStack
from infra.rooms.delivering import delivers, variables

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
        code: lambda_.Code,
        alarms: Alarms,
    ) -> None:
        secret = cast("secretsmanager.CfnSecret", records.pull_secret)  # the deployment has a pull, so it is there
        variables = _variables(deployment, pull, records, secret)
        super().__init__(scope, name, room=ROOM, code=code, alarms=alarms, variables=variables)
        self.secret = secret
        self.may(*delivers(deployment, records))
        self._knows(records, secret)
        self._goes_out(pull)
        self.scheduler = wake(
            self, expression=f"rate({pull.schedule_minutes} minutes)", description="fetch WeCom's chat archive"
        )
        # A person who may call it by this name has sealed messages opened: `fengcun unseal`.
        cdk.CfnOutput(self, "Name", value=self.function.function_name).override_logical_id("PullFunction")
        for count, says in EVIDENCE.items():
            alarms.watch_count(count, says)
        silence = f"Pull: WeCom's chat archive was not read for {SILENT_HOURS} hours; it keeps messages for five days"
        alarms.watch_silence("PullsDone", silence, hours=SILENT_HOURS)
        old = "Pull: WeCom's chat archive was not read for three days; in two more, messages are lost"
        alarms.watch_level("PullAgeMinutes", old, alarm_at=OLD_MINUTES)

    def _knows(self, records: RecordsStack, secret: secretsmanager.CfnSecret) -> None:
        self.may(
            allow("KnowWhereItWas", ["dynamodb:GetItem"], [records.deliveries.table_arn]),
            allow("KnowTheSecret", ["secretsmanager:GetSecretValue"], [secret.attr_id]),
            use_key("OpenTheSecret", "kms:Decrypt", records.storage_key, of_secrets(secret)),
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
) -> dict[str, str]:
    return {
        **variables(deployment, records),
        "pull_secret_arn": secret.attr_id,
        "corp_id": pull.corp_id,
        "sdk_executable": EXECUTABLE,
    }
