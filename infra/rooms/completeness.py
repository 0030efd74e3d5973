"""Completeness: each hour it looks for what is missing, each day it signs a report. Opens no record."""

from aws_cdk import aws_lambda as lambda_, aws_sqs as sqs
from constructs import Construct

from functions.completeness.fetching import FIRST_HOURS, LAST_HOURS
from functions.completeness.handler import Settings, handle
from infra.constructs.alarms import Alarms
from infra.constructs.room_function import Room, RoomFunction
from infra.constructs.schedule import wake
from infra.constructs.statements import allow, of_buckets, of_delivery, of_secrets, of_table, use_key
from infra.deployment import Deployment
from infra.records_stack import MISSING_INDEX, RecordsStack

ROOM = Room(handle=handle, settings=Settings, memory_mb=1024, timeout_seconds=600)
SCHEDULE = "rate(1 hour)"
SILENT_HOURS = 2
"""Without word of a report that is due: 26 hours after the last one was."""
SEND_AGAIN = "run `fengcun completeness`; let the sender deliver those numbers again"
OVERDUE = "Completeness: for {hours} hours nothing came of WeCom's chat archive though something is due; it keeps five"
OVERDUE += " days. Look at the gateway or the pull room, then at `fengcun completeness`"


class CompletenessRoom(RoomFunction):
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
        variables = _variables(deployment, records, captures)
        super().__init__(scope, name, room=ROOM, code=code, alarms=alarms, variables=variables)
        self._looks(records)
        self._tidies_up(records)
        self._signs(records)
        self._delivers(deployment, records, captures)
        self.scheduler = wake(self, expression=SCHEDULE, description="look for what is missing")
        _alarm(alarms)

    def _looks(self, records: RecordsStack) -> None:
        index_secret = records.index_secret.attr_id
        missing = f"{records.media.table_arn}/index/{MISSING_INDEX}"
        tables = [records.postings, records.custodians, records.sequences, records.deliveries]
        tables += [records.tombstones, records.media]
        self.may(
            allow("Count", ["dynamodb:Query"], [records.postings.table_arn, records.tombstones.table_arn, missing]),
            allow("KnowTheCustodians", ["dynamodb:Scan"], [records.custodians.table_arn]),
            *(use_key(f"Open{table.node.id}", "kms:Decrypt", records.storage_key, of_table(table)) for table in tables),
            allow("MakeIndexTokens", ["secretsmanager:GetSecretValue"], [index_secret]),
            use_key("OpenTheSecret", "kms:Decrypt", records.storage_key, of_secrets(records.index_secret)),
        )

    def _tidies_up(self, records: RecordsStack) -> None:
        actions = ["dynamodb:Scan", "dynamodb:PutItem", "dynamodb:DeleteItem"]
        self.may(allow("FoldTheCount", actions, [records.sequences.table_arn]))

    def _signs(self, records: RecordsStack) -> None:
        only = {"StringEquals": {"kms:SigningAlgorithm": "ECDSA_SHA_256"}}
        key = [records.report_key.key_arn]
        self.may(allow("SignReports", ["kms:Sign"], key, only), allow("ShowTheKey", ["kms:GetPublicKey"], key))

    def _delivers(self, deployment: Deployment, records: RecordsStack, captures: sqs.IQueue) -> None:
        remembers = ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"]
        self.may(
            allow("QueueReports", ["sqs:SendMessage"], [captures.queue_arn]),
            allow("KeepLargeDeliveries", ["s3:PutObject"], [records.intake.arn_for_objects("deliveries/*")]),
            allow("RememberReports", remembers, [records.deliveries.table_arn]),
            use_key("SealDeliveries", "kms:GenerateDataKey", records.intake_key, of_delivery(deployment)),
            use_key("EncryptTheBucket", "kms:GenerateDataKey", records.storage_key, of_buckets(records.intake)),
        )


def _alarm(alarms: Alarms) -> None:
    alarms.watch_level("SequenceGaps", f"Completeness: numbered captures did not come; {SEND_AGAIN}", alarm_at=1)
    silent = "Completeness: custodians have been silent for longer than the policy allows; run `fengcun completeness"
    alarms.watch_level("CustodiansSilent", f"{silent} --custodians FILE` and ask whether that can be", alarm_at=1)
    for hours in (FIRST_HOURS, LAST_HOURS):
        alarms.watch_level("ChatArchiveOverdueHours", OVERDUE.format(hours=hours), alarm_at=hours)
    missing = "Completeness: the daily report is not signed, 26 hours after the last one was; look at the room's log"
    alarms.watch_silence("ReportsCurrent", missing, hours=SILENT_HOURS)


def _variables(deployment: Deployment, records: RecordsStack, captures: sqs.IQueue) -> dict[str, str]:
    return {
        "archive_id": deployment.archive_id,
        "capture_queue_url": captures.queue_url,
        "intake_bucket": records.intake.bucket_name,
        "intake_key_arn": records.intake_key.key_arn,
        "deliveries_table": records.deliveries.table_name,
        "postings_table": records.postings.table_name,
        "custodians_table": records.custodians.table_name,
        "tombstones_table": records.tombstones.table_name,
        "media_table": records.media.table_name,
        "sequences_table": records.sequences.table_name,
        "index_secret_arn": records.index_secret.attr_id,
        "report_key_arn": records.report_key.key_arn,
        "corp_id": "" if deployment.pull is None else deployment.pull.corp_id,
    }
