"""Disposition: holds, lets go and extends what is locked. Opens nothing, deletes nothing, shortens nothing."""

from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from functions.disposition.handler import Settings, handle
from infra.constructs.alarms import Alarms
from infra.constructs.room_function import Room, RoomFunction
from infra.constructs.statements import allow, of_buckets, of_table, use_key, writing
from infra.deployment import Deployment
from infra.records_stack import ORDER_TIMEOUT_SECONDS, RecordsStack
from infra.rooms.delivering import delivers, variables

ROOM = Room(handle=handle, settings=Settings, memory_mb=512, timeout_seconds=ORDER_TIMEOUT_SECONDS)
EVIDENCE = {
    "HoldsTampered": "a segment or file did not verify when an order was about it: it may not be on hold",
    "HoldsUnlisted": "an order came about a hold that does not stand: nothing was done; its report names the act",
}


class DispositionRoom(RoomFunction):
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
            "disposition_queue_url": records.orders["disposition"].queue_url,
            "acts_table": records.acts.table_name,
            "lock_mode": deployment.lock_mode,
            "trial_lock_days": str(deployment.trial_lock_days),
        }
        super().__init__(scope, name, room=ROOM, code=code, alarms=alarms, variables=own)
        self.may(*delivers(deployment, records))
        self._finds(records)
        self._locks(records)
        for count, says in EVIDENCE.items():
            alarms.watch_count(count, says)

    def _finds(self, records: RecordsStack) -> None:
        vault = records.vault
        self.may(
            allow("AskWhatIsApproved", ["dynamodb:GetItem"], [records.acts.table_arn]),
            use_key("OpenTheActs", "kms:Decrypt", records.storage_key, of_table(records.acts)),
            allow("FindRecords", ["dynamodb:Query"], [records.postings.table_arn]),
            allow("KnowFiles", ["dynamodb:GetItem"], [records.media.table_arn]),
            allow("NoteHolds", ["dynamodb:UpdateItem"], [records.media.table_arn], writing("media", "holds")),
            allow("ReadDirectories", ["s3:GetObjectVersion"], [vault.arn_for_objects("segments/*")]),
            allow("ReadHeaders", ["s3:GetObject"], [vault.arn_for_objects("media/*")]),
            allow("KnowWhatIsMissing", ["s3:ListBucket"], [vault.bucket_arn, records.keyring.bucket_arn]),
            use_key("DecryptTheVault", "kms:Decrypt", records.storage_key, of_buckets(vault)),
            use_key("OpenThePostings", "kms:Decrypt", records.storage_key, of_table(records.postings)),
            use_key("OpenTheFiles", "kms:Decrypt", records.storage_key, of_table(records.media)),
        )

    def _locks(self, records: RecordsStack) -> None:
        objects = [
            records.vault.arn_for_objects("segments/*"),
            records.vault.arn_for_objects("media/*"),
            records.keyring.arn_for_objects("keyrings/*"),
        ]
        keeps = ["dynamodb:Scan", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"]
        self.may(
            # Without the right to bypass, S3 lets nobody shorten what these lengthen.
            allow(
                "HoldAndExtend", ["s3:GetObjectRetention", "s3:PutObjectRetention", "s3:PutObjectLegalHold"], objects
            ),
            allow("KeepTheListOfHolds", keeps, [records.holds.table_arn]),
            use_key("OpenTheHolds", "kms:Decrypt", records.storage_key, of_table(records.holds)),
            allow("SendTheRestToItself", ["sqs:SendMessage"], [records.orders["disposition"].queue_arn]),
        )
