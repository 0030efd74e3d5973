"""Border: opens the records that somebody may hand over abroad, and tells their number. Writes nothing but that."""

from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from functions.border.handler import Settings, handle
from infra.constructs.alarms import Alarms
from infra.constructs.room_function import Room, RoomFunction
from infra.constructs.statements import allow, of_buckets, of_segment, of_table, use_key
from infra.deployment import Deployment
from infra.records_stack import ORDER_TIMEOUT_SECONDS, RecordsStack
from infra.rooms.delivering import delivers, variables

ROOM = Room(handle=handle, settings=Settings, memory_mb=1024, timeout_seconds=ORDER_TIMEOUT_SECONDS)
EVIDENCE = {"ScopesTampered": "a segment or record did not verify when a scope was counted: it is not in the scope"}


class BorderRoom(RoomFunction):
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
        own = {
            **variables(deployment, records),
            "vault_bucket": records.vault.bucket_name,
            "keyring_bucket": records.keyring.bucket_name,
            "postings_table": records.postings.table_name,
            "states_table": records.states.table_name,
            "acts_table": records.acts.table_name,
            "scopes_table": records.scopes.table_name,
            "border_queue_url": records.orders["border"].queue_url,
        }
        super().__init__(scope, name, room=ROOM, code=code, alarms=alarms, variables=own)
        self.may(*delivers(deployment, records))
        self._finds(records)
        self._opens(deployment, records)
        self._counts(records)
        for count, says in EVIDENCE.items():
            alarms.watch_count(count, says)

    def _finds(self, records: RecordsStack) -> None:
        self.may(
            allow("FindRecords", ["dynamodb:Query"], [records.postings.table_arn]),
            allow("KnowActsAndStates", ["dynamodb:GetItem"], [records.acts.table_arn, records.states.table_arn]),
            *(
                use_key(f"Open{name}", "kms:Decrypt", records.storage_key, of_table(table))
                for name, table in (
                    ("ThePostings", records.postings),
                    ("TheActs", records.acts),
                    ("TheStates", records.states),
                )
            ),
        )

    def _opens(self, deployment: Deployment, records: RecordsStack) -> None:
        vault, keyring = records.vault, records.keyring
        self.may(
            # Always by version: what the index named, not what may have been put over it.
            allow("ReadSegments", ["s3:GetObjectVersion"], [vault.arn_for_objects("segments/*")]),
            allow("ReadDictionaries", ["s3:GetObject"], [vault.arn_for_objects("dictionaries/*")]),
            allow("ReadSalts", ["s3:GetObject"], [keyring.arn_for_objects("keyrings/*")]),
            allow("KnowWhatIsMissing", ["s3:ListBucket"], [vault.bucket_arn, keyring.bucket_arn]),
            use_key("DecryptTheVault", "kms:Decrypt", records.storage_key, of_buckets(vault, keyring)),
            use_key("OpenSegments", "kms:Decrypt", records.segment_key, of_segment(deployment)),
        )

    def _counts(self, records: RecordsStack) -> None:
        keeps = ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"]
        self.may(
            allow("KeepScopes", keeps, [records.scopes.table_arn]),
            use_key("OpenTheScopes", "kms:Decrypt", records.storage_key, of_table(records.scopes)),
            allow("SendTheRestToItself", ["sqs:SendMessage"], [records.orders["border"].queue_arn]),
        )
