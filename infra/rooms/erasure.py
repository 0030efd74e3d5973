"""Erasure: alone may put a keyring over a keyring and remove what is below. Opens no record, touches no segment."""

from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from functions.erasure.handler import Settings, handle
from infra.constructs.alarms import Alarms
from infra.constructs.room_function import Room, RoomFunction
from infra.constructs.statements import NOT_ANSWERED, allow, of_buckets, of_table, use_key, writing
from infra.deployment import Deployment
from infra.records_stack import ORDER_TIMEOUT_SECONDS, RecordsStack
from infra.rooms.delivering import delivers, variables

ROOM = Room(handle=handle, settings=Settings, memory_mb=512, timeout_seconds=ORDER_TIMEOUT_SECONDS)
EVIDENCE = {
    "RecordsErased": "a record was made unreadable for ever; compare with what two people have ordered",
    "ErasuresRejected": "an order to erase came that no two people have given: somebody writes to the queue",
    "ErasuresTampered": "a keyring or segment did not verify when a record was to be erased: nothing more was removed",
}

ONLY_THE_STATE = {**writing("act", "state", "turn"), **NOT_ANSWERED}
"""Who approved what, and which order it became, is nothing that it could write or have answered by a write."""


class ErasureRoom(RoomFunction):
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
            "holds_table": records.holds.table_name,
            "media_table": records.media.table_name,
            "storage_key_arn": records.storage_key.key_arn,
            "states_table": records.states.table_name,
            "acts_table": records.acts.table_name,
        }
        super().__init__(
            scope,
            name,
            room=ROOM,
            code=code,
            alarms=alarms,
            variables=own,
            role=records.eraser,
        )
        self.may(*delivers(deployment, records))
        self._asks(records)
        self._finds(records)
        self._removes_salts(records)
        for count, says in EVIDENCE.items():
            alarms.watch_count(count, says)

    def _asks(self, records: RecordsStack) -> None:
        """Whether two people have approved, whether a hold stands, what state the record is in."""
        self.may(
            allow("AskWhatIsApproved", ["dynamodb:GetItem"], [records.acts.table_arn]),
            use_key("OpenTheActs", "kms:Decrypt", records.storage_key, of_table(records.acts)),
            allow("EndActs", ["dynamodb:UpdateItem"], [records.acts.table_arn], ONLY_THE_STATE),
            allow("AskWhatIsHeld", ["dynamodb:Scan"], [records.holds.table_arn]),
            use_key("OpenTheHolds", "kms:Decrypt", records.storage_key, of_table(records.holds)),
            allow("KeepStates", ["dynamodb:GetItem", "dynamodb:PutItem"], [records.states.table_arn]),
            use_key("OpenTheStates", "kms:Decrypt", records.storage_key, of_table(records.states)),
        )

    def _finds(self, records: RecordsStack) -> None:
        segments = [records.vault.arn_for_objects("segments/*")]
        media = [records.vault.arn_for_objects("media/*")]
        self.may(
            allow("FindRecords", ["dynamodb:Query"], [records.postings.table_arn]),
            use_key("OpenThePostings", "kms:Decrypt", records.storage_key, of_table(records.postings)),
            allow("KnowAndRetireFiles", ["dynamodb:GetItem", "dynamodb:UpdateItem"], [records.media.table_arn]),
            use_key("OpenTheFiles", "kms:Decrypt", records.storage_key, of_table(records.media)),
            allow(
                "ReadDirectories", ["s3:GetObjectVersion", "s3:GetObjectRetention", "s3:GetObjectLegalHold"], segments
            ),
            allow("ReadHeaders", ["s3:GetObject", "s3:GetObjectRetention", "s3:GetObjectLegalHold"], media),
            allow("KnowWhatIsMissing", ["s3:ListBucket"], [records.vault.bucket_arn, records.keyring.bucket_arn]),
            use_key("DecryptTheVault", "kms:Decrypt", records.storage_key, of_buckets(records.vault, records.keyring)),
        )

    def _removes_salts(self, records: RecordsStack) -> None:
        keyrings = [records.keyring.arn_for_objects("keyrings/*")]
        sees = ["s3:GetObject", "s3:GetObjectVersion", "s3:GetObjectRetention", "s3:GetObjectLegalHold"]
        self.may(
            allow("SeeKeyrings", sees, keyrings),
            allow("ListVersions", ["s3:ListBucketVersions"], [records.keyring.bucket_arn]),
            allow("WriteKeyringsAgain", ["s3:PutObject", "s3:PutObjectRetention"], keyrings),
            use_key("EncryptTheKeyring", "kms:GenerateDataKey", records.storage_key, of_buckets(records.keyring)),
            # S3 asks for both of whoever removes a version that GOVERNANCE still locks. COMPLIANCE yields to nobody.
            allow("RemoveOlderVersions", ["s3:DeleteObjectVersion", "s3:BypassGovernanceRetention"], keyrings),
        )
