"""Office: where people decide. Records each step, changes states, sends orders. Opens acts, and no record."""

from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from functions.office.handler import Settings, handle
from infra.constructs.alarms import Alarms
from infra.constructs.room_function import Room, RoomFunction
from infra.constructs.schedule import wake
from infra.constructs.statements import allow, of_act, of_table, use_key
from infra.deployment import Deployment
from infra.people import People
from infra.records_stack import BY_KIND, BY_STATE, RecordsStack
from infra.rooms.delivering import delivers, variables

ROOM = Room(handle=handle, settings=Settings, memory_mb=1024, timeout_seconds=29)
"""It adds up the persons of a year while somebody waits: three million in all its scopes, or a thousand scopes.

By reckoning: three million distinct ones take 650 MB, and 13 s of the share of a processor that 1,024 MB have. Past
that the call ends, nothing is approved, and the gate stays closed for the year (docs/adr/0031). From 1,769 MB on it has
a whole processor: five million. API Gateway waits 29 s and no longer.
"""
SCHEDULE = "rate(15 minutes)"
"""The shortest clock of an incident runs for an hour, and rings in its second half."""
SILENT_HOURS = 1
DUTIES = {
    "IncidentDutiesDueSoon": "somebody must soon be told of an incident; run `fengcun incidents`",
    "IncidentDutiesOverdue": "somebody was not told of an incident in time; run `fengcun incidents`, tell them, say so",
}
EVIDENCE = {"ActsTampered": "an act or a scope is not the one that was sealed, recorded or counted: nothing was done"}


class OfficeRoom(RoomFunction):
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
        self.may(*delivers(deployment, records))
        self._keeps_acts(deployment, records)
        self._follows(records)
        for count, says in EVIDENCE.items():
            alarms.watch_count(count, says)
        for level, says in DUTIES.items():
            alarms.watch_level(level, f"Office: {says}", alarm_at=1)
        unwatched = "Office: for an hour nobody has looked after incidents: no deadline would ring; look at its log"
        alarms.watch_silence("IncidentsLookedAfter", unwatched, hours=SILENT_HOURS)
        self.scheduler = wake(
            self, expression=SCHEDULE, description="ring for incidents, let proposals expire, finish what was left"
        )

    def _keeps_acts(self, deployment: Deployment, records: RecordsStack) -> None:
        acts = records.acts.table_arn
        self.may(
            allow("KeepActs", ["dynamodb:PutItem", "dynamodb:GetItem"], [acts]),
            allow("ListActs", ["dynamodb:Query"], [f"{acts}/index/{name}" for name in (BY_STATE, BY_KIND)]),
            use_key("OpenTheTable", "kms:Decrypt", records.storage_key, of_table(records.acts)),
            use_key("SealActs", "kms:GenerateDataKey", records.intake_key, of_act(deployment)),
            use_key("OpenActs", "kms:Decrypt", records.intake_key, of_act(deployment)),
        )

    def _follows(self, records: RecordsStack) -> None:
        self.may(
            allow("SetStates", ["dynamodb:PutItem"], [records.states.table_arn]),
            use_key("OpenTheStates", "kms:Decrypt", records.storage_key, of_table(records.states)),
            allow("KnowWhatIsInAScope", ["dynamodb:GetItem", "dynamodb:Query"], [records.scopes.table_arn]),
            use_key("OpenTheScopes", "kms:Decrypt", records.storage_key, of_table(records.scopes)),
            allow("CountWhatMayLeave", ["dynamodb:GetItem", "dynamodb:PutItem"], [records.exports.table_arn]),
            use_key("OpenTheExports", "kms:Decrypt", records.storage_key, of_table(records.exports)),
            allow("AskWhoHasAgreed", ["dynamodb:BatchGetItem"], [records.consents.table_arn]),
            use_key("OpenTheConsents", "kms:Decrypt", records.storage_key, of_table(records.consents)),
            allow("SendOrders", ["sqs:SendMessage"], [queue.queue_arn for queue in records.orders.values()]),
        )


def _variables(deployment: Deployment, records: RecordsStack) -> dict[str, str]:
    return {
        **variables(deployment, records),
        "acts_table": records.acts.table_name,
        "states_table": records.states.table_name,
        "scopes_table": records.scopes.table_name,
        "exports_table": records.exports.table_name,
        "consents_table": records.consents.table_name,
        **{f"{name}_queue_url": queue.queue_url for name, queue in records.orders.items()},
    }
