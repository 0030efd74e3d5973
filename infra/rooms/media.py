"""Media: scans uploaded files, seals them into the vault, removes the uploads. Opens nothing that it has sealed."""

from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from functions.media.handler import Settings, handle
from infra.constructs.alarms import Alarms
from infra.constructs.room_function import Room, RoomFunction
from infra.constructs.statements import allow, of_buckets, of_media, of_secrets, of_table, use_key
from infra.deployment import Deployment
from infra.records_stack import RecordsStack

ROOM = Room(handle=handle, settings=Settings, memory_mb=1024, timeout_seconds=900)
"""A file of 5 GiB is read twice and written once."""


class MediaRoom(RoomFunction):
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
        self._takes_uploads(records)
        self._writes_media(deployment, records)
        self._keeps_items(records)
        if deployment.media is not None:
            self.joins(deployment.media.subnet_ids, deployment.media.security_group_id)

    def _takes_uploads(self, records: RecordsStack) -> None:
        uploads = records.intake.arn_for_objects("uploads/*")
        index_secret = records.index_secret.attr_id
        self.may(
            # By version: a delete without one would leave the clear bytes behind a marker.
            allow("TakeUploads", ["s3:GetObjectVersion", "s3:DeleteObjectVersion"], [uploads]),
            use_key("DecryptTheBucket", "kms:Decrypt", records.storage_key, of_buckets(records.intake)),
            allow("MakeIndexTokens", ["secretsmanager:GetSecretValue"], [index_secret]),
            use_key("OpenTheSecret", "kms:Decrypt", records.storage_key, of_secrets(records.index_secret)),
        )

    def _writes_media(self, deployment: Deployment, records: RecordsStack) -> None:
        written = [records.vault.arn_for_objects("media/*"), records.keyring.arn_for_objects("keyrings/*")]
        locked = of_buckets(records.vault, records.keyring)
        self.may(
            allow("WriteLocked", ["s3:PutObject", "s3:PutObjectRetention", "s3:GetObjectRetention"], written),
            allow(
                "PutUnderAHold",  # and never lift one
                ["s3:PutObjectLegalHold"],
                written,
                {"StringEquals": {"s3:object-lock-legal-hold": "ON"}},
            ),
            use_key("EncryptTheVault", "kms:GenerateDataKey", records.storage_key, locked),
            use_key("SealMedia", "kms:GenerateDataKey", records.segment_key, of_media(deployment)),
        )

    def _keeps_items(self, records: RecordsStack) -> None:
        self.may(
            allow("SayWhatIsSealed", ["dynamodb:UpdateItem"], [records.media.table_arn]),
            use_key("OpenTheTable", "kms:Decrypt", records.storage_key, of_table(records.media)),
        )


def _variables(deployment: Deployment, records: RecordsStack) -> dict[str, str]:
    return {
        "archive_id": deployment.archive_id,
        "intake_bucket": records.intake.bucket_name,
        "vault_bucket": records.vault.bucket_name,
        "keyring_bucket": records.keyring.bucket_name,
        "storage_key_arn": records.storage_key.key_arn,
        "segment_key_arn": records.segment_key.key_arn,
        "index_secret_arn": records.index_secret.attr_id,
        "media_table": records.media.table_name,
        "clamd": deployment.media.clamd if deployment.media else "",
        "lock_mode": deployment.lock_mode,
        "trial_lock_days": str(deployment.trial_lock_days),
        "retention_floor_days": str(deployment.retention_floor_days),
        "regimes": ",".join(deployment.regimes),
        "suite": deployment.suite,
    }
