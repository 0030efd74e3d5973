"""Completeness: each hour it looks for what is missing, each day it signs a report. Opens no record."""

from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from functions.completeness.fetching import FIRST_HOURS, LAST_HOURS
from functions.completeness.handler import Settings, handle
from infra.constructs.alarms import Alarms
from infra.constructs.room_function import Room, RoomFunction
from infra.constructs.schedule import wake
from infra.constructs.statements import allow, of_table, use_key
from infra.deployment import Deployment
from infra.records_stack import MISSING_INDEX, RecordsStack
from infra.rooms.delivering import delivers, variables

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
        code: lambda_.Code,
        alarms: Alarms,
    ) -> None:
        variables = _variables(deployment, records)
        super().__init__(scope, name, room=ROOM, code=code, alarms=alarms, variables=variables)
        self._looks(records)
        self._tidies_up(records)
        self._signs(records)
        self.may(*delivers(deployment, records))
        self.scheduler = wake(self, expression=SCHEDULE, description="look for what is missing")
        _alarm(alarms)

    def _looks(self, records: RecordsStack) -> None:
        missing = f"{records.media.table_arn}/index/{MISSING_INDEX}"
        tables = [records.postings, records.custodians, records.sequences]
        tables += [records.tombstones, records.media, records.held]
        self.may(
            allow("Count", ["dynamodb:Query"], [records.postings.table_arn, records.tombstones.table_arn, missing]),
            allow("KnowTheCustodians", ["dynamodb:Scan"], [records.custodians.table_arn]),
            allow("KnowWhatWaits", ["dynamodb:Scan"], [records.held.table_arn]),
            *(use_key(f"Open{table.node.id}", "kms:Decrypt", records.storage_key, of_table(table)) for table in tables),
            allow("ReadTheLastCount", ["dynamodb:GetItem"], [records.deliveries.table_arn]),
        )

    def _tidies_up(self, records: RecordsStack) -> None:
        actions = ["dynamodb:Scan", "dynamodb:PutItem", "dynamodb:DeleteItem"]
        self.may(allow("FoldTheCount", actions, [records.sequences.table_arn]))

    def _signs(self, records: RecordsStack) -> None:
        only = {"StringEquals": {"kms:SigningAlgorithm": "ECDSA_SHA_256"}}
        key = [records.report_key.key_arn]
        self.may(allow("SignReports", ["kms:Sign"], key, only), allow("ShowTheKey", ["kms:GetPublicKey"], key))


def _alarm(alarms: Alarms) -> None:
    alarms.watch_level("SequenceGaps", f"Completeness: numbered captures did not come; {SEND_AGAIN}", alarm_at=1)
    silent = "Completeness: custodians have been silent for longer than the policy allows; run `fengcun completeness"
    alarms.watch_level("CustodiansSilent", f"{silent} --custodians FILE` and ask whether that can be", alarm_at=1)
    suspects = "Completeness: suspected state secrets have been in quarantine for longer than the policy allows"
    alarms.watch_level("SuspectsOverdue", f"{suspects}; an officer runs `fengcun quarantine list`", alarm_at=1)
    for hours in (FIRST_HOURS, LAST_HOURS):
        alarms.watch_level("ChatArchiveOverdueHours", OVERDUE.format(hours=hours), alarm_at=hours)
    missing = "Completeness: the daily report is not signed, 26 hours after the last one was; look at the room's log"
    alarms.watch_silence("ReportsCurrent", missing, hours=SILENT_HOURS)


def _variables(deployment: Deployment, records: RecordsStack) -> dict[str, str]:
    return {
        **variables(deployment, records),
        "postings_table": records.postings.table_name,
        "custodians_table": records.custodians.table_name,
        "tombstones_table": records.tombstones.table_name,
        "media_table": records.media.table_name,
        "held_table": records.held.table_name,
        "sequences_table": records.sequences.table_name,
        "report_key_arn": records.report_key.key_arn,
        "corp_id": "" if deployment.pull is None else deployment.pull.corp_id,
    }
