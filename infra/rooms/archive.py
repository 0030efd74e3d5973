"""Archive: opens deliveries and writes locked segments. Can write the vault but never read it, nor bypass a lock."""

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from functions.archive.handler import Settings, handle
from infra.constructs.alarms import Alarms
from infra.constructs.room_function import Room, RoomFunction
from infra.constructs.statements import (
    allow,
    of_buckets,
    of_delivery,
    of_secrets,
    of_segment,
    of_suspect,
    of_table,
    use_key,
)
from infra.deployment import Deployment
from infra.records_stack import ARCHIVE_TIMEOUT_SECONDS, RecordsStack

ROOM = Room(handle=handle, settings=Settings, memory_mb=1769, timeout_seconds=ARCHIVE_TIMEOUT_SECONDS)
"""1,769 MB is one whole vCPU."""


class ArchiveRoom(RoomFunction):
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
        super().__init__(scope, name, room=ROOM, code=code, alarms=alarms, variables=_variables(deployment, records))
        self._takes_deliveries(deployment, records)
        self._decides(records)
        self._writes_segments(deployment, records)
        self._follows_files(records)
        self._sets_secrets_aside(deployment, records)
        self._holds_back(deployment, records)
        self._counts(records)

    def _takes_deliveries(self, deployment: Deployment, records: RecordsStack) -> None:
        deliveries = records.intake.arn_for_objects("deliveries/*")
        self.may(
            allow("TakeLargeDeliveries", ["s3:GetObject"], [deliveries]),
            allow("KnowWhatIsMissing", ["s3:ListBucket"], [records.intake.bucket_arn]),
            use_key("DecryptTheBucket", "kms:Decrypt", records.storage_key, of_buckets(records.intake)),
            use_key("OpenDeliveries", "kms:Decrypt", records.intake_key, of_delivery(deployment)),
        )

    def _decides(self, records: RecordsStack) -> None:
        index_secret = records.index_secret.attr_id
        self.may(
            allow("KnowTheCustodians", ["dynamodb:Scan"], [records.custodians.table_arn]),
            use_key("OpenTheTable", "kms:Decrypt", records.storage_key, of_table(records.custodians)),
            allow("KnowTheHolds", ["dynamodb:Scan"], [records.holds.table_arn]),
            use_key("OpenTheHolds", "kms:Decrypt", records.storage_key, of_table(records.holds)),
            allow("KnowWhoAgreed", ["dynamodb:BatchGetItem", "dynamodb:UpdateItem"], [records.consents.table_arn]),
            use_key("OpenTheConsents", "kms:Decrypt", records.storage_key, of_table(records.consents)),
            allow("CountSequences", ["dynamodb:PutItem"], [records.sequences.table_arn]),
            use_key("OpenTheCount", "kms:Decrypt", records.storage_key, of_table(records.sequences)),
            allow("MakeIndexTokens", ["secretsmanager:GetSecretValue"], [index_secret]),
            use_key("OpenTheSecret", "kms:Decrypt", records.storage_key, of_secrets(records.index_secret)),
        )

    def _writes_segments(self, deployment: Deployment, records: RecordsStack) -> None:
        written = [
            records.vault.arn_for_objects("segments/*"),
            records.vault.arn_for_objects("dictionaries/*"),
            records.keyring.arn_for_objects("keyrings/*"),
        ]
        locked = of_buckets(records.vault, records.keyring)
        self.may(
            allow("WriteLocked", ["s3:PutObject", "s3:PutObjectRetention", "s3:GetObjectRetention"], written),
            allow(
                "PutUnderAHold",  # and never lift one
                ["s3:PutObjectLegalHold"],
                [written[0], written[2], records.vault.arn_for_objects("media/*")],
                {"StringEquals": {"s3:object-lock-legal-hold": "ON"}},
            ),
            use_key("EncryptTheVault", "kms:GenerateDataKey", records.storage_key, locked),
            use_key("SealSegments", "kms:GenerateDataKey", records.segment_key, of_segment(deployment)),
        )

    def _follows_files(self, records: RecordsStack) -> None:
        """A file is locked and held as its records want it: that is noted, and followed where the file is there."""
        self.may(
            allow("SayWhatFilesAreWanted", ["dynamodb:UpdateItem"], [records.media.table_arn]),
            use_key("OpenTheFiles", "kms:Decrypt", records.storage_key, of_table(records.media)),
            # Of keyrings it may do so anyway, since it writes them.
            allow(
                "ExtendLocksOfMedia",
                ["s3:GetObjectRetention", "s3:PutObjectRetention"],
                [records.vault.arn_for_objects("media/*")],
            ),
        )

    def _sets_secrets_aside(self, deployment: Deployment, records: RecordsStack) -> None:
        """It can put something there and cannot open it again."""
        self.may(
            allow("SetSecretsAside", ["s3:PutObject"], [records.quarantine.arn_for_objects("*")]),
            use_key("SealSuspects", "kms:GenerateDataKey", records.quarantine_key, of_suspect(deployment)),
            use_key(
                "EncryptTheQuarantine", "kms:GenerateDataKey", records.quarantine_key, of_buckets(records.quarantine)
            ),
        )

    def _holds_back(self, deployment: Deployment, records: RecordsStack) -> None:
        """Outside the vault, until somebody has answered; and whoever is to be asked is told of through the bus."""
        held = records.intake.arn_for_objects("held/*")
        bus = f"arn:{cdk.Aws.PARTITION}:events:{cdk.Aws.REGION}:{cdk.Aws.ACCOUNT_ID}:event-bus/default"
        self.may(
            allow("HoldBack", ["s3:PutObject", "s3:GetObject", "s3:DeleteObjectVersion"], [held]),
            allow(
                "FindEveryVersion",
                ["s3:ListBucketVersions"],
                [records.intake.bucket_arn],
                {"StringLike": {"s3:prefix": "held/*"}},
            ),
            use_key("EncryptTheIntake", "kms:GenerateDataKey", records.storage_key, of_buckets(records.intake)),
            use_key("SealWhatIsHeldBack", "kms:GenerateDataKey", records.intake_key, of_delivery(deployment)),
            allow(
                "KnowWhatWaits",
                ["dynamodb:PutItem", "dynamodb:Query", "dynamodb:BatchWriteItem"],
                [records.held.table_arn],
            ),
            use_key("OpenWhatWaits", "kms:Decrypt", records.storage_key, of_table(records.held)),
            allow("DecideAgain", ["sqs:SendMessage"], [records.captures.queue_arn]),
            allow("TellWhoListens", ["events:PutEvents"], [bus]),
        )

    def _counts(self, records: RecordsStack) -> None:
        counting = ["dynamodb:BatchGetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"]
        self.may(
            allow("CountTheDropped", ["dynamodb:BatchWriteItem"], [records.tombstones.table_arn]),
            use_key("OpenTheTombstones", "kms:Decrypt", records.storage_key, of_table(records.tombstones)),
            allow("CountWhatAddsUp", counting, [records.counters.table_arn]),
            use_key("OpenTheCounters", "kms:Decrypt", records.storage_key, of_table(records.counters)),
        )


def _variables(deployment: Deployment, records: RecordsStack) -> dict[str, str]:
    return {
        "archive_id": deployment.archive_id,
        "intake_bucket": records.intake.bucket_name,
        "intake_key_arn": records.intake_key.key_arn,
        "vault_bucket": records.vault.bucket_name,
        "keyring_bucket": records.keyring.bucket_name,
        "quarantine_bucket": records.quarantine.bucket_name,
        "storage_key_arn": records.storage_key.key_arn,
        "segment_key_arn": records.segment_key.key_arn,
        "quarantine_key_arn": records.quarantine_key.key_arn,
        "custodians_table": records.custodians.table_name,
        "sequences_table": records.sequences.table_name,
        "consents_table": records.consents.table_name,
        "held_table": records.held.table_name,
        "tombstones_table": records.tombstones.table_name,
        "counters_table": records.counters.table_name,
        "holds_table": records.holds.table_name,
        "capture_queue_url": records.captures.queue_url,
        "media_table": records.media.table_name,
        "index_secret_arn": records.index_secret.attr_id,
        "lock_mode": deployment.lock_mode,
        "trial_lock_days": str(deployment.trial_lock_days),
        "retention_floor_days": str(deployment.retention_floor_days),
        "suite": deployment.suite,
    }
